"""Morris screening and Sobol's indices of the rates, by SALib: points to ask, and what the answers there say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning.rates import NAMES

Floats = NDArray[np.float64]
TRAJECTORIES = 10  # of Morris screening


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


def shares(low: Floats, high: Floats, moving: Sequence[int], answers: Floats) -> dict[str, tuple[float, float]]:
    """First and total index of every rate that varies, nothing where the answer does not move."""
    if not moving or float(np.ptp(answers)) < 1e-12:
        return {}
    from SALib.analyze import sobol

    found = sobol.analyze(problem(low, high, moving), answers, calc_second_order=False, num_resamples=10, seed=1)
    # Estimates of a small share stray below 0.
    first, total = (np.clip(found[name], 0.0, 1.0) for name in ("S1", "ST"))
    return {NAMES[at]: (float(first[i]), float(total[i])) for i, at in enumerate(moving)}
