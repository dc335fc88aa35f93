"""Nobody is exposed: a linear program over all that an audience reads pins no count of 1 to 4 persons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from tests.attacker import Attacker, Readings, random_network
from tiaokuai.metrics.protection import protect
from tiaokuai.metrics.protection_release import release_days

LAST = date(2021, 6, 30)


def attack(seed: int, audience: str, rule: Any = protect, releases: int = 1) -> list[Any]:
    """What is given away on the last days that the audience is told of, one release after the other."""
    network = random_network(seed)
    found = []
    for day in release_days(network, LAST, audience)[-releases:]:
        snapshot = network.as_of(day)
        if len(snapshot.enterprise):
            found += [(seed, day, *each) for each in Attacker(Readings(snapshot, audience, rule)).given_away()]
    return found


@pytest.mark.parametrize("first", range(0, 200, 20))
def test_the_planner_cannot_pin_a_count_of_few_persons(first: int) -> None:
    assert [each for seed in range(first, first + 20) for each in attack(seed, "planner")] == []


@pytest.mark.parametrize("first", range(0, 100, 20))
def test_the_public_cannot_pin_a_count_of_few_persons(first: int) -> None:
    assert [each for seed in range(first, first + 20) for each in attack(seed, "public")] == []


@pytest.mark.parametrize("audience", ["planner", "public"])
def test_releases_after_each_other_pin_nobody(audience: str) -> None:
    assert [each for seed in range(1000, 1020) for each in attack(seed, audience, releases=4)] == []


def unprotected(kind: str, document: Mapping[str, Any], audience: str) -> Any:
    """Everything as it is, but for enterprises, which the planner's rule still guards."""
    return protect(kind, document, audience) if document.get("by") == "enterprise" or kind == "gaps" else document


def small_cells_alone(kind: str, document: Mapping[str, Any], audience: str) -> Any:
    """What a careless programmer would do: hide a cell under 5 and nothing that returns it."""
    if kind != "coverage" or document["by"] == "enterprise":
        return protect(kind, document, audience)
    rows = [
        {name: {"suppressed": "small"} if name == "members" and 0 < row[name] < 5 else row[name] for name in row}
        for row in document["rows"]
    ]
    return {**document, "rows": rows}


def test_without_protection_the_attacker_finds_many() -> None:
    assert len([each for seed in range(10) for each in attack(seed, "planner", unprotected)]) > 50


def test_hiding_small_cells_alone_is_not_enough() -> None:
    assert len([each for seed in range(10) for each in attack(seed, "planner", small_cells_alone)]) > 30
