"""Whichever message to the server, or call to the disk, fails: exit 3 or 1, a sentence, old data or new, never half."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.command import Outcome, tiaokuai
from tests.faults.injected import Workshop, build_shim, contents
from tests.tcp_proxy import Messages, wire
from tests.test_neo4j import network
from tests.test_neo4j_faults import later
from tiaokuai.loaders import neo4j, write
from tiaokuai.loaders.neo4j_pull import pull
from tiaokuai.loaders.neo4j_push import push

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]

MOST = 60  # messages of any of these commands
COMMANDS = {
    "push": ("neo4j", "push", "DATA", "URI"),
    "erase": ("erase", "URI", "M"),
    "pull": ("neo4j", "pull", "URI", "OUT"),
    "map": ("neo4j", "map", "URI", "--out", "FILE"),
    "status": ("neo4j", "status", "URI"),
}


def told(outcome: Outcome) -> None:
    assert outcome.code == 3, outcome
    assert outcome.json["error"]["code"].startswith("neo4j"), outcome
    assert "\n" not in outcome.json["error"]["message"]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("lost", ["the message", "its answer"])
@pytest.mark.parametrize("command", COMMANDS)
def test_the_nth_message_to_the_server_fails(
    command: str, lost: str, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(later(), tmp_path / "data")
    write(later(), tmp_path / "out")
    (tmp_path / "map.yaml").write_text("an older version\n")
    push(network(), server)
    before, old = contents(tmp_path), pull(server).fingerprint
    new = {"push": later().fingerprint, "erase": network(members=[], backbones=[]).fingerprint}.get(command, old)
    for at in range(1, MOST):
        messages = Messages(at, answered=lost == "the message")
        with wire(server, messages=messages) as torn, monkeypatch.context() as hasty:
            hasty.setattr(neo4j, "RETRIES", 0.0)
            places = {"URI": torn, "DATA": tmp_path / "data", "OUT": tmp_path / "out", "FILE": tmp_path / "map.yaml"}
            outcome = tiaokuai(*(places.get(part, part) for part in COMMANDS[command]), "--json")
        if messages.seen < at:  # all were sent, none failed
            assert outcome.code == 0, outcome
            assert pull(server).fingerprint == new
            assert at > 3, "some were cut"
            break
        if outcome.code != 0:  # what is said after the work, a goodbye, may be lost
            told(outcome)
            assert pull(server).fingerprint in (old, new), at
            assert contents(tmp_path) == before, at
        if pull(server).fingerprint != old:
            push(network(), server)
        elif outcome.code == 0 and command in ("pull", "map"):
            for name in ("out", "data"):
                shutil.rmtree(tmp_path / name)
                write(later(), tmp_path / name)
            (tmp_path / "map.yaml").write_text("an older version\n")
    else:
        pytest.fail("never finished")


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_shim(tmp_path_factory.mktemp("shim"))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("command", ["pull", "map"])
def test_what_comes_from_the_server_is_written_whole_or_not_at_all(
    command: str, server: str, tmp_path: Path, shim: Path
) -> None:
    push(network(), server)
    before = tmp_path / "before"
    before.mkdir()
    write(later(), before / "old")
    (before / "old.yaml").write_text("an older version\n")
    arguments = {
        "pull": ("neo4j", "pull", server, "WORK/old"),
        "map": ("neo4j", "map", server, "--out", "WORK/old.yaml"),
    }
    shop = Workshop(shim, tmp_path, before, arguments[command])
    was, (done, calls) = contents(before), shop.run(0)
    assert done.code == 0, done.err
    assert done.files != was
    for at, left in shop.failures(calls, 9):
        assert "Traceback" not in left.err
        if left.code != 0:
            assert left.code in (1, 3), left.err
            assert left.err.startswith("tiaokuai: "), left.err
            assert left.files == was, (at, left.err)
    for at in sorted({1, calls // 2, calls}):
        killed = shop.run(at, kill=True)[0].files
        seen = {name: digest for name, digest in killed.items() if not any(p.startswith(".") for p in Path(name).parts)}
        assert all(digest in (was.get(name), done.files.get(name)) for name, digest in seen.items()), at
        gone = shop.run(at, vanish=True)[0]
        assert "Traceback" not in gone.err
        assert gone.code == 0 or gone.err.startswith("tiaokuai: "), gone.err
