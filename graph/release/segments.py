"""Rows that stand group by group: sums of groups and their values row by row, without a loop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph.codes import Int64
from tiaokuai.graph.snapshot import Bools

Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True)
class Segments:
    """Groups of rows one after another: ``sizes`` of each, none of them empty."""

    sizes: Int64

    @cached_property
    def starts(self) -> Int64:
        """The first row of each group."""
        return np.cumsum(self.sizes) - self.sizes

    @cached_property
    def place(self) -> Int64:
        """The place of each row in its own group, from 0."""
        return np.arange(int(self.sizes.sum())) - self.rows(self.starts)

    def sums(self, values: Int64) -> Int64:
        """The sum of each group."""
        return np.add.reduceat(values, self.starts) if len(self.sizes) else np.zeros(0, dtype=np.int64)

    def rows(self, values: NDArray[Kind]) -> NDArray[Kind]:
        """The value of its group at every row."""
        return np.repeat(values, self.sizes)

    def some(self, chosen: Bools) -> tuple[NDArray[np.intp], Segments]:
        """The rows of the chosen groups, and these groups alone."""
        return np.flatnonzero(self.rows(chosen)), Segments(self.sizes[chosen])

    def first(self, free: Bools, count: Int64) -> Bools:
        """The first ``count`` of the ``free`` rows of each group.

        >>> Segments(np.array([2, 3])).first(np.array([True, True, False, True, True]), np.array([1, 1])).tolist()
        [True, False, False, True, False]
        """
        before = np.cumsum(free)
        start = np.concatenate([np.zeros(1, dtype=np.int64), before])[self.starts]
        return free & (before <= self.rows(start + count))
