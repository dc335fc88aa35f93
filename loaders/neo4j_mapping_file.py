"""The mapping file of a database that others filled: labels, relationships and properties → tables and columns.

enterprises:
  nodes: Company                            # every node with this label; A:B for both
  columns:
    id: code                                # a property
    block: -[LOCATED_IN]-> Park.code        # a property of the node that the relationship leads to
enrolments:
  relationships: Company -[JOINED]-> Club   # every relationship of this type between these labels
  columns:
    enterprise: start.code                  # a property of its start, its end, or its own
    association: end.code
    since: since
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tiaokuai.files.limits import BadYaml, small_text, yaml_value
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.records import TABLES
from tiaokuai.loaders.neo4j_mapping import Cell, Source
from tiaokuai.loaders.refused import refused_heading

LONGEST = 1_000_000  # bytes; a mapping has a few hundred
_RELATION = re.compile(r"(?P<start>[^\[\]<>]*?)\s*-\[(?P<type>[^\]]+)\]->\s*(?P<end>[^\[\]<>]*)")
_OUT = re.compile(r"-\[(?P<type>[^\]]+)\]->\s*(?P<label>[^.]*)\.(?P<property>.+)")
_IN = re.compile(r"<-\[(?P<type>[^\]]+)\]-\s*(?P<label>[^.]*)\.(?P<property>.+)")


def read_mapping(path: Path) -> dict[str, Source]:
    """The sources of a mapping file, in the order of the dictionary; RequestError with all that is wrong with it."""
    try:
        raw = yaml_value(small_text(path, LONGEST))
    except BadYaml as bad:
        raise _bad(path, [(f"不是 YAML：{bad}", f"it is not YAML: {bad}")]) from None
    return parse(raw, path)


def parse(raw: Any, path: Path) -> dict[str, Source]:
    """The same from what a YAML file holds; ``path`` is for the message.

    >>> links = {"relationships": "Park -[NEAR]-> Park", "columns": {"a": "start.id"}}
    >>> parse({"links": links}, Path("mapping.yaml"))["links"].type
    'NEAR'
    """
    problems: list[tuple[str, str]] = []
    if not isinstance(raw, Mapping) or not raw:
        problems.append(("应是“表名: 内容”", "it should say table: …"))
        raw = {}
    sources = {}
    for table, entry in raw.items():
        if table not in TABLES:
            problems.append((f"没有表 {table}", f"there is no table {table}; there are {', '.join(TABLES)}"))
        elif (source := _source(table, entry, problems)) is not None:
            sources[table] = source
    if problems:
        raise _bad(path, problems)
    return {table: sources[table] for table in TABLES if table in sources}


def _source(table: str, entry: Any, problems: list[tuple[str, str]]) -> Source | None:
    entry = entry if isinstance(entry, Mapping) else {}
    nodes, relation = entry.get("nodes"), entry.get("relationships")
    columns = entry.get("columns")
    if (nodes is None) == (relation is None) or not isinstance(columns, Mapping):
        said = "nodes 或 relationships 二者之一，以及 columns", "one of nodes and relationships, and columns"
        problems.append((f"{table}：需要{said[0]}", f"{table}: it needs {said[1]}"))
        return None
    shape = _RELATION.fullmatch(str(relation).strip()) if relation is not None else None
    if relation is not None and shape is None:
        problems.append((f"{table}：请写成 A -[类型]-> B", f"{table}: write relationships as A -[TYPE]-> B"))
        return None
    cells = {}
    for name, text in columns.items():
        if name not in TABLES[table].model_fields:
            problems.append((f"{table} 没有列 {name}", f"{table} has no column {name}"))
            continue
        cell = _cell(str(text).strip(), shape is None)
        if cell is None:
            problems.append((f"{table}.{name}：看不懂“{text}”", f"{table}.{name}: {text!r} cannot be understood"))
        elif reason := refused_heading(table, cell.property):
            zh, en = (
                f"{table}.{name}：“{cell.property}”涉及个人（{reason.zh}）",
                f"{cell.property!r} would profile people",
            )
            problems.append((zh, f"{table}.{name}: {en} ({reason.en})"))
        else:
            cells[name] = cell
    if shape is None:
        return Source(cells, label=str(nodes).strip())
    return Source(cells, type=shape["type"].strip(), start=shape["start"].strip(), end=shape["end"].strip())


def _cell(text: str, of_node: bool) -> Cell | None:
    if not of_node:
        at, dot, name = text.partition(".")
        if dot and at in ("start", "end") and name:
            return Cell(name, at)
    for pattern, inward in ((_OUT, False), (_IN, True)) if of_node else ():
        if found := pattern.fullmatch(text):
            return Cell(found["property"].strip(), "via", found["type"].strip(), found["label"].strip(), inward)
    return None if not text or "->" in text or "<-" in text else Cell(text)


def _bad(path: Path, problems: list[tuple[str, str]]) -> RequestError:
    zh, en = ";".join(zh for zh, _ in problems), "; ".join(en for _, en in problems)
    return RequestError("bad_mapping", f"{path}:{zh}", f"{path}: {en}", problems=[en for _, en in problems])
