"""The rows of a sensitivity analysis, and what they say in a sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tiaokuai.planning.head_counts import Check
from tiaokuai.planning.rates import SHORT

ROUGH = 0.25  # a share known no better than this is not told in words


@dataclass(frozen=True)
class Row:
    """One rate: its range, the answer at both ends with all others as they are, its share of the spread."""

    rate: str
    low: float
    high: float
    value: float
    answer_low: float
    answer_high: float
    mu_star: float
    sigma: float
    first: float | None  # None where nothing moves the answer at all
    total: float | None
    first_error: float | None = None  # 1.96 standard errors of sampling
    total_error: float | None = None

    @property
    def swing(self) -> float:
        """How far the answer moves from one end of the range to the other."""
        return abs(self.answer_high - self.answer_low)


def words(rows: Sequence[Row], checks: Sequence[Check], lang: str) -> str:
    """What the rates explain, how well that is known, and which head-counts to check first."""
    told = [row for row in rows if row.first is not None and row.first >= 0.01]
    told.sort(key=lambda row: -(row.first or 0.0))
    if not told:
        return "没有一项速率会改变答案" if lang == "zh" else "no rate moves the answer"
    error = max(row.first_error or 0.0 for row in told[:3])
    points = math.ceil(100 * error)
    if error > ROUGH:
        zh = f"{_name(rows[0].rate)}最要紧；样本太少，各占多少只能说到正负 {points} 个百分点"
        en = (
            f"{rows[0].rate} moves the answer most; too few samples to say how much each explains: "
            f"give or take {points} points"
        )
        return zh if lang == "zh" else en
    name = _name if lang == "zh" else str
    parts = [f"{name(row.rate)} {100 * (row.first or 0.0):.0f}%" for row in told[:3]]
    left = 1 - sum(row.first or 0.0 for row in told)
    jointly = f"{100 * left:.0f}%" if left > max(0.05, error) else ""
    counts = next((each for each in checks if each.kind == "block"), None)
    if lang == "zh":
        text = f"答案的差异由{'、'.join(parts)} 解释" + (f"（正负 {points} 个百分点）" if points else "")
        text += f"；各速率相互作用 {jointly}" if jointly else ""
        return text + (f"。人数之中，先核实区块 {counts.id} 的 {counts.imputed} 个推定人数" if counts else "")
    text = f"{parts[0].replace(' ', ' rate explains ', 1)} of the answer's spread"
    text += "".join(f", {part}" for part in parts[1:]) + (f" (give or take {points} points)" if points else "")
    text += f"; {jointly} is what rates do together" if jointly else ""
    if counts is None:
        return text
    numbers = "the one" if counts.imputed == 1 else f"the {counts.imputed}"
    return f"{text}. Of the head-counts, check first {numbers} imputed in block {counts.id}"


def _name(rate: str) -> str:
    """A rate's short name in Chinese.

    >>> _name("imitation")
    '仿效开线 q'
    """
    return SHORT[rate][0]
