"""What real spreadsheets save as text: encodings, separators, line ends, quotes, blanks; rows as they are shown."""

from __future__ import annotations

import csv
import io
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data_sets import codes, found, lay_out
from tiaokuai.loaders import read
from tiaokuai.loaders.sheet import Unreadable
from tiaokuai.loaders.text import read_text

CHINESE = """编号,所属区块,企业名称,人数,企业性质,成立日期
E1,B1,大港石化,25,外资,2019年3月1日
E2,B2,新区电子,１２,合资,2020.5
"""
EXPECTED = [
    ("E1", "B1", "大港石化", 25, "foreign", date(2019, 3, 1)),
    ("E2", "B2", "新区电子", 12, "joint_venture", date(2020, 5, 1)),
]
COLUMNS = ["id", "block", "name", "staff", "ownership", "since"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"], ids=str
)
def test_chinese_files_are_read_in_every_encoding_that_spreadsheets_save(encoding: str, tmp_path: Path) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    data = lay_out(tmp_path, {"enterprises.csv": mark + CHINESE.encode(encoding)})
    assert read(data)["enterprises"].select(COLUMNS).rows() == EXPECTED


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_separators_and_line_ends_are_found(separator: str, ending: str, tmp_path: Path) -> None:
    text = CHINESE.replace(",", separator).replace("\n", ending)
    data = lay_out(tmp_path, {"enterprises.csv": text})
    assert read(data)["enterprises"].select(COLUMNS).rows() == EXPECTED


@pytest.mark.parametrize("name", ["企业.csv", "Enterprises.CSV", "enterprise.csv", "企业名单.csv", "enterprises.tsv"])
def test_a_table_is_known_by_its_names_in_both_languages(name: str, tmp_path: Path) -> None:
    data = lay_out(tmp_path)
    (data / "enterprises.csv").unlink()
    (data / name).write_text(CHINESE)
    assert read(data)["enterprises"]["id"].to_list() == ["E1", "E2"]


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-01",
        "2024/3/1",
        "20240301",
        "2024年3月1日",
        "2024.3",
        "2024年3月",
        "２０２４-３-１",
        " 2024-03-01\u3000",
    ],
)
def test_every_way_to_write_a_day_is_read(text: str, tmp_path: Path) -> None:
    data = lay_out(tmp_path, {"enterprises.csv": f"id,block,since\nE1,B1,{text}\n"})
    assert read(data)["enterprises"]["since"].to_list() == [date(2024, 3, 1)]


def test_ids_stay_texts_and_full_width_forms_are_read_as_plain_ones(tmp_path: Path) -> None:
    table = "id,block,staff\n007,Ｂ１,１２\n\u3000E2 ,B2,\n"
    rows = read(lay_out(tmp_path, {"enterprises.csv": table}))["enterprises"].select("id", "block", "staff").rows()
    assert rows == [("007", "B1", 12), ("E2", "B2", None)]


def test_rows_are_numbered_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    table = '\n\nid,block,name,staff\n\nE1,B1,"two\nlines",x\n,,,\n   \nE2,B2,"a ""b""",y\n'
    assert codes(lay_out(tmp_path, {"enterprises.csv": table})) == [
        ("not_an_integer", "enterprises", 5, "staff"),
        ("not_an_integer", "enterprises", 8, "staff"),
    ]


def test_blank_columns_and_blank_cells_at_the_end_of_rows_are_nothing(tmp_path: Path) -> None:
    table = "id,,block,,\nE1,,B1,,\nE2,,B2,,,,\n"
    data = lay_out(tmp_path, {"enterprises.csv": table})
    assert found(data) == []
    assert read(data)["enterprises"]["block"].to_list() == ["B1", "B2"]


def test_quoted_line_breaks_and_quotes_are_part_of_the_cell(tmp_path: Path) -> None:
    table = 'id,block,name\r\n"E1","B1","one\r\ntwo, ""three"""\r\nE2,B2,"x"\r\n'
    names = read(lay_out(tmp_path, {"enterprises.csv": table}))["enterprises"]["name"].to_list()
    assert names == ['one\ntwo, "three"', "x"]


def test_a_quote_in_the_middle_of_a_cell_is_a_letter_of_it(tmp_path: Path) -> None:
    table = 'id,block,name\nE1,B1,5" pipes\nE2,B2,6" pipes and "more"\n'
    names = read(lay_out(tmp_path, {"enterprises.csv": table}))["enterprises"]["name"].to_list()
    assert names == ['5" pipes', '6" pipes and "more"']


def test_short_and_long_rows_are_errors_at_their_rows(tmp_path: Path) -> None:
    table = "id,block,name,staff\nE1,B1,a,1\nE2,B2\n\nE3,B1,b,3,,4\nE4,B1,c,4\n"
    problems = found(lay_out(tmp_path, {"enterprises.csv": table}))
    assert [(p.code, p.row, p.message("en")) for p in problems] == [
        ("ragged_row", 3, "2 cells where the header has 4"),
        ("ragged_row", 5, "6 cells where the header has 4"),
    ]


def test_short_rows_are_found_beside_quotes_in_the_wrong_place(tmp_path: Path) -> None:
    table = 'id,block,name,staff\nE1,B1,5" pipes,1\nE2,B2\nE4,B1,c,4\n'
    assert codes(lay_out(tmp_path, {"enterprises.csv": table})) == [("ragged_row", "enterprises", 3, None)]


def test_a_quote_that_never_closes_is_told_with_the_row_where_it_opens(tmp_path: Path) -> None:
    table = 'id,block,name\nE1,B1,a\nE2,B2,"b\nE3,B1,c\n'
    (problem,) = found(lay_out(tmp_path, {"enterprises.csv": table}))
    assert (problem.code, problem.row) == ("unreadable", 3)
    assert "never closed" in problem.message("en")


def test_a_few_letters_that_may_be_another_encoding_are_asked_about(tmp_path: Path) -> None:
    doubtful = "id,name\nD1,隆\n".encode("gbk")  # by chance these two bytes are also a letter in UTF-8
    problems = found(lay_out(tmp_path / "a", {"districts.csv": doubtful}))
    assert [(p.code, p.about["encoding"]) for p in problems] == [("guessed_encoding", "UTF-8")]
    assert found(lay_out(tmp_path / "b", {"districts.csv": "id,name\nD1,东区\n"})) == []


def test_a_file_in_neither_encoding_is_refused_and_never_read_with_loss(tmp_path: Path) -> None:
    (problem,) = found(lay_out(tmp_path, {"districts.csv": "id,name\nD1,Café,é\n".encode("latin-1")}))
    assert problem.code == "unreadable"
    assert "neither UTF-8 nor GB18030" in problem.message("en")


def test_utf16_without_its_mark_is_refused_in_plain_words(tmp_path: Path) -> None:
    (problem,) = found(lay_out(tmp_path, {"districts.csv": CHINESE.encode("utf-16-le")}))
    assert "UTF-16" in problem.message("en")
    assert "UTF-16" in problem.message("zh")


CELLS = st.text(st.sampled_from('ab1 "\n\r,;\t东é'), max_size=6).map(lambda text: text.replace("\r\n", "\n"))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6), st.sampled_from(",;\t"))
def test_whatever_the_standard_library_writes_is_read_as_it_was(rows: list[list[str]], separator: str) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator)
    writer.writerow(["id", "block", "name"])
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "enterprises.csv")
        path.write_bytes(buffer.getvalue().encode())
        sheet = read_text(path, "enterprises", path.name, [])
        assert sheet is not None
        assert sheet.ragged() == {}
        frame = sheet.cells([0, 1, 2])
        assert [[cell or "" for cell in row] for row in frame.rows()] == rows


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "blocks.csv")
        path.write_bytes(content)
        with suppress(Unreadable):
            sheet = read_text(path, "blocks", path.name, [])
            if sheet is not None:
                frame = sheet.cells(list(range(len(sheet.headings))))
                assert all(row < frame.height for row in sheet.ragged())
