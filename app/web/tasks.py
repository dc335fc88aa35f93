"""What is computed in a process of its own: many runs, or a plan; as plain values that any process can take."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol

from tiaokuai.graph import Assumptions, Network, Snapshot, Template
from tiaokuai.graph.release import Release
from tiaokuai.graph.release.answers import annotate
from tiaokuai.planning.months import month_number


class Reporter(Protocol):
    """Who is told how far the work is."""

    def update(self, done: float, text: str | None = None, total: float | None = None) -> None: ...


@dataclass(frozen=True)
class Data:
    """The network of a task, as values that another process can take."""

    tables: Mapping[str, Any]
    template: Template
    assumptions: Assumptions
    day: date
    released: Release | None = None

    @classmethod
    def of(cls, network: Network, assumptions: Assumptions, day: date) -> Data:
        """From a network; ``day`` is the one that the work starts from."""
        return cls(dict(network.tables), network.template, assumptions, day, network.released)

    def network(self) -> Network:
        """The network again."""
        return Network(self.tables, self.template, released=self.released)

    def annotate(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document; one computed from a release says so."""
        return dict(document) if self.released is None else annotate(document, self.released, self.day)

    def snapshot(self, network: Network) -> Snapshot:
        """What the work begins with."""
        return network.as_of(self.day, self.assumptions)


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
    precision: float | None = None  # as many runs as it takes
    learn: bool = False

    @property
    def total(self) -> float:
        """Steps of the progress."""
        return float(self.runs)

    def run(self, reporter: Reporter) -> dict[str, Any]:
        """The document ``simulate``."""
        from tiaokuai.planning.rates import Rates
        from tiaokuai.planning.scenario import Scenario
        from tiaokuai.planning.simulate import simulate

        network = self.data.network()
        runs: int | Literal["auto"] = "auto" if self.precision else self.runs
        given: dict[str, Any] = {"rates": Rates.from_mapping(self.rates)}
        if self.learn:
            from tiaokuai.planning.learned import learned

            options: dict[str, Any] = {"months": self.months, "runs": runs, "seed": self.seed}
            data = self.data
            given = learned(network, data.day, data.assumptions, **options)
        if self.precision:
            given["precision"] = self.precision
        forecast = simulate(
            network,
            [Scenario.parse(text) for text in self.scenarios],
            months=self.months,
            runs=runs,
            seed=self.seed,
            start=self.start,
            **given,
            snapshot=self.data.snapshot(network),
            progress=reporter,
            workers=max(1, (os.cpu_count() or 2) - 1),
        )
        return self.data.annotate(forecast.document())


@dataclass(frozen=True)
class Planning:
    """A plan; ``options`` are those of ``tiaokuai.plan``, ``sure`` what else is asked: robust, always, expected.

    ``before`` is the text of an earlier plan's file that was followed until month number ``done`` included.
    """

    data: Data
    options: Mapping[str, Any]
    sure: tuple[str, ...] = ()
    rates: Mapping[str, float] = field(default_factory=dict)  # of the simulator, where it is asked
    before: str = ""
    done: int = 0
    total: float = 1.0

    def run(self, reporter: Reporter) -> dict[str, Any]:
        """``{plan: the document, scenario: its scenario file as plain values, day: its first, known: of it}``.

        ``known`` is what :class:`Why` needs of the plan; nothing of the data is in it.
        """
        network = self.data.network()
        made = self._made(network, self.data.snapshot(network), reporter)
        if "robust" in self.sure:
            from tiaokuai.planning.plan_robust import robust

            made = robust(made, rates=self._rates(), progress=reporter)
        document = self.data.annotate(made.document()) | (self._surer(made, reporter) if made.feasible else {})
        scenario = made.scenario().to_plain() if made.feasible else None
        return {"plan": document, "scenario": scenario, "day": self.data.day.isoformat(), "known": made.known()}

    def _made(self, network: Network, day: Snapshot, reporter: Reporter) -> Any:
        from tiaokuai.planning.intervention import Costs
        from tiaokuai.planning.plan import plan
        from tiaokuai.planning.plan_again import again
        from tiaokuai.planning.plan_clock import Clock
        from tiaokuai.planning.plan_question import GAP, SECONDS, question
        from tiaokuai.planning.scenario import Scenario

        o = dict(self.options)
        if not self.before:
            return plan(network, snapshot=day, progress=reporter, **o)
        first, costs = month_number(o["start"]), o.get("costs") or Costs()
        wishes = o.get("constraints")
        asked = question(day, o["budget"], o["periods"], o["period_months"], o["objective"], first, wishes, costs)
        return again(asked, Scenario.parse(self.before), self.done, Clock(SECONDS, GAP, reporter))

    def _surer(self, made: Any, reporter: Reporter) -> dict[str, Any]:
        """As the options ``--must-could-never`` and ``--simulate`` of the command."""
        found: dict[str, Any] = {}
        if "always" in self.sure:
            from tiaokuai.planning.plan_always import always

            found["must_could_never"] = always(made)
        if "expected" in self.sure:
            from tiaokuai.planning.plan_expect import expectation

            found["expected"] = expectation(made, rates=self._rates(), progress=reporter)
        return found

    def _rates(self) -> Any:
        from tiaokuai.planning.rates import Rates

        return Rates.from_mapping(self.rates)


@dataclass(frozen=True)
class Why:
    """Why a plan does not have a block; ``known`` is what :class:`Planning` brought back of the plan."""

    planning: Planning
    known: Mapping[str, Any]
    block: str
    total: float = 1.0

    def run(self, reporter: Reporter) -> dict[str, Any]:
        """``{plan: {..., why_not: [the answer]}}``, as ``tiaokuai plan --why-not`` has it."""
        from tiaokuai.planning.plan import restored
        from tiaokuai.planning.plan_why import why_not

        data = self.planning.data
        day = data.snapshot(data.network())
        made = restored(day, self.known, **dict(self.planning.options))
        answered = {**data.annotate(made.document()), "why_not": [why_not(made, self.block, progress=reporter)]}
        return {"plan": answered, "day": data.day.isoformat()}


class Task(Protocol):
    """What a process of its own can run: plain values, how many steps it takes, and its result as plain values."""

    @property
    def total(self) -> float: ...

    def run(self, reporter: Reporter) -> dict[str, Any]: ...
