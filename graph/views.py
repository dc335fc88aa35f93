"""The network as a networkx graph: the same typed nodes and edges as in Neo4j (model.md §1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from tiaokuai.graph.records import columns

if TYPE_CHECKING:
    import networkx as nx

    from tiaokuai.graph.network import Network

LABELS = {
    "districts": "District",
    "blocks": "Block",
    "enterprises": "Enterprise",
    "associations": "Association",
    "members": "Member",
    "counts": "Count",
}
# (table, edge type, column at the tail, column at the head); None is the row itself.
EDGES: tuple[tuple[str, str, str | None, str], ...] = (
    ("districts", "PART_OF", None, "parent"),
    ("blocks", "IN_DISTRICT", None, "district"),
    ("enterprises", "IN_BLOCK", None, "block"),
    ("associations", "SERVES", None, "block"),
    ("enrolments", "ENROLLED_IN", "enterprise", "association"),
    ("members", "WORKS_AT", None, "enterprise"),
    ("members", "BELONGS_TO", None, "association"),
    ("counts", "OF", None, "enterprise"),
    ("adoptions", "ADOPTED", "block", "component"),
    ("replications", "REPLICATES", "target", "source"),
    ("links", "LINKED_TO", "a", "b"),
)


def key(label: str, id: str) -> str:
    """Name of a node: ids are unique only within their table, so the label goes first.

    >>> key("Block", "B01")
    'Block:B01'
    """
    return f"{label}:{id}"


def node_id(row: Mapping[str, Any]) -> str:
    """What a row is called among the nodes of its table: its id; a count has none and is named by place and day.

    >>> node_id({"enterprise": "E1", "since": date(2024, 1, 1)})
    'E1@2024-01-01'
    """
    return str(row["id"]) if "id" in row else f"{row['enterprise']}@{row['since']}"


def active_rows(network: Network, table: str, day: date) -> pl.DataFrame:
    """Rows of a table that count on the day, by their own dates."""
    frame = network[table]
    if "since" in frame.columns:
        frame = frame.filter(pl.col("since").is_null() | (pl.col("since") <= day))
    if "until" in frame.columns:
        frame = frame.filter(pl.col("until").is_null() | (pl.col("until") > day))
    return frame


def to_networkx(network: Network, day: date) -> nx.MultiDiGraph:
    """Typed graph of one day: every node has ``label`` and ``id``, every edge ``type``; empty cells are left out.

    A member of a closed enterprise and a line outside its membership are not in it. A member who is a backbone
    has ``backbone`` true and an EXTENDS_TO edge, with its capacity where one is recorded, to the own enterprise.
    Of the counts there is the one in force, with what its empty cells mean.
    """
    import networkx as nx

    graph = nx.MultiDiGraph(day=day.isoformat(), fingerprint=network.fingerprint)
    for table, label in LABELS.items():
        for row in _rows(network, table, day).iter_rows(named=True):
            if table in ("members", "counts") and key("Enterprise", row["enterprise"]) not in graph:
                continue
            graph.add_node(key(label, node_id(row)), label=label, **({"id": node_id(row)} | _attributes(table, row)))
    for part in network.template.components:
        graph.add_node(key("Component", part.id), label="Component", id=part.id, group=part.group, name=part.zh)
    for table, kind, tail, head in EDGES:
        for row in _rows(network, table, day).iter_rows(named=True):
            _add_edge(graph, table, kind, tail, head, row)
    _add_lines(graph, active_rows(network, "backbones", day))
    return graph


def _rows(network: Network, table: str, day: date) -> pl.DataFrame:
    return counts_on(network, day) if table == "counts" else active_rows(network, table, day)


def counts_on(network: Network, day: date) -> pl.DataFrame:
    """The counts in force on the day, empty cells filled as before; no capacity where none was counted so far."""
    until_now = network["counts"].filter(pl.col("since") <= day).sort("since")
    said = [pl.col(name).drop_nulls().last() for name in ("members", "lines", "capacity")]
    found = until_now.group_by("enterprise", maintain_order=True).agg(pl.col("since").last(), *said)
    return found.with_columns(pl.col("members", "lines").fill_null(0))


def _add_edge(graph: nx.MultiDiGraph, table: str, kind: str, tail: str | None, head: str, row: dict[str, Any]) -> None:
    if row[head] is None:
        return
    start = key(LABELS[table], node_id(row)) if tail is None else _end(table, tail, row)
    end = _end(table, head, row)
    if start not in graph or end not in graph:
        return
    own = {} if tail is None else {k: v for k, v in _attributes(table, row).items() if k not in (tail, head)}
    graph.add_edge(start, end, key=kind, type=kind, **own)


def _add_lines(graph: nx.MultiDiGraph, backbones: pl.DataFrame) -> None:
    for row in backbones.iter_rows(named=True):
        member = key("Member", row["member"])
        if member not in graph:
            continue
        enterprise = next(end for _, end, kind in graph.out_edges(member, keys=True) if kind == "WORKS_AT")
        own = {k: v for k, v in _attributes("backbones", row).items() if k != "member"}
        graph.nodes[member]["backbone"] = True
        graph.add_edge(member, enterprise, type="EXTENDS_TO", **own)


def _end(table: str, name: str, row: dict[str, Any]) -> str:
    ref = next(column.ref for column in columns(table) if column.name == name)
    return key(LABELS[ref] if ref else "Component", row[name])


def _attributes(table: str, row: dict[str, Any]) -> dict[str, Any]:
    refs = {column.name for column in columns(table) if column.ref} if table in LABELS else set()
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if value is not None and name not in refs
    }
