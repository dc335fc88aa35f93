"""What goes wrong with a real server: exit 3, one plain sentence, nothing half written, and right the next time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from tests.command import Outcome, tiaokuai
from tests.neo4j_server import PASSWORD, Server, need_java, running
from tests.tcp_proxy import wire
from tests.test_neo4j import network
from tiaokuai.graph.errors import ServiceError
from tiaokuai.graph.network import Network
from tiaokuai.loaders import neo4j, neo4j_push, write
from tiaokuai.loaders.neo4j import connect
from tiaokuai.loaders.neo4j_pull import pull
from tiaokuai.loaders.neo4j_push import push

pytestmark = pytest.mark.neo4j


def later() -> Network:
    """The network a month on: an enterprise more, a line less."""
    more = [*network()["enterprises"].to_dicts(), {"id": "E3", "block": "B", "staff": 4}]
    return network(enterprises=more, backbones=[])


def is_told(outcome: Outcome, code: str) -> None:
    """Exit 3 and one sentence."""
    assert (outcome.code, outcome.json["error"]["code"]) == (3, code), outcome.out + outcome.err
    assert "\n" not in outcome.json["error"]["message"]


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two seconds of it in place of thirty."""
    monkeypatch.setattr(neo4j, "TIMEOUT", 2.0)


COMMANDS = ("coverage", "check", "neo4j status", "neo4j pull", "neo4j push", "erase")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_server_that_is_down(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", PASSWORD)
    write(network(), tmp_path / "data")
    data = {"neo4j push": [tmp_path / "data"]}.get(command, [])
    more = {"neo4j pull": [tmp_path / "out"], "erase": ["M"]}.get(command, [])
    is_told(tiaokuai(*command.split(), *data, "bolt://127.0.0.1:1", *more, "--json"), "neo4j_unreachable")
    assert not (tmp_path / "out").exists()


def test_an_address_that_is_none() -> None:
    for address in ("bolt://127.0.0.1:port", "neo4j://"):
        outcome = tiaokuai("coverage", address, "--json")
        assert outcome.code in (1, 3), outcome.err
    outcome = tiaokuai("coverage", "bolt://me:secret@127.0.0.1", "--json")
    assert (outcome.code, outcome.json["error"]["code"]) == (1, "credentials_in_address")
    assert "secret" not in outcome.out + outcome.err


def test_the_wrong_password_and_no_password(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    monkeypatch.setenv("NEO4J_PASSWORD", "wrong")
    is_told(tiaokuai("neo4j", "status", server, "--json"), "neo4j_login")
    monkeypatch.delenv("NEO4J_PASSWORD")
    is_told(tiaokuai("neo4j", "status", server, "--json"), "neo4j_login")
    monkeypatch.setenv("NEO4J_PASSWORD_FILE", str(secret))
    assert tiaokuai("neo4j", "status", server, "--json").code == 0
    secret.unlink()
    assert tiaokuai("neo4j", "status", server, "--json").code == 1


def test_an_expired_password(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with GraphDatabase.driver(server, auth=("neo4j", PASSWORD)) as driver, driver.session(database="system") as session:
        session.run("CREATE OR REPLACE USER late SET PASSWORD 'must-be-changed' CHANGE REQUIRED").consume()
    monkeypatch.setenv("NEO4J_USERNAME", "late")
    monkeypatch.setenv("NEO4J_PASSWORD", "must-be-changed")
    is_told(tiaokuai("neo4j", "status", server, "--json"), "neo4j_password_expired")


def test_a_database_that_does_not_exist(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_DATABASE", "nowhere")
    is_told(tiaokuai("coverage", server, "--json"), "neo4j_no_database")


def test_an_encrypted_connection_to_a_server_without_encryption(server: str, patience: None) -> None:
    is_told(tiaokuai("coverage", server.replace("bolt:", "bolt+s:"), "--json"), "neo4j_unreachable")


@pytest.mark.parametrize("after", [0, 700], ids=["before the greeting", "in the middle of an answer"])
def test_a_server_that_goes_silent(server: str, patience: None, tmp_path: Path, after: int) -> None:
    push(network(), server)
    with wire(server, after=after, silent=True) as slow:
        is_told(tiaokuai("neo4j", "pull", slow, tmp_path / "out", "--json"), "neo4j_unreachable")
    assert list(tmp_path.iterdir()) == []


def test_a_connection_lost_in_a_pull_leaves_the_folder_as_it_was(server: str, patience: None, tmp_path: Path) -> None:
    push(network(), server)
    out = tmp_path / "out"
    write(later(), out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    for after in (700, 2000):
        with wire(server, after=after, silent=False) as torn:
            is_told(tiaokuai("neo4j", "pull", torn, out, "--json"), "neo4j_unreachable")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_connection_lost_in_a_push_leaves_the_database_as_it_was(server: str, patience: None) -> None:
    push(network(), server)
    with wire(server, after=2500, silent=False) as torn, pytest.raises(ServiceError):
        push(later(), torn)
    assert pull(server).fingerprint == network().fingerprint
    push(later(), server)
    assert pull(server).fingerprint == later().fingerprint


@pytest.mark.parametrize("limit", [0, 200_000], ids=["in batches", "in one transaction"])
def test_a_push_that_is_killed_is_pushed_again(server: str, tmp_path: Path, limit: int) -> None:
    write(later(), tmp_path / "data")
    if limit:
        push(network(), server)
    program = (
        "import os, sys; from tiaokuai.loaders import neo4j_push, read; neo4j_push.ONE_TRANSACTION = int(sys.argv[3]);"
        "neo4j_push.push(read(sys.argv[1]), sys.argv[2], lambda rows: rows > 5 and os.kill(os.getpid(), 9))"
    )
    line = [sys.executable, "-c", program, str(tmp_path / "data"), server, str(limit)]
    assert subprocess.run(line, check=False).returncode == -9
    if limit:
        assert pull(server).fingerprint == network().fingerprint
    else:
        for asked in (["coverage", server], ["coverage", server, "--engine", "server"], ["neo4j", "pull", server, "o"]):
            is_told(tiaokuai(*asked, "--json"), "neo4j_unfinished")
        assert tiaokuai("neo4j", "status", server, "--json").json["state"] == "loading"
    push(later(), server)
    assert pull(server).fingerprint == later().fingerprint
    assert not push(later(), server).changed


def test_of_two_first_pushes_the_later_one_wins(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neo4j_push, "ONE_TRANSACTION", 0)
    begun = iter([True])

    def interrupt(rows: int) -> None:
        if next(begun, False):
            push(later(), server)

    with pytest.raises(ServiceError) as told:
        push(network(), server, interrupt)
    assert told.value.code == "neo4j_taken_over"
    assert pull(server).fingerprint == later().fingerprint


@pytest.mark.xdist_group("neo4j-own")
def test_a_server_killed_in_the_middle_of_a_push(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a power cut: the server starts again with the old data, and the next push is right."""
    need_java()
    monkeypatch.setenv("NEO4J_PASSWORD", PASSWORD)
    monkeypatch.setattr(neo4j, "RETRIES", 0.0)

    def push_and_kill(server: Server) -> None:
        with pytest.raises(ServiceError) as told:
            push(later(), server.address, lambda rows: server.kill())
        assert told.value.code == "neo4j_unreachable"

    with running(tmp_path) as server:
        push(network(), server.address)
        push_and_kill(server)
    with running(tmp_path) as server:
        assert pull(server.address).fingerprint == network().fingerprint
        push(later(), server.address)
        assert pull(server.address).fingerprint == later().fingerprint


def test_a_relationship_of_somebody_else_outlives_a_node_of_ours(server: str) -> None:
    """The node is left bare: nothing of ours is on it, so that an erased member's id is nowhere."""
    push(network(), server)
    with connect(server) as session:
        session.run("MATCH (m:Member {id: 'M'}) CREATE (:Desk {at: 3})-[:OF]->(m)").consume()
    push(network(members=[], backbones=[]), server)
    with connect(server) as session:
        left = session.run("MATCH (:Desk)-[:OF]->(n) RETURN labels(n) AS l, properties(n) AS p").single(strict=True)
        session.run("MATCH (d:Desk)-[:OF]->(n) DETACH DELETE d, n").consume()
    assert (left["l"], left["p"]) == ([], {})
    assert pull(server)["members"].height == 0


@pytest.mark.parametrize("work", ["push", "erase"])
def test_wherever_the_connection_is_cut_the_database_holds_the_old_data_or_the_new(
    server: str, work: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After every so many bytes of the server's answers, until nothing is cut any more."""
    monkeypatch.setattr(neo4j, "RETRIES", 0.0)
    erased = network(members=[], backbones=[])
    wanted = later() if work == "push" else erased
    whole = {network().fingerprint, wanted.fingerprint}
    done = []
    for after in range(0, 40_000, 900):
        push(network(), server)
        with wire(server, after=after, silent=False) as torn:
            try:
                if work == "push":
                    push(wanted, torn)
                else:
                    neo4j_push.erase_members(wanted, torn, "withdrawn", 1, 1)
                done.append(True)
            except ServiceError as told:
                done.append(told.code != "neo4j_unreachable")
        assert pull(server).fingerprint in (whole if not done[-1] else {wanted.fingerprint})
        if done[-1]:
            break
    assert done[-1]
    assert len(done) > 3, "most were cut"
