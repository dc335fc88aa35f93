"""What every format has in common: a sheet of cells with headings becomes a raw table of the dictionary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tiaokuai.graph.integrity import RawTable
from tiaokuai.graph.problems import Problem, Words
from tiaokuai.graph.release import Release
from tiaokuai.loaders.columns import match
from tiaokuai.loaders.refused import refused_content

# What one table may hold. A file of some megabytes can claim or unpack to far more than a machine has memory for.
MOST_COLUMNS = 1000
MOST_CELLS = 120_000_000
MOST_TEXT = 4_000_000_000  # bytes of all cells of a table; a column may hold one long text a million times over
MOST_RAGGED = 1_000_000


@dataclass
class Source:
    """What was found in a folder or workbook: tables to be checked, problems met on the way, the note of a release."""

    tables: list[RawTable] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    released: Release | None = None


class Unreadable(Exception):
    """A file that cannot be read; the words say why and what to do."""

    def __init__(self, zh: str, en: str, row: int | None = None) -> None:
        super().__init__(en)
        self.words, self.row = Words(zh, en), row

    def problem(self, table: str | None, file: str | None) -> Problem:
        """As a problem of the file."""
        return Problem("unreadable", table, file, self.row, about={"reason": self.words})


def bounded(rows: int, width: int) -> None:
    """Raises Unreadable where a table is larger than any that can be read.

    >>> bounded(10_000_000, 6)
    >>> bounded(1_000_000_000, 6)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    tiaokuai.loaders.sheet.Unreadable: it has 1,000,000,000 rows of 6 columns, more than the 120,000,000 cells ...
    """
    if width > MOST_COLUMNS:
        raise Unreadable(
            f"有 {width:,} 列，一张表至多 {MOST_COLUMNS:,} 列；分隔符或文件可能不对",
            f"it has {width:,} columns, and a table at most {MOST_COLUMNS:,}; is it the right file, and its separator?",
        )
    if rows * max(width, 1) > MOST_CELLS:
        raise Unreadable(
            f"有 {rows:,} 行 {width:,} 列，超过一张表的上限 {MOST_CELLS:,} 格",
            f"it has {rows:,} rows of {width:,} columns, more than the {MOST_CELLS:,} cells of a table",
        )


def refuse_long(size: int) -> None:
    """Raises Unreadable where the cells of a table hold more text, in bytes, than can be looked through."""
    if size > MOST_TEXT:
        zh, en = f"单元格的文字共 {size >> 30} GB，过长", f"its cells hold {size >> 30} GB of text, far too much"
        raise Unreadable(zh, en)


@dataclass(frozen=True)
class Sheet:
    """Headings, and a way to the cells of some columns: rows beside each other, blank rows included.

    ``rows`` numbers them as a spreadsheet does; None where the first is row 2. ``ragged`` are positions of rows with
    another number of cells than the header, and that number.
    """

    headings: Sequence[str | None]
    cells: Callable[[Sequence[int]], pl.DataFrame]  # columns named as their places: "0", "3", …
    rows: Callable[[int], NDArray[np.int64]] | None = None
    ragged: Callable[[], dict[int, int]] = dict


def raw_table(table: str, sheet: Sheet, file: str | None, found: list[Problem]) -> RawTable:
    """The known columns of a sheet without its blank rows; every problem of headings and rows goes to ``found``."""
    matched = match(table, sheet.headings, file)
    found += matched.problems
    wanted = [*matched.known.values(), *(place for place, _ in matched.unknown)]
    frame = sheet.cells(sorted(wanted))
    texts = [pl.col(name).str.len_bytes() for name, dtype in frame.schema.items() if dtype == pl.String]
    refuse_long(sum(frame.select(text.cast(pl.Int64).sum() for text in texts).row(0)) if texts else 0)
    frame, headings = _without_people(table, frame, matched.known, dict(matched.unknown), sheet.headings, file, found)
    rows = None if sheet.rows is None else sheet.rows(frame.height)
    ragged = sheet.ragged()
    frame, rows, places = _without_blanks(frame, rows)
    broken = []
    for position, count in ragged.items():
        at = position if places is None else int(np.searchsorted(places, position))
        if at < frame.height and (places is None or places[at] == position):
            broken.append(at)
            number = position + 2 if rows is None else int(rows[at])
            about = {"found": count, "expected": len(sheet.headings)}
            found.append(Problem("ragged_row", table, file, number, about=about))
    return RawTable(table, frame, file, rows, broken, headings)


def _without_people(
    table: str,
    frame: pl.DataFrame,
    known: dict[str, int],
    unknown: dict[int, str],
    headings: Sequence[str | None],
    file: str | None,
    found: list[Problem],
) -> tuple[pl.DataFrame, dict[str, str]]:
    """Columns under their names; those with identity numbers, phone numbers or e-mail addresses in them are dropped."""
    kept: dict[str, pl.Series] = {}
    names = {place: name for name, place in known.items()}
    for place in sorted([*names, *unknown]):
        told = refused_content(frame[str(place)])
        name = names.get(place)
        if told is not None:
            heading = unknown.get(place) or (headings[place] or "").strip()
            about = {"reason": told[0]}
            found[:] = [
                p for p in found if not (p.code == "unknown_column" and p.table == table and p.value == heading)
            ]
            found.append(Problem("refused_column", table, file, None, name or heading, heading, about))
        elif name is not None:
            kept[name] = frame[str(place)]
    ordered = {name: kept[name] for name in known if name in kept}
    empty = pl.DataFrame({name: [] for name in ordered})
    made = pl.DataFrame(ordered) if ordered else empty
    return made, {name: headings[known[name]] or "" for name in ordered}


def _without_blanks(
    frame: pl.DataFrame, rows: NDArray[np.int64] | None
) -> tuple[pl.DataFrame, NDArray[np.int64] | None, NDArray[np.int64] | None]:
    """Rows in which anything is said; blank ones go only now that every row has its number."""
    if not frame.width:
        return frame, rows, None
    # Most rows begin with an id: only those without need a look at their other cells.
    first = frame.to_series()
    if first.dtype == pl.String and bool((first != "").all()) and not first.has_nulls():
        if not bool(first.str.contains(r"^\s*$").any()):
            return frame, rows, None
    elif first.dtype != pl.String and not first.has_nulls():
        return frame, rows, None
    blank = frame.select(
        pl.all_horizontal(
            (pl.col(name).is_null() | (pl.col(name).str.strip_chars() == ""))
            if dtype == pl.String
            else pl.col(name).is_null()
            for name, dtype in frame.schema.items()
        )
    ).to_series()
    if not blank.any():
        return frame, rows, None
    places = (~blank).arg_true().to_numpy().astype(np.int64)
    numbers = places + 2 if rows is None else rows[places]
    return frame.filter(~blank), numbers, places
