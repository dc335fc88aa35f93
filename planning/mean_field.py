"""The mean-field engine: expectations of the same scenarios in milliseconds, for sliders (model.md §3)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning import program as p
from tiaokuai.planning.mean_field_kernel import Field, add_one, advance, leaving_table, reach_of, record, thin
from tiaokuai.planning.outcome import Outcome
from tiaokuai.planning.schedule import Schedule

Floats = NDArray[np.float64]
LARGE = 12  # lines from which an enterprise is looked at as several alike
MORE = 12  # lines that an enterprise may grow beyond those of its start and the scenario


def outcome(plan: Schedule) -> Outcome:
    """Expectations of one scenario; rates that differ between runs are averaged first."""
    world, program = plan.world, plan.program
    rates = program.rates.mean(axis=0)
    months, blocks = len(rates), len(world.founded)
    field = _start(plan)
    values, by_block = np.empty((1, months + 1, len(p.METRICS))), np.empty((months + 1, blocks))
    cost, at = 0.0, 0
    record(world, field, cost, values[0, 0], by_block[0])
    for month in range(months):
        while at < len(program.operations) and program.operations[at, p.MONTH] == month:
            cost += _operate(world, field, rates[month], program.operations[at], program.values[at])
            at += 1
        advance(world, program, field, rates[month])
        record(world, field, cost, values[0, month + 1], by_block[month + 1])
    return Outcome(plan.name, values, plan.enrolled, by_block, mean_only=True, direct=plan.direct)


def _start(plan: Schedule) -> Field:
    world = plan.world
    added = plan.program.operations[np.isin(plan.program.operations[:, p.CODE], (p.LINES_AT, p.LINES_IN))]
    copies = np.maximum(1, world.lines // LARGE).astype(float)
    lines = np.round(world.lines / copies).astype(np.int64)
    most = int(lines.max(initial=0)) + MORE + min(int(added[:, p.COUNT].sum()), LARGE)
    chance, people = np.zeros((len(lines), most + 1)), np.zeros((len(lines), most + 1))
    each = np.arange(len(lines))
    chance[each, lines] = 1.0
    people[each, lines] = world.connected / copies
    founded = world.founded.astype(float)
    places = np.minimum(world.staff / copies, np.floor(world.capacity * lines + 1e-8))
    return Field(
        size=most + 1,
        chance=chance.ravel(),
        people=people.ravel(),
        young=(chance * (world.connected / copies < places)[:, None]).ravel(),
        young_people=(people * (world.connected / copies < places)[:, None]).ravel(),
        idle=np.where(lines == 0, founded[world.block], 0.0),
        staff=world.staff / copies,
        copies=copies,
        founded=founded,
        fidelity=world.fidelity.copy(),
        before=world.fidelity.copy(),
        enterprises=np.bincount(world.block, world.present, len(founded)).astype(np.float64),
        leave=np.zeros((most + 1, most + 1)),
        share=np.zeros(len(founded)),
        strength=np.zeros(len(founded)),
        district_strength=np.zeros(len(world.district_size)),
    )


def _operate(world: p.World, field: Field, rates: Floats, row: NDArray[np.int64], value: Floats) -> float:
    """One intervention in expectation; returns its expected cost."""
    code, block, count = int(row[p.CODE]), int(row[p.BLOCK]), int(row[p.COUNT])
    amount, unit, fixed = (float(each) for each in value)
    chance = field.chance.reshape(-1, field.size)
    inside = np.arange(world.first[block], world.first[block + 1]) if block >= 0 else np.arange(len(world.staff))
    if code == p.FOUND:
        already = float(field.founded[block])
        target = amount if amount >= 0.0 else float(rates[p.INITIAL])
        field.fidelity[block] = already * max(field.fidelity[block], target) + (1.0 - already) * target
        field.founded[block] = 1.0
        field.idle[inside] = np.where(field.staff[inside] > 0, chance[inside, 0], 0.0)
        return (1.0 - already) * fixed
    if code == p.RAISE:
        field.fidelity[block] = min(1.0, field.fidelity[block] + amount)
        field.before[block] = min(1.0, field.before[block] + amount)
    elif code == p.LINES_AT:
        for _ in range(math.ceil(count / field.copies[row[p.ENTERPRISE]])):
            add_one(world, field, int(row[p.ENTERPRISE]), False, 1.0)
        return unit * count + fixed
    elif code == p.LINES_IN:
        return unit * _lines_in(world, field, inside, row) + fixed
    elif code in (p.LOSE_SHARE, p.LOSE_NUMBER):
        every = float((chance[inside] * np.arange(field.size)).sum(axis=1) @ field.copies[inside])
        share = amount if code == p.LOSE_SHARE else min(1.0, count / every) if every else 0.0
        leaving_table(field.leave, share)
        if len(inside):
            thin(world, field, int(inside[0]), int(inside[-1]) + 1, field.leave, 0.0)
    elif code == p.CLOSE:
        e = int(row[p.ENTERPRISE])
        field.staff[e] = field.idle[e] = 0.0
        for each in (field.chance, field.people, field.young, field.young_people):
            each[e * field.size : (e + 1) * field.size] = 0.0
        chance[e, 0] = 1.0
        field.enterprises[block] -= 1
    elif code == p.OPEN:
        new = slice(row[p.ENTERPRISE], row[p.ENTERPRISE] + count)
        field.staff[new] = amount
        field.idle[new] = field.founded[block] if amount > 0 else 0.0
        field.enterprises[block] += count
    return fixed


def _lines_in(world: p.World, field: Field, inside: NDArray[np.int64], row: NDArray[np.int64]) -> float:
    """Lines by ``where``, shared among the enterprises as they can be expected to be chosen; returns how many."""
    able = inside[field.staff[inside] >= 1.0]
    count, where = float(row[p.COUNT]), int(row[p.WHERE])
    chance = field.chance.reshape(-1, field.size)
    if where == p.RANDOM:
        for e in able:
            add_one(world, field, int(e), False, min(1.0, count / len(able)))
        return min(count, float(len(able)))
    first = field.staff[able] * field.copies[able]
    if where == p.GAP:
        levels = range(field.size)
        places = np.array([[reach_of(field.staff[e], world.capacity[e], k) for k in levels] for e in able]).reshape(
            len(able), -1
        )
        first = first - (places * chance[able]).sum(axis=1) * field.copies[able]
    placed = 0.0
    for e in able[np.lexsort((world.rank[able], -first))]:
        mass = min(count - placed, chance[e, 0] if where == p.WITHOUT_LINE else 1.0)
        if mass <= 1e-9:
            continue
        add_one(world, field, int(e), where == p.WITHOUT_LINE, float(mass))
        placed += mass
    return placed
