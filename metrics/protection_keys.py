"""Every key of every answer that its protection has been thought about; what is not here is withheld.

A rule says what becomes of the figures that it knows. One that somebody adds to an answer later would pass it
untouched, so that each has to be named here first, when it has been decided how it is protected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tiaokuai.metrics.coverage import FIGURES
from tiaokuai.metrics.protection_cells import UNKNOWN

# None: all that is in it; "*": any name.
Shape = dict[str, Any] | None


def _flat(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names)


_DAY = _flat("as_of", "assumptions")
_OVER = _flat("from", "to", "assumptions")
_GROUP = _flat("id", "name", "band", *FIGURES)
_BLOCKS = _flat("eligible", "founded", "founded_share", "replicas", "replication_share", "full_coverage")
_SERIES = {"*": _flat("mean", "p05", "p25", "p50", "p75", "p95")}
_SIDE = {**_flat("status", "fidelity", *FIGURES), **_BLOCKS}
_SIDES = {"before": _SIDE, "after": _SIDE, "change": _SIDE}
_RATE = _flat("value", "low", "high", "default", "events", "exposure", "learned", "note")
_PERIOD = {
    **_flat("period", "start", "budget", "carried", "cost", "lines_in_all"),
    "found": _flat("block", "source"),
    "lines": _flat("enterprise", "count"),
}

SHAPES: dict[str, Shape] = {
    "coverage": {**_DAY, "by": None, "rows": _GROUP, "total": _GROUP},
    "replication": {
        **_DAY,
        **_BLOCKS,
        **_flat("velocity_12m", "hollow", "orphans"),
        "rows": _flat(
            "id", "name", "kind", "status", "founded", "generation", "source", "fidelity", "fidelity_by_group",
            "copy_fidelity", "coverage", "line_share", "descendants", "descendant_reach",
        ),
    },
    "gaps": {
        **_flat("as_of", "staff_out_of_reach", "missing_lines", "blocks_to_found"),
        "rows": _flat("enterprise", "block", "staff", "lines", "gain", "missing_lines"),
    },
    "explain": {
        **_DAY,
        **_flat("block", "name", "kind", "eligible", "status", "founded", "source", "rule"),
        "figures": _flat("fidelity", *FIGURES),
        "changes": _flat("to", "lines", "staff", "found", "components"),
    },
    "influence": {
        **_DAY,
        "blocks": _flat("id", "name", "descendants", "reached", "descendant_reach"),
        "components": _flat(
            "component", "group", "derived", "blocks_with", "blocks_without", "line_share_with", "line_share_without",
            "difference", "difference_founded",
        ),
        "lines": None,
    },
    "fragility": {
        **_DAY,
        **_flat("reached", "on_one_backbone", "share", "coverage"),
        "worst_losses": _flat("lines", "reach_lost", "coverage"),
        "after_a_year": _flat("backbone_turnover", "member_turnover", "reached", "coverage"),
        "rows": _flat(
            "id", "name", "reached", "on_one_backbone", "share", "enterprises_on_one_backbone", "coverage",
            "expected_coverage",
        ),
    },
    "history": {
        **_OVER,
        "step": None,
        "rows": {**_BLOCKS, **_flat("date", "velocity_12m", "hollow", "hollow_share", *FIGURES)},
    },
    "compare": {**_OVER, "rows": {"id": None, "name": None, **_SIDES}, "total": _SIDES},
    "check": {
        "ok": None,
        "rows": None,
        "problems": _flat("severity", "code", "table", "file", "row", "column", "value", "message"),
    },
    "simulate": {
        **_flat("start", "months", "runs", "seed", "engine", "rates", "precision", "warnings", "imputed_start"),
        "scenarios": {"name": None, "cost": None, "series": _SERIES, "time_to": None},
        "differences": {
            **_flat("scenario", "against", "links"),
            "series": _SERIES,
            "blocks": _flat("block", "reached", "share", "first_month", "direct"),
        },
    },
    "calibrate": {**_flat("as_of", "from", "to", "log_likelihood"), "rates": {"*": _RATE}},
    "sensitivity": {
        **_flat("metric", "scenario", "start", "months", "engine", "seed", "points", "answer", "words", "warnings"),
        **_flat("check_first", "imputed_start"),
        "rows": _flat(
            "rate", "low", "high", "value", "answer_low", "answer_high", "swing", "mu_star", "sigma", "first",
            "first_error", "total", "total_error",
        ),
    },
    "plan": {
        **_flat("status", "objective", "bound", "gap", "cost", "seconds", "relax", "aim", "stopped", "imputed_start"),
        **_flat("expected", "robust", "alternatives", "done_periods", "why_not", "must_could_never"),
        "periods": _PERIOD,
    },
    "export": _flat("out", "audience", "rows"),
    "report": _flat("report", "as_of", "for", "bytes"),
    "figure": _flat("figure", "path", "title", "alt"),
    "serve": _flat("stopped", "address"),
    "demo": _flat("data", "report", "opened"),
    "new": _flat("file", "lang"),
    "generate": _flat("folder", "seed", "rows"),
    "user": _flat("name", "role", "file", "new", "removed"),
    "users": _flat("users"),
}  # fmt: skip


def registered(value: Any, shape: Shape) -> Any:
    """The value with every key withheld that the shape does not name.

    >>> registered({"id": "B", "ages": [31, 44]}, {"id": None})
    {'id': 'B', 'ages': {'suppressed': 'not_registered'}}
    """
    if shape is None:
        return value
    if isinstance(value, Mapping):
        if "suppressed" in value or _known(value, shape):
            return value
        return {name: _one(name, each, shape) for name, each in value.items()}
    return [registered(each, shape) for each in value] if isinstance(value, list | tuple) else value


def _known(value: Mapping[str, Any], shape: dict[str, Any]) -> bool:
    """Whether there is nothing to look into: rows are many, and flat."""
    return value.keys() <= shape.keys() and not any(shape[name] for name in value)


def _one(name: str, value: Any, shape: dict[str, Any]) -> Any:
    if name in shape:
        return registered(value, shape[name])
    return registered(value, shape["*"]) if "*" in shape else dict(UNKNOWN)


def unregistered(value: Any, shape: Shape, path: str = "") -> Iterable[str]:
    """Paths of the keys that the shape does not name, for the test that asks for them."""
    if shape is None:
        return
    if isinstance(value, Mapping):
        for name, each in value.items():
            if name in shape or "*" in shape:
                yield from unregistered(each, shape.get(name, shape.get("*")), f"{path}.{name}")
            else:
                yield f"{path}.{name}"
    elif isinstance(value, list | tuple):
        for each in value:
            yield from unregistered(each, shape, path)
