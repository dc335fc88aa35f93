"""What a plan is made of: openings of lines by gain, who can found from whom and when, and the money (model.md §4)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tiaokuai.graph import Snapshot
from tiaokuai.metrics.coverage import reached
from tiaokuai.planning.intervention import Costs
from tiaokuai.planning.plan_wishes import Wishes
from tiaokuai.planning.state import Links, link_weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
NEVER = 1_000_000  # a period after every horizon
CENT = 1e-9  # of a line's worth: what counts as the same money


@dataclass(frozen=True)
class Instance:
    """One planning problem: B blocks, T periods (counted from 1), G different gains, highest first.

    ``counts`` [B, G] openings; ``start`` [B] founded, or a pilot, before the first period; ``earliest`` and ``latest``
    [B] bound the period of a founding (NEVER: none needed or possible); ``need`` [B] lines that the floor takes.
    ``first`` [B + 1] and ``neighbour`` list who is linked to whom; ``first`` is empty where a whole district is.
    """

    gains: Ints
    counts: Ints
    start: Bools
    earliest: Ints
    latest: Ints
    need: Ints
    first: Ints
    neighbour: Ints
    cost_found: Floats
    cost_line: float
    budgets: Floats
    weights: Floats
    max_foundings: int | None = None
    max_lines: int | None = None
    max_lines_per_block: int | None = None

    @property
    def blocks(self) -> int:
        """B."""
        return len(self.start)

    @property
    def periods(self) -> int:
        """T."""
        return len(self.budgets)

    @cached_property
    def candidates(self) -> Ints:
        """Blocks that can be founded within the horizon."""
        return np.flatnonzero(~self.start & (self.earliest <= self.periods))

    @cached_property
    def free(self) -> Bools:
        """Blocks that need no other founding before theirs, [B]."""
        if not len(self.first):
            return np.ones(self.blocks, dtype=bool)
        own = np.repeat(np.arange(self.blocks), np.diff(self.first))
        return np.bincount(own, self.start[self.neighbour], self.blocks) > 0

    @cached_property
    def by_age(self) -> Ints:
        """C^m: openings of each gain among the best ``max_lines_per_block``·m, m = 0 … T, [T + 1, B, G]."""
        cap = self.max_lines_per_block
        if cap is None:
            whole = np.repeat(self.counts[None], self.periods + 1, axis=0)
            whole[0] = 0
            return whole
        before = np.cumsum(self.counts, axis=1) - self.counts
        room = cap * np.arange(self.periods + 1)[:, None, None] - before[None]
        return np.clip(room, 0, self.counts[None])

    @cached_property
    def money(self) -> Floats:
        """Money there is by the end of each period, [T]."""
        return np.cumsum(self.budgets)

    @cached_property
    def even(self) -> bool:
        """Whether every price of a founding is so many whole lines: then money is counted in lines."""
        if not self.cost_line:
            return False
        lines = self.cost_found[self.candidates] / self.cost_line
        return bool((np.abs(lines - np.round(lines)) < CENT).all())

    @cached_property
    def limits(self) -> Floats:
        """The money of each period that plans can use, [T]: in whole lines where prices are."""
        room = self.money * (1 + CENT) + CENT
        return np.floor(room / self.cost_line) * self.cost_line + CENT if self.even else room

    def neighbours(self, block: int) -> Ints:
        """Blocks linked to one, where there is a links table."""
        return self.neighbour[self.first[block] : self.first[block + 1]]


@dataclass(frozen=True)
class Ground:
    """The data behind an instance: enterprises [E] sorted by block, and what their next lines gain.

    ``full`` openings gain ``capacity`` each, ``rest`` is the gain of one more (0: none).
    """

    snapshot: Snapshot
    capacity: int
    order: Ints
    first: Ints  # [B + 1]
    full: Ints
    rest: Ints
    rank: Ints  # place in the order of ids, for ties

    @cached_property
    def ids(self) -> pl.Series:
        """Ids of the enterprises in this order."""
        return self.snapshot.enterprise_ids.gather(self.order)

    def openings(self, block: int) -> tuple[Ints, Ints]:
        """(position of the enterprise, gain) of every opening of a block, in the order in which they are taken.

        Highest gain first; among equals an enterprise with fewer lines, so that no line hangs on one person's
        enterprise while others have none; then by id.
        """
        at = np.arange(self.first[block], self.first[block + 1])
        full, rest = self.full[at], self.rest[at]
        total = full + (rest > 0)
        own = np.repeat(at, total)
        nth = np.arange(len(own)) - np.repeat(np.cumsum(total) - total, total)
        gain = np.where(nth < self.full[own], self.capacity, self.rest[own])
        lines = self.snapshot.lines[self.order[own]] + nth
        best = np.lexsort((self.rank[own], lines, -gain))
        return own[best], gain[best]


def ground(snapshot: Snapshot) -> Ground:
    """Openings of every enterprise on the day."""
    order = np.argsort(snapshot.block, kind="stable")
    k = snapshot.assumptions.line_capacity
    left = np.maximum(snapshot.staff - snapshot.capacity, 0)[order]
    counts = np.bincount(snapshot.block, minlength=snapshot.blocks)
    ids = snapshot.enterprise_ids.gather(order)
    rank = ids.rank("ordinal").cast(pl.Int64).to_numpy() - 1 if len(ids) else np.empty(0, dtype=np.int64)
    return Ground(
        snapshot=snapshot,
        capacity=k,
        order=order,
        first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        full=left // k,
        rest=left % k,
        rank=rank,
    )


def instance(base: Ground, wishes: Wishes, costs: Costs, budgets: Floats, objective: str) -> Instance:
    """The problem; the wishes have been checked (plan_wishes.check)."""
    day = base.snapshot
    gains, counts = gain_table(base)
    start = day.founded | np.array([kind == "pilot" for kind in day.kind], dtype=bool)
    at = {name: place for place, name in enumerate(day.block_ids)}
    first, neighbour = neighbours(day)
    barred = ~day.eligible
    barred[[at[name] for name in wishes.never]] = True
    earliest = distances(start, barred, first, neighbour, day.network.codes.block_district)
    latest = np.full(day.blocks, NEVER)
    for name, period in wishes.must:
        latest[at[name]] = min(latest[at[name]], period)
    for period, name in wishes.fix:
        earliest[at[name]] = max(earliest[at[name]], period)
        latest[at[name]] = min(latest[at[name]], period)
    found = np.full(day.blocks, costs.found)
    for name, price in wishes.founding_costs.items():
        found[at[name]] = price
    periods = len(budgets)
    weights = np.ones(periods) if objective == "sum" else np.eye(periods)[-1]
    return Instance(
        gains=gains,
        counts=counts,
        start=start,
        earliest=earliest,
        latest=latest,
        need=needs(base, wishes, start),
        first=first,
        neighbour=neighbour,
        cost_found=found,
        cost_line=costs.line,
        budgets=budgets,
        weights=weights,
        max_foundings=wishes.max_foundings,
        max_lines=wishes.max_lines,
        max_lines_per_block=wishes.max_lines_per_block,
    )


def gain_table(base: Ground) -> tuple[Ints, Ints]:
    """Different gains, highest first, [G], and openings by block and gain, [B, G]."""
    blocks = len(base.first) - 1
    block = np.repeat(np.arange(blocks), np.diff(base.first))
    gains = np.unique(np.concatenate([base.rest[base.rest > 0], [base.capacity]]))[::-1]
    counts = np.zeros((blocks, len(gains)), dtype=np.int64)
    some = base.rest > 0
    np.add.at(counts, (block[some], np.searchsorted(-gains, -base.rest[some])), 1)
    counts[:, np.searchsorted(-gains, -base.capacity)] += np.bincount(block, base.full, blocks).astype(np.int64)
    used = counts.any(axis=0)
    return gains[used], counts[:, used]


def neighbours(day: Snapshot) -> tuple[Ints, Ints]:
    """Who is linked to whom, [B + 1] bounds and neighbours; no bounds without a links table.

    A table that links nobody (blocks with themselves alone) is a table: then nothing can be founded from elsewhere.
    """
    links: Links = link_weights(day)
    return links.first, links.neighbour


def distances(start: Bools, barred: Bools, first: Ints, neighbour: Ints, district: NDArray[np.int32]) -> Ints:
    """First period in which each block can be founded, by steps from the blocks founded at the start; NEVER if none."""
    blocks = len(start)
    steps = np.where(start, 0, NEVER)
    if not len(first):
        steps[~start & np.isin(district, district[start])] = 1
    else:
        own = np.repeat(np.arange(blocks), np.diff(first))
        edge = np.flatnonzero(start)
        step = 0
        while len(edge):
            step += 1
            reach = np.zeros(blocks, dtype=bool)
            reach[edge] = True
            near = np.unique(own[reach[neighbour]])
            edge = near[(steps[near] == NEVER) & ~barred[near]]
            steps[edge] = step
    steps[barred & ~start] = NEVER
    return steps


def needs(base: Ground, wishes: Wishes, start: Bools) -> Ints:
    """The fewest highest-first lines that bring each block's coverage to its floor, [B]."""
    need = np.zeros(len(start), dtype=np.int64)
    for at, share in floors(base.snapshot, wishes, start).items():
        need[at] = lines_for(base, at, share)
    return need


def floors(day: Snapshot, wishes: Wishes, start: Bools) -> dict[int, float]:
    """The floor of every block that has one; ``all`` stands for those founded or eligible."""
    found = {}
    if (share := wishes.min_coverage.get("all")) is not None:
        found = {int(at): share for at in np.flatnonzero(start | day.eligible)}
    names = {name: at for at, name in enumerate(day.block_ids)}
    return found | {names[name]: share for name, share in wishes.min_coverage.items() if name != "all"}


def lines_for(base: Ground, block: int, share: float) -> int:
    """The fewest highest-first lines with which a block's coverage is at least ``share``."""
    day = base.snapshot
    at = base.order[base.first[block] : base.first[block + 1]]
    staff, potential = day.staff[at], np.minimum(day.staff[at], day.capacity[at])
    within = reached(staff, potential, day.members[at])
    missing = int(np.ceil(share * int(staff.sum()) - CENT)) - int(within.sum())
    if missing <= 0:
        return 0
    own, gain = base.openings(block)
    added = potential.copy()
    for nth, (place, more) in enumerate(zip((own - base.first[block]).tolist(), gain.tolist(), strict=True)):
        before = max(added[place], min(day.members[at[place]], staff[place]))
        added[place] += more
        missing -= max(added[place] - before, 0)
        if missing <= 0:
            return nth + 1
    return len(own) + 1  # more than there are: the floor cannot be reached
