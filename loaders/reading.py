"""``read`` and ``check``: the one way in, whatever holds the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from tiaokuai.graph import integrity
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.integrity import Checked
from tiaokuai.graph.network import Network
from tiaokuai.graph.privacy import RETENTION_YEARS, expired_among
from tiaokuai.graph.problems import ERROR, Problem
from tiaokuai.graph.records import TABLES
from tiaokuai.graph.template import Template
from tiaokuai.loaders.sheet import Sheet, Source, raw_table
from tiaokuai.loaders.spreadsheet.kinds import SUFFIXES as SPREADSHEETS

DATABASES = ("neo4j", "bolt")
NAMED = 20  # members past retention that one warning names
SUFFIXES = (".graphml", ".gexf", ".json")  # of graph files


class Progress(Protocol):
    """What a bar must be able to do; :class:`tiaokuai.cli.progress.Bar` is one."""

    def update(self, done: float, text: str | None = None, total: float | None = None) -> None:
        """So much is done in all."""


@dataclass(frozen=True)
class Report:
    """What `check` says: rows of each table, and every problem (contracts.md)."""

    rows: dict[str, int]
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not any(problem.severity == ERROR for problem in self.problems)

    def document(self, lang: str = "en") -> dict[str, Any]:
        """In the shape of contracts.md."""
        return {"ok": self.ok, "rows": self.rows, "problems": [problem.to_json(lang) for problem in self.problems]}


def read(
    data: str | Path,
    *,
    skip_invalid: bool = False,
    template: Template | None = None,
    progress: Progress | None = None,
    skipped: Callable[[dict[str, int]], None] = lambda rows: None,
    noticed: Callable[[list[Problem]], None] = lambda problems: None,
    mapping: Path | None = None,
) -> Network:
    """The network in a folder of CSV or Parquet tables, a workbook or a Neo4j database, read and checked.

    With ``skip_invalid`` rows at fault, and rows that refer to them, are left out, and ``skipped`` is told how many of
    each table; ``noticed`` is told every problem of data that can be used. ``mapping`` says where the tables lie in a
    database that others filled.

    Raises InvalidData with every problem, RequestError where there is nothing to read, OSError where the system
    refuses, ServiceError where the database does.

    >>> read("nowhere")
    Traceback (most recent call last):
    tiaokuai.graph.errors.RequestError: nowhere: there is no such file or folder
    """
    checked = _examined(data, template, progress, mapping)
    network, left_out = integrity.usable(checked, skip_invalid)
    if left_out:
        skipped(left_out)
    noticed(checked.problems)
    return network


def check(
    data: str | Path,
    *,
    template: Template | None = None,
    progress: Progress | None = None,
    mapping: Path | None = None,
) -> Report:
    """Every problem of a data set at once, and how many rows each table has.

    Raises RequestError where there is nothing to read, OSError, ServiceError, as :func:`read` does.

    >>> import tempfile
    >>> import tiaokuai as tk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tk.write(tk.generate(blocks=3, enterprises=12, seed=1), f"{folder}/district")
    ...     found = check(f"{folder}/district")
    >>> found.ok, found.rows["enterprises"]
    (True, 12)
    """
    checked = _examined(data, template, progress, mapping)
    rows = {table: frame.height for table, frame in checked.tables.items()}
    return Report(rows, [*checked.problems, *_past_retention(checked)])


def _past_retention(checked: Checked) -> list[Problem]:
    """One warning that names who left so long ago that only counts should be kept."""
    gone = expired_among(checked.tables["members"], date.today())
    if not gone:
        return []
    named = ", ".join(gone[:NAMED]) + (" …" if len(gone) > NAMED else "")
    file = checked.raw["members"].file if "members" in checked.raw else None
    return [
        Problem("past_retention", "members", file, None, "until", named, {"count": len(gone), "years": RETENTION_YEARS})
    ]


def _examined(data: str | Path, template: Template | None, progress: Progress | None, mapping: Path | None) -> Checked:
    done = 0

    def told(what: str) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress.update(done, what, total=12)

    source = _source(data, told, mapping)
    told("✓")
    return integrity.check(source.tables, template, source.problems, source.released)


def _source(data: str | Path, told: Callable[[str], None], mapping: Path | None) -> Source:
    scheme, address, _ = str(data).partition("://")
    if address:
        return _database(str(data), scheme, told, mapping)
    if mapping is not None:
        raise RequestError(
            "mapping_of_files",
            "--mapping 只用于 Neo4j 地址（neo4j://…）",
            "--mapping is for the address of a Neo4j database (neo4j://…)",
        )
    path = Path(data)
    if not path.exists():
        raise RequestError(
            "no_data", f"{data}：文件或文件夹不存在", f"{data}: there is no such file or folder", path=str(data)
        )
    if path.is_dir():
        return _folder(path, told)
    if path.suffix.lower() in SPREADSHEETS:
        from tiaokuai.loaders.workbook import read_workbook

        return read_workbook(path, told)
    if path.suffix.lower() in SUFFIXES:
        return _graph(path)
    raise RequestError(
        "no_format",
        f"{data}：请给出一个 CSV 或 Parquet 文件夹、一个工作簿（.xlsx、.xls、.xlsb、.ods），或 export 写的图文件",
        f"{data}: give a folder of CSV or Parquet tables, a workbook (.xlsx, .xls, .xlsb, .ods), or a graph file that "
        "export wrote",
        path=str(data),
    )


def _folder(path: Path, told: Callable[[str], None]) -> Source:
    from tiaokuai.loaders.folder import read_folder

    source = read_folder(path, told)
    if not source.tables and not source.problems:
        raise RequestError(
            "empty_folder",
            f"{path}：文件夹里没有数据表（如 districts.csv、blocks.csv、enterprises.csv）",
            f"{path}: the folder has no tables in it (districts.csv, blocks.csv, enterprises.csv …)",
            path=str(path),
        )
    return source


def _graph(path: Path) -> Source:
    from tiaokuai.loaders.formats import read_graph, to_texts
    from tiaokuai.loaders.release_note import NAME, take_note

    source, graph = Source(), read_graph(path)
    if NAME in graph.graph:
        take_note(str(graph.graph[NAME]), path.name, source)
    for table, frame in to_texts(graph).items():
        if frame.height or TABLES[table].required:
            cells = frame.rename({name: str(place) for place, name in enumerate(frame.columns)})
            sheet = Sheet(frame.columns, partial(_some, cells))
            source.tables.append(raw_table(table, sheet, path.name, source.problems))
    return source


def _some(cells: pl.DataFrame, places: Sequence[int]) -> pl.DataFrame:
    return cells.select(map(str, places))


def _database(uri: str, scheme: str, told: Callable[[str], None], mapping: Path | None) -> Source:
    if not scheme.startswith(DATABASES):
        raise RequestError(
            "no_format",
            f"{uri}：只能读取 neo4j:// 或 bolt:// 地址",
            f"{uri}: only neo4j:// and bolt:// addresses can be read",
            path=uri,
        )
    from tiaokuai.loaders.neo4j_source import read_database

    return read_database(uri, mapping, told)
