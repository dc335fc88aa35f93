"""Rounding to fives with an offset, and never so high that a count near everybody gives everybody away."""

from __future__ import annotations

import numpy as np

from tiaokuai.graph.codes import Int64
from tiaokuai.graph.release.offsets import STEP


def rounded(count: Int64, offset: Int64, staff: Int64) -> Int64:
    """y = max(0, min(5⌊(x + u) / 5⌋, 5⌊(N − 4) / 5⌋)), for x people of N staff and the offset u.

    Every y leaves five candidates for x: the cap keeps them below N. x and y differ by at most 4, at the cap by 8.

    >>> rounded(np.array([7, 7, 20]), np.array([0, 4, 4]), np.array([30, 30, 22])).tolist()
    [5, 10, 15]
    """
    high = STEP * ((staff - (STEP - 1)) // STEP)
    figure: Int64 = np.maximum(0, np.minimum(STEP * ((count + offset) // STEP), high))
    return figure


def nearest_five(count: Int64) -> Int64:
    """The nearest multiple of five.

    >>> nearest_five(np.array([7, 8, 10])).tolist()
    [5, 10, 10]
    """
    return STEP * ((count + STEP // 2) // STEP)
