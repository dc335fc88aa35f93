"""A data set checked as a whole: every cell, every row, every reference, and what the tables say of one another.

Pure: raw tables in, typed tables and all problems out (contracts.md, ``check``). Loaders bring the tables; the rules
over several tables are in :mod:`tiaokuai.graph.rules`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tiaokuai.graph.cells import Fault, as_texts, read_cells
from tiaokuai.graph.codes import Int32, row_numbers
from tiaokuai.graph.lookalikes import Lookalikes, odd_letters, pairs
from tiaokuai.graph.nearest import Suggestions
from tiaokuai.graph.network import Network, schema
from tiaokuai.graph.problems import CODES, ERROR, InvalidData, Problem
from tiaokuai.graph.records import RECORDS, ROW_RULES, TABLES, columns
from tiaokuai.graph.release import Release
from tiaokuai.graph.template import Template

Bools = NDArray[np.bool_]
Progress = Callable[[str], None]

MOST = 1_000_000  # problems listed; a file that is wrong in every row would fill the memory with them
# Without these nothing can be said of any row: leaving rows out does not help.
WHOLE = frozenset({"unreadable", "missing_table", "missing_column", "repeated_column"})
OF_RELEASE = frozenset({"bad_release", "persons_in_release"})  # nor that the whole is what it says it is


@dataclass(frozen=True)
class RawTable:
    """A table as a loader found it: cells under the dictionary's names, as text or as values.

    ``rows`` are the rows as a spreadsheet counts them (the first row of cells is 2 where it is None), ``broken`` the
    positions of rows whose cells cannot be trusted; the loader has named what is wrong with them.
    """

    table: str
    cells: pl.DataFrame
    file: str | None = None
    rows: NDArray[np.int64] | None = None
    broken: Sequence[int] = ()
    headings: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Checked:
    """Typed tables, row for row as they came, with every problem and which rows are at fault."""

    template: Template
    raw: dict[str, RawTable]
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    at_fault: dict[str, Bools] = field(default_factory=dict)
    references: dict[tuple[str, str], Int32] = field(default_factory=dict)
    ids: dict[str, tuple[pl.Series, Int32]] = field(default_factory=dict)  # each once, and where it stands first
    unlisted: Counter[str] = field(default_factory=Counter)  # problems past MOST, by severity
    released: Release | None = None

    @cached_property
    def errors(self) -> list[Problem]:
        """The problems that are errors."""
        return [problem for problem in self.problems if problem.severity == ERROR]

    def row(self, table: str, position: int | np.integer[Any]) -> int:
        """The row of a spreadsheet at a position of a table."""
        raw = self.raw[table]
        return int(position) + 2 if raw.rows is None else int(raw.rows[position])

    def add(
        self,
        code: str,
        table: str,
        position: int | np.integer[Any],
        column: str | None,
        value: object = None,
        **about: Any,
    ) -> None:
        """A problem of one row; an error puts the row at fault."""
        severity = CODES[code][0]
        if severity == ERROR:
            self.at_fault[table][position] = True
        if len(self.problems) >= MOST:
            self.unlisted[severity] += 1
            return
        text = None if value is None else str(value)
        self.problems.append(Problem(code, table, self.raw[table].file, self.row(table, position), column, text, about))

    def sound(self, table: str) -> Bools:
        """Rows that are not at fault."""
        return ~self.at_fault[table]


def check(
    raw: Iterable[RawTable],
    template: Template | None = None,
    found: Iterable[Problem] = (),
    released: Release | None = None,
) -> Checked:
    """Checks a whole data set; ``found`` are the problems that its loader has met already.

    ``released`` is what the data say of themselves where they are a release: then there must be no person in them.

    >>> blocks = RawTable("blocks", pl.DataFrame({"id": ["B1", "B1"], "district": ["D1", "D2"]}))
    >>> made = check([blocks, RawTable("districts", pl.DataFrame({"id": ["D1"]}))])
    >>> [(p.code, p.table, p.row) for p in made.problems]
    [('duplicate_id', 'blocks', 3), ('unknown_reference', 'blocks', 3), ('missing_table', 'enterprises', None)]
    """
    from tiaokuai.graph.rules import check_rules

    given = {table.table: table for table in raw}
    checked = Checked(template or Template.default(), given, problems=list(found), released=released)
    _completeness(checked)
    _without_persons(checked)
    for record in RECORDS:
        _read(checked, record.table)
    for table in given:
        _row_rules(checked, table)
        _duplicates(checked, table)
        _lookalikes(checked, table)
    for table in given:
        _references(checked, table)
    check_rules(checked)
    order = {record.table: at for at, record in enumerate(RECORDS)}
    columns_at = {(t, c.name): at for t in order for at, c in enumerate(columns(t))}
    checked.problems.sort(
        key=lambda p: (order.get(p.table or "", -1), p.row or 0, columns_at.get((p.table or "", p.column or ""), -1))
    )
    for severity, count in checked.unlisted.items():
        checked.problems.append(Problem(f"more_{severity}s", about={"count": f"{count:,}", "listed": f"{MOST:,}"}))
    return checked


def usable(checked: Checked, skip_invalid: bool = False) -> tuple[Network, dict[str, int]]:
    """The network, and how many rows of each table were left out.

    Raises InvalidData where there are errors: with ``skip_invalid`` only those that no row can be blamed for.
    """
    if checked.errors and not skip_invalid:
        raise InvalidData(checked.problems)
    if any(problem.code in WHOLE | OF_RELEASE for problem in checked.errors):
        raise InvalidData(checked.problems)
    _cascade(checked)
    skipped = {table: int(rows.sum()) for table, rows in checked.at_fault.items() if rows.any()}
    tables = {
        table: frame.filter(pl.Series(checked.sound(table))) if table in skipped else frame
        for table, frame in checked.tables.items()
    }
    network = Network.from_tables(tables, checked.template)
    references = {} if skipped else checked.references
    return replace(network, references=references, released=checked.released), skipped


def _cascade(checked: Checked) -> None:
    """Rows that refer to a row left out are left out too; tables are in the order in which they refer."""
    changed = True
    while changed:
        changed = False
        for (table, column), at in checked.references.items():
            target = next(c.ref for c in columns(table) if c.name == column) or ""
            if not len(checked.at_fault.get(target, ())):
                continue
            lost = (at >= 0) & checked.at_fault[target][at] & ~checked.at_fault[table]
            if lost.any():
                checked.at_fault[table] |= lost
                changed = True


def _completeness(checked: Checked) -> None:
    # A table that could not be read is not missing as well.
    told = {problem.table for problem in checked.problems if problem.code in WHOLE}
    for record in RECORDS:
        if record.table not in checked.raw:
            if record.required and not told & {record.table, None}:
                checked.problems.append(Problem("missing_table", record.table))
            continue
        raw = checked.raw[record.table]
        refused = {p.column for p in checked.problems if p.table == record.table and p.code == "refused_column"}
        for column in columns(record.table):
            if column.required and column.name not in raw.cells.columns and column.name not in refused:
                checked.problems.append(Problem("missing_column", record.table, raw.file, None, column.name))
        if raw.cells.is_empty():
            checked.problems.append(Problem("empty_table", record.table, raw.file))


def _without_persons(checked: Checked) -> None:
    """What is said of a release would not be true of persons that somebody added to it."""
    for table in ("members", "backbones"):
        if checked.released is not None and table in checked.raw and checked.raw[table].cells.height:
            checked.problems.append(Problem("persons_in_release", table, checked.raw[table].file))


def _read(checked: Checked, table: str) -> None:
    if table not in checked.raw:
        checked.tables[table] = pl.DataFrame(schema=schema(table))
        checked.at_fault[table] = np.zeros(0, dtype=bool)
        return
    raw = checked.raw[table]
    checked.at_fault[table] = np.zeros(raw.cells.height, dtype=bool)
    broken = np.asarray(raw.broken, dtype=np.int64)
    checked.at_fault[table][broken] = True
    made: dict[str, pl.Series] = {}
    for column in columns(table):
        if column.name not in raw.cells.columns:
            dtype = schema(table)[column.name]
            made[column.name] = pl.repeat(column.default, raw.cells.height, dtype=dtype, eager=True)
            if column.required:
                checked.at_fault[table][:] = True
            continue
        read = read_cells(column, raw.cells[column.name], checked.template)
        made[column.name] = read.values
        faults = [fault for fault in read.faults if CODES[fault.code][0] == ERROR]
        _say_once(checked, table, column.name, [fault for fault in read.faults if CODES[fault.code][0] != ERROR])
        for fault in faults:
            for position in fault.rows if not len(broken) else np.setdiff1d(fault.rows, broken):
                checked.add(fault.code, table, position, column.name, fault.value, **fault.about)
    checked.tables[table] = pl.DataFrame(made)


def _say_once(checked: Checked, table: str, column: str, odd: Sequence[Fault]) -> None:
    """What is odd of a column is said once, at its first row: it may be so in a million."""
    for code in dict.fromkeys(fault.code for fault in odd):
        mine = [fault for fault in odd if fault.code == code]
        first = min(mine, key=lambda fault: min(fault.rows))
        count = sum(len(fault.rows) for fault in mine)
        checked.add(code, table, min(first.rows), column, first.value, count=count, **first.about)


def _lookalikes(checked: Checked, table: str) -> None:
    """Ids of a table that look like others and are not."""
    if TABLES[table].key != ("id",):
        return
    ids = checked.tables[table]["id"]
    for at, other in pairs(ids):
        about = {"first": checked.row(table, other), "other": ids[other], "letters": odd_letters(ids[at], ids[other])}
        checked.add("lookalike_id", table, at, "id", ids[at], **about)


def _row_rules(checked: Checked, table: str) -> None:
    frame = checked.tables[table]
    for code, name, other, stands in ROW_RULES:
        if name not in frame.columns or other not in frame.columns:
            continue
        mine, theirs = frame[name], frame[other]
        wrong = (mine <= theirs) if stands == "<=" else (mine > theirs)
        for position in wrong.fill_null(False).arg_true():
            checked.add(code, table, position, name, mine[position], other=theirs[position])


def _duplicates(checked: Checked, table: str) -> None:
    """A row whose key is there already is reported at the later row."""
    key = TABLES[table].key
    frame = checked.tables[table].select(key)
    whole = frame.select(pl.all_horizontal(pl.all().is_not_null())).to_series() & pl.Series(_trusted(checked, table))
    if frame.height == 0 or (whole.all() and _all_different(frame)):
        if key == ("id",):
            checked.ids[table] = frame["id"], np.arange(frame.height, dtype=np.int32)
        return
    told = frame.with_row_index("row").filter(whole)
    again = told.filter(~pl.struct(key).is_first_distinct())
    if again.is_empty():
        return
    first = told.unique(key, keep="first", maintain_order=True).rename({"row": "first"})
    for row in again.join(first, on=list(key), maintain_order="left").iter_rows(named=True):
        at, seen = row["row"], checked.row(table, row["first"])
        if key == ("id",):
            checked.add("duplicate_id", table, at, "id", row["id"], first=seen)
        else:
            said = ", ".join(f"{name} {row[name]}" for name in key)
            checked.add("duplicate_row", table, at, key[0], row[key[0]], first=seen, key=said)


def _all_different(frame: pl.DataFrame) -> bool:
    """Counted by hashes first: hashes that differ prove that rows do."""
    hashes = frame.to_series().hash() if frame.width == 1 else frame.hash_rows()
    return bool(hashes.n_unique() == frame.height)


def _trusted(checked: Checked, table: str) -> Bools:
    trusted = np.ones(checked.tables[table].height, dtype=bool)
    trusted[np.asarray(checked.raw[table].broken, dtype=np.int64)] = False
    return trusted


def _references(checked: Checked, table: str) -> None:
    for column in columns(table):
        if column.ref is None or column.name not in checked.raw[table].cells.columns:
            continue
        values = checked.tables[table][column.name]
        ids, at = _first_ids(checked, column.ref)
        places = row_numbers(values, ids)
        places = np.where(places >= 0, at[places], -1).astype(np.int32) if len(at) else places
        checked.references[table, column.name] = places
        lost = np.flatnonzero((places < 0) & values.is_not_null().to_numpy() & _trusted(checked, table))
        if len(lost):
            _unresolved(checked, table, column.name, column.ref, lost)


def _first_ids(checked: Checked, table: str) -> tuple[pl.Series, Int32]:
    """The ids of a table, each once, and where each stands first."""
    if table not in checked.ids:
        ids = checked.tables[table]["id"]
        first = (ids.is_first_distinct() & ids.is_not_null()).arg_true()
        checked.ids[table] = ids.gather(first), first.cast(pl.Int32).to_numpy()
    return checked.ids[table]


def _unresolved(checked: Checked, table: str, column: str, ref: str, lost: NDArray[np.intp]) -> None:
    if ref not in checked.raw and any(p.table == ref and p.code in WHOLE for p in checked.problems):
        return  # said once: the table itself could not be read
    values = checked.tables[table][column]
    ids = checked.tables[ref]["id"].drop_nulls()
    suggestions, alike = Suggestions(ids), Lookalikes(ids)
    for position in lost:
        value = values[int(position)]
        if (other := alike.of(value)) is not None:
            checked.add(
                "lookalike_reference",
                table,
                position,
                column,
                value,
                ref=ref,
                other=other,
                letters=odd_letters(value, other),
            )
            continue
        about = {"ref": ref, "suggestion": suggestions.of(value)}
        checked.add("unknown_reference", table, position, column, value, **about)


def raw_tables(network: Network) -> list[RawTable]:
    """A network's own tables to be checked: those of a database, which come without files."""
    return [RawTable(table, frame) for table, frame in network.tables.items() if frame.height or TABLES[table].required]


__all__ = ["Checked", "RawTable", "as_texts", "check", "raw_tables", "usable"]
