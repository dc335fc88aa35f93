"""One way into every kind of spreadsheet: its sheets by title, each as a grid."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Protocol

from tiaokuai.files.limits import regular
from tiaokuai.loaders.quick_workbook import Quick
from tiaokuai.loaders.sheet import Unreadable
from tiaokuai.loaders.spreadsheet.cells import read_cells
from tiaokuai.loaders.spreadsheet.grid import Grid, dense
from tiaokuai.loaders.spreadsheet.kinds import kind_of
from tiaokuai.loaders.spreadsheet.ods import Ods
from tiaokuai.loaders.spreadsheet.package import Package
from tiaokuai.loaders.spreadsheet.xls import Xls
from tiaokuai.loaders.spreadsheet.xlsb import Xlsb

MOST_BYTES = 512 << 20  # unpacked; a million rows of eight columns are 300 MB
MOST_RATIO, SMALL = 150, 50 << 20  # text packs ten- or thirtyfold; a bomb a thousandfold


class Book(Protocol):
    """An open spreadsheet; ``sheets`` are its titles in order, each with whether it is hidden."""

    sheets: list[tuple[str, bool]]

    def grid(self, title: str) -> Grid:
        """A sheet's cells; raises Unreadable where it is damaged."""

    def close(self) -> None:
        """Lets the file go."""


def open_book(path: Path) -> Book:
    """The spreadsheet in a file, of whatever kind its content is.

    Raises Unreadable, saying what the file is and what to do, where it is none or cannot be read; OSError where it
    cannot be opened.
    """
    regular(path)
    kind = kind_of(path)
    if kind == "xls":
        return Xls(path)
    _refuse_bombs(path)
    if kind == "ods":
        with zipfile.ZipFile(path) as packed:
            return Ods(packed)
    return _Xlsx(path) if kind == "xlsx" else _Xlsb(path)


def _refuse_bombs(path: Path) -> None:
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
    size = sum(part.file_size for part in parts)
    bomb = any(p.file_size > SMALL and p.file_size > MOST_RATIO * max(p.compress_size, 1) for p in parts)
    if size > MOST_BYTES or bomb:
        raise Unreadable(
            f"解压后有 {size >> 20} MB，不像是表格，未打开", f"it would unpack to {size >> 20} MB; it was not opened"
        )


class _Xlsx:
    """An .xlsx: plain sheets read at once, others cell by cell."""

    def __init__(self, path: Path) -> None:
        self.packed = zipfile.ZipFile(path)
        try:
            self.package = Package(self.packed)
        except BaseException:
            self.packed.close()
            raise
        self.quick = Quick(path)
        self.parts = {part.title: part for part in self.package.sheets}
        self.sheets = [(part.title, part.hidden) for part in self.package.sheets]

    def grid(self, title: str) -> Grid:
        frame = self.quick.frame(title)
        if frame is None:
            return read_cells(self.package, self.parts[title])
        return dense(frame, *self.quick.beside[title])

    def close(self) -> None:
        self.packed.close()


class _Xlsb:
    """An .xlsb."""

    def __init__(self, path: Path) -> None:
        self.packed = zipfile.ZipFile(path)
        try:
            self.package = Xlsb(self.packed)
        except BaseException:
            self.packed.close()
            raise
        self.parts = {part.title: part for part in self.package.sheets}
        self.sheets = [(part.title, part.hidden) for part in self.package.sheets]

    def grid(self, title: str) -> Grid:
        return self.package.grid(self.parts[title])

    def close(self) -> None:
        self.packed.close()
