"""Expectations of the month of model.md §3, compiled: every enterprise by the distribution of its lines.

For each enterprise p[k] = P(B = k) and m[k] = E[R; B = k]; for each block φ = P(F), the mean fidelity of the founded,
and u[e] = P(F, B = 0), the idle enterprises that can start. What is left out is that chance moves blocks and their
enterprises together: hazards take the mean share and fidelity of a founded block where the runs each have their own.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning import program as p
from tiaokuai.planning.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
TINY = 1e-9


class Field(NamedTuple):
    """The working state; ``copies`` splits an enterprise of very many lines into so many alike."""

    chance: Floats  # p [E, K]
    people: Floats  # m [E, K]
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


@compiled
def reach_of(staff: float, capacity: float, lines: int) -> float:
    """min(n, ⌊κB⌋)."""
    return min(staff, math.floor(capacity * lines + 1e-8))


@compiled
def thin(field: Field, e: int, leaving: Floats, member: float, stays_founded: float) -> None:
    """Rule 2 for one enterprise; ``leaving`` [K, K] is the chance that x of k lines end."""
    chance, people = field.chance[e], field.people[e]
    for k in range(len(chance)):
        mass = chance[k]
        if mass < TINY:
            continue
        mean = people[k] / mass
        plain = max(mean - k, 0.0) * member
        for x in range(k + 1):
            part = mass * leaving[k, x]
            if x == 0:
                chance[k], people[k] = part, part * max(0.0, mean - plain)
            elif part > TINY * 1e-3:
                chance[k - x] += part
                people[k - x] += part * max(0.0, mean - x - plain)
                if k == x:
                    field.idle[e] += part * stays_founded


@compiled
def leaving_table(table: Floats, q: float) -> None:
    """Binomial chances, [K, K]."""
    q = min(q, 1.0 - 1e-12)
    for k in range(len(table)):
        part = (1.0 - q) ** k
        for x in range(k + 1):
            table[k, x] = part
            part *= (k - x) / (x + 1.0) * q / (1.0 - q)


@compiled
def add_one(field: Field, e: int, zero_only: bool, mass: float) -> None:
    """A line more with chance ``mass`` (of the idle state alone where ``zero_only``)."""
    chance, people = field.chance[e], field.people[e]
    top = len(chance) - 1
    for k in range(0 if zero_only else top - 1, -1, -1):
        moved = (mass if zero_only else mass * chance[k]) if k < top else 0.0
        if moved <= 0.0 or chance[k] <= 0.0:
            continue
        moved = min(moved, chance[k])
        mean = people[k] / chance[k]
        if k == 0:
            field.idle[e] *= 1.0 - moved / chance[0]
        chance[k] -= moved
        people[k] -= moved * mean
        chance[k + 1] += moved
        people[k + 1] += moved * max(mean, min(field.staff[e], k + 1.0))


@compiled
def fill(field: Field, e: int, capacity: float, taken: float, develops: float, member: float) -> None:
    """Rules 5 and 6. Places are taken and left independently, so an enterprise is full with the product of theirs."""
    chance, people, staff = field.chance[e], field.people[e], field.staff[e]
    settled = taken / (taken + member * (1.0 - taken)) if taken > 0.0 else 0.0
    for k in range(len(chance) - 1, 0, -1):
        mass = chance[k]
        if mass < TINY:
            continue
        places = reach_of(staff, capacity, k)
        mean = people[k] / mass
        mean += max(0.0, places - mean) * taken
        people[k] = mass * mean
        if places >= staff or develops <= 0.0 or k == len(chance) - 1:
            continue
        full = 1.0
        if mean < places:
            newer = min(places, max(1.0, capacity))
            missing = max(0.0, (places - mean) - places * (1.0 - settled))
            young = max(0.0, settled - missing / newer)
            full = settled ** (places - newer) * young**newer if young > 0.0 else 0.0
        moved = mass * full * develops
        at_least = max(places, mean)
        chance[k] -= moved
        people[k] = max(0.0, people[k] - moved * at_least)
        chance[k + 1] += moved
        people[k + 1] += moved * at_least


@compiled
def advance(world: p.World, program: p.Program, field: Field, rates: Floats) -> None:
    """Rules 2–6 of one month."""
    blocks = len(field.founded)
    backbone, member = 1.0 - math.exp(-rates[9] / 12.0), 1.0 - math.exp(-rates[10] / 12.0)
    develops = 1.0 - math.exp(-rates[8])
    leaving_table(field.leave, backbone)
    field.district_strength[:] = 0.0
    for block in range(blocks):
        with_line, founded = 0.0, field.founded[block]
        for e in range(world.first[block], world.first[block + 1]):
            if field.chance[e, 0] < 1.0 - TINY:
                lined = 1.0 - field.chance[e, 0]
                thin(field, e, field.leave, member, min(1.0, max(0.0, founded - field.idle[e]) / lined))
            elif field.people[e, 0] > 0.0:
                field.people[e, 0] *= 1.0 - member
            with_line += founded - field.idle[e] if field.staff[e] > 0.0 else 0.0
        there = field.enterprises[block] * founded
        field.share[block] = min(1.0, max(0.0, with_line / there)) if there > 0.0 else 0.0
        field.strength[block] = founded * field.fidelity[block]
        field.district_strength[world.district[block]] += field.strength[block]
    for block in range(blocks):
        step(world, program, field, rates, develops, member, block)


@compiled
def step(
    world: p.World, program: p.Program, field: Field, rates: Floats, develops: float, member: float, block: int
) -> None:
    """Rules 3–6 in one block."""
    founded, fidelity = field.founded[block], field.fidelity[block]
    imitation = field.share[block] if program.power == 1.0 else field.share[block] ** program.power
    starts = 1.0 - math.exp(-fidelity * (rates[2] + rates[3] * imitation))
    founds = 0.0
    if founded < 1.0 and world.eligible[block]:
        founds = 1.0 - math.exp(-rates[4] - rates[5] * pull(world, field, block))
    for e in range(world.first[block], world.first[block + 1]):
        if field.staff[e] <= 0.0:
            continue
        if field.idle[e] > 0.0:
            add_one(field, e, True, field.idle[e] * starts)
        field.idle[e] += (field.chance[e, 0] - field.idle[e]) * founds
        lined = 1.0 - field.chance[e, 0]
        if lined > TINY:
            mine = min(1.0, max(0.0, founded - field.idle[e]) / lined) if founded < 1.0 else 1.0
            mixed = mine * fidelity + (1.0 - mine) * field.before[block]
            taken = 1.0 - math.exp(-rates[0] * (1.0 + rates[1] * mixed))
            fill(field, e, world.capacity[e], taken, develops, member)
    new = (1.0 - founded) * founds
    if founded + new > 0.0:
        first = 1.0 if program.ready_made else rates[7]
        grown = fidelity + rates[6] * (1.0 - fidelity)
        field.fidelity[block] = (founded * grown + new * first) / (founded + new)
        field.founded[block] = founded + new


@compiled
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


@compiled
def normal(z: float) -> float:
    """Φ(z)."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


@compiled
def record(world: p.World, field: Field, cost: float, out: Floats, by_block: Floats) -> None:
    """Expectations of the month, in the order of program.METRICS; shares of blocks by a normal approximation."""
    reached, connected, lines, staff, enterprises, with_line = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    eligible, founded, covered, hollow = 0, 0.0, 0.0, 0.0
    for block in range(len(field.founded)):
        here, here_square, people, lined, lined_variance = 0.0, 0.0, 0.0, 0.0, 0.0
        given = field.founded[block]
        for e in range(world.first[block], world.first[block + 1]):
            copies, mean, square = field.copies[e], 0.0, 0.0
            for k in range(field.chance.shape[1]):
                mass = field.chance[e, k]
                if mass > TINY:
                    value = max(reach_of(field.staff[e], world.capacity[e], k), field.people[e, k] / mass)
                    mean += mass * value
                    square += mass * value * value
                    connected += copies * field.people[e, k]
                    lines += copies * mass * k
            here += copies * mean
            here_square += copies * max(0.0, square - mean * mean)
            people += copies * field.staff[e]
            chance = 1.0 - field.chance[e, 0]
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
