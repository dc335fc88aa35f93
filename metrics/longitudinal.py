"""How lines deepen the association within enterprises (纵向, model.md §2, longitudinal)."""

from __future__ import annotations

import numpy as np

from tiaokuai.metrics.numbers import Floats, Int64, ratio


def amplification(potential: Int64, lines: Int64) -> Floats:
    """People that a line could reach on average, Σ p / lines (the source's "about ten"); nan without a line.

    >>> amplification(np.array([15, 0]), np.array([2, 0]))
    array([7.5, nan])
    """
    return ratio(potential, lines)


def realisation(filled: Int64, potential: Int64) -> Floats:
    """Share of what the lines could reach that has joined, Σ min(m, p) / Σ p; nan without a line.

    >>> realisation(np.array([3]), np.array([12]))
    array([0.25])
    """
    return ratio(filled, potential)


def wasted_capacity(staff: Int64, capacity: Int64) -> Int64:
    """Capacity beyond the enterprise's staff, max(0, Σ capacity − n), [E].

    >>> wasted_capacity(np.array([8, 25]), np.array([10, 10]))
    array([2, 0])
    """
    beyond: Int64 = np.maximum(0, capacity - staff)
    return beyond
