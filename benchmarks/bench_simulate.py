"""How fast the simulation is, beside Mesa 3, vectorised NumPy and NDlib, and how far the mean field is off.

    python benchmarks/bench_simulate.py [--large]

Prints Markdown tables. Times are the best of some repetitions; --large adds a million enterprises.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.simulated import DAY, mesa_run, ndlib_run, network
from tests import literal
from tiaokuai.graph import Network
from tiaokuai.planning.mean_field import outcome
from tiaokuai.planning.months import month_number
from tiaokuai.planning.rates import Rates
from tiaokuai.planning.running import cores, run_threads
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.schedule import Schedule, schedule
from tiaokuai.planning.simulate import simulate
from tiaokuai.planning.state import start_state

MONTHS = 60


def best(repeat: int, work: Callable[[], object]) -> float:
    """Seconds of the quickest repetition."""
    times = []
    for _ in range(repeat):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def ready(net: Network, months: int = MONTHS, rates: Rates | None = None) -> Schedule:
    return schedule(start_state(net.as_of(DAY)), Scenario("baseline"), month_number(DAY), [rates or Rates()], months)


def engine(
    net: Network, runs: int, workers: int, repeat: int = 5, months: int = MONTHS, rates: Rates | None = None
) -> float:
    """Nanoseconds an enterprise-month."""
    plan = ready(net, months, rates)
    seconds = best(repeat, lambda: run_threads([plan], 1, 0, runs, workers, None))
    return 1e9 * seconds / (runs * months * len(plan.world.staff))


def speed() -> None:
    quiet, idle, mixed = network(20, 1000, 0.0, 0.0), network(20, 1000, 0.0), network(20, 1000, 0.33)
    engine(mixed, 10, 1, 1)  # compile
    print("| engine, 1,000 enterprises × 60 months | ns an enterprise-month | mixed district: times slower |")
    print("| --- | --- | --- |")
    for name, net in (("nothing founded at the start", quiet), ("half the blocks founded, no line yet", idle)):
        print(f"| tiaokuai, {cores()} cores, {name} | {engine(net, 1000, cores()):.1f} | |")
    ours = engine(mixed, 1000, cores())
    print(f"| tiaokuai, {cores()} cores, a third of the enterprises with lines (mixed) | {ours:.1f} | 1 |")
    one = engine(mixed, 500, 1)
    print(f"| tiaokuai, 1 core, mixed | {one:.1f} | {one / ours:.1f} |")
    runs = 10
    seconds = best(3, lambda: literal.simulate(mixed, DAY, Rates(), MONTHS, runs, 1))
    peer(f"vectorised NumPy {np.__version__}, mixed", 1e9 * seconds / (runs * MONTHS * 1000), ours)
    seconds = best(2, lambda: mesa_run(mixed, Rates(), MONTHS, 1))
    import mesa

    peer(f"Mesa {mesa.__version__}, mixed", 1e9 * seconds / (MONTHS * 1000), ours)
    seconds = best(2, lambda: ndlib_run(20, 1000, 0.01, MONTHS, 1))
    spread = engine(idle, 1000, cores(), rates=Rates(start=0.01, imitation=0.4, backbone_turnover=0.0, development=0.0))
    from importlib.metadata import version

    peer(
        f"NDlib {version('ndlib')}, independent cascade; tiaokuai's spread by imitation: {spread:.1f}",
        1e9 * seconds / (MONTHS * 1000),
        spread,
    )


def peer(name: str, nanoseconds: float, ours: float) -> None:
    print(f"| {name} | {nanoseconds:,.0f} | {nanoseconds / ours:,.0f} |")


def command() -> None:
    """Wall time of the whole command, start-up included, and of its first run, which compiles."""
    with tempfile.TemporaryDirectory() as folder:
        net = network(20, 1000, 0.33)
        for name, table in net.tables.items():
            if len(table):
                table.write_csv(Path(folder, f"{name}.csv"))
        arguments = [
            sys.executable,
            "-m",
            "tiaokuai",
            "simulate",
            folder,
            "--start",
            "2027-01",
            "--months",
            "60",
            "--runs",
            "1000",
        ]
        cold = dict(os.environ, NUMBA_CACHE_DIR=str(Path(folder, "compiled")))

        def run(environment: dict[str, str]) -> None:
            subprocess.run([*arguments, "--json"], check=True, stdout=subprocess.DEVNULL, env=environment)

        first = best(1, lambda: run(cold))
        seconds = best(5, lambda: run(cold))
    print()
    print("| `tiaokuai simulate`, 1,000 enterprises × 60 months × 1,000 runs | seconds |")
    print("| --- | --- |")
    print(f"| the command, start-up and reading included | {seconds:.2f} |")
    print(f"| the very first time on a machine, compiling | {first:.1f} |")


def mean_field() -> None:
    """Error of the expectations against the mean of many runs, by size."""
    print()
    print("| mean field against 1,000 runs, 36 months | coverage, worst month | line share | founded share | ms |")
    print("| --- | --- | --- | --- | --- |")
    for blocks, enterprises in ((2, 20), (5, 100), (20, 1000), (100, 5000)):
        for lined in (0.0, 0.33):
            net = network(blocks, enterprises, lined)
            runs = simulate(net, months=36, runs=1000, start="2027-01").outcomes[0]
            field = simulate(net, months=36, start="2027-01", engine="mean-field", check=0).outcomes[0]
            away = [
                100 * np.abs(runs.runs_of(metric).mean(axis=0) - field.runs_of(metric)[0]).max()
                for metric in ("coverage", "line_share", "founded_share")
            ]
            plan = ready(net, 36)
            milliseconds = 1000 * best(5, lambda plan=plan: outcome(plan))
            errors = " | ".join(f"{each:.2f} points" for each in away)
            print(f"| {enterprises:,} in {blocks} blocks, {100 * lined:.0f} % lined | {errors} | {milliseconds:.1f} |")


def large() -> None:
    """A million enterprises."""
    net = network(10_000, 1_000_000, 0.33)
    plan = ready(net)
    seconds = best(1, lambda: run_threads([plan], 1, 0, 100, cores(), None))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print()
    print(f"1,000,000 enterprises × 60 months × 100 runs: {seconds:.0f} s, {memory:.1f} GB at most")


if __name__ == "__main__":
    speed()
    mean_field()
    if "--large" in sys.argv:
        large()
    command()
