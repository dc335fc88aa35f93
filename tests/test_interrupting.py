"""Ctrl-C at any moment: a plain sentence and code 1, or the whole answer; never a traceback or half a file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import EXAMPLES
from tests.faults.injected import contents

# Ctrl-C as the n-th thing that the interpreter reports of the command: an import, an opened file, a rename ...
# (sys.addaudithook). Moments by count are the same on every machine; moments by the clock are not.
PRESS = """
import os, signal, sys
count, at = 0, int(os.environ["AT"])
def hook(event, arguments):
    global count
    if event in ("import", "open", "os.rename", "os.mkdir", "os.remove", "socket.connect"):
        count += 1
        if count == at:
            signal.raise_signal(signal.SIGINT)
from tiaokuai.__main__ import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where the tests run behind, with Ctrl-C ignored
sys.addaudithook(hook)
try:
    main()
finally:
    if at == 0:
        print(count, file=sys.stderr)
"""
SENTENCES = (
    "tiaokuai: stopped; nothing is left half written\n",
    "tiaokuai: 已中止，没有留下写了一半的文件\n",
    "runs that were done are in runs.parquet\n",
)


def pressed(at: int, arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PRESS, *arguments],
        env={**os.environ, "AT": str(at), "PYTHONUTF8": "1"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )


COMMANDS = {
    "check": ["check", "data"],
    "coverage": ["coverage", "data", "--lang", "zh"],
    "report": ["report", "data", "--out", "report.html", "--lang", "en"],
    "export": ["export", "data", "--for", "planner", "--out", "out", "--lang", "en"],
    "generate": ["generate", "made", "--blocks", "3", "--enterprises", "20", "--lang", "en"],
    "simulate": ["simulate", "data", "--months", "6", "--runs", "20", "--out", "runs.parquet", "--lang", "en"],
}


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", COMMANDS)
def test_ctrl_c_at_any_moment_is_a_sentence_and_code_1(name: str, tmp_path: Path) -> None:
    arguments = COMMANDS[name]
    whole = tmp_path / "whole"
    shutil.copytree(EXAMPLES / "medical-innovation", whole / "data")
    before, done = contents(whole), pressed(0, arguments, whole)
    assert done.returncode == 0, done.stderr
    moments, after = int(done.stderr.splitlines()[-1]), contents(whole)
    assert moments > 100
    codes = set()
    for at in sorted({1, 20, *(moments * part // 8 for part in range(1, 8)), moments - 1}):
        folder = tmp_path / str(at)
        shutil.copytree(EXAMPLES / "medical-innovation", folder / "data")
        left = pressed(at, arguments, folder)
        codes.add(left.returncode)
        assert "Traceback" not in left.stderr, (at, left.stderr)
        assert left.stderr.count("tiaokuai: ") == (left.returncode == 1), (at, left.stderr)
        assert left.returncode in (0, 1), (at, left.stderr)
        if left.returncode == 1:
            assert any(sentence in left.stderr for sentence in SENTENCES), (at, left.stderr)
        changed = {file: digest for file, digest in contents(folder).items() if before.get(file) != digest}
        assert {file: after.get(file) for file in changed} == changed or name in ("report", "simulate"), at
        assert not [file for file in changed if Path(file).name.startswith(".")], at
    assert 1 in codes


LATE = """
import signal, tiaokuai.cli.main
class Late:
    def __del__(self):
        raise KeyboardInterrupt  # as Ctrl-C does in the finaliser that runs just then
def in_a_finaliser(arguments):
    late = Late()
    signal.raise_signal(signal.SIGINT)
def in_text(arguments):
    exec("signal.raise_signal(signal.SIGINT)")
tiaokuai.cli.main.run = PLACE
from tiaokuai.__main__ import main
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""


@pytest.mark.process
@pytest.mark.parametrize("place", ["in_a_finaliser", "in_text"])
def test_the_process_does_not_end_by_the_signal_after_the_sentence(place: str, tmp_path: Path) -> None:
    """Python remembers a Ctrl-C that came out of text it ran, whoever has caught it since."""
    (tmp_path / "late.py").write_text(LATE.replace("PLACE", place), encoding="utf-8")
    command = [sys.executable, "-m", "late"]  # -m as in python -m tiaokuai: a script's own end forgets
    left = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (left.returncode, left.stderr) in [(1, sentence) for sentence in SENTENCES]
