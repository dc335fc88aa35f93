"""Where every enterprise stands in a run's arrays: those of the data, and those that a scenario opens later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning import program as p
from tiaokuai.planning.state import State

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """``at`` [E + opened]: where each enterprise, the opened ones last, stands in the arrays sorted by block."""

    at: Ints
    order: Ints  # the inverse
    openings: tuple[tuple[int, int], ...]  # (block, count) of each opening, in the order of the scenario

    @classmethod
    def of(cls, state: State, openings: Sequence[tuple[int, int]]) -> Layout:
        """Opened enterprises stand behind those of their block, in the order in which they open."""
        block = np.concatenate([state.block, *(np.full(count, block, np.int64) for block, count in openings)])
        order = np.argsort(block, kind="stable")
        at = np.empty_like(order)
        at[order] = np.arange(len(order))
        return cls(at, order, tuple(openings))

    def first_opened(self, opening: int, state: State) -> int:
        """Position of the first enterprise of an opening; the others follow it."""
        before = sum(count for _, count in self.openings[:opening])
        return int(self.at[len(state.block) + before])

    def world(self, state: State, ranked: bool) -> p.World:
        """The start arrays of the engines; ``ranked`` where something goes by the order of ids."""
        snapshot, links = state.snapshot, state.links
        opened = len(self.order) - len(state.block)
        block = np.concatenate([state.block, *(np.full(count, block, np.int64) for block, count in self.openings)])
        counts = np.bincount(block, minlength=len(state.founded))
        capacity = float(snapshot.assumptions.line_capacity)
        # Sorting a million ids takes a second: only where an intervention lets ties go by id.
        ranks = state.rank if ranked else np.arange(len(state.block))
        rank = np.concatenate([ranks, len(state.block) + np.arange(opened)]).astype(np.int64)

        def laid(values: NDArray[np.generic], later: object) -> NDArray[np.generic]:
            return np.concatenate([values, np.full(opened, later, dtype=values.dtype)])[self.order]

        return p.World(
            first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            block=block[self.order],
            staff=laid(state.staff, 0).astype(np.int64),
            lines=laid(state.lines, 0).astype(np.int64),
            connected=laid(state.connected, 0).astype(np.int64),
            capacity=laid(state.capacity, capacity).astype(np.float64),
            key=self.keys(state)[self.order],
            rank=rank[self.order],
            present=laid(np.ones(len(state.block), dtype=np.bool_), False).astype(np.bool_),
            block_key=mixed(np.arange(len(state.founded), dtype=np.uint64) + np.uint64(1 << 40)),
            eligible=snapshot.eligible,
            founded=state.founded,
            fidelity=np.ascontiguousarray(state.fidelity, dtype=np.float64),
            link_first=links.first,
            link_neighbour=links.neighbour,
            link_weight=links.weight,
            district=links.district,
            district_size=links.size,
            hollow_below=float(snapshot.assumptions.hollow_below),
            covered_from=float(snapshot.assumptions.covered_from),
        )

    def keys(self, state: State) -> NDArray[np.uint64]:
        """Keys for draws: by row of the data's table, so that nothing done elsewhere changes them."""
        rows = state.snapshot.enterprise[state.order].astype(np.uint64)
        born: dict[int, int] = {}
        later = []
        for block, count in self.openings:
            start = born.get(block, 0)
            later += [((block + 1) << 42) + start + each for each in range(count)]
            born[block] = start + count
        return mixed(np.concatenate([rows + np.uint64(1), np.array(later, dtype=np.uint64)]))


def mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The mixing function of draws.py on an array."""
    z = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))
