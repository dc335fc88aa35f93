"""From pools to the table `counts`: step by step what is told of every enterprise (release.md, rules 3, 6 and 7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph.codes import Int32, Int64
from tiaokuai.graph.release.apportion import apportion, place_lines
from tiaokuai.graph.release.layout import fixed_order, lay_out
from tiaokuai.graph.release.offsets import STEP
from tiaokuai.graph.release.recorded import Recorded
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


@dataclass(frozen=True)
class Rules:
    """What an audience's release goes by: its pools, and the people that a pooled line is told to reach.

    ``uniform`` says that every line reaches so many, those told exactly as well.
    """

    lines: Pools
    members: Pools
    capacity: int
    uniform: bool

    def some(self, rows: Int32) -> Rules:
        """The same for some enterprises."""
        return replace(self, lines=self.lines.some(rows), members=self.members.some(rows))


def tell(known: Enterprises, recorded: Recorded, rules: Rules, before: Told, after: int) -> Rows:
    """What changes at every step after day ``after``; ``before`` is what was told until then.

    Either every enterprise is in a pool of members, or there is none, and no member is told.
    """
    if not len(known.staff):
        return Rows.join([])
    members = rules.members
    plain = recorded.plain(np.maximum(members.of, 0), max(members.count, 1))
    if not members.count:
        nobody = Pools(np.zeros_like(members.of), np.zeros(1, dtype=np.int64), 1)
        rules, plain = replace(rules, members=nobody), np.zeros_like(plain)
    layout = lay_out(rules.members.of, rules.lines.of, known.rank)
    changes = recorded.line_changes(layout.place, layout.bounds)
    made = []
    for part, (first, end) in enumerate(pairwise(layout.bounds)):
        rows = layout.order[first:end]
        pools = np.unique(rules.members.of[rows])
        telling = _Part.of(known.some(rows), rules.some(rows))
        made.append(
            telling.steps(recorded, rows, plain[:, pools], changes.states(part, len(rows)), before.at(rows), after)
        )
    return Rows.join(made)


@dataclass(frozen=True)
class _Part:
    """A part of the enterprises; all arrays stand pool by pool as the pools of members are."""

    known: Enterprises
    rules: Rules
    half: Int64  # the most lines told of an enterprise; 0 where they are pooled
    groups: Segments
    rows: NDArray[np.intp]  # of the pools of lines, each in its fixed order
    line_groups: Segments

    @classmethod
    def of(cls, known: Enterprises, rules: Rules) -> _Part:
        rows, sizes = fixed_order(rules.lines.of, known.staff, known.rank, rules.lines.count)
        half = np.where(known.exact, known.staff // 2, 0)
        groups = Segments(np.bincount(rules.members.of, minlength=rules.members.count))
        return cls(known, rules, half, groups, rows, Segments(sizes))

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
        capacity = told * self.rules.capacity
        if not self.rules.uniform:
            whole = (told == lines) & (told > 0)
            capacity = np.where(whole, np.maximum(nearest_five(reach), STEP), capacity)
        pooled, present = self.rows, staff[self.rows]
        wanted = self.rules.lines.figures(self.line_groups.sums(lines[pooled]), self.line_groups.sums(present))
        told[pooled] = place_lines(earlier[pooled], wanted, present, self.line_groups)
        capacity[pooled] = told[pooled] * self.rules.capacity
        left = staff - told
        people = self.rules.members.figures(plain, self.groups.sums(left))
        room = np.maximum(np.minimum(staff, capacity) - told, 0)
        return Told(told + apportion(people, room, left, self.groups), told, capacity)
