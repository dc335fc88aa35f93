"""The data dictionary: one pydantic model a table (model.md §1).

Loaders, the fill-in workbook, Neo4j, the docs and the app read tables, columns, types, aliases and references
from here and from nowhere else. Every column's rule looks at its own cell alone, so that a loader may check a
distinct value once and map the verdict back; rules over a whole row are in :data:`ROW_RULES`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
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


def _parser(parse: Callable[[str], Any]) -> BeforeValidator:
    """Cells arrive as text (CSV), or as the values a workbook, Parquet or a database holds: read both alike."""

    def before(cell: Any) -> Any:
        text = as_text(cell)
        if text is None:
            return None
        try:
            if text in values.FORMULA_ERRORS:
                raise BadValue("formula_error")
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


Id = Annotated[str, _parser(values.parse_id)]
Text = Annotated[str | None, _parser(lambda text: values.parse_text(text, values.MAX_NAME))]
Day = Annotated[date, _parser(values.parse_day)]
Count = Annotated[int | None, _parser(values.parse_count)]
Longitude = Annotated[float | None, _parser(lambda text: values.parse_number(text, -180, 180))]
Latitude = Annotated[float | None, _parser(lambda text: values.parse_number(text, -90, 90))]
Weight = Annotated[float, _parser(lambda text: values.parse_number(text, 0, 1e9))]


def _choice(words: Mapping[str, tuple[str, ...]]) -> BeforeValidator:
    spellings = _spellings(words)
    return _parser(lambda text: values.parse_choice(text, spellings))


BlockKind = Annotated[str, _choice(BLOCK_KINDS)]
Ownership = Annotated[str | None, _choice(OWNERSHIPS)]
AssociationKind = Annotated[str, _choice(ASSOCIATION_KINDS)]


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


class Record(BaseModel):
    """A row of a table. Unknown columns are the loader's business, so they are an error here."""

    model_config = ConfigDict(extra="forbid", frozen=True)
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


def _id(of: str, zh: str, *aliases: str) -> Any:
    return column(f"Identifier of the {of}, unique in its table", zh, *aliases, type="id", about_zh="编号,表内唯一")


def _ref(to: str, about: str, zh: str, *aliases: str, about_zh: str) -> Any:
    return column(about, zh, *aliases, type="id", ref=to, about_zh=about_zh)


def _name(of: str) -> Any:
    return column(f"Name of the {of}", "名称", "名字", f"{of} name", type="text", about_zh="名称", default=None)


def _since(about: str, zh: str, *aliases: str, required: bool = True) -> Any:
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
        about_zh="起始日期(含当日)",
        default=... if required else None,
    )


def _until(zh: str, *aliases: str) -> Any:
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
        about_zh="结束日期(不含当日),空=至今",
        default=None,
    )


class District(Record):
    table, zh, required = "districts", "片区", True
    about = ("Districts (or parts of one), optionally nested", "片区,可分级")
    id: Id = _id("district", "编号", "片区编号", "district id", "区编号")
    name: Text = _name("district")
    parent: Annotated[str | None, _parser(values.parse_id)] = column(
        "The district it is part of",
        "上级",
        "上级片区",
        "所属上级",
        type="id",
        ref="districts",
        default=None,
        about_zh="上级片区编号",
    )


class Block(Record):
    table, zh, required = "blocks", "区块", True
    about = ("Blocks (块): places where enterprises cluster", "块:企业集聚区")
    id: Id = _id("block", "编号", "区块编号", "块编号", "block id")
    district: Id = _ref(
        "districts", "District it lies in", "片区", "所属片区", "所属区", "所在区", about_zh="所属片区编号"
    )
    name: Text = _name("block")
    kind: BlockKind = column(
        "pilot, mature or emerging; empty: mature",
        "类型",
        "块类型",
        "区块类型",
        type="choice",
        choices=BLOCK_KINDS,
        default="mature",
        about_zh="试点、成熟、新兴;空=成熟",
    )
    lon: Longitude = column(
        "Longitude, degrees east",
        "经度",
        "lng",
        "longitude",
        type="number",
        default=None,
        about_zh="经度(度)",
    )
    lat: Latitude = column(
        "Latitude, degrees north", "纬度", "latitude", type="number", default=None, about_zh="纬度(度)"
    )


class Enterprise(Record):
    table, zh, required = "enterprises", "企业", True
    about = ("Enterprises with their head-count of managers and technical staff", "企业及其管理、技术人员数")
    id: Id = _id("enterprise", "编号", "企业编号", "enterprise id")
    block: Id = _ref(
        "blocks", "Block it lies in", "区块", "所属区块", "所在区块", "块", "所属块", about_zh="所属区块编号"
    )
    name: Text = column(
        "Name of the enterprise",
        "名称",
        "企业名称",
        "企业",
        "名字",
        type="text",
        default=None,
        about_zh="企业名称",
    )
    staff: Count = column(
        "Managers and technical staff, a head-count; empty: unknown",
        "人数",
        "员工数",
        "职工人数",
        "管理技术人员数",
        "headcount",
        type="count",
        default=None,
        about_zh="管理和技术人员数,空=不详",
    )
    ownership: Ownership = column(
        "foreign, joint_venture, hmt (Hong Kong, Macao, Taiwan), domestic or other",
        "性质",
        "企业性质",
        "所有制",
        "资本类型",
        type="choice",
        choices=OWNERSHIPS,
        default=None,
        about_zh="外资、合资、港澳台、内资、其他",
    )
    sector: Text = column(
        "Sector, in the user's own words",
        "行业",
        "产业",
        "industry",
        type="text",
        default=None,
        about_zh="行业",
    )
    since: Annotated[date | None, _parser(values.parse_day)] = _since(
        "Day it opened", "成立日期", "开业日期", required=False
    )
    until: Annotated[date | None, _parser(values.parse_day)] = _until("关闭日期", "注销日期", "迁出日期")


class Association(Record):
    table, zh = "associations", "联谊会"
    about = ("Associations and enterprise federations of blocks", "各块的联谊会、企业联合会")
    id: Id = _id("association", "编号", "联谊会编号", "组织编号", "association id")
    block: Id = _ref("blocks", "Block it serves", "区块", "所属区块", "块", "所属块", about_zh="所服务的区块编号")
    name: Text = _name("association")
    kind: AssociationKind = column(
        "association or federation; empty: association",
        "类型",
        "组织类型",
        type="choice",
        choices=ASSOCIATION_KINDS,
        default="association",
        about_zh="联谊会或企业联合会;空=联谊会",
    )
    since: Day = _since("Day it was founded", "成立日期", "成立时间")
    until: Annotated[date | None, _parser(values.parse_day)] = _until("撤销日期")


class Enrolment(Record):
    table, zh, key = "enrolments", "团体会员", ("enterprise", "association", "since")
    about = ("Corporate membership: an enterprise joins an association", "企业以团体会员身份入会")
    enterprise: Id = _ref("enterprises", "The enterprise", "企业", "企业编号", about_zh="企业编号")
    association: Id = _ref(
        "associations", "The association it joined", "联谊会", "联谊会编号", "组织", about_zh="联谊会编号"
    )
    since: Day = _since("Day it joined", "入会日期", "入会时间")
    until: Annotated[date | None, _parser(values.parse_day)] = _until("退会日期")


class Member(Record):
    table, zh = "members", "会员"
    about = (
        "Individual members, pseudonymous, each with the date of consent",
        "个人会员(假名编号),附同意日期",
    )
    id: Id = _id("member (a pseudonym, never a name)", "编号", "会员编号", "member id")
    enterprise: Id = _ref(
        "enterprises",
        "Enterprise the member works in",
        "企业",
        "企业编号",
        "所在企业",
        "所属企业",
        "就职企业",
        about_zh="就职企业编号",
    )
    association: Id = _ref(
        "associations",
        "Association the member belongs to",
        "联谊会",
        "联谊会编号",
        "所属联谊会",
        "组织",
        about_zh="所入联谊会编号",
    )
    since: Day = _since("Day the member joined", "入会日期", "入会时间")
    until: Annotated[date | None, _parser(values.parse_day)] = _until("退会日期", "离会日期")
    consent: Day = column(
        "Day the member consented to being recorded; not later than since",
        "同意日期",
        "知情同意日期",
        "授权日期",
        "consent date",
        type="date",
        about_zh="本人同意登记的日期,不晚于入会日期",
    )


class Backbone(Record):
    table, zh, key = "backbones", "骨干", ("member", "since")
    about = (
        "The backbone role: a member extends a line in the own enterprise",
        "骨干:会员在本企业延伸一条线",
    )
    member: Id = _ref("members", "The member who holds the role", "会员", "会员编号", about_zh="会员编号")
    since: Day = _since("Day the line began", "起始日期", "任骨干日期", "开始时间")
    until: Annotated[date | None, _parser(values.parse_day)] = _until("结束日期", "卸任日期")
    capacity: Count = column(
        "People the line can reach; empty: the assumption line_capacity (10)",
        "容量",
        "联系人数",
        "可联系人数",
        type="count",
        default=None,
        about_zh="一条线可联系的人数,空=默认10",
    )


class Adoption(Record):
    table, zh, key = "adoptions", "模式要素", ("block", "component", "since")
    about = ("Components of the Dagang template (大港模式) in place in a block", "区块已落实的大港模式要素")
    block: Id = _ref("blocks", "The block", "区块", "区块编号", "块", "所属区块", about_zh="区块编号")
    component: Id = column(
        "Component of the template, by id or by its Chinese name",
        "要素",
        "组成",
        "模式要素",
        "项目",
        type="component",
        about_zh="要素编号或中文名",
    )
    since: Day = _since("Day it was in place", "落实日期", "启动日期")
    until: Annotated[date | None, _parser(values.parse_day)] = _until("终止日期")


class Replication(Record):
    table, zh, key = "replications", "复制", ("source", "target")
    about = ("A block was founded on another block's model", "一个块按另一个块的模式建立")
    source: Id = _ref(
        "blocks",
        "Block whose model was used",
        "来源",
        "来源区块",
        "源块",
        "from block",
        about_zh="来源区块编号",
    )
    target: Id = _ref(
        "blocks", "Block that was founded", "目标", "目标区块", "新块", "to block", about_zh="新建区块编号"
    )
    since: Day = _since("Day of the founding", "日期", "复制日期", "建立日期")


class Link(Record):
    table, zh, key = "links", "联系", ("a", "b")
    about = ("How easily experience passes between two blocks; undirected", "两个块之间经验传递的难易,无方向")
    a: Id = _ref("blocks", "One block", "区块一", "块一", "区块甲", "甲", about_zh="区块编号")
    b: Id = _ref("blocks", "The other block", "区块二", "块二", "区块乙", "乙", about_zh="区块编号")
    weight: Weight = column(
        "Strength, from 0; empty: 1", "强度", "权重", type="number", default=1.0, about_zh="强度,空=1"
    )


RECORDS: tuple[type[Record], ...] = (
    District,
    Block,
    Enterprise,
    Association,
    Enrolment,
    Member,
    Backbone,
    Adoption,
    Replication,
    Link,
)
TABLES: dict[str, type[Record]] = {record.table: record for record in RECORDS}


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


def columns(table: str) -> tuple[Column, ...]:
    """The columns of a table, in the order of the dictionary.

    >>> [c.name for c in columns("links")]
    ['a', 'b', 'weight']
    """
    return _COLUMNS[table]


def _columns(record: type[Record]) -> tuple[Column, ...]:
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


_COLUMNS = {record.table: _columns(record) for record in RECORDS}

# Rules over one row: (code, column at fault, column it is compared with, how the two stand in a bad row).
ROW_RULES: tuple[tuple[str, str, str, str], ...] = (
    ("until_not_after_since", "until", "since", "<="),
    ("consent_after_since", "consent", "since", ">"),
)
_STANDS = {"<=": operator.le, ">": operator.gt}


def cell_problem(table: str, name: str, cell: Any) -> tuple[str, dict[str, Any]] | None:
    """The code and details of what is wrong with one cell, or ``None``: the verdict every loader must reach.

    >>> cell_problem("enterprises", "staff", "-3")
    ('out_of_range', {'low': 0, 'high': 100000000})
    >>> cell_problem("members", "consent", "")
    ('consent_missing', {})
    """
    record = TABLES[table]
    if as_text(cell) is None:
        if record.model_fields[name].is_required():
            return ("consent_missing" if name == "consent" else "missing_value"), {}
        return None
    try:
        record.__pydantic_validator__.validate_assignment(record.model_construct(), name, cell)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        about = {key: value for key, value in first.get("ctx", {}).items() if key != "code"}
        return first["type"], about
    return None
