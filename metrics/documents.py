"""Answers as plain dictionaries in the shapes of contracts.md."""

from __future__ import annotations

from datetime import date
from typing import Any

from tiaokuai.graph import Assumptions, Network
from tiaokuai.graph.errors import UsageError
from tiaokuai.graph.snapshot import Snapshot, to_date
from tiaokuai.metrics.compare import compared
from tiaokuai.metrics.coverage import coverage_frame, totals
from tiaokuai.metrics.explain import explanation, find_block
from tiaokuai.metrics.fragility import fragility_frame, fragility_summary
from tiaokuai.metrics.gaps import blocks_to_found, gaps_frame
from tiaokuai.metrics.history import history_rows
from tiaokuai.metrics.influence import block_influence, component_influence, line_influence
from tiaokuai.metrics.lateral import Blocks, replication_frame, summary

Document = dict[str, Any]


def _head(day: Snapshot) -> Document:
    return {"as_of": day.day.isoformat()}


def coverage_document(day: Snapshot, by: str) -> Document:
    """The document ``coverage``: a row a group and the total."""
    return {
        **_head(day),
        "by": by,
        "assumptions": day.assumptions.to_json(),
        "rows": coverage_frame(day, by).to_dicts(),
        "total": totals(day),
    }


def replication_document(day: Snapshot) -> Document:
    """The document ``replication``: how far the blocks have come, and a row each."""
    blocks = Blocks(day)
    rows = replication_frame(blocks).to_dicts()
    for row in rows:
        row["founded"] = row["founded"] and row["founded"].isoformat()
    return {**_head(day), "assumptions": day.assumptions.to_json(), **summary(blocks), "rows": rows}


def gaps_document(day: Snapshot, top: int | None = None) -> Document:
    """The document ``gaps``; ``top`` bounds the rows, never the sums above them."""
    total = totals(day)
    return {
        **_head(day),
        "staff_out_of_reach": (total["staff"] or 0) - (total["reached"] or 0),
        "missing_lines": total["missing_lines"],
        "blocks_to_found": blocks_to_found(day),
        "rows": gaps_frame(day, top).to_dicts(),
    }


def explain_document(day: Snapshot, block_id: str) -> Document:
    """The document ``explain`` of one block; RequestError with the nearest id where there is no such block.

    ``rule`` is one of :data:`tiaokuai.metrics.explain.RULES`; each of ``changes`` says the status it leads ``to`` and
    one of ``found`` (true), ``lines`` or ``staff`` (so many more; negative: fewer).
    """
    block = find_block(day, block_id)
    table = day.network["blocks"]
    known = explanation(day, block)
    lineage = Blocks(day).lineage
    source = lineage.source[block]
    return {
        **_head(day),
        "assumptions": day.assumptions.to_json(),
        "block": block_id,
        "name": table["name"][block],
        "kind": table["kind"][block],
        "eligible": bool(day.eligible[block]),
        "status": known["status"],
        "founded": to_date(day.founded_on[block]).isoformat() if day.founded[block] else None,
        "source": day.block_ids[source[0]] if source else None,
        "rule": known["rule"],
        "figures": known["figures"],
        "changes": known["changes"],
    }


def influence_document(day: Snapshot, top: int | None = None) -> Document:
    """The document ``influence``: blocks, components and single lines, ``top`` of each."""
    blocks = Blocks(day)
    return {
        **_head(day),
        "assumptions": day.assumptions.to_json(),
        "blocks": block_influence(blocks, top).to_dicts(),
        "components": component_influence(blocks, top).to_dicts(),
        "lines": line_influence(day, top).to_dicts(),
    }


def fragility_document(day: Snapshot, top: int | None = None) -> Document:
    """The document ``fragility``: what hangs on one backbone, worst losses, a year of turnover; a row a block."""
    made = {**_head(day), "assumptions": day.assumptions.to_json(), **fragility_summary(day)}
    return {**made, "rows": fragility_frame(day, top).to_dicts()}


def history_document(
    network: Network, step: str, first: date | None, last: date, assumptions: Assumptions | None = None
) -> Document:
    """The document ``history``: a row every ``step`` from ``first`` (None: the first event) up to ``last``."""
    assumptions = assumptions or Assumptions()
    rows = history_rows(network, step, first, last, assumptions)
    ends = {"from": rows[0]["date"], "to": last.isoformat()}
    return {**ends, "step": step, "assumptions": assumptions.to_json(), "rows": rows}


def compare_document(network: Network, first: date, last: date, assumptions: Assumptions | None = None) -> Document:
    """The document ``compare``: every block and the total before, after, and what changed."""
    assumptions = assumptions or Assumptions()
    if first > last:
        zh, en = f"起始日期 {first} 在结束日期 {last} 之后", f"the first day, {first}, is after the last, {last}"
        raise UsageError("bad_period", zh, en, first=first.isoformat(), last=last.isoformat())
    days = network.as_of(first, assumptions), network.as_of(last, assumptions)
    rows, total = compared(*days)
    ends = {"from": first.isoformat(), "to": last.isoformat()}
    return {**ends, "assumptions": assumptions.to_json(), "rows": rows, "total": total}
