"""Rows into nodes and relationships of ours, and out again, in batches of parametrised Cypher."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.network import schema
from tiaokuai.graph.template import Template
from tiaokuai.loaders.neo4j_mapping import LABELS, NODES, OURS, REFERENCES, RELATIONS, node_key, properties

BATCH = 10_000
# Runs one query over one batch of rows and returns the one number that it answers with.
Run = Callable[[str, list[Any]], int]

SCHEMA = {
    "tiaokuai_key": f"CREATE CONSTRAINT tiaokuai_key IF NOT EXISTS FOR (n:{OURS}) REQUIRE n.key IS UNIQUE",
    **{
        f"tiaokuai_{table}_id": f"CREATE INDEX tiaokuai_{table}_id IF NOT EXISTS FOR (n:{label}) ON (n.id)"
        for table, label in LABELS.items()
    },
}


def write_nodes(run: Run, table: str, frame: pl.DataFrame, before: pl.Series) -> None:
    """Nodes with their references; those with a key in ``before`` were there and lose their old references."""
    names, references = properties(table), REFERENCES[table]
    key = node_key(table)
    own = frame.filter(key.is_in(before.implode()))
    for name, _ in references.values():
        query = f"MATCH (n:{OURS} {{key: row[0]}})-[old:{name}]->(:{OURS}) DELETE old"
        _batches(run, query, own.select(key))
    # A reference that may be empty, or point into its own table, is drawn when all nodes are there.
    inner = {column: to for column, to in references.items() if to[1] != table}
    cells = [*_plain(table, names), key, *(_keys(to, column) for column, (_, to) in inner.items())]
    at = len(names)
    targets = "".join(f" MATCH (t{i}:{OURS} {{key: row[{at + 1 + i}]}})" for i in range(len(inner)))
    drawn = "".join(f" CREATE (n)-[:{name}]->(t{i})" for i, (name, _) in enumerate(inner.values()))
    query = f"{targets.lstrip()} MERGE (n:{OURS} {{key: row[{at}]}}) SET n:{NODES[table]}, {_sets('n', table, names)}"
    _batches(run, query.lstrip() + drawn, frame.select(cells), whole=True)
    for column in references.keys() - inner.keys():
        name, to = references[column]
        query = f"MATCH (n:{OURS} {{key: row[0]}}) MATCH (t:{OURS} {{key: row[1]}}) CREATE (n)-[:{name}]->(t)"
        rows = frame.filter(pl.col(column).is_not_null()).select(key, _keys(to, column))
        _batches(run, query, rows, whole=True)


def write_relations(run: Run, table: str, frame: pl.DataFrame) -> None:
    """Relationships between nodes that are there; a line runs to its member's enterprise."""
    relation, names = RELATIONS[table], properties(table)
    (start, start_column), (end, end_column) = relation.start, relation.end
    cells = [*_plain(table, names), _keys(start, start_column)]
    query = f"MATCH (a:{OURS} {{key: row[{len(names)}]}}) "
    if end_column is None:
        query += f"MATCH (a)-[:WORKS_AT]->(b:{OURS}:{LABELS[end]}) "
    else:
        cells.append(_keys(end, end_column))
        query += f"MATCH (b:{OURS} {{key: row[{len(names) + 1}]}}) "
    query += f"CREATE (a)-[r:{relation.type}]->(b) SET {_sets('r', table, names)}"
    _batches(run, query, frame.select(cells), whole=True)


def write_components(run: Run, template: Template) -> None:
    """The template's components, named, for people who look at the graph."""
    query = (
        f"MERGE (c:{OURS} {{key: 'components/' + row[0]}}) "
        "SET c:Component, c.id = row[0], c.group = row[1], c.name = row[2]"
    )
    rows = [[part.id, part.group, part.zh] for part in template.components]
    _batches(run, query, pl.DataFrame(rows, schema=dict.fromkeys("abc", pl.String()), orient="row"))


def write_note(run: Run, note: str | None) -> None:
    """What a release says of itself, as the one node (:Release); the data have none."""
    _batches(run, f"MATCH (r:{OURS}:Release) DELETE r", _ONE)
    if note is not None:
        _batches(run, f"CREATE (:{OURS}:Release {{key: 'release', note: row[0]}})", pl.DataFrame({"note": [note]}))


def delete_relations(run: Run, elements: pl.Series) -> None:
    """Relationships by their elements' ids."""
    _batches(run, "MATCH ()-[r]->() WHERE elementId(r) = row[0] DELETE r", elements.to_frame())


def delete_nodes(run: Run, elements: pl.Series) -> None:
    """Nodes by their elements' ids. Where somebody else's relationship hangs on one, a bare node is left for it."""
    ours = [*(name for to in REFERENCES.values() for name, _ in to.values()), *(r.type for r in RELATIONS.values())]
    found = f"MATCH (n:{OURS}) WHERE elementId(n) = row[0] "
    _batches(run, f"{found} MATCH (n)-[r:{'|'.join(ours)}]-(:{OURS}) DELETE r", elements.to_frame())
    bare = "".join(f":{label}" for label in (OURS, *NODES.values(), "Backbone"))
    _batches(run, f"{found} AND (n)--() SET n = {{}} REMOVE n{bare}", elements.to_frame())
    _batches(run, f"{found} DELETE n", elements.to_frame())


def mark_backbones(run: Run) -> None:
    """The label Backbone on exactly the members who ever held a line."""
    _batches(run, f"MATCH (m:{OURS}:Member) WHERE (m)-[:EXTENDS_TO]->() AND NOT m:Backbone SET m:Backbone", _ONE)
    _batches(run, f"MATCH (m:{OURS}:Backbone) WHERE NOT (m)-[:EXTENDS_TO]->() REMOVE m:Backbone", _ONE)


_ONE = pl.DataFrame({"row": [""]})


def _batches(run: Run, query: str, frame: pl.DataFrame, whole: bool = False) -> None:
    """``query`` over all rows; with ``whole``, each of them must have found its ends."""
    for part in frame.iter_slices(BATCH):
        done = run(f"UNWIND $rows AS row {query} RETURN count(*) AS done", list(_lists(part)))
        if whole and done < part.height:
            raise RequestError(
                "dangling",
                "有引用找不到对应的记录；请先用 tiaokuai check 检查数据",
                "a reference leads nowhere; look at the data with tiaokuai check first",
                rows=part.height - done,
            )


def _lists(frame: pl.DataFrame) -> Iterator[list[Any]]:
    return (list(row) for row in frame.rows())  # the driver takes lists alone


def _keys(table: str, column: str | None) -> pl.Expr:
    assert column is not None  # noqa: S101  # for the type checker: only a line has no column for its end
    return pl.concat_str(pl.lit(f"{table}/"), pl.col(column)).alias(f"_{column}_key")


def _plain(table: str, names: list[str]) -> list[pl.Expr]:
    # A date travels as text: the driver needs ten times as long for a date.
    dates = {name for name, dtype in schema(table).items() if dtype == pl.Date}
    return [pl.col(name).cast(pl.String) if name in dates else pl.col(name) for name in names]


def _sets(variable: str, table: str, names: list[str]) -> str:
    dates = {name for name, dtype in schema(table).items() if dtype == pl.Date}
    cells = [(name, f"date(row[{at}])" if name in dates else f"row[{at}]") for at, name in enumerate(names)]
    return ", ".join(f"{variable}.{name} = {cell}" for name, cell in cells)
