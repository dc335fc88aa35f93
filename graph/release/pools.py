"""Which blocks share a pool: those too small to be told alone are joined (release.md, rule 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tiaokuai.graph.codes import Int32, Int64

STAFF = 20
FEW = {"planner": 1, "public": 3}


@dataclass(frozen=True)
class Unit:
    """Blocks that are together already, by row: their staff and enterprises whose figure is pooled."""

    blocks: tuple[int, ...]
    staff: int
    enterprises: int

    def __add__(self, other: Unit) -> Unit:
        return Unit(self.blocks + other.blocks, self.staff + other.staff, self.enterprises + other.enterprises)


_NONE = Unit((), 0, 0)


def units(blocks: Sequence[Sequence[int]], block: Int32, staff: Int64) -> list[Unit]:
    """Groups of blocks with what they have; ``block`` and ``staff`` are those of every enterprise that is pooled."""
    size = max((max(group) for group in blocks if group), default=-1) + 1
    people = np.bincount(block, staff, size).astype(np.int64).tolist()
    count = np.bincount(block, minlength=size).tolist()
    made = (Unit(tuple(g), sum(people[b] for b in g), sum(count[b] for b in g)) for g in blocks)
    return [unit for unit in made if unit.enterprises]


def join(units: Sequence[Unit], district: Int32, few: int) -> list[tuple[int, ...]]:
    """The blocks of each pool: from 20 staff and ``few`` enterprises on; smaller units are joined in order.

    They are joined within their district until they are large enough; the rest joins the district's last pool. What
    is left of districts that have none is a pool if it is large enough, else joins the last of all; where there is
    no pool at all, nothing is told.

    >>> small, large = Unit((0,), 12, 4), Unit((1,), 25, 6)
    >>> join([small, large], np.array([0, 0]), 1), join([small], np.array([0]), 1)
    ([(1, 0)], [])
    """

    def enough(unit: Unit) -> bool:
        return unit.staff >= STAFF and unit.enterprises >= few

    pools: list[Unit] = []
    rest: list[Unit] = []
    for mine in _by_district(units, district):
        begun, together = len(pools), _NONE
        for unit in mine:
            if enough(unit):
                pools.append(unit)
            elif enough(together := together + unit):
                pools.append(together)
                together = _NONE
        if together.blocks and len(pools) > begun:
            pools[-1] += together
        elif together.blocks:
            rest.append(together)
    left = sum(rest, _NONE)
    if enough(left):
        pools.append(left)
    elif left.blocks and pools:
        pools[-1] += left
    return [pool.blocks for pool in pools]


def _by_district(units: Sequence[Unit], district: Int32) -> list[list[Unit]]:
    found: dict[int, list[Unit]] = {}
    for unit in units:
        found.setdefault(int(district[unit.blocks[0]]), []).append(unit)
    return list(found.values())
