"""Answers as plain dictionaries in the shapes of contracts.md, before protection."""

from __future__ import annotations

from typing import Any

from tiaokuai.graph.snapshot import Snapshot
from tiaokuai.metrics.coverage import coverage_frame, totals
from tiaokuai.metrics.gaps import blocks_to_found, gaps_frame
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
