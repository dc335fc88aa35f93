"""A real Neo4j from Maven's jars, kept in the user's cache between runs, started once a session of tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import ClientError

from tests.neo4j_jars import classes, jars
from tests.red import kept_when_red

PASSWORD = "for-tests-only"  # noqa: S105  # of a server that lives as long as the tests
OPENS = [
    f"--add-opens=java.base/{p}=ALL-UNNAMED" for p in ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
]


@dataclass(frozen=True)
class Server:
    """A server that runs: its address, and the process to do harm to."""

    address: str
    process: subprocess.Popen[str]

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """In order: what it holds needs no recovery, which a read-only database could not have."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(timeout=120) == 0


def need_java() -> None:
    """Skips, loudly, where there is no Java with Maven; in CI that is a failure."""
    if missing := [tool for tool in ("java", "mvn") if shutil.which(tool) is None]:
        said = f"no {' and no '.join(missing)}: NOTHING was tested against a real Neo4j (see docs/neo4j.md)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(said)


def java(*arguments: str, heap: str = "512m") -> list[str]:
    """The command line of a Java program with Neo4j's jars: quick to start rather than quick for long."""
    lean = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    return ["java", f"-Xmx{heap}", *lean, *OPENS, "-cp", f"{jars()}/*:{classes()}", *arguments]


@contextmanager
def running(home: Path, *options: str, heap: str = "512m") -> Iterator[Server]:
    """A server over the database in ``home``, which is made where there is none; ``read-only`` is an option."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = java("Server", str(home), str(port), *options, heap=heap)
    home.mkdir(exist_ok=True)
    with (
        (home / "errors.txt").open("a") as errors,
        subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
        kept_when_red({"neo4j-errors": home / "errors.txt", "neo4j-logs": home / "logs"}),
    ):
        try:
            assert process.stdout is not None
            assert any("READY" in told for told in process.stdout), "the server did not start"
            address = f"bolt://127.0.0.1:{port}"
            _set_password(address)
            _wait_for_the_database(address)
            yield Server(address, process)
        finally:
            process.kill()


def _wait_for_the_database(address: str) -> None:
    """A server answers before its database does; the driver asks again while that is so."""
    with (
        GraphDatabase.driver(address, auth=("neo4j", PASSWORD), max_transaction_retry_time=120) as driver,
        driver.session(database="neo4j") as session,
    ):
        session.execute_read(lambda run: run.run("RETURN 1").consume())


def _set_password(address: str) -> None:
    """The first login must change the password; where it was changed before, there is nothing to do."""
    with GraphDatabase.driver(address, auth=("neo4j", "neo4j")) as driver, driver.session(database="system") as session:
        try:
            session.run("ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new", new=PASSWORD).consume()
        except ClientError:
            with GraphDatabase.driver(address, auth=("neo4j", PASSWORD)) as known:
                known.verify_connectivity()
