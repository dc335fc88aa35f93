"""Month by month, the engine's means are those of a program that shares nothing with it but the contract."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests import literal
from tests.districts import START, district
from tiaokuai.graph import Network
from tiaokuai.planning.intervention import Intervention
from tiaokuai.planning.program import METRICS
from tiaokuai.planning.rates import Rates
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.simulate import simulate

pytestmark = pytest.mark.slow

MONTHS, RUNS = 18, 1500
RATES = Rates(start=0.02, imitation=0.15, founding=0.02, replication=0.3, backbone_turnover=0.6, member_turnover=0.4)


def mixed(*, links: bool, adoptions: bool) -> Network:
    rng = np.random.default_rng(4)
    staff = [rng.integers(1, 45, size).tolist() for size in (9, 14, 6, 11, 8)]
    lines = [
        [int(rng.random() < 0.5) * int(rng.integers(1, 4)) if block < 3 else 0 for _ in people]
        for block, people in enumerate(staff)
    ]
    members = [[int(rng.integers(0, 6)) if each else 0 for each in row] for row in lines]
    return district(
        staff,
        lines,
        members,
        founded=[0, 1],
        kinds=["pilot", "mature", "mature", "mature", "emerging"],
        links=[(0, 1, 1.0), (0, 2, 3.0), (1, 3, 1.0), (2, 3, 0.5), (3, 4, 1.0)] if links else None,
        adoptions=[(0, "training"), (0, "hall"), (0, "ledger"), (1, "hall"), (3, "legal_aid")] if adoptions else [],
    )


def agree(mine: NDArray[np.float64], theirs: NDArray[np.float64]) -> None:
    """Every mean of every month within five standard errors of the difference."""
    for at, metric in enumerate(METRICS):
        left, right = mine[:, :, at], theirs[:, :, at]
        error = np.sqrt(np.nanvar(left, axis=0) / len(left) + np.nanvar(right, axis=0) / len(right))
        away = np.abs(np.nanmean(left, axis=0) - np.nanmean(right, axis=0))
        assert (away <= 5 * error + 1e-9).all(), (metric, away, error)


@pytest.mark.parametrize("links", [False, True])
@pytest.mark.parametrize("adoptions", [False, True])
def test_the_baseline(links: bool, adoptions: bool) -> None:
    network = mixed(links=links, adoptions=adoptions)
    mine = simulate(network, months=MONTHS, runs=RUNS, start=START, rates=RATES).outcomes[0].values
    agree(mine, literal.simulate(network, f"{START}-01", RATES, MONTHS, RUNS, 5))


def test_interventions() -> None:
    network = mixed(links=True, adoptions=True)
    template = network.template

    def doing(state: literal.Literal, month: int, rng: np.random.Generator) -> None:
        here = np.flatnonzero(state.block == 2)
        if month == 1:
            if not state.F[2]:
                state.F[2], state.f[2] = True, 1.0
                state.cost += 50
            state.f[2] = 1.0
        if month in (2, 5, 8):
            free = sorted((e for e in here if state.B[e] == 0 and state.n[e]), key=lambda e: (-state.n[e], e))[:2]
            state.B[free] += 1
            state.R[free] = np.maximum(state.R[free], np.minimum(state.n[free], state.B[free]))
            state.cost += 2 * len(free)
        if month == 4:
            e = int(np.flatnonzero(state.block == 1)[3])
            state.B[e] += 2
            state.R[e] = max(state.R[e], min(state.n[e], state.B[e]))
            state.cost += 4
        if month == 6:
            state.f[1] = min(
                1.0, state.f[1] + template.weights[[template.index["legal_aid"], template.index["ledger"]]].sum()
            )
            state.cost += 10
        if month == 10:
            lost = rng.binomial(state.B, 0.3)
            state.B = state.B - lost
            state.R = np.maximum(0, state.R - lost)

    what = Scenario(
        "all of it",
        interventions=(
            Intervention("found", "2027-02", block="B2", source="B0", components="all"),
            Intervention(
                "add_backbones", "2027-03", every=3, times=3, block="B2", count=2, where="largest_without_line"
            ),
            Intervention("add_backbones", "2027-05", enterprise="B1E3", count=2),
            Intervention("adopt", "2027-07", block="B1", components=("legal_aid", "ledger", "hall")),
            Intervention("lose_backbones", "2027-11", share=0.3),
        ),
    )
    forecast = simulate(network, [what], months=MONTHS, runs=RUNS, start=START, rates=RATES)
    theirs = literal.simulate(network, f"{START}-01", RATES, MONTHS, RUNS, 6, doing)
    agree(forecast.outcome("all of it").values, theirs)


def test_shocks_choices_and_rates_that_change() -> None:
    network = mixed(links=False, adoptions=True)
    later = replace(RATES, fill=0.6, imitation=0.0, development=0.4)

    def doing(state: literal.Literal, month: int, rng: np.random.Generator) -> None:
        here = np.flatnonzero(state.block == 0)
        if month == 1:  # the last enterprise of block 0 closes
            for name in ("n", "B", "R", "k", "block"):
                setattr(state, name, np.delete(getattr(state, name), here[-1]))
        if month in (2, 4):
            gap = np.argsort(state.reach[here] - state.n[here], kind="stable")[:3]
            put(state, here[gap])
        if month == 3:
            put(state, rng.permutation(here)[:2])
        if month == 5:  # three of the lines of block 0 are lost, any as likely as another
            lines = rng.permutation(np.repeat(here, state.B[here]))[:3]
            lost = np.bincount(lines, minlength=len(state.B))
            state.B = state.B - lost
            state.R = np.maximum(0, state.R - lost)
        if month == 6:  # two open in block 1, of 17 each
            new = {"n": 17, "B": 0, "R": 0, "k": 10.0, "block": 1}
            for name, value in new.items():
                setattr(state, name, np.append(getattr(state, name), [value] * 2))

    def put(state: literal.Literal, where: NDArray[np.int64]) -> None:
        state.B[where] += 1
        state.R[where] = np.maximum(state.R[where], np.minimum(state.n[where], state.B[where]))
        state.cost += 2 * len(where)

    lines = Intervention("add_backbones", "2027-03", block="B0", every=2, times=2, count=3, where="largest_gap")
    what = Scenario(
        "shocks",
        interventions=(
            Intervention("close_enterprise", "2027-02", enterprise="B0E8"),
            lines,
            Intervention("add_backbones", "2027-04", block="B0", count=2, where="random"),
            Intervention("lose_backbones", "2027-06", block="B0", number=3),
            Intervention("open_enterprises", "2027-07", block="B1", count=2, staff=17),
            Intervention("set_rates", "2027-09", rates={"fill": 0.6, "imitation": 0.0, "development": 0.4}),
        ),
    )
    forecast = simulate(network, [what], months=MONTHS, runs=RUNS, start=START, rates=RATES)
    changing = [RATES if month < 8 else later for month in range(MONTHS)]
    theirs = literal.simulate(network, f"{START}-01", changing, MONTHS, RUNS, 7, doing)
    agree(forecast.outcome("shocks").values, theirs)
