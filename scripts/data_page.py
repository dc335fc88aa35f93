"""Writes docs/data.md, the data dictionary, from the records and the list of problems; `make docs` runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tiaokuai.graph.problems import CODES
from tiaokuai.graph.records import RECORDS, Column, Record, columns
from tiaokuai.graph.template import DERIVED, Template

PAGE = Path(__file__).resolve().parent.parent / "docs" / "data.md"
WORDS = Path(__file__).with_suffix(".md")


def page() -> str:
    """The whole page: the words of data_page.md around what the code says."""
    tables = "\n\n".join("\n".join(_table(record)) for record in RECORDS)
    whole = WORDS.read_text(encoding="utf-8")
    for mark, made in (("TABLES", tables), ("COMPONENTS", _lines(_components())), ("PROBLEMS", _lines(_problems()))):
        whole = whole.replace(f"\n{mark}\n", f"\n{made}\n")
    return whole


def _lines(lines: Iterator[str]) -> str:
    return "\n".join(lines)


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
        meaning = f"{_plain(column.about)} | {_plain(column.about_zh)}"
        yield f"| {name} | {column.zh} | {_kind(column)} | {meaning} | {also} |"


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
