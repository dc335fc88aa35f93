"""The tables out of a Neo4j database that :mod:`tiaokuai.loaders.neo4j_push` filled."""

from __future__ import annotations

from tiaokuai.graph.network import Network
from tiaokuai.loaders.neo4j import connect
from tiaokuai.loaders.neo4j_reading import Progress, read_texts, typed


def pull(uri: str, progress: Progress = lambda rows: None) -> Network:
    """Every row that a push wrote, sorted by all columns."""
    with connect(uri) as session:
        tables = read_texts(session, progress=progress)
    return Network.from_tables({table: typed(table, frame).sort(frame.columns) for table, frame in tables.items()})
