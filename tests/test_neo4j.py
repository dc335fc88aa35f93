"""A network in a real Neo4j: idempotent, nothing lost, foreign data untouched, faults as sentences."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tiaokuai.graph.errors import ServiceError
from tiaokuai.graph.network import Network
from tiaokuai.loaders.neo4j import connect
from tiaokuai.loaders.neo4j_pull import pull
from tiaokuai.loaders.neo4j_push import push

pytestmark = pytest.mark.neo4j


def network(**changes: list[dict[str, Any]]) -> Network:
    day = "2024-01-01"
    tables: dict[str, Any] = {
        "districts": [{"id": "D"}],
        "blocks": [{"id": "A", "district": "D", "kind": "pilot", "lon": 0.1}, {"id": "B", "district": "D"}],
        "enterprises": [{"id": "E1", "block": "A", "staff": 9}, {"id": "E2", "block": "B", "name": "甲"}],
        "associations": [{"id": "S", "block": "A", "kind": "association"}],
        "members": [{"id": "M", "enterprise": "E1", "association": "S"}],
        "enrolments": [{"enterprise": "E1", "association": "S"}],
        "backbones": [{"member": "M", "capacity": 7}],
        "adoptions": [{"block": "A", "component": "training"}],
        "replications": [{"source": "A", "target": "B"}],
        "links": [{"a": "A", "b": "B", "weight": 0.5}],
        "counts": [{"enterprise": "E2", "members": 3, "lines": 1}],
    }
    for table in ("associations", "members", "enrolments", "backbones", "adoptions", "replications"):
        tables[table] = [{**row, "since": date.fromisoformat(day)} for row in tables[table]]
    tables["counts"][0]["since"] = date(2024, 7, 1)
    tables["members"][0]["consent"] = date.fromisoformat(day)
    return Network.from_tables({**tables, **changes})


def test_all_tables_come_back_and_a_second_push_changes_nothing(server: str) -> None:
    push(network(), server)
    assert pull(server).fingerprint == network().fingerprint
    assert not push(network(), server).changed


def test_rows_that_left_leave_and_a_line_follows_its_member(server: str) -> None:
    push(network(), server)
    fewer = network(links=[], members=[{**network()["members"].row(0, named=True), "enterprise": "E2"}])
    push(fewer, server)
    assert pull(server).fingerprint == fewer.fingerprint
    with connect(server) as session:
        ends = session.run("MATCH (:Backbone)-[:EXTENDS_TO]->(e) RETURN e.id AS id").value("id")
    assert ends == ["E2"]


def test_a_count_that_changed_is_written_again_and_one_that_left_leaves(server: str) -> None:
    def counted(*rows: tuple[str, int, int | None]) -> Network:
        names = ("enterprise", "since", "members", "lines")
        return network(
            counts=[dict(zip(names, (at, date(2024, month, 1), 4, lines), strict=True)) for at, month, lines in rows]
        )

    push(counted(("E1", 2, 1), ("E1", 7, None), ("E2", 7, 0)), server)
    pushed = push(second := counted(("E1", 2, 1), ("E1", 7, 2), ("E1", 9, None)), server)
    assert (pushed.added["counts"], pushed.removed["counts"]) == (2, 2)
    assert pull(server).fingerprint == second.fingerprint
    with connect(server) as session:
        found = session.run("MATCH (c:Tiaokuai:Count)-[:OF]->(e) RETURN c.key AS key, c.lines AS lines ORDER BY key")
        assert [(row["key"], row["lines"]) for row in found] == [
            ("counts/E1@2024-02-01", 1), ("counts/E1@2024-07-01", 2), ("counts/E1@2024-09-01", None),
        ]  # fmt: skip
    push(network(counts=[]), server)
    with connect(server) as session:
        assert session.run("MATCH (c:Count) RETURN count(c) AS n").single(strict=True)["n"] == 0


def test_foreign_data_is_neither_read_nor_touched(server: str) -> None:
    with connect(server) as session:
        session.run("MERGE (:Block {id: 'A', mine: true})").consume()
    push(network(), server)
    push(Network.from_tables({}), server)
    with connect(server) as session:
        assert session.run("MATCH (b:Block {mine: true}) RETURN properties(b) AS p").value("p") == [
            {"id": "A", "mine": True}
        ]
        session.run("MATCH (b:Block {mine: true}) DETACH DELETE b").consume()


@pytest.mark.parametrize(
    ("variable", "value", "code"),
    [("NEO4J_PASSWORD", "wrong", "neo4j_login"), ("NEO4J_DATABASE", "nowhere", "neo4j_no_database")],
)
def test_a_fault_is_named(server: str, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, code: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ServiceError) as told:
        pull(server)
    assert told.value.code == code


def test_a_server_that_is_down_is_said_to_be(server: str) -> None:
    with pytest.raises(ServiceError) as told:
        pull("bolt://127.0.0.1:1")
    assert told.value.code == "neo4j_unreachable"
