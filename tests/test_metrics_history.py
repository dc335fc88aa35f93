"""History in one sweep and the comparison of two days: the same numbers as a snapshot of each day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tiaokuai as tk
from tests.networks import FIRST, LAST, networks
from tiaokuai.graph import Assumptions, Network
from tiaokuai.graph.errors import UsageError
from tiaokuai.loaders import read
from tiaokuai.metrics.documents import (
    compare_document,
    coverage_document,
    history_document,
    replication_document,
)
from tiaokuai.metrics.history import STEPS, step_days

days = st.dates(FIRST, LAST)
LATERAL = ("eligible", "founded", "founded_share", "replicas", "replication_share", "velocity_12m", "full_coverage")


def from_snapshots(network: Network, day: date, assumptions: Assumptions) -> dict[str, Any]:
    """A row of the history from the day alone."""
    snapshot = network.as_of(day, assumptions)
    blocks = replication_document(snapshot)
    eligible = {row["id"] for row in blocks["rows"] if row["kind"] in assumptions.eligible_kinds}
    hollow = len(eligible & set(blocks["hollow"]))
    return {
        "date": day.isoformat(),
        **coverage_document(snapshot, "block")["total"],
        **{name: blocks[name] for name in LATERAL},
        "hollow": len(blocks["hollow"]),
        "hollow_share": hollow / blocks["founded"] if blocks["founded"] else None,
    }


@given(networks(), days, days, st.sampled_from(("month", "quarter", "year")), st.sampled_from((1, 10, 25)))
def test_every_step_has_the_figures_of_its_own_snapshot(
    network: Network, one: date, other: date, step: str, capacity: int
) -> None:
    first, last = sorted((one, other))
    assumptions = Assumptions(line_capacity=capacity, staff_per_enterprise=7, hollow_below=0.5)
    rows = history_document(network, step, first, last, assumptions)["rows"]
    assert [row["date"] for row in rows] == [day.isoformat() for day in step_days(first, last, step)]
    for row in rows[:: max(1, len(rows) // 6)] + rows[-1:]:
        assert row == from_snapshots(network, date.fromisoformat(row["date"]), assumptions)


def test_the_field_studies_history_is_that_of_their_snapshots(study: Any) -> None:
    network = read(str(study))
    last = date(1965, 1, 1)
    rows = history_document(network, "quarter", None, last)["rows"]
    for row in rows[::5]:
        assert row == from_snapshots(network, date.fromisoformat(row["date"]), Assumptions())
    assert rows[-1]["lines"] == {"medical-innovation": 109, "brazil-farmers": 540}[study.name]


def test_steps_of_a_month_keep_to_the_day_or_the_months_last() -> None:
    assert step_days(date(2023, 12, 31), date(2024, 4, 1), "month") == [
        date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31),
    ]  # fmt: skip
    assert step_days(date(2024, 1, 1), date(2024, 1, 16), "week") == [
        date(2024, 1, 1),
        date(2024, 1, 8),
        date(2024, 1, 15),
    ]
    assert step_days(date(2024, 2, 29), date(2026, 3, 1), "year") == [
        date(2024, 2, 29),
        date(2025, 2, 28),
        date(2026, 2, 28),
    ]
    assert step_days(date(2024, 1, 1), date(2024, 1, 1), "quarter") == [date(2024, 1, 1)]


def association(since: date) -> Network:
    return Network.from_tables(
        {
            "districts": [{"id": "D"}],
            "blocks": [{"id": "B", "district": "D"}],
            "enterprises": [{"id": "E", "block": "B", "staff": 5, "since": date(1990, 1, 1)}],
            "associations": [{"id": "A", "block": "B", "since": since}],
        }
    )


@pytest.mark.parametrize(
    ("step", "first"),
    [
        ("day", "2021-05-20"),
        ("week", "2021-05-17"),
        ("month", "2021-05-01"),
        ("quarter", "2021-04-01"),
        ("year", "2021-01-01"),
    ],
)
def test_without_a_first_day_history_begins_with_the_step_of_the_first_event(step: str, first: str) -> None:
    document = history_document(association(date(2021, 5, 20)), step, None, date(2021, 6, 1))
    assert document["rows"][0]["date"] == document["from"] == first


def test_without_any_event_history_is_the_last_day_step_alone() -> None:
    document = history_document(Network.from_tables({}), "month", None, date(2024, 5, 20))
    assert [row["date"] for row in document["rows"]] == ["2024-05-01"]
    later = history_document(association(date(2030, 1, 1)), "day", None, date(2024, 5, 20))
    assert [(row["date"], row["founded"]) for row in later["rows"]] == [("2024-05-20", 0)]


def test_an_impossible_period_and_too_many_steps_are_said() -> None:
    with pytest.raises(UsageError) as told:
        history_document(Network.from_tables({}), "month", date(2024, 2, 1), date(2024, 1, 1))
    assert told.value.code == "bad_period"
    with pytest.raises(UsageError) as told:
        history_document(Network.from_tables({}), "day", date(1900, 1, 1), date(2024, 1, 1))
    assert told.value.code == "too_many_steps"
    with pytest.raises(UsageError):
        compare_document(Network.from_tables({}), date(2024, 2, 1), date(2024, 1, 1))


def test_the_steps_go_by_their_names() -> None:
    assert STEPS == ("day", "week", "month", "quarter", "year")


@given(networks(), days, days)
def test_compare_holds_both_days_figures_and_their_difference(network: Network, one: date, other: date) -> None:
    first, last = sorted((one, other))
    document = compare_document(network, first, last)
    for end, day in (("before", first), ("after", last)):
        snapshot = network.as_of(day)
        covered = coverage_document(snapshot, "block")
        copied = replication_document(snapshot)
        for row, figures, block in zip(document["rows"], covered["rows"], copied["rows"], strict=True):
            assert row["id"] == figures["id"]
            assert row[end] == {
                "status": block["status"],
                **{name: value for name, value in figures.items() if name not in ("id", "name")},
                "fidelity": block["fidelity"],
            }
        assert document["total"][end]["founded"] == copied["founded"]
        assert document["total"][end]["reached"] == covered["total"]["reached"]
    for row in [*document["rows"], document["total"]]:
        assert row["change"]["lines"] == row["after"]["lines"] - row["before"]["lines"]
        missing = None in (row["before"]["coverage"], row["after"]["coverage"])
        assert (row["change"]["coverage"] is None) == missing


def test_the_public_frames_have_a_row_a_step_and_a_row_a_block() -> None:
    network = association(date(2021, 5, 20))
    frame = tk.history(network, step="quarter", last="2022-06-30")
    assert frame["date"].to_list()[:2] == [date(2021, 4, 1), date(2021, 7, 1)]
    assert frame["founded"].to_list() == [0, 1, 1, 1, 1]
    flat = tk.compare(network, "2021-01-01", "2022-01-01").row(0, named=True)
    assert (flat["id"], flat["status_before"], flat["status_after"]) == ("B", "none", "hollow")
