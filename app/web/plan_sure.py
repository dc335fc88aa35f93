"""How sure a plan is: chosen by simulation, what the simulator expects, and what every plan near the best does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from tiaokuai.web.frame import View, card, small_table
from tiaokuai.web.plan_words import MARKS, NAMES, money
from tiaokuai.web.trying import carried
from tiaokuai.web.words import Words, cell

Document = Mapping[str, Any]
# control: what it asks for, and how long that takes
SURE = {
    "robust": ("按模拟结果在候选计划中选择", "choose the plan by simulation (robust)"),
    "always": ("各块：必建、可建、不建", "which blocks must, could, never be founded"),
    "expected": ("模拟器对计划的预期", "what the simulator expects of it"),
}
MOST_ROWS = 60


def asked(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Which of them the controls ask for.

    >>> asked({"robust": ["1"], "always": [], "budget": 3})
    ('robust',)
    """
    return tuple(key for key in SURE if values.get(key))


def fields(view: View) -> Any:
    """The boxes to tick, each in the address."""
    t = view.say
    boxes = [
        dmc.CheckboxGroup(
            dmc.Checkbox(label=t(*words), value="1"),
            id={"type": "control", "key": key},
            value=["1"] if view.address.get(key) == "1" else [],
        )
        for key, words in SURE.items()
    ]
    said = t("每项都要多算一会儿。", "Each takes a while longer.")
    if own := len(carried(view)):
        said += t(f"模拟用地址中带来的 {own} 项速率。", f" Simulated with the {own} rates that this address brings.")
    note = html.P(said, className="note")
    opened = any(view.address.get(key) == "1" for key in SURE)
    return html.Details(
        [html.Summary(t("有把握吗？", "Sure of it?")), html.Div([*boxes, note], className="fields")], open=opened
    )


def surer(document: Document, names: Mapping[str, str], t: Words) -> list[Any]:
    """The cards of what was asked for."""
    made = []
    if tried := document.get("robust"):
        made.append(_robust(tried, t))
    if expected := document.get("expected"):
        made.append(_expected(expected, t))
    if survey := document.get("must_could_never"):
        made.append(_always(survey, document["periods"], names, t))
    return made


def candidate(name: str, t: Words) -> str:
    """A candidate's name in words.

    >>> candidate("65% and second backbones", Words("zh")), candidate("plan", Words("en"))
    ('65% 的预算加第二名骨干', 'the plan')
    """
    if name == "plan":
        return t("计划本身", "the plan")
    if name.startswith("for "):
        return (
            t("期末最多的计划", "best at the end")
            if name == "for end"
            else t("各期之和最多的计划", "best over periods")
        )
    if name == "the plan and second backbones":
        return t("计划加第二名骨干", name)
    scale, _, rest = name.partition(" and second backbones")
    return t(f"{scale} 的预算加第二名骨干", f"{scale} of the budget and second backbones") if not rest else name


def _robust(tried: Document, t: Words) -> Any:
    heads = (t("计划内", "planned"), t("均值", "mean"), t("最差十分之一", "worst tenth"), t("成本", "cost"))
    rows = [
        [
            html.Strong(f"→ {candidate(row['name'], t)}")
            if row["name"] == tried["chosen"]
            else candidate(row["name"], t),
            *(cell(round(row[key])) for key in ("planned", "mean", "worst_decile")),
            money(row["cost"]),
        ]
        for row in tried["rows"]
    ]
    return card(
        t("按模拟选择", "Chosen by simulation"),
        small_table([(t("候选", "candidate"), False), *((head, True) for head in heads)], rows),
        html.P(str(tried["why"][t.lang]).replace(tried["chosen"] + ":", candidate(tried["chosen"], t) + ":", 1)),
        id="robust",
        note=t(
            f"{tried['runs']} 次共用随机数的模拟中触达的人数；均值相近时取最差十分之一最好的。",
            f"People in reach in {tried['runs']} runs with shared draws; of about equal means the best worst tenth.",
        ),
    )


def _expected(expected: Document, t: Words) -> Any:
    heads = (
        t("计划内", "planned"),
        t("期末覆盖人数（九成区间）", "in reach at the end (nine of ten)"),
        t("覆盖率", "coverage"),
        t("比不做多", "more than nothing"),
    )
    rows = []
    for row in expected["rows"]:
        reached = row["reached"]
        band = f"{reached['mean']:,.0f} ({reached['p05']:,.0f}–{reached['p95']:,.0f})"
        more = round(row["more"])
        rows.append([t(*NAMES[row["name"]]), cell(row["planned"]), band, cell(row["coverage"], share=True), cell(more)])
    return card(
        t("模拟器的预期", "What the simulator expects"),
        small_table([("", False), *((head, True) for head in heads)], rows),
        id="expected",
        note=t(
            f"含流动与自然增长，{expected['runs']} 次共用随机数的模拟。",
            f"Turnover and natural growth included; {expected['runs']} runs that share their draws.",
        ),
    )


def _always(survey: Document, periods: Sequence[Document], names: Mapping[str, str], t: Words) -> Any:
    words = {
        "every": t("必建", "must"),
        "some": t("可建", "could"),
        "none": t("不建", "never"),
        "open": t("未能判定", "not settled"),
    }
    near = cell(survey["near"], share=True, digits=0)
    rows = [
        [names.get(row["block"], row["block"]), words[row["founded"]], *(MARKS[word] for word in row["periods"])]
        for row in survey["rows"][:MOST_ROWS]
    ]
    columns = [
        (t("块", "block"), False),
        (t("总的看", "at all"), False),
        *((str(each["start"]), True) for each in periods),
    ]
    more = len(survey["rows"]) - MOST_ROWS
    rest = [html.P(t(f"另有 {more} 块。", f"and {more} blocks more."), className="note")] if more > 0 else []
    if not rows:
        rest = [html.P(t("没有可建的块。", "There is no block to found."), className="note")]
    return card(
        t("必建、可建、不建", "Must, could, never"),
        small_table(columns, rows) if rows else None,
        *rest,
        id="always",
        note=t(
            f"离最优 {near} 以内的计划：● 都在该期建，○ 有的建，· 都不建，？时间内未能判定。",
            f"Plans within {near} of the best: ● all found it then, ○ some do, · none does, ? not settled in time.",
        ),
    )
