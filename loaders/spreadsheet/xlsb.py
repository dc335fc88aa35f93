"""Binary workbooks of Excel (.xlsb, MS-XLSB): every cell, errors, merged cells and hidden rows included.

calamine reads them too, but shows an error as nothing and a merged cell as empty; the few records that hold cells are
therefore read here, by their lengths, and all others passed over.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tiaokuai.graph.fields import as_text
from tiaokuai.loaders.sheet import MOST_COLUMNS, Unreadable
from tiaokuai.loaders.spreadsheet.cells import moment
from tiaokuai.loaders.spreadsheet.grid import MOST_ROWS, Area, Grid, sparse
from tiaokuai.loaders.spreadsheet.package import Package, Part

_ROW, _BLANK, _MERGE, _SHEET, _PROPERTIES, _TEXT = 0, 1, 176, 156, 153, 19
_FORMAT, _STYLE, _STYLES, _STYLES_END = 44, 47, 617, 618
_RK, _NUMBERS, _TRUTHS, _ERRORS = 2, (5, 9), (4, 10), (3, 11)
_SHARED, _TEXTS, _RICH = 7, (6, 8), 62
_ERROR = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
_DAMAGED = Unreadable("工作簿已损坏，读不完整", "the workbook is damaged and cannot be read to its end")


class Xlsb(Package):
    """An open .xlsb: its sheets, texts and formats, as a package's, from binary parts."""

    def _sheets(self, book: str, targets: dict[str, str]) -> None:
        for kind, body in self._records(book):
            if kind == _SHEET:
                (state,) = struct.unpack_from("<I", body)
                own, after = _wide(body, 8)
                title, _ = _wide(body, after)
                if (part := self._named(targets.get(own, ""))) is not None:
                    self.sheets.append(Part(title, part, state != 0))
            elif kind == _PROPERTIES:
                self.since_1904 = bool(body[0] & 1)

    def _texts(self, part: str) -> list[str]:
        return [_wide(body, 1)[0] for kind, body in self._records(part) if kind == _TEXT]

    def _formats(self, part: str) -> tuple[dict[int, str], list[int]]:
        written: dict[int, str] = {}
        styles: list[int] = []
        inside = False
        for kind, body in self._records(part):
            if kind == _FORMAT:
                written[struct.unpack_from("<H", body)[0]] = _wide(body, 2)[0]
            elif kind in (_STYLES, _STYLES_END):
                inside = kind == _STYLES
            elif kind == _STYLE and inside:
                styles.append(struct.unpack_from("<H", body, 2)[0])
        return written, styles

    def _records(self, part: str) -> Iterator[tuple[int, bytes]]:
        """The records of a part: their number and what they hold."""
        content = b"".join(self.chunks(part))
        at = 0
        try:
            while at < len(content):
                kind = content[at]
                at += 1
                if kind & 0x80:
                    kind = (kind & 0x7F) | (content[at] & 0x7F) << 7
                    at += 1
                length = shift = 0
                while True:
                    byte = content[at]
                    at += 1
                    length |= (byte & 0x7F) << shift
                    shift += 7
                    if not byte & 0x80 or shift == 28:
                        break
                if at + length > len(content):
                    raise _DAMAGED
                yield kind, content[at : at + length]
                at += length
        except (IndexError, struct.error):
            raise _DAMAGED from None

    def grid(self, part: Part) -> Grid:
        """A sheet's cells."""
        cells: dict[int, tuple[list[int], list[str]]] = {}
        merged: list[Area] = []
        hidden: set[int] = set()
        row = -1
        for kind, body in self._records(part.name):
            if kind == _ROW:
                (row,) = struct.unpack_from("<I", body)
                if row >= MOST_ROWS:
                    raise Unreadable(f"有第 {MOST_ROWS:,} 行之后的行", f"it has rows below row {MOST_ROWS:,}")
                if len(body) > 11 and body[11] & 0x10:
                    hidden.add(row + 1)
            elif kind == _MERGE:
                top, bottom, left, right = struct.unpack_from("<IIII", body)
                merged.append(Area(top, left, bottom, right))
            elif kind <= 11 or kind == _RICH:
                column, style = struct.unpack_from("<II", body)
                if column <= MOST_COLUMNS and (text := self._said(kind, body, style & 0xFFFFFF)) is not None:
                    rows, texts = cells.setdefault(column, ([], []))
                    if rows and rows[-1] >= row:
                        raise _DAMAGED
                    rows.append(row)
                    texts.append(text)
        return sparse(cells, merged, sorted(hidden))

    def _said(self, kind: int, body: bytes, style: int) -> str | None:
        if kind == _RK:
            return self._number(_small(struct.unpack_from("<I", body, 8)[0]), style)
        if kind in _NUMBERS:
            return self._number(struct.unpack_from("<d", body, 8)[0], style)
        if kind == _SHARED:
            (at,) = struct.unpack_from("<I", body, 8)
            if at >= len(self.texts):
                raise _DAMAGED
            return as_text(self.texts[at])
        if kind in _TEXTS or kind == _RICH:
            return as_text(_wide(body, 9 if kind == _RICH else 8)[0])
        if kind in _TRUTHS:
            return str(bool(body[8]))
        return _ERROR.get(body[8], "#VALUE!") if kind in _ERRORS else None

    def _number(self, number: float, style: int) -> str | None:
        dates, spans = self.days
        if style in dates or style in spans:
            return moment(number, self.since_1904, style in spans)
        return as_text(number)


def _small(value: int) -> float:
    """A number kept in 30 bits: whole, or the upper half of a float; perhaps in hundredths."""
    if value & 2:
        number: float = struct.unpack("<i", struct.pack("<I", value & 0xFFFFFFFC))[0] >> 2
    else:
        number = struct.unpack("<d", struct.pack("<Q", (value & 0xFFFFFFFC) << 32))[0]
    return number / 100 if value & 1 else number


def _wide(body: bytes, at: int) -> tuple[str, int]:
    """A text with its length before it, and where it ends."""
    (length,) = struct.unpack_from("<I", body, at)
    if length == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * length
    if end > len(body):
        raise _DAMAGED
    return body[at + 4 : end].decode("utf-16-le", "replace"), end
