"""Spreadsheets that the product writes only show: no text is computed, numbers stay numbers, and all is read back."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.command import tiaokuai
from tests.conftest import ROOT
from tiaokuai.files import spreadsheet
from tiaokuai.files.spreadsheet import csv_lines, defuse, escape, is_formula, plain, plain_cells, write_book, write_csv
from tiaokuai.graph import Network, Template
from tiaokuai.graph.values import unguarded
from tiaokuai.loaders import read, rewrite, write
from tiaokuai.loaders.blank import write_blank
from tiaokuai.loaders.writing import write_table, written

DAY = date(2020, 1, 1)
SIGNS = "=+-@＝＋－＠"
FORMULAS = [
    *(f"{sign}cmd|' /C calc'!A0" for sign in SIGNS),
    *(f"{before}{sign}1" for sign in SIGNS for before in ("\t", "\n", "\r", " ", "\u3000", '"', "'")),
    *(f"Hua Rui;{sign}1" for sign in SIGNS),
    *(f"Hua Rui\n{sign}1" for sign in SIGNS),
]
PLAIN = ["Hua Rui", "\tHua Rui", "1-2", "a=b", "O'Brien", "'tis", "E-1", "a@b", "# note", "华瑞＋", ""]
texts = st.text(st.sampled_from("a1;,'\" \t\r\n\u00a0\u3000" + SIGNS), max_size=12) | st.text(max_size=8)


def computed(text: str) -> bool:
    """Whether a spreadsheet would compute some part of a cell, in whatever way it parts cells: written apart."""
    parts = re.split(r"[;\t\r\n]", text)
    return any(part.strip(' "\u00a0\u3000').startswith(tuple(SIGNS)) for part in parts)


@settings(max_examples=500, deadline=None)
@given(texts)
@example("'=1")
@example("a\n'\n=;'=\t")
def test_no_text_is_computed_and_every_text_comes_back(text: str) -> None:
    assert not computed(defuse(text))
    assert plain(defuse(text)) == text
    assert plain(escape(text)) == text


@settings(max_examples=100, deadline=None)
@given(st.lists(texts, min_size=1))
def test_a_table_and_a_text_are_treated_alike(column: list[str]) -> None:
    frame = pl.DataFrame({"name": column})
    for pattern, one in ((spreadsheet._RUNS, defuse), (spreadsheet._MARKED_TWICE, escape)):
        made = spreadsheet._replace(frame, pattern, spreadsheet._ADD)
        assert made["name"].to_list() == [one(text) for text in column]
        assert plain_cells(made)["name"].to_list() == column


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_known(text: str) -> None:
    assert is_formula(text)
    assert defuse(text).count("'") == text.count("'") + 1
    assert escape(text) == (text if not text.startswith("'") else f"'{text}")


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert defuse(text) == escape(text) == plain(text) == text


def district(names: list[str]) -> Network:
    """An enterprise a name, with an id that is a formula; west and south of everything."""
    enterprises = [{"id": f"={at}", "block": "-1", "name": name, "sector": name} for at, name in enumerate(names)]
    return Network.from_tables(
        {
            "districts": [{"id": "@D", "name": "+Süd"}],
            "blocks": [{"id": "-1", "district": "@D", "name": "'=1+1", "lon": -46.6, "lat": -23.5}],
            "enterprises": enterprises,
        }
    )


# A name that is a guarded number ('+1) is read as that number's text, whoever wrote it.
NAMES = [
    text
    for text in (*FORMULAS, *(f"'{text}" for text in FORMULAS))
    if text == text.strip() and "\r" not in text and unguarded(text) == text
]


def test_csv_for_readers_shows_every_text_and_is_read_back(tmp_path: Path) -> None:
    network = district([*NAMES, *PLAIN[2:-1]])
    for table, frame in written(network).items():
        write_table(frame, tmp_path / f"{table}.csv", defused=True)
    for file in tmp_path.iterdir():
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                assert not any(computed(cell) for name, cell in row.items() if name not in ("lon", "lat"))
    assert "-46.6,-23.5" in (tmp_path / "blocks.csv").read_text(encoding="utf-8-sig")
    assert read(tmp_path).fingerprint == network.fingerprint


def test_the_steward_s_csv_has_every_text_as_it_is_and_is_read_back(tmp_path: Path) -> None:
    network = district(["=1+1", "－5", "'=1+1"])
    write(network, tmp_path / "d")
    with (tmp_path / "d" / "enterprises.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["name"] for row in rows] == ["=1+1", "－5", "''=1+1"]
    assert [row["id"] for row in rows] == ["=0", "=1", "=2"]
    assert read(tmp_path / "d").fingerprint == network.fingerprint


def test_a_workbook_holds_texts_as_texts_and_numbers_as_numbers(tmp_path: Path) -> None:
    network = district(NAMES)
    write(network, tmp_path / "d.xlsx")
    book = openpyxl.load_workbook(tmp_path / "d.xlsx")
    for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None):
        assert cell.data_type in "sn", cell.coordinate
        assert cell.quotePrefix == (cell.data_type == "s" and is_formula(cell.value)), cell.value
    block = dict(zip(*book["blocks"].iter_rows(max_row=2, values_only=True), strict=True))
    assert (block["id"], block["name"], block["lon"]) == ("-1", "'=1+1", -46.6)
    assert read(tmp_path / "d.xlsx").fingerprint == network.fingerprint


def test_a_component_of_the_workbook_to_fill_in_is_no_formula(tmp_path: Path) -> None:
    text = (ROOT / "graph" / "template.toml").read_text(encoding="utf-8")
    name = Template.default().components[0].zh
    template = Template.parse(text.replace(f'"{name}"', '"=1+1"'))
    write_blank(tmp_path / "d.xlsx", "zh", template)
    cell = openpyxl.load_workbook(tmp_path / "d.xlsx")["选项"]["A1"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


@pytest.mark.parametrize("name", ["d", "d.xlsx"])
def test_rewriting_knows_a_person_by_the_defused_id_and_defuses_what_it_adds(tmp_path: Path, name: str) -> None:
    members = [
        {"id": id, "enterprise": "=0", "association": "A", "since": DAY, "consent": DAY} for id in ("=M", "+M", "M3")
    ]
    whole = district(["x"])
    associations = [{"id": "A", "block": "-1", "since": DAY}]
    network = Network.from_tables({**whole.tables, "associations": associations, "members": members})
    write(network, tmp_path / name)
    fewer = Network.from_tables({**network.tables, "members": network["members"].filter(pl.col("id") != "=M")})
    rewrite(fewer, tmp_path / name, ("members",))
    assert read(tmp_path / name)["members"]["id"].to_list() == ["+M", "M3"]
    rewrite(network, tmp_path / name, ("members",))
    assert sorted(read(tmp_path / name)["members"]["id"]) == ["+M", "=M", "M3"]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(-9, 9) | st.floats(-1e9, 1e9) | st.none(), min_size=1))
def test_numbers_are_never_marked(numbers: list[float | None]) -> None:
    assert "'" not in csv_lines([numbers], defused=True)


def test_numbers_of_a_table_are_never_marked(tmp_path: Path) -> None:
    frame = pl.DataFrame({"n": [-1, 2], "x": [-0.5, 1e-9]})
    write_csv(frame, tmp_path / "n.csv", defused=True)
    assert (tmp_path / "n.csv").read_text(encoding="utf-8-sig") == "n,x\n-1,-0.5\n2,1e-9\n"
    write_book({"n": frame}, tmp_path / "n.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "n.xlsx")["n"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [[-1, -0.5], [2, 1e-9]]


WRITERS = re.compile(r"\bcsv\.writer\b|\.write_csv\(|\.write_excel\(|\bWorkbook\(|\.to_csv\(|\.to_excel\(|DictWriter")
ALLOWED = {
    "files/spreadsheet.py",
    "graph/network.py",  # what is hashed
    "loaders/blank.py",  # styles and drop-downs; its texts go through put_text
    "loaders/neo4j_admin.py",  # a database's input
}


def test_nobody_else_writes_csv_or_workbooks() -> None:
    folders = ("app", "files", "graph", "loaders", "metrics", "planning", "viz")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    writing = {path.relative_to(ROOT).as_posix() for path in files if WRITERS.search(path.read_text(encoding="utf-8"))}
    assert writing == ALLOWED


def test_an_export_of_csv_tells_the_steward_that_it_is_lossless_and_a_workbook_needs_no_such_word(
    tmp_path: Path,
) -> None:
    network = district(["=1+1"])
    write(network, tmp_path / "data")
    said = tiaokuai("export", tmp_path / "data", "--out", tmp_path / "csv", "--for", "steward", "--lang", "en")
    assert "CSV holds texts as they are" in said.out
    assert read(tmp_path / "csv").fingerprint == network.fingerprint
    said = tiaokuai("export", tmp_path / "data", "--out", tmp_path / "d.xlsx", "--for", "steward", "--lang", "zh")
    assert "CSV" not in said.out
