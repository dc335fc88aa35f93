"""What the engines run: a scenario on a start state, as plain arrays that the kernel, the reference and Dask share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# What an operation does; OPERATIONS[:, CODE].
FOUND, LINES_AT, LINES_IN, RAISE, LOSE_SHARE, LOSE_NUMBER, CLOSE, OPEN, PAY = range(9)
# Columns of an operation.
MONTH, CODE, BLOCK, ENTERPRISE, COUNT, WHERE, NTH = range(7)
VALUE, UNIT, FIXED = range(3)
WITHOUT_LINE, GAP, RANDOM = range(3)

# Columns of a month's rates, in the order of rates.TABLE.
(
    FILL,
    SERVICES,
    START,
    IMITATION,
    FOUNDING,
    REPLICATION,
    ADOPTION,
    INITIAL,
    DEVELOPMENT,
    BACKBONE_TURNOVER,
    MEMBER_TURNOVER,
) = range(11)

# Columns of the output, shares in 0..1 (nan where there is nothing to divide by).
METRICS = (
    "coverage",
    "realised",
    "line_share",
    "founded_share",
    "full_coverage",
    "hollow_share",
    "reached",
    "lines",
    "cost",
)
NEVER = 2**31 - 1  # month of an event that did not happen


class World(NamedTuple):
    """The start: enterprises [E] sorted by block (those that open later with staff 0), blocks [B]."""

    first: Ints  # [B + 1] bounds of each block's enterprises
    block: Ints
    staff: Ints
    lines: Ints
    connected: Ints
    capacity: Floats  # κ
    key: NDArray[np.uint64]  # of each enterprise, for draws
    rank: Ints  # order of ids, for ties
    present: NDArray[np.bool_]  # not one that opens later
    block_key: NDArray[np.uint64]
    eligible: NDArray[np.bool_]
    founded: NDArray[np.bool_]
    fidelity: Floats
    link_first: Ints  # empty: every block is linked to all others of its district
    link_neighbour: Ints
    link_weight: Floats
    district: Ints
    district_size: Ints
    hollow_below: float
    covered_from: float


class Program(NamedTuple):
    """What happens: rates of every month, operations sorted by month and, within it, as in the file."""

    rates: Floats  # [V, M, 11] in the order of rates.TABLE; run r uses variant r % V
    operations: Ints  # [K, 7]
    values: Floats  # [K, 3]: value, cost of a unit, cost of the whole
    power: float  # exponent of the line share in imitation; 1 in model.md §3
    frailty: Floats  # [V'] of run r θ[r % V']: line starts are multiplied by (1 − s)^θ; 0 in model.md §3
    keenness: Floats  # [V″, B] what line starts in each block of run r (row r % V″) are multiplied by; 1 in model.md §3
    ready_made: bool  # no adoption is recorded: a founded block has f = 1
