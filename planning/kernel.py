"""The month of model.md §3, compiled. reference.py says the same in plain Python and must give the same draws.

Three things make it quick. Draws are hashes of their key, so runs are independent and nothing is stored for them.
Only *active* enterprises (a line, or somebody reached) are visited: the others of a block share one hazard of a first
line, so each draws once, when its idle spell begins, how much pull it withstands, and is visited when the pull the
block has summed up since then exceeds it: P(no start) = exp(−Σh) is the product of the months' exp(−h). And every
figure is summed by block while its enterprises are in the cache.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning import draws as d
from tiaokuai.planning import program as p
from tiaokuai.planning.compiled import inlined, uncounted
from tiaokuai.planning.kernel_operations import operate
from tiaokuai.planning.kernel_state import Month, Run, capped, month_of, refresh, reset

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@uncounted
def simulate_runs(
    world: p.World,
    program: p.Program,
    state: Run,
    seed: np.uint64,
    lo: int,
    hi: int,
    out: Floats,
    block_sum: Ints,
    reach: Ints,
    pull: Floats,
    since: Ints,
    stop: NDArray[np.int8],
) -> int:
    """Runs ``lo`` … ``hi`` − 1; returns how many were finished (fewer where ``stop[0]`` is set meanwhile).

    ``state`` is room for one run (``kernel_state.fresh``).
    ``out`` [runs, months + 1, metrics]; ``block_sum`` [months + 1, B] reached, added up over runs. Where they are
    not empty: ``reach`` [runs, months + 1, B] reached by block, ``pull`` [runs, months, B] F·f after rule 2, ``since``
    [runs, B] the month index at whose end the block was founded (0 at the start, NEVER).
    """
    months = program.rates.shape[1]
    blocks = len(world.founded)
    detailed = reach.size > 0
    for run in range(lo, hi):
        key = d.run_key(seed, run)
        rates = program.rates[run % program.rates.shape[0]]
        frailty = program.frailty[run % len(program.frailty)]
        keenness = program.keenness[run % len(program.keenness)]
        reset(world, state)
        refresh(world, state, 0, d.event_key(key, 0, d.START))
        cost = 0.0
        at = 0
        record(world, state, cost, out[run - lo, 0], block_sum[0])
        if detailed:
            for block in range(blocks):
                reach[run - lo, 0, block] = state.block_reached[block]
                since[run - lo, block] = 0 if state.founded[block] else p.NEVER
        for month in range(months):
            if stop[0]:
                return run - lo
            while at < len(program.operations) and program.operations[at, p.MONTH] == month:
                cost += operate(world, program, state, rates[month], at, key)
                at += 1
            pulls(world, state)
            now = month_of(key, month, rates[month])
            for block in range(blocks):
                if detailed:
                    pull[run - lo, month, block] = state.strength[block]
                step(world, program, state, rates[month], frailty, keenness[block], now, block)
            record(world, state, cost, out[run - lo, month + 1], block_sum[month + 1])
            if detailed:
                for block in range(blocks):
                    reach[run - lo, month + 1, block] = state.block_reached[block]
                    if state.founded[block] and since[run - lo, block] == p.NEVER:
                        since[run - lo, block] = month + 1
    return hi - lo


@inlined
def pulls(world: p.World, state: Run) -> None:
    """F·f of every block as rules 3–5 read it, and its sum by district."""
    for district in range(len(state.district_strength)):
        state.district_strength[district] = 0.0
    for block in range(len(state.founded)):
        strength = state.fidelity[block] if state.founded[block] else 0.0
        state.strength[block] = strength
        state.district_strength[world.district[block]] += strength


@inlined
def neighbours_pull(world: p.World, state: Run, block: int) -> float:
    """Σ_j w[b,j] F[j] f[j] of a block that is not founded."""
    if len(world.link_first) == 0:
        others = world.district_size[world.district[block]] - 1
        return state.district_strength[world.district[block]] / others if others > 0 else 0.0
    total = 0.0
    for at in range(world.link_first[block], world.link_first[block + 1]):
        total += world.link_weight[at] * state.strength[world.link_neighbour[at]]
    return total


@inlined
def step(
    world: p.World,
    program: p.Program,
    state: Run,
    rates: Floats,
    frailty: float,
    keenness: float,
    month: Month,
    block: int,
) -> None:
    """Rules 2–6 in one block."""
    if state.touched[block]:
        refresh_block(world, state, block, month.start)
    if state.active[block]:
        turnover(world, state, month, block)
    else:
        state.with_line[block] = 0
    founded, fidelity = state.founded[block], state.fidelity[block]
    if founded:
        state.fidelity[block] = fidelity + rates[p.ADOPTION] * (1.0 - fidelity)
        there = state.enterprises[block]
        share = state.with_line[block] / there if there else 0.0
        imitation = share if program.power == 1.0 else share**program.power
        pulled = keenness * fidelity * (rates[p.START] + rates[p.IMITATION] * imitation)
        state.pulled[block] += pulled if frailty == 0.0 else pulled * (1.0 - share) ** frailty
        if state.pulled[block] > state.next_start[block]:
            start_lines(world, state, block)
    elif world.eligible[block]:
        hazard = rates[p.FOUNDING] + rates[p.REPLICATION] * neighbours_pull(world, state, block)
        u = d.uniform(month.found, world.block_key[block])
        if u < hazard and u < d.chance(hazard):  # P(h) is at most h, which spares most exponentials
            state.founded[block] = True
            state.fidelity[block] = 1.0 if program.ready_made else rates[p.INITIAL]
    if state.active[block]:
        fill(world, state, rates, fidelity, month, block)


@inlined
def refresh_block(world: p.World, state: Run, block: int, event: np.uint64) -> None:
    """After an intervention: which enterprises are active, and whose idle spell begins or ends."""
    found = world.first[block]
    soonest = np.inf
    for e in range(world.first[block], world.first[block + 1]):
        if state.lines[e] > 0 or state.staff[e] < 1:
            state.limit[e] = np.inf
        elif state.limit[e] == np.inf:
            state.limit[e] = state.pulled[block] + d.patience(event, world.key[e])
        soonest = min(soonest, state.limit[e])
        if state.lines[e] > 0 or state.connected[e] > 0:
            state.order[found] = e
            found += 1
    state.active[block] = found - world.first[block]
    state.next_start[block] = soonest
    state.touched[block] = False


@inlined
def turnover(world: p.World, state: Run, month: Month, block: int) -> None:
    """Rule 2; enterprises that have nothing left become idle."""
    kept = world.first[block]
    with_line = 0
    for at in range(world.first[block], world.first[block] + state.active[block]):
        e = state.order[at]
        lines, connected = state.lines[e], state.connected[e]
        plain = max(connected - lines, 0)
        bits = d.bits(month.turnover, world.key[e])
        x, y = 0, 0
        # P(nobody leaves) is at least 1 − n p; the second hash is needed only where that does not settle it.
        if not d.surely_below(bits >> d.S32, 1.0 - lines * month.backbone_chance):
            u = d.upper(bits, d.bits(month.turnover_more, world.key[e]))
            x = d.binomial(u, lines, month.backbone_chance, -month.backbone_hazard)
        if not d.surely_below(bits & d.LOW32, 1.0 - plain * month.member_chance):
            u = d.lower(bits, d.bits(month.turnover_more, world.key[e]))
            y = d.binomial(u, plain, month.member_chance, -month.member_hazard)
        if x > 0:
            lines -= x
            state.lines[e] = lines
            state.reachable[e] = capped(state.staff[e], world.capacity[e], lines)
            if lines == 0 and state.staff[e] > 0:
                state.limit[e] = state.pulled[block] + d.patience(month.start, world.key[e])
                state.next_start[block] = min(state.next_start[block], state.limit[e])
        connected -= x + y
        state.connected[e] = max(0, connected)
        with_line += lines > 0
        if lines > 0 or connected > 0:
            state.order[kept] = e
            kept += 1
    state.active[block] = kept - world.first[block]
    state.with_line[block] = with_line


@inlined
def start_lines(world: p.World, state: Run, block: int) -> None:
    """Rule 4 for those whose patience is over; the active ones are gathered anew."""
    found = world.first[block]
    soonest = np.inf
    pulled = state.pulled[block]
    for e in range(world.first[block], world.first[block + 1]):
        limit = state.limit[e]
        if limit < pulled:
            state.limit[e] = np.inf
            state.lines[e] = 1
            state.connected[e] = max(state.connected[e], 1)
            state.reachable[e] = capped(state.staff[e], world.capacity[e], 1)
        else:
            soonest = min(soonest, limit)
        if state.lines[e] > 0 or state.connected[e] > 0:
            state.order[found] = e
            found += 1
    state.active[block] = found - world.first[block]
    state.next_start[block] = soonest


@inlined
def fill(world: p.World, state: Run, rates: Floats, fidelity: float, month: Month, block: int) -> None:
    """Rules 5 and 6, and the block's sums."""
    hazard = rates[p.FILL] * (1.0 + rates[p.SERVICES] * fidelity)
    taken = d.chance(hazard)
    reached, connected_sum, line_sum, with_line = 0, 0, 0, 0
    for at in range(world.first[block], world.first[block] + state.active[block]):
        e = state.order[at]
        lines, connected, reachable = state.lines[e], state.connected[e], state.reachable[e]
        if lines > 0:
            bits = d.bits(month.growth, world.key[e])
            if reachable > connected:
                gap = reachable - connected
                if not d.surely_below(bits >> d.S32, 1.0 - gap * taken):
                    u = d.upper(bits, d.bits(month.growth_more, world.key[e]))
                    connected += d.binomial(u, gap, taken, -hazard)
                    state.connected[e] = connected
            # reachable is min(n, ⌊κB⌋), so it is below n exactly when ⌊κB⌋ is. A line grows in the top δ of the draws.
            full = connected >= reachable and reachable < state.staff[e]
            if (
                full
                and not d.surely_below(bits & d.LOW32, 1.0 - month.develops)
                and d.lower(bits, d.bits(month.growth_more, world.key[e])) >= 1.0 - month.develops
            ):
                lines += 1
                state.lines[e] = lines
                reachable = capped(state.staff[e], world.capacity[e], lines)
                state.reachable[e] = reachable
            line_sum += lines
            with_line += 1
        connected_sum += connected
        reached += max(reachable, connected)
    state.block_reached[block] = reached
    state.block_connected[block] = connected_sum
    state.block_lines[block] = line_sum
    state.with_line[block] = with_line


@inlined
def record(world: p.World, state: Run, cost: float, out: Floats, block_sum: Ints) -> None:
    """One month's row of the output; blocks without active enterprises keep sums of zero."""
    reached, connected, lines, staff, enterprises, with_line = 0, 0, 0, 0, 0, 0
    eligible, founded, covered, hollow = 0, 0, 0, 0
    for block in range(len(state.founded)):
        if state.active[block] == 0:
            state.block_reached[block] = 0
            state.block_connected[block] = 0
            state.block_lines[block] = 0
            state.with_line[block] = 0
        mine, people, there = state.block_reached[block], state.block_staff[block], state.enterprises[block]
        reached += mine
        block_sum[block] += mine
        connected += state.block_connected[block]
        lines += state.block_lines[block]
        staff += people
        enterprises += there
        with_line += state.with_line[block]
        if world.eligible[block]:
            eligible += 1
            if state.founded[block]:
                founded += 1
                if there == 0 or state.with_line[block] == 0 or state.with_line[block] / there < world.hollow_below:
                    hollow += 1
                elif people > 0 and mine / people >= world.covered_from:
                    covered += 1
    out[0] = reached / staff if staff else math.nan
    out[1] = connected / staff if staff else math.nan
    out[2] = with_line / enterprises if enterprises else math.nan
    out[3] = founded / eligible if eligible else math.nan
    out[4] = covered / eligible if eligible else math.nan
    out[5] = hollow / founded if founded else math.nan
    out[6] = reached
    out[7] = lines
    out[8] = cost
