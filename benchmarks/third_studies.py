"""Made-up field studies that nothing was fitted to: persons (a staff of one) who adopt by a curve, or by known rates.

``curve`` draws every person's month of adoption from a curve of the block's own, without any imitation; ``played``
draws it month by month from rule 4 with rates that drift, stay, fall or differ. Blocks are of random number and size.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars.selectors as cs
from numpy.typing import NDArray

from tiaokuai.graph import Network

Floats = NDArray[np.float64]
FIRST = date(1990, 1, 1)
CURVES = ("gompertz", "logistic", "piecewise", "pulses", "exponential")
PLAYED = ("steady", "drift", "slow drift", "unequal readiness", "unequal blocks", "fall")


def curve(kind: str, seed: int, months: int = 120) -> Network:
    """Ceiling, pace and middle differ from block to block; ``pulses`` are five campaigns that all blocks share."""
    rng, shared = np.random.default_rng([77, seed]), np.random.default_rng([78, seed])
    sizes = rng.integers(8, 70, int(rng.integers(3, 14)))
    centres, weights = np.sort(shared.uniform(5, months, 5)), shared.dirichlet(np.full(5, 2.0))
    blocks = []
    for size in sizes:
        ceiling, pace = rng.uniform(0.6, 1.0), np.exp(0.25 * rng.standard_normal())
        drawn, middle = rng.random(int(size)), months * rng.uniform(0.35, 0.7)
        taken = np.full(int(size), np.inf)
        willing = drawn < ceiling
        v = drawn[willing] / ceiling
        if kind == "gompertz":
            taken[willing] = middle - np.log(-np.log(v)) * middle / (3.5 * pace)
        elif kind == "logistic":
            taken[willing] = middle + np.log(v / (1 - v)) * middle / (6 * pace)
        elif kind == "piecewise":
            at = np.concatenate([[0], np.sort(rng.uniform(0, months * 1.1, 4)), [months * 1.3]])
            taken[willing] = np.interp(v, np.concatenate([[0], np.cumsum(rng.dirichlet(np.full(5, 1.2)))]), at)
        elif kind == "pulses":
            taken[willing] = rng.choice(centres, len(v), p=weights) + 5 * rng.standard_normal(len(v))
        else:
            taken[willing] = rng.exponential(months * 0.6 / pace, len(v))
        blocks.append(np.where(taken < 1, 1 + 2 * rng.random(int(size)), taken))
    return _network([np.where(each < months, each, np.inf) for each in blocks], True)


def played(kind: str, seed: int, months: int = 96) -> Network:
    """Rule 4 with known rates; a ``fall`` is to a quarter after three fifths of the months."""
    rng = np.random.default_rng([99, seed])
    sizes = rng.integers(10, 60, int(rng.integers(3, 12)))
    size = {"drift": 0.6, "slow drift": 0.6, "unequal readiness": 0.3, "unequal blocks": 0.2}.get(kind, 0.0)
    persistence, theta = 0.985 if kind == "slow drift" else 0.9, 2.0
    p, q = (np.exp(rng.uniform(np.log(low), np.log(high))) for low, high in ((0.001, 0.01), (0.02, 0.15)))
    keen = np.exp(0.8 * rng.standard_normal(len(sizes))) if kind == "unequal blocks" else np.ones(len(sizes))
    ready = [
        rng.gamma(1 / theta, theta, int(each)) if kind == "unequal readiness" else np.ones(int(each)) for each in sizes
    ]
    taken, level = [np.full(int(each), np.inf) for each in sizes], 0.0
    for month in range(months):
        level = persistence * level + size * np.sqrt(1 - persistence**2) * float(rng.standard_normal())
        factor = np.exp(level) * (0.25 if kind == "fall" and month > 0.6 * months else 1.0)
        for at, each in enumerate(taken):
            idle = np.isinf(each)
            hazard = (p + q * (1 - idle.mean())) * factor * keen[at] * ready[at]
            now = idle & (rng.random(len(each)) < -np.expm1(-hazard))
            each[now] = month + rng.random(int(now.sum()))
    return _network(taken, False)


def by_year(network: Network) -> Network:
    """The same with every day moved to the first of its year, as records have it that know the year alone."""
    return Network.from_tables(
        {name: table.with_columns(cs.date().dt.truncate("1y")) for name, table in network.tables.items()}
    )


def _network(months: list[Floats], by_first: bool) -> Network:
    """A block founds with its first adoption, or all on the first day."""
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("blocks", "enterprises", "associations", "members", "backbones")
    }
    for block, taken in enumerate(months):
        rows["blocks"].append({"id": f"B{block}", "district": "D"})
        rows["enterprises"] += [{"id": f"B{block}E{e}", "block": f"B{block}", "staff": 1} for e in range(len(taken))]
        adopted = np.isfinite(taken)
        if by_first and not adopted.any():
            continue
        founded = _day(float(np.floor(taken[adopted].min()))) if by_first else FIRST
        rows["associations"].append({"id": f"A{block}", "block": f"B{block}", "since": founded})
        for e in np.flatnonzero(adopted):
            day = _day(float(taken[e]))
            own = {"id": f"M{block}-{e}", "enterprise": f"B{block}E{e}", "association": f"A{block}"}
            rows["members"].append({**own, "since": day, "consent": day})
            rows["backbones"].append({"member": own["id"], "since": day})
    return Network.from_tables({"districts": [{"id": "D"}], **rows})


def _day(month: float) -> date:
    whole = int(month)
    begins = date(FIRST.year + whole // 12, whole % 12 + 1, 1)
    return begins + timedelta(days=int((month - whole) * 28))
