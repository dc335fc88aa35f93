"""The parts of an .xlsx: which sheets it has and where, its texts, its formats of days, its calendar.

Read by what elements are called and not by their namespaces, so that Strict Open XML and odd writers are read alike;
what is not wanted (styles' fonts, pictures, names of parts) is not looked at, so nothing of it can be wrong.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.parsers import expat

from tiaokuai.loaders.sheet import Unreadable

CHUNK = 1 << 20
# Formats that East Asian and Thai versions of Excel build in and do not write out (ECMA-376 18.8.30): all are of days
# or times. The Western ones (14 to 22, 45 to 47) every reader knows.
LOCAL_DATES = frozenset((*range(27, 37), *range(50, 59), *range(71, 82)))
_DATES = frozenset((*range(14, 23), *range(45, 48))) | LOCAL_DATES
ELAPSED = frozenset((46,))
_DAMAGED = Unreadable("工作簿已损坏，读不完整", "the workbook is damaged and cannot be read to its end")


@dataclass(frozen=True)
class Part:
    """A sheet: its title, the part that holds it, and whether it is hidden."""

    title: str
    name: str
    hidden: bool


class Package:
    """An open .xlsx; raises Unreadable where it is no workbook. What is binary in an .xlsb is read by its own class."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self.packed = packed
        self.names = {name.replace("\\", "/").lower().lstrip("/"): name for name in packed.namelist()}
        book = (
            self._named(self._relations("")[0].get("officeDocument", ""))
            or self._named("xl/workbook.xml")
            or self._named("xl/workbook.bin")
        )
        if book is None:
            raise Unreadable("不是 .xlsx 工作簿，或文件已损坏", "it is not an .xlsx workbook, or it is damaged")
        self.book = book
        self.sheets: list[Part] = []
        self.since_1904 = self.uncalculated = False
        kinds, targets = self._relations(book)
        self.texts_part = self._named(kinds.get("sharedStrings", "")) or self._named("xl/sharedStrings.xml")
        self.styles_part = self._named(kinds.get("styles", "")) or self._named("xl/styles.xml")
        self._sheets(book, targets)

    def _sheets(self, book: str, targets: dict[str, str]) -> None:
        for tag, attributes in elements(self.chunks(book)):
            if tag == "sheet":
                own = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
                if (part := self._named(targets.get(own, ""))) is not None:
                    hidden = attributes.get("state", "visible") != "visible"
                    self.sheets.append(Part(attributes.get("name", ""), part, hidden))
            elif tag == "workbookPr":
                self.since_1904 = attributes.get("date1904") in ("1", "true")
            elif tag == "calcPr":
                # The program that wrote it did not calculate: what lies beside its formulas is no result.
                self.uncalculated = attributes.get("fullCalcOnLoad") in ("1", "true")

    def _named(self, name: str) -> str | None:
        """The part of this name as the archive spells it."""
        return self.names.get(name.replace("\\", "/").lower().lstrip("/")) if name else None

    def _relations(self, part: str) -> tuple[dict[str, str], dict[str, str]]:
        """What a part refers to: the target by kind (its last word), and by identifier."""
        folder, base = posixpath.split(part.replace("\\", "/").lstrip("/"))
        own = self._named(posixpath.join(folder, "_rels", f"{base}.rels"))
        kinds: dict[str, str] = {}
        targets: dict[str, str] = {}
        for tag, attributes in elements(self.chunks(own)) if own else ():
            if tag == "Relationship":
                target = attributes.get("Target", "").replace("\\", "/")
                whole = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                kinds.setdefault(attributes.get("Type", "").rpartition("/")[2], whole)
                targets[attributes.get("Id", "")] = whole
        return kinds, targets

    def chunks(self, part: str) -> Iterator[bytes]:
        """The bytes of a part."""
        try:
            with self.packed.open(part) as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
        except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, KeyError, RuntimeError):
            raise _DAMAGED from None
        except Exception as error:
            if type(error).__name__ == "error":  # zlib's, which lies in no package of its own
                raise _DAMAGED from None
            raise

    @cached_property
    def texts(self) -> list[str]:
        """The texts that cells share; what is read aloud of them (Japanese phonetics) is no part of them."""
        return self._texts(self.texts_part) if self.texts_part is not None else []

    def _texts(self, part: str) -> list[str]:
        made: list[str] = []
        collector = Texts(made.append)
        parse(self.chunks(part), collector.start, collector.end, collector.data)
        return made

    @cached_property
    def formats(self) -> tuple[dict[int, str], list[int]]:
        """Formats that are written out, by number, and the number of every style of a cell."""
        return self._formats(self.styles_part) if self.styles_part is not None else ({}, [])

    def _formats(self, part: str) -> tuple[dict[int, str], list[int]]:
        written: dict[int, str] = {}
        styles: list[int] = []
        inside = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal inside
            name = tag.rpartition(":")[2]
            if name == "numFmt":
                written.setdefault(_number(attributes.get("numFmtId")), attributes.get("formatCode", ""))
            elif name == "cellXfs":
                inside = True
            elif name == "xf" and inside:
                styles.append(_number(attributes.get("numFmtId")))

        def end(tag: str) -> None:
            nonlocal inside
            inside = inside and tag.rpartition(":")[2] != "cellXfs"

        parse(self.chunks(part), start, end, lambda text: None)
        return written, styles

    @cached_property
    def days(self) -> tuple[frozenset[int], frozenset[int]]:
        """Styles of cells that show a day or a time, and of those that show how long something took."""
        from openpyxl.styles.numbers import is_date_format, is_timedelta_format

        written, styles = self.formats
        dates, spans = set(), set()
        for style, number in enumerate(styles):
            code = written.get(number)
            if number in ELAPSED if code is None else is_timedelta_format(code):
                spans.add(style)
            elif number in _DATES if code is None else is_date_format(code):
                dates.add(style)
        return frozenset(dates), frozenset(spans)


class Texts:
    """Handlers that put together the text of every ``<si>`` (or ``<is>``), its runs joined, its phonetics left out."""

    def __init__(self, done: Callable[[str], Any], whole: str = "si") -> None:
        self.done, self.whole = done, whole
        self.parts: list[str] = []
        self.on, self.aloud = False, 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "rPh":
            self.aloud += 1
        elif name == "t":
            self.on = not self.aloud
        elif name == self.whole:
            self.parts = []

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "rPh":
            self.aloud -= 1
        elif name == "t":
            self.on = False
        elif name == self.whole:
            self.done(plain_text("".join(self.parts)))

    def data(self, text: str) -> None:
        if self.on:
            self.parts.append(text)


def plain_text(text: str) -> str:
    """A text without the mark that keeps ``_x000D_`` from being read as a control character."""
    return text.replace("x005F_", "")


def parse(
    chunks: Iterator[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    data: Callable[[str], None],
) -> None:
    """Runs over XML; raises Unreadable where it is damaged, cut off, or would make entities of its own."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise _DAMAGED from None


def _refuse(*about: object) -> None:
    raise _DAMAGED


def elements(chunks: Iterator[bytes]) -> list[tuple[str, dict[str, str]]]:
    """Every element of a small part by its local name, with its attributes."""
    found: list[tuple[str, dict[str, str]]] = []
    parse(
        chunks,
        lambda tag, attributes: found.append((tag.rpartition(":")[2], attributes)),
        lambda tag: None,
        lambda text: None,
    )
    return found


def _number(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,9}", text) else 0
