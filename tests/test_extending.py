"""Each worked diff of docs/extending.md applies to today's code, and the test that it brings passes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
DIFFS = dict(re.findall(r"^## ([^\n]+)\n.*?^```diff\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
FOLDERS = ("files", "graph", "loaders", "metrics", "planning", "viz")


def _apply(diff: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """In a copy of the code, which is put together as the package is."""
    for name in (*FOLDERS, "app", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "baseline", "cases"))
    command = ["git", "apply", "--verbose", "-"]
    alone = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    return subprocess.run(command, cwd=folder, input=diff, capture_output=True, text=True, env=alone)


def test_there_is_one_for_each_thing_that_is_added() -> None:
    assert len(DIFFS) == PAGE.count("```diff") == 4


@pytest.mark.process
@pytest.mark.parametrize("title", DIFFS)
def test_the_diff_applies_and_what_it_adds_works(title: str, tmp_path: Path) -> None:
    done = _apply(DIFFS[title], tmp_path)
    assert done.returncode == 0, done.stderr
    package = tmp_path / "link" / "tiaokuai"
    package.mkdir(parents=True)
    for path in [*(tmp_path / name for name in FOLDERS), *(tmp_path / "app").iterdir()]:
        (package / path.name).symlink_to(path)
    tests = re.findall(r"^\+\+\+ b/(tests/test_\w+\.py)$", DIFFS[title], re.MULTILINE)
    assert tests
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--noconftest", *tests]
    paths = f"{package.parent}{os.pathsep}{tmp_path}"
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": paths})
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.process
def test_a_stale_diff_is_noticed(tmp_path: Path) -> None:
    stale = DIFFS["An intervention"].replace('Form("adopt"', 'Form("adopted"')
    assert _apply(stale, tmp_path).returncode != 0
