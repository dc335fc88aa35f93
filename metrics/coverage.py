"""Who is within reach, per enterprise and per group of enterprises (model.md §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tiaokuai.graph.codes import row_numbers
from tiaokuai.graph.snapshot import Snapshot
from tiaokuai.metrics.longitudinal import amplification, realisation, wasted_capacity
from tiaokuai.metrics.numbers import Floats, Int64, plain, ratio

GROUPINGS = ("block", "district", "enterprise", "sector", "ownership")
# The figures of a group in the order of the contract; the shares among them are never summed.
COUNTS = (
    "enterprises", "enterprises_with_line", "staff", "imputed_staff", "lines", "members", "potential", "reached",
    "wasted_capacity", "missing_lines",
)  # fmt: skip
FIGURES = (*COUNTS[:8], "coverage", "line_share", "amplification", "realisation", *COUNTS[8:])


def potential(staff: Int64, capacity: Int64) -> Int64:
    """People that the lines could reach, min(n, Σ capacity), [E].

    >>> potential(np.array([25, 8]), np.array([20, 10]))
    array([20,  8])
    """
    return np.minimum(staff, capacity)


def reached(staff: Int64, capacity: Int64, members: Int64) -> Int64:
    """People reached: min(n, max(p, m)), [E].

    >>> reached(np.array([25, 8]), np.array([20, 0]), np.array([22, 9]))
    array([22,  8])
    """
    return np.minimum(staff, np.maximum(potential(staff, capacity), members))


def missing_lines(staff: Int64, capacity: Int64, line_capacity: int) -> Int64:
    """Lines still to add until the lines alone reach everybody: ceil((n − min(n, Σ capacity)) / k), [E].

    >>> missing_lines(np.array([25, 8]), np.array([10, 10]), 10)
    array([2, 0])
    """
    return -((potential(staff, capacity) - staff) // line_capacity)


def enterprise_counts(
    staff: Int64, imputed: NDArray[np.bool_], lines: Int64, capacity: Int64, members: Int64, line_capacity: int
) -> dict[str, Int64]:
    """The counts of every enterprise, by name, [E] each; ``filled`` is min(m, p), what realisation is made of."""
    possible = potential(staff, capacity)
    return {
        "enterprises": np.ones_like(staff),
        "enterprises_with_line": (lines > 0).astype(np.int64),
        "staff": staff,
        "imputed_staff": np.where(imputed, staff, 0),
        "lines": lines,
        "members": members,
        "potential": possible,
        "reached": reached(staff, capacity, members),
        "wasted_capacity": wasted_capacity(staff, capacity),
        "missing_lines": missing_lines(staff, capacity, line_capacity),
        "filled": np.minimum(members, possible),
    }


def counts(day: Snapshot) -> dict[str, Int64]:
    """:func:`enterprise_counts` of a day."""
    return enterprise_counts(
        day.staff, day.imputed, day.lines, day.capacity, day.members, day.assumptions.line_capacity
    )


def with_shares(sums: Mapping[str, Int64]) -> dict[str, Int64 | Floats]:
    """Sums of counts with the shares they give, in the order of :data:`FIGURES`; any one shape."""
    shares = {
        "coverage": ratio(sums["reached"], sums["staff"]),
        "line_share": ratio(sums["enterprises_with_line"], sums["enterprises"]),
        "amplification": amplification(sums["potential"], sums["lines"]),
        "realisation": realisation(sums["filled"], sums["potential"]),
    }
    return {name: shares[name] if name in shares else sums[name] for name in FIGURES}


@dataclass(frozen=True)
class Groups:
    """A partition of the day's enterprises: ``of`` is each one's group, [E]; ids and names are those of the groups."""

    ids: pl.Series
    names: pl.Series
    of: NDArray[Any]

    def sums(self, values: Mapping[str, Int64]) -> dict[str, Int64]:
        """Sums over each group, [G] each; exact for integers below 2**53."""
        size = len(self.ids)
        return {name: np.bincount(self.of, value, size).astype(np.int64) for name, value in values.items()}


def groups(day: Snapshot, by: str) -> Groups:
    """The groups of one of :data:`GROUPINGS`.

    Blocks are all listed; other groups only with an enterprise active on the day. A district has the blocks that
    lie in it directly, not those of its parts, so that every grouping adds up to the same total. Sectors and
    ownerships are sorted, the missing one (null) last.
    """
    network = day.network
    if by == "block":
        return Groups(network["blocks"]["id"], network["blocks"]["name"], day.block)
    if by == "enterprise":
        names = network["enterprises"]["name"].gather(day.enterprise)
        return Groups(day.enterprise_ids, names, np.arange(len(day.enterprise)))
    if by == "district":
        own = network.codes.block_district[day.block]
        used, of = np.unique(own, return_inverse=True)
        return Groups(network["districts"]["id"].gather(used), network["districts"]["name"].gather(used), of)
    if by not in GROUPINGS:
        raise ValueError(f"by is one of {', '.join(GROUPINGS)}, not {by!r}")
    values = network["enterprises"][by].gather(day.enterprise)
    known = values.drop_nulls().unique().sort()
    at = row_numbers(values, known)
    ids = pl.concat([known, pl.Series(by, [None], pl.String)]) if values.null_count() else known
    return Groups(ids, pl.Series([None] * len(ids), dtype=pl.String), np.where(at < 0, len(known), at))


def coverage_frame(day: Snapshot, by: str) -> pl.DataFrame:
    """One row a group: ``id``, ``name`` and :data:`FIGURES`; null where there is nothing to divide by."""
    parts = groups(day, by)
    sums = counts(day) if by == "enterprise" else parts.sums(counts(day))
    named = {"id": parts.ids, "name": parts.names}
    return pl.DataFrame({**named, **with_shares(sums)}, nan_to_null=True)


def totals(day: Snapshot) -> dict[str, int | float | None]:
    """:data:`FIGURES` of all enterprises together."""
    sums = {name: np.array([value.sum()]) for name, value in counts(day).items()}
    return {name: plain(value[0]) for name, value in with_shares(sums).items()}
