"""What is written is whole or not there, for its owner alone where it has persons in it, and where a link leads."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command import tiaokuai
from tiaokuai.files.atomic import replacing, replacing_folder, replacing_together
from tiaokuai.graph import Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.loaders import read, rewrite, write
from tiaokuai.loaders.formats import write_graph
from tiaokuai.loaders.neo4j_admin import write_admin
from tiaokuai.loaders.synthetic import generate

KINDS = ["d", "d.parquet", "d.xlsx", "d.json", "d.graphml", "d.gexf", "admin"]


@pytest.fixture(autouse=True)
def open_to_all() -> Iterator[None]:
    """New files would be everybody's to read: the test must not pass by the machine's habit."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture(scope="module")
def network() -> Network:
    return generate(4, 60, 2)


@pytest.fixture(scope="module")
def without(network: Network) -> Network:
    return Network.from_tables({**network.tables, "members": [], "backbones": []})


def put(network: Network, out: Path) -> Path:
    if out.suffix in (".json", ".graphml", ".gexf"):
        write_graph(network, out)
    elif out.name == "admin":
        write_admin(network, out)
    else:
        write(network, out)
    return out


def modes(out: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in ([out, *out.iterdir()] if out.is_dir() else [out])}


@pytest.mark.parametrize("kind", KINDS)
def test_files_with_persons_are_their_owner_s_alone(tmp_path: Path, network: Network, kind: str) -> None:
    out = put(network, tmp_path / kind)
    expected = {path.name: 0o600 for path in out.iterdir()} if out.is_dir() else {}
    assert modes(out) == expected | {out.name: 0o700 if out.is_dir() else 0o600}


@pytest.mark.parametrize("kind", KINDS)
def test_files_without_persons_are_as_the_machine_makes_them(tmp_path: Path, without: Network, kind: str) -> None:
    out = put(without, tmp_path / kind)
    assert set(modes(out).values()) <= {0o666, 0o777}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_there_keeps_the_mode_that_its_owner_gave_it(tmp_path: Path, network: Network, kind: str) -> None:
    out = put(network, tmp_path / kind)
    for path in (*(out.iterdir() if out.is_dir() else ()), out):
        path.chmod(0o750 if path.is_dir() else 0o640)
    put(network, out)
    assert set(modes(out).values()) <= {0o640, 0o750}


def test_a_table_that_is_new_in_an_open_folder_is_its_owner_s_alone(tmp_path: Path, network: Network) -> None:
    bare = Network.from_tables({**network.tables, "members": [], "backbones": []})
    write(bare, tmp_path / "d")
    write(network, tmp_path / "d")
    assert modes(tmp_path / "d")["members.csv"] == modes(tmp_path / "d")["backbones.csv"] == 0o600
    assert modes(tmp_path / "d")["blocks.csv"] == 0o666


@pytest.mark.parametrize("kind", ["d", "d.parquet"])
def test_a_table_that_rewriting_adds_is_its_owner_s_alone(tmp_path: Path, network: Network, kind: str) -> None:
    bare = Network.from_tables({**network.tables, "members": [], "backbones": []})
    write(bare, tmp_path / kind)
    rewrite(network, tmp_path / kind, ("members", "backbones"))
    made = {Path(name).stem: mode for name, mode in modes(tmp_path / kind).items()}
    assert made["members"] == made["backbones"] == 0o600


def test_pseudonyms_and_their_key_are_their_owner_s_alone(tmp_path: Path, network: Network) -> None:
    write(network, tmp_path / "d")
    (tmp_path / "keys").mkdir()
    key = tmp_path / "keys" / "key"
    assert tiaokuai("pseudonymise", tmp_path / "d", "--out", tmp_path / "p", "--key", key).code == 0
    assert modes(tmp_path / "p")["members.csv"] == modes(key)["key"] == 0o600


def test_no_byte_of_a_private_file_is_ever_others_to_read(tmp_path: Path) -> None:
    with replacing(tmp_path / "a", private=True) as temporary:
        assert modes(temporary) == {temporary.name: 0o600}
        temporary.write_text("x")
        assert modes(temporary) == {temporary.name: 0o600}
    with replacing_folder(tmp_path / "b", private=True) as temporary:
        assert modes(temporary) == {temporary.name: 0o700}
    with replacing_together([tmp_path / "c"], private=True) as temporaries:
        assert modes(temporaries[0]) == {temporaries[0].name: 0o600}
        temporaries[0].write_text("x")


def test_on_a_system_without_modes_everything_is_written(
    tmp_path: Path, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: Any, **named: Any) -> None:
        raise PermissionError(errno.EPERM, "no modes here")

    monkeypatch.setattr(os, "chmod", refuse)
    for _ in range(2):
        write(network, tmp_path / "d")
        write(network, tmp_path / "d.xlsx")
    assert read(tmp_path / "d").fingerprint == read(tmp_path / "d.xlsx").fingerprint == network.fingerprint


def test_a_mode_that_cannot_be_kept_for_another_reason_is_an_error_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("before")

    def fail(*given: Any, **named: Any) -> None:
        raise OSError(errno.EIO, "the disk fails")

    monkeypatch.setattr(os, "chmod", fail)
    with pytest.raises(OSError, match="the disk fails"), replacing(tmp_path / "a") as temporary:
        temporary.write_text("after")
    assert (tmp_path / "a").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("kind", KINDS[:-1])
@pytest.mark.parametrize("there", [True, False])
def test_an_export_onto_a_link_goes_where_the_link_leads(
    tmp_path: Path, network: Network, kind: str, there: bool
) -> None:
    write(network, tmp_path / "data")
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / kind, tmp_path / kind
    if there:
        put(network, real)
    link.symlink_to(real)
    done = tiaokuai("export", tmp_path / "data", "--out", link, "--for", "steward")
    assert done.code == 0, done.err
    assert link.is_symlink()
    assert read(real).fingerprint == network.fingerprint
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["data", "real", kind])
    assert [path.name for path in real.parent.iterdir()] == [kind]


def test_links_in_a_circle_are_said_before_anything_is_written(tmp_path: Path, network: Network) -> None:
    write(network, tmp_path / "data")
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    done = tiaokuai("export", tmp_path / "data", "--out", tmp_path / "a", "--for", "steward")
    assert done.code in (1, 3)
    assert "Traceback" not in done.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "data"]


def test_a_pipe_or_a_device_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/null")
    for name in ("pipe", "link"):
        with pytest.raises(RequestError, match="it is a pipe or a device"), replacing(tmp_path / name):
            pytest.fail("nothing is to be written")
