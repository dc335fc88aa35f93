"""Spreadsheets of LibreOffice and others (.ods, OpenDocument): errors, formulas, merged cells, hidden rows.

calamine reads them too, but shows an error and a formula without a result as nothing.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field

from tiaokuai.graph.fields import as_text
from tiaokuai.graph.values import NO_RESULT
from tiaokuai.loaders.sheet import MOST_CELLS, MOST_COLUMNS, Unreadable
from tiaokuai.loaders.spreadsheet.grid import MOST_ROWS, Area, Grid, sparse
from tiaokuai.loaders.spreadsheet.package import CHUNK, parse

_VALUES = {
    "float": "value",
    "percentage": "value",
    "currency": "value",
    "date": "date-value",
    "time": "time-value",
    "boolean": "boolean-value",
}


@dataclass
class Table:
    """A sheet while it is read."""

    title: str
    style: str
    cells: dict[int, tuple[list[int], list[str]]] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)


class Ods:
    """An .ods: its sheets, each with whether it is hidden, and the cells of one."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        reader = _Reader()
        try:
            with packed.open("content.xml") as stream:
                parse(iter(lambda: stream.read(CHUNK), b""), reader.start, reader.end, reader.data)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, KeyError, RuntimeError):
            raise Unreadable(
                "不是 .ods 表格，或文件已损坏", "it is not an .ods spreadsheet, or it is damaged"
            ) from None
        self.tables = {table.title: table for table in reader.tables}
        self.sheets = [(table.title, table.style in reader.invisible) for table in reader.tables]

    def grid(self, title: str) -> Grid:
        """A sheet's cells."""
        table = self.tables[title]
        return sparse(table.cells, table.merged, table.hidden)

    def close(self) -> None:
        """Nothing is held open."""


class _Reader:
    """Handlers for the elements of content.xml."""

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self.invisible: set[str] = set()
        self.style = ""
        self.depth = 0  # of tables in cells
        self.beside = 0  # of notes and the like, whose texts are not the cell's
        self.row, self.column, self.repeat_row = 0, 0, 1
        self.cell: dict[str, str] | None = None
        self.texts: list[str] = []
        self.line: list[str] | None = None
        self.said: list[tuple[int, str]] = []
        self.total = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name, own = tag.rpartition(":")[2], {key.rpartition(":")[2]: text for key, text in attributes.items()}
        if name == "style":
            self.style = own.get("name", "")
        elif name == "table-properties" and own.get("display") == "false":
            self.invisible.add(self.style)
        elif name == "table":
            self.depth += 1
            if self.depth == 1:
                self.tables.append(Table(own.get("name", ""), own.get("style-name", "")))
                self.row = 0
        elif name in ("annotation", "shape", "frame", "custom-shape"):
            self.beside += 1
        elif self.depth == 1 and not self.beside:
            self._inside(name, own, attributes)

    def _inside(self, name: str, own: dict[str, str], attributes: dict[str, str]) -> None:
        if name == "table-row":
            self.column, self.said = 0, []
            self.repeat_row = _times(own.get("number-rows-repeated"))
            if own.get("visibility", "visible") != "visible":
                self.tables[-1].hidden += range(self.row + 1, min(self.row + self.repeat_row, MOST_ROWS) + 1)
        elif name in ("table-cell", "covered-table-cell"):
            error = {"error": "yes"} if attributes.get("calcext:value-type") == "error" else {}
            self.cell, self.texts = {**own, **error}, []
            if "office:value-type" in attributes:
                self.cell["value-type"] = attributes["office:value-type"]
        elif name == "p" and self.cell is not None:
            self.line = []
        elif self.line is not None and name in ("s", "tab", "line-break"):
            self.line.append({"s": " " * min(_times(own.get("c")), 1000), "tab": "\t"}.get(name, "\n"))

    def data(self, text: str) -> None:
        if self.line is not None and not self.beside:
            self.line.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "table":
            self.depth -= 1
        elif name in ("annotation", "shape", "frame", "custom-shape"):
            self.beside -= 1
        elif self.depth == 1 and not self.beside:
            if name == "p" and self.line is not None:
                self.texts.append("".join(self.line))
                self.line = None
            elif name in ("table-cell", "covered-table-cell") and self.cell is not None:
                self._end_cell(self.cell)
                self.cell = None
            elif name == "table-row":
                self._end_row()

    def _end_cell(self, cell: dict[str, str]) -> None:
        times = _times(cell.get("number-columns-repeated"))
        down, across = _times(cell.get("number-rows-spanned")), _times(cell.get("number-columns-spanned"))
        if down > 1 or across > 1:
            area = Area(self.row, self.column, self.row + down - 1, self.column + across - 1)
            self.tables[-1].merged.append(area)
        if (text := _said(cell, "\n".join(self.texts))) is not None:
            self.said += [(at, text) for at in range(self.column, min(self.column + times, MOST_COLUMNS + 1))]
        self.column += times

    def _end_row(self) -> None:
        if self.said:
            self.total += len(self.said) * self.repeat_row
            if self.row + self.repeat_row > MOST_ROWS or self.total > MOST_CELLS:
                raise Unreadable(f"有第 {MOST_ROWS:,} 行之后的行", f"it has rows below row {MOST_ROWS:,}")
            for column, text in self.said:
                rows, texts = self.tables[-1].cells.setdefault(column, ([], []))
                rows += range(self.row, self.row + self.repeat_row)
                texts += [text] * self.repeat_row
        self.row += self.repeat_row


def _said(cell: dict[str, str], shown: str) -> str | None:
    kind = cell.get("value-type", "")
    if "error" in cell or (kind == "string" and "formula" in cell and shown.startswith(("#", "Err:"))):
        return shown.strip() if shown.startswith("#") else "#VALUE!"
    if kind in _VALUES:
        value = cell.get(_VALUES[kind], "")
        if kind == "date":
            return as_text(value.replace("T", " ").removesuffix(" 00:00:00"))
        if kind == "boolean":
            return value.title() or None
        return as_text(_number(value)) if kind != "time" else as_text(value)
    if "formula" in cell and not kind and not shown:
        return f"{NO_RESULT} {cell['formula'].removeprefix('of:')}"
    return as_text(cell.get("string-value") or shown)


def _number(text: str) -> float | str:
    try:
        return float(text) if any(mark in text for mark in ".eE") else int(text)
    except ValueError:
        return text


def _times(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdecimal() and len(text) < 10 else 1
