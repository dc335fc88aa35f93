"""Persons of a network recorded as counts instead, by hand and row by row: for tests alone (model.md §1, *counts*)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from tests.plain import active
from tiaokuai.graph import Network

Row = dict[str, Any]


def as_counts(network: Network, who: Collection[str] | None = None, line_capacity: int = 10) -> Network:
    """The network with these members (None: all) and their lines in the table ``counts``, and no others' counts.

    A row wherever one of them begins or ends; capacity is written out where a line has its own.
    """
    members = [row for row in network["members"].to_dicts() if who is None or row["id"] in who]
    gone = {row["id"] for row in members}
    lines = [row for row in network["backbones"].to_dicts() if row["member"] in gone]
    counts: list[Row] = []
    for enterprise in network["enterprises"].to_dicts():
        here = [row for row in members if row["enterprise"] == enterprise["id"]]
        own = [row for row in lines if row["member"] in {row["id"] for row in here}]
        counts += _counts(enterprise, here, own, line_capacity)
    return Network.from_tables(
        {
            **network.tables,
            "members": [row for row in network["members"].to_dicts() if row["id"] not in gone],
            "backbones": [row for row in network["backbones"].to_dicts() if row["member"] not in gone],
            "counts": counts,
        },
        network.template,
    )


def _counts(enterprise: Row, members: list[Row], lines: list[Row], line_capacity: int) -> list[Row]:
    opened, closed = enterprise["since"] or date.min, enterprise["until"] or date.max
    days = {max(opened, row[end]) for row in (*members, *lines) for end in ("since", "until") if row[end]}
    usual = all(row["capacity"] is None for row in lines)
    rows = []
    for day in sorted(day for day in days if day < closed):
        there = {row["id"] for row in members if active(row, day)}
        carried = [row for row in lines if row["member"] in there and active(row, day)]
        capacity = [line_capacity if row["capacity"] is None else row["capacity"] for row in carried]
        counted = {"members": len(there), "lines": len(carried), "capacity": None if usual else sum(capacity)}
        rows.append({"enterprise": enterprise["id"], "since": day, **counted})
    return rows
