"""Files for ``neo4j-admin database import``: how a hundred million rows are loaded, offline and in one pass.

The graph is the one that a push makes, so that a later push finds nothing to do. Every table is a header and a data
file; ``import.args`` names them all for ``neo4j-admin database import full neo4j @import.args``, ``schema.cypher`` has
the constraint and indexes to be made once the database runs. These files are a program's input and no spreadsheets:
every text is written as the database is to have it.
"""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from tiaokuai.files.atomic import replacing_folder
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.network import Network, schema
from tiaokuai.loaders.neo4j_mapping import NODES, OURS, REFERENCES, RELATIONS, node_key, properties
from tiaokuai.loaders.neo4j_writing import SCHEMA
from tiaokuai.loaders.release_note import NAME, note_text
from tiaokuai.loaders.writing import has_persons

_TYPES = {pl.Date(): "date", pl.Int64(): "long", pl.Float64(): "double", pl.String(): "string"}
_ARGUMENTS, _COMMANDS = _OTHERS = ("import.args", "schema.cypher")


def write_admin(network: Network, folder: Path) -> None:
    """Writes all files; a folder that is there is replaced as a whole, unless it holds something else."""
    if folder.is_dir() and any(item.suffix != ".csv" and item.name not in _OTHERS for item in folder.iterdir()):
        raise RequestError(
            "folder_in_use",
            f"{folder} 里还有别的文件，不能整个替换；请换一个文件夹",
            f"{folder} holds other files and would be replaced as a whole; name another folder",
            folder=str(folder),
        )
    with replacing_folder(folder, private=has_persons(network)) as temporary:
        arguments = ["--multiline-fields=true"]
        for table in NODES:
            _write(temporary, table, _nodes(network, table))
            arguments.append(_argument("nodes", "", table))
            for column, (name, target) in REFERENCES[table].items():
                rows = network[table].filter(pl.col(column).is_not_null())
                ends = node_key(table).alias(":START_ID"), _id(target, column, "END")
                _write(temporary, name.lower(), rows.select(*ends))
                arguments.append(_argument("relationships", f"={name}", name.lower()))
        _write(temporary, "components", _components(network))
        _write(temporary, "dataset", _dataset(network))
        arguments += [_argument("nodes", "", "components"), _argument("nodes", "", "dataset")]
        if (note := note_text(network)) is not None:
            _write(temporary, NAME, _release(note))
            arguments.append(_argument("nodes", "", NAME))
        for table, relation in RELATIONS.items():
            _write(temporary, table, _relations(network, table))
            arguments.append(_argument("relationships", f"={relation.type}", table))
        (temporary / _ARGUMENTS).write_text("\n".join(arguments) + "\n", encoding="utf-8")
        (temporary / _COMMANDS).write_text(";\n".join(SCHEMA.values()) + ";\n", encoding="utf-8")


def _argument(kind: str, name: str, file: str) -> str:
    return f"--{kind}{name}={shlex.quote(f'{file}-header.csv')},{shlex.quote(f'{file}.csv')}"


def _write(folder: Path, name: str, frame: pl.DataFrame) -> None:
    (folder / f"{name}-header.csv").write_text(",".join(frame.columns) + "\n", encoding="utf-8")
    frame.write_csv(folder / f"{name}.csv", include_header=False)


def _id(table: str, column: str, end: str) -> pl.Expr:
    return pl.concat_str(pl.lit(f"{table}/"), pl.col(column)).alias(f":{end}_ID")


def _properties(table: str) -> list[pl.Expr]:
    types = schema(table)
    return [pl.col(name).alias(f"{name}:{_TYPES[types[name]]}") for name in properties(table)]


def _nodes(network: Network, table: str) -> pl.DataFrame:
    label = pl.lit(f"{OURS};{NODES[table]}")
    if table == "members":
        held = pl.col("id").is_in(network["backbones"]["member"].unique().implode())
        label = pl.when(held).then(pl.lit(f"{OURS};Member;Backbone")).otherwise(label)
    return network[table].select(node_key(table).alias("key:ID"), *_properties(table), label.alias(":LABEL"))


def _relations(network: Network, table: str) -> pl.DataFrame:
    (start, start_column), (end, end_column) = RELATIONS[table].start, RELATIONS[table].end
    frame = network[table]
    if end_column is None:  # a line runs to its member's enterprise
        homes = network["members"].select(pl.col("id").alias(start_column), pl.col("enterprise").alias("_end"))
        frame = frame.join(homes, on=start_column, how="left", maintain_order="left")
    ends = _id(start, start_column, "START"), _id(end, end_column or "_end", "END")
    return frame.select(*ends, *_properties(table))


def _components(network: Network) -> pl.DataFrame:
    parts = network.template.components
    return pl.DataFrame(
        {
            "key:ID": [f"components/{part.id}" for part in parts],
            "id:string": [part.id for part in parts],
            "group:string": [part.group for part in parts],
            "name:string": [part.zh for part in parts],
            ":LABEL": [f"{OURS};Component"] * len(parts),
        }
    )


def _release(note: str) -> pl.DataFrame:
    return pl.DataFrame({"key:ID": ["release"], "note:string": [note], ":LABEL": [f"{OURS};Release"]})


def _dataset(network: Network) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "key:ID": ["dataset"],
            "state:string": ["whole"],
            "hash:string": [network.fingerprint],
            "rows:long": [sum(frame.height for frame in network.tables.values())],
            "pushed:datetime": [datetime.now(UTC).isoformat(timespec="seconds")],
            ":LABEL": [f"{OURS};DataSet"],
        }
    )
