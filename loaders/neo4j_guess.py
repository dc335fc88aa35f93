"""A first guess of the mapping file, from the labels, relationships and properties that a database has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from neo4j import ManagedTransaction

from tiaokuai.graph.records import TABLES, columns
from tiaokuai.loaders.columns import match, plain, table_named
from tiaokuai.loaders.neo4j import connect
from tiaokuai.loaders.neo4j_mapping import LABELS, OURS, REFERENCES, RELATIONS
from tiaokuai.loaders.refused import refused_heading

# What other people call the nodes; never a word for people at large: a member is one who joined.
_SYNONYMS = {
    "districts": ("region", "county", "borough", "area", "区县", "行政区"),
    "blocks": ("park", "zone", "cluster", "quarter", "estate", "园区", "集聚区", "开发区", "社区"),
    "enterprises": ("company", "firm", "business", "employer", "corporation", "公司", "单位"),
    "associations": ("club", "union", "society", "chapter", "federation", "联合会", "协会"),
}
_IDS = ("id", "code", "key", "number", "no", "uid", "编号", "代码")


@dataclass
class Schema:
    """Properties by label and by (start label, type, end label)."""

    nodes: dict[str, list[str]] = field(default_factory=dict)
    edges: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)


def read_schema(uri: str) -> Schema:
    """What kinds of nodes and relationships there are, with their properties; ours left out."""
    with connect(uri) as session:
        return session.execute_read(_read)


def _read(transaction: ManagedTransaction) -> Schema:
    made = Schema()
    nodes = transaction.run(
        "MATCH (n) WHERE NOT $ours IN labels(n) UNWIND labels(n) AS label UNWIND keys(n) AS name "
        "RETURN label, collect(DISTINCT name) AS names ORDER BY label",
        ours=OURS,
    )
    for row in nodes:
        made.nodes[row["label"]] = sorted(row["names"])
    edges = transaction.run(
        "MATCH (a)-[r]->(b) WHERE NOT $ours IN labels(a) UNWIND labels(a) AS start UNWIND labels(b) AS end "
        "WITH start, type(r) AS type, end, r UNWIND CASE WHEN size(keys(r)) = 0 THEN [null] ELSE keys(r) END AS name "
        "RETURN start, type, end, collect(DISTINCT name) AS names ORDER BY start, type, end",
        ours=OURS,
    )
    for row in edges:
        made.edges[row["start"], row["type"], row["end"]] = sorted(row["names"])
    return made


def guess(schema: Schema) -> str:
    """The text of a mapping file, with comments on what is missing and what is left out.

    >>> print(guess(Schema({"Region": ["code"]})).splitlines()[2])
    districts:
    """
    tables = {table: label for label in schema.nodes if (table := _table(label)) in REFERENCES}
    ids = {table: _id(table, schema.nodes[label]) for table, label in tables.items() if table in LABELS}
    lines = [
        "# A first guess: read it, put it right, and hand it over with --mapping FILE.",
        "# 初步猜测：请核对、修改，然后用 --mapping 文件 使用。",
    ]
    used: set[tuple[str, str, str]] = set()
    for table in TABLES:
        if table in REFERENCES:
            lines += _nodes(table, schema, tables, ids, used)
        else:
            lines += _edges(table, schema, tables, ids, used)
    lines += [f"# left out: (:{label})" for label in schema.nodes if label not in tables.values()]
    lines += [f"# left out: (:{a})-[:{type}]->(:{b})" for a, type, b in schema.edges if (a, type, b) not in used]
    return "\n".join(lines) + "\n"


def _table(label: str) -> str | None:
    known = {plain(name): table for table, names in _SYNONYMS.items() for name in names}
    return table_named(label) or known.get(plain(label))


def _id(table: str, names: list[str]) -> str:
    known = match(table, names, None).known
    if "id" in known:
        return names[known["id"]]
    short = {plain(name): name for name in reversed(names)}
    return next((short[word] for word in _IDS if word in short), "?")


def _nodes(
    table: str, schema: Schema, tables: dict[str, str], ids: dict[str, str], used: set[tuple[str, str, str]]
) -> list[str]:
    if table not in tables:
        return [f"# {table}: no label found" + (" (required)" if TABLES[table].required else "")]
    label = tables[table]
    names = schema.nodes[label]
    cells = ({"id": ids[table]} if table in ids else {}) | _known(table, names)
    for column, (_, target) in REFERENCES[table].items():
        for start, type, end in schema.edges:
            if {start, end} == {label, tables.get(target)} and column not in cells:
                arrow = f"-[{type}]->" if start == label else f"<-[{type}]-"
                cells[column] = f"{arrow} {tables[target]}.{ids[target]}"
                used.add((start, type, end))
    return [f"{table}:", f"  nodes: {_quoted(label)}", "  columns:", *_columns(table, cells, names)]


def _edges(
    table: str, schema: Schema, tables: dict[str, str], ids: dict[str, str], used: set[tuple[str, str, str]]
) -> list[str]:
    relation = RELATIONS[table]
    wanted = tables.get(relation.start[0]), tables.get(relation.end[0])
    # Between these ends a relationship of any name means the same; an exact name goes first.
    any_name = table in ("enrolments", "links")
    known = (plain(relation.type), plain(table))
    for (start, type, end), names in sorted(schema.edges.items(), key=lambda edge: plain(edge[0][1]) not in known):
        named = plain(type) in known or table_named(type) == table or (any_name and (start, type, end) not in used)
        if named and start == wanted[0] and (end == wanted[1] or relation.end[0] not in LABELS):
            used.add((start, type, end))
            cells = {relation.start[1]: f"start.{ids[relation.start[0]]}"} | _known(table, names)
            if relation.end[1]:
                other = ids.get(relation.end[0]) or _id("blocks", schema.nodes.get(end, []))
                cells[relation.end[1]] = f"end.{other}"
            shown = f"{start} -[{type}]-> {end}"
            return [f"{table}:", f"  relationships: {shown}", "  columns:", *_columns(table, cells, names)]
    return [f"# {table}: no relationship found"]


def _known(table: str, names: list[str]) -> dict[str, str]:
    return {column: names[place] for column, place in match(table, names, None).known.items()}


def _columns(table: str, cells: dict[str, str], names: Iterable[str]) -> list[str]:
    lines = []
    for column in columns(table):
        if column.name in cells and "?" not in cells[column.name]:
            lines.append(f"    {column.name}: {_quoted(cells[column.name])}")
        elif column.required:
            lines.append(f"    # {column.name}: ?  (required)")
    rest = [name for name in names if name not in cells.values()]
    refused = [name for name in rest if refused_heading(table, name)]
    lines += [f"    # never read, it would profile people: {name}" for name in refused]
    lines += [f"    # left out: {name}" for name in rest if name not in refused]
    return lines


def _quoted(text: str) -> str:
    """As YAML takes it: quoted where it would otherwise mean something else."""
    plainly = text.replace("_", "a").replace(" ", "a").isalnum() and not text[0].isdigit()
    return text if plainly and text.lower() not in ("null", "true", "false", "yes", "no", "on", "off") else f'"{text}"'
