"""The verdict on whole columns is pydantic's verdict on every row: codes, rows, columns, details and values read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tiaokuai.graph.integrity import RawTable, check
from tiaokuai.graph.records import ROW_RULES, TABLES, as_text, cell_problem, columns

RIGHT: dict[str, list[str]] = {
    "id": ["007", "E1", "a b", "Ｅ０１", "块"],
    "text": ["大港", 'a "b"', "two\nlines", "x" * 1000],
    "date": ["2024-03-01", "2024/3/1", "20240301", "2024年3月1日", "2024.3", "2023-01-01 00:00:00", "２０２３-１-２"],
    "count": ["0", "12", "１２", "1,200", "10.0", "100000000", "+3"],
    "number": ["0", "0.5", "-1", "1e1", "90"],
    "choice": ["pilot", "Mature", "外资", "joint venture", "联合会", "FEDERATION", "示范"],
    "component": ["legal_aid", "法律维权", "ledger"],
}
WRONG = [
    *("", " ", "\u3000", "soon", "2024-13-01", "2023-02-29", "9999-01-01", "1799-12-31", "2024-3-", "+2024-01-01"),
    *("-3", "1.5", "1_000", "1e400", "nan", "100000001", "9" * 30, "12,34", "0x10", "٣", "²", "-0"),
    *("#DIV/0!", "#N/A", "#1", "a\x00b", "a\x0bb", "\x85", "a\nb", "x" * 201, "x" * 1001, "\u200bE1\u200b", "'=1"),
    *("foreign ", "other", "legal aid", "association", "2020-01-01 12:00", "86400", "NULL", "True"),
]
ROW_CODES = {code for code, *_ in ROW_RULES}
OWN = ("unknown_component", "derived_component")  # of the template, not of the records


def cells(kind: str) -> st.SearchStrategy[str | None]:
    right, wrong = st.sampled_from(RIGHT[kind]), st.sampled_from(WRONG)
    spaced = right.map(lambda text: f" {text}\u3000")
    return st.one_of(right, right, spaced, wrong, st.none(), st.text(max_size=4))


@st.composite
def tables(draw: st.DrawFn, table: str) -> list[dict[str, str | None]]:
    row = st.fixed_dictionaries({column.name: cells(column.type) for column in columns(table)})
    return draw(st.lists(row, min_size=1, max_size=8))


def by_records(table: str, rows: Iterable[dict[str, Any]]) -> list[tuple[int, str, str, str | None]]:
    """Row, column, code and text of everything that the records find wrong."""
    told = []
    for number, row in enumerate(rows, start=2):
        wrong = {name: cell_problem(table, name, cell) for name, cell in row.items()}
        told += [(number, name, found[0], as_text(row[name])) for name, found in wrong.items() if found]
        told += [(number, name, code, None) for code, name in _row_problems(table, row, wrong)]
    return sorted(told, key=str)


def _row_problems(table: str, row: dict[str, Any], wrong: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """Each rule over a row, asked of the record by a row of nothing but the two cells compared."""
    record = TABLES[table]
    for code, name, other, _ in ROW_RULES:
        if name not in row or other not in row or wrong[name] or wrong[other]:
            continue
        alone = {field: _harmless(table, field) for field in record.model_fields}
        alone |= {name: row[name], other: row[other]}
        try:
            record.model_validate(alone)
        except ValidationError as error:
            if code in {one["type"] for one in error.errors()}:
                yield code, name


def _harmless(table: str, name: str) -> str | None:
    column = next(column for column in columns(table) if column.name == name)
    if not column.required:
        return None
    return "1900-01-01" if column.type == "date" else "x"


def by_columns(table: str, frame: pl.DataFrame) -> list[tuple[int, str, str, str | None]]:
    """The same from the check of the whole table."""
    cell_codes = {"missing_value", "consent_missing", "not_a_date", "not_an_integer", "not_a_number", "out_of_range"}
    cell_codes |= {"unknown_value", "too_long", "bad_text", "formula_error", "says_nothing", "ambiguous_number"}
    cell_codes |= {"formula_without_result", "swapped_coordinates"}
    told = []
    for problem in check([RawTable(table, frame)]).problems:
        if problem.code in cell_codes | ROW_CODES and problem.row and problem.column:
            text = None if problem.code in ROW_CODES or problem.value is None else as_text(problem.value)
            told.append((problem.row, problem.column, problem.code, text))
    return sorted(told, key=str)


@pytest.mark.parametrize("table", list(TABLES))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_every_row_gets_the_verdict_of_its_record(table: str, data: st.DataObject) -> None:
    rows = data.draw(tables(table))
    rows = [row for row in rows if any(as_text(cell) for cell in row.values())] or [
        {c.name: "x" for c in columns(table)}
    ]
    frame = pl.DataFrame(rows, schema={column.name: pl.String for column in columns(table)})
    assert by_columns(table, frame) == by_records(table, rows)


@pytest.mark.parametrize("table", list(TABLES))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_is_read_is_what_the_record_reads(table: str, data: st.DataObject) -> None:
    rows = data.draw(tables(table))
    frame = pl.DataFrame(rows, schema={column.name: pl.String for column in columns(table)})
    made = check([RawTable(table, frame)]).tables[table]
    for row, read in zip(rows, made.iter_rows(named=True), strict=True):
        for column in columns(table):
            if cell_problem(table, column.name, row[column.name]) or column.type == "component":
                continue
            alone = TABLES[table].model_construct()
            expected = column.default
            if as_text(row[column.name]) is not None:
                field = {column.name: row[column.name]}
                valid = TABLES[table].__pydantic_validator__.validate_assignment(alone, column.name, field[column.name])
                expected = getattr(valid, column.name) if hasattr(valid, column.name) else valid[0][column.name]
            assert read[column.name] == expected, (column.name, row[column.name])


VALUES = st.one_of(
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False),
    st.dates(date(1700, 1, 1), date(2300, 1, 1)),
    st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)),
    st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["staff", "since", "name", "id"]), st.data())
def test_columns_of_numbers_and_dates_get_the_same_verdict_as_their_cells(name: str, data: st.DataObject) -> None:
    one = data.draw(VALUES)
    alike = {int: st.integers(-(10**9), 10**9), bool: st.booleans()}.get(type(one), st.just(one))
    column = [one, None, data.draw(alike)]
    frame = pl.DataFrame({"id": ["a", "b", "c"], "block": ["B", "B", "B"]}).with_columns(pl.Series(name, column))
    expected = [found[0] for cell in column if (found := cell_problem("enterprises", name, cell))]
    told = check([RawTable("enterprises", frame)]).problems
    codes = ("not_a_date", "not_an_integer", "out_of_range", "bad_text", "missing_value")
    assert sorted(p.code for p in told if p.column == name and p.code in codes) == sorted(expected)
