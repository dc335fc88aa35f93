"""Whole data sets as graph files that networkx, Gephi and others open, and back without loss.

A row of a table with an id is a node named ``Label:id``, a count one named ``Count:enterprise@day``; its references are
edges (``relation`` IN_BLOCK, WORKS_AT …, the types of model.md §1), and a row of any other table is an edge with the
row's cells. Dates are ISO text; an empty cell is left out. Unlike ``Network.to_networkx`` this is not one day but every
row with its dates.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import polars as pl

from tiaokuai.files.atomic import replacing
from tiaokuai.files.limits import small_bytes
from tiaokuai.graph import Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.records import TABLES, columns
from tiaokuai.graph.views import EDGES, LABELS, key, node_id
from tiaokuai.loaders.reading import SUFFIXES
from tiaokuai.loaders.release_note import NAME, note_text
from tiaokuai.loaders.writing import has_persons

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["SUFFIXES", "read_graph", "read_texts", "save", "to_graph", "to_texts", "write_graph"]
EXTENDS_TO = "EXTENDS_TO"
MOST_BYTES = 256 << 20  # of a graph file, which is held in memory tenfold; larger data sets are tables
# What XML cannot hold even as a character reference; the parsers of cells refuse the control characters.
_NOT_XML = ("\ufffe", "\uffff")
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"


def to_graph(network: Network) -> nx.MultiDiGraph:
    """All rows of a network as a typed graph.

    >>> network = Network.from_tables({"districts": [{"id": "D"}], "blocks": [{"id": "B", "district": "D"}]})
    >>> list(to_graph(network).edges(data="relation"))
    [('Block:B', 'District:D', 'IN_DISTRICT')]
    """
    import networkx as nx

    graph = nx.MultiDiGraph()
    if (note := note_text(network)) is not None:
        graph.graph[NAME] = note
    for table, label in LABELS.items():
        refs = {column.name for column in columns(table) if column.ref}
        for row in network[table].iter_rows(named=True):
            graph.add_node(key(label, node_id(row)), label=label, **_cells(row, refs | {"id"}))
    for part in network["adoptions"]["component"].unique(maintain_order=True):
        graph.add_node(key("Component", part), label="Component")
    for table, relation, tail, head in EDGES:
        for row in network[table].iter_rows(named=True):
            if row[head] is None:
                continue
            start = key(LABELS[table], node_id(row)) if tail is None else _end(table, tail, row[tail])
            own = {} if tail is None else _cells(row, {tail, head})
            graph.add_edge(start, _end(table, head, row[head]), relation=relation, **own)
    home = dict(network["members"].select("id", "enterprise").iter_rows())
    for row in network["backbones"].iter_rows(named=True):
        ends = key("Member", row["member"]), key("Enterprise", home[row["member"]])
        graph.add_edge(*ends, relation=EXTENDS_TO, **_cells(row, {"member"}))
    return graph


def _cells(row: Mapping[str, Any], without: set[str]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if value is not None and name not in without
    }


def _end(table: str, name: str, id: str) -> str:
    ref = next(column.ref for column in columns(table) if column.name == name)
    return key(LABELS[ref] if ref else "Component", id)


def to_texts(graph: nx.MultiDiGraph) -> dict[str, pl.DataFrame]:
    """The tables of a graph in the shape of :func:`to_graph`, every cell as text: what a loader checks.

    Raises RequestError where a node or an edge is of a kind that no table knows.
    """
    rows: dict[str, list[dict[str, str]]] = {table: [] for table in TABLES}
    tables = {label: table for table, label in LABELS.items()}
    node_row: dict[str, dict[str, str]] = {}
    for node, cells in graph.nodes(data=True):
        label, _, name = str(node).partition(":")
        if label == "Component":
            continue
        if label not in tables:
            raise _foreign(f"node {node}")
        own = {"id": name} if "id" in TABLES[tables[label]].model_fields else {}
        node_row[node] = own | _texts(cells, "label")
        rows[tables[label]].append(node_row[node])
    known = {relation: (table, tail, head) for table, relation, tail, head in EDGES}
    known[EXTENDS_TO] = ("backbones", "member", "")
    for start, end, cells in graph.edges(data=True):
        relation = str(cells.get("relation"))
        if relation not in known or (known[relation][1] is None and start not in node_row):
            raise _foreign(f"edge {start} → {end}")
        table, from_column, to_column = known[relation]
        ends = {to_column: str(end).partition(":")[2]} if to_column else {}
        if from_column is None:
            node_row[start] |= ends
        else:
            rows[table].append({from_column: str(start).partition(":")[2], **ends, **_texts(cells, "relation")})
    return {table: _frame(table, found) for table, found in rows.items()}


def _texts(cells: Mapping[str, Any], kind: str) -> dict[str, str]:
    # "id" is what GEXF calls an edge's number.
    return {str(name): _text(value) for name, value in cells.items() if name not in (kind, "id")}


def _text(value: Any) -> str:
    # A whole number of more digits than Python prints is no cell of ours.
    try:
        return str(value)
    except (ValueError, RecursionError):
        return "?"


def _frame(table: str, rows: list[dict[str, str]]) -> pl.DataFrame:
    names = dict.fromkeys([column.name for column in columns(table)])
    for row in rows:
        names.update(dict.fromkeys(row))
    return pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in names}, schema=dict.fromkeys(names, pl.String)
    )


def _foreign(what: str) -> RequestError:
    what = what[:200]
    zh = f"这不是 tiaokuai export 写的图：{what}"
    return RequestError("foreign_graph", zh, f"this is not a graph that tiaokuai export wrote: {what}", what=what)


def write_graph(network: Network, path: str | Path) -> None:
    """Writes a network as GraphML, GEXF or node-link JSON, by the suffix of ``path``; nothing is lost.

    Raises RequestError where a text cannot stand in XML, OSError where ``path`` must not be written.
    """
    save(to_graph(network), path, private=has_persons(network))


def save(graph: nx.MultiDiGraph, path: str | Path, *, private: bool = False) -> None:
    """Writes any graph whose attributes are texts, numbers and truths; the suffix says the format."""
    suffix = Path(path).suffix.lower()
    if suffix != ".json":
        _refuse_not_xml(graph)
    with replacing(path, private=private) as temporary:
        _WRITERS[suffix](graph, temporary)


def _refuse_not_xml(graph: nx.MultiDiGraph) -> None:
    for _, cells in (*graph.nodes(data=True), *((start, cells) for start, _, cells in graph.edges(data=True))):
        for value in cells.values():
            if isinstance(value, str) and any(bad in value for bad in _NOT_XML):
                zh, en = f"“{value!a}”不能写进 XML，请改用 .json", f"{value!a} cannot stand in XML; write .json instead"
                raise RequestError("not_xml", zh, en, value=value)


def _write_graphml(graph: nx.MultiDiGraph, path: Path) -> None:
    """As networkx writes it, but carriage returns survive and rows are written as they come."""
    with path.open("w", encoding="utf-8") as file:
        file.write(f'<?xml version="1.0" encoding="utf-8"?>\n<graphml xmlns="{_GRAPHML}">\n')
        keys: dict[tuple[str, str, str], str] = {}
        for owner, cells in _owners(graph):
            for name, value in cells.items():
                asked = (owner, name, _graphml_type(value))
                if asked not in keys:
                    keys[asked] = f"d{len(keys)}"
                    about = f'for="{owner}" attr.name={quoteattr(name)} attr.type="{asked[2]}"'
                    file.write(f'<key id="{keys[asked]}" {about}/>\n')
        file.write(f'<graph edgedefault="directed">{_data("graph", graph.graph, keys)}\n')
        for node, cells in graph.nodes(data=True):
            file.write(f"<node id={_attribute(node)}>{_data('node', cells, keys)}</node>\n")
        for at, (start, end, cells) in enumerate(graph.edges(data=True)):
            ends = f"source={_attribute(start)} target={_attribute(end)}"
            file.write(f'<edge id="{at}" {ends}>{_data("edge", cells, keys)}</edge>\n')
        file.write("</graph>\n</graphml>\n")


def _owners(graph: nx.MultiDiGraph) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "graph", graph.graph
    for _, cells in graph.nodes(data=True):
        yield "node", cells
    for _, _, cells in graph.edges(data=True):
        yield "edge", cells


def _attribute(text: str) -> str:
    return quoteattr(text, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _graphml_type(value: Any) -> str:
    return {bool: "boolean", int: "long", float: "double"}.get(type(value), "string")


def _data(owner: str, cells: Mapping[str, Any], keys: Mapping[tuple[str, str, str], str]) -> str:
    parts = []
    for name, value in cells.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        data = keys[owner, name, _graphml_type(value)]
        parts.append(f'<data key="{data}">{escape(text, {chr(13): "&#13;"})}</data>')
    return "".join(parts)


def _write_gexf(graph: nx.MultiDiGraph, path: Path) -> None:
    import networkx as nx

    if NAME in graph.graph:  # the format knows one text of a graph, its name
        graph = graph.copy(as_view=True)
        graph.graph = {"name": graph.graph[NAME]}
    nx.write_gexf(graph, path)


def _write_json(graph: nx.MultiDiGraph, path: Path) -> None:
    import networkx as nx

    data = nx.node_link_data(graph, edges="edges")
    path.write_text(json.dumps(data, ensure_ascii=False, allow_nan=False), encoding="utf-8")


_WRITERS: dict[str, Callable[[nx.MultiDiGraph, Path], None]] = {
    ".graphml": _write_graphml,
    ".gexf": _write_gexf,
    ".json": _write_json,
}


def read_graph(path: str | Path) -> nx.MultiDiGraph:
    """The graph of a GraphML, GEXF or node-link JSON file.

    Raises RequestError where the file is none, OSError where it cannot be read.
    """
    import networkx as nx

    file = Path(path)
    content = small_bytes(file, MOST_BYTES)
    try:
        if file.suffix.lower() == ".json":
            return nx.node_link_graph(json.loads(content.decode("utf-8-sig")), edges="edges")
        if file.suffix.lower() == ".gexf":
            made = nx.MultiDiGraph(nx.read_gexf(io.BytesIO(content)))
            if named := made.graph.get("name"):
                made.graph[NAME] = named
            return made
        return nx.read_graphml(io.BytesIO(content), force_multigraph=True)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  # networkx raises whatever a wrong file leads it to
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        zh, en = f"{file} 不是可读的图文件（{reason}）", f"{file} is not a graph file that can be read ({reason})"
        raise RequestError("bad_graph_file", zh, en, file=str(file), reason=reason) from None


def read_texts(path: str | Path) -> dict[str, pl.DataFrame]:
    """The tables of a graph file, every cell as text."""
    return to_texts(read_graph(path))
