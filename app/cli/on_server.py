"""Answers computed by a Neo4j server (``--engine server``) in place of here."""

from __future__ import annotations

from typing import Any

from tiaokuai.cli.frame import Ask
from tiaokuai.graph.errors import UsageError

Document = dict[str, Any]


def wanted(ask: Ask) -> bool:
    """Whether the server is to answer; UsageError where the data are no database of ours.

    It answers from what the database holds. Where that is not what the audience reads, the answer is computed here,
    from the release made here, and the user is told.
    """
    if ask.engine != "server":
        return False
    from tiaokuai.loaders.neo4j import is_address

    if not is_address(ask.data) or ask.mapping is not None:
        raise UsageError(
            "no_server",
            "--engine server 只用于 tiaokuai neo4j push 写入过的数据库地址（neo4j://…）",
            "--engine server is for the address of a database that tiaokuai neo4j push filled (neo4j://…)",
        )
    from tiaokuai.graph.release.answers import readers
    from tiaokuai.loaders.neo4j_asking import release_in

    held = release_in(ask.data)
    if ask.wanted in (None, "steward" if held is None else held.audience):
        ask.held = held
        return True
    zh, en = readers(held)
    ask.note(
        f"由本机计算：数据库里是{zh}的数据，不是为 {ask.wanted} 公布的版本（tiaokuai neo4j push --for {ask.wanted}）",
        f"computed here: the database holds the {en}'s data, no release for the {ask.wanted} "
        f"(tiaokuai neo4j push --for {ask.wanted})",
    )
    return False


def answer(kind: str, ask: Ask, by: str = "all", top: int | None = None) -> Document:
    """The document of one kind, coverage, replication or gaps, computed by the server."""
    from tiaokuai.metrics import cypher

    if kind == "replication":
        rows = _rows(ask, "replication")["replication"]
        return cypher.replication_document(rows, ask.day, ask.assumptions, ask.template)
    if kind == "coverage":
        return cypher.coverage_document(_rows(ask, "coverage", by=by)["coverage"], ask.day, by, ask.assumptions)
    found = _rows(ask, "gaps", "coverage", "blocks_to_found", by=by, top=top)
    return cypher.gaps_document(found["gaps"], found["coverage"], found["blocks_to_found"], ask.day)


def _rows(ask: Ask, *names: str, **more: Any) -> dict[str, Any]:
    from tiaokuai.loaders.neo4j_asking import ask as server
    from tiaokuai.metrics.cypher import parameters, text

    given = parameters(ask.day, ask.assumptions, ask.template, **more)
    return server(ask.data, {name: (text(name), given) for name in names})
