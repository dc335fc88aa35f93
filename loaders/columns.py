"""Headings and names: which table a file or sheet is, which column a heading means, and what is refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from tiaokuai.graph.nearest import nearest
from tiaokuai.graph.problems import Problem
from tiaokuai.graph.records import RECORDS, Column, columns
from tiaokuai.graph.values import trim
from tiaokuai.loaders.refused import refused_heading
from tiaokuai.loaders.tables.letters import SIMPLIFIED

# What people call the tables besides the names of the dictionary.
_TABLE_ALIASES = {
    "districts": ("district", "区", "片"),
    "blocks": ("block", "块"),
    "enterprises": ("enterprise", "企业名单", "企业名录", "企业表"),
    "associations": ("association", "组织"),
    "enrolments": ("enrolment", "enrollments", "团体会籍", "企业会员", "单位会员"),
    "members": ("member", "个人会员", "会员名单", "会员表"),
    "backbones": ("backbone", "骨干名单", "骨干表"),
    "adoptions": ("adoption", "要素", "要素引入", "要素落实"),
    "replications": ("replication", "复制关系"),
    "links": ("link", "联系关系", "块间联系"),
    "counts": ("count", "head counts", "headcounts", "会员统计", "人数表", "统计"),
}
RECORDS_ZH = {record.table: record.zh for record in RECORDS}
_ID_ENDS = ("id", "code", "no", "number", "编号", "代码", "编码", "号", "番号")
# What else people call a column, whatever its table.
_MORE = {
    "staff": (
        "employees",
        "number of employees",
        "employee count",
        "staff count",
        "从业人数",
        "员工人数",
        "从业人员数",
        "在职人数",
        "从业员数",
    ),
    "ownership": ("ownership type", "企业类型"),
    "sector": ("行业类别", "所属行业", "行业类型", "业种"),
    "until": ("to date", "date to", "date left", "left"),
    "since": ("from date", "date from", "date joined", "joined"),
    "consent": ("date of consent", "consented"),
}
LONGEST = 200  # characters of a heading that are looked at and shown
_NOTES = re.compile(r"\([^)]*\)|\[[^\]]*\]|\*")


def plain(name: str) -> str:
    """A name without case, width, blanks and signs, in simplified Chinese.

    >>> plain(" Enterprise_ID "), plain("人数(人)*"), plain("企業編號")
    ('enterpriseid', '人数', '企业编号')
    """
    text = _NOTES.sub("", unicodedata.normalize("NFKC", name)).casefold()
    return re.sub(r"[\s_\-:.]+", "", trim(text)).translate(SIMPLIFIED)


def table_named(name: str) -> str | None:
    """The table that a file or sheet of this name holds, None where it is none.

    >>> table_named("Enterprises"), table_named("企业"), table_named("notes")
    ('enterprises', 'enterprises', None)
    """
    return _tables().get(plain(name))


@lru_cache
def _tables() -> dict[str, str]:
    return {
        plain(name): record.table
        for record in RECORDS
        for name in (record.table, record.zh, *_TABLE_ALIASES[record.table])
    }


def unknown_table(name: str, file: str | None) -> Problem:
    """The warning about a file or sheet that is no table, with the nearest name that is one."""
    close = nearest(plain(name), list(_tables()))
    return Problem("unknown_table", None, file, value=name, about={"suggestion": close and _tables()[close]})


@lru_cache
def _headings(table: str) -> dict[str, str]:
    """Column by every accepted heading; a column's own name goes before another's alias."""
    known: dict[str, str] = {}
    for names in (lambda c: (c.name,), lambda c: (c.zh,), lambda c: c.aliases):
        for column in columns(table):
            for name in names(column):
                known.setdefault(plain(name), column.name)
    return known


@lru_cache
def _spelt(table: str) -> dict[str, str]:
    """Column by what else people write for it: taken where no heading of the dictionary says the same."""
    own = _headings(table)
    known: dict[str, str] = {}
    for column in columns(table):
        for name in map(plain, _spellings(table, column)):
            if name not in own:
                known.setdefault(name, column.name)
    return known


def _spellings(table: str, column: Column) -> Iterator[str]:
    """How people name ids and references besides (``Block ID``, 区块代码), and names (``Enterprise Name``)."""
    for word in (_singular(column.ref), RECORDS_ZH[column.ref]) if column.ref else ():
        yield from (f"{word}{end}" for end in _ID_ENDS)
    if column.ref:
        yield from (f"{alias}{end}" for alias in (column.name, column.zh, *column.aliases) for end in _ID_ENDS)
    elif column.name == "id":
        yield from ("code", "编码", "代码", "番号")
        yield from (f"{word}{end}" for word in (_singular(table), RECORDS_ZH[table]) for end in _ID_ENDS)
    elif column.name == "name":
        yield from (f"{word}{end}" for word in (_singular(table), RECORDS_ZH[table]) for end in ("name", "名称", "名"))
    yield from _MORE.get(column.name, ())
    if column.type == "date":
        yield from (
            f"{word}{end}" for word in (column.name, "start" if column.name == "since" else "end") for end in ("date",)
        )


def _singular(table: str) -> str:
    return table.removesuffix("s")


def known_column(table: str, heading: str) -> str | None:
    """The column that a heading means, None where it is not known.

    >>> known_column("enterprises", "Block ID"), known_column("enterprises", "企業名稱"), known_column("links", "x")
    ('block', 'name', None)
    """
    name = plain(trim(heading)[:LONGEST]) if heading else ""
    return _headings(table).get(name) or _spelt(table).get(name)


@lru_cache
def table_headings() -> frozenset[str]:
    """Every heading of every table, plain, and every name of a table."""
    return frozenset(_tables()).union(*({**_headings(record.table), **_spelt(record.table)} for record in RECORDS))


@dataclass(frozen=True)
class Matched:
    """The columns of a file: known ones by their place, unknown ones, and what is wrong with the headings."""

    known: dict[str, int] = field(default_factory=dict)
    unknown: list[tuple[int, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def match(table: str, headings: Sequence[str | None], file: str | None) -> Matched:
    """Finds each heading's column; a refused one is named in the problems and is in neither list.

    >>> found = match("enterprises", ["企业编号", "所属区块", "手机", "人数"], "企业.csv")
    >>> found.known, [problem.code for problem in found.problems]
    ({'id': 0, 'block': 1, 'staff': 3}, ['refused_column'])
    """
    made = Matched()
    told = [trim((text or "")[:LONGEST]) for text in headings]
    sure = {name for heading in told if (name := _headings(table).get(plain(heading))) is not None}
    for place, heading in enumerate(told):
        name = _headings(table).get(plain(heading))
        if name is None and (name := _spelt(table).get(plain(heading))) in sure | set(made.known):
            name = None  # a code beside the id is another thing
        if not heading:
            continue
        if name in made.known:
            first = trim((headings[made.known[name]] or "")[:LONGEST])
            made.problems.append(Problem("repeated_column", table, file, None, name, heading, {"first": first}))
        elif name is not None:
            made.known[name] = place
        elif (reason := refused_heading(table, heading)) is not None:
            made.problems.append(Problem("refused_column", table, file, None, heading, heading, {"reason": reason}))
        else:
            made.unknown.append((place, heading))
            made.problems.append(_unknown(table, heading, file))
    return made


def _unknown(table: str, heading: str, file: str | None) -> Problem:
    close = nearest(plain(heading), list(_headings(table)))
    suggestion = None if close is None else _headings(table)[close]
    return Problem("unknown_column", table, file, None, heading, heading, {"suggestion": suggestion})
