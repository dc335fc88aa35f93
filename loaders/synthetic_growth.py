"""How a made-up district grew: the month of model.md §3, person by person, because a data set records persons.

Leaving is memoryless in the model, so that everybody's month of leaving is drawn on the day of joining; the counts
then follow the same binomials as the simulator's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph.template import ASSOCIATION, BACKBONE_COHORT, Template

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NEVER = 30_000  # a month that does not come
CAPACITY = 10
# The defaults of model.md §3 by month.
FILL, SERVICES, START, IMITATION = 0.15, 1.0, 0.03 / 12, 0.38 / 12
FOUNDING, REPLICATION, ADOPTION, INITIAL, DEVELOPMENT, TURNOVER = 0.03 / 12, 0.38 / 12, 0.05, 0.3, 0.05, 0.15 / 12
PILOT_FIDELITY = 0.5
CAMPAIGN_EVERY, CAMPAIGN_SHARE = 3, 0.06
LEAST_MONTHS, MOST_MONTHS, LINE_SHARE = 61, 180, 1 / 3


@dataclass(frozen=True)
class Ground:
    """What growth happens on: enterprises [E] sorted by block, blocks [B], undirected links [L]."""

    block: Ints
    staff: Ints  # unknown ones imputed
    unknown: Bools
    opens: Ints
    closes: Ints
    blocks: int
    pilot: Bools
    eligible: Bools
    focus: Bools  # blocks where the association runs campaigns
    a: Ints
    b: Ints
    weight: Floats


@dataclass
class People:
    """Members in the order of joining, in arrays that grow; ``line`` is the month the person's line began."""

    size: int = 0
    enterprise: Ints = field(default_factory=lambda: np.empty(1024, dtype=np.int64))
    joined: Ints = field(default_factory=lambda: np.empty(1024, dtype=np.int64))
    left: Ints = field(default_factory=lambda: np.empty(1024, dtype=np.int64))
    line: Ints = field(default_factory=lambda: np.empty(1024, dtype=np.int64))

    def join(self, enterprise: Ints, month: int, left: Ints, line: int = NEVER) -> None:
        """New members of a month."""
        end = self.size + len(enterprise)
        if end > len(self.enterprise):
            for name in ("enterprise", "joined", "left", "line"):
                old = getattr(self, name)
                grown = np.empty(max(end, 2 * len(old)), dtype=np.int64)
                grown[: self.size] = old[: self.size]
                setattr(self, name, grown)
        for name, value in (("enterprise", enterprise), ("joined", month), ("left", left), ("line", line)):
            getattr(self, name)[self.size : end] = value
        self.size = end

    def one_each(self, enterprises: Ints, month: int, count: int) -> Ints:
        """Of every enterprise one active member who holds no line."""
        asked = np.zeros(count, dtype=bool)
        asked[enterprises] = True
        at = self.enterprise[: self.size]
        free = np.flatnonzero(asked[at] & (self.left[: self.size] > month) & (self.line[: self.size] == NEVER))
        _, first = np.unique(at[free], return_index=True)
        return free[first]


@dataclass
class Growth:
    """The state of a month and everything that happened up to it; months count from 0."""

    ground: Ground
    template: Template
    rng: np.random.Generator
    months: int = 0
    people: People = field(default_factory=People)

    def __post_init__(self) -> None:
        blocks, parts = self.ground.blocks, len(self.template.components)
        self.lines = np.zeros(len(self.ground.block), dtype=np.int64)
        self.connected = np.zeros(len(self.ground.block), dtype=np.int64)
        self.founded = np.full(blocks, NEVER, dtype=np.int64)
        self.source = np.full(blocks, -1, dtype=np.int64)
        self.adopted = np.full((blocks, parts), NEVER, dtype=np.int64)
        self.derived = np.array([self.template.index[name] for name in (ASSOCIATION, BACKBONE_COHORT)])
        self.to = np.concatenate([self.ground.b, self.ground.a])
        self.origin = np.concatenate([self.ground.a, self.ground.b])
        weight = np.concatenate([self.ground.weight, self.ground.weight])
        total = np.bincount(self.to, weight, blocks)[self.to]
        self.pull = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)

    def run(self) -> Growth:
        """Month after month until a third of the enterprises have a line."""
        while self.months < MOST_MONTHS:
            self._month(self.months)
            self.months += 1
            if (
                self.months >= LEAST_MONTHS
                and self.lines.astype(bool).sum() >= LINE_SHARE * self._alive(self.months).sum()
            ):
                break
        return self

    def _alive(self, month: int) -> Bools:
        return (self.ground.opens <= month) & (self.ground.closes > month)

    def _fidelity(self) -> Floats:
        placed = self.adopted < NEVER
        placed[:, self.derived[0]] = self.founded < NEVER
        placed[:, self.derived[1]] = np.bincount(self.ground.block, self.lines, self.ground.blocks) > 0
        return self.template.fidelity(placed)

    def _month(self, t: int) -> None:
        self._turnover(t)
        block, alive = self.ground.block, self._alive(t)
        living = np.bincount(block, alive, self.ground.blocks)
        share = np.bincount(block, alive & (self.lines > 0), self.ground.blocks) / np.maximum(living, 1)
        fidelity = self._fidelity()
        self._found(t, fidelity)
        self._adopt(t)
        open_now = alive & (self.founded < NEVER)[block]
        if t % CAMPAIGN_EVERY == 0:
            self._campaign(t, open_now)
        self._start(t, open_now & (self.lines == 0), fidelity * (START + IMITATION * share))
        self._fill(t, open_now, fidelity)
        self._develop(t, open_now)

    def _turnover(self, t: int) -> None:
        gone = np.flatnonzero(self.people.left[: self.people.size] == t)
        at, size = self.people.enterprise[gone], len(self.lines)
        self.connected -= np.bincount(at, minlength=size)
        self.lines -= np.bincount(at[self.people.line[gone] < NEVER], minlength=size)

    def _found(self, t: int, fidelity: Floats) -> None:
        ready = np.where(self.founded < NEVER, fidelity, 0.0)
        pull = REPLICATION * np.bincount(self.to, self.pull * ready[self.origin], self.ground.blocks)
        chance = -np.expm1(-(FOUNDING + pull))
        waiting = (self.founded == NEVER) & self.ground.eligible
        new = waiting & (self.rng.random(self.ground.blocks) < chance)
        if t == 0:
            new |= self.ground.pilot
        for at in np.flatnonzero(new):
            copied = not self.ground.pilot[at] and self.rng.random() * (FOUNDING + pull[at]) < pull[at]
            self._begin(t, int(at), ready if copied else None)

    def _begin(self, t: int, at: int, ready: Floats | None) -> None:
        """A block founds: on the model of a linked block, whose components it copies in part, or on its own."""
        self.founded[at] = t
        aim, known = (PILOT_FIDELITY if self.ground.pilot[at] else INITIAL), np.ones(self.adopted.shape[1], dtype=bool)
        if ready is not None:
            edges = np.flatnonzero(self.to == at)
            odds = np.cumsum(self.pull[edges] * ready[self.origin[edges]])
            self.source[at] = self.origin[edges[np.searchsorted(odds, self.rng.random() * odds[-1], side="right")]]
            known = self.adopted[self.source[at]] < NEVER
            aim = aim / max(ready[self.source[at]], aim)
        chosen = known & (self.rng.random(len(known)) < aim)
        self.adopted[at, chosen] = t

    def _adopt(self, t: int) -> None:
        rows = np.flatnonzero(self.founded < t)
        missing = self.adopted[rows] == NEVER
        taken = missing & (self.rng.random(missing.shape) < ADOPTION)
        row, part = np.nonzero(taken)
        self.adopted[rows[row], part] = t

    def _campaign(self, t: int, open_now: Bools) -> None:
        """Rule 1: in the blocks in focus a few lines where most people are out of reach."""
        gap = np.where(open_now & self.ground.focus[self.ground.block], self.ground.staff - CAPACITY * self.lines, 0)
        waiting = np.flatnonzero(gap > 0)
        order = waiting[np.lexsort((waiting, -gap[waiting], self.ground.block[waiting]))]
        first = np.searchsorted(self.ground.block[order], np.arange(self.ground.blocks))
        place = np.arange(len(order)) - first[self.ground.block[order]]
        quota = np.ceil(CAMPAIGN_SHARE * np.bincount(self.ground.block, minlength=self.ground.blocks))
        self._extend(t, np.sort(order[place < quota[self.ground.block[order]]]))

    def _start(self, t: int, waiting: Bools, hazard: Floats) -> None:
        rows = np.flatnonzero(waiting)
        chance = -np.expm1(-hazard)[self.ground.block[rows]]
        self._extend(t, rows[self.rng.random(len(rows)) < chance])

    def _fill(self, t: int, open_now: Bools, fidelity: Floats) -> None:
        places = np.minimum(self.ground.staff, CAPACITY * self.lines) - self.connected
        rows = np.flatnonzero(open_now & (self.lines > 0) & (places > 0))
        chance = -np.expm1(-FILL * (1 + SERVICES * fidelity))[self.ground.block[rows]]
        self._join(t, np.repeat(rows, self.rng.binomial(places[rows], chance)))

    def _develop(self, t: int, open_now: Bools) -> None:
        full = (self.connected >= CAPACITY * self.lines) & (self.ground.staff > CAPACITY * self.lines)
        rows = np.flatnonzero(open_now & (self.lines > 0) & full)
        self._extend(t, rows[self.rng.random(len(rows)) < -np.expm1(-DEVELOPMENT)])

    def _extend(self, t: int, rows: Ints) -> None:
        """One more line at each enterprise: by a member where one is free, else by somebody who joins for it."""
        self.lines[rows] += 1
        within = rows[self.connected[rows] >= self.lines[rows]]
        chosen = self.people.one_each(within, t, len(self.lines))
        self.people.line[chosen] = t
        self._join(t, rows[self.connected[rows] < self.lines[rows]], t)

    def _join(self, t: int, enterprises: Ints, line: int = NEVER) -> None:
        stay = self.rng.geometric(-np.expm1(-TURNOVER), len(enterprises))
        left = np.minimum(t + stay, self.ground.closes[enterprises])
        self.connected += np.bincount(enterprises, minlength=len(self.connected))
        self.people.join(enterprises, t, left, line)


def grow(ground: Ground, template: Template, rng: np.random.Generator) -> Growth:
    """The growth of a district, from the founding of its pilots."""
    return Growth(ground, template, rng).run()
