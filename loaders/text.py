"""Text tables as spreadsheets save them: encodings, separators, quotes, line ends; row numbers as they are shown.

polars reads; what it would pass over in silence (UTF-16, CR alone, short rows, quotes in the wrong place) is looked for
first, and files with quotes in the wrong place are read by the standard library, slower and as spreadsheets do.
"""

from __future__ import annotations

import csv
import io
import mmap
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tiaokuai.files.limits import regular
from tiaokuai.files.spreadsheet import plain_cells
from tiaokuai.graph.problems import Problem
from tiaokuai.graph.values import trim
from tiaokuai.loaders.columns import known_column
from tiaokuai.loaders.sheet import MOST_CELLS, MOST_COLUMNS, MOST_RAGGED, Sheet, Unreadable, bounded
from tiaokuai.loaders.spreadsheet.kinds import spreadsheet_named_text
from tiaokuai.loaders.tables.encodings import NAMES, encoding_of
from tiaokuai.loaders.tables.headings import Headings, find_headings

SEPARATORS = ",;\t"
CHUNK = 1 << 24
HEAD = 1 << 16
BATCH = 1 << 16  # rows held as lists of Python
FEW = 8  # so few letters do not tell an encoding
ROWS = 200  # rows read of the beginning, to find the headings in
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SEP = re.compile(r'\ufeff?"?sep=(.)"?[ ,;\t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_QUOTE, _APOSTROPHE, _LINE, _RETURN = 34, 39, 10, 13
csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Text:
    """A file as UTF-8 with LF or CRLF line ends: where polars may read it, and a view of its bytes."""

    source: Path | bytes
    view: memoryview
    guessed: str | None = None

    @property
    def bytes(self) -> NDArray[np.uint8]:
        """The bytes, not copied."""
        return np.frombuffer(self.view, dtype=np.uint8)


def open_text(path: Path) -> Text:
    """The text of a file; raises Unreadable where it is none, OSError where it cannot be opened."""
    if regular(path).stat().st_size == 0:
        return Text(b"", memoryview(b""))
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    view = memoryview(mapped)
    encoding, guessed = _encoding(view)
    if encoding != "utf-8":
        return _decoded(view, encoding, guessed)
    head = bytes(view[:HEAD])
    if b"\r" in head and b"\n" not in head and mapped.find(b"\n") < 0:
        plain = bytes(view).replace(b"\r", b"\n")
        return Text(plain, memoryview(plain), guessed)
    return Text(path, view, guessed)


def text_encoding(content: bytes) -> str:
    """How a file's text is encoded, its mark included: what decodes all of it and encodes it again, byte for byte.

    Raises Unreadable where it is none.
    """
    encoding, _ = _encoding(memoryview(content))
    mark = {b"\xff\xfe": "-le", b"\xfe\xff": "-be"}.get(content[:2], "") if encoding == "utf-16" else ""
    return encoding + mark


def _encoding(view: memoryview) -> tuple[str, str | None]:
    """The encoding of a text, and its name where it is guessed from too little."""
    head = bytes(view[:HEAD])
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, None
    if (what := spreadsheet_named_text(head)) is not None:
        raise what
    if b"\x00" in head:
        raise Unreadable(
            "不是文本（可能是二进制文件，或没有标记的 UTF-16）；请另存为 CSV UTF-8",
            "it is not text (a binary file, or UTF-16 without its mark); save it as CSV UTF-8",
        )
    if b"\x1b$" in head:
        return "iso2022_jp", None
    if _utf8(view):
        return "utf-8", None if head.startswith(b"\xef\xbb\xbf") else _doubtful(view)
    name, sure = encoding_of(view)
    letters = len(re.findall(rb"[\x80-\xff].", bytes(view[:HEAD]), re.DOTALL))
    return name, NAMES[name] if not sure or letters < FEW else None


def _decoded(view: memoryview, encoding: str, guessed: str | None) -> Text:
    try:
        text = bytes(view).decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(
            "按其标记的编码无法读取，文件已损坏；请另存为 CSV UTF-8",
            "it cannot be read in the encoding that it is marked with, and is damaged; save it as CSV UTF-8",
        ) from None
    if "\n" not in text:
        text = text.replace("\r", "\n")
    plain = text.removeprefix("\ufeff").encode("utf-8", "surrogatepass")
    return Text(plain, memoryview(plain), guessed)


def _utf8(view: memoryview) -> bool:
    """Whether the whole is strict UTF-8, looked at a chunk at a time."""
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for at in range(0, len(view), CHUNK):
            part = view[at : at + CHUNK]
            if not bytes(part).isascii() or decoder.getstate()[0]:
                decoder.decode(part, at + CHUNK >= len(view))
    except UnicodeDecodeError:
        return False
    return not decoder.getstate()[0]


def _doubtful(view: memoryview) -> str | None:
    """UTF-8 by chance: a few letters, none of them Chinese, that would be Chinese in GB18030."""
    if len(view) > HEAD:
        return None
    content = bytes(view)
    letters = [letter for letter in content.decode() if ord(letter) > 127]
    if not letters or len(letters) >= FEW or any(ord(letter) > 0x7FF for letter in letters):
        return None
    try:
        other = [letter for letter in content.decode("gb18030") if ord(letter) > 127]
    except UnicodeDecodeError:
        return None
    return "UTF-8" if all("\u4e00" <= letter <= "\u9fff" for letter in other) else None


def read_text(path: Path, table: str, file: str, found: list[Problem]) -> Sheet | None:
    """The sheet in a CSV file, None where it holds nothing at all; raises Unreadable."""
    text = open_text(path)
    if text.guessed:
        found.append(Problem("guessed_encoding", table, file, about={"encoding": text.guessed}))
    found_at, separator = header_of(text, table)
    if found_at is None:
        return None
    header, headings = found_at.last, found_at.cells
    found += found_at.problem(table, file)
    _refuse_floods(text, len(headings))
    if _well_quoted(text, separator):
        return _by_polars(text, header, headings, separator)
    return _by_hand(text, header, headings, separator)


def header_of(text: Text, table: str) -> tuple[Headings | None, str]:
    """Where the headings are, and the separator: what Excel's ``sep=`` names, or what makes most sense of them."""
    best: tuple[Headings | None, str] = (None, ",")
    score = (-1, -1)
    head = bytes(text.view[: 1 << 20]).decode("utf-8-sig", "replace")
    named = _SEP.match(head)
    for separator in named[1] if named else SEPARATORS:
        rows = list(islice(csv.reader(io.StringIO(head, newline=""), delimiter=separator), ROWS))
        said = [row if any(trim(cell.strip(SEPARATORS + " ")) for cell in row) else [] for row in rows]
        made = find_headings(table, said, 1 if named else 0)
        if made is not None:
            known = len({known_column(table, cell or "") for cell in made.cells[:MOST_COLUMNS]} - {None})
            width = max(len(made.cells), len(rows[made.last]))
            if (known, width) > score:
                cells = made.cells + [""] * (width - len(made.cells))
                score, best = (known, width), (replace(made, cells=cells), separator)
    return best


def _refuse_floods(text: Text, width: int) -> None:
    """Lines of many megabytes, and more of them than a table may have: looked for before anything is made of them."""
    data = text.bytes
    bounded(0, width)
    if len(data) < CHUNK and len(data) * width < MOST_CELLS:
        return
    lines = 1
    for at in range(0, len(data), CHUNK):
        part = data[at : at + CHUNK]
        here = int(np.count_nonzero(part == _LINE))
        if not here and len(part) == CHUNK:
            size = CHUNK >> 20
            raise Unreadable(f"这一行超过 {size} MB", f"this row is longer than {size} MB", lines)
        lines += here
    bounded(lines, width)


def _well_quoted(text: Text, separator: str) -> bool:
    """Whether every quote opens or closes a cell or is doubled inside one, so that any reader sees the same cells."""
    data, edges = text.bytes, (ord(separator), _LINE, _RETURN)
    quotes = _where(data, _QUOTE)
    if not len(quotes):
        return True
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    if len(too_long := np.flatnonzero(closing - opening > CHUNK)):
        row = 1 + int(np.count_nonzero(data[: opening[too_long[0]]] == _LINE))
        raise Unreadable(f"单元格超过 {CHUNK >> 20} MB", f"a cell is longer than {CHUNK >> 20} MB", row)
    doubled = np.zeros(len(opening), dtype=bool)
    doubled[1:] = opening[1:] == closing[:-1] + 1
    before = np.isin(data[np.maximum(opening - 1, 0)], edges) | (opening == 0)
    before |= (opening == 3) & bytes(data[:3]).startswith(b"\xef\xbb\xbf")
    again = np.zeros(len(closing), dtype=bool)
    again[:-1] = doubled[1:]
    after = np.isin(data[np.minimum(closing + 1, len(data) - 1)], edges) | (closing == len(data) - 1)
    return bool((before | doubled).all() and (after | again).all())


def _where(data: NDArray[np.uint8], byte: int) -> NDArray[np.int64]:
    parts = [np.flatnonzero(data[at : at + CHUNK] == byte) + at for at in range(0, len(data), CHUNK)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _by_polars(text: Text, header: int, headings: list[str | None], separator: str) -> Sheet:
    quoted = _count(text, _QUOTE) > 0
    plain = partial(_plain, text, len(headings), separator, quoted)

    marked = _count(text, _APOSTROPHE) > 0

    def cells(places: Sequence[int]) -> pl.DataFrame:
        if not places:
            return pl.DataFrame()
        found = plain(places).slice(header + 1)
        return plain_cells(found) if marked else found

    def ragged() -> dict[int, int]:
        if not quoted and _even(text, separator, len(headings)):
            return {}
        return {row - header - 1: count for row, count in _uneven(text, separator, len(headings)) if row > header}

    rows = None if header == 0 else lambda height: np.arange(height, dtype=np.int64) + header + 2
    return Sheet(headings, cells, rows, ragged)


def _plain(text: Text, width: int, separator: str, quoted: bool, places: Sequence[int]) -> pl.DataFrame:
    return pl.read_csv(
        text.source,
        has_header=False,
        schema={str(at): pl.String for at in range(width)},
        columns=list(places),
        separator=separator,
        quote_char='"' if quoted else None,
        truncate_ragged_lines=True,
        extra_columns="ignore",
        missing_columns="insert",
        raise_if_empty=False,
    )


def _count(text: Text, byte: int) -> int:
    data = text.bytes
    return sum(int(np.count_nonzero(data[at : at + CHUNK] == byte)) for at in range(0, len(data), CHUNK))


def _even(text: Text, separator: str, width: int) -> bool:
    """Whether all rows of a file without quotes have so many cells: its separators and line ends repeat as they must.

    A third of the time of counting row by row; blank lines make it False, and then they are counted.
    """
    data, mark, most = text.bytes, ord(separator), 1 << 18  # fits a processor's cache
    kept = [
        part[(part == mark) | (part == _LINE)] for at in range(0, len(data), most) if len(part := data[at : at + most])
    ]
    marks = np.concatenate(kept) if kept else data
    if len(data) and data[-1] != _LINE:
        marks = np.append(marks, np.uint8(_LINE))
    if len(marks) % width:
        return False
    pattern = np.full(width, mark, dtype=np.uint8)
    pattern[-1] = _LINE
    return bool((marks.reshape(-1, width) == pattern).all())


def _uneven(text: Text, separator: str, width: int) -> Iterator[tuple[int, int]]:
    """Rows with fewer or more cells than the header and their number; empty cells too many at the end are none."""
    data = text.bytes
    if not len(data):
        return
    quotes = _where(data, _QUOTE)
    lines, marks = _where(data, _LINE), _where(data, ord(separator))
    if len(quotes):
        lines = lines[np.searchsorted(quotes, lines) % 2 == 0]
        marks = marks[np.searchsorted(quotes, marks) % 2 == 0]
    ends = lines if len(lines) and lines[-1] == len(data) - 1 else np.append(lines, len(data))
    counts = np.diff(np.searchsorted(marks, ends), prepend=0) + 1
    starts = np.concatenate([[0], ends[:-1] + 1])
    uneven = np.flatnonzero(counts != width)
    if len(uneven) > MOST_RAGGED and len(np.flatnonzero(ends[uneven] - starts[uneven] > 1)) > MOST_RAGGED:
        raise _too_ragged(width)
    for row in uneven:
        content = bytes(data[starts[row] : ends[row]]).strip(b"\r")
        if not content.strip(b' \t,;"') or (counts[row] > width and _only_empty(content, separator, width)):
            continue
        yield int(row), int(counts[row])


def _too_ragged(width: int) -> Unreadable:
    return Unreadable(
        f"超过 {MOST_RAGGED:,} 行的单元格数与表头（{width}）不符，分隔符可能不对",
        f"more than {MOST_RAGGED:,} rows have not the {width} cells of the header; is the separator the right one?",
    )


def _only_empty(content: bytes, separator: str, width: int) -> bool:
    cells = next(csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""), delimiter=separator), [])
    return not any(trim(cell) for cell in cells[width:])


def _by_hand(text: Text, header: int, headings: list[str | None], separator: str) -> Sheet:
    """Quotes in the wrong place are part of the cell, as spreadsheets have it; one that never closes is refused."""
    end = "\x00end"
    content = bytes(text.view).decode("utf-8-sig")
    lines = io.StringIO(content if content.endswith("\n") else content + "\n", newline="")
    width, parts, uneven = len(headings), list[pl.DataFrame](), dict[int, int]()
    rows: list[list[str]] = []
    number, last = 0, [""]
    for number, row in enumerate(csv.reader(_then(lines, end), delimiter=separator), start=-header):
        last = row
        if number <= 0 or row == [end]:
            continue
        if len(row) != width and any(trim(cell) for cell in row) and (len(row) < width or any(row[width:])):
            uneven[number - 1] = len(row)
            if len(uneven) > MOST_RAGGED:
                raise _too_ragged(width)
        rows.append(row)
        if len(rows) == BATCH:
            parts.append(_columns(rows, width))
            rows = []
    if last != [end]:
        raise Unreadable(
            "引号没有闭合，从该行起无法读取", "a quotation mark is opened here and never closed", number + header + 1
        )
    frame = plain_cells(pl.concat([*parts, _columns(rows, width)]))

    def cells(places: Sequence[int]) -> pl.DataFrame:
        return frame.select(str(place) for place in places)

    return Sheet(headings, cells, lambda height: np.arange(height, dtype=np.int64) + header + 2, lambda: uneven)


def _columns(rows: Sequence[Sequence[str]], width: int) -> pl.DataFrame:
    return pl.DataFrame(
        {str(place): [row[place] if place < len(row) else None for row in rows] for place in range(width)},
        schema={str(place): pl.String for place in range(width)},
    )


def _then(lines: Iterator[str], end: str) -> Iterator[str]:
    yield from lines
    yield end
