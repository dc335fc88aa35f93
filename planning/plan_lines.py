"""Given which block is founded when: the best lines, exactly, and what each founding would be worth beside them."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from tiaokuai.planning.plan_instance import CENT, Bools, Floats, Instance, Ints
from tiaokuai.planning.plan_model import Linear
from tiaokuai.planning.plan_solver import Solver


@dataclass(frozen=True)
class Valued:
    """A choice of foundings with its best lines.

    ``when`` [c] period of each candidate's founding from 0 (T: not founded), ``lines`` [h, G, T] cumulative.
    """

    when: Ints
    value: float
    lines: Floats


class LineSolver:
    """The lines part of a model under changing foundings; a vertex of it is whole (docs/planning.md)."""

    def __init__(self, model: Linear) -> None:
        self.model, self.it = model, model.instance
        self.seen: list[tuple[float, Ints]] | None = None  # every value found, where somebody wants to know
        columns = model.columns
        self.first, self.last = columns.lines, columns.foundings
        touched = np.diff(model.rows[:, self.first : self.last].indptr) > 0
        self.rows = np.flatnonzero(touched)
        matrix = model.rows[self.rows]
        lines = matrix[:, self.first : self.last].tocsr()
        self.before, self.behind = matrix[:, : self.first].tocsr(), matrix[:, self.last :].tocsr()
        self.lower, self.upper = model.lower[self.rows], model.upper[self.rows]
        # Money counts in whole lines; where lines cost nothing, `allowed` has looked at it already.
        self.money = np.flatnonzero(np.isin(self.rows, model.named["money"]))
        self.solver = Solver(
            Linear(
                self.it,
                columns,
                model.cost[self.first : self.last],
                model.low[self.first : self.last],
                model.high[self.first : self.last],
                lines,
                self.lower,
                self.upper,
                model.named,
            )
        )
        self.solver.highs.setOptionValue("presolve", "off")

    def founded(self, when: Ints) -> Floats:
        """Y as a vector."""
        return (np.arange(self.it.periods) >= when[:, None]).astype(float).ravel()

    def solve(self, when: Ints) -> Valued | None:
        """The best lines; None where the floors cannot be reached."""
        y = self.founded(when)
        f = y.reshape(-1, self.it.periods).sum(axis=0) if len(when) else np.zeros(self.it.periods)
        shift = self.before @ y + self.behind @ f
        upper, lower = self.upper - shift, self.lower - shift
        if len(self.money):
            price = self.it.cost_line
            upper[self.money] = np.floor(upper[self.money] / price + CENT * 1e3) * price
        if self.first == self.last:
            nothing = np.zeros((self.model.columns.groups, 0, self.it.periods))
            return Valued(when.copy(), 0.0, nothing) if not (self.it.need > 0).any() else None
        count = len(self.rows)
        self.solver.highs.changeRowsBounds(count, np.arange(count, dtype=np.int32), lower, upper)
        self.solver.run()
        if self.solver.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        x = np.array(self.solver.highs.getSolution().col_value)
        whole = np.round(x)
        if len(x) and float(np.abs(x - whole).max()) > 1e-5:
            return None
        columns = self.model.columns
        value = float(self.solver.model.cost @ whole)
        if self.seen is not None:
            self.seen.append((value, when.copy()))
        return Valued(when.copy(), value, whole.reshape(columns.groups, columns.gains, columns.periods))

    def sooner(self, chosen: Valued) -> Valued:
        """The same value with lines opened as soon as they can be, where only the end counts."""
        columns, most = self.model.columns, float(self.it.gains @ self.it.counts.sum(axis=0)) * self.it.periods
        weights = np.where(self.it.weights > 0, max(most, 1.0), 1.0)
        gain = np.broadcast_to(self.it.gains[None, :, None] * weights, (columns.groups, columns.gains, columns.periods))
        every = np.arange(self.last - self.first, dtype=np.int32)
        self.solver.highs.changeColsCost(len(every), every, np.ascontiguousarray(gain, dtype=float).ravel())
        other = self.solve(chosen.when)
        self.solver.highs.changeColsCost(len(every), every, self.model.cost[self.first : self.last])
        return other if other is not None and other.value >= chosen.value else chosen

    def worth(self) -> Floats:
        """After :meth:`solve`: at most what founding each candidate in each period would add, [c, T + 1]; 0 for never.

        The value of the lines is concave in what limits them, so the prices of the limits bound every change.
        """
        if self.first == self.last:
            return np.zeros((len(self.it.candidates), self.it.periods + 1))
        dual = np.array(self.solver.highs.getSolution().row_dual)
        price = -(self.before.T @ dual).reshape(-1, self.it.periods)
        price = price - (self.behind.T @ dual)[None, :]
        return np.concatenate([np.cumsum(price[:, ::-1], axis=1)[:, ::-1], np.zeros((len(price), 1))], axis=1)


def allowed(it: Instance, when: Ints) -> bool:
    """Whether foundings alone keep every rule: money, number, time, and whom they learn from."""
    own, periods = it.candidates, it.periods
    done = when < periods
    if (when[done] + 1 < it.earliest[own[done]]).any() or (when + 1 > it.latest[own]).any():
        return False
    cost = np.bincount(when[done], it.cost_found[own[done]], periods)
    if (np.cumsum(cost) > it.limits).any():
        return False
    if it.max_foundings is not None and done.any() and np.bincount(when[done]).max() > it.max_foundings:
        return False
    return bool(taught(it, when).all())


def taught(it: Instance, when: Ints) -> Bools:
    """Whether each candidate that is founded has a linked block founded before its period, [c]."""
    own = it.candidates
    known = it.free[own] | (when >= it.periods)
    if known.all():
        return known
    since = np.full(it.blocks, it.periods)
    since[it.start] = -1
    since[own] = when
    return known | (soonest(it, since)[own] < when)


def soonest(it: Instance, since: Ints) -> Ints:
    """The first period in which a block linked to each is founded, [B]; T where none is, or without a links table."""
    found = np.full(it.blocks, it.periods)
    some = np.flatnonzero(np.diff(it.first) > 0)
    if len(some):
        found[some] = np.minimum.reduceat(since[it.neighbour], it.first[some])
    return found
