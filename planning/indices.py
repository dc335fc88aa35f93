"""Morris screening and Sobol's indices of the rates, by SALib: points to ask, and what the answers there say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from warnings import catch_warnings

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning.rates import NAMES

Floats = NDArray[np.float64]
TRAJECTORIES = 10  # of Morris screening
RESAMPLES = 200  # behind an index's sampling error


def problem(low: Floats, high: Floats, moving: Sequence[int]) -> dict[str, Any]:
    """The rates that vary, as SALib names them."""
    bounds = [[float(low[at]), float(high[at])] for at in moving]
    return {"num_vars": len(moving), "names": [NAMES[at] for at in moving], "bounds": bounds}


def sample(low: Floats, high: Floats, samples: int, seed: int) -> tuple[Floats, Floats]:
    """Points of Morris's trajectories and of Saltelli's scheme, every rate in its place."""
    from SALib.sample import morris, sobol

    moving = [at for at in range(len(low)) if high[at] > low[at]]
    if not moving:
        return np.empty((0, len(low))), np.empty((0, len(low)))
    bounds = problem(low, high, moving)

    def whole(points: Floats) -> Floats:
        made = np.repeat(low[None], len(points), axis=0)
        made[:, moving] = points
        return made

    trajectories = morris.sample(bounds, TRAJECTORIES, seed=seed)
    scheme = sobol.sample(bounds, samples, calc_second_order=False, seed=seed)
    return whole(trajectories), whole(scheme)


def screen(
    low: Floats, high: Floats, moving: Sequence[int], points: Floats, answers: Floats
) -> dict[str, tuple[float, float]]:
    """μ* and σ of every rate that varies."""
    if not moving:
        return {}
    from SALib.analyze import morris

    found = morris.analyze(problem(low, high, moving), points[:, moving], answers, num_resamples=10, seed=1)
    return {NAMES[at]: (float(found["mu_star"][i]), float(found["sigma"][i])) for i, at in enumerate(moving)}


@dataclass(frozen=True)
class Share:
    """What part of the answer's spread a rate explains alone and in all, and 1.96 standard errors of both."""

    first: float
    total: float
    first_error: float
    total_error: float


def shares(low: Floats, high: Floats, moving: Sequence[int], answers: Floats) -> dict[str, Share]:
    """First and total index of every rate that varies, nothing where the answer does not move."""
    if not moving or float(np.ptp(answers)) < 1e-12:
        return {}
    from SALib.analyze.sobol import separate_output_values

    size = len(moving)
    samples = len(answers) // (size + 2)
    a, b, mixed, _ = separate_output_values((answers - answers.mean()) / answers.std(), size, samples, False)
    again = np.random.default_rng(1).integers(samples, size=(RESAMPLES, samples))
    errors = 1.96 * np.std([_indices(a[at], b[at], mixed[at]) for at in again], axis=0)
    first, total = _indices(a, b, mixed)
    return {
        NAMES[at]: Share(float(first[i]), float(total[i]), float(errors[0, i]), float(errors[1, i]))
        for i, at in enumerate(moving)
    }


def _indices(a: Floats, b: Floats, mixed: Floats) -> Floats:
    """SALib's estimates, [first and total, rates], held to what indices can be.

    What a rate explains alone is no more than what it explains in all, and no less than what the total indices of the
    others leave of the whole; all of them alone together are at most the whole. Total indices need far fewer samples.
    """
    from SALib.analyze.sobol import first_order, total_order

    with catch_warnings(action="ignore"):  # of samples drawn again that happen to be all alike
        estimate = [[float(of(a, column, b)) for column in mixed.T] for of in (first_order, total_order)]
    total = np.clip(estimate[1], 0.0, 1.0)
    least = np.minimum(np.maximum(0.0, 1.0 - (total.sum() - total)), total)
    first = np.clip(estimate[0], least, total)
    return np.array([first / max(1.0, first.sum()), total])
