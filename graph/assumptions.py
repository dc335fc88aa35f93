"""The assumptions behind the metrics, all settable (model.md §2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from tiaokuai.graph.records import BLOCK_KINDS


class BadAssumption(ValueError):
    """An assumption that does not exist or cannot have that value; ``faults`` are all of them in both languages.

    >>> BadAssumption([("应为整数", "must be whole")]).message("zh")
    '应为整数'
    """

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(en for _, en in faults))
        self.faults = list(faults)

    def message(self, lang: str) -> str:
        """One sentence in ``lang``, ``zh`` or ``en``."""
        return "；".join(zh for zh, _ in self.faults) if lang == "zh" else str(self)


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
        faults = []
        if not 0 <= self.staff_per_enterprise <= 100_000_000:
            faults.append(
                ("staff_per_enterprise 应为不小于 0 的整数", "staff_per_enterprise must be a whole number from 0")
            )
        if not 1 <= self.line_capacity <= 100_000_000:
            faults.append(("line_capacity 应为不小于 1 的整数", "line_capacity must be a whole number from 1"))
        faults += [
            (f"{name} 应为 0 至 1 的占比", f"{name} must be a share from 0 to 1")
            for name in ("hollow_below", "covered_from")
            if not 0 <= getattr(self, name) <= 1
        ]
        if unknown := ", ".join(sorted(self.eligible_kinds - set(BLOCK_KINDS))):
            kinds = ", ".join(BLOCK_KINDS)
            zh, en = f"{unknown} 不在 {kinds} 之中", f"{unknown} is not one of {kinds}"
            faults.append((f"eligible_kinds：{zh}", f"eligible_kinds: {en}"))
        if faults:
            raise BadAssumption(faults)

    @classmethod
    def parse(cls, settings: Iterable[str]) -> Assumptions:
        """From ``key=value`` texts, as ``--set`` takes them; all mistakes are told at once."""
        changes: dict[str, Any] = {}
        faults = []
        for setting in settings:
            key, equals, text = (part.strip() for part in setting.partition("="))
            try:
                changes[key] = _READ[key](text)
            except KeyError:
                there = ", ".join(_READ)
                faults.append((f"没有假设 {key}，可用 {there}", f"no assumption is called {key!r}; there are {there}"))
            except ValueError:
                faults.append(
                    (f"{key}：“{text}”不是可用的数字", f"{key}={text!r} is not a number")
                    if equals
                    else (f"{key}：请写成 {key}=值", f"{key}: write {key}=value")
                )
        try:
            made = cls(**changes)
        except BadAssumption as bad:
            faults += bad.faults
        if faults:
            raise BadAssumption(faults)
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
