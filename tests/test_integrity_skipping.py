"""Whatever is wrong with a data set, it is told; and what is left when rows at fault are skipped has no error."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tiaokuai.graph.codes import encode, row_numbers
from tiaokuai.graph.integrity import WHOLE, RawTable, check, raw_tables, usable
from tiaokuai.graph.problems import InvalidData
from tiaokuai.graph.records import TABLES, Column, columns

DAYS = ["2020-01-01", "2020-06-01", "2021-01-01", "2022-01-01", "", "soon"]
OTHER = {
    "text": ["x", ""],
    "count": ["0", "1", "2", "", "many"],
    "number": ["0.5", "", "east"],
    "choice": ["pilot", "mature", "association", "federation", ""],
    "component": ["legal_aid", "ledger", "association", "nothing"],
}


def cell(column: Column) -> st.SearchStrategy[str]:
    if column.type == "id":
        letter = (column.ref or column.table)[0].upper()
        return st.sampled_from([f"{letter}{at}" for at in range(5)] + ["", f"{letter}9"])
    return st.sampled_from(DAYS if column.type == "date" else OTHER[column.type])


@st.composite
def data_sets(draw: st.DrawFn) -> list[RawTable]:
    made = []
    for table in TABLES:
        names = [column.name for column in columns(table)]
        row = st.tuples(*(cell(column) for column in columns(table)))
        rows = draw(st.lists(row, min_size=int(TABLES[table].required), max_size=6))
        if rows:
            made.append(RawTable(table, pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")))
    return made


@settings(max_examples=60, deadline=None)
@given(data_sets())
def test_what_is_left_when_rows_at_fault_are_skipped_has_no_error(raw: list[RawTable]) -> None:
    checked = check(raw)
    with contextlib.suppress(InvalidData):
        network, skipped = usable(checked, skip_invalid=True)
        assert check(raw_tables(network)).errors == []
        assert sum(skipped.values()) == sum(table.cells.height for table in raw) - sum(
            frame.height for frame in network.tables.values()
        )
        return
    assert any(problem.code in WHOLE for problem in checked.errors)


@settings(max_examples=40, deadline=None)
@given(data_sets())
def test_the_references_handed_on_are_those_the_network_would_follow_itself(raw: list[RawTable]) -> None:
    network, _ = usable(check(raw), skip_invalid=True)
    handed, own = network.codes, encode(network.tables, network.template)
    for name in vars(own):
        assert np.array_equal(getattr(handed, name), getattr(own, name)), name


@given(st.lists(st.sampled_from(["a", "b", "c", "x", None])), st.sets(st.sampled_from("abcdefgh")))
def test_row_numbers_are_where_each_value_stands(values: list[Any], ids: set[str]) -> None:
    names = sorted(ids)
    expected = [names.index(value) if value in ids else -1 for value in values]
    made = row_numbers(pl.Series(values, dtype=pl.String), pl.Series(names, dtype=pl.String))
    assert made.tolist() == expected
