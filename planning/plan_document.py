"""A choice of foundings and lines → who founds from whom, which enterprises get a line, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tiaokuai.graph import Snapshot
from tiaokuai.planning.intervention import Costs, Intervention
from tiaokuai.planning.months import month_text
from tiaokuai.planning.plan_instance import Ground, Instance, Ints
from tiaokuai.planning.plan_lines import Valued
from tiaokuai.planning.plan_model import Columns
from tiaokuai.planning.plan_wishes import Wishes
from tiaokuai.planning.scenario import Scenario

MONEY = 9  # decimals: sums of tenths should read as tenths


@dataclass(frozen=True)
class Steps:
    """A plan period by period: foundings as (block, source), lines as (enterprise, count), by id."""

    found: tuple[tuple[tuple[str, str], ...], ...]
    lines: tuple[tuple[tuple[str, int], ...], ...]


def steps(base: Ground, it: Instance, columns: Columns, chosen: Valued) -> Steps:
    """Names for a choice: lines of blocks that were taken together go where most is left, highest gains first."""
    by_block = lines_by_block(it, columns, chosen)  # [B, T], cumulative
    ids = base.ids
    lines: list[Counter[str]] = [Counter() for _ in range(it.periods)]
    for block in np.flatnonzero(by_block[:, -1] > 0).tolist():
        own, _ = base.openings(block)
        names = ids.gather(own[: int(by_block[block, -1])]).to_list()
        before = 0
        for period, after in enumerate(by_block[block].tolist()):
            for name in names[before : int(after)]:
                lines[period][name] += 1
            before = int(after)
    return Steps(
        tuple(tuple(each) for each in _found(base.snapshot, it, chosen.when)),
        tuple(tuple(sorted(each.items())) for each in lines),
    )


def lines_by_block(it: Instance, columns: Columns, chosen: Valued) -> Ints:
    """Cumulative lines of each block by period, [B, T]."""
    since = np.where(it.start, 0, it.periods)
    since[it.candidates] = chosen.when
    opened = np.zeros((it.blocks, columns.gains), dtype=np.int64)
    total = np.zeros((it.blocks, it.periods), dtype=np.int64)
    alone = np.bincount(columns.group, minlength=columns.groups) == 1
    for period in range(it.periods):
        for gain in range(columns.gains):
            wanted = chosen.lines[:, gain, period].astype(np.int64)
            own = alone[columns.group]
            opened[own, gain] = wanted[columns.group[own]]
            for group in np.flatnonzero(~alone & (wanted > 0)).tolist():
                inside = (columns.group == group) & (since <= period)
                fresh = int(wanted[group] - opened[columns.group == group, gain].sum())
                if fresh > 0:
                    _share(it, opened, np.flatnonzero(inside), gain, fresh)
        total[:, period] = opened.sum(axis=1)
    return total


def _share(it: Instance, opened: Ints, blocks: Ints, gain: int, fresh: int) -> None:
    left = (it.counts[blocks] - opened[blocks]).sum(axis=1)
    room = it.counts[blocks, gain] - opened[blocks, gain]
    order = np.argsort(-left, kind="stable")
    order = order[room[order] > 0]
    taken = np.minimum(room[order], np.maximum(fresh - (np.cumsum(room[order]) - room[order]), 0))
    opened[blocks[order], gain] += taken


def _found(day: Snapshot, it: Instance, when: Ints) -> list[list[tuple[str, str]]]:
    since = np.where(it.start, -1, it.periods)
    since[it.candidates] = when
    links = _weights(day)
    found: list[list[tuple[str, str]]] = [[] for _ in range(it.periods)]
    for block in it.candidates[when < it.periods].tolist():
        found[int(since[block])].append((day.block_ids[block], _source(day, it, since, links, block)))
    return [sorted(each) for each in found]


def _weights(day: Snapshot) -> dict[tuple[int, int], float]:
    codes = day.network.codes
    weights: dict[tuple[int, int], float] = {}
    for one, other, weight in zip(
        codes.link_a.tolist(), codes.link_b.tolist(), codes.link_weight.tolist(), strict=True
    ):
        for pair in ((one, other), (other, one)):
            weights[pair] = max(weight, weights.get(pair, 0.0))
    return weights


def _source(day: Snapshot, it: Instance, since: Ints, links: dict[tuple[int, int], float], block: int) -> str:
    """The linked block founded before: the strongest link, then the one that has been founded longest, then by id."""
    if len(it.first):
        near = it.neighbours(block)
    else:
        district = day.network.codes.block_district
        near = np.flatnonzero((district == district[block]) & it.start)
    known = near[since[near] < since[block]].tolist()
    ranked = sorted(
        (-links.get((block, other), 0.0), int(since[other]), day.kind[other] != "pilot", day.block_ids[other])
        for other in known
    )
    return str(ranked[0][3])


def periods_of(
    made: Steps, costs: Costs, wishes: Wishes, budgets: Sequence[float], start: int, months: int
) -> list[dict[str, Any]]:
    """The ``periods`` of the document."""
    rows, carried = [], 0.0
    for at, budget in enumerate(budgets):
        cost = sum(wishes.founding_costs.get(block, costs.found) for block, _ in made.found[at])
        cost += costs.line * sum(count for _, count in made.lines[at])
        cost = round(float(cost), MONEY)
        rows.append(
            {
                "period": at + 1,
                "start": month_text(start + at * months),
                "budget": budget,
                "carried": carried,
                "found": [{"block": block, "source": source} for block, source in made.found[at]],
                "lines": [{"enterprise": name, "count": count} for name, count in made.lines[at]],
                "cost": cost,
            }
        )
        carried = max(0.0, round(carried + budget - cost, MONEY))
    return rows


def value_of(made: Steps, base: Ground, objective: str) -> int:
    """What a plan reaches: staff newly within reach, summed over the ends of the periods, or at the last."""
    at = {name: place for place, name in enumerate(base.ids.to_list())}
    capacity = base.snapshot.capacity[base.order].copy()
    staff = base.snapshot.staff[base.order]
    gained, total = 0, 0
    for lines in made.lines:
        for name, count in lines:
            place = at[name]
            before = min(int(staff[place]), int(capacity[place]))
            capacity[place] += count * base.capacity
            gained += min(int(staff[place]), int(capacity[place])) - before
        total += gained
    return total if objective == "sum" else gained


def scenario_of(
    name: str, made: Steps, costs: Costs, wishes: Wishes, day: Snapshot, start: int, months: int
) -> Scenario:
    """The plan as a scenario that runs as it is; a pilot without an association founds at no cost before it is used."""
    founded = {block for block, yes in zip(day.block_ids, day.founded.tolist(), strict=True) if yes}
    pilots = [block for block, kind in zip(day.block_ids, day.kind, strict=True) if kind == "pilot"]
    home = _homes(made, day)
    used = {home[name] for lines in made.lines for name, _ in lines}
    used |= {source for found in made.found for _, source in found}
    items = [
        Intervention("found", month_text(start), block=block, cost=0.0)
        for block in pilots
        if block not in founded and block in used
    ]
    for at, (found, lines) in enumerate(zip(made.found, made.lines, strict=True)):
        month = month_text(start + at * months)
        for block, source in found:
            items.append(
                Intervention("found", month, block=block, source=source, cost=wishes.founding_costs.get(block))
            )
        items += [Intervention("add_backbones", month, enterprise=name, count=count) for name, count in lines]
    return Scenario(name, costs=costs, interventions=tuple(items))


def _homes(made: Steps, day: Snapshot) -> dict[str, str]:
    named = {name for lines in made.lines for name, _ in lines}
    blocks = day.block.tolist()
    return {name: day.block_ids[blocks[at]] for at, name in enumerate(day.enterprise_ids.to_list()) if name in named}
