"""Who carries how much: a line, a block through those that descend from it, a component (model.md §2, influence)."""

from __future__ import annotations

import numpy as np
import polars as pl

from tiaokuai.graph.codes import active
from tiaokuai.graph.snapshot import Snapshot, day_number
from tiaokuai.graph.template import DERIVED
from tiaokuai.metrics.coverage import reached
from tiaokuai.metrics.lateral import Blocks
from tiaokuai.metrics.numbers import Int64, ratio


def lines_of(day: Snapshot) -> tuple[Int64, Int64, Int64]:
    """The day's lines: rows of the backbones table, index of each one's enterprise in the day's arrays, capacities."""
    codes = day.network.codes
    rows = np.flatnonzero(active(codes.line_since, codes.line_until, day_number(day.day)))
    place = np.full(len(codes.enterprise_block), -1, dtype=np.int64)
    place[day.enterprise] = np.arange(len(day.enterprise))
    own = codes.line_capacity[rows]
    return rows, place[codes.line_enterprise[rows]], np.where(own < 0, day.assumptions.line_capacity, own)


def loss(day: Snapshot, at: Int64, capacity: Int64) -> Int64:
    """Reach lost at enterprises ``at`` when lines of so much ``capacity`` end there and their members stay, [N]."""
    staff, members, whole = day.staff[at], day.members[at], day.capacity[at]
    return reached(staff, whole, members) - reached(staff, whole - capacity, members)


def line_influence(day: Snapshot, top: int | None = None) -> pl.DataFrame:
    """One row a line: what would be lost if it alone ended. Marginal: two lines of one enterprise overlap.

    Columns member, enterprise, block, capacity, reach_lost; largest loss first, ties by member.
    """
    rows, at, capacity = lines_of(day)
    frame = pl.DataFrame(
        {
            "member": day.network["backbones"]["member"].gather(rows),
            "enterprise": day.enterprise_ids.gather(at),
            "block": pl.Series(day.block_ids, dtype=pl.String).gather(day.block[at]),
            "capacity": capacity,
            "reach_lost": loss(day, at, capacity),
        }
    ).sort("reach_lost", "member", descending=[True, False])
    return frame if top is None else frame.head(top)


def block_influence(blocks: Blocks, top: int | None = None) -> pl.DataFrame:
    """One row a block: people reached in all blocks that descend from it, itself included.

    Columns id, name, descendants, reached, descendant_reach; largest first, ties by id.
    """
    day, people = blocks.day, blocks.counts["reached"]
    frame = pl.DataFrame(
        {
            "id": pl.Series(day.block_ids, dtype=pl.String),
            "name": day.network["blocks"]["name"],
            "descendants": blocks.lineage.family_sums(np.ones_like(people)) - 1,
            "reached": people,
            "descendant_reach": blocks.lineage.family_sums(people),
        }
    ).sort("descendant_reach", "id", descending=[True, False])
    return frame if top is None else frame.head(top)


def component_influence(blocks: Blocks, top: int | None = None) -> pl.DataFrame:
    """One row a component that some block has: line share of the blocks with it and without it. Never a cause.

    ``difference`` compares all blocks; ``difference_founded`` only founded ones, since only they are likely to have
    components at all. ``derived`` marks those made from the records themselves: a backbone cohort *is* lines.
    Columns component, group, derived, blocks_with, blocks_without, line_share_with, line_share_without, difference,
    difference_founded; largest difference first, ties in the template's order.
    """
    day, sums = blocks.day, blocks.counts
    placed = day.components
    with_line, enterprises = sums["enterprises_with_line"], sums["enterprises"]
    have, lack = (ratio(who.T @ with_line, who.T @ enterprises) for who in (placed, ~placed))
    founded = day.founded[:, None]
    inside = [ratio(who.T @ with_line, who.T @ enterprises) for who in (placed & founded, ~placed & founded)]
    parts = day.network.template.components
    frame = pl.DataFrame(
        {
            "component": pl.Series([part.id for part in parts], dtype=pl.String),
            "group": pl.Series([part.group for part in parts], dtype=pl.String),
            "derived": [part.id in DERIVED for part in parts],
            "blocks_with": placed.sum(axis=0),
            "blocks_without": (~placed).sum(axis=0),
            "line_share_with": have,
            "line_share_without": lack,
            "difference": have - lack,
            "difference_founded": inside[0] - inside[1],
        },
        nan_to_null=True,
    ).filter(pl.col("blocks_with") > 0)
    frame = frame.sort("difference", descending=True, nulls_last=True, maintain_order=True)
    return frame if top is None else frame.head(top)
