"""Rates that drift: good and bad months that all blocks share, learned from the history they can be seen in.

Rule 4's hazard becomes f (p + q s) e^u with one u a month for all blocks, u_{t+1} = φ u_t + σ √(1 − φ²) ε: a random
effect in time of size σ and persistence φ. The likelihood integrates u out on a grid; what the history leaves open
about (p, q, σ, φ) is kept by sampling them (drift_chain.py), so every run of a forecast has rates, a present u and a
path of u of its own. A long steady history drives σ towards 0, a short one cannot, and the bands are as wide as that.

Enterprises are not equally ready either. Where readiness is gamma distributed with mean 1 and variance θ, those still
idle when a share s has begun are the slow ones, and their mean hazard is (1 − s)^θ of what it was (the frailty of
Vaupel, Manton, Stallard 1979, *Demography* 16(3)): the last are hard to win. θ = 0 is rule 4 of model.md §3.

Nor need blocks be equally keen: campaigns run in some. Whoever takes them to be alike takes what makes them differ for
imitation (Manski 1993, *Review of Economic Studies* 60(3)); whoever lets them differ cannot see imitation between them.
The history does not say which is true, so half of the runs have blocks that are alike and half have a keenness v of
each block, gamma distributed with mean 1 and variance τ, which multiplies its hazard.

Nor are the months of a year: campaigns come in spring, boards sit in March, and many records know the year alone. With
more than a year of history each month of the calendar has a factor c, gamma distributed with mean 1, whose variance
is learned; without it the one busy month of each year would be taken for a drift that is about to explode.

The other rates have no drift; what little history says about their level is kept as a gamma distribution.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning.calibrate import Calibration
from tiaokuai.planning.drift_chain import Draws, rates, sample
from tiaokuai.planning.events import History
from tiaokuai.planning.rates import BY_NAME, NAMES, Rates

Floats = NDArray[np.float64]
VARIANTS = 400  # sets of rates and paths that a forecast takes in turn


@dataclass(frozen=True)
class Drift:
    """What history leaves open, draws [V].

    ``start`` p, ``imitation`` q, ``frailty`` θ, ``size`` σ, ``persistence`` φ, ``now`` u,
    ``keenness`` v [V, B] and its variance ``tau`` τ, 0 in the draws whose blocks are alike; ``season`` c [V, 12] of
    January to December and its variance ``swing``, 0 where history is a year or less.
    """

    start: Floats
    imitation: Floats
    frailty: Floats
    size: Floats
    persistence: Floats
    now: Floats
    keenness: Floats
    tau: Floats
    season: Floats
    swing: Floats

    def paths(self, first: int, months: int, rng: np.random.Generator) -> Floats:
        """What the rates of line starts are multiplied by from month number ``first`` on, [V, months]."""
        made = np.empty((len(self.now), months))
        level = self.now
        for month in range(months):
            noise = np.sqrt(1 - self.persistence**2) * rng.standard_normal(len(level))
            level = self.persistence * level + self.size * noise
            made[:, month] = np.exp(level) * self.season[:, (first + month) % 12]
        return made

    def to_json(self) -> dict[str, dict[str, float]]:
        """Median and 90 % interval of σ, φ, the present level and θ; of τ and the calendar's variance where drawn."""
        every = {name: getattr(self, name) for name in ("size", "persistence", "now", "frailty")}
        every |= {"blocks": self.tau[self.tau > 0], "calendar": self.swing[self.swing > 0]}
        found = {}
        for name, values in every.items():
            if not len(values):
                continue
            low, value, high = np.quantile(values, (0.05, 0.5, 0.95))
            found[name] = {"value": float(value), "low": float(low), "high": float(high)}
        return found


def learn(past: History, variants: int, rng: np.random.Generator) -> Drift | None:
    """``variants`` draws given the history, every other with blocks that differ; None where no line ever started."""
    if not past.starts.any():
        return None
    several = np.count_nonzero(past.idle.sum(axis=0)) > 1
    chains = [sample(past, differing, rng) for differing in ((False, True) if several else (False,))]
    chosen = [_evenly(chains[at % len(chains)], at, variants) for at in range(variants)]
    points, *others = (np.array(column) for column in zip(*chosen, strict=True))
    start, imitation, size, persistence, frailty = rates(points.T)
    return Drift(start, imitation, frailty, size, persistence, *others)


def _evenly(chain: Draws, at: int, variants: int) -> tuple[Floats, ...]:
    """The draw of variant ``at``, spread over the chain."""
    row = at * (len(chain.now) - 1) // max(1, variants - 1)
    return tuple(getattr(chain, each.name)[row] for each in fields(Draws))


@dataclass(frozen=True)
class Futures:
    """What a calibrated forecast runs, and what it comes from: ``drift`` [V, months, 11], ``frailty`` [V]."""

    rates: tuple[Rates, ...]
    drift: Floats
    frailty: Floats
    keenness: Floats | None  # [V, B]
    learned: Drift | None


def futures(found: Calibration, months: int, variants: int, seed: int) -> Futures:
    """``variants`` sets of rates and paths that the history of a calibration leaves possible."""
    rng = np.random.default_rng([seed, found.first, found.last])
    levels = _levels(found, variants, rng)
    learned = learn(found.history, variants, rng)
    factors = np.ones((variants, months, len(NAMES)))
    if learned is not None:
        levels |= {"start": learned.start, "imitation": learned.imitation}
        paths = learned.paths(found.last + 1, months, rng)
        for name in ("start", "imitation"):
            factors[:, :, NAMES.index(name)] = paths
    levelled = tuple(
        Rates(**{name: min(float(levels[name][at]), BY_NAME[name].most) for name in NAMES}) for at in range(variants)
    )
    if learned is None:
        return Futures(levelled, factors, np.zeros(1), None, None)
    return Futures(levelled, factors, learned.frailty, learned.keenness, learned)


def steady(found: Calibration, months: int) -> Futures:
    """The plain model of model.md §3: every run with the calibrated rates, turnover 0 where nobody ever left."""
    still = {name: 0.0 for name in ("backbone_turnover", "member_turnover") if not found.learned[name].events}
    return Futures((found.rates.with_(**still),), np.ones((1, months, len(NAMES))), np.zeros(1), None, None)


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
