"""Machine code is kept where it can be, and never a reason to fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tiaokuai.planning import compiled


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    compiled.folder.cache_clear()
    yield
    compiled.folder.cache_clear()


def test_the_folder_that_the_user_names_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert Path(compiled.folder()).parent == tmp_path


def test_a_folder_that_cannot_be_made_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file" / "below"))
    assert Path(compiled.folder()).is_dir()
    assert tmp_path not in Path(compiled.folder()).parents


def test_where_nothing_can_be_written_code_is_compiled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_bases", lambda here: iter(()))
    assert compiled.folder() == ""
    assert compiled.compiled(lambda x: x + 1)(1) == 2
    assert not compiled.kept("simulate_runs")


def test_the_kept_code_is_that_of_the_source_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    before = compiled.folder()
    compiled.folder.cache_clear()
    monkeypatch.setattr(compiled, "SOURCES", compiled.SOURCES[:-1])
    assert compiled.folder() != before
