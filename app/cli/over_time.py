"""``tiaokuai history`` and ``compare``: how the figures came about (model.md §2 on many days)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tiaokuai.cli.frame import Answer, Ask, question
from tiaokuai.cli.language import say

if TYPE_CHECKING:
    from datetime import date

Document = Mapping[str, Any]
_From = Annotated[
    str | None,
    typer.Option("--from", metavar="DATE", help=say("起始日期，默认第一件事", "first day; default: the first event")),
]
_FromYear = Annotated[
    str | None,
    typer.Option("--from", metavar="DATE", help=say("起始日期，默认一年前", "first day; default: a year before")),
]
_To = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help=say("结束日期，默认 --as-of", "last day; default: --as-of"))
]
_Step = Annotated[
    Literal["day", "week", "month", "quarter", "year"], typer.Option("--step", help=say("步长", "length of a step"))
]


def _last(ask: Ask, to: str | None) -> date:
    return ask.day if to is None else ask.read_day("--to", to)


@question(zh="各项指标随时间的变化", en="The metrics over time")
def history(ask: Ask, from_: _From = None, to: _To = None, step: _Step = "month") -> Answer:
    """A row a step."""
    from tiaokuai.metrics.documents import history_document

    first = None if from_ is None else ask.read_day("--from", from_)
    document = history_document(ask.network, step, first, _last(ask, to), ask.assumptions)
    return Answer("history", document, _show_history)


def _show_history(document: Document, ask: Ask) -> None:
    from tiaokuai.cli.showing import WIDE, print_rows

    rows = document["rows"]
    columns = ["date", "lines", "reached", "coverage", "line_share", "founded_blocks", "founded_share", "hollow"]
    columns += ["full_coverage"]
    if ask.console.width >= WIDE:
        columns[1:1] = ["enterprises", "staff", "members"]
    print_rows(ask, ask.say("历史", "History"), columns, rows)


@question(zh="两个日期之间各区块的变化", en="What changed between two days, block by block")
def compare(ask: Ask, from_: _FromYear = None, to: _To = None) -> Answer:
    """Every block and the total, before and after."""
    from tiaokuai.metrics.documents import compare_document
    from tiaokuai.metrics.lateral import year_before

    last = _last(ask, to)
    first = year_before(last) if from_ is None else ask.read_day("--from", from_)
    document = compare_document(ask.network, first, last, ask.assumptions)
    return Answer("compare", document, _show_compare)


_COMPARED = ("lines", "members", "reached", "coverage", "line_share", "fidelity")  # four where the terminal is narrow


def _show_compare(document: Document, ask: Ask) -> None:
    from tiaokuai.cli.showing import ROOMY, estimated, heading, legend, named
    from tiaokuai.cli.tables import table, text

    ask.console.print(ask.say(f"{document['from']} → {document['to']}", f"{document['from']} → {document['to']}"))
    rows = document["rows"]
    changed = [row for row in rows if row["before"] != row["after"]]
    names = _COMPARED if ask.console.width >= ROOMY else _COMPARED[:4]
    columns = [(ask.say("区块", "block"), "left"), *((heading(name, ask), "right") for name in names)]
    cells = [
        [estimated(f"{_statuses(row)} {named(row)}", row, ask), *(_both(row, name) for name in names)]
        for row in changed
    ]
    footer = [ask.say("合计", "total"), *(_both(document["total"], name) for name in names)]
    if changed:
        ask.console.print(legend((row["after"].get("status") for row in rows), ask))
        ask.console.print(table(ask.say("有变化的区块", "Blocks that changed"), columns, cells, footer))
    same = len(rows) - len(changed)
    ask.console.print(ask.say(f"没有变化的区块：{text(same)} 个", f"blocks that did not change: {text(same)}"))


def _statuses(row: Document) -> str:
    from tiaokuai.cli.tables import mark

    before, after = (mark(row[end]["status"]) for end in ("before", "after"))
    return after if before == after else f"{before}→{after}"


def _both(row: Document, name: str) -> str:
    from tiaokuai.cli.showing import figure

    before, after = (figure(name, row[end].get(name)) for end in ("before", "after"))
    return after if before == after else f"{before} → {after}"


COMMANDS = [history, compare]
