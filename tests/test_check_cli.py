"""`tiaokuai check`: the shape of contracts.md for programs, sentences for people, exit codes."""

from __future__ import annotations

from pathlib import Path

from tests.command import tiaokuai
from tests.data_sets import lay_out
from tiaokuai.graph.records import TABLES


def test_the_document_has_the_shape_of_the_contract(tmp_path: Path) -> None:
    data = lay_out(tmp_path, {"enterprises.csv": "id,block,staff\nE1,B1,many\nE2,B9,1\n"})
    outcome = tiaokuai("check", data, "--json", "--lang", "en")
    assert outcome.code == 1
    assert outcome.json == {
        "ok": False,
        "rows": {name: {"districts": 1, "blocks": 2, "enterprises": 2}.get(name, 0) for name in TABLES},
        "problems": [
            {
                "severity": "error",
                "code": "not_an_integer",
                "table": "enterprises",
                "file": "enterprises.csv",
                "row": 2,
                "column": "staff",
                "value": "many",
                "message": "'many' is not a whole number",
            },
            {
                "severity": "error",
                "code": "unknown_reference",
                "table": "enterprises",
                "file": "enterprises.csv",
                "row": 3,
                "column": "block",
                "value": "B9",
                "message": "'B9' is not an id of blocks; did you mean 'B1'?",
            },
        ],
    }


def test_clean_data_and_warnings_alone_are_no_failure(study: Path, tmp_path: Path) -> None:
    assert tiaokuai("check", study).code == 0
    outcome = tiaokuai("check", lay_out(tmp_path), "--lang", "en")
    assert (outcome.code, outcome.out.splitlines()[-1]) == (0, "No problems.")


def test_people_read_file_row_column_and_reason_in_their_language(tmp_path: Path) -> None:
    data = lay_out(tmp_path, {"enterprises.csv": "id,block,staff,notes\nE1,B1,many,x\n"})
    english = tiaokuai("check", data, "--lang", "en").out
    assert "  error  enterprises.csv, row 2, staff: 'many' is not a whole number\n" in english
    assert english.endswith("1 error, 1 warning.\n")
    chinese = tiaokuai("check", data, "--lang", "zh").out
    assert "  错误  enterprises.csv，第 2 行，人数（staff）：“many”不是整数\n" in chinese


def test_a_template_of_ones_own_decides_which_components_there_are(tmp_path: Path) -> None:
    data = lay_out(tmp_path / "data", {"adoptions.csv": "block,component,since\nB1,tea_house,2020-01-01\n"})
    own = tmp_path / "own.toml"
    plain = Path(__file__).parent.parent / "graph" / "template.toml"
    assert tiaokuai("check", data).code == 1
    own.write_text(plain.read_text().replace('"legal_aid"', '"tea_house"'))
    assert tiaokuai("check", data, "--template", own).code == 0
