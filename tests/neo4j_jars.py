"""Neo4j's jars from Maven and our own small server's class, kept in the user's cache between runs.

``python -m tests.neo4j_jars`` gets them ahead of the tests, so that none of these waits for a download.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from filelock import FileLock

CACHE = "TIAOKUAI_TESTS_CACHE"  # where the tests, whose home is their own, find the user's cache
VERSION = "5.26.16"
POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>t</groupId><artifactId>t</artifactId><version>1</version><dependencies><dependency>
<groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{VERSION}</version></dependency></dependencies></project>
"""


def jars() -> Path:
    """The folder of jars, downloaded once, whoever comes first."""
    user = os.environ.get(CACHE) or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    cache = Path(user) / "tiaokuai" / f"neo4j-{VERSION}"
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / "lock"):
        if not (cache / "complete").exists():
            (cache / "pom.xml").write_text(POM)
            line = [
                "mvn",
                "-q",
                "-B",
                "dependency:copy-dependencies",
                "-DincludeScope=runtime",
                "-DoutputDirectory=lib",
            ]
            subprocess.run(line, cwd=cache, check=True)
            (cache / "complete").touch()
    return cache / "lib"


def classes() -> Path:
    """The folder of our own server's class, compiled once for its source as it stands."""
    source = Path(__file__).parent / "neo4j_java" / "Server.java"
    made = jars().parent / f"server-{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}"
    with FileLock(jars().parent / "classes.lock"):
        if not (made / "Server.class").exists():
            subprocess.run(["javac", "-cp", f"{jars()}/*", "-d", made, source], check=True)
    return made


if __name__ == "__main__":
    classes()
