"""A database that others filled: a first guess, a mapping file, and then the same commands with the same checks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import tiaokuai
from tiaokuai.loaders.neo4j import connect
from tiaokuai.loaders.neo4j_guess import Schema, guess

OTHERS = """
CREATE (r:Region {code: 'R1', name: 'Harbour'}),
  (p:Park {code: 'P1', name: 'Quay'})<-[:CONTAINS]-(r), (q:Park {code: 'P2'})<-[:CONTAINS]-(r),
  (c:Company {code: 'C1', headcount: 12, ownership: 'foreign', phone: '-'})-[:LOCATED_IN]->(p),
  (d:Company {code: 'C2', headcount: 'many'})-[:LOCATED_IN]->(q),
  (a:Club {code: 'K1', founded: date('2020-01-01')})-[:SERVES]->(p),
  (m:Member {code: 'M1', joined: date('2021-01-01'), consent: '2020-12-01'})-[:EMPLOYED_AT]->(c), (m)-[:IN]->(a),
  (c)-[:JOINED {since: date('2020-05-01')}]->(a), (p)-[:NEAR {weight: 0.5}]->(q), (:Film {title: 'Alien'})
"""
MAPPING = """
districts:
  nodes: Region
  columns: {id: code, name: name}
blocks:
  nodes: Park
  columns:
    id: code
    name: name
    district: "<-[CONTAINS]- Region.code"
enterprises:
  nodes: Company
  columns:
    id: code
    staff: headcount
    ownership: ownership
    block: "-[LOCATED_IN]-> Park.code"
associations:
  nodes: Club
  columns:
    id: code
    since: founded
    block: "-[SERVES]-> Park.code"
members:
  nodes: Member
  columns:
    id: code
    since: joined
    consent: consent
    enterprise: "-[EMPLOYED_AT]-> Company.code"
    association: "-[IN]-> .code"
enrolments:
  relationships: Company -[JOINED]-> Club
  columns: {enterprise: start.code, association: end.code, since: since}
links:
  relationships: Park -[NEAR]-> Park
  columns: {a: start.code, b: end.code, weight: weight}
"""


@pytest.fixture
def others(server: str) -> Iterator[str]:
    """A database with somebody else's graph in it."""
    with connect(server) as session:
        session.run(OTHERS).consume()
    yield server
    with connect(server) as session:
        session.run("MATCH (n) WHERE NOT n:Tiaokuai DETACH DELETE n").consume()


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    """The mapping file of that graph."""
    path = tmp_path / "mapping.yaml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


@pytest.mark.neo4j
def test_the_same_commands_read_it_with_the_same_check(others: str, mapping: Path) -> None:
    checked = tiaokuai("check", others, "--mapping", mapping, "--json")
    assert checked.code == 1
    errors = [problem for problem in checked.json["problems"] if problem["severity"] == "error"]
    assert [(p["code"], p["table"], p["file"], p["row"], p["column"], p["value"]) for p in errors] == [
        ("not_an_integer", "enterprises", "(:Company)", 3, "staff", "many")
    ]
    with connect(others) as session:
        session.run("MATCH (c:Company {code: 'C2'}) SET c.headcount = 8.0").consume()
    rows = tiaokuai("coverage", others, "--mapping", mapping, "--by", "block", "--json").json["rows"]
    assert [(row["id"], row["staff"], row["members"], row["reached"]) for row in rows] == [
        ("P1", 12, 1, 1),
        ("P2", 8, 0, 0),
    ]


@pytest.mark.neo4j
def test_a_push_of_it_makes_it_ours_and_leaves_theirs(others: str, mapping: Path, tmp_path: Path) -> None:
    with connect(others) as session:
        session.run("MATCH (c:Company {code: 'C2'}) SET c.headcount = 8").consume()
    assert tiaokuai("neo4j", "push", others, others, "--mapping", mapping).code == 0
    alike = [tiaokuai("coverage", others, *more, "--json").json for more in (("--mapping", mapping), ())]
    assert alike[0] == alike[1]
    with connect(others) as session:
        assert session.run("MATCH (c:Company)-[:LOCATED_IN]->() RETURN count(*) AS n").value("n") == [2]


@pytest.mark.neo4j
def test_it_is_never_changed(others: str, mapping: Path) -> None:
    with connect(others) as session:
        session.run("MATCH (c:Company {code: 'C2'}) SET c.headcount = 8").consume()
    outcome = tiaokuai("erase", others, "M1", "--mapping", mapping, "--json")
    assert (outcome.code, outcome.json["error"]["code"]) == (1, "foreign_database")
    with connect(others) as session:
        assert session.run("MATCH (m:Member) RETURN count(*) AS n").value("n") == [1]


@pytest.mark.neo4j
def test_the_first_guess_needs_little(others: str, tmp_path: Path) -> None:
    out = tmp_path / "guess.yaml"
    assert tiaokuai("neo4j", "map", others, "--out", out).code == 0
    text = out.read_text(encoding="utf-8")
    assert 'block: "-[LOCATED_IN]-> Park.code"' in text
    assert "staff: headcount" in text
    assert "never read, it would profile people: phone" in text
    assert "# left out: (:Film)" in text
    assert "# since: ?  (required)" in text, "the club's and the member's first day have names that nobody can guess"
    out.write_text(
        text.replace("    # since: ?  (required)", "    since: {}").format("founded", "joined"), encoding="utf-8"
    )
    checked = tiaokuai("check", others, "--mapping", out, "--json").json
    assert {problem["code"] for problem in checked["problems"]} == {"not_an_integer", "founded_without_source"}
    assert checked["rows"]["enrolments"] == checked["rows"]["links"] == 1


def test_a_guess_of_a_graph_shaped_like_ours_is_complete() -> None:
    nodes = {"District": ["id"], "Block": ["id", "kind"], "Enterprise": ["id", "staff"]}
    edges: dict[tuple[str, str, str], list[str]] = {
        ("Block", "IN_DISTRICT", "District"): [],
        ("Enterprise", "IN_BLOCK", "Block"): [],
        ("Block", "REPLICATES", "Block"): ["since"],
    }
    text = guess(Schema(nodes, edges))
    assert "?" not in text
    assert "  relationships: Block -[REPLICATES]-> Block" in text
    assert '    source: "end.id"' in text


def test_all_that_is_wrong_with_a_mapping_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(
        "parks: {}\nblocks: {nodes: Park, columns: {id: code, colour: x, name: '->'}}\nlinks: {columns: {}}\n"
        "members: {nodes: M, columns: {id: phone}}\n",
        encoding="utf-8",
    )
    outcome = tiaokuai("check", "bolt://127.0.0.1:1", "--mapping", path, "--json")
    assert (outcome.code, outcome.json["error"]["code"]) == (1, "bad_mapping")
    assert len(outcome.json["error"]["details"]["problems"]) == 5


@pytest.mark.parametrize("text", ["", "{", "- a", "[[[", "a: &a [*a]"])
def test_what_is_no_mapping_is_said_in_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    outcome = tiaokuai("check", "bolt://127.0.0.1:1", "--mapping", path, "--json")
    assert (outcome.code, outcome.json["error"]["code"]) == (1, "bad_mapping")


def test_a_mapping_of_files_is_refused(tmp_path: Path) -> None:
    outcome = tiaokuai("check", tmp_path, "--mapping", tmp_path / "m.yaml", "--json")
    assert (outcome.code, outcome.json["error"]["code"]) == (1, "mapping_of_files")
