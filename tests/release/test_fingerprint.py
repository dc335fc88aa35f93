"""The fingerprint that every answer carries is the release's own: an unkeyed hash of persons could be tried out."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

import tiaokuai as tk
from tests.release.made import KEY
from tiaokuai.graph import Assumptions, Network
from tiaokuai.loaders import read, write
from tiaokuai.loaders.formats import write_graph
from tiaokuai.loaders.neo4j_admin import write_admin
from tiaokuai.planning.keeping import keeping
from tiaokuai.planning.rates_file import rates_text

DAY = date(2026, 6, 30)
LEARNED = {"as_of": "2026-06-30", "from": "2024-01", "to": "2026-06", "rates": {}}
READERS = ("planner", "public")


@pytest.fixture(scope="module")
def network() -> Network:
    return tk.generate(blocks=4, enterprises=60, seed=3)


@pytest.fixture(scope="module")
def twin(network: Network) -> Network:
    """The same association, of other persons: other ids, and consent a day earlier."""
    renamed = pl.concat_str(pl.lit("other-"), pl.col("id"))
    members = network["members"].with_columns(id=renamed, consent=pl.col("consent") - timedelta(1))
    backbones = network["backbones"].with_columns(member=pl.concat_str(pl.lit("other-"), pl.col("member")))
    return Network.from_tables({**network.tables, "members": members, "backbones": backbones}, network.template)


@pytest.mark.parametrize("audience", READERS)
def test_who_the_persons_are_is_not_in_it(network: Network, twin: Network, audience: str) -> None:
    assert network.fingerprint != twin.fingerprint
    one, other = network.release(audience, KEY), twin.release(audience, KEY)
    assert one.fingerprint == other.fingerprint
    assert one.released == other.released
    assert one.fingerprint != network.fingerprint


def _written(write_to: Callable[[Network, Path], None], name: str) -> Callable[[Network, Path], str]:
    def text(network: Network, folder: Path) -> str:
        out = folder / name
        write_to(network, out)
        files = sorted(out.iterdir()) if out.is_dir() else [out]
        if out.suffix == ".xlsx":
            with zipfile.ZipFile(out) as packed:
                return "".join(packed.read(part).decode("utf-8", "replace") for part in packed.namelist())
        return "".join(file.read_bytes().decode("utf-8", "replace") for file in files)

    return text


PLACES: dict[str, Callable[[Network, Path], str]] = {
    "a graph": lambda network, folder: str(network.to_networkx(DAY).graph),
    "a kept forecast": lambda network, folder: keeping({}, network, Assumptions(), "0"),
    "rates": lambda network, folder: rates_text(LEARNED, network.fingerprint),
    "a report": lambda network, folder: tk.report(network, as_of=DAY).html,
    "Neo4j's import": _written(write_admin, "import"),
}
TABLES = {
    **{name: _written(write, name) for name in ("d", "d.parquet", "d.xlsx")},
    **{name: _written(write_graph, name) for name in ("d.json", "d.graphml", "d.gexf")},
}


@pytest.mark.parametrize("place", PLACES)
def test_the_data_s_own_is_nowhere_in_what_is_made_of_a_release(place: str, network: Network, tmp_path: Path) -> None:
    assert network.fingerprint in PLACES[place](network, tmp_path)  # for the steward it is
    for audience in READERS:
        released = network.release(audience, KEY)
        (tmp_path / audience).mkdir()
        text = PLACES[place](released, tmp_path / audience)
        assert released.fingerprint in text
        assert network.fingerprint not in text


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("audience", READERS)
def test_nor_in_a_release_that_is_written(name: str, audience: str, network: Network, tmp_path: Path) -> None:
    released = network.release(audience, KEY)
    assert network.fingerprint not in TABLES[name](released, tmp_path)
    assert read(tmp_path / name).released == released.released


@pytest.mark.parametrize("name", ["d", "d.parquet", "d.xlsx"])
@pytest.mark.parametrize("audience", READERS)
def test_it_is_the_same_when_the_tables_are_read(name: str, audience: str, network: Network, tmp_path: Path) -> None:
    released = network.release(audience, KEY)
    write(released, tmp_path / name)
    assert read(tmp_path / name).fingerprint == released.fingerprint
