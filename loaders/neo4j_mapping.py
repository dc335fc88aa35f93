"""Where a table's rows lie in a graph: our own layout (model.md §1), and that of a database others filled.

One structure serves both, so that one reader does: a table is a label or a type of relationship, a column a property of
it, of one of its ends, or of the node that a relationship leads to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from tiaokuai.graph.records import TABLES

OURS = "Tiaokuai"  # every node of ours has this label too; without it nothing is read, changed or deleted

LABELS = {
    "districts": "District",
    "blocks": "Block",
    "enterprises": "Enterprise",
    "associations": "Association",
    "members": "Member",
}
# table: {column that refers: (relationship, table referred to)}
REFERENCES: dict[str, dict[str, tuple[str, str]]] = {
    "districts": {"parent": ("PART_OF", "districts")},
    "blocks": {"district": ("IN_DISTRICT", "districts")},
    "enterprises": {"block": ("IN_BLOCK", "blocks")},
    "associations": {"block": ("SERVES", "blocks")},
    "members": {"enterprise": ("WORKS_AT", "enterprises"), "association": ("BELONGS_TO", "associations")},
    "counts": {"enterprise": ("OF", "enterprises")},
}
COUNT = "Count"
# Every table whose rows are nodes, after those it refers to. A count has no id: it is known by enterprise and day.
NODES = {**LABELS, "counts": COUNT}


@dataclass(frozen=True)
class Relation:
    """A table whose rows are relationships: type, and (table, column) of either end; a line's end is no column."""

    type: str
    start: tuple[str, str]
    end: tuple[str, str | None]


RELATIONS = {
    "enrolments": Relation("ENROLLED_IN", ("enterprises", "enterprise"), ("associations", "association")),
    "backbones": Relation("EXTENDS_TO", ("members", "member"), ("enterprises", None)),
    "adoptions": Relation("ADOPTED", ("blocks", "block"), ("components", "component")),
    "replications": Relation("REPLICATES", ("blocks", "target"), ("blocks", "source")),
    "links": Relation("LINKED_TO", ("blocks", "a"), ("blocks", "b")),
}


def properties(table: str) -> list[str]:
    """Columns kept as properties; the others are relationships or their ends, so that nothing is said twice.

    >>> properties("members"), properties("links")
    (['id', 'since', 'until', 'consent'], ['weight'])
    """
    apart: set[str | None] = set(REFERENCES.get(table, ()))
    if table in RELATIONS:
        apart |= {RELATIONS[table].start[1], RELATIONS[table].end[1]}
    return [name for name in TABLES[table].model_fields if name not in apart]


def node_key(table: str) -> pl.Expr:
    """What a node is known by among all of ours, ``table/id``, from a row's columns.

    >>> rows = pl.DataFrame({"enterprise": ["E1"], "since": ["2024-01-01"]})
    >>> rows.select(node_key("counts")).item()
    'counts/E1@2024-01-01'
    """
    parts = [pl.col(name).cast(pl.String) for name in TABLES[table].key]
    return pl.concat_str(pl.lit(f"{table}/"), pl.concat_str(parts, separator="@")).alias("_key")


@dataclass(frozen=True)
class Cell:
    """Where a column is: ``property`` of the row itself, of its ``start`` or ``end``, or of the node at the other end
    of the relationship ``via`` (incoming where ``inward``), which has the label ``label`` if one is named."""

    property: str
    at: str = "row"  # row, start, end, via
    via: str = ""
    label: str = ""
    inward: bool = False


@dataclass(frozen=True)
class Source:
    """A table's rows: nodes with a ``label``, or relationships of a ``type`` (between ``start`` and ``end`` labels).

    Labels joined by ``:`` must all be there.
    """

    columns: Mapping[str, Cell]
    label: str = ""
    type: str = ""
    start: str = ""
    end: str = ""


def _own_nodes(table: str) -> Source:
    cells = {name: Cell(name) for name in properties(table)}
    for column, (name, target) in REFERENCES[table].items():
        cells[column] = Cell("id", "via", name, f"{OURS}:{LABELS[target]}")
    return Source(MappingProxyType(cells), label=f"{OURS}:{NODES[table]}")


def _own_relations(table: str) -> Source:
    relation = RELATIONS[table]
    cells = {name: Cell(name) for name in properties(table)}
    cells[relation.start[1]] = Cell("id", "start")
    if relation.end[1]:
        cells[relation.end[1]] = Cell("id", "end")
    return Source(MappingProxyType(cells), type=relation.type, start=OURS, end=OURS)


OWN: Mapping[str, Source] = MappingProxyType(
    {table: _own_nodes(table) if table in NODES else _own_relations(table) for table in TABLES}
)
