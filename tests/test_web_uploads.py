"""Files of a user: named by us, limited, read apart, and only tables come back."""

from __future__ import annotations

import base64
import json
import subprocess
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from tests.web_desk import small
from tiaokuai.graph import Assumptions
from tiaokuai.graph.errors import RequestError
from tiaokuai.loaders.synthetic import generate
from tiaokuai.planning.calibrate import calibrate
from tiaokuai.planning.learned import learned
from tiaokuai.planning.rates_file import rates_of
from tiaokuai.web.apart import Unreadable, _lay_out, examine
from tiaokuai.web.page_data import files_of
from tiaokuai.web.scenarios import FILE
from tiaokuai.web.trying import Question, _history
from tiaokuai.web.what_if_editing import from_file


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "members.csv/..",
        ".csv",
        "a b.csv",
        "x.py",
        "members.csv\x00.py",
        "C:\\x\\..",
        "m" * 60 + ".csv",
    ],
)
def test_names_that_are_no_tables_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as refused:
        _lay_out([(name, b"id\n")], tmp_path)
    assert refused.value.code == "bad_name"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../../members.csv", "C:\\data\\members.csv", "/etc/members.csv"])
def test_only_the_last_part_of_a_name_is_used(name: str, tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    _lay_out([(name, b"id\n")], inside)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.csv")] == ["in/members.csv"]


def test_a_workbook_gets_a_name_of_ours(tmp_path: Path) -> None:
    assert _lay_out([("../evil;rm -rf.xlsx", b"PK")], tmp_path) == tmp_path / "upload.xlsx"


def test_too_many_too_large_and_broken_uploads_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="too_many"):
        _lay_out([("blocks.csv", b"")] * 13, tmp_path)
    whole = "data:text/csv;base64," + base64.b64encode(b"x" * 100).decode()
    assert files_of([whole], ["blocks.csv"], 100) == [("blocks.csv", b"x" * 100)]
    with pytest.raises(Unreadable, match="too_large"):
        files_of([whole, whole], ["a.csv", "b.csv"], 150)
    with pytest.raises(Unreadable, match="unreadable"):
        files_of(["data:;base64,%%%"], ["a.csv"], 100)


@pytest.mark.parametrize("ok", [True, False])
def test_tables_come_back_only_where_the_check_is_content(
    ok: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = {"severity": "error", "code": "x", "message": "x"}

    said = json.dumps({"ok": ok, "rows": {}, "problems": [] if ok else [problem] * 3000}).encode()

    def check(command: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        assert command[1:] == ["-m", "tiaokuai", "check", "folder", "--json", "--lang", "en"]
        return subprocess.CompletedProcess(command, 0 if ok else 1, said)

    monkeypatch.setattr("tiaokuai.web.apart.subprocess.run", check)
    monkeypatch.setattr("tiaokuai.loaders.read", lambda *source: small(), raising=False)
    examine("folder", tmp_path, "en")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (report["ok"], report["found"], len(report["problems"])) == (ok, 0 if ok else 3000, 0 if ok else 2000)
    tables = {path.stem: pl.read_ipc(path.read_bytes()) for path in tmp_path.glob("*.arrow")}
    assert (set(tables) >= {"blocks", "members"}) is ok
    if ok:
        assert tables["enterprises"].equals(small()["enterprises"])


def test_a_scenario_file_is_read_whole_or_refused_in_a_sentence() -> None:
    """It was cut at 200,000 bytes: where the cut fell on the end of a line, its last steps were gone unsaid."""

    def dropped(text: str) -> str:
        return "data:;base64," + base64.b64encode(text.encode()).decode()

    step = '  - {"at": "2027-01", "do": "add_backbones", "enterprise": "E1", "count": 1}\n'
    first = 'name: "plan"\ninterventions:\n' + step
    padded = first + "  #" + "x" * (200_000 - len(first) - 4) + "\n"  # the second step begins after 200,000 bytes
    assert len(from_file(dropped(padded + step))["interventions"]) == 2
    with pytest.raises(RequestError, match="more than 1,000,000 bytes"):
        from_file(dropped("#" * FILE + "\n" + first))


def test_history_is_read_under_the_assumptions_of_the_desk() -> None:
    """Also --set line_capacity=5: the runs had learned under the usual ones."""
    net, day, five = generate(blocks=3, enterprises=60, seed=1), date(2026, 7, 1), Assumptions(line_capacity=5)
    view: Any = SimpleNamespace(holding=SimpleNamespace(network=net, assumptions=five))
    rates = _history(view, Question("2026-07", 3, (), {}, learn=True), day)
    assert rates == rates_of(calibrate(net, day, five).document())
    assert rates != rates_of(calibrate(net, day, Assumptions()).document())
    drawn = [learned(net, day, each, months=3, runs=4, seed=1)["rates"] for each in (five, Assumptions())]
    assert drawn[0] != drawn[1]
