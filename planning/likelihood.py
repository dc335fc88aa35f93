"""Maximum likelihood of discrete-time hazards: ``k`` of ``n`` at risk had the event, each with P(h) = 1 − exp(−h).

All hazards of model.md §3 are linear in their rates, h = Σ x θ, so the log-likelihood Σ k log(1 − exp(−h)) − (n − k) h
is concave and its maximum the only one. Intervals are profile likelihoods: the values of a rate for which the best the
others can do is within χ²₁/2 of the maximum (Venzon, Moolgavkar 1988, *Applied Statistics* 37(1)).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HALF = 3.841458820694124 / 2  # of χ²₁ at 95 %
TINY = 1e-12
MOST = 1000.0  # rates above are not told apart: e to the minus that is nothing


@dataclass(frozen=True)
class Events:
    """Groups with the same hazard: ``k`` events of ``n`` at risk, ``x`` [G, rates] what each rate is multiplied by."""

    k: Floats
    n: Floats
    x: Floats

    @classmethod
    def of(cls, k: NDArray[np.generic], n: NDArray[np.generic], *x: NDArray[np.generic]) -> Events:
        """Flattened, without groups where nobody was at risk or no rate has a hold; alike groups are added up.

        >>> Events.of(np.array([1, 0, 2]), np.array([4, 0, 5]), np.ones(3)).n.tolist()
        [9.0]
        """
        columns = np.stack([np.broadcast_to(each, k.shape).ravel().astype(float) for each in x], axis=1)
        events, risk = k.ravel().astype(float), n.ravel().astype(float)
        used = (risk > 0) & (columns > 0).any(axis=1)
        alike, where = np.unique(columns[used], axis=0, return_inverse=True)
        where = where.ravel()
        k_sum, n_sum = (np.bincount(where, each[used], len(alike)).astype(float) for each in (events, risk))
        return cls(k_sum, n_sum, alike)

    @property
    def events(self) -> int:
        """How many there were."""
        return int(self.k.sum())

    @property
    def exposure(self) -> int:
        """Months at risk."""
        return int(self.n.sum())

    def varies(self, column: int, by: float = 1e-3) -> bool:
        """Whether a column is not the same multiple of the first everywhere: only then are both rates told apart."""
        held = self.x[:, 0] > 0
        if not held.all():
            return True
        ratio = self.x[:, column] / self.x[:, 0]
        mean = float(np.average(ratio, weights=self.n))
        return bool(np.average((ratio - mean) ** 2, weights=self.n) > by**2)

    def log_likelihood(self, rates: Floats) -> float:
        """At these rates; −inf where an event was impossible."""
        hazard = self.x @ rates
        seen = self.k > 0
        if (hazard[seen] <= 0).any():
            return -math.inf
        return float((self.k[seen] * np.log(-np.expm1(-hazard[seen]))).sum() - ((self.n - self.k) * hazard).sum())

    def slope(self, rates: Floats, column: int) -> float:
        """Derivative of the log-likelihood in one rate."""
        hazard = np.clip(self.x @ rates, TINY, 700.0)  # e to the 700 is still a number
        return float((self.x[:, column] * (self.k / np.expm1(hazard) - (self.n - self.k))).sum())


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function meets zero between two bounds, by Brent's method in the logarithm (rates are scales)."""
    from scipy.optimize import brentq

    if function(low) <= 0:
        return low
    if function(high) >= 0:
        return high
    low = max(low, TINY)
    if function(low) <= 0:
        return low
    return math.exp(float(brentq(lambda at: function(math.exp(at)), math.log(low), math.log(high), xtol=1e-11)))


def best_one(events: Events, rates: Floats, column: int) -> Floats:
    """The rates with one of them at its best, the others held."""

    def at(value: float) -> Floats:
        changed = rates.copy()
        changed[column] = value
        return changed

    return at(root(lambda value: events.slope(at(value), column), 0.0, MOST))


def best(events: Events, free: tuple[int, ...], rates: Floats) -> Floats:
    """The rates with those of ``free`` at their common best (0 allowed), the others held.

    Two concave dimensions: the second is always at its best for the first, so that the slope in the first alone,
    which falls, leads to the maximum.
    """
    if len(free) == 1:
        return best_one(events, rates, free[0])
    first, rest = free[0], free[1:]

    def at(value: float) -> Floats:
        changed = rates.copy()
        changed[first] = value
        return best(events, rest, changed)

    return at(root(lambda value: events.slope(at(value), first), 0.0, MOST))


def interval(events: Events, free: tuple[int, ...], found: Floats, column: int) -> tuple[float, float]:
    """Profile-likelihood interval (95 %) of one rate around the maximum ``found``; infinite where nothing bounds it."""
    top = events.log_likelihood(found)
    others = tuple(each for each in free if each != column)

    def lacks(value: float) -> float:
        held = found.copy()
        held[column] = value
        held = best(events, others, held) if others else held
        return top - events.log_likelihood(held) - HALF

    value = float(found[column])
    low = 0.0 if value <= 0 or lacks(0.0) <= 0 else root(lacks, TINY, value)
    if lacks(MOST) <= 0:
        return low, math.inf
    return low, root(lambda each: -lacks(each), max(value, TINY), MOST)


def none_above(exposure: float) -> float:
    """The largest hazard with which no event in so many months at risk is still within the interval."""
    return HALF / exposure if exposure else math.inf
