"""A real Neo4j from Maven's jars, kept in the user's cache between runs, started once a session of tests."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from neo4j import GraphDatabase

VERSION = "5.26.16"
PASSWORD = "for-tests-only"  # noqa: S105  # of a server that lives as long as the tests
POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>t</groupId><artifactId>t</artifactId><version>1</version><dependencies><dependency>
<groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{VERSION}</version></dependency></dependencies></project>
"""
OPENS = [
    f"--add-opens=java.base/{p}=ALL-UNNAMED" for p in ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
]


def jars() -> Path:
    """The folder of jars, downloaded once."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tiaokuai" / f"neo4j-{VERSION}"
    if not (cache / "complete").exists():
        cache.mkdir(parents=True, exist_ok=True)
        (cache / "pom.xml").write_text(POM)
        line = ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=lib"]
        subprocess.run(line, cwd=cache, check=True)
        (cache / "complete").touch()
    return cache / "lib"


@contextmanager
def running(home: Path) -> Iterator[str]:
    """The address of a server with a fresh database in ``home``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    main = Path(__file__).parent / "neo4j_java" / "Server.java"
    line = ["java", "-Xmx512m", *OPENS, "-cp", f"{jars()}/*", str(main), str(home), str(port)]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert any("READY" in told for told in server.stdout), "the server did not start"
        address = f"bolt://127.0.0.1:{port}"
        with GraphDatabase.driver(address, auth=("neo4j", "neo4j")) as driver, driver.session(database="system") as s:
            s.run("ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new", new=PASSWORD).consume()
        try:
            yield address
        finally:
            server.terminate()
