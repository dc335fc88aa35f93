"""The documents of the commands about what is, as ``--json`` prints them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tiaokuai.graph.errors import RequestError
from tiaokuai.web.frame import View

Document = Mapping[str, Any]
GROUPINGS = ("block", "district", "enterprise", "sector", "ownership")


def _coverage(view: View) -> Document:
    by = view.address.get("by", "block")
    if by not in GROUPINGS:
        raise RequestError("bad_grouping", "没有这种分组", "there is no such grouping")
    return view.holding.coverage(view.day, by)


def _explain(view: View) -> Document:
    return view.holding.explain(view.day, view.address.get("block"))


def _compare(view: View) -> Document:
    try:
        since = date.fromisoformat(view.address.get("since"))
    except ValueError:
        raise RequestError("bad_date", "请给出 since=日期", "say since which day: since=2025-12-31") from None
    return view.holding.compare(min(since, view.day), view.day)


# Command: its answer.
DOCUMENTS: dict[str, Callable[[View], Document]] = {
    "coverage": _coverage,
    "replication": lambda view: view.holding.replication(view.day),
    "gaps": lambda view: view.holding.gaps(view.day),
    "explain": _explain,
    "influence": lambda view: view.holding.influence(view.day),
    "fragility": lambda view: view.holding.fragility(view.day),
    "history": lambda view: view.holding.history(view.day),
    "compare": _compare,
}


def about(view: View) -> dict[str, Any]:
    """Date, audience, data and assumptions of a file."""
    return {
        "as_of": view.day.isoformat(),
        "audience": view.audience,
        "data": view.holding.network.fingerprint,
        "assumptions": view.holding.assumptions.to_json(),
    }


def one(view: View, name: str) -> str:
    """One document."""
    return _text(DOCUMENTS[name](view))


def every(view: View) -> str:
    """All of them, and coverage by other groups; ``explain`` and ``compare`` where the view names a block, a day."""
    asked = {"explain": "block", "compare": "since"}
    wanted = {name: make for name, make in DOCUMENTS.items() if name not in asked or view.address.get(asked[name])}
    found: dict[str, Any] = {"about": about(view), **{name: make(view) for name, make in wanted.items()}}
    for by in ("district", "sector", "ownership"):
        found[f"coverage_by_{by}"] = view.holding.coverage(view.day, by)
    return _text(found)


def _text(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, allow_nan=False, default=_plain)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)
