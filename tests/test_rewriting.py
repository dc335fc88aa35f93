"""Whoever is erased leaves a file in which nothing else has changed: headings, order, encoding, columns of others."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from tests.command import tiaokuai
from tiaokuai.graph import Network
from tiaokuai.loaders import read, write
from tiaokuai.loaders.formats import write_graph

OTHERS = {
    "片区": "编号\nD1\n",
    "区块": "编号,片区\nB1,D1\n",
    "企业": "编号,区块,人数\nE1,B1,20\n",
    "联谊会": "编号,区块,起始日期\nA1,B1,2018-01-01\n",
}
ROWS = [
    '"M1";工会小组;E1;2019/3/5;A1;2019年3月5日;2021-08-17',
    "M2; 甲;E1;2019.3.5;A1;2019-03-05;",
    '"M3";"他说""好"";两行\n的字";E1;2019-03-05;A1;2019-03-05;',
    "",
    "M4;;E1;20190305;A1;2019-03-05;2025-01-01",
]
HEAD = "会员编号;小组;企业;起始日期;组织;同意日期;结束日期"
LINES = ["会员,起始日期,备用,结束日期", "M3,2019-03-05,x,", "M1,2019-06-15,,2021-08-17", "M3,2018-01-01,,2019-01-01"]


def lay_out(folder: Path, encoding: str, end: str) -> Path:
    folder.mkdir()
    for name, text in OTHERS.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    put(folder / "会员.csv", [HEAD, *ROWS], encoding, end)
    put(folder / "骨干.csv", LINES, encoding, end)
    return folder


def put(path: Path, lines: list[str], encoding: str, end: str) -> None:
    path.write_bytes("".join(line + end for line in lines).encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_erasing_one_takes_their_rows_out_of_the_files_and_no_other_byte(
    tmp_path: Path, encoding: str, end: str
) -> None:
    data, expected = lay_out(tmp_path / "d", encoding, end), tmp_path / "e"
    before = {file.name: file.read_bytes() for file in data.iterdir()}
    assert sorted(read(data)["members"]["id"]) == ["M1", "M2", "M3", "M4"]
    outcome = tiaokuai("erase", data, "M3", "--json")
    assert outcome.json["erased"] == {"members": 1, "backbones": 2}, outcome.err
    expected.mkdir()
    put(expected / "会员.csv", [HEAD, *ROWS[:2], *ROWS[3:]], encoding, end)
    put(expected / "骨干.csv", [LINES[0], LINES[2]], encoding, end)
    for name, content in before.items():
        wanted = (expected / name).read_bytes() if (expected / name).exists() else content
        assert (data / name).read_bytes() == wanted, name
    assert sorted(read(data)["members"]["id"]) == ["M1", "M2", "M4"]


def test_whoever_is_past_retention_becomes_a_count_and_loses_what_others_noted_of_them(tmp_path: Path) -> None:
    data = lay_out(tmp_path / "d", "gb18030", "\r\n")
    before = read(data)
    assert tiaokuai("erase", data, "--expired", "--as-of", "2026-06-30").code == 0
    text = (data / "会员.csv").read_bytes().decode("gb18030")
    assert text.startswith("\r\n".join([HEAD, *ROWS[1:4]]))
    assert "工会小组" not in text
    assert "M1" not in text
    after = read(data)
    for day in (date(2020, 1, 1), date(2021, 8, 1), date(2021, 9, 1), date(2026, 1, 1)):
        assert after.as_of(day).members.tolist() == before.as_of(day).members.tolist()
        assert after.as_of(day).lines.tolist() == before.as_of(day).lines.tolist()
    last = text.strip().split("\r\n")[-1].split(";")
    assert last[0].startswith("gone-")
    assert last[1:] == ["", "E1", "2019-04-01", "A1", "2019-04-01", "2021-09-01"]


def test_a_workbook_keeps_its_headings_columns_and_other_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active["A1"] = "我们的表"
    for name, text in OTHERS.items():
        sheet = book.create_sheet(name)
        for line in text.split():
            sheet.append(line.split(","))
    people = book.create_sheet("会员")
    people.append(["会员编号", "小组", "企业", "起始日期", "组织", "同意日期", "结束日期"])
    people.column_dimensions["B"].width = 33
    for name, until in (("M1", date(2021, 8, 17)), ("M2", None), ("007", None)):
        people.append([name, f"组{name}", "E1", date(2019, 3, 5), "A1", date(2019, 3, 5), until])
    lines = book.create_sheet("骨干")
    lines.append(["会员", "起始日期"])
    lines.append(["M2", date(2019, 3, 5)])
    book.save(tmp_path / "d.xlsx")
    assert tiaokuai("erase", tmp_path / "d.xlsx", "M2").code == 0
    left = openpyxl.load_workbook(tmp_path / "d.xlsx")
    assert left.sheetnames == book.sheetnames
    assert left["说明"]["A1"].value == "我们的表"
    assert [[cell.value for cell in row][:2] for row in left["会员"].iter_rows()] == [
        ["会员编号", "小组"], ["M1", "组M1"], ["007", "组007"],
    ]  # fmt: skip
    assert left["会员"].column_dimensions["B"].width == 33
    assert [[cell.value for cell in row] for row in left["骨干"].iter_rows()] == [["会员", "起始日期"]]
    assert read(tmp_path / "d.xlsx")["members"]["id"].to_list() == ["M1", "007"]
    assert tiaokuai("erase", tmp_path / "d.xlsx", "--expired", "--as-of", "2026-06-30").code == 0
    last = [cell.value for cell in list(openpyxl.load_workbook(tmp_path / "d.xlsx")["会员"].iter_rows())[-1]]
    assert last[0].startswith("gone-")
    assert last[1] is None


def test_what_hangs_on_a_cell_of_a_workbook_goes_with_its_person(tmp_path: Path) -> None:
    """A comment on the row of whoever is erased once stayed where it was, on the row of whoever moved up."""
    data = tmp_path / "d.xlsx"
    write(read(lay_out(tmp_path / "d", "utf-8", "\n")), data)
    book = openpyxl.load_workbook(data)
    sheet = book["members"]
    people = {row: str(sheet.cell(row, 1).value) for row in range(2, sheet.max_row + 1)}
    for row, person in people.items():
        sheet.cell(row, 1).comment = Comment(f"about {person}", "us")
        sheet.cell(row, 2).hyperlink = f"file:{person}"
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor=f"{row:02d}0000")
    sheet.cell(1, 9, "ours")
    sheet.cell(2, 9, "over two rows")
    sheet.merge_cells("I2:I3")
    book.save(data)
    assert tiaokuai("erase", data, people[3], "--json").json["erased"]["members"] == 1
    left = openpyxl.load_workbook(data)["members"]
    told = {
        str(key.value): (key.comment.text, other.hyperlink.target, key.fill.fgColor.rgb)
        for key, other, *_ in left.iter_rows(min_row=2)
        if key.value is not None
    }
    kept = {row: person for row, person in people.items() if row != 3}
    assert told == {who: (f"about {who}", f"file:{who}", f"00{row:02d}0000") for row, who in kept.items()}
    assert left["I2"].value == "over two rows"


def test_a_parquet_file_keeps_its_columns(tmp_path: Path) -> None:
    data = lay_out(tmp_path / "d", "utf-8", "\n")
    network = read(data)
    other = tmp_path / "p.parquet"
    write(network, other)
    people = pl.read_parquet(other / "members.parquet").rename({"id": "会员编号"}).with_columns(小组=pl.lit("甲"))
    people.select(reversed(people.columns)).write_parquet(other / "members.parquet")
    assert tiaokuai("erase", other, "M2").code == 0
    left = pl.read_parquet(other / "members.parquet")
    assert left.columns == list(reversed(people.columns))
    assert left.equals(people.select(left.columns).filter(pl.col("会员编号") != "M2"))


@pytest.mark.parametrize("name", ["d.graphml", "d.gexf", "d.json"])
def test_a_graph_file_is_written_without_them(tmp_path: Path, name: str) -> None:
    network = read(lay_out(tmp_path / "d", "utf-8", "\n"))
    write_graph(network, tmp_path / name)
    outcome = tiaokuai("erase", tmp_path / name, "M3", "--json")
    assert outcome.code == 0, outcome.err
    left = read(tmp_path / name)
    assert sorted(left["members"]["id"]) == ["M1", "M2", "M4"]
    assert left["backbones"]["member"].to_list() == ["M1"]
    assert "M3" not in (tmp_path / name).read_text(encoding="utf-8")
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(["d", name, "d.erasures.log"])


def test_a_row_of_another_network_is_added_in_the_files_own_columns(tmp_path: Path) -> None:
    from tiaokuai.loaders import rewrite

    data = lay_out(tmp_path / "d", "utf-8", "\n")
    network = read(data)
    row = {"id": "M9", "enterprise": "E1", "association": "A1", "since": date(2020, 1, 1), "consent": date(2020, 1, 1)}
    members = [*network["members"].to_dicts(), row]
    rewrite(Network.from_tables({**network.tables, "members": members}), data, ("members", "backbones"))
    assert (data / "会员.csv").read_text(encoding="utf-8").endswith("M9;;E1;2020-01-01;A1;2020-01-01;\n")
    assert read(data)["members"].height == 5
