"""Push and pull of a large network, and coverage by block on the server beside polars and a loop over networkx.

``python benchmarks/bench_neo4j.py [ENTERPRISES]`` starts a Neo4j as the tests do (2 GB of heap); members are ten times
the enterprises. NEO4J_URI names another server, which must hold nothing of ours.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.neo4j_server import PASSWORD, running
from tiaokuai.graph import Assumptions, Network
from tiaokuai.loaders.neo4j import connect
from tiaokuai.loaders.neo4j_asking import ask
from tiaokuai.loaders.neo4j_pull import pull
from tiaokuai.loaders.neo4j_push import push
from tiaokuai.metrics import cypher
from tiaokuai.metrics.documents import coverage_document

DAY = date(2026, 1, 1)
MEMBERS = 10  # an enterprise
HEAP = "2g"


def large(enterprises: int, seed: int = 1) -> Network:
    """Ten members an enterprise, a line at every other, a block for every two hundred."""
    draw = np.random.default_rng(seed)
    blocks = max(1, enterprises // 200)
    members = enterprises * MEMBERS
    at = pl.Series("enterprise", np.arange(enterprises).repeat(MEMBERS))
    since = pl.Series(draw.integers(0, 2000, members)).cast(pl.Int32)
    begun = (pl.lit(DAY - timedelta(days=2100)) + pl.duration(days=since)).cast(pl.Date)
    people = pl.DataFrame({"enterprise": at}).select(
        id=pl.format("M{}", pl.int_range(pl.len())),
        enterprise=pl.format("E{}", "enterprise"),
        association=pl.format("A{}", pl.col("enterprise") % blocks),
        since=begun,
        consent=begun,
    )
    return Network.from_tables(
        {
            "districts": [{"id": "D"}],
            "blocks": pl.DataFrame({"id": [f"B{b}" for b in range(blocks)]}).with_columns(district=pl.lit("D")),
            "enterprises": pl.DataFrame({"at": np.arange(enterprises)}).select(
                id=pl.format("E{}", "at"),
                block=pl.format("B{}", pl.col("at") % blocks),
                staff=pl.Series(draw.integers(5, 60, enterprises)),
            ),
            "associations": pl.DataFrame({"at": np.arange(blocks)}).select(
                id=pl.format("A{}", "at"),
                block=pl.format("B{}", "at"),
                since=pl.lit(DAY - timedelta(days=2200)),
            ),
            "members": people,
            "backbones": people.gather_every(2 * MEMBERS).select(pl.col("id").alias("member"), "since"),
        }
    )


def by_networkx(graph: Any) -> dict[str, tuple[int, int]]:
    """Staff and reached people of every block, as one writes it by hand over a graph of one day."""
    sums: dict[str, tuple[int, int]] = {}
    for node, about in graph.nodes(data=True):
        if about["label"] != "Enterprise":
            continue
        members = capacity = 0
        for _, _, edge in graph.in_edges(node, data=True):
            if edge["type"] == "WORKS_AT":
                members += 1
            elif edge["type"] == "EXTENDS_TO":
                capacity += edge.get("capacity", 10)
        block = next(end for _, end, edge in graph.out_edges(node, data=True) if edge["type"] == "IN_BLOCK")
        staff = about["staff"]
        before = sums.get(block, (0, 0))
        sums[block] = before[0] + staff, before[1] + min(staff, max(min(staff, capacity), members))
    return sums


def timed(work: Callable[[], Any], repeat: int = 1) -> tuple[float, Any]:
    """Seconds of the best run, and its outcome."""
    best, found = float("inf"), None
    for _ in range(repeat):
        begun = time.perf_counter()
        found = work()
        best = min(best, time.perf_counter() - begun)
    return best, found


def memory() -> str:
    """The most memory that this process had so far."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GB"


def measure(uri: str, enterprises: int) -> None:
    """Prints the two tables."""
    network = large(enterprises)
    rows = sum(frame.height for frame in network.tables.values())
    print(f"{rows:,} rows; load {os.getloadavg()[0]:.1f}; client before: {memory()}", flush=True)

    def told(name: str, seconds: float, count: int) -> None:
        print(f"| {name} | {seconds:.1f} | {count / seconds:,.0f} | {memory()} |", flush=True)

    print("| step | s | rows/s | client memory, at most |\n| --- | --- | --- | --- |")
    told("first push", timed(lambda: push(network, uri))[0], rows)
    told("the same again: nothing to do", timed(lambda: push(network, uri))[0], rows)
    fewer = Network.from_tables({**network.tables, "backbones": network["backbones"].head(-1000)})
    told("1,000 lines end", timed(lambda: push(fewer, uri))[0], rows)
    seconds, back = timed(lambda: pull(uri))
    told("pull", seconds, rows)
    assert back.fingerprint == fewer.fingerprint

    assumed = Assumptions()
    given = cypher.parameters(DAY, assumed, fewer.template, by="block")
    server, found = timed(lambda: ask(uri, {"c": (cypher.text("coverage"), given)})["c"], 3)
    local, document = timed(lambda: coverage_document(fewer.as_of(DAY, assumed), "block"), 3)
    assert {row["id"]: row["reached"] for row in found} == {row["id"]: row["reached"] for row in document["rows"]}
    build, graph = timed(lambda: fewer.to_networkx(DAY))
    loop, sums = timed(lambda: by_networkx(graph), 3)
    assert all(sums[f"Block:{row['id']}"] == (row["staff"], row["reached"]) for row in document["rows"])
    print("\n| coverage by block | s | times slower |\n| --- | --- | --- |")
    print(f"| local, polars and NumPy, tables in memory | {local:.4f} | 1 |")
    print(f"| a loop over networkx, graph in memory (built in {build:.0f} s) | {loop:.2f} | {loop / local:.0f} |")
    print(f"| the server's Cypher | {server:.2f} | {server / local:.0f} |")
    print(f"\nclient at the end: {memory()}; load {os.getloadavg()[0]:.1f}")


def main() -> None:
    """On a server of NEO4J_URI, or one of our own."""
    enterprises = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    if uri := os.environ.get("NEO4J_URI"):
        measure(uri, enterprises)
        with connect(uri) as session:
            session.run("MATCH (n:Tiaokuai) CALL (n) { DETACH DELETE n } IN TRANSACTIONS").consume()
        return
    os.environ["NEO4J_PASSWORD"] = PASSWORD
    with tempfile.TemporaryDirectory() as home, running(Path(home), heap=HEAP) as server:
        measure(server.address, enterprises)


if __name__ == "__main__":
    main()
