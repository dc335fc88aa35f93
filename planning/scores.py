"""How good a forecast was: continuous ranked probability score, absolute error, share of months inside the band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
EVEN = 1e-12  # a band's edge counts as inside


def crps(runs: Floats, actual: float) -> float:
    """E|X − y| − ½ E|X − X'| of the runs [N] (Gneiting, Raftery 2007, *JASA* 102(477)); |x − y| for a single one.

    >>> crps(np.array([0.0, 1.0]), 0.0)
    0.25
    """
    ordered = np.sort(runs)
    size = len(ordered)
    spread = float(((2 * np.arange(1, size + 1) - size - 1) * ordered).sum()) / size**2
    return float(np.abs(ordered - actual).mean()) - spread


def crps_of_bands(levels: Sequence[float], values: Sequence[float], actual: float) -> float:
    """The same from a few quantiles: twice the mean pinball loss, exact as the levels grow dense.

    >>> crps_of_bands([0.25, 0.5, 0.75], [1.0, 2.0, 3.0], 2.0)
    0.3333333333333333
    """
    at, value = np.asarray(levels), np.asarray(values)
    loss = np.where(actual >= value, at * (actual - value), (1 - at) * (value - actual))
    return 2 * float(loss.mean())


def scores(runs: Floats, actual: Floats) -> dict[str, float | None]:
    """Means over months of ``runs`` [N, T] against ``actual`` [T]; months without a figure are left out.

    ``mae`` is that of the median, ``inside_90`` the share of months within the 5–95 % band.

    >>> scores(np.array([[1.0, 2.0], [3.0, 2.0]]), np.array([2.0, 4.0]))
    {'crps': 1.25, 'mae': 1.0, 'inside_90': 0.5}
    """
    known = ~np.isnan(actual) & ~np.isnan(runs).any(axis=0)
    if not known.any():
        return {"crps": None, "mae": None, "inside_90": None}
    runs, actual = runs[:, known], actual[known]
    low, middle, high = np.quantile(runs, (0.05, 0.5, 0.95), axis=0)
    inside = (low - EVEN <= actual) & (actual <= high + EVEN)
    return {
        "crps": float(np.mean([crps(runs[:, at], float(actual[at])) for at in range(len(actual))])),
        "mae": float(np.abs(middle - actual).mean()),
        "inside_90": float(inside.mean()),
    }


def mean_scores(every: Sequence[Mapping[str, float | None]]) -> dict[str, float | None]:
    """Their mean, those without a figure left out."""
    found: dict[str, float | None] = {}
    for name in ("crps", "mae", "inside_90"):
        known = [value for each in every if (value := each[name]) is not None]
        found[name] = float(np.mean(known)) if known else None
    return found
