"""A forecast: every run of the baseline and of each scenario, and the questions that are asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.differences import Difference, by_block
from tiaokuai.planning.months import month_text
from tiaokuai.planning.outcome import BANDS, Outcome
from tiaokuai.planning.program import METRICS
from tiaokuai.planning.rates import Rates
from tiaokuai.planning.scenario import BASELINE

Floats = NDArray[np.float64]
THRESHOLDS = tuple(
    (metric, share)
    for metric in ("coverage", "line_share", "founded_share", "full_coverage")
    for share in (0.5, 0.8, 1.0)
)


@dataclass(frozen=True)
class Forecast:
    """Baseline first, then the scenarios; each run shares its draws with the same run of the others.

    ``run_numbers`` [runs]; ``needed`` says how many runs ``runs="auto"`` took for its precision, None otherwise.
    """

    start: int
    months: int
    seed: int
    engine: str
    rates: Rates
    outcomes: tuple[Outcome, ...]
    block_ids: tuple[str, ...]
    differences: tuple[Difference, ...] = ()
    run_numbers: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    precision: Mapping[str, Any] | None = None
    warnings: tuple[tuple[str, str], ...] = ()  # (zh, en)

    @property
    def runs(self) -> int:
        """Number of runs of each scenario; 0 for the mean-field engine."""
        return len(self.run_numbers)

    @property
    def names(self) -> list[str]:
        """Scenarios, the baseline first."""
        return [outcome.name for outcome in self.outcomes]

    @property
    def month_ends(self) -> list[str]:
        """Label of every index of a series: the start, then each simulated month, [months + 1]."""
        return ["start", *(month_text(self.start + month) for month in range(self.months))]

    def outcome(self, name: str) -> Outcome:
        """One scenario by name; KeyError with the names there are."""
        for outcome in self.outcomes:
            if outcome.name == name:
                return outcome
        raise KeyError(f"no scenario is called {name!r}; there are {', '.join(self.names)}")

    def series(self, metric: str, scenario: str | None = None) -> pl.DataFrame:
        """Mean and bands by month: columns scenario, index (0 is the start), month, mean, p05 … p95."""
        chosen = self.outcomes if scenario is None else (self.outcome(scenario),)
        frames = [
            pl.DataFrame(
                {
                    "scenario": [outcome.name] * (self.months + 1),
                    "index": range(self.months + 1),
                    "month": self.month_ends,
                    **outcome.series(metric),
                },
                schema_overrides=dict.fromkeys(("mean", *BANDS), pl.Float64),
            )
            for outcome in chosen
        ]
        return pl.concat(frames)

    def time_to(self, metric: str, at_least: float, scenario: str | None = None) -> pl.DataFrame:
        """Months until a threshold: scenario, metric, at_least, p05, p50, p95 (null: never in so many runs), never."""
        chosen = self.outcomes if scenario is None else (self.outcome(scenario),)
        rows = [{"scenario": outcome.name, **outcome.time_to(metric, at_least)} for outcome in chosen]
        return pl.DataFrame(
            rows, schema_overrides={"p05": pl.Int64, "p50": pl.Int64, "p95": pl.Int64, "never": pl.Float64}
        )

    def difference(self, scenario: str, against: str = BASELINE) -> Difference:
        """A scenario against the baseline or another scenario, run by run; KeyError where one was not run.

        Against the baseline the blocks say along which links they came to differ; against another scenario, where
        both may have changed a block, they say by how much and from when.
        """
        for difference in self.differences:
            if (difference.scenario, difference.against) == (scenario, against):
                return difference
        left, right = self.outcome(scenario), self.outcome(against)
        return Difference(scenario, against, left.values - right.values, by_block(left, right, self.block_ids))

    def document(self) -> dict[str, Any]:
        """The JSON document of contracts.md (``simulate``)."""
        document: dict[str, Any] = {
            "start": month_text(self.start),
            "months": self.months,
            "runs": self.runs,
            "seed": self.seed,
            "engine": self.engine,
            "rates": self.rates.to_json(),
            "scenarios": [
                {
                    "name": outcome.name,
                    "cost": outcome.cost,
                    "series": {metric: outcome.series(metric) for metric in (*METRICS, "enrolled")},
                    "time_to": [outcome.time_to(metric, share) for metric, share in THRESHOLDS],
                }
                for outcome in self.outcomes
            ],
            "differences": [
                difference.to_json(self.start, only_mean=self.runs == 0) for difference in self.differences
            ],
        }
        if self.precision is not None:
            document["precision"] = dict(self.precision)
        if self.warnings:
            document["warnings"] = [{"zh": zh, "en": en} for zh, en in self.warnings]
        return document

    def frame(self) -> pl.DataFrame:
        """Every run: scenario, run, index, month, a column a metric; RequestError of a mean field, which has none."""
        if not self.runs:
            zh, en = "平均场引擎只有期望，没有运行", "the mean field has expectations alone, no runs"
            raise RequestError("no_runs", zh, en)
        size = self.months + 1
        frames = [
            pl.DataFrame(
                {
                    "scenario": np.repeat(outcome.name, self.runs * size),
                    "run": np.repeat(self.run_numbers, size),
                    "index": np.tile(np.arange(size), self.runs),
                    "month": np.tile(self.month_ends, self.runs),
                    **{metric: outcome.values[:, :, at].ravel() for at, metric in enumerate(METRICS)},
                }
            )
            for outcome in self.outcomes
        ]
        return pl.concat(frames).fill_nan(None)
