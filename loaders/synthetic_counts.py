"""A network of persons recorded as head-counts instead: what an association keeps that lists nobody."""

from __future__ import annotations

import polars as pl

from tiaokuai.graph import Network
from tiaokuai.graph.codes import NO_UNTIL, Codes, Int32


def without_persons(network: Network) -> Network:
    """The same network with a row of ``counts`` wherever the members or lines of an enterprise change.

    Made for districts whose lines all have the usual capacity; how many a line can reach is not counted.

    >>> from datetime import date
    >>> day = date(2024, 3, 1)
    >>> net = Network.from_tables({
    ...     "districts": [{"id": "D"}], "blocks": [{"id": "B", "district": "D"}],
    ...     "enterprises": [{"id": "E", "block": "B"}],
    ...     "members": [{"id": "M", "enterprise": "E", "association": "A", "since": day, "consent": day}],
    ...     "backbones": [{"member": "M", "since": date(2024, 5, 1)}]})
    >>> without_persons(net)["counts"].select("since", "members", "lines").rows()
    [(datetime.date(2024, 3, 1), 1, 0), (datetime.date(2024, 5, 1), 1, 1)]
    """
    codes = network.codes
    changes = pl.concat(
        [
            *_changes(codes, "members", codes.member_enterprise, codes.member_since, codes.member_until),
            *_changes(codes, "lines", codes.line_enterprise, codes.line_since, codes.line_until),
        ]
    )
    by_day = changes.group_by("at", "since").agg(pl.col("members", "lines").sum()).sort("at", "since")
    moved = by_day.filter((pl.col("members") != 0) | (pl.col("lines") != 0))
    counts = moved.with_columns(pl.col("members", "lines").cum_sum().over("at"))
    counts = counts.select(
        enterprise=network["enterprises"]["id"].gather(counts["at"]),
        since=pl.col("since").cast(pl.Date),
        members="members",
        lines="lines",
    )
    tables = {name: frame for name, frame in network.tables.items() if name not in ("members", "backbones")}
    return Network.from_tables({**tables, "counts": counts}, network.template)


def _changes(codes: Codes, name: str, at: Int32, since: Int32, until: Int32) -> list[pl.DataFrame]:
    """One up for every row that begins, one down for every one that ends while its enterprise goes on."""
    end = codes.enterprise_until[at]
    found = []
    for day, step in ((since, 1), (until, -1)):
        seen = (since < until) & (day < NO_UNTIL) & (day < end)
        moves = {"at": at[seen], "since": day[seen], "members": 0, "lines": 0} | {name: step}
        found.append(pl.DataFrame(moves, schema_overrides={"members": pl.Int64, "lines": pl.Int64}))
    return found
