"""``write``: a network into a folder of CSV or Parquet, or a workbook; never half."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import polars as pl

from tiaokuai.files.atomic import replacing, replacing_folder
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.network import Network
from tiaokuai.graph.records import TABLES
from tiaokuai.loaders.columns import table_named
from tiaokuai.loaders.release_note import FILE, NAME, note_pieces, note_text

MOST_SHEET_ROWS = 1_048_576


def write(network: Network, path: str | Path) -> None:
    """Writes all tables that have rows: ``….xlsx`` a workbook, ``….parquet`` a folder of Parquet, else one of CSV.

    A release is written with its note, by which :func:`tiaokuai.loaders.read` knows it again.

    Raises RequestError where the folder holds other files, or a table has more rows than a sheet; OSError.

    >>> import tempfile
    >>> import tiaokuai as tk
    >>> net = tk.generate(blocks=3, enterprises=12, seed=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(net, f"{folder}/district")
    ...     tk.read(f"{folder}/district").fingerprint == net.fingerprint
    True
    """
    target = Path(path)
    if target.suffix.lower() == ".xlsx":
        _write_workbook(network, target)
        return
    _refuse_others(target)
    suffix = ".parquet" if target.suffix.lower() == ".parquet" else ".csv"
    with replacing_folder(target) as folder:
        for table, frame in written(network).items():
            write_table(frame, folder / f"{table}{suffix}")
        if (note := note_text(network)) is not None:
            (folder / FILE).write_text(note, encoding="utf-8")


def written(network: Network) -> dict[str, pl.DataFrame]:
    """The tables worth writing: those with rows, and those that every data set must have."""
    return {name: frame for name, frame in network.tables.items() if frame.height or TABLES[name].required}


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """One table; CSV with a byte order mark, by which spreadsheets know UTF-8."""
    if path.suffix.lower() == ".parquet":
        frame.write_parquet(path)
    else:
        separator = "\t" if path.suffix.lower() == ".tsv" else ","
        frame.write_csv(path, include_bom=True, separator=separator)


def _refuse_others(folder: Path) -> None:
    if not folder.is_dir():
        return
    others = [
        item.name
        for item in folder.iterdir()
        if item.name not in ("erasures.log", FILE) and (item.is_dir() or table_named(item.stem) is None)
    ]
    if others:
        named = ", ".join(sorted(others)[:3])
        raise RequestError(
            "folder_in_use",
            f"{folder} 里还有别的文件（{named}），不能整个替换；请换一个文件夹",
            f"{folder} holds other files ({named}) and would be replaced as a whole; name another folder",
            folder=str(folder),
        )


def _write_workbook(network: Network, path: Path) -> None:
    import openpyxl

    tables = written(network)
    for table, frame in tables.items():
        _refuse_too_many(table, frame.height)
    book = openpyxl.Workbook(write_only=True)
    for table, frame in tables.items():
        sheet = book.create_sheet(table)
        sheet.freeze_panes = "A2"
        sheet.append(frame.columns)
        _fill(sheet, frame)
    if pieces := note_pieces(network):
        _fill(book.create_sheet(NAME), pl.DataFrame({NAME: [NAME, *pieces]}))
    save_book(book, path)


def _refuse_too_many(table: str, rows: int) -> None:
    if rows >= MOST_SHEET_ROWS:
        raise RequestError(
            "too_many_rows",
            f"{table} 有 {rows:,} 行，工作表放不下；请写成 CSV 或 Parquet 文件夹",
            f"{table} has {rows:,} rows, more than a sheet holds; write a folder of CSV or Parquet",
            table=table,
        )


def _fill(sheet: Any, frame: pl.DataFrame) -> None:
    """Rows as cells: texts stay texts ("007", "=1"), dates are dates."""
    from openpyxl.cell import WriteOnlyCell

    def cell(value: Any) -> Any:
        if isinstance(value, float):  # as text of a number, since openpyxl would round it to 16 digits
            made = WriteOnlyCell(sheet, repr(value))
            made.data_type = "n"
            return made
        if not isinstance(value, str):
            return value
        made = WriteOnlyCell(sheet, value)
        made.data_type, made.number_format = "s", "@"
        return made

    for row in frame.iter_rows():
        sheet.append([cell(value) for value in row])


def save_book(book: Any, path: str | Path) -> None:
    """Writes an openpyxl workbook, whole or not at all."""
    packed = _packed(book)  # before the place is looked at: sheets that are never saved complain when collected
    with replacing(path) as temporary:
        temporary.write_bytes(packed)


def pack(book: Any, path: Path) -> None:
    """Writes an openpyxl workbook where it is to be renamed from."""
    path.write_bytes(_packed(book))


def _packed(book: Any) -> memoryview:
    """In memory first: a zip file that a full disk cuts short complains on stderr when it is collected."""
    packed = io.BytesIO()
    book.save(packed)
    return packed.getbuffer()
