"""What is recorded of persons, one by one or counted, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np

from tiaokuai.graph.assumptions import Assumptions
from tiaokuai.graph.codes import Codes, Int32, Int64
from tiaokuai.graph.release.steps import Spans, Steps, eventful

CAPACITY = Assumptions().line_capacity


@dataclass(frozen=True)
class Amounts:
    """So many people at an enterprise, from one step until before another; ``number`` None: one in each row."""

    enterprise: Int32
    begin: Int32
    end: Int32
    number: Int64 | None = None
    capacity: Int64 | None = None  # of lines: all of a row's together, -1 where none is recorded


@dataclass(frozen=True)
class Recorded:
    """Members and lines at every step, and the steps between which each enterprise is open."""

    steps: Steps
    open: Spans
    members: tuple[Amounts, ...]
    lines: tuple[Amounts, ...]

    def plain(self, group: Int32, groups: int) -> Int64:
        """Members who carry no line, summed over groups of enterprises, int64[T, groups]."""
        size = len(self.steps) + 1
        change = np.zeros(groups * size, dtype=np.int64)
        for sign, tables in ((1, self.members), (-1, self.lines)):
            for table in tables:
                row = group[table.enterprise].astype(np.int64) * size
                change += sign * _total(row + table.begin, table.number, len(change))
                change -= sign * _total(row + table.end, table.number, len(change))
        return change.reshape(groups, size).cumsum(axis=1)[:, :-1].T

    def line_changes(self, place: Int32, bounds: Int64) -> LineChanges:
        """Lines that come and go at enterprises in ``place``, those of a part of the places together."""
        at, step, number, reach = _changes(self.lines)
        at = place[at]
        part = np.searchsorted(bounds, at, side="right") - 1
        key = part * (len(self.steps) + 1) + step
        order = np.argsort(key, kind="stable")
        starts = np.searchsorted(key[order], np.arange(len(bounds) * (len(self.steps) + 1)))
        inside = at - bounds[part]
        return LineChanges(len(self.steps), starts, inside[order], number[order], reach[order])

    @cached_property
    def line_capacity(self) -> tuple[int, bool]:
        """The capacity of a line: what every line records, and whether they do; else the default."""
        own: set[int] = set()
        for table in self.lines:
            used = table.begin < table.end
            count = np.ones(len(used), dtype=np.int64) if table.number is None else table.number
            capacity = np.full(len(used), -1) if table.capacity is None else table.capacity
            used &= count > 0
            each, rest = np.divmod(capacity[used], count[used])
            own |= set(np.unique(np.where(rest == 0, each, -1)).tolist())
        single = own.pop() if len(own) == 1 else -1
        return (single, True) if single > 0 else (CAPACITY, False)


@dataclass(frozen=True)
class LineChanges:
    """Changes of lines and of their capacity at places of a part, part by part and step by step."""

    steps: int
    starts: Int64
    place: Int64
    number: Int64
    capacity: Int64

    def states(self, part: int, enterprises: int) -> Iterator[tuple[Int64, Int64]]:
        """Lines of each of a part's enterprises and their capacity, step by step; the arrays are used again."""
        lines, capacity = np.zeros(enterprises, dtype=np.int64), np.zeros(enterprises, dtype=np.int64)
        first = part * (self.steps + 1)
        for start, stop in pairwise(self.starts[first : first + self.steps + 1]):
            np.add.at(lines, self.place[start:stop], self.number[start:stop])
            np.add.at(capacity, self.place[start:stop], self.capacity[start:stop])
            yield lines, capacity


def recorded(codes: Codes, audience: str, today: date, after: int) -> Recorded:
    """What the codes record, at the steps of an audience up to ``today``; the first step after day ``after`` is one."""
    people: list[Spans] = [
        (codes.member_since, codes.member_until),
        (codes.line_since, codes.line_until),
        (codes.count_since, codes.count_until),
    ]
    lives = (codes.enterprise_since, codes.enterprise_until)
    steps, (member, line, count), is_open = eventful(audience, people, lives, today, after)
    return Recorded(
        steps,
        is_open,
        members=(
            Amounts(codes.member_enterprise, *member),
            Amounts(codes.count_enterprise, *count, codes.count_members),
        ),
        lines=(
            Amounts(codes.line_enterprise, *line, None, codes.line_capacity),
            Amounts(codes.count_enterprise, *count, codes.count_lines, codes.count_capacity),
        ),
    )


def _total(rows: Int64, number: Int64 | None, size: int) -> Int64:
    if number is None:
        return np.bincount(rows, minlength=size)
    return np.bincount(rows, number, size).astype(np.int64)  # exact below 2**53


def _changes(tables: tuple[Amounts, ...]) -> tuple[Int32, Int32, Int64, Int64]:
    """Where and at which step lines come and go, how many, and with how much capacity."""
    parts = []
    for table in tables:
        used = np.flatnonzero(table.begin < table.end)
        count = np.ones(len(used), dtype=np.int64) if table.number is None else table.number[used]
        capacity = np.full(len(used), -1) if table.capacity is None else table.capacity[used]
        reach = np.where(capacity < 0, count * CAPACITY, capacity)
        for sign, step in ((1, table.begin), (-1, table.end)):
            parts.append((table.enterprise[used], step[used], sign * count, sign * reach))
    at, step, number, reach = (np.concatenate(part) for part in zip(*parts, strict=True))
    return at, step, number, reach
