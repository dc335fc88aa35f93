"""In every plan within 2 % of the best, in some, in none: which foundings are settled, which a matter of taste."""

from __future__ import annotations

import heapq
from dataclasses import replace
from typing import Any

import numpy as np

from tiaokuai.planning.plan import Plan
from tiaokuai.planning.plan_branch import CLEAR, Node, Tree
from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_instance import Bools, Floats, Instance, Ints
from tiaokuai.planning.plan_lines import LineSolver
from tiaokuai.planning.plan_model import Linear, linear
from tiaokuai.planning.plan_solve import solve

NEAR = 0.02
SURVEY = 0.5  # of the time for the survey of all plans, the rest for one founding after another
ONE = 1.0  # seconds for one founding


class Survey(Tree):
    """All plans of at least a value, as far as numbers of foundings tell them apart.

    ``most`` [c, T + 1] bounds the plans that found a block in a period (the last column: never).
    """

    def __init__(self, model: Linear, lines: LineSolver, clock: Clock, least: float) -> None:
        super().__init__(model, lines, None, clock)
        self.least = least
        count, periods = len(self.it.candidates), self.it.periods
        self.most: Floats = np.full((count, periods + 1), -np.inf)
        steps = np.arange(periods)
        self.patterns = (steps[None, :] >= np.arange(periods + 1)[:, None]).astype(float)  # [T + 1, T]

    def survey(self) -> bool:
        """Whether everything was seen in time."""
        while self.nodes and self.clock.left:
            self._visit(heapq.heappop(self.nodes))
        for node in self.nodes:
            self.most = np.maximum(self.most, node.bound)
        return not self.nodes

    def _visit(self, node: Node) -> None:
        low, high = self.low.copy(), self.high.copy()
        for column, (below, above) in node.changes.items():
            low[column], high[column] = max(low[column], below), min(high[column], above)
        if (low > high).any() or node.bound < self.least:
            return
        self.solver.bounds(np.arange(len(low)), low, high)
        found = self.solver.solve(max(self.clock.left, 0.01))
        if found.status == "infeasible":
            return
        if found.status != "optimal":
            self.most = np.maximum(self.most, node.bound)
            return
        bound = min(node.bound, found.objective)
        if bound < self.least:
            return
        f = found.x[self.columns.foundings :]
        if np.abs(f - np.round(f)).max(initial=0.0) > CLEAR:
            self._split(node, bound, found.x)
            return
        y = found.x[: self.columns.lines].reshape(-1, self.it.periods)
        dual = np.array(self.solver.highs.getSolution().col_dual)[: self.columns.lines].reshape(y.shape)
        # Reduced costs: any plan here is worth at most the bound plus what its own Y moves away from this one.
        here = bound + dual @ self.patterns.T - (dual * y).sum(axis=1, keepdims=True)
        self.most = np.maximum(self.most, np.minimum(here, bound))
        self._round(y)


def always(made: Plan, seconds: float = 20.0, near: float = NEAR) -> dict[str, Any]:
    """Per block and period ``every``, ``some``, ``none``, or ``open`` where time did not tell.

    ``{near, complete, rows: [{block, periods: [T words], founded: word}]}``; ``founded`` is for any period at all.
    """
    q, it = made.question, made.question.instance()
    document = made.document()
    if document["objective"] is None:
        return {"near": near, "complete": True, "rows": []}
    # Near is near to the plan that was made; its gap says how much better the best could be.
    least = (1 - near) * document["objective"]
    model = linear(it)
    lines = LineSolver(model)
    lines.seen = []
    clock = Clock(seconds * SURVEY, 0.0)
    survey = Survey(model, lines, clock, least)
    survey.survey()
    if made.found.best is not None:
        lines.seen.append((float(document["objective"]), made.found.best.when))
    some = _some(it, lines, least)
    possible = survey.most >= least
    _one_by_one(it, some, possible, least, Clock(seconds, 0.0), clock.spent)
    names = [q.base.snapshot.block_ids[at] for at in it.candidates.tolist()]
    rows = []
    for place, name in enumerate(names):
        words = [_word(some[place], possible[place], period) for period in range(it.periods)]
        rows.append({"block": name, "periods": words, "founded": _founded(some[place], possible[place])})
    complete = all(word != "open" for row in rows for word in row["periods"])
    return {"near": near, "complete": complete, "rows": rows}


def _some(it: Instance, lines: LineSolver, least: float) -> Bools:
    """What the plans that were seen do, [c, T + 1]."""
    some = np.zeros((len(it.candidates), it.periods + 1), dtype=bool)
    for value, when in lines.seen or ():
        if value >= least:
            some[np.arange(len(when)), when] = True
    return some


def _one_by_one(it: Instance, some: Bools, possible: Bools, least: float, clock: Clock, spent: float) -> None:
    """Forces each founding that is neither seen nor excluded, while there is time."""
    clock.begun -= spent
    for place, period in np.argwhere(possible & ~some).tolist():
        if not clock.left:
            return
        own = int(it.candidates[place])
        early, late = it.earliest.copy(), it.latest.copy()
        if period < it.periods:
            early[own], late[own] = max(early[own], period + 1), min(late[own], period + 1)
        else:
            early[own] = it.periods + 1
        one = Clock(min(ONE, clock.left), 0.0)
        found = solve(replace(it, earliest=early, latest=late), one)
        if found.best is not None and found.best.value >= least:
            when = np.full(it.blocks, it.periods)
            when[found.columns.candidates] = found.best.when
            _mark(it, some, when)
        elif found.impossible or found.bound < least:
            possible[place, period] = False


def _mark(it: Instance, some: Bools, when: Ints) -> None:
    some[np.arange(len(it.candidates)), when[it.candidates]] = True


def _word(some: Bools, possible: Bools, period: int) -> str:
    if not possible[period]:
        return "none"
    others = np.delete(possible, period)
    if not others.any():
        return "every"
    return "some" if some[period] else "open"


def _founded(some: Bools, possible: Bools) -> str:
    if not possible[:-1].any():
        return "none"
    if not possible[-1]:
        return "every"
    return "some" if some[:-1].any() else "open"
