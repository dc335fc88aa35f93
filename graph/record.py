"""A row of any table, the rules over it, and what its model says of its columns."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from tiaokuai.graph.fields import as_text

# Rules over one row: (code, column at fault, column it is compared with, how the two stand in a bad row).
ROW_RULES: tuple[tuple[str, str, str, str], ...] = (
    ("until_not_after_since", "until", "since", "<="),
    ("consent_after_since", "consent", "since", ">"),
)
_STANDS = {"<=": operator.le, ">": operator.gt}


class Record(BaseModel):
    """A row of a table. Unknown columns are the loader's business, so they are an error here."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    table: ClassVar[str]
    zh: ClassVar[str]
    about: ClassVar[tuple[str, str]]
    key: ClassVar[tuple[str, ...]] = ("id",)
    required: ClassVar[bool] = False

    @model_validator(mode="before")
    @classmethod
    def _empty_means_default(cls, row: Any) -> Any:
        if not isinstance(row, Mapping):
            return row
        return {name: cell for name, cell in row.items() if as_text(cell) is not None}

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        for code, name, other, stands in ROW_RULES:
            mine, theirs = getattr(self, name, None), getattr(self, other, None)
            if mine and theirs and _STANDS[stands](mine, theirs):
                raise PydanticCustomError(code, "{code}", {"code": code})
        return self


@dataclass(frozen=True)
class Column:
    """What everybody needs to know of a column: one row of the data dictionary."""

    table: str
    name: str
    type: str  # id, text, date, count, number, choice, component
    required: bool
    default: Any
    ref: str | None
    zh: str
    aliases: tuple[str, ...]
    about: str
    about_zh: str
    choices: Mapping[str, tuple[str, ...]] | None


def described(record: type[Record]) -> tuple[Column, ...]:
    """The columns of a model, in its order."""
    found = []
    for name, field in record.model_fields.items():
        extra: dict[str, Any] = field.json_schema_extra  # type: ignore[assignment]  # set by column() above
        found.append(
            Column(
                table=record.table,
                name=name,
                type=extra["type"],
                required=field.is_required(),
                default=None if field.is_required() else field.default,
                ref=extra["ref"],
                zh=extra["zh"],
                aliases=tuple(dict.fromkeys(extra["aliases"])),
                about=field.description or "",
                about_zh=extra["about_zh"],
                choices=extra["choices"],
            )
        )
    return tuple(found)
