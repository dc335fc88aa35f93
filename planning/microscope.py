"""The difference microscope: by block, from when, and along which links one scenario came to differ from another.

Two scenarios share their draws, so in every run a block that no intervention touches can differ only from the month
in which it founds in one of them and not in the other, and it founds there because Σ w F f of its neighbours differs.
That extra pull, neighbour by neighbour, is the share of the block's difference that came along each link: nothing is
estimated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning import program as p
from tiaokuai.planning.differences import BlockDifference

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_BLOCKS = 1500  # up to here the matrix of links is kept, 18 MB


@dataclass(frozen=True)
class Detail:
    """What a scenario's runs leave: people reached [runs, months + 1, B], F·f [runs, months, B], founding [runs, B]."""

    reach: Ints
    pull: Floats
    since: Ints

    @classmethod
    def room(cls, runs: int, months: int, blocks: int) -> Detail:
        """Arrays for the kernel to fill."""
        return cls(
            np.empty((runs, months + 1, blocks), np.int64),
            np.empty((runs, months, blocks)),
            np.empty((runs, blocks), np.int64),
        )


@dataclass(frozen=True)
class Part:
    """Sums over some runs: people more at the end [B], first index that differs [B], by link [target, source]."""

    reached: Ints
    first: Ints
    links: Floats


def compare(world: p.World, direct: NDArray[np.bool_], scenario: Detail, against: Detail) -> Part:
    """One chunk of runs under the microscope."""
    differs = (scenario.reach != against.reach).any(axis=0)  # [months + 1, B]
    first = np.where(differs.any(axis=0), differs.argmax(axis=0), p.NEVER).astype(np.int64)
    more = scenario.reach[:, -1] - against.reach[:, -1]
    blocks = more.shape[1]
    links = np.zeros((blocks, blocks) if blocks <= MOST_BLOCKS else (0, 0))
    if links.size:
        moved = (scenario.since != against.since) & (more != 0) & ~direct
        for run, block in np.argwhere(moved):
            _trace(world, links, int(block), int(run), float(more[run, block]), scenario, against)
    return Part(more.sum(axis=0), first, links)


def _trace(
    world: p.World, links: Floats, block: int, run: int, people: float, scenario: Detail, against: Detail
) -> None:
    """Shares one block's difference in one run among the neighbours whose pull differed when the foundings parted."""
    month = min(scenario.since[run, block], against.since[run, block]) - 1
    extra = scenario.pull[run, month] - against.pull[run, month]
    if len(world.link_first):
        row = slice(world.link_first[block], world.link_first[block + 1])
        who, weight = world.link_neighbour[row], world.link_weight[row]
    else:
        who = np.flatnonzero((world.district == world.district[block]) & (extra != 0))
        weight = np.ones(len(who))
    parts = weight * extra[who]
    if total := parts.sum():
        links[block, who] += people * parts / total


def gather(
    parts: Sequence[Part], runs: int, block_ids: Sequence[str], direct: NDArray[np.bool_]
) -> tuple[BlockDifference, ...]:
    """The blocks that differ in any run, the largest difference first."""
    reached = np.sum([part.reached for part in parts], axis=0) / runs
    first = np.min([part.first for part in parts], axis=0)
    links = np.sum([part.links for part in parts], axis=0) / runs
    total = float(reached.sum())
    order = sorted(np.flatnonzero(first != p.NEVER).tolist(), key=lambda at: (-abs(reached[at]), at))
    return tuple(
        BlockDifference(
            block=block_ids[at],
            reached=float(reached[at]),
            share=float(reached[at] / total) if total else None,
            first_month=int(first[at]),
            direct=bool(direct[at]),
            links=tuple(
                (block_ids[source], float(links[at, source]))
                for source in sorted(np.flatnonzero(links[at]).tolist(), key=lambda j: (-abs(links[at, j]), j))
            )
            if links.size
            else (),
        )
        for at in order
    )
