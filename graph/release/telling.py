"""From pools to the table `counts`: step by step what is told of every enterprise (release.md, rules 3, 6 and 7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph.codes import Int32, Int64
from tiaokuai.graph.release.apportion import apportion, place_lines
from tiaokuai.graph.release.layout import Layout, fixed_order, lay_out
from tiaokuai.graph.release.offsets import STEP
from tiaokuai.graph.release.recorded import LineChanges, Recorded
from tiaokuai.graph.release.rounding import nearest_five, rounded
from tiaokuai.graph.release.segments import Segments
from tiaokuai.graph.release.told import Rows, Told
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

    def some(self, rows: Int32) -> Pools:
        """The same of some enterprises, with the pools that these are in numbered anew."""
        of = self.of[rows]
        pools, again = np.unique(of[of >= 0], return_inverse=True)
        of[of >= 0] = again
        return Pools(of, None if self.offsets is None else self.offsets[pools], len(pools))


@dataclass(frozen=True)
class Enterprises:
    """What is known of every enterprise: its staff (one person where unknown), and whether its lines are told exactly.

    ``rank`` is its place by id: the order of rows in a file says nothing.
    """

    staff: Int64
    exact: Bools
    rank: Int32

    def some(self, rows: Int32) -> Enterprises:
        """The same of some enterprises."""
        return Enterprises(self.staff[rows], self.exact[rows], self.rank[rows])


def tell(known: Enterprises, recorded: Recorded, lines: Pools, members: Pools, before: Told, after: int) -> Rows:
    """What changes at every step after day ``after``; ``before`` is what was told until then.

    Either every enterprise is in a pool of members, or there is none, and no member is told.
    """
    if not len(known.staff):
        return Rows.join([])
    plain = recorded.plain(np.maximum(members.of, 0), max(members.count, 1))
    if not members.count:
        members, plain = Pools(np.zeros_like(members.of), np.zeros(1, dtype=np.int64), 1), np.zeros_like(plain)
    layout = lay_out(members.of, lines.of, known.rank)
    changes = recorded.line_changes(layout.place, layout.bounds)
    return Rows.join(list(_parts(known, recorded, lines, members, layout, plain, changes, before, after)))


def _parts(
    known: Enterprises,
    recorded: Recorded,
    lines: Pools,
    members: Pools,
    layout: Layout,
    plain: Int64,
    changes: LineChanges,
    before: Told,
    after: int,
) -> Iterator[Rows]:
    for part in range(len(layout.bounds) - 1):
        rows = layout.order[layout.bounds[part] : layout.bounds[part + 1]]
        inside = np.unique(members.of[rows])
        telling = _Part.of(known.some(rows), lines.some(rows), members.some(rows), recorded)
        yield telling.steps(recorded, rows, plain[:, inside], changes.states(part, len(rows)), before.at(rows), after)


@dataclass(frozen=True)
class _Part:
    """A part of the enterprises; all arrays stand pool by pool as the pools of members are."""

    known: Enterprises
    half: Int64  # the most lines told of an enterprise; 0 where they are pooled
    capacity: int
    uniform: bool
    members: Pools
    groups: Segments
    lines: Pools
    rows: NDArray[np.intp]  # of the pools of lines, each in its fixed order
    line_groups: Segments

    @classmethod
    def of(cls, known: Enterprises, lines: Pools, members: Pools, recorded: Recorded) -> _Part:
        rows, sizes = fixed_order(lines.of, known.staff, known.rank, lines.count)
        half = np.where(known.exact, known.staff // 2, 0)
        groups = Segments(np.bincount(members.of, minlength=members.count))
        return cls(known, half, *recorded.line_capacity, members, groups, lines, rows, Segments(sizes))

    def steps(
        self,
        recorded: Recorded,
        rows: Int32,
        plain: Int64,
        states: Iterator[tuple[Int64, Int64]],
        told: Told,
        after: int,
    ) -> Rows:
        """The rows of the table `counts`; ``told`` is what was told before."""
        begin, end = recorded.open[0][rows], recorded.open[1][rows]
        made = []
        for step, (day, state) in enumerate(zip(recorded.steps.days, states, strict=True)):
            if day <= after:
                continue
            is_open = (begin <= step) & (step < end)
            now = self.step(*state, plain[step], is_open, told.lines)
            changed = np.flatnonzero(now.differs(told) & is_open)
            made.append(Rows(self.known.rank[changed], np.full(len(changed), day), now.at(changed)))
            told = now
        return Rows.join(made)

    def step(self, lines: Int64, reach: Int64, plain: Int64, is_open: Bools, earlier: Int64) -> Told:
        """What is told at one step of what is recorded, after ``earlier`` lines were told."""
        staff = self.known.staff * is_open
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
        people = self.members.figures(plain, self.groups.sums(left))
        room = np.maximum(np.minimum(staff, capacity) - told, 0)
        return Told(told + apportion(people, room, left, self.groups), told, capacity)
