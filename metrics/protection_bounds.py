"""What a block's status and template tell of its counts even where these are hidden.

Both are told of a block of 5 people or more: that it has no line, that less than a fifth of its enterprises have one,
that most people are in reach, or that some are not. Of blocks hidden together a reader takes this from their sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph import Snapshot
from tiaokuai.metrics.lateral import COVERED, GROWING, HOLLOW, statuses
from tiaokuai.metrics.numbers import Bools, Int64

CLOSE = 1e-9  # as near as shares of whole numbers come to each other


def told_bounds(day: Snapshot, sums: Mapping[str, Int64], own: Bools, fewest: int) -> dict[str, Int64]:
    """``lined_most``: enterprises with a line, ``lines_most``: lines; ``reached_least``, ``out_least``: people, [B].

    ``own`` are the blocks whose counts are below ``fewest``: they have at most so many lines, and somebody; whether
    one has more than a fifth of its enterprises with a line, or most people in reach, is not told.
    """
    assumed, status = day.assumptions, statuses(day.founded, sums, day.assumptions)
    told = sums["staff"] >= fewest
    lined = told & (sums["enterprises_with_line"] > 0)
    hollow = np.maximum(_up(assumed.hollow_below * sums["enterprises"]) - 1, 0)
    most = np.where(told & ~lined, 0, np.where(told & (status == HOLLOW), hollow, sums["enterprises"]))
    covered = _up(assumed.covered_from * sums["staff"])
    open_ = told & ~own
    least = np.where(open_ & (status == COVERED), covered, (lined | own).astype(np.int64))
    growing = open_ & (status == GROWING)
    least = np.where(growing, np.maximum(_up(assumed.hollow_below * sums["enterprises"]), 1), least)
    most = np.where(own, np.minimum(most, fewest - 1), most)
    lines = np.where(most > 0, sums["staff"], 0)
    return {
        "lined_most": most,
        "lines_most": np.where(own, np.minimum(lines, fewest - 1), lines),
        "reached_least": np.minimum(least, sums["staff"]),
        "out_least": np.where(growing, np.maximum(sums["staff"] - covered + 1, 0), 0),
    }


def no_room(sums: Mapping[str, int], own: bool, spare: int) -> bool:
    """Whether the statuses of blocks hidden together leave their sum no room: nobody more is out, or nobody in reach.

    ``own`` says whether one of them is small itself; fewer than ``spare`` people are no room.
    """
    if not sums["reached"]:
        return False
    out = sums["staff"] - sums["reached"] - sums["out_least"]
    everybody = sums["out_least"] > 0 and out < spare and (sums["alone"] > 0 or sums["beyond"] > 0)
    return everybody or (own and sums["reached"] - sums["reached_least"] < spare)


def _up(values: NDArray[np.floating[Any]]) -> Int64:
    whole: Int64 = np.ceil(values - CLOSE).astype(np.int64)
    return whole
