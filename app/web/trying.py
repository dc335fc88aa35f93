"""What if, computed: the expectations at once, and the task of the many runs; both from the same request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.release.answers import annotate
from tiaokuai.graph.values import BadValue
from tiaokuai.planning.months import first_day, month_number, month_text
from tiaokuai.planning.rates import TABLE, Rates
from tiaokuai.planning.simulate import simulate
from tiaokuai.web.frame import View
from tiaokuai.web.scenarios import Plain, decode, parsed
from tiaokuai.web.tasks import Data, Simulation

MONTHS, MOST_MONTHS, RUNS, MOST_RUNS, SEED = 36, 120, 300, 20_000, 1


@dataclass(frozen=True)
class Question:
    """What is asked on the page: the same whoever computes it."""

    start: str
    months: int
    scenarios: tuple[Plain, ...]
    rates: Mapping[str, float]
    runs: int = RUNS
    seed: int = SEED
    precision: float | None = None  # of mean coverage: as many runs as it takes
    learn: bool = False  # rates from history; those of the sliders do not count

    @property
    def expected(self) -> str:
        """Questions with the same expectations have this in common."""
        return repr((self.start, self.months, self.scenarios, sorted(self.rates.items()), self.learn))

    @property
    def key(self) -> str:
        """Equal questions have equal keys."""
        return repr((self.expected, self.runs, self.seed, self.precision))


def default_start(asked: date) -> str:
    """The month that begins on the day asked for, or next: as the command does."""
    return month_text(month_number(asked) + (asked.day > 1))


def question(values: Mapping[str, Any], asked: date) -> Question:
    """From the values of the page's controls; RequestError where they make none."""
    start = str(values.get("start") or default_start(asked))
    try:
        start = month_text(month_number(start))
    except (BadValue, ValueError):
        raise RequestError(
            "bad_start", f"“{start[:20]}”不是月份，如 2027-01", f"{start[:20]!r} is no month; as 2027-01"
        ) from None
    scenarios = tuple(decode(str(values.get("s") or "")))
    rates, learn = {}, bool(values.get("learn"))
    for rate in () if learn else TABLE:
        value = values.get(f"r.{rate.name}")
        if value is not None and float(value) != shown(rate.default, rate.unit):
            rates[rate.name] = stored(float(value), rate.unit)
    precision = _number(values.get("precision"), 0.0, 0.0, 50.0) / 100
    return Question(
        start,
        int(_number(values.get("months"), MONTHS, 1, MOST_MONTHS)),
        scenarios,
        rates,
        runs=int(_number(values.get("runs"), RUNS, 1, MOST_RUNS)),
        seed=int(_number(values.get("seed"), SEED, 0, 2**31 - 1)),
        precision=precision or None,
        learn=learn,
    )


def _number(value: Any, default: float, low: float, high: float) -> float:
    """A field's number within bounds; the default where it is empty."""
    return min(high, max(low, float(value))) if value not in (None, "") else default


def carried(view: View) -> dict[str, float]:
    """Rates that the address brings along from What if or How sure, as the simulator takes them."""
    found = {}
    for rate in TABLE:
        value = view.address.number(f"r.{rate.name}", -1.0, 0.0, shown(rate.most, rate.unit))
        if value >= 0:
            found[rate.name] = stored(value, rate.unit)
    return found


def shown(value: float, unit: str) -> float:
    """A rate as its slider shows it: those per month as a year's, in percent where it is a chance."""
    return round(value * (12 if unit == "month" else 1), 4)


def stored(value: float, unit: str) -> float:
    """The inverse of :func:`shown`."""
    return value / (12 if unit == "month" else 1)


def expectations(view: View, asked: Question) -> Mapping[str, Any]:
    """The document ``simulate`` of the mean-field engine."""
    day = first_day(month_number(asked.start))
    forecast = simulate(
        view.holding.network,
        [parsed(each) for each in asked.scenarios],
        months=asked.months,
        start=asked.start,
        rates=_history(view, asked, day) if asked.learn else Rates.from_mapping(asked.rates),
        engine="mean-field",
        snapshot=view.holding.snapshot(day),
        check=0,
    )
    released = view.holding.network.released
    return forecast.document() if released is None else annotate(forecast.document(), released, day)


def _history(view: View, asked: Question, day: date) -> Rates:
    """The rates that history says, for the lines; the runs draw around them."""
    from tiaokuai.planning.calibrate import calibrate
    from tiaokuai.planning.rates_file import rates_of

    learned = calibrate(view.holding.network, day, view.holding.assumptions)
    return rates_of(learned.document())


def remembered(view: View, asked: Question) -> Mapping[str, Any]:
    """The expectations, computed once for all that show them."""
    key = ("expected", asked.expected)
    found: Mapping[str, Any] = view.holding.memory.get(key, lambda: expectations(view, asked))
    return found


def task(view: View, asked: Question) -> Simulation:
    """The same question for many runs."""
    return Simulation(
        Data.of(view.holding.network, view.holding.assumptions, first_day(month_number(asked.start))),
        start=asked.start,
        scenarios=tuple(parsed(each).to_yaml() for each in asked.scenarios),
        months=asked.months,
        runs=asked.runs,
        seed=asked.seed,
        rates=dict(asked.rates),
        precision=asked.precision,
        learn=asked.learn,
    )
