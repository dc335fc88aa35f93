"""Learning from history: does calibration recover known rates, do backtests beat their rivals, and how long it takes.

    python benchmarks/bench_learn.py [recovery] [backtests] [strangers] [times]

Prints the tables of docs/forecasting.md; all four where none is named.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.third_studies import CURVES, PLAYED, by_year, curve, played
from tests.histories import boundary, made_history
from tiaokuai.graph import Network
from tiaokuai.loaders import read
from tiaokuai.loaders.synthetic import generate
from tiaokuai.planning.backtest import Backtest, Cutoff, backtest
from tiaokuai.planning.calibrate import calibrate
from tiaokuai.planning.drift import futures
from tiaokuai.planning.rates import NAMES, Rates
from tiaokuai.planning.sensitivity import sensitivity

EXAMPLES = ROOT / "examples"
TRUE = Rates(
    fill=0.12,
    services=1.5,
    start=0.006,
    imitation=0.08,
    founding=0.008,
    replication=0.08,
    adoption=0.03,
    initial_fidelity=0.3,
    development=0.08,
    backbone_turnover=0.2,
    member_turnover=0.25,
)


def recovery(networks: int = 200) -> None:
    """How often the 95 % interval holds the truth, over made networks of 240 enterprises in 8 blocks and 60 months."""
    held: dict[str, list[bool]] = {name: [] for name in NAMES}
    values: dict[str, list[float]] = {name: [] for name in NAMES}
    events: dict[str, list[int]] = {name: [] for name in NAMES}
    for seed in range(networks):
        found = calibrate(made_history(seed, TRUE, months=60, blocks=8, each=30), boundary(60))
        for name, each in found.learned.items():
            if each.learned and each.low is not None and each.high is not None:
                held[name].append(each.low <= getattr(TRUE, name) <= each.high)
                values[name].append(each.value)
                events[name].append(each.events)
    print(f"\n| rate | truth | median estimate | events, median | interval held the truth | of {networks} learned |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in NAMES:
        told = f"{getattr(TRUE, name):g} | {np.median(values[name]):.3g} | {np.median(events[name]):.0f}"
        print(f"| `{name}` | {told} | {100 * np.mean(held[name]):.1f} % | {len(held[name])} |")


def backtests() -> None:
    """Single and rolling backtests; with and without drift."""
    studies = [
        ("medical-innovation", read(EXAMPLES / "medical-innovation"), (4, 6, 8), None),
        ("brazil-farmers", read(EXAMPLES / "brazil-farmers"), (24, 48, 72), None),
        ("brazil-farmers, years alone", by_year(read(EXAMPLES / "brazil-farmers")), (24, 48, 72), None),
        ("example district", generate(blocks=12, enterprises=300, seed=1), (6, 12), "2026-06-01"),
    ]
    print("\n| data, months hidden | forecast | without drift | Bass | unchanged | inside 90 % |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, network, hides, day in studies:
        for hide in hides:
            _row(f"{name}, {hide}", *(_both(network, hide, False, day)))
    head = "forecast | without drift | Bass | unchanged | inside 90 % | beats Bass | beats unchanged"
    print(f"\n| data, months hidden (cut-offs) | {head} |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, network, hides, day in studies:
        for hide in hides:
            found, plain = _both(network, hide, True, day)
            _row(f"{name}, {hide} ({len(found.cutoffs)})", found, plain, True)


def strangers() -> None:
    """Made-up studies that nothing was fitted to, rolling: two of each kind, and made-up districts."""
    made = [(f"curve, {kind}", [curve(kind, at), curve(kind, at + 5)], None) for at, kind in enumerate(CURVES)]
    made += [(f"played, {kind}", [played(kind, at), played(kind, at + 6)], None) for at, kind in enumerate(PLAYED)]
    known = [("curve, logistic", curve("logistic", 21)), ("played, steady", played("steady", 22))]
    known += [("curve, exponential", curve("exponential", 23)), ("played, drift", played("drift", 24))]
    years = [(f"{name}, years alone", [by_year(network)], None) for name, network in known]
    rates = [(0.006, 0.08), (0.003, 0.04), (0.01, 0.02), (0.002, 0.15)]
    districts = [
        made_history(300 + at, TRUE.with_(start=p, imitation=q), months=60, blocks=6, each=30)
        for at, (p, q) in enumerate(rates)
    ]
    sizes = [(20, 200), (6, 150), (30, 400), (12, 300)]
    generated = [generate(blocks=b, enterprises=e, seed=2 + at) for at, (b, e) in enumerate(sizes)]
    plan = [(name, networks, day, 12) for name, networks, day in made]
    plan += [(name, networks, day, 24) for name, networks, day in made[: len(CURVES)]]
    plan += [(name, networks, day, 12) for name, networks, day in years]
    plan += [("district, month by month", districts, boundary(60).isoformat(), 12)]
    plan += [("district of `generate`", generated, "2026-06-01", 12)]
    print("\n| made-up study, months hidden (cut-offs) | forecast | Bass | unchanged | inside 90 % | beats Bass |")
    print("| --- | --- | --- | --- | --- | --- |")
    every = []
    for name, networks, day, hide in plan:
        found = [cut for net in networks for cut in backtest(net, hide, True, as_of=day, most=4).cutoffs]
        every += found
        _mean_row(f"{name}, {hide}", found)
    _mean_row("all", every)


def _mean_row(name: str, found: list[Cutoff]) -> None:
    """Means over cut-offs of several data sets."""
    mine, bass, unchanged = (
        [each.scores["line_share"][model] for each in found] for model in ("model", "bass", "unchanged")
    )
    cells = [f"{100 * float(np.mean([each['crps'] for each in model])):.2f}" for model in (mine, bass, unchanged)]
    inside = 100 * float(np.mean([each["inside_90"] for each in mine]))
    won = sum((one["crps"] or 0) < (other["crps"] or 0) for one, other in zip(mine, bass, strict=True))
    print(f"| {name} ({len(found)}) | {' | '.join(cells)} | {inside:.0f} % | {won} |", flush=True)


def _both(network: Network, hide: int, rolling: bool, day: str | None) -> tuple[Backtest, Backtest]:
    with_drift, without = (backtest(network, hide, rolling, as_of=day, drifting=each) for each in (True, False))
    return with_drift, without


def _row(name: str, found: Backtest, plain: Backtest, rolling: bool = False) -> None:
    """CRPS in points of line share."""
    mine, bare = found.scores["line_share"], plain.scores["line_share"]
    cells = [
        f"{100 * (each['crps'] or 0):.2f}" for each in (mine["model"], bare["model"], mine["bass"], mine["unchanged"])
    ]
    cells.append(f"{100 * (mine['model']['inside_90'] or 0):.0f} % ({100 * (bare['model']['inside_90'] or 0):.0f} %)")
    for rival in ("bass", "unchanged") if rolling else ():
        won = [
            (each.scores["line_share"]["model"]["crps"] or 0) < (each.scores["line_share"][rival]["crps"] or 0)
            for each in found.cutoffs
        ]
        cells.append(f"{sum(won)} of {len(won)}")
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def times() -> None:
    """Seconds of calibration, a backtest, a forecast that learns and a sensitivity analysis, once all is compiled."""
    for blocks, enterprises in ((50, 1_000), (500, 20_000), (1_000, 100_000)):
        network = generate(blocks=blocks, enterprises=enterprises, seed=1)
        _ = network.codes
        _timed(f"calibrate, {enterprises:,} enterprises", partial(calibrate, network, date(2026, 6, 1)))
    network = generate(blocks=50, enterprises=1_000, seed=1)
    farmers = read(EXAMPLES / "brazil-farmers")
    backtest(network, 6, as_of="2026-06-01", runs=10)
    sensitivity(network, months=1, samples=2, start="2026-07")
    _timed("backtest, 1,000 enterprises, 12 months hidden", lambda: backtest(network, 12, as_of="2026-06-01"))
    _timed("backtest, brazil-farmers, 24 months hidden", lambda: backtest(farmers, 24))
    found = calibrate(network, date(2026, 6, 1))
    _timed("learning from 1,000 enterprises for a forecast", lambda: futures(found, 12, 400, 1))
    _timed("sensitivity, 1,000 enterprises, 36 months", lambda: sensitivity(network, months=36, start="2026-07"))


def _timed(name: str, work: Callable[[], object]) -> None:
    """On the clock, and on the processor, which says more on a busy machine."""
    begun, busy = time.perf_counter(), time.process_time()
    work()
    busy, load = time.process_time() - busy, os.getloadavg()[0]
    print(f"{name}: {time.perf_counter() - begun:.2f} s, of the processor {busy:.2f} s, load {load:.0f}", flush=True)


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["recovery", "backtests", "strangers", "times"]
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    for name in wanted:
        {"recovery": recovery, "backtests": backtests, "strangers": strangers, "times": times}[name]()
