"""What nobody learns from a release: five numbers of people are possible in every pool at every step, and five offsets.

Forty networks here; three hundred and more with TIAOKUAI_NIGHTLY set (`make nightly`).
"""

from __future__ import annotations

import os

import numpy as np
import pytest

from tests.release import rules
from tests.release.attacker import OFFSETS, Component, Pool, Program, candidates, components
from tests.release.made import KEY, TODAY, generated, tiny
from tiaokuai.graph import Network
from tiaokuai.graph.release.rounding import rounded

NIGHTLY = "TIAOKUAI_NIGHTLY" in os.environ
ENUMERATED = 150 if NIGHTLY else 20
GROWING = 60 if NIGHTLY else 8
PROGRAMS = 90 if NIGHTLY else 9
# With enough staff that a figure is told at all: with fewer than four there is less than five to choose from.
ENOUGH = 4


def key(seed: int) -> bytes:
    return KEY + bytes([seed])


def released(network: Network, seed: int) -> list[Component]:
    return components(network.release("planner", key(seed), today=TODAY))


def expected(pool: Pool, step: int, offset: int) -> int:
    """Five for whoever knows the offset too; where nobody is told, as many as the offset leaves."""
    return 5 if pool.told[step] > 0 or pool.staff[step] < 9 else 5 - offset


def check_every_case(component: Component) -> None:
    found = candidates(component)
    for at, pool in enumerate(component.pools):
        for step in range(component.steps):
            if pool.staff[step] < ENOUGH:
                continue
            by_offset = [found.get((at, step, offset), set()) for offset in OFFSETS]
            assert all(by_offset), f"{pool.measure} {pool.blocks}: an offset can be ruled out"
            assert len(set().union(*by_offset)) >= 5
            for offset, numbers in enumerate(by_offset):
                assert len(numbers) >= expected(pool, step, offset), (pool, step, offset, numbers)


@pytest.mark.parametrize("seed", range(ENUMERATED))
def test_every_case_gone_through_leaves_five_numbers_and_five_offsets(seed: int) -> None:
    for component in released(tiny(seed, blocks=2 + seed % 2), seed):
        check_every_case(component)


@pytest.mark.parametrize("seed", range(GROWING))
def test_so_it_is_where_people_only_ever_come(seed: int) -> None:
    for component in released(tiny(1_000 + seed, blocks=3, growing=True), seed):
        check_every_case(component)


def check_programs(component: Component, every: int) -> None:
    program = Program(component)
    for at, pool in enumerate(component.pools):
        steps = [step for step in range(component.steps) if pool.staff[step] >= ENOUGH]
        for step in steps[:: max(1, len(steps) // every)]:
            low, high = program.range(at, step) or (0, -1)
            assert high - low >= 4, (pool, step)
        if steps:
            for offset in OFFSETS:
                ends = program.range(at, steps[-1], offset)
                assert ends is not None, f"{pool.measure} {pool.blocks}: offset {offset} can be ruled out"
                assert ends[1] - ends[0] + 1 >= expected(pool, steps[-1], offset)


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_whole_number_programs_leave_as_many_on_districts_of_generate(seed: int) -> None:
    for component in released(generated(seed), seed):
        check_programs(component, 10 if NIGHTLY else 4)


@pytest.mark.parametrize("seed", range(3))
def test_the_programs_find_what_going_through_every_case_finds(seed: int) -> None:
    for component in released(tiny(seed, blocks=2), seed):
        found, program = candidates(component), Program(component)
        for at, pool in enumerate(component.pools):
            for step in range(component.steps):
                for offset in OFFSETS:
                    numbers = found.get((at, step, offset))
                    ends = program.range(at, step, offset)
                    assert (ends is None) == (numbers is None)
                    if numbers and ends and ends[1] < max(pool.staff) + 5:
                        assert ends == (min(numbers), max(numbers))


@pytest.mark.parametrize("seed", range(3))
def test_the_same_attacker_finds_every_pool_of_the_data_themselves(seed: int) -> None:
    """What sums tell that nobody has rounded: the number itself, pool by pool and step by step."""
    network = generated(seed)
    told = rules.planner(network, key(seed), TODAY)
    pinned = 0
    for component in released(network, seed):
        recorded = {(measure, tuple(p.blocks)): p.recorded for measure in told.pools for p in told.pools[measure]}
        program = Program(component)
        for at, pool in enumerate(component.pools):
            exact = recorded[pool.measure, pool.blocks][-component.steps :]
            for step, people in enumerate(exact):
                program.highs.changeColBounds(program.people[at][step], people, people)
            low, high = program.range(at, component.steps - 1) or (0, -1)
            pinned += low == high
    assert pinned == sum(len(pools) for pools in told.pools.values())


def test_without_the_cap_it_would_be_told_that_everybody_is_a_member() -> None:
    """Of 22 staff 22 are members: rounded up with offset 3 that is 25, and only 21 and 22 people could be."""
    staff, told = 22, 5 * ((22 + 3) // 5)
    without = [x for x in range(staff + 1) if any(5 * ((x + offset) // 5) == told for offset in OFFSETS)]
    assert without == [21, 22]
    pool = Pool("members", ("B",), (15,), (staff,))
    assert rounded(np.array([22]), np.array([3]), np.array([staff])).tolist() == list(pool.told)
    least, most = pool.window(0, 3)
    assert (least, most, staff - least + 1) == (12, None, 11)
