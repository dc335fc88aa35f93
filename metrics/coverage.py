"""Who is within reach: the figures of an enterprise that coverage is made of (model.md §2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]


def potential(staff: Int64, capacity: Int64) -> Int64:
    """People that the lines could reach, min(n, Σ capacity), [E].

    >>> potential(np.array([25, 8]), np.array([20, 10]))
    array([20,  8])
    """
    return np.minimum(staff, capacity)


def reached(staff: Int64, capacity: Int64, members: Int64) -> Int64:
    """People reached: min(n, max(p, m)), [E].

    >>> reached(np.array([25, 8]), np.array([20, 0]), np.array([22, 9]))
    array([22,  8])
    """
    return np.minimum(staff, np.maximum(potential(staff, capacity), members))


def missing_lines(staff: Int64, capacity: Int64, line_capacity: int) -> Int64:
    """Lines still to add until the lines alone reach everybody: ceil((n − min(n, Σ capacity)) / k), [E].

    >>> missing_lines(np.array([25, 8]), np.array([10, 10]), 10)
    array([2, 0])
    """
    return -((potential(staff, capacity) - staff) // line_capacity)
