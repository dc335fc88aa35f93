"""Every command that takes DATA takes an address and answers as it does from files; the page on Neo4j runs as it is."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.command import tiaokuai
from tests.conftest import ROOT
from tests.test_cases import CASES, ask_all, case
from tests.test_cases import network as of_case
from tests.test_docs import blocks
from tests.test_neo4j import network
from tests.test_neo4j_cypher import same
from tiaokuai.graph import Network
from tiaokuai.loaders import read, write
from tiaokuai.loaders.neo4j import connect
from tiaokuai.loaders.neo4j_push import push

pytestmark = pytest.mark.neo4j

QUESTIONS = [
    "coverage",
    "coverage --by sector --for planner",
    "coverage --by enterprise",
    "replication",
    "gaps --top 3",
    "explain B01",
    "influence",
    "fragility",
    "history --step quarter",
    "compare --from 2024-01-01 --to 2025-01-01",
    "simulate --months 3 --runs 5 --start 2026-01",
    "privacy",
    "check",
]
ON_THE_SERVER = ["coverage --by block", "coverage --by ownership --for planner", "replication", "gaps --top 4"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district in the order of its ids, as it comes out of a database."""
    made = tmp_path_factory.mktemp("commands")
    assert tiaokuai("generate", made / "raw", "--blocks", 4, "--enterprises", 40, "--seed", 3).code == 0
    net = read(made / "raw")
    write(Network.from_tables({name: frame.sort(frame.columns) for name, frame in net.tables.items()}), made / "data")
    return made / "data"


@pytest.fixture
def filled(server: str, folder: Path) -> str:
    """The same in a database."""
    assert tiaokuai("neo4j", "push", folder, server).code == 0
    return server


def without_place(document: Any) -> Any:
    """A document without the names of files and of the place the data came from."""
    if isinstance(document, dict):
        return {k: without_place(v) for k, v in document.items() if k not in ("file", "data", "seconds")}
    return [without_place(part) for part in document] if isinstance(document, list) else document


def test_every_question_has_the_same_answer(filled: str, folder: Path) -> None:
    for question in QUESTIONS:
        name, *options = question.split()
        here, there = (tiaokuai(name, data, *options, "--json") for data in (folder, filled))
        assert (there.code, here.code) == (0, 0), there.out + here.out + there.err
        assert without_place(there.json) == without_place(here.json), question


def test_an_address_with_routing_is_one_too(filled: str, folder: Path) -> None:
    routed = filled.replace("bolt://", "neo4j://")
    assert tiaokuai("replication", routed, "--json").json == tiaokuai("replication", folder, "--json").json
    assert tiaokuai("neo4j", "push", folder, routed, "--json").json["changed"] is False


def test_the_server_s_answers_are_the_same(filled: str, folder: Path) -> None:
    for question in ON_THE_SERVER:
        name, *options = question.split()
        here = tiaokuai(name, folder, *options, "--as-of", "2025-06-30", "--json")
        there = tiaokuai(name, filled, *options, "--as-of", "2025-06-30", "--engine", "server", "--json")
        assert there.code == 0, there.out
        same(here.json, there.json, question)
    outcome = tiaokuai("coverage", folder, "--engine", "server", "--json")
    assert (outcome.code, outcome.json["error"]["code"]) == (2, "no_server")


@pytest.mark.parametrize("audience", ["planner", "public"])
def test_a_database_that_was_filled_with_a_release_answers_for_its_readers(
    server: str, folder: Path, audience: str
) -> None:
    assert tiaokuai("neo4j", "push", folder, server, "--for", audience).code == 0
    day = ("--as-of", "2025-06-30", "--json")
    for question in ("coverage --by block", "coverage --by enterprise", "replication", "gaps"):
        name, *options = question.split()
        here = tiaokuai(name, folder, *options, *day, "--for", audience).json
        assert tiaokuai(name, server, *options, *day).json == here, question
        there = tiaokuai(name, server, *options, *day, "--engine", "server")
        same(here, there.json, question)
        assert there.json["release"]["audience"] == audience


def test_a_server_that_holds_the_data_leaves_what_others_may_know_to_us(filled: str, folder: Path) -> None:
    asked = ("--for", "planner", "--as-of", "2025-06-30", "--json", "--lang", "en")
    there = tiaokuai("coverage", filled, *asked, "--engine", "server")
    assert "computed here: the database holds the steward's data, no release for the planner" in there.err
    assert there.json == tiaokuai("coverage", folder, *asked).json


def test_push_says_what_it_did_and_pull_is_the_same_to_the_byte(filled: str, folder: Path, tmp_path: Path) -> None:
    assert tiaokuai("neo4j", "push", folder, filled, "--json").json["changed"] is False
    assert "nothing changed" in tiaokuai("neo4j", "push", folder, filled, "--lang", "en").out
    assert tiaokuai("neo4j", "pull", filled, tmp_path / "out").code == 0
    files = sorted(path.name for path in folder.iterdir())
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == files
    assert all((tmp_path / "out" / name).read_bytes() == (folder / name).read_bytes() for name in files)


def test_status_says_what_is_there(filled: str, folder: Path) -> None:
    found = tiaokuai("neo4j", "status", filled, "--json").json
    net = read(folder)
    assert found["server"].startswith("5.")
    assert found["counts"]["Enterprise"] == net["enterprises"].height
    assert found["relationships"]["EXTENDS_TO"] == net["backbones"].height
    assert (found["hash"], found["state"], found["missing_constraints"]) == (net.fingerprint, "whole", [])
    assert found["pushed"].startswith("20")
    with connect(filled) as session:
        session.run("DROP CONSTRAINT tiaokuai_key").consume()
    assert tiaokuai("neo4j", "status", filled, "--json").json["missing_constraints"] == ["tiaokuai_key"]
    tiaokuai("neo4j", "push", folder, filled)
    assert tiaokuai("neo4j", "status", filled, "--json").json["missing_constraints"] == []


def test_identity_numbers_in_a_database_are_refused_and_not_pulled(server: str, tmp_path: Path) -> None:
    net, number = network(), "11010519491231002X"
    named = net["enterprises"].with_columns(name=pl.lit(number))
    push(Network.from_tables({**net.tables, "enterprises": named}), server)
    for command in (("coverage", server), ("check", server), ("neo4j", "pull", server, tmp_path / "out")):
        said = tiaokuai(*command, "--lang", "en")
        assert said.code == 1
        assert "identity numbers" in said.out + said.err
        assert number not in said.out + said.err
    assert not (tmp_path / "out").exists()


def test_erase_takes_the_person_out_of_the_database(server: str) -> None:
    push(network(), server)
    assert tiaokuai("erase", server, "M").code == 0
    with connect(server) as session:
        found = session.run("MATCH (n) WHERE any(k IN keys(n) WHERE n[k] = 'M' OR n[k] = 'members/M') RETURN n").value()
        assert found == []
        told = session.run("MATCH (e:Erasure) RETURN e.members AS m, e.backbones AS b, e.reason AS r").single(
            strict=True
        )
    assert (told["m"], told["b"], told["r"]) == (1, 1, "withdrawn")
    assert read(server)["members"].height == 0
    assert tiaokuai("neo4j", "status", server, "--json").json["erased_members"] == 1


def test_what_somebody_broke_in_the_browser_is_named(server: str) -> None:
    push(network(), server)
    with connect(server) as session:
        session.run("MATCH (e:Tiaokuai:Enterprise {id: 'E1'}) SET e.staff = 'nine', e.since = [1]").consume()
        session.run("MATCH (b:Tiaokuai:Block {id: 'B'})-[r:IN_DISTRICT]->() DELETE r").consume()
    outcome = tiaokuai("check", server, "--json")
    errors = {(p["code"], p["table"], p["column"]) for p in outcome.json["problems"] if p["severity"] == "error"}
    assert errors == {
        ("not_an_integer", "enterprises", "staff"),
        ("not_a_date", "enterprises", "since"),
        ("missing_value", "blocks", "district"),
    }
    assert tiaokuai("neo4j", "pull", server, "nowhere", "--json").json["error"]["code"] == "neo4j_changed"
    push(network(), server)
    assert read(server).fingerprint == network().fingerprint


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_has_the_same_answers_from_neo4j(path: Path, server: str) -> None:
    push(of_case(case(path)["data"]), server)
    ask_all(path, server)


def test_the_page_s_commands_run(filled: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(read(folder), tmp_path / "district")
    with connect(filled) as session:  # somebody else's graph, shaped like ours
        session.run(
            "CREATE (:District {id: 'X'})<-[:IN_DISTRICT]-(:Block {id: 'Y'})"
            "<-[:IN_BLOCK]-(:Enterprise {id: 'Z', staff: 3})"
        ).consume()
    try:
        for block in blocks(ROOT / "docs" / "neo4j.md"):
            for command in block.commands if block.language == "bash" else []:
                words = [filled if word == "bolt://localhost:7687" else word for word in shlex.split(command)]
                outcome = tiaokuai(*words[1:])
                assert outcome.code == 0, command + outcome.err
                assert outcome.out, command
            if block.language == "cypher":
                with connect(filled) as session:
                    assert len(session.run(block.text).value("block")) == 4
    finally:
        with connect(filled) as session:
            session.run("MATCH (n) WHERE NOT n:Tiaokuai DETACH DELETE n").consume()
