"""Cells as people and programs write them: days, counts, words for nothing, guards, coordinates, look-alike ids."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from tests.data_sets import codes, found, lay_out
from tiaokuai.graph.records import cell_problem
from tiaokuai.graph.values import BadValue, parse_count, parse_day, parse_latitude, parse_longitude
from tiaokuai.loaders import read


@pytest.mark.parametrize(
    "text",
    [
        "2024/3/1 0:00",
        "2024/3/1 0:00:00",
        "2024-03-01T00:00:00Z",
        "2024-03-01 00:00:00+08:00",
        "2024-03-01T00:00:00.000000+0800",
        "2024-03-01 00:00:00.000",
        "2024-03-01T00:00",
        "2024/3/1 12:00:00 AM",
        "2024/3/1 上午12:00:00",
        "2024年3月1日 0时0分",
        "2024年3月1日0:00:00",
        "2024年3月1日星期五",
        "2024–03–01",
        "'2024-03-01",
        '="2024-03-01"',
    ],
)
def test_a_day_with_midnight_behind_it_is_that_day(text: str) -> None:
    assert parse_day(text) == date(2024, 3, 1)


@pytest.mark.parametrize(
    "text",
    ["2024-02-29T16:00:00Z", "2024/3/1 8:30", "2024/3/1 12:00", "2024/3/1 12:00 PM", "2024-03-01 0", "2024-03-0100"],
)
def test_a_day_with_another_time_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="not_a_date"):
        parse_day(text)


def test_day_numbers_are_read_with_one_warning_a_column(tmp_path: Path) -> None:
    table = "id,block,since,until\nE1,B1,42064,\nE2,B1,45352.0,45717\nE3,B1,2020-01-01,\n"
    data = lay_out(tmp_path, {"enterprises.csv": table})
    assert read(data)["enterprises"]["since"].to_list() == [date(2015, 3, 1), date(2024, 3, 1), date(2020, 1, 1)]
    assert [(p.code, p.row, p.column, p.about["count"]) for p in found(data)] == [
        ("day_numbers", 2, "since", 2),
        ("day_numbers", 3, "until", 1),
    ]
    assert "42064 was read as 2015-03-01" in found(data)[0].message("en")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1,200", 1200),
        ("1，200", 1200),
        ("1 200", 1200),
        ("1\u00a0200", 1200),
        ("1\u202f200", 1200),
        ("1'200", 1200),
        ("1\u3000200", 1200),
        ("1.234.567", 1234567),
        ("1.200,00", 1200),
        ("1,00,000", 100000),
        ("25.0", 25),
        ("0.000", 0),
        ('="25"', 25),
        ("'25", 25),
    ],
)
def test_thousands_are_read_however_they_are_set_apart(text: str, count: int) -> None:
    assert parse_count(text) == count


@pytest.mark.parametrize("text", ["1.000", "2.000", "12.000", "1.234", "１．０００"])
def test_a_dot_before_three_digits_is_never_read_as_one_or_the_other(text: str) -> None:
    with pytest.raises(BadValue, match="ambiguous_number"):
        parse_count(text)


@pytest.mark.parametrize("text", ["12,5", "1,2345", "1.5", "25人", "1 2", "1,000.5"])
def test_what_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="not_an_integer"):
        parse_count(text)


@pytest.mark.parametrize(
    "word", ["NULL", "nan", "N/A", "-", "—", "——", "无", "不详", "/", "未知", "暂无", "Ｎ／Ａ", "待定"]
)
def test_a_sector_is_never_called_by_a_word_for_nothing(word: str, tmp_path: Path) -> None:
    data = lay_out(tmp_path, {"enterprises.csv": f"id,block,sector,ownership,since\nE1,B1,{word},{word},{word}\n"})
    assert found(data) == []
    assert read(data)["enterprises"].select("sector", "ownership", "since").rows() == [(None, None, None)]


@pytest.mark.parametrize(
    ("table", "column", "word", "code"),
    [
        ("enterprises", "until", "至今", None),
        ("enterprises", "until", "present", None),
        ("enterprises", "until", "NULL", None),
        ("enterprises", "until", "不详", "says_nothing"),  # it ended, and nobody knows when
        ("enterprises", "since", "至今", "says_nothing"),
        ("enterprises", "staff", "不详", None),
        ("enterprises", "staff", "/", None),
        ("enterprises", "staff", "—", "says_nothing"),  # none, or not known
        ("enterprises", "staff", "无", "says_nothing"),
        ("blocks", "kind", "不详", "says_nothing"),  # empty would be mature
        ("links", "weight", "-", "says_nothing"),  # empty would be 1
        ("members", "consent", "无", "says_nothing"),
        ("members", "since", "NULL", "says_nothing"),
        ("members", "id", "NULL", "says_nothing"),
        ("districts", "parent", "无", None),
        ("enterprises", "id", "NA", None),
    ],
)
def test_words_for_nothing_leave_a_cell_empty_where_that_is_what_they_mean(
    table: str, column: str, word: str, code: str | None
) -> None:
    problem = cell_problem(table, column, word)
    assert (problem and problem[0]) == code


def test_guards_of_spreadsheets_are_no_part_of_ids_and_counts(tmp_path: Path) -> None:
    table = 'id,block,name,staff,since\n="007",B1,\'s-Huis,="25","=""2020-01-01"""\n\'008,\'B1,="Acme",\'12,\n'
    data = lay_out(tmp_path, {"enterprises.csv": table})
    assert read(data)["enterprises"].select("id", "block", "name", "staff", "since").rows() == [
        ("007", "B1", "'s-Huis", 25, date(2020, 1, 1)),
        ("008", "B1", "Acme", 12, None),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("121.5", 121.5),
        ("121,5", 121.5),
        ("121°30'E", 121.5),
        ("121°30′0″E", 121.5),
        ("东经121.5度", 121.5),
        ("E121.5", 121.5),
        ("121度30分", 121.5),
        ("121.5 W", -121.5),
        ("-0,127", -0.127),
    ],
)
def test_longitudes_are_read_as_maps_write_them(text: str, value: float) -> None:
    assert parse_longitude(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["121.5", "东经30.9", "30.9E", "121,5"])
def test_a_longitude_in_the_place_of_a_latitude_is_told(text: str) -> None:
    with pytest.raises(BadValue, match="swapped_coordinates"):
        parse_latitude(text)


@pytest.mark.parametrize("text", ["3423456.1", "30°75'", "12:30", "121.5.2", "-30N"])
def test_what_is_no_latitude_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match=r"out_of_range|not_a_number"):
        parse_latitude(text)


def test_a_pair_that_lies_among_the_others_only_when_swapped_is_warned_of(tmp_path: Path) -> None:
    """West of 90° E a swapped pair is in range, and nothing but the other blocks tells."""
    table = "id,district,lon,lat\nB1,D1,87.6,43.8\nB2,D1,87.5,43.7\nB3,D1,43.9,87.4\n"
    data = lay_out(tmp_path, {"blocks.csv": table})
    assert codes(data) == [("far_from_others", "blocks", 4, "lon")]


@pytest.mark.parametrize("other", ["Е1", "Ε1", "E\u20111"])
def test_ids_that_look_alike_are_told(other: str, tmp_path: Path) -> None:
    plain = "E-1" if "\u2011" in other else "E1"
    data = lay_out(tmp_path / "a", {"enterprises.csv": f"id,block,name\n{plain},B1,东湾电子有限公司\n{other},B1,\n"})
    assert codes(data) == [("lookalike_id", "enterprises", 3, "id")]
    files: dict[str, str | bytes] = {"enterprises.csv": f"id,block,name\n{other},B1,东湾电子有限公司\n"}
    files["associations.csv"] = "id,block,since\nA1,B1,2019-05-01\n"
    files["enrolments.csv"] = f"enterprise,association,since\n{plain},A1,2020-01-01\n"
    (problem,) = found(lay_out(tmp_path / "b", files))
    assert problem.code == "lookalike_reference"
    assert "U+" in problem.message("en")


@pytest.mark.parametrize(
    "other", [unicodedata.normalize("NFD", "Café"), "Ca\u200bfé", "\ufeffCafé", "Ｃafé", "C\u00adafé"]
)
def test_ids_are_the_same_however_their_letters_are_put_together(other: str, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "blocks.csv": "id,district\nCafé,D1\n",
        "enterprises.csv": f"id,block\nE1,{other}\n",
    }
    data = lay_out(tmp_path, files)
    assert read(data)["enterprises"]["block"].to_list() == ["Café"]


@pytest.mark.parametrize("id", ["2024-03-01", "1-Mar", "Mar-24", "3月1日", "2024/3/1", "1.23E+17"])
def test_ids_that_a_spreadsheet_changed_are_told(id: str, tmp_path: Path) -> None:
    data = lay_out(tmp_path, {"enterprises.csv": f"id,block\n{id},B1\nE2,B1\n"})
    assert codes(data) == [("spoilt_id", "enterprises", 2, "id")]
