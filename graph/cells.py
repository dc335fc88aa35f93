"""Whole columns of cells into values: the verdict of the records on every cell, reached once a distinct value.

The rules are those of :mod:`tiaokuai.graph.records` and no others: what is plainly right is passed in bulk, every
cell that is not goes through the record's own field.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache
from typing import Annotated, Any

import polars as pl
from pydantic import TypeAdapter, ValidationError

from tiaokuai.graph import values
from tiaokuai.graph.network import DTYPES
from tiaokuai.graph.records import TABLES, Column, as_text
from tiaokuai.graph.template import DERIVED, Template

# Cells of these types repeat: a column of millions holds a few thousand distinct ones.
_BY_DISTINCT = frozenset({"count", "number", "choice", "component"})
# In an id or a text, what the record's field must look at: at its beginning what guards a cell or is an error, words
# for nothing, and in ids what a spreadsheet makes of them; anywhere control characters, other ways to write a letter.
_WORDS = {
    kind: "|".join(re.escape(word) for word in sorted(values.NOTHING[kind][0] | values.NOTHING[kind][1]))
    for kind in ("id", "text")
}
_BEGINS = {kind: f"^[#=']|^(?i:{words})$" for kind, words in _WORDS.items()}
_FULL_WIDTH = r"^[\u2018\u2019]|^[\uFF01-\uFF5E\u3000]+$"
# Letters that Unicode's composed form (NFC) writes in another way, and some between them.
_RECOMPOSED = (
    r"[\u0340-\u0387\u0958-\u0fb9\u1100-\u11ff\u1f71-\u2001\u2126-\u212b\u2329\u232a\u2adc\uf900-\ufb4e]"
    r"|[\x{1d15e}-\x{1d1c0}\x{2f800}-\x{2fa1d}]"
)
_ODD = {
    "id": r"[\x00-\x1f\x7f\u00a0\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]|[\uFF01-\uFF5E\u3000]|\p{M}"
    rf"|{_RECOMPOSED}|" + _BEGINS["id"],
    "text": rf"[\x00-\x08\x0b-\x1f\x7f]|{_FULL_WIDTH}|" + _BEGINS["text"],
}
_SPOILT = f"^(?i:{values.SPOILT_ID})$"
_LONGEST = {"id": values.MAX_ID, "text": values.MAX_NAME}
_PLAIN = r"[^!-~]"
_ISO_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

_DAYS = date(values.FIRST_YEAR, 1, 1), date(values.LAST_YEAR, 12, 31)
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # 0001-01-01 and 9999-12-31, counted from 1970

Verdict = tuple[Any, str | None, dict[str, Any]]  # value, code of what is wrong, details


@dataclass(frozen=True)
class Fault:
    """One kind of wrong or odd cell and the rows that hold it."""

    code: str
    value: str | None
    about: dict[str, Any]
    rows: list[int]


@dataclass(frozen=True)
class Cells:
    """A column read: values of the dictionary's type, null where a cell is empty or wrong."""

    values: pl.Series
    faults: list[Fault] = field(default_factory=list)


def read_cells(column: Column, raw: pl.Series, template: Template) -> Cells:
    """The cells of a column, from text (CSV) or from values (Parquet, workbook, database); defaults are filled in.

    >>> from tiaokuai.graph.records import columns
    >>> staff = next(column for column in columns("enterprises") if column.name == "staff")
    >>> read = read_cells(staff, pl.Series(["12", "", "many"]), Template.default())
    >>> read.values.to_list(), read.faults[0].code, read.faults[0].rows
    ([12, None, None], 'not_an_integer', [2])
    """
    raw = _plain_type(raw)
    if _typed(column, raw):
        made = Cells(raw.cast(DTYPES[column.type]))
    elif column.type == "date":
        made = _days(column, as_texts(raw))
    elif column.type in _BY_DISTINCT:
        made = _distinct(column, as_texts(raw), template)
    else:
        made = _texts(column, as_texts(raw))
    return _filled(column, made, _empty(made, raw))


def as_texts(raw: pl.Series) -> pl.Series:
    """Any column as text, as :func:`tiaokuai.graph.records.as_text` would write each cell.

    >>> as_texts(pl.Series([12.0, 0.5, None])).to_list()
    ['12', '0.5', None]
    """
    raw = _plain_type(raw)
    if raw.dtype == pl.String:
        return raw
    if isinstance(raw.dtype, pl.Date | pl.Datetime) and (far := _far(raw)).any():
        return as_texts(raw.set(far, None)).zip_with(~far, raw.to_physical().cast(pl.String))  # counted from 1970
    if raw.dtype == pl.Boolean:
        return raw.cast(pl.String).str.to_titlecase()
    if raw.dtype in (pl.Date, pl.Null, pl.Categorical, pl.Enum) or raw.dtype.is_integer():
        return raw.cast(pl.String)
    return pl.Series(raw.name, [as_text(cell) for cell in raw.to_list()], dtype=pl.String)


def _far(raw: pl.Series) -> pl.Series:
    """Which days or moments lie outside the years 1 to 9999, where polars and Python have no text for them."""
    day = 1 if raw.dtype == pl.Date else {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}[_unit(raw)]
    return ~raw.to_physical().is_between((_FIRST_DAY + 1) * day, _LAST_DAY * day).fill_null(True)


def _unit(raw: pl.Series) -> str:
    return raw.dtype.time_unit if isinstance(raw.dtype, pl.Datetime) else ""


def _plain_type(raw: pl.Series) -> pl.Series:
    """Moments that are all midnight as days, fractions that are all whole as integers: other programs' Parquet."""
    if isinstance(raw.dtype, pl.Datetime) and raw.dtype.time_zone is None:
        return raw.cast(pl.Date) if bool((raw.dt.time() == time(0)).all()) else raw
    if raw.dtype.is_float() and bool(((raw == raw.round()) & (raw.abs() < 1e15)).all()):
        return raw.cast(pl.Int64)
    return raw


def _typed(column: Column, raw: pl.Series) -> bool:
    """Whether the column already holds right values, as Parquet and Neo4j do."""
    if column.type == "date" and raw.dtype == pl.Date:
        low, high = _DAYS
    elif column.type == "count" and raw.dtype.is_integer():
        low, high = 0, values.MAX_COUNT  # type: ignore[assignment]  # the bounds are of the column's own type
    else:
        return False
    return bool(raw.is_between(low, high).all())


def _empty(made: Cells, raw: pl.Series) -> pl.Series:
    """Which cells say nothing at all."""
    empty = made.values.is_null()
    wrong = [row for fault in made.faults for row in fault.rows]
    return empty.scatter(wrong, False) if wrong else empty


def _filled(column: Column, made: Cells, empty: pl.Series) -> Cells:
    if not empty.any():
        return made
    if column.required:
        code = "consent_missing" if column.name == "consent" else "missing_value"
        missing = Fault(code, None, {}, empty.arg_true().to_list())
        return Cells(made.values, [*made.faults, missing])
    if column.default is None:
        return made
    filled = pl.DataFrame({"value": made.values, "empty": empty}).select(
        pl.when("empty").then(pl.lit(column.default, dtype=made.values.dtype)).otherwise("value").alias("value")
    )
    return Cells(filled["value"], made.faults)


def _texts(column: Column, raw: pl.Series) -> Cells:
    kind = column.type
    plain = not raw.str.contains(_PLAIN).any() and (raw.str.len_bytes().max() or 0) <= _LONGEST[kind]  # type: ignore[operator]
    trimmed = raw if plain else raw.str.strip_chars(values.BLANKS)
    if not plain or (trimmed == "").any():
        trimmed = trimmed.set(trimmed == "", None)
    pattern = _BEGINS[kind] if plain else _ODD[kind]
    if kind == "id" and column.name == "id":
        pattern += f"|{_SPOILT}"
    odd = trimmed.str.contains(pattern) | (trimmed.str.len_chars() > _LONGEST[kind])
    return _looked_at(column, trimmed, Cells(trimmed), odd.fill_null(False).arg_true())


def _days(column: Column, raw: pl.Series) -> Cells:
    days = raw.set(~raw.str.contains(_ISO_DAY), None).str.to_date("%Y-%m-%d", strict=False)
    rows = (raw.is_not_null() & ~days.is_between(*_DAYS).fill_null(False)).arg_true()
    return _looked_at(column, raw, Cells(days), rows)


def _looked_at(column: Column, raw: pl.Series, made: Cells, rows: pl.Series) -> Cells:
    """The same with these rows read by the record's own field."""
    if not len(rows):
        return made
    found = _distinct(column, raw.gather(rows), None)
    faults = [Fault(f.code, f.value, f.about, rows.gather(f.rows).to_list()) for f in found.faults]
    return Cells(made.values.scatter(rows, found.values), faults)


def _distinct(column: Column, raw: pl.Series, template: Template | None) -> Cells:
    """Each distinct text once through the record's field, and the verdicts mapped back."""
    texts = raw.unique()
    verdict = _verdicts(column, template)
    found = [verdict(text) for text in texts]
    answers = pl.Series("value", [value for value, _, _ in found], dtype=DTYPES[column.type])
    known = pl.DataFrame({"text": texts, "value": answers})
    asked = pl.DataFrame({"text": raw}).join(known, on="text", how="left", maintain_order="left", nulls_equal=True)
    wrong = {text: (code, about) for text, (_, code, about) in zip(texts, found, strict=True) if code is not None}
    return Cells(asked["value"], list(_faults(raw, wrong)))


def _faults(raw: pl.Series, wrong: dict[str | None, tuple[str, dict[str, Any]]]) -> list[Fault]:
    if not wrong:
        return []
    at = raw.is_in(list(wrong)).arg_true()
    grouped = pl.DataFrame({"text": raw.gather(at), "row": at}).group_by("text", maintain_order=True).agg("row")
    return [Fault(wrong[text][0], text, wrong[text][1], rows) for text, rows in grouped.iter_rows()]


def _verdicts(column: Column, template: Template | None) -> Callable[[str | None], Verdict]:
    adapter = _adapter(column.table, column.name)

    def verdict(text: str | None) -> Verdict:
        if as_text(text) is None:
            return None, None, {}
        try:
            value = adapter.validate_python(text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            return None, first["type"], {key: item for key, item in first.get("ctx", {}).items() if key != "code"}
        if column.type == "component" and template:
            return _component(value, template)
        return value, *_oddity(column, text or "", value)

    return verdict


def _oddity(column: Column, text: str, value: Any) -> tuple[str | None, dict[str, Any]]:
    """The code of a warning about a cell that can be read."""
    if column.type == "date" and value is not None and values.is_day_number(values.trim(text)):
        return "day_numbers", {"day": value.isoformat()}
    if column.type == "id" and column.name == "id" and value is not None and values.is_spoilt_id(value):
        return "spoilt_id", {}
    return None, {}


@lru_cache
def _adapter(table: str, name: str) -> TypeAdapter[Any]:
    """The record's own field as a validator of one cell."""
    info = TABLES[table].model_fields[name]
    field_type: Any = Annotated[info.annotation, *info.metadata]
    return TypeAdapter(field_type)


def _component(text: str, template: Template) -> Verdict:
    found = template.spellings.get(text) or template.spellings.get(text.lower())
    if found is None:
        from tiaokuai.graph.nearest import nearest

        return None, "unknown_component", {"suggestion": nearest(text, list(template.spellings))}
    if found in DERIVED:
        return None, "derived_component", {}
    return found, None, {}
