"""When an audience learns of the data: the planner by quarters, the public by years, and only of changes of many.

Two days either side of one joining reveal it; a day is told of only once 5 people or more have come or gone, or nobody
has, since the last one that was.
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


def change_days(network: Network, last: date) -> Int64:
    """Days up to ``last`` on which a membership or a line began or ended, one for each, in order."""
    codes = network.codes
    found = []
    for since, until in ((codes.member_since, codes.member_until), (codes.line_since, codes.line_until)):
        real = since < until
        found += [since[real & (since != NO_SINCE)], until[real & (until != NO_UNTIL)]]
    days = np.concatenate(found).astype(np.int64)
    return np.sort(days[days <= day_number(last)])


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
    days = change_days(network, last)
    begin = to_date(int(days[0])) if len(days) else last
    quarter = date(begin.year, (begin.month - 1) // months * months + 1, 1) - timedelta(days=1)
    told, seen = [quarter], 0
    while (quarter := step_end(quarter + timedelta(days=1), months)) <= last:
        now = int(np.searchsorted(days, day_number(quarter), "right"))
        if now == seen or now - seen >= FEWEST_CHANGES:
            told.append(quarter)
            seen = now
    return told
