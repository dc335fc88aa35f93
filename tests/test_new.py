"""The workbook to fill in: what it explains, and that filling it in and reading it back is clean."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.command import tiaokuai
from tiaokuai.graph.records import RECORDS, columns
from tiaokuai.loaders.blank import heading, sheet_name

FILLED: dict[str, list[list[Any]]] = {
    "districts": [["D1", "East", None]],
    "blocks": [["007", "D1", "Bay", "PILOT", 121.5, 30.25]],
    "enterprises": [
        ["E1", "007", "Hua", 24, "FOREIGN", "food", date(2015, 4, 1), None],
        ["E2", "007", "Rui", None, None, None, None, None],
    ],
    "associations": [["A1", "007", None, None, date(2020, 3, 1), None]],
    "members": [["M1", "E1", "A1", date(2020, 6, 1), None, date(2020, 5, 20)]],
    "backbones": [["M1", date(2020, 6, 1), None, None]],
    "counts": [["E2", date(2021, 1, 1), 4, 1, None], ["E2", date(2022, 1, 1), 12, None, None]],
}
WORDS = {"en": {"PILOT": "pilot", "FOREIGN": "foreign"}, "zh": {"PILOT": "试点", "FOREIGN": "外资"}}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_sheet_a_table_with_frozen_explained_headings_and_drop_downs(tmp_path: Path, lang: str) -> None:
    assert tiaokuai("new", tmp_path / "mine.xlsx", "--lang", lang).code == 0
    book = load_workbook(tmp_path / "mine.xlsx")
    for record in RECORDS:
        sheet, known = book[sheet_name(record, lang)], columns(record.table)
        assert [cell.value for cell in sheet[1]] == [heading(column, lang) for column in known]
        assert sheet.freeze_panes == "A2"
        assert all(cell.comment and cell.comment.text for cell in sheet[1])
        ruled = {str(rule.sqref)[0] for rule in sheet.data_validations.dataValidation}
        asked = {
            chr(65 + at)
            for at, column in enumerate(known)
            if column.ref or column.type in ("choice", "component", "count")
        }
        assert ruled == asked


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("with_example", [True, False])
def test_filling_it_in_and_reading_it_back_is_clean(tmp_path: Path, lang: str, with_example: bool) -> None:
    file = tmp_path / "mine.xlsx"
    tiaokuai("new", file, "--lang", lang)
    book = load_workbook(file)
    for record in RECORDS:
        sheet = book[sheet_name(record, lang)]
        if not with_example:
            sheet.delete_rows(2)
        for row in FILLED.get(record.table, []):
            sheet.append([WORDS[lang].get(cell, cell) for cell in row])
    book.save(file)
    checked = tiaokuai("check", file, "--json").json
    assert checked["problems"] == []
    assert checked["rows"]["enterprises"] == 2
    total = tiaokuai("coverage", file, "--as-of", "2026-06-30", "--json").json
    assert [row["id"] for row in total["rows"]] == ["007"]
    assert (total["total"]["staff"], total["total"]["lines"], total["total"]["reached"]) == (34, 2, 20)


def test_an_untouched_workbook_says_what_is_missing_and_nothing_of_its_examples(tmp_path: Path) -> None:
    tiaokuai("new", tmp_path / "mine.xlsx")
    checked = tiaokuai("check", tmp_path / "mine.xlsx", "--json").json
    assert not any("e.g." in str(problem) or "例：" in str(problem) for problem in checked["problems"])
    assert set(checked["rows"].values()) <= {0}


def test_a_file_that_is_there_is_kept_unless_forced(tmp_path: Path) -> None:
    file = tmp_path / "mine.xlsx"
    file.write_bytes(b"my own")
    refused = tiaokuai("new", file)
    assert (refused.code, file.read_bytes()) == (1, b"my own")
    assert "--force" in refused.err
    assert tiaokuai("new", file, "--force").code == 0
    assert load_workbook(file).sheetnames


def test_a_wrong_name_or_folder_is_said_in_a_sentence(tmp_path: Path) -> None:
    assert tiaokuai("new", tmp_path / "mine.csv").code == 2
    missing = tiaokuai("new", tmp_path / "nowhere" / "mine.xlsx")
    assert (missing.code, "nowhere" in missing.err, "Traceback" in missing.err) == (1, True, False)
