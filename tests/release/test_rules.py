"""Rules 0 to 8 of a release: the whole against the plain reading of them, the parts by hand."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from tests.release import rules
from tests.release.made import KEY, TODAY, generated, tiny
from tiaokuai.graph import Network
from tiaokuai.graph.integrity import check, raw_tables


def told(release: Network, days: list[date]) -> rules.Figures:
    """Members, lines and capacity of every open enterprise, from the table `counts` alone."""
    found: rules.Figures = {}
    for day in days:
        snapshot = release.as_of(day)
        rows = zip(snapshot.enterprise_ids, snapshot.members, snapshot.lines, snapshot.capacity, strict=True)
        found |= {(id, day): (int(members), int(lines), int(reach)) for id, members, lines, reach in rows}
    return found


@pytest.mark.parametrize("seed", range(30))
def test_a_release_is_what_the_rules_say_enterprise_by_enterprise_and_step_by_step(seed: int) -> None:
    network = tiny(seed, blocks=1 + seed % 6, growing=seed % 3 == 0)
    release = network.release("planner", KEY, today=TODAY)
    expected = rules.planner(network, KEY, TODAY)
    assert told(release, expected.steps) == expected.figures
    assert release.released is not None
    for measure, pools in expected.pools.items():
        assert release.released.pools[measure] == tuple(tuple(pool.blocks) for pool in pools)


@pytest.mark.parametrize("seed", range(3))
def test_so_it_is_on_districts_of_generate(seed: int) -> None:
    network = generated(seed)
    expected = rules.planner(network, KEY, TODAY)
    assert told(network.release("planner", KEY, today=TODAY), expected.steps) == expected.figures


@pytest.mark.parametrize("seed", range(6))
def test_there_is_no_person_in_a_release_and_nothing_that_check_minds(seed: int) -> None:
    network = tiny(seed)
    for audience in ("planner", "public"):
        release = network.release(audience, KEY, today=TODAY)
        assert release["members"].is_empty()
        assert release["backbones"].is_empty()
        assert not [p for p in check(raw_tables(release)).problems if p.table == "counts"]


@pytest.mark.parametrize("seed", range(6))
def test_between_two_steps_nothing_happens(seed: int) -> None:
    release = tiny(seed).release("planner", KEY, today=TODAY)
    assert release.released is not None
    assert set(release["counts"]["since"]) <= set(release.released.steps)
    assert all((b - a).days in (90, 91, 92) for a, b in pairwise(release.released.steps))
