"""A bound at any size: prices for the money of each period and for whom one learns from, moved until they are right.

With prices λ on the money, ν on foundings, κ on lines a period and π on precedence every block decides alone, and what
they reach together bounds every plan at any prices. The slope of a smooth maximum (softmax; softplus, which lies above
(·)⁺) says how much is bought at these prices. Adam (Kingma and Ba 2015) moves them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_instance import Floats, Instance

STEPS = 300
RATE, TEMPERATURE = (0.05, 0.008), (0.01, 0.002)  # at the first and the last step; warmer ones overshoot
KEPT = 0.2  # of the last steps, whose choices are averaged
TOLD = 20  # steps between two words to whoever waits


@dataclass
class _Adam:
    """One array of prices from 0 on, with the memory of its slopes."""

    value: Floats
    first: Floats = field(init=False)
    second: Floats = field(init=False)
    steps: int = 0

    def __post_init__(self) -> None:
        self.first, self.second = np.zeros_like(self.value), np.zeros_like(self.value)

    def move(self, slope: Floats, rate: float) -> None:
        """One step down the slope."""
        self.steps += 1
        self.first = 0.9 * self.first + 0.1 * slope
        self.second = 0.99 * self.second + 0.01 * slope**2
        mean = self.first / (1 - 0.9**self.steps)
        spread = np.sqrt(self.second / (1 - 0.99**self.steps))
        self.value = np.maximum(self.value - rate * mean / (spread + 1e-12), 0.0)


class Lagrangian:
    """The relaxed problem of an instance; floors are left out, which leaves the bound one."""

    def __init__(self, it: Instance) -> None:
        self.it = it
        own = it.candidates
        self.scale = float(it.gains.max(initial=1))
        self.size = np.maximum((it.counts[own] @ it.gains).astype(float), 1.0)
        self.typical = float(self.size.mean()) if len(own) else 1.0
        steps = np.arange(1, it.periods + 1)
        out = (steps[None, :] < it.earliest[own][:, None]) | (steps[None, :] > it.latest[own][:, None])
        self.barred = np.concatenate([out, (it.latest[own] <= it.periods)[:, None]], axis=1)
        self.bound_to = np.flatnonzero(~it.free[own])
        self.links = self._links()
        ready = it.start
        self.ready = [it.by_age[period + 1, ready].sum(axis=0).astype(float) for period in range(it.periods)]
        fresh = np.diff(it.by_age[:, own], axis=0).astype(float) if it.max_lines_per_block is not None else None
        self.fresh = fresh  # [T, c, G] openings that become available with age; None: all at once
        self.counts = it.counts[own].astype(float)
        count = len(self.bound_to)
        self.money = _Adam(np.full(it.periods, 0.5))
        self.few = _Adam(np.zeros(it.periods))
        self.lines = _Adam(np.zeros(it.periods))
        self.taught = _Adam(np.zeros((count, it.periods)))
        self.bound, self.y = np.inf, np.zeros((len(own), it.periods))

    def _links(self) -> sparse.csr_matrix:
        """[bound, candidates] of who teaches whom."""
        it, own = self.it, self.it.candidates
        place = np.full(it.blocks, -1)
        place[own] = np.arange(len(own))
        rows, columns = [], []
        for row, candidate in enumerate(self.bound_to.tolist()):
            near = place[it.neighbours(int(own[candidate]))]
            near = near[near >= 0]
            rows.append(np.full(len(near), row))
            columns.append(near)
        if not rows:
            return sparse.csr_matrix((len(self.bound_to), len(own)))
        entries = (np.concatenate(rows), np.concatenate(columns))
        return sparse.csr_matrix((np.ones(len(entries[0])), entries), shape=(len(self.bound_to), len(own)))

    def run(self, clock: Clock, seconds: float) -> None:
        """Moves the prices; ``bound`` and the averaged choices ``y`` [c, T] are what comes of it."""
        end, kept, total = clock.spent + seconds, 0, np.zeros_like(self.y)
        begun = clock.spent
        step = 0
        while step < STEPS and clock.left and clock.spent < end:
            done = max(step / STEPS, (clock.spent - begun) / seconds)  # less time, fewer and quicker steps
            bound, y = self.step(_between(RATE, done), _between(TEMPERATURE, done))
            self.bound = min(self.bound, bound)
            if done >= 1 - KEPT:
                total, kept = total + y, kept + 1
            if step % TOLD == 0:
                clock.tell(bound=self.bound)
            self.y = y
            step += 1
        if kept:
            self.y = total / kept
        clock.tell(bound=self.bound)

    def step(self, rate: float, warm: float) -> tuple[float, Floats]:
        """One step: the bound at the present prices, and the choices Y [c, T] there; then the prices move."""
        it, scale = self.it, self.scale
        price = self.lines.value
        delta = scale * (self.money.value + price - np.append(price[1:], 0.0))  # what a line costs, kept from t on
        value = it.weights[:, None] * it.gains[None, :] - delta[:, None]  # [T, G]
        plus, share = _softplus(value, warm * scale)
        worth = self._worth(plus)
        teach = self.size[self.bound_to][:, None] * self.taught.value
        if len(self.bound_to):
            worth[self.bound_to, :-1] -= _after(teach)
            ahead = np.concatenate([teach[:, 1:], np.zeros((len(teach), 1))], axis=1)
            worth[:, :-1] += _after(self.links.T @ ahead)
        per = scale / it.cost_line if it.cost_line else scale
        dear = it.cost_found[it.candidates][:, None] * per * _after(self.money.value[None, :])
        worth[:, :-1] -= dear + self.typical * self.few.value[None, :]
        worth[self.barred] = -np.inf
        best, chosen = _softmax(worth, warm * self.typical)
        y = np.cumsum(chosen[:, :-1], axis=1)
        open_now = sum((self.ready[t] @ plus[t] for t in range(it.periods)), 0.0)
        limit = it.max_foundings if it.max_foundings is not None else 0
        most = it.max_lines if it.max_lines is not None else 0
        bound = float(best.sum() + open_now + per * (self.money.value @ it.limits))
        bound += limit * self.typical * float(self.few.value.sum()) + most * scale * float(price.sum())
        self._move(rate, y, chosen, share, per)
        return bound, y

    def _worth(self, plus: Floats) -> Floats:
        """Value of the lines of a block founded in each period, [c, T + 1]; the last column is never."""
        if self.fresh is None:
            found = _after(_priced(self.counts, plus))
        else:
            found = np.zeros((len(self.counts), self.it.periods))
            for age, more in enumerate(self.fresh):
                late = _after(_priced(more, plus))  # founded in τ: available from τ + age on
                found[:, : self.it.periods - age] += late[:, age:]
        return np.concatenate([found, np.zeros((len(found), 1))], axis=1)

    def _move(self, rate: float, y: Floats, chosen: Floats, share: Floats, per: float) -> None:
        """Slopes: what is there less what is bought at these prices."""
        it = self.it
        if self.fresh is None:
            able = _gathered(y, self.counts)  # [T, G]
        else:
            able = np.zeros((it.periods, len(it.gains)))
            for age, more in enumerate(self.fresh):
                able[age:] += _gathered(y[:, : it.periods - age], more)
        able += np.array(self.ready)
        opened = (able * share).sum(axis=1)
        spent = np.einsum("ct,c->t", y, it.cost_found[it.candidates])
        self.money.move(per * (it.limits - spent) - self.scale * opened, rate)
        if it.max_foundings is not None:
            self.few.move(self.typical * (it.max_foundings - chosen[:, :-1].sum(axis=0)), rate)
        if it.max_lines is not None:
            self.lines.move(self.scale * (it.max_lines - np.diff(opened, prepend=0.0)), rate)
        if len(self.bound_to):
            before = np.concatenate([np.zeros((len(y), 1)), y[:, :-1]], axis=1)
            slope = self.links @ before - y[self.bound_to]
            self.taught.move(self.size[self.bound_to][:, None] * slope, rate)


def _between(ends: tuple[float, float], done: float) -> float:
    """From the first to the last, evenly in the logarithm."""
    return float(ends[0] * (ends[1] / ends[0]) ** min(done, 1.0))


# einsum, not @: two threads of BLAS beside other work were ten to a hundred times slower.
def _priced(counts: Floats, value: Floats) -> Floats:
    """[c, G] openings at [T, G] values: [c, T]."""
    found: Floats = np.einsum("cg,tg->ct", counts, value)
    return found


def _gathered(y: Floats, counts: Floats) -> Floats:
    """Openings [c, G] of the blocks founded by each period, [T, G]."""
    found: Floats = np.einsum("ct,cg->tg", y, counts)
    return found


def _after(values: Floats) -> Floats:
    """Sums over this period and all later ones."""
    found: Floats = np.cumsum(values[:, ::-1], axis=1)[:, ::-1]
    return found


def _softplus(values: Floats, warm: float) -> tuple[Floats, Floats]:
    """A smooth (·)⁺ that lies above it, and its slope."""
    scaled = values / warm
    share = 0.5 * (1 + np.tanh(scaled / 2))
    return warm * np.logaddexp(0.0, scaled), share


def _softmax(values: Floats, warm: float) -> tuple[Floats, Floats]:
    """The maximum of each row, and the slopes of a smooth one."""
    if not len(values):
        return np.zeros(0), values
    top = values.max(axis=1, keepdims=True)
    part = np.exp((values - top) / warm)
    total = part.sum(axis=1, keepdims=True)
    return top[:, 0], part / total
