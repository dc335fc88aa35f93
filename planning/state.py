"""The state a simulation starts from: the network on one day, its enterprises sorted by block (model.md §3)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tiaokuai.graph import Snapshot
from tiaokuai.metrics.coverage import reached

START_REACH = ("auto", "members", "reached")
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Links:
    """Row-normalised weights between blocks: a sparse matrix, or "all others of the district" where ``first`` is empty.

    Row b of the matrix is ``neighbour[first[b]:first[b+1]]`` with its ``weight``.
    """

    first: Ints
    neighbour: Ints
    weight: Floats
    district: Ints  # of each block
    size: Ints  # blocks of each district


@dataclass(frozen=True)
class State:
    """Aligned arrays of a day: enterprises [E] sorted by block (``first`` [B+1] bounds each block), blocks [B]."""

    snapshot: Snapshot
    order: Ints  # position in the snapshot's arrays
    first: Ints
    block: Ints
    staff: Ints
    lines: Ints
    connected: Ints  # R
    capacity: Floats  # κ
    founded: NDArray[np.bool_]
    fidelity: Floats
    links: Links
    adoptions_known: bool

    @cached_property
    def enterprise_ids(self) -> list[str]:
        """Ids in the order of the arrays."""
        ids: list[str] = self.snapshot.enterprise_ids.gather(self.order).to_list()
        return ids

    @cached_property
    def position(self) -> dict[str, int]:
        """Position of every enterprise."""
        return {name: at for at, name in enumerate(self.enterprise_ids)}

    @cached_property
    def block_position(self) -> dict[str, int]:
        """Position of every block."""
        return {name: at for at, name in enumerate(self.snapshot.block_ids)}

    @cached_property
    def rank(self) -> Ints:
        """Place of each enterprise in the order of ids, [E]."""
        ids = self.snapshot.enterprise_ids.gather(self.order)
        return ids.rank("ordinal").cast(pl.Int64).to_numpy() - 1 if len(ids) else np.empty(0, dtype=np.int64)


def start_state(snapshot: Snapshot, start_reach: str = "auto") -> State:
    """The start: lines, connected people and fidelity as the metrics of the day see them.

    ``start_reach``: R from the active ``members``, from ``reached``, or ``auto``: members where any active member is
    not a backbone, else reached.
    """
    if start_reach not in START_REACH:
        raise ValueError(f"start_reach is one of {', '.join(START_REACH)}, not {start_reach!r}")
    order = np.argsort(snapshot.block, kind="stable")
    lines, capacity = snapshot.lines[order], snapshot.capacity[order]
    within = reached(snapshot.staff, snapshot.capacity, snapshot.members)
    members = np.minimum(snapshot.staff, snapshot.members)
    by_members = start_reach == "members" or (start_reach == "auto" and snapshot.plain_members)
    mean = np.full(len(order), float(snapshot.assumptions.line_capacity))
    np.divide(capacity, lines, out=mean, where=lines > 0)
    known = len(snapshot.network["adoptions"]) > 0
    fidelity = snapshot.network.template.fidelity(snapshot.components) if known else snapshot.founded.astype(float)
    counts = np.bincount(snapshot.block, minlength=snapshot.blocks)
    return State(
        snapshot=snapshot,
        order=order,
        first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        block=snapshot.block[order].astype(np.int64),
        staff=snapshot.staff[order],
        lines=lines,
        connected=(members if by_members else within)[order],
        capacity=mean,
        founded=snapshot.founded,
        fidelity=fidelity,
        links=link_weights(snapshot),
        adoptions_known=known,
    )


def link_weights(snapshot: Snapshot) -> Links:
    """Weights of the links, the stronger of repeated ones, each row divided by its sum; a self-link has no effect."""
    codes, blocks = snapshot.network.codes, snapshot.blocks
    district = codes.block_district.astype(np.int64)
    size = np.bincount(district, minlength=1).astype(np.int64) if blocks else np.zeros(1, dtype=np.int64)
    none = np.empty(0, dtype=np.int64)
    if not len(codes.link_a):
        return Links(none, none, np.empty(0), district, size)
    here = codes.link_a != codes.link_b
    a, b = codes.link_a[here].astype(np.int64), codes.link_b[here].astype(np.int64)
    cell = np.concatenate([a * blocks + b, b * blocks + a])
    weight = np.tile(codes.link_weight[here], 2)
    cells, where = np.unique(cell, return_inverse=True)
    best = np.zeros(len(cells))
    np.maximum.at(best, where, weight)
    row, neighbour = cells // blocks, cells % blocks
    total = np.bincount(row, best, blocks)
    share = np.divide(best, total[row], out=np.zeros(len(best)), where=total[row] > 0)
    first = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=blocks))]).astype(np.int64)
    return Links(first, neighbour, share, district, size)
