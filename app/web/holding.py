"""A data set that the desk answers from, and the answers it remembers, each already protected for its audience."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tiaokuai.graph import Assumptions, Network, Snapshot
from tiaokuai.metrics.protection import protect, release_day
from tiaokuai.metrics.protection_told import told_day

Document = Mapping[str, Any]
REMEMBERED = 400  # answers of a small data set
ROWS = 250_000  # of blocks in all answers that are remembered; those about every enterprise are kept by twos


class Memory:
    """The last results by key, at ``most`` so many; two who ask the same at once compute it once."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock, self.most = threading.Lock(), most

    def __contains__(self, key: Hashable) -> bool:
        with self._lock:
            return key in self._kept

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What is remembered under ``key``, made first where it is not."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            mine = self._making.setdefault(key, threading.Lock())
        with mine:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            made = make()
            with self._lock:
                self._kept[key] = made
                self._making.pop(key, None)
                while len(self._kept) > self.most:
                    self._kept.popitem(last=False)
        return made


@dataclass
class Holding:
    """One data set: ``name`` as people see it, the network, and where it may be read again from (None: an upload)."""

    name: str
    network: Network
    assumptions: Assumptions = field(default_factory=Assumptions)
    source: str | None = None
    mapping: Path | None = None  # of a database that others filled
    last: date | None = None  # what counts as today; None: the day itself
    memory: Memory = field(init=False)
    large: Memory = field(default_factory=lambda: Memory(2))
    snapshots: Memory = field(default_factory=lambda: Memory(16))

    def __post_init__(self) -> None:
        self.memory = Memory(max(12, min(REMEMBERED, ROWS // (self.network["blocks"].height + 1))))

    @property
    def today(self) -> date:
        """The day shown where none is asked for, and the last one that the date slider has."""
        return self.last or date.today()

    def released(self, day: date, audience: str) -> date:
        """The last day up to ``day`` that the audience may know about."""
        key = ("released", day, audience)
        found: date = self.memory.get(key, lambda: release_day(self.network, day, audience))
        return found

    def snapshot(self, day: date) -> Snapshot:
        """The network on a day."""
        found: Snapshot = self.snapshots.get(("snapshot", day), lambda: self.network.as_of(day, self.assumptions))
        return found

    def begun(self, day: date, audience: str) -> Snapshot:
        """What forecasts and plans begin with: the day as the audience knows it."""
        return told_day(self.snapshot(day), audience)

    def answer(
        self, kind: str, key: Hashable, audience: str, make: Callable[[], Document], large: bool = False
    ) -> Document:
        """The document of ``make``, protected; the only way for a figure to leave this module."""
        memory = self.large if large else self.memory
        found: Document = memory.get((kind, key, audience), lambda: protect(kind, make(), audience))
        return found

    def coverage(self, day: date, by: str, audience: str) -> Document:
        """The document ``coverage``."""
        from tiaokuai.metrics.documents import coverage_document

        return self.answer(
            "coverage", (day, by), audience, lambda: coverage_document(self.snapshot(day), by), by == "enterprise"
        )

    def replication(self, day: date, audience: str) -> Document:
        """The document ``replication``."""
        from tiaokuai.metrics.documents import replication_document

        return self.answer("replication", day, audience, lambda: replication_document(self.snapshot(day)))

    def gaps(self, day: date, audience: str) -> Document:
        """The document ``gaps``, all rows."""
        from tiaokuai.metrics.documents import gaps_document

        return self.answer("gaps", day, audience, lambda: gaps_document(self.snapshot(day)), large=True)

    def explain(self, day: date, block: str, audience: str) -> Document:
        """The document ``explain``; RequestError for a block that does not exist."""
        from tiaokuai.metrics.documents import explain_document

        return self.answer("explain", (day, block), audience, lambda: explain_document(self.snapshot(day), block))

    def influence(self, day: date, audience: str) -> Document:
        """The document ``influence``, all rows."""
        from tiaokuai.metrics.documents import influence_document

        return self.answer("influence", day, audience, lambda: influence_document(self.snapshot(day)))

    def fragility(self, day: date, audience: str) -> Document:
        """The document ``fragility``, all rows."""
        from tiaokuai.metrics.documents import fragility_document

        return self.answer("fragility", day, audience, lambda: fragility_document(self.snapshot(day)))

    def compare(self, first: date, last: date, audience: str) -> Document:
        """The document ``compare`` of two days that the audience may know about."""
        from tiaokuai.metrics.documents import compare_document

        days = self.released(first, audience), self.released(last, audience)
        return self.answer(
            "compare", days, audience, lambda: compare_document(self.network, *days, self.assumptions), large=True
        )

    def history(self, last: date, audience: str, step: str = "month") -> Document:
        """The document ``history`` from the first event on."""
        from tiaokuai.metrics.documents import history_document

        return self.answer(
            "history",
            (last, step),
            audience,
            lambda: history_document(self.network, step, None, last, self.assumptions),
        )
