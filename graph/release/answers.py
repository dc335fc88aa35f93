"""What an answer computed from a release says of it, and the figures that it may not claim to know.

Answers are plain documents, so this is the one place where they meet a release: below it, nothing knows of any.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tiaokuai.graph.release.note import Release

Document = Mapping[str, Any]
UNKNOWN = ("members", "realisation")  # of single enterprises: their members are told by pool
READERS = {"steward": ("管理者", "steward"), "planner": ("规划者", "planner"), "public": ("公众", "public")}
ESTIMATED_ENTERPRISES = (
    "缺的线大多在线数合并公布的企业：具体开在哪家企业是推算的。",
    "Most missing lines are at enterprises whose lines are told together: which enterprise is an estimate.",
)


def readers(released: Release | None) -> tuple[str, str]:
    """Whom an answer is for, in Chinese and in English; without a release it is the steward of the data.

    >>> readers(None)[1]
    'steward'
    """
    return READERS["steward" if released is None else released.audience]


def annotate(document: Document, released: Release, day: date) -> dict[str, Any]:
    """The document with ``release`` in it; ``day`` is that of the question where the document has none of its own.

    Rows of single enterprises lose their members: within a pool only the sum is told.

    >>> note = Release("planner", (date(2026, 1, 1),), "0" * 16, {"lines": (), "members": (("B1",),)}, 0)
    >>> rows = [{"id": "E1", "members": 3, "realisation": 0.5, "reached": 6}]
    >>> found = annotate({"as_of": "2026-02-01", "by": "enterprise", "rows": rows}, note, date(2026, 2, 1))
    >>> found["rows"], found["release"]["step"]
    ([{'id': 'E1', 'members': None, 'realisation': None, 'reached': 6}], '2026-01-01')
    """
    found = dict(document)
    if "enterprise" in _groupings(document.get("by")):
        blank = dict.fromkeys(UNKNOWN)
        found["rows"] = [{**row, **{name: blank[name] for name in UNKNOWN if name in row}} for row in document["rows"]]
    return {**found, "release": released.document(_day(document, day))}


def plan_warnings(released: Release | None, missing_at_small: float) -> list[dict[str, str]]:
    """What a plan made on a release has to say, as ``warnings`` of a document: whether its enterprises are estimates.

    ``missing_at_small`` is the share of missing lines at enterprises of fewer than 5 known staff.

    >>> note = Release("planner", (date(2026, 1, 1),), "0" * 16, {"lines": (), "members": ()}, 0)
    >>> len(plan_warnings(note, 0.4)), len(plan_warnings(note, 0.6)), plan_warnings(None, 0.6)
    (0, 1, [])
    """
    if released is None or (released.audience == "planner" and missing_at_small <= 0.5):
        return []
    zh, en = ESTIMATED_ENTERPRISES
    return [{"zh": zh, "en": en}]


def is_estimate(row: Document, released: Release, by: str = "block") -> bool:
    """Whether the figures of a row are estimates: an enterprise's, or those of a block that shares a pool."""
    return by == "enterprise" or (by == "block" and row.get("id") in released.shared)


def _groupings(by: Any) -> list[str]:
    return [part.strip() for part in by.split(",")] if isinstance(by, str) else list(by or ())


def _day(document: Document, day: date) -> date:
    """The last day that a document tells of."""
    first: Document = next(iter(document.get("periods") or ()), {})
    days = (document.get("as_of"), document.get("to"), document.get("start"), first.get("start"))
    text = next((each for each in days if isinstance(each, str)), day.isoformat())
    return date.fromisoformat(text if len(text) > len("2026-01") else f"{text}-01")
