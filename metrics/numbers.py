"""Shares that may have nothing to divide by, and figures as documents hold them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Floats = NDArray[np.float64]


def ratio(above: NDArray[Any], below: NDArray[Any]) -> Floats:
    """``above`` / ``below``, not a number where there is nothing to divide by.

    >>> ratio(np.array([1, 0]), np.array([2, 0]))
    array([0.5, nan])
    """
    made: Floats = np.divide(above, below, out=np.full(np.shape(above), np.nan), where=np.asarray(below) > 0)
    return made


def share(above: float, below: float) -> float | None:
    """``above`` / ``below``, None where there is nothing to divide by.

    >>> share(1, 2), share(0, 0)
    (0.5, None)
    """
    return float(above) / float(below) if below else None


def plain(value: Any) -> int | float | None:
    """A figure as a document holds it: Python's own number, None for not a number.

    >>> plain(np.int64(3)), plain(np.float64("nan"))
    (3, None)
    """
    number: int | float = value.item() if hasattr(value, "item") else value
    return None if number != number else number
