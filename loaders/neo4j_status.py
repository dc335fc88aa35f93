"""What a Neo4j database holds of ours."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tiaokuai.loaders.neo4j import connect
from tiaokuai.loaders.neo4j_mapping import OURS, RELATIONS
from tiaokuai.loaders.neo4j_writing import SCHEMA


def status(uri: str) -> dict[str, Any]:
    """Server version and edition, nodes of ours by label, lines and other relationships by type, the last push and
    its data set's hash, constraints and indexes missing."""
    with connect(uri) as session:
        server = session.run("CALL dbms.components() YIELD versions, edition RETURN versions[0] AS v, edition").single(
            strict=True
        )
        nodes = session.run(f"MATCH (n:{OURS}) UNWIND labels(n) AS l RETURN l, count(*) AS c ORDER BY l")
        counts = {record["l"]: record["c"] for record in nodes if record["l"] not in (OURS, "DataSet", "Erasure")}
        types = "|".join(sorted(relation.type for relation in RELATIONS.values()))
        edges = session.run(f"MATCH (:{OURS})-[r:{types}]->(:{OURS}) RETURN type(r) AS t, count(*) AS c ORDER BY t")
        relationships = {record["t"]: record["c"] for record in edges}
        erasures = session.run(f"MATCH (e:{OURS}:Erasure) RETURN sum(e.members) AS n").single(strict=True)["n"]
        last = session.run(f"MATCH (d:{OURS}:DataSet) RETURN d.state AS state, d.hash AS hash, d.pushed AS at").single()
        names = session.run("SHOW INDEXES YIELD name, state WHERE state = 'ONLINE'").value("name")
    pushed: datetime | None = last["at"].to_native() if last and last["at"] else None
    return {
        "server": server["v"],
        "edition": server["edition"],
        "counts": counts,
        "relationships": relationships,
        "erased_members": erasures,
        "state": last["state"] if last else None,
        "hash": last["hash"] if last else None,
        "pushed": pushed.isoformat() if pushed else None,
        "missing_constraints": [name for name in SCHEMA if name not in names],
    }
