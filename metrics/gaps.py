"""What stands between today and full coverage (model.md §2): lines to add where they reach most, blocks to found."""

from __future__ import annotations

import numpy as np
import polars as pl

from tiaokuai.graph.snapshot import Snapshot
from tiaokuai.metrics.coverage import counts, groups, potential
from tiaokuai.metrics.numbers import Int64


def next_gain(staff: Int64, capacity: Int64, line_capacity: int) -> Int64:
    """People that the next line at each enterprise would add to its potential, [E]; at most ``line_capacity``.

    >>> next_gain(np.array([25, 8]), np.array([15, 10]), 10)
    array([10,  0])
    """
    return potential(staff, capacity + line_capacity) - potential(staff, capacity)


def gaps_frame(day: Snapshot, top: int | None = None) -> pl.DataFrame:
    """Enterprises that a line would add to, by gain of the next line, largest first, ties by id."""
    gain = next_gain(day.staff, day.capacity, day.assumptions.line_capacity)
    open_ = np.flatnonzero(gain > 0)
    blocks = pl.Series(day.block_ids, dtype=pl.String)
    frame = pl.DataFrame(
        {
            "enterprise": day.enterprise_ids.gather(open_),
            "block": blocks.gather(day.block[open_]),
            "staff": day.staff[open_],
            "lines": day.lines[open_],
            "gain": gain[open_],
            "missing_lines": counts(day)["missing_lines"][open_],
        }
    )
    order = frame.sort("gain", "enterprise", descending=[True, False])
    return order if top is None else order.head(top)


def missing_at_small(day: Snapshot, fewest: int) -> float:
    """The share of all missing lines that are at enterprises of fewer than ``fewest`` people, or of unknown staff.

    0.0 where no line is missing.
    """
    missing = counts(day)["missing_lines"]
    known = day.network["enterprises"]["staff"].gather(day.enterprise).fill_null(0).to_numpy()
    every = int(missing.sum())
    return int(missing[known < fewest].sum()) / every if every else 0.0


def blocks_to_found(day: Snapshot) -> list[str]:
    """Eligible blocks that are not founded, in table order."""
    waiting = np.flatnonzero(day.eligible & ~day.founded)
    return [day.block_ids[block] for block in waiting]


def block_gaps_frame(day: Snapshot, top: int | None = None) -> pl.DataFrame:
    """Blocks that miss a line or are still to be founded, fewest missing lines first, ties by id.

    Columns id, name, founded, eligible, missing_lines, out_of_reach.
    """
    parts = groups(day, "block")
    sums = parts.sums(counts(day))
    frame = pl.DataFrame(
        {
            "id": parts.ids,
            "name": parts.names,
            "founded": day.founded,
            "eligible": day.eligible,
            "missing_lines": sums["missing_lines"],
            "out_of_reach": sums["staff"] - sums["reached"],
        }
    ).filter((pl.col("missing_lines") > 0) | (pl.col("eligible") & ~pl.col("founded")))
    frame = frame.sort("missing_lines", "id")
    return frame if top is None else frame.head(top)
