"""Why (model.md §2): explain, gaps, influence, fragility; each held to a brute-force or a second way."""

from __future__ import annotations

import itertools
import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tiaokuai as tk
from tests.districts import district
from tests.networks import FIRST, LAST, networks
from tiaokuai.graph import Assumptions, Network, Snapshot
from tiaokuai.graph.errors import RequestError
from tiaokuai.metrics.coverage import reached
from tiaokuai.metrics.documents import (
    coverage_document,
    explain_document,
    fragility_document,
    gaps_document,
    influence_document,
    replication_document,
)
from tiaokuai.metrics.explain import fewest_lines, least
from tiaokuai.metrics.fragility import TURNOVER, after_a_year, expected_reach, worst_losses
from tiaokuai.metrics.influence import lines_of

days = st.dates(FIRST, LAST)
DAY = "2027-01-01"


def total_reached(day: Snapshot) -> int:
    return int(reached(day.staff, day.capacity, day.members).sum())


# Gaps


@given(networks(), days)
def test_gaps_list_what_a_line_would_add_largest_first_until_the_lines_reach_everybody(net: Network, day: date) -> None:
    snapshot = net.as_of(day)
    document = gaps_document(snapshot)
    rows = document["rows"]
    assert rows == sorted(rows, key=lambda row: (-row["gain"], row["enterprise"]))
    assert sum(row["missing_lines"] for row in rows) == document["missing_lines"]
    assert all(1 <= row["gain"] <= 10 and row["missing_lines"] >= 1 for row in rows)
    total = coverage_document(snapshot, "block")["total"]
    assert document["staff_out_of_reach"] == total["staff"] - total["reached"]
    assert gaps_document(snapshot, 2) == {**document, "rows": rows[:2]}


def test_blocks_to_found_are_the_eligible_ones_without_an_association() -> None:
    net = district([[5], [5], [5], [5]], founded=[1], kinds=("pilot", "mature", "emerging", "mature"))
    assert gaps_document(net.as_of(DAY))["blocks_to_found"] == ["B0", "B3"]


def test_gaps_by_block_come_cheapest_first() -> None:
    day = district([[25], [5], [0]], founded=[0, 1, 2]).as_of(DAY)
    rows = tk.gaps(day, by="block").to_dicts()
    assert [(row["id"], row["missing_lines"], row["out_of_reach"]) for row in rows] == [("B1", 1, 5), ("B0", 3, 25)]


# Explain


def explained(staff: list[int], lines: list[int], members: list[int] | None = None, **more: Any) -> dict[str, Any]:
    founded = more.pop("founded", [0])
    net = district([staff], [lines], [members] if members else (), founded)
    return explain_document(net.as_of(DAY, Assumptions(**more)), "B0")


def test_three_more_lines_or_24_more_staff_reached_would_cover_the_block() -> None:
    # 70 people, 32 reached by 4 lines of which one reaches 2; 56 are asked for.
    document = explained([22, 20, 28], [2, 0, 1], [0, 2, 0])
    assert (document["status"], document["rule"], document["figures"]["reached"]) == (
        "growing",
        "founded_in_between",
        32,
    )
    assert document["changes"] == [
        {"to": "covered", "lines": 3},
        {"to": "covered", "staff": 24},
        {"to": "hollow", "lines": -3},
    ]


def test_a_hollow_block_needs_lines_at_new_enterprises_first() -> None:
    document = explained([20] * 10, [1] + [0] * 9)
    assert (document["status"], document["rule"]) == ("hollow", "line_share_below_hollow")
    # A second enterprise makes a fifth of ten; 160 of 200 people are sixteen lines of ten.
    assert document["changes"] == [{"to": "growing", "lines": 1}, {"to": "covered", "lines": 15}]


def test_a_block_that_is_not_begun_can_be_founded_and_would_be_hollow() -> None:
    document = explained([20, 20], [0, 0], founded=[])
    assert (document["status"], document["rule"]) == ("none", "not_founded_no_line")
    assert document["changes"] == [{"to": "hollow", "found": True}, {"to": "ahead", "lines": 1}]


def test_lines_before_blocks_are_ahead_and_founding_gives_what_the_lines_deserve() -> None:
    document = explained([10, 10], [1, 1], founded=[])
    assert (document["status"], document["rule"]) == ("ahead", "not_founded_has_lines")
    assert document["changes"] == [{"to": "covered", "found": True}, {"to": "none", "lines": -2}]


def test_a_covered_block_says_how_far_it_may_fall() -> None:
    document = explained([10, 10], [1, 1])
    assert (document["status"], document["rule"]) == ("covered", "coverage_from_covered")
    # 16 of 20 are enough, so 5 fewer of 20 are not; both enterprises must lose their line to be hollow.
    assert document["changes"] == [{"to": "growing", "staff": -5}, {"to": "hollow", "lines": -2}]


def test_a_founded_block_without_enterprises_is_hollow_and_nothing_there_would_change_it() -> None:
    document = explained([], [])
    assert (document["status"], document["changes"], document["figures"]["coverage"]) == ("hollow", [], None)


def test_an_unknown_block_is_told_with_the_nearest_there_is() -> None:
    with pytest.raises(RequestError) as told:
        explain_document(district([[1], [1]]).as_of(DAY), "b1")
    assert told.value.details == {"block": "b1", "nearest": "B1"}
    assert told.value.message("en") == "there is no block 'b1'; did you mean 'B1'?"
    with pytest.raises(RequestError):
        explain_document(Network.from_tables({}).as_of(DAY), "x" * 5000)


@given(networks(), days)
def test_explain_gives_the_status_and_figures_of_replication_and_coverage(net: Network, day: date) -> None:
    snapshot = net.as_of(day)
    covered = {row["id"]: row for row in coverage_document(snapshot, "block")["rows"]}
    for row in replication_document(snapshot)["rows"]:
        document = explain_document(snapshot, row["id"])
        assert [document[name] for name in ("status", "founded", "source")] == [
            row[name] for name in ("status", "founded", "source")
        ]
        assert document["figures"] == {
            **{name: value for name, value in covered[row["id"]].items() if name not in ("id", "name")},
            "fidelity": row["fidelity"],
        }
        assert all(change["to"] != row["status"] for change in document["changes"])


@given(st.integers(0, 200), st.floats(0, 1))
def test_least_is_the_first_number_whose_share_is_enough(whole: int, wanted: float) -> None:
    found = least(whole, wanted)
    if whole:
        assert found / whole >= wanted
        assert found == 0 or (found - 1) / whole < wanted


enterprises = st.lists(st.tuples(st.integers(0, 34), st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=4)


@given(enterprises, st.integers(1, 120))
def test_the_fewest_lines_are_the_fewest_of_all_ways_to_place_them(
    rows: list[tuple[int, int, int]], people: int
) -> None:
    staff, capacity, members = np.array(rows, dtype=np.int64).T
    before = reached(staff, capacity, members).sum()
    most = [max(0, -(-(n - c) // 10)) for n, c, _ in rows]
    ways = itertools.product(*(range(count + 1) for count in most))
    enough = [
        sum(way)
        for way in ways
        if reached(staff, capacity + 10 * np.array(way, dtype=np.int64), members).sum() - before >= people
    ]
    people = min(people, int(staff.sum() - before))
    if enough:
        assert fewest_lines(staff, capacity, members, 10, people) == min(enough)


# Influence


@given(networks(), days)
def test_influence_of_a_line_is_the_reach_lost_when_its_row_alone_is_taken_away(net: Network, day: date) -> None:
    snapshot = net.as_of(day)
    before = total_reached(snapshot)
    for row in influence_document(snapshot)["lines"]:
        if row["member"] is None:
            continue  # a counted line, see below
        rest = net["backbones"].filter(net["backbones"]["member"] != row["member"])
        after = Network.from_tables({**net.tables, "backbones": rest}, net.template)
        assert row["reach_lost"] == before - total_reached(after.as_of(day))


def test_a_counted_line_is_known_by_its_enterprise_and_one_row_says_what_the_end_of_one_would_cost() -> None:
    # Three lines that reach 8 between them, 3 + 3 + 2: without one of the largest, 5 of 9 people are left.
    counted = [{"enterprise": "B0E0", "since": FIRST, "members": 4, "lines": 3, "capacity": 8}]
    net = Network.from_tables({**district([[9, 10]], [[0, 1]]).tables, "counts": counted})
    rows = influence_document(net.as_of(DAY))["lines"]
    assert [(row["enterprise"], row["member"] is None, row["capacity"], row["reach_lost"]) for row in rows] == [
        ("B0E1", False, 10, 9), ("B0E0", True, 3, 3),
    ]  # fmt: skip
    losses = fragility_document(net.as_of(DAY))["worst_losses"]
    assert [(row["lines"], row["reach_lost"]) for row in losses] == [(1, 9), (2, 12), (3, 13)]


def test_two_lines_of_one_enterprise_overlap_so_that_each_alone_may_be_worth_nothing() -> None:
    lines = influence_document(district([[10, 10]], [[2, 1]]).as_of(DAY))["lines"]
    assert [(row["enterprise"], row["reach_lost"]) for row in lines] == [("B0E1", 9), ("B0E0", 0), ("B0E0", 0)]


def test_influence_of_a_block_is_the_reach_of_all_that_descend_from_it() -> None:
    net = district([[30], [30], [30]], [[1], [2], [0]], founded=[0, 1])
    copied = [{"source": one, "target": other, "since": FIRST} for one, other in (("B0", "B1"), ("B1", "B2"))]
    net = Network.from_tables({**net.tables, "replications": copied})
    blocks = influence_document(net.as_of(DAY))["blocks"]
    assert [(row["id"], row["descendants"], row["reached"], row["descendant_reach"]) for row in blocks] == [
        ("B0", 2, 10, 30), ("B1", 1, 20, 20), ("B2", 0, 0, 0),
    ]  # fmt: skip


def test_influence_of_a_component_is_the_difference_in_line_share_with_and_without_it() -> None:
    # With training: 3 of 4 enterprises have a line; without: 1 of 4, or 1 of 2 in the founded block alone.
    net = district(
        [[5, 5], [5, 5], [5, 5], [5, 5]], [[1, 1], [1, 0], [1, 0], [0, 0]], founded=[0, 1, 2],
        adoptions=[(0, "training"), (1, "training")],
    )  # fmt: skip
    rows = {row["component"]: row for row in influence_document(net.as_of(DAY))["components"]}
    told = rows["training"]
    assert [told[name] for name in ("blocks_with", "blocks_without", "line_share_with", "line_share_without")] == [
        2, 2, 3 / 4, 1 / 4,
    ]  # fmt: skip
    assert (told["difference"], told["difference_founded"]) == (1 / 2, 1 / 4)
    assert rows["backbone_cohort"]["derived"]
    assert not told["derived"]
    assert "hall" not in rows


def test_a_component_that_all_have_has_nothing_to_compare_with() -> None:
    net = district([[5]], [[1]], founded=[0])
    assert {row["difference"] for row in influence_document(net.as_of(DAY))["components"]} == {None}


# Fragility


def test_who_hangs_on_one_backbone() -> None:
    # 10 of 30 on one line; 20 on two; 3 members without a line hang on none.
    document = fragility_document(district([[30, 20], [9]], [[1, 2], [0]], [[0, 0], [3]], founded=[0]).as_of(DAY))
    assert (document["reached"], document["on_one_backbone"], document["share"]) == (33, 10, 10 / 33)
    assert [(row["id"], row["share"], row["enterprises_on_one_backbone"]) for row in document["rows"]] == [
        ("B0", 10 / 30, 1), ("B1", 0.0, 0),
    ]  # fmt: skip


def test_the_worst_two_lines_may_be_worth_more_together_than_the_two_worst_alone() -> None:
    # Twelve people on two lines: losing one costs 2, both 12 less the 2 members; three others cost 4 each.
    net = district([[12, 5, 5, 5]], [[2, 1, 1, 1]])
    worst = worst_losses(net.as_of(DAY), 3)
    assert worst.tolist() == [0, 4, 10, 14]


@given(networks(max_enterprises=4), days)
def test_the_worst_losses_are_those_of_every_choice_of_lines(net: Network, day: date) -> None:
    snapshot = net.as_of(day)
    _, at, capacity = lines_of(snapshot, 4)
    if len(at) > 7:
        return
    found = worst_losses(snapshot, 4)
    for lost in range(5):
        costs = [0]
        for chosen in itertools.combinations(range(len(at)), min(lost, len(at))):
            rest = snapshot.capacity.copy()
            np.subtract.at(rest, at[list(chosen)], capacity[list(chosen)])
            costs.append(total_reached(snapshot) - int(reached(snapshot.staff, rest, snapshot.members).sum()))
        assert found[lost] == max(costs)


def test_losses_beyond_the_lines_there_are_are_not_told() -> None:
    document = fragility_document(district([[30, 30]], [[2, 1]]).as_of(DAY))
    assert [row["lines"] for row in document["worst_losses"]] == [1, 2, 3]


def test_one_line_and_its_backbone_alone_are_expected_to_reach_what_the_backbone_stays_for() -> None:
    day = district([[30]], [[1]]).as_of(DAY)
    assert after_a_year(day).tolist() == pytest.approx([10 * math.exp(-0.15)])


def test_expected_reach_by_hand_with_a_member_beside_the_line() -> None:
    # Stays 1/2 each: line stays: 3; line gone: the other member if it stays. 3/2 + 1/4.
    one = (np.array([value]) for value in (3, 1, 10, 2))
    assert expected_reach(*one, 0.5, 0.5).tolist() == pytest.approx([1.75])


rows = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 4), st.integers(1, 12), st.integers(0, 12)), min_size=1, max_size=6
)


@given(rows, st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_the_closed_form_is_the_sum_over_everybody_who_may_leave(
    given_rows: list[tuple[int, int, int, int]], stays: float, member_stays: float
) -> None:
    staff, lines, each, others = np.array(given_rows, dtype=np.int64).T
    found = expected_reach(staff, lines, lines * each, lines + others, stays, member_stays)

    def chance(number: int, of: int, share: float) -> float:
        return math.comb(of, number) * share**number * (1 - share) ** (of - number)

    for at, (n, own, capacity, rest) in enumerate(given_rows):
        summed = sum(
            chance(b, own, stays) * chance(x, rest, member_stays) * min(n, max(min(n, capacity * b), b + x))
            for b in range(own + 1)
            for x in range(rest + 1)
        )
        assert found[at] == pytest.approx(summed, abs=1e-9)


def test_the_closed_form_is_the_mean_of_a_simulation_in_which_people_only_leave() -> None:
    net = district([[30, 40, 12], [25, 18, 9]], [[2, 1, 1], [1, 3, 0]], [[3, 8, 2], [0, 12, 4]], founded=[0, 1])
    zero = dict.fromkeys(("fill", "start", "imitation", "founding", "replication", "adoption", "development"), 0.0)
    rates = tk.Rates(**zero, backbone_turnover=0.15, member_turnover=0.15)
    forecast = tk.simulate(
        net, start=date(2027, 1, 1), months=12, runs=4000, seed=3, rates=rates, start_reach="members"
    )
    simulated = forecast.document()["scenarios"][0]["series"]["reached"]["mean"][-1]
    expected = float(after_a_year(net.as_of(DAY)).sum())
    # The standard error of the mean of 4,000 runs is below 0.2 people.
    assert simulated == pytest.approx(expected, abs=0.8)


def test_turnover_is_that_of_the_simulation() -> None:
    rates = tk.Rates()
    assert (rates.backbone_turnover, rates.member_turnover) == (TURNOVER, TURNOVER)


def test_nothing_at_all_is_no_error() -> None:
    day = Network.from_tables({}).as_of(DAY)
    assert fragility_document(day)["share"] is None
    assert fragility_document(day)["worst_losses"] == []
    assert influence_document(day)["blocks"] == []
    assert gaps_document(day)["rows"] == []


@pytest.mark.parametrize("of", ["block", "component", "line"])
def test_the_public_frame_of_influence_holds_the_documents_rows(of: str) -> None:
    day = district([[30, 20], [9]], [[1, 2], [0]], founded=[0]).as_of(DAY)
    assert tk.influence(day, of=of).to_dicts() == influence_document(day)[f"{of}s"]
    assert tk.fragility(day).to_dicts() == fragility_document(day)["rows"]
