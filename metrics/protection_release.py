"""When an audience learns of the data: the planner by quarters, the public by years, and only of changes of many.

Two days either side of one joining reveal it; a day is told of only once 5 people or more have come or gone, or nobody
has, since the last one that was. People, not dates: who joins and takes on a line is one.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from tiaokuai.graph import Network
from tiaokuai.graph.codes import NO_SINCE, NO_UNTIL
from tiaokuai.graph.snapshot import day_number, to_date
from tiaokuai.metrics.numbers import Int64

FEWEST_CHANGES = 5
MONTHS = {"planner": 3, "public": 12}


def changes(network: Network, last: date) -> tuple[Int64, Int64]:
    """Days up to ``last`` on which a membership or a line began or ended, and the row of the member whose it is."""
    codes, until_day = network.codes, day_number(last)
    everybody = np.arange(len(codes.member_since), dtype=np.int32)
    days, people = [], []
    for since, until, who in (
        (codes.member_since, codes.member_until, everybody),
        (codes.line_since, codes.line_until, codes.line_member),
    ):
        real = since < until
        for day, never in ((since, NO_SINCE), (until, NO_UNTIL)):
            seen = real & (day != never) & (day <= until_day)
            days.append(day[seen])
            people.append(who[seen])
    return np.concatenate(days).astype(np.int64), np.concatenate(people).astype(np.int64)


def step_end(day: date, months: int) -> date:
    """The last day of the quarter (3) or year (12) that ``day`` lies in.

    >>> step_end(date(2026, 5, 3), 3), step_end(date(2026, 5, 3), 12)
    (datetime.date(2026, 6, 30), datetime.date(2026, 12, 31))
    """
    after = (day.month - 1) // months * months + months
    year, month = day.year + after // 12, after % 12 + 1
    return date(year, month, 1) - timedelta(days=1)


def release_days(network: Network, last: date, audience: str) -> list[date]:
    """Every day up to ``last`` that the audience may know of, from the last one before the first change on."""
    months = MONTHS[audience]
    days, people = changes(network, last)
    begin = to_date(int(days.min())) if len(days) else last
    ends = [date(begin.year, (begin.month - 1) // months * months + 1, 1) - timedelta(days=1)]
    while (end := step_end(ends[-1] + timedelta(days=1), months)) <= last:
        ends.append(end)
    step = np.searchsorted([day_number(end) for end in ends], days).astype(np.uint16)
    order = np.argsort(step, kind="stable")
    first = np.searchsorted(step[order], np.arange(1, len(ends) + 1))
    told, gathered = ends[:1], set[int]()
    for at, end in enumerate(ends[1:]):
        gathered |= _some(people[order[first[at] : first[at + 1]]])
        if not gathered or len(gathered) >= FEWEST_CHANGES:
            told.append(end)
            gathered = set()
    return told


def _some(people: Int64) -> set[int]:
    """Who they are; where they are many, just enough of them to be many."""
    head = set(people[:64].tolist())
    return head if len(head) >= FEWEST_CHANGES else set(np.unique(people).tolist())
