"""Changes of head-counts as a month's events: lines that begin and end, members who come and go (model.md §1, §3).

A number tells what changed, not who: where a count has more members and more lines than the one before, as many of the
new members are taken to carry a line, and where it has fewer of both, as many of those who left. Every count is held
against the one before it, so that a member who left and another who came are told apart where both were counted; what
came and went within one month is no event, as for a list of persons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph.codes import NO_UNTIL, Codes

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Standing:
    """What is counted at every enterprise on one day, [E] each."""

    lines: Ints
    capacity: Ints
    members: Ints


@dataclass(frozen=True)
class Change:
    """What a month did to it, [E] each: ``came`` and ``left`` of all members, ``*_plain`` of those without a line."""

    started: Ints
    ended: Ints
    capacity_started: Ints
    capacity_ended: Ints
    first_capacity: Ints  # of one of the lines that began
    came: Ints
    left: Ints
    came_plain: Ints
    left_plain: Ints


class Counted:
    """The counts of a network and their changes on the boundaries of months, ``days``."""

    def __init__(self, codes: Codes, days: Ints, line_capacity: int) -> None:
        self.size = len(codes.enterprise_block)
        held = codes.count_since < codes.count_until
        at, since, until = codes.count_enterprise[held], codes.count_since[held], codes.count_until[held]
        lines, members, own = codes.count_lines[held], codes.count_members[held], codes.count_capacity[held]
        capacity = np.where(own < 0, lines * line_capacity, own)
        on, off = np.searchsorted(days, since), np.searchsorted(days, until)
        self.plain_known = bool((members > lines)[on < off].any())  # any count on a boundary has more than its lines
        # From nothing to an enterprise's first count, from one to the next, and back to nothing where it closes.
        again = np.zeros(len(at), dtype=bool)
        again[1:] = at[1:] == at[:-1]
        closed = ~np.roll(again, -1) & (until < NO_UNTIL)
        boundary = np.concatenate([on, off[closed]])
        order = np.argsort(boundary, kind="stable")
        self.bounds = np.searchsorted(boundary[order], np.arange(len(days) + 1))
        self.at = np.concatenate([at, at[closed]])[order]
        self.more = Standing(
            *(
                np.concatenate([values - np.where(again, np.roll(values, 1), 0), -values[closed]])[order]
                for values in (lines, capacity, members)
            )
        )

    def start(self) -> Standing:
        """What is counted on the first boundary."""
        nothing = np.zeros(self.size, dtype=np.int64)
        return self._after(Standing(nothing, nothing, nothing), slice(0, self.bounds[1]))

    def change(self, boundary: int, before: Standing) -> tuple[Change, Standing]:
        """From what was counted on the boundary before this one to what is counted on it."""
        rows = slice(self.bounds[boundary], self.bounds[boundary + 1])
        after = self._after(before, rows)
        lines, members = self.more.lines[rows], self.more.members[rows]

        def of(values: Ints) -> Ints:
            return self._sums(np.maximum(values, 0), rows)

        ended, left = np.minimum(of(-lines), before.lines), np.minimum(of(-members), before.members)
        started, came = after.lines - before.lines + ended, after.members - before.members + left
        gone = before.capacity * ended // np.maximum(before.lines, 1)
        change = Change(
            started=started,
            ended=ended,
            capacity_started=after.capacity - before.capacity + gone,
            capacity_ended=gone,
            first_capacity=np.where(started > 0, after.capacity // np.maximum(after.lines, 1), 0),
            came=came,
            left=left,
            came_plain=np.minimum(of(members - np.maximum(lines, 0)), came),
            left_plain=np.minimum(of(-members - np.maximum(-lines, 0)), left),
        )
        return change, after

    def _sums(self, values: Ints, rows: slice) -> Ints:
        return np.bincount(self.at[rows], values, self.size).astype(np.int64)

    def _after(self, before: Standing, rows: slice) -> Standing:
        return Standing(
            before.lines + self._sums(self.more.lines[rows], rows),
            before.capacity + self._sums(self.more.capacity[rows], rows),
            before.members + self._sums(self.more.members[rows], rows),
        )
