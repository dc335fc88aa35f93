"""The tables out of a Neo4j database that :mod:`tiaokuai.loaders.neo4j_push` filled, exactly as they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.network import Network
from tiaokuai.graph.problems import InvalidData, Problem
from tiaokuai.loaders.neo4j import connect
from tiaokuai.loaders.neo4j_reading import Progress, note_of, read_texts, typed
from tiaokuai.loaders.refused import refused_content
from tiaokuai.loaders.release_note import take_note
from tiaokuai.loaders.sheet import Source


def pull(uri: str, progress: Progress = lambda rows: None) -> Network:
    """Every row that a push wrote, sorted by all columns.

    Raises InvalidData where a column holds identity numbers or ways to contact somebody, RequestError where somebody
    changed a cell into what it cannot hold, ServiceError for the server's faults.
    """
    with connect(uri) as session:
        tables = read_texts(session, progress=progress)
        note = session.execute_read(note_of)
    if refused := [problem for table, frame in tables.items() for problem in _of_people(table, frame)]:
        raise InvalidData(refused)
    try:
        frames = {table: typed(table, frame).sort(frame.columns) for table, frame in tables.items()}
    except pl.exceptions.PolarsError:
        raise RequestError(
            "neo4j_changed",
            "数据库中的值被改成了无法读取的内容；用 tiaokuai check 查看是哪些",
            "values in the database were changed into what cannot be read; tiaokuai check names them",
            uri=uri,
        ) from None
    found = Source()
    if note is not None:
        take_note(note, None, found)
    if found.problems:
        raise InvalidData(found.problems)
    return replace(Network.from_tables(frames), released=found.released)


def _of_people(table: str, frame: pl.DataFrame) -> Iterator[Problem]:
    for name in frame.columns:
        if (told := refused_content(frame[name])) is not None:
            yield Problem("refused_column", table, None, None, name, name, {"reason": told[0]})
