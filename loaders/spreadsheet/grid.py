"""A sheet as it lies: texts in rows and columns, row 1 first, and what a reader should know beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from tiaokuai.loaders.sheet import MOST_COLUMNS, Unreadable

MOST_ROWS = 1 << 20  # of a sheet, in every spreadsheet there is
MOST_MERGED = 20_000_000  # cells of all merged areas together
_AREA = re.compile(r"^\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})$")


@dataclass(frozen=True)
class Area:
    """Merged cells: first and last row and column, counted from 0, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Grid:
    """The cells of a sheet. ``columns`` gives some as texts (named by place: "0", "3", …), ``height`` rows each.

    ``hidden_rows`` are counted as a spreadsheet does, from 1.
    """

    height: int
    width: int
    columns: Callable[[Sequence[int]], pl.DataFrame]
    merged: Sequence[Area] = ()
    hidden_rows: Sequence[int] = field(default=())

    def head(self, rows: int) -> list[list[str | None]]:
        """The first rows, as wide as the sheet is, and at most one cell wider than a table may be."""
        width = min(self.width, MOST_COLUMNS + 1)
        return [list(row) for row in self.columns(range(width)).head(rows).iter_rows()]


def place_of(letters: str) -> int:
    """A column's place by its letters.

    >>> place_of("A"), place_of("AB")
    (0, 27)
    """
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - 64
    return place - 1


def area_of(reference: str) -> Area | None:
    """The area a reference such as ``A1:B2`` names; None where it names none of more than a cell.

    >>> area_of("A1:B2")
    Area(top=0, left=0, bottom=1, right=1)
    """
    found = _AREA.match(reference.strip().upper())
    if found is None:
        return None
    left, top, right, bottom = place_of(found[1]), int(found[2]) - 1, place_of(found[3]), int(found[4]) - 1
    return Area(top, left, bottom, right) if (top, left) != (bottom, right) and bottom >= top >= 0 else None


def dense(frame: pl.DataFrame, merged: Sequence[Area] = (), hidden_rows: Sequence[int] = ()) -> Grid:
    """A grid of a frame whose columns are named by place."""

    def columns(places: Sequence[int]) -> pl.DataFrame:
        return frame.select(str(place) for place in places)

    return filled(Grid(frame.height, frame.width, columns, merged, hidden_rows))


def sparse(
    cells: dict[int, tuple[list[int], list[str]]], merged: Sequence[Area] = (), hidden_rows: Sequence[int] = ()
) -> Grid:
    """A grid of cells by column: the rows where each has some (counted from 0), and the texts."""
    height = max((rows[-1] + 1 for rows, _ in cells.values() if rows), default=0)
    width = max((place + 1 for place, (rows, _) in cells.items() if rows), default=0)

    def columns(places: Sequence[int]) -> pl.DataFrame:
        made = {}
        for place in places:
            rows, texts = cells.get(place, ([], []))
            empty = pl.repeat(None, height, dtype=pl.String, eager=True)
            made[str(place)] = (
                pl.Series(texts, dtype=pl.String)
                if len(rows) == height
                else empty.scatter(rows, texts)
                if rows
                else empty
            )
        return pl.DataFrame(made)

    return filled(Grid(height, width, columns, merged, hidden_rows))


def filled(grid: Grid) -> Grid:
    """Every cell of a merged area has its value, in rows that have some cell of their own.

    A row with nothing but what reaches into it from above says nothing of its own: areas may be longer than tables.
    """
    areas = [
        Area(area.top, area.left, min(area.bottom, grid.height - 1), min(area.right, MOST_COLUMNS))
        for area in grid.merged
        if area.top < grid.height and area.left <= MOST_COLUMNS
    ]
    if not areas:
        return grid
    if sum((area.bottom - area.top + 1) * (area.right - area.left + 1) for area in areas) > MOST_MERGED:
        raise Unreadable("合并的单元格过多", "far too many of its cells are merged")
    width = min(max(grid.width, max(area.right for area in areas) + 1), MOST_COLUMNS + 1)
    own = _own(grid)
    by_place: dict[int, list[Area]] = {}
    for area in areas:
        for place in range(area.left, area.right + 1):
            by_place.setdefault(place, []).append(area)
    columns = grid.columns

    def with_merged(places: Sequence[int]) -> pl.DataFrame:
        sources = sorted({area.left for place in places for area in by_place.get(place, ())})
        there = [place for place in sorted({*places, *sources}) if place < grid.width]
        frame = columns(there)
        made = {}
        for place in places:
            series = (
                frame[str(place)] if place < grid.width else pl.repeat(None, grid.height, dtype=pl.String, eager=True)
            )
            rows: list[int] = []
            texts: list[str | None] = []
            for area in by_place.get(place, ()):
                value = frame[str(area.left)][area.top] if area.left < grid.width else None
                inside = own[np.searchsorted(own, area.top) : np.searchsorted(own, area.bottom, "right")].tolist()
                rows += inside
                texts += [value] * len(inside)
            made[str(place)] = series.scatter(rows, pl.Series(texts, dtype=pl.String)) if rows else series
        return pl.DataFrame(made)

    return replace(grid, width=width, columns=with_merged)


def _own(grid: Grid) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Rows with a cell that is not empty, before any merged value is copied."""
    frame = grid.columns(range(min(grid.width, MOST_COLUMNS + 1)))
    said = (
        frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
        if frame.width
        else pl.Series([], dtype=pl.Boolean)
    )
    return said.arg_true().to_numpy().astype(np.int64)
