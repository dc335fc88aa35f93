"""The answers as polars frames: ``tk.coverage(day, by="block")`` and the rest (shares 0 … 1, unrounded).

Null stands where there is nothing to divide by. A day comes from ``network.as_of(date)``, with the assumptions in it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from tiaokuai.graph import Assumptions, Network, Snapshot
from tiaokuai.graph.network import as_day
from tiaokuai.metrics.compare import compared
from tiaokuai.metrics.coverage import coverage_frame
from tiaokuai.metrics.documents import explain_document
from tiaokuai.metrics.fragility import fragility_frame
from tiaokuai.metrics.gaps import block_gaps_frame, gaps_frame
from tiaokuai.metrics.history import history_rows
from tiaokuai.metrics.influence import block_influence, component_influence, line_influence
from tiaokuai.metrics.lateral import Blocks, replication_frame

__all__ = ["compare", "coverage", "explain", "fragility", "gaps", "history", "influence", "replication"]


def coverage(day: Snapshot, by: str = "block") -> pl.DataFrame:
    """Who is within reach (model.md §2): a row a block, district, enterprise, sector or ownership.

    Columns id, name, enterprises, enterprises_with_line, staff, imputed_staff, lines, members, potential, reached,
    coverage, line_share, amplification, realisation, wasted_capacity, missing_lines. ValueError for another ``by``.

    >>> net = Network.from_tables({
    ...     "districts": [{"id": "D"}], "blocks": [{"id": "B", "district": "D"}],
    ...     "enterprises": [{"id": "E", "block": "B", "staff": 25}],
    ...     "members": [{"id": "M", "enterprise": "E", "association": "A", "since": date(2020, 1, 1)}],
    ...     "backbones": [{"member": "M", "since": date(2021, 1, 1)}],
    ... })
    >>> coverage(net.as_of("2026-01-01")).select("id", "staff", "reached", "coverage").row(0)
    ('B', 25, 10, 0.4)
    """
    return coverage_frame(day, by)


def replication(day: Snapshot) -> pl.DataFrame:
    """Every block's status, founding, generation, source, fidelity and descendants (model.md §2, lateral).

    Columns id, name, kind, status, founded (date), generation, source, fidelity, fidelity_by_group (struct),
    copy_fidelity, coverage, line_share, descendants, descendant_reach.

    >>> import tiaokuai as tk
    >>> day = tk.generate(blocks=3, enterprises=12, seed=1).as_of("2026-06-30")
    >>> replication(day).select("id", "status", "generation").rows()
    [('B01', 'covered', 0), ('B02', 'hollow', 1), ('B03', 'none', None)]
    """
    return replication_frame(Blocks(day))


def gaps(day: Snapshot, top: int | None = None, by: str = "enterprise") -> pl.DataFrame:
    """Where lines are missing (model.md §2, full coverage), by ``enterprise`` or ``block``.

    By enterprise: enterprise, block, staff, lines, gain (of the next line), missing_lines; largest gain first. By
    block: id, name, founded, eligible, missing_lines, out_of_reach; fewest missing lines first.

    >>> import tiaokuai as tk
    >>> day = tk.generate(blocks=3, enterprises=12, seed=1).as_of("2026-06-30")
    >>> gaps(day, top=2).select("enterprise", "gain", "missing_lines").rows()
    [('E05', 10, 2), ('E06', 10, 3)]
    """
    if by not in ("enterprise", "block"):
        raise ValueError(f"by is enterprise or block, not {by!r}")
    return gaps_frame(day, top) if by == "enterprise" else block_gaps_frame(day, top)


def influence(day: Snapshot, of: str = "block", top: int | None = None) -> pl.DataFrame:
    """Who carries how much (model.md §2, influence): ``of`` each block, component or line, largest first.

    Block: id, name, descendants, reached, descendant_reach. Component: line shares with and without it, an
    association, never a cause. Line: member, enterprise, block, capacity, reach_lost.

    >>> import tiaokuai as tk
    >>> day = tk.generate(blocks=3, enterprises=12, seed=1).as_of("2026-06-30")
    >>> influence(day, top=1).select("id", "descendants", "descendant_reach").rows()
    [('B01', 1, 29)]
    """
    if of == "line":
        return line_influence(day, top)
    if of not in ("block", "component"):
        raise ValueError(f"of is block, component or line, not {of!r}")
    return (block_influence if of == "block" else component_influence)(Blocks(day), top)


def fragility(day: Snapshot, top: int | None = None) -> pl.DataFrame:
    """What hangs on one backbone, a row a block with anybody in reach (model.md §2, fragility).

    Columns id, name, reached, on_one_backbone, share, enterprises_on_one_backbone, coverage, expected_coverage (after a
    year of turnover, nothing added).

    >>> import tiaokuai as tk
    >>> day = tk.generate(blocks=3, enterprises=12, seed=1).as_of("2026-06-30")
    >>> fragility(day).select("id", "reached", "on_one_backbone").rows()
    [('B01', 29, 2)]
    """
    return fragility_frame(day, top)


def history(
    network: Network,
    step: str = "month",
    first: date | str | None = None,
    last: date | str | None = None,
    assumptions: Assumptions | None = None,
) -> pl.DataFrame:
    """The metrics over time: a row every ``step`` (day, week, month, quarter, year) from ``first`` up to ``last``.

    ``first`` is the step of the first event unless given, ``last`` today. Columns date, the figures of
    :func:`coverage`, eligible, founded, founded_share, replicas, replication_share, velocity_12m, full_coverage,
    hollow (blocks of any kind), hollow_share (of founded eligible ones).

    >>> import tiaokuai as tk
    >>> net = tk.generate(blocks=3, enterprises=12, seed=1)
    >>> history(net, "year", last="2026-06-30").select("lines", "reached").rows()[-2:]
    [(6, 29), (6, 29)]
    """
    start, end = first and as_day(first), as_day(last) if last else date.today()
    rows = history_rows(network, step, start or None, end, assumptions or Assumptions())
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col("date").str.to_date())


def compare(
    network: Network, first: date | str, last: date | str, assumptions: Assumptions | None = None
) -> pl.DataFrame:
    """What changed between two days, a row a block: id, name, then every figure as ``…_before`` and ``…_after``.

    >>> import tiaokuai as tk
    >>> net = tk.generate(blocks=3, enterprises=12, seed=1)
    >>> compare(net, "2022-06-30", "2026-06-30").select("id", "lines_before", "lines_after").row(0)
    ('B01', 4, 6)
    """
    rows, _ = compared(network.as_of(first, assumptions), network.as_of(last, assumptions))
    flat = [
        {
            "id": row["id"],
            "name": row["name"],
            **{f"{name}_{end}": row[end][name] for name in row["before"] for end in ("before", "after")},
        }
        for row in rows
    ]
    return pl.DataFrame(flat, infer_schema_length=None)


def explain(day: Snapshot, block: str) -> dict[str, Any]:
    """Why a block has its status: the rule, its figures, and the least that would change it.

    RequestError, with the nearest id, for a block that does not exist.

    >>> import tiaokuai as tk
    >>> day = tk.generate(blocks=3, enterprises=12, seed=1).as_of("2026-06-30")
    >>> explain(day, "B02")["status"], explain(day, "B02")["changes"][0]
    ('hollow', {'to': 'growing', 'lines': 2})
    """
    return explain_document(day, block)
