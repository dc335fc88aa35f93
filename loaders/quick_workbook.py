"""Plain sheets at once: calamine (fastexcel) reads twenty times as fast as openpyxl what it can tell as well.

What it cannot (formula errors, truth values, elapsed times, numbers that it would round, escaped characters) and sheets
with cells far from all others, which it would lay out in memory, are left to the closer reader.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tiaokuai.graph.records import as_text
from tiaokuai.graph.values import BLANKS
from tiaokuai.loaders.blank import EXAMPLE
from tiaokuai.loaders.sheet import Sheet, bounded

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
MIDNIGHT = r"^(\d{4}-\d\d-\d\d) 00:00:00$"
TIMES = r"^(1899-12-31|1900-0[12]-\d\d) "  # a time of day, or of the days that Excel counts in its own way
EXAMPLES = "|".join(f"^{re.escape(word)}" for word in EXAMPLE.values())


class Quick:
    """The plain sheets of a workbook; none where it as a whole needs the closer reader."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parts: dict[str, str] = {}
        self.book: Any = None
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()
            whole = [(name, ESCAPED) for name in names if "sharedStrings" in name]
            whole += [(name, ELAPSED) for name in names if "styles" in name]
            if not any(odd.search(chunk) for name, odd in whole for chunk in _chunks(packed, name)):
                self.parts = _parts(packed)

    def frame(self, title: str) -> pl.DataFrame | None:
        """The cells of a sheet as texts, from its first row on; None where it needs the closer reader."""
        if title not in self.parts:
            return None
        try:
            with zipfile.ZipFile(self.path) as packed:
                if not _near(packed, self.parts[title]):
                    return None
            if self.book is None:
                import fastexcel

                self.book = fastexcel.read_excel(self.path)
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
        return frame.select(_text(name) for name in frame.columns)


def sheet_of(frame: pl.DataFrame) -> Sheet | None:
    """Headings, and the rows below them that are no examples; None for an empty sheet."""
    said = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series() if frame.width else pl.Series([False])
    if not said.any():
        return None
    header = int(said.arg_max() or 0)
    headings = [as_text(cell) for cell in frame.row(header)]
    bounded(frame.height, max((at + 1 for at, heading in enumerate(headings) if heading), default=0))
    body = frame.slice(header + 1)
    example = body["0"].str.contains(EXAMPLES).fill_null(False)
    places = (~example).arg_true().to_numpy().astype(np.int64)
    kept = body.filter(~example) if example.any() else body

    def cells(wanted: Sequence[int]) -> pl.DataFrame:
        return kept.select(str(place) for place in wanted)

    return Sheet(headings, cells, lambda height: places + header + 2)


def _text(name: str) -> pl.Expr:
    """A cell's text without blanks around it, nothing where it is empty; a day without its midnight."""
    text = pl.col(name).str.strip_chars(BLANKS).str.replace(MIDNIGHT, "$1")
    return pl.when(text != "").then(text).alias(name)


def _parts(packed: zipfile.ZipFile) -> dict[str, str]:
    """Where each sheet stands; nothing where that is not written as usual."""
    from openpyxl.xml.functions import fromstring

    try:
        book = fromstring(packed.read("xl/workbook.xml"))
        targets = {
            each.get("Id"): posixpath.normpath(posixpath.join("/xl", each.get("Target", ""))).lstrip("/")
            for each in fromstring(packed.read("xl/_rels/workbook.xml.rels"))
        }
    except (KeyError, SyntaxError, ValueError):
        return {}
    found = {}
    for each in book.iter():
        if each.tag.endswith("}sheet"):
            own = next((value for key, value in each.attrib.items() if key.endswith("}id")), None)
            found[each.get("name", "")] = targets.get(own, "")
    return {title: part for title, part in found.items() if part in packed.namelist()}


def _near(packed: zipfile.ZipFile, part: str) -> bool:
    """Whether a sheet is plain and its cells stand near each other."""
    count, letters, numbers, chunk = 0, {b"A"}, {b"1"}, b""
    for chunk in _chunks(packed, part):
        if BEYOND.search(chunk) or _misplaced(chunk):
            return False
        found = REFERENCE.findall(chunk)
        count += len(found)
        letters |= {letter for letter, _ in found}
        numbers |= {number for _, number in found}
        if max(map(len, numbers)) > DIGITS:
            return False
    if not chunk.rstrip().endswith(b"worksheet>"):  # cut off: calamine would take it for the end
        return False
    wide: int = max(sum((byte - 64) * 26**at for at, byte in enumerate(reversed(word.upper()))) for word in letters)
    return wide * max(map(int, numbers)) <= AIR * count + ROOM


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
