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


def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that would be used below ``tmp_path``, where nothing is yet; other bases are none."""
    base = tmp_path / "cache"
    base.mkdir()
    monkeypatch.setattr(compiled, "_bases", lambda here: iter([base]))
    return base / f"tiaokuai-{compiled._contents(Path(compiled.__file__).resolve().parent)}"


def test_a_folder_of_machine_code_is_its_user_s_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = beside(tmp_path, monkeypatch)
    assert compiled.folder() == str(made)
    assert made.stat().st_mode & 0o777 == 0o700


def test_machine_code_is_not_loaded_through_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made, elsewhere = beside(tmp_path, monkeypatch), tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    made.symlink_to(elsewhere)
    assert compiled.folder() == ""
    assert "it is a link; " in caplog.text
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_machine_code_is_not_loaded_from_where_others_can_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, mode: int
) -> None:
    made = beside(tmp_path, monkeypatch)
    made.mkdir()
    made.chmod(mode)
    assert compiled.folder() == ""
    assert "others can write to it" in caplog.text


def test_machine_code_is_not_loaded_from_below_a_folder_that_others_can_replace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = beside(tmp_path, monkeypatch)
    made.parent.chmod(0o777)
    assert compiled.folder() == ""
    assert f"others can write to {made.parent}" in caplog.text
    made.parent.chmod(0o1777)  # as a temporary folder is: only the owner of a thing may move it
    compiled.folder.cache_clear()
    assert compiled.folder() == str(made)


def test_machine_code_of_another_user_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = beside(tmp_path, monkeypatch)
    made.mkdir(mode=0o700)
    monkeypatch.setattr("os.getuid", lambda: made.stat().st_uid + 1)
    assert compiled.folder() == ""
    assert "it belongs to another user" in caplog.text


def test_a_source_that_is_missing_is_an_error_and_not_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "SOURCES", (*compiled.SOURCES, "gone"))
    with pytest.raises(FileNotFoundError, match=r"gone\.py"):
        compiled.folder()
