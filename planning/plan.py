"""What next: plans with a proven bound (model.md §4, contracts.md "Plan: what it means")."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from tiaokuai.graph import Assumptions, Network, Snapshot
from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.intervention import Costs
from tiaokuai.planning.months import first_day
from tiaokuai.planning.plan_check import WrongPlan, check
from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_document import MONEY, Steps, periods_of, scenario_of, steps, value_of
from tiaokuai.planning.plan_lines import Valued
from tiaokuai.planning.plan_model import linear
from tiaokuai.planning.plan_question import GAP, SECONDS, Question, question
from tiaokuai.planning.plan_relax import relaxations
from tiaokuai.planning.plan_solve import Found, solve
from tiaokuai.planning.plan_wishes import Wishes
from tiaokuai.planning.running import Progress
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.simulate import first_month as month_of_start


@dataclass(frozen=True)
class Plan:
    """A plan: ``document()`` in the shape of contracts.md, ``scenario()`` for the simulator.

    ``found`` is what the solver knows of it; None of that is needed to read the plan.
    """

    question: Question
    steps: Steps | None
    found: Found
    seconds: float
    stopped: bool = False
    relax: tuple[Mapping[str, Any], ...] = ()
    name: str = "plan"
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def feasible(self) -> bool:
        """Whether there is a plan."""
        return self.steps is not None

    def document(self) -> dict[str, Any]:
        """The JSON document ``plan`` of contracts.md."""
        q = self.question
        if self.steps is None:
            status = "infeasible" if self.found.impossible else "unknown"
            nothing: dict[str, Any] = dict.fromkeys(("objective", "bound", "gap", "cost"))
            head: dict[str, Any] = {"status": status, **nothing, "seconds": round(self.seconds, 3), "periods": []}
            return head | {"relax": [dict(each) for each in self.relax], "aim": q.objective, **self.extra}
        value = value_of(self.steps, q.base, q.objective)
        bound = max(value, math.floor(self.found.bound + 1e-6)) if math.isfinite(self.found.bound) else None
        gap = None if bound is None or (not value and bound) else (bound - value) / max(value, 1)
        periods = periods_of(self.steps, q.costs, q.wishes, q.budgets, q.start, q.months)
        return {
            "status": "optimal" if gap == 0 else "feasible",
            "objective": value,
            "bound": bound,
            "gap": gap,
            "cost": round(float(sum(each["cost"] for each in periods)), MONEY),
            "seconds": round(self.seconds, 3),
            "periods": periods,
            "relax": [],
            "aim": q.objective,
            **({"stopped": True} if self.stopped else {}),
            **self.extra,
        }

    def known(self) -> dict[str, Any]:
        """What :func:`restored` makes the plan again of, elsewhere; without the data and the search."""
        found = self.found
        return {"steps": self.steps, "bound": found.bound, "impossible": found.impossible, "seconds": self.seconds}

    def scenario(self) -> Scenario:
        """The plan as a scenario; RequestError where there is none."""
        if self.steps is None:
            raise RequestError("no_plan", "没有可行的计划", "there is no plan to make a scenario of")
        q = self.question
        return scenario_of(self.name, self.steps, q.costs, q.wishes, q.base.snapshot, q.start, q.months)

    def checked(self) -> Plan:
        """The same, after the checker; WrongPlan where it disagrees."""
        if self.steps is not None:
            q = self.question
            wrong = check(self.document(), q.base.snapshot, q.wishes, q.costs, list(q.budgets), q.objective)
            if wrong:
                raise WrongPlan(wrong)
        return self


def plan(
    network: Network,
    *,
    budget: float,
    periods: int = 8,
    period_months: int = 3,
    objective: Literal["sum", "end"] = "sum",
    start: str | date | None = None,
    constraints: Wishes | Mapping[str, Any] | str | Path | None = None,
    scenario: Scenario | None = None,
    costs: Costs | None = None,
    assumptions: Assumptions | None = None,
    snapshot: Snapshot | None = None,
    gap: float = GAP,
    seconds: float = SECONDS,
    progress: Progress | None = None,
) -> Plan:
    """Foundings and lines per period that reach the most staff, with a bound that no plan can beat.

    ``budget`` is money a period; what is unspent carries over. ``constraints`` are those of contracts.md: a file, plain
    values, or :class:`~tiaokuai.planning.plan_wishes.Wishes`. Prices are those of ``costs``, or of a ``scenario``.
    ``snapshot`` gives another start than the data as of the first day of ``start``. The search ends at the proven
    ``gap`` or after ``seconds``; Ctrl-C ends it too and keeps the best plan so far.

    Raises :class:`~tiaokuai.planning.plan_wishes.BadPlan` with everything that is wrong with what was asked.

    >>> from tiaokuai.graph import Network
    >>> net = Network.from_tables({
    ...     "districts": [{"id": "D"}], "blocks": [{"id": "B", "district": "D", "kind": "pilot"}],
    ...     "enterprises": [{"id": "E", "block": "B", "staff": 30}]})
    >>> made = plan(net, budget=4, periods=1, start="2027-01")
    >>> made.document()["objective"], made.document()["status"], made.document()["periods"][0]["lines"]
    (20, 'optimal', [{'enterprise': 'E', 'count': 2}])
    """
    first = month_of_start(start)
    day = snapshot if snapshot is not None else network.as_of(first_day(first), assumptions or Assumptions())
    prices = costs or (scenario.costs if scenario is not None else Costs())
    asked = question(day, budget, periods, period_months, objective, first, constraints, prices, gap, seconds)
    return answer(asked, Clock(seconds, gap, progress))


def restored(
    day: Snapshot,
    known: Mapping[str, Any],
    *,
    budget: float,
    start: str | date,
    periods: int = 8,
    period_months: int = 3,
    objective: str = "sum",
    constraints: Mapping[str, Any] | None = None,
    costs: Costs | None = None,
) -> Plan:
    """A plan again from its ``known()``, on the same day and for the same question; nothing is searched."""
    asked = question(
        day, budget, periods, period_months, objective, month_of_start(start), constraints, costs or Costs()
    )
    found = Found(linear(asked.instance(), apart=False), None, known["bound"], known["impossible"])
    return Plan(asked, known["steps"], found, known["seconds"]).checked()


def answer(asked: Question, clock: Clock) -> Plan:
    """Solves, names and checks; where the wishes cannot all hold, says what must give."""
    with clock.interruptible():
        it = asked.instance()
        found = solve(it, clock)
        if found.best is None:
            made = Plan(asked, None, found, clock.spent, clock.stopped)
            if not found.impossible:
                return made
            relax, alternatives = relaxations(asked, clock)
            return replace(made, relax=tuple(relax), extra={"alternatives": alternatives}, seconds=clock.spent)
        named = steps(asked.base, it, found.columns, found.best)
    return Plan(asked, named, found, clock.spent, clock.stopped).checked()


__all__ = ["Plan", "Valued", "plan"]
