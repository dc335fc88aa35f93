"""Texts in the encodings that offices of East Asia save: read right, or refused naming encodings; never nonsense."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data_sets import found, lay_out
from tiaokuai.loaders import read

HEAD = "id,block,name,staff\n"
NAMES = {
    "gb18030": ["大港石化有限公司", "新区电子科技股份有限公司", "华瑞机械制造厂", "镕基钢结构"],
    "gbk": ["东湾物流", "恒丰化工有限公司"],
    "big5": ["臺積電股份有限公司", "東區工業園區", "國際商務港", "台灣銀行"],
    "cp950": ["臺北電子股份有限公司", "華新麗華"],
    "cp932": ["株式会社日立製作所", "トヨタ自動車株式会社", "東京ガス", "㈱スズキ"],
    "shift_jis": ["有限会社さくら", "ソニー株式会社"],
    "euc_jp": ["株式会社ひかり電機", "みずほ銀行", "トヨタ自動車"],
    "cp949": ["삼성전자주식회사", "현대자동차", "대한항공", "서울은행"],
    "iso2022_jp": ["株式会社日立製作所"],
    "utf-16": ["大港石化"],
    "utf-32": ["大港石化"],
}


def rows(names: list[str]) -> str:
    return HEAD + "".join(f"E{at},B1,{name},5\n" for at, name in enumerate(names))


@pytest.mark.parametrize("encoding", NAMES)
def test_names_are_read_right_in_what_offices_save(encoding: str, tmp_path: Path) -> None:
    data = lay_out(tmp_path, {"enterprises.csv": rows(NAMES[encoding]).encode(encoding)})
    assert [problem.code for problem in found(data) if problem.severity == "error"] == []
    assert read(data)["enterprises"]["name"].to_list() == NAMES[encoding]


@pytest.mark.parametrize("encoding", ["big5", "cp932", "cp949", "gbk"])
@pytest.mark.parametrize("name", ["東區", "電子", "ソニー", "삼성", "东区", "华瑞", "Müller", "Škoda", "Ибица"])
def test_a_single_name_is_read_right_or_refused_or_warned_of(encoding: str, name: str, tmp_path: Path) -> None:
    try:
        content = rows([name]).encode(encoding)
    except UnicodeEncodeError:
        content = rows([name]).encode("utf-8")
    data = lay_out(tmp_path, {"enterprises.csv": content})
    problems = found(data)
    if not any(problem.severity == "error" for problem in problems) and read(data)["enterprises"]["name"][0] != name:
        assert [problem.code for problem in problems] == ["guessed_encoding"]


@pytest.mark.parametrize("encoding", ["cp1252", "cp1251", "iso8859_2"])
def test_encodings_of_the_west_are_refused_naming_others(encoding: str, tmp_path: Path) -> None:
    names = {
        "cp1252": ["Müller Söhne", "Façade", "Señor"],
        "cp1251": ["Завод", "Контора"],
        "iso8859_2": ["Škoda", "Łódź"],
    }
    data = lay_out(tmp_path, {"enterprises.csv": rows(names[encoding]).encode(encoding)})
    (problem,) = found(data)
    assert problem.code == "unreadable"
    assert "save it as CSV UTF-8" in problem.message("en")


@pytest.mark.parametrize("first", ["utf-8", "gbk", "big5"])
def test_a_file_of_two_encodings_is_refused_with_a_row(first: str, tmp_path: Path) -> None:
    """As when one program adds rows to another's file."""
    second = "gbk" if first == "utf-8" else "utf-8"
    names = "東區工業園區股份有限公司" if first == "big5" else "东区工业园区有限公司"
    content = rows([names] * 3).encode(first) + f"E9,B1,{names},5\n".encode(second)
    problems = found(lay_out(tmp_path, {"enterprises.csv": content}))
    assert [problem.code for problem in problems] == ["unreadable"]
    assert "two encodings" in problems[0].message("en")
    assert problems[0].row == (2 if first == "utf-8" else 5)


def test_headings_in_another_encoding_tell_it(tmp_path: Path) -> None:
    text = "編號,區塊,名稱,人數\nE1,B1,甲,5\n"
    data = lay_out(tmp_path, {"enterprises.csv": text.encode("big5")})
    assert read(data)["enterprises"].select("id", "name", "staff").rows() == [("E1", "甲", 5)]
