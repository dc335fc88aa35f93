"""What a report is made from: the documents of one day, each already protected for its audience."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tiaokuai.graph import Assumptions, Network, Snapshot
from tiaokuai.metrics.protection import protect, release_day

Document = Mapping[str, Any]
ENTERPRISES = 20_000  # enterprises drawn one by one; above it the pictures show blocks
LISTED = 200  # rows of the longest lists of enterprises and lines
EXPLAINED = 3  # blocks whose status is explained
MONTHS, RUNS, SEED = 36, 200, 1  # of the forecast that a report makes where it is given none
STEPS = 150_000_000  # enterprise-months that it may take for it; above it expectations alone are computed


@dataclass(frozen=True)
class Facts:
    """The protected documents of one day, and what is said of them: who may read them and what they assume."""

    network: Network
    day: date
    audience: str
    assumptions: Assumptions
    coverage: Document
    replication: Document
    gaps: Document
    history: Document
    influence: Document
    fragility: Document
    enterprises: Document | None
    explained: tuple[Document, ...]
    forecast: Document | None
    plan: Document | None
    problems: tuple[Document, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)


def gather(
    network: Network,
    forecast: Any,
    plan: Any,
    *,
    audience: str,
    as_of: date,
    assumptions: Assumptions,
    problems: Sequence[Document] = (),
    months: int = MONTHS,
) -> Facts:
    """Every document of the report; ``as_of`` is moved back to the last day that the audience may know."""
    from tiaokuai.metrics import documents

    made = _Made(documents)
    day = release_day(network, as_of, audience)
    taken = network.as_of(day, assumptions)

    def safe(kind: str, document: Document) -> Document:
        return protect(kind, document, audience)

    replication = safe("replication", made.replication_document(taken))
    coverage = safe("coverage", made.coverage_document(taken, "block"))
    few = len(taken.enterprise) <= ENTERPRISES
    if forecast is None and len(taken.enterprise):
        forecast = baseline(network, taken, as_of, months=months)
    return Facts(
        network=network,
        day=day,
        audience=audience,
        assumptions=assumptions,
        coverage=coverage,
        replication=replication,
        gaps=safe("gaps", made.gaps_document(taken, None if few else LISTED)),
        history=safe("history", made.history_document(network, "month", None, day, assumptions)),
        influence=safe("influence", made.influence_document(taken, LISTED)),
        fragility=safe("fragility", made.fragility_document(taken, LISTED)),
        enterprises=safe("coverage", made.coverage_document(taken, "enterprise")) if few else None,
        explained=tuple(
            safe("explain", made.explain_document(taken, block)) for block in worst(coverage, replication, EXPLAINED)
        ),
        forecast=None if forecast is None else safe("simulate", _told(forecast)),
        plan=None if plan is None else safe("plan", _told(plan)),
        problems=tuple(problems),
        rows={name: frame.height for name, frame in network.tables.items()},
    )


class _Made:
    """The documents there are; those that are still to come answer nothing."""

    def __init__(self, module: Any) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name, lambda *_: {})


def _told(answer: Any) -> Document:
    """The document of a forecast or a plan, or the document itself."""
    return answer if isinstance(answer, Mapping) else answer.document()


def baseline(
    network: Network,
    day: Snapshot,
    as_of: date,
    scenarios: Sequence[Any] = (),
    *,
    months: int = MONTHS,
    runs: int | None = None,
    seed: int = SEED,
    rates: Any = None,
    progress: Any = None,
) -> Any:
    """What happens when nothing is done, and under each scenario, from the month that begins on the day or next.

    Without ``runs`` there are as many as are quick, the same for everybody; where those are too few, expectations.
    """
    from tiaokuai.planning.months import first_day, month_number
    from tiaokuai.planning.simulate import simulate

    start = first_day(month_number(as_of) + (as_of.day > 1))
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


def worst(coverage: Document, replication: Document, most: int) -> list[str]:
    """The blocks that most want explaining: hollow ones first, then by people out of reach; ties by id.

    A figure that is withheld counts as nothing.

    >>> rows = [{"id": "A", "staff": 9, "reached": 9}, {"id": "B", "staff": 9, "reached": 1}]
    >>> worst({"rows": rows}, {"rows": [{"id": "A", "status": "hollow"}, {"id": "B", "status": "growing"}]}, 2)
    ['A', 'B']
    """
    status = {row["id"]: row["status"] for row in replication["rows"]}

    def order(row: Document) -> tuple[bool, float, str]:
        return status.get(row["id"]) != "hollow", -(_number(row["staff"]) - _number(row["reached"])), row["id"]

    wanting = [row for row in coverage["rows"] if status.get(row["id"]) != "covered" and _number(row["staff"]) > 0]
    return [row["id"] for row in sorted(wanting, key=order)[:most]]


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
