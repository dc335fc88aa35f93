"""The likelihood of a history whose rates drift together, compiled (drift.py says what the model is)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning.compiled import compiled

Floats = NDArray[np.float64]
NEVER = 1e-300


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
    belief: Floats,
) -> float:
    """Log-likelihood of the months; ``belief`` [G] comes in as the chances of each level before the first month and
    goes out as those after the last.

    ``k`` of ``n`` [M, B] enterprises started a line, with hazards (p x₀ + q x₁) e^(θ x₂ + u); ``x`` [M, B, 3] is f, f s
    and log(1 − s), θ ``frailty``; ``level`` [G] the values of u, ``change`` [G, G] how they follow each
    other. (The forward algorithm of a hidden Markov chain, Rabiner 1989, *Proceedings of the IEEE* 77(2).)
    """
    months, blocks = k.shape
    size = len(level)
    factor = np.exp(level)
    fit, after = np.empty(size), np.empty(size)
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
            belief[at] *= math.exp(fit[at] - top)
            mass += belief[at]
        if mass <= 0.0:
            return -math.inf
        total += math.log(mass) + top
        after[:] = 0.0
        for at in range(size):
            for to in range(size):
                after[to] += belief[at] / mass * change[at, to]
        for at in range(size):
            belief[at] = after[at] if month < months - 1 else belief[at] / mass
    return total
