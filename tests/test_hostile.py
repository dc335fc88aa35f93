"""Tables made to harm: each a plain sentence and the right exit code, soon, and in little memory (issue 9)."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import openpyxl
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.command import tiaokuai
from tests.data_sets import lay_out
from tests.hostile import Ended, apart
from tiaokuai.loaders import sheet

pytestmark = pytest.mark.slow

SECONDS, MEGABYTES = 60, 1000  # most of these take one second and 150 MB, and a busy machine many times that
HEADER = b"id,block,name,staff\n"
NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def told(ended: Ended, *parts: str) -> None:
    """A sentence in time, with all of this in it, and nothing of the program's inside."""
    said = ended.out + ended.err
    assert ended.code == 1, said[-2000:]
    assert ended.megabytes < MEGABYTES, ended.megabytes
    assert "Traceback" not in said
    assert "panicked" not in said
    assert "a mistake in tiaokuai" not in said
    assert len(said) < 20_000
    for part in parts:
        assert part in said, said[-2000:]


def pieces(*parts: bytes | tuple[bytes, int]) -> Iterator[bytes]:
    """Parts, some of them many times over, without all of them in memory at a time."""
    for part in parts:
        content, times = part if isinstance(part, tuple) else (part, 1)
        for _ in range(times):
            yield content


MILLION = 1 << 20
TEXTS: dict[str, tuple[list[bytes | tuple[bytes, int]], str]] = {
    "a cell of 40 MB": (
        [HEADER, b"E1,B1,", (b"x" * MILLION, 40), b",3\n"],
        "row 2: cannot be read: this row is longer",
    ),
    "a quoted one": (
        [HEADER, b'E1,B1,"', ((b"x" * 1000 + b"\n") * 1000, 40), b'",3\n'],
        "row 2: cannot be read: a cell is longer",
    ),
    "a line that never ends": (
        [HEADER, b"E1,B1,a,3\n", (b"x" * MILLION, 40)],
        "row 3: cannot be read: this row is longer",
    ),
    "a header that never ends": ([(b"x" * MILLION, 40)], "row 1: cannot be read: this row is longer"),
    "separators alone": ([(b"x," * MILLION, 20)], "524,289 columns, and a table at most 1,000"),
    "a million columns": (
        [b",".join(b"c%d" % at for at in range(MILLION)), b"\n"],
        "columns, and a table at most 1,000",
    ),
    "a quote that never closes": (
        [HEADER, b'E1,B1,"a,3\n', (b"E2,B1,a,3\n" * 1000, 1000)],
        "row 2: cannot be read: a quot",
    ),
    "quotes alone": ([HEADER, (b'"' * MILLION, 40)], "enterprises.csv"),
    "lines without anything": ([HEADER, (b"\n" * MILLION, 40)], "41,943,042 rows of 4 columns, more than the"),
    "zeros": ([(b"\0" * MILLION, 20)], "it is not text"),
    "zeros behind": ([HEADER, b"E1,B1,a,3\n", (b"\0" * MILLION, 20)], "enterprises.csv"),
    "short rows": ([HEADER, (b"E1,B1\n" * 1000, 1100)], "more than 1,000,000 rows have not the 4 cells of the header"),
    "half of a UTF-16 letter": (
        [b"\xff\xfe", "id,block\nE1".encode("utf-16-le"), b"\x00\xd8\x0a\x00"],
        "cannot be read in the encoding that it is marked with",
    ),
    "a packed file": ([b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"], "it is a gzip archive"),
    "a number of 100,000 digits": ([HEADER, b"E1,B1,a,", (b"9", 100_000), b"\n"], "row 2, staff"),
    "no numbers": ([HEADER, b"E1,B1,a,nan\nE2,B1,a,inf\nE3,B1,a,1e400\nE4,B1,a,0x10\n"], "row 5, staff"),
}


@pytest.mark.process
@pytest.mark.parametrize("name", TEXTS)
def test_texts_that_flood(name: str, tmp_path: Path) -> None:
    data = lay_out(tmp_path)
    with (data / "enterprises.csv").open("wb") as file:
        file.writelines(pieces(*TEXTS[name][0]))
    told(apart("check", data, seconds=SECONDS), "enterprises.csv", TEXTS[name][1])


def packed(path: Path, enterprises: str, **others: bytes) -> Path:
    """A workbook with a small data set, its sheet of enterprises replaced."""
    book = openpyxl.Workbook()
    for title, rows in {
        "districts": [["id"], ["D1"]],
        "blocks": [["id", "district"], ["B1", "D1"]],
        "enterprises": [],
    }.items():
        made = book.create_sheet(title)
        for row in rows:
            made.append(row)
    del book["Sheet"]
    book.save(path)
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    parts["xl/worksheets/sheet3.xml"] = enterprises.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as broken:
        for name, part in {**parts, **others}.items():
            broken.writestr(name, part)
    return path


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


TITLES = f'<row r="1">{cell("A1", "id")}{cell("B1", "block")}</row>'


def rows(content: str, before: str = "") -> str:
    inside = f'<dimension ref="A1:XFD1048576"/><sheetData>{content}</sheetData>'
    return f'<?xml version="1.0"?>{before}<worksheet {NS}>{inside}</worksheet>'


LAUGHS = (
    "<!DOCTYPE l ["
    + '<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9))
    + "]>"
)
SHEETS: dict[str, tuple[Callable[[], str], str]] = {
    "a row in the billions": (
        lambda: rows(TITLES + f'<row r="999999999">{cell("A999999999", "E1")}</row>'),
        "it has rows below row 1,048,576",
    ),
    "a last column in every row": (
        lambda: rows(TITLES + "".join(f'<row r="{at}"><c r="XFD{at}"><v>1</v></c></row>' for at in range(2, 20_000))),
        "has a header and no rows",
    ),
    "sixteen thousand columns": (
        lambda: rows('<row r="1">' + "".join(cell("", "x") for _ in range(16_384)) + "</row>"),
        "columns, and a table at most 1,000",
    ),
    "entities": (lambda: rows(TITLES + f'<row r="2">{cell("A2", "&j;")}</row>', LAUGHS), "cannot be read"),
    "another file": (
        lambda: rows(
            TITLES + f'<row r="2">{cell("A2", "&a;")}</row>', '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        ),
        "cannot be read",
    ),
    "a depth of 100,000": (lambda: rows(TITLES + "<row>" * 100_000), "has a header and no rows"),
    "a cell of 20 MB": (
        lambda: rows(TITLES + f'<row r="2">{cell("A2", "E1")}{cell("B2", "x" * 20_000_000)}</row>'),
        "row 2, block: is 20000000 characters long",
    ),
    "a heading of 20 MB": (
        lambda: rows(f'<row r="1">{cell("A1", "x" * 20_000_000)}</row>'),
        "the column id is missing",
    ),
    "a shared text that is not there": (
        lambda: rows(TITLES + '<row r="2"><c r="A2" t="s"><v>99999999</v></c></row>'),
        "cannot be read",
    ),
}


@pytest.mark.process
@pytest.mark.parametrize("name", SHEETS)
def test_workbooks_that_flood(name: str, tmp_path: Path) -> None:
    make, part = SHEETS[name]
    ended = apart("check", packed(tmp_path / "a.xlsx", make()), seconds=SECONDS)
    if "no rows" in part:
        assert (ended.code, part in ended.out) == (0, True), ended.out
    else:
        told(ended, "a.xlsx", part)


def repeated(path: Path, text: str, times: int) -> None:
    """A text in very many rows, that takes the room of one."""
    names = pa.schema([(name, pa.dictionary(pa.int32(), pa.large_string())) for name in ("id", "block")])
    codes = pa.array(np.zeros(times, np.int32))
    columns = [pa.DictionaryArray.from_arrays(codes, pa.array([each], pa.large_string())) for each in (text, "B1")]
    pq.write_table(pa.table(columns, schema=names), path, compression="zstd")


def far_days(path: Path) -> None:
    moments = {"since": pa.array([2**63 - 1], pa.timestamp("us")), "until": pa.array([2**31 - 1], pa.date32())}
    pq.write_table(
        pa.table({"id": ["E1"], "block": ["B1"], "staff": pa.array([-(2**31)], pa.date32()), **moments}), path
    )


PARQUETS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a text of 20 MB in every row": (
        lambda path: repeated(path, "x" * 20_000_000, 100_000),
        "GB of text, far too much",
    ),
    "twenty thousand columns": (
        lambda path: pq.write_table(pa.table({f"c{at}": [1] for at in range(20_000)}), path),
        "20,000 columns, and a table at most 1,000",
    ),
    "days outside the calendar": (far_days, "row 2, until: '2147483647' is not a date"),
    "bytes that are no text": (
        lambda path: pq.write_table(pa.table({"id": [b"\xff\xfe"], "block": ["B1"]}), path),
        "enterprises.parquet",
    ),
}


@pytest.mark.process
@pytest.mark.parametrize("name", PARQUETS)
def test_parquet_files_that_flood(name: str, tmp_path: Path) -> None:
    make, part = PARQUETS[name]
    data = lay_out(tmp_path)
    (data / "enterprises.csv").unlink()
    make(data / "enterprises.parquet")
    told(apart("check", data, seconds=SECONDS), "enterprises.parquet", part)


def test_a_list_in_one_cell_counts_as_the_cells_it_fills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_CELLS", 1000)
    data = lay_out(tmp_path)
    (data / "enterprises.csv").unlink()
    pq.write_table(
        pa.table({"id": ["E1"], "block": ["B1"], "staff": [list(range(1001))]}), data / "enterprises.parquet"
    )
    assert "more than the 1,000 cells" in tiaokuai("check", data, "--lang", "en").out


@pytest.mark.process
def test_a_damaged_page_is_told_and_nothing_else_is_printed(tmp_path: Path) -> None:
    """polars panics there, and Rust would print where in its own code."""
    data = lay_out(tmp_path)
    (data / "enterprises.csv").unlink()
    path = data / "enterprises.parquet"
    pl.DataFrame(
        {"id": [f"E{at}" for at in range(500)], "block": ["B1"] * 500, "staff": [at % 7 for at in range(500)]}
    ).write_parquet(path)
    whole, seen = path.read_bytes(), set()
    for at in range(4, len(whole), len(whole) // 4):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        ended = apart("check", data, seconds=SECONDS)
        seen.add(ended.code)
        assert "panicked" not in ended.err
        assert "Traceback" not in ended.err
    assert 1 in seen


def test_problems_past_a_million_are_counted_and_not_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tiaokuai.graph import integrity

    monkeypatch.setattr(integrity, "MOST", 3)
    data = lay_out(tmp_path, {"enterprises.csv": "id,block,staff\n" + "".join(f"E{at},B9,x\n" for at in range(5))})
    problems = tiaokuai("check", data, "--json").json["problems"]
    assert [problem["code"] for problem in problems[:-1]] == ["not_an_integer"] * 3
    assert problems[-1]["message"] == "7 more errors are not listed; the first 3 problems are"


def test_the_limits_are_far_above_the_largest_data_sets() -> None:
    """Ten million members, six columns each."""
    sheet.bounded(10_000_000, 6)
    with pytest.raises(sheet.Unreadable):
        sheet.bounded(10_000_000, 13)
