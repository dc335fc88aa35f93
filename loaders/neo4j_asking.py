"""Questions that the server answers: one Cypher text with parameters, its rows as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from neo4j import ManagedTransaction

from tiaokuai.graph import InvalidData
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.release import Release
from tiaokuai.loaders.neo4j import connect
from tiaokuai.loaders.neo4j_reading import note_of, state
from tiaokuai.loaders.release_note import take_note
from tiaokuai.loaders.sheet import Source

Rows = list[dict[str, Any]]


def ask(uri: str, questions: Mapping[str, tuple[str, Mapping[str, Any]]]) -> dict[str, Rows]:
    """The rows of every question, asked in one transaction: (Cypher, parameters) by name.

    Raises RequestError where no data set was pushed, ServiceError where a push is unfinished or the server fails.
    """
    with connect(uri) as session:
        return session.execute_read(_ask, questions)


def release_in(uri: str) -> Release | None:
    """What the data set in a database says of itself where it is a release; None where it is the data.

    Raises InvalidData for a note that is none, ServiceError where the server fails.
    """
    with connect(uri) as session:
        note = session.execute_read(note_of)
    found = Source([])
    if note is not None:
        take_note(note, None, found)
    if found.problems:
        raise InvalidData(found.problems)
    return found.released


def _ask(transaction: ManagedTransaction, questions: Mapping[str, tuple[str, Mapping[str, Any]]]) -> dict[str, Rows]:
    if state(transaction)[0] is None:
        raise RequestError(
            "neo4j_empty",
            "数据库里没有用 tiaokuai neo4j push 写入的数据集，服务器无从计算",
            "the database holds no data set of tiaokuai neo4j push, which the server's queries read",
        )
    return {
        name: [
            {key: cell.to_native() if hasattr(cell, "to_native") else cell for key, cell in record.data().items()}
            for record in transaction.run(query, dict(given))
        ]
        for name, (query, given) in questions.items()
    }
