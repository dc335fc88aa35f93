"""What if: scenarios built by clicks, rates on sliders, curves that follow the hand, bands that follow in a while."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, dcc, html

from tiaokuai.planning.program import METRICS
from tiaokuai.planning.rates import TABLE, Rate
from tiaokuai.planning.scenario import FORMS, WHERE
from tiaokuai.web import what_if_callbacks, what_if_keep
from tiaokuai.web.desk import Desk
from tiaokuai.web.frame import GRAPH, View, card, provenance
from tiaokuai.web.trying import MONTHS, MOST_MONTHS, default_start, shown
from tiaokuai.web.words import cell

AUDIENCE = "planner"
AT_ONCE = 10_000  # enterprises up to which the curve follows every move, not only its end
FIRST_RATES = ("imitation", "start", "replication", "backbone_turnover", "fill")  # the others fold away
WHERE_WORDS = {
    "largest_without_line": ("最大的无线企业", "the largest without a line"),
    "largest_gap": ("缺口最大的企业", "the largest gap"),
    "random": ("随机", "at random"),
}


def controls(view: View) -> tuple[Any, Any]:
    """Nothing above the page; the rules say which values go without saying in the address."""
    defaults: dict[str, Any] = {f"r.{rate.name}": shown(rate.default, rate.unit) for rate in TABLE}
    defaults |= {"metric": "coverage", "months": MONTHS, "start": default_start(_asked(view)), "s": "", "at": "0"}
    return None, {"quiet": True, "defaults": defaults}


def _asked(view: View) -> Any:
    from datetime import date

    return date.fromisoformat(view.address.get("day")) if view.address.get("day") else date.today()


def content(view: View) -> Any:
    """The builder at the left, the curves at the right."""
    t = view.say
    left = html.Div([_scenario_card(view), _rates_card(view)], className="no-print")
    right = html.Div([_curves_card(view), html.Div(id="ends", className="ends")])
    return [
        html.H1(t("如果……会怎样", "What if")),
        html.Div([left, right], className="desk-split"),
        dcc.Store(id="job"),
        dcc.Store(id="asked"),
        dcc.Store(id="follow"),
        dcc.Store(id="settled"),
        dcc.Store(id="result"),
        dcc.Store(id="saved", storage_type="local"),
        dcc.Interval(id="poll", interval=500, disabled=True),
        dcc.Download(id="scenario-file"),
        dcc.Download(id="kept-file"),
        provenance(view),
    ]


def _control(key: str) -> dict[str, str]:
    return {"type": "control", "key": key}


def _curves_card(view: View) -> Any:
    t = view.say
    pickers = html.Div(
        [
            dmc.Select(
                id=_control("metric"),
                value=view.address.get("metric", "coverage"),
                label=t("看什么", "Figure"),
                data=[{"value": name, "label": t.figure(name)} for name in METRICS],
                allowDeselect=False,
                w=170,
            ),
            dmc.NumberInput(
                id=_control("months"),
                value=view.address.number("months", MONTHS, 1, MOST_MONTHS),
                label=t("月数", "Months"),
                min=1,
                max=MOST_MONTHS,
                w=100,
                debounce=400,
            ),
            dmc.TextInput(
                id=_control("start"),
                value=view.address.get("start", default_start(_asked(view))),
                label=t("起始月", "First month"),
                w=120,
                debounce=400,
            ),
        ],
        className="row",
    )
    graph = dcc.Graph(id="curves", figure={"data": [], "layout": {"height": 420}}, config=GRAPH)
    said = html.P(id="curves-said", className="only-print")
    progress = html.Div(
        [
            dmc.Progress(id="progress", value=0, size="lg", **{"aria-label": t("进度", "progress")}),
            html.Div(
                [
                    html.Span(id="progress-text", className="note", role="status"),
                    dmc.Button(t("取消", "cancel"), id="cancel", size="compact-sm", variant="default", disabled=True),
                    dmc.Button(t("再算区间", "compute the bands"), id="run", size="compact-sm", variant="default"),
                    dmc.Button(
                        t("保存预测,日后评分", "keep this forecast to grade it later"),
                        id="keep-forecast",
                        size="compact-sm",
                        variant="default",
                    ),
                ],
                className="row",
            ),
        ],
        className="no-print",
    )
    note = t(
        "线为期望值,随滑块即时变化;色带为多次模拟中九成结果所在,稍后给出。",
        "Lines are expectations and follow the sliders; bands hold nine of ten simulated futures and come after.",
    )
    return card(
        t("走势", "The way ahead"), pickers, said, graph, html.Div(id="faults", role="alert"), progress, note=note
    )


def _scenario_card(view: View) -> Any:
    t = view.say
    return card(
        t("情景", "Scenarios"),
        dcc.Input(id=_control("s"), value=view.address.get("s"), type="hidden"),
        html.Div(
            [
                dmc.Select(
                    id=_control("at"),
                    value=view.address.get("at", "0"),
                    data=[],
                    allowDeselect=False,
                    style={"flex": 1},
                    **{"aria-label": t("情景", "scenario")},
                ),
                dmc.Button(t("新建", "new"), id="new-scenario", size="compact-md", variant="default"),
                dmc.Button(t("删除", "delete"), id="delete-scenario", size="compact-md", variant="default"),
            ],
            className="row",
        ),
        dmc.TextInput(id="scenario-name", label=t("名称", "Name"), debounce=500, mt="xs"),
        html.Ul(id="steps", className="steps"),
        html.H3(t("加一步", "Add a step")),
        _form(view),
        html.Div(dmc.Button(t("加入", "add"), id="add-step"), className="buttons"),
        _files(view),
    )


def _form(view: View) -> Any:
    """Every field of every kind of step; those that the kind does not take are hidden."""
    t, network = view.say, view.holding.network
    blocks = [
        {"value": row["id"], "label": f"{row['name'] or row['id']} ({row['id']})"}
        for row in network["blocks"].select("id", "name").to_dicts()
    ]
    kinds = [form for form in FORMS if form.do != "set_rates"]
    derived = {"association", "federation", "backbone_cohort"}
    parts = [{"value": p.id, "label": t(p.zh, p.en)} for p in network.template.components if p.id not in derived]

    def field(key: str, made: Any) -> Any:
        return html.Div(made, id={"type": "field", "key": key})

    def number(key: str, zh: str, en: str, low: int, most: int) -> Any:
        return field(key, dmc.NumberInput(id={"type": "step", "key": key}, label=t(zh, en), min=low, max=most))

    def choice(key: str, zh: str, en: str, data: list[Any], value: Any = None, **more: Any) -> Any:
        return field(
            key,
            dmc.Select(
                id={"type": "step", "key": key},
                label=t(zh, en),
                data=data,
                value=value,
                searchable=True,
                limit=200,
                **more,
            ),
        )

    return html.Div(
        [
            choice(
                "do",
                "做什么",
                "What",
                [{"value": f.do, "label": t(f.zh, f.en)} for f in kinds],
                "add_backbones",
                allowDeselect=False,
            ),
            choice("block", "块", "Block", blocks, clearable=True),
            choice("enterprise", "企业(可不选)", "Enterprise (optional)", [], clearable=True),
            choice("source", "仿照哪个块", "On the model of", blocks, clearable=True),
            choice(
                "parts", "模式要素", "Components", [{"value": "all", "label": t("全部", "all of them")}], clearable=True
            ),
            field(
                "components",
                dmc.MultiSelect(
                    id={"type": "step", "key": "components"}, label=t("要素", "Components"), data=parts, searchable=True
                ),
            ),
            number("count", "数量", "How many", 1, 10_000),
            choice(
                "where",
                "给哪些企业",
                "At which enterprises",
                [{"value": w, "label": t(*WHERE_WORDS[w])} for w in WHERE],
                "largest_without_line",
            ),
            number("share", "占比(%)", "Share (%)", 1, 100),
            number("staff", "每家人数", "Staff each", 0, 100_000),
            field(
                "at",
                dmc.TextInput(
                    id={"type": "step", "key": "at"},
                    label=t("月份", "Month"),
                    placeholder="2027-03",
                    value=view.address.get("start", default_start(_asked(view))),
                ),
            ),
            number("every", "每隔几个月重复(可不填)", "Repeat every … months (optional)", 1, 60),
            number("times", "共几次", "Times in all", 1, 120),
        ],
        className="fields",
    )


def _files(view: View) -> Any:
    t = view.say
    upload = dcc.Upload(
        dmc.Button(t("读入情景文件", "open a scenario file"), variant="default", size="compact-sm"),
        id="scenario-upload",
        accept=".yaml,.yml,.json",
        max_size=200_000,
    )
    return html.Div(
        [
            dmc.Button(
                t("下载情景文件", "download the file"), id="download-scenario", variant="default", size="compact-sm"
            ),
            upload,
            dmc.Button(
                t("存于此浏览器", "save in this browser"), id="save-scenario", variant="default", size="compact-sm"
            ),
            dmc.Select(
                id="load-scenario",
                placeholder=t("取出已存的……", "load a saved one…"),
                data=[],
                size="xs",
                w=170,
                **{"aria-label": t("取出已存的情景", "load a saved scenario")},
            ),
        ],
        className="row",
    )


def _rates_card(view: View) -> Any:
    t = view.say
    # What the address holds goes along, and this.
    carried: dict[str, Any] = {"data-carry": "ask=number&asked=number"}
    along: dict[str, Any] = {"data-carry": ""}
    by_name = {rate.name: rate for rate in TABLE}
    first = [_rate(view, by_name[name]) for name in FIRST_RATES]
    rest = [_rate(view, rate) for rate in TABLE if rate.name not in FIRST_RATES]
    more = html.Details([html.Summary(t("其他速率", "the other rates")), *rest])
    return card(
        t("速率", "Rates"),
        *first,
        more,
        html.Div(
            dmc.Button(t("全部复原", "all as they were"), id="reset-rates", variant="default", size="compact-sm"),
            className="buttons",
        ),
        html.Div(
            [
                html.A(t("历史怎么说 →", "what history says →"), href=view.href("sure")),
                html.A(
                    t("哪个数字最要紧 →", "which number matters →"),
                    href=view.href("sure"),
                    id="to-sure",
                    **carried,
                ),
                html.A(t("连同情景做报告 →", "a report with these scenarios →"), href=view.href("data"), **along),
            ],
            className="row",
        ),
        note=t(
            "对所有情景都适用;每月的速率折成一年显示。",
            "They hold for every scenario; monthly rates are shown for a year.",
        ),
    )


def _rate(view: View, rate: Rate) -> Any:
    t, low, high = view.say, shown(rate.low, rate.unit), shown(rate.high, rate.unit)
    # History may say a rate beyond the range that the table explores.
    most = shown(rate.most, rate.unit)
    value = view.address.number(f"r.{rate.name}", shown(rate.default, rate.unit), 0.0, most)
    low, high = min(low, value), max(high, value)
    at_once = view.holding.network["enterprises"].height <= AT_ONCE
    unit = {"month": t("每年", "a year"), "year": t("每年", "a year"), "share": "", "factor": "×"}[rate.unit]
    return html.Div(
        [
            html.Div(
                [
                    html.Span(f"{t(rate.zh, rate.en)} {rate.symbol}"),
                    html.Span(
                        cell(value, digits=3) + f" {unit}", id={"type": "rate-shown", "key": rate.name}, title=unit
                    ),
                ],
                className="head",
            ),
            dmc.Slider(
                id=_control(f"r.{rate.name}"),
                min=low,
                max=high,
                step=round((high - low) / 100, 4),
                value=value,
                updatemode="drag" if at_once else "mouseup",
                label=None,
                size="sm",
                thumbLabel=t(rate.zh, rate.en),
            ),
        ],
        className="rate",
    )


def register(app: Dash, desk: Desk) -> None:
    """All that moves."""
    what_if_callbacks.register(app, desk)
    what_if_keep.register(app, desk)
