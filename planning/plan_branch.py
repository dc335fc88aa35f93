"""Branch and bound on the linear model: first on how many are founded by when, then on which."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, field

import numpy as np

from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_instance import Bools, Floats
from tiaokuai.planning.plan_lines import LineSolver, Valued, allowed
from tiaokuai.planning.plan_model import Linear
from tiaokuai.planning.plan_search import improved, lasting, rounded
from tiaokuai.planning.plan_solver import Solver

CLEAR = 1e-6  # nearer to a whole number than this is whole
WHOLE = 0.5
OFTEN = 10  # nodes between two roundings
WIDE = 0.01  # of the best plan: leave of a rounding to be improved


@dataclass(order=True)
class Node:
    """A part of the plans: bounds on columns beside those of the root, and what the LP before says of it."""

    key: tuple[float, int]
    bound: float = field(compare=False)
    changes: dict[int, tuple[float, float]] = field(compare=False)


class Tree:
    """The search; ``best`` is the best plan so far, ``bound`` what no plan can beat."""

    def __init__(self, model: Linear, lines: LineSolver, best: Valued | None, clock: Clock) -> None:
        self.model, self.lines, self.best, self.clock = model, lines, best, clock
        self.it, self.columns = model.instance, model.columns
        self.solver = Solver(model)
        self.low, self.high = model.low.copy(), model.high.copy()
        self.nodes: list[Node] = [Node((-np.inf, 0), np.inf, {})]
        self.number = itertools.count(1)
        self.solved = 0
        self.closed = -np.inf  # bound of what was given up without being settled
        self.tried: set[bytes] = set()

    @property
    def value(self) -> float:
        """Value of the best plan that anybody has found."""
        return max(self.clock.best, self.best.value if self.best is not None else -np.inf)

    @property
    def bound(self) -> float:
        """What no plan can beat."""
        open_ = self.nodes[0].bound if self.nodes else -np.inf
        return max(open_, self.closed, self.value)

    def run(self, patience: float) -> None:
        """Until nothing better can be, time is over, or after ``patience`` the gap is small enough."""
        clock = self.clock
        while self.nodes and clock.left:
            if self.nodes[0].bound < self.value + 1 - CLEAR:
                self.nodes.clear()
                break
            clock.tell(bound=self.bound)
            if clock.proven and clock.spent > patience:
                break
            self._visit(heapq.heappop(self.nodes))
        clock.tell(bound=self.bound)

    def _visit(self, node: Node) -> None:
        low, high = self.low.copy(), self.high.copy()
        for column, (least, most) in node.changes.items():
            low[column], high[column] = max(low[column], least), min(high[column], most)
        if (low > high).any():
            return
        self.solver.bounds(np.arange(len(low)), low, high)
        found = self.solver.solve(max(self.clock.left, 0.01))
        self.solved += 1
        if found.status == "infeasible":
            return
        if found.status != "optimal":
            self.closed = max(self.closed, node.bound)
            return
        bound = min(node.bound, found.objective)
        if bound < self.value + 1 - CLEAR:
            return
        y = found.x[: self.columns.lines].reshape(-1, self.it.periods)
        if not node.changes:
            self._tighten(found.x, found.objective)
        if self.solved % OFTEN == 1 or not self._fractional(found.x).any():
            self._round(y)
        self._split(node, bound, found.x)

    def _fractional(self, x: Floats) -> Bools:
        some = np.concatenate([x[: self.columns.lines], x[self.columns.foundings :]])
        return np.asarray(np.abs(some - np.round(some)) > CLEAR)

    def _split(self, node: Node, bound: float, x: Floats) -> None:
        f = x[self.columns.foundings :]
        away = np.abs(f - np.round(f))
        if away.max(initial=0.0) > CLEAR:
            period = int(np.argmax(away))
            column, at = int(self.columns.f(period)), float(f[period])
        else:
            y = x[: self.columns.lines]
            away = np.abs(y - np.round(y))
            if away.max(initial=0.0) <= CLEAR:
                # Whole: its value has been taken by rounding; lines are whole only where money counts in lines.
                if not self.it.even:
                    self.closed = max(self.closed, bound)
                return
            column = int(np.argmax(away))
            at = float(y[column])
        below, above = np.floor(at), np.ceil(at)
        for least, most in ((-np.inf, below), (above, np.inf)):
            before = node.changes.get(column, (-np.inf, np.inf))
            changes = {**node.changes, column: (max(least, before[0]), min(most, before[1]))}
            heapq.heappush(self.nodes, Node((-bound, next(self.number)), bound, changes))

    def _tighten(self, x: Floats, bound: float) -> None:
        """What cannot be in a better plan, by the root's reduced costs."""
        if self.value == -np.inf:
            return
        dual = np.array(self.solver.highs.getSolution().col_dual)[: self.columns.lines]
        here, room = x[: self.columns.lines], bound - self.value - 1 + CLEAR
        off = (here < CLEAR) & (-dual > room)
        on = (here > 1 - CLEAR) & (dual > room)
        self.high[: self.columns.lines][off] = 0.0
        self.low[: self.columns.lines][on] = 1.0

    def _round(self, y: Floats) -> None:
        when = rounded(self.it, lasting(y), np.floor(y.sum(axis=0) + 0.5).astype(np.int64))
        if when.tobytes() in self.tried or not allowed(self.it, when):
            return
        self.tried.add(when.tobytes())
        found = self.lines.solve(when)
        if found is None:
            return
        if found.value > self.value * (1 - WIDE):
            found = improved(self.it, self.lines, found, self.clock, min(0.3, self.clock.left))
        if self.best is None or found.value > self.best.value:
            self.best = found
            self.clock.tell(best=found.value)
