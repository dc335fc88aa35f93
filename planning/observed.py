"""What a forecast is held against: the data's own figures on the first day of each month."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph import Assumptions, Network
from tiaokuai.metrics.coverage import reached
from tiaokuai.planning.months import first_day

Floats = NDArray[np.float64]
METRICS = ("line_share", "coverage")


def observed(network: Network, first: int, end: int, assumptions: Assumptions) -> dict[str, Floats]:
    """Line share and coverage of the data on the first day of each month from ``first`` to ``end``."""
    found = np.full((2, end - first + 1), np.nan)
    for at in range(end - first + 1):
        day = network.as_of(first_day(first + at), assumptions)
        staff = int(day.staff.sum())
        if len(day.lines):
            found[0, at] = np.count_nonzero(day.lines > 0) / len(day.lines)
        if staff:
            found[1, at] = int(reached(day.staff, day.capacity, day.members).sum()) / staff
    return dict(zip(METRICS, found, strict=True))
