"""Nobody is exposed: a linear program over all that an audience reads pins no count of 1 to 4 persons."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from tests.attacker import Readings, living_network, random_network, together
from tiaokuai.metrics.protection import protect
from tiaokuai.metrics.protection_release import release_days

LAST = date(2021, 6, 30)


def attack(seed: int, audience: str, rule: Any = protect, releases: int = 1) -> list[Any]:
    """What is given away on the last days that the audience is told of, all of them in one program."""
    network = random_network(seed) if releases == 1 else living_network(seed)
    days = [network.as_of(day) for day in release_days(network, LAST, audience)[-releases:]]
    known = [Readings(day, audience, rule) for day in days if len(day.enterprise)]
    return [(seed, attacker.day.day, *each) for attacker in together(known) for each in attacker.given_away()]


def seeds(first: int, last: int) -> list[int]:
    """Twenty at a time; as many as TIAOKUAI_ATTACKS says where it is set."""
    return list(range(first, first + int(os.environ.get("TIAOKUAI_ATTACKS", last - first)), 20))


@pytest.mark.parametrize("first", seeds(0, 120))
def test_the_planner_cannot_pin_a_count_of_few_persons(first: int) -> None:
    assert [each for seed in range(first, first + 20) for each in attack(seed, "planner")] == []


@pytest.mark.parametrize("first", seeds(0, 60))
def test_the_public_cannot_pin_a_count_of_few_persons(first: int) -> None:
    assert [each for seed in range(first, first + 20) for each in attack(seed, "public")] == []


@pytest.mark.parametrize("audience", ["planner", "public"])
@pytest.mark.parametrize("first", seeds(1000, 1020))
def test_releases_after_each_other_pin_nobody(audience: str, first: int) -> None:
    assert [each for seed in range(first, first + 20) for each in attack(seed, audience, releases=4)] == []


def told_of_leaving(kind: str, document: Mapping[str, Any], audience: str) -> Any:
    """As it was: everything protected, but that no event at all was told to be none."""
    return document if kind == "calibrate" else protect(kind, document, audience)


def test_that_nobody_ever_left_would_give_some_away() -> None:
    """Where it is known, counts of one day bound those of the next; the program found this one."""
    assert attack(1065, "planner", told_of_leaving, releases=4) != []
    assert attack(1065, "planner", releases=4) == []


@pytest.mark.parametrize("seed", [115, 156, 286, 1010])
def test_the_statuses_of_blocks_hidden_together_tell_nothing_of_one(seed: int) -> None:
    """115: a hollow block beside one of few lines has none of those that both have in all, so that four are left."""
    assert attack(seed, "planner") == []


@pytest.mark.parametrize("seed", [1065, 1077])
def test_what_the_attacker_has_found_once_it_finds_no_more(seed: int) -> None:
    """1077: five lines at three enterprises of 2, 2 and 1 people can lie in one way only."""
    assert attack(seed, "planner", releases=4) == []


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
    assert len([each for seed in range(20) for each in attack(seed, "planner", unprotected)]) > 100


def test_hiding_small_cells_alone_is_not_enough() -> None:
    assert len([each for seed in range(20) for each in attack(seed, "planner", small_cells_alone)]) > 100
