"""How fast a release is made, beside reading the same data; how far what it tells is from what there is.

    python benchmarks/bench_release.py [--scale 0.1] [--keep FOLDER] [--secrets 200]

At scale 1: 1,000,000 enterprises, a third of them with fewer than five staff or none recorded, 10,000,000 members,
1,000,000 lines, 5,000 blocks, sixteen years. Reading is the peer: a release should cost less. The errors are those of
the example district of `tiaokuai demo`, over so many secrets.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.bench_loading import tables, whole_process
from tiaokuai import coverage, generate, plan
from tiaokuai.graph import Network
from tiaokuai.graph.release.offsets import keyed_ids, secret_of
from tiaokuai.planning.plan import Plan

PROBLEMS = ((12, 300, 1, 40), (12, 300, 1, 120), (12, 100, 4, 30), (40, 1000, 2, 150))
TODAY = date(2026, 11, 30)
DAYS = {"planner": date(2026, 7, 1), "public": date(2026, 1, 1)}  # the last step with news in the example
READ = "import sys, tiaokuai as tk; tk.read(sys.argv[1])"
RELEASE = READ.replace("tk.read(sys.argv[1])", "net = tk.read(sys.argv[1]); ") + (
    "net.codes; import time; a, b = time.perf_counter(), time.process_time(); "
    "made = net.release(sys.argv[2], b'k' * 32); "
    "print(time.perf_counter() - a, time.process_time() - b, made['counts'].height)"
)


def make(folder: Path, scale: float) -> None:
    chance = np.random.default_rng(1)
    for name, frame in tables(scale).items():
        if name == "enterprises":
            few = chance.random(frame.height) < 0.3
            large = 5 + (chance.pareto(1.5, frame.height) * 15).astype(np.int64).clip(0, 100_000)
            staff = pl.Series(np.where(few, chance.integers(1, 5, frame.height), large))
            unknown = pl.Series(chance.random(frame.height) < 0.03)
            frame = frame.with_columns(staff=pl.when(unknown).then(None).otherwise(staff))
        frame.write_parquet(folder / f"{name}.parquet")


def speed(folder: Path) -> None:
    print("| from Parquet | s | processor s | peak GB | rows of counts |\n| --- | --- | --- | --- | --- |")
    read = whole_process(READ, folder)
    times = f"{read.seconds:.1f} | {read.processor:.1f} | {read.gigabytes:.1f}"
    print(f"| reading and checking, a whole process | {times} | |")
    for audience in ("planner", "public"):
        made = whole_process(RELEASE, folder, audience)
        seconds, processor, rows = made.said.split()
        times = f"{float(seconds):.1f} | {float(processor):.1f} | {made.gigabytes:.1f} | {int(rows):,}"
        print(f"| release for {'a planner' if audience == 'planner' else 'the public'} | {times} |")


def errors(secrets: int) -> None:
    """By block and in all, each release beside the data as of its last step."""
    network = generate(blocks=12, enterprises=300, seed=1)
    print(f"\n| the example, {secrets} secrets | mean error | mean size | largest | of |")
    print("| --- | --- | --- | --- | --- |")
    for audience, day in DAYS.items():
        there = by_block(network, day)
        found = [by_block(network.release(audience, key(secret), today=TODAY), day) for secret in range(secrets)]
        for name in ("members", "lines", "reached", "coverage"):
            off = np.array([rows[name] - there[name] for rows in found], dtype=float)
            row(f"{audience}: {name} of a block", off * (100 if name == "coverage" else 1), None)
        for name in ("members", "lines", "reached"):
            off = np.array([rows[name].sum() - there[name].sum() for rows in found], dtype=float)
            row(f"{audience}: {name} in all", off, there[name].sum())


def row(name: str, off: np.ndarray, of: int | None) -> None:
    said = "" if of is None else f"{of:,}"
    print(f"| {name} | {off.mean():+.2f} | {np.abs(off).mean():.1f} | {np.abs(off).max():.0f} | {said} |")


def by_block(network: Network, day: date) -> pl.DataFrame:
    return coverage(network.as_of(day), by="block").sort("id")


def plans(secrets: int) -> None:
    """A plan made on a release, valued on the data, beside the plan made on the data."""
    print("\n| a plan on a release gets of one on the data | planner | public |\n| --- | --- | --- |")
    for blocks, enterprises, seed, budget in PROBLEMS:
        network = generate(blocks=blocks, enterprises=enterprises, seed=seed)
        most = value(network, network, plan(network, budget=budget, periods=6, start="2026-07"), b"")
        cells = []
        for audience in DAYS:
            got = []
            for secret in range(secrets):
                release = network.release(audience, key(secret), today=TODAY)
                made = plan(release, budget=budget, periods=6, start="2026-07")
                got.append(value(network, release, made, key(secret)) / most)
            cells.append(f"{100 * np.mean(got):.1f} % ({100 * min(got):.1f} at least)")
        print(f"| {blocks} blocks, {enterprises:,} enterprises, {budget} a period | {' | '.join(cells)} |")


def value(data: Network, release: Network, made: Plan, secret: bytes) -> int:
    """The plan's own objective with the lines that there are: staff newly within reach, summed over all period ends."""
    snapshot = data.as_of("2026-07-01")
    ids = snapshot.enterprise_ids
    if release.released is not None and release.released.audience == "public":
        ids = keyed_ids(secret_of(secret), ids)
    place = {id: at for at, id in enumerate(ids)}
    capacity, total = snapshot.capacity.copy(), 0
    for period in made.document()["periods"]:
        for line in period["lines"]:
            capacity[place[line["enterprise"]]] += 10 * line["count"]
        total += int((np.minimum(snapshot.staff, capacity) - np.minimum(snapshot.staff, snapshot.capacity)).sum())
    return total


def key(secret: int) -> bytes:
    return secret.to_bytes(32, "big")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--scale", type=float, default=1.0)
    asked.add_argument("--secrets", type=int, default=200)
    asked.add_argument("--keep", type=Path)
    given = asked.parse_args()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        data = given.keep or Path(folder)
        data.mkdir(exist_ok=True)
        if not list(data.glob("*.parquet")):
            make(data, given.scale)
        print(f"Scale {given.scale:g}.\n")
        speed(data)
    errors(given.secrets)
    plans(min(20, given.secrets))
    print(f"\n{time.perf_counter() - begun:.0f} s in all")


if __name__ == "__main__":
    main()
