"""The likelihood of a history whose rates drift together, and walks along it, compiled (drift.py has the model)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NEVER = 1e-300
FREEDOM = 5.0  # degrees, of the independent proposals
FAR = 8.0  # standard deviations of a prior


@compiled
def filtered(
    k: Floats,
    n: Floats,
    x: Floats,
    start: float,
    imitation: float,
    frailty: float,
    level: Floats,
    change: Floats,
    first: Floats,
    belief: Floats,
) -> float:
    """Log-likelihood of the months; ``belief`` [M, G] becomes the chances of each level given the months up to each.

    ``k`` of ``n`` [M, B] enterprises started a line, with hazards (p x₀ + q x₁) e^(θ x₂ + u); ``x`` [M, B, 3] is f v,
    f s v and log(1 − s), v the keenness of a block and θ ``frailty``; ``level`` [G] the values of u, ``first`` [G]
    their chances before the first month, ``change`` [G, G] how they follow each other. (The forward algorithm of a
    hidden Markov chain, Rabiner 1989, *Proceedings of the IEEE* 77(2).)
    """
    months, blocks = k.shape
    size = len(level)
    factor = np.exp(level)
    fit, before = np.empty(size), first.copy()
    total = 0.0
    for month in range(months):
        fit[:] = 0.0
        held = 0.0  # Σ hazard of those who did not start, which falls on every level alike
        for block in range(blocks):
            if n[month, block] <= 0.0:
                continue
            hazard = start * x[month, block, 0] + imitation * x[month, block, 1]
            hazard *= math.exp(frailty * x[month, block, 2])
            held += (n[month, block] - k[month, block]) * hazard
            if k[month, block] > 0.0:
                for at in range(size):
                    fit[at] += k[month, block] * math.log(max(-math.expm1(-hazard * factor[at]), NEVER))
        top = -math.inf
        for at in range(size):
            fit[at] -= held * factor[at]
            top = max(top, fit[at])
        mass = 0.0
        for at in range(size):
            belief[month, at] = before[at] * math.exp(fit[at] - top)
            mass += belief[month, at]
        if mass <= 0.0:
            return -math.inf
        total += math.log(mass) + top
        before[:] = 0.0
        for at in range(size):
            belief[month, at] /= mass
            for to in range(size):
                before[to] += belief[month, at] * change[at, to]
    return total


@compiled
def drawn(belief: Floats, change: Floats, chance: Floats, path: Ints) -> None:
    """A path of levels given all months, the last first; ``chance`` [M] are uniform numbers."""
    months, size = belief.shape
    weight = np.empty(size)
    for month in range(months - 1, -1, -1):
        total = 0.0
        for at in range(size):
            weight[at] = belief[month, at]
            if month < months - 1:
                weight[at] *= change[at, path[month + 1]]
            total += weight[at]
        left, path[month] = chance[month] * total, size - 1
        for at in range(size):
            left -= weight[at]
            if left <= 0.0:
                path[month] = at
                break


@compiled
def change(grid: Floats, persistence: float) -> Floats:
    """How levels follow each other on the grid, [G, G]; steps finer than the grid are widened to it."""
    size = len(grid)
    width = max(math.sqrt(1 - persistence**2), 0.6 * (grid[1] - grid[0]))
    table = np.empty((size, size))
    for at in range(size):
        total = 0.0
        for to in range(size):
            table[at, to] = math.exp(-0.5 * ((grid[to] - persistence * grid[at]) / width) ** 2)
            total += table[at, to]
        for to in range(size):
            table[at, to] /= total
    return table


@compiled
def posterior(
    point: Floats,
    mean: Floats,
    spread: Floats,
    k: Floats,
    n: Floats,
    x: Floats,
    grid: Floats,
    first: Floats,
    belief: Floats,
) -> float:
    """Logarithm of prior times likelihood at log p, log q, log σ, logit φ and log θ."""
    away = 0.0
    for at in range(len(point)):
        off = (point[at] - mean[at]) / spread[at]
        if not abs(off) <= FAR:
            return -math.inf
        away += off * off
    p, q, size, theta = math.exp(point[0]), math.exp(point[1]), math.exp(point[2]), math.exp(point[4])
    table = change(grid, 1 / (1 + math.exp(-point[3])))
    return filtered(k, n, x, p, q, theta, size * grid, table, first, belief) - 0.5 * away


@compiled
def walk(
    at: Floats,
    mean: Floats,
    spread: Floats,
    k: Floats,
    n: Floats,
    x: Floats,
    grid: Floats,
    first: Floats,
    belief: Floats,
    centre: Floats,
    shape: Floats,
    leaps: bool,
    normal: Floats,
    stretch: Floats,
    chance: Floats,
    visited: Floats,
) -> None:
    """Metropolis steps from ``at`` into ``visited`` [S, D]; with ``leaps`` every other one goes anywhere.

    A leap is drawn from a t distribution around ``centre`` with ``shape`` (a Cholesky factor); ``normal`` [S, D],
    ``stretch`` [S] (χ² of FREEDOM) and ``chance`` [S] are the random numbers.
    """
    size = len(at)
    back = np.linalg.inv(shape)
    now = posterior(at, mean, spread, k, n, x, grid, first, belief)
    for step in range(len(chance)):
        tilt = 0.0
        if leaps and step % 2 == 0:
            proposed = centre + (shape @ normal[step]) * math.sqrt(FREEDOM / stretch[step])
            here, there = back @ (at - centre), back @ (proposed - centre)
            tilt = 0.5 * (FREEDOM + size) * math.log((FREEDOM + there @ there) / (FREEDOM + here @ here))
        else:
            proposed = at + 2.38 / math.sqrt(size) * (shape @ normal[step])
        value = posterior(proposed, mean, spread, k, n, x, grid, first, belief)
        if math.log(chance[step]) < value - now + tilt:
            at, now = proposed, value
        visited[step] = at
