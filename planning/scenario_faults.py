"""What is wrong with a scenario: every mistake with its place, worded late in Chinese or English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.intervention import Place

MANY = 2000


@dataclass(frozen=True)
class Fault:
    """One mistake in a scenario, with its place where the scenario came from a file."""

    zh: str
    en: str
    place: Place | None = None
    path: str | None = None

    def message(self, lang: str) -> str:
        """``file, line 3, column 5: what is wrong``."""
        spot = [self.path] if self.path else []
        if self.place:
            line, column = self.place.line, self.place.column
            spot.append(f"第 {line} 行第 {column} 列" if lang == "zh" else f"line {line}, column {column}")
        text = self.zh if lang == "zh" else self.en
        comma, colon = ("，", "：") if lang == "zh" else (", ", ": ")
        return f"{comma.join(spot)}{colon}{text}" if spot else text

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        line, column = (self.place.line, self.place.column) if self.place else (None, None)
        return {"file": self.path, "line": line, "column": column, "message": self.en, "message_zh": self.zh}


class BadScenario(RequestError):
    """A scenario that cannot be used; ``faults`` holds every mistake, ``partial`` what could be read of it."""

    def __init__(self, faults: Sequence[Fault], partial: Any = None) -> None:
        self.faults, self.partial = list(faults), partial
        super().__init__(
            "bad_scenario",
            "\n".join(["情景有误：", *(f"  {fault.message('zh')}" for fault in self.faults)]),
            "\n".join(["the scenario cannot be used:", *(f"  {fault.message('en')}" for fault in self.faults)]),
            problems=[fault.to_json() for fault in self.faults],
        )


def nearest(name: str, names: Sequence[str]) -> tuple[str, str]:
    """What to say after an unknown name, (zh, en): the nearest right one, else all of them where they are few.

    >>> nearest("fount", ["found", "adopt"])
    ('，是不是 found？', '; did you mean found?')
    """
    if len(names) > MANY:  # comparing with a million ids takes minutes
        names = [other for other in names if other[:2] == name[:2] and abs(len(other) - len(name)) < 2][:MANY]
    near = get_close_matches(name, list(names), 1, 0.5)
    if near:
        return f"，是不是 {near[0]}？", f"; did you mean {near[0]}?"
    if 0 < len(names) <= 12:
        return f"；可用的有 {'、'.join(names)}", f"; there are {', '.join(names)}"
    return "", ""
