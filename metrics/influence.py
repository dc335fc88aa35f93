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


def lines_of(day: Snapshot, counted: int) -> tuple[Int64, Int64, Int64]:
    """The day's lines: rows of the backbones table, index of each one's enterprise in the day's arrays, capacities.

    A counted line has no row: -1. Of an enterprise's counted lines there are ``counted`` at most, the largest; their
    capacity is divided as evenly as whole people allow.
    """
    codes, on = day.network.codes, day_number(day.day)
    place = np.full(len(codes.enterprise_block), -1, dtype=np.int64)
    place[day.enterprise] = np.arange(len(day.enterprise))
    rows = np.flatnonzero(active(codes.line_since, codes.line_until, on))
    own = codes.line_capacity[rows]
    listed = np.where(own < 0, day.assumptions.line_capacity, own)

    now = np.flatnonzero(active(codes.count_since, codes.count_until, on) & (codes.count_lines > 0))
    row = np.repeat(now, np.minimum(codes.count_lines[now], counted))
    number = np.arange(len(row)) - np.searchsorted(row, row, "left")  # of a line among those of its enterprise
    lines, whole = codes.count_lines[row], codes.count_capacity[row]
    each = np.where(whole < 0, day.assumptions.line_capacity, whole // lines + (number < whole % lines))
    at = place[np.concatenate([codes.line_enterprise[rows], codes.count_enterprise[row]])]
    return np.concatenate([rows, np.full(len(row), -1)]), at, np.concatenate([listed, each])


def loss(day: Snapshot, at: Int64, capacity: Int64) -> Int64:
    """Reach lost at enterprises ``at`` when lines of so much ``capacity`` end there and their members stay, [N]."""
    staff, members, whole = day.staff[at], day.members[at], day.capacity[at]
    return reached(staff, whole, members) - reached(staff, whole - capacity, members)


def line_influence(day: Snapshot, top: int | None = None) -> pl.DataFrame:
    """One row a line: what would be lost if it alone ended. Marginal: two lines of one enterprise overlap.

    Lines that are only counted share a row of their enterprise, without a member: what the end of one of them, the
    largest, would cost. Columns member, enterprise, block, capacity, reach_lost; largest loss first, ties by member,
    then enterprise.
    """
    rows, at, capacity = lines_of(day, 1)
    frame = pl.DataFrame(
        {
            "member": day.network["backbones"]["member"].gather(pl.Series(rows).replace(-1, None)),
            "enterprise": day.enterprise_ids.gather(at),
            "block": pl.Series(day.block_ids, dtype=pl.String).gather(day.block[at]),
            "capacity": capacity,
            "reach_lost": loss(day, at, capacity),
        }
    ).sort("reach_lost", "member", "enterprise", descending=[True, False, False], nulls_last=True)
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
