"""A plan that holds up: candidates compared by what the simulator makes of them, not by their own arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from tiaokuai.planning.forecast import Forecast
from tiaokuai.planning.plan import Plan, answer
from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_document import Steps, periods_of, scenario_of, value_of
from tiaokuai.planning.plan_expect import run
from tiaokuai.planning.rates import Rates
from tiaokuai.planning.running import Progress

WITHIN = 0.01  # of the best mean: what may be given up for a better worst decile
MATTERS = 0.001  # of the worst decile: less than this is no reason for another plan
SCALES = (0.9, 0.8, 0.65)  # of every budget; the rest keeps second backbones
SECONDS = 0.3  # of a plan's seconds for each candidate


def robust(
    made: Plan,
    seconds: float = 20.0,
    gap: float = 0.01,
    runs: int | None = None,
    seed: int = 1,
    rates: Rates | None = None,
    progress: Progress | None = None,
) -> Plan:
    """The candidate with the best worst decile among those whose mean is within 1 % of the best mean.

    Candidates are the plan itself, the plan for the other aim, the plan without its costliest step, and plans of a
    smaller budget whose rest adds a second backbone where many people hang on one. Measured by the staff within reach
    summed over the ends of the periods (or at the last), in runs that share their draws. The document says under
    ``robust`` how each did and why the winner won.
    """
    if made.steps is None:
        return made
    candidates = {"plan": made.steps}
    for name, each in _candidates(made, seconds * SECONDS, gap):
        if each not in candidates.values():
            candidates[name] = each
    q = made.question
    scenarios = [
        scenario_of(name, each, q.costs, q.wishes, q.base.snapshot, q.start, q.months)
        for name, each in candidates.items()
    ]
    forecast = run(made, scenarios, runs, seed, rates, progress)
    rows = [_row(forecast, name, made, each) for name, each in candidates.items()]
    best_mean = max(row["mean"] for row in rows)
    near = [row for row in rows if row["mean"] >= best_mean * (1 - WITHIN)]
    winner = max(near, key=lambda row: (row["worst_decile"], row["mean"]))
    if winner["worst_decile"] < rows[0]["worst_decile"] * (1 + MATTERS) and rows[0] in near:
        winner = rows[0]
    said = {"runs": forecast.runs, "seed": seed, "chosen": winner["name"], "why": _why(winner, rows[0]), "rows": rows}
    return replace(made, steps=candidates[winner["name"]], extra={**made.extra, "robust": said}).checked()


def _candidates(made: Plan, seconds: float, gap: float) -> Iterator[tuple[str, Steps]]:
    q = made.question
    other = answer(replace(q, objective="end" if q.objective == "sum" else "sum"), Clock(seconds, gap))
    if other.steps is not None:
        yield f"for {other.question.objective}", other.steps
    if (kept := doubled(made, made.steps or Steps((), ()))) is not None:
        yield "the plan and second backbones", kept
    for scale in SCALES:
        less = replace(q, budgets=tuple(scale * each for each in q.budgets))
        some = answer(less, Clock(seconds, gap))
        if some.steps is not None:
            kept = doubled(made, some.steps)
            if kept is not None:
                yield f"{scale:.0%} and second backbones", kept


def doubled(made: Plan, some: Steps) -> Steps | None:
    """The steps, and for the money left in each period a second backbone where most people hang on one; None: no money
    for any, or lines are limited."""
    q = made.question
    if not q.costs.line or q.wishes.max_lines is not None or q.wishes.max_lines_per_block is not None:
        return None
    rows = periods_of(some, q.costs, q.wishes, q.budgets, q.start, q.months)
    day = q.base.snapshot
    ids, home = day.enterprise_ids.to_list(), [day.block_ids[at] for at in day.block.tolist()]
    at = {name: place for place, name in enumerate(ids)}
    lines, staff = day.lines.copy(), day.staff
    founded = {name for place, name in enumerate(day.block_ids) if day.founded[place] or day.kind[place] == "pilot"}
    left, more = 0.0, list[Counter[str]]()
    # Money spent on second backbones must not be what a later step lives on.
    spare = np.minimum.accumulate(np.array([row["carried"] + row["budget"] - row["cost"] for row in rows])[::-1])[::-1]
    for period, row in enumerate(rows):
        founded |= {each["block"] for each in row["found"]}
        added: Counter[str] = Counter({each["enterprise"]: each["count"] for each in row["lines"]})
        for name, count in added.items():
            lines[at[name]] += count
        number = int((spare[period] - left) / q.costs.line + 1e-6)
        alone = np.flatnonzero((lines == 1) & (staff >= 2))
        alone = alone[[home[place] in founded for place in alone.tolist()]] if len(alone) else alone
        order = alone[np.lexsort((alone, -np.minimum(staff[alone], q.base.capacity)))][: max(number, 0)]
        for place in order.tolist():
            added[ids[place]] += 1
            lines[place] += 1
        left += len(order) * q.costs.line
        more.append(added)
    if not left:
        return None
    return Steps(some.found, tuple(tuple(sorted(each.items())) for each in more))


def _row(forecast: Forecast, name: str, made: Plan, each: Steps) -> dict[str, Any]:
    q = made.question
    reached = forecast.outcome(name).runs_of("reached")[:, q.months :: q.months]
    value = np.sort(reached.sum(axis=1) if q.objective == "sum" else reached[:, -1])
    tenth = max(1, len(value) // 10)
    periods = periods_of(each, q.costs, q.wishes, q.budgets, q.start, q.months)
    return {
        "name": name,
        "planned": value_of(each, q.base, q.objective),
        "cost": sum(row["cost"] for row in periods),
        "mean": float(value.mean()),
        "worst_decile": float(value[:tenth].mean()),
    }


def _why(winner: dict[str, Any], plan: dict[str, Any]) -> dict[str, str]:
    if winner["name"] == "plan":
        zh = "没有候选计划在均值相近时有更好的最差十分之一"
        return {"zh": zh, "en": "no candidate of about the same mean does better in its worst tenth of runs"}
    mean, worst = winner["mean"] - plan["mean"], winner["worst_decile"] - plan["worst_decile"]
    zh = f"{winner['name']}：最差十分之一的运行平均多 {worst:+,.0f}，均值 {mean:+,.0f}"
    en = f"{winner['name']}: {worst:+,.0f} in the worst tenth of runs, {mean:+,.0f} in the mean"
    if "second" in winner["name"]:
        zh += "；只系于一名骨干的企业有了第二名骨干，有人离开时不致断线"
        en += "; enterprises that hung on one backbone keep a second one, so that a leaver does not end the line"
    return {"zh": zh, "en": en}
