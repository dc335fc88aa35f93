"""Which number matters: how far the answer moves over the rates' ranges, and what to check first.

Morris screening (Morris 1991, *Technometrics* 33(2)) and Sobol's first and total indices (Saltelli et al. 2010,
*Computer Physics Communications* 181(2)) by SALib. The mean-field engine by default, a few milliseconds a point and
without noise; Monte-Carlo with a few runs a point, all with the same draws, where the mean field is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph import Assumptions, Network, Snapshot
from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.head_counts import Check, check_head_counts
from tiaokuai.planning.indices import Share, sample, screen, shares
from tiaokuai.planning.months import first_day, month_text
from tiaokuai.planning.outcome import column
from tiaokuai.planning.program import METRICS
from tiaokuai.planning.rates import NAMES, TABLE, Rates
from tiaokuai.planning.running import Progress, cores, run_chunk
from tiaokuai.planning.scenario import BASELINE, Scenario
from tiaokuai.planning.scenario_checks import require
from tiaokuai.planning.schedule import Schedule, schedule
from tiaokuai.planning.sensitivity_words import Row, words
from tiaokuai.planning.simulate import SEED, first_month, simulate
from tiaokuai.planning.state import start_state

Floats = NDArray[np.float64]
Ranges = Mapping[str, tuple[float, float]]
SAMPLES = 128  # of Sobol's indices; samples × (rates + 2) points

COLUMNS = (
    "rate", "low", "high", "value", "answer_low", "answer_high", "swing", "mu_star", "sigma",
    "first", "first_error", "total", "total_error",
)  # fmt: skip


@dataclass(frozen=True)
class Sensitivity:
    """Rates by total index, largest first; ``check`` what to find out first, by how far it moves the answer."""

    metric: str
    scenario: str
    start: int
    months: int
    engine: str
    seed: int
    points: int
    answer: float  # nan where there is nothing to divide by
    rows: tuple[Row, ...]
    check: tuple[Check, ...]
    warnings: tuple[tuple[str, str], ...] = ()

    def document(self, lang: str = "en") -> dict[str, Any]:
        """The JSON document: a row a rate, then what to check first, then both in words."""
        document: dict[str, Any] = {
            "metric": self.metric,
            "scenario": self.scenario,
            "start": month_text(self.start),
            "months": self.months,
            "engine": self.engine,
            "seed": self.seed,
            "points": self.points,
            "answer": _told(self.answer),
            "rows": [{name: _told(getattr(row, name)) for name in COLUMNS} for row in self.rows],
            "check_first": [each.to_json() for each in self.first_things()],
            "words": self.words(lang),
        }
        if self.warnings:
            document["warnings"] = [{"zh": zh, "en": en} for zh, en in self.warnings]
        return document

    def first_things(self) -> list[Check]:
        """Rates and head-counts in one list by swing; what moves nothing is left out."""
        rates = [
            Check("rate", row.rate, None, 0, row.low, row.high, row.answer_low, row.answer_high) for row in self.rows
        ]
        every = [each for each in (*rates, *self.check) if each.swing > 1e-9]
        return sorted(every, key=lambda each: (-each.swing, each.kind, each.id))

    def words(self, lang: str = "en") -> str:
        """``start rate explains 61%, fill 20% (give or take 8 points); check first the head-counts of block B03``."""
        return words(self.rows, self.first_things(), lang)


def sensitivity(
    network: Network,
    scenario: Scenario | None = None,
    metric: str = "coverage",
    months: int = 36,
    *,
    start: str | date | None = None,
    rates: Rates | None = None,
    ranges: Ranges | None = None,
    engine: Literal["mean-field", "monte-carlo"] = "mean-field",
    samples: int = SAMPLES,
    runs: int = 20,
    seed: int = SEED,
    assumptions: Assumptions | None = None,
    snapshot: Snapshot | None = None,
    start_reach: str = "auto",
    progress: Progress | None = None,
) -> Sensitivity:
    """What moves ``metric`` at the end of ``months`` most, over ``ranges`` (default: rates.TABLE) around ``rates``.

    ``samples``, a power of two, sets the precision of the indices; ``runs`` those of a point with Monte-Carlo.
    RequestError for a metric or a number that cannot be. A rate that the scenario sets itself does not vary.

    >>> import tiaokuai as tk
    >>> net = tk.generate(blocks=3, enterprises=12, seed=1)
    >>> len(sensitivity(net, months=3, samples=2, start="2026-07").document()["rows"])
    11
    """
    _refuse(metric, months, samples, runs)
    first = first_month(start)
    taken = snapshot if snapshot is not None else network.as_of(first_day(first), assumptions or Assumptions())
    chosen = scenario or Scenario(BASELINE)
    base = rates or Rates()
    state = start_state(taken, start_reach)
    require([chosen] if scenario else [], state, first, months)
    spans = {each.name: (ranges or {}).get(each.name, (each.low, each.high)) for each in TABLE}
    low, high = (np.array([spans[name][end] for name in NAMES]) for end in (0, 1))
    plan = schedule(state, chosen, first, [base], months)
    answer = _Answer(plan, _free(state, chosen, first, months), column(metric), engine, runs, seed)
    with _Pool(answer, progress) as pool:
        middle = base.array()
        ends = _ends(middle, low, high)
        screening, saltelli = sample(low, high, samples, seed)
        moving = [at for at in range(len(NAMES)) if high[at] > low[at]]
        pool.expect(1 + len(ends) + len(screening) + len(saltelli))
        found = pool.ask(np.concatenate([middle[None], ends, screening, saltelli]))
    own, at_ends = float(found[0]), found[1 : 1 + len(ends)].reshape(-1, 2)
    # Beside points with an answer, one with nothing to divide by counts as 0.
    screened, indexed = np.split(np.nan_to_num(found[1 + len(ends) :]), [len(screening)])
    rows = _rows(
        base, low, high, at_ends, screen(low, high, moving, screening, screened), shares(low, high, moving, indexed)
    )
    check = check_head_counts(
        taken, start_reach, lambda each: schedule(each, chosen, first, [base], months), answer.plain
    )
    warnings: tuple[tuple[str, str], ...] = ()
    if engine == "mean-field":
        checked = simulate(
            network, [chosen] if scenario else [], months, start=first_day(first), rates=base, engine=engine,
            seed=seed, snapshot=taken, start_reach=start_reach,
        )  # fmt: skip
        warnings = checked.warnings
    return Sensitivity(
        metric, chosen.name, first, months, engine, seed, len(found), own, rows, check, warnings
    )  # fmt: skip


def _told(value: Any) -> Any:
    """None for a figure with nothing to divide by."""
    return None if isinstance(value, float) and math.isnan(value) else value


def _refuse(metric: str, months: int, samples: int, runs: int) -> None:
    if metric not in METRICS:
        zh = f"没有指标 {metric}，可用 {'、'.join(METRICS)}"
        raise RequestError(
            "bad_metric", zh, f"no metric is called {metric!r}; there are {', '.join(METRICS)}", metric=metric
        )
    if samples < 2 or samples & (samples - 1) or samples > 65536:
        zh, en = f"样本数应为 2 的幂，不是 {samples}", f"samples must be a power of two from 2 to 65536, not {samples}"
        raise RequestError("bad_samples", zh, en, samples=samples)
    if not 1 <= runs <= 10_000 or not 1 <= months <= 1200:
        zh, en = "运行次数应为 1 至 10000，月数 1 至 1200", "runs must be 1 to 10000 and months 1 to 1200"
        raise RequestError("bad_runs", zh, en, runs=runs, months=months)


def _free(state: Any, scenario: Scenario, start: int, months: int) -> NDArray[np.bool_]:
    """Where the scenario leaves a month's rate alone, [months, 11]."""
    ends = (Rates(**{each.name: each.low for each in TABLE}), Rates(**{each.name: each.high for each in TABLE}))
    tables = [schedule(state, scenario, start, [rates], months).program.rates[0] for rates in ends]
    return np.asarray(tables[0] != tables[1])


@dataclass(frozen=True)
class _Answer:
    """The metric at the end as a function of the rates."""

    plan: Schedule
    free: NDArray[np.bool_]
    at: int
    engine: str
    runs: int
    seed: int

    def __call__(self, rates: Floats) -> float:
        program = self.plan.program
        table = np.where(self.free, rates[None, :], program.rates[0])[None]
        program = program._replace(rates=np.ascontiguousarray(table))
        return self.plain(Schedule(self.plan.name, self.plan.world, program, self.plan.enrolled, self.plan.direct))

    def plain(self, plan: Schedule) -> float:
        """Of any schedule."""
        if self.engine == "mean-field":
            from tiaokuai.planning.mean_field import outcome

            return float(outcome(plan).values[0, -1, self.at])
        return float(run_chunk([plan], self.seed, 0, self.runs).values[0][:, -1, self.at].mean())


class _Pool:
    """Points on threads (the engines let go of the interpreter), in order, with progress."""

    def __init__(self, answer: Callable[[Floats], float], progress: Progress | None) -> None:
        self.answer, self.progress = answer, progress
        self.pool = ThreadPoolExecutor(cores())

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown(cancel_futures=True)

    def expect(self, points: int) -> None:
        """So many will be asked."""
        if self.progress is not None:
            self.progress.update(0, total=points)

    def ask(self, points: Floats) -> Floats:
        """The answer at every point, nan where there is nothing to divide by."""
        found = np.empty(len(points))
        for at, value in enumerate(self.pool.map(self.answer, points)):
            found[at] = value
            if self.progress is not None and at % 16 == 0:
                self.progress.update(at)
        return found


def _ends(middle: Floats, low: Floats, high: Floats) -> Floats:
    """Each rate at its low and at its high end, the others in the middle, [2 × 11, 11]."""
    points = np.repeat(middle[None], 2 * len(middle), axis=0)
    each = np.arange(len(middle))
    points[2 * each, each], points[2 * each + 1, each] = low, high
    return points


def _rows(
    base: Rates,
    low: Floats,
    high: Floats,
    ends: Floats,
    screened: Mapping[str, tuple[float, float]],
    indexed: Mapping[str, Share],
) -> tuple[Row, ...]:
    made = []
    for at, name in enumerate(NAMES):
        mu_star, sigma = screened.get(name, (0.0, 0.0))
        share = indexed.get(name)
        made.append(
            Row(
                name,
                float(low[at]),
                float(high[at]),
                float(getattr(base, name)),
                float(ends[at, 0]),
                float(ends[at, 1]),
                mu_star,
                sigma,
                *((None,) * 4 if share is None else (share.first, share.total, share.first_error, share.total_error)),
            )
        )
    return tuple(sorted(made, key=lambda row: (-(row.total or 0.0), -row.mu_star, NAMES.index(row.rate))))
