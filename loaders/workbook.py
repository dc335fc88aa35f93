"""A workbook, a sheet a table: .xlsx in, row numbers, real dates and formula errors as the sheet shows them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tiaokuai.files.limits import regular
from tiaokuai.graph.problems import Problem
from tiaokuai.graph.records import TABLES, as_text
from tiaokuai.loaders.blank import is_example
from tiaokuai.loaders.columns import match, plain, table_named, unknown_table
from tiaokuai.loaders.quick_workbook import Quick, sheet_of
from tiaokuai.loaders.release_note import NAME, take_note
from tiaokuai.loaders.sheet import MOST_COLUMNS, Sheet, Source, Unreadable, bounded, raw_table

# Sheets that explain and hold no data, as `tiaokuai new` writes them.
GUIDES = frozenset(map(plain, ("说明", "填写说明", "选项", "guide", "read me", "readme", "choices")))
MOST_BYTES = 512 << 20  # unpacked; a million rows of eight columns are 300 MB
MOST_ROWS = 1 << 20  # of a sheet, in every spreadsheet there is
MOST_RATIO, SMALL = 150, 50 << 20  # text packs ten- or thirtyfold; a bomb a thousandfold


def read_workbook(path: Path, told: Callable[[str], None] = lambda sheet: None) -> Source:
    """Every table of a workbook."""
    source = Source()
    regular(path)
    try:
        _refuse_bombs(path)
        book = _Book(path)
    except Unreadable as reason:
        source.problems.append(reason.problem(None, path.name))
        return source
    try:
        for table, title in _sheets(book.titles, path.name, source.problems).items():
            told(title)
            _read_sheet(book, title, table, path.name, source)
        if NAME in book.titles:
            take_note(book.text(NAME), path.name, source)
    finally:
        book.close()
    return source


class _Book:
    """A workbook: plain sheets read at once, others cell by cell."""

    def __init__(self, path: Path) -> None:
        self.path, self.open = path, None
        try:
            self.quick: Quick | None = Quick(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, zlib.error):
            self.quick = None  # openpyxl says what is wrong with it
        self.titles = list(self.quick.parts) if self.quick is not None else []
        if not self.titles:
            self.titles = self._closer().sheetnames

    def sheet(self, title: str, table: str) -> Sheet | None:
        """A sheet's headings and cells; None where it is empty."""
        frame = self.quick.frame(title) if self.quick is not None else None
        return _sheet(self._closer()[title], table) if frame is None else sheet_of(frame)

    def text(self, title: str) -> str:
        """The text in the first column of a sheet below its heading."""
        return "".join(str(row[0] or "") for number, row in _lines(self._closer()[title], 1) if number > 1)

    def _closer(self) -> Any:
        if self.open is None:
            self.open = _open(self.path)
        return self.open

    def close(self) -> None:
        if self.open is not None:
            self.open.close()


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        raise Unreadable("不是 .xlsx 工作簿，或文件已损坏", "it is not an .xlsx workbook, or it is damaged") from None
    size = sum(part.file_size for part in parts)
    bomb = any(p.file_size > SMALL and p.file_size > MOST_RATIO * max(p.compress_size, 1) for p in parts)
    if size > MOST_BYTES or bomb:
        raise Unreadable(
            f"解压后有 {size >> 20} MB，不像是表格，未打开", f"it would unpack to {size >> 20} MB; it was not opened"
        )


def _open(path: Path) -> Any:
    import openpyxl

    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, MemoryError):
        raise
    except Exception:  # noqa: BLE001  # openpyxl raises whatever a wrong file leads it to
        raise Unreadable("不是 .xlsx 工作簿，或文件已损坏", "it is not an .xlsx workbook, or it is damaged") from None


def _sheets(titles: Sequence[str], file: str, found: list[Problem]) -> dict[str, str]:
    sheets: dict[str, str] = {}
    for title in titles:
        table = table_named(title)
        if table is None:
            if plain(title) not in GUIDES and title != NAME:
                found.append(unknown_table(title, file))
        elif table in sheets:
            both = f"{sheets[table]}, {title}"
            reason = Unreadable(f"{both} 是同一张表，请只留一个", f"{both} are the same table; keep one of them")
            found.append(reason.problem(table, file))
        else:
            sheets[table] = title
    return {table: sheets[table] for table in TABLES if table in sheets}


def _read_sheet(book: _Book, title: str, table: str, file: str, source: Source) -> None:
    try:
        sheet = book.sheet(title, table)
        if sheet is None and not TABLES[table].required:
            return  # a workbook to fill in has a sheet for everything
        if sheet is None:
            source.problems.append(Problem("empty_table", table, file))
        else:
            raw = raw_table(table, sheet, file, source.problems)
            if raw.cells.height or TABLES[table].required:
                source.tables.append(raw)
    except Unreadable as reason:
        source.problems.append(reason.problem(table, file))


def _sheet(worksheet: Any, table: str) -> Sheet | None:
    header = _header(worksheet)
    if header is None:
        return None
    below, headings = header
    matched = match(table, headings, None)
    wanted = sorted([*matched.known.values(), *(place for place, _ in matched.unknown)])
    numbers: list[int] = []
    kept: dict[int, list[str | None]] = {place: [] for place in wanted}
    for number, row in _lines(worksheet, len(headings)):
        if number > below and any(cell is not None for cell in row) and not is_example(row):
            numbers.append(number)
            for place in wanted:  # cells of refused columns are never kept
                kept[place].append(as_text(row[place]) if place < len(row) else None)

    def cells(places: Sequence[int]) -> pl.DataFrame:
        return pl.DataFrame({str(place): pl.Series(kept[place], dtype=pl.String) for place in places})

    return Sheet(headings, cells, lambda height: np.array(numbers, dtype=np.int64))


def _header(worksheet: Any) -> tuple[int, list[str | None]] | None:
    """The first row that says anything, and its cells as far as they do."""
    for number, row in _lines(worksheet, MOST_COLUMNS + 1):
        headings = [as_text(cell) for cell in row]
        while headings and not headings[-1]:
            headings.pop()
        if headings:
            bounded(0, len(headings))
            return number, headings
    return None


def _lines(worksheet: Any, width: int) -> Iterator[tuple[int, tuple[Any, ...]]]:
    worksheet.reset_dimensions()  # a sheet may claim more rows than it has
    try:
        for number, row in enumerate(worksheet.iter_rows(max_col=width, values_only=True), start=1):
            if number > MOST_ROWS:
                raise Unreadable(f"有第 {MOST_ROWS:,} 行之后的行", f"it has rows below row {MOST_ROWS:,}")
            yield number, row
    except (OSError, MemoryError, Unreadable):
        raise
    except Exception:  # noqa: BLE001  # openpyxl raises whatever a wrong sheet leads it to
        raise Unreadable("工作表已损坏，读不完整", "the sheet is damaged and cannot be read to its end") from None
