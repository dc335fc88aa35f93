"""A workbook, a sheet a table: any spreadsheet in; rows, days and errors as the sheet shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from tiaokuai.graph.problems import Problem
from tiaokuai.graph.records import TABLES
from tiaokuai.loaders.blank import EXAMPLE
from tiaokuai.loaders.columns import plain, table_named, unknown_table
from tiaokuai.loaders.release_note import NAME, take_note
from tiaokuai.loaders.sheet import Sheet, Source, Unreadable, bounded, raw_table
from tiaokuai.loaders.spreadsheet.book import Book, open_book
from tiaokuai.loaders.spreadsheet.grid import Grid
from tiaokuai.loaders.tables.headings import find_headings

# Sheets that explain and hold no data, as `tiaokuai new` writes them.
GUIDES = frozenset(map(plain, ("说明", "填写说明", "选项", "guide", "read me", "readme", "choices")))
HEAD = 200  # rows of the beginning, to find the headings in
NAMED = 5  # hidden rows that one warning names


def read_workbook(path: Path, told: Callable[[str], None] = lambda sheet: None) -> Source:
    """Every table of a workbook."""
    source = Source()
    try:
        book = open_book(path)
    except Unreadable as reason:
        source.problems.append(reason.problem(None, path.name))
        return source
    try:
        for table, title in _sheets(book, path.name, source.problems).items():
            told(title)
            _read_sheet(book, title, table, path.name, source)
        if NAME in dict(book.sheets):
            take_note(_note(path), path.name, source)
    finally:
        book.close()
    return source


def _note(path: Path) -> str:
    """The text in the first column of the sheet with a release's note, below its heading; as it is, blanks included."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        rows = book[NAME].iter_rows(min_row=2, max_col=1, values_only=True)
        text = "".join(str(row[0] or "") for row in rows)
        book.close()
    except (OSError, MemoryError):
        raise
    except Exception:  # noqa: BLE001  # openpyxl raises whatever a wrong file leads it to; the text then is no JSON
        return ""
    return text


def _sheets(book: Book, file: str, found: list[Problem]) -> dict[str, str]:
    sheets: dict[str, str] = {}
    for title, hidden in book.sheets:
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
            if hidden:
                found.append(Problem("hidden_sheet", table, file, value=title))
    return {table: sheets[table] for table in TABLES if table in sheets}


def _read_sheet(book: Book, title: str, table: str, file: str, source: Source) -> None:
    try:
        sheet = sheet_of(book.grid(title), table, file, source.problems)
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


def sheet_of(grid: Grid, table: str, file: str | None, found: list[Problem]) -> Sheet | None:
    """Headings and the rows below that are no examples; None for an empty sheet. What is odd goes to ``found``."""
    headings = find_headings(table, grid.head(HEAD))
    if headings is None:
        return None
    below = headings.last + 1
    bounded(grid.height, len(headings.cells))
    found += headings.problem(table, file)
    hidden = [row for row in grid.hidden_rows if row > below]
    if hidden:
        named = ", ".join(map(str, hidden[:NAMED])) + (" …" if len(hidden) > NAMED else "")
        found.append(Problem("hidden_rows", table, file, None, None, named, {"count": len(hidden)}))
    merged = [area for area in grid.merged if area.bottom > below and area.bottom > area.top]
    if merged:
        first_row = min(area.top for area in merged) + 1
        found.append(Problem("merged_cells", table, file, first_row, about={"count": len(merged)}))
    first = grid.columns([0])["0"].slice(below)
    example = pl.Series(np.zeros(len(first), dtype=bool))
    for word in EXAMPLE.values():
        example |= first.str.starts_with(word).fill_null(False)
    places = (~example).arg_true().to_numpy().astype(np.int64)
    some = bool(example.any())

    def cells(wanted: Sequence[int]) -> pl.DataFrame:
        body = grid.columns(wanted).slice(below)
        return body.filter(~example) if some else body

    return Sheet(headings.cells, cells, lambda height: places + below + 1)
