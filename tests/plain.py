"""Coverage computed a second time, row by row from plain dictionaries: slow, short, for tests alone (model.md §2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

Rows = list[dict[str, Any]]


def active(row: Mapping[str, Any], day: date) -> bool:
    """since <= day < until; no since: always began."""
    since, until = row.get("since"), row.get("until")
    return (since is None or since <= day) and (until is None or day < until)


def coverage(
    tables: Mapping[str, Rows], day: date, staff_of_unknown: int = 10, k: int = 10
) -> dict[str, dict[str, int]]:
    """Per block: enterprises, enterprises_with_line, staff, lines, members, potential, reached."""
    keys = ("enterprises", "enterprises_with_line", "staff", "lines", "members", "potential", "reached")
    blocks = {row["id"]: dict.fromkeys(keys, 0) for row in tables["blocks"]}
    for enterprise in tables["enterprises"]:
        if not active(enterprise, day):
            continue
        here = [row for row in tables.get("members", []) if row["enterprise"] == enterprise["id"] and active(row, day)]
        ids = {row["id"] for row in here}
        lines = [row for row in tables.get("backbones", []) if row["member"] in ids and active(row, day)]
        staff = staff_of_unknown if enterprise.get("staff") is None else enterprise["staff"]
        capacity = sum(k if row.get("capacity") is None else row["capacity"] for row in lines)
        counted = counted_at(tables.get("counts", []), enterprise["id"], day)
        number, members = len(lines) + counted["lines"], len(here) + counted["members"]
        if counted["lines"]:
            capacity += counted["lines"] * k if counted["capacity"] is None else counted["capacity"]
        potential = min(staff, capacity)
        figures = (1, number > 0, staff, number, members, potential, min(staff, max(potential, members)))
        for key, figure in zip(keys, figures, strict=True):
            blocks[enterprise["block"]][key] += int(figure)
    return blocks


def counted_at(counts: Rows, enterprise: str, day: date) -> dict[str, Any]:
    """Members, lines and capacity of the last count, empty cells as before: one row after the other."""
    known: dict[str, Any] = {"members": 0, "lines": 0, "capacity": None}
    for row in sorted((row for row in counts if row["enterprise"] == enterprise), key=lambda row: row["since"]):
        if row["since"] <= day:
            known |= {name: row[name] for name in known if row.get(name) is not None}
    return known
