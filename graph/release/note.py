"""What a network that is a release says of itself, in figures, in words and in files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from tiaokuai.graph.values import MAX_COUNT

AUDIENCES = ("steward", "planner", "public")
READERS = AUDIENCES[1:]
MEASURES = ("lines", "members")

_STEPS = {"planner": ("季度", "quarter"), "public": ("年", "year")}


class BadRelease(ValueError):
    """What is not the note of a release; the message names the first entry at fault."""


@dataclass(frozen=True)
class Release:
    """For whom a network was released, and how (release.md).

    ``steps`` are the days as of which members and lines are told, ``base`` a fingerprint of what is told, ``pools`` the
    ids of the blocks that each pool of a measure covers, ``without_staff`` how many enterprises have no staff,
    ``line_capacity`` how many people a pooled line is told to reach.
    """

    audience: str
    steps: tuple[date, ...]
    base: str
    pools: Mapping[str, tuple[tuple[str, ...], ...]]
    without_staff: int
    line_capacity: int = 10

    @cached_property
    def shared(self) -> frozenset[str]:
        """Ids of the blocks whose members are told together with another block's: their own figure is an estimate."""
        return frozenset(block for pool in self.pools["members"] if len(pool) > 1 for block in pool)

    @property
    def pooled(self) -> list[str]:
        """The measures that are told by pool: ``lines`` and ``members``, where there are any pools."""
        return [measure for measure in MEASURES if self.pools[measure]]

    def step(self, as_of: date) -> date | None:
        """The step that an answer as of a day speaks of; None before the first."""
        return max((step for step in self.steps if step <= as_of), default=None)

    def document(self, as_of: date) -> dict[str, Any]:
        """What every answer computed from the release carries (contracts.md)."""
        step = self.step(as_of)
        return {
            "audience": self.audience,
            "step": None if step is None else step.isoformat(),
            "base": self.base,
            "pooled": self.pooled,
        }

    def sentence(self, lang: str) -> str:
        """The one sentence below tables and pictures.

        >>> note = Release("planner", (date(2026, 1, 1),), "0" * 16, {"lines": (), "members": (("B1",),)}, 0)
        >>> note.sentence("en")
        'Members are told in fives by block, as of the first of a quarter'
        """
        return _zh(self) if lang == "zh" else _en(self)

    def to_dict(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "audience": self.audience,
            "steps": [step.isoformat() for step in self.steps],
            "base": self.base,
            "pools": {measure: [list(pool) for pool in self.pools[measure]] for measure in MEASURES},
            "without_staff": self.without_staff,
            "line_capacity": self.line_capacity,
        }

    @classmethod
    def from_dict(cls, note: Any) -> Release:
        """The inverse of :meth:`to_dict`.

        Raises BadRelease for anything that :meth:`to_dict` would not write.

        >>> Release.from_dict({"audience": "nobody"})
        Traceback (most recent call last):
        tiaokuai.graph.release.note.BadRelease: audience
        """
        entries = note if isinstance(note, Mapping) else {}
        for name, right in _ENTRIES.items():
            if not right(entries.get(name)):
                raise BadRelease(name)
        pools = {measure: tuple(map(tuple, entries["pools"][measure])) for measure in MEASURES}
        steps = tuple(map(date.fromisoformat, entries["steps"]))
        numbers = entries["without_staff"], entries["line_capacity"]
        return cls(entries["audience"], steps, entries["base"], pools, *numbers)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_COUNT


def _is_day(text: Any) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _are_steps(steps: Any) -> bool:
    return isinstance(steps, list) and bool(steps) and all(map(_is_day, steps)) and sorted(set(steps)) == steps


def _are_pools(pools: Any) -> bool:
    def blocks(pool: Any) -> bool:
        return isinstance(pool, list) and bool(pool) and all(isinstance(block, str) for block in pool)

    if not isinstance(pools, Mapping) or set(pools) != set(MEASURES):
        return False
    return all(isinstance(found, list) and all(map(blocks, found)) for found in pools.values())


_ENTRIES: dict[str, Callable[[Any], bool]] = {
    "audience": lambda value: value in READERS,
    "steps": _are_steps,
    "base": lambda value: isinstance(value, str) and len(value) == 16,
    "pools": _are_pools,
    "without_staff": lambda value: _is_count(value),
    "line_capacity": lambda value: _is_count(value) and value > 0,
}


def _zh(note: Release) -> str:
    what = "会员数按块、以五为单位公布" if note.audience == "planner" else "会员数和线数按块、以五为单位公布"
    text = f"{what}，截至每{_STEPS[note.audience][0]}的第一天"
    if not note.without_staff:
        return text
    return f"{text}；{note.without_staff:,} 家企业没有填人数，其周围的数字偏低"


def _en(note: Release) -> str:
    what = "Members are" if note.audience == "planner" else "Members and lines are"
    text = f"{what} told in fives by block, as of the first of a {_STEPS[note.audience][1]}"
    if not note.without_staff:
        return text
    have, it = ("enterprise has", "it") if note.without_staff == 1 else ("enterprises have", "them")
    return f"{text}; {note.without_staff:,} {have} no staff: figures around {it} are told low"
