"""From pools to the table `counts`: step by step what is told of every enterprise (release.md, rules 3, 6 and 7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph.codes import Int32, Int64
from tiaokuai.graph.release.apportion import apportion, place_lines
from tiaokuai.graph.release.offsets import STEP
from tiaokuai.graph.release.recorded import Recorded
from tiaokuai.graph.release.rounding import nearest_five, rounded
from tiaokuai.graph.release.segments import Segments
from tiaokuai.graph.snapshot import Bools


@dataclass(frozen=True)
class Pools:
    """The pools of a measure: which one each enterprise is in (-1: none), and the offset of each.

    Without offsets the sums are told as they are: they have been rounded before.
    """

    of: Int32
    offsets: Int64 | None
    count: int

    def figures(self, people: Int64, staff: Int64) -> Int64:
        """What is told of each pool."""
        return people if self.offsets is None else rounded(people, self.offsets, staff)


@dataclass(frozen=True)
class Enterprises:
    """What is known of every enterprise: its staff (one person where unknown), and whether its lines are told exactly.

    ``rank`` is its place by id: the order of rows in a file says nothing.
    """

    staff: Int64
    exact: Bools
    rank: Int32


@dataclass(frozen=True)
class Told:
    """Members, lines and capacity of every enterprise, in the order of the table."""

    members: Int64
    lines: Int64
    capacity: Int64

    @classmethod
    def nothing(cls, enterprises: int) -> Told:
        return cls(*(np.zeros(enterprises, dtype=np.int64) for _ in range(3)))

    def at(self, rows: NDArray[np.intp] | Int32) -> Told:
        return Told(self.members[rows], self.lines[rows], self.capacity[rows])


@dataclass(frozen=True)
class Rows:
    """Rows of the table `counts`: an enterprise by its place among the ids, a day, and what is told from it on."""

    enterprise: Int32
    day: Int32
    told: Told

    @classmethod
    def join(cls, parts: list[Rows]) -> Rows:
        def whole(arrays: list[NDArray[np.int64]]) -> NDArray[np.int64]:
            return np.concatenate([np.zeros(0, dtype=np.int64), *arrays])

        told = Told(*(whole([getattr(p.told, name) for p in parts]) for name in ("members", "lines", "capacity")))
        return cls(
            np.concatenate([np.zeros(0, dtype=np.int32), *(p.enterprise for p in parts)]),
            np.concatenate([np.zeros(0, dtype=np.int32), *(p.day for p in parts)]),
            told,
        )


def tell(known: Enterprises, recorded: Recorded, lines: Pools, members: Pools, before: Told, after: int) -> Rows:
    """What changes at every step after day ``after``; ``before`` is what was told until then."""
    order = _order(members.of, known.rank)
    place = np.empty_like(order)
    place[order] = np.arange(len(order), dtype=order.dtype)
    by_id = place[np.argsort(known.rank)]
    telling = _Telling.of(known, lines, members, order, recorded)
    plain = recorded.plain(members.of + 1, members.count + 1)[:, 1:]
    begin, end = recorded.open[0][order], recorded.open[1][order]
    told, rows = before.at(order), []
    for step, (day, state) in enumerate(zip(recorded.steps.days, recorded.states(len(order), place), strict=True)):
        if day <= after:
            continue
        is_open = (begin <= step) & (step < end)
        now = telling.step(*state, plain[step], is_open, told.lines)
        changed = (now.members != told.members) | (now.lines != told.lines) | (now.capacity != told.capacity)
        ids = np.flatnonzero((changed & is_open)[by_id])
        rows.append(Rows(ids.astype(np.int32), np.full(len(ids), day, dtype=np.int32), now.at(by_id[ids])))
        told = now
    return Rows.join(rows)


def _order(pool: Int32, rank: Int32) -> Int32:
    """Enterprises pool by pool, in a pool by id; those in none at the end."""
    last = np.where(pool < 0, np.iinfo(np.int32).max, pool)
    return np.argsort(last.astype(np.int64) << 32 | rank).astype(np.int32)


@dataclass(frozen=True)
class _Telling:
    """One step's figures; all arrays stand pool by pool as the pools of members are."""

    staff: Int64
    half: Int64  # the most lines told of an enterprise; 0 where they are pooled
    capacity: int
    uniform: bool
    members: Pools
    groups: Segments
    lines: Pools
    rows: NDArray[np.intp]  # of the pools of lines, each in its fixed order
    line_groups: Segments

    @classmethod
    def of(cls, known: Enterprises, lines: Pools, members: Pools, order: Int32, recorded: Recorded) -> _Telling:
        staff = known.staff[order]
        rows, sizes = _fixed_order(lines.of[order], staff, known.rank[order], lines.count)
        inside = np.bincount(members.of + 1, minlength=members.count + 1)[1:]
        outside = len(order) - int(inside.sum())
        capacity, uniform = recorded.line_capacity
        return cls(
            staff,
            np.where(known.exact[order], staff // 2, 0),
            capacity,
            uniform,
            members,
            Segments(np.append(inside, outside) if outside else inside),
            lines,
            rows,
            Segments(sizes),
        )

    def step(self, lines: Int64, reach: Int64, plain: Int64, is_open: Bools, earlier: Int64) -> Told:
        staff = self.staff * is_open
        told = np.minimum(lines, self.half)
        # Lines that are not told because they are more than half the staff take their capacity with them.
        capacity = told * self.capacity
        if not self.uniform:
            whole = (told == lines) & (told > 0)
            capacity = np.where(whole, np.maximum(nearest_five(reach), STEP), capacity)
        pooled, present = self.rows, staff[self.rows]
        wanted = self.lines.figures(self.line_groups.sums(lines[pooled]), self.line_groups.sums(present))
        told[pooled] = place_lines(earlier[pooled], wanted, present, self.line_groups)
        capacity[pooled] = told[pooled] * self.capacity
        left = staff - told
        figures = self.members.figures(plain, self.groups.sums(left)[: self.members.count])
        people = np.append(figures, 0) if len(self.groups.sizes) > self.members.count else figures
        room = np.maximum(np.minimum(staff, capacity) - told, 0)
        return Told(told + apportion(people, room, left, self.groups), told, capacity)


def _fixed_order(pool: Int32, staff: Int64, rank: Int32, pools: int) -> tuple[NDArray[np.intp], Int64]:
    """Rows pool by pool, spread evenly by staff and id from the first on (bit reversal), and how many each pool has."""
    rows = np.flatnonzero(pool >= 0)
    rows = rows[np.lexsort((rank[rows], staff[rows], pool[rows]))]
    sizes = np.bincount(pool[rows], minlength=pools)
    groups = Segments(sizes)
    bits = np.frexp(groups.rows(np.maximum(sizes - 1, 1)).astype(np.float64))[1]
    spread = _reversed(groups.place.astype(np.uint32)) >> (32 - bits).astype(np.uint32)
    return rows[np.lexsort((spread, pool[rows]))], sizes


def _reversed(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The 32 bits of each number in reverse."""
    for shift, mask in ((1, 0x55555555), (2, 0x33333333), (4, 0x0F0F0F0F), (8, 0x00FF00FF)):
        values = ((values >> np.uint32(shift)) & np.uint32(mask)) | ((values & np.uint32(mask)) << np.uint32(shift))
    return (values >> np.uint32(16)) | (values << np.uint32(16))
