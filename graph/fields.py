"""What stands in a column: how its cells are read, and what loaders, workbook and docs need to know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from tiaokuai.graph import values
from tiaokuai.graph.values import BadValue

BLOCK_KINDS = {
    "pilot": ("试点", "试点块", "示范"),
    "mature": ("成熟", "成熟块"),
    "emerging": ("新兴", "培育", "培育中", "新兴块"),
}
OWNERSHIPS = {
    "foreign": ("外资", "外商独资", "外企", "独资"),
    "joint_venture": ("合资", "中外合资", "合作"),
    "hmt": ("港澳台", "港澳台资", "港澳台投资"),
    "domestic": ("内资", "民营", "国有", "私营"),
    "other": ("其他", "其它"),
}
ASSOCIATION_KINDS = {
    "association": ("联谊会", "新社会阶层人士联谊会", "协会"),
    "federation": ("企业联合会", "社区企业联合会", "联合会"),
}


def _spellings(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {spelling: word for word, others in words.items() for spelling in (word, *others)}


def parser(parse: Callable[[str], Any], kind: str, needed: bool = False) -> BeforeValidator:
    """Cells arrive as text (CSV), or as the values a workbook, Parquet or a database holds: read both alike.

    Words for nothing (``values.NOTHING`` by ``kind``) leave the cell empty, or are asked about where it is ``needed``.
    """

    def before(cell: Any) -> Any:
        text = as_text(cell)
        if text is None:
            return None
        try:
            if text in values.FORMULA_ERRORS:
                raise BadValue("formula_error")
            if text.startswith(values.NO_RESULT):
                raise BadValue("formula_without_result")
            if values.says_nothing(text, kind):
                if needed:
                    raise BadValue("says_nothing")
                return None
            return parse(text)
        except BadValue as bad:
            raise PydanticCustomError(bad.code, "{code}", {"code": bad.code, **bad.about}) from None

    return BeforeValidator(before)


def as_text(cell: Any) -> str | None:
    """The text of a cell, trimmed; ``None`` for an empty one.

    >>> as_text(12.0), as_text(" \\u3000"), as_text(date(2024, 3, 1))
    ('12', None, '2024-03-01')
    """
    if cell is None:
        return None
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    return values.trim(str(cell)) or None


Id = Annotated[str, parser(values.parse_id, "id", needed=True)]
Text = Annotated[str | None, parser(lambda text: values.parse_text(text, values.MAX_NAME), "text")]
Day = Annotated[date, parser(values.parse_day, "begin", needed=True)]
Count = Annotated[int | None, parser(values.parse_count, "count")]
Longitude = Annotated[float | None, parser(values.parse_longitude, "number")]
Latitude = Annotated[float | None, parser(values.parse_latitude, "number")]
OptionalBegin = Annotated[date | None, parser(values.parse_day, "begin")]
OptionalDay = Annotated[date | None, parser(values.parse_day, "end")]
OptionalId = Annotated[str | None, parser(values.parse_id, "id")]
Weight = Annotated[float, parser(lambda text: values.parse_number(text, 0, 1e9), "number", needed=True)]


def _choice(words: Mapping[str, tuple[str, ...]], needed: bool = False) -> BeforeValidator:
    spellings = _spellings(words)
    return parser(lambda text: values.parse_choice(text, spellings), "choice", needed)


BlockKind = Annotated[str, _choice(BLOCK_KINDS, needed=True)]
Ownership = Annotated[str | None, _choice(OWNERSHIPS)]
AssociationKind = Annotated[str, _choice(ASSOCIATION_KINDS, needed=True)]


def column(
    about: str,
    zh: str,
    *aliases: str,
    type: str,
    about_zh: str,
    ref: str | None = None,
    choices: Mapping[str, tuple[str, ...]] | None = None,
    default: Any = ...,
) -> Any:
    """A field of a record with what loaders, workbook and docs need to know of it."""
    extra: dict[str, Any] = {
        "zh": zh,
        "aliases": aliases,
        "ref": ref,
        "type": type,
        "choices": choices,
        "about_zh": about_zh,
    }
    return Field(default, description=about, json_schema_extra=extra)


def id_of(of: str, zh: str, *aliases: str) -> Any:
    return column(f"Identifier of the {of}, unique in its table", zh, *aliases, type="id", about_zh="编号，表内唯一")


def refers_to(to: str, about: str, zh: str, *aliases: str, about_zh: str) -> Any:
    return column(about, zh, *aliases, type="id", ref=to, about_zh=about_zh)


def name_of(of: str) -> Any:
    return column(f"Name of the {of}", "名称", "名字", f"{of} name", type="text", about_zh="名称", default=None)


def since_day(about: str, zh: str, *aliases: str, required: bool = True) -> Any:
    return column(
        f"{about}; inclusive" + ("" if required else "; empty: always began"),
        zh,
        "开始日期",
        "起始日期",
        "起",
        "from",
        "start",
        *aliases,
        type="date",
        about_zh="起始日期（含当日）",
        default=... if required else None,
    )


def until_day(zh: str, *aliases: str) -> Any:
    return column(
        "First day on which it no longer holds; empty: still so",
        zh,
        "结束日期",
        "截止日期",
        "止",
        "to",
        "end",
        *aliases,
        type="date",
        about_zh="结束日期（不含当日），空=至今",
        default=None,
    )
