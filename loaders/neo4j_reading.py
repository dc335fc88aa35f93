"""Tables out of a Neo4j database, every cell as the text that it would have in a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl
from neo4j import ManagedTransaction, Session

from tiaokuai.graph.errors import ServiceError
from tiaokuai.graph.network import schema
from tiaokuai.graph.records import TABLES
from tiaokuai.loaders.neo4j_mapping import OURS, OWN, Cell, Source

Progress = Callable[[int], None]
_STATE = "MATCH (d:Tiaokuai:DataSet) RETURN d.state AS state, d.hash AS hash, d.pushed AS pushed"
_TRIES = 3
_CHUNK = 50_000


def quoted(name: str) -> str:
    """A label, type or property that may hold anything, as Cypher takes it.

    >>> quoted("a`b")
    '`a``b`'
    """
    return "`" + name.replace("`", "``") + "`"


def labels(names: str) -> str:
    """``:A:B`` for ``A:B``, nothing for nothing."""
    return "".join(":" + quoted(name) for name in names.split(":") if name)


def query(source: Source, columns: list[str], marked: bool = False) -> str:
    """The Cypher that returns the columns as texts; ``marked`` adds the element's id at the end.

    >>> query(Source({"a": Cell("x", "start"), "w": Cell("w")}, type="T"), ["a", "w"]).splitlines()[0]
    'MATCH (start)-[row:`T`]->(end)'
    """
    if source.label:
        lines = [f"MATCH (row{labels(source.label)})"]
    else:
        lines = [f"MATCH (start{labels(source.start)})-[row:{quoted(source.type)}]->(end{labels(source.end)})"]
    if OURS not in f"{source.label}:{source.start}".split(":"):
        lines.append(f"WHERE NOT {'row' if source.label else 'start'}:{OURS}")
    wanted = []
    for number, name in enumerate(columns):
        cell = source.columns.get(name)
        if cell and cell.at == "via":
            left, right = ("<-", "-") if cell.inward else ("-", "->")
            lines.append(f"OPTIONAL MATCH (row){left}[:{quoted(cell.via)}]{right}(via{number}{labels(cell.label)})")
        wanted.append(_text(cell, number))
    if marked:
        wanted.append("elementId(row)")
    return "\n".join([*lines, "RETURN " + ", ".join(f"{cell} AS c{at}" for at, cell in enumerate(wanted))])


def _text(cell: Cell | None, number: int) -> str:
    if cell is None:
        return "null"
    owner = f"via{number}" if cell.at == "via" else cell.at
    found = f"{owner}.{quoted(cell.property)}"
    # A list or a map is no cell: it is shown as such, and the check says what should be there.
    return f"coalesce(toStringOrNull({found}), CASE WHEN {found} IS NOT NULL THEN '[…]' END)"


def read_texts(
    session: Session,
    sources: Mapping[str, Source] = OWN,
    progress: Progress = lambda rows: None,
) -> dict[str, pl.DataFrame]:
    """Every table with all its columns as text, rows as the server gives them.

    The server shows each query what is committed when it runs. Should a push have ended in between, the tables are
    read again, so that they are of one moment. Raises ServiceError where a push was left unfinished.
    """
    for _ in range(_TRIES):
        before = session.execute_read(state)
        tables = session.execute_read(texts, sources, progress=progress)
        if session.execute_read(state) == before:
            return tables
    raise ServiceError(
        "neo4j_changing",
        "数据库一直在变动，请稍后再读",
        "the database keeps changing while it is read; try again later",
    )


def typed(table: str, frame: pl.DataFrame, strict: bool = True) -> pl.DataFrame:
    """Texts as the values of a table's columns; what cannot be one raises, or is null where not ``strict``."""
    return frame.with_columns(
        pl.col(name).str.to_date("%Y-%m-%d", strict=strict)
        if dtype == pl.Date
        else pl.col(name).cast(dtype, strict=strict)
        for name, dtype in schema(table).items()
    )


def state(transaction: ManagedTransaction) -> tuple[str | None, str | None, str | None]:
    """State, hash and time of the last push; ServiceError where a first push was left unfinished."""
    found = transaction.run(_STATE).single()
    if found is None:
        return None, None, None
    if found["state"] == "loading":
        raise ServiceError(
            "neo4j_unfinished",
            "首次写入尚未完成或曾中断；请等它完成，或再次运行 tiaokuai neo4j push",
            "a first push is still under way or was cut off; let it end, or run tiaokuai neo4j push again",
        )
    return found["state"], found["hash"], str(found["pushed"])


def note_of(transaction: ManagedTransaction) -> str | None:
    """The note of a release; None where the database holds the data."""
    found = transaction.run(f"MATCH (r:{OURS}:Release) RETURN r.note AS note LIMIT 1").single()
    return None if found is None else str(found["note"])


def texts(
    transaction: ManagedTransaction,
    sources: Mapping[str, Source],
    marked: bool = False,
    progress: Progress = lambda rows: None,
) -> dict[str, pl.DataFrame]:
    """The tables of ``sources`` in one transaction; ``marked`` adds a column ``_element``."""
    read = 0
    tables = {}
    for table, source in sources.items():
        names = list(TABLES[table].model_fields)
        schema = dict.fromkeys([*names, "_element"] if marked else names, pl.String())
        result = transaction.run(query(source, names, marked))
        frames = [pl.DataFrame(schema=schema)]
        while rows := result.fetch(_CHUNK):
            frames.append(pl.DataFrame([row.values() for row in rows], schema=schema, orient="row"))
            read += len(rows)
            progress(read)
        tables[table] = pl.concat(frames)
    return tables
