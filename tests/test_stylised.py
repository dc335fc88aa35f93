"""The stylised facts of the model, all at once: what it must show on any reasonable district (model.md §3)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from tests.districts import START, district
from tiaokuai.graph import Network
from tiaokuai.loaders.synthetic import generate
from tiaokuai.metrics.documents import fragility_document
from tiaokuai.metrics.gaps import gaps_frame
from tiaokuai.planning.intervention import Intervention
from tiaokuai.planning.rates import Rates
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.simulate import simulate

Floats = NDArray[np.float64]
BLOCKS = 8


def untouched(founded: tuple[int, ...] = (0,)) -> Network:
    """Eight blocks of ten enterprises of 30 people, nobody reached yet, one association."""
    return district([[30] * 10 for _ in range(BLOCKS)], founded=founded, kinds=["pilot", *["mature"] * (BLOCKS - 1)])


def mean(network: Network, metric: str, months: int, rates: Mapping[str, float]) -> Floats:
    """The mean of a metric by month over 200 runs."""
    forecast = simulate(network, months=months, runs=200, start=START, rates=Rates(**rates))
    return forecast.series(metric)["mean"].to_numpy()


def s_curve(**off: float) -> None:
    """Coverage grows along an S-curve, to everybody where nobody leaves."""
    coverage = mean(untouched(), "coverage", 360, {"backbone_turnover": 0, "member_turnover": 0, **off})
    growth = np.diff(coverage).reshape(-1, 12).sum(axis=1)  # by year
    fastest = int(growth.argmax())
    assert 0 < fastest < len(growth) - 1
    assert growth[0] < growth[fastest] / 2
    assert growth[-1] < growth[fastest] / 2
    assert coverage[-1] > 0.9


def hollow_early(**off: float) -> None:
    """Blocks are hollow when they found, and fill later, as block after block founds."""
    hollow, founded = (mean(untouched(), name, 240, off) for name in ("hollow_share", "founded_share"))
    assert founded[0] == 1 / BLOCKS
    assert founded[-1] > 0.9
    assert hollow[0] == 1  # the one association has no line yet
    assert hollow[12] > 0.8
    assert hollow[-1] < 0.1
    assert (np.diff(hollow[::24]) < 0).all()


def lines_first(**off: float) -> None:
    """Lines before blocks reaches and connects more people than blocks first, at equal cost."""
    # 200 to spend: four associations, or ten lines at each enterprise of the block that has one.
    lines = [Intervention("add_backbones", START, enterprise=f"B0E{at}", count=10) for at in range(10)]
    blocks = [Intervention("found", START, block=f"B{block}") for block in range(1, 5)]
    plans = [Scenario("lines", interventions=tuple(lines)), Scenario("blocks", interventions=tuple(blocks))]
    staff = [[300] * 10, *[[30] * 10 for _ in range(BLOCKS - 1)]]
    network = district(staff, founded=(0,), kinds=["pilot", *["mature"] * (BLOCKS - 1)])
    forecast = simulate(network, plans, months=36, runs=200, start=START, rates=Rates(**off))
    assert forecast.outcome("lines").cost == forecast.outcome("blocks").cost == 200
    reached = {name: forecast.series("reached", name)["mean"].to_numpy() for name in ("lines", "blocks")}
    assert (reached["lines"][1:] > reached["blocks"][1:]).all()
    realised = {name: forecast.series("realised", name)["mean"].to_numpy() for name in ("lines", "blocks")}
    assert realised["lines"][-1] > 2 * realised["lines"][1]  # it is the colleagues that the lines bring
    assert (realised["lines"][1:] > realised["blocks"][1:]).all()


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


def founding_alone(**off: float) -> None:
    """An association with no line moves no coverage."""
    found = Scenario("found", interventions=(Intervention("found", START, block="B1"),))
    quiet = Rates(**{"founding": 0, "replication": 0, "start": 0, "imitation": 0, **off})
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


def further_later(**off: float) -> None:
    """The further from the pilot, the later a block founds."""
    chain = district(
        [[30] * 5 for _ in range(5)],
        founded=(0,),
        kinds=["pilot", *["mature"] * 4],
        links=[(at, at + 1, 1.0) for at in range(4)],
    )
    rates = Rates(**{"founding": 0, "replication": 0.3, "start": 0.2, **off})
    forecast = simulate(chain, months=60, runs=300, start=START, rates=rates)
    reached = forecast.outcomes[0].blocks
    first = [int((reached[:, block] >= reached[-1, block] / 2).argmax()) for block in range(5)]
    assert all(later > earlier for earlier, later in itertools.pairwise(first)), first


def plateau(**off: float) -> None:
    """Under turnover coverage stays on a plateau below all."""
    quick = {"start": 0.1, "imitation": 0.2, "founding": 0.2}
    nobody, some = (dict.fromkeys(("backbone_turnover", "member_turnover"), rate) for rate in (0, 0.3))
    without = mean(untouched(), "realised", 180, {**quick, **nobody})
    under = mean(untouched(), "realised", 180, {**quick, **some, **off})
    assert without[-1] > 0.99
    assert under[-1] < 0.97
    assert abs(under[-1] - under[-37]) < 0.01


# Each fact beside the rules that make it: with one of them off, it must no longer be seen.
FACTS: dict[Callable[..., None], list[dict[str, float]]] = {
    s_curve: [{"imitation": 0}, {"founding": 0, "replication": 0}, {"start": 0, "imitation": 0}],
    hollow_early: [{"founding": 0, "replication": 0}, {"start": 0, "imitation": 0}, {"start": 0.5}],
    lines_first: [{"fill": 0}, {"backbone_turnover": 1, "member_turnover": 1}],
    founding_alone: [{"start": 0.05}],
    further_later: [{"replication": 0}, {"founding": 0.3}, {"start": 0}],
    plateau: [{"backbone_turnover": 0, "member_turnover": 0}],
}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_the_model_shows_the_fact(fact: Callable[..., None]) -> None:
    fact()


@pytest.mark.parametrize(
    ("fact", "off"),
    [pytest.param(fact, off, id=f"{fact.__name__} {' '.join(off)}") for fact, offs in FACTS.items() for off in offs],
)
def test_without_its_rule_the_fact_is_gone(fact: Callable[..., None], off: dict[str, float]) -> None:
    with pytest.raises(AssertionError):
        fact(**off)
