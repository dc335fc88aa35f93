"""``tiaokuai explain``, ``influence`` and ``fragility``: why do we stand there, and on whom (model.md §2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from tiaokuai.cli.frame import Answer, Ask, question
from tiaokuai.cli.language import say
from tiaokuai.cli.where import Top

Document = Mapping[str, Any]
_Block = Annotated[str, typer.Argument(metavar="BLOCK", help=say("区块编号", "id of a block"), show_default=False)]


@question(
    zh="一个区块为什么是这个状态，怎样才会改变",
    en="Why a block has its status, and what would change it",
)
def explain(ask: Ask, block: _Block) -> Answer:
    """The rule, its numbers, and the least that would change it."""
    from tiaokuai.metrics.documents import explain_document

    return Answer("explain", explain_document(ask.snapshot, block), _show_explain)


def _show_explain(document: Document, ask: Ask) -> None:
    from tiaokuai.cli.showing import named, print_rows
    from tiaokuai.cli.tables import status
    from tiaokuai.viz.explaining import changes, reason

    known = status(document["status"], ask.lang)
    label = named({"id": document["block"], "name": document["name"]})
    ask.console.print(f"[bold]{label}[/]  {known}  ({document['as_of']})")
    ask.console.print(reason(document, ask.say))
    lines = changes(document, ask.say)
    if lines:
        ask.console.print(ask.say("怎样会改变：", "What would change it:"))
    for line in lines:
        ask.console.print(f"  · {line}")
    columns = ["enterprises", "enterprises_with_line", "staff", "lines", "members", "reached", "coverage", "fidelity"]
    print_rows(ask, ask.say("数字", "Figures"), columns, [document["figures"]])


@question(
    zh="影响力：区块（经由后代）、模式要素（仅为相关）、单条线",
    en="Influence: of blocks through their descendants, of components (association only), of lines",
)
def influence(ask: Ask, top: Top = None) -> Answer:
    """Who carries how much."""
    from tiaokuai.metrics.documents import influence_document

    return Answer("influence", influence_document(ask.snapshot, top), _show_influence)


def _show_influence(document: Document, ask: Ask) -> None:
    from tiaokuai.cli.showing import named, print_rows

    blocks, components, lines = (document[name] for name in ("blocks", "components", "lines"))
    day = document["as_of"]
    ask.console.print(
        ask.say(
            f"截至 {day}，各区块、要素与线影响多少人",
            f"As of {day}: how many people hang on each block, component and line",
        )
    )
    title = ask.say("区块：连同后代覆盖的人数", "Blocks: people in reach with all that descend from them")
    leads = [named(row) for row in blocks]
    columns = ["reached", "descendants", "descendant_reach"]
    print_rows(ask, title, columns, blocks, first=(ask.say("区块", "block"), leads))
    title = ask.say(
        "模式要素：有与没有的区块，有线企业占比之差（相关，不是因果）",
        "Components: line share of blocks with and without (an association, not a cause)",
    )
    leads = [_component(row["component"], ask) for row in components]
    columns = ["blocks_with", "line_share_with", "line_share_without", "difference", "difference_founded"]
    print_rows(ask, title, columns, components, first=(ask.say("要素", "component"), leads))
    title = ask.say("单条线：若终止会少覆盖的人数", "Lines: reach lost if one alone ended")
    print_rows(ask, title, ["member", "enterprise", "block", "capacity", "reach_lost"], lines)


def _component(id: str, ask: Ask) -> str:
    parts = {part.id: part for part in ask.template.components}
    return ask.say(parts[id].zh, parts[id].en) if id in parts else id


@question(
    zh="脆弱度：系于一名骨干的人数、最坏的失线、一年流动之后",
    en="Fragility: what hangs on one backbone, the worst lines to lose, a year of turnover",
)
def fragility(ask: Ask, top: Top = None) -> Answer:
    """What hangs on few people."""
    from tiaokuai.metrics.documents import fragility_document

    return Answer("fragility", fragility_document(ask.snapshot, top), _show_fragility)


def _show_fragility(document: Document, ask: Ask) -> None:
    from tiaokuai.cli.showing import figure, named, print_rows
    from tiaokuai.cli.tables import percent, text

    share, people, reached = percent(document["share"]), text(document["on_one_backbone"]), text(document["reached"])
    zh = f"截至 {document['as_of']}：已覆盖的 {reached} 人中有 {people} 人（{share}）所在企业只靠一名骨干"
    en = f"As of {document['as_of']}: {people} of {reached} people in reach ({share}) hang on one backbone"
    ask.console.print(ask.say(zh, en))
    now, year = document["coverage"], document["after_a_year"]
    later, rate = figure("coverage", year["coverage"]), percent(year["backbone_turnover"])
    zh = f"覆盖率 {percent(now)}；一年后若只出不进（骨干与会员年流动率 {rate}），预计 {later}"
    en = f"Coverage {percent(now)}; {later} expected after a year in which people only leave (turnover {rate})"
    ask.console.print(ask.say(zh, en))
    title = ask.say("失去最要紧的几条线", "The worst lines to lose")
    print_rows(ask, title, ["lines", "reach_lost", "coverage"], document["worst_losses"])
    rows, columns = document["rows"], ["reached", "on_one_backbone", "share", "coverage", "expected_coverage"]
    leads = [named(row) for row in rows]
    print_rows(ask, ask.say("区块", "Blocks"), columns, rows, first=(ask.say("区块", "block"), leads))


COMMANDS = [explain, influence, fragility]
