"""What hangs on few people: one backbone, the worst losses, a year of turnover (model.md §2, fragility)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl

from tiaokuai.graph.snapshot import Snapshot
from tiaokuai.metrics.coverage import counts, groups, reached
from tiaokuai.metrics.influence import lines_of, loss
from tiaokuai.metrics.numbers import Floats, Int64, ratio, share

# Yearly hazards of model.md §3 (τb, τm): a member, a backbone among them, leaves.
TURNOVER = 0.15
LOSSES = (1, 2, 3, 5, 10)


def on_one_backbone(day: Snapshot) -> Int64:
    """People reached at enterprises with exactly one line, [E], zero elsewhere."""
    return np.where(day.lines == 1, reached(day.staff, day.capacity, day.members), 0)


def worst_losses(day: Snapshot, most: int) -> Int64:
    """The most people that the loss of j lines can put out of reach, j = 0 … ``most``; exact.

    Two lines of one enterprise may be worth more together than apart, so the worst j lines are not the j worst
    lines. Of an enterprise the largest lines are the worst to lose; q lines lost at one enterprise are lost, in some
    worst case, at one of the ``most`` that lose most by q; the best division of j among these few is found step by
    step.
    """
    _, at, capacity = lines_of(day, most)
    order = np.lexsort((-capacity, at))
    at, capacity = at[order], capacity[order]
    first = np.searchsorted(at, at, "left") if len(at) else at
    rank = np.arange(len(at)) - first + 1  # of a line among those of its enterprise, largest first
    running = np.cumsum(capacity)
    gone = running - np.where(first > 0, running[first - 1], 0) if len(at) else running
    losses = loss(day, at, gone)
    losing: dict[int, dict[int, int]] = {}
    for lost in range(1, most + 1):
        here = np.flatnonzero(rank == lost)
        for line in here[np.argsort(-losses[here], kind="stable")[:most]]:
            losing.setdefault(int(at[line]), {})
    for line in np.flatnonzero((rank <= most) & np.isin(at, list(losing))):
        losing[int(at[line])][int(rank[line])] = int(losses[line])
    best = np.zeros(most + 1, dtype=np.int64)
    for options in losing.values():
        before = best.copy()
        for lost, people in options.items():
            np.maximum(best[lost:], before[: most + 1 - lost] + people, out=best[lost:])
    return best


def expected_reach(
    staff: Int64, lines: Int64, capacity: Int64, members: Int64, backbone_stays: float, member_stays: float
) -> Floats:
    """Expected people reached when each backbone and each other member stays with these probabilities, [E].

    With b of B lines left, Bin(B, s), and x of the other m − B members, Bin(m − B, t), an enterprise reaches
    min(n, max(min(n, ⌊κ b⌋), b + x)); κ is the mean capacity of its lines, as in the simulation (model.md §3, rule 2).
    The expectation over x is a + Σ P(b + x > i), i from a to n − 1, with a = min(n, max(⌊κ b⌋, b)): no sampling.
    """
    from scipy.special import bdtr

    others = np.maximum(members - lines, 0)
    result = np.zeros(len(staff))
    mean = np.divide(capacity, lines, out=np.zeros(len(staff)), where=lines > 0)
    for rest in np.unique(others):
        group = np.flatnonzero(others == rest)
        tail = 1.0 - bdtr(np.arange(rest), rest, member_stays) if rest else np.zeros(0)
        summed = np.concatenate([[0.0], np.cumsum(tail)])  # of P(x > i), i < index
        for left in range(int(lines[group].max()) + 1):
            here = group[lines[group] >= left]
            own, size = staff[here], lines[here]
            floor = np.minimum(own, np.maximum(np.floor(mean[here] * left + 1e-9).astype(np.int64), left))
            begin = np.clip(floor - left, 0, rest)
            end = np.clip(own - left, 0, rest)
            people = floor + np.maximum(summed[end] - summed[begin], 0)
            chance = bdtr(left, size, backbone_stays) - (bdtr(left - 1, size, backbone_stays) if left else 0.0)
            result[here] += chance * people
    return result


def after_a_year(day: Snapshot, backbone_turnover: float = TURNOVER, member_turnover: float = TURNOVER) -> Floats:
    """Expected people reached at each enterprise after a year in which people only leave, [E]."""
    stays = math.exp(-backbone_turnover), math.exp(-member_turnover)
    return expected_reach(day.staff, day.lines, day.capacity, day.members, *stays)


def fragility_frame(day: Snapshot, top: int | None = None) -> pl.DataFrame:
    """One row a block with anybody in reach: most people on one backbone first, ties by id.

    Columns id, name, reached, on_one_backbone, share, enterprises_on_one_backbone, coverage, expected_coverage.
    """
    parts = groups(day, "block")
    one = {**counts(day), "on_one": on_one_backbone(day), "single": (day.lines == 1).astype(np.int64)}
    sums = parts.sums(one)
    expected = np.bincount(day.block, after_a_year(day), day.blocks)
    frame = pl.DataFrame(
        {
            "id": parts.ids,
            "name": parts.names,
            "reached": sums["reached"],
            "on_one_backbone": sums["on_one"],
            "share": ratio(sums["on_one"], sums["reached"]),
            "enterprises_on_one_backbone": sums["single"],
            "coverage": ratio(sums["reached"], sums["staff"]),
            "expected_coverage": ratio(expected, sums["staff"]),
        },
        nan_to_null=True,
    ).filter(pl.col("reached") > 0)
    frame = frame.sort("on_one_backbone", "id", descending=[True, False])
    return frame if top is None else frame.head(top)


def fragility_summary(day: Snapshot) -> dict[str, Any]:
    """Figures of all enterprises together."""
    people = int(reached(day.staff, day.capacity, day.members).sum())
    staff, single = int(day.staff.sum()), int(on_one_backbone(day).sum())
    worst = worst_losses(day, max(LOSSES))
    expected = float(after_a_year(day).sum())
    lines = int(day.lines.sum())
    return {
        "reached": people,
        "on_one_backbone": single,
        "share": share(single, people),
        "coverage": share(people, staff),
        "worst_losses": [
            {"lines": lost, "reach_lost": int(worst[lost]), "coverage": share(people - worst[lost], staff)}
            for lost in LOSSES
            if lost <= lines
        ],
        "after_a_year": {
            "backbone_turnover": TURNOVER,
            "member_turnover": TURNOVER,
            "reached": expected,
            "coverage": share(expected, staff),
        },
    }
