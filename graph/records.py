"""The data dictionary: one pydantic model a table (model.md §1).

Loaders, the fill-in workbook, Neo4j, the docs and the app read tables, columns, types, aliases and references
from here and from nowhere else. Every column's rule looks at its own cell alone, so that a loader may check a
distinct value once and map the verdict back; rules over a whole row are in graph/record.py.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from tiaokuai.graph.fields import (
    ASSOCIATION_KINDS,
    BLOCK_KINDS,
    OWNERSHIPS,
    AssociationKind,
    BlockKind,
    Count,
    Day,
    Id,
    Latitude,
    Longitude,
    OptionalBegin,
    OptionalDay,
    OptionalId,
    Ownership,
    Text,
    Weight,
    as_text,
    column,
    id_of,
    name_of,
    refers_to,
    since_day,
    until_day,
)
from tiaokuai.graph.record import ROW_RULES, Column, Record, described

__all__ = ["BLOCK_KINDS", "RECORDS", "ROW_RULES", "TABLES", "Column", "Record", "as_text", "cell_problem", "columns"]


class District(Record):
    table, zh, required = "districts", "片区", True
    about = ("Districts (or parts of one), optionally nested", "片区，可分级")
    id: Id = id_of("district", "编号", "片区编号", "district id", "区编号")
    name: Text = name_of("district")
    parent: OptionalId = column(
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
    about = ("Blocks (块): places where enterprises cluster", "块：企业集聚区")
    id: Id = id_of("block", "编号", "区块编号", "块编号", "block id")
    district: Id = refers_to(
        "districts", "District it lies in", "片区", "所属片区", "所属区", "所在区", about_zh="所属片区编号"
    )
    name: Text = name_of("block")
    kind: BlockKind = column(
        "pilot, mature or emerging; empty: mature",
        "类型",
        "块类型",
        "区块类型",
        type="choice",
        choices=BLOCK_KINDS,
        default="mature",
        about_zh="试点、成熟、新兴；空=成熟",
    )
    lon: Longitude = column(
        "Longitude, degrees east",
        "经度",
        "lng",
        "longitude",
        type="number",
        default=None,
        about_zh="经度（度）",
    )
    lat: Latitude = column(
        "Latitude, degrees north", "纬度", "latitude", type="number", default=None, about_zh="纬度（度）"
    )


class Enterprise(Record):
    table, zh, required = "enterprises", "企业", True
    about = ("Enterprises with their head-count of managers and technical staff", "企业及其管理、技术人员数")
    id: Id = id_of("enterprise", "编号", "企业编号", "enterprise id")
    block: Id = refers_to(
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
        about_zh="管理和技术人员数，空=不详",
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
    since: OptionalBegin = since_day("Day it opened", "成立日期", "开业日期", required=False)
    until: OptionalDay = until_day("关闭日期", "注销日期", "迁出日期")


class Association(Record):
    table, zh = "associations", "联谊会"
    about = ("Associations and enterprise federations of blocks", "各块的联谊会、企业联合会")
    id: Id = id_of("association", "编号", "联谊会编号", "组织编号", "association id")
    block: Id = refers_to("blocks", "Block it serves", "区块", "所属区块", "块", "所属块", about_zh="所服务的区块编号")
    name: Text = name_of("association")
    kind: AssociationKind = column(
        "association or federation; empty: association",
        "类型",
        "组织类型",
        type="choice",
        choices=ASSOCIATION_KINDS,
        default="association",
        about_zh="联谊会或企业联合会；空=联谊会",
    )
    since: Day = since_day("Day it was founded", "成立日期", "成立时间")
    until: OptionalDay = until_day("撤销日期")


class Enrolment(Record):
    table, zh, key = "enrolments", "团体会员", ("enterprise", "association", "since")
    about = ("Corporate membership: an enterprise joins an association", "企业以团体会员身份入会")
    enterprise: Id = refers_to("enterprises", "The enterprise", "企业", "企业编号", about_zh="企业编号")
    association: Id = refers_to(
        "associations", "The association it joined", "联谊会", "联谊会编号", "组织", about_zh="联谊会编号"
    )
    since: Day = since_day("Day it joined", "入会日期", "入会时间")
    until: OptionalDay = until_day("退会日期")


class Member(Record):
    table, zh = "members", "会员"
    about = (
        "Individual members, pseudonymous, each with the date of consent",
        "个人会员（假名编号），附同意日期",
    )
    id: Id = id_of("member (a pseudonym, never a name)", "编号", "会员编号", "member id")
    enterprise: Id = refers_to(
        "enterprises",
        "Enterprise the member works in",
        "企业",
        "企业编号",
        "所在企业",
        "所属企业",
        "就职企业",
        about_zh="就职企业编号",
    )
    association: Id = refers_to(
        "associations",
        "Association the member belongs to",
        "联谊会",
        "联谊会编号",
        "所属联谊会",
        "组织",
        about_zh="所入联谊会编号",
    )
    since: Day = since_day("Day the member joined", "入会日期", "入会时间")
    until: OptionalDay = until_day("退会日期", "离会日期")
    consent: Day = column(
        "Day the member consented to being recorded; not later than since",
        "同意日期",
        "知情同意日期",
        "授权日期",
        "consent date",
        type="date",
        about_zh="本人同意登记的日期，不晚于入会日期",
    )


class Backbone(Record):
    table, zh, key = "backbones", "骨干", ("member", "since")
    about = (
        "The backbone role: a member extends a line in the own enterprise",
        "骨干：会员在本企业延伸一条线",
    )
    member: Id = refers_to("members", "The member who holds the role", "会员", "会员编号", about_zh="会员编号")
    since: Day = since_day("Day the line began", "起始日期", "任骨干日期", "开始时间")
    until: OptionalDay = until_day("结束日期", "卸任日期")
    capacity: Count = column(
        "People the line can reach; empty: the assumption line_capacity (10)",
        "容量",
        "联系人数",
        "可联系人数",
        type="count",
        default=None,
        about_zh="一条线可联系的人数，空=默认10",
    )


class HeadCount(Record):
    table, zh, key = "counts", "人数统计", ("enterprise", "since")
    about = (
        "Members and lines of an enterprise as numbers, where nobody is listed by id",
        "只有人数、没有名单时，企业的会员数与线数",
    )
    enterprise: Id = refers_to("enterprises", "The enterprise", "企业", "企业编号", about_zh="企业编号")
    since: Day = since_day("Day of the count; it holds until the next count of the enterprise", "统计日期", "日期")
    members: Count = column(
        "Members there are, those who carry a line included; empty: as before (0 at first)",
        "会员数",
        "会员人数",
        type="count",
        default=None,
        about_zh="会员数（含骨干），空=同前（首次为0）",
    )
    lines: Count = column(
        "Lines there are; empty: as before (0 at first)",
        "线数",
        "骨干数",
        "骨干人数",
        type="count",
        default=None,
        about_zh="线数（骨干数），空=同前（首次为0）",
    )
    capacity: Count = column(
        "People all these lines can reach; empty: as before (lines times line_capacity at first)",
        "容量",
        "可联系人数",
        type="count",
        default=None,
        about_zh="这些线一共可联系的人数，空=同前（首次为线数×默认容量）",
    )


class Adoption(Record):
    table, zh, key = "adoptions", "模式要素", ("block", "component", "since")
    about = ("Components of the Dagang template (大港模式) in place in a block", "区块已落实的大港模式要素")
    block: Id = refers_to("blocks", "The block", "区块", "区块编号", "块", "所属区块", about_zh="区块编号")
    component: Id = column(
        "Component of the template, by id or by its Chinese name",
        "要素",
        "组成",
        "模式要素",
        "项目",
        type="component",
        about_zh="要素编号或中文名",
    )
    since: Day = since_day("Day it was in place", "落实日期", "启动日期")
    until: OptionalDay = until_day("终止日期")


class Replication(Record):
    table, zh, key = "replications", "复制", ("source", "target")
    about = ("A block was founded on another block's model", "一个块按另一个块的模式建立")
    source: Id = refers_to(
        "blocks",
        "Block whose model was used",
        "来源",
        "来源区块",
        "源块",
        "from block",
        about_zh="来源区块编号",
    )
    target: Id = refers_to(
        "blocks", "Block that was founded", "目标", "目标区块", "新块", "to block", about_zh="新建区块编号"
    )
    since: Day = since_day("Day of the founding", "日期", "复制日期", "建立日期")


class Link(Record):
    table, zh, key = "links", "联系", ("a", "b")
    about = ("How easily experience passes between two blocks; undirected", "两个块之间经验传递的难易，无方向")
    a: Id = refers_to("blocks", "One block", "区块一", "块一", "区块甲", "甲", about_zh="区块编号")
    b: Id = refers_to("blocks", "The other block", "区块二", "块二", "区块乙", "乙", about_zh="区块编号")
    weight: Weight = column(
        "Strength, from 0; empty: 1", "强度", "权重", type="number", default=1.0, about_zh="强度，空=1"
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
    HeadCount,
)
TABLES: dict[str, type[Record]] = {record.table: record for record in RECORDS}
_COLUMNS = {record.table: described(record) for record in RECORDS}


def columns(table: str) -> tuple[Column, ...]:
    """The columns of a table, in the order of the dictionary.

    >>> [c.name for c in columns("links")]
    ['a', 'b', 'weight']
    """
    return _COLUMNS[table]


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
