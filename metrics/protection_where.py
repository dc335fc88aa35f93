"""How coverage, replication and gaps are protected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tiaokuai.metrics.protection_cells import FEW, FEWEST, LINKED, STEWARD, UNPROVEN, Cells
from tiaokuai.metrics.protection_rows import (
    ALL,
    LARGE,
    LISTED,
    Document,
    Row,
    block_reasons,
    covered_would_tell,
    day_of,
    district_reasons,
    family_hidden,
    few_enterprises,
    public_row,
    rounded,
    status_of,
    total_reasons,
    without,
    without_fidelity,
)


def coverage(document: Document, audience: str) -> Document:
    """Coverage by any grouping."""
    known, by = day_of(document), document["by"]
    total = without(document["total"], ALL if known is None else total_reasons(known))
    rows = [_covered(known, row, by, audience) for row in document["rows"]]
    shown = [row for row in rows if row is not None]
    return {**document, "rows": shown, "total": public_row(total) if audience == "public" else total}


def _covered(known: Cells | None, row: Row, by: str, audience: str) -> Row | None:
    if by == "enterprise":
        return None if audience == "public" else enterprise_row(known, row)
    if audience == "public" and (row["enterprises"] or 0) < LISTED:
        return None
    if known is None:
        made = without(row, ALL)
    elif by == "block":
        made = without(row, block_reasons(known, known.block_row[row["id"]]))
    elif by == "district":
        made = without(row, district_reasons(known, known.district_row[row["id"]]))
    else:
        return _across(known, row, by)
    return public_row(made) if audience == "public" else made


def _across(known: Cells, row: Row, by: str) -> Row:
    """A group that cuts across blocks: rounded where it is large, else without what a person is behind."""
    values = known.day.network["enterprises"][by].gather(known.day.enterprise)
    here = (values.is_null() if row["id"] is None else values == row["id"]).to_numpy().astype(bool)
    made = known.enterprise
    blocks = len(np.unique(known.day.block[here & (made["members"] > 0)]))
    large = (
        int(made["enterprises_with_line"][here].sum()) >= LARGE["enterprises_with_line"]
        and int(made["members"][here].sum()) >= LARGE["members"]
        and blocks >= LARGE["blocks"]
        and not known.hidden("base").total
    )
    if large:
        return public_row(dict(row))
    return without(row, dict.fromkeys(ALL, LINKED))


def enterprise_row(known: Cells | None, row: Row) -> Row:
    """What the planner reads of an enterprise: staff, missing lines, and a band of how many are in reach."""
    made: Row = {name: row[name] for name in ("id", "name", "staff", "imputed_staff") if name in row}
    if known is None or not enterprise_told(known, row["id"], row["staff"]):
        return {**made, "missing_lines": dict(FEW), "band": dict(FEW)}
    return {**made, "missing_lines": row["missing_lines"], "band": band(row["reached"], row["staff"])}


def band(reached: int, staff: int) -> str | None:
    """How many of an enterprise's staff are in reach, in words; None where there is nobody.

    >>> band(0, 9), band(3, 9), band(9, 9), band(0, 0)
    ('none', 'partly', 'full', None)
    """
    if not staff:
        return None
    return "none" if not reached else "full" if reached >= staff else "partly"


def enterprise_told(known: Cells, enterprise: Any, staff: int) -> bool:
    """Whether an enterprise has staff enough, and lies in a block whose figures are told."""
    at = enterprise_rows(known).get(enterprise)
    if "_told" not in known.__dict__:  # of every enterprise at once
        known.__dict__["_told"] = (~known.telling[known.day.block]).tolist()
    return staff >= FEWEST and at is not None and bool(known.__dict__["_told"][at])


def enterprise_rows(known: Cells) -> dict[Any, int]:
    """Row of each enterprise of the day by its id."""
    if "_rows_of_enterprises" not in known.__dict__:
        known.__dict__["_rows_of_enterprises"] = {name: at for at, name in enumerate(known.day.enterprise_ids)}
    found: dict[Any, int] = known.__dict__["_rows_of_enterprises"]
    return found


def replication(document: Document, audience: str) -> Document:
    """Status and lineage of every block."""
    known = day_of(document)
    rows = [_replicated(known, row, audience) for row in document["rows"]]
    shown = {row["id"]: row for row in rows if row is not None}
    made = {**document, "rows": list(shown.values())}
    made["hollow"] = [block for block in document["hollow"] if block in shown and shown[block]["status"] == "hollow"]
    made["orphans"] = [block for block in document["orphans"] if block in shown]
    if known is None or covered_would_tell(known):
        made["full_coverage"] = dict(LINKED)
    return made


def _replicated(known: Cells | None, row: Row, audience: str) -> Row | None:
    if audience == "public" and few_enterprises(known, row["id"]):
        return None
    made = {**row, "status": status_of(known, row["id"], row["status"])}
    if known is None:
        return {**made, **{name: dict(UNPROVEN) for name in ("coverage", "line_share", "descendant_reach")}}
    at = known.block_row[row["id"]]
    made = without_fidelity(known, at, without(made, block_reasons(known, at)))
    if family_hidden(known, at):
        made["descendant_reach"] = dict(LINKED)
    if audience != "public":
        return made
    sums = {name: int(values[at]) for name, values in known.by_block.items()}
    told = public_row({**sums, **{name: made[name] for name in ("coverage", "line_share", "descendant_reach")}})
    return public_row({**made, **{name: told[name] for name in ("coverage", "line_share", "descendant_reach")}})


def gaps(document: Document, audience: str) -> Document:
    """The distance to full coverage."""
    known = day_of(document)
    hidden = known is None or known.hidden("base").total
    lines = known is None or known.hidden("missing").total
    figures = {
        "staff_out_of_reach": dict(LINKED) if hidden else document["staff_out_of_reach"],
        "missing_lines": dict(LINKED) if lines else document["missing_lines"],
    }
    if audience == "public":
        blocks = [block for block in document["blocks_to_found"] if not few_enterprises(known, block)]
        told = {name: rounded(value) for name, value in figures.items()}
        return {**document, **told, "blocks_to_found": blocks, "rows": []}
    listed = document["rows"] if known is None else [*document["rows"], *_without_gap(known, document["rows"])]
    return {**document, **figures, "rows": _gap_rows(known, listed)}


def _without_gap(known: Cells, rows: Iterable[Row]) -> list[Row]:
    """Enterprises that miss nothing but must not be told of: to be missing from the list would tell it."""
    day, have = known.day, {row["enterprise"] for row in rows}
    untold = np.flatnonzero((day.staff > 0) & ((day.staff < FEWEST) | known.telling[day.block]))
    ids = day.enterprise_ids.gather(untold).to_list()
    return [
        {"enterprise": id, "block": day.block_ids[block], "staff": staff}
        for id, block, staff in zip(ids, day.block[untold].tolist(), day.staff[untold].tolist(), strict=True)
        if id not in have
    ]


def _gap_rows(known: Cells | None, rows: Iterable[Row]) -> list[Row]:
    """Largest gain first, what is withheld last. A gain below a whole line's would tell exactly how many the lines of
    the enterprise reach already."""
    lines, few, linked = {"lines": dict(STEWARD)}, {"gain": dict(FEW), "missing_lines": dict(FEW)}, dict(LINKED)
    told: list[Row] = []
    untold: list[Row] = []
    for row in rows:
        if known is None or not enterprise_told(known, row["enterprise"], row["staff"]):
            untold.append({**row, **lines, **few})
        elif row["gain"] >= min(known.day.assumptions.line_capacity, row["staff"]):
            told.append({**row, **lines})
        else:
            untold.append({**row, **lines, "gain": linked})
    told.sort(key=lambda row: (-row["gain"], row["enterprise"]))
    untold.sort(key=lambda row: row["enterprise"])
    return told + untold
