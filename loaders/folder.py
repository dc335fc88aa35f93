"""A folder of tables, CSV or Parquet, named in English or Chinese."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from tiaokuai.graph.integrity import RawTable
from tiaokuai.graph.problems import Problem
from tiaokuai.graph.records import TABLES
from tiaokuai.loaders.columns import table_named, unknown_table
from tiaokuai.loaders.release_note import take_file
from tiaokuai.loaders.sheet import MOST_COLUMNS, Sheet, Source, Unreadable, bounded, raw_table, refuse_long
from tiaokuai.loaders.spreadsheet.kinds import SUFFIXES as SPREADSHEETS
from tiaokuai.loaders.text import read_text

SUFFIXES = (".csv", ".tsv", ".txt", ".parquet")


def read_folder(folder: Path, told: Callable[[str], None] = lambda file: None) -> Source:
    """Every table of a folder; ``told`` is called with the name of each file before it is read."""
    source = Source()
    for table, path in table_files(folder, source.problems).items():
        told(path.name)
        if (made := read_file(path, table, source.problems)) is not None:
            source.tables.append(made)
    take_file(folder, source)
    return source


def table_files(folder: Path, found: list[Problem]) -> dict[str, Path]:
    """Which file holds which table, in the order of the dictionary; others are named in ``found``."""
    files: dict[str, Path] = {}
    others: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SPREADSHEETS and not path.name.startswith((".", "~$")) and path.is_file():
            others.append(path)
        if path.suffix.lower() not in SUFFIXES or path.name.startswith((".", "~$")):
            continue
        table = table_named(path.stem)
        if not path.is_file():  # a folder, a pipe, a link to nowhere: said where a table should be, else passed over
            if table is not None:
                reason = Unreadable("不是文件", "it is not a file")
                found.append(reason.problem(table, path.name))
            continue
        if table is None:
            found.append(unknown_table(path.stem, path.name))
        elif table in files:
            both = f"{files[table].name}, {path.name}"
            reason = Unreadable(f"{both} 是同一张表，请只留一个", f"{both} are the same table; keep one of them")
            found.append(reason.problem(table, path.name))
        else:
            files[table] = path
    found += [_beside(path, files) for path in others]
    return {table: files[table] for table in TABLES if table in files}


def _beside(path: Path, files: Mapping[str, Path]) -> Problem:
    """A spreadsheet among tables: an error where it holds a table that nothing else does, else a warning."""
    table = table_named(path.stem)
    if table is None or table in files:
        return Problem("spreadsheet_beside", table, path.name, value=path.name)
    return Unreadable(
        f"是工作簿，放在表格文件夹里不读取；请另存为 {path.stem}.csv，或把所有表放进一个工作簿",
        f"it is a spreadsheet, and is not read in a folder of tables; save it as {path.stem}.csv, or put all "
        "tables into one workbook",
    ).problem(table, path.name)


def read_file(path: Path, table: str, found: list[Problem]) -> RawTable | None:
    """One file as a raw table; None where nothing can be said of it, and then ``found`` says why."""
    try:
        sheet = _parquet(path) if path.suffix.lower() == ".parquet" else read_text(path, table, path.name, found)
        if sheet is None:
            raise Unreadable("文件是空的，连表头也没有", "it is empty and has not even a header")
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
    return Unreadable(f"文件已损坏或不完整（{reason}）", f"it is damaged or cut off ({reason})")


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing is written to the process's standard error meanwhile: on a damaged page polars panics, and Rust prints
    where. The panic itself is raised, and told as a problem of the file."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _most_values(claims: Any) -> int:
    """The most values that a column claims to have: more than there are rows where it holds lists."""
    groups = [claims.row_group(at) for at in range(claims.num_row_groups)]
    return max(
        (
            sum(group.column(at).num_values for group in groups)
            for at in range(claims.num_columns if claims.num_columns <= MOST_COLUMNS else 0)
        ),
        default=0,
    )


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
    bounded(_most_values(claims), 1)
    bounded(claims.num_rows, claims.num_columns)
    schema = pl.read_parquet_schema(path)
    names = list(schema)

    def cells(places: Sequence[int]) -> pl.DataFrame:
        plain = [names[place] for place in places if not isinstance(schema[names[place]], pl.Categorical | pl.Enum)]
        with quiet():
            frame = pl.read_parquet(path, columns=plain, glob=False) if plain else pl.DataFrame()
        read = {name: frame[name] for name in plain}
        for place in places:
            if names[place] not in read:
                read[names[place]] = _decoded(path, names[place])
        made = pl.DataFrame({str(place): read[names[place]] for place in places})
        return made.with_columns(pl.col(pl.Binary).cast(pl.String))  # as older programs write texts

    return Sheet(names, cells)


def _decoded(path: Path, name: str) -> pl.Series:
    """A column of codes and a dictionary, as pandas writes categories, as text.

    polars would hash the text of every row, which a dictionary of one long text makes endless.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    column = pq.read_table(path, columns=[name]).column(0)
    if pa.types.is_dictionary(column.type):
        sizes = (pc.take(pc.binary_length(chunk.dictionary), chunk.indices) for chunk in column.chunks)
        refuse_long(sum(pc.sum(size.cast(pa.int64())).as_py() or 0 for size in sizes))
        column = column.cast(pa.large_string())
    return pl.Series(name, column)
