"""Rates that drift: good and bad months that all blocks share, learned from the history they can be seen in.

Rule 4's hazard becomes f (p + q s) e^u with one u a month for all blocks, u_{t+1} = φ u_t + σ √(1 − φ²) ε: a random
effect in time of size σ and persistence φ. The likelihood integrates u out on a grid; what the history leaves open
about (p, q, σ, φ) is kept by sampling them (random-walk Metropolis with the step of Roberts, Gelman, Gilks 1997,
*Annals of Applied Probability* 7(1)), so every run of a forecast has rates, a present u and a path of u of its own. A
long steady history drives σ towards 0, a short one cannot, and the bands are as wide as that.

Enterprises are not equally ready either. Where readiness is gamma distributed with mean 1 and variance θ, those still
idle when a share s has begun are the slow ones, and their mean hazard is (1 − s)^θ of what it was (the frailty of
Vaupel, Manton, Stallard 1979, *Demography* 16(3)): the last are hard to win. θ = 0 is rule 4 of model.md §3.

The other rates have no drift; what little history says about their level is kept as a gamma distribution.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning.calibrate import Calibration
from tiaokuai.planning.events import History
from tiaokuai.planning.rates import BY_NAME, NAMES, Rates

Floats = NDArray[np.float64]
BURN, KEPT = 500, 1500
VARIANTS = 400  # sets of rates and paths that a forecast takes in turn
GROUPS = 24  # of a month's blocks, where there are more
GRID = np.linspace(-3.0, 3.0, 41)  # of u, in units of σ
START = np.exp(-0.5 * GRID**2) / np.exp(-0.5 * GRID**2).sum()

# Weak priors: normal on log p, log q, log σ, logit φ and log θ. Rates differ by orders of magnitude between studies;
# what monthly rates do within one is mostly a matter of tens of percent that last for some months. θ = 1 is readiness
# spread as an exponential variable.
MEAN = np.array([math.log(BY_NAME["start"].default), math.log(BY_NAME["imitation"].default), math.log(0.5), 2.0, 0.0])
SPREAD = np.array([2.5, 2.0, 0.9, 1.5, 1.0])
MOST_SHARE = 1 - 1e-6  # where nobody is idle nothing is multiplied by the logarithm of 1 − s


@dataclass(frozen=True)
class Drift:
    """What history leaves open, draws [V].

    ``start`` p, ``imitation`` q, ``frailty`` θ, ``size`` σ, ``persistence`` φ, ``now`` u.
    """

    start: Floats
    imitation: Floats
    frailty: Floats
    size: Floats
    persistence: Floats
    now: Floats

    def paths(self, months: int, rng: np.random.Generator) -> Floats:
        """What the rates of line starts are multiplied by, [V, months]."""
        made = np.empty((len(self.now), months))
        level = self.now
        for month in range(months):
            noise = np.sqrt(1 - self.persistence**2) * rng.standard_normal(len(level))
            level = self.persistence * level + self.size * noise
            made[:, month] = np.exp(level)
        return made

    def to_json(self) -> dict[str, dict[str, float]]:
        """Median and 90 % interval of σ, φ, the present level and θ."""
        found = {}
        for name in ("size", "persistence", "now", "frailty"):
            values: Floats = getattr(self, name)
            low, value, high = np.quantile(values, (0.05, 0.5, 0.95))
            found[name] = {"value": float(value), "low": float(low), "high": float(high)}
        return found


def learn(past: History, variants: int, rng: np.random.Generator) -> Drift | None:
    """``variants`` draws given the history; None where no line has ever started."""
    if not past.starts.any():
        return None
    k, n, x = grouped(past)
    chain = _sample(lambda point: _posterior(point, k, n, x), rng)
    chosen = chain[np.linspace(0, len(chain) - 1, variants).astype(int)]
    start, imitation, size, persistence, frailty = _rates(chosen.T)
    now = np.empty(variants)
    for at, point in enumerate(chosen):
        belief = START.copy()
        _likelihood(point, k, n, x, belief)
        now[at] = size[at] * rng.choice(GRID, p=belief / belief.sum())
    return Drift(start, imitation, frailty, size, persistence, now)


def grouped(past: History) -> tuple[Floats, Floats, Floats]:
    """Starts, idle enterprises, and (f, f s, log(1 − s)) by month and block.

    Many blocks are put together by likeness of f s.
    """
    k, n = past.starts.astype(float), past.idle.astype(float)
    left = np.log1p(-np.minimum(past.share, MOST_SHARE))
    x = np.stack([past.fidelity, past.fidelity * past.share, left], axis=2)
    months, blocks = k.shape
    if blocks <= GROUPS:
        return k, n, np.ascontiguousarray(x)
    order = np.argsort(x[:, :, 1], axis=1, kind="stable")
    rows = np.arange(months)[:, None]
    edges = np.linspace(0, blocks, GROUPS + 1).astype(int)[:-1]
    k, n, x = k[rows, order], n[rows, order], x[rows, order]
    held = np.add.reduceat(n, edges, axis=1)
    mean = np.add.reduceat(x * n[:, :, None], edges, axis=1) / np.maximum(held, 1.0)[:, :, None]
    return np.add.reduceat(k, edges, axis=1), held, np.ascontiguousarray(mean)


def _rates(point: Floats) -> tuple[Floats, ...]:
    """p, q, σ, φ and θ of a point of the sampler."""
    return np.exp(point[0]), np.exp(point[1]), np.exp(point[2]), 1 / (1 + np.exp(-point[3])), np.exp(point[4])


def change(persistence: float) -> Floats:
    """How levels follow each other on the grid, [G, G]; steps finer than the grid are widened to it."""
    width = max(math.sqrt(1 - persistence**2), 0.6 * float(GRID[1] - GRID[0]))
    table = np.exp(-0.5 * ((GRID[None, :] - persistence * GRID[:, None]) / width) ** 2)
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def _likelihood(point: Floats, k: Floats, n: Floats, x: Floats, belief: Floats) -> float:
    from tiaokuai.planning.drift_kernel import filtered

    start, imitation, size, persistence, frailty = (float(each) for each in _rates(point))
    return filtered(k, n, x, start, imitation, frailty, size * GRID, change(persistence), belief)


def _posterior(point: Floats, k: Floats, n: Floats, x: Floats) -> float:
    """Logarithm of prior times likelihood."""
    away = (point - MEAN) / SPREAD
    if not np.isfinite(away).all() or np.abs(away).max() > 8:
        return -math.inf
    return _likelihood(point, k, n, x, START.copy()) - 0.5 * float(away @ away)


def _sample(height: Callable[[Floats], float], rng: np.random.Generator) -> Floats:
    """A chain of KEPT points after BURN, from the summit on, its steps shaped by what was visited so far."""
    from scipy import optimize

    minimize: Any = optimize.minimize
    summit = minimize(lambda point: -min(max(height(point), -1e12), 1e12), MEAN, method="Nelder-Mead")
    at, now = np.asarray(summit.x), float(height(np.asarray(summit.x)))
    shape = np.linalg.cholesky(0.1 * np.eye(len(at)))
    chain = np.empty((BURN + KEPT, len(at)))
    for step in range(BURN + KEPT):
        if step in (150, 300, BURN):
            shape = np.linalg.cholesky(np.cov(chain[max(0, step - 250) : step].T) + 1e-4 * np.eye(len(at)))
        proposed = at + 2.38 / math.sqrt(len(at)) * (shape @ rng.standard_normal(len(at)))
        value = float(height(proposed))
        if math.log(rng.random()) < value - now:
            at, now = proposed, value
        chain[step] = at
    return chain[BURN:]


@dataclass(frozen=True)
class Futures:
    """What a calibrated forecast runs, and what it comes from: ``drift`` is [V, months, 11], ``frailty`` [V]."""

    rates: tuple[Rates, ...]
    drift: Floats
    frailty: Floats
    learned: Drift | None


def futures(found: Calibration, months: int, variants: int, seed: int) -> Futures:
    """``variants`` sets of rates and paths that the history of a calibration leaves possible."""
    rng = np.random.default_rng([seed, found.first, found.last])
    levels = _levels(found, variants, rng)
    learned = learn(found.history, variants, rng)
    factors = np.ones((variants, months, len(NAMES)))
    if learned is not None:
        levels |= {"start": learned.start, "imitation": learned.imitation}
        paths = learned.paths(months, rng)
        for name in ("start", "imitation"):
            factors[:, :, NAMES.index(name)] = paths
    rates = tuple(
        Rates(**{name: min(float(levels[name][at]), BY_NAME[name].most) for name in NAMES}) for at in range(variants)
    )
    return Futures(rates, factors, np.zeros(1) if learned is None else learned.frailty, learned)


def steady(found: Calibration, months: int) -> Futures:
    """The plain model of model.md §3: every run with the calibrated rates, turnover 0 where nobody ever left."""
    still = {name: 0.0 for name in ("backbone_turnover", "member_turnover") if not found.learned[name].events}
    return Futures((found.rates.with_(**still),), np.ones((1, months, len(NAMES))), np.zeros(1), None)


# Rates that move together: one says how many events there were, both are as uncertain as that.
_TOGETHER = (
    ("start", "imitation"),
    ("founding", "replication"),
    ("fill",),
    ("development",),
    ("backbone_turnover",),
    ("member_turnover",),
)


def _levels(found: Calibration, variants: int, rng: np.random.Generator) -> dict[str, Floats]:
    """Every rate around its calibrated value, times a factor from the gamma distribution of so many events.

    The factor's mean is (events + ½) / (expected + ½): 1 where a rate was fitted or nothing was at risk, near 0 where
    the default would have brought many events and there were none.
    """
    levels = {name: np.full(variants, found.learned[name].value) for name in NAMES}
    for names in _TOGETHER:
        learned = found.learned[names[0]]
        expected = float(learned.events)
        if not learned.learned:
            scale = 12.0 if BY_NAME[names[0]].unit == "year" else 1.0
            expected = learned.value / scale * learned.exposure
        factor = rng.gamma(learned.events + 0.5, 1 / (expected + 0.5), variants)
        for name in names:
            levels[name] = levels[name] * factor
    return levels
