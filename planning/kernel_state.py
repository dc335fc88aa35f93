"""The kernel's working state of one run: made once, reset for every run."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning import draws as d
from tiaokuai.planning import program as p
from tiaokuai.planning.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]


class Run(NamedTuple):
    """Enterprises [E] and blocks [B] of a run; the active enterprises of a block stand first in its part of order."""

    staff: Small
    lines: Small
    connected: Small
    reachable: Small  # min(n, ⌊κB⌋)
    limit: Floats  # pull at which an idle enterprise starts a line; inf where it is not idle
    order: Small
    active: Ints
    founded: NDArray[np.bool_]
    fidelity: Floats
    pulled: Floats  # Σ f (p + q s) over the months so far
    next_start: Floats  # least limit in the block
    touched: NDArray[np.bool_]
    with_line: Ints
    enterprises: Ints
    block_staff: Ints
    block_reached: Ints
    block_connected: Ints
    block_lines: Ints
    strength: Floats  # F·f
    district_strength: Floats


class Month(NamedTuple):
    """What is the same for every block of a month: keys of its draws, hazards and chances."""

    found: np.uint64
    start: np.uint64
    turnover: np.uint64
    turnover_more: np.uint64
    growth: np.uint64
    growth_more: np.uint64
    backbone_hazard: float
    backbone_chance: float
    member_hazard: float
    member_chance: float
    develops: float


@compiled
def month_of(key: np.uint64, number: int, rates: Floats) -> Month:
    """Keys and chances of a month."""
    backbone, member = rates[p.BACKBONE_TURNOVER] / 12.0, rates[p.MEMBER_TURNOVER] / 12.0
    return Month(
        d.event_key(key, number, d.FOUND),
        d.event_key(key, number, d.START),
        d.event_key(key, number, d.TURNOVER),
        d.event_key(key, number, d.TURNOVER_MORE),
        d.event_key(key, number, d.GROWTH),
        d.event_key(key, number, d.GROWTH_MORE),
        backbone,
        d.chance(backbone),
        member,
        d.chance(member),
        d.chance(rates[p.DEVELOPMENT]),
    )


@compiled
def capped(staff: int, capacity: float, lines: int) -> int:
    """min(n, ⌊κB⌋). The hundred-millionth keeps a mean capacity of 10/3 times 3 lines at 10, not 9."""
    return int(min(float(staff), math.floor(capacity * lines + 1e-8)))


@compiled
def fresh(world: p.World) -> Run:
    """Room for one run."""
    enterprises, blocks = len(world.staff), len(world.founded)
    return Run(
        np.empty(enterprises, np.int32),
        np.empty(enterprises, np.int32),
        np.empty(enterprises, np.int32),
        np.empty(enterprises, np.int32),
        np.empty(enterprises, np.float64),
        np.empty(enterprises, np.int32),
        np.empty(blocks, np.int64),
        np.empty(blocks, np.bool_),
        np.empty(blocks, np.float64),
        np.empty(blocks, np.float64),
        np.empty(blocks, np.float64),
        np.empty(blocks, np.bool_),
        np.empty(blocks, np.int64),
        np.empty(blocks, np.int64),
        np.empty(blocks, np.int64),
        np.empty(blocks, np.int64),
        np.empty(blocks, np.int64),
        np.empty(blocks, np.int64),
        np.empty(blocks, np.float64),
        np.empty(len(world.district_size), np.float64),
    )


@compiled
def reset(world: p.World, state: Run) -> None:
    """The start state."""
    for block in range(len(state.founded)):
        state.founded[block] = world.founded[block]
        state.fidelity[block] = world.fidelity[block]
        state.pulled[block] = 0.0
        state.touched[block] = False
    for e in range(len(world.staff)):
        state.staff[e] = world.staff[e]
        state.lines[e] = world.lines[e]
        state.connected[e] = world.connected[e]
        state.reachable[e] = capped(world.staff[e], world.capacity[e], world.lines[e])


@compiled
def refresh(world: p.World, state: Run, month: int, event: np.uint64) -> None:
    """Sums, active enterprises and idle spells of every block at the start."""
    for block in range(len(state.founded)):
        found = world.first[block]
        soonest = np.inf
        reached, connected, lines, with_line, enterprises, staff = 0, 0, 0, 0, 0, 0
        for e in range(world.first[block], world.first[block + 1]):
            enterprises += world.present[e]
            staff += state.staff[e]
            state.limit[e] = np.inf
            if state.lines[e] == 0 and state.staff[e] > 0:
                state.limit[e] = d.patience(event, world.key[e])
                soonest = min(soonest, state.limit[e])
            if state.lines[e] > 0 or state.connected[e] > 0:
                state.order[found] = e
                found += 1
                reached += max(state.reachable[e], state.connected[e])
                connected += state.connected[e]
                lines += state.lines[e]
                with_line += state.lines[e] > 0
        state.active[block] = found - world.first[block]
        state.next_start[block] = soonest
        state.with_line[block] = with_line
        state.enterprises[block] = enterprises
        state.block_staff[block] = staff
        state.block_reached[block] = reached
        state.block_connected[block] = connected
        state.block_lines[block] = lines
