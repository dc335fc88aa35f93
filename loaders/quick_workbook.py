"""Plain sheets at once: calamine (fastexcel) reads twenty times as fast as openpyxl what it can tell as well.

What it cannot (formula errors, truth values, elapsed times, numbers that it would round, escaped characters) and sheets
with cells far from all others, which it would lay out in memory, are left to the closer reader.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from tiaokuai.graph.values import BLANKS
from tiaokuai.loaders.spreadsheet.grid import Area, area_of
from tiaokuai.loaders.spreadsheet.package import LOCAL_DATES, Package

CHUNK, OVERLAP = 1 << 24, 256
DIGITS = 7  # of the last row of any spreadsheet
AIR, ROOM = 20, 1_000_000  # places for every cell there is, and beside that
BEYOND = re.compile(rb"""\bt=["'][ebd]["']|<v>-?\d{16}|<v>[^<]*(\.\d{9}|[eE])|_x[0-9A-Fa-f]{4}_""")  # in a sheet
ESCAPED = re.compile(rb"_x[0-9A-Fa-f]{4}_")  # in texts that sheets share
ELAPSED = re.compile(rb"""\[[hms]+\]|numFmtId=["']4[5-7]["']""", re.IGNORECASE)  # in styles
# A cell that does not begin with its place, as all programs write it, may stand anywhere: far out, calamine never ends.
ODD = re.compile(rb"""<(?:\w+:)?c\b(?! r="[A-Z]{1,3}\d{1,7}"[ />])""")
LONGEST = 20  # of such a beginning
REFERENCE = re.compile(rb"""\br=["']([A-Za-z]{1,3})(\d+)["']""")
# A formula with no result beside it: no value, an empty one, or 0 where the program that wrote it did not calculate.
NO_VALUE = re.compile(
    rb"""(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^>]*/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>|</)"""
)
ZERO = re.compile(rb"""(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^>]*/>)\s*<(?:\w+:)?v>0(?:\.0)?<""")
MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?\bref=["']([^"']{1,40})["']""")
HIDDEN = re.compile(rb"""<(?:\w+:)?row\b[^>]*\shidden=["'](?:1|true)["'][^>]*>""")
NUMBERED = re.compile(rb"""\sr=["'](\d{1,7})["']""")
MIDNIGHT = r"^(\d{4}-\d\d-\d\d) 00:00:00$"
TIMES = r"^(1899-12-31|1900-0[12]-\d\d) "  # a time of day, or of the days that Excel counts in its own way


class Quick:
    """The plain sheets of a workbook; none where it as a whole needs the closer reader.

    ``beside`` holds the merged areas and the hidden rows of every sheet that was read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parts: dict[str, str] = {}
        self.beside: dict[str, tuple[list[Area], list[int]]] = {}
        self.book: Any = None
        with zipfile.ZipFile(path) as packed:
            package = Package(packed)
            whole = [(package.texts_part, ESCAPED), (package.styles_part, ELAPSED)]
            if any(odd.search(chunk) for name, odd in whole if name for chunk in _chunks(packed, name)):
                return
            self.uncalculated = package.uncalculated
            written, styles = package.formats
            self.local = {number for number in styles if number in LOCAL_DATES and number not in written}
            self.styles_part = package.styles_part
            self.parts = {part.title: part.name for part in package.sheets}

    def frame(self, title: str) -> pl.DataFrame | None:
        """The cells of a sheet as texts, from its first row on; None where it needs the closer reader."""
        if title not in self.parts:
            return None
        try:
            with zipfile.ZipFile(self.path) as packed:
                beside = _near(packed, self.parts[title], self.uncalculated)
            if beside is None:
                return None
            if self.book is None:
                import fastexcel

                self.book = fastexcel.read_excel(self._with_western_days() if self.local else self.path)
            read = self.book.load_sheet(title, header_row=None, skip_rows=0, dtypes="string").to_polars()
        except OSError:
            raise
        except BaseException as error:
            if (
                isinstance(error, Exception) or type(error).__name__ == "PanicException"
            ):  # Rust's panics are no Exception
                return None
            raise
        frame: pl.DataFrame = read.rename(dict(zip(read.columns, map(str, range(read.width)), strict=True)))
        odd = frame.select(pl.any_horizontal(pl.all().str.contains(TIMES).any())) if frame.width else None
        if odd is not None and odd.item():
            return None
        self.beside[title] = beside
        return frame.select(_text(name) for name in frame.columns)

    def _with_western_days(self) -> bytes:
        """The workbook with East Asian formats of days, which calamine does not know, called by a Western number."""
        whole = io.BytesIO(self.path.read_bytes())
        with zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as packed:
            part = packed.getinfo(self.styles_part or "")
            numbers = "|".join(map(str, sorted(self.local))).encode()
            styles = re.sub(rb"""(\snumFmtId=["'])(?:%s)(["'])""" % numbers, rb"\g<1>14\2", packed.read(part))
            packed.filelist.remove(part)
            del packed.NameToInfo[part.filename]
            packed.writestr(part.filename, styles)
        return whole.getvalue()


def _text(name: str) -> pl.Expr:
    """A cell's text without blanks around it, nothing where it is empty; a day without its midnight."""
    text = pl.col(name).str.strip_chars(BLANKS).str.replace(MIDNIGHT, "$1")
    return pl.when(text != "").then(text).alias(name)


def _near(packed: zipfile.ZipFile, part: str, uncalculated: bool) -> tuple[list[Area], list[int]] | None:
    """The merged areas and hidden rows of a sheet that is plain and whose cells stand near each other; else None."""
    merged: dict[str, Area | None] = {}
    hidden: set[int] = set()
    count, letters, numbers, chunk = 0, {b"A"}, {b"1"}, b""
    for chunk in _chunks(packed, part):
        if BEYOND.search(chunk) or _misplaced(chunk):
            return None
        if _without_results(chunk, uncalculated):
            return None
        if b"hidden=" in chunk and not _hidden(chunk, hidden):
            return None
        if b"mergeCell" in chunk:
            merged |= {area.decode(): area_of(area.decode()) for area in MERGED.findall(chunk)}
        found = REFERENCE.findall(chunk)
        count += len(found)
        letters |= {letter for letter, _ in found}
        numbers |= {number for _, number in found}
        if max(map(len, numbers)) > DIGITS:
            return None
    if not chunk.rstrip().endswith(b"worksheet>"):  # cut off: calamine would take it for the end
        return None
    wide: int = max(sum((byte - 64) * 26**at for at, byte in enumerate(reversed(word.upper()))) for word in letters)
    if wide * max(map(int, numbers)) > AIR * count + ROOM:
        return None
    return [area for area in merged.values() if area is not None], sorted(hidden)


def _without_results(chunk: bytes, uncalculated: bool) -> bool:
    """Whether some formula has no result beside it."""
    if b"<f" not in chunk and b":f" not in chunk:
        return False
    return NO_VALUE.search(chunk) is not None or (uncalculated and ZERO.search(chunk) is not None)


def _hidden(chunk: bytes, hidden: set[int]) -> bool:
    """Adds the hidden rows of a chunk; False where one does not say its number."""
    for row in HIDDEN.findall(chunk):
        number = NUMBERED.search(row)
        if number is None:
            return False
        hidden.add(int(number[1]))
    return True


def _misplaced(chunk: bytes) -> bool:
    """Whether some cell does not say where it stands; one at the very end may be cut off, and begins the next chunk."""
    found = ODD.search(chunk)
    return found is not None and found.start() < len(chunk) - LONGEST


def _chunks(packed: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """A part's bytes; each chunk begins with the end of the one before it."""
    with packed.open(part) as stream:
        tail = b""
        while chunk := stream.read(CHUNK):
            yield tail + chunk
            tail = chunk[-OVERLAP:]
