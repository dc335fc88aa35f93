"""Spreadsheets as offices keep them, of every kind: read as shown, or refused in words that say what they are."""

from __future__ import annotations

import struct
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlwt

from tests.command import tiaokuai
from tests.data_sets import codes, found, lay_out
from tests.spreadsheets import cell_of, ods, record, row_of, text_of, xlsb, xlsx
from tiaokuai.loaders import read
from tiaokuai.loaders.quick_workbook import Quick

HEAD = '<row r="1">{A1=id}{B1=block}{C1=staff}{D1=since}</row>'
ROW = '<row r="2">{A2=E1}{B2=B1}'


@pytest.mark.parametrize("number", [*range(14, 18), *range(27, 32), 36, *range(50, 55), 57, 58, *range(71, 75), 81])
def test_days_in_formats_that_a_local_excel_builds_in_are_days(number: int, tmp_path: Path) -> None:
    rows = HEAD + ROW + '<c r="C2"><v>12</v></c><c r="D2" s="1"><v>45352</v></c></row>'
    path = xlsx(tmp_path / "a.xlsx", rows, styles=[number])
    assert found(path) == []
    assert read(path)["enterprises"].select("staff", "since").rows() == [(12, date(2024, 3, 1))]


@pytest.mark.parametrize(
    "code", ['yyyy"年"m"月"d"日"', "[$-804]yyyy/m/d", "[DBNum1][$-804]yyyy年m月d日;@", "[$-411]ge.m.d", "d.m.yyyy"]
)
@pytest.mark.parametrize("number", [31, 176])
def test_days_in_formats_that_are_written_out_are_days(number: int, code: str, tmp_path: Path) -> None:
    quoted = code.replace('"', "&quot;")
    formats = f'<numFmts><numFmt numFmtId="{number}" formatCode="{quoted}"/></numFmts>'
    rows = HEAD + ROW + '<c r="D2" s="1"><v>45352</v></c></row>'
    path = xlsx(tmp_path / "a.xlsx", rows, styles=[number], formats=formats)
    assert read(path)["enterprises"]["since"].to_list() == [date(2024, 3, 1)]


def test_a_local_number_that_the_file_writes_out_as_no_day_is_none(tmp_path: Path) -> None:
    formats = '<numFmts><numFmt numFmtId="31" formatCode="0&quot;人&quot;"/></numFmts>'
    path = xlsx(
        tmp_path / "a.xlsx", HEAD + ROW + '<c r="C2" s="1"><v>45352</v></c></row>', styles=[31], formats=formats
    )
    assert read(path)["enterprises"]["staff"].to_list() == [45352]


def test_days_counted_from_1904_are_those_days(tmp_path: Path) -> None:
    rows = HEAD + ROW + '<c r="D2" s="1"><v>43890</v></c></row>'
    path = xlsx(tmp_path / "a.xlsx", rows, styles=[58], book='<workbookPr date1904="1"/>')
    assert read(path)["enterprises"]["since"].to_list() == [date(2024, 3, 1)]


@pytest.mark.parametrize(
    "cell",
    [
        "<f>5+7</f>",
        "<f>5+7</f><v/>",
        "<f>5+7</f><v></v>",
        "<f>5+7</f>\n<v />",
        '<f t="shared" si="0"/>',
        '<f t="array" ref="C2"> 5+7 </f><v></v>',
    ],
)
@pytest.mark.parametrize("kind", ["", ' t="n"', ' t="str"'])
def test_a_formula_without_a_result_is_an_error_at_its_cell(cell: str, kind: str, tmp_path: Path) -> None:
    if "str" in kind and "<v" in cell:
        cell = cell.partition("<v")[0]  # a text's result may well be empty
    path = xlsx(tmp_path / "a.xlsx", HEAD + ROW + f'<c r="C2"{kind}>{cell}</c></row>')
    assert codes(path) == [("formula_without_result", "enterprises", 2, "staff")]
    assert "open the file in a spreadsheet and save it" in found(path)[0].message("en")


def test_a_formula_with_a_result_is_its_result_and_an_empty_text_is_nothing(tmp_path: Path) -> None:
    rows = HEAD + ROW + '<c r="C2"><f>5+7</f><v>12</v></c><c r="D2" t="str"><f>""</f><v></v></c></row>'
    path = xlsx(tmp_path / "a.xlsx", rows)
    assert found(path) == []
    assert read(path)["enterprises"].select("staff", "since").rows() == [(12, None)]


def test_zero_is_no_result_where_the_program_that_wrote_it_calculates_nothing(tmp_path: Path) -> None:
    """As XlsxWriter and others do: 0 beside every formula, and a mark that all is to be calculated on opening."""
    rows = HEAD + ROW + '<c r="C2"><f>5+7</f><v>0</v></c></row>'
    assert found(xlsx(tmp_path / "a.xlsx", rows)) == []
    path = xlsx(tmp_path / "b.xlsx", rows, book='<calcPr fullCalcOnLoad="1"/>')
    assert codes(path) == [("formula_without_result", "enterprises", 2, "staff")]


MERGES = {
    "down": ("B2:B3", '<row r="2">{A2=E1}{B2=B1}</row><row r="3">{A3=E2}</row>', [("E1", "B1"), ("E2", "B1")]),
    "to the end of the sheet": (
        "B2:B1048576",
        '<row r="2">{A2=E1}{B2=B1}</row><row r="3">{A3=E2}</row>',
        [("E1", "B1"), ("E2", "B1")],
    ),
    "longer than the table": ("B2:B9", '<row r="2">{A2=E1}{B2=B1}</row><row r="9"/>', [("E1", "B1")]),
    "over a blank row": (
        "B2:B4",
        '<row r="2">{A2=E1}{B2=B1}</row><row r="4">{A4=E3}</row>',
        [("E1", "B1"), ("E3", "B1")],
    ),
    "two": (
        "B2:B3 B4:B5",
        '<row r="2">{A2=E1}{B2=B1}</row><row r="3">{A3=E2}</row><row r="4">{A4=E3}{B4=B1}</row>'
        '<row r="5">{A5=E4}</row>',
        [("E1", "B1"), ("E2", "B1"), ("E3", "B1"), ("E4", "B1")],
    ),
}


@pytest.mark.parametrize("odd", ["", '<c r="F2" t="b"><v>1</v></c>'], ids=["at once", "closely"])
@pytest.mark.parametrize("name", MERGES)
def test_every_cell_of_a_merge_has_its_value(name: str, odd: str, tmp_path: Path) -> None:
    areas, rows, expected = MERGES[name]
    after = "<mergeCells>" + "".join(f'<mergeCell ref="{area}"/>' for area in areas.split()) + "</mergeCells>"
    path = xlsx(tmp_path / "a.xlsx", HEAD + rows.replace("{B2=B1}", "{B2=B1}" + odd), after=after)
    assert (Quick(path).frame("enterprises") is None) == bool(odd)
    assert {problem.code for problem in found(path)} == {"merged_cells"}
    assert read(path)["enterprises"].select("id", "block").rows() == expected


@pytest.mark.parametrize("title", ["2026年东区企业名单", "企业", "Enterprises 2026"])
def test_headings_below_a_merged_title_are_found_and_said(title: str, tmp_path: Path) -> None:
    rows = '<row r="1">{A1=%s}</row><row r="3">{A3=id}{B3=block}{C3=staff}</row><row r="4">{A4=E1}{B4=B1}{C4=x}</row>'
    after = '<mergeCells><mergeCell ref="A1:C1"/></mergeCells>'
    path = xlsx(tmp_path / "a.xlsx", rows % title, after=after)
    assert [(problem.code, problem.row) for problem in found(path)] == [("headings_below", 3), ("not_an_integer", 4)]
    assert "the headings are in row 3" in found(path)[0].message("en")


def test_headings_in_two_rows_are_joined(tmp_path: Path) -> None:
    rows = (
        '<row r="1">{A1=编号}{B1=区块}{D1=期间}</row><row r="2">{B2=编号}{C2=名称}{D2=成立日期}{E2=关闭日期}</row>'
        '<row r="3">{A3=E1}{B3=B1}{C3=Works}{D3=2020-01-01}{E3=2021-01-01}</row>'
    )
    areas = ("A1:A2", "B1:C1", "D1:E1")
    after = "<mergeCells>" + "".join(f'<mergeCell ref="{area}"/>' for area in areas) + "</mergeCells>"
    path = xlsx(tmp_path / "a.xlsx", rows, after=after)
    assert read(path)["enterprises"].select("id", "block", "name", "since", "until").rows() == [
        ("E1", "B1", None, date(2020, 1, 1), date(2021, 1, 1))
    ]
    assert codes(path) == [
        ("unknown_column", "enterprises", None, "区块 名称")
    ]  # a block's name is not an enterprise's


@pytest.mark.parametrize("odd", ["", '<c r="F2" t="b"><v>1</v></c>'], ids=["at once", "closely"])
def test_hidden_rows_and_sheets_are_read_and_said(odd: str, tmp_path: Path) -> None:
    rows = (
        HEAD + ROW + odd + '</row><row r="3" hidden="1">{A3=E2}{B3=B1}</row><row r="4" hidden="1">{A4=E3}{B4=B1}</row>'
    )
    path = xlsx(tmp_path / "a.xlsx", rows, state=' state="veryHidden"')
    assert [(p.code, p.value) for p in found(path)] == [("hidden_sheet", "enterprises"), ("hidden_rows", "3, 4")]
    assert read(path)["enterprises"]["id"].to_list() == ["E1", "E2", "E3"]


STRICT = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        "http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}


@pytest.mark.parametrize(
    "cells",
    [
        '<c r="C2"><v>12</v></c><c r="D2" s="1"><v>45352</v></c>',
        '<c r="C2"><v>12</v></c><c r="D2" t="d"><v>2024-03-01T00:00:00</v></c>',
        '<c r="C2"><v>12</v></c><c r="D2" s="1"><v>45352</v></c><c r="F2" t="e"><v>#N/A</v></c>',
    ],
    ids=["numbers", "ISO days", "an error beside"],
)
def test_strict_open_xml_is_read(cells: str, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", HEAD + ROW + cells + "</row>", styles=[14], changed=STRICT)
    assert read(path)["enterprises"].select("staff", "since").rows() == [(12, date(2024, 3, 1))]


ODD_PARTS = {
    "styles that openpyxl refuses": {
        "changed": {"<cellXfs>": '<fonts><font><family val="99"/></font></fonts><cellXfs>'}
    },
    "names with backslashes": {"names": {"xl/worksheets/sheet3.xml": "xl\\worksheets\\sheet3.xml"}},
    "names in capitals": {"names": {"xl/worksheets/sheet3.xml": "XL/Worksheets/Sheet3.xml"}},
    "a workbook of another name": {
        "names": {
            "xl/workbook.xml": "xl/workbook2.xml",
            "xl/_rels/workbook.xml.rels": "xl/_rels/workbook2.xml.rels",
        },
        "changed": {"xl/workbook.xml": "xl/workbook2.xml"},
    },
    "targets from the root": {"changed": {'Target="worksheets/': 'Target="/xl/worksheets/'}},
    "a prefix": {"changed": {"<row": "<x:row", "</row": "</x:row", "<sheetData": '<sheetData xmlns:x="x"'}},
}


@pytest.mark.parametrize("closely", [False, True], ids=["at once", "closely"])
@pytest.mark.parametrize("name", ODD_PARTS)
def test_what_is_odd_and_not_wanted_does_no_harm(name: str, closely: bool, tmp_path: Path) -> None:
    odd = '<c r="F2" t="b"><v>1</v></c>' if closely else ""
    path = xlsx(tmp_path / "a.xlsx", HEAD + ROW + '<c r="C2"><v>12</v></c>' + odd + "</row>", **ODD_PARTS[name])  # type: ignore[arg-type]
    assert read(path)["enterprises"].select("id", "staff").rows() == [("E1", 12)]


def ole(*names: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504 + b"".join(n.encode("utf-16-le") for n in names)


FOREIGN = {
    "locked": (ole("EncryptedPackage", "EncryptionInfo"), "it is protected by a password"),
    "web page": (b"<html><body><table><tr><td>id</td></tr></table></body></html>", "it is a web page"),
    "web page of Excel": (b'\xef\xbb\xbf<html xmlns:x="urn:schemas-microsoft-com:office:excel">', "it is a web page"),
    "web archive": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "it is a web page"),
    "XML 2003": (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "XML Spread"),
    "Word": (ole("WordDocument"), "it is a Word document"),
    "PDF": (b"%PDF-1.7", "it is a PDF"),
    "text": (b"id,block\nE1,B1\n", "it is text and no workbook"),
    "Excel 4": (b"\x09\x04\x06\x00\x00\x00\x10\x00", "an Excel before 1995"),
    "damaged .xls": (ole("Workbook"), "it is not an .xls workbook, or it is damaged"),
}


@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_spreadsheet_is_refused_saying_what_it_is(name: str, suffix: str, tmp_path: Path) -> None:
    content, said = FOREIGN[name]
    (tmp_path / f"a{suffix}").write_bytes(content)
    (problem,) = found(tmp_path / f"a{suffix}")
    assert problem.code == "unreadable"
    assert said in problem.message("en")


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".ods", ".et"])
def test_spreadsheets_in_a_folder_of_tables_are_said(suffix: str, tmp_path: Path) -> None:
    data = lay_out(tmp_path)
    (data / f"report{suffix}").write_bytes(b"x")
    (data / f"blocks{suffix}").write_bytes(b"x")
    assert sorted((p.code, p.value) for p in found(data)) == [
        ("spreadsheet_beside", f"blocks{suffix}"),
        ("spreadsheet_beside", f"report{suffix}"),
    ]
    (data / "blocks.csv").unlink()
    assert ("unreadable", "blocks") in [(p.code, p.table) for p in found(data)]


def test_a_workbook_named_csv_is_said(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    data = lay_out(tmp_path / "data", {"blocks.csv": (tmp_path / "a.xlsx").read_bytes()})
    assert "it is not text but a workbook or an archive" in found(data)[0].message("en")


def test_ods_is_read_with_days_errors_merges_and_hidden_rows(tmp_path: Path) -> None:
    cell, text = "<table:table-cell", "<text:p>{}</text:p></table:table-cell>"
    ids = cell + ' office:value-type="string">' + text
    rows = (
        f'<table:table-row>{ids.format("E1")}{cell} table:number-rows-spanned="2" office:value-type="string">'
        f'{text.format("B1")}{cell} office:value-type="string"><office:annotation><text:p>note</text:p>'
        f'</office:annotation>{text.format("Works<text:s/>One")}{cell} office:value-type="float" office:value="12">'
        f'{text.format("12")}{cell} office:value-type="date" office:date-value="2024-03-01">{text.format("01/03/24")}'
        "</table:table-row>"
        f'<table:table-row table:visibility="filter">{ids.format("E2")}<table:covered-table-cell/>{cell}/>'
        f'{cell} table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error">'
        f"{text.format('#DIV/0!')}</table:table-row>"
        f'<table:table-row>{ids.format("E3")}{ids.format("B1")}{cell}/>{cell} table:formula="of:=1+1"/>'
        "</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/>'
        "</table:table-row>"
    )
    path = ods(tmp_path / "a.ods", rows, display="false")
    assert [(p.code, p.row, p.value) for p in found(path)] == [
        ("hidden_sheet", None, "enterprises"),
        ("hidden_rows", None, "3"),
        ("merged_cells", 2, None),
        ("formula_error", 3, "#DIV/0!"),
        ("formula_without_result", 4, "#NO RESULT! =1+1"),
    ]
    whole = read(path, skip_invalid=True)["enterprises"].select("id", "block", "name", "staff", "since").rows()
    assert whole == [("E1", "B1", "Works One", 12, date(2024, 3, 1))]


def test_xlsb_is_read_with_days_errors_merges_and_hidden_rows(tmp_path: Path) -> None:
    heads = b"".join(text_of(at, name) for at, name in enumerate(("id", "block", "staff", "since")))
    number = struct.pack("<d", 45352.0)
    rows = (
        row_of(0)
        + heads
        + row_of(1)
        + text_of(0, "E1")
        + text_of(1, "B1")
        + cell_of(2, 2, struct.pack("<I", 12 << 2 | 2))
        + cell_of(5, 3, number, style=1)
        + row_of(2, hidden=True)
        + text_of(0, "E2")
        + cell_of(2, 2, struct.pack("<I", 2500 << 2 | 3))
        + cell_of(9, 3, number, style=2)
        + row_of(3)
        + text_of(0, "E3")
        + cell_of(3, 2, b"\x07")
        + record(176, struct.pack("<IIII", 1, 3, 1, 1))
    )
    path = xlsb(tmp_path / "a.xlsb", rows)
    assert [(p.code, p.row, p.value) for p in found(path)] == [
        ("hidden_rows", None, "3"),
        ("merged_cells", 2, None),
        ("formula_error", 4, "#DIV/0!"),
    ]
    assert read(path, skip_invalid=True)["enterprises"].select("id", "block", "staff", "since").rows() == [
        ("E1", "B1", 12, date(2024, 3, 1)),
        ("E2", "B1", 25, date(2024, 3, 1)),
    ]


@pytest.mark.parametrize("name", ["a.xls", "a.et", "a.xlsx"])
def test_xls_is_read_with_days_errors_merges_and_hidden_rows_whatever_it_is_named(name: str, tmp_path: Path) -> None:
    book = xlwt.Workbook()
    for title, rows in {"districts": [["id"], ["D1"]], "blocks": [["id", "district"], ["B1", "D1"]]}.items():
        sheet = book.add_sheet(title)
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                sheet.write(row, column, value)
    sheet = book.add_sheet("企业")
    for column, heading in enumerate(["编号", "区块", "人数", "成立日期"]):
        sheet.write(0, column, heading)
    day = xlwt.easyxf(num_format_str="yyyy/m/d")
    for row, (staff, opened) in enumerate([(12, 45352), (25, 45353), (None, None)], start=1):
        sheet.write(row, 0, f"E{row}")
        if staff:
            sheet.write(row, 2, staff)
            sheet.write(row, 3, opened, day)
    sheet.write_merge(1, 3, 1, 1, "B1")
    sheet.row(3).set_cell_error(2, 7)
    sheet.row(2).hidden = True
    book.save(str(tmp_path / "made"))
    path = (tmp_path / "made").rename(tmp_path / name)
    assert [(p.code, p.row, p.value) for p in found(path)] == [
        ("hidden_rows", None, "3"),
        ("merged_cells", 2, None),
        ("formula_error", 4, "#DIV/0!"),
    ]
    assert read(path, skip_invalid=True)["enterprises"].select("id", "block", "staff", "since").rows() == [
        ("E1", "B1", 12, date(2024, 3, 1)),
        ("E2", "B1", 25, date(2024, 3, 2)),
    ]


@pytest.mark.parametrize("length", [0, 40, 200])
def test_a_spreadsheet_cut_off_is_damaged(length: int, tmp_path: Path) -> None:
    heads = b"".join(text_of(at, name) for at, name in enumerate(("id", "block")))
    path = xlsb(tmp_path / "a.xlsb", (row_of(0) + heads)[: -1 - length // 40])
    assert "unreadable" in {problem.code for problem in found(path)}


@pytest.mark.parametrize("kind", ["a.ods", "a.xlsb"])
def test_what_is_read_and_not_written_is_not_rewritten(kind: str, tmp_path: Path) -> None:
    path = ods(tmp_path / kind, "") if kind == "a.ods" else xlsb(tmp_path / kind, row_of(0))
    before = path.read_bytes()
    outcome = tiaokuai("erase", path, "M1", "--lang", "en")
    assert outcome.code == 1
    assert "mistake" not in outcome.err
    assert path.read_bytes() == before
