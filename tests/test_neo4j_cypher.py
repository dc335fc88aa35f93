"""The server's Cypher and the Python metrics give the same documents on any network."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.networks import FIRST, LAST, networks
from tests.test_neo4j import network
from tiaokuai.graph import Assumptions, Network
from tiaokuai.loaders.neo4j_asking import ask
from tiaokuai.loaders.neo4j_pull import pull
from tiaokuai.loaders.neo4j_push import push
from tiaokuai.metrics import cypher
from tiaokuai.metrics.coverage import GROUPINGS
from tiaokuai.metrics.documents import coverage_document, gaps_document, replication_document

pytestmark = pytest.mark.neo4j

ASSUMED = st.sampled_from(
    (
        Assumptions(),
        Assumptions(staff_per_enterprise=3, line_capacity=4, hollow_below=0.5, covered_from=0.4),
        Assumptions(eligible_kinds=frozenset({"emerging"}), hollow_below=0.0, covered_from=0.0),
    )
)


def by_server(uri: str, net: Network, day: date, assumed: Assumptions, top: int | None) -> dict[str, Any]:
    """All documents from the server's rows."""

    def question(name: str, **more: Any) -> tuple[str, dict[str, Any]]:
        return cypher.text(name), cypher.parameters(day, assumed, net.template, **more)

    rows = ask(
        uri,
        {
            **{by: question("coverage", by=by) for by in (*GROUPINGS, "all")},
            "replication": question("replication"),
            "gaps": question("gaps", top=top),
            "to_found": question("blocks_to_found"),
        },
    )
    return {
        **{by: cypher.coverage_document(rows[by], day, by, assumed) for by in GROUPINGS},
        "replication": cypher.replication_document(rows["replication"], day, assumed, net.template),
        "gaps": cypher.gaps_document(rows["gaps"], rows["all"], rows["to_found"], day),
    }


def by_python(net: Network, day: date, assumed: Assumptions, top: int | None) -> dict[str, Any]:
    """The same from the metrics."""
    snapshot = net.as_of(day, assumed)
    return {
        **{by: coverage_document(snapshot, by) for by in GROUPINGS},
        "replication": replication_document(snapshot),
        "gaps": gaps_document(snapshot, top),
    }


def same(one: Any, other: Any, where: str = "") -> None:
    """Equal, shares up to the order of their sums."""
    if isinstance(one, dict):
        assert list(one) == list(other), where
        for key in one:
            same(one[key], other[key], f"{where}.{key}")
    elif isinstance(one, list):
        assert len(one) == len(other), where
        for at, (left, right) in enumerate(zip(one, other, strict=True)):
            same(left, right, f"{where}[{at}]")
    elif isinstance(one, float):
        assert other == pytest.approx(one, abs=1e-11), where
    else:
        assert one == other, where


def in_order(net: Network) -> Network:
    """Rows sorted by id, as they come out of a database."""
    return Network.from_tables({name: frame.sort(frame.columns) for name, frame in net.tables.items()})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(net=networks(), days=st.lists(st.dates(FIRST, LAST), min_size=2, max_size=2), assumed=ASSUMED, data=st.data())
def test_server_and_python_answer_alike(
    server: str, net: Network, days: list[date], assumed: Assumptions, data: st.DataObject
) -> None:
    net = in_order(net)
    push(net, server)
    assert pull(server).fingerprint == net.fingerprint
    top = data.draw(st.sampled_from((None, 2)))
    for day in days:
        same(by_python(net, day, assumed, top), by_server(server, net, day, assumed, top))


def test_the_server_s_figures_by_hand(server: str) -> None:
    """One line of capacity 7 at an enterprise of 9; the other's head-count is unknown and taken as 10."""
    push(network(), server)
    found = by_server(server, network(), date(2024, 6, 1), Assumptions(), None)
    rows = {row["id"]: row for row in found["block"]["rows"]}
    assert (rows["A"]["reached"], rows["A"]["coverage"], rows["A"]["missing_lines"]) == (7, 7 / 9, 1)
    assert (rows["B"]["staff"], rows["B"]["imputed_staff"], rows["B"]["coverage"]) == (10, 10, 0.0)
    assert [(row["id"], row["status"], row["generation"]) for row in found["replication"]["rows"]] == [
        ("A", "growing", 0),
        ("B", "none", 1),
    ]
    assert [(row["enterprise"], row["gain"]) for row in found["gaps"]["rows"]] == [("E2", 10), ("E1", 2)]


def test_counts_are_filled_as_before_by_the_server_too(server: str) -> None:
    """B: 25 staff, nobody listed; 3 members with a line of 8, then two lines whose capacity nobody counted anew."""
    rows = [(1, 3, 1, 8), (3, None, 2, None), (5, 14, None, None), (7, None, 0, None)]
    names = ("members", "lines", "capacity")
    counts = [
        {"enterprise": "E2", "since": date(2024, month, 1)} | dict(zip(names, cells, strict=True))
        for month, *cells in rows
    ]
    enterprises = [{"id": "E1", "block": "A", "staff": 9}, {"id": "E2", "block": "B", "staff": 25}]
    net = network(enterprises=enterprises, counts=counts)
    push(net, server)
    seen = {}
    for month in (2, 4, 6, 8):
        day = date(2024, month, 1)
        found = by_server(server, net, day, Assumptions(), None)
        same(by_python(net, day, Assumptions(), None), found)
        seen[month] = [found["block"]["rows"][1][name] for name in ("members", "lines", "potential", "reached")]
    assert seen == {2: [3, 1, 8, 8], 4: [3, 2, 8, 8], 6: [14, 2, 8, 14], 8: [14, 0, 0, 14]}
