"""Expectations of the month of model.md §3, compiled: every enterprise by the distribution of its lines.

For each enterprise p[k] = P(B = k) and m[k] = E[R; B = k], and of these the young: not full since their last new line
(they fill up first, while of the others only who left is missing). For each block φ = P(F), the mean fidelity of the
founded, and u[e] = P(F, B = 0), the idle enterprises that can start. What is left out is that chance moves blocks and
their enterprises together: hazards take the mean share and fidelity of a founded block where each run has its own.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning import program as p
from tiaokuai.planning.compiled import compiled, inlined, uncounted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
TINY, RARE, SMALL = 1e-4, 1e-5, 1e-3  # states less likely than these stay as they are; flows do; lines do not grow


class Field(NamedTuple):
    """The working state; ``copies`` splits an enterprise of very many lines into so many alike."""

    size: int  # K, states of an enterprise; the next four are [E · K], which spares a view for every enterprise
    chance: Floats  # p
    people: Floats  # m
    young: Floats  # of p, not yet full
    young_people: Floats  # of m
    idle: Floats  # u [E]
    staff: Floats  # of one copy
    copies: Floats
    founded: Floats  # φ [B]
    fidelity: Floats  # mean, given founded [B]
    before: Floats  # fidelity while not founded [B]
    enterprises: Floats  # [B]
    leave: Floats  # [K, K] P(x of k lines end)
    share: Floats  # s given founded [B]
    strength: Floats
    district_strength: Floats


@inlined
def reach_of(staff: float, capacity: float, lines: int) -> float:
    """min(n, ⌊κB⌋)."""
    return min(staff, math.floor(capacity * lines + 1e-8))


@inlined
def put(
    chance: Floats, people: Floats, young: Floats, young_people: Floats, k: int, mass: float, mean: float, places: float
) -> None:
    """Adds mass with ``mean`` people to the state of k lines; young where places are open."""
    chance[k] += mass
    people[k] += mass * mean
    if mean < places:
        young[k] += mass
        young_people[k] += mass * mean


# The loops over a block's enterprises stand inside these functions, and arrays are handed over one by one: numba counts
# references to every array of a tuple that is handed over, which took longer than the arithmetic of an enterprise.


@inlined
def thin(world: p.World, field: Field, lo: int, hi: int, leaving: Floats, member: float) -> None:
    """Rule 2 for enterprises lo … hi − 1; ``leaving`` [K, K] is the chance that x of k lines end."""
    for e in range(lo, hi):
        at = e * field.size
        if field.chance[at] >= 1.0 - TINY:
            field.people[at] *= 1.0 - member
            field.young_people[at] *= 1.0 - member
            continue
        stays_founded = founded_share(field.founded[world.block[e]], field.idle[e], 1.0 - field.chance[at])
        for k in range(field.size):
            mass = field.chance[at + k]
            if mass < TINY:
                continue
            mean, young = field.people[at + k] / mass, field.young[at + k]
            plain = max(mean - k, 0.0) * member
            stay = leaving[k, 0]
            field.chance[at + k] = mass * stay
            field.people[at + k] = mass * stay * max(0.0, mean - plain)
            if young > 0.0:
                mean_young = field.young_people[at + k] / young
                field.young[at + k] = young * stay
                field.young_people[at + k] = young * stay * (mean_young - max(mean_young - k, 0.0) * member)
            for x in range(1, k + 1):
                part, left = mass * leaving[k, x], max(0.0, mean - x - plain)
                if part < RARE:  # what is left out here stays where it was
                    field.chance[at + k] += part
                    field.people[at + k] += part * left
                    break
                places = reach_of(field.staff[e], world.capacity[e], k - x)
                put(field.chance, field.people, field.young, field.young_people, at + k - x, part, left, places)
                if k == x:
                    field.idle[e] += part * stays_founded


@inlined
def founded_share(founded: float, idle: float, lined: float) -> float:
    """P(F | B >= 1)."""
    return min(1.0, max(0.0, founded - idle) / lined) if lined > 0.0 else founded


@inlined
def leaving_table(table: Floats, q: float) -> None:
    """Binomial chances, [K, K]."""
    q = min(q, 1.0 - 1e-12)
    for k in range(len(table)):
        part = (1.0 - q) ** k
        for x in range(k + 1):
            table[k, x] = part
            part *= (k - x) / (x + 1.0) * q / (1.0 - q)


@inlined
def take(chance: Floats, people: Floats, young: Floats, young_people: Floats, k: int, mass: float) -> float:
    """Removes mass from the state of k lines, young and others alike; returns its mean people."""
    whole = chance[k]
    mean, stays = float(people[k] / whole), 1.0 - mass / whole
    chance[k] *= stays
    people[k] *= stays
    young[k] *= stays
    young_people[k] *= stays
    return mean


@compiled
def add_one(world: p.World, field: Field, e: int, zero_only: bool, mass: float) -> None:
    """An intervention's line more with chance ``mass`` (of the idle state alone where ``zero_only``)."""
    at = e * field.size
    top = field.size - 1
    for k in range(0 if zero_only else top - 1, -1, -1):
        whole = field.chance[at + k]
        moved = min(whole, mass if zero_only else mass * whole)
        if moved <= 0.0:
            continue
        if k == 0:
            field.idle[e] *= 1.0 - moved / whole
        mean = take(field.chance, field.people, field.young, field.young_people, at + k, moved)
        mean = max(mean, min(field.staff[e], k + 1.0))
        places = reach_of(field.staff[e], world.capacity[e], k + 1)
        put(field.chance, field.people, field.young, field.young_people, at + k + 1, moved, mean, places)


@inlined
def start(world: p.World, field: Field, lo: int, hi: int, starts: float, founds: float) -> None:
    """Rule 4, and for enterprises still idle the founding of rule 3."""
    for e in range(lo, hi):
        if field.staff[e] <= 0.0:
            continue
        at, moved = e * field.size, field.idle[e] * starts
        if moved > 0.0:
            mean = take(field.chance, field.people, field.young, field.young_people, at, moved)
            places = reach_of(field.staff[e], world.capacity[e], 1)
            mean = max(mean, 1.0)
            put(field.chance, field.people, field.young, field.young_people, at + 1, moved, mean, places)
            field.idle[e] -= moved
        field.idle[e] += (field.chance[at] - field.idle[e]) * founds


@inlined
def fill(
    world: p.World, field: Field, lo: int, hi: int, rates: Floats, block: int, founded: float, fidelity: float
) -> None:
    """Rules 5 and 6. Places are taken and left independently, so an enterprise is full with the product of theirs."""
    develops, member = 1.0 - math.exp(-rates[p.DEVELOPMENT]), 1.0 - math.exp(-rates[p.MEMBER_TURNOVER] / 12.0)
    inside = 1.0 - math.exp(-rates[p.FILL] * (1.0 + rates[p.SERVICES] * fidelity))
    outside = 1.0 - math.exp(-rates[p.FILL] * (1.0 + rates[p.SERVICES] * field.before[block]))
    for e in range(lo, hi):
        at, staff, capacity = e * field.size, field.staff[e], world.capacity[e]
        lined = 1.0 - field.chance[at]
        if staff <= 0.0 or lined <= TINY:
            continue
        mine = founded_share(founded, field.idle[e], lined) if founded < 1.0 else 1.0
        taken = mine * inside + (1.0 - mine) * outside
        settled = taken / (taken + member * (1.0 - taken)) if taken > 0.0 else 0.0
        for k in range(field.size - 1, 0, -1):
            if field.chance[at + k] < TINY:
                continue
            places, young = reach_of(staff, capacity, k), field.young[at + k]
            grown = field.chance[at + k] - young
            grown_people, young_people, full = field.people[at + k] - field.young_people[at + k], 0.0, 0.0
            if grown > TINY:
                mean = grown_people / grown
                mean += max(0.0, places - mean) * taken
                grown_people = grown * mean
                full = grown * all_taken(places, places - mean) if grown > SMALL else 0.0
            if young > TINY:
                mean = field.young_people[at + k] / young
                mean += max(0.0, places - mean) * taken
                done = young * filled(places, mean, max(1.0, capacity), settled) if young > SMALL else 0.0
                young_people = max(0.0, young * mean - done * places)
                young -= done
                grown_people += done * places
                full += done
            field.young[at + k], field.young_people[at + k] = young, young_people
            field.people[at + k] = grown_people + young_people
            if places < staff and develops > 0.0 and k < field.size - 1:
                moved = full * develops
                field.chance[at + k] -= moved
                field.people[at + k] -= moved * places
                more = reach_of(staff, capacity, k + 1)
                put(field.chance, field.people, field.young, field.young_people, at + k + 1, moved, places, more)


@inlined
def filled(places: float, mean: float, newer: float, settled: float) -> float:
    """Chance that all places are taken, where the newest line's are filling and the others are settled."""
    newer = min(places, newer)
    if places <= mean:
        return 1.0
    missing = max(0.0, (places - mean) - places * (1.0 - settled))
    open_ = settled - missing / newer
    if open_ <= 0.0:
        return 0.0
    return math.exp((places - newer) * math.log(settled) + newer * math.log(open_))


@inlined
def all_taken(places: float, missing: float) -> float:
    """(1 − d/P)^P by its series: a power costs three times as much, and this is off by d⁴/(4 P³) at most."""
    if missing <= 0.0:
        return 1.0
    return math.exp(-missing * (1.0 + missing / (2.0 * places) * (1.0 + 2.0 * missing / (3.0 * places))))


@uncounted
def advance(world: p.World, program: p.Program, field: Field, rates: Floats) -> None:
    """Rules 2–6 of one month."""
    blocks = len(field.founded)
    member = 1.0 - math.exp(-rates[p.MEMBER_TURNOVER] / 12.0)
    leaving_table(field.leave, 1.0 - math.exp(-rates[p.BACKBONE_TURNOVER] / 12.0))
    thin(world, field, 0, len(field.idle), field.leave, member)
    for district in range(len(field.district_strength)):
        field.district_strength[district] = 0.0
    for block in range(blocks):
        with_line, founded = 0.0, field.founded[block]
        for e in range(world.first[block], world.first[block + 1]):
            with_line += founded - field.idle[e] if field.staff[e] > 0.0 else 0.0
        there = field.enterprises[block] * founded
        field.share[block] = min(1.0, max(0.0, with_line / there)) if there > 0.0 else 0.0
        field.strength[block] = founded * field.fidelity[block]
        field.district_strength[world.district[block]] += field.strength[block]
    for block in range(blocks):
        step(world, program, field, rates, block)


@inlined
def step(world: p.World, program: p.Program, field: Field, rates: Floats, block: int) -> None:
    """Rules 3–6 in one block."""
    founded, fidelity = field.founded[block], field.fidelity[block]
    imitation = field.share[block] if program.power == 1.0 else field.share[block] ** program.power
    pulled = program.keenness[:, block].mean() * fidelity * (rates[p.START] + rates[p.IMITATION] * imitation)
    frailty = program.frailty.mean()
    starts = 1.0 - math.exp(-pulled if frailty == 0.0 else -pulled * (1.0 - field.share[block]) ** frailty)
    founds = 0.0
    if founded < 1.0 and world.eligible[block]:
        founds = 1.0 - math.exp(-rates[p.FOUNDING] - rates[p.REPLICATION] * pull(world, field, block))
    lo, hi = world.first[block], world.first[block + 1]
    start(world, field, lo, hi, starts, founds)
    fill(world, field, lo, hi, rates, block, founded, fidelity)
    new = (1.0 - founded) * founds
    if founded + new > 0.0:
        first = 1.0 if program.ready_made else rates[p.INITIAL]
        grown = fidelity + rates[p.ADOPTION] * (1.0 - fidelity)
        field.fidelity[block] = (founded * grown + new * first) / (founded + new)
        field.founded[block] = founded + new


@inlined
def pull(world: p.World, field: Field, block: int) -> float:
    """Σ_j w[b,j] φ[j] f[j], of the other blocks."""
    if len(world.link_first) == 0:
        others = world.district_size[world.district[block]] - 1
        rest = field.district_strength[world.district[block]] - field.strength[block]
        return rest / others if others > 0 else 0.0
    total = 0.0
    for at in range(world.link_first[block], world.link_first[block + 1]):
        total += world.link_weight[at] * field.strength[world.link_neighbour[at]]
    return total


@inlined
def normal(z: float) -> float:
    """Φ(z)."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


@uncounted
def record(world: p.World, field: Field, cost: float, out: Floats, by_block: Floats) -> None:
    """Expectations of the month, in the order of program.METRICS; shares of blocks by a normal approximation."""
    reached, connected, lines, staff, enterprises, with_line = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    eligible, founded, covered, hollow = 0, 0.0, 0.0, 0.0
    for block in range(len(field.founded)):
        here, here_square, people, lined, lined_variance = 0.0, 0.0, 0.0, 0.0, 0.0
        given = field.founded[block]
        for e in range(world.first[block], world.first[block + 1]):
            copies, mean, square = field.copies[e], 0.0, 0.0
            for k in range(field.size):
                mass = field.chance[e * field.size + k]
                if mass > TINY:
                    value = max(reach_of(field.staff[e], world.capacity[e], k), field.people[e * field.size + k] / mass)
                    mean += mass * value
                    square += mass * value * value
                    connected += copies * field.people[e * field.size + k]
                    lines += copies * mass * k
            here += copies * mean
            here_square += copies * max(0.0, square - mean * mean)
            people += copies * field.staff[e]
            chance = 1.0 - field.chance[e * field.size]
            with_line += chance
            if given > 0.0 and field.staff[e] > 0.0:
                own = min(1.0, max(0.0, (given - field.idle[e]) / given))
                lined += own
                lined_variance += own * (1.0 - own)
        by_block[block] = here
        reached, staff, enterprises = reached + here, staff + people, enterprises + field.enterprises[block]
        if world.eligible[block]:
            eligible += 1
            founded += given
            there = field.enterprises[block]
            empty = 1.0
            if there > 0.0 and lined > 0.0:
                need = math.ceil(world.hollow_below * there - 1e-9) - 0.5
                empty = normal((need - lined) / math.sqrt(lined_variance + 1e-9))
            hollow += given * empty
            if people > 0.0 and given > 0.0:
                level = math.ceil(world.covered_from * people - 1e-9) - 0.5
                over = normal((here / given - level) / math.sqrt(here_square / given + 1e-9))
                covered += given * min(over, 1.0 - empty)
    out[0] = reached / staff if staff > 0.0 else math.nan
    out[1] = connected / staff if staff > 0.0 else math.nan
    out[2] = with_line / enterprises if enterprises > 0.0 else math.nan
    out[3] = founded / eligible if eligible else math.nan
    out[4] = covered / eligible if eligible else math.nan
    out[5] = hollow / founded if founded > 0.0 else math.nan
    out[6] = reached
    out[7] = lines
    out[8] = cost
