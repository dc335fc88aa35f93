"""What if: the way into the simulation (model.md §3)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph import Assumptions, Network, Snapshot
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.values import BadValue
from tiaokuai.planning import program as p
from tiaokuai.planning.differences import Difference, by_block
from tiaokuai.planning.forecast import Forecast
from tiaokuai.planning.microscope import gather
from tiaokuai.planning.months import first_day, month_number
from tiaokuai.planning.outcome import Outcome, column
from tiaokuai.planning.rates import NAMES, Rates
from tiaokuai.planning.running import Chunk, Interrupted, Progress, cores, run_threads
from tiaokuai.planning.scenario import BASELINE, Scenario
from tiaokuai.planning.scenario_checks import require
from tiaokuai.planning.schedule import Schedule, schedule
from tiaokuai.planning.state import State, start_state

if TYPE_CHECKING:
    from distributed import Client

Floats = NDArray[np.float64]
SEED = 1
FEWEST, CHECKED = 8, 100_000_000  # runs at least, and enterprise-months at most, that check the mean field
MOST_CHECKS, EASY = (
    2000,
    3_000_000,
)  # so many runs where enterprise-months are few: a small network's runs scatter widely
TOLERANCE = 0.02  # of coverage: from here on the mean-field engine warns
MOST_MONTHS, MOST_RUNS = 1200, 1_000_000
ENGINES = ("monte-carlo", "mean-field")
FIRST_RUNS, MOST_AUTO = 100, 100_000  # of runs="auto"


def simulate(
    network: Network,
    scenarios: Sequence[Scenario] = (),
    months: int = 36,
    runs: int | Literal["auto"] = 500,
    seed: int = SEED,
    start: str | date | None = None,
    rates: Rates | Sequence[Rates] | None = None,
    workers: int | None = None,
    client: Client | None = None,
    engine: Literal["monte-carlo", "mean-field"] = "monte-carlo",
    precision: float = 0.005,
    progress: Progress | None = None,
    *,
    assumptions: Assumptions | None = None,
    start_reach: str = "auto",
    drift: Floats | None = None,
    imitation_power: float = 1.0,
    frailty: Floats | None = None,
    keenness: Floats | None = None,
    snapshot: Snapshot | None = None,
    check: int = 64,
) -> Forecast:
    """The baseline (nothing done) and each scenario, month by month, over many runs that share their draws.

    ``start`` is the first month simulated; the start state is the data as of its first day (default: the month that
    begins today or next). The same ``seed`` gives the same bytes for any ``workers`` and on a Dask ``client``.
    ``runs="auto"`` goes on until the 95 % half-width of mean coverage is at most ``precision`` in every month and
    scenario. ``rates`` may be a sequence: run r uses ``rates[r % len(rates)]`` and the forecast names their mean;
    ``drift`` [V, months, 11] multiplies them month by month, ``imitation_power`` is the exponent of the line share s in
    rule 4, ``frailty`` [V] the exponent of the (1 − s) by which run r's rule 4 is multiplied, and ``keenness`` [V, B]
    what it is multiplied by in each block (all for calibrated models). ``snapshot`` gives another start state than
    that of ``start``. The mean-field ``engine`` gives expectations alone, at once; ``check`` runs beside it (more on a
    small network, fewer on a very large one) say where it is wrong by more than 2 points (0: no check).

    Raises :class:`~tiaokuai.planning.scenario_faults.BadScenario` with every mistake of every scenario, RequestError
    where the request cannot be, and :class:`~tiaokuai.planning.running.Interrupted` with what was done on Ctrl-C.

    >>> from tiaokuai.graph import Network
    >>> net = Network.from_tables({
    ...     "districts": [{"id": "D"}], "blocks": [{"id": "B", "district": "D"}],
    ...     "enterprises": [{"id": "E", "block": "B", "staff": 30}]})
    >>> forecast = simulate(net, months=2, runs=10, start="2027-01")
    >>> forecast.series("coverage")["mean"].to_list()[0]
    0.0
    """
    _sizes(months, runs)
    _how(engine, precision)
    first = first_month(start)
    taken = snapshot if snapshot is not None else network.as_of(first_day(first), assumptions or Assumptions())
    state = start_state(taken, start_reach)
    require(scenarios, state, first, months)
    given = _variants(rates)
    plans = [
        schedule(state, scenario, first, given, months, drift, imitation_power, frailty, keenness)
        for scenario in (Scenario(BASELINE), *scenarios)
    ]
    request = _Request(state, plans, first, months, seed, _mean(given), progress, workers, client, check)
    if engine == "mean-field":
        return request.expectations()
    return request.auto(precision) if runs == "auto" else request.fixed(runs)


@dataclass(frozen=True)
class _Request:
    """Everything about one simulation but its number of runs."""

    state: State
    plans: list[Schedule]
    start: int
    months: int
    seed: int
    rates: Rates
    progress: Progress | None
    workers: int | None
    client: Client | None
    check: int

    def fixed(self, runs: int) -> Forecast:
        """So many runs."""
        if self.progress is not None:
            self.progress.update(0, total=runs)
        return self.forecast(self.chunks(0, runs, []))

    def auto(self, precision: float) -> Forecast:
        """As many runs as the precision takes; the number depends on the draws alone."""
        chunks: list[Chunk] = []
        done, wanted = 0, FIRST_RUNS
        while True:
            if self.progress is not None:
                self.progress.update(done, total=wanted)
            chunks = self.chunks(done, wanted, chunks)
            done = wanted
            half = half_width(chunks)
            if half <= precision or done >= MOST_AUTO:
                break
            # The half-width falls with the square root of the runs; a tenth more, to need one more round at most.
            wanted = min(MOST_AUTO, max(done + FIRST_RUNS, int(1.1 * done * (half / precision) ** 2 / 50 + 1) * 50))
        return self.forecast(chunks, {"wanted": precision, "half_width": half, "runs": done})

    def chunks(self, lo: int, hi: int, before: list[Chunk]) -> list[Chunk]:
        """The chunks of these runs, after those there are."""
        try:
            if self.client is not None:
                from tiaokuai.planning.cluster import run_cluster

                return before + run_cluster(self.client, self.plans, self.seed, lo, hi, self.progress)
            return before + run_threads(self.plans, self.seed, lo, hi, self.workers, self.progress)
        except KeyboardInterrupt as stopped:
            finished = before + (stopped.args[0] if stopped.args else [])
            raise Interrupted(self.forecast(finished) if finished else None) from None

    def forecast(self, chunks: list[Chunk], precision: dict[str, Any] | None = None) -> Forecast:
        """All chunks together."""
        numbers = np.concatenate([np.arange(chunk.lo, chunk.hi) for chunk in chunks])
        outcomes = [
            Outcome(
                plan.name,
                np.concatenate([chunk.values[at] for chunk in chunks]),
                plan.enrolled,
                np.sum([chunk.blocks[at] for chunk in chunks], axis=0) / len(numbers),
                direct=plan.direct,
            )
            for at, plan in enumerate(self.plans)
        ]
        ids = self.state.snapshot.block_ids
        differences = [
            Difference(
                plan.name,
                BASELINE,
                outcomes[at + 1].values - outcomes[0].values,
                gather([chunk.parts[at] for chunk in chunks], len(numbers), ids, plan.direct),
            )
            for at, plan in enumerate(self.plans[1:])
        ]
        return self.make("monte-carlo", outcomes, differences, numbers, precision)

    def expectations(self) -> Forecast:
        """The mean-field engine."""
        from tiaokuai.planning.mean_field import outcome

        with ThreadPoolExecutor(self.workers or cores()) as pool:
            outcomes = list(pool.map(outcome, self.plans))
        first, ids = outcomes[0], self.state.snapshot.block_ids
        differences = [
            Difference(each.name, BASELINE, each.values - first.values, by_block(each, first, ids))
            for each in outcomes[1:]
        ]
        return self.make(
            "mean-field", outcomes, differences, np.empty(0, dtype=np.int64), None, self.warnings(outcomes)
        )

    def warnings(self, outcomes: list[Outcome]) -> tuple[tuple[str, str], ...]:
        """What a short Monte-Carlo run has against the expectations: where they are wrong, they say so."""
        if not self.check:
            return ()
        size = len(self.plans[0].world.staff) * self.months * len(self.plans)
        check = max(self.check, min(MOST_CHECKS, EASY // max(size, 1)))
        check = min(check, max(FEWEST, CHECKED // max(size, 1)))
        chunks = run_threads(self.plans, self.seed, 0, check, self.workers, None)
        found = []
        for at, each in enumerate(outcomes):
            runs = np.concatenate([chunk.values[at][:, :, column("coverage")] for chunk in chunks])
            away = np.abs(runs.mean(axis=0) - each.values[0, :, column("coverage")])
            noise = 2 * runs.std(axis=0) / np.sqrt(len(runs))
            if np.isfinite(away).all() and float((away - noise).max()) > TOLERANCE:
                points = 100 * float(away.max())
                zh = f"{each.name}：平均场与 {check} 次模拟的均值相差至多 {points:.1f} 个百分点，请用 monte-carlo"
                en = f"{each.name}: up to {points:.1f} points of coverage off the mean of {check} runs;"
                found.append((zh, en + " use monte-carlo"))
        return tuple(found)

    def make(
        self,
        engine: str,
        outcomes: list[Outcome],
        differences: list[Difference],
        numbers: NDArray[np.int64],
        precision: dict[str, Any] | None = None,
        warnings: tuple[tuple[str, str], ...] = (),
    ) -> Forecast:
        """The forecast with what this request knows."""
        return Forecast(
            start=self.start,
            months=self.months,
            seed=self.seed,
            engine=engine,
            rates=self.rates,
            outcomes=tuple(outcomes),
            block_ids=tuple(self.state.snapshot.block_ids),
            differences=tuple(differences),
            run_numbers=numbers,
            precision=precision,
            warnings=warnings,
        )


def half_width(chunks: list[Chunk]) -> float:
    """The widest 95 % half-width of mean coverage over months and scenarios."""
    widest = 0.0
    for at in range(len(chunks[0].values)):
        values = np.concatenate([chunk.values[at][:, :, column("coverage")] for chunk in chunks])
        if not np.isnan(values).any():
            widest = max(widest, float(1.96 * values.std(axis=0, ddof=1).max() / np.sqrt(len(values))))
    return widest


def _variants(rates: Rates | Sequence[Rates] | None) -> list[Rates]:
    if rates is None:
        return [Rates()]
    return [rates] if isinstance(rates, Rates) else list(rates)


def _mean(given: list[Rates]) -> Rates:
    """What a forecast over several sets of rates says its rates are."""
    if len(given) == 1:
        return given[0]
    return Rates(**{name: float(np.mean([getattr(each, name) for each in given])) for name in NAMES})


def first_month(start: str | date | None) -> int:
    """Month number of the first month; the month that begins today or next where none is named."""
    if start is None:
        today = date.today()
        return month_number(today) + (today.day > 1)
    try:
        number = month_number(start)
        first_day(number)
    except BadValue:
        zh, en = (
            f"起始月“{start}”不是可用的月份，请写成 2027-01",
            f"the start {start!r} is not a month; write it as 2027-01",
        )
        raise RequestError("bad_start", zh, en, start=str(start)) from None
    return number


def _sizes(months: int, runs: int | str) -> None:
    if not 1 <= months <= MOST_MONTHS:
        raise RequestError(
            "bad_months", f"月数应为 1 至 {MOST_MONTHS}", f"months must be from 1 to {MOST_MONTHS}", months=months
        )
    if runs != "auto" and not (isinstance(runs, int) and 1 <= runs <= MOST_RUNS):
        raise RequestError(
            "bad_runs",
            f"运行次数应为 1 至 {MOST_RUNS} 或 auto",
            f"runs must be from 1 to {MOST_RUNS} or auto",
            runs=runs,
        )


def _how(engine: str, precision: float) -> None:
    if engine not in ENGINES:
        zh = f"没有引擎 {engine}，可用 {'、'.join(ENGINES)}"
        en = f"no engine is called {engine!r}; there are {', '.join(ENGINES)}"
        raise RequestError("bad_engine", zh, en, engine=engine)
    if not 0 < precision < math.inf:  # not a number either
        zh, en = f"精度应大于 0，不是 {precision}", f"precision must be above 0, not {precision}"
        raise RequestError("bad_precision", zh, en, precision=str(precision))


__all__ = ["METRICS", "SEED", "simulate"]
METRICS = p.METRICS
