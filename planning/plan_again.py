"""Planning again when part of a plan is done: what was done stays, the rest is planned anew."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from tiaokuai.planning.months import month_text
from tiaokuai.planning.plan import Plan, Question, answer
from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_document import Steps, periods_of, value_of
from tiaokuai.planning.plan_instance import Ground, ground
from tiaokuai.planning.plan_model import linear
from tiaokuai.planning.plan_solve import Found
from tiaokuai.planning.plan_wishes import BadPlan, Wishes
from tiaokuai.planning.scenario import Intervention, Scenario
from tiaokuai.planning.scenario_checks import check as scenario_faults
from tiaokuai.planning.scenario_faults import Fault
from tiaokuai.planning.state import start_state


def again(asked: Question, before: Scenario, done_until: int, clock: Clock) -> Plan:
    """The plan of ``before`` (as ``--out`` wrote it) up to month number ``done_until`` included, and the best rest.

    Raises BadPlan where the plan does not fit the data, the start or the length of the periods.
    """
    done = _done(asked, before, done_until)
    count = len(done.found)
    rest = _rest(asked, done)
    if rest is None:
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


def _done(asked: Question, before: Scenario, until: int) -> Steps:
    periods = len(asked.budgets)
    count = min(periods, max(0, (until - asked.start) // asked.months + 1))
    found: list[list[tuple[str, str]]] = [[] for _ in range(count)]
    lines: list[Counter[str]] = [Counter() for _ in range(count)]
    faults = scenario_faults(before, start_state(asked.base.snapshot), asked.start, periods * asked.months)
    ready = {
        name
        for name, yes, kind in zip(
            asked.base.snapshot.block_ids, asked.base.snapshot.founded.tolist(), asked.base.snapshot.kind, strict=True
        )
        if yes or kind == "pilot"
    }
    for number, item in before.applications():
        period, late = divmod(number - asked.start, asked.months)
        if not 0 <= period < count:
            continue
        if late or not _fits(item):
            faults.append(_misfit(asked, item, before.path))
        elif item.do == "found" and item.block not in ready:
            found[period].append((str(item.block), str(item.source)))
        elif item.do == "add_backbones":
            lines[period][str(item.enterprise)] += item.count or 1
    if faults:
        raise BadPlan(faults)
    return Steps(tuple(tuple(sorted(each)) for each in found), tuple(tuple(sorted(each.items())) for each in lines))


def _fits(item: Intervention) -> bool:
    return item.do == "found" or (item.do == "add_backbones" and item.enterprise is not None)


def _misfit(asked: Question, item: Intervention, path: str | None) -> Fault:
    first = month_text(asked.start)
    zh = f"{item.at} 的 {item.do} 不是计划的一步:计划只在每期首月建块或在企业加线"
    en = f"{item.do} of {item.at} is no step of a plan: foundings, or lines at an enterprise, at a period's first month"
    zh, en = f"{zh}(自 {first} 起每期 {asked.months} 个月)", f"{en} ({asked.months} months each from {first})"
    return Fault(zh, en, item.places.get(""), path)


def _rest(asked: Question, done: Steps) -> Question | None:
    """What is left to plan: the data with the done steps in place, the money left over carried in."""
    count = len(done.found)
    rows = periods_of(done, asked.costs, asked.wishes, asked.budgets[:count], asked.start, asked.months)
    carried = rows[-1]["carried"] + rows[-1]["budget"] - rows[-1]["cost"] if rows else 0.0
    if carried < -1e-6:
        zh, en = f"已做部分超出预算 {-carried:g}", f"what was done costs {-carried:g} more than the budgets so far"
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


def _later(wishes: Wishes, had: dict[str, int], count: int) -> Wishes:
    """The wishes that still concern the rest, their periods counted from its first."""
    return replace(
        wishes,
        budgets=None,
        must=tuple((block, max(by - count, 1)) for block, by in wishes.must if block not in had),
        never=tuple(block for block in wishes.never if block not in had),
        fix=tuple((max(period - count, 1), block) for period, block in wishes.fix if block not in had),
    )
