"""What a release says of itself is kept in every format; the secret is made once and kept for nobody else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.release.made import KEY, TODAY, tiny
from tiaokuai.files import secret
from tiaokuai.files.secret import installation_secret, read_key
from tiaokuai.graph import InvalidData, Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.release import BadRelease, Release
from tiaokuai.loaders import read, write
from tiaokuai.loaders.formats import write_graph
from tiaokuai.loaders.neo4j_admin import write_admin

FORMATS = ("folder", "folder.parquet", "book.xlsx", "graph.json", "graph.graphml", "graph.gexf")


@pytest.fixture
def release() -> Network:
    return tiny(3).release("planner", KEY, today=TODAY)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("audience", ["planner", "public"])
def test_a_release_written_and_read_is_the_release_again(name: str, audience: str, tmp_path: Path) -> None:
    release = tiny(3).release(audience, KEY, today=TODAY)
    file = tmp_path / name
    if file.suffix in (".json", ".graphml", ".gexf"):
        write_graph(release, file)
    else:
        write(release, file)
    again = read(file)
    assert again.released == release.released
    assert again.release(audience) is again


@pytest.mark.parametrize("name", FORMATS)
def test_the_data_are_no_release_however_they_are_kept(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    if file.suffix in (".json", ".graphml", ".gexf"):
        write_graph(tiny(3), file)
    else:
        write(tiny(3), file)
    assert read(file).released is None


def test_the_data_written_over_a_release_are_the_data_again(release: Network, tmp_path: Path) -> None:
    write(release, tmp_path / "folder")
    write(tiny(3), tmp_path / "folder")
    assert read(tmp_path / "folder").released is None


def test_a_note_too_long_for_a_cell_of_a_sheet_goes_on_below(release: Network, tmp_path: Path) -> None:
    assert release.released is not None
    names = tuple((f"block {at:06}",) for at in range(5_000))
    note = Release("planner", (date(2026, 1, 1),), "0" * 16, {"lines": names, "members": names}, 3)
    object.__setattr__(release, "released", note)
    write(release, tmp_path / "book.xlsx")
    assert read(tmp_path / "book.xlsx").released == note


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"audience": "everybody"}, "audience"),
        ({"audience": "steward"}, "audience"),
        ({"steps": []}, "steps"),
        ({"steps": ["2026-04-01", "2026-01-01"]}, "steps"),
        ({"steps": ["soon"]}, "steps"),
        ({"steps": "2026-01-01"}, "steps"),
        ({"base": 7}, "base"),
        ({"pools": {"lines": []}}, "pools"),
        ({"pools": {"lines": [], "members": [[]]}}, "pools"),
        ({"pools": {"lines": [], "members": [[1]]}}, "pools"),
        ({"without_staff": -1}, "without_staff"),
        ({"without_staff": True}, "without_staff"),
        ({"line_capacity": 0}, "line_capacity"),
        ({"line_capacity": 10**30}, "line_capacity"),
    ],
)
def test_a_note_that_is_wrong_is_refused_and_said_where(
    change: dict[str, object], fault: str, release: Network
) -> None:
    assert release.released is not None
    note = release.released.to_dict()
    assert Release.from_dict(json.loads(json.dumps(note))) == release.released
    with pytest.raises(BadRelease, match=fault):
        Release.from_dict(note | change)


@pytest.mark.parametrize("text", ["", "[", "{}", "7", "[" * 100_000])
def test_whatever_stands_in_place_of_a_note_is_a_problem_of_the_file(
    text: str, release: Network, tmp_path: Path
) -> None:
    write(release, tmp_path / "folder")
    (tmp_path / "folder" / "release.json").write_text(text)
    with pytest.raises(InvalidData) as raised:
        read(tmp_path / "folder", skip_invalid=True)
    assert [(p.code, p.file) for p in raised.value.problems if p.severity == "error"] == [
        ("bad_release", "release.json")
    ]


def test_what_neo4j_imports_has_the_note_of_a_release_and_else_none(release: Network, tmp_path: Path) -> None:
    write_admin(release, tmp_path / "release")
    write_admin(tiny(3), tmp_path / "data")
    rows = pl.read_csv(tmp_path / "release" / "release.csv", has_header=False)
    assert release.released == Release.from_dict(json.loads(rows.row(0)[1]))
    assert "release.csv" in (tmp_path / "release" / "import.args").read_text()
    assert not (tmp_path / "data" / "release.csv").exists()


def test_the_secret_is_made_once_for_nobody_else_to_read(tmp_path: Path) -> None:
    file = tmp_path / "config" / "tiaokuai" / "release.key"
    made = installation_secret(file)
    assert (len(made), installation_secret(file)) == (32, made)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [item.name for item in file.parent.iterdir()] == ["release.key"]


def test_processes_that_ask_at_once_get_the_same_secret(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from tiaokuai.files.secret import installation_secret as ask; "
    code += "print(ask(Path(sys.argv[1])).hex())"
    command = [sys.executable, "-c", code, str(tmp_path / "own" / "release.key")]
    asked = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    told = {process.communicate(timeout=60)[0].strip() for process in asked}
    assert len(told) == 1
    assert len(told.pop()) == 64


def test_whoever_comes_second_leaves_the_secret_as_it_is(tmp_path: Path) -> None:
    """The file appears between the look for it and the making of it."""
    file = tmp_path / "release.key"
    first = installation_secret(file)
    secret._keep(b"x" * 32, file)
    assert installation_secret(file) == first
    assert [item.name for item in tmp_path.iterdir()] == ["release.key"]


def test_without_a_place_for_the_secret_the_one_given_is_used_and_else_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    with pytest.raises(RequestError, match="give a key file with --key"):
        tiny(3).release("planner", today=TODAY)
    assert tiny(3).release("planner", KEY, today=TODAY).released is not None


def test_without_a_key_the_secret_of_the_installation_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    release = tiny(3).release("planner", today=TODAY)
    key = read_key(tmp_path / "tiaokuai" / "release.key")
    assert release.fingerprint == tiny(3).release("planner", key, today=TODAY).fingerprint


def test_any_file_of_32_bytes_and_more_is_a_key_and_all_of_it_counts(tmp_path: Path) -> None:
    (tmp_path / "short").write_bytes(b"k" * 31)
    (tmp_path / "long").write_bytes(b"k" * 5_000)
    with pytest.raises(RequestError, match="32 bytes or more"):
        read_key(tmp_path / "short")
    with pytest.raises(RequestError, match="32 bytes or more"):
        tiny(3).release("planner", b"k" * 31, today=TODAY)
    one, other = read_key(tmp_path / "long"), b"k" * 4_999 + b"l"
    bases = {tiny(seed).release("planner", key, today=TODAY).fingerprint for seed in (3, 4, 5) for key in (one, other)}
    assert len(bases) == 6


def test_neither_the_secret_nor_a_hash_of_it_is_in_a_release(release: Network, tmp_path: Path) -> None:
    write(release, tmp_path / "folder")
    kept = b"".join((tmp_path / "folder" / name).read_bytes() for name in os.listdir(tmp_path / "folder"))
    assert KEY not in kept
    assert KEY.hex().encode() not in kept
