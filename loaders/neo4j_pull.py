"""The tables out of a Neo4j database that :mod:`tiaokuai.loaders.neo4j_push` filled."""

from __future__ import annotations

from typing import Any

import polars as pl
from neo4j import ManagedTransaction

from tiaokuai.graph.network import Network, schema
from tiaokuai.loaders.neo4j import connect
from tiaokuai.loaders.neo4j_mapping import LABELS, RELATIONS


def pull(uri: str) -> Network:
    """Every row that a push wrote, sorted, read in one transaction so that all tables are of one moment."""
    with connect(uri) as session:
        return Network.from_tables(session.execute_read(read_tables))


def read_tables(transaction: ManagedTransaction) -> dict[str, pl.DataFrame]:
    """All ten tables with their columns, rows sorted by all columns."""
    queries = {
        **{table: f"MATCH (x:Tiaokuai:{label}) RETURN " for table, label in LABELS.items()},
        **{
            table: f"MATCH (:Tiaokuai)-[x:{name}]->(:Tiaokuai) WHERE x.row IS NOT NULL RETURN "
            for table, (name, _, _) in RELATIONS.items()
        },
    }
    return {table: _frame(transaction, table, query) for table, query in queries.items()}


def _frame(transaction: ManagedTransaction, table: str, query: str) -> pl.DataFrame:
    wanted = schema(table)
    found = transaction.run(query + ", ".join(f"x.{name}" for name in wanted))
    rows: list[list[Any]] = [[_plain(cell) for cell in record.values()] for record in found]
    return pl.DataFrame(rows, schema=wanted, orient="row").sort(list(wanted))


def _plain(cell: Any) -> Any:
    return cell.to_native() if hasattr(cell, "to_native") else cell
