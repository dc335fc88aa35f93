"""Calendar months as whole numbers, so that a horizon is plain arithmetic."""

from __future__ import annotations

import re
from datetime import date

from tiaokuai.graph.values import FIRST_YEAR, LAST_YEAR, BadValue, parse_day

_MONTH = re.compile(r"(\d{4})-(\d{2})")


def month_number(month: str | date) -> int:
    """Months since year 0 of ``"2027-01"``, or of the month that a day lies in.

    Raises :class:`~tiaokuai.graph.values.BadValue` where the text is no month.

    >>> month_number("2027-01") - month_number("2026-11"), month_number("2027年3月") - month_number("2027-01-31")
    (2, 2)
    """
    day = month if isinstance(month, date) else parse_day(month.strip())
    return day.year * 12 + day.month - 1


def month_text(number: int) -> str:
    """The month as ``2027-01``.

    >>> month_text(month_number("2027-01") + 12)
    '2028-01'
    """
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def first_day(number: int) -> date:
    """The first day of the month; BadValue outside the calendar that dates are kept in.

    >>> first_day(month_number("2027-01"))
    datetime.date(2027, 1, 1)
    """
    if not FIRST_YEAR * 12 <= number < (LAST_YEAR + 1) * 12:
        raise BadValue("out_of_range", low=f"{FIRST_YEAR}-01", high=f"{LAST_YEAR}-12")
    return date(number // 12, number % 12 + 1, 1)
