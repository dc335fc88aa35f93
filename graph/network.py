"""The network: validated tables, immutable, and their references as integer codes (model.md §1)."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import polars as pl

from tiaokuai.graph.assumptions import Assumptions
from tiaokuai.graph.codes import Codes, Int32, encode
from tiaokuai.graph.records import RECORDS, TABLES, columns
from tiaokuai.graph.template import Template
from tiaokuai.graph.values import parse_day

if TYPE_CHECKING:
    import networkx as nx

    from tiaokuai.graph.release import Release
    from tiaokuai.graph.snapshot import Snapshot

DTYPES: dict[str, pl.DataType] = {
    "id": pl.String(),
    "text": pl.String(),
    "choice": pl.String(),
    "component": pl.String(),
    "date": pl.Date(),
    "count": pl.Int64(),
    "number": pl.Float64(),
}


def schema(table: str) -> dict[str, pl.DataType]:
    """Polars types of a table's columns, in the order of the dictionary.

    >>> list(schema("links").values())
    [String, String, Float64]
    """
    return {column.name: DTYPES[column.type] for column in columns(table)}


def as_day(day: date | str) -> date:
    """A day from a date or any text that a date column accepts.

    >>> as_day("2026-06-30")
    datetime.date(2026, 6, 30)
    """
    return day if isinstance(day, date) else parse_day(day)


@dataclass(frozen=True)
class Network:
    """All records of an association, checked. Build one with :meth:`from_tables` or a loader.

    ``tables`` holds every table of the dictionary with all its columns; an empty cell is null. The rows are
    trusted: whoever builds a network checks them first (:func:`tiaokuai.graph.integrity.check`), and may hand on the
    ``references`` followed on the way: row numbers by table and column. ``released`` is what a release says of
    itself (:meth:`release`), None for the data.

    >>> Network.from_tables({"districts": [{"id": "D"}], "blocks": [{"id": "B", "district": "D"}]})
    Network(districts=1, blocks=1)
    """

    tables: Mapping[str, pl.DataFrame]
    template: Template = field(default_factory=Template.default)
    references: Mapping[tuple[str, str], Int32] = field(default_factory=dict, repr=False, compare=False)
    released: Release | None = None

    def __repr__(self) -> str:
        """How many rows each table has: never what is in them."""
        rows = ", ".join(f"{name}={len(frame)}" for name, frame in self.tables.items() if len(frame))
        return f"Network({rows})"

    @classmethod
    def from_tables(
        cls, tables: Mapping[str, pl.DataFrame | list[dict[str, Any]]], template: Template | None = None
    ) -> Network:
        """From frames or lists of rows; missing tables and columns are empty, defaults are filled in.

        >>> net = Network.from_tables({"districts": [{"id": "D"}], "blocks": [{"id": "B", "district": "D"}]})
        >>> net.tables["blocks"]["kind"].to_list()
        ['mature']
        """
        if unknown := sorted(set(tables) - set(TABLES)):
            raise ValueError(f"no table is called {', '.join(unknown)}; there are {', '.join(TABLES)}")
        whole = {record.table: _complete(record.table, tables.get(record.table)) for record in RECORDS}
        return cls(MappingProxyType(whole), template or Template.default())

    def __getitem__(self, table: str) -> pl.DataFrame:
        return self.tables[table]

    @cached_property
    def codes(self) -> Codes:
        """Every reference as an integer code and every date as days since 1970, computed once."""
        return encode(self.tables, self.template, self.references)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the content, whatever the order of the rows: 16 hexadecimal digits."""
        digest = hashlib.blake2b(digest_size=8)
        for name, frame in self.tables.items():
            if name == "counts" and frame.is_empty():
                continue  # forecasts kept before there were counts still know their data
            buffer = io.BytesIO()
            frame.sort(frame.columns).write_csv(buffer)
            digest.update(f"{name}\n".encode())
            digest.update(buffer.getbuffer())
        return digest.hexdigest()

    def as_of(self, day: date | str, assumptions: Assumptions | None = None) -> Snapshot:
        """The network on one day."""
        from tiaokuai.graph.snapshot import take

        return take(self, as_day(day), assumptions or Assumptions())

    def release(
        self,
        audience: str = "planner",
        key: bytes | None = None,
        before: Network | None = None,
        today: date | None = None,
    ) -> Network:
        """What an audience may know: an ordinary network without a person in it, which says so of itself.

        ``audience`` is ``planner``, ``public``, or ``steward``, for whom it is the network itself; ``key`` 32 bytes or
        more, without one the installation's own; ``before`` an earlier release to go on with; steps after ``today`` are
        not told. More in :func:`tiaokuai.graph.release.release`, which also says what raises RequestError.
        """
        from tiaokuai.graph.release import release

        return release(self, audience, key, before, today)

    def to_networkx(self, day: date | str) -> nx.MultiDiGraph:
        """The typed graph of model.md §1 on one day."""
        from tiaokuai.graph.views import to_networkx

        return to_networkx(self, as_day(day))


def _complete(table: str, rows: pl.DataFrame | list[dict[str, Any]] | None) -> pl.DataFrame:
    wanted = schema(table)
    frame = pl.DataFrame(rows, schema_overrides=wanted) if isinstance(rows, list) and rows else rows
    if not isinstance(frame, pl.DataFrame):
        frame = pl.DataFrame(schema=wanted)
    if extra := sorted(set(frame.columns) - set(wanted)):
        raise ValueError(f"{table} has no column {', '.join(extra)}; there are {', '.join(wanted)}")
    defaults = {column.name: column.default for column in columns(table) if column.default is not None}
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).fill_null(defaults[name]).alias(name)
        if name in defaults
        else (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in wanted.items()
    )
