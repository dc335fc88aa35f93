"""The plan board: a row a block, a column a period; foundings first, then lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from dash import html

from tiaokuai.web.frame import View, alert, card, headline, small_table
from tiaokuai.web.scenarios import Plain, encode
from tiaokuai.web.words import cell, withheld

MOST_ROWS = 200


def board(document: Mapping[str, Any], scenario: Plain | None, view: View) -> list[Any]:
    """The plan as cards: how good it is, what is done when, and where to try it."""
    t = view.say
    if document["status"] == "infeasible":
        items = [html.Li(f"{each['wish']}: {each['by']}") for each in document.get("relax") or []]
        said = t("这些条件不能同时满足;需放宽:", "These wishes cannot all hold; what must give:")
        return [alert([said, html.Ul(items)])]
    gap, periods = document["gap"], document["periods"]
    proven = t("已证明最优", "proven best") if document["status"] == "optimal" else t("已证明的差距", "proven gap")
    head = html.Div(
        [
            headline(t("目标值", "Aim reached"), cell(document["objective"]), t("触达人数", "people in reach")),
            headline(t("离最优至多", "From the best at most"), cell(gap, share=True, digits=2), proven),
            headline(t("总成本", "Cost"), cell(document["cost"]), t(f"{len(periods)} 期", f"{len(periods)} periods")),
        ],
        className="cards",
    )
    parts: list[Any] = [
        head,
        card(
            t("计划板", "The plan"),
            _table(periods, view),
            note=t("★ 建立联谊会;+n 新增 n 条线。", "★ found; +n: n new lines."),
        ),
    ]
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


def _table(periods: Any, view: View) -> Any:
    t, network = view.say, view.holding.network
    block_of = dict(network["enterprises"].select("id", "block").iter_rows())
    names = dict(network["blocks"].select("id", "name").iter_rows())
    others = t("(不列名的企业)", "(enterprises not named)")
    cells: dict[str, dict[int, str]] = {}
    for at, period in enumerate(periods):
        lines: Counter[str] = Counter()
        for line in period["lines"]:
            if not withheld(line["count"]):
                untold = withheld(line["enterprise"])
                lines[others if untold else str(block_of.get(line["enterprise"]))] += int(line["count"])
        founded = {str(each["block"]) for each in period["found"]}
        for block in sorted(founded | set(lines)):
            words = [
                word for word in ("★" if block in founded else "", f"+{lines[block]}" if lines[block] else "") if word
            ]
            cells.setdefault(block, {})[at] = " ".join(words)
    columns = [(t("块", "block"), False), *((str(period["start"]), True) for period in periods)]
    rows = [
        [names.get(block) or block, *(mine.get(at, "") for at in range(len(periods)))] for block, mine in cells.items()
    ]
    rows.append([t("成本", "cost"), *(cell(period["cost"]) for period in periods)])
    made = small_table(columns, rows[:MOST_ROWS])
    more = len(rows) - MOST_ROWS
    return (
        made
        if more <= 0
        else html.Div([made, html.P(t(f"另有 {more} 行。", f"and {more} rows more."), className="note")])
    )
