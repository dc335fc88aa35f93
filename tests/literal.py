"""The month of model.md §3 a third time, as literally as NumPy allows: fresh draws every month, nothing shared.

No waiting times, no active lists, no counter-based draws, arrays read from the tables themselves: only its means can
agree with the engines. It is also the "vectorised NumPy" peer of the benchmarks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph import Network
from tiaokuai.planning.rates import Rates

Floats = NDArray[np.float64]


def P(hazard: Floats | float) -> Floats:
    return np.asarray(1 - np.exp(-np.asarray(hazard, dtype=float)))


@dataclass
class Literal:
    """State of one run."""

    n: NDArray[np.int64]
    B: NDArray[np.int64]
    R: NDArray[np.int64]
    k: Floats
    block: NDArray[np.int64]
    F: NDArray[np.bool_]
    f: Floats
    eligible: NDArray[np.bool_]
    w: Floats
    cost: float = 0.0

    @classmethod
    def start(cls, network: Network, day: str, members: bool) -> Literal:
        snap = network.as_of(day)
        capacity = np.where(snap.lines > 0, snap.capacity / np.maximum(snap.lines, 1), 10.0)
        reached = np.minimum(snap.staff, np.maximum(np.minimum(snap.staff, snap.capacity), snap.members))
        weights = np.zeros((snap.blocks, snap.blocks))
        links = network["links"]
        at = {name: i for i, name in enumerate(snap.block_ids)}
        for a, b, weight in links.iter_rows():
            if a != b:
                weights[at[a], at[b]] = weights[at[b], at[a]] = max(weights[at[a], at[b]], weight)
        if not len(links):
            weights = 1.0 - np.eye(snap.blocks)
        rows = weights.sum(axis=1, keepdims=True)
        known = len(network["adoptions"]) > 0
        return cls(
            n=snap.staff.copy(),
            B=snap.lines.copy(),
            R=np.minimum(snap.staff, snap.members) if members else reached,
            k=capacity,
            block=snap.block.astype(np.int64),
            F=snap.founded.copy(),
            f=network.template.fidelity(snap.components) if known else snap.founded.astype(float),
            eligible=snap.eligible,
            w=np.divide(weights, rows, out=np.zeros_like(weights), where=rows > 0),
        )

    @property
    def reach(self) -> NDArray[np.int64]:
        return np.minimum(self.n, np.floor(self.k * self.B + 1e-9).astype(np.int64))

    def share(self, what: NDArray[np.generic]) -> Floats:
        count = np.bincount(self.block, minlength=len(self.F))
        return np.bincount(self.block, what, len(self.F)) / np.maximum(count, 1)

    def month(self, rates: Rates, rng: np.random.Generator, known: bool) -> None:
        """Rules 2–6."""
        x = rng.binomial(self.B, P(rates.backbone_turnover / 12))
        y = rng.binomial(np.maximum(self.R - self.B, 0), P(rates.member_turnover / 12))
        self.B = self.B - x
        self.R = np.maximum(0, self.R - x - y)
        s, F, f = self.share(self.B >= 1), self.F.copy(), self.f.copy()
        hazard = rates.founding + rates.replication * (self.w @ (F * f))
        new = ~F & self.eligible & (rng.random(len(F)) < P(hazard))
        self.f = np.where(F, f + rates.adoption * (1 - f), np.where(new, rates.initial_fidelity if known else 1.0, f))
        self.F = F | new
        e = self.block
        start = F[e] & (self.B == 0) & (self.n >= 1)
        start &= rng.random(len(e)) < P(f[e] * (rates.start + rates.imitation * s[e]))
        self.B = self.B + start
        self.R = np.where(start, np.maximum(self.R, 1), self.R)
        open_ = np.where(self.B >= 1, np.maximum(0, self.reach - self.R), 0)
        self.R = self.R + rng.binomial(open_, P(rates.fill * (1 + rates.services * f[e])))
        whole = np.floor(self.k * self.B + 1e-9)
        grow = (self.B >= 1) & (whole <= self.R) & (self.n > whole) & (rng.random(len(e)) < P(rates.development))
        self.B = self.B + grow

    def row(self) -> list[float]:
        reached = np.minimum(self.n, np.maximum(self.reach, self.R))
        line, count = self.share(self.B >= 1), np.bincount(self.block, minlength=len(self.F))
        staff = np.bincount(self.block, self.n, len(self.F))
        mine = self.F & self.eligible
        hollow = mine & ((line < 0.2) | (line == 0))
        covered = mine & ~hollow & (np.bincount(self.block, reached, len(self.F)) >= 0.8 * staff - 1e-9)
        del count
        eligible = self.eligible.sum()
        return [
            reached.sum() / self.n.sum(),
            self.R.sum() / self.n.sum(),
            float((self.B >= 1).mean()),
            mine.sum() / eligible,
            covered.sum() / eligible,
            hollow.sum() / mine.sum() if mine.any() else np.nan,
            reached.sum(),
            self.B.sum(),
            self.cost,
        ]


Doing = Callable[[Literal, int, np.random.Generator], None]


def simulate(
    network: Network,
    day: str,
    rates: Rates | Sequence[Rates],
    months: int,
    runs: int,
    seed: int,
    doing: Doing | None = None,
    members: bool = True,
) -> Floats:
    """[runs, months + 1, metrics]; ``doing(state, month, rng)`` is rule 1, ``rates`` those of all months or of each."""
    rng = np.random.default_rng(seed)
    known = len(network["adoptions"]) > 0
    first = Literal.start(network, day, members)
    out = []
    for _ in range(runs):
        state = Literal(
            **{name: value.copy() if hasattr(value, "copy") else value for name, value in vars(first).items()}
        )
        rows = [state.row()]
        for month in range(months):
            if doing is not None:
                doing(state, month, rng)
            state.month(rates if isinstance(rates, Rates) else rates[month], rng, known)
            rows.append(state.row())
        out.append(rows)
    return np.array(out, dtype=float)
