"""A network into a Neo4j database: only what differs, and whole or not at all.

Where anything of ours is there already, one transaction does it all: readers see the old data until it commits, and a
push that is killed leaves nothing behind. That is preferred to versions on the nodes because people look at the same
graph in Neo4j's own tools, which would show them both versions; and it fits, because only differences are written.
A first push writes everything, more than a transaction may hold, but there is no old data to keep readable: beyond
:data:`ONE_TRANSACTION` rows it goes in batches under the state ``loading``, under which nothing is read, and one that
was killed is cleared away by the next.

Nothing without the label ``Tiaokuai`` is read, changed or deleted.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from neo4j import ManagedTransaction, Session

from tiaokuai.graph.errors import ServiceError
from tiaokuai.graph.network import Network, schema
from tiaokuai.graph.records import TABLES
from tiaokuai.loaders import neo4j_writing as writing
from tiaokuai.loaders.neo4j import connect
from tiaokuai.loaders.neo4j_mapping import NODES, OURS, OWN, RELATIONS, node_key
from tiaokuai.loaders.neo4j_reading import texts, typed
from tiaokuai.loaders.release_note import note_text

ONE_TRANSACTION = 200_000  # rows; about 1 GB of the server's heap
_DATASET = f"(d:{OURS}:DataSet {{key: 'dataset'}})"
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Pushed:
    """Rows written and rows taken out, by table; a changed row counts as both."""

    added: dict[str, int] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether the database differed from the data set at all."""
        return any(self.added.values()) or any(self.removed.values())


def push(network: Network, uri: str, progress: Progress = lambda rows: None) -> Pushed:
    """Makes the database hold this network and leaves foreign data alone; ``progress`` is told the rows done so far.

    Raises ServiceError, and then whoever reads the database finds what was there before.
    """
    with connect(uri) as session:
        for command in writing.SCHEMA.values():
            session.run(command).consume()
        session.run("CALL db.awaitIndexes(300)").consume()
        state = session.execute_read(_state)
        if state == "loading" or (state is None and _rows(network) > ONE_TRANSACTION):
            return _load(session, network, progress)
        return session.execute_write(_differences, network, progress)


def erase_members(network: Network, uri: str, reason: str, members: int, backbones: int) -> None:
    """Makes the database hold ``network``, which lacks erased members, and keeps a tombstone that names nobody.

    Both in one transaction: why and how many, as a node (:Tiaokuai:Erasure).
    """

    def erase(transaction: ManagedTransaction) -> None:
        _differences(transaction, network, lambda rows: None)
        transaction.run(
            f"CREATE (:{OURS}:Erasure {{on: date(), reason: $reason, members: $members, backbones: $backbones}})",
            reason=reason,
            members=members,
            backbones=backbones,
        ).consume()

    with connect(uri) as session:
        session.execute_write(erase)


def _rows(network: Network) -> int:
    return sum(frame.height for frame in network.tables.values())


def _state(transaction: ManagedTransaction) -> str | None:
    found = transaction.run(f"MATCH {_DATASET} RETURN d.state AS state").single()
    return found["state"] if found else None


def _differences(transaction: ManagedTransaction, network: Network, progress: Progress) -> Pushed:
    # Writing to the node waits for any other push, so that what is read next is what will be written over.
    transaction.run(f"MERGE {_DATASET} SET d.state = 'whole'").consume()
    old = texts(transaction, OWN, marked=True)
    gone, new = {}, {}
    for table in TABLES:
        gone[table], new[table] = differences(table, old[table], network[table])
    # A line runs to its member's enterprise: where the member changed, the line is drawn again.
    moved = pl.concat([new["members"]["id"], gone["members"]["id"]]).unique().implode()
    again = old["backbones"].filter(pl.col("member").is_in(moved)).select("member", "_element")
    gone["backbones"] = pl.concat([gone["backbones"].select("member", "_element"), again]).unique()
    lines = network["backbones"].filter(pl.col("member").is_in(moved))
    new["backbones"] = pl.concat([new["backbones"], lines]).unique()

    run = _counting(lambda query, rows: int(transaction.run(query, rows=rows).single(strict=True)["done"]), progress)
    for table in RELATIONS:
        writing.delete_relations(run, gone[table]["_element"])
    for table in NODES:
        left = gone[table].join(network[table], on=list(TABLES[table].key), how="anti", nulls_equal=False)
        writing.delete_nodes(run, left["_element"].unique())
    writing.write_components(run, network.template)
    for table in NODES:
        writing.write_nodes(run, table, new[table], old[table].select(node_key(table)).to_series())
    for table in RELATIONS:
        writing.write_relations(run, table, new[table])
    writing.write_note(run, note_text(network))
    counts = Pushed({t: new[t].height for t in TABLES}, {t: gone[t].height for t in TABLES})
    if counts.changed:
        writing.mark_backbones(run)
    if counts.changed or not transaction.run(f"MATCH {_DATASET} RETURN d.hash AS hash").single(strict=True)["hash"]:
        transaction.run(_WHOLE, hash=network.fingerprint, rows=_rows(network)).consume()
    return counts


_WHOLE = f"MATCH {_DATASET} SET d.state = 'whole', d.hash = $hash, d.rows = $rows, d.pushed = datetime() REMOVE d.token"


def differences(table: str, old: pl.DataFrame, wanted: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Elements of ``old`` (texts, marked) to take out, rows of ``wanted`` to write.

    They are those of every key at which the two differ, or that the database holds twice.
    """
    types, keys = schema(table), list(TABLES[table].key)
    found = typed(table, old, strict=False)
    apart = pl.concat(
        [
            found.drop("_element").join(wanted, on=list(types), how="anti", nulls_equal=True).select(keys),
            wanted.join(found, on=list(types), how="anti", nulls_equal=True).select(keys),
            found.filter(pl.struct(keys).is_duplicated()).select(keys),
        ]
    ).unique()
    gone = found.join(apart, on=keys, how="semi", nulls_equal=True)
    return gone, wanted.join(apart, on=keys, how="semi", nulls_equal=True)


def _load(session: Session, network: Network, progress: Progress) -> Pushed:
    token = secrets.token_hex(8)
    session.run(f"MERGE {_DATASET} SET d.state = 'loading', d.token = $token", token=token).consume()

    def batch(transaction: ManagedTransaction, /, query: str, **values: Any) -> int:
        mine = transaction.run(f"MATCH {_DATASET} WHERE d.token = $token SET d.touched = datetime()", token=token)
        if not mine.consume().counters.properties_set:
            raise ServiceError(
                "neo4j_taken_over", "另一次写入已接手，本次停止", "another push has taken over; this one stops"
            )
        return int(transaction.run(query, **values).single(strict=True)["done"])

    ours = f"MATCH (n:{OURS}) WHERE NOT n:DataSet AND NOT n:Erasure"
    cleared = f"{ours} WITH n LIMIT 10000 DETACH DELETE n RETURN count(*) AS done"
    while session.execute_write(batch, cleared):
        pass
    run = _counting(lambda query, rows: session.execute_write(batch, query, rows=rows), progress)
    writing.write_components(run, network.template)
    for table in NODES:
        writing.write_nodes(run, table, network[table], pl.Series([], dtype=pl.String))
    for table in RELATIONS:
        writing.write_relations(run, table, network[table])
    writing.mark_backbones(run)
    writing.write_note(run, note_text(network))
    session.execute_write(batch, _WHOLE + " RETURN 1 AS done", hash=network.fingerprint, rows=_rows(network))
    return Pushed({t: network[t].height for t in TABLES}, dict.fromkeys(TABLES, 0))


def _counting(run: writing.Run, progress: Progress) -> writing.Run:
    done = 0

    def counted(query: str, rows: list[Any]) -> int:
        nonlocal done
        answer = run(query, rows)
        if "CREATE" in query or "MERGE" in query:
            done += len(rows)
            progress(done)
        return answer

    return counted
