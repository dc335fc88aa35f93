"""Coverage (model.md §2): reached = min(n, max(min(n, Σ capacity), m)), and sums over any grouping."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tiaokuai as tk
from tests import plain
from tests.network_alone import coverage_of_graph
from tests.networks import FIRST, LAST, networks
from tiaokuai.graph import Assumptions, Network
from tiaokuai.loaders import read
from tiaokuai.metrics.coverage import FIGURES, GROUPINGS
from tiaokuai.metrics.documents import coverage_document

days = st.dates(FIRST, LAST)


def small(**tables: list[dict[str, Any]]) -> Network:
    """Two nested districts with a block each; one enterprise of unknown size."""
    own: dict[str, Any] = {
        "districts": [{"id": "D", "name": "区", "parent": None}, {"id": "S", "name": "街道", "parent": "D"}],
        "blocks": [{"id": "B1", "district": "D"}, {"id": "B2", "district": "S"}, {"id": "B3", "district": "S"}],
        "enterprises": [
            {"id": "E1", "block": "B1", "staff": 25, "sector": "化工"},
            {"id": "E2", "block": "B2", "staff": None, "sector": None},
            {"id": "E3", "block": "B2", "staff": 12, "sector": "化工"},
        ],
        "members": [
            {"id": f"M{at}", "enterprise": where, "association": "A", "since": date(2020, 1, 1)}
            for at, where in enumerate(["E1", "E1", "E2", *["E3"] * 5])
        ],
        "backbones": [
            {"member": "M0", "since": date(2021, 1, 1), "capacity": None},
            {"member": "M1", "since": date(2021, 1, 1), "capacity": 4},
            {"member": "M2", "since": date(2021, 1, 1), "capacity": 30},
        ],
    }
    return Network.from_tables({**own, **tables})


def test_a_block_has_the_hand_computed_figures() -> None:
    rows = coverage_document(small().as_of("2022-01-01"), "block")["rows"]
    # E1: 2 lines of 10 + 4 reach 14 of 25, so 11 are left for 2 lines; 2 members fill 2 of 14.
    assert rows[0] == {
        "id": "B1", "name": None, "enterprises": 1, "enterprises_with_line": 1, "staff": 25, "imputed_staff": 0,
        "lines": 2, "members": 2, "potential": 14, "reached": 14, "coverage": 14 / 25, "line_share": 1.0,
        "amplification": 7.0, "realisation": 2 / 14, "wasted_capacity": 0, "missing_lines": 2,
    }  # fmt: skip
    # E2: unknown, taken for 10; a line of 30 wastes 20. E3: 5 members, no line, 12 people, 2 lines missing.
    assert rows[1] == {
        "id": "B2", "name": None, "enterprises": 2, "enterprises_with_line": 1, "staff": 22, "imputed_staff": 10,
        "lines": 1, "members": 6, "potential": 10, "reached": 15, "coverage": 15 / 22, "line_share": 0.5,
        "amplification": 10.0, "realisation": 0.1, "wasted_capacity": 20, "missing_lines": 2,
    }  # fmt: skip


def test_a_block_without_enterprises_has_null_where_there_is_nothing_to_divide_by() -> None:
    row = coverage_document(small().as_of("2022-01-01"), "block")["rows"][2]
    assert [row[name] for name in ("enterprises", "staff", "reached", "missing_lines")] == [0, 0, 0, 0]
    assert [row[name] for name in ("coverage", "line_share", "amplification", "realisation")] == [None] * 4


def test_an_empty_network_has_an_answer_to_every_grouping() -> None:
    for by in GROUPINGS:
        document = coverage_document(Network.from_tables({}).as_of("2022-01-01"), by)
        assert document["rows"] == []
        assert (document["total"]["staff"], document["total"]["coverage"]) == (0, None)


def test_a_district_has_the_blocks_directly_in_it_so_that_districts_add_up_to_the_total() -> None:
    rows = coverage_document(small().as_of("2022-01-01"), "district")["rows"]
    assert [(row["id"], row["name"], row["staff"]) for row in rows] == [("D", "区", 25), ("S", "街道", 22)]


def test_a_missing_sector_is_a_group_whose_id_is_null_and_comes_last() -> None:
    rows = coverage_document(small().as_of("2022-01-01"), "sector")["rows"]
    assert [(row["id"], row["enterprises"], row["staff"]) for row in rows] == [("化工", 2, 37), (None, 1, 10)]


def test_the_assumptions_are_what_unknown_staff_and_lines_count_for() -> None:
    day = small().as_of("2022-01-01", Assumptions(staff_per_enterprise=40, line_capacity=5))
    rows = coverage_document(day, "enterprise")["rows"]
    # E1: 5 + 4 of 25, 16 left for 4 lines of 5; E2: 30 of 40.
    assert [(row["id"], row["reached"], row["missing_lines"]) for row in rows] == [
        ("E1", 9, 4), ("E2", 30, 2), ("E3", 5, 3),
    ]  # fmt: skip


def test_since_is_inclusive_until_exclusive_and_no_since_always_began() -> None:
    life = {"since": None, "until": date(2022, 1, 1)}
    net = small(enterprises=[{"id": "E", "block": "B1", "staff": 5, **life}], members=[], backbones=[])
    counts = [
        coverage_document(net.as_of(day), "block")["total"]["enterprises"] for day in ("1900-01-01", "2021-12-31")
    ]
    assert counts == [1, 1]
    assert coverage_document(net.as_of("2022-01-01"), "block")["total"]["enterprises"] == 0


def test_a_backbone_outside_its_membership_and_a_member_of_a_closed_enterprise_do_not_count() -> None:
    net = small(
        enterprises=[{"id": "E", "block": "B1", "staff": 30, "since": None, "until": date(2023, 1, 1)}],
        members=[{"id": "M", "enterprise": "E", "association": "A", "since": date(2021, 6, 1), "until": None}],
        backbones=[{"member": "M", "since": date(2020, 1, 1)}],
    )
    lines = [coverage_document(net.as_of(day), "block")["total"]["lines"] for day in ("2021-05-31", "2021-06-01")]
    assert lines == [0, 1]
    total = coverage_document(net.as_of("2023-01-01"), "block")["total"]
    assert (total["members"], total["lines"], total["staff"]) == (0, 0, 0)


@given(networks(), days)
def test_three_ways_to_compute_coverage_agree(network: Network, day: date) -> None:
    rows = coverage_document(network.as_of(day), "block")["rows"]
    tables = {name: frame.to_dicts() for name, frame in network.tables.items()}
    found = {row["id"]: {name: row[name] for name in ("enterprises", "enterprises_with_line", "staff", "lines",
                                                      "members", "potential", "reached")} for row in rows}  # fmt: skip
    assert found == plain.coverage(tables, day)
    assert found == coverage_of_graph(network.to_networkx(day))


@given(networks(), days)
def test_every_grouping_adds_up_to_the_total_and_shares_lie_between_0_and_1(network: Network, day: date) -> None:
    snapshot = network.as_of(day)
    for by in GROUPINGS:
        document = coverage_document(snapshot, by)
        for name in ("enterprises", "enterprises_with_line", "staff", "imputed_staff", "lines", "members", "potential",
                     "reached", "wasted_capacity", "missing_lines"):  # fmt: skip
            assert sum(row[name] for row in document["rows"]) == document["total"][name]
        for row in document["rows"]:
            assert all(row[name] is None or 0 <= row[name] <= 1 for name in ("coverage", "line_share", "realisation"))
            assert row["potential"] <= row["reached"] <= row["staff"]


@pytest.mark.parametrize("by", GROUPINGS)
def test_the_public_frame_holds_the_documents_rows(by: str) -> None:
    day = small().as_of("2022-01-01")
    frame = tk.coverage(day, by=by)
    assert frame.columns == ["id", "name", *FIGURES]
    assert frame.to_dicts() == coverage_document(day, by)["rows"]


def test_an_unknown_grouping_is_said() -> None:
    with pytest.raises(ValueError, match="by is one of block, district"):
        tk.coverage(small().as_of("2022-01-01"), by="colour")


def test_the_field_studies_have_the_adopters_of_their_surveys(study: Path) -> None:
    total = coverage_document(read(str(study)).as_of("1970-01-01"), "block")["total"]
    adopters = {"medical-innovation": (125, 109), "brazil-farmers": (692, 540)}[study.name]
    assert (total["staff"], total["lines"]) == adopters
    assert total["reached"] == adopters[1]
