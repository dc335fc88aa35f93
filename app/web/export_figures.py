"""What an export holds for planner and public: the answers they may read, as flat tables or as a graph of blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from tiaokuai.files.atomic import replacing_folder
from tiaokuai.files.spreadsheet import write_book, write_csv
from tiaokuai.viz.text import withheld

if TYPE_CHECKING:
    import networkx as nx

    from tiaokuai.graph import Network, Snapshot

Rows = list[dict[str, Any]]
_WITHHELD = "withheld"  # names the figures of a row that are left out, so that empty never reads as none


def tables(network: Network, day: Snapshot, audience: str) -> dict[str, Rows]:
    """Blocks, groups, enterprises and history as rows of protected documents; no table of persons is among them."""
    from tiaokuai.metrics import documents
    from tiaokuai.metrics.protection import protect

    def rows(kind: str, document: Mapping[str, Any]) -> Rows:
        return [flat(row) for row in protect(kind, document, audience).get("rows", [])]

    covered = rows("coverage", documents.coverage_document(day, "block"))
    stand = {row["id"]: row for row in rows("replication", documents.replication_document(day))}
    own = ("kind", "status", "founded", "generation", "source", "fidelity", "copy_fidelity")
    made = {"blocks": [{**row, **{name: stand.get(row["id"], {}).get(name) for name in own}} for row in covered]}
    for by, name in (("district", "districts"), ("sector", "sectors"), ("ownership", "ownerships")):
        made[name] = rows("coverage", documents.coverage_document(day, by))
    home = dict(network["enterprises"].select("id", "block").iter_rows())
    listed = rows("coverage", documents.coverage_document(day, "enterprise"))
    made["enterprises"] = [{"id": row["id"], "block": home[row["id"]], **row} for row in listed]
    history = documents.history_document(network, "month", None, day.day, day.assumptions)
    made["history"] = rows("history", history)
    shown = {row["id"] for row in made["blocks"]}
    made["replications"] = _between(network["replications"], "source", "target", shown)
    made["links"] = _between(network["links"], "a", "b", shown)
    return {name: found for name, found in made.items() if found}


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a document as cells; withheld figures are empty and named in the column ``withheld``.

    >>> flat({"id": "B1", "members": {"suppressed": "fewer_than_5"}})
    {'id': 'B1', 'members': None, 'withheld': 'members'}
    """
    hidden = [name for name, value in row.items() if withheld(value)]
    plain = {name: None if name in hidden else value for name, value in row.items() if not isinstance(value, list)}
    cells = {name: value for name, value in plain.items() if not isinstance(value, Mapping)}
    return {**cells, _WITHHELD: " ".join(hidden)}


def _between(frame: pl.DataFrame, one: str, other: str, shown: set[Any]) -> Rows:
    rows = frame.filter(pl.col(one).is_in(list(shown)) & pl.col(other).is_in(list(shown))).to_dicts()
    return [
        {name: getattr(value, "isoformat", lambda value=value: value)() for name, value in row.items()} for row in rows
    ]


def write_tables(made: Mapping[str, Rows], out: Path) -> None:
    """The tables as a graph, a workbook or a folder, by the suffix of ``out``."""
    from tiaokuai.loaders.reading import SUFFIXES

    suffix = out.suffix.lower()
    if suffix in SUFFIXES:
        from tiaokuai.loaders.formats import save

        save(graph(made), out)
    elif suffix == ".xlsx":
        write_book({name: _frame(rows) for name, rows in made.items()}, out)
    else:
        with replacing_folder(out) as folder:
            for name, rows in made.items():
                frame = _frame(rows)
                if suffix == ".parquet":
                    frame.write_parquet(folder / f"{name}.parquet")
                else:
                    write_csv(frame, folder / f"{name}.csv", defused=True)


def _frame(rows: Rows) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None)


def graph(made: Mapping[str, Rows]) -> nx.MultiDiGraph:
    """Blocks with their figures, enterprises where they may be listed, links and replications."""
    import networkx as nx

    drawn = nx.MultiDiGraph()
    _nodes(drawn, "Block", made.get("blocks", ()))
    _nodes(drawn, "Enterprise", made.get("enterprises", ()))
    for row in made.get("enterprises", ()):
        if row.get("block") is not None:
            drawn.add_edge(f"Enterprise:{row['id']}", f"Block:{row['block']}", relation="IN_BLOCK")
    for row in made.get("replications", ()):
        ends = f"Block:{row['target']}", f"Block:{row['source']}"
        drawn.add_edge(*ends, relation="REPLICATES", since=row["since"])
    for row in made.get("links", ()):
        drawn.add_edge(f"Block:{row['a']}", f"Block:{row['b']}", relation="LINKED_TO", weight=row["weight"])
    return drawn


def _nodes(drawn: nx.MultiDiGraph, label: str, rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        cells = {name: value for name, value in row.items() if value is not None and name != "id"}
        drawn.add_node(f"{label}:{row['id']}", label=label, **cells)
