"""Where the headings of a table are: below titles and blank rows, in one row or in two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tiaokuai.graph.problems import Problem
from tiaokuai.graph.records import columns
from tiaokuai.graph.values import trim
from tiaokuai.loaders.columns import known_column, table_named

SEARCHED = 30  # rows that say something, among which the headings are looked for
_DATA = re.compile(r"[\s\d.,:/%年月日号+-]*\d[\s\d.,:/%年月日号+-]*")

Cells = Sequence[str | None]


@dataclass(frozen=True)
class Headings:
    """The headings, the last row that holds some (counted from 0), and whether something stands above the first."""

    cells: list[str | None]
    last: int
    titled: bool = False
    first: int = 0

    def problem(self, table: str, file: str | None) -> list[Problem]:
        """The warning that rows above the headings were not read; nothing where there are none."""
        return [Problem("headings_below", table, file, self.first + 1)] if self.titled else []


def find_headings(table: str, rows: Sequence[Cells], after: int = 0) -> Headings | None:
    """The headings among the first rows of a sheet, None where no row says anything; rows before ``after`` are no part.

    The first row that says anything, unless a later one names more columns of the table; joined with the row above or
    below where both together name more.

    >>> found = find_headings("enterprises", [["2026年企业名单", None], [], ["编号", "区块"], ["E1", "B1"]])
    >>> found.cells, found.last, found.titled
    (['编号', '区块'], 2, True)
    >>> find_headings("members", [["编号", "企业", "联谊会", "会籍", ""], ["", "", "", "入会日期", "退会日期"]]).cells
    ['编号', '企业', '联谊会', '入会日期', '退会日期']
    """
    said = [at for at, row in enumerate(rows) if at >= after and any(trim(cell or "") for cell in row)][:SEARCHED]
    if not said:
        return None
    best, most = said[0], _known(table, rows[said[0]])
    needed = {column.name for column in columns(table) if column.required}
    for at in said[1:]:
        known = _known(table, rows[at])
        if len(known) > len(most) and (len(known) > 1 or needed <= known):
            best, most = at, known
    found = Headings(list(rows[best]), best, best > said[0], best)
    for upper in (best - 1, best):
        if upper in said and upper + 1 in said:
            joined = _joined(table, rows[upper], rows[upper + 1])
            if joined is None:
                continue
            known = _known(table, joined)
            if (len(needed & known), len(known)) > (len(needed & most), len(most)):
                found, most = Headings(joined, upper + 1, upper > said[0], upper), known
    while found.cells and not trim(found.cells[-1] or ""):
        found.cells.pop()
    return found


def _known(table: str, cells: Cells) -> set[str]:
    return {name for cell in cells if (name := known_column(table, cell or "")) is not None}


def _joined(table: str, upper: Cells, lower: Cells) -> list[str | None] | None:
    """Two rows as one: a group's name above, its columns below; None where the lower row holds data."""
    made: list[str | None] = []
    group = ""
    for place in range(max(len(upper), len(lower))):
        above, below = (trim((row[place] if place < len(row) else None) or "") for row in (upper, lower))
        group = above or group
        if not below or below == above:
            made.append(above or None)
            continue
        if _DATA.fullmatch(below):
            return None
        both = f"{group} {below}"
        if known_column(table, both) is not None:
            made.append(both)
        elif above and known_column(table, above) and not known_column(table, below):
            return None  # a heading with what is none below it: a row of data
        else:
            made.append(both if _another(table, group) else below)
    return made


def _another(table: str, group: str) -> bool:
    """Whether a group is of another thing than the table's own: the name of a block is not that of an enterprise."""
    named = table_named(group)
    if named is not None:
        return named != table
    name = known_column(table, group)
    return any(column.name == name and column.ref for column in columns(table))
