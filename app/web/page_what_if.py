"""What if: scenarios built by clicks, rates on sliders, curves that follow the hand, bands that follow in a while."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, dcc, html

from tiaokuai.planning.intervention import FORMS, WHERE
from tiaokuai.planning.program import METRICS
from tiaokuai.planning.rates import TABLE
from tiaokuai.web import what_if_callbacks
from tiaokuai.web.desk import Desk
from tiaokuai.web.frame import GRAPH, View, alert, card, control, provenance, to_take
from tiaokuai.web.scenarios import FILE
from tiaokuai.web.trying import MONTHS, MOST_MONTHS, RUNS, SEED, default_start, shown
from tiaokuai.web.what_if_asked import Linked, linked
from tiaokuai.web.what_if_fields import how, rates_card

AUDIENCE = "planner"
_AWAY = {"visible": False}
_EMPTY = {
    "height": 420,
    "xaxis": _AWAY,
    "yaxis": _AWAY,
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
}
WHERE_WORDS = {
    "largest_without_line": ("最大的无线企业", "the largest without a line"),
    "largest_gap": ("缺口最大的企业", "the largest gap"),
    "random": ("随机", "at random"),
}


def controls(view: View) -> tuple[Any, Any]:
    """Nothing above the page; the rules say which values go without saying in the address."""
    defaults: dict[str, Any] = {f"r.{rate.name}": shown(rate.default, rate.unit) for rate in TABLE}
    defaults |= {"metric": "coverage", "months": MONTHS, "start": default_start(view.day), "s": "", "at": "0"}
    defaults |= {"runs": RUNS, "seed": SEED}
    return None, {"quiet": True, "defaults": defaults}


def content(view: View) -> Any:
    """The builder at the left, the curves at the right."""
    t = view.say
    link = linked(view)
    left = html.Div([_scenario_card(view, link), rates_card(view)], className="no-print")
    right = html.Div([_curves_card(view, link), html.Div(id="ends", className="ends")])
    return [
        html.H1(t("如果……会怎样", "What if")),
        *_unread(link, view),
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


def _unread(link: Linked, view: View) -> list[Any]:
    """Said of a link that names what there is not: the page shows something else than its sender saw."""
    if not link.faults:
        return []
    t = view.say
    head = t(
        "链接中有读不出的内容，此处以默认值代替：", "Not all of the link can be read; the usual stands in for it: "
    )
    return [
        html.Div(
            alert(head + t("；", "; ").join(link.faults)), id="unread", role="alert", style={"marginBottom": "1rem"}
        )
    ]


def _curves_card(view: View, link: Linked) -> Any:
    t = view.say
    pickers = html.Div(
        [
            dmc.Select(
                id=control("metric"),
                value=link.metric,
                label=t("看什么", "Figure"),
                data=[{"value": name, "label": t.figure(name)} for name in METRICS],
                allowDeselect=False,
                w=170,
            ),
            dmc.NumberInput(
                id=control("months"),
                value=view.address.number("months", MONTHS, 1, MOST_MONTHS),
                label=t("月数", "Months"),
                min=1,
                max=MOST_MONTHS,
                w=100,
                debounce=400,
            ),
            dmc.TextInput(
                id=control("start"),
                value=link.start,
                label=t("起始月", "First month"),
                w=120,
                debounce=400,
            ),
        ],
        className="row",
    )
    more = html.Details(
        [html.Summary(t("怎样模拟", "how it is simulated")), how(view)],
        open=any(view.address.get(key) for key in ("runs", "seed", "precision", "learn")),
        className="no-print",
    )
    graph = dcc.Graph(id="curves", figure={"data": [], "layout": _EMPTY}, config=GRAPH)
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
                        t("保存预测，日后评分", "keep this forecast to grade it later"),
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
        "线为期望值，随滑块即时变化；色带为多次模拟中九成结果所在，稍后给出。",
        "Lines are expectations and follow the sliders; bands hold nine of ten simulated futures and come after.",
    )
    return card(
        t("走势", "The way ahead"),
        pickers,
        said,
        html.Figure([graph, to_take(view, t("走势", "the way ahead"), "curves")]),
        html.Div(id="faults", role="alert"),
        progress,
        more,
        note=note,
    )


def _scenario_card(view: View, link: Linked) -> Any:
    t = view.say
    return card(
        t("情景", "Scenarios"),
        dcc.Input(id=control("s"), value=link.s, type="hidden"),
        html.Div(
            [
                dmc.Select(
                    id=control("at"),
                    value=link.at,
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
        _form(view, link.start),
        html.Div(dmc.Button(t("加入", "add"), id="add-step"), className="buttons"),
        _files(view),
    )


def _form(view: View, start: str) -> Any:
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
            choice("enterprise", "企业（可不选）", "Enterprise (optional)", [], clearable=True),
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
            number("share", "占比（%）", "Share (%)", 1, 100),
            number("staff", "每家人数", "Staff each", 0, 100_000),
            field(
                "at",
                dmc.TextInput(
                    id={"type": "step", "key": "at"},
                    label=t("月份", "Month"),
                    placeholder="2027-03",
                    value=start,
                ),
            ),
            number("every", "每隔几个月重复（可不填）", "Repeat every … months (optional)", 1, 60),
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
        max_size=FILE,
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


def register(app: Dash, desk: Desk) -> None:
    """All that moves."""
    what_if_callbacks.register(app, desk)
