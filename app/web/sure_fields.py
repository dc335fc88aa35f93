"""The questions of the page How sure and the fields of each."""

from __future__ import annotations

import json
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.program import METRICS
from tiaokuai.web.desk import the_viewer
from tiaokuai.web.frame import View, card, control
from tiaokuai.web.scenarios import decode
from tiaokuai.web.sure import FORECAST, KIND, NUMBERS, history_end
from tiaokuai.web.trying import MONTHS, MOST_MONTHS, default_start
from tiaokuai.web.words import Words

QUESTIONS = {
    "rates": ("历史对速率怎么说？", "What does history say about the rates?"),
    "forecasts": ("这样做的预测准不准？", "How good have such forecasts been?"),
    "number": ("哪个数字最要紧？", "Which number matters?"),
    "grade": ("给保存的预测评分", "How did a kept forecast do?"),
}
# What an answer will show, and why one would ask for it.
SOON = {
    "rates": (
        (
            "这里将列出每项速率：历史所示的值、区间，以及背后的事件数。",
            "Here: what history says of each rate, its interval, and the events behind it.",
        ),
        (
            "默认值取自别处的研究；您自己的历史可能快些，也可能慢些。",
            "The defaults come from studies elsewhere; your own history may be faster or slower.",
        ),
    ),
    "forecasts": (
        (
            "这里将对照预测与实际：误差、区间包含了多少个月，并与“不变”相比。",
            "Here: forecasts beside what came, how often the band held it, and whether “no change” did better.",
        ),
        (
            "据预测做决定之前，先看它在已经过去的月份里准不准。",
            "Before you decide on a forecast, see how it did in months that have passed.",
        ),
    ),
    "number": (
        (
            "这里将按影响大小排列各项假设：每一项在其范围内能把答案移动多少。",
            "Here: the assumptions in order of weight, with how far each moves the answer over its range.",
        ),
        (
            "先核实影响最大的那一个，其余的差一点也无妨。",
            "Check the one that matters most first; of the others, roughly right will do.",
        ),
    ),
    "grade": (
        ("这里将对照保存的预测与后来的实际。", "Here: a forecast that was kept, beside what came after."),
        (
            "把“如果……”页上保存的预测文件拖到左边即可。",
            "Drop the file that “keep this forecast” on the page What if gave you.",
        ),
    ),
}
FIELDS = {
    "hide": ("隐去最后多少个月", "Months hidden at the end"),
    "cutoffs": ("至多多少个截止月", "Cut-offs, at most"),
    "tries": ("运行次数", "Runs"),
    "seed": ("随机种子", "Seed of the draws"),
    "samples": ("样本数（2 的幂）", "Samples (a power of two)"),
    "runs": ("逐次模拟时每点次数", "Runs of a point, simulated"),
}


def start_month(view: View) -> str:
    """The month that a forecast begins with where none is asked for."""
    return default_start(view.day)


def asked_of(view: View) -> str:
    """The question of the address."""
    ask = view.address.get("ask", "rates")
    return ask if ask in KIND else "rates"


def question_card(view: View, ask: str) -> Any:
    """The choice of a question, its fields, and the buttons; the fields of the others are there and hidden."""
    t = view.say
    choose = dmc.Select(
        id=control("ask"),
        label=t("问题", "Question"),
        value=ask,
        data=[{"value": key, "label": t(*words)} for key, words in QUESTIONS.items()],
        allowDeselect=False,
    )
    fields = {"rates": _of_rates, "forecasts": _of_forecasts, "number": _of_number, "grade": _of_grade}
    groups = [
        html.Div(
            make(view),
            id={"type": "of", "ask": key},
            className="fields",
            style={} if key == ask else {"display": "none"},
        )
        for key, make in fields.items()
    ]
    buttons = [
        dmc.Button(t("计算", "compute"), id="sure-start"),
        dmc.Button(t("取消", "cancel"), id="sure-cancel", variant="default", disabled=True),
    ]
    progress = dmc.Progress(id="sure-progress", value=0, size="lg", mt="sm", **{"aria-label": t("进度", "progress")})
    return card(
        t("问什么", "What to ask"),
        html.Div([choose, *groups], className="fields"),
        html.Div(buttons, className="buttons"),
        progress,
        html.Div(id="sure-said", className="note", role="status"),
    )


def to_come(ask: str, t: Words) -> Any:
    """Where the answer will stand: what it will say, and why one would ask."""
    question, what, why = QUESTIONS.get(ask, QUESTIONS["rates"]), *SOON.get(ask, SOON["rates"])
    return card(t(*question), html.P(t(*what), className="note"), html.P(t(*why), className="note"))


def _number(view: View, key: str) -> Any:
    default, least, most = NUMBERS[key]
    value = view.address.number(key, default, least, most)
    return dmc.NumberInput(id=control(key), label=view.say(*FIELDS[key]), min=least, max=most, value=int(value))


def _switch(view: View, key: str, label: str) -> Any:
    """On or off, as ``1`` or nothing in the address."""
    on = ["1"] if view.address.get(key) == "1" else []
    return dmc.CheckboxGroup(dmc.Checkbox(label=label, value="1"), id=control(key), value=on)


def _more(view: View, *fields: Any) -> Any:
    inner = html.Div(list(fields), className="fields")
    return html.Details([html.Summary(view.say("更多", "more")), inner])


def _said(text: str) -> Any:
    return html.P(text, className="note")


def _of_rates(view: View) -> list[Any]:
    end = history_end(view)
    said = view.say(
        f"从数据自己的历史（至 {end}）估计每项速率，连同区间与背后的事件数。同 tiaokuai calibrate。",
        f"Each rate from the data's own history (until {end}), its interval and the events behind it. "
        "As tiaokuai calibrate.",
    )
    return [_said(said)]


def _of_forecasts(view: View) -> list[Any]:
    t = view.say
    said = t(
        "隐去最后几个月，用其余历史预测，再与实际、Bass 曲线和“不变”比较。同 tiaokuai backtest。",
        "Hide the last months, forecast them from the rest, and compare with what came, a Bass curve and no change. "
        "As tiaokuai backtest.",
    )
    rolling = _switch(view, "rolling", t("从多个截止月重复", "again from many cut-offs"))
    return [
        _said(said),
        _number(view, "hide"),
        rolling,
        _more(view, *(_number(view, k) for k in ("cutoffs", "tries", "seed"))),
    ]


def _of_number(view: View) -> list[Any]:
    t, address = view.say, view.address
    said = t(
        "每项速率在其范围内能把答案移动多少，先核实什么。同 tiaokuai sensitivity。",
        "How far each rate moves the answer over its range, and what to check first. As tiaokuai sensitivity.",
    )
    metric = dmc.Select(
        id=control("metric"),
        label=t("看什么", "Figure"),
        value=address.get("metric", "coverage"),
        data=[{"value": name, "label": t.figure(name)} for name in METRICS],
        allowDeselect=False,
    )
    months = dmc.NumberInput(
        id=control("months"),
        label=t("多少个月之后", "After so many months"),
        min=1,
        max=MOST_MONTHS,
        value=address.number("months", MONTHS, 1, MOST_MONTHS),
    )
    learned = _switch(view, "learned", t("范围取自历史所示的区间", "ranges: the intervals that history says"))
    engines = [
        {"value": "mean-field", "label": t("期望（快）", "expectations (quick)")},
        {"value": "monte-carlo", "label": t("逐次模拟（慢）", "simulated runs (slow)")},
    ]
    engine = dmc.Select(
        id=control("engine"),
        label=t("引擎", "Engine"),
        data=engines,
        value="monte-carlo" if address.get("engine") == "monte-carlo" else "mean-field",
        allowDeselect=False,
    )
    begin = address.get("start", start_month(view))
    start = dmc.TextInput(id=control("start"), label=t("起始月", "First month"), value=begin)
    fields = (start, engine, *(_number(view, key) for key in ("samples", "runs")))
    return [_said(said), metric, months, _scenario(view), learned, _more(view, *fields)]


def _scenario(view: View) -> Any:
    """Which scenario of the link; with none of them nothing is done."""
    t = view.say
    try:
        every = decode(view.address.get("s"))
    except RequestError:
        every = []
    data = [{"value": str(at), "label": str(each.get("name"))} for at, each in enumerate(every)]
    data.append({"value": "none", "label": t("什么都不做", "nothing is done")})
    asked = view.address.get("of") or view.address.get("at", "0")  # the one that What if had open
    value = asked if asked in [each["value"] for each in data] else data[0]["value"]
    select = dmc.Select(id=control("of"), label=t("情景", "Scenario"), data=data, value=value, allowDeselect=False)
    hint = t("情景从“如果……”页带来。", "Scenarios come along from the page What if.")
    return html.Div([select, *([] if every else [_said(hint)])])


def _of_grade(view: View) -> list[Any]:
    t, kept = view.say, the_viewer().session.kept.get("forecast")
    names = [str(each["name"]) for each in json.loads(kept)["forecast"]["scenarios"]] if kept else []
    said = t(
        "“如果……”页或 simulate --keep 保存的预测，与后来的实际相比如何。同 tiaokuai grade。文件只在会话中保留。",
        "A forecast kept on the page What if or by simulate --keep, against what has happened since. "
        "As tiaokuai grade. The file stays for your session alone.",
    )
    upload = dcc.Upload(
        html.Div(
            html.Strong(t("把保存的预测拖到这里，或点击选择", "Drop a kept forecast here, or click")), className="drop"
        ),
        id="forecast-upload",
        accept=".json",
        max_size=FORECAST,
    )
    scenario = dmc.Select(
        id=control("graded"),
        label=t("情景", "Scenario"),
        data=names,
        value=view.address.get("graded") or None,
        placeholder=names[0] if names else "",
        clearable=True,
    )
    return [_said(said), upload, html.Div(id="forecast-said", role="status"), scenario]
