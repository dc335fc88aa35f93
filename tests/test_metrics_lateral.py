"""How blocks multiply (model.md §2, lateral): status, founding, generations, copies."""

from __future__ import annotations

from datetime import date
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tiaokuai as tk
from tests.networks import FIRST, LAST, networks
from tiaokuai.graph import Assumptions, Network
from tiaokuai.metrics.documents import coverage_document, replication_document
from tiaokuai.metrics.lateral import Lineage, year_before

Rows = list[dict[str, Any]]
days = st.dates(FIRST, LAST)


def blocks(*kinds: str, **tables: Rows) -> Network:
    """Blocks B0, B1 … of these kinds."""
    own: dict[str, Any] = {
        "districts": [{"id": "D"}],
        "blocks": [{"id": f"B{at}", "district": "D", "kind": kind} for at, kind in enumerate(kinds)],
    }
    return Network.from_tables({**own, **tables})


def association(block: str, since: date, kind: str = "association", until: date | None = None) -> dict[str, Any]:
    return {"id": f"{kind[0]}{block}{since}", "block": block, "kind": kind, "since": since, "until": until}


def lined(enterprises: int, with_line: int, staff: int = 10, members: int = 0) -> Network:
    """One founded block, so many enterprises, some with a line of ten; ``members`` at each of the others."""
    people: Rows = []
    for at in range(enterprises):
        people += [
            {"id": f"M{at}-{each}", "enterprise": f"E{at}", "association": "A", "since": FIRST}
            for each in range(1 if at < with_line else members)
        ]
    return blocks(
        "mature",
        enterprises=[{"id": f"E{at}", "block": "B0", "staff": staff} for at in range(enterprises)],
        associations=[association("B0", FIRST)],
        members=people,
        backbones=[{"member": f"M{at}-0", "since": FIRST} for at in range(with_line)],
    )


def status(network: Network, **assumed: Any) -> str:
    row = replication_document(network.as_of("2024-01-01", Assumptions(**assumed)))["rows"][0]
    return str(row["status"])


def test_a_founded_block_is_hollow_below_a_fifth_growing_from_it_and_covered_from_four_fifths() -> None:
    assert status(lined(10, 1)) == "hollow"
    assert status(lined(10, 2)) == "growing"
    assert status(lined(10, 7)) == "growing"
    assert status(lined(10, 8)) == "covered"


def test_a_founded_block_without_a_line_is_hollow_whatever_its_members_and_the_assumption() -> None:
    assert status(lined(2, 0, members=10)) == "hollow"
    assert status(lined(2, 0, members=10), hollow_below=0.0) == "hollow"
    assert status(blocks("mature", associations=[association("B0", FIRST)])) == "hollow"


def test_a_hollow_block_never_counts_as_covered() -> None:
    document = replication_document(lined(2, 0, members=10).as_of("2024-01-01"))
    assert (document["rows"][0]["coverage"], document["full_coverage"], document["hollow"]) == (1.0, 0.0, ["B0"])


def test_a_block_that_is_not_founded_is_ahead_with_a_line_and_none_without() -> None:
    net = lined(3, 1)
    none: Rows = []
    assert status(Network.from_tables({**net.tables, "associations": none})) == "ahead"
    assert status(Network.from_tables({**net.tables, "associations": none, "backbones": none})) == "none"


def test_a_federation_alone_founds_nothing_and_the_earliest_active_association_dates_the_founding() -> None:
    net = blocks(
        "mature",
        "mature",
        associations=[
            association("B0", date(2018, 1, 1), "federation"),
            association("B1", date(2018, 1, 1), until=date(2020, 1, 1)),
            association("B1", date(2019, 1, 1)),
            association("B1", date(2021, 1, 1)),
        ],
    )
    rows = [replication_document(net.as_of(day))["rows"] for day in ("2019-06-01", "2022-01-01")]
    assert [row[0]["founded"] for row in rows] == [None, None]
    assert [row[1]["founded"] for row in rows] == ["2018-01-01", "2019-01-01"]


def test_only_eligible_blocks_are_counted_but_hollow_and_orphans_are_listed_of_any_kind() -> None:
    founded = [association(f"B{at}", date(2023, 3, 1)) for at in (0, 1, 3)]
    net = blocks(
        "pilot", "mature", "mature", "emerging",
        associations=founded, replications=[{"source": "B0", "target": "B1", "since": date(2023, 3, 1)}],
    )  # fmt: skip
    document = replication_document(net.as_of("2024-01-01"))
    told = [document[name] for name in ("eligible", "founded", "replicas", "velocity_12m")]
    assert told == [3, 2, 1, 2]
    assert (document["founded_share"], document["replication_share"]) == (2 / 3, 1 / 2)
    assert document["hollow"] == ["B0", "B1", "B3"]
    assert document["orphans"] == ["B0", "B3"]


def test_velocity_counts_foundings_after_the_same_day_a_year_before() -> None:
    founded = (date(2023, 6, 30), date(2023, 7, 1), date(2024, 6, 30))
    net = blocks(*["mature"] * 3, associations=[association(f"B{at}", day) for at, day in enumerate(founded)])
    assert replication_document(net.as_of("2024-06-30"))["velocity_12m"] == 2
    assert year_before(date(2024, 2, 29)) == date(2023, 2, 28)


def test_generations_are_the_fewest_steps_from_a_pilot_and_null_for_who_descends_from_none() -> None:
    net = blocks(
        "pilot", "mature", "mature", "mature", "mature",
        replications=[
            {"source": one, "target": other, "since": date(2020, 1, 1)}
            for one, other in (("B0", "B1"), ("B1", "B2"), ("B0", "B2"), ("B3", "B4"))
        ],
    )  # fmt: skip
    rows = replication_document(net.as_of("2024-01-01"))["rows"]
    assert [row["generation"] for row in rows] == [0, 1, 1, None, None]
    assert [row["descendants"] for row in rows] == [2, 1, 0, 1, 0]


def test_a_replication_counts_from_its_own_since_and_the_earliest_names_the_source() -> None:
    net = blocks(
        "pilot", "pilot", "mature",
        replications=[{"source": "B0", "target": "B2", "since": date(2022, 1, 1)},
                      {"source": "B1", "target": "B2", "since": date(2021, 1, 1)}],
    )  # fmt: skip
    sources = [replication_document(net.as_of(day))["rows"][2]["source"] for day in ("2020-12-31", "2021-01-01")]
    assert sources == [None, "B1"]
    assert replication_document(net.as_of("2024-01-01"))["rows"][2]["source"] == "B1"


def test_fidelity_is_the_mean_over_groups_of_the_share_in_place() -> None:
    adopted = [{"block": "B0", "component": name, "since": FIRST} for name in ("training", "suggestion_channel")]
    net = blocks("mature", adoptions=adopted, associations=[association("B0", FIRST)])
    row = replication_document(net.as_of("2024-01-01"))["rows"][0]
    # service 1 of 12, organisation 1 of 3 (the association), participation 1 of 2.
    assert row["fidelity_by_group"] == pytest.approx(
        {"service": 1 / 12, "organisation": 1 / 3, "activity": 0, "rules": 0, "participation": 1 / 2}
    )
    assert row["fidelity"] == pytest.approx((1 / 12 + 1 / 3 + 1 / 2) / 5)


def test_copy_fidelity_compares_with_the_source_as_of_the_founding_derived_components_included() -> None:
    copied = date(2021, 1, 1)
    net = blocks(
        "pilot", "mature",
        associations=[association("B0", date(2019, 1, 1)), association("B1", copied)],
        adoptions=[
            {"block": "B0", "component": "training", "since": date(2019, 1, 1), "until": date(2023, 1, 1)},
            {"block": "B0", "component": "hall", "since": date(2019, 1, 1), "until": None},
            {"block": "B0", "component": "ledger", "since": date(2022, 1, 1), "until": None},
            {"block": "B1", "component": "training", "since": date(2021, 6, 1), "until": None},
        ],
        replications=[{"source": "B0", "target": "B1", "since": copied}],
    )  # fmt: skip
    # At the founding the source had training, hall and its association; the target has training and its own.
    rows = replication_document(net.as_of("2024-01-01"))["rows"]
    assert [row["copy_fidelity"] for row in rows] == [None, pytest.approx(2 / 3)]


def test_a_backbone_cohort_is_copied_only_where_the_source_had_a_line_at_the_founding() -> None:
    net = lined(2, 1)
    more = {
        "blocks": [{"id": "B0", "district": "D", "kind": "pilot"}, {"id": "B1", "district": "D", "kind": "mature"}],
        "replications": [{"source": "B0", "target": "B1", "since": date(2020, 1, 1)}],
    }
    row = replication_document(Network.from_tables({**net.tables, **more}).as_of("2024-01-01"))["rows"][1]
    assert row["copy_fidelity"] == 0.0  # association and backbone cohort of the source, neither in the target


def test_a_circle_of_replications_ends() -> None:
    lineage = Lineage(3, ((0, 0, 1), (0, 1, 2), (0, 2, 0)), ["a", "b", "c"])
    assert lineage.descendants(0) == {1, 2}
    assert lineage.generations([0]) == [0, 1, 2]


@given(networks(), days)
def test_lineage_and_reach_are_those_of_the_networkx_graph(network: Network, day: date) -> None:
    snapshot = network.as_of(day)
    graph = network.to_networkx(day)
    copies = nx.DiGraph()
    copies.add_nodes_from(snapshot.block_ids)
    ids = nx.get_node_attributes(graph, "id")
    copies.add_edges_from((ids[end], ids[one]) for one, end, kind in graph.edges(data="type") if kind == "REPLICATES")
    reached = {row["id"]: row["reached"] for row in coverage_document(snapshot, "block")["rows"]}
    for row in replication_document(snapshot)["rows"]:
        below = nx.descendants(copies, row["id"])
        assert row["descendants"] == len(below)
        assert row["descendant_reach"] == sum(reached[id] for id in below | {row["id"]})


@given(networks(), days)
def test_the_public_frame_holds_the_documents_rows(network: Network, day: date) -> None:
    snapshot = network.as_of(day)
    rows = tk.replication(snapshot).to_dicts()
    assert [{**row, "founded": row["founded"] and row["founded"].isoformat()} for row in rows] == (
        replication_document(snapshot)["rows"]
    )


@given(
    replications=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 6), st.integers(0, 6)), max_size=12),
    values=st.lists(st.integers(0, 50), min_size=7, max_size=7),
)
def test_a_family_sums_to_its_members_each_once_in_trees_circles_and_with_two_sources(
    replications: list[tuple[int, int, int]], values: list[int]
) -> None:
    lineage = Lineage(7, tuple(sorted(replications)), list("ABCDEFG"))
    graph = nx.DiGraph([(source, target) for _, source, target in replications])
    graph.add_nodes_from(range(7))
    families = [{block} | nx.descendants(graph, block) for block in range(7)]
    assert lineage.family_sums(np.array(values)).tolist() == [sum(values[at] for at in each) for each in families]
