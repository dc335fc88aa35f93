"""Rows as CSV and .xlsx that spreadsheets only show: the one writer, and what undoes it when our loader reads.

A text such as ``=1+1`` or ``-5`` is a formula to a spreadsheet, also behind a tab or a line break, in full width, and
behind a semicolon where a spreadsheet parts cells at it. In .xlsx a cell says itself that it is text, and nothing is
added. CSV cannot say so; there an apostrophe goes before the sign, as spreadsheets themselves mark text, and
:func:`plain` takes away exactly that one. Numbers are numbers, negative ones too.

CSV has two ways. Where formulas are *defused* (whatever readers get), every such text has its apostrophe. Otherwise
(the steward's own tables, which other programs read too) texts are as they are; a text that has an apostrophe there
already gets one more, because :func:`plain` takes one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from tiaokuai.files.atomic import replacing
from tiaokuai.graph.errors import RequestError

MOST_SHEET_ROWS = 1_048_576
MARK = "\ufeff"  # by which spreadsheets know UTF-8

# Python's expressions and polars' alike, so without looking ahead or behind.
_CELL = r"(^|[;\t\r\n])"  # where a spreadsheet may begin a cell
_FORMULA = "([\"' \u00a0\u3000]*[=+\\-@＝＋－＠])"
_RUNS = f"{_CELL}{_FORMULA}"
_DEFUSED = f"{_CELL}'{_FORMULA}"
_MARKED_TWICE = f"{_CELL}('{_FORMULA[1:]}"
_ADD, _TAKE = "${1}'${2}", "${1}${2}"


def is_formula(text: str) -> bool:
    """Whether some spreadsheet would compute a text.

    >>> [is_formula(text) for text in ("=1+1", "\\t＠sum", "a;-1", "1-2", "O'Brien")]
    [True, True, True, False, False]
    """
    return re.search(_RUNS, text) is not None


def defuse(text: str) -> str:
    """A text for CSV with an apostrophe before every formula.

    >>> defuse("=1+1"), defuse("'=1+1"), defuse("1-2")
    ("'=1+1", "''=1+1", '1-2')
    """
    return re.sub(_RUNS, _python(_ADD), text)


def escape(text: str) -> str:
    """A text for lossless CSV: changed only where :func:`plain` would change it.

    >>> escape("=1+1"), escape("'=1+1")
    ('=1+1', "''=1+1")
    """
    return re.sub(_MARKED_TWICE, _python(_ADD), text)


def plain(text: str) -> str:
    """A cell of CSV as it was before :func:`defuse` or :func:`escape`.

    >>> plain("'=1+1"), plain("''=1+1"), plain("=1+1"), plain("'tis")
    ('=1+1', "'=1+1", '=1+1', "'tis")
    """
    return re.sub(_DEFUSED, _python(_TAKE), text)


def plain_cells(frame: pl.DataFrame) -> pl.DataFrame:
    """The same for every text of a table."""
    return _replace(frame, _DEFUSED, _TAKE)


def write_csv(frame: pl.DataFrame, path: Path, *, defused: bool) -> None:
    """A table as CSV, or with tabs where ``path`` ends in .tsv; with a byte order mark."""
    shown = _replace(frame, _RUNS if defused else _MARKED_TWICE, _ADD)
    shown.write_csv(path, include_bom=True, separator="\t" if path.suffix.lower() == ".tsv" else ",")


def csv_lines(
    rows: Iterable[Sequence[Any]], *, defused: bool, separator: str = ",", line_end: str = "\r\n", mark: str = ""
) -> str:
    """Rows of texts, numbers and Nones as CSV.

    >>> csv_lines([["E1", "=1+1", -5, None]], defused=True)
    "E1,'=1+1,-5,\\r\\n"
    """
    show = defuse if defused else escape
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator=line_end)
    for row in rows:
        writer.writerow([show(cell) if isinstance(cell, str) else cell for cell in row])
    return mark + out.getvalue()


def write_book(tables: Mapping[str, pl.DataFrame], path: str | Path, *, private: bool = False) -> None:
    """Tables as the sheets of a workbook, whole or not at all; RequestError where one has more rows than a sheet."""
    from openpyxl import Workbook

    for table, frame in tables.items():
        _refuse_too_many(table, frame.height)
    book = Workbook(write_only=True)
    for table, frame in tables.items():
        sheet = book.create_sheet(table)
        sheet.freeze_panes = "A2"
        sheet.append(frame.columns)
        _fill(sheet, frame)
    save_book(book, path, private=private)


def put_text(cell: Any, text: str) -> None:
    """Sets an openpyxl cell to a text that stays one: "007", "=1"."""
    cell.value = text
    cell.data_type, cell.number_format = "s", "@"
    if is_formula(text):
        cell.quotePrefix = True  # or a spreadsheet would compute it once somebody edits the cell


def save_book(book: Any, path: str | Path, *, private: bool = False) -> None:
    """Writes an openpyxl workbook, whole or not at all."""
    packed = _packed(book)  # before the place is looked at: sheets that are never saved complain when collected
    with replacing(path, private=private) as temporary:
        temporary.write_bytes(packed)


def pack_book(book: Any, path: Path) -> None:
    """Writes an openpyxl workbook where it is to be renamed from."""
    path.write_bytes(_packed(book))


def _python(replacement: str) -> str:
    return re.sub(r"\$\{(\d)\}", r"\\\1", replacement)


def _replace(frame: pl.DataFrame, pattern: str, replacement: str) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.String).str.replace_all(pattern, replacement))


def _refuse_too_many(table: str, rows: int) -> None:
    if rows >= MOST_SHEET_ROWS:
        raise RequestError(
            "too_many_rows",
            f"{table} 有 {rows:,} 行，工作表放不下；请写成 CSV 或 Parquet 文件夹",
            f"{table} has {rows:,} rows, more than a sheet holds; write a folder of CSV or Parquet",
            table=table,
        )


def _fill(sheet: Any, frame: pl.DataFrame) -> None:
    """Rows as cells: texts stay texts, dates are dates."""
    from openpyxl.cell import WriteOnlyCell

    def cell(value: Any) -> Any:
        if isinstance(value, float):  # as text of a number, since openpyxl would round it to 16 digits
            made = WriteOnlyCell(sheet, repr(value))
            made.data_type = "n"
            return made
        if not isinstance(value, str):
            return value
        made = WriteOnlyCell(sheet)
        put_text(made, value)
        return made

    for row in frame.iter_rows():
        sheet.append([cell(value) for value in row])


def _packed(book: Any) -> memoryview:
    """In memory first: a zip file that a full disk cuts short complains on stderr when it is collected."""
    packed = io.BytesIO()
    book.save(packed)
    return packed.getbuffer()
