"""A pool's figure over its enterprises, by what is known of them and nothing else (release.md, rule 6)."""

from __future__ import annotations

import numpy as np

from tiaokuai.graph.codes import Int64
from tiaokuai.graph.release.segments import Segments

MOST_STAFF = 2**36  # of a data set, more than people live on earth; below it no product and no key here overflows


def place_lines(lines: Int64, wanted: Int64, staff: Int64, pools: Segments) -> Int64:
    """Lines of each enterprise after a pool's number has become ``wanted``; rows stand in their pool's fixed order.

    Lines stay where they are while number and enterprise do. New ones go to the first enterprises that have fewest,
    one each before any has two; when the number falls the last placed go first; none has more lines than staff.

    >>> one = Segments(np.array([3]))
    >>> place_lines(np.array([0, 1, 0]), np.array([3]), np.array([1, 2, 0]), one).tolist()
    [1, 2, 0]
    """
    lines = np.minimum(lines, staff)
    wanted = np.minimum(wanted, pools.sums(staff))
    have = pools.sums(lines)
    if (have == wanted).all():
        return lines
    # A place is (level, row): those filled are all up to a level, and on the next one those up to a row.
    rising, falling = pools.rows(have < wanted), pools.rows(have > wanted)
    low = np.where(rising, lines, 0)  # the lines that stay whatever the level is
    high = np.where(falling, lines, staff)
    level = _level(low, high, wanted, pools)
    whole = np.maximum(low, np.minimum(high, pools.rows(level)))
    more = pools.first((whole < high) & (whole == pools.rows(level)), wanted - pools.sums(whole))
    return np.where(rising | falling, whole + more, lines)


def _level(low: Int64, high: Int64, wanted: Int64, pools: Segments) -> Int64:
    """The highest level of each pool up to which all places together are no more than are wanted."""
    bottom = np.zeros(len(wanted), dtype=np.int64)
    top = np.maximum.reduceat(high, pools.starts)
    while (bottom < top).any():
        middle = (bottom + top + 1) // 2
        fits = pools.sums(np.maximum(low, np.minimum(high, pools.rows(middle)))) <= wanted
        bottom, top = np.where(fits, middle, bottom), np.where(fits, top, middle - 1)
    return bottom


def apportion(wanted: Int64, room: Int64, staff: Int64, pools: Segments) -> Int64:
    """A pool's people over its enterprises: by room, largest remainders, ties by row; beyond room by ``staff`` left.

    >>> one = Segments(np.array([3]))
    >>> apportion(np.array([5]), np.array([4, 2, 2]), np.array([9, 9, 2]), one).tolist()
    [3, 1, 1]
    >>> apportion(np.array([10]), np.array([4, 2, 2]), np.array([9, 9, 2]), one).tolist()
    [5, 3, 2]
    """
    got = _largest_remainders(wanted, room, pools)
    left = wanted - pools.sums(got)
    rows, some = pools.some(left > 0)
    if len(rows):
        got[rows] += _largest_remainders(left[left > 0], (staff - got)[rows], some)
    return got


def _largest_remainders(wanted: Int64, room: Int64, pools: Segments) -> Int64:
    total = pools.sums(room)
    wanted = np.minimum(wanted, total)
    exact = pools.rows(wanted) * room
    share = pools.rows(np.maximum(total, 1))
    got: Int64 = exact // share
    left = wanted - pools.sums(got)
    rows, some = pools.some(left > 0)
    if not len(rows):
        return got
    # One sort for all pools: a key that rises by pool, then by falling remainder, then by row.
    behind = some.rows(np.cumsum(total[left > 0] + 1)) - (exact - got * share)[rows]
    bits = max(1, (len(rows) - 1).bit_length())
    key = np.sort((behind << bits) | np.arange(len(rows)))
    chosen = key[some.place < some.rows(left[left > 0])] & ((1 << bits) - 1)
    got[rows[chosen]] += 1
    return got
