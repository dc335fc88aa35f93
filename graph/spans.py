"""Spans of time as day numbers: since inclusive, until exclusive (model.md §1)."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]

# Dates are days since 1970-01-01; these stand for "always began" and "still so".
NO_SINCE = np.int32(-(2**31))
NO_UNTIL = np.int32(2**31 - 1)


def day_numbers(dates: pl.Series, empty: np.int32) -> Int32:
    """Days since 1970-01-01, ``empty`` where there is no date: int32[len(dates)].

    >>> day_numbers(pl.Series([None], dtype=pl.Date), NO_UNTIL).tolist()
    [2147483647]
    """
    return dates.cast(pl.Int32).fill_null(int(empty)).to_numpy().astype(np.int32, copy=False)


def clip(own: tuple[Int32, Int32], other: tuple[Int32, Int32], rows: Int32) -> tuple[Int32, Int32]:
    """Spans cut to the spans of the rows they refer to; a span may come out empty (until <= since)."""
    if not len(other[0]):
        return own
    return np.maximum(own[0], other[0][rows]), np.minimum(own[1], other[1][rows])


def active(since: Int32, until: Int32, day: int) -> NDArray[np.bool_]:
    """Which spans contain the day: since inclusive, until exclusive."""
    return (since <= day) & (day < until)
