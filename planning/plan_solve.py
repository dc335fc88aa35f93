"""The route to a plan with a proven bound: relax, round, improve, then branch and bound while there is time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_instance import Instance
from tiaokuai.planning.plan_lines import LineSolver, Valued, allowed
from tiaokuai.planning.plan_model import Linear, Solver, linear
from tiaokuai.planning.plan_search import best_rounded, improved

PATIENCE = 2.0  # seconds after which a plan within the gap is good enough; before, the best is looked for
APART = 20_000  # columns of lines up to which blocks are told apart
BRANCH = 60_000  # columns of foundings up to which branch and bound is tried


@dataclass(frozen=True)
class Found:
    """The best choice, none where nothing can be; ``bound`` holds for every plan; ``impossible``: proven so."""

    model: Linear
    best: Valued | None
    bound: float
    impossible: bool = False


def solve(it: Instance, clock: Clock) -> Found:
    """The best plan that the clock allows."""
    model = linear(it, apart=it.blocks * len(it.gains) * it.periods <= APART)
    if hopeless(it) or (not len(it.gains) and (it.need > 0).any()):
        return Found(model, None, -np.inf, True)
    solver = Solver(model)
    relaxed = solver.solve(clock.left, clock=clock)
    if relaxed.status == "infeasible":
        return Found(model, None, -np.inf, True)
    clock.tell(bound=relaxed.bound)
    lines = LineSolver(model)
    best = None
    if relaxed.status == "optimal":
        y = relaxed.x[: model.columns.lines].reshape(-1, it.periods)
        best = best_rounded(it, lines, y, clock)
    if best is not None:
        best = improved(it, lines, best, clock, clock.seconds * 0.2)
    if model.columns.lines > BRANCH or (best is not None and clock.bound <= best.value + 0.5):
        return Found(model, best, clock.bound)
    return _branch(model, solver, lines, best, clock)


def hopeless(it: Instance) -> bool:
    """Whether a wish asks for a founding that no order of foundings can bring."""
    return bool(((it.latest < it.earliest) & ~it.start).any())


def _branch(model: Linear, solver: Solver, lines: LineSolver, best: Valued | None, clock: Clock) -> Found:
    """Branch and bound by HiGHS from the plan there is."""
    it, columns = model.instance, model.columns
    # Lines are whole by themselves where money is counted in lines (docs/planning.md).
    solver.integral(columns.founding if it.even else np.arange(columns.size))
    if best is not None:
        y = lines.founded(best.when)
        solver.start(np.concatenate([y, best.lines.ravel(), y.reshape(-1, it.periods).sum(axis=0)]))
    found = solver.solve(clock.left, clock=clock, patience=PATIENCE)
    if found.status == "infeasible":
        return Found(model, best, clock.bound if best else -np.inf, best is None)
    clock.tell(bound=found.bound)
    if len(found.x):
        y = np.round(found.x[: columns.lines]).reshape(-1, it.periods)
        when = it.periods - y.sum(axis=1).astype(np.int64)
        other = lines.solve(when) if allowed(it, when) else None
        if other is not None and (best is None or other.value > best.value):
            best = other
            clock.tell(best=best.value)
    if best is not None and not clock.proven:
        best = improved(it, lines, best, clock, clock.left)
    return Found(model, best, clock.bound)
