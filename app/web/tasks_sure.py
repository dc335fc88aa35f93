"""The tasks of the page How sure: what history says of the rates and of forecasts, and which number matters.

Each gives ``{zh: document, en: document}``: a document's sentences are in one language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tiaokuai.web.tasks import Data, Reporter

Both = dict[str, Any]


def _both(found: Any, data: Data) -> Both:
    return {lang: data.annotate(found.document(lang)) for lang in ("zh", "en")}


@dataclass(frozen=True)
class Learning:
    """``calibrate``; the history ends with the day of the data."""

    data: Data
    total: float = 1.0

    def run(self, reporter: Reporter) -> Both:
        """The documents ``calibrate``."""
        from tiaokuai.planning.calibrate import calibrate

        return _both(calibrate(self.data.network(), self.data.day, self.data.assumptions), self.data)


@dataclass(frozen=True)
class Testing:
    """``backtest``; the months hidden end with the day of the data."""

    data: Data
    hide: int
    rolling: bool
    cutoffs: int
    runs: int
    seed: int
    total: float = 1.0

    def run(self, reporter: Reporter) -> Both:
        """The documents ``backtest``."""
        from tiaokuai.planning.backtest import backtest

        found = backtest(
            self.data.network(),
            self.hide,
            self.rolling,
            as_of=self.data.day,
            runs=self.runs,
            seed=self.seed,
            most=self.cutoffs,
            assumptions=self.data.assumptions,
            progress=reporter,
        )
        return _both(found, self.data)


@dataclass(frozen=True)
class Grading:
    """``grade`` of a kept forecast, up to the day of the data; ``text`` is its file."""

    data: Data
    text: str
    scenario: str | None
    total: float = 1.0

    def run(self, reporter: Reporter) -> Both:
        """The documents ``grade``."""
        from tiaokuai import __version__
        from tiaokuai.planning.grade import grade
        from tiaokuai.planning.keeping import kept_text

        kept = kept_text(self.text, "forecast.json")
        return _both(grade(kept, self.data.network(), self.data.day, self.scenario, __version__), self.data)


@dataclass(frozen=True)
class Weighing:
    """``sensitivity``; ``learned_until`` takes rates and ranges from the history up to it."""

    data: Data
    start: date
    scenario: str | None
    metric: str
    months: int
    rates: Mapping[str, float]
    learned_until: date | None
    engine: str
    samples: int
    runs: int
    seed: int
    total: float = 1.0

    def run(self, reporter: Reporter) -> Both:
        """The documents ``sensitivity``."""
        from tiaokuai.planning.rates import Rates
        from tiaokuai.planning.scenario import Scenario
        from tiaokuai.planning.sensitivity import sensitivity

        network = self.data.network()
        rates, ranges = Rates.from_mapping(self.rates), None
        if self.learned_until is not None:
            rates, ranges = self._learned(network)
        found = sensitivity(
            network,
            Scenario.parse(self.scenario) if self.scenario else None,
            self.metric,
            self.months,
            start=self.start,
            rates=rates,
            ranges=ranges,
            engine="monte-carlo" if self.engine == "monte-carlo" else "mean-field",
            samples=self.samples,
            runs=self.runs,
            seed=self.seed,
            snapshot=self.data.snapshot(network),
            progress=reporter,
        )
        return _both(found, self.data)

    def _learned(self, network: Any) -> tuple[Any, Any]:
        """As the file of ``calibrate --out`` gives them."""
        from tiaokuai.planning.calibrate import calibrate
        from tiaokuai.planning.rates_file import ranges_of, rates_of

        found = calibrate(network, self.learned_until, self.data.assumptions).document()
        return rates_of(found), ranges_of(found, "calibrate")
