"""What next: plans with a proven bound (model.md §4, contracts.md "Plan: what it means")."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np

from tiaokuai.graph import Assumptions, Network, Snapshot
from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.months import first_day
from tiaokuai.planning.plan_check import WrongPlan, check
from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_document import MONEY, Steps, periods_of, scenario_of, steps, value_of
from tiaokuai.planning.plan_instance import Ground, Instance, ground, instance
from tiaokuai.planning.plan_lines import Valued
from tiaokuai.planning.plan_model import linear
from tiaokuai.planning.plan_solve import Found, solve
from tiaokuai.planning.plan_wishes import BadPlan, Wishes, faults
from tiaokuai.planning.plan_wishes_reading import read_wishes, wishes_of
from tiaokuai.planning.running import Progress
from tiaokuai.planning.scenario import Costs, Scenario
from tiaokuai.planning.scenario_faults import Fault
from tiaokuai.planning.simulate import first_month as month_of_start

GAP, SECONDS = 0.01, 20.0
MOST_PERIODS, MOST_MONTHS = 120, 1200
MOST_MONEY = 1e12


@dataclass(frozen=True)
class Question:
    """Everything about one plan but how it is found."""

    base: Ground
    wishes: Wishes
    costs: Costs
    budgets: tuple[float, ...]
    objective: str
    start: int
    months: int

    def instance(self) -> Instance:
        """The problem as arrays."""
        return instance(self.base, self.wishes, self.costs, np.array(self.budgets), self.objective)


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


def question(
    day: Snapshot,
    budget: float,
    periods: int,
    months: int,
    objective: str,
    start: int,
    constraints: Wishes | Mapping[str, Any] | str | Path | None,
    costs: Costs,
    gap: float = GAP,
    seconds: float = SECONDS,
) -> Question:
    """What is asked, checked; BadPlan with every mistake of numbers, file and data alike."""
    found = [*_numbers(budget, periods, months, gap, seconds, costs), *_data(day, objective)]
    wishes = Wishes()
    try:
        wishes = _wishes(constraints)
    except BadPlan as bad:
        found += bad.faults
        wishes = bad.partial
    if 1 <= periods <= MOST_PERIODS:
        wishes = wishes.within(periods)
        found += faults(wishes, day, periods)
    if found:
        raise BadPlan(found)
    budgets = wishes.budgets if wishes.budgets is not None else (float(budget),) * periods
    return Question(ground(day), wishes, costs, budgets, objective, start, months)


def answer(asked: Question, clock: Clock) -> Plan:
    """Solves, names and checks; where the wishes cannot all hold, says what must give."""
    with clock.interruptible():
        it = asked.instance()
        found = solve(it, clock)
        if found.best is None:
            made = Plan(asked, None, found, clock.spent, clock.stopped)
            if not found.impossible:
                return made
            from tiaokuai.planning.plan_relax import relaxations

            relax, alternatives = relaxations(asked, clock)
            return replace(made, relax=tuple(relax), extra={"alternatives": alternatives}, seconds=clock.spent)
        named = steps(asked.base, it, found.columns, found.best)
    return Plan(asked, named, found, clock.spent, clock.stopped).checked()


def _wishes(constraints: Wishes | Mapping[str, Any] | str | Path | None) -> Wishes:
    if constraints is None:
        return Wishes()
    if isinstance(constraints, Wishes):
        return constraints
    if isinstance(constraints, Mapping):
        return wishes_of(constraints)
    return read_wishes(Path(constraints))


def _numbers(budget: float, periods: int, months: int, gap: float, seconds: float, costs: Costs) -> list[Fault]:
    found = []
    if not 0 <= budget <= MOST_MONEY:
        found.append(Fault(f"预算应为 0 至 {MOST_MONEY:g} 的数字", f"the budget must be from 0 to {MOST_MONEY:g}"))
    if not 1 <= periods <= MOST_PERIODS:
        found.append(Fault(f"期数应为 1 至 {MOST_PERIODS}", f"periods must be from 1 to {MOST_PERIODS}"))
    elif not 1 <= months <= MOST_MONTHS or periods * months > MOST_MONTHS:
        zh, en = (
            f"每期月数与期数之积应为 1 至 {MOST_MONTHS}",
            f"periods × months must be from 1 to {MOST_MONTHS} months",
        )
        found.append(Fault(zh, en))
    if not 0 <= gap <= 1:
        found.append(Fault("gap 应为 0 至 1", "the gap must be a share from 0 to 1"))
    if not 0 < seconds <= 1e6:
        found.append(Fault("秒数应大于 0", "seconds must be above 0"))
    for name, price in (("found", costs.found), ("line", costs.line)):
        if not 0 <= price <= MOST_MONEY:
            found.append(Fault(f"价格 {name} 应为不小于 0 的数字", f"the cost {name} must be a number from 0"))
    return found


def _data(day: Snapshot, objective: str) -> list[Fault]:
    found = []
    if objective not in ("sum", "end"):
        found.append(Fault(f"目标应为 sum 或 end，不是 {objective}", f"the objective is sum or end, not {objective}"))
    if not day.blocks:
        found.append(Fault("数据里没有区块", "the data have no blocks: there is nothing to plan"))
    elif not len(day.staff):
        on = day.day.isoformat()
        zh, en = f"{on} 没有存续的企业", f"no enterprise is active on {on}: there is nothing to plan"
        found.append(Fault(zh, en))
    return found


__all__ = ["Plan", "Valued", "plan"]
