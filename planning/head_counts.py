"""Which imputed head-counts to find out first: how far the answer moves if they were not "about ten"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph import Snapshot
from tiaokuai.planning.schedule import Schedule
from tiaokuai.planning.state import State, start_state

BLOCKS, ENTERPRISES = 20, 20  # tried at most, those with the most imputed people first
KNOWN = 10  # head-counts from which on their own spread says what an unknown one may be


@dataclass(frozen=True)
class Check:
    """Something to find out: a rate, all imputed head-counts of a block, or that of one enterprise."""

    kind: str  # "rate", "block" or "enterprise"
    id: str
    block: str | None
    imputed: int
    low: float
    high: float
    answer_low: float
    answer_high: float

    @property
    def swing(self) -> float:
        """How far the answer moves."""
        return abs(self.answer_high - self.answer_low)

    def to_json(self) -> dict[str, Any]:
        """As a row of ``check_first``; ``low`` and ``high`` are the values tried."""
        row: dict[str, Any] = {"kind": self.kind, self.kind: self.id}
        if self.kind == "enterprise":
            row["block"] = self.block
        if self.kind == "block":
            row["imputed"] = self.imputed
        ends = {"answer_low": self.answer_low, "answer_high": self.answer_high}
        return {**row, "low": self.low, "high": self.high, **ends, "swing": self.swing}


def plausible(snapshot: Snapshot) -> tuple[int, int]:
    """What an unknown head-count may be: the known ones' 10 % and 90 % quantiles, or half and twice the assumption."""
    known = snapshot.staff[~snapshot.imputed]
    if len(known) >= KNOWN:
        low, high = np.quantile(known, (0.1, 0.9))
        return int(low), int(np.ceil(high))
    typical = snapshot.assumptions.staff_per_enterprise
    return typical // 2, 2 * typical


def check_head_counts(
    snapshot: Snapshot,
    start_reach: str,
    planned: Callable[[State], Schedule],
    answer: Callable[[Schedule], float],
) -> tuple[Check, ...]:
    """The answer with the imputed staff of each block, then of each enterprise of the first block, low and high."""
    if not snapshot.imputed.any():
        return ()
    low, high = plausible(snapshot)

    def at(rows: NDArray[np.int64], count: int) -> float:
        staff = snapshot.staff.copy()
        staff[rows] = count
        return answer(planned(start_state(replace(snapshot, staff=staff), start_reach)))

    def tried(kind: str, name: str, block: str | None, rows: NDArray[np.int64]) -> Check:
        return Check(kind, name, block, len(rows), low, high, at(rows, low), at(rows, high))

    imputed = np.flatnonzero(snapshot.imputed)
    count = np.bincount(snapshot.block[imputed], minlength=snapshot.blocks)
    blocks = [int(b) for b in np.argsort(-count, kind="stable")[:BLOCKS] if count[b]]
    ids = snapshot.block_ids
    found = [tried("block", ids[b], None, imputed[snapshot.block[imputed] == b]) for b in blocks]
    first = max(found, key=lambda each: each.swing)
    inside = imputed[snapshot.block[imputed] == ids.index(first.id)][:ENTERPRISES]
    names = snapshot.enterprise_ids
    return (*found, *(tried("enterprise", names[int(e)], first.id, np.array([e])) for e in inside))
