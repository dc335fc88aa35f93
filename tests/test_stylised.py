"""The stylised facts of the model, all at once: what it must show on any reasonable district (model.md §3)."""

from __future__ import annotations

import itertools
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tests.districts import START, district
from tiaokuai.graph import Network
from tiaokuai.loaders.synthetic import generate
from tiaokuai.metrics.documents import fragility_document
from tiaokuai.metrics.gaps import gaps_frame
from tiaokuai.planning.rates import Rates
from tiaokuai.planning.scenario import Intervention, Scenario
from tiaokuai.planning.simulate import simulate

Floats = NDArray[np.float64]
BLOCKS = 8


def untouched(founded: tuple[int, ...] = (0,)) -> Network:
    """Eight blocks of ten enterprises of 30 people, nobody reached yet, one association."""
    return district([[30] * 10 for _ in range(BLOCKS)], founded=founded, kinds=["pilot", *["mature"] * (BLOCKS - 1)])


def mean(network: Network, metric: str, months: int, **rates: float) -> Floats:
    """The mean of a metric by month over 200 runs."""
    forecast = simulate(network, months=months, runs=200, start=START, rates=Rates(**rates))
    return forecast.series(metric)["mean"].to_numpy()


def test_coverage_grows_along_an_s_curve() -> None:
    coverage = mean(untouched(), "coverage", 360, backbone_turnover=0, member_turnover=0)
    growth = np.diff(coverage).reshape(-1, 12).sum(axis=1)  # by year
    fastest = int(growth.argmax())
    assert 0 < fastest < len(growth) - 1
    assert growth[0] < growth[fastest] / 2
    assert growth[-1] < growth[fastest] / 2


def test_blocks_are_hollow_early_and_fill_later() -> None:
    hollow = mean(untouched(), "hollow_share", 240)
    assert hollow[0] == 1  # the one association has no line yet
    assert hollow[12] > 0.8
    assert hollow[-1] < 0.1
    assert (np.diff(hollow[::24]) < 0).all()


def test_lines_before_blocks_reaches_more_people_than_blocks_first_at_equal_cost() -> None:
    # 200 to spend: four associations, or ten lines at each enterprise of the block that has one.
    lines = [Intervention("add_backbones", START, enterprise=f"B0E{at}", count=10) for at in range(10)]
    blocks = [Intervention("found", START, block=f"B{block}") for block in range(1, 5)]
    plans = [Scenario("lines", interventions=tuple(lines)), Scenario("blocks", interventions=tuple(blocks))]
    staff = [[300] * 10, *[[30] * 10 for _ in range(BLOCKS - 1)]]
    network = district(staff, founded=(0,), kinds=["pilot", *["mature"] * (BLOCKS - 1)])
    forecast = simulate(network, plans, months=36, runs=200, start=START)
    assert forecast.outcome("lines").cost == forecast.outcome("blocks").cost == 200
    reached = {name: forecast.series("reached", name)["mean"].to_numpy() for name in ("lines", "blocks")}
    assert (reached["lines"][1:] > reached["blocks"][1:]).all()


def test_so_it_does_in_the_example_district() -> None:
    # The district of the demo in 2016: five blocks founded, mature ones waiting. Two associations, or 50 lines.
    start = "2016-01"
    network = generate(blocks=12, enterprises=300, seed=1)
    day = network.as_of(date(2016, 1, 1))
    waiting = [id for id, can, has in zip(day.block_ids, day.eligible, day.founded, strict=True) if can and not has]
    blocks = tuple(Intervention("found", start, block=block) for block in waiting[:2])
    founded = [id for id, has in zip(day.block_ids, day.founded, strict=True) if has]
    gaps = gaps_frame(day).filter(pl.col("block").is_in(founded))  # the largest gain first
    lines = tuple(Intervention("add_backbones", start, enterprise=each, count=1) for each in gaps["enterprise"][:50])
    plans = [Scenario("lines", interventions=lines), Scenario("blocks", interventions=blocks)]
    forecast = simulate(network, plans, months=36, runs=100, start=start, snapshot=day)
    assert forecast.outcome("lines").cost == forecast.outcome("blocks").cost == 100
    reached = {name: forecast.series("reached", name)["mean"].to_numpy() for name in ("lines", "blocks")}
    assert (reached["lines"][1:] > 1.5 * reached["blocks"][1:]).all()


def test_founding_alone_moves_no_coverage_in_its_month() -> None:
    found = Scenario("found", interventions=(Intervention("found", START, block="B1"),))
    quiet = Rates(founding=0, replication=0, start=0, imitation=0)
    forecast = simulate(untouched(), [found], months=24, runs=20, start=START, rates=quiet)
    assert forecast.series("founded_share", "found")["mean"][1] == 2 / BLOCKS
    assert forecast.series("coverage", "found")["mean"].to_list() == [0.0] * 25


def test_a_second_backbone_lowers_what_is_lost_when_backbones_leave() -> None:
    def kept(lines: int) -> float:
        network = district([[10] * 30], [[lines] * 30], founded=(0,))
        lose = Scenario("lose", interventions=(Intervention("lose_backbones", START, share=0.3),))
        still = Rates(start=0, imitation=0, development=0, backbone_turnover=0, member_turnover=0)
        forecast = simulate(
            network, [lose], months=1, runs=400, start=START, rates=still, start_reach="members"
        )  # nobody is connected yet but the backbones: what is reached are the places on the lines
        return float(forecast.series("coverage", "lose")["mean"][1])

    # One line keeps an enterprise within reach with chance 0.7, either of two with 1 − 0.3².
    assert abs(kept(1) - 0.7) < 0.01
    assert abs(kept(2) - 0.91) < 0.01


def test_a_second_backbone_lowers_fragility() -> None:
    # 30 enterprises of 10: a line reaches all ten, so the second brings nobody new, and nobody hangs on one any more.
    one, two = (
        fragility_document(district([[10] * 30], [[lines] * 30], founded=(0,)).as_of(date(2027, 1, 1)))
        for lines in (1, 2)
    )
    assert one["reached"] == two["reached"] == 300
    assert (one["share"], two["share"]) == (1, 0)
    assert [row["reach_lost"] for row in one["worst_losses"]] == [9, 18, 27, 45, 90]  # who leaves stays a member
    assert [row["reach_lost"] for row in two["worst_losses"]] == [0, 8, 8, 16, 40]
    assert one["after_a_year"]["coverage"] < two["after_a_year"]["coverage"]


def test_the_further_from_the_pilot_the_later_a_block_founds() -> None:
    chain = district(
        [[30] * 5 for _ in range(5)],
        founded=(0,),
        kinds=["pilot", *["mature"] * 4],
        links=[(at, at + 1, 1.0) for at in range(4)],
    )
    rates = Rates(founding=0, replication=0.3, start=0.2)
    forecast = simulate(chain, months=60, runs=300, start=START, rates=rates)
    reached = forecast.outcomes[0].blocks
    first = [int((reached[:, block] >= reached[-1, block] / 2).argmax()) for block in range(5)]
    assert all(later > earlier for earlier, later in itertools.pairwise(first)), first


def test_under_turnover_coverage_stays_on_a_plateau_below_all() -> None:
    quick = {"start": 0.1, "imitation": 0.2, "founding": 0.2}
    without = mean(untouched(), "realised", 180, **quick, backbone_turnover=0, member_turnover=0)
    under = mean(untouched(), "realised", 180, **quick, backbone_turnover=0.3, member_turnover=0.3)
    assert without[-1] > 0.99
    assert under[-1] < 0.97
    assert abs(under[-1] - under[-37]) < 0.01
