"""A network into a Neo4j database: only what differs, in one transaction.

One transaction rather than versions on nodes: readers see the old data until it commits, a push that is killed leaves
nothing behind, and since only differences are written, it is large the first time alone. That first time must fit
the server's transaction memory; beyond it ``neo4j-admin database import`` is the way.

Our nodes carry the label ``Tiaokuai`` and a unique ``key``; nothing without it is read, changed or deleted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl
from neo4j import ManagedTransaction

from tiaokuai.graph.network import Network
from tiaokuai.graph.records import TABLES
from tiaokuai.loaders.neo4j import connect
from tiaokuai.loaders.neo4j_mapping import LABELS, REFERENCES, RELATIONS
from tiaokuai.loaders.neo4j_pull import read_tables

BATCH = 10_000
CONSTRAINT = "CREATE CONSTRAINT tiaokuai_key IF NOT EXISTS FOR (n:Tiaokuai) REQUIRE n.key IS UNIQUE"


@dataclass(frozen=True)
class Pushed:
    """Rows written and rows taken out, by table; a changed row counts as both."""

    added: dict[str, int] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether the database differed from the data set at all."""
        return any(self.added.values()) or any(self.removed.values())


def push(network: Network, uri: str, progress: Callable[[int], None] = lambda rows: None) -> Pushed:
    """Makes the database hold this network and leaves foreign data alone; ``progress`` is told rows written.

    Raises ServiceError, and then the database is as it was.
    """
    with connect(uri) as session:
        session.run(CONSTRAINT).consume()
        return session.execute_write(_push, network, progress)


def _push(transaction: ManagedTransaction, network: Network, progress: Callable[[int], None]) -> Pushed:
    old = read_tables(transaction)
    gone = {table: _without(old[table], network[table]) for table in TABLES}
    new = {table: _without(network[table], old[table]) for table in TABLES}
    # A line runs to its member's enterprise: where the member changed, the line is drawn again.
    moved = pl.concat([new["members"], gone["members"]]).select(pl.col("id").unique().alias("member"))
    for frames, whole in ((gone, old), (new, dict(network.tables))):
        again = whole["backbones"].join(moved, on="member", how="semi")
        frames["backbones"] = pl.concat([frames["backbones"], again]).unique()
    for table, (name, (start, column), _) in RELATIONS.items():
        query = (
            f"UNWIND $rows AS row MATCH (:Tiaokuai {{key: row.start}})-[r:{name}]->(:Tiaokuai) "
            "WHERE r.row = row.row DELETE r"
        )
        _run(transaction, query, ({"start": f"{start}/{r[column]}", "row": _key(table, r)} for r in _rows(gone[table])))
    for table in LABELS:
        left = gone[table].join(network[table], on="id", how="anti")
        query = "UNWIND $rows AS row MATCH (n:Tiaokuai {key: row.key}) DETACH DELETE n"
        _run(transaction, query, ({"key": f"{table}/{r['id']}"} for r in _rows(left)))
    for table in LABELS:
        _nodes(transaction, table, new[table])
        progress(new[table].height)
    for table in LABELS:
        _references(transaction, table, new[table])
    for table in RELATIONS:
        _relations(transaction, table, new[table], network)
        progress(new[table].height)
    counts = Pushed({t: new[t].height for t in TABLES}, {t: gone[t].height for t in TABLES})
    if counts.changed:
        transaction.run(
            "MERGE (d:Tiaokuai:DataSet {key: 'dataset'}) SET d.hash = $hash, d.pushed = datetime()",
            hash=network.fingerprint,
        )
        lines = "MATCH (m:Tiaokuai:Member) "
        transaction.run(lines + "WHERE (m)-[:EXTENDS_TO]->() SET m:Backbone")
        transaction.run(lines + "WHERE m:Backbone AND NOT (m)-[:EXTENDS_TO]->() REMOVE m:Backbone")
    return counts


def _without(frame: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    return frame.join(other, on=frame.columns, how="anti", nulls_equal=True)


def _rows(frame: pl.DataFrame) -> Iterable[dict[str, Any]]:
    return frame.iter_rows(named=True)


def _key(table: str, row: dict[str, Any]) -> str:
    return json.dumps([row[name] for name in TABLES[table].key], ensure_ascii=False, default=str)


def _run(transaction: ManagedTransaction, query: str, rows: Iterable[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            transaction.run(query, rows=batch).consume()
            batch = []
    if batch:
        transaction.run(query, rows=batch).consume()


def _nodes(transaction: ManagedTransaction, table: str, frame: pl.DataFrame) -> None:
    query = f"UNWIND $rows AS row MERGE (n:Tiaokuai {{key: row.key}}) SET n:{LABELS[table]}, n += row.cells"
    _run(transaction, query, ({"key": f"{table}/{r['id']}", "cells": r} for r in _rows(frame)))


def _references(transaction: ManagedTransaction, table: str, frame: pl.DataFrame) -> None:
    for column, (name, target) in REFERENCES.get(table, {}).items():
        query = (
            "UNWIND $rows AS row MATCH (n:Tiaokuai {key: row.start}), (t:Tiaokuai {key: row.end}) "
            f"OPTIONAL MATCH (n)-[old:{name}]->(:Tiaokuai) DELETE old CREATE (n)-[:{name}]->(t)"
        )
        rows = ({"start": f"{table}/{r['id']}", "end": f"{target}/{r[column]}"} for r in _rows(frame))
        _run(transaction, query, rows)


def _relations(transaction: ManagedTransaction, table: str, frame: pl.DataFrame, network: Network) -> None:
    name, (start, start_column), (end, end_column) = RELATIONS[table]
    if table == "backbones":
        homes = network["members"].select(pl.col("id").alias("member"), "enterprise")
        frame = frame.join(homes, on="member")
    if table == "adoptions":
        query = "UNWIND $rows AS row MERGE (c:Tiaokuai {key: row.key}) SET c:Component, c.id = row.id"
        used = frame["component"].unique().to_list()
        _run(transaction, query, ({"key": f"components/{c}", "id": c} for c in used))
    query = (
        "UNWIND $rows AS row MATCH (a:Tiaokuai {key: row.start}), (b:Tiaokuai {key: row.end}) "
        f"CREATE (a)-[r:{name} {{row: row.row}}]->(b) SET r += row.cells"
    )
    own = TABLES[table].model_fields
    rows = (
        {
            "start": f"{start}/{r[start_column]}",
            "end": f"{end}/{r[end_column]}",
            "row": _key(table, r),
            "cells": {column: r[column] for column in own},
        }
        for r in _rows(frame)
    )
    _run(transaction, query, rows)


def status(uri: str) -> dict[str, Any]:
    """Server version, nodes of ours by label, the last push and its data set's hash, constraints missing."""
    with connect(uri) as session:
        version = session.run("CALL dbms.components() YIELD versions RETURN versions[0] AS v").single(strict=True)["v"]
        found = session.run("MATCH (n:Tiaokuai) UNWIND labels(n) AS l RETURN l, count(*) AS c ORDER BY l")
        counts = {record["l"]: record["c"] for record in found if record["l"] != "Tiaokuai"}
        last = session.run("MATCH (d:Tiaokuai:DataSet) RETURN d.hash AS hash, d.pushed AS pushed").single()
        names = {record["name"] for record in session.run("SHOW CONSTRAINTS YIELD name")}
    pushed: datetime | None = last["pushed"].to_native() if last else None
    return {
        "server": version,
        "counts": counts,
        "hash": last["hash"] if last else None,
        "pushed": pushed.isoformat() if pushed else None,
        "missing_constraints": [] if "tiaokuai_key" in names else ["tiaokuai_key"],
    }
