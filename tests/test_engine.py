"""The month of model.md §3: both engines alike, draw for draw; closed forms; what must hold for every network."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.districts import START, district, districts, scenarios
from tiaokuai.graph import Network
from tiaokuai.metrics.coverage import reached
from tiaokuai.planning.intervention import Intervention
from tiaokuai.planning.mean_field import outcome
from tiaokuai.planning.months import month_number
from tiaokuai.planning.program import METRICS
from tiaokuai.planning.rates import Rates
from tiaokuai.planning.reference import Reference, simulate_run
from tiaokuai.planning.running import run_chunk
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.scenario_checks import check
from tiaokuai.planning.schedule import Schedule, schedule
from tiaokuai.planning.simulate import simulate
from tiaokuai.planning.state import start_state

MONTHS = 9
# Everything happens often, so that few months see every rule.
LIVELY = Rates(
    fill=0.4, start=0.1, imitation=0.3, founding=0.1, replication=0.5, development=0.3, backbone_turnover=3.0,
    member_turnover=2.0,
)  # fmt: skip
STILL = Rates(
    fill=0.0, start=0.0, imitation=0.0, founding=0.0, replication=0.0, development=0.0, backbone_turnover=0.0,
    member_turnover=0.0, adoption=0.0,
)  # fmt: skip
anything = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def ready(
    network: Network,
    scenario: Scenario,
    rates: Rates = LIVELY,
    months: int = MONTHS,
    frailty: NDArray[np.float64] | None = None,
    keenness: NDArray[np.float64] | None = None,
) -> Schedule:
    state = start_state(network.as_of(f"{START}-01"))
    assert check(scenario, state, month_number(START), months) == []
    return schedule(state, scenario, month_number(START), [rates], months, frailty=frailty, keenness=keenness)


def compiled_runs(plan: Schedule, runs: int, seed: int = 1) -> NDArray[np.float64]:
    return run_chunk([plan], seed, 0, runs).values[0]


@anything
@given(st.data())
def test_the_compiled_engine_gives_the_very_numbers_of_the_plain_one(data: st.DataObject) -> None:
    network = data.draw(districts())
    frailty = np.array(data.draw(st.sampled_from(([0.0], [0.7, 0.0], [2.5]))))
    keenness = np.resize(data.draw(st.sampled_from(([1.0], [0.3, 2.0, 1.0]))), (2, len(network["blocks"])))
    plan = ready(network, data.draw(scenarios(network, MONTHS)), frailty=frailty, keenness=keenness)
    seed = data.draw(st.integers(0, 2**63))
    for run, values in enumerate(compiled_runs(plan, 3, seed)):
        np.testing.assert_array_equal(values, simulate_run(plan.world, plan.program, seed, run))


@anything
@given(st.data())
def test_blocks_twice_as_keen_are_blocks_with_twice_the_rates_of_line_starts(data: st.DataObject) -> None:
    network = data.draw(districts())
    keen = ready(network, Scenario("none"), keenness=np.full((1, len(network["blocks"])), 2.0))
    doubled = LIVELY.with_(start=2 * LIVELY.start, imitation=2 * LIVELY.imitation)
    rates = ready(network, Scenario("none"), doubled)
    np.testing.assert_array_equal(compiled_runs(keen, 3), compiled_runs(rates, 3))
    np.testing.assert_allclose(outcome(keen).values, outcome(rates).values, rtol=1e-12)


@anything
@given(st.data())
def test_shares_stay_within_bounds_and_cost_and_foundings_never_fall(data: st.DataObject) -> None:
    network = data.draw(districts())
    values = dict(
        zip(
            METRICS,
            compiled_runs(ready(network, data.draw(scenarios(network, MONTHS))), 4).transpose(2, 0, 1),
            strict=True,
        )
    )
    for name in ("coverage", "realised", "line_share", "founded_share", "full_coverage", "hollow_share"):
        known = values[name][~np.isnan(values[name])]
        assert ((known >= 0) & (known <= 1)).all(), name
    assert (values["realised"] <= values["coverage"])[~np.isnan(values["coverage"])].all()
    assert (values["lines"] >= 0).all()
    assert (np.diff(values["cost"], axis=1) >= 0).all()
    founded = values["founded_share"]
    assert (np.diff(founded, axis=1)[~np.isnan(founded[:, 1:])] >= 0).all()


@anything
@given(st.data())
def test_nobody_is_reached_twice_and_no_line_is_owed_at_any_enterprise_in_any_month(data: st.DataObject) -> None:
    network = data.draw(districts())
    plan = ready(network, data.draw(scenarios(network, MONTHS)))
    run = Reference(plan.world, plan.program, data.draw(st.integers(0, 99)), 0)
    founded = [block.founded for block in run.blocks]
    for month in range(MONTHS):
        run.month(month)
        for e in run.enterprises:
            assert 0 <= e.connected <= e.staff
            assert e.lines >= 0
        for before, block in zip(founded, run.blocks, strict=True):
            assert block.founded >= before
            assert 0 <= block.fidelity <= 1
        founded = [block.founded for block in run.blocks]


@anything
@given(districts())
def test_the_curve_begins_at_the_metrics_of_the_day(network: Network) -> None:
    snapshot = network.as_of(f"{START}-01")
    start = compiled_runs(ready(network, Scenario("none")), 1)[0, 0]
    within = reached(snapshot.staff, snapshot.capacity, snapshot.members)
    staff = snapshot.staff.sum()
    assert start[METRICS.index("reached")] == within.sum()
    assert start[METRICS.index("lines")] == snapshot.lines.sum()
    assert start[METRICS.index("coverage")] == pytest.approx(within.sum() / staff if staff else math.nan, nan_ok=True)


def test_replications_differ_and_so_do_seeds() -> None:
    plan = ready(district([[30] * 8, [30] * 8], founded=[0]), Scenario("none"))
    values = compiled_runs(plan, 40)
    assert len({run.tobytes() for run in values}) == 40
    assert not np.array_equal(values, compiled_runs(plan, 40, seed=2))


@pytest.mark.parametrize("workers", [2, 16])
def test_any_number_of_workers_gives_the_same_bytes(workers: int) -> None:
    network = district([[30] * 8, [12] * 8, [5, 90]], founded=[0])
    what = Scenario("found", interventions=(Intervention("found", "2027-02", block="B1", components="all"),))
    one = simulate(network, [what], 12, 150, start=START, workers=1)
    many = simulate(network, [what], 12, 150, start=START, workers=workers)
    assert one.document() == many.document()
    for left, right in zip(one.outcomes, many.outcomes, strict=True):
        assert left.values.tobytes() == right.values.tobytes()


def block_curves(plan: Schedule, against: Schedule, runs: int) -> NDArray[np.bool_]:
    """Which blocks differ in any of the runs, [B]."""
    chunk = run_chunk([against, plan], 1, 0, runs)
    return np.asarray(chunk.parts[0].first < 2**31 - 1)


INTERVENTIONS = [
    Intervention("add_backbones", "2027-02", block="B0", count=3, where="random"),
    Intervention("lose_backbones", "2027-02", block="B0", share=0.7),
    Intervention("open_enterprises", "2027-02", block="B0", count=3, staff=20),
    Intervention("close_enterprise", "2027-02", enterprise="B0E1"),
    Intervention("adopt", "2027-02", block="B0", components=("hall", "ledger")),
]
CHAIN = [(0, 1, 1.0), (1, 2, 1.0), (3, 4, 1.0)]


def five_blocks() -> Network:
    return district(
        [[30] * 8] * 5,
        [[2] * 8] * 5,
        founded=[0],
        links=CHAIN,
        adoptions=[(0, "training")],
        kinds=["pilot", *["mature"] * 4],
    )


@pytest.mark.parametrize("what", INTERVENTIONS, ids=lambda item: item.do)
def test_without_replication_an_intervention_leaves_every_other_block_bit_identical(what: Intervention) -> None:
    rates = LIVELY.with_(replication=0.0)
    network = five_blocks()
    differs = block_curves(
        ready(network, Scenario("x", interventions=(what,)), rates), ready(network, Scenario("none"), rates), 50
    )
    assert differs.tolist() == [True, False, False, False, False]


def test_with_replication_only_blocks_that_the_links_reach_may_differ() -> None:
    network = five_blocks()
    what = Scenario("x", interventions=(Intervention("adopt", "2027-01", block="B0", components="all"),))
    differs = block_curves(ready(network, what), ready(network, Scenario("none")), 200)
    assert differs.tolist() == [True, True, True, False, False]


def test_filling_one_line_is_binomial() -> None:
    # One enterprise of 10 with one line of capacity 10, nobody leaves: after t months each of the 9 open places is
    # taken with 1 − (1 − P(β))^t, where f = 1 (no adoption is recorded) doubles β.
    rates = STILL.with_(fill=0.05)
    values = compiled_runs(ready(district([[10]], [[1]], founded=[0]), Scenario("none"), rates), 4000)
    # start_reach auto: the only member is the backbone, so R starts at what is reached, 10; take members instead.
    assert values[:, 0, METRICS.index("realised")].max() == 1.0
    state = start_state(district([[10]], [[1]], founded=[0]).as_of("2027-01-01"), "members")
    plan = schedule(state, Scenario("none"), month_number(START), [rates], MONTHS)
    people = run_chunk([plan], 3, 0, 4000).values[0][:, :, METRICS.index("realised")] * 10
    for month in (1, 4, 9):
        taken = 1 - math.exp(-0.1 * month)
        assert people[:, month].mean() == pytest.approx(1 + 9 * taken, abs=4 * math.sqrt(9 * 0.25 / 4000))
        assert people[:, month].var() == pytest.approx(9 * taken * (1 - taken), rel=0.12)


def test_first_lines_follow_the_recursion_of_bass() -> None:
    # With q = 0 every enterprise of a founded block starts with hazard p: 1 − exp(−p t). With q > 0 and very many
    # enterprises the share obeys s ← s + (1 − s)(1 − exp(−(p + q s))).
    many = district([[1] * 3000], founded=[0])
    rates = STILL.with_(start=0.03)
    share = compiled_runs(ready(many, Scenario("none"), rates), 20)[:, :, METRICS.index("line_share")].mean(axis=0)
    expected = 1 - np.exp(-0.03 * np.arange(MONTHS + 1))
    assert np.abs(share - expected).max() < 4 * 0.5 / math.sqrt(20 * 3000)
    rates = STILL.with_(start=0.03, imitation=0.6)
    share = compiled_runs(ready(many, Scenario("none"), rates), 20)[:, :, METRICS.index("line_share")].mean(axis=0)
    curve = [0.0]
    for _ in range(MONTHS):
        curve.append(curve[-1] + (1 - curve[-1]) * (1 - math.exp(-(0.03 + 0.6 * curve[-1]))))
    assert np.abs(share - curve).max() < 0.02


def test_where_readiness_is_unequal_first_lines_follow_the_gamma_mixture() -> None:
    # Readiness gamma distributed with mean 1 and variance θ: the share never started is the gamma's Laplace transform
    # (1 + θ p t)^(−1/θ); months of a hazard this small are as good as continuous time.
    many, rates = district([[1] * 3000], founded=[0]), STILL.with_(start=0.02)
    for theta in (0.5, 2.0):
        plan = ready(many, Scenario("none"), rates, 40, np.array([theta]))
        share = compiled_runs(plan, 20)[:, :, METRICS.index("line_share")].mean(axis=0)
        expected = 1 - (1 + theta * 0.02 * np.arange(41)) ** (-1 / theta)
        assert np.abs(share - expected).max() < 4 * 0.5 / math.sqrt(20 * 3000) + 0.005
        assert np.abs(outcome(plan).values[0, :, METRICS.index("line_share")] - expected).max() < 0.005


def test_foundings_by_chance_follow_their_hazard_and_start_at_the_initial_fidelity() -> None:
    # One founded pilot, one linked block: hazard ρ + λ·1·f with f = 1, so P(not founded by t) = exp(−t(ρ + λ)).
    network = district([[10], [10]], founded=[0], kinds=["pilot", "mature"])
    rates = STILL.with_(founding=0.01, replication=0.05)
    founded = compiled_runs(ready(network, Scenario("none"), rates), 6000)[:, :, METRICS.index("founded_share")]
    share = 2 * founded.mean(axis=0) - 1
    assert np.abs(share - (1 - np.exp(-0.06 * np.arange(MONTHS + 1)))).max() < 4 * 0.5 / math.sqrt(6000)


def test_a_line_that_ends_takes_one_reached_place_with_it() -> None:
    # 4 lines of capacity 1 reach 4 of 4; each survives a year's twelfth with exp(−τ/12).
    rates = STILL.with_(backbone_turnover=2.4)
    values = compiled_runs(ready(district([[4]], [[4]], founded=[0], capacity=1), Scenario("none"), rates), 5000)
    lines, people = values[:, :, METRICS.index("lines")], values[:, :, METRICS.index("realised")] * 4
    np.testing.assert_array_equal(lines, people)
    assert lines[:, 5].mean() == pytest.approx(4 * math.exp(-0.2 * 5), abs=4 * 1.0 / math.sqrt(5000))
