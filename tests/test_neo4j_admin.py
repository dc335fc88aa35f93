"""Files for ``neo4j-admin database import``: as its manual describes them, and really imported by Neo4j's own tool."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import date
from pathlib import Path

import pytest

from tests.command import tiaokuai
from tests.neo4j_server import PASSWORD, java, need_java, running
from tests.test_neo4j import network
from tiaokuai.loaders import neo4j, write
from tiaokuai.loaders.neo4j_pull import pull
from tiaokuai.loaders.neo4j_push import push

# A field of a header: name:TYPE, and an id, a label or an end with or without a name.
FIELD = re.compile(r"\w+:(string|long|double|date|datetime)|key:ID|:LABEL|:START_ID|:END_ID")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data set whose names try the quoting."""
    names = ['say "hi"', "a,b\nc", "甲\\", "; '"]
    rows = [{"id": f"E{at}", "block": "A", "name": name, "staff": at} for at, name in enumerate(names, start=3)]
    write(network(enterprises=[*network()["enterprises"].to_dicts(), *rows]), tmp_path / "data")
    return tmp_path / "data"


def test_headers_and_data_are_of_the_documented_form(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "import"
    assert tiaokuai("export", data, "--out", out, "--format", "neo4j-admin", "--for", "steward").code == 0
    arguments = (out / "import.args").read_text(encoding="utf-8").splitlines()
    for argument in arguments[1:]:
        kind, _, files = argument.rpartition("=")
        header, rows = (out / name for name in files.split(","))
        fields = header.read_text(encoding="utf-8").strip().split(",")
        assert all(FIELD.fullmatch(field) for field in fields), fields
        assert ("key:ID" in fields) is kind.startswith("--nodes")
        assert (fields[:2] == [":START_ID", ":END_ID"]) is kind.startswith("--relationships")
        assert rows.exists()
    assert (out / "members.csv").read_text(encoding="utf-8") == (
        "members/M,M,2024-01-01,,2024-01-01,Tiaokuai;Member;Backbone\n"
    )
    assert (out / "backbones.csv").read_text(encoding="utf-8") == "members/M,enterprises/E1,2024-01-01,,7\n"
    written = {name for argument in arguments[1:] for name in argument.rpartition("=")[2].split(",")}
    assert {path.name for path in out.iterdir()} == written | {"import.args", "schema.cypher"}


@pytest.mark.parametrize("audience", ["planner", "public"])
def test_the_files_of_a_release_have_no_person_in_them(data: Path, tmp_path: Path, audience: str) -> None:
    out = tmp_path / "import"
    assert tiaokuai("export", data, "--out", out, "--format", "neo4j-admin", "--for", audience).code == 0
    assert all((out / f"{table}.csv").read_text() == "" for table in ("members", "backbones"))


@pytest.mark.neo4j
@pytest.mark.xdist_group("neo4j-own")
def test_neo4j_imports_them_and_a_read_only_database_answers(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was imported is what a push would have made; and of a read-only database everything can be asked."""
    need_java()
    out, home = tmp_path / "import", tmp_path / "home"
    (home / "conf").mkdir(parents=True)
    tiaokuai("export", data, "--out", out, "--format", "neo4j-admin", "--for", "steward")
    line = java("org.neo4j.cli.AdminTool", "database", "import", "full", "neo4j", "@import.args")
    where = {**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
    done = subprocess.run(line, cwd=out, env=where, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    monkeypatch.setenv("NEO4J_PASSWORD", PASSWORD)
    monkeypatch.setattr(neo4j, "RETRIES", 0.0)
    with running(home) as server:
        from tiaokuai.loaders import read

        assert pull(server.address).fingerprint == read(data).fingerprint
        assert tiaokuai("neo4j", "status", server.address, "--json").json["missing_constraints"]
        assert not push(read(data), server.address).changed
        assert tiaokuai("neo4j", "status", server.address, "--json").json["missing_constraints"] == []
        server.stop()
    day = date(2024, 6, 1).isoformat()
    with running(home, "read-only") as server:
        here = tiaokuai("coverage", data, "--as-of", day, "--json").json
        assert tiaokuai("coverage", server.address, "--as-of", day, "--json").json == here
        assert tiaokuai("coverage", server.address, "--as-of", day, "--engine", "server", "--json").json == here
        for refused in (["neo4j", "push", data, server.address], ["erase", server.address, "M"]):
            outcome = tiaokuai(*refused, "--json")
            assert (outcome.code, outcome.json["error"]["code"]) == (3, "neo4j_not_allowed")
        assert pull(server.address).fingerprint == read(data).fingerprint
