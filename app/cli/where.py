"""``tiaokuai coverage``, ``replication`` and ``gaps``: where do we stand (model.md §2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import typer

from tiaokuai.cli.frame import Answer, Ask, question
from tiaokuai.cli.language import say

By = Annotated[
    Literal["block", "district", "enterprise", "sector", "ownership"],
    typer.Option("--by", help=say("按区块、片区、企业、行业或性质", "groups of the rows")),
]
Top = Annotated[
    int | None,
    typer.Option("--top", min=1, max=1_000_000_000, metavar="N", help=say("只要前 N 行", "the first N rows alone")),
]
Document = Mapping[str, Any]


def answered(kind: str, ask: Ask, local: Callable[[], Document], **options: Any) -> Document:
    """The document, computed here or, with ``--engine server``, by the Neo4j database that holds the data."""
    from tiaokuai.cli import on_server

    return on_server.answer(kind, ask, **options) if on_server.wanted(ask) else local()


@question(
    zh="覆盖情况：按区块、片区、企业、行业或性质",
    en="Coverage by block, district, enterprise, sector or ownership",
    server=True,
)
def coverage(ask: Ask, by: By = "block") -> Answer:
    """Who is within reach."""
    from tiaokuai.metrics.documents import coverage_document

    document = answered("coverage", ask, lambda: coverage_document(ask.snapshot, by), by=by)
    statuses = _statuses(ask) if by == "block" and not ask.json and ask.engine != "server" else {}
    return Answer("coverage", document, lambda shown, to: _show_coverage(shown, to, statuses))


def _statuses(ask: Ask) -> dict[str, Any]:
    """Every block's status, to mark the hollow ones."""
    from tiaokuai.metrics.documents import replication_document

    return {row["id"]: row["status"] for row in replication_document(ask.snapshot)["rows"]}


def _show_coverage(document: Document, ask: Ask, statuses: Mapping[str, Any]) -> None:
    from tiaokuai.cli.showing import WIDE, figure, legend, marked, named, print_rows

    total, by = document["total"], document["by"]
    words = {name: figure(name, total.get(name)) for name in total}
    zh = (
        f"截至 {document['as_of']}：{words['staff']} 人中覆盖 {words['reached']} 人（{words['coverage']}）；"
        f"{words['enterprises']} 家企业中 {words['enterprises_with_line']} 家有线"
    )
    en = (
        f"As of {document['as_of']}: {words['reached']} of {words['staff']} people within reach ({words['coverage']}); "
        f"{words['enterprises_with_line']} of {words['enterprises']} enterprises have a line"
    )
    ask.console.print(ask.say(zh, en))
    columns = ["enterprises", "enterprises_with_line", "staff", "lines", "reached", "coverage", "line_share"]
    columns += ["missing_lines"] if ask.console.width < WIDE else _WIDE
    missing = ask.say("（未填）", "(not given)")
    leads = [missing if row["id"] is None else _label(row, by, ask) or named(row) for row in document["rows"]]
    if statuses:
        ask.console.print(legend(statuses.values(), ask))
        leads = [marked(lead, statuses.get(row["id"])) for lead, row in zip(leads, document["rows"], strict=True)]
    title, first = ask.say("覆盖情况", "Coverage"), (ask.say(*_BY[by]), leads)
    print_rows(ask, title, columns, document["rows"], total=total, first=first, by=by)
    if total.get("imputed_staff") not in (0, None):
        assumed = words["imputed_staff"]
        ask.console.print(
            ask.say(
                f"人数中有 {assumed} 人是估算的：企业没填人数",
                f"{assumed} of the staff are assumed: no head-count is given",
            )
        )


_WIDE = ["members", "realisation", "amplification", "wasted_capacity", "missing_lines"]
_BY = {
    "block": ("区块", "block"),
    "district": ("片区", "district"),
    "enterprise": ("企业", "enterprise"),
    "sector": ("行业", "sector"),
    "ownership": ("性质", "ownership"),
}


def _label(row: Document, by: str, ask: Ask) -> str | None:
    from tiaokuai.web.words import OWNERSHIPS

    return ask.say(*OWNERSHIPS[row["id"]]) if by == "ownership" and row["id"] in OWNERSHIPS else None


@question(
    zh="复制情况：各区块的状态、代次、来源、模式完整度与后代",
    en="Replication: status, generation, source, fidelity and descendants of every block",
    server=True,
)
def replication(ask: Ask) -> Answer:
    """How the template travelled."""
    from tiaokuai.metrics.documents import replication_document

    document = answered("replication", ask, lambda: replication_document(ask.snapshot))
    return Answer("replication", document, _show_replication)


def _show_replication(document: Document, ask: Ask) -> None:
    from tiaokuai.cli.showing import WIDE, figure, legend, marked, named, print_rows
    from tiaokuai.cli.tables import text

    words = {name: figure(name, document.get(name)) for name in ("founded_share", "replication_share", "full_coverage")}
    founded, eligible, new = (text(document.get(name)) for name in ("founded", "eligible", "velocity_12m"))
    zh = (
        f"截至 {document['as_of']}：{eligible} 个适合建会的区块已建 {founded} 个（{words['founded_share']}），"
        f"近 12 个月 {new} 个；非试点已复制 {words['replication_share']}；全覆盖 {words['full_coverage']}"
    )
    en = (
        f"As of {document['as_of']}: {founded} of {eligible} eligible blocks founded ({words['founded_share']}), {new} "
        f"in 12 months; {words['replication_share']} of those beyond the pilots; full coverage {words['full_coverage']}"
    )
    ask.console.print(ask.say(zh, en))
    rows = document["rows"]
    if rows:
        ask.console.print(legend((row["status"] for row in rows), ask))
    columns = ["founded", "generation", "source", "fidelity", "copy_fidelity", "coverage"]
    columns += ["line_share"] if ask.console.width >= WIDE else []
    columns += ["descendants", "descendant_reach"]
    leads = [marked(named(row), row["status"]) for row in rows]
    print_rows(ask, ask.say("区块", "Blocks"), columns, rows, first=(ask.say("区块", "block"), leads))


@question(
    zh="与全覆盖的差距：要建的区块、要补的线、尚未覆盖的人数",
    en="What stands between today and full coverage: blocks to found, lines to add, people out of reach",
    server=True,
)
def gaps(ask: Ask, top: Top = None) -> Answer:
    """The distance to full coverage."""
    from tiaokuai.metrics.documents import gaps_document

    document = answered("gaps", ask, lambda: gaps_document(ask.snapshot, top), top=top)
    blocks = [] if ask.json or ask.engine == "server" else _block_gaps(ask)
    return Answer("gaps", document, lambda shown, to: _show_gaps(shown, to, blocks))


def _block_gaps(ask: Ask) -> list[Document]:
    """Blocks with lines to add, cheapest first."""
    from tiaokuai.metrics.documents import coverage_document

    missing = [row for row in coverage_document(ask.snapshot, "block")["rows"] if row["missing_lines"]]
    return sorted(missing, key=lambda row: (row["missing_lines"], row["id"]))


def _show_gaps(document: Document, ask: Ask, blocks: list[Document]) -> None:
    from tiaokuai.cli.showing import named, print_rows
    from tiaokuai.cli.tables import text

    waiting = document["blocks_to_found"]
    out, lines = text(document["staff_out_of_reach"]), text(document["missing_lines"])
    count = text(len(waiting))
    zh = f"截至 {document['as_of']}：尚有 {out} 人未覆盖；还要建 {count} 个区块，补 {lines} 条线"
    en = f"As of {document['as_of']}: {out} people out of reach; blocks to found: {count}, lines to add: {lines}"
    ask.console.print(ask.say(zh, en))
    if waiting:
        ask.console.print(ask.say("要建的区块：", "To found: ") + ", ".join(map(str, waiting)), markup=False)
    title = ask.say("各区块要补的线，少者在前", "Lines to add by block, fewest first")
    leads = [named(row) for row in blocks]
    print_rows(ask, title, ["missing_lines"], blocks, first=(ask.say("区块", "block"), leads))
    columns = ["enterprise", "block", "staff", "lines", "gain", "missing_lines"]
    title = ask.say("下一条线放在哪里", "Where the next line reaches most")
    print_rows(ask, title, columns, document["rows"])


COMMANDS = [coverage, replication, gaps]
