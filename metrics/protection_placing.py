"""Lines and members placed over the enterprises of one block so that they add up to the figures that are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

NONE, PARTLY, FULL = 0, 1, 2
Bounds = tuple[int, int]


@dataclass
class Place:
    """One enterprise: what is known of it, and what is supposed.

    ``low`` and ``high`` bound its potential; ``band`` is -1 where it is not told.
    """

    staff: int
    low: int
    high: int
    band: int
    lines: int = 0
    potential: int = 0
    members: int = 0

    @property
    def reached(self) -> int:
        """People in reach."""
        return min(self.staff, max(self.potential, self.members))

    @property
    def most(self) -> int:
        """People in reach at most, by the band."""
        return 0 if self.band == NONE else self.staff - 1 if self.band == PARTLY else self.staff

    @property
    def least_potential(self) -> int:
        """Of an enterprise with a line: whoever holds one is in reach."""
        return max(self.low, min(self.lines, self.most_potential), 1)

    @property
    def most_potential(self) -> int:
        """The same."""
        return min(self.high, self.most)

    def capacity(self, k: int) -> int:
        """What its lines carry: just their potential, or whole lines where they reach everybody."""
        return self.potential if self.potential < self.staff else max(self.staff, k * self.lines)


@dataclass
class Block:
    """The enterprises of a block. Each figure in turn is placed, after what there is room for has been asked.

    >>> block = Block([Place(30, 0, 30, -1), Place(20, 0, 20, -1)], 10)
    >>> wanted = {"enterprises_with_line": 1, "lines": 2, "potential": 17, "reached": 19, "members": 6}
    >>> for name, count in wanted.items():
    ...     least, most = getattr(block, name + "_bounds")()
    ...     getattr(block, name)(min(max(count, least), most))
    >>> [(each.lines, each.potential, each.members, each.reached) for each in block.places]
    [(2, 17, 4, 17), (0, 0, 2, 2)]
    """

    places: list[Place]
    line_capacity: int

    @property
    def _lined(self) -> list[Place]:
        return [each for each in self.places if each.lines]

    @property
    def forced(self) -> int:
        """People in reach where there is no line, as bands have it."""
        without = [each for each in self.places if not each.lines]
        return sum(each.staff if each.band == FULL else int(each.band == PARTLY) for each in without)

    def enterprises_with_line_bounds(self) -> Bounds:
        """Those that must have a line, and those that may."""
        return sum(each.low > 0 for each in self.places), sum(each.most_potential > 0 for each in self.places)

    def enterprises_with_line(self, count: int) -> None:
        """One line each: first where one must be, then where nothing is told, the largest first."""
        may = [each for each in self.places if each.most_potential > 0]
        may.sort(key=lambda each: (each.low == 0, each.band >= 0, -each.staff))
        for each in may[:count]:
            each.lines = 1

    def lines_bounds(self) -> Bounds:
        """One for each that has any; never more than people."""
        return len(self._lined), sum(each.staff for each in self._lined)

    def lines(self, count: int) -> None:
        """More lines where whole ones fit what is told, then where there is most room."""
        lined, k = self._lined, self.line_capacity
        left = count - len(lined)
        for each in lined:
            more = min(max(0, -(-each.low // k) - 1), max(0, left), each.staff - each.lines)
            each.lines += more
            left -= more
        while left > 0:
            room = [each for each in lined if each.lines < each.staff]
            room.sort(key=lambda each: k * each.lines - each.most_potential)
            for each in room[:left]:
                each.lines += 1
            left -= min(left, len(room))

    def potential_bounds(self) -> Bounds:
        """As what is told of each enterprise leaves it open."""
        lined = self._lined
        return sum(each.least_potential for each in lined), sum(each.most_potential for each in lined)

    def potential(self, count: int) -> None:
        """Whole lines where they fit, the rest where there is room."""
        lined = self._lined
        for each in lined:
            each.potential = min(max(self.line_capacity * each.lines, each.least_potential), each.most_potential)
        left = count - sum(each.potential for each in lined)
        if left > 0:
            _raise(lined, left, lambda each: each.most_potential - each.potential, _add_potential)
        else:
            _raise(lined, -left, lambda each: each.potential - each.least_potential, _less_potential)

    def reached_bounds(self) -> Bounds:
        """Whoever holds a line is a member; a band says that somebody is reached, or everybody."""
        for each in self.places:
            each.members = each.lines
            if each.band == FULL and each.potential < each.staff:
                each.members = each.staff
            elif each.band == PARTLY and not each.potential:
                each.members = 1
        return sum(each.reached for each in self.places), sum(max(each.reached, each.most) for each in self.places)

    def reached(self, count: int) -> None:
        """Members beyond what lines reach: where there are such already, then where there is no line."""
        inclined = sorted(self.places, key=lambda each: (each.members <= each.potential, each.potential, -each.staff))
        left = count - sum(each.reached for each in self.places)
        _raise(inclined, left, lambda each: each.most - each.reached, _join_beyond)

    def members_bounds(self) -> Bounds:
        """Members within what lines reach bring nobody more into reach."""
        return (
            sum(each.members for each in self.places),
            sum(max(each.members, each.potential) for each in self.places),
        )

    def members(self, count: int) -> None:
        """Members within what lines reach already."""
        left = count - sum(each.members for each in self.places)
        _raise(self.places, left, lambda each: each.potential - each.members, _join)


def _add_potential(each: Place, more: int) -> None:
    each.potential += more


def _less_potential(each: Place, less: int) -> None:
    each.potential -= less


def _join_beyond(each: Place, more: int) -> None:
    each.members = each.reached + more


def _join(each: Place, more: int) -> None:
    each.members += more


def _raise(places: Iterable[Place], more: int, room: Callable[[Place], int], add: Callable[[Place, int], None]) -> None:
    """So many more, one place after the other, as far as there is room."""
    for each in places:
        if more <= 0:
            return
        by = min(more, max(0, room(each)))
        if by:
            add(each, by)
            more -= by
