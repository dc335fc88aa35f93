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
        self.at, since, until = codes.count_enterprise[held], codes.count_since[held], codes.count_until[held]
        lines, members, own = codes.count_lines[held], codes.count_members[held], codes.count_capacity[held]
        self.rows = Standing(lines, np.where(own < 0, lines * line_capacity, own), members)
        self.on, self.off = np.searchsorted(days, since), np.searchsorted(days, until)
        # From nothing to an enterprise's first count, from one to the next, and back to nothing where it closes.
        again = np.zeros(len(self.at), dtype=bool)
        again[1:] = self.at[1:] == self.at[:-1]
        closed = ~np.roll(again, -1) & (until < NO_UNTIL)
        self.boundary = np.concatenate([self.on, self.off[closed]])
        self.of = np.concatenate([self.at, self.at[closed]])
        self.more_lines, self.more_members = (
            np.concatenate([values - np.where(again, np.roll(values, 1), 0), -values[closed]])
            for values in (lines, members)
        )

    @property
    def plain_known(self) -> bool:
        """Whether any count that lies on a boundary has a member beyond its lines."""
        return bool((self.rows.members > self.rows.lines)[self.on < self.off].any())

    def on_boundary(self, boundary: int) -> Standing:
        """What is counted on a boundary."""
        now = np.flatnonzero((self.on <= boundary) & (boundary < self.off))

        def placed(values: Ints) -> Ints:
            found = np.zeros(self.size, dtype=np.int64)
            found[self.at[now]] = values[now]  # one row an enterprise at most
            return found

        return Standing(placed(self.rows.lines), placed(self.rows.capacity), placed(self.rows.members))

    def change(self, boundary: int, before: Standing, after: Standing) -> Change:
        """From what was counted on the boundary before this one to what is counted on it."""
        rows = np.flatnonzero(self.boundary == boundary)
        lines, members = self.more_lines[rows], self.more_members[rows]

        def of(values: Ints) -> Ints:
            return np.bincount(self.of[rows], np.maximum(values, 0), self.size).astype(np.int64)

        ended, left = np.minimum(of(-lines), before.lines), np.minimum(of(-members), before.members)
        started, came = after.lines - before.lines + ended, after.members - before.members + left
        gone = before.capacity * ended // np.maximum(before.lines, 1)
        return Change(
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
