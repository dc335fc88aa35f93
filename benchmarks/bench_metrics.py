"""How fast the answers are, beside pandas and networkx on the same work, and what a whole command takes.

    python benchmarks/bench_metrics.py [--large]

Prints Markdown tables. Times are the best of some repetitions; --large takes 1,000,000 enterprises, 10,000,000 members
(4 GB of memory) in place of a tenth of that. Networks are made in memory: reading is measured by bench_loaders.py.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.network_alone import coverage_of_graph
from tiaokuai.graph import Assumptions, Network
from tiaokuai.graph.snapshot import day_number
from tiaokuai.loaders import write
from tiaokuai.loaders.synthetic import generate
from tiaokuai.metrics.documents import (
    coverage_document,
    fragility_document,
    gaps_document,
    history_document,
    influence_document,
    replication_document,
)

WATCHED = """
import sys
from tiaokuai.cli.main import run
run(sys.argv[1:])
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")), file=sys.stderr)
"""
FIRST, DAY = date(2016, 1, 1), date(2026, 1, 1)
DAYS = (DAY - FIRST).days


def best(repeat: int, work: Callable[[], object]) -> float:
    """Seconds of the quickest repetition."""
    times = []
    for _ in range(repeat):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def peak() -> float:
    """Megabytes that this process held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def network(blocks: int, enterprises: int, members: int, backbones: int) -> Network:
    """Members in no order of their enterprises, a fifth of whom have left; the first ``backbones`` of them are such."""
    rng = np.random.default_rng(1)

    def names(letter: str, rows: int) -> pl.Series:
        return pl.select(pl.format(letter + "{}", pl.int_range(rows, eager=True))).to_series()

    def some(of: pl.Series, rows: int) -> pl.Series:
        return of.gather(rng.integers(0, len(of), rows))

    def span(rows: int) -> dict[str, pl.Series]:
        since = rng.integers(0, DAYS, rows)
        until = np.where(rng.random(rows) < 0.2, since + rng.integers(1, 1500, rows), -1)
        start = day_number(FIRST)
        ends = pl.Series(np.where(until < 0, 0, until + start)).cast(pl.Int32)
        return {
            "since": pl.Series(since + start).cast(pl.Int32).cast(pl.Date),
            "until": ends.set(pl.Series(until < 0), None).cast(pl.Date),
        }

    block, enterprise, member = names("B", blocks), names("E", enterprises), names("M", members)
    association = names("A", blocks)
    joined = span(members)
    parents = np.arange(1, blocks)
    tables = {
        "districts": pl.DataFrame({"id": ["D"]}),
        "blocks": pl.DataFrame({"id": block, "district": ["D"] * blocks}).with_columns(
            kind=pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("pilot")).otherwise(pl.lit("mature"))
        ),
        "enterprises": pl.DataFrame(
            {
                "id": enterprise,
                "block": some(block, enterprises),
                "staff": rng.integers(5, 80, enterprises),
                "sector": some(names("S", 20), enterprises),
            }
        ),
        "associations": pl.DataFrame({"id": association, "block": block, "since": [FIRST] * blocks}),
        "members": pl.DataFrame(
            {
                "id": member,
                "enterprise": some(enterprise, members),
                "association": some(association, members),
                **joined,
                "consent": joined["since"],
            }
        ),
        "backbones": pl.DataFrame({"member": member[:backbones], "since": joined["since"][:backbones]}),
        "replications": pl.DataFrame(
            {
                "source": block.gather((parents * rng.random(len(parents))).astype(np.int64)),
                "target": block[1:],
                "since": [FIRST + timedelta(days=int(at)) for at in rng.integers(0, DAYS, len(parents))],
            }
        ),
    }
    return Network.from_tables(tables)


def with_pandas(net: Network) -> Callable[[], pd.DataFrame]:
    """Coverage by block as a pandas user writes it, the tables loaded and their ids turned to categories beforehand."""
    own = {name: net[name].to_pandas() for name in ("enterprises", "members", "backbones")}
    day = pd.Timestamp(DAY)
    kinds = pd.CategoricalDtype(own["enterprises"]["id"])
    own["members"]["enterprise"] = own["members"]["enterprise"].astype(kinds)
    line_at = own["backbones"].merge(own["members"], left_on="member", right_on="id", suffixes=("", "_m"))
    line_at["enterprise"] = line_at["enterprise"].astype(kinds)

    def active(frame: pd.DataFrame, end: str = "") -> pd.Series[bool]:
        since, until = frame["since" + end], frame["until" + end]
        return (since <= day) & (until.isna() | (until > day))

    def coverage() -> pd.DataFrame:
        lines = line_at[active(line_at) & active(line_at, "_m")].groupby("enterprise", observed=False).size()
        members = own["members"][active(own["members"])].groupby("enterprise", observed=False).size()
        made = own["enterprises"].set_index("id")[["block", "staff"]]
        made = made.assign(lines=lines.to_numpy(), members=members.to_numpy())
        made["potential"] = np.minimum(made["staff"], 10 * made["lines"])
        made["reached"] = np.minimum(made["staff"], np.maximum(made["potential"], made["members"]))
        return made.groupby("block")[["staff", "lines", "members", "potential", "reached"]].sum()

    return coverage


def answers(size: tuple[int, int, int, int], label: str) -> None:
    """Every answer on one network, and the peers on the same."""
    net = network(*size)
    begun = time.perf_counter()
    net.codes  # noqa: B018  # computed once, when data are loaded
    coded = time.perf_counter() - begun
    day = net.as_of(DAY)
    first = date(DAY.year - 5, DAY.month, DAY.day)
    ours = best(5, lambda: coverage_document(net.as_of(DAY), "block"))
    print(f"\n| {label} (references resolved once in {coded:.1f} s) | s | times slower |\n| --- | --- | --- |")
    print(f"| coverage by block on a day, the day's snapshot included | {ours:.3f} | 1 |")
    pandas = with_pandas(net)
    reached = sum(row["reached"] for row in coverage_document(day, "block")["rows"])
    assert reached == int(pandas()["reached"].sum())
    seconds = best(3, pandas)
    print(f"| pandas {pd.__version__}, the same, ids as categories | {seconds:.3f} | {seconds / ours:.1f} |")
    for name, work in {
        "coverage by sector": lambda: coverage_document(day, "sector"),
        "replication": lambda: replication_document(day),
        "gaps, the first 100": lambda: gaps_document(day, 100),
        "influence, the first 100": lambda: influence_document(day, 100),
        "fragility": lambda: fragility_document(day),
    }.items():
        print(f"| {name} | {best(2, work):.2f} | |")
    sweep = best(2, lambda: history_document(net, "month", first, DAY))
    print(f"| history, 61 months in one sweep | {sweep:.2f} | 1 |")
    months = [row["date"] for row in history_document(net, "quarter", first, DAY)["rows"]]
    each = best(1, lambda: [coverage_document(net.as_of(month, Assumptions()), "block") for month in months])
    slow = each * 61 / len(months)
    print(f"| most memory of this process, pandas' copy of the tables included, MB | {peak():.0f} | |")
    print(f"| history by a snapshot a month (from {len(months)} of them) | {slow:.2f} | {slow / sweep:.1f} |")


def graphs() -> None:
    """Coverage on the networkx graph of a small network, and ours on the same."""
    import networkx as nx

    net = network(50, 5_000, 50_000, 5_000)
    graph = net.to_networkx(DAY)
    ours = best(5, lambda: coverage_document(net.as_of(DAY), "block"))
    theirs = best(2, lambda: coverage_of_graph(graph))
    assert {row["id"]: row["reached"] for row in coverage_document(net.as_of(DAY), "block")["rows"]} == {
        id: row["reached"] for id, row in coverage_of_graph(graph).items()
    }
    print("\n| 5,000 enterprises, 50,000 members | ms | times slower |\n| --- | --- | --- |")
    print(f"| coverage by block on a day | {1000 * ours:.1f} | 1 |")
    print(f"| networkx {nx.__version__}, the graph made beforehand | {1000 * theirs:.0f} | {theirs / ours:.0f} |")


def commands() -> None:
    """Whole processes, start-up included; compiled files are kept as an installed package's are."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    with tempfile.TemporaryDirectory() as folder:
        environment["PYTHONPYCACHEPREFIX"] = f"{folder}/compiled"

        def memory(*arguments: str) -> float:
            """Megabytes at most, as the process itself is told: what its parent is told counts the parent's own."""
            told = subprocess.run(
                [sys.executable, "-c", WATCHED, *arguments], capture_output=True, text=True, check=True
            )
            return int(told.stderr.split()[-2]) / 1024

        def run(*arguments: str) -> tuple[float, float]:
            """Seconds, seconds of a processor."""
            begun = time.perf_counter()
            command = [sys.executable, "-m", "tiaokuai", *arguments]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
            _, status, used = os.wait4(process.pid, 0)
            assert status == 0, command
            return time.perf_counter() - begun, used.ru_utime + used.ru_stime

        write(generate(blocks=20, enterprises=1000, seed=1), f"{folder}/data")
        print("\n| a whole command, 1,000 enterprises in CSV | s | of a processor | MB |\n| --- | --- | --- | --- |")
        for name in ("--help", "coverage", "replication", "gaps", "history", "fragility"):
            arguments = (name,) if name == "--help" else (name, f"{folder}/data")
            seconds, work = (min(each) for each in zip(*(run(*arguments) for _ in range(6)), strict=True))
            print(f"| tiaokuai {name} | {seconds:.2f} | {work:.2f} | {memory(*arguments):.0f} |")


if __name__ == "__main__":
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, polars {pl.__version__}, NumPy {np.__version__}")
    commands()
    graphs()
    if "--large" in sys.argv:
        answers((5_000, 1_000_000, 10_000_000, 1_000_000), "1,000,000 enterprises, 10,000,000 members, 5,000 blocks")
    else:
        answers((500, 100_000, 1_000_000, 100_000), "100,000 enterprises, 1,000,000 members, 500 blocks")
