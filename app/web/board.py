"""The plan board: a row a block, a column a period; foundings first, then lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html

from tiaokuai.web.frame import View, alert, card, headline, picture, small_table
from tiaokuai.web.plan_sure import surer
from tiaokuai.web.plan_words import money, wish
from tiaokuai.web.scenarios import Plain, encode
from tiaokuai.web.words import Words, cell

MOST_ROWS = 200


def board(document: Mapping[str, Any], scenario: Plain | None, view: View) -> list[Any]:
    """The plan as cards: how good it is, what is done when, and where to try it."""
    t = view.say
    if not document["periods"]:
        return [_impossible(document, t)]
    gap, periods = document["gap"], document["periods"]
    proven = t("已证明没有更好的", "proven: no plan is better") if document["status"] == "optimal" else (
        t("尚无上界", "no bound yet") if gap is None else t("已证明的差距", "proven gap")
    )  # fmt: skip
    people = t("新触达人数", "people newly in reach")
    if document.get("aim") == "sum":
        people = t("新触达人数，各期末之和", "people newly in reach, summed over the periods' ends")
    head = html.Div(
        [
            headline(t("目标值", "Aim reached"), cell(document["objective"]), people),
            headline(t("离最优至多", "From the best at most"), cell(gap, share=True, digits=2), proven),
            headline(t("总成本", "Cost"), money(document["cost"]), t(f"{len(periods)} 期", f"{len(periods)} periods")),
        ],
        className="cards",
    )
    drawn = _picture(document, view)
    parts: list[Any] = [
        head,
        card(
            drawn.title,
            picture(drawn, view, "plan-figure"),
            html.Details([html.Summary(t("写成表格", "as a table")), _table(periods, view)]),
        ),
    ]
    parts += surer(document, block_names(view), t)
    parts.append(_files(scenario is not None, t))
    if scenario is not None:
        to = view.address.with_("what-if", keep=("data", "day"), s=encode([scenario]), start=str(periods[0]["start"]))
        parts.append(
            html.A(
                t("在“如果”里试这份计划 →", "try this plan in What if →"),
                href=to.href(view.prefix),
                id="to-what-if",
                className="strong",
            )
        )
    return parts


def _files(is_plan: bool, t: Words) -> Any:
    """Where the plan can be taken from: the file that the command writes, and all that is said of it."""
    kinds = [("yaml", "下载计划（YAML）", "download the plan (YAML)")] if is_plan else []
    kinds.append(("json", "下载答案（JSON）", "download the answer (JSON)"))
    buttons = [
        dmc.Button(t(zh, en), id={"type": "plan-file", "as": kind}, variant="default", size="compact-sm")
        for kind, zh, en in kinds
    ]
    return html.Div(buttons, className="row no-print")


def _impossible(document: Mapping[str, Any], t: Words) -> Any:
    """What must give, and other ways; or that the time was too short."""
    if document["status"] != "infeasible":
        return alert(t("时间内没有找到计划。", "No plan was found in the time there is."))
    said: list[Any] = [t("这些条件不能同时满足；需放宽：", "These wishes cannot all hold; what must give:")]
    said.append(html.Ul([html.Li(wish(each, t)) for each in document["relax"]]))
    if ways := document.get("alternatives"):
        joined = [t("，并且", ", and ").join(wish(each, t) for each in way) for way in ways]
        said += [t("或者：", "Or:"), html.Ul([html.Li(way) for way in joined])]
    return alert(said)


def _picture(document: Mapping[str, Any], view: View) -> Any:
    from tiaokuai.viz.plan_board import plan_board

    home = dict(view.holding.network["enterprises"].select("id", "block").iter_rows())
    return plan_board(document, {"home": home}, names=block_names(view), lang=view.address.lang)


def block_names(view: View) -> dict[str, str]:
    """What the blocks are called, by id; those without a name are not in it."""
    return {id: name for id, name in view.holding.network["blocks"].select("id", "name").iter_rows() if name}


def _table(periods: Any, view: View) -> Any:
    t, names = view.say, block_names(view)
    block_of = dict(view.holding.network["enterprises"].select("id", "block").iter_rows())
    cells: dict[str, dict[int, str]] = {}
    for at, period in enumerate(periods):
        lines: Counter[str] = Counter()
        for line in period["lines"]:
            lines[str(block_of.get(line["enterprise"]))] += int(line["count"])
        founded = {str(each["block"]) for each in period["found"]}
        for block in sorted(founded | set(lines)):
            words = [
                word for word in ("★" if block in founded else "", f"+{lines[block]}" if lines[block] else "") if word
            ]
            cells.setdefault(block, {})[at] = " ".join(words)
    columns = [(t("块", "block"), False), *((str(period["start"]), True) for period in periods)]
    rows = [
        [names.get(block, block), *(mine.get(at, "") for at in range(len(periods)))] for block, mine in cells.items()
    ]
    rows.append([t("成本", "cost"), *(money(period["cost"]) for period in periods)])
    made = small_table(columns, rows[:MOST_ROWS])
    more = len(rows) - MOST_ROWS
    return (
        made
        if more <= 0
        else html.Div([made, html.P(t(f"另有 {more} 行。", f"and {more} rows more."), className="note")])
    )
