"""What a picture or a page that is passed on carries: its day, data and assumptions, in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tiaokuai.graph import Network
from tiaokuai.viz.text import Text

KINDS = {"pilot": ("试点", "pilot"), "mature": ("成熟", "mature"), "emerging": ("新兴", "emerging")}
_KNOWN = {
    "staff_per_enterprise": ("人数不详的企业按 {} 人", "{} staff where unknown"),
    "line_capacity": ("一条线 {} 人", "{} people a line"),
    "hollow_below": ("有线企业不足 {} 为空心", "hollow below {} of enterprises with a line"),
    "covered_from": ("覆盖率满 {} 为已覆盖", "covered from {}"),
    "eligible_kinds": ("应建块：{}", "blocks to found: {}"),
}


def assumed(settings: Mapping[str, Any], lang: str) -> str:
    """The assumptions in a few words.

    >>> assumed({"line_capacity": 10, "covered_from": 0.8, "eligible_kinds": ["pilot"]}, "en")
    '10 people a line; covered from 80%; blocks to found: pilot'
    """
    t, told = Text(lang), []
    for key, value in settings.items():
        if isinstance(value, list):
            text = t("、", ", ").join(t(*KINDS.get(each, (each, each))) for each in value)
        else:
            text = f"{100 * value:.10g}%" if isinstance(value, float) else t.number(value)
        told.append(t(*(each.format(text) for each in _KNOWN.get(key, (f"{key} {{}}",) * 2))))
    return t(";", "; ").join(told)


def release_notes(network: Network | None, lang: str) -> tuple[str, ...]:
    """The sentence that figures of a release carry; nothing for the data.

    >>> import tiaokuai as tk
    >>> network = tk.generate(blocks=3, enterprises=30, seed=1)
    >>> len(release_notes(network, "en")), len(release_notes(network.release(key=b"k" * 32), "en"))
    (0, 1)
    """
    return () if network is None or network.released is None else (network.released.sentence(lang),)


def stamp(parts: list[tuple[str, str]], settings: Mapping[str, Any], lang: str, notes: Sequence[str] = ()) -> str:
    """One line: the parts, each (what, value), the assumptions, and the notes.

    >>> stamp([("as of", "30 Jun 2026"), ("data", "1f2e")], {"line_capacity": 10}, "en")
    'as of 30 Jun 2026 · data 1f2e · assumptions: 10 people a line'
    """
    t = Text(lang)
    return " · ".join(
        [*(f"{what} {value}" for what, value in parts), t("假设：", "assumptions: ") + assumed(settings, lang), *notes]
    )
