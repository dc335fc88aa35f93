"""A Neo4j database as raw tables, checked like any file: our own layout, or that of a mapping file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import polars as pl

from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.integrity import RawTable
from tiaokuai.graph.records import TABLES
from tiaokuai.loaders.neo4j import connect
from tiaokuai.loaders.neo4j_mapping import OWN, Source
from tiaokuai.loaders.neo4j_mapping_file import read_mapping
from tiaokuai.loaders.neo4j_reading import note_of, read_texts, state
from tiaokuai.loaders.release_note import take_note
from tiaokuai.loaders.sheet import Sheet, raw_table
from tiaokuai.loaders.sheet import Source as Found


def read_database(uri: str, mapping: Path | None = None, told: Callable[[str], None] = lambda what: None) -> Found:
    """Every table of a database with what is wrong with it.

    Rows are sorted, and numbered as in the files that ``neo4j pull`` writes. Raises RequestError for a mapping that
    cannot be used and a database that holds nothing of ours, ServiceError for faults of the server.
    """
    sources = OWN if mapping is None else read_mapping(mapping)
    with connect(uri) as session:
        if mapping is None and session.execute_read(state)[0] is None:
            raise RequestError(
                "neo4j_empty",
                "数据库里没有数据集：先用 tiaokuai neo4j push 写入；别人写入的，用 tiaokuai neo4j map 与 --mapping",
                "the database holds no data set: fill it with tiaokuai neo4j push; for one that others filled, "
                "see tiaokuai neo4j map and --mapping",
            )
        told("Neo4j")
        texts = read_texts(session, sources)
        note = session.execute_read(note_of) if mapping is None else None
    found = Found()
    if note is not None:
        take_note(note, None, found)
    for table, frame in texts.items():
        if frame.height or TABLES[table].required or mapping is not None:
            found.tables.append(_raw(table, frame, sources, found))
    return found


def _raw(table: str, frame: pl.DataFrame, sources: Mapping[str, Source], found: Found) -> RawTable:
    source = sources[table]
    names = [name for name in frame.columns if name in source.columns]
    keys = [name for name in (*TABLES[table].key, *names) if name in names]
    ordered = frame.select(names).sort(list(dict.fromkeys(keys)))

    def cells(places: Sequence[int]) -> pl.DataFrame:
        return ordered.select(pl.col(names[place]).alias(str(place)) for place in places)

    shown = f"(:{source.label})" if source.label else f"[:{source.type}]"
    return raw_table(table, Sheet(names, cells), shown, found.problems)
