"""The route to a plan with a proven bound: relax, round, improve, then branch and bound while there is time."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

import numpy as np

from tiaokuai.graph.errors import ServiceError
from tiaokuai.planning.plan_branch import Tree
from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_instance import Instance
from tiaokuai.planning.plan_lagrange import Lagrangian
from tiaokuai.planning.plan_lines import LineSolver, Valued, allowed
from tiaokuai.planning.plan_model import Columns, Linear, linear
from tiaokuai.planning.plan_naive import apart, by_hand
from tiaokuai.planning.plan_search import best_rounded, improved
from tiaokuai.planning.plan_solver import Solved, Solver

PATIENCE = 2.0  # seconds after which a plan within the gap is good enough; before, the best is looked for
APART = 40_000  # columns of lines up to which blocks are told apart
LARGE = 40_000  # columns of foundings from which prices take the place of the linear relaxation
SMALL = 60  # columns of foundings up to which one search is enough
BRANCH = 15_000  # columns of foundings up to which branch and bound is tried
RELAX, PRICES = 0.5, 0.7  # of the time for the relaxation, for moving prices


@dataclass(frozen=True)
class Found:
    """The best choice, none where nothing can be; ``bound`` holds for every plan; ``impossible``: proven so."""

    model: Linear
    best: Valued | None
    bound: float
    impossible: bool = False
    named: Columns | None = None  # of the best choice, where they are not the model's

    @property
    def columns(self) -> Columns:
        """What the lines of the best choice are about."""
        return self.named or self.model.columns


def solve(it: Instance, clock: Clock) -> Found:
    """The best plan that the clock allows."""
    clock.tell(bound=float(it.weights.sum() * (it.counts @ it.gains).sum()))  # as if all were open from the first day
    found = _search(it, clock)
    if found.best is None or (it.weights > 0).all() or not len(it.gains):
        return found
    if found.named is not None:
        return found
    return replace(found, best=LineSolver(found.model).sooner(found.best))


def _search(it: Instance, clock: Clock) -> Found:
    model = linear(it, apart=it.blocks * len(it.gains) * it.periods <= APART)
    if hopeless(it) or (not len(it.gains) and (it.need > 0).any()):
        return Found(model, None, -np.inf, True)
    y = None
    if model.columns.lines <= LARGE:
        relaxed = Solver(model).solve(clock.left * RELAX, clock=clock)
        if relaxed.status == "infeasible":
            return Found(model, None, -np.inf, True)
        if relaxed.status == "optimal":
            clock.tell(bound=relaxed.bound)
            y = relaxed.x[: model.columns.lines].reshape(-1, it.periods)
    if y is None:
        prices = Lagrangian(it)
        prices.run(clock, clock.left * PRICES)
        y = prices.y
    lines = LineSolver(model)
    best = best_rounded(it, lines, y, clock)
    if best is not None:
        best = improved(it, lines, best, clock, clock.seconds * 0.2)
    settled = best is not None and clock.bound <= best.value + 0.5
    if not settled and model.columns.lines <= BRANCH and clock.left:
        found = _branch(model, lines, best, clock)
    else:
        found = Found(model, best, clock.bound)
    if found.best is not None and not model.exact:
        return replace(found, best=by_hand(it, found.best.when), named=apart(it))
    return found


def hopeless(it: Instance) -> bool:
    """Whether a wish asks for a founding that no order of foundings can bring."""
    return bool(((it.latest < it.earliest) & ~it.start).any())


def _branch(model: Linear, lines: LineSolver, best: Valued | None, clock: Clock) -> Found:
    """Two searches at once, each with what the other has found: HiGHS with its cuts, and our own on the numbers of
    foundings first."""
    it = model.instance
    solver = Solver(model)
    # Lines are whole by themselves where money is counted in lines (docs/planning.md).
    solver.integral(model.columns.founding if it.even else np.arange(model.columns.size))
    solved: list[Solved] = []
    failed: list[ServiceError | MemoryError] = []

    def run() -> None:
        try:
            solved.append(solver.solve(clock.left, clock=clock, patience=PATIENCE))
        except (
            ServiceError,
            MemoryError,
        ) as error:  # told where it is waited for: from a thread nobody would hear of it
            failed.append(error)
            clock.settled = True
        if solved and solved[0].status in ("optimal", "infeasible"):
            clock.settled = True

    small = model.columns.lines <= SMALL
    if small:
        run()
    else:
        beside = threading.Thread(target=run, daemon=True)
        beside.start()
        tree = Tree(model, lines, best, clock)
        tree.run(PATIENCE)
        best = tree.best
        clock.settled = True
        beside.join()
    if failed:
        raise failed[0]
    found = solved[0]
    if found.status == "infeasible" and best is None:
        return Found(model, None, -np.inf, True)
    if found.status == "optimal":
        clock.tell(bound=found.bound)
    best = _better(model, lines, found, best)
    clock.settled = False
    if best is not None and not clock.proven:
        best = improved(it, lines, best, clock, clock.left)
    return Found(model, best, clock.bound)


def _better(model: Linear, lines: LineSolver, found: Solved, best: Valued | None) -> Valued | None:
    """The better of a solution of the model and the plan there is."""
    if not len(found.x):
        return best
    it = model.instance
    y = np.round(found.x[: model.columns.lines]).reshape(-1, it.periods)
    when = it.periods - y.sum(axis=1).astype(np.int64)
    other = lines.solve(when) if allowed(it, when) else None
    return other if other is not None and (best is None or other.value > best.value) else best
