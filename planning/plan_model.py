"""The plan as a linear model for HiGHS: the formulation "age" of docs/planning.md, blocks taken together where nothing
tells them apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from tiaokuai.planning.plan_instance import Floats, Instance, Ints

INFINITE = np.inf  # as HiGHS has it


@dataclass(frozen=True)
class Columns:
    """Where the variables stand: Y[c, t] (founded by t), n[h, g, t] (cumulative lines), F[t] (cumulative foundings).

    ``group`` [B] is the group h of each block: those that nothing tells apart share group 0, the others have their own.
    """

    candidates: Ints
    periods: int
    gains: int
    groups: int
    group: Ints

    @property
    def lines(self) -> int:
        """First column of n."""
        return len(self.candidates) * self.periods

    @property
    def foundings(self) -> int:
        """First column of F."""
        return self.lines + self.groups * self.gains * self.periods

    @property
    def founding(self) -> Ints:
        """The columns of Y and F."""
        return np.concatenate([np.arange(self.lines), np.arange(self.foundings, self.size)])

    @property
    def size(self) -> int:
        """Number of columns."""
        return self.foundings + self.periods

    def y(self, candidate: Any, period: Any) -> Any:
        """Columns of Y; candidate by place among the candidates, period from 0."""
        return candidate * self.periods + period

    def n(self, group: Any, gain: Any, period: Any) -> Any:
        """Columns of n."""
        return self.lines + (group * self.gains + gain) * self.periods + period

    def f(self, period: Any) -> Any:
        """Columns of F."""
        return self.foundings + period


class Rows:
    """Gathers the rows of a matrix, many at a time."""

    def __init__(self) -> None:
        self.entries: list[tuple[Ints, Ints, Floats]] = []
        self.lower: list[Floats] = []
        self.upper: list[Floats] = []
        self.count = 0

    def add(self, number: int, lower: Any, upper: Any) -> Ints:
        """So many rows with their bounds; returns their numbers."""
        self.lower.append(np.broadcast_to(np.asarray(lower, dtype=float), number))
        self.upper.append(np.broadcast_to(np.asarray(upper, dtype=float), number))
        self.count += number
        return np.arange(self.count - number, self.count)

    def put(self, row: Any, column: Any, value: Any) -> None:
        """Entries; the arrays are broadcast against each other."""
        rows, columns, values = np.broadcast_arrays(row, column, np.asarray(value, dtype=float))
        some = values != 0
        self.entries.append((rows[some].ravel(), columns[some].ravel(), values[some].ravel()))

    def matrix(self, columns: int) -> sparse.csr_matrix:
        """All rows together."""
        parts = [np.concatenate(part) for part in zip(*self.entries, strict=True)]
        return sparse.csr_matrix((parts[2], (parts[0], parts[1])), shape=(self.count, columns))


@dataclass(frozen=True)
class Linear:
    """max ``cost``·x subject to lower ≤ Ax ≤ upper and bounds on x; ``columns`` says what the x are."""

    instance: Instance
    columns: Columns
    cost: Floats
    low: Floats
    high: Floats
    rows: sparse.csr_matrix
    lower: Floats
    upper: Floats
    named: Mapping[str, Ints]  # rows of money, max_foundings, max_lines (by period) and of the floors

    @cached_property
    def exact(self) -> bool:
        """Whether an integral Y makes a plan: blocks limited one by one must stand one by one."""
        return self.instance.max_lines_per_block is None or self.columns.groups >= self.instance.blocks


def linear(it: Instance, apart: bool = True) -> Linear:
    """The model of an instance; ``apart=False`` takes all blocks without a floor together, as a bound alone."""
    columns = _columns(it, apart)
    rows = Rows()
    _availability(it, columns, rows)
    named = _growth(it, columns, rows)
    _precedence(it, columns, rows)
    named |= _money(it, columns, rows)
    cost = np.zeros(columns.size)
    h, g, t = np.ogrid[: columns.groups, : columns.gains, : it.periods]
    cost[columns.n(h, g, t)] = it.gains[g] * it.weights[t]
    low, high = np.zeros(columns.size), np.full(columns.size, INFINITE)
    own, period = np.ogrid[: len(it.candidates), : it.periods]
    high[columns.y(own, period)] = period + 1 >= it.earliest[it.candidates][:, None]
    low[columns.y(own, period)] = np.minimum(period + 1 >= it.latest[it.candidates][:, None], 1)
    matrix = rows.matrix(columns.size)
    return Linear(it, columns, cost, low, high, matrix, np.concatenate(rows.lower), np.concatenate(rows.upper), named)


def _columns(it: Instance, apart: bool) -> Columns:
    alone = it.need > 0
    if it.max_lines_per_block is not None and apart:
        alone = np.ones(it.blocks, dtype=bool)
    together = int(not alone.all())
    group = np.where(alone, np.cumsum(alone) - 1 + together, 0)
    return Columns(it.candidates, it.periods, len(it.gains), int(alone.sum()) + together, group.astype(np.int64))


def _availability(it: Instance, columns: Columns, rows: Rows) -> None:
    """n[h, g, t] ≤ Σ_b Σ_{τ ≤ t} (C^{t−τ+1} − C^{t−τ})[b, g]·Y[b, τ]."""
    periods, gains = it.periods, len(it.gains)
    upper = np.zeros((columns.groups, gains, periods))
    ready = np.flatnonzero(it.start)
    for period in range(periods):
        np.add.at(upper[:, :, period], columns.group[ready], it.by_age[period + 1, ready])
    number = rows.add(upper.size, -INFINITE, upper.ravel()).reshape(upper.shape)
    h, g, t = np.ogrid[: columns.groups, :gains, :periods]
    rows.put(number, columns.n(h, g, t), 1.0)
    fresh = np.diff(it.by_age[:, it.candidates], axis=0)  # [T, c, G]
    own = np.arange(len(it.candidates))[:, None]
    gain = np.arange(gains)[None, :]
    for period in range(periods):
        for since in range(period + 1):
            if fresh[period - since].any():
                row = number[columns.group[it.candidates][:, None], gain, period]
                rows.put(row, columns.y(own, since), -fresh[period - since])


def _growth(it: Instance, columns: Columns, rows: Rows) -> dict[str, Ints]:
    """Nothing is undone, and no block or period opens more lines than it may."""
    periods, gains = it.periods, len(it.gains)
    own = np.arange(len(it.candidates))[:, None]
    t = np.arange(1, periods)
    number = rows.add(len(own) * (periods - 1), 0.0, INFINITE).reshape(len(own), periods - 1)
    rows.put(number, columns.y(own, t), 1.0)
    rows.put(number, columns.y(own, t - 1), -1.0)
    h, g = np.arange(columns.groups)[:, None, None], np.arange(gains)[None, :, None]
    kept = rows.add(columns.groups * gains * (periods - 1), 0.0, INFINITE).reshape(columns.groups, gains, periods - 1)
    rows.put(kept, columns.n(h, g, t), 1.0)
    rows.put(kept, columns.n(h, g, t - 1), -1.0)
    every, named = np.arange(periods), dict[str, Ints]()
    if it.max_lines is not None:
        number = named["max_lines"] = rows.add(periods, -INFINITE, it.max_lines)
        rows.put(number, columns.n(h, g, every), 1.0)
        rows.put(number[1:], columns.n(h, g, t - 1), -1.0)
    if it.max_lines_per_block is not None and columns.groups >= it.blocks:
        _one_by_one(it, columns, rows, it.max_lines_per_block)
    floor = np.flatnonzero(it.need > 0)
    number = named["floors"] = rows.add(len(floor), it.need[floor], INFINITE)
    rows.put(number[:, None], columns.n(columns.group[floor][:, None], np.arange(gains), periods - 1), 1.0)
    return named


def _one_by_one(it: Instance, columns: Columns, rows: Rows, cap: int) -> None:
    """N[b, t] − N[b, t−1] ≤ cap·Y[b, t]."""
    every, gain = np.arange(it.periods), np.arange(len(it.gains))
    block = np.arange(it.blocks)
    number = rows.add(it.blocks * it.periods, -INFINITE, np.repeat(np.where(it.start, cap, 0), it.periods))
    number = number.reshape(it.blocks, it.periods)
    group = columns.group[block][:, None, None]
    rows.put(number[:, None, :], columns.n(group, gain[:, None], every), 1.0)
    rows.put(number[:, None, 1:], columns.n(group, gain[:, None], every[:-1]), -1.0)
    rows.put(number[it.candidates], columns.y(np.arange(len(it.candidates))[:, None], every), -float(cap))


def _precedence(it: Instance, columns: Columns, rows: Rows) -> None:
    """Y[b, t] ≤ Σ_{j linked b} Y[j, t−1] where no neighbour is founded at the start."""
    bound = np.flatnonzero(~it.free[it.candidates])
    if not len(bound):
        return
    place = np.full(it.blocks, -1)
    place[it.candidates] = np.arange(len(it.candidates))
    t = np.arange(1, it.periods)
    number = rows.add(len(bound) * len(t), -INFINITE, 0.0).reshape(len(bound), len(t))
    rows.put(number, columns.y(bound[:, None], t), 1.0)
    blocks = it.candidates[bound]
    degree = it.first[blocks + 1] - it.first[blocks]
    row = np.repeat(np.arange(len(bound)), degree)
    at = np.repeat(it.first[blocks] - (np.cumsum(degree) - degree), degree) + np.arange(len(row))
    other = place[it.neighbour[at]]
    row, other = row[other >= 0], other[other >= 0]
    rows.put(number[row], columns.y(other[:, None], t - 1), -1.0)


def _money(it: Instance, columns: Columns, rows: Rows) -> dict[str, Ints]:
    """F[t] = Σ_b Y[b, t]; foundings and lines cost no more than there is."""
    every = np.arange(it.periods)
    own = np.arange(len(it.candidates))[:, None]
    number = rows.add(it.periods, 0.0, 0.0)
    rows.put(number, columns.f(every), 1.0)
    rows.put(number, columns.y(own, every), -1.0)
    money = rows.add(it.periods, -INFINITE, it.limits)
    h, g = np.arange(columns.groups)[:, None, None], np.arange(len(it.gains))[None, :, None]
    rows.put(money, columns.n(h, g, every), it.cost_line)
    price = it.cost_found[it.candidates]
    if len(price) and (price == price[0]).all():
        rows.put(money, columns.f(every), price[0])
    else:
        rows.put(money, columns.y(own, every), price[:, None])
    if it.max_foundings is not None:
        number = rows.add(it.periods, -INFINITE, it.max_foundings)
        rows.put(number, columns.f(every), 1.0)
        rows.put(number[1:], columns.f(every[1:] - 1), -1.0)
        return {"money": money, "max_foundings": number}
    return {"money": money}
