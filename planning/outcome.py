"""One scenario's runs: series with bands, and when a threshold is reached (model.md §3, outputs)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning.program import METRICS

Floats = NDArray[np.float64]
BANDS = ("p05", "p25", "p50", "p75", "p95")
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def bands(values: Floats) -> dict[str, Floats]:
    """Mean and quantiles over runs, [runs, T] → name → [T]; runs without a value (nan) are left out, nan if all are.

    >>> {name: value.tolist() for name, value in bands(np.array([[1.0], [3.0]])).items()}["mean"]
    [2.0]
    """
    ordered = np.sort(values.T, axis=1)  # nan stands last
    count = np.count_nonzero(~np.isnan(ordered), axis=1)
    total = np.where(np.isnan(ordered), 0.0, ordered).sum(axis=1)
    mean = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
    each = np.arange(len(ordered))
    # A mean of equal numbers is that number: the curve begins exactly at today's figure.
    found = {"mean": np.clip(mean, ordered[:, 0], ordered[each, np.maximum(count - 1, 0)])}
    for name, level in zip(BANDS, LEVELS, strict=True):
        at = level * np.maximum(count - 1, 0)
        below = ordered[each, np.floor(at).astype(int)]
        found[name] = below + (ordered[each, np.ceil(at).astype(int)] - below) * (at % 1)
    return found


def plain(values: Floats) -> list[float | None]:
    """For JSON: nan becomes null."""
    return [None if np.isnan(value) else float(value) for value in values]


@dataclass(frozen=True)
class Outcome:
    """One scenario's runs: ``values`` [runs, months + 1, metrics of program.METRICS], nan where undefined.

    ``enrolled`` [months + 1] corporate members; ``blocks`` [months + 1, B] mean people reached by block.
    ``mean_only`` where an engine gives expectations and no runs.
    """

    name: str
    values: Floats
    enrolled: NDArray[np.int64]
    blocks: Floats
    mean_only: bool = False
    direct: NDArray[np.bool_] | None = None  # blocks that an intervention touches itself, [B]

    def runs_of(self, metric: str) -> Floats:
        """[runs, months + 1] of a metric."""
        if metric == "enrolled":
            return np.broadcast_to(self.enrolled.astype(float), self.values.shape[:2])
        return self.values[:, :, column(metric)]

    @cached_property
    def cost(self) -> float:
        """Mean cost at the end."""
        return float(self.values[:, -1, column("cost")].mean())

    def series(self, metric: str) -> dict[str, list[float | None]]:
        """Mean and bands by month, as in the JSON."""
        found = bands(self.runs_of(metric))
        if self.mean_only:
            nothing: list[float | None] = [None] * len(found["mean"])
            return {"mean": plain(found["mean"]), **{name: list(nothing) for name in BANDS}}
        return {name: plain(values) for name, values in found.items()}

    def time_to(self, metric: str, at_least: float) -> dict[str, Any]:
        """When ``metric`` first reaches a threshold, in months from the start (0: at the start already).

        A quantile is the month by whose end that share of *all* runs has reached it, null where fewer ever do;
        ``never`` is the share of runs that do not within the horizon.
        """
        values = self.runs_of(metric)
        there = values >= at_least - 1e-12
        ever = there.any(axis=1)
        first = np.sort(np.where(ever, there.argmax(axis=1), np.iinfo(np.int64).max))
        row: dict[str, Any] = {"metric": metric, "at_least": at_least}
        for name, level in (("p05", 0.05), ("p50", 0.5), ("p95", 0.95)):
            month = int(first[max(0, int(np.ceil(level * len(first) - 1e-9)) - 1)])
            row[name] = None if month > values.shape[1] or (self.mean_only and name != "p50") else month
        row["never"] = None if self.mean_only else float((~ever).mean())
        return row


def column(metric: str) -> int:
    """Column of a metric; ValueError with the metrics there are."""
    if metric not in METRICS:
        raise ValueError(f"no metric is called {metric!r}; there are {', '.join(METRICS)}")
    return METRICS.index(metric)
