"""What a planner gets: bands, time to thresholds, costs, where differences come from, precision (model.md §3)."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.districts import START, district
from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.intervention import Costs, Intervention
from tiaokuai.planning.outcome import Outcome, bands
from tiaokuai.planning.program import METRICS
from tiaokuai.planning.rates import TABLE, BadRates, Rates
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.simulate import simulate

STILL = Rates(**{rate.name: 0.0 for rate in TABLE})
CHAIN = [(0, 1, 1.0), (1, 2, 1.0), (3, 4, 1.0)]
PAIR = district([[30, 20], [40]], founded=[0], adoptions=[(0, "training")])


def value(name: str, metric: str, index: int, what: Scenario, network: object = PAIR, **options: object) -> float:
    forecast = simulate(network, [what], months=6, runs=1, start=START, rates=STILL, **options)  # type: ignore[arg-type]
    return float(forecast.outcome(name).values[0, index, METRICS.index(metric)])


def test_costs_are_added_up_in_the_months_in_which_they_arise() -> None:
    what = Scenario(
        "x",
        costs=Costs(found=50, line=2, component=5, enrol=3),
        interventions=(
            Intervention("found", "2027-02", block="B1", components="all"),
            Intervention("add_backbones", "2027-03", block="B0", count=5),  # two enterprises are without a line
            Intervention("adopt", "2027-04", block="B0", components=("training", "hall")),  # training is there already
            Intervention("enrol", "2027-05", enterprises=("B0E0", "B1E0")),
            Intervention("lose_backbones", "2027-06", share=1.0),
        ),
    )
    forecast = simulate(PAIR, [what], months=6, runs=2, start=START, rates=STILL)
    cost = forecast.outcome("x").values[0, :, METRICS.index("cost")].tolist()
    assert cost == [0, 0, 50, 54, 59, 65, 65]
    assert forecast.outcome("x").cost == 65
    assert forecast.outcome("x").enrolled.tolist() == [0, 0, 0, 0, 0, 2, 2]
    assert forecast.outcome("x").values[0, :, METRICS.index("lines")].tolist() == [0, 0, 0, 2, 2, 2, 0]


def test_enrolling_in_a_block_takes_those_that_are_there_in_that_month_closed_ones_not_and_opened_ones_too() -> None:
    what = Scenario(
        "x",
        costs=Costs(enrol=3),
        interventions=(
            Intervention("close_enterprise", "2027-01", enterprise="B0E0"),  # the largest of B0: 30 staff
            Intervention("enrol", "2027-02", block="B0", count=2),  # B0E1 alone is left
            Intervention("open_enterprises", "2027-03", block="B0", count=3, staff=25),
            Intervention("enrol", "2027-03", block="B0", count=2),
            Intervention("enrol", "2027-04", block="B0", count=9),  # one is left
            Intervention("close_enterprise", "2027-05", enterprise="B0E1"),
        ),
    )
    forecast = simulate(PAIR, [what], months=6, runs=1, start=START, rates=STILL)
    assert forecast.outcome("x").enrolled.tolist() == [0, 0, 1, 3, 4, 3, 3]
    assert forecast.outcome("x").values[0, :, METRICS.index("cost")].tolist() == [0, 0, 3, 9, 12, 12, 12]


def test_a_founding_with_a_list_forgets_nothing_that_the_block_had() -> None:
    network = district([[30], [40]], founded=[0], adoptions=[(1, "training")])
    what = Scenario(
        "x",
        interventions=(
            Intervention("found", "2027-01", block="B1", components=("hall",)),
            Intervention("adopt", "2027-02", block="B1", components=("training", "hall", "ledger")),  # one is new
        ),
    )
    assert value("x", "cost", 2, what, network) == 50 + 5


def test_a_cost_of_its_own_takes_the_place_of_the_price_list() -> None:
    what = Scenario("x", interventions=(Intervention("add_backbones", "2027-01", enterprise="B0E0", count=4, cost=7),))
    assert value("x", "cost", 6, what) == 7


def test_lines_reach_what_they_can_carry_and_connect_their_backbones() -> None:
    what = Scenario("x", interventions=(Intervention("add_backbones", "2027-01", enterprise="B0E0", count=2),))
    assert value("x", "reached", 1, what) == 20
    assert value("x", "realised", 1, what) == pytest.approx(2 / 90)


@pytest.mark.parametrize(("where", "first"), [("largest_without_line", "B0E1"), ("largest_gap", "B0E0")])
def test_where_chooses_the_largest_without_a_line_or_with_the_largest_gap(where: str, first: str) -> None:
    # B0E0: 60 people, a line of 10, gap 50; B0E1: 40 people, no line, gap 40; B0E2 the same, so the tie goes by id.
    network = district([[60, 40, 40]], [[1, 0, 0]], founded=[0])
    given = Scenario("x", interventions=(Intervention("add_backbones", "2027-01", block="B0", count=1, where=where),))
    named = Scenario("y", interventions=(Intervention("add_backbones", "2027-01", enterprise=first),))
    forecast = simulate(network, [given, named], months=6, runs=20, start=START)
    np.testing.assert_array_equal(forecast.outcome("x").values, forecast.outcome("y").values)


def test_founding_what_chance_has_founded_costs_nothing() -> None:
    what = Scenario("x", interventions=(Intervention("found", "2027-04", block="B1"),))
    rates = STILL.with_(founding=0.2)
    forecast = simulate(PAIR, [what], months=6, runs=400, start=START, rates=rates)
    cost = forecast.outcome("x").values[:, -1, METRICS.index("cost")]
    early = forecast.outcome("baseline").values[:, 3, METRICS.index("founded_share")] == 1
    assert 0 < early.sum() < 400
    assert (cost == np.where(early, 0, 50)).all()


def test_a_closed_enterprise_counts_no_longer_and_an_opened_one_does() -> None:
    what = Scenario(
        "x",
        interventions=(
            Intervention("close_enterprise", "2027-01", enterprise="B0E0"),
            Intervention("open_enterprises", "2027-02", block="B0", count=3, staff=10),
            Intervention("add_backbones", "2027-03", block="B0", count=10),
        ),
    )
    # 20 + 40 people after the closing, 30 more with the openings; in March the four of B0 get a line of 10 each.
    assert value("x", "coverage", 3, what) == pytest.approx(40 / 90)
    assert value("x", "line_share", 3, what) == pytest.approx(4 / 5)


def test_rates_change_from_their_month_on() -> None:
    what = Scenario("x", interventions=(Intervention("set_rates", "2027-03", rates={"founding": 1000.0}),))
    assert [value("x", "founded_share", index, what) for index in (0, 2, 3)] == [0.5, 0.5, 1.0]


def test_time_to_a_threshold_counts_the_runs_that_never_get_there() -> None:
    # Of four runs one is there at the start, one after a month, one after three, one never.
    share = np.array([[0.8, 0.8, 0.8, 0.8], [0.1, 0.9, 0.9, 0.9], [0.1, 0.2, 0.3, 0.8], [0.0, 0.1, 0.2, 0.3]])
    values = np.zeros((4, 4, len(METRICS)))
    values[:, :, METRICS.index("coverage")] = share
    outcome = Outcome("x", values, np.zeros(4, np.int64), np.zeros((4, 1)))
    assert outcome.time_to("coverage", 0.8) == {
        "metric": "coverage", "at_least": 0.8, "p05": 0, "p50": 1, "p95": None, "never": 0.25,
    }  # fmt: skip


def test_bands_leave_out_runs_without_a_value_and_are_null_where_none_has_one() -> None:
    found = bands(np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, np.nan]]))
    assert found["mean"][0] == 2.0
    assert np.isnan(found["p50"][1])


def test_a_mean_of_equal_runs_is_exactly_their_figure() -> None:
    assert bands(np.full((3, 1), 0.1))["mean"].tolist() == [0.1]  # the sum of three, divided by three, is a bit more


def test_the_document_has_the_keys_of_the_contract_and_is_json() -> None:
    what = Scenario("x", interventions=(Intervention("found", "2027-02", block="B1", components="all"),))
    document = simulate(PAIR, [what], months=6, runs=20, start=START, seed=9).document()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert list(document)[:8] == ["start", "months", "runs", "seed", "engine", "rates", "scenarios", "differences"]
    assert (document["start"], document["months"], document["runs"], document["seed"]) == ("2027-01", 6, 20, 9)
    assert [each["name"] for each in document["scenarios"]] == ["baseline", "x"]
    for metric in METRICS:
        series = document["scenarios"][1]["series"][metric]
        assert list(series) == ["mean", "p05", "p25", "p50", "p75", "p95"]
        assert {len(band) for band in series.values()} == {7}
    assert set(document["differences"][0]) >= {"scenario", "against", "series", "blocks"}
    assert (document["differences"][0]["scenario"], document["differences"][0]["against"]) == ("x", "baseline")


def test_nothing_to_divide_by_is_null() -> None:
    empty = district([[], []], kinds=["emerging", "emerging"])
    series = simulate(empty, months=2, runs=3, start=START).document()["scenarios"][0]["series"]
    for metric in ("coverage", "realised", "line_share", "founded_share", "full_coverage", "hollow_share"):
        assert series[metric]["mean"] == [None, None, None]
    assert series["reached"]["mean"] == [0.0, 0.0, 0.0]


def test_the_microscope_says_where_a_difference_comes_from_and_along_which_links() -> None:
    network = district(
        [[60] * 6] * 5, founded=[0], links=CHAIN, adoptions=[(0, "training")], kinds=["pilot", *["mature"] * 4]
    )
    what = Scenario("x", interventions=(Intervention("adopt", "2027-03", block="B0", components="all"),))
    rates = Rates(start=0.05, imitation=0.3, founding=0.01, replication=0.4)
    forecast = simulate(network, [what], months=24, runs=300, start=START, rates=rates)
    found = {block.block: block for block in forecast.difference("x").blocks}
    assert set(found) <= {"B0", "B1", "B2"}
    assert (found["B0"].direct, found["B0"].first_month, found["B0"].links) == (True, 3, ())
    # B1 learns from B0 and B2, B2 from B1 alone; all of a block's difference came along its links.
    assert {source for source, _ in found["B1"].links} <= {"B0", "B2"}
    assert [source for source, _ in found["B2"].links] == ["B1"]
    for name in ("B1", "B2"):
        assert sum(people for _, people in found[name].links) == pytest.approx(found[name].reached)
        assert found[name].first_month > 3
    # The blocks' differences are the whole difference, to the last person.
    reached = forecast.difference("x").values[:, -1, METRICS.index("reached")]
    assert sum(block.reached for block in found.values()) == pytest.approx(reached.mean())
    assert sum(block.share or 0 for block in found.values()) == pytest.approx(1)


def test_auto_runs_until_the_half_width_is_reached_and_says_how_many_it_took() -> None:
    network = district([[10] * 3, [10] * 3], founded=[0])
    rates = Rates(start=0.05, founding=0.05)
    loose = simulate(network, months=12, runs="auto", precision=0.05, start=START, rates=rates)
    tight = simulate(network, months=12, runs="auto", precision=0.01, start=START, rates=rates, workers=2)
    assert loose.runs < tight.runs
    for forecast, wanted in ((loose, 0.05), (tight, 0.01)):
        coverage = forecast.outcomes[0].runs_of("coverage")
        half = 1.96 * coverage.std(axis=0, ddof=1).max() / np.sqrt(forecast.runs)
        assert half <= wanted
        assert forecast.precision == {"wanted": wanted, "half_width": pytest.approx(half), "runs": forecast.runs}


def test_more_runs_begin_with_the_same_runs() -> None:
    few, many = (simulate(PAIR, months=6, runs=runs, start=START).outcomes[0].values for runs in (10, 90))
    np.testing.assert_array_equal(few, many[:10])


@pytest.mark.parametrize("options", [{"months": 0}, {"runs": 0}, {"start": "soon"}, {"months": 5000}])
def test_a_request_that_cannot_be_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(RequestError):
        simulate(PAIR, **{"start": START, **options})  # type: ignore[arg-type]


def test_rates_refuse_every_mistake_at_once() -> None:
    with pytest.raises(BadRates) as caught:
        Rates.from_mapping({"imitate": 1, "fill": -1, "adoption": 2, "start": "x"})
    assert [name for name, _, _ in caught.value.problems] == ["imitate", "fill", "adoption", "start"]


def test_the_mean_field_engine_agrees_with_the_runs_and_gives_means_alone() -> None:
    rng = np.random.default_rng(2)
    network = district(
        [rng.integers(5, 60, 25).tolist() for _ in range(6)],
        [[int(i % 3 == 0) for i in range(25)]] * 6,
        founded=range(6),
    )
    what = Scenario("x", interventions=(Intervention("add_backbones", "2027-03", block="B1", count=8, where="random"),))
    runs = simulate(network, [what], months=24, runs=300, start=START)
    means = simulate(network, [what], months=24, start=START, engine="mean-field")
    for left, right in zip(runs.outcomes, means.outcomes, strict=True):
        for metric in ("coverage", "realised", "line_share"):
            away = left.runs_of(metric).mean(axis=0) - right.runs_of(metric)[0]
            assert np.abs(away).max() < 0.02, metric
    document = means.document()
    assert (document["engine"], document["runs"]) == ("mean-field", 0)
    assert document["scenarios"][0]["series"]["coverage"]["p05"] == [None] * 25


def test_a_network_where_the_mean_field_is_wrong_says_so() -> None:
    # Small blocks, strong imitation: in each run a whole block follows its first line, and when that comes is chance.
    network = district([[40] * 5] * 8, founded=range(8))
    rates = Rates(start=0.002, imitation=1.0, fill=0.5)
    forecast = simulate(network, months=36, start=START, rates=rates, engine="mean-field")
    runs = simulate(network, months=36, runs=64, start=START, rates=rates).outcomes[0].runs_of("coverage").mean(axis=0)
    away = np.abs(runs - forecast.outcomes[0].runs_of("coverage")[0]).max()
    assert away > 0.1
    assert forecast.warnings[0][1].endswith("use monte-carlo")


def test_a_small_network_is_checked_by_as_many_runs_as_it_takes_to_see_past_their_scatter() -> None:
    network = district([[10] * 3] * 2, founded=range(2))
    rates = Rates(imitation=0.05)
    means = simulate(network, months=36, start=START, rates=rates, engine="mean-field")
    runs = simulate(network, months=36, runs=4000, start=START, rates=rates).outcomes[0].runs_of("coverage")
    away = np.abs(runs.mean(axis=0) - means.outcomes[0].runs_of("coverage")[0])
    hidden = 2 * runs.std(axis=0) / np.sqrt(64)  # what 64 runs cannot tell from chance
    assert 0.04 < away.max() < 0.08
    assert (away - hidden).max() < 0.02
    assert means.warnings[0][1].endswith("of coverage off the mean of 2000 runs; use monte-carlo")


def test_bands_are_the_quantiles_of_numpy() -> None:
    values = np.random.default_rng(1).normal(size=(37, 5))
    found = bands(values)
    np.testing.assert_allclose(found["mean"], values.mean(axis=0))
    for name, level in (("p05", 0.05), ("p25", 0.25), ("p50", 0.5), ("p75", 0.75), ("p95", 0.95)):
        np.testing.assert_allclose(found[name], np.quantile(values, level, axis=0))


def test_runs_may_have_rates_of_their_own_and_rates_that_drift() -> None:
    slow, quick = STILL.with_(founding=0.0), STILL.with_(founding=1000.0)
    founded = simulate(PAIR, months=2, runs=10, start=START, rates=[slow, quick]).outcomes[0].runs_of("founded_share")
    assert founded[:, 1].tolist() == [0.5, 1.0] * 5
    drift = np.ones((1, 2, len(TABLE)))
    drift[0, 0] = 0.0  # nothing happens in the first month
    founded = (
        simulate(PAIR, months=2, runs=10, start=START, rates=quick, drift=drift).outcomes[0].runs_of("founded_share")
    )
    assert founded.tolist() == [[0.5, 0.5, 1.0]] * 10


def test_imitation_may_be_other_than_linear_in_the_share() -> None:
    network = district([[10] * 4], [[1, 0, 0, 0]], founded=[0])
    rates = STILL.with_(imitation=1.0)
    linear = simulate(network, months=1, runs=3000, start=START, rates=rates).outcomes[0].runs_of("line_share")[:, 1]
    square = simulate(network, months=1, runs=3000, start=START, rates=rates, imitation_power=2.0).outcomes[0]
    for share, drawn in ((0.25, linear), (0.0625, square.runs_of("line_share")[:, 1])):
        expected = 0.25 + 0.75 * (1 - np.exp(-share))
        assert drawn.mean() == pytest.approx(expected, abs=5 * drawn.std() / np.sqrt(3000))


def test_a_number_of_lost_backbones_is_exact_and_every_line_is_as_likely() -> None:
    # Five lines: four at B0E0, one at B0E1. Two are lost; B0E1 keeps its line in 3 of 5 runs.
    network = district([[60, 60]], [[4, 1]], founded=[0])
    what = Scenario("x", interventions=(Intervention("lose_backbones", "2027-01", number=2),))
    outcome = simulate(network, [what], months=1, runs=4000, start=START, rates=STILL).outcome("x")
    assert set(outcome.runs_of("lines")[:, 1]) == {3.0}
    kept = (outcome.runs_of("line_share")[:, 1] == 1).mean()
    assert kept == pytest.approx(0.6, abs=5 * np.sqrt(0.24 / 4000))


def test_a_share_of_lost_backbones_is_each_lines_own_chance() -> None:
    network = district([[60, 60]], [[4, 1]], founded=[0])
    what = Scenario("x", interventions=(Intervention("lose_backbones", "2027-01", block="B0", share=0.3),))
    lines = simulate(network, [what], months=1, runs=4000, start=START, rates=STILL).outcome("x").runs_of("lines")[:, 1]
    assert lines.mean() == pytest.approx(3.5, abs=5 * np.sqrt(5 * 0.21 / 4000))
    assert lines.var() == pytest.approx(5 * 0.21, rel=0.15)


def test_a_random_choice_is_uniform_and_without_repetition() -> None:
    # Staff tells the enterprises apart: 1, 2, 4 and 8 people, one line each at two of them.
    network = district([[1, 2, 4, 8]], founded=[0])
    what = Scenario(
        "x", interventions=(Intervention("add_backbones", "2027-01", block="B0", count=2, where="random", cost=1),)
    )
    people = (
        simulate(network, [what], months=1, runs=6000, start=START, rates=STILL).outcome("x").runs_of("reached")[:, 1]
    )
    pairs, counts = np.unique(people, return_counts=True)
    assert pairs.tolist() == [3, 5, 6, 9, 10, 12]
    assert np.abs(counts / 6000 - 1 / 6).max() < 5 * np.sqrt(5 / 36 / 6000)


def test_two_draws_of_one_month_are_not_the_same() -> None:
    network = district([[10] * 12], founded=[0])
    pick = Intervention("add_backbones", "2027-01", block="B0", count=1, where="random")
    one_by_one = Scenario("x", interventions=(pick, pick))
    outcome = simulate(network, [one_by_one], months=1, runs=3000, start=START, rates=STILL).outcome("x")
    same = (outcome.runs_of("line_share")[:, 1] < 1.5 / 12).mean()
    assert same == pytest.approx(1 / 12, abs=5 * np.sqrt(1 / 12 / 3000))


def test_any_two_scenarios_can_be_compared_run_by_run() -> None:
    one = Scenario("one", interventions=(Intervention("add_backbones", "2027-02", enterprise="B0E0"),))
    two = Scenario("two", interventions=(Intervention("add_backbones", "2027-04", enterprise="B0E0", count=2),))
    for engine in ("monte-carlo", "mean-field"):
        forecast = simulate(PAIR, [one, two], months=6, runs=5, start=START, rates=STILL, engine=engine)
        found = forecast.difference("two", "one")
        assert found.values[0, :, METRICS.index("lines")].tolist() == pytest.approx([0, 0, -1, -1, 1, 1, 1])
        assert [(block.block, block.first_month, block.direct) for block in found.blocks] == [("B0", 2, True)]
        assert found.blocks[0].reached == pytest.approx(10)
    with pytest.raises(KeyError, match="there are baseline, one, two"):
        forecast.difference("three")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"engine": "monte carlo"}, "no engine is called 'monte carlo'; there are monte-carlo, mean-field"),
        ({"runs": "auto", "precision": float("nan")}, "precision must be above 0, not nan"),
        ({"runs": "auto", "precision": 0}, "precision must be above 0, not 0"),
    ],
)
def test_an_engine_that_there_is_not_and_no_precision_are_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        simulate(district([[10]]), start=START, months=2, **asked)
