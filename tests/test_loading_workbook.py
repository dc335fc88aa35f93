"""Workbooks: a sheet a table, rows as shown, real dates, formula errors; and everything written is read again."""

from __future__ import annotations

import datetime
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.command import tiaokuai
from tests.conftest import EXAMPLES
from tests.data_sets import codes, found, lay_out
from tiaokuai.files import spreadsheet
from tiaokuai.graph import Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.values import says_nothing, unguarded
from tiaokuai.loaders import read, rewrite, write
from tiaokuai.loaders.quick_workbook import Quick
from tiaokuai.loaders.workbook import read_workbook

FORMATS = ("folder", "folder.parquet", "book.xlsx")


def book(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    """A workbook with a right small data set, some sheets replaced."""
    made = openpyxl.Workbook()
    made.remove(made["Sheet"])
    plain: dict[str, list[list[Any]]] = {
        "片区": [["编号"], ["D1"]],
        "区块": [["编号", "片区"], ["B1", "D1"]],
        "企业": [["编号", "区块"], ["E1", "B1"]],
    }
    for title, rows in {**plain, **sheets}.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def test_numbers_dates_and_ids_are_read_as_the_sheet_shows_them(tmp_path: Path) -> None:
    day, moment = datetime.date(2024, 3, 1), datetime.datetime(2024, 3, 2)
    rows = [
        ["编号", "区块", "人数", "成立日期"],
        [7, "B1", 12.0, day],
        ["007", "B1", "１２", moment],
        ["x", "B1", None, 20240303],
    ]
    enterprises = read(book(tmp_path / "a.xlsx", {"企业": rows}))["enterprises"]
    assert enterprises["id"].to_list() == ["7", "007", "x"]
    assert enterprises["staff"].to_list() == [12, 12, None]
    assert enterprises["since"].to_list() == [day, moment.date(), datetime.date(2024, 3, 3)]


def test_rows_are_numbered_as_the_sheet_shows_them_blank_ones_included(tmp_path: Path) -> None:
    rows = [
        [],
        [None, "编号", None, "区块", "人数"],
        [],
        [None, "E1", None, "B1", "many"],
        [],
        [None, "E2", None, "B9", 3],
    ]
    assert codes(book(tmp_path / "a.xlsx", {"企业": rows})) == [
        ("not_an_integer", "enterprises", 4, "staff"),
        ("unknown_reference", "enterprises", 6, "block"),
    ]


def test_a_formula_error_is_told_and_other_sheets_are_named(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx", {"企业": [["编号", "区块", "人数"], ["E1", "B1", "#DIV/0!"]], "Notes": [["x"]], "说明": []}
    )
    assert [(p.code, p.value) for p in found(path)] == [("unknown_table", "Notes"), ("formula_error", "#DIV/0!")]


def test_a_sheet_that_claims_more_than_it_has_is_read_as_it_is(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {})
    made = openpyxl.load_workbook(path)
    made["企业"]["XFD900"] = "far away"
    made.save(path)
    assert found(path) == []  # a cell without a heading says nothing
    assert read(path)["enterprises"].height == 1


CELLS = st.one_of(
    st.none(),
    st.integers(-(10**17), 10**17),
    st.integers(0, 99),
    st.floats(-1e18, 1e18),
    st.floats(0, 1).map(lambda value: round(value, 6)),
    st.dates(datetime.date(1950, 1, 1), datetime.date(2100, 1, 1)),
    st.datetimes(datetime.datetime(1950, 1, 1), datetime.datetime(2100, 1, 1)).map(lambda t: t.replace(microsecond=0)),
    st.booleans(),
    st.sampled_from(("#DIV/0!", "#N/A", " x ", "\u3000", "e.g. E1", "例:E1", "_x000D_", "007", "=1+1", "2024-03-01")),
    st.times().map(lambda t: t.replace(microsecond=0)),
    st.timedeltas(datetime.timedelta(0), datetime.timedelta(99)).map(lambda t: datetime.timedelta(seconds=t.seconds)),
    st.text(st.sampled_from("aé东&<\"' \n"), max_size=4),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=5), max_size=5))
def test_both_readers_of_a_sheet_read_the_same(rows: list[list[Any]]) -> None:
    """What calamine reads at once is what openpyxl reads cell by cell: cells, row numbers and problems."""
    with tempfile.TemporaryDirectory() as folder:
        head = ["编号", "区块", "人数", "成立日期", "名称"]
        path = book(Path(folder, "a.xlsx"), {"企业": [[], head, *rows]})
        quick, closer = read_workbook(path), None
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Quick, "frame", lambda self, title: None)
            closer = read_workbook(path)
        assert [problem.to_json("en") for problem in quick.problems] == [p.to_json("en") for p in closer.problems]
        for mine, other in zip(quick.tables, closer.tables, strict=True):
            assert mine.cells.equals(other.cells)
            assert mine.rows is None or other.rows is None or mine.rows.tolist() == other.rows.tolist()


@pytest.mark.parametrize("value", [1, 0.25, "x", datetime.date(2024, 3, 1)])
def test_a_plain_sheet_is_read_at_once(value: Any, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"企业": [["编号", "人数"], ["E1", value]]})
    assert Quick(path).frame("企业") is not None


@pytest.mark.parametrize("value", ["#REF!", True, 0.1234567891, 1e20, datetime.timedelta(hours=30), "_x0041_"])
def test_a_sheet_with_what_the_quick_reader_cannot_tell_is_read_closely(value: Any, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"企业": [["编号", "人数"], ["E1", value]]})
    assert Quick(path).frame("企业") is None


def same(network: Network, other: Network) -> bool:
    return all(frame.equals(other[name]) for name, frame in network.tables.items())


@pytest.mark.parametrize("name", FORMATS)
def test_the_field_studies_are_written_and_read_again_as_they_were(name: str, study: Path, tmp_path: Path) -> None:
    network = read(study)
    write(network, tmp_path / name)
    write(network, tmp_path / name)  # in place of itself
    assert same(read(tmp_path / name), network)


def plain_text(text: str) -> bool:
    """No error, no word for nothing, no guard around a number: those are read as they are meant."""
    return (
        text == text.strip() and not text.startswith("#") and not says_nothing(text, "text") and unguarded(text) == text
    )


NAMES = st.none() | st.text(st.sampled_from("aé东=+-@\"',;\t\n 0"), min_size=1, max_size=5).filter(plain_text)


@settings(max_examples=40, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=4), st.sampled_from(FORMATS))
def test_whatever_a_name_is_made_of_it_is_written_and_read_again(names: list[str | None], name: str) -> None:
    """Quotes, line breaks, formulas that are none: lossless in every format."""
    network = Network.from_tables(
        {
            "districts": [{"id": "0010", "name": names[0]}],
            "blocks": [{"id": "B", "district": "0010", "lon": 0.1 + 0.2}],
            "enterprises": pl.DataFrame(
                {"id": [f"=E{at}" for at in range(len(names))], "block": "B", "name": names},
                schema_overrides={"name": pl.String},
            ),
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        write(network, Path(folder, name))
        assert same(read(Path(folder, name)), network)


@pytest.mark.parametrize("name", FORMATS)
def test_rewriting_two_tables_leaves_the_others_as_they_are(name: str, tmp_path: Path) -> None:
    network = read(EXAMPLES / "medical-innovation")
    data = tmp_path / name
    write(network, data)
    smaller = Network.from_tables(
        {**network.tables, "members": network["members"].head(5), "backbones": network["backbones"].head(3)}
    )
    before = {p.name: p.stat().st_mtime_ns for p in data.iterdir()} if data.is_dir() else {}
    rewrite(smaller, data, ("members", "backbones"))
    assert same(read(data), smaller)
    changed = {p.stem for p in data.iterdir() if before[p.name] != p.stat().st_mtime_ns} if before else set()
    assert changed in ({"members", "backbones"}, set())


def test_a_table_named_in_chinese_is_rewritten_under_its_name(tmp_path: Path) -> None:
    data = lay_out(tmp_path, people=True)
    (data / "members.csv").rename(data / "会员.csv")
    network = read(data)
    empty = Network.from_tables({**network.tables, "members": [], "backbones": []})
    rewrite(empty, data, ("members", "backbones"))
    assert read(data)["members"].is_empty()
    assert not (data / "members.csv").exists()


def test_a_folder_with_other_files_is_not_replaced(tmp_path: Path) -> None:
    network = read(EXAMPLES / "medical-innovation")
    (tmp_path / "letter.docx").write_text("x")
    with pytest.raises(RequestError, match=r"holds other files \(letter.docx\)"):
        write(network, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.docx"]


def test_more_rows_than_a_sheet_has_are_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_SHEET_ROWS", 100)
    with pytest.raises(RequestError, match="more than a sheet holds; write a folder"):
        write(read(EXAMPLES / "medical-innovation"), tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_parquet_of_other_programs_is_read_as_its_cells_are(tmp_path: Path) -> None:
    """Whole numbers kept as fractions, days kept as moments, ids kept as numbers: as pandas writes them."""
    data = lay_out(tmp_path)
    (data / "enterprises.csv").unlink()
    rows = {
        "id": [7, 8],
        "block": pl.Series(["B1", "B2"], dtype=pl.Categorical),
        "staff": [12.0, None],
        "since": [datetime.datetime(2024, 3, 1), None],
        "until": [datetime.datetime(2025, 3, 1, tzinfo=datetime.UTC), None],
    }
    pl.DataFrame(rows).write_parquet(data / "enterprises.parquet")
    made = read(data)["enterprises"].select("id", "block", "staff", "since").rows()
    assert made == [("7", "B1", 12, datetime.date(2024, 3, 1)), ("8", "B2", None, None)]


def test_a_problem_names_the_workbook_and_people_are_told_the_sheet_too(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"企业": [["编号", "区块", "人数"], ["E1", "B1", "many"]]})
    assert [(p.file, p.table, p.row) for p in found(path)] == [("a.xlsx", "enterprises", 2)]
    assert "  error  a.xlsx: enterprises, row 2, staff: 'many'" in tiaokuai("check", path, "--lang", "en").out


@pytest.mark.parametrize(
    "place",
    [
        ' r="nullB8"',
        ' r="ZZZZ2"',
        f' r="{"A" * 300}2"',
        ' r = "AAAAAA2"',
        " r='AAAAAA2'",
        ' t="n" r="AAAAAA2"',
        "",
    ],
)
def test_a_cell_that_says_oddly_where_it_stands_is_left_to_the_closer_reader(tmp_path: Path, place: str) -> None:
    """The quick one went on for minutes, or took all the memory there is (found by the fuzzer: r="nullB8")."""
    path, odd = book(tmp_path / "a.xlsx", {}), tmp_path / "b.xlsx"
    assert Quick(path).frame("区块") is not None
    with zipfile.ZipFile(path) as plain, zipfile.ZipFile(odd, "w") as changed:
        for name in plain.namelist():
            content = plain.read(name)
            if name == "xl/worksheets/sheet2.xml":
                assert b'<row r="2"' in content
                content = content.replace(b'<c r="A2"', f"<c{place}".encode())
                content = content.replace(b'<row r="2"', b'<row r="999999"') if not place else content
            changed.writestr(name, content)
    assert Quick(odd).frame("区块") is None
    assert tiaokuai("check", odd, "--json").code in (0, 1)
