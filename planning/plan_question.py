"""What a plan is asked: day, budgets, constraints and prices, checked before any search (contracts.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tiaokuai.graph import Snapshot
from tiaokuai.planning.intervention import Costs
from tiaokuai.planning.plan_instance import Ground, Instance, ground, instance
from tiaokuai.planning.plan_wishes import BadPlan, Wishes, faults
from tiaokuai.planning.plan_wishes_reading import read_wishes, wishes_of
from tiaokuai.planning.scenario_faults import Fault

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
