"""Columns that would profile a person: refused by their heading, never read; refused by what is in them (source.md)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from tests.command import tiaokuai
from tests.data_sets import found, lay_out
from tiaokuai.graph.records import TABLES, columns
from tiaokuai.loaders import check, read, text, write
from tiaokuai.loaders.columns import match
from tiaokuai.loaders.refused import refused_content, refused_heading

REFUSED = {
    "views": [
        "views",
        "Political views",
        "政治观点",
        "思想倾向",
        "政治面貌",
        "opinion",
        "partyMember",
        "看法",
        "入党时间",
        "政党",
    ],
    "beliefs and religion": ["belief", "信仰", "religion", "宗教信仰", "faith"],
    "health": ["health", "health_status", "健康状况", "病史", "disability", "blood type"],
    "family": ["family", "家庭成员", "婚姻状况", "spouse", "子女", "marital status"],
    "identity numbers": ["身份证号", "身份证号码", "证件号码", "ID card", "id_number", "passport no", "护照", "SSN"],
    "phone": [
        "phone",
        "mobile",
        "Phone Number",
        "手机",
        "联系电话",
        "tel",
        "微信",
        "联系方式",
        "telephone",
        "微博",
        "weibo",
        "skype",
    ],
    "e-mail": ["email", "e-mail", "E_Mail Address", "邮箱", "电子邮件"],
    "address": ["address", "home address", "住址", "家庭住址", "通讯地址", "addr"],
    "scores": ["score", "rating", "评分", "得分", "考核结果", "evaluation", "测评", "评语"],
    "names and birth": ["姓名", "surname", "出生日期", "birthday", "date of birth", "真实姓名"],
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("table", ["members", "enterprises"])
def test_headings_about_people_are_refused_in_both_languages(what: str, table: str) -> None:
    assert [heading for heading in REFUSED[what] if refused_heading(table, heading) is None] == []


OF_PEOPLE = {
    "remarks": [
        "remark",
        "Remarks",
        "备注",
        "notes",
        "评论",
        "说明",
        "个人表现",
        "free text",
        "comment",
        "印象",
        "feedback",
    ],
    "scores": ["rank", "等级", "星级", "loyalty", "忠诚度", "活跃度", "信用分", "influence score"],
    "traits": ["国籍", "性格", "画像", "标签", "profile", "tags", "社保"],
}


@pytest.mark.parametrize("table", ["members", "backbones"])
def test_remarks_and_ranks_of_people_are_refused_and_those_of_an_enterprise_are_not(table: str) -> None:
    for headings in OF_PEOPLE.values():
        assert [heading for heading in headings if refused_heading(table, heading) is None] == []
    for heading in ("remark", "备注", "notes", "说明", "等级", "标签", "level"):
        assert refused_heading("enterprises", heading) is None


@pytest.mark.parametrize(
    "heading", ["宗 教", "民\u3000族", "手\u200b机", "\ufeff电话", "ｐｈｏｎｅ", "pho\u00adne", "e mail", "政 治 面 貌"]
)
def test_spaces_wide_letters_and_what_is_not_seen_hide_no_heading(heading: str) -> None:
    assert refused_heading("enterprises", heading) is not None


def test_a_name_an_age_or_a_sex_is_refused_where_people_are_and_unknown_elsewhere() -> None:
    for heading in ("name", "名字", "age", "性别"):
        assert refused_heading("members", heading) is not None
    assert refused_heading("blocks", "age") is None


@pytest.mark.parametrize(
    "heading",
    ["operating hours", "联系人数", "viewed", "telling", "package", "注册资本", "noted", "annotated", "percentage"],
)
def test_harmless_headings_are_not_refused(heading: str) -> None:
    assert [p.code for p in match("backbones", [heading], None).problems if p.code == "refused_column"] == []


@pytest.mark.parametrize("table", list(TABLES))
def test_no_heading_of_the_dictionary_is_refused_or_means_two_columns(table: str) -> None:
    for column in columns(table):
        for heading in (column.name, column.zh):
            made = match(table, [heading], None)
            assert (list(made.known), made.problems) == ([column.name], [])
        for alias in column.aliases:
            assert list(match(table, [alias], None).known)


CONTENT = {
    "phone numbers": [
        *(
            "13800138000",
            "+86 138 0013 8000",
            "请电 138-0013-8000",
            "１３８００１３８０００",
            "021-65012345",
            "(010) 65012345",
        ),
        *(
            "（021）65012345",
            "138.0013.8000",
            "0411-84701234",
            "+44 20 7946 0958",
            "008613800138000",
            "021 6501 2345",
            "传呼:(0411)8470-1234",
        ),
    ],
    "e-mail addresses": ["a.b+c@example.com", "联系 x@y.org.cn", "x＠y.com", "x @ y.cn", "x@例子.中国"],
    "identity numbers": [
        "11010519491231002X",
        "身份证11010519491231002x",
        "440524188001010014",
        "ID11010519491231002X",
        "110105 19491231 002X",
        "假 110105194912310021 真 11010519491231002X",
    ],
    "bank card numbers": ["6222021001116245702", "卡号 6222 0210 0111 6245 702", "4111 1111 1111 1111"],
}


@pytest.mark.parametrize("what", CONTENT)
def test_cells_about_people_are_found_wherever_they_stand(what: str) -> None:
    for cell in CONTENT[what]:
        told = refused_content(pl.Series(["x", None, cell]))
        assert told is not None, cell
        assert (told[0].en, told[1]) == (what, 2), cell


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "110105194912310021",
            "11010519491331002X",
            "91310000607378229H",
            "E13800138000",
            "12345678901",
            "2024-03-01",
        ),
        *("6222021001116245703", "4111111111111111", "4111 1111 1111 1112"),
        *(
            "10000000001",
            "1380013800",
            "138001380001",
            "a@b",
            "10 @ 2.5",
            "v1@2.0",
            "134.56781234",
            "@home",
            "021-1234",
            "大港 2024-001-0000123",
        ),
    ],
)
def test_numbers_that_only_look_like_it_are_not_refused(cell: str) -> None:
    """A wrong check digit, a month 13, a company's credit code, an id as long as a card's number, a date."""
    assert refused_content(pl.Series([cell])) is None


@pytest.mark.parametrize("column", ["name", "备注", "id", "staff"])
def test_a_column_with_one_phone_number_is_named_and_refused(column: str, tmp_path: Path) -> None:
    table = (
        f"id,block,{column}\nE1,B1,x\nE2,B2,13800138000\n" if column != "id" else "id,block\n13800138000,B1\nE2,B2\n"
    )
    problems = [p for p in found(lay_out(tmp_path, {"enterprises.csv": table})) if p.table == "enterprises"]
    assert [(p.code, p.row, p.value) for p in problems if p.severity == "error" and p.code != "not_an_integer"] == [
        ("refused_column", None, column)
    ]
    assert "phone numbers" in problems[0].message("en")
    assert "13800138000" not in problems[0].message("en") + problems[0].message("zh")


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_a_refused_column_is_left_behind_with_skip_invalid_and_the_rest_is_read(form: str, tmp_path: Path) -> None:
    rows = {"id": ["E1", "E2"], "block": ["B1", "B2"], "name": ["x", "a@b.cn"], "手机": ["1", "2"]}
    data = lay_out(tmp_path / "data", {"enterprises.csv": pl.DataFrame(rows).write_csv()})
    if form == "parquet":
        (data / "enterprises.csv").unlink()
        pl.DataFrame(rows).write_parquet(data / "enterprises.parquet")
    if form == "xlsx":
        book = openpyxl.Workbook()
        for file in sorted(data.iterdir()):
            sheet = book.create_sheet(file.stem)
            for line in file.read_text().splitlines():
                sheet.append(line.split(","))
        book.save(data := tmp_path / "data.xlsx")
    refused = [(p.column, p.row) for p in found(data) if p.code == "refused_column"]
    assert sorted(refused, key=str) == [("name", None), ("手机", None)]
    network = read(data, skip_invalid=True)
    assert network["enterprises"].select("id", "block", "name").rows() == [("E1", "B1", None), ("E2", "B2", None)]


def test_a_column_refused_by_its_heading_is_never_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, list[int]] = {}
    real = pl.read_csv

    def watched(source: Path, **options: Any) -> pl.DataFrame:
        asked[source.name] = options["columns"]
        return real(source, **options)

    monkeypatch.setattr(text.pl, "read_csv", watched)
    found(lay_out(tmp_path, {"enterprises.csv": "id,phone,block,note\nE1,1,B1,x\nE2,2,B2,y\n"}))
    assert asked["enterprises.csv"] == [0, 2, 3]


NUMBER = "11010519491231002X"


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx", "graphml", "gexf", "json"])
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("members", "id"),
        ("enterprises", "id"),
        ("enterprises", "name"),
        ("blocks", "name"),
        ("associations", "name"),
        ("districts", "id"),
    ],
)
def test_an_identity_number_is_refused_in_any_column_of_any_format(
    tmp_path: Path, form: str, table: str, column: str
) -> None:
    """Ids and names too: a number in an id is one in every column that refers to it."""
    from tiaokuai.graph import Network
    from tiaokuai.loaders.formats import write_graph

    since = date(2020, 1, 1)
    rows: dict[str, list[dict[str, Any]]] = {
        "districts": [{"id": "D"}],
        "blocks": [{"id": "B", "district": "D"}],
        "enterprises": [{"id": "E", "block": "B", "staff": 9}],
        "associations": [{"id": "A", "block": "B", "since": since}],
        "members": [{"id": "M", "enterprise": "E", "association": "A", "since": since, "consent": since}],
        "backbones": [{"member": "M", "since": since}],
    }
    old = rows[table][0].get(column)
    for each in rows.values():
        for row in each:
            if old is not None:
                row |= {name: NUMBER for name, value in row.items() if value == old and name in (column, table[:-1])}
    rows[table][0][column] = NUMBER
    net = Network.from_tables(rows)
    path = tmp_path / (f"d.{form}" if form != "csv" else "d")
    (write_graph if form in ("graphml", "gexf", "json") else write)(net, path)
    told = [(problem.table, problem.column) for problem in check(path).problems if problem.code == "refused_column"]
    assert (table, column) in told
    said = tiaokuai("coverage", path, "--lang", "en")
    assert said.code == 1
    assert "identity numbers" in said.err
    assert NUMBER not in said.out + said.err
