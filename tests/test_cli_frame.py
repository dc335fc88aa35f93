"""The frame of the command line: exit codes, one JSON document, no traceback (contracts.md)."""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from tests.command import tiaokuai
from tiaokuai.cli.errors import explain
from tiaokuai.cli.frame import Answer, Terminal, deliver
from tiaokuai.cli.short import SHORT
from tiaokuai.cli.tables import table
from tiaokuai.graph.errors import RequestError, ServiceError, UsageError


@pytest.mark.parametrize(
    ("error", "code"), [(RequestError, 1), (UsageError, 2), (ServiceError, 3)], ids=["request", "usage", "service"]
)
def test_each_kind_of_error_has_its_exit_code_and_both_languages(error: type[RequestError], code: int) -> None:
    told = error("x", "中文", "English", where="row 3")
    assert (explain(told, "zh").exit_code, explain(told, "zh").message) == (code, "中文")  # type: ignore[union-attr]
    assert explain(told, "en").message == "English"  # type: ignore[union-attr]


def test_a_mistake_of_the_program_is_not_passed_off_as_the_users() -> None:
    assert explain(ZeroDivisionError(), "en") is None


def test_a_full_disk_is_a_failed_service_and_a_missing_file_a_wrong_request() -> None:
    full, gone = explain(OSError(28, "x", "f"), "en"), explain(FileNotFoundError(2, "x", "f"), "en")
    assert full is not None
    assert gone is not None
    assert (full.exit_code, full.message) == (3, "f: the disk is full")
    assert (gone.exit_code, gone.message) == (1, "f: there is no such file or folder")


def test_an_unknown_command_is_wrong_usage_said_in_one_line() -> None:
    outcome = tiaokuai("colour")
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err == "tiaokuai: No such command 'colour'. (see tiaokuai --help)\n"


def test_wrong_usage_under_json_is_one_json_document() -> None:
    outcome = tiaokuai("coverage", "--json")
    assert outcome.code == 2
    assert outcome.json["error"]["code"] == "usage"
    assert outcome.err == ""


def test_a_date_that_is_none_is_wrong_usage_and_says_how_to_write_one(study: Path) -> None:
    outcome = tiaokuai("coverage", study, "--as-of", "soon", "--lang", "en")
    assert outcome.code == 2
    assert "--as-of: 'soon' is not a date that can be used; write 2024-03-01" in outcome.err


def test_an_answer_is_printed_as_exactly_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer("coverage", {"名": 1.5}, lambda document, ask: print("never"), exit_code=1)
    assert deliver(answer, Terminal(json=True)) == 1
    assert json.loads(capsys.readouterr().out) == {"名": 1.5}


def test_not_a_number_never_leaves_as_json() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        deliver(Answer("coverage", {"x": float("nan")}, print), Terminal(json=True))


def test_every_wrong_assumption_is_told_at_once(study: Path) -> None:
    outcome = tiaokuai("coverage", study, "--set", "line_capacity=0", "--set", "colour=red", "--lang", "en")
    assert outcome.code == 2
    assert "line_capacity must be a whole number from 1" in outcome.err
    assert "no assumption is called 'colour'" in outcome.err
    chinese = tiaokuai("coverage", study, "--set", "line_capacity=0", "--set", "colour=red", "--lang", "zh").err
    assert chinese.startswith("tiaokuai: --set：没有假设 colour，可用 ")


@pytest.mark.parametrize("command", ["check", "privacy"])
@pytest.mark.parametrize("option", [("--set", "colour=red"), ("--as-of", "soon")])
def test_a_wrong_option_is_refused_where_the_question_makes_no_use_of_it(
    study: Path, command: str, option: tuple[str, str]
) -> None:
    assert tiaokuai(command, study, *option).code == 2


@pytest.mark.process
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_help_starts_without_the_heavy_libraries(lang: str) -> None:
    heavy = (
        "{'polars', 'numba', 'plotly', 'dash', 'scipy', 'pydantic', 'rich', 'networkx', 'neo4j', 'highspy', 'numpy'}"
    )
    code = f"""import sys
sys.argv = ["tiaokuai", "--help", "--lang", {lang!r}]
from tiaokuai.cli.main import run
code = run(["--help"])
print(sorted({heavy} & set(sys.modules)), file=sys.stderr)
sys.exit(code)"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
    assert "tiaokuai" in done.stdout


@pytest.mark.process
@pytest.mark.parametrize("locale", ["en_US.UTF-8", "zh_CN.UTF-8"])
def test_the_list_of_commands_is_not_cut_in_a_terminal_of_80_columns(locale: str) -> None:
    environment = {**os.environ, "LANG": locale, "LC_ALL": locale, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "tiaokuai", "--help"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8")
    listed = done.stdout[done.stdout.index("  demo ") :]
    assert len(listed.splitlines()) > 25
    assert "..." not in listed
    shown = [line.split(maxsplit=1) for line in listed.splitlines() if line.startswith("  ") and line.split()]
    assert {name for name, *_ in shown} >= set(SHORT)
    assert all(text[:1].islower() or text[:1] > "z" for _, text in shown[:25])


@pytest.mark.process
def test_a_reader_who_has_seen_enough_is_no_error(study: Path) -> None:
    line = f"{shlex.quote(sys.executable)} -m tiaokuai history {shlex.quote(str(study))} --step month | head -1"
    done = subprocess.run(["bash", "-c", line + "; exit ${PIPESTATUS[0]}"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("coverage",), "缺少参数 DATA"),
        (("plan", "x"), "缺少选项 --budget"),
        (("colour",), "没有命令 colour"),
        (("coverage", "x", "y", "z"), "多出了参数 y z"),
        (("coverage", "x", "--nope"), "没有选项 --nope"),
        (("coverage", "x", "--by", "foo"), "--by 的值不对：'foo' 不在"),
        (("simulate", "x", "--months", "x"), "--months 的值不对：应为整数"),
        (("serve", "x", "--port", "99999"), "--port 的值不对：应不大于 65535"),
        (("coverage", "x", "--json=1"), "选项 --json 不带值"),
    ],
)
def test_wrong_usage_is_said_in_chinese_to_who_reads_chinese(given: tuple[str, ...], said: str) -> None:
    outcome = tiaokuai(*given, "--lang", "zh")
    assert outcome.code == 2
    assert outcome.err.startswith(f"tiaokuai: {said}")
    assert "用法见 tiaokuai" in outcome.err


def test_the_heading_of_a_narrow_table_is_not_broken() -> None:
    console = Console(width=80, file=io.StringIO())
    console.print(table("The worst lines to lose", [("lines", "right")], [["1"]]))
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().splitlines()[0].rstrip() == "The worst lines to lose"


def printed(made: Table, width: int) -> list[str]:
    console = Console(width=width, file=io.StringIO())
    console.print(made)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@given(
    st.lists(st.lists(st.integers(0, 10**12), min_size=4, max_size=4), min_size=1, max_size=4),
    st.lists(st.sampled_from(["events", "months at risk", "95% interval", "a long heading of many words"]), min_size=4),
    st.integers(0, 30),
)
def test_no_number_is_cut_wherever_it_could_be_whole(rows: list[list[int]], headings: list[str], more: int) -> None:
    cells = [[f"{value:,}" for value in row] for row in rows]
    width = 1 + sum(max(len(row[at]) for row in cells) + 1 for at in range(4)) + more
    columns = [(heading, "right") for heading in headings[:4]]
    lines = printed(table("Rates", columns, cells), width)
    assert max(map(len, lines)) <= width
    assert [line.split() for line in lines if line.strip()][-len(rows) :] == cells


@pytest.mark.process
@pytest.mark.parametrize(("option", "told"), [("--version", False), ("--debug", True)])
def test_a_warning_that_a_library_gives_its_programmer_is_not_shown_to_the_user(option: str, told: bool) -> None:
    program = (
        "import sys, warnings\n"
        "import tiaokuai.cli.main as command\n"
        "from tiaokuai.__main__ import main\n"
        f"sys.argv = ['tiaokuai', {option!r}]\n"
        "command.run = lambda given: (warnings.warn('overflow', RuntimeWarning), 0)[1]\n"
        "main()\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ("RuntimeWarning: overflow" in ended.stderr) is told
