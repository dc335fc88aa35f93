"""What each audience may know (protection.md): every answer passes through :func:`protect` on its way out.

:data:`KINDS` says of every kind of answer how it is protected; one that is not in it is withheld as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tiaokuai.graph import Network
from tiaokuai.metrics import protection_forecasts as forecasts
from tiaokuai.metrics import protection_learned as learned
from tiaokuai.metrics import protection_time as time
from tiaokuai.metrics import protection_where as where
from tiaokuai.metrics import protection_why as why
from tiaokuai.metrics.evidence import Cut
from tiaokuai.metrics.protection_cells import STEWARD, UNKNOWN
from tiaokuai.metrics.protection_keys import SHAPES, registered
from tiaokuai.metrics.protection_release import release_days
from tiaokuai.metrics.protection_rows import evidence

Document = Mapping[str, Any]
Rule = Callable[[Document, str], Document]

LISTS = ("rows", "blocks", "components")  # what --top cuts
AUDIENCES = ("steward", "planner", "public")


def _open(document: Document, audience: str) -> Document:
    """Nothing in it is about the people of the data: paths, addresses, what a command did."""
    return document


def _steward(document: Document, audience: str) -> Document:
    return dict(STEWARD)


KINDS: dict[str, Rule] = {
    "coverage": where.coverage,
    "replication": where.replication,
    "gaps": where.gaps,
    "explain": why.explain,
    "influence": why.influence,
    "fragility": why.fragility,
    "history": time.history,
    "compare": time.compare,
    "check": time.check,
    "simulate": forecasts.simulate,
    "calibrate": learned.calibrate,
    "backtest": _steward,
    "grade": _steward,
    "sensitivity": forecasts.sensitivity,
    "plan": forecasts.plan,
    "erase": _steward,
    "pseudonymise": _steward,
    "privacy": _steward,
    "neo4j_push": _steward,
    "neo4j_pull": _steward,
    "neo4j_status": _steward,
    "neo4j_map": _steward,
    "export": _open,
    "report": _open,
    "figure": _open,
    "serve": _open,
    "demo": _open,
    "new": _open,
    "generate": _open,
    "user": _open,
    "users": _open,
}


def protect(kind: str, document: Document, audience: str) -> Document:
    """The document as the audience may see it; what is withheld is ``{"suppressed": reason}`` in its place.

    The steward sees everything. A document that has lost its evidence (:mod:`tiaokuai.metrics.evidence`) keeps no
    figure that a person is behind; a kind that is not registered is withheld as a whole, and so is every key of one
    that :mod:`tiaokuai.metrics.protection_keys` does not name.

    >>> protect("a new answer", {"members": 3}, "planner")
    {'suppressed': 'not_registered'}
    """
    if audience not in AUDIENCES:
        raise ValueError(f"audience is one of {', '.join(AUDIENCES)}, not {audience!r}")
    if audience == "steward":
        return document
    if kind not in KINDS:
        return dict(UNKNOWN)
    cut = next((each for each in evidence(document) if isinstance(each, Cut)), None)
    told = KINDS[kind](document if cut is None else cut.whole(), audience)
    if cut is not None:
        told = {
            name: each[: cut.top] if name in LISTS and isinstance(each, list) else each for name, each in told.items()
        }
    made: Document = registered(told, SHAPES.get(kind, {}))
    return made


def release_day(network: Network, day: date, audience: str) -> date:
    """The last day up to ``day`` that the audience may know about: any for the steward, quarters, or years' ends."""
    return day if audience == "steward" else release_days(network, day, audience)[-1]
