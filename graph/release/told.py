"""What is told of enterprises, at one step and as rows of the table `counts`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph.codes import Int32, Int64
from tiaokuai.graph.snapshot import Bools


@dataclass(frozen=True)
class Told:
    """Members, lines and capacity of enterprises."""

    members: Int64
    lines: Int64
    capacity: Int64

    @classmethod
    def nothing(cls, enterprises: int) -> Told:
        """Of so many enterprises, 0 each."""
        return cls(*(np.zeros(enterprises, dtype=np.int64) for _ in range(3)))

    def at(self, rows: NDArray[np.intp] | Int32) -> Told:
        """The same of some enterprises."""
        return Told(self.members[rows], self.lines[rows], self.capacity[rows])

    def differs(self, other: Told) -> Bools:
        """Where any of the three is another."""
        differs: Bools = self.members != other.members
        differs |= self.lines != other.lines
        differs |= self.capacity != other.capacity
        return differs


@dataclass(frozen=True)
class Rows:
    """Rows of the table `counts`: an enterprise by its place among the ids, a day, and what is told from it on."""

    enterprise: Int32
    day: Int32
    told: Told

    @classmethod
    def join(cls, parts: Sequence[Rows]) -> Rows:
        """All rows, one part after another."""
        return cls(
            np.concatenate([np.zeros(0, dtype=np.int32), *(part.enterprise for part in parts)]),
            np.concatenate([np.zeros(0, dtype=np.int32), *(part.day for part in parts)]),
            Told(
                np.concatenate([np.zeros(0, dtype=np.int64), *(part.told.members for part in parts)]),
                np.concatenate([np.zeros(0, dtype=np.int64), *(part.told.lines for part in parts)]),
                np.concatenate([np.zeros(0, dtype=np.int64), *(part.told.capacity for part in parts)]),
            ),
        )

    def digest(self) -> int:
        """A number of 64 bits that the rows make in whatever order they stand."""
        mixed = np.zeros(len(self.day), dtype=np.uint64)
        for values in (self.enterprise, self.day, self.told.members, self.told.lines, self.told.capacity):
            mixed = _mix(mixed ^ values.astype(np.uint64))
        return int(mixed.sum(dtype=np.uint64))


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's scrambler (Steele, Lea, Flood 2014)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
