"""The command line in careless hands: nothing that is read is written over, no number is too odd (issue 9)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import tiaokuai
from tests.data_sets import lay_out
from tests.faults.injected import contents
from tests.hostile import apart

RUN = ("--months", "2", "--runs", "2")
PLAN = ("--budget", "20", "--periods", "2", "--no-simulate", "--seconds", "2")
OVER_DATA = [
    ("plan", "data", *PLAN, "--out", "data/blocks.csv"),
    ("plan", "data", *PLAN, "--out", "data/区块.CSV"),
    ("calibrate", "data", "--out", "data/members.csv"),
    ("simulate", "data", *RUN, "--keep", "data/members.csv"),
    ("simulate", "data", *RUN, "--out", "data/members.parquet"),
    ("pseudonymise", "data", "--out", "data", "--key", "keys/key"),
    ("export", "data", "--out", "data/", "--for", "planner"),
    ("export", "data", "--out", "link", "--for", "steward"),
]
OVER_INPUT = [
    ("plan", "data", *PLAN, "--scenario", "s.yaml", "--out", "s.yaml"),
    ("plan", "data", *PLAN, "--constraints", "w.yaml", "--out", "./w.yaml"),
    ("simulate", "data", *RUN, "--scenario", "s.yaml", "--keep", "s.yaml"),
    ("calibrate", "data", "--template", "t.toml", "--out", "t.toml"),
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lay_out(tmp_path / "data", people=True)
    (tmp_path / "keys").mkdir()
    (tmp_path / "link").symlink_to("data")
    (tmp_path / "s.yaml").write_text("name: a try\n")
    (tmp_path / "w.yaml").write_text("max_lines: 3\n")
    shutil.copy(Path(__file__).parent.parent / "graph" / "template.toml", tmp_path / "t.toml")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", OVER_DATA, ids=" ".join)
def test_no_command_writes_over_the_data(command: tuple[str, ...], here: Path) -> None:
    before = contents(here)
    outcome = tiaokuai(*command, "--json")
    assert (outcome.code, outcome.json["error"]["code"]) == (1, "out_is_data")
    assert contents(here) == before


@pytest.mark.parametrize("command", OVER_INPUT, ids=" ".join)
def test_no_command_writes_over_what_it_reads(command: tuple[str, ...], here: Path) -> None:
    before = contents(here)
    outcome = tiaokuai(*command, "--json")
    assert (outcome.code, outcome.json["error"]["code"]) == (1, "out_is_read")
    assert contents(here) == before


def test_two_outputs_are_two_files_and_others_may_lie_beside_the_data(here: Path) -> None:
    twice = tiaokuai("simulate", "data", *RUN, "--keep", "x.parquet", "--out", "./x.parquet", "--json")
    assert (twice.code, twice.json["error"]["code"]) == (1, "out_twice")
    assert tiaokuai("plan", "data", *PLAN, "--out", "data/plan.yaml").code == 0
    assert tiaokuai("check", "data").code == 0


HUGE = "99999999999999999999"
NUMBERS = [
    ("gaps", "data", "--top", HUGE),
    ("influence", "data", "--top", HUGE),
    ("fragility", "data", "--top", HUGE),
    ("privacy", "data", "--years", HUGE),
    ("erase", "data", "--expired", "--years", HUGE),
    ("simulate", "data", *RUN, "--seed", "-1"),
    ("sensitivity", "data", "--samples", "2", "--months", "2", "--seed", "-1"),
    ("report", "data", "--out", "o.html", *RUN, "--seed", "-1"),
    ("backtest", "data", "--hide", "2", "--runs", "2", "--seed", "-1"),
    ("backtest", "data", "--hide", "2", "--runs", HUGE),
    ("generate", "new", "--seed", "-1"),
]


@pytest.mark.parametrize("command", NUMBERS, ids=" ".join)
def test_numbers_that_cannot_be_meant_are_told_by_option(command: tuple[str, ...], here: Path) -> None:
    outcome = tiaokuai(*command, "--lang", "en")
    assert outcome.code == 2
    assert any(part in outcome.err for part in command if part.startswith("--")), outcome.err


@pytest.mark.parametrize("place", ["", ".", "/"])
def test_an_output_without_a_name_is_a_folder(place: str, here: Path) -> None:
    outcome = tiaokuai("calibrate", "data", "--out", place, "--lang", "en")
    assert (outcome.code, "it is a folder, not a file" in outcome.err) == (1, True)


@pytest.mark.process
def test_a_mistake_of_our_own_is_a_sentence_too(here: Path) -> None:
    """typer puts a hook of its own in the place of ours: it must not show."""
    code = "import tiaokuai.loaders, sys\ndef wrong(*a, **k): raise KeyError('x')\ntiaokuai.loaders.read = wrong\n"
    code += "from tiaokuai.cli.main import run\nsys.exit(run(sys.argv[1:]))"
    for more in ((), ("--json",)):
        ended = apart("coverage", "data", *more, program=(sys.executable, "-c", code))
        assert (ended.code, "Traceback" in ended.err + ended.out) == (1, False)
        assert "a mistake in tiaokuai itself (KeyError: 'x')" in ended.err + ended.out


@pytest.mark.process
@pytest.mark.parametrize("more", [(), ("--json",)])
@pytest.mark.parametrize("streams", [">&-", "2>&-", ">&- 2>&-", "<&-", ">/dev/full", ">/dev/full 2>/dev/full"])
def test_standard_streams_that_are_closed_or_full(streams: str, more: tuple[str, ...], here: Path) -> None:
    command = f"{sys.executable} -m tiaokuai coverage data {' '.join(more)} {streams}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == (3 if streams.startswith(">/dev/full") else 0), done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert "mistake" not in done.stderr
    if streams == ">/dev/full":
        assert done.stderr == "tiaokuai: the disk is full\n" or "磁盘已满" in done.stderr
