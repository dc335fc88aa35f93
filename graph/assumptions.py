"""The assumptions behind the metrics, all settable (model.md §2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from tiaokuai.graph.records import BLOCK_KINDS


class BadAssumption(ValueError):
    """An assumption that does not exist or cannot have that value."""


@dataclass(frozen=True)
class Assumptions:
    """Numbers taken for granted; ``staff_per_enterprise`` stands in for unknown head-counts ("about ten").

    >>> Assumptions.parse(["covered_from=0.9"]).covered_from
    0.9
    """

    staff_per_enterprise: int = 10
    line_capacity: int = 10
    hollow_below: float = 0.2
    covered_from: float = 0.8
    eligible_kinds: frozenset[str] = frozenset({"pilot", "mature"})

    def __post_init__(self) -> None:
        problems = []
        if not 0 <= self.staff_per_enterprise <= 100_000_000:
            problems.append("staff_per_enterprise must be a whole number from 0")
        if not 1 <= self.line_capacity <= 100_000_000:
            problems.append("line_capacity must be a whole number from 1")
        problems += [
            f"{name} must be a share from 0 to 1"
            for name in ("hollow_below", "covered_from")
            if not 0 <= getattr(self, name) <= 1
        ]
        if unknown := sorted(self.eligible_kinds - set(BLOCK_KINDS)):
            problems.append(f"eligible_kinds: {', '.join(unknown)} is not one of {', '.join(BLOCK_KINDS)}")
        if problems:
            raise BadAssumption("; ".join(problems))

    @classmethod
    def parse(cls, settings: Iterable[str]) -> Assumptions:
        """From ``key=value`` texts, as ``--set`` takes them; all mistakes are told at once."""
        changes: dict[str, Any] = {}
        problems = []
        for setting in settings:
            key, equals, text = setting.partition("=")
            try:
                changes[key.strip()] = _READ[key.strip()](text.strip())
            except KeyError:
                problems.append(f"no assumption is called {key.strip()!r}; there are {', '.join(_READ)}")
            except ValueError:
                problems.append(
                    f"{key.strip()}={text.strip()!r} is not a number" if equals else f"{key}: write {key}=value"
                )
        try:
            made = cls(**changes)
        except BadAssumption as bad:
            problems.append(str(bad))
        if problems:
            raise BadAssumption("; ".join(problems))
        return made

    def with_(self, **changes: Any) -> Assumptions:
        """The same with some of them changed."""
        return replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """As plain values, kinds sorted."""
        return {**asdict(self), "eligible_kinds": sorted(self.eligible_kinds)}


_READ: dict[str, Any] = {
    "staff_per_enterprise": int,
    "line_capacity": int,
    "hollow_below": float,
    "covered_from": float,
    "eligible_kinds": lambda text: frozenset(kind.strip() for kind in text.split(",") if kind.strip()),
}
