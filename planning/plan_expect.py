"""What the simulator expects of a plan, turnover and natural growth included, beside plans made without a solver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning.forecast import Forecast
from tiaokuai.planning.months import month_text
from tiaokuai.planning.outcome import column
from tiaokuai.planning.plan import Plan
from tiaokuai.planning.plan_document import scenario_of, value_of
from tiaokuai.planning.plan_naive import KINDS, naive
from tiaokuai.planning.rates import Rates
from tiaokuai.planning.running import Progress
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.simulate import simulate

RUNS, FEWEST = 200, 20
WORK = 400_000_000  # enterprise-months of all scenarios together
NOTHING = "nothing"


def expectation(
    made: Plan, runs: int | None = None, seed: int = 1, rates: Rates | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """The plan, greedy, lines first, blocks first and nothing, on shared draws.

    ``{runs, seed, rows: [{name, planned, cost, reached: {mean, p05, p95}, over_periods, coverage, more}]}``:
    ``planned`` is what the plan's own arithmetic promises, ``reached`` people at the end, ``over_periods`` their sum
    over the ends of the periods, ``more`` people at the end beyond doing nothing.
    """
    q, it = made.question, made.question.instance()
    every = {"plan": made.steps} | {kind: naive(q.base, it, kind) for kind in KINDS}
    chosen = {name: each for name, each in every.items() if each is not None}
    scenarios = [
        scenario_of(name, each, q.costs, q.wishes, q.base.snapshot, q.start, q.months) for name, each in chosen.items()
    ]
    forecast = run(made, scenarios, runs, seed, rates, progress)
    planned = {name: value_of(each, q.base, q.objective) for name, each in chosen.items()} | {NOTHING: 0}
    return {
        "runs": forecast.runs,
        "seed": seed,
        "rows": rows(forecast, planned, q.months),
    }


def run(
    made: Plan,
    scenarios: Sequence[Scenario],
    runs: int | None,
    seed: int,
    rates: Rates | None,
    progress: Progress | None,
) -> Forecast:
    """Scenarios on the horizon of the plan, in as many runs as a minute allows."""
    q = made.question
    day, months = q.base.snapshot, len(q.budgets) * q.months
    size = max(1, (len(day.staff) + 20 * day.blocks) * months * (len(scenarios) + 1))
    return simulate(
        day.network,
        scenarios,
        months=months,
        runs=runs or max(FEWEST, min(RUNS, WORK // size)),
        seed=seed,
        start=month_text(q.start),
        rates=rates,
        snapshot=day,
        progress=progress,
    )


def rows(forecast: Forecast, planned: Mapping[str, int], months: int) -> list[dict[str, Any]]:
    """A row a plan, as in :func:`expectation`."""
    found = []
    base = forecast.outcomes[0].runs_of("reached")
    for outcome in forecast.outcomes:
        name = NOTHING if outcome is forecast.outcomes[0] else outcome.name
        reached = outcome.runs_of("reached")
        last: NDArray[np.float64] = reached[:, -1]
        coverage = outcome.values[:, -1, column("coverage")]
        found.append(
            {
                "name": name,
                "planned": planned.get(name),
                "cost": outcome.cost,
                "reached": {
                    "mean": float(last.mean()),
                    "p05": float(np.quantile(last, 0.05)),
                    "p95": float(np.quantile(last, 0.95)),
                },
                "over_periods": float(reached[:, months::months].sum(axis=1).mean()),
                "coverage": None if np.isnan(coverage).all() else float(np.nanmean(coverage)),
                "more": float((last - base[:, -1]).mean()),
            }
        )
    return found[1:] + found[:1]
