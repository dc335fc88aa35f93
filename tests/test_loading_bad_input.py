"""Bad input: each a plain sentence and the right exit code, no traceback, bounded memory (issue 3)."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import polars as pl
import pytest

from tests.command import tiaokuai
from tests.data_sets import codes, found, lay_out
from tiaokuai.loaders import check, read, write


def said(*arguments: object) -> str:
    """What `check` says on stderr in English; it must fail with exit code 1."""
    outcome = tiaokuai("check", *arguments, "--lang", "en")
    assert outcome.code == 1
    assert outcome.out == ""
    return outcome.err


def test_a_missing_path_is_told(tmp_path: Path) -> None:
    assert said(tmp_path / "none") == f"tiaokuai: {tmp_path}/none: there is no such file or folder\n"


def test_an_empty_folder_is_told_with_what_it_should_hold(tmp_path: Path) -> None:
    assert "the folder has no tables in it (districts.csv, blocks.csv, enterprises.csv" in said(tmp_path)


def test_a_file_of_no_known_kind_is_told_with_what_to_give(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_text("x")
    assert "give a folder of CSV or Parquet tables, a workbook" in said(tmp_path / "a.docx")


def test_another_address_than_a_database_is_told() -> None:
    assert "only neo4j:// and bolt:// addresses can be read" in said("ftp://somewhere/x")


def test_a_table_with_only_a_header_is_empty_and_no_enterprise_at_all_is_no_error(tmp_path: Path) -> None:
    data = lay_out(tmp_path, {"enterprises.csv": "id,block\n"})
    assert codes(data) == [("empty_table", "enterprises", None, None)]
    assert read(data)["enterprises"].is_empty()


def test_a_file_without_even_a_header_is_told(tmp_path: Path) -> None:
    for at, content in enumerate(("", "\n\n", "\ufeff", " , ,\n")):
        (problem,) = found(lay_out(tmp_path / str(at), {"districts.csv": content}))
        assert (problem.code, problem.message("en")) == (
            "unreadable",
            "cannot be read: it is empty and has not even a header",
        )


def test_a_csv_cut_in_the_middle_is_told_at_its_last_row(tmp_path: Path) -> None:
    data = lay_out(tmp_path, {"enterprises.csv": "id,block,name,staff\nE1,B1,a,1\nE2,B2"})
    assert codes(data) == [("ragged_row", "enterprises", 3, None)]


def test_a_parquet_file_cut_in_the_middle_is_told(tmp_path: Path) -> None:
    write(read(lay_out(tmp_path / "csv")), tmp_path / "data.parquet")
    whole = (tmp_path / "data.parquet" / "blocks.parquet").read_bytes()
    for length in (0, 3, 50, len(whole) // 2, len(whole) - 1):
        (tmp_path / "data.parquet" / "blocks.parquet").write_bytes(whole[:length])
        (problem,) = found(tmp_path / "data.parquet")
        assert (problem.code, problem.table, problem.file) == ("unreadable", "blocks", "blocks.parquet")


def test_a_binary_named_csv_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
        packed.writestr("a", "b")
    data = lay_out(tmp_path / "data", {"blocks.csv": (tmp_path / "x.zip").read_bytes()})
    (problem,) = found(data)
    assert "it is not text" in problem.message("en")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"no workbook", "it is text and no workbook"),
        (b"PK\x03\x04 broken", "it is not an .xlsx workbook, or it is damaged"),
    ],
    ids=["empty", "text", "broken"],
)
def test_a_workbook_that_is_none_is_told(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    (problem, *missing) = found(tmp_path / "a.xlsx")
    assert problem.message("en").startswith(f"cannot be read: {said}")
    assert missing == []


def test_a_zip_that_is_no_workbook_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as packed:
        packed.writestr("a", "b")
    assert [problem.code for problem in found(tmp_path / "a.xlsx")] == ["unreadable"]


def test_a_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (60 << 20))
    (problem,) = found(tmp_path / "a.xlsx")
    assert "it would unpack to 60 MB; it was not opened" in problem.message("en")


@pytest.mark.parametrize("quote", ["", '"'], ids=["plain", "quoted"])
def test_a_cell_of_ten_megabytes_is_too_long_and_printed_short(quote: str, tmp_path: Path) -> None:
    table = f"id,block,name\nE1,B1,{quote}{'x' * 10_000_000}{quote}\nE2,B2,b\n"
    (problem,) = found(lay_out(tmp_path, {"enterprises.csv": table}))
    assert (problem.code, problem.row) == ("too_long", 2)
    assert len(str(problem.to_json())) < 600


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_date_far_in_the_future_is_told(form: str, tmp_path: Path) -> None:
    data = lay_out(tmp_path / "data", {"enterprises.csv": "id,block,since\nE1,B1,9999-12-31\nE2,B2,2020-01-01\n"})
    if form == "xlsx":
        import datetime

        import openpyxl

        book = openpyxl.Workbook()
        for title, rows in {
            "districts": [["id"], ["D1"]],
            "blocks": [["id", "district"], ["B1", "D1"]],
            "enterprises": [["id", "block", "since"], ["E1", "B1", datetime.date(9999, 12, 31)]],
        }.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        del book["Sheet"]
        data = tmp_path / "a.xlsx"
        book.save(data)
    assert codes(data) == [("out_of_range", "enterprises", 2, "since")]


def test_two_files_of_one_table_are_told(tmp_path: Path) -> None:
    data = lay_out(tmp_path, {"区块.csv": "id,district\nB1,D1\n"})
    assert "blocks.csv, 区块.csv are the same table; keep one of them" in found(data)[0].message("en")


@pytest.mark.process
@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX")
def test_a_folder_without_rights_is_told_and_nothing_else(tmp_path: Path) -> None:
    """As a user without privileges: root may read everything."""
    locked = lay_out(tmp_path / "locked")
    locked.chmod(0)
    code = f"""import os
from tiaokuai.cli.main import run
run(["check", {str(lay_out(tmp_path / "open"))!r}, "--json"])  # all is imported before the privileges go
print(flush=True)
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
raise SystemExit(run(["check", {str(locked)!r}, "--lang", "en"]))"""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    finally:
        locked.chmod(0o755)
    assert (done.returncode, done.stdout.count("\n")) == (1, 2)
    assert done.stderr == f"tiaokuai: {locked}: no permission\n"


def test_a_parquet_file_that_claims_a_billion_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = lay_out(tmp_path)
    (data / "blocks.csv").unlink()
    rows = pl.DataFrame({"id": pl.repeat("B1", 1_000, eager=True), "district": pl.repeat("D1", 1_000, eager=True)})
    rows.write_parquet(data / "blocks.parquet")
    from tiaokuai.loaders import sheet

    monkeypatch.setattr(sheet, "MOST_CELLS", 1999)
    (problem,) = found(data)
    assert "it has 1,000 rows of 2 columns, more than the 1,999 cells" in problem.message("en")


def test_commands_refuse_data_with_errors_with_the_first_few_and_where_to_see_all(tmp_path: Path) -> None:
    table = "id,block,staff\n" + "".join(f"E{at},B1,many\n" for at in range(8))
    outcome = tiaokuai("privacy", lay_out(tmp_path, {"enterprises.csv": table}), "--lang", "en")
    assert (outcome.code, outcome.out) == (1, "")
    lines = outcome.err.splitlines()
    assert lines[0].startswith("tiaokuai: the data have 8 errors; see all with tiaokuai check")
    assert lines[1] == "  enterprises.csv, row 2, staff: 'many' is not a whole number"
    assert len(lines) == 7


def test_skip_invalid_goes_on_without_rows_at_fault_and_those_that_refer_to_them(tmp_path: Path) -> None:
    """E1 has no readable staff; its member, and the member's line, go with it."""
    files: dict[str, str | bytes] = {"enterprises.csv": "id,block,staff\nE1,B1,many\nE2,B2,8\n"}
    data = lay_out(tmp_path, files, people=True)
    outcome = tiaokuai("privacy", data, "--skip-invalid", "--lang", "en", "--json")
    assert outcome.code == 0
    assert outcome.json["people"]["members"] == 0
    assert outcome.json["people"]["head_count_only"] == 8
    expected = "3 rows left out (at fault, or referring to such rows): 1 of enterprises, 1 of members, 1 of backbones\n"
    assert outcome.err == expected


def test_what_is_left_after_skipping_has_no_error(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "districts.csv": "id,parent\nD1,D2\nD2,D1\nD3,\n",
        "blocks.csv": "id,district\nB1,D1\nB2,D3\nB3,D9\n",
        "enterprises.csv": "id,block,email\nE1,B1,x\nE2,B2,y\nE2,B2,z\nE4,B3\n",
        "replications.csv": "source,target,since\nB2,B2,2020-01-01\nB2,B1,2020-01-01\n",
    }
    skipped: dict[str, int] = {}
    network = read(lay_out(tmp_path, files), skip_invalid=True, skipped=skipped.update)
    write(network, tmp_path / "left")
    assert check(tmp_path / "left").ok
    assert network["enterprises"]["id"].to_list() == ["E2"]
    assert skipped == {"districts": 2, "blocks": 2, "enterprises": 3, "replications": 2}


def test_a_table_that_cannot_be_read_is_refused_even_with_skip_invalid(tmp_path: Path) -> None:
    data = lay_out(tmp_path, {"blocks.csv": b"\x00"})
    outcome = tiaokuai("privacy", data, "--skip-invalid", "--lang", "en", "--json")
    assert outcome.code == 1
    assert outcome.json["error"]["code"] == "invalid_data"
