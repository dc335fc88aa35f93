"""Writes docs/data.md, the data dictionary, from the records and the list of problems; `make docs` runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tiaokuai.graph.problems import CODES
from tiaokuai.graph.records import RECORDS, Column, Record, columns
from tiaokuai.graph.template import DERIVED, Template

PAGE = Path(__file__).resolve().parent.parent / "docs" / "data.md"
HEAD = """# The data dictionary · 数据字典

A data set is a folder of tables (CSV or Parquet), one workbook with a sheet a table, or a Neo4j database. This page is made from the
records that the loaders check against (`graph/records.py`). `tiaokuai new FILE.xlsx` writes a workbook to fill in.

数据可以是一个文件夹(每表一个 CSV 或 Parquet)、一个工作簿(每表一页)或 Neo4j 数据库。表名、列名、取值中英文均可。

- **Bold** columns are required (粗体为必填). Only *districts*, *blocks* and *enterprises* are required tables; a missing one of the others is empty.
- Ids are text: `007` stays `007`. Every reference must resolve (编号是文字;引用必须存在).
- `since` is the first day it holds, `until` the first day it no longer does; an empty `until` means still so (起始日含当日,结束日不含).
- Dates: `2024-03-01`, `2024/3/1`, `2024.3.1`, `20240301`, `2024年3月1日`, a month alone for its first day, and real dates of a spreadsheet.
- Files: UTF-8 with or without a byte order mark, GB18030/GBK; comma, semicolon or tab; full-width digits and blanks are read as plain ones.
"""
REFUSED = """## Columns that are refused · 拒收的列

There is no column for views, beliefs, religion, party, ethnicity, health, family, identity numbers, phone, e-mail, address, or any score or
remark about a person; a column that looks like one by its header, in Chinese or English, or by what is in it, is refused by name and
never read into memory. [Protection of people](protection.md) says why. 涉及个人的列(观点、宗教、党派、民族、健康、家庭、证件号、电话、邮箱、
住址、对个人的评分或评语)一律拒收。
"""
CHECK = """## What `check` says · 检查

`tiaokuai check DATA` lists every problem of the whole data set at once, with file, row (as a spreadsheet counts, the header is row 1), column
and value. Errors refuse the data (`--skip-invalid` goes on without the rows at fault); warnings are odd but have a meaning.
"""
TEMPLATE = """## Components of the template · 模式要素

For *adoptions*: the id, the Chinese or the English name. Those marked * follow from the records and are never entered.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for record in RECORDS:
        parts.append("\n".join(_table(record)))
    parts += [TEMPLATE, "\n".join(_components()), REFUSED, CHECK, "\n".join(_problems())]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _table(record: type[Record]) -> Iterator[str]:
    english, chinese = record.about
    needed = " (required · 必需)" if record.required else ""
    yield f"## {record.table} · {record.zh}{needed} {{ #{record.table} }}\n"
    yield f"{english}. {chinese}。\n"
    yield "| column | 列名 | type | meaning | 含义 | also read as · 也可写作 |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for column in columns(record.table):
        name = f"**{column.name}**" if column.required else column.name
        also = ", ".join(_plain(alias) for alias in column.aliases)
        yield f"| {name} | {column.zh} | {_kind(column)} | {_plain(column.about)} | {_plain(column.about_zh)} | {also} |"


def _kind(column: Column) -> str:
    if column.ref:
        return f"id of [{column.ref}](#{column.ref})"
    if column.choices:
        return "<br>".join(f"`{word}` {'、'.join(others)}" for word, others in column.choices.items())
    return column.type


def _components() -> Iterator[str]:
    template = Template.default()
    yield "| group | id | 中文 | English |"
    yield "| --- | --- | --- | --- |"
    titles = {group.id: f"{group.en} · {group.zh}" for group in template.groups}
    for part in template.components:
        mark = " *" if part.id in DERIVED else ""
        yield f"| {titles[part.group]} | `{part.id}`{mark} | {part.zh} | {part.en} |"


def _problems() -> Iterator[str]:
    yield "| code | severity | what it says | 说明 |"
    yield "| --- | --- | --- | --- |"
    for code, (severity, english, chinese) in CODES.items():
        yield f"| `{code}` | {severity} | {_plain(_named(english))} | {_plain(_named(chinese))} |"


def _named(text: str) -> str:
    return text.replace("{suggestion}", "").replace("!r}", "}")


def _plain(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("{", "‹").replace("}", "›")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
