"""Data sets as graph files: networkx opens each, and written and read back nothing is lost."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import networkx as nx
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tiaokuai.graph import Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.network import schema
from tiaokuai.loaders.formats import SUFFIXES, read_graph, read_texts, write_graph
from tiaokuai.loaders.synthetic import generate

OPEN = {
    ".graphml": lambda path: nx.read_graphml(path, force_multigraph=True),
    ".gexf": nx.read_gexf,
    ".json": lambda path: nx.node_link_graph(json.loads(path.read_text(encoding="utf-8"))),
}
COUNTED = ("members", "lines", "capacity")
# Names as spreadsheets hold them: quotes, tags, line breaks of both kinds, any script.
names = st.none() | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\r\n\t"),
    min_size=1,
    max_size=8,
).map(lambda text: f"a{text}b")


def typed(tables: dict[str, pl.DataFrame]) -> Network:
    """Texts as the network's own types; the texts were written from checked values."""
    made = {}
    for name, frame in tables.items():
        cells = {column: pl.col(column) for column in schema(name)}
        whole = {
            column: cell.str.to_date("%Y-%m-%d") for column, cell in cells.items() if schema(name)[column] == pl.Date
        }
        made[name] = frame.with_columns(**whole).cast(schema(name))
    return Network.from_tables(made)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """A small network with every table, empty cells, the same id in several tables and colons in ids."""
    day = st.dates(date(2015, 1, 1), date(2026, 1, 1))
    ids = ["x", "x:1", "007", "<&\">'"]
    cells = st.none() | st.integers(0, 9)
    return Network.from_tables(
        {
            "districts": [{"id": "x", "name": draw(names)}, {"id": "x:1", "parent": "x"}],
            "blocks": [
                {"id": id, "district": "x:1", "name": draw(names), "lon": draw(st.floats(-180, 180))} for id in ids
            ],
            "enterprises": [
                {"id": id, "block": id, "staff": draw(st.none() | st.integers(0, 99)), "sector": draw(names)}
                for id in ids
            ],
            "associations": [{"id": "x", "block": "007", "since": draw(day), "until": draw(st.none() | day)}],
            "enrolments": [{"enterprise": "x:1", "association": "x", "since": draw(day)} for _ in range(2)],
            "members": [{"id": "x", "enterprise": "x", "association": "x", "since": draw(day), "consent": draw(day)}],
            "backbones": [{"member": "x", "since": draw(day), "capacity": draw(st.none() | st.integers(0, 9))}],
            "adoptions": [{"block": "x", "component": "training", "since": draw(day), "until": draw(st.none() | day)}],
            "replications": [{"source": "x", "target": "007", "since": draw(day)}],
            "links": [{"a": "x", "b": "007", "weight": draw(st.floats(0, 5))}],
            "counts": [
                {"enterprise": id, "since": date(2020, 1, at), **{name: draw(cells) for name in COUNTED}}
                for at, id in ((1, "x:1"), (2, "x:1"), (1, "x"))
            ],
        }
    )


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(network=networks())
def test_written_and_read_back_nothing_is_lost(tmp_path: Path, suffix: str, network: Network) -> None:
    file = tmp_path / f"whole{suffix}"
    write_graph(network, file)
    back = typed(read_texts(file))
    for table, frame in network.tables.items():
        assert back[table].sort(frame.columns).equals(frame.sort(frame.columns)), table


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_networkx_opens_a_whole_district_typed(tmp_path: Path, suffix: str) -> None:
    network = generate(8, 120, 4)
    write_graph(network, tmp_path / f"d{suffix}")
    graph = OPEN[suffix](tmp_path / f"d{suffix}")
    labels = [label for _, label in graph.nodes(data="label")]
    assert labels.count("Enterprise") == 120
    assert labels.count("Member") == network["members"].height
    relations = [relation for *_, relation in graph.edges(data="relation")]
    assert relations.count("EXTENDS_TO") == network["backbones"].height
    assert typed(read_texts(tmp_path / f"d{suffix}")).fingerprint == network.fingerprint


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("content", ["", "{", "<graphml>", "[1]", "null", '{"nodes": 3}', "<gexf></gexf>", "\x00"])
def test_a_file_that_is_no_graph_is_said_in_a_sentence(tmp_path: Path, suffix: str, content: str) -> None:
    (tmp_path / f"bad{suffix}").write_text(content, encoding="utf-8")
    with pytest.raises(RequestError, match="graph"):
        read_texts(tmp_path / f"bad{suffix}")


def test_a_graph_of_something_else_is_refused_by_name(tmp_path: Path) -> None:
    nx.write_graphml(nx.karate_club_graph(), tmp_path / "karate.graphml")
    with pytest.raises(RequestError, match="node 0"):
        read_texts(tmp_path / "karate.graphml")
    assert read_graph(tmp_path / "karate.graphml").number_of_nodes() == 34


def test_a_text_that_xml_cannot_hold_is_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "d.graphml"
    file.write_text("old", encoding="utf-8")
    with pytest.raises(RequestError, match=r"write \.json"):
        write_graph(Network.from_tables({"districts": [{"id": "D", "name": "a\uffffb"}]}), file)
    assert file.read_text(encoding="utf-8") == "old"
