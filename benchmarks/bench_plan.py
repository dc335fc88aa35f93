"""How near to the best plan in how many seconds, beside the direct model in HiGHS and spopt's MCLP.

python benchmarks/bench_plan.py [small] [large] [mclp]
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from dataclasses import replace

import numpy as np

from benchmarks.planned import network
from tiaokuai.planning.intervention import Costs
from tiaokuai.planning.plan import plan
from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_model import linear
from tiaokuai.planning.plan_question import Question, question
from tiaokuai.planning.plan_solve import solve
from tiaokuai.planning.plan_solver import Solver

SECONDS, GAP = 10.0, 0.01
START = 2027 * 12
SMALL = ((20, 8, 60, 50), (40, 10, 50, 23), (60, 10, 60, 25), (100, 12, 80, 20), (200, 12, 100, 40))
SEEDS = (1, 2)
LARGE = ((4_000, 30), (20_000, 100))  # lines' worth of money a period, lines' worth of a founding


def asked(blocks: int, periods: int, lines: int, founding: int, seed: int, objective: str) -> Question:
    """An instance of planning.md's kind: 22 enterprises a block, money for ``lines`` lines a period."""
    day = network(blocks, 22 * blocks, seed).as_of("2027-01-01")
    return question(day, 2.0 * lines, periods, 3, objective, START, None, Costs(found=2.0 * founding, line=2.0))


def ours(it_of: Question) -> tuple[float, float, float]:
    """(seconds until the gap was proven or time was over, gap left, value)."""
    clock = Clock(SECONDS, GAP)
    reached: list[float] = []
    tell = clock.tell

    def told(best: float | None = None, bound: float | None = None) -> None:
        tell(best, bound)
        if clock.proven and not reached:
            reached.append(clock.spent)

    clock.tell = told  # type: ignore[method-assign]  # to see when the gap was first proven
    found = solve(it_of.instance(), clock)
    value = found.best.value if found.best is not None else 0.0
    return (reached[0] if reached else clock.spent), found.bound / value - 1, value


def direct(it_of: Question) -> tuple[float, float, float]:
    """The same by the formulation written block by block and given to HiGHS as it is."""
    it = it_of.instance()
    # A limit that never binds keeps every block for itself, as one would write the model down.
    model = linear(replace(it, max_lines_per_block=10**6))
    solver = Solver(model)
    solver.integral(model.columns.founding)
    begun = time.perf_counter()
    found = solver.solve(SECONDS, GAP)
    return (
        time.perf_counter() - begun,
        found.bound / found.objective - 1 if found.objective > 0 else np.inf,
        found.objective,
    )


def cell(seconds: float, gap: float) -> str:
    """Seconds where the gap was proven, else what is left of it."""
    if not np.isfinite(gap):
        return "no plan"
    return f"{seconds:.1f} s" if gap <= GAP + 1e-9 else f"{gap:.1%} left"


def small() -> None:
    """Small and middle-sized instances, both aims."""
    print("| B, T, L, cF, aim | direct model, HiGHS, 10 s | tiaokuai, 10 s |\n| --- | --- | --- |")
    for shape in SMALL:
        for aim in ("sum", "end"):
            rows = [(direct(each), ours(each)) for each in (asked(*shape, seed, aim) for seed in SEEDS)]
            peers = " / ".join(cell(*peer[:2]) for peer, _ in rows)
            mine = " / ".join(cell(*own[:2]) for _, own in rows)
            print(f"| {', '.join(map(str, shape))}, {aim} | {peers} | {mine} |", flush=True)


def large() -> None:
    """10,000 blocks, 1,000,000 enterprises, twelve periods, from the data to the checked plan."""
    net = network(10_000, 1_000_000, 1)
    day = net.as_of("2027-01-01")
    print("| L, cF, aim | seconds | of the processor | gap |\n| --- | --- | --- | --- |")
    for lines, founding in LARGE:
        for aim in ("sum", "end"):
            wall, processor = time.perf_counter(), time.process_time()
            made = plan(
                net,
                budget=2.0 * lines,
                periods=12,
                objective=aim,  # type: ignore[arg-type]  # one of the two
                snapshot=day,
                start="2027-01",
                costs=Costs(found=2.0 * founding, line=2.0),
                seconds=SECONDS,
            )
            gap = made.document()["gap"]
            wall, processor = time.perf_counter() - wall, time.process_time() - processor
            print(f"| {lines}, {founding}, {aim} | {wall:.1f} | {processor:.1f} | {gap:.2%} |", flush=True)


def mclp() -> None:
    """One period without foundings is a maximal covering problem: every opening a site that covers its own people."""
    import pulp
    from spopt.locate import MCLP

    net = network(20, 3000, 1)
    day = net.as_of("2027-01-01")
    pilot = int(np.flatnonzero(day.founded)[0])
    wall = time.perf_counter()
    made = plan(net, budget=240.0, periods=1, snapshot=day, start="2027-01", constraints={"max_foundings": 0})
    own = time.perf_counter() - wall
    _, gain = made.question.base.openings(pilot)
    apart = 1.0 - np.eye(len(gain))
    wall = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = MCLP.from_cost_matrix(apart, gain.astype(float), 0.5, p_facilities=120)
        peer = peer.solve(pulp.PULP_CBC_CMD(msg=False))
    other = time.perf_counter() - wall
    covered = round(pulp.value(peer.problem.objective))
    assert covered == made.document()["objective"], (covered, made.document()["objective"])
    print(f"\nspopt MCLP, {len(gain)} openings, 120 lines: {other:.2f} s; tiaokuai {own:.2f} s; both reach {covered}.")


if __name__ == "__main__":
    print(f"load {os.getloadavg()[0]:.1f}\n")
    for name in sys.argv[1:] or ("small", "large", "mclp"):
        {"small": small, "large": large, "mclp": mclp}[name]()
