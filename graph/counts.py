"""The table ``counts`` as spans: what each row says of its enterprise, until the next row (model.md §1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tiaokuai.graph.spans import NO_SINCE, NO_UNTIL, Int32, Int64, clip, day_numbers


@dataclass(frozen=True)
class CountSpans:
    """Rows by enterprise and day; ``row`` is where each stands in the table."""

    row: NDArray[np.intp]
    enterprise: Int32
    since: Int32
    until: Int32
    members: Int64
    lines: Int64
    capacity: Int64  # of all lines together; -1: lines times the assumption line_capacity


def count_spans(counts: pl.DataFrame, enterprise: Int32, life: tuple[Int32, Int32] | None = None) -> CountSpans:
    """What the rows of a table ``counts`` mean: empty cells filled as before, 0 at first, each row until the next.

    ``enterprise`` is the row of each count's enterprise; ``life`` the spans of all enterprises, to which those of the
    counts are cut. Where there is no line there is no capacity.

    >>> from datetime import date
    >>> rows = pl.DataFrame({"since": [date(1970, 1, 9), date(1970, 1, 2)], "members": [None, 3], "lines": [2, 1],
    ...     "capacity": [None, None]}, schema_overrides={"capacity": pl.Int64})
    >>> spans = count_spans(rows, np.zeros(2, np.int32))
    >>> spans.since.tolist(), spans.until.tolist(), spans.members.tolist(), spans.capacity.tolist()
    ([1, 8], [8, 2147483647], [3, 3], [-1, -1])
    """
    order = np.lexsort((day_numbers(counts["since"], NO_SINCE), enterprise))
    at = enterprise[order]
    filled = (
        counts.select("since", "members", "lines", "capacity")[order]
        .with_columns(pl.Series("at", at))
        .with_columns(pl.col("members", "lines", "capacity").forward_fill().over("at"))
    )
    since = day_numbers(filled["since"], NO_SINCE)
    until = np.full(len(at), NO_UNTIL, dtype=np.int32)
    until[:-1] = np.where(at[1:] == at[:-1], since[1:], NO_UNTIL)
    since, until = clip((since, until), life, at) if life is not None else (since, until)
    lines = filled["lines"].fill_null(0).to_numpy()
    capacity = np.where(lines > 0, filled["capacity"].fill_null(-1).to_numpy(), 0)
    return CountSpans(order, at, since, until, filled["members"].fill_null(0).to_numpy(), lines, capacity)
