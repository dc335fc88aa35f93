"""What was told stays told: the steps of an earlier release are taken from it (release.md, rule 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from tiaokuai.graph.codes import NO_SINCE, Int32, day_numbers, row_numbers
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.network import Network
from tiaokuai.graph.release.told import Rows, Told
from tiaokuai.graph.snapshot import day_number

NEVER = -(2**31)


@dataclass(frozen=True)
class Earlier:
    """The steps of an earlier release and the rows that it told, what held at the last step, and the day of that."""

    steps: tuple[date, ...]
    rows: Rows
    told: Told
    after: int


def nothing_told(enterprises: int) -> Earlier:
    """Where there is no earlier release."""
    return Earlier((), Rows.join([]), Told.nothing(enterprises), NEVER)


def earlier(before: Network, steps: tuple[date, ...], ids: pl.Series, rank: Int32) -> Earlier:
    """What ``before`` told at its steps of the enterprises that are still there; ``rank`` is their place by id."""
    counts = before["counts"]
    row = row_numbers(counts["enterprise"], ids)
    known = row >= 0
    if len(row) and not known.any():
        raise RequestError(
            "foreign_before",
            "先前的公布版中没有一家企业与本数据相同（是否用了另一个密钥？），无法接续",
            "the earlier release and the data have no enterprise in common (was it made with another key?)",
        )
    day = day_numbers(counts["since"], NO_SINCE)
    order = np.lexsort((rank[row], day))
    order = order[known[order]]
    columns = (counts[name].fill_null(0).to_numpy()[order] for name in ("members", "lines", "capacity"))
    rows = Rows(rank[row[order]], day[order], Told(*columns))
    return Earlier(steps, rows, _last(rows, rank), day_number(steps[-1]))


def _last(rows: Rows, rank: Int32) -> Told:
    """What holds of each enterprise after all rows, in the order of the table."""
    told = Told.nothing(len(rank))
    for name in ("members", "lines", "capacity"):
        # Rows are in order of their days: the last one wins.
        getattr(told, name)[rows.enterprise] = getattr(rows.told, name)
    return told.at(rank)
