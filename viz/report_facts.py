"""What a report is made from: the documents of one day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from tiaokuai.graph import Assumptions, Network, Snapshot
from tiaokuai.metrics import documents
from tiaokuai.planning.scenario import Scenario
from tiaokuai.viz.text import name_of

Document = Mapping[str, Any]
ENTERPRISES = 20_000  # enterprises drawn one by one; above it the pictures show blocks
LISTED = 200  # rows of the longest lists of enterprises and lines
EXPLAINED = 3  # blocks whose status is explained
MONTHS, RUNS, SEED = 36, 200, 1  # of the forecast that a report makes where it is given none
DAYS, DAYS_OF_MANY, LARGE = 16, 8, 300  # steps of the history, and blocks from which on there are fewer
SAMPLES, TRIED = 16, 3_000  # of the sensitivity, and enterprises up to which a report has it
STEPS = 150_000_000  # enterprise-months that it may take for it; above it expectations alone are computed


@dataclass(frozen=True)
class Facts:
    """The documents of one day, each made when it is first asked for.

    ``given_forecast`` and ``given_plan`` are what their modules return, or its documents; ``planned`` is the plan as a
    scenario, where there is one, and ``problems`` those of the document ``check``.
    """

    network: Network
    day: date
    assumptions: Assumptions
    given_forecast: Any = None
    given_plan: Any = None
    planned: Scenario | None = None
    problems: tuple[Document, ...] = ()

    @cached_property
    def snapshot(self) -> Snapshot:
        """The network on the day."""
        return self.network.as_of(self.day, self.assumptions)

    @cached_property
    def few(self) -> bool:
        """Whether enterprises can be shown one by one."""
        return len(self.snapshot.enterprise) <= ENTERPRISES

    @cached_property
    def coverage(self) -> Document:
        """``coverage`` by block."""
        return documents.coverage_document(self.snapshot, "block")

    @cached_property
    def enterprises(self) -> Document | None:
        """``coverage`` by enterprise; None where there are too many to draw."""
        return documents.coverage_document(self.snapshot, "enterprise") if self.few else None

    @cached_property
    def places(self) -> Document:
        """Where blocks lie to each other; nothing in it is about people."""
        from tiaokuai.viz.places import places

        return places(self.snapshot)

    @cached_property
    def names(self) -> dict[str, str]:
        """What each block is called."""
        return {str(row["id"]): name_of(row) for row in self.replication["rows"]}

    @cached_property
    def template(self) -> Document:
        """Which components of the template are in place in which block."""
        from tiaokuai.viz.template_heat import template_document

        return template_document(self.snapshot)

    @cached_property
    def replication(self) -> Document:
        """``replication``."""
        return documents.replication_document(self.snapshot)

    @cached_property
    def gaps(self) -> Document:
        """``gaps``; of very many enterprises those where the next line gains most."""
        return documents.gaps_document(self.snapshot, None if self.few else LISTED)

    @cached_property
    def history(self) -> Document:
        """``history`` by month, from the first event on."""
        return documents.history_document(self.network, "month", None, self.day, self.assumptions)

    @cached_property
    def days(self) -> list[tuple[Document, Document]]:
        """``coverage`` by block and ``replication`` on days through the history, the last of them :attr:`day`."""
        known = sorted({str(row["date"]) for row in self.history["rows"] if isinstance(row["date"], str)})
        past = [date.fromisoformat(each) for each in known if each < self.day.isoformat()]
        most = DAYS if self.network["blocks"].height <= LARGE else DAYS_OF_MANY
        chosen = (
            past if len(past) < most else [past[round(at * (len(past) - 1) / (most - 2))] for at in range(most - 1)]
        )
        return [self._on(day) for day in dict.fromkeys(chosen)] + [(self.coverage, self.replication)]

    def _on(self, day: date) -> tuple[Document, Document]:
        taken = self.network.as_of(day, self.assumptions)
        covered = documents.coverage_document(taken, "block")
        return covered, documents.replication_document(taken)

    @cached_property
    def sensitivity(self) -> Document | None:
        """``sensitivity`` of the baseline at the forecast's rates, start and end; None where nothing is simulated."""
        if self.forecast is None:
            return None
        from tiaokuai.planning.rates import Rates
        from tiaokuai.planning.sensitivity import sensitivity

        told = self.forecast
        rates = Rates.from_mapping(told["rates"])
        options: Any = {"start": told["start"], "rates": rates, "snapshot": self.snapshot, "seed": told["seed"]}
        found = sensitivity(self.network, None, "coverage", told["months"], samples=SAMPLES, **options)
        return found.document()

    @cached_property
    def influence(self) -> Document:
        """``influence``."""
        return documents.influence_document(self.snapshot, LISTED)

    @cached_property
    def fragility(self) -> Document:
        """``fragility``."""
        return documents.fragility_document(self.snapshot, LISTED)

    @cached_property
    def explained(self) -> tuple[Document, ...]:
        """``explain`` of the blocks that most want it."""
        chosen = worst(self.coverage, self.replication, EXPLAINED)
        return tuple(documents.explain_document(self.snapshot, block) for block in chosen)

    @cached_property
    def forecast(self) -> Document | None:
        """``simulate``: what was given, else the baseline; None where there is nothing to simulate."""
        if self.given_forecast is not None:
            return _document(self.given_forecast)
        if not len(self.snapshot.enterprise):
            return None
        scenarios = [] if self.planned is None else [self.planned]
        start = first_month(self.day, scenarios)
        document: Document = baseline(self.network, self.snapshot, start, scenarios).document()
        return document

    @cached_property
    def plan(self) -> Document | None:
        """``plan``, where one was given."""
        return None if self.given_plan is None else _document(self.given_plan)

    @cached_property
    def planned_coverage(self) -> tuple[float | None, ...]:
        """Coverage at the end of each period of the plan, as the forecast has it; empty where it has not."""
        if self.plan is None or self.planned is None or self.forecast is None:
            return ()
        mine = [each for each in self.forecast["scenarios"] if each["name"] == self.planned.name]
        return ends_of_periods(self.plan["periods"], mine[-1]["series"], self.forecast["start"]) if mine else ()

    @cached_property
    def checked(self) -> Document:
        """``check``: rows of every table, and the problems."""
        rows = {name: frame.height for name, frame in self.network.tables.items()}
        ok = not any(problem["severity"] == "error" for problem in self.problems)
        return {"ok": ok, "rows": rows, "problems": list(self.problems)}


def _document(answer: Any) -> Document:
    """The document of a forecast or a plan, or the document itself."""
    return answer if isinstance(answer, Mapping) else answer.document()


def baseline(
    network: Network,
    day: Snapshot,
    start: date,
    scenarios: Sequence[Scenario] = (),
    *,
    months: int = MONTHS,
    runs: int | None = None,
    seed: int = SEED,
    rates: Any = None,
    progress: Any = None,
) -> Any:
    """What happens from the month ``start`` on when nothing is done, and under each scenario.

    Without ``runs`` there are as many as are quick, the same for everybody; where those are too few, expectations.
    """
    from tiaokuai.planning.simulate import simulate

    quick = min(RUNS, STEPS // max(1, len(day.enterprise) * months * (1 + len(scenarios))))
    few = runs is None and quick < RUNS // 4
    engine: Any = "mean-field" if few else "monte-carlo"
    return simulate(
        network,
        scenarios,
        months=months,
        runs=RUNS if few else runs or quick,
        seed=seed,
        start=start,
        rates=rates,
        snapshot=day,
        engine=engine,
        check=0,
        progress=progress,
    )


def first_month(day: date, planned: Sequence[Scenario] = ()) -> date:
    """The month that begins on the day or next; a plan of yesterday still begins with its own first month.

    >>> first_month(date(2026, 11, 2)), first_month(date(2026, 11, 1))
    (datetime.date(2026, 12, 1), datetime.date(2026, 11, 1))
    """
    from tiaokuai.planning.months import first_day, month_number

    numbers = [number for each in planned for item in each.interventions for number in item.numbers()]
    return first_day(min([month_number(day) + (day.day > 1), *numbers]))


def ends_of_periods(periods: Sequence[Document], series: Document, start: str) -> tuple[float | None, ...]:
    """Coverage in the last month of each period: of the median run, or the expectation where there are no runs.

    >>> periods = [{"start": "2027-01"}, {"start": "2027-03"}]
    >>> ends_of_periods(periods, {"coverage": {"mean": [0.1, 0.2, 0.3, 0.4, 0.5], "p50": [None] * 5}}, "2027-01")
    (0.3, 0.5)
    """
    from tiaokuai.planning.months import month_number

    coverage = series["coverage"]
    values = coverage["mean"] if coverage["p50"][0] is None else coverage["p50"]
    begins = [month_number(each["start"]) - month_number(start) for each in periods]
    lasting = begins[-1] - begins[-2] if len(begins) > 1 else len(values) - 1
    return tuple(values[end] if end < len(values) else None for end in [*begins[1:], begins[-1] + lasting])


def worst(coverage: Document, replication: Document, most: int) -> list[str]:
    """The blocks that most want explaining: hollow ones first, then by people out of reach; ties by id.

    >>> rows = [{"id": "A", "staff": 9, "reached": 9}, {"id": "B", "staff": 9, "reached": 1}]
    >>> worst({"rows": rows}, {"rows": [{"id": "A", "status": "hollow"}, {"id": "B", "status": "growing"}]}, 2)
    ['A', 'B']
    """
    status = {row["id"]: row["status"] for row in replication["rows"]}

    def order(row: Document) -> tuple[bool, float, str]:
        out = _number(row["staff"]) - _number(row["reached"])
        return status.get(row["id"]) != "hollow", -out, row["id"]

    wanting = [row for row in coverage["rows"] if status.get(row["id"]) != "covered" and _number(row["staff"]) > 0]
    return [row["id"] for row in sorted(wanting, key=order)[:most]]


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
