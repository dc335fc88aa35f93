"""Whatever is asked of a forecast or a plan, it tells a planner and the public nothing that they were not told before.

Twins are two data sets of which an audience reads the same; were a "what if" to tell them apart, it would leak.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.attacker import Readings, random_network
from tests.command import tiaokuai
from tests.test_protection import DAY, LARGE, SMALL, network
from tiaokuai.graph import Network
from tiaokuai.loaders import write
from tiaokuai.loaders.synthetic import generate
from tiaokuai.metrics.protection_cells import cells
from tiaokuai.metrics.protection_told import STEPS, Told, told_day
from tiaokuai.planning.intervention import Intervention
from tiaokuai.planning.plan import plan
from tiaokuai.planning.rates import NAMES, Rates
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.sensitivity import sensitivity
from tiaokuai.planning.simulate import simulate

START = "2026-07"
STILL = Rates(**dict.fromkeys(NAMES, 0.0))
GONE = Rates(**{**dict.fromkeys(NAMES, 0.0), "backbone_turnover": 9.0})
# A block that is withheld: one of its enterprises has the line and the members, and nobody but the steward knows which.
OTHER = [(20, 0, 0), (15, 1, 2), (12, 0, 0), (9, 0, 0)]
# One that is told of, with one member more here and one fewer there.
MOVED = [(24, 1, 7), (30, 2, 7), *LARGE[2:]]
ONE, TWIN = network(LARGE, SMALL, LARGE, LARGE), network(MOVED, OTHER, LARGE, LARGE)
QUESTIONS: list[tuple[str, Rates, Intervention]] = [
    (f"{step.do} {step.block or step.enterprise or ''} {step.where or step.number or step.share or ''}", rates, step)
    for rates, step in [
        (STILL, Intervention("add_backbones", START, enterprise="B1E0", count=1)),
        (STILL, Intervention("add_backbones", START, enterprise="B0E0", count=8)),
        (STILL, Intervention("add_backbones", START, block="B1", count=5, where="largest_without_line")),
        (STILL, Intervention("add_backbones", START, block="B1", count=4, where="largest_gap")),
        (STILL, Intervention("close_enterprise", START, enterprise="B1E0")),
        (STILL, Intervention("close_enterprise", START, enterprise="B0E1")),
        (STILL, Intervention("lose_backbones", START, block="B1", number=1)),
        (STILL, Intervention("lose_backbones", START, block="B0", share=1.0)),
        (GONE, Intervention("set_rates", START, rates={"fill": 50.0})),
    ]
]


def asked(net: Network, audience: str, rates: Rates, step: Intervention) -> Any:
    """Everything of a forecast, protected or not, as a browser's own callback could have it."""
    scenario = Scenario("what if", interventions=(step,))
    begun = told_day(net.as_of(DAY), audience)
    made = simulate(net, [scenario], months=3, runs=7, seed=3, start=START, rates=rates, snapshot=begun)
    return dict(made.document())


@pytest.mark.parametrize("audience", ["planner", "public"])
def test_twins_are_read_alike(audience: str) -> None:
    one, other = (Readings(net.as_of(DAY), audience).documents for net in (ONE, TWIN))
    assert {name for name in one if dict(one[name]) != dict(other[name])} == set()


@pytest.mark.parametrize(("name", "rates", "step"), QUESTIONS, ids=[name for name, _, _ in QUESTIONS])
def test_no_what_if_tells_twins_apart(name: str, rates: Rates, step: Intervention) -> None:
    for audience in ("planner", "public"):
        assert asked(ONE, audience, rates, step) == asked(TWIN, audience, rates, step)
    if step.do != "lose_backbones" and step.where != "largest_without_line":  # these cost both as much
        assert asked(ONE, "steward", rates, step) != asked(TWIN, "steward", rates, step)


def test_no_plan_and_no_sensitivity_tells_twins_apart() -> None:
    def answers(net: Network, audience: str) -> Any:
        begun = told_day(net.as_of(DAY), audience)
        made = plan(net, budget=100, periods=2, start=START, snapshot=begun)
        tried = sensitivity(net, months=3, start=START, samples=2, snapshot=begun)
        return {**made.document(), "seconds": 0}, dict(tried.document())

    for audience in ("planner", "public"):
        assert answers(ONE, audience) == answers(TWIN, audience)
    one, twin = answers(ONE, "steward"), answers(TWIN, "steward")
    assert one[0] != twin[0]


def one_moved(net: Network, rng: np.random.Generator) -> Network | None:
    """A member, with the line that they hold, changes to another enterprise of the block."""
    members = net["members"].to_dicts()
    if not members:
        return None
    person = members[int(rng.integers(len(members)))]
    home = dict(net["enterprises"].select("id", "block").iter_rows())
    near = [name for name, block in home.items() if block == home[person["enterprise"]] != name]
    person["enterprise"] = near[int(rng.integers(len(near)))]
    return Network.from_tables({**net.tables, "members": members})


def twins(seeds: range, audience: str) -> Iterator[tuple[Network, Network]]:
    for seed in seeds:
        net = random_network(seed)
        other = one_moved(net, np.random.default_rng(seed))
        if other is None or not len(net.as_of(DAY).enterprise):
            continue
        one, two = (Readings(each.as_of(DAY), audience).documents for each in (net, other))
        if all(dict(one[name]) == dict(two[name]) for name in one):
            yield net, other


@pytest.mark.parametrize("audience", ["planner", "public"])
def test_a_day_as_told_is_the_same_of_twins(audience: str) -> None:
    """Whatever the shape of the data: what is supposed follows from nothing but what is told."""
    found = 0
    for one, other in twins(range(100), audience):
        days = [told_day(each.as_of(DAY), audience) for each in (one, other)]
        for name in ("lines", "capacity", "members"):
            assert getattr(days[0], name).tolist() == getattr(days[1], name).tolist()
        real = [each.as_of(DAY) for each in (one, other)]
        found += real[0].members.tolist() != real[1].members.tolist()
    assert found > 10


def test_nobody_of_the_data_is_in_a_day_as_told() -> None:
    day = told_day(ONE.as_of(DAY), "planner")
    assert (day.network["members"].height, day.network["backbones"].height) == (0, 0)
    assert day.network["enterprises"].equals(ONE["enterprises"])


@pytest.mark.parametrize(("blocks", "enterprises", "seed"), [(12, 300, 1), (30, 600, 3), (60, 3000, 2)])
def test_a_day_as_told_adds_up_to_what_is_told(blocks: int, enterprises: int, seed: int) -> None:
    day = generate(blocks=blocks, enterprises=enterprises, seed=seed).as_of(date(2026, 6, 30))
    known, supposed = cells(day), cells(told_day(day, "planner"))
    for name, family in STEPS.items():
        told, hidden = known.by_block[name], known.hidden(family)
        assert not hidden.total
        assert supposed.by_block[name][~hidden.blocks].tolist() == told[~hidden.blocks].tolist(), name
        assert supposed.by_block[name].sum() == told.sum(), name
    public = cells(told_day(day, "public"))
    for name in STEPS:
        assert abs(int(public.by_block[name].sum()) - int(known.by_block[name].sum())) <= 2 + blocks // 10


def test_a_day_as_told_keeps_the_planner_s_bands_and_missing_lines() -> None:
    day = generate(blocks=30, enterprises=600, seed=3).as_of(date(2026, 6, 30))
    known, supposed = cells(day), cells(told_day(day, "planner"))
    told = (day.staff >= 5) & ~known.telling[day.block]
    assert told.sum() > 100
    for figures in (known.enterprise, supposed.enterprise):
        figures["band"] = np.where(figures["reached"] == 0, 0, np.where(figures["reached"] >= figures["staff"], 2, 1))
    alike = known.enterprise["missing_lines"][told] == supposed.enterprise["missing_lines"][told]
    bands = known.enterprise["band"][told] == supposed.enterprise["band"][told]
    assert alike.all()
    assert bands.mean() > 0.95  # where all the sums leave no other way, a band gives way


@pytest.mark.parametrize("audience", ["planner", "public"])
def test_commands_begin_with_the_day_as_told(tmp_path: Path, audience: str) -> None:
    """Through the command line: every question of a forecast gives both twins the same answer, whole as it is."""
    for name, net in (("one", ONE), ("twin", TWIN)):
        (tmp_path / name).mkdir()
        write(net, tmp_path / name / "d")
    (tmp_path / "s.yaml").write_text(
        "name: s\ninterventions:\n  - {at: 2026-07, do: close_enterprise, enterprise: B1E0}\n"
        "  - {at: 2026-08, do: lose_backbones, block: B0, number: 2}\n"
    )
    month = ("--start", START)
    scenario = ("--scenario", tmp_path / "s.yaml")
    questions: dict[str, tuple[Any, ...]] = {
        "simulate": (*scenario, *month, "--months", "3", "--runs", "1"),
        "sensitivity": (*scenario, *month, "--months", "3", "--samples", "2"),
        "plan": ("--budget", "90", "--periods", "2", *month, "--runs", "3", "--why-not", "B1", "--must-could-never"),
    }
    for command, options in questions.items():
        said = [
            tiaokuai(command, tmp_path / name / "d", *options, "--for", who, "--json").json
            for who in (audience, "steward")
            for name in ("one", "twin")
        ]
        for each in said:
            each.pop("seconds", None)
            each.pop("expected", {})
        assert said[0] == said[1], command
        assert said[0]["imputed_start"] is True
        assert "imputed_start" not in said[2]
        if command != "sensitivity":
            assert said[2] != said[3], command


def test_a_steward_s_day_is_the_day_itself() -> None:
    day = ONE.as_of(DAY)
    assert told_day(day, "steward") is day
    assert isinstance(told_day(day, "planner"), Told)
