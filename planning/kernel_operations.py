"""Rule 1 of the month, compiled: interventions, in the order of the file (model.md §3)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning import draws as d
from tiaokuai.planning import program as p
from tiaokuai.planning.compiled import compiled
from tiaokuai.planning.kernel_state import Run, capped


@compiled
def operate(
    world: p.World, program: p.Program, state: Run, rates: NDArray[np.float64], at: int, key: np.uint64
) -> float:
    """One operation; returns what it cost. Blocks it changes are marked for step() to gather anew."""
    row, value = program.operations[at], program.values[at]
    code, block, unit, fixed = row[p.CODE], row[p.BLOCK], float(value[p.UNIT]), float(value[p.FIXED])
    if code == p.FOUND:
        fidelity = value[p.VALUE] if value[p.VALUE] >= 0.0 else rates[p.INITIAL]
        if state.founded[block]:
            state.fidelity[block] = max(state.fidelity[block], fidelity)
            return 0.0
        state.founded[block] = True
        state.fidelity[block] = fidelity
    elif code == p.RAISE:
        state.fidelity[block] = min(1.0, state.fidelity[block] + value[p.VALUE])
    elif code == p.LINES_AT:
        add_lines(world, state, row[p.ENTERPRISE], row[p.COUNT])
        return unit * float(row[p.COUNT]) + fixed
    elif code == p.LINES_IN:
        return unit * add_lines_in(world, state, row, d.event_key(key, row[p.MONTH], d.PICK)) + fixed
    elif code == p.LOSE_SHARE:
        lose_share(world, state, row, value[p.VALUE], d.event_key(key, row[p.MONTH], d.LOSE))
    elif code == p.LOSE_NUMBER:
        lose_number(world, state, row, d.event_key(key, row[p.MONTH], d.LOSE))
    elif code == p.CLOSE:
        close(world, state, row[p.ENTERPRISE])
    elif code == p.OPEN:
        for e in range(row[p.ENTERPRISE], row[p.ENTERPRISE] + row[p.COUNT]):
            state.staff[e] = int(value[p.VALUE])
            state.block_staff[block] += int(value[p.VALUE])
            state.enterprises[block] += 1
        state.touched[block] = True
    return fixed


@compiled
def add_lines(world: p.World, state: Run, e: int, count: int) -> None:
    """B += count, R = max(R, min(n, B))."""
    state.lines[e] += count
    state.connected[e] = max(state.connected[e], min(state.staff[e], state.lines[e]))
    state.reachable[e] = capped(state.staff[e], world.capacity[e], state.lines[e])
    state.touched[world.block[e]] = True


@compiled
def add_lines_in(world: p.World, state: Run, row: NDArray[np.int64], event: np.uint64) -> int:
    """One line each at the first ``count`` enterprises by ``where``; returns how many there were."""
    lo, hi = world.first[row[p.BLOCK]], world.first[row[p.BLOCK] + 1]
    key = np.empty(hi - lo, np.uint64)
    who = np.empty(hi - lo, np.int64)
    found = 0
    for e in range(lo, hi):
        if state.staff[e] < 1 or (row[p.WHERE] == p.WITHOUT_LINE and state.lines[e] > 0):
            continue
        if row[p.WHERE] == p.RANDOM:
            key[found] = nth(event, world.key[e], row[p.NTH])
        else:
            first = state.staff[e] - (state.reachable[e] if row[p.WHERE] == p.GAP else 0)
            key[found] = np.uint64((np.int64(2**31 - 1 - first) << 32) + world.rank[e])
        who[found] = e
        found += 1
    chosen = min(found, int(row[p.COUNT]))
    sort(key, who, found)
    for at in range(chosen):
        add_lines(world, state, who[at], 1)
    return chosen


@compiled
def sort(key: NDArray[np.uint64], who: NDArray[np.int64], count: int) -> None:
    """Both by key, in place (Shell's sort: numba takes seconds to compile NumPy's)."""
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for at in range(gap, count):
            moving, mover, to = key[at], who[at], at
            while to >= gap and key[to - gap] > moving:
                key[to], who[to] = key[to - gap], who[to - gap]
                to -= gap
            key[to], who[to] = moving, mover
        gap //= 3


@compiled
def nth(event: np.uint64, entity: np.uint64, n: int) -> np.uint64:
    """The n-th of several draws that share a key."""
    return d.mix(d.bits(event, entity) + np.uint64(n) * d.GOLDEN)


@compiled
def lose(world: p.World, state: Run, e: int, count: int) -> None:
    """Lines end as in turnover: each takes one reached place with it."""
    state.lines[e] -= count
    state.connected[e] = max(0, state.connected[e] - count)
    state.reachable[e] = capped(state.staff[e], world.capacity[e], state.lines[e])
    state.touched[world.block[e]] = True


@compiled
def scope(world: p.World, block: int) -> tuple[int, int]:
    """Enterprises of a block, or all of them for block −1."""
    if block < 0:
        return 0, len(world.staff)
    return world.first[block], world.first[block + 1]


@compiled
def lose_share(world: p.World, state: Run, row: NDArray[np.int64], share: float, event: np.uint64) -> None:
    """Every line is lost with the same chance, independently."""
    lo, hi = scope(world, row[p.BLOCK])
    log_stays = math.log1p(-share) if share < 1.0 else -np.inf
    for e in range(lo, hi):
        if state.lines[e] > 0:
            u = float(nth(event, world.key[e], row[p.NTH]) >> d.S11) * d.UNIT
            lost = d.binomial(u, state.lines[e], share, log_stays)
            if lost > 0:
                lose(world, state, e, lost)


@compiled
def lose_number(world: p.World, state: Run, row: NDArray[np.int64], event: np.uint64) -> None:
    """So many lines, each as likely as any other."""
    lo, hi = scope(world, row[p.BLOCK])
    total = 0
    for e in range(lo, hi):
        total += state.lines[e]
    key = np.empty(total, np.uint64)
    who = np.empty(total, np.int64)
    found = 0
    for e in range(lo, hi):
        for line in range(state.lines[e]):
            key[found] = d.mix(nth(event, world.key[e], row[p.NTH]) ^ d.mix(np.uint64(line + 1)))
            who[found] = e
            found += 1
    sort(key, who, found)
    for at in range(min(found, row[p.COUNT])):
        lose(world, state, who[at], 1)


@compiled
def close(world: p.World, state: Run, e: int) -> None:
    """The enterprise and everything at it is gone."""
    block = world.block[e]
    state.block_staff[block] -= state.staff[e]
    state.enterprises[block] -= 1
    state.staff[e] = 0
    state.lines[e] = 0
    state.connected[e] = 0
    state.reachable[e] = 0
    state.touched[block] = True
