"""A network that the desk answers from, and the answers it remembers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tiaokuai.graph import Assumptions, Network, Snapshot
from tiaokuai.graph.release.answers import annotate
from tiaokuai.web.memory import Memory

Document = Mapping[str, Any]
REMEMBERED = 400  # answers of a small data set
ROWS = 250_000  # of blocks in all answers that are remembered; those about every enterprise are kept by twos


@dataclass
class Holding:
    """One network, the data or a release of them, with a memory of its own: nobody is answered from another's.

    ``name`` is that of the data set as people see it.
    """

    name: str
    network: Network
    assumptions: Assumptions = field(default_factory=Assumptions)
    memory: Memory = field(init=False)
    large: Memory = field(default_factory=lambda: Memory(2))
    snapshots: Memory = field(default_factory=lambda: Memory(16))

    def __post_init__(self) -> None:
        self.memory = Memory(max(12, min(REMEMBERED, ROWS // (self.network["blocks"].height + 1))))

    def snapshot(self, day: date) -> Snapshot:
        """The network on a day."""
        found: Snapshot = self.snapshots.get(day, lambda: self.network.as_of(day, self.assumptions))
        return found

    def answer(
        self, kind: str, key: Hashable, day: date, make: Callable[[], Document], large: bool = False
    ) -> Document:
        """The document of ``make``, remembered; one computed from a release says so."""

        def make_annotated() -> Document:
            released = self.network.released
            return make() if released is None else annotate(make(), released, day)

        found: Document = (self.large if large else self.memory).get((kind, key), make_annotated)
        return found

    def coverage(self, day: date, by: str) -> Document:
        """The document ``coverage``."""
        from tiaokuai.metrics.documents import coverage_document

        many = by == "enterprise"
        return self.answer("coverage", (day, by), day, lambda: coverage_document(self.snapshot(day), by), many)

    def replication(self, day: date) -> Document:
        """The document ``replication``."""
        from tiaokuai.metrics.documents import replication_document

        return self.answer("replication", day, day, lambda: replication_document(self.snapshot(day)))

    def gaps(self, day: date) -> Document:
        """The document ``gaps``, all rows."""
        from tiaokuai.metrics.documents import gaps_document

        return self.answer("gaps", day, day, lambda: gaps_document(self.snapshot(day)), large=True)

    def explain(self, day: date, block: str) -> Document:
        """The document ``explain``; RequestError for a block that does not exist."""
        from tiaokuai.metrics.documents import explain_document

        return self.answer("explain", (day, block), day, lambda: explain_document(self.snapshot(day), block))

    def influence(self, day: date) -> Document:
        """The document ``influence``, all rows."""
        from tiaokuai.metrics.documents import influence_document

        return self.answer("influence", day, day, lambda: influence_document(self.snapshot(day)))

    def fragility(self, day: date) -> Document:
        """The document ``fragility``, all rows."""
        from tiaokuai.metrics.documents import fragility_document

        return self.answer("fragility", day, day, lambda: fragility_document(self.snapshot(day)))

    def compare(self, first: date, last: date) -> Document:
        """The document ``compare`` of two days."""
        from tiaokuai.metrics.documents import compare_document

        return self.answer(
            "compare",
            (first, last),
            last,
            lambda: compare_document(self.network, first, last, self.assumptions),
            large=True,
        )

    def history(self, last: date, step: str = "month") -> Document:
        """The document ``history`` from the first event on."""
        from tiaokuai.metrics.documents import history_document

        return self.answer(
            "history", (last, step), last, lambda: history_document(self.network, step, None, last, self.assumptions)
        )
