"""The file of ``report --plan``: a scenario that ``plan --out`` wrote, or the document of ``plan --json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiaokuai.files.limits import small_text

if TYPE_CHECKING:
    from tiaokuai.planning.intervention import Costs
    from tiaokuai.planning.scenario import Scenario


def read_plan(path: Path) -> tuple[dict[str, Any], Scenario]:
    """The plan as the document of contracts.md and as a scenario.

    Raises BadScenario with every mistake of the file, RequestError where it holds no plan, OSError.
    """
    from tiaokuai.planning.scenario import Scenario

    document = _document(path)
    if document is not None:
        return document, _scenario(document, path)
    scenario = Scenario.read(path)
    return _board(scenario), scenario


def _document(path: Path) -> dict[str, Any] | None:
    """The document of ``plan --json``; None where the file is something else."""
    try:
        found = json.loads(small_text(path))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and "periods" in found else None


def _scenario(document: Mapping[str, Any], path: Path) -> Scenario:
    from tiaokuai.graph.errors import RequestError
    from tiaokuai.planning.intervention import Costs, Intervention
    from tiaokuai.planning.scenario import Scenario

    made = []
    try:
        for period in document["periods"]:
            at = str(period["start"])
            made += [
                Intervention("found", at, block=str(each["block"]), source=each.get("source"))
                for each in period["found"]
            ]
            made += [
                Intervention("add_backbones", at, enterprise=str(each["enterprise"]), count=int(each["count"]))
                for each in period["lines"]
            ]
    except (KeyError, TypeError, ValueError, AttributeError):
        zh, en = f"{path}：不是 plan --json 写出的计划", f"{path} is not a plan as plan --json writes it"
        raise RequestError("bad_plan", zh, en, path=str(path)) from None
    return Scenario(path.stem, costs=Costs(), interventions=tuple(made))


def _board(scenario: Scenario) -> dict[str, Any]:
    """What a scenario does in each of its months, as a plan that nobody has proven anything about."""
    from tiaokuai.planning.months import month_text

    periods: dict[int, dict[str, Any]] = {}
    for number, item in scenario.applications():
        period = periods.setdefault(number, {"found": [], "lines": [], "cost": 0.0})
        count = item.count or 1
        if item.do == "found":
            period["found"].append({"block": item.block, "source": item.source})
        elif item.do == "add_backbones" and item.enterprise is not None:
            period["lines"].append({"enterprise": item.enterprise, "count": count})
        period["cost"] += _cost(scenario.costs, item.do, count) if item.cost is None else item.cost
    return {
        "status": "given",
        "objective": None,
        "bound": None,
        "gap": None,
        "cost": sum(period["cost"] for period in periods.values()),
        "seconds": None,
        "periods": [
            {"period": at, "start": month_text(number), "budget": None, "carried": None, **periods[number]}
            for at, number in enumerate(sorted(periods), 1)
        ],
        "relax": [],
    }


def _cost(costs: Costs, do: str, count: int) -> float:
    return {"found": costs.found, "add_backbones": costs.line * count, "enrol": costs.enrol * count}.get(do, 0.0)
