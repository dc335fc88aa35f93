"""The workbook to fill in: a sheet a table, made from the data dictionary (graph.records)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiaokuai.files.spreadsheet import put_text, save_book
from tiaokuai.graph import Template
from tiaokuai.graph.records import RECORDS, Column, Record, columns

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

# A row whose first cell begins so is an example: readers of workbooks pass over it.
EXAMPLE = {"zh": "例：", "en": "e.g. "}
GUIDE = {"zh": "说明", "en": "guide"}
LISTS = {"zh": "选项", "en": "choices"}
ROWS = 10_000  # rows that have drop-downs and formats

_EXAMPLES: dict[str, dict[str, Any]] = {
    "districts": {"id": "D01", "name": ("东湾片区", "East Bay"), "parent": None},
    "blocks": {
        "id": "B01",
        "district": "D01",
        "name": ("东湾工业区", "East Bay Works"),
        "kind": "pilot",
        "lon": 121.2,
        "lat": 30.9,
    },
    "enterprises": {
        "id": "E001",
        "block": "B01",
        "name": ("华瑞电子", "Hua Rui Electronics"),
        "staff": 24,
        "ownership": "foreign",
        "sector": ("电子信息", "electronics"),
        "since": "2015-04-01",
        "until": None,
    },
    "associations": {
        "id": "A01",
        "block": "B01",
        "name": ("东湾联谊会", "East Bay Association"),
        "kind": "association",
        "since": "2020-03-01",
        "until": None,
    },
    "enrolments": {"enterprise": "E001", "association": "A01", "since": "2020-06-01", "until": None},
    "members": {
        "id": "M001",
        "enterprise": "E001",
        "association": "A01",
        "since": "2020-06-01",
        "until": None,
        "consent": "2020-05-20",
    },
    "backbones": {"member": "M001", "since": "2020-09-01", "until": None, "capacity": 10},
    "adoptions": {"block": "B01", "component": "training", "since": "2020-04-01", "until": None},
    "replications": {"source": "B01", "target": "B02", "since": "2022-05-01"},
    "links": {"a": "B01", "b": "B02", "weight": 1},
    "counts": {"enterprise": "E001", "since": "2020-09-01", "members": 12, "lines": 2, "capacity": None},
}


def write_blank(path: str | Path, lang: str = "en", template: Template | None = None) -> None:
    """Writes the workbook to fill in; sheets, headings, explanations and drop-downs in ``lang``, ``zh`` or ``en``.

    Every sheet has the headings in row 1, frozen and explained by a note, and an example in row 2 that readers pass
    over. A first sheet explains every column.

    Raises OSError where ``path`` must not be written.
    """
    from openpyxl import Workbook

    book = Workbook()
    _guide(book.active, lang)
    _lists(book, lang, template or Template.default())
    for record in RECORDS:
        _table(book, record, lang)
    book.move_sheet(LISTS[lang], len(RECORDS))
    book[LISTS[lang]].sheet_state = "hidden"
    save_book(book, path)


def sheet_name(record: type[Record], lang: str) -> str:
    """Title of a table's sheet."""
    return record.zh if lang == "zh" else record.table


def heading(column: Column, lang: str) -> str:
    """Heading of a column."""
    return column.zh if lang == "zh" else column.name


def _say(lang: str, zh: str, en: str) -> str:
    return zh if lang == "zh" else en


def _guide(sheet: Any, lang: str) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.title = GUIDE[lang]
    for zh, en in (
        ("怎么填", "How to fill this in"),
        (
            "每张表一页。必填的只有 片区、区块、企业 三页；其余没有就留空。",
            "A sheet a table. Only districts, blocks and enterprises are needed; the others may stay empty.",
        ),
        (
            f"每页第 2 行是例子（以“{EXAMPLE['zh']}”开头），读取时略过，可以删掉。",
            f"Row 2 of every sheet is an example (“{EXAMPLE['en'].strip()}”); it is not read and may be deleted.",
        ),
        (
            "不要填写姓名、证件号、电话、评价：会员只用编号，且须本人同意。",
            "No names, identity or phone numbers, no ratings of people: members are ids only, and have consented.",
        ),
        ("填好后：tiaokuai check 文件.xlsx", "When it is filled in: tiaokuai check FILE.xlsx"),
    ):
        sheet.append([_say(lang, zh, en)])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([])
    titles = (("表", "sheet"), ("列", "column"), ("必填", "needed"), ("填什么", "what it holds"))
    sheet.append([_say(lang, *title) for title in titles])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for record in RECORDS:
        sheet.append([sheet_name(record, lang), "", "", _say(lang, record.about[1], record.about[0])])
        sheet.cell(sheet.max_row, 1).font = Font(bold=True)
        for column in columns(record.table):
            needed = _say(lang, "是", "yes") if column.required else ""
            sheet.append(["", heading(column, lang), needed, explanation(column, lang)])
    for letter, width in zip("ABCD", (18, 18, 8, 90), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=7, min_col=4, max_col=4):
        row[0].alignment = Alignment(wrap_text=True, vertical="top")


def explanation(column: Column, lang: str) -> str:
    """What a column holds, with the words or the sheet it takes its values from."""
    text = _say(lang, column.about_zh, column.about)
    if column.ref:
        record = next(record for record in RECORDS if record.table == column.ref)
        text += _say(lang, f"（见“{record.zh}”页）", f" (a row of the sheet {record.table})")
    if column.type == "date":
        text += _say(lang, "，如 2024-03-01", ", such as 2024-03-01")
    return text


def _words(column: Column, lang: str) -> list[str]:
    return [others[0] if lang == "zh" else word for word, others in (column.choices or {}).items()]


def _lists(book: Workbook, lang: str, template: Template) -> None:
    """The hidden sheet that the drop-down of the components reads: 50 words are too long for a cell's own list."""
    sheet = book.create_sheet(LISTS[lang])
    for at, component in enumerate(template.components, start=1):
        put_text(sheet.cell(at, 1), component.zh if lang == "zh" else component.id)


def _table(book: Workbook, record: type[Record], lang: str) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(sheet_name(record, lang))
    sheet.freeze_panes = "A2"
    sheet.sheet_properties.tabColor = "1F5A94" if record.required else "A6B8CC"
    for at, column in enumerate(columns(record.table), start=1):
        head = sheet.cell(1, at, heading(column, lang))
        head.font = Font(bold=True, color="FFFFFF")
        head.fill = PatternFill("solid", fgColor="1F5A94" if column.required else "5B7FA6")
        head.alignment = Alignment(horizontal="left")
        needed = _say(lang, "（必填）", " (needed)") if column.required else ""
        head.comment = Comment(explanation(column, lang) + needed, "tiaokuai", width=320, height=110)
        example = sheet.cell(2, at, _example(record.table, column, lang, first=at == 1))
        example.font = Font(italic=True, color="7F7F7F")
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = 18
        _format(sheet, letter, column)
        _drop_down(book, sheet, letter, column, lang)


def _example(table: str, column: Column, lang: str, *, first: bool) -> Any:
    value = _EXAMPLES[table][column.name]
    if isinstance(value, tuple):
        value = _say(lang, *value)
    if column.choices and value in column.choices:
        value = column.choices[value][0] if lang == "zh" else value
    if column.type == "component" and lang == "zh":
        value = next(part.zh for part in Template.default().components if part.id == value)
    return f"{EXAMPLE[lang]}{value}" if first else value


def _format(sheet: Worksheet, letter: str, column: Column) -> None:
    # Ids are text, so that 007 stays 007; a format of the whole column costs nothing however many rows there are.
    formats = {"date": "yyyy-mm-dd", "count": "0", "number": "General"}
    sheet.column_dimensions[letter].number_format = formats.get(column.type, "@")


def _drop_down(book: Workbook, sheet: Worksheet, letter: str, column: Column, lang: str) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    rule: dict[str, Any]
    if column.choices:
        rule = {"type": "list", "formula1": '"' + ",".join(_words(column, lang)) + '"'}
    elif column.type == "component":
        rule = {"type": "list", "formula1": f"='{LISTS[lang]}'!$A$1:$A${book[LISTS[lang]].max_row}"}
    elif column.ref:
        record = next(record for record in RECORDS if record.table == column.ref)
        rule = {"type": "list", "formula1": f"='{sheet_name(record, lang)}'!$A$2:$A${ROWS}"}
    elif column.type == "count":
        rule = {"type": "whole", "operator": "greaterThanOrEqual", "formula1": "0"}
    else:
        return
    # A warning, not a stop: a drop-down must not refuse what check would accept or explain better.
    made = DataValidation(allow_blank=True, errorStyle="warning", showErrorMessage=True, **rule)
    made.add(f"{letter}2:{letter}{ROWS}")
    sheet.add_data_validation(made)


def is_example(cells: Sequence[Any]) -> bool:
    """Whether a row of a workbook is the example that :func:`write_blank` put there.

    >>> is_example(["e.g. E001", "B01"]), is_example(["E001", "e.g. B01"]), is_example([])
    (True, False, False)
    """
    first = str(cells[0]) if cells and cells[0] is not None else ""
    return first.startswith(tuple(EXAMPLE.values()))
