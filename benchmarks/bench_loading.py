"""How fast a large data set is read and fully checked, beside pandas and pydantic on the same work.

    python benchmarks/bench_loading.py [--scale 0.1] [--keep FOLDER]

Makes the data itself, the same every time: at scale 1, 1,000,000 enterprises, 10,000,000 members, 1,000,000
backbones, 5,000 blocks. Every figure is a whole process, start-up included, with its peak memory.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SEED = 5
FIRST = date(2010, 1, 1)
BLOCKS, ENTERPRISES, MEMBERS, BACKBONES = 5_000, 1_000_000, 10_000_000, 1_000_000


def ids(letter: str, numbers: np.ndarray, width: int) -> pl.Series:
    """E0000001, …"""
    text = pl.Series(numbers).cast(pl.String).str.zfill(width)
    return pl.select(pl.lit(letter) + text).to_series()


def days(numbers: np.ndarray) -> pl.Series:
    return pl.Series((FIRST - date(1970, 1, 1)).days + numbers).cast(pl.Int32).cast(pl.Date)


def tables(scale: float) -> dict[str, pl.DataFrame]:
    """The whole data set; enterprises in no order of their blocks, members in no order of their enterprises."""
    chance = np.random.default_rng(SEED)
    blocks, enterprises, members, backbones = (
        max(1, int(size * scale)) for size in (BLOCKS, ENTERPRISES, MEMBERS, BACKBONES)
    )
    block_of = chance.integers(0, blocks, enterprises)
    enterprise_of = chance.integers(0, enterprises, members)
    joined = chance.integers(100, 5000, members)
    left = pl.Series(chance.random(members) < 0.2)
    extending = np.sort(chance.choice(members, backbones, replace=False))
    founded, until = chance.integers(0, 100, blocks), days(joined + chance.integers(1, 900, members))
    ended = left.gather(extending)
    return {
        "districts": pl.DataFrame({"id": ["D1"], "name": ["全区"]}),
        "blocks": pl.DataFrame({"id": ids("B", np.arange(blocks), 4)}).with_columns(
            district=pl.lit("D1"), kind=pl.lit("pilot")
        ),
        "enterprises": pl.DataFrame(
            {
                "id": ids("E", np.arange(enterprises), 7),
                "block": ids("B", block_of, 4),
                "name": ids("企业", np.arange(enterprises), 7),
                "staff": 20 + (chance.pareto(1.5, enterprises) * 20).astype(np.int64).clip(0, 100_000),
                "ownership": pl.Series(["foreign", "joint_venture", "domestic"]).gather(
                    chance.integers(0, 3, enterprises)
                ),
                "sector": pl.Series(["化工", "电子", "机械", "物流"]).gather(chance.integers(0, 4, enterprises)),
            }
        ),
        "associations": pl.DataFrame(
            {"id": ids("A", np.arange(blocks), 4), "block": ids("B", np.arange(blocks), 4), "since": days(founded)}
        ),
        "members": pl.DataFrame(
            {
                "id": ids("M", np.arange(members), 8),
                "enterprise": ids("E", enterprise_of, 7),
                "association": ids("A", block_of[enterprise_of], 4),
                "since": days(joined),
                "until": until.zip_with(left, pl.Series([None], dtype=pl.Date).new_from_index(0, members)),
                "consent": days(joined - chance.integers(0, 60, members)),
            }
        ),
        "backbones": pl.DataFrame(
            {
                "member": ids("M", extending, 8),
                "since": days(joined[extending]),
                "until": until.gather(extending).zip_with(
                    ended, pl.Series([None], dtype=pl.Date).new_from_index(0, backbones)
                ),
                "capacity": chance.integers(5, 20, backbones),
            }
        ),
    }


def make(folder: Path, scale: float) -> None:
    """``csv/``, ``parquet/``, and ``dirty/``: the CSV with a thousandth of the members' cells spoilt."""
    for kind in ("csv", "parquet", "dirty"):
        (folder / kind).mkdir(parents=True)
    for name, frame in tables(scale).items():
        frame.write_csv(folder / "csv" / f"{name}.csv")
        frame.write_parquet(folder / "parquet" / f"{name}.parquet")
        at = pl.int_range(pl.len())
        if name == "members":
            frame = frame.with_columns(
                enterprise=pl.when(at % 3000 == 7).then(pl.lit("E9999x")).otherwise("enterprise"),
                since=pl.when(at % 3000 == 1007).then(pl.lit("soon")).otherwise(pl.col("since").cast(pl.String)),
                consent=pl.when(at % 3000 == 2007).then(None).otherwise("consent"),
            )
        frame.write_csv(folder / "dirty" / f"{name}.csv")


@dataclass(frozen=True)
class Measured:
    """A whole process."""

    seconds: float
    processor: float  # seconds of both cores together, the same whatever else the machine does
    gigabytes: float
    said: str


def whole_process(code: str, *arguments: object, repeat: int = 1) -> Measured:
    """Runs a Python program; the best time of ``repeat`` and the peak memory."""
    runs = []
    for _ in range(repeat):
        with tempfile.TemporaryFile() as out:
            begun = time.perf_counter()
            process = subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], stdout=out, cwd=ROOT)
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - begun
            out.seek(0)
            said = out.read().decode().strip()
            if os.waitstatus_to_exitcode(status):
                raise RuntimeError(f"failed: {said}")
        runs.append(Measured(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6, said))
    return min(runs, key=lambda run: run.seconds)


OURS = """import sys
from tiaokuai.loaders import check
report = check(sys.argv[1])
print(sum(report.rows.values()), len(report.problems))"""

# The same work as far as it goes: texts, types, ranges, duplicates, references, dates in order, crowds.
PANDAS = """import sys
from pathlib import Path
import pandas as pd
folder, kind = Path(sys.argv[1]), sys.argv[2]
read = (lambda p: pd.read_parquet(p)) if kind == "parquet" else (lambda p: pd.read_csv(p, dtype=str))
t = {p.stem: read(p) for p in sorted(folder.iterdir())}
wrong = 0
for name, frame in t.items():
    for column in ("since", "until", "consent"):
        if column in frame:
            made = pd.to_datetime(frame[column], format="%Y-%m-%d", errors="coerce")
            wrong += int((made.isna() & frame[column].notna()).sum())
            wrong += int(((made < "1800-01-01") | (made > "2200-12-31")).sum())
            frame[column] = made
    for column in ("staff", "capacity"):
        if column in frame:
            made = pd.to_numeric(frame[column], errors="coerce")
            wrong += int((made.isna() & frame[column].notna()).sum()) + int((made < 0).sum())
            frame[column] = made
    if "id" in frame:
        wrong += int(frame["id"].duplicated().sum()) + int(frame["id"].isna().sum())
        wrong += int((frame["id"].str.len() > 200).sum())
    if "until" in frame:
        wrong += int((frame["until"] <= frame["since"]).sum()) if "since" in frame else 0
m, b, e, a = (t[x] for x in ("members", "backbones", "enterprises", "associations"))
wrong += int(m["consent"].isna().sum()) + int((m["consent"] > m["since"]).sum())
for frame, column, to in ((e, "block", "blocks"), (a, "block", "blocks"), (m, "enterprise", "enterprises"),
                          (m, "association", "associations"), (b, "member", "members")):
    wrong += int((~frame[column].isin(t[to]["id"])).sum())
began = m["association"].map(a.set_index("id")["since"])
wrong += int((m["since"] < began).sum())
role = b.merge(m[["id", "since", "until"]], left_on="member", right_on="id")
wrong += int((role["since_x"] < role["since_y"]).sum())
crowd = m.groupby("enterprise").size()
wrong += int((crowd > e.set_index("id")["staff"].reindex(crowd.index)).sum() < 0)
print(sum(map(len, t.values())), wrong)"""

PYDANTIC = """import csv, sys
from tiaokuai.graph.records import TABLES
most, count = int(sys.argv[2]), 0
with open(sys.argv[1] + "/members.csv", newline="") as file:
    kept = []
    for row in csv.DictReader(file):
        if len(kept) == most:
            break
        kept.append(TABLES["members"].model_validate(row))
print(len(kept), 0)"""


def row(name: str, run: Measured, ours: Measured) -> None:
    cells = f"{run.seconds:.1f} | {run.processor:.1f} | {run.processor / ours.processor:.1f} | {run.gigabytes:.1f}"
    print(f"| {name} | {cells} | {run.said.split()[1]} |", flush=True)


def report(folder: Path, scale: float) -> None:
    load = os.getloadavg()[0]
    sizes = f"{int(ENTERPRISES * scale):,} enterprises, {int(MEMBERS * scale):,} members"
    print(f"{sizes}; load {load:.1f}\n")
    print("| read and fully checked, whole process | s | processor s | times | peak GB | problems |")
    print("| --- | --- | --- | --- | --- | --- |", flush=True)
    ours = Measured(1, 1, 1, "")
    for kind in ("parquet", "csv"):
        ours = whole_process(OURS, folder / kind, repeat=2)
        row(f"tiaokuai, {kind}", ours, ours)
        if kind == "csv":
            row("tiaokuai, csv, dirty", whole_process(OURS, folder / "dirty"), ours)
        row(f"pandas, {kind}, about half of the checks", whole_process(PANDAS, folder / kind, kind), ours)
    most = min(100_000, int(MEMBERS * scale))
    start = whole_process(PYDANTIC, folder / "csv", 0)
    some = whole_process(PYDANTIC, folder / "csv", most)
    seconds = (some.processor - start.processor) * MEMBERS * scale / most
    times = seconds / ours.processor
    print(f"\npydantic row by row, members alone, from {most:,}: {seconds:.0f} processor s, {times:.0f} times")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--keep", type=Path, help="make the data here, or use what lies here")
    asked = parser.parse_args()
    if asked.keep:
        if not asked.keep.exists():
            make(asked.keep, asked.scale)
        report(asked.keep, asked.scale)
        return
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), asked.scale)
        report(Path(folder), asked.scale)


if __name__ == "__main__":
    main()
