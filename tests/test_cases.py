"""One set of case files (data, command, expected JSON) over CSV, Parquet, .xlsx and Neo4j alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.command import tiaokuai
from tiaokuai.graph import Network
from tiaokuai.graph.network import schema
from tiaokuai.loaders import write

CASES = sorted(Path(__file__).with_name("cases").glob("*.yaml"))
FORMATS = {"csv": "data", "parquet": "data.parquet/", "xlsx": "data.xlsx"}


def case(path: Path) -> dict[str, Any]:
    """A case file; it is plain YAML."""
    loaded: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return loaded


def network(tables: Mapping[str, list[dict[str, Any]]]) -> Network:
    """The case's data as a network, whatever a table's first row leaves out."""
    return Network.from_tables(
        {name: [{column: row.get(column) for column in schema(name)} for row in rows] for name, rows in tables.items()}
    )


def differences(expected: Any, found: Any, where: str = "") -> list[str]:
    """Where what was found lacks what was expected; keys that are not named may hold anything."""
    if isinstance(expected, Mapping):
        return [line for key in expected for line in differences(expected[key], found[key], f"{where}.{key}")]
    if isinstance(expected, list):
        if len(expected) != len(found):
            return [f"{where}: {len(found)} in place of {len(expected)}"]
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for at, (one, other) in pairs for line in differences(one, other, f"{where}[{at}]")]
    expected = expected.isoformat() if isinstance(expected, date) else expected
    same = found == pytest.approx(expected, rel=1e-12) if isinstance(expected, float) else found == expected
    return [] if same else [f"{where}: {found!r} in place of {expected!r}"]


def ask_all(path: Path, source: str) -> None:
    """Asks every question of the case and compares the whole answers."""
    for ask in case(path)["asks"]:
        command, *options = ask["command"]
        outcome = tiaokuai(command, source, *options, "--json")
        assert outcome.code == ask.get("code", 0), outcome.err or outcome.out
        assert differences(ask["expect"], outcome.json) == [], (ask["command"], source)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_has_the_same_answers_from_every_format(path: Path, kind: str, tmp_path: Path) -> None:
    source = tmp_path / FORMATS[kind]
    write(network(case(path)["data"]), str(tmp_path) + "/" + FORMATS[kind])
    ask_all(path, str(source))
