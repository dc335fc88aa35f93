"""What forecasts, plans and what is learned say of persons: an attacker may ask any "what if" and read any figure."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.command import tiaokuai
from tests.test_protection import DAY, LARGE, SMALL, hidden, network
from tiaokuai.graph import Network
from tiaokuai.loaders import write
from tiaokuai.metrics.documents import fragility_document, gaps_document, influence_document
from tiaokuai.metrics.protection import protect
from tiaokuai.planning.calibrate import calibrate
from tiaokuai.planning.intervention import Intervention
from tiaokuai.planning.plan import plan
from tiaokuai.planning.rates import NAMES, Rates
from tiaokuai.planning.rates_file import read_rates, write_rates
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.sensitivity import sensitivity
from tiaokuai.planning.simulate import simulate

START = "2026-07"
LINKED = {"suppressed": "would_reveal"}
STILL = Rates(**dict.fromkeys(NAMES, 0.0))  # nothing moves but what the scenario does


def forecast(net: Network, *steps: Intervention, audience: str = "planner", rates: Rates = STILL) -> Any:
    scenarios = [Scenario("what if", interventions=steps)] if steps else []
    made = simulate(net, scenarios, months=2, runs=2, start=START, rates=rates, snapshot=net.as_of(DAY))
    return protect("simulate", made.document(), audience)


def persons(scenario: Any) -> set[str]:
    """Series of persons that are told."""
    names = ("reached", "lines", "coverage", "realised", "line_share")
    return {name for name in names if "suppressed" not in scenario["series"][name]}


NET = network(LARGE, SMALL, LARGE, LARGE, LARGE)


def test_a_forecast_of_many_is_told() -> None:
    told = forecast(NET)["scenarios"][0]
    assert persons(told) == {"reached", "lines", "coverage", "realised", "line_share"}
    assert told["series"]["hollow_share"] == LINKED  # B1's status is withheld, and all others are told


def test_a_forecast_of_a_few_tells_none_of_them() -> None:
    told = forecast(network(SMALL))
    assert persons(told["scenarios"][0]) == set()
    assert {row["metric"] for row in told["scenarios"][0]["time_to"]} <= {"founded_share", "full_coverage"}


@pytest.mark.parametrize(
    "step",
    [
        Intervention("lose_backbones", START, block="B1", share=1.0),  # as many as are lost were there
        Intervention("add_backbones", START, block="B1", count=50),  # as many as are not reached were out of reach
        Intervention("add_backbones", START, enterprise="B1E0", count=1),
        Intervention("add_backbones", START, enterprise="B0E0", count=2),  # 24 staff, one line: 14 more, not 20
        Intervention("close_enterprise", START, enterprise="B0E0"),
    ],
    ids=lambda step: f"{step.do} {step.block or step.enterprise}",
)
def test_a_question_about_few_is_not_answered_in_persons(step: Intervention) -> None:
    told = forecast(NET, step)
    assert persons(told["scenarios"][0]) != set()
    assert persons(told["scenarios"][1]) == set()
    difference = told["differences"][0]
    assert persons(difference) == set()
    assert difference["blocks"] == [] == difference["links"]
    steward = forecast(NET, step, audience="steward")["differences"][0]
    assert steward["series"]["reached"]["mean"][-1] != 0


def test_a_question_about_a_block_that_is_told_of_or_whole_lines_is_answered() -> None:
    shown = next(block for block in ("B0", "B2", "B3", "B4") if block not in _hidden_blocks())
    told = forecast(NET, Intervention("add_backbones", START, enterprise=f"{shown}E3", count=1))  # 20 of 40: 10 more
    assert persons(told["differences"][0]) != set()
    assert [row["block"] for row in told["differences"][0]["blocks"]] == [shown]


def _hidden_blocks() -> set[str]:
    from tiaokuai.metrics.documents import coverage_document

    rows = protect("coverage", coverage_document(NET.as_of(DAY), "block"), "planner")["rows"]
    return {row["id"] for row in rows if hidden(row)}


def test_of_a_difference_block_by_block_those_that_are_not_told_of_are_left_out() -> None:
    everybody = Intervention("lose_backbones", START, share=1.0)
    told = forecast(NET, everybody)["differences"][0]
    whole = forecast(NET, everybody, audience="steward")["differences"][0]
    assert "B1" in {row["block"] for row in whole["blocks"]}
    assert {row["block"] for row in told["blocks"]} == {row["block"] for row in whole["blocks"]} - _hidden_blocks()
    assert told["series"]["lines"]["mean"] == whole["series"]["lines"]["mean"]


def test_the_public_reads_series_in_fives_and_no_block() -> None:
    told = forecast(NET, Intervention("lose_backbones", START, share=1.0), audience="public")
    staff = sum(five(each) for each in [NET.as_of(DAY).staff.sum()])
    for each in (*told["scenarios"], *told["differences"]):
        for name in ("reached", "lines"):
            assert all(value % 5 == 0 for value in each["series"][name]["mean"])
        assert all(round(value * staff) % 5 == 0 for value in each["series"]["coverage"]["mean"])
    assert told["differences"][0]["blocks"] == []


def five(value: float) -> int:
    return 5 * int(value / 5 + 0.5)


def test_a_forecast_that_has_lost_its_evidence_keeps_no_person_s_figure() -> None:
    made = simulate(NET, [], months=1, runs=1, start=START, snapshot=NET.as_of(DAY))
    assert persons(protect("simulate", {**made.document()}, "planner")["scenarios"][0]) == set()


def leaving(count: int) -> Network:
    """Large blocks that so many plain members leave in the second year."""
    net = network(LARGE, LARGE, LARGE)
    rows = net["members"].to_dicts()
    plain = [row for row in rows if row["id"].endswith((".4", ".5"))][:count]
    for row in plain:
        row["until"] = date(2021, 3, 3)
    assert len(plain) == count
    return Network.from_tables({**net.tables, "members": rows})


def test_a_rate_of_fewer_than_five_persons_is_withheld_with_all_that_returns_it(tmp_path: Path) -> None:
    for count in (0, 3, 7):
        document = calibrate(leaving(count), DAY).document()
        assert document["rates"]["member_turnover"]["events"] == count
        rate = protect("calibrate", document, "planner")["rates"]["member_turnover"]
        fell = {"events", "value", "low", "high", "exposure", "learned"} if count < 5 else {"exposure"}
        assert {name for name in rate if isinstance(rate[name], dict)} == fell
    few, none = (protect("calibrate", calibrate(leaving(count), DAY).document(), "planner") for count in (3, 0))
    assert few["rates"]["member_turnover"] == none["rates"]["member_turnover"]
    write_rates(tmp_path / "rates.yaml", few, "x")
    assert read_rates(tmp_path / "rates.yaml").member_turnover == Rates().member_turnover


def test_a_rate_tells_no_exact_number_of_those_who_came_or_went() -> None:
    """From one release to the next the difference would be how many left: the same is read of 6 and of 7."""
    six, seven = (
        protect("calibrate", calibrate(leaving(count), DAY).document(), "planner")["rates"]["member_turnover"]
        for count in (6, 7)
    )
    assert six["events"] == seven["events"] == 5
    for rate in (six, seven):
        assert rate["low"] <= rate["value"] <= rate["high"]
        assert rate["exposure"] == LINKED


def test_rates_learned_for_a_planner_s_forecast_are_those_that_a_planner_may_know(tmp_path: Path) -> None:
    for count in (3, 7):
        net = leaving(count)
        write(net, tmp_path / str(count))
        asked = ("simulate", tmp_path / str(count), "--learn", "--runs", "2", "--months", "1", "--start", START)
        rates = tiaokuai(*asked, "--for", "planner", "--json").json["rates"]
        known = protect("calibrate", calibrate(net, DAY).document(), "planner")["rates"]["member_turnover"]
        assert rates["member_turnover"] == (Rates().member_turnover if count < 5 else known["value"])
        assert tiaokuai(*asked, "--json").json["rates"]["member_turnover"] not in (known["value"], None)


def test_backtests_and_grades_are_the_steward_s(tmp_path: Path) -> None:
    """They compare months; and who writes the forecast to be graded asks about any month and any share."""
    write(leaving(7), tmp_path / "d")
    day = ("--as-of", "2022-06-30")
    told = ("simulate", tmp_path / "d", "--start", "2021-01", "--months", "6", "--runs", "3")
    assert tiaokuai(*told, "--keep", tmp_path / "kept.json").code == 0
    for asked in (
        ("backtest", tmp_path / "d", "--hide", "1", "--runs", "5", *day),
        ("grade", tmp_path / "kept.json", tmp_path / "d", *day),
    ):
        for audience in ("planner", "public"):
            assert tiaokuai(*asked, "--for", audience, "--json").json == {"suppressed": "steward_only"}
        assert "scores" in tiaokuai(*asked, "--json").json


def test_the_public_reads_the_range_that_was_explored_never_as_nothing() -> None:
    made = sensitivity(NET, months=2, start=START, samples=2, snapshot=NET.as_of(DAY))
    rows = {row["rate"]: row for row in protect("sensitivity", made.document(), "public")["rows"]}
    assert (rows["start"]["value"], rows["start"]["low"], rows["start"]["high"]) == (0.0025, 0.0002, 0.005)
    assert (rows["imitation"]["value"], rows["imitation"]["low"], rows["imitation"]["high"]) == (0.032, 0.01, 0.06)


def test_sensitivity_tells_of_many_alone() -> None:
    def answer(net: Network) -> Any:
        made = sensitivity(net, months=2, start=START, samples=2, snapshot=net.as_of(DAY))
        return protect("sensitivity", made.document(), "planner")

    assert isinstance(answer(NET)["answer"], float)
    assert answer(network(SMALL))["answer"] == LINKED


# One works alone in B1: a plan with money for all gives every enterprise what it misses, and that one nothing.
ALONE = [(1, 1, 0), (20, 3, 9), (30, 2, 9), (4, 0, 0)]


def test_a_plan_handed_over_names_no_enterprise_that_is_not_told_of() -> None:
    net = network(LARGE, ALONE, LARGE)
    made = plan(net, budget=10_000, periods=1, start=START, snapshot=net.as_of(DAY))
    told, whole = (protect("plan", made.document(), audience)["periods"][0] for audience in ("planner", "steward"))
    assert "B1E3" in {line["enterprise"] for line in whole["lines"]}
    named = {line["enterprise"] for line in told["lines"] if isinstance(line["enterprise"], str)}
    assert named.isdisjoint({"B1E0", "B1E3"})
    assert sum(line["count"] for line in told["lines"]) == sum(line["count"] for line in whole["lines"])
    assert protect("plan", {**made.document()}, "planner")["periods"][0]["lines"] == [
        {"enterprise": {"suppressed": "fewer_than_5"}, "count": sum(line["count"] for line in whole["lines"])}
    ]


def test_a_plan_for_a_planner_says_that_its_start_is_supposed(tmp_path: Path) -> None:
    net = network(LARGE, ALONE, LARGE)
    write(net, tmp_path / "d")
    asked = ("plan", tmp_path / "d", "--budget", "10000", "--periods", "1", "--runs", "2", "--start", START)
    for audience in ("planner", "public"):
        outcome = tiaokuai(*asked, "--for", audience, "--out", tmp_path / "p.yaml", "--json")
        assert (outcome.code, outcome.json["imputed_start"]) == (0, True), outcome.err
        assert "supposed" in tiaokuai(*asked, "--for", audience, "--lang", "en").out
    assert "E0" not in (tmp_path / "p.yaml").read_text()  # the public's: without enterprises
    assert "imputed_start" not in tiaokuai(*asked, "--json").json


def test_that_an_enterprise_is_missing_from_the_gaps_tells_nothing() -> None:
    net = network(LARGE, ALONE, LARGE)
    told = protect("gaps", gaps_document(net.as_of(DAY)), "planner")["rows"]
    assert "B1E0" not in {row["enterprise"] for row in gaps_document(net.as_of(DAY))["rows"]}  # all of it is in reach
    assert {"B1E0", "B1E3"} <= {row["enterprise"] for row in told}
    alike = {row["enterprise"]: hidden(row) for row in told}
    assert alike["B1E0"] == alike["B1E3"] == {"lines", "gain", "missing_lines"}


@pytest.mark.parametrize("make", [gaps_document, influence_document, fragility_document])
def test_the_first_rows_are_those_of_the_figures_that_are_told(make: Any) -> None:
    day = NET.as_of(DAY)
    kind = make.__name__.removesuffix("_document")
    for name in ("rows", "blocks", "components"):
        whole, first = (protect(kind, make(day, top), "planner").get(name) for top in (None, 2))
        assert first == (whole if whole is None else whole[:2])
