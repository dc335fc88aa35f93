"""The same network recorded as persons, as counts, or as both gives the same answers (model.md §1, *counts*)."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.counting import as_counts
from tests.districts import district
from tests.network_alone import coverage_of_graph
from tests.networks import FIRST, LAST, networks
from tests.plain import coverage as plain_coverage
from tiaokuai.graph import Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.loaders.reading import check
from tiaokuai.loaders.synthetic import generate
from tiaokuai.loaders.writing import write
from tiaokuai.metrics.coverage import GROUPINGS
from tiaokuai.metrics.documents import (
    compare_document,
    coverage_document,
    explain_document,
    fragility_document,
    gaps_document,
    history_document,
    influence_document,
    replication_document,
)
from tiaokuai.planning.calibrate import calibrate
from tiaokuai.planning.events import history
from tiaokuai.planning.plan import plan
from tiaokuai.planning.plan_wishes import BadPlan
from tiaokuai.planning.state import start_state

DAYS = st.dates(FIRST, LAST)


@st.composite
def either_way(draw: st.DrawFn) -> tuple[Network, Network]:
    """Persons alone; and the same with counts alone, at some enterprises, or beside persons at the same ones."""
    drawn = draw(networks())
    persons = Network.from_tables({**drawn.tables, "counts": []})
    members = persons["members"].select("id", "enterprise").rows()
    which = draw(st.sampled_from(("all", "enterprises", "members")))
    some = draw(st.sets(st.sampled_from(sorted({row[which == "enterprises"] for row in members})))) if members else ()
    who = None if which == "all" else {row[0] for row in members if row[which == "enterprises"] in some}
    return persons, as_counts(persons, who)


@given(either_way(), DAYS, DAYS)
def test_the_same_figures_on_every_day(both: tuple[Network, Network], one: date, other: date) -> None:
    for day in (one, other):
        persons, counts = (network.as_of(day) for network in both)
        for by in GROUPINGS:
            assert coverage_document(persons, by) == coverage_document(counts, by)
        assert replication_document(persons) == replication_document(counts)
        assert gaps_document(persons) == gaps_document(counts)
        assert fragility_document(persons)["after_a_year"] == fragility_document(counts)["after_a_year"]
        assert influence_document(persons)["blocks"] == influence_document(counts)["blocks"]
        assert influence_document(persons)["components"] == influence_document(counts)["components"]
        for block in persons.block_ids:
            assert explain_document(persons, block) == explain_document(counts, block)
    first, last = sorted((one, other))
    assert compare_document(both[0], first, last) == compare_document(both[1], first, last)


@given(either_way(), DAYS, st.sampled_from(("day", "month", "year")))
def test_the_same_history_from_its_first_day_on(both: tuple[Network, Network], last: date, step: str) -> None:
    if step == "day":  # from three months before
        made = [history_document(network, step, date(2023, 1, 1), date(2023, 4, 1)) for network in both]
    else:
        made = [history_document(network, step, None, last) for network in both]
    assert made[0] == made[1]


@given(either_way(), DAYS, st.sampled_from(("auto", "members", "reached")))
def test_the_same_start_of_a_simulation(both: tuple[Network, Network], day: date, reach: str) -> None:
    persons, counts = (start_state(network.as_of(day), reach) for network in both)
    for name in ("order", "staff", "lines", "connected", "capacity", "founded", "fidelity"):
        assert np.array_equal(getattr(persons, name), getattr(counts, name)), name


@settings(max_examples=25)
@given(either_way(), st.integers(2020, 2025))
def test_the_same_plan(both: tuple[Network, Network], year: int) -> None:
    def made(network: Network) -> dict[str, Any] | list[str]:
        try:
            found = plan(network, budget=40, periods=2, start=f"{year}-01", gap=0.0).document()
        except BadPlan as bad:
            return [fault.en for fault in bad.faults]
        return {name: value for name, value in found.items() if name not in ("data_hash", "seconds")}

    assert made(both[0]) == made(both[1])


@given(networks(), DAYS)
def test_persons_and_counts_drawn_together_are_as_plain_python_and_the_graph_alone_have_them(
    network: Network, day: date
) -> None:
    keys = ("enterprises", "enterprises_with_line", "staff", "lines", "members", "potential", "reached")
    rows = coverage_document(network.as_of(day), "block")["rows"]
    found = {row["id"]: {key: row[key] for key in keys} for row in rows}
    assert found == plain_coverage({name: frame.to_dicts() for name, frame in network.tables.items()}, day)
    assert found == coverage_of_graph(network.to_networkx(day))


def test_a_made_up_district_of_counts_is_checked_without_a_fault_and_answers_as_the_one_of_persons(
    tmp_path: Any,
) -> None:
    persons, counts = generate(6, 80, 4), generate(6, 80, 4, counts=True)
    assert (counts["members"].height, counts["backbones"].height) == (0, 0)
    write(counts, tmp_path / "counts")
    assert [problem for problem in check(tmp_path / "counts").problems if problem.severity == "error"] == []
    last = date(2026, 6, 30)
    assert history_document(persons, "month", None, last) == history_document(counts, "month", None, last)
    assert replication_document(persons.as_of(last)) == replication_document(counts.as_of(last))


# What a calibration learns from


def counted(rows: list[tuple[date, int, int]], staff: int = 25, **more: Any) -> Network:
    """Four enterprises of a founded block, the first with these counts: day, members, lines of three people each."""
    counts = [
        {"enterprise": "B0E0", "since": day, "members": members, "lines": lines, "capacity": 3 * lines}
        for day, members, lines in rows
    ]
    made = district([[staff] * 4], founded=[0])
    founded = [{"id": "A", "block": "B0", "since": date(2026, 1, 1)}]
    return Network.from_tables({**made.tables, "associations": founded, "counts": counts, **more})


def test_changes_of_counts_are_starts_and_ends_of_lines_and_of_members() -> None:
    # A line and a member; one leaves and another comes, told by a count between; a place is taken; a second line.
    past = history(
        counted(
            [
                (date(2026, 1, 1), 2, 1),
                (date(2026, 2, 10), 1, 1),
                (date(2026, 2, 20), 2, 1),
                (date(2026, 3, 3), 3, 1),
                (date(2026, 4, 9), 4, 2),
            ]
        ),
        date(2026, 6, 1),
    )
    assert past.members_known
    assert past.lines[:, 0].tolist() == [1, 1, 1, 1, 2]
    assert past.plain[:, 0].tolist() == [1, 1, 1, 2, 2]
    assert past.member_ends[:, 0].tolist() == [0, 1, 0, 0, 0]
    assert past.places[:, 0].tolist() == [1, 2, 1, 0, 2]
    assert past.joins[:, 0].tolist() == [0, 1, 1, 0, 0]
    assert past.full[:, 0].tolist() == [0, 0, 1, 1, 0]
    assert past.grown[:, 0].tolist() == [0, 0, 0, 1, 0]


def test_a_first_line_that_ends_again_and_an_enterprise_that_closes() -> None:
    rows = [(date(2026, 2, 5), 1, 1), (date(2026, 4, 5), 0, 0)]
    past = history(counted(rows), date(2026, 6, 1))
    assert past.starts[:, 0].tolist() == [0, 1, 0, 0, 0]
    assert past.idle[:, 0].tolist() == [4, 4, 3, 4, 4]
    assert past.line_ends[:, 0].tolist() == [0, 0, 0, 1, 0]
    assert not past.members_known
    closing = counted(rows[:1])["enterprises"].to_dicts()
    closing[0]["until"] = date(2026, 4, 20)
    past = history(counted(rows[:1], enterprises=closing), date(2026, 6, 1))
    assert past.lines[:, 0].tolist() == [0, 0, 1, 0, 0]
    assert past.line_ends.sum() == 0  # taken out with the enterprise, no turnover


def test_what_came_and_went_within_a_month_is_no_event() -> None:
    rows = [(date(2026, 1, 1), 0, 0), (date(2026, 3, 5), 1, 1), (date(2026, 3, 25), 0, 0)]
    past = history(counted(rows), date(2026, 6, 1))
    assert (past.starts.sum(), past.line_ends.sum(), past.member_ends.sum()) == (0, 0, 0)


@pytest.mark.parametrize("seed", [1, 3])
def test_a_district_of_counts_teaches_the_rates_that_the_same_one_of_persons_teaches(seed: int) -> None:
    persons, counts = (calibrate(generate(8, 160, seed, counts=told)).learned for told in (False, True))
    for name in ("start", "imitation", "founding", "replication", "adoption", "backbone_turnover", "development"):
        assert counts[name] == persons[name]
    for name in ("fill", "member_turnover"):  # who took the place of whom in a month is told by persons alone
        assert counts[name].events == pytest.approx(persons[name].events, rel=0.02)


def test_without_any_date_there_is_nothing_to_learn_from() -> None:
    with pytest.raises(RequestError, match="nothing in the data has a date"):
        calibrate(Network.from_tables({}))
    assert calibrate(counted([(date(2026, 3, 5), 1, 1)]), date(2026, 6, 1)).learned["start"].events == 1
