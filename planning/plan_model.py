"""The plan as a linear model for HiGHS: the formulation "age" of docs/planning.md, blocks taken together where nothing
tells them apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from tiaokuai.graph.errors import ServiceError
from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_instance import Floats, Instance, Ints

INFINITE = highspy.kHighsInf


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


@dataclass(frozen=True)
class Solved:
    """What HiGHS found: ``status`` is optimal, feasible (stopped), infeasible or unknown; ``bound`` always holds."""

    status: str
    objective: float
    bound: float
    x: Floats


class _Quiet(highspy.Highs):
    """HiGHS without a word on stdout, which is for the answer alone."""

    def enableCallbacks(self) -> Any:
        # This is where the constructor first speaks.
        self.setOptionValue("output_flag", False)
        base: Any = super()
        return base.enableCallbacks()


def _done(status: Any) -> None:
    if status == highspy.HighsStatus.kError:
        raise _failed("HighsStatus.kError")


def _failed(reason: str) -> ServiceError:
    zh, en = "求解器 HiGHS 出错,没有得出计划", "the solver HiGHS failed; there is no plan"
    return ServiceError("solver_failed", f"{zh}({reason})", f"{en} ({reason})", reason=reason)


class Solver:
    """HiGHS with one model, solved again and again under other bounds."""

    def __init__(self, model: Linear) -> None:
        self.model = model
        kind: Any = _Quiet
        # Whoever used HiGHS before in this thread with another number of threads would make every run of ours fail.
        highspy.Highs.resetThreadScheduler(True)
        self.highs: Any = kind()
        self.highs.setOptionValue("threads", 1)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = model.rows.shape[1], model.rows.shape[0]
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = model.cost, model.low, model.high
        lp.row_lower_, lp.row_upper_ = model.lower, model.upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = model.rows.indptr, model.rows.indices
        lp.a_matrix_.value_ = model.rows.data
        lp.sense_ = highspy.ObjSense.kMaximize
        _done(self.highs.passModel(lp))

    def integral(self, columns: Ints) -> None:
        """Exactly these columns are whole numbers."""
        kinds = np.zeros(self.model.rows.shape[1], dtype=np.uint8)
        kinds[columns] = 1
        self.highs.changeColsIntegrality(len(kinds), np.arange(len(kinds), dtype=np.int32), kinds)

    def bounds(self, columns: Ints, low: Floats, high: Floats) -> None:
        """Other bounds for some columns."""
        self.highs.changeColsBounds(len(columns), columns.astype(np.int32), low.astype(float), high.astype(float))

    def start(self, x: Floats) -> None:
        """A solution to begin with."""
        solution = highspy.HighsSolution()
        solution.col_value = x
        self.highs.setSolution(solution)

    def solve(self, seconds: float, gap: float = 0.0, clock: Clock | None = None, patience: float = 0.0) -> Solved:
        """Solves within so many seconds; the clock hears of plans and bounds, stops it, and after so many seconds of
        ``patience`` a plan within the clock's gap is enough."""
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(seconds, 0.01))
        self.highs.setOptionValue("mip_rel_gap", gap)
        self.highs.setOptionValue("mip_abs_gap", 1e-6 if gap else 0.5)
        watch = _Watch(clock, patience) if clock is not None else None
        if watch is not None:
            self.highs.cbMipInterrupt += watch
            self.highs.cbSimplexInterrupt += watch
        try:
            self.run()
        finally:
            if watch is not None:
                self.highs.cbMipInterrupt -= watch
                self.highs.cbSimplexInterrupt -= watch
        return self._read()

    def run(self) -> None:
        """HiGHS once; ServiceError where it fails, which is never to be taken for "there is no plan"."""
        try:
            status = self.highs.run()
        except RuntimeError as error:
            raise _failed(str(error)) from None
        _done(status)

    def _read(self) -> Solved:
        status, info = self.highs.getModelStatus(), self.highs.getInfo()
        kinds = highspy.HighsModelStatus
        x = np.array(self.highs.getSolution().col_value)
        whole = info.mip_node_count >= 0
        bound = float(info.mip_dual_bound) if whole else float(info.objective_function_value)
        if status == kinds.kInfeasible:
            return Solved("infeasible", -np.inf, -np.inf, np.empty(0))
        if status == kinds.kOptimal:
            return Solved("optimal", float(info.objective_function_value), bound, x)
        feasible = info.primal_solution_status == 2
        return Solved(
            "feasible" if feasible else "unknown",
            float(info.objective_function_value) if feasible else -np.inf,
            bound if whole else np.inf,
            x if feasible else np.empty(0),
        )


class _Watch:
    """Called by HiGHS now and then: passes on what there is, and stops it when that is enough."""

    def __init__(self, clock: Clock, patience: float) -> None:
        self.clock, self.patience, self.told = clock, patience, 0.0

    def __call__(self, event: Any) -> None:
        clock = self.clock
        if event.callback_type == highspy.cb.HighsCallbackType.kCallbackMipInterrupt and clock.spent > self.told + 0.1:
            self.told = clock.spent
            best, bound = event.data_out.mip_primal_bound, event.data_out.mip_dual_bound
            clock.tell(best if abs(best) < INFINITE else None, bound if abs(bound) < INFINITE else None)
        if clock.stopped or clock.settled or (self.patience and clock.spent > self.patience and clock.proven):
            event.data_in.user_interrupt = True
