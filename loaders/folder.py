"""A folder of tables, CSV or Parquet, named in English or Chinese."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from tiaokuai.graph.integrity import RawTable
from tiaokuai.graph.problems import Problem
from tiaokuai.graph.records import TABLES
from tiaokuai.loaders.columns import table_named, unknown_table
from tiaokuai.loaders.sheet import Sheet, Source, Unreadable, raw_table
from tiaokuai.loaders.text import read_text

SUFFIXES = (".csv", ".tsv", ".txt", ".parquet")
MOST_ROWS = 100_000_000  # of one table; a file may claim far more than it holds


def read_folder(folder: Path, told: Callable[[str], None] = lambda file: None) -> Source:
    """Every table of a folder; ``told`` is called with the name of each file before it is read."""
    source = Source()
    for table, path in table_files(folder, source.problems).items():
        told(path.name)
        if (made := read_file(path, table, source.problems)) is not None:
            source.tables.append(made)
    return source


def table_files(folder: Path, found: list[Problem]) -> dict[str, Path]:
    """Which file holds which table, in the order of the dictionary; others are named in ``found``."""
    files: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES or path.name.startswith((".", "~$")) or not path.is_file():
            continue
        table = table_named(path.stem)
        if table is None:
            found.append(unknown_table(path.stem, path.name))
        elif table in files:
            both = f"{files[table].name}, {path.name}"
            reason = Unreadable(f"{both} 是同一张表,请只留一个", f"{both} are the same table; keep one of them")
            found.append(reason.problem(table, path.name))
        else:
            files[table] = path
    return {table: files[table] for table in TABLES if table in files}


def read_file(path: Path, table: str, found: list[Problem]) -> RawTable | None:
    """One file as a raw table; None where nothing can be said of it, and then ``found`` says why."""
    try:
        sheet = _parquet(path) if path.suffix.lower() == ".parquet" else read_text(path, table, path.name, found)
        if sheet is None:
            raise Unreadable("文件是空的,连表头也没有", "it is empty and has not even a header")
        return raw_table(table, sheet, path.name, found)
    except Unreadable as reason:
        found.append(reason.problem(table, path.name))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        if "(os error " in str(error):  # the machine's fault, not the file's
            raise
        found.append(_damaged(error).problem(table, path.name))
    return None


def _damaged(error: BaseException) -> Unreadable:
    reason = (str(error).strip().splitlines() or ["?"])[0][:120]
    return Unreadable(f"文件已损坏或不完整({reason})", f"it is damaged or cut off ({reason})")


def _parquet(path: Path) -> Sheet:
    import pyarrow.parquet as pq

    try:
        claims = pq.read_metadata(path)
    except OSError as error:
        if error.errno is not None:
            raise
        raise _damaged(error) from None
    except Exception as error:  # noqa: BLE001  # pyarrow raises many kinds, and all of them mean this file
        raise _damaged(error) from None
    if claims.num_rows > MOST_ROWS:
        raise Unreadable(f"行数超过 {MOST_ROWS:,}", f"it claims more than {MOST_ROWS:,} rows")
    names = list(pl.read_parquet_schema(path))

    def cells(places: Sequence[int]) -> pl.DataFrame:
        frame = pl.read_parquet(path, columns=[names[place] for place in places], glob=False)
        return frame.select(pl.col(names[place]).alias(str(place)) for place in places)

    return Sheet(names, cells)
