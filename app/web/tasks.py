"""What is computed in a process of its own: many runs, or a plan; as plain values that any process can take."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from tiaokuai.graph import Assumptions, Network, Template
from tiaokuai.graph.errors import RequestError


class Reporter(Protocol):
    """Who is told how far the work is."""

    def update(self, done: float, text: str | None = None, total: float | None = None) -> None: ...


@dataclass(frozen=True)
class Data:
    """The data set of a task."""

    tables: Mapping[str, Any]
    template: Template
    assumptions: Assumptions
    day: date

    @classmethod
    def of(cls, network: Network, assumptions: Assumptions, day: date) -> Data:
        """From a network; ``day`` is the one that the work starts from."""
        return cls(dict(network.tables), network.template, assumptions, day)

    def network(self) -> Network:
        """The network again."""
        return Network(self.tables, self.template)


@dataclass(frozen=True)
class Simulation:
    """Many runs; scenarios are the texts of their files."""

    data: Data
    start: str
    scenarios: tuple[str, ...]
    months: int
    runs: int
    seed: int
    rates: Mapping[str, float]

    @property
    def total(self) -> float:
        """Steps of the progress."""
        return float(self.runs)

    def run(self, reporter: Reporter) -> dict[str, Any]:
        """The document ``simulate``, not yet protected."""
        from tiaokuai.planning.rates import Rates
        from tiaokuai.planning.scenario import Scenario
        from tiaokuai.planning.simulate import simulate

        network = self.data.network()
        forecast = simulate(
            network,
            [Scenario.parse(text) for text in self.scenarios],
            months=self.months,
            runs=self.runs,
            seed=self.seed,
            start=self.start,
            rates=Rates.from_mapping(self.rates),
            snapshot=network.as_of(self.data.day, self.data.assumptions),
            progress=reporter,
            workers=max(1, (os.cpu_count() or 2) - 1),
        )
        return dict(forecast.document())  # without its evidence, which is large; the desk has it


@dataclass(frozen=True)
class Planning:
    """A plan; ``options`` are those of ``tiaokuai.plan``."""

    data: Data
    options: Mapping[str, Any]
    total: float = 1.0

    def run(self, reporter: Reporter) -> dict[str, Any]:
        """``{plan: the document, scenario: its scenario file as plain values, day: that it begins with}``."""
        network = self.data.network()
        day = network.as_of(self.data.day, self.data.assumptions)
        made = planner()(network, snapshot=day, progress=reporter, **dict(self.options))
        document = dict(made.document())
        feasible = document["status"] != "infeasible"
        return {
            "plan": document,
            "scenario": made.scenario().to_plain() if feasible else None,
            "day": self.data.day.isoformat(),
        }


def planner() -> Any:
    """The public function ``tiaokuai.plan``."""
    found = getattr(importlib.import_module("tiaokuai"), "plan", None)
    if found is None:
        raise RequestError("no_planner", "此版本还不能做计划", "this version cannot plan yet")
    return found


Task = Simulation | Planning
