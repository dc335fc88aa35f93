"""The days a release speaks of: first days of quarters for a planner, of years for the public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from tiaokuai.graph.codes import Int32

MONTHS = {"planner": 3, "public": 12}


@dataclass(frozen=True)
class Steps:
    """Steps in order, as days since 1970-01-01, int32[T]; none lies after today."""

    days: Int32

    def __len__(self) -> int:
        return len(self.days)

    def index(self, days: Int32) -> Int32:
        """The first step on or after each day, ``len(self)`` where there is none: int32[len(days)].

        >>> Steps(np.array([0, 90], np.int32)).index(np.array([-5, 0, 1, 90, 91], np.int32)).tolist()
        [0, 0, 1, 1, 2]
        """
        low, high = int(self.days[0]), int(self.days[-1]) + 1
        # A table of every day between the steps is read ten times as fast as ten million days are searched for.
        table = np.searchsorted(self.days, np.arange(low, high + 1, dtype=np.int32)).astype(np.int32)
        found: Int32 = table[np.clip(days, low, high) - np.int32(low)]
        return found


def calendar(audience: str, first: int, today: date) -> Steps:
    """Every step of an audience from the one on or after day ``first`` to the last that has come; at least that one.

    >>> days = calendar("planner", 0, date(1970, 8, 3)).days
    >>> [str(day) for day in days.astype("datetime64[D]")]
    ['1970-01-01', '1970-04-01', '1970-07-01']
    """
    months = MONTHS[audience]
    since = int(np.datetime64(max(first, -719_162) - 1, "D").astype("datetime64[M]").astype(int))
    last = (today.year - 1970) * 12 + (today.month - 1)
    last -= last % months
    begin = min(since + months - since % months, last)
    return Steps(np.arange(begin, last + 1, months).astype("datetime64[M]").astype("datetime64[D]").astype(np.int32))


Spans = tuple[Int32, Int32]


def eventful(
    audience: str, people: list[Spans], lives: Spans, today: date, after: int
) -> tuple[Steps, list[Spans], Spans]:
    """The steps at which anything changes, and each span as a range of those steps, end exclusive.

    ``people`` are the spans of persons, ``lives`` those of enterprises. The last step is always there, and the first
    one after day ``after``. Between such steps nothing happens, so a history of centuries with few events costs little.
    """
    first = min((int(since.min()) for since, _ in people if len(since)), default=2**31)
    every = calendar(audience, first, today)
    ranges = [(every.index(since), every.index(until)) for since, until in (*people, lives)]
    used = np.zeros(len(every) + 1, dtype=bool)
    used[-2:] = True
    used[every.index(np.array([after + 1], dtype=np.int64))] = True
    for index in (index for pair in ranges for index in pair):
        used[index] = True
    if used.all():
        return every, [(begin, np.maximum(begin, end)) for begin, end in ranges[:-1]], ranges[-1]
    place = (np.cumsum(used) - 1).astype(np.int32)
    places = [(place[begin], np.maximum(place[begin], place[end])) for begin, end in ranges]
    return Steps(every.days[used[:-1]]), places[:-1], places[-1]
