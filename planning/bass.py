"""The Bass curve as a forecaster of one series: the peer that a forecast of growth must beat (Bass 1969).

F(t) = m (1 − e^(−(p+q)t)) / (1 + q/p e^(−(p+q)t)), *Management Science* 15(5). Fitted by least squares on the months'
growth (Srinivasan, Mason 1986, *Marketing Science* 5(2)), its ceiling m free between what is reached and everything.
The forecast goes on from the last figure; its band adds up the growth's residuals, taken as independent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bass:
    """A fitted curve: ceiling ``m``, coefficients ``p`` and ``q`` a month, ``noise`` the residuals' deviation."""

    m: float
    p: float
    q: float
    noise: float
    months: int  # of history
    last: float

    def curve(self, at: Floats) -> Floats:
        """F at months since the start of the history."""
        return bass(at, self.m, self.p, self.q)

    def forecast(self, months: int, runs: int, rng: np.random.Generator) -> Floats:
        """[runs, months] from the last figure on, within 0..1."""
        at = np.arange(self.months, self.months + months + 1, dtype=float)
        mean = self.last + self.curve(at)[1:] - self.curve(at)[0]
        wander = np.cumsum(self.noise * rng.standard_normal((runs, months)), axis=1)
        return np.asarray(np.clip(mean + wander, 0.0, 1.0), dtype=np.float64)


def bass(at: Floats, m: float, p: float, q: float) -> Floats:
    """The cumulative curve.

    >>> bass(np.array([0.0, 1e9]), 0.8, 0.01, 0.1).tolist()
    [0.0, 0.8]
    """
    gone = np.exp(-np.minimum((p + q) * at, 700.0))
    return np.asarray(m * (1 - gone) / (1 + q / p * gone), dtype=np.float64)


def fit_bass(series: Floats) -> Bass:
    """The curve of a series of shares [T + 1], the start first; T ≥ 1."""
    from scipy.optimize import least_squares

    growth, at = np.diff(series), np.arange(len(series), dtype=float)
    reached = float(np.clip(series.max(), 0.0, 1.0))
    floor = min(max(reached, 1e-3), 0.999)

    def away(point: Floats) -> Floats:
        return np.asarray(np.diff(bass(at, point[0], math.exp(point[1]), math.exp(point[2]))) - growth)

    tried = []
    low, high = [floor, math.log(1e-7), math.log(1e-6)], [1.0, 0.0, math.log(3.0)]
    for m in (floor + 0.25 * (1 - floor), floor + 0.9 * (1 - floor)):
        for p in (0.0005, 0.01):
            for q in (0.02, 0.2):
                begin = [m, math.log(p), math.log(q)]
                tried.append(least_squares(away, begin, bounds=(low, high), max_nfev=200))
    best = min(tried, key=lambda found: float(found.cost))
    noise = math.sqrt(2 * float(best.cost) / max(1, len(growth) - 3))
    m, p, q = float(best.x[0]), math.exp(float(best.x[1])), math.exp(float(best.x[2]))
    return Bass(m, p, q, noise, len(growth), float(series[-1]))
