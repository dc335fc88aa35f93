"""The closer reader of a sheet of an .xlsx: every cell as its spreadsheet shows it, errors and formulas included."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from tiaokuai.graph.fields import as_text
from tiaokuai.graph.values import NO_RESULT
from tiaokuai.loaders.sheet import MOST_COLUMNS, Unreadable
from tiaokuai.loaders.spreadsheet.grid import MOST_ROWS, Area, Grid, area_of, place_of, sparse
from tiaokuai.loaders.spreadsheet.package import Package, Part, parse, plain_text

_DAMAGED = Unreadable("工作表已损坏，读不完整", "the sheet is damaged and cannot be read to its end")
_PLACE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})\Z")
_TRUTHS = {"1": "True", "true": "True", "0": "False", "false": "False"}


def read_cells(package: Package, part: Part) -> Grid:
    """The grid of a sheet.

    Raises Unreadable where it is damaged, or has rows below the last one a spreadsheet can have.
    """
    reader = _Reader(package)
    parse(package.chunks(part.name), reader.start, reader.end, reader.data)
    return sparse(reader.cells, reader.merged, sorted(reader.hidden))


class _Reader:
    """Handlers for the elements of a sheet, in the order in which they come."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.dates, self.spans = package.days
        self.cells: dict[int, tuple[list[int], list[str]]] = {}
        self.merged: list[Area] = []
        self.hidden: set[int] = set()
        self.row, self.column = -1, -1  # where the reader is, counted from 0
        self.kind, self.style = "", 0
        self.into: list[str] | None = None  # what text belongs to
        self.value: list[str] = []
        self.text: list[str] = []
        self.formula: list[str] | None = None
        self.stored, self.aloud = False, False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2] if ":" in tag else tag
        if name == "c":
            self._cell(attributes)
        elif name == "v":
            self.into, self.stored = self.value, True
        elif name == "f":
            self.formula = self.into = []
        elif name == "t":
            self.into = None if self.aloud else self.text
        elif name == "rPh":
            self.aloud = True
        elif name == "row":
            self._row(attributes)
        elif name == "mergeCell" and (area := area_of(attributes.get("ref", ""))) is not None:
            self.merged.append(area)

    def _row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r", "")
        self.row = int(given) - 1 if given.isdecimal() and len(given) < 18 else self.row + 1
        self.column = -1
        if self.row >= MOST_ROWS:
            raise Unreadable(f"有第 {MOST_ROWS:,} 行之后的行", f"it has rows below row {MOST_ROWS:,}")
        if attributes.get("hidden") in ("1", "true"):
            self.hidden.add(self.row + 1)

    def _cell(self, attributes: dict[str, str]) -> None:
        place = _PLACE.match(attributes.get("r", ""))
        if place is None:
            self.column += 1
        else:
            self.column = place_of(place[1])
            if (row := int(place[2]) - 1) != self.row and 0 <= row < MOST_ROWS:
                self.row = row
        self.kind = attributes.get("t", "n")
        style = attributes.get("s", "")
        self.style = int(style) if style.isdecimal() else 0
        self.value, self.text, self.formula, self.stored = [], [], None, False

    def data(self, text: str) -> None:
        if self.into is not None:
            self.into.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2] if ":" in tag else tag
        if name == "c":
            if self.column <= MOST_COLUMNS and (text := self._said()) is not None:
                rows, texts = self.cells.setdefault(self.column, ([], []))
                if rows and rows[-1] >= self.row:
                    raise _DAMAGED  # rows that go back: two cells would be in one place
                rows.append(self.row)
                texts.append(text)
        elif name in ("v", "f", "t"):
            self.into = None
        elif name == "rPh":
            self.aloud = False

    def _said(self) -> str | None:
        value = "".join(self.value)
        if self.formula is not None and self._without_result(value.strip()):
            return f"{NO_RESULT} ={''.join(self.formula)}"
        if self.kind == "inlineStr":
            return as_text(plain_text("".join(self.text)))
        if self.kind == "str":
            return as_text(plain_text(value))
        value = value.strip()
        if not value:
            return None
        if self.kind == "s":
            if not value.isdecimal() or int(value) >= len(self.package.texts):
                raise _DAMAGED
            return as_text(self.package.texts[int(value)])
        if self.kind == "b":
            return _TRUTHS.get(value, value)
        return self._number(value) if self.kind in ("n", "") else as_text(value)

    def _without_result(self, value: str) -> bool:
        if self.kind == "str":  # a formula may well give an empty text
            return not self.stored
        return not value or (self.package.uncalculated and self.kind in ("n", "") and value in ("0", "0.0"))

    def _number(self, value: str) -> str | None:
        try:
            number = float(value) if any(mark in value for mark in ".eE") else int(value)
        except ValueError:
            return as_text(value)
        if self.style in self.dates or self.style in self.spans:
            return moment(number, self.package.since_1904, self.style in self.spans)
        return as_text(number)


def moment(number: float, since_1904: bool, span: bool = False) -> str | None:
    """The day, time or span that a spreadsheet shows for a number; an error where there is none.

    >>> moment(45352, since_1904=False), moment(0.5, since_1904=False)
    ('2024-03-01', '12:00:00')
    """
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

    try:
        made: Any = from_excel(number, CALENDAR_MAC_1904 if since_1904 else CALENDAR_WINDOWS_1900, timedelta=span)
    except (OverflowError, ValueError):
        return "#VALUE!"
    return str(made) if isinstance(made, timedelta) else as_text(made)
