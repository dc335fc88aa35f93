"""What a history leaves open about rates that drift, sampled (drift.py says what the model is).

Metropolis steps in log p, log q, log σ, logit φ and log θ with the path of u integrated out (the steps of Roberts,
Gelman, Gilks 1997, *Annals of Applied Probability* 7(1), in turn with leaps to where the chain has been). Every few
steps a path of u is drawn, and where blocks may differ, their spread τ and keenness v given that path: v is gamma
distributed with mean 1 and variance τ, so that it has a gamma distribution again (nearly: −log(1 − e^−h) is taken for
−log h + h/2). The calendar's months are drawn in the same way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning.drift_kernel import FREEDOM, change, drawn, filtered, posterior, walk
from tiaokuai.planning.events import History
from tiaokuai.planning.rates import BY_NAME

Floats = NDArray[np.float64]
BURN, KEPT, EACH = 600, 2000, 5  # steps, of which every EACHth is kept, with a path and keennesses
SHAPED = (150, 300, BURN, BURN + 400)  # steps at which proposals take the shape of what was visited lately
GROUPS = 24  # of a month's blocks, where there are more
GRID = np.linspace(-3.0, 3.0, 31)  # of u, in units of σ
START = np.exp(-0.5 * GRID**2) / np.exp(-0.5 * GRID**2).sum()

# Weak priors: normal on log p, log q, log σ, logit φ and log θ, and on log τ. Rates differ by orders of magnitude
# between studies; what monthly rates do within one is mostly a matter of tens of percent that last for some months.
# θ = 1 is readiness spread as an exponential variable; τ = 0.1 are blocks that differ by a third.
MEAN = np.array([math.log(BY_NAME["start"].default), math.log(BY_NAME["imitation"].default), math.log(0.5), 2.0, 0.0])
SPREAD = np.array([2.5, 2.0, 0.9, 1.5, 1.0])
TAU_BELIEF = (math.log(0.1), 1.5)
SWING_BELIEF = (math.log(0.03), 2.0)  # of the variance of the calendar's months: none to speak of, or one month has all
TAU_BOUNDS = (-12.0, 4.0)
YEAR = 12  # months of history: with more, a month of the calendar has come twice
MOST_SHARE = 1 - 1e-6  # where nobody is idle nothing is multiplied by the logarithm of 1 − s


@dataclass(frozen=True)
class Draws:
    """``points`` [N, 5] of the sampler, u in the last month ``now``, ``keenness`` v [N, B] and its variance ``tau``.

    ``season`` c [N, 12] of January to December, and its variance ``swing``, 0 where no month has come twice.
    """

    points: Floats
    now: Floats
    keenness: Floats
    tau: Floats
    season: Floats
    swing: Floats


class Seen:
    """Starts ``k`` of idle enterprises ``n`` [M, B], with f, f s and log(1 − s) ``x`` [M, B, 3].

    Many blocks are put together by likeness of f s: ``groups`` says which.
    """

    def __init__(self, past: History) -> None:
        self.k, self.n = past.starts.astype(float), past.idle.astype(float)
        left = np.log1p(-np.minimum(past.share, MOST_SHARE))
        self.x = np.ascontiguousarray(np.stack([past.fidelity, past.fidelity * past.share, left], axis=2))
        months, blocks = self.k.shape
        self.calendar = (past.first + np.arange(months)) % 12
        self.rows, self.order = np.arange(months)[:, None], np.argsort(self.x[:, :, 1], axis=1, kind="stable")
        self.edges = np.linspace(0, blocks, GROUPS + 1).astype(int)[:-1] if blocks > GROUPS else None

    def by_month(self, values: Floats) -> Floats:
        """Sums of ``values`` [M] by month of the calendar, [12]."""
        return np.bincount(self.calendar, values, minlength=12).astype(np.float64)

    def added(self, values: Floats) -> Floats:
        """Sums of ``values`` [M, B, …] by group."""
        if self.edges is None:
            return np.ascontiguousarray(values)
        return np.ascontiguousarray(np.add.reduceat(values[self.rows, self.order], self.edges, axis=1))

    def grouped(self, keenness: Floats, season: Floats) -> tuple[Floats, Floats, Floats]:
        """k, n and x by month and group, x the mean of the idle, f and f s times ``keenness`` [B], ``season`` [12]."""
        x = self.x.copy()
        x[:, :, :2] *= (season[self.calendar][:, None] * keenness)[:, :, None]
        k, n = self.added(self.k), self.added(self.n)
        if self.edges is None:
            return k, n, x
        return k, n, self.added(x * self.n[:, :, None]) / np.maximum(n, 1.0)[:, :, None]


def sample(past: History, differing: bool, rng: np.random.Generator) -> Draws:
    """A chain of KEPT / EACH draws, from the summit on; ``differing``: whether blocks may be unequally keen."""
    from scipy import optimize

    seen, seasonal = Seen(past), past.months > YEAR
    keenness, tau = np.ones(past.starts.shape[1]), 0.0
    swing, season = first_season(seen) if seasonal else (0.0, np.ones(12))
    k, n, x = seen.grouped(keenness, season)
    belief = np.empty((len(k), len(GRID)))

    def down(point: Floats) -> float:
        return -max(posterior(point, MEAN, SPREAD, k, n, x, GRID, START, belief), -1e12)

    minimize: Any = optimize.minimize
    at = np.asarray(minimize(down, MEAN, method="Nelder-Mead", options={"maxiter": 300}).x)
    steps, size = BURN + KEPT, len(at)
    centre, shape = at.copy(), math.sqrt(0.1) * np.eye(size)
    normal, stretch, chance = rng.standard_normal((steps, size)), rng.chisquare(FREEDOM, steps), rng.random(steps)
    visited, path = np.empty((steps, size)), np.empty(len(k), dtype=np.int64)
    kept: list[tuple[Floats, float, Floats, float, Floats, float]] = []
    for lo in range(0, steps, EACH):
        if lo in SHAPED:
            lately = visited[max(0, lo - (250 if lo < BURN else 400)) : lo]
            centre = lately.mean(axis=0)
            shape = np.asarray(np.linalg.cholesky(np.cov(lately.T) + 1e-4 * np.eye(size)), dtype=np.float64)
        now = slice(lo, lo + EACH)
        walk(
            at, MEAN, SPREAD, k, n, x, GRID, START, belief, centre, shape, lo >= BURN,
            normal[now], stretch[now], chance[now], visited[now],
        )  # fmt: skip
        at = visited[lo + EACH - 1].copy()
        start, imitation, sigma, persistence, theta = rates(at)
        follows = change(GRID, float(persistence))
        p, q, frailty = float(start), float(imitation), float(theta)
        filtered(k, n, x, p, q, frailty, float(sigma) * GRID, follows, START, belief)
        drawn(belief, follows, rng.random(len(k)), path)
        hazard = (p * seen.x[:, :, 0] + q * seen.x[:, :, 1]) * np.exp(frailty * seen.x[:, :, 2])
        expected = (seen.n - seen.k / 2) * hazard * np.exp(float(sigma) * GRID[path])[:, None]
        if seasonal:
            by_month = seen.by_month((expected * keenness).sum(axis=1))
            swing, season = keen_given(seen.by_month(seen.k.sum(axis=1)), by_month, swing, rng, SWING_BELIEF)
        if differing:
            by_block = (expected * season[seen.calendar][:, None]).sum(axis=0)
            tau, keenness = keen_given(seen.k.sum(axis=0), by_block, tau, rng)
        if differing or seasonal:
            x = seen.grouped(keenness, season)[2]
        if lo >= BURN:
            kept.append((at, float(sigma) * GRID[path[-1]], keenness, tau, season, swing))
    return Draws(*(np.array(column) for column in zip(*kept, strict=True)))


def first_season(seen: Seen) -> tuple[float, Floats]:
    """Where a chain begins: the calendar's months at the best of a few variances, as if the hazard never changed.

    A chain that began with months alike would take what one month of the year has for a drift, and stay there.
    """
    starts, idle = seen.by_month(seen.k.sum(axis=1)), seen.by_month((seen.n * seen.x[:, :, 0]).sum(axis=1))
    expected = starts.sum() * idle / max(float(idle.sum()), 1.0)
    known, tried = expected > 0, np.arange(-7.0, 3.5, 0.5)
    best = max(tried, key=lambda log_swing: spread_height(log_swing, starts[known], expected[known], SWING_BELIEF))
    shape = math.exp(-float(best))
    return 1 / shape, (shape + starts) / (shape + expected)


def rates(point: Floats) -> tuple[Floats, ...]:
    """p, q, σ, φ and θ of a point of the sampler, [5] or [5, N]."""
    return np.exp(point[0]), np.exp(point[1]), np.exp(point[2]), 1 / (1 + np.exp(-point[3])), np.exp(point[4])


def keen_given(
    starts: Floats,
    expected: Floats,
    tau: float,
    rng: np.random.Generator,
    belief: tuple[float, float] = TAU_BELIEF,
) -> tuple[float, Floats]:
    """τ and v of every block (or month) where so many ``starts`` were seen of so many ``expected`` [B] at v = 1."""
    known = expected > 0
    log_tau = math.log(tau) if tau > 0 else belief[0]
    height = spread_height(log_tau, starts[known], expected[known], belief)
    for _ in range(3):
        proposed = log_tau + 0.8 * float(rng.standard_normal())
        if TAU_BOUNDS[0] < proposed < TAU_BOUNDS[1]:
            value = spread_height(proposed, starts[known], expected[known], belief)
            if math.log(rng.random()) < value - height:
                log_tau, height = proposed, value
    shape = math.exp(-log_tau)
    return math.exp(log_tau), rng.gamma(shape + starts, 1 / (shape + expected))


def spread_height(log_tau: float, starts: Floats, expected: Floats, belief: tuple[float, float] = TAU_BELIEF) -> float:
    """Logarithm of prior times likelihood of log τ, v integrated out: starts are negative binomial.

    ``belief`` is the prior's mean and deviation.
    """
    from scipy.special import gammaln

    shape = math.exp(-log_tau)
    fit = gammaln(shape + starts) - gammaln(shape) - starts * np.log(shape + expected)
    fit += shape * (math.log(shape) - np.log(shape + expected))
    return float(fit.sum()) - 0.5 * ((log_tau - belief[0]) / belief[1]) ** 2
