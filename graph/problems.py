"""What can be wrong with a data set: codes, severities and their wording in Chinese and English.

A :class:`Problem` carries data (table, file, row, column, value, details) and is worded late, so that one check
serves people in two languages and programs alike. Errors are what cannot be read or must not be; warnings are
odd but have a meaning (contracts.md, ``check``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tiaokuai.graph.naming import column_name, table_name

ERROR, WARNING = "error", "warning"

# code: (severity, English, Chinese). Braces are filled from the problem's details; {value} is the cell.
CODES: dict[str, tuple[str, str, str]] = {
    # what cannot be read
    "unreadable": (ERROR, "cannot be read: {reason}", "无法读取：{reason}"),
    "missing_table": (ERROR, "the table {table} is missing; it is required", "缺少必需的表：{table}"),
    "missing_column": (ERROR, "the column {column} is missing; it is required", "缺少必需的列：{column}"),
    "repeated_column": (
        ERROR,
        "two columns are both {column} ({first} and {value})",
        "两列都是{column}（{first} 与 {value}）",
    ),
    "ragged_row": (
        ERROR,
        "{found} cells where the header has {expected}",
        "有 {found} 个单元格，表头只有 {expected} 个",
    ),
    "missing_value": (ERROR, "is empty; it is required", "为空，此项必填"),
    "not_a_date": (
        ERROR,
        "{value!r} is not a date; write it as 2024-03-01",
        "“{value}”不是日期，请写成 2024-03-01",
    ),
    "not_an_integer": (ERROR, "{value!r} is not a whole number", "“{value}”不是整数"),
    "not_a_number": (ERROR, "{value!r} is not a number", "“{value}”不是数字"),
    "out_of_range": (ERROR, "{value!r} is outside {low} to {high}", "“{value}”超出 {low} 至 {high} 的范围"),
    "unknown_value": (ERROR, "{value!r} is not one of {allowed}", "“{value}”不在可选值之内：{allowed}"),
    "too_long": (
        ERROR,
        "is {length} characters long; at most {longest}",
        "长 {length} 个字符，最多 {longest} 个",
    ),
    "bad_text": (ERROR, "has a line break or control character in it", "含有换行或控制字符"),
    "ambiguous_number": (
        ERROR,
        "{value!r} may be {one} or {other}; write it without a separator",
        "“{value}”可能是 {one}，也可能是 {other}；请不用分隔符书写",
    ),
    "says_nothing": (
        ERROR,
        "{value!r} does not say what is meant; write a value or leave the cell empty",
        "“{value}”含义不明，请填写数值，或留空",
    ),
    "formula_without_result": (
        ERROR,
        "the cell has a formula and no result ({value}); open the file in a spreadsheet and save it",
        "单元格有公式而没有结果（{value}），请用表格软件打开后保存",
    ),
    "swapped_coordinates": (
        ERROR,
        "{value!r} is no {column}; are longitude and latitude swapped?",
        "“{value}”不是{column}，经度与纬度是否对调了？",
    ),
    "formula_error": (ERROR, "the cell shows the formula error {value}", "单元格是公式错误 {value}"),
    # what must not be
    "refused_column": (
        ERROR,
        "the column {value!r} would profile people ({reason}); it was not read. Delete it from the file",
        "列“{value}”涉及个人（{reason}），未读取，请从文件中删除",
    ),
    "duplicate_id": (ERROR, "{value!r} is there already, in row {first}", "“{value}”与第 {first} 行重复"),
    "duplicate_row": (ERROR, "says the same as row {first} ({key})", "与第 {first} 行重复（{key}）"),
    "unknown_reference": (
        ERROR,
        "{value!r} is not an id of {ref}{suggestion}",
        "“{value}”不在{ref}的编号中{suggestion}",
    ),
    "until_not_after_since": (
        ERROR,
        "{value} is not after since, {other}",
        "结束日期 {value} 不晚于起始日期 {other}",
    ),
    "consent_missing": (
        ERROR,
        "a member without a date of consent must not be recorded",
        "没有同意日期的会员不得登记",
    ),
    "consent_after_since": (
        ERROR,
        "consent on {value} is later than since, {other}",
        "同意日期 {value} 晚于入会日期 {other}",
    ),
    "replicates_itself": (ERROR, "block {value!r} cannot be its own source", "区块“{value}”不能复制自己"),
    "replication_cycle": (ERROR, "the replications run in a circle: {cycle}", "复制关系成环：{cycle}"),
    "district_cycle": (
        ERROR,
        "the districts are parts of one another in a circle: {cycle}",
        "片区上下级成环：{cycle}",
    ),
    "unknown_component": (
        ERROR,
        "{value!r} is not a component of the template{suggestion}",
        "“{value}”不是模式的要素{suggestion}",
    ),
    "lookalike_reference": (
        ERROR,
        "{value!r} looks like {other!r} of {ref} but has other letters in it ({letters}); type it again",
        "“{value}”与{ref}的“{other}”看似相同，但其中有别的字符（{letters}），请重新输入",
    ),
    "derived_component": (
        ERROR,
        "{value!r} follows from the records (associations, backbones) and is never entered",
        "“{value}”由联谊会、骨干记录推得，不必登记",
    ),
    "fewer_members_than_lines": (
        ERROR,
        "{value} members with {lines} lines: who carries a line is a member too, so count at least as many members",
        "会员 {value} 名，却有 {lines} 条线：骨干也是会员，会员数不应少于线数",
    ),
    "bad_release": (
        ERROR,
        "is not the note of a release ({value}); export the release again",
        "不是公布版的说明（{value}），请重新导出公布版",
    ),
    "persons_in_release": (
        ERROR,
        "holds persons, and a release has none; delete the table, or the release's note if this is the data",
        "含有个人记录，而公布版中不应有个人；请删除此表，若这是原始数据，请删除公布版的说明",
    ),
    "more_errors": (
        ERROR,
        "{count} more errors are not listed; the first {listed} problems are",
        "另有 {count} 处错误未列出，只列出前 {listed} 处问题",
    ),
    # what is odd but has a meaning
    "more_warnings": (
        WARNING,
        "{count} more warnings are not listed; the first {listed} problems are",
        "另有 {count} 处警告未列出，只列出前 {listed} 处问题",
    ),
    "unknown_column": (
        WARNING,
        "the column {value!r} is not known and was left out{suggestion}",
        "未知列“{value}”，未读取{suggestion}",
    ),
    "unknown_table": (
        WARNING,
        "the table {value!r} is not known and was left out{suggestion}",
        "未知的表“{value}”，未读取{suggestion}",
    ),
    "empty_table": (WARNING, "has a header and no rows", "只有表头，没有数据"),
    "headings_below": (
        WARNING,
        "the headings are in row {row}; what stands above them was not read",
        "表头在第 {row} 行，其上的内容未读取",
    ),
    "hidden_sheet": (WARNING, "the sheet {value!r} is hidden and was read too", "工作表“{value}”是隐藏的，也已读取"),
    "hidden_rows": (
        WARNING,
        "hidden rows were read too: {count} ({value})",
        "有 {count} 行是隐藏的，也已读取（{value}）",
    ),
    "merged_cells": (
        WARNING,
        "merged cells that reach over several rows: {count}; each of their rows was read with the value",
        "有 {count} 处跨行合并的单元格，其每一行都按该值读取",
    ),
    "spreadsheet_beside": (
        WARNING,
        "{value} is a spreadsheet in a folder of tables and was not read; save it as CSV",
        "文件夹里的 {value} 是工作簿，未读取；请另存为 CSV",
    ),
    "day_numbers": (
        WARNING,
        "days as a spreadsheet's numbers: {count}; {value} was read as {day}",
        "有 {count} 个单元格是表格软件的日期序号，如 {value} 按 {day} 读取",
    ),
    "spoilt_id": (
        WARNING,
        "ids that look like what a spreadsheet makes of others: {count}, such as {value!r}; format the column as text",
        "有 {count} 个编号像是被表格软件改成了日期或科学计数（如“{value}”），请把该列设为文本格式",
    ),
    "lookalike_id": (
        WARNING,
        "{value!r} looks like {other!r} in row {first} but has other letters in it ({letters})",
        "“{value}”与第 {first} 行的“{other}”看似相同，但其中有别的字符（{letters}）",
    ),
    "far_from_others": (
        WARNING,
        "longitude and latitude seem to be swapped ({value}, {other}): the other way round it lies among the others",
        "经度与纬度似乎对调了（{value}，{other}）：对调后才与其他区块相邻",
    ),
    "guessed_encoding": (
        WARNING,
        "was read as {encoding}; too short to be sure",
        "按 {encoding} 读取，内容太短，请核对",
    ),
    "past_retention": (
        WARNING,
        "{count} members left more than {years} years ago ({value}); tiaokuai erase DATA --expired keeps only counts",
        "{count} 名会员离会已超过 {years} 年（{value}）；用 tiaokuai erase 数据 --expired 只留计数",
    ),
    "more_members_than_staff": (
        WARNING,
        "has {members} members at a time on a staff of {value}",
        "人数 {value}，同时在册会员却有 {members} 名",
    ),
    "more_lines_than_staff": (
        WARNING,
        "has {lines} lines at a time on a staff of {value}",
        "人数 {value}，同时却有 {lines} 条线",
    ),
    "backbone_outside_membership": (
        WARNING,
        "the role ({value} to {until}) reaches outside the membership ({since} to {end}); it counts only inside",
        "骨干任期（{value} 至 {until}）超出会籍（{since} 至 {end}），只计会籍内的部分",
    ),
    "overlapping_lines": (
        WARNING,
        "the member holds another line at the same time, in row {first}; both count",
        "该会员同时另有一条线（第 {first} 行），两条都计",
    ),
    "member_before_association": (
        WARNING,
        "{value} is before the association began, {other}",
        "入会日期 {value} 早于联谊会成立 {other}",
    ),
    "member_before_enterprise": (
        WARNING,
        "{value} is before the enterprise began, {other}",
        "入会日期 {value} 早于企业成立 {other}",
    ),
    "count_before_enterprise": (
        WARNING,
        "{value} is before the enterprise began, {other}; it counts from then on",
        "统计日期 {value} 早于企业成立 {other}，从成立之日起计",
    ),
    "capacity_as_before": (
        WARNING,
        "is empty while the lines changed: the capacity counted before, {capacity}, still holds",
        "线数变了而容量为空：仍按此前的容量 {capacity} 计",
    ),
    "enrolment_before_association": (
        WARNING,
        "{value} is before the association began, {other}",
        "入会日期 {value} 早于联谊会成立 {other}",
    ),
    "enrolment_before_enterprise": (
        WARNING,
        "{value} is before the enterprise began, {other}",
        "入会日期 {value} 早于企业成立 {other}",
    ),
    "replication_before_source": (
        WARNING,
        "{value} is before the source block was founded, {other}",
        "复制日期 {value} 早于来源区块建立 {other}",
    ),
    "founded_without_source": (
        WARNING,
        "block {value!r} is founded and no source is recorded",
        "区块“{value}”已建立，但未登记来源",
    ),
    "link_to_itself": (
        WARNING,
        "links {value!r} with itself; it has no effect",
        "“{value}”与自身相连，不起作用",
    ),
    "link_repeated": (
        WARNING,
        "the link is there already, in row {first}; the stronger one counts",
        "该联系已在第 {first} 行，取较强者",
    ),
}


@dataclass(frozen=True)
class Words:
    """A detail of a problem that is itself wording."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong or odd, with where: ``row`` as a spreadsheet counts, the header being row 1.

    >>> problem = Problem("not_a_date", "members", "members.csv", 3, "since", "soon")
    >>> problem.severity, problem.message("en")
    ('error', "'soon' is not a date; write it as 2024-03-01")
    """

    code: str
    table: str | None = None
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> str:
        """``error`` or ``warning``."""
        return CODES[self.code][0]

    def message(self, lang: str = "en") -> str:
        """What is wrong, in plain words."""
        words = {
            "value": shorten(self.value),
            "row": self.row,
            "table": self.table and table_name(self.table, lang),
            "column": self.column and column_name(self.table, self.column, lang),
        }
        details = {key: _say(key, item, lang) for key, item in self.about.items()}
        return CODES[self.code][2 if lang == "zh" else 1].format(**{**words, **details})

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """In the shape of contracts.md (``check``)."""
        return {
            "severity": self.severity,
            "code": self.code,
            "table": self.table,
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "value": shorten(self.value),
            "message": self.message(lang),
        }


class InvalidData(ValueError):
    """A data set with errors; ``problems`` holds all of them.

    >>> from tiaokuai.graph.problems import InvalidData
    >>> str(InvalidData([]))
    '0 errors in the data'
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{sum(p.severity == ERROR for p in problems)} errors in the data")
        self.problems = problems


def shorten(value: str | None, longest: int = 80) -> str | None:
    """A cell short enough to print, however long it is."""
    if value is None or len(value) <= longest:
        return value
    return value[: longest - 1] + "…"


def _say(key: str, item: Any, lang: str) -> Any:
    # The nearest right name is data; the question around it is wording.
    if key == "suggestion":
        return (f"；是否“{item}”？" if lang == "zh" else f"; did you mean {item!r}?") if item else ""
    if key == "ref" and isinstance(item, str):
        return table_name(item, lang)
    if isinstance(item, Words):
        return item.zh if lang == "zh" else item.en
    if isinstance(item, list | tuple | set | frozenset):
        return ("、" if lang == "zh" else ", ").join(str(part) for part in item)
    return item
