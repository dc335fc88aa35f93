"""Where the difference between two scenarios comes from, run by run: exact, because their draws are shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tiaokuai.planning.months import month_text
from tiaokuai.planning.outcome import BANDS, Outcome, bands, column, plain
from tiaokuai.planning.program import METRICS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BlockDifference:
    """One block's part: ``reached`` people more at the end (mean over runs), its ``share`` of the whole difference.

    ``first_month`` is the index of the month at whose end any run first differs; ``direct`` where an intervention
    touches the block itself; ``links`` the blocks whose stronger example brought it here, (block, people).
    """

    block: str
    reached: float
    share: float | None
    first_month: int
    direct: bool
    links: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Difference:
    """A scenario less ``against``, run by run: ``values`` [runs, months + 1, metrics].

    ``blocks`` are those that differ in any run, the largest difference first.
    """

    scenario: str
    against: str
    values: Floats
    blocks: tuple[BlockDifference, ...] = ()

    def series(self, metric: str) -> pl.DataFrame:
        """Mean and bands of the difference by month."""
        return pl.DataFrame(bands(self.values[:, :, column(metric)])).fill_nan(None)

    def to_json(self, start: int, only_mean: bool = False) -> dict[str, Any]:
        """As in contracts.md; ``through`` is the share that came along links, ``links`` along which."""
        series = {metric: bands(self.values[:, :, at]) for at, metric in enumerate(METRICS)}
        total = sum(block.reached for block in self.blocks)
        return {
            "scenario": self.scenario,
            "against": self.against,
            "series": {
                metric: {
                    name: [None] * len(values) if only_mean and name in BANDS else plain(values)
                    for name, values in found.items()
                }
                for metric, found in series.items()
            },
            "blocks": [
                {
                    "block": block.block,
                    "reached": block.reached,
                    "share": block.share,
                    "first_month": month_text(start + block.first_month - 1) if block.first_month else None,
                    "direct": block.direct,
                }
                for block in self.blocks
            ],
            "links": [
                {"from": source, "to": block.block, "reached": people, "share": people / total if total else None}
                for block in self.blocks
                for source, people in block.links
            ],
        }


def by_block(left: Outcome, right: Outcome, block_ids: Sequence[str]) -> tuple[BlockDifference, ...]:
    """Blocks whose mean people reached differ, the largest difference at the end first."""
    away = left.blocks - right.blocks
    differs, total = np.abs(away) > 1e-9, float(away[-1].sum())
    touched = [each.direct for each in (left, right) if each.direct is not None]
    direct = np.any(touched, axis=0) if touched else np.zeros(len(block_ids), dtype=bool)
    order = sorted(np.flatnonzero(differs.any(axis=0)).tolist(), key=lambda at: (-abs(away[-1, at]), at))
    return tuple(
        BlockDifference(
            block_ids[at],
            float(away[-1, at]),
            float(away[-1, at] / total) if total else None,
            int(differs[:, at].argmax()),
            bool(direct[at]),
        )
        for at in order
    )
