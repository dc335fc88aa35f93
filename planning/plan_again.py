"""Planning again when part of a plan is done: what was done stays, the rest is planned anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tiaokuai.graph import Snapshot
from tiaokuai.metrics.coverage import reached
from tiaokuai.planning.plan import Plan, answer
from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_document import Steps, periods_of, value_of
from tiaokuai.planning.plan_done import done_steps
from tiaokuai.planning.plan_instance import Ground, ground
from tiaokuai.planning.plan_model import linear
from tiaokuai.planning.plan_question import Question
from tiaokuai.planning.plan_solve import Found
from tiaokuai.planning.plan_wishes import BadPlan, Wishes
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.scenario_faults import Fault


def again(asked: Question, before: Scenario, done_until: int, clock: Clock) -> Plan:
    """The plan of ``before`` (as ``--out`` wrote it) up to month number ``done_until`` included, and the best rest.

    Raises BadPlan where the plan does not fit the data, the start, the length of the periods or the wishes.
    """
    done = done_steps(asked, before, done_until)
    count = len(done.found)
    rest = _rest(asked, done)
    if rest is None:
        if faults := list(_below(asked, _grown(asked.base, done).snapshot)):
            raise BadPlan(faults)
        value = value_of(done, asked.base, asked.objective)
        settled = Found(linear(asked.instance()), None, float(value))
        return Plan(asked, done, settled, clock.spent, extra={"done_periods": count}).checked()
    planned = answer(rest, clock)
    extra = {"done_periods": count, **planned.extra}
    if planned.steps is None:
        return replace(planned, question=asked, extra=extra)
    whole = Steps(done.found + planned.steps.found, done.lines + planned.steps.lines)
    value = value_of(whole, asked.base, asked.objective)
    beyond = planned.found.bound - value_of(planned.steps, rest.base, rest.objective)
    found = replace(planned.found, bound=value + max(beyond, 0.0))
    return Plan(asked, whole, found, clock.spent, planned.stopped, extra=extra).checked()


def _rest(asked: Question, done: Steps) -> Question | None:
    """What is left to plan: the data with the done steps in place, the money left over carried in."""
    count = len(done.found)
    rows = periods_of(done, asked.costs, asked.wishes, asked.budgets[:count], asked.start, asked.months)
    carried = rows[-1]["carried"] + rows[-1]["budget"] - rows[-1]["cost"] if rows else 0.0
    for row in rows:  # money of later periods cannot have been spent
        if (over := row["cost"] - row["carried"] - row["budget"]) > 1e-6:
            zh = f"已做部分到第 {row['period']} 期超出预算 {over:g}"
            en = f"what was done costs {over:g} more than the budgets up to period {row['period']}"
            raise BadPlan([Fault(zh, en)])
    left = list(asked.budgets[count:])
    if not left:
        return None
    left[0] += max(carried, 0.0)
    had = {block: at + 1 for at, found in enumerate(done.found) for block, _ in found}
    return replace(
        asked,
        base=_grown(asked.base, done),
        wishes=_later(asked.wishes, had, count),
        budgets=tuple(left),
        start=asked.start + count * asked.months,
    )


def _grown(base: Ground, done: Steps) -> Ground:
    """The data with foundings and lines in place."""
    day = base.snapshot
    at = {name: place for place, name in enumerate(day.enterprise_ids.to_list())}
    more = np.zeros(len(day.lines), dtype=np.int64)
    for lines in done.lines:
        for name, number in lines:
            more[at[name]] += number
    founded = day.founded.copy()
    names = {name: place for place, name in enumerate(day.block_ids)}
    founded[[names[block] for found in done.found for block, _ in found]] = True
    k = day.assumptions.line_capacity
    return ground(replace(day, lines=day.lines + more, capacity=day.capacity + k * more, founded=founded))


def _below(asked: Question, day: Snapshot) -> Iterator[Fault]:
    """Floors of coverage that are not reached at the end."""
    within, staff = day.block_sum(reached(day.staff, day.capacity, day.members)), day.block_sum(day.staff)
    floors, eligible = asked.wishes.min_coverage, day.assumptions.eligible_kinds
    for at, block in enumerate(day.block_ids):
        for_all = day.kind[at] in eligible or day.kind[at] == "pilot" or day.founded[at]
        share = floors.get(block, floors.get("all") if for_all else None)
        if share is not None and within[at] < share * staff[at] - 1e-9:
            yield Fault(
                f"{block} 的覆盖率应达 {share:g}，已做的部分到最后也没有达到",
                f"coverage of {block} should be {share:g}; what is done, to the last period, does not reach it",
            )


def _later(wishes: Wishes, had: dict[str, int], count: int) -> Wishes:
    """The wishes that still concern the rest, their periods counted from its first."""
    return replace(
        wishes,
        budgets=None,
        must=tuple((block, max(by - count, 1)) for block, by in wishes.must if block not in had),
        never=tuple(block for block in wishes.never if block not in had),
        fix=tuple((max(period - count, 1), block) for period, block in wishes.fix if block not in had),
    )
