"""The same questions in Cypher, answered by a Neo4j server: the texts, their parameters, and documents from the rows.

The ``.cypher`` files beside this one are whole, documented queries for people who live in Neo4j Browser, Bloom or a
dashboard; ``tiaokuai … --engine server`` sends the same text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from importlib.resources import files
from typing import Any

import numpy as np

from tiaokuai.graph.assumptions import Assumptions
from tiaokuai.graph.codes import NO_SINCE
from tiaokuai.graph.snapshot import day_number
from tiaokuai.graph.template import Template
from tiaokuai.metrics.coverage import COUNTS, FIGURES, with_shares
from tiaokuai.metrics.lateral import STATUSES, lateral_summary
from tiaokuai.metrics.numbers import plain

Rows = Iterable[Mapping[str, Any]]
Document = dict[str, Any]


def text(name: str) -> str:
    """The query of that name.

    >>> "IN_BLOCK" in text("coverage")
    True
    """
    return files(__name__).joinpath(f"{name}.cypher").read_text(encoding="utf-8")


def parameters(day: date, assumptions: Assumptions, template: Template, **more: Any) -> dict[str, Any]:
    """Everything that the queries ask for; ``more`` are ``by`` (coverage) and ``top`` (gaps)."""
    weights = template.weights.tolist()
    parts = [
        {"id": part.id, "group": part.group, "weight": weight}
        for part, weight in zip(template.components, weights, strict=True)
    ]
    return {
        "day": day,
        **assumptions.to_json(),
        "groups": [group.id for group in template.groups],
        "components": parts,
        "by": None,
        "top": None,
        **more,
    }


def coverage_document(rows: Rows, day: date, by: str, assumptions: Assumptions) -> Document:
    """The document ``coverage`` from the rows of ``coverage.cypher``."""
    found = _sorted(rows)
    return {
        "as_of": day.isoformat(),
        "by": by,
        "assumptions": assumptions.to_json(),
        "rows": [{name: row[name] for name in ("id", "name", *FIGURES)} for row in found],
        "total": _total(found),
    }


def replication_document(rows: Rows, day: date, assumptions: Assumptions, template: Template) -> Document:
    """The document ``replication`` from the rows of ``replication.cypher``."""
    found = [dict(row) for row in _sorted(rows)]
    kinds = [row["kind"] for row in found]
    founded_on = [NO_SINCE if row["founded"] is None else day_number(row["founded"]) for row in found]
    head = lateral_summary(
        np.array([row["founded"] is not None for row in found], dtype=bool),
        np.array(founded_on, dtype=np.int32),
        np.array([kind in assumptions.eligible_kinds for kind in kinds], dtype=bool),
        np.array([kind == "pilot" for kind in kinds], dtype=bool),
        np.array([STATUSES.index(row["status"]) for row in found], dtype=np.int64),
        day,
    )
    head["hollow"] = [row["id"] for row in found if row["status"] == "hollow"]
    head["orphans"] = [row["id"] for row in found if row["founded"] and row["source"] is None]
    for row in found:
        row["founded"] = row["founded"] and row["founded"].isoformat()
        row["fidelity"] = min(1.0, row["fidelity"])
        shares = zip(template.groups, row["fidelity_by_group"], strict=True)
        row["fidelity_by_group"] = {group.id: min(1.0, share) for group, share in shares}
    return {"as_of": day.isoformat(), "assumptions": assumptions.to_json(), **head, "rows": found}


def gaps_document(rows: Rows, coverage: Rows, to_found: Rows, day: date) -> Document:
    """The document ``gaps`` from the rows of ``gaps.cypher``, ``coverage.cypher`` and ``blocks_to_found.cypher``."""
    total = _total(coverage)
    return {
        "as_of": day.isoformat(),
        "staff_out_of_reach": (total["staff"] or 0) - (total["reached"] or 0),
        "missing_lines": total["missing_lines"],
        "blocks_to_found": [row["id"] for row in to_found],
        "rows": [dict(row) for row in rows],
    }


def _sorted(rows: Rows) -> list[Mapping[str, Any]]:
    return sorted(rows, key=lambda row: (row["id"] is None, row["id"] or ""))


def _total(rows: Rows) -> dict[str, int | float | None]:
    counts = [{name: row[name] for name in (*COUNTS, "filled")} for row in rows]
    sums = {name: np.array([sum(row[name] for row in counts)], dtype=np.int64) for name in (*COUNTS, "filled")}
    return {name: plain(value[0]) for name, value in with_shares(sums).items()}
