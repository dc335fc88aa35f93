"""Head-counts in place of lists (model.md §1, *counts*): what a row means, from when and until when."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.command import tiaokuai
from tiaokuai.graph import Network
from tiaokuai.loaders import read, write
from tiaokuai.loaders.formats import write_graph
from tiaokuai.loaders.neo4j_guess import Schema, guess
from tiaokuai.metrics.documents import coverage_document

PLACES: dict[str, list[dict[str, Any]]] = {
    "districts": [{"id": "D"}],
    "blocks": [{"id": "B", "district": "D", "kind": "pilot"}],
    "enterprises": [
        {"id": "E1", "block": "B", "staff": 40},
        {"id": "E2", "block": "B", "staff": 30, "since": date(2021, 1, 1), "until": date(2023, 1, 1)},
    ],
}


def figures(counts: list[dict[str, Any]], day: str, **more: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of all enterprises on a day, with these rows of counts."""
    network = Network.from_tables({**PLACES, **more, "counts": counts})
    total: dict[str, Any] = coverage_document(network.as_of(day), "block")["total"]
    return {name: total[name] for name in ("members", "lines", "potential", "reached")}


def row(
    enterprise: str, since: str, members: int | None, lines: int | None, capacity: int | None = None
) -> dict[str, Any]:
    day = date.fromisoformat(since)
    return {"enterprise": enterprise, "since": day, "members": members, "lines": lines, "capacity": capacity}


def test_a_count_holds_from_its_day_until_the_next_one_of_the_enterprise() -> None:
    counts = [row("E1", "2022-01-01", 14, 1), row("E1", "2020-01-01", 3, 0)]
    assert figures(counts, "2019-12-31") == {"members": 0, "lines": 0, "potential": 0, "reached": 0}
    assert figures(counts, "2021-12-31") == {"members": 3, "lines": 0, "potential": 0, "reached": 3}
    assert figures(counts, "2022-01-01") == {"members": 14, "lines": 1, "potential": 10, "reached": 14}


def test_an_empty_cell_means_as_before_and_nothing_at_first() -> None:
    counts = [row("E1", "2020-01-01", 5, None), row("E1", "2021-01-01", None, 2), row("E1", "2022-01-01", 9, None)]
    assert figures(counts, "2020-06-01") == {"members": 5, "lines": 0, "potential": 0, "reached": 5}
    assert figures(counts, "2021-06-01") == {"members": 5, "lines": 2, "potential": 20, "reached": 20}
    assert figures(counts, "2022-06-01") == {"members": 9, "lines": 2, "potential": 20, "reached": 20}


@pytest.mark.parametrize(("lines", "capacity", "potential"), [(2, None, 20), (2, 13, 13), (0, 13, 0), (9, None, 40)])
def test_the_capacity_is_that_of_all_lines_and_ten_each_where_it_is_not_counted(
    lines: int, capacity: int | None, potential: int
) -> None:
    assert figures([row("E1", "2020-01-01", 9, lines, capacity)], "2020-06-01")["potential"] == potential


def test_counts_end_with_their_enterprise_and_begin_no_earlier() -> None:
    counts = [row("E2", "2020-01-01", 4, 1)]
    days = ("2020-12-31", "2021-01-01", "2022-12-31", "2023-01-01")
    assert [figures(counts, day)["members"] for day in days] == [0, 4, 4, 0]


def test_counted_and_listed_people_add_up() -> None:
    people = {
        "associations": [{"id": "A", "block": "B", "since": date(2019, 1, 1)}],
        "members": [
            {
                "id": f"M{i}",
                "enterprise": "E1",
                "association": "A",
                "since": date(2020, 1, 1),
                "consent": date(2020, 1, 1),
            }
            for i in range(2)
        ],
        "backbones": [{"member": "M0", "since": date(2020, 1, 1), "capacity": 4}],
    }
    made = figures([row("E1", "2020-01-01", 3, 1)], "2020-06-01", **people)
    assert made == {"members": 5, "lines": 2, "potential": 14, "reached": 14}


COUNTS = [row("E1", "2020-01-01", 5, None), row("E1", "2021-01-01", None, 2, 13), row("E2", "2021-02-01", 9, 0)]


@pytest.mark.parametrize("name", ["folder", "folder.parquet", "book.xlsx", "g.graphml", "g.gexf", "g.json"])
def test_every_format_keeps_counts_with_their_empty_cells(tmp_path: Path, name: str) -> None:
    network = Network.from_tables({**PLACES, "counts": COUNTS})
    (write_graph if name.startswith("g.") else write)(network, tmp_path / name)
    back = read(tmp_path / name)
    assert back["counts"].sort("enterprise", "since").to_dicts() == COUNTS
    assert back.fingerprint == network.fingerprint


def test_the_graph_of_a_day_has_the_count_in_force_with_what_its_empty_cells_mean() -> None:
    graph = Network.from_tables({**PLACES, "counts": COUNTS}).to_networkx("2021-06-01")
    assert graph.nodes["Count:E1@2021-01-01"] == {
        "label": "Count",
        "id": "E1@2021-01-01",
        "since": "2021-01-01",
        "members": 5,
        "lines": 2,
        "capacity": 13,
    }
    assert [(start, end) for start, end, kind in graph.edges(data="type") if kind == "OF"] == [
        ("Count:E1@2021-01-01", "Enterprise:E1"),
        ("Count:E2@2021-02-01", "Enterprise:E2"),
    ]


def test_a_label_of_counts_is_guessed_though_it_has_no_id() -> None:
    schema = Schema(
        {"District": ["id"], "Block": ["id"], "Firm": ["code"], "Count": ["since", "members", "lines"]},
        {("Count", "OF", "Firm"): []},
    )
    said = guess(schema)
    wanted = ["counts:", "  nodes: Count", "  columns:", '    enterprise: "-[OF]-> Firm.code"', "    since: since"]
    assert "\n".join([*wanted, "    members: members", "    lines: lines"]) in said


def test_generate_makes_a_district_without_a_person(tmp_path: Path) -> None:
    options = ("--blocks", "3", "--enterprises", "20", "--seed", "2", "--counts")
    made = tiaokuai("generate", tmp_path / "d", *options, "--json")
    assert made.code == 0
    assert made.json["rows"]["members"] == made.json["rows"]["backbones"] == 0
    assert made.json["rows"]["counts"] > 0
    assert not (tmp_path / "d" / "members.csv").exists()


def test_erasing_a_member_leaves_the_counts_as_they_were_written(tmp_path: Path) -> None:
    day = date(2020, 1, 1)
    people = {
        "associations": [{"id": "A", "block": "B", "since": day}],
        "members": [{"id": "M", "enterprise": "E1", "association": "A", "since": day, "consent": day}],
    }
    write(Network.from_tables({**PLACES, **people, "counts": COUNTS}), tmp_path / "d")
    before = (tmp_path / "d" / "counts.csv").read_bytes()
    assert tiaokuai("erase", tmp_path / "d", "M").code == 0
    assert (tmp_path / "d" / "counts.csv").read_bytes() == before


def test_a_count_with_fewer_members_than_lines_is_left_out_where_that_is_asked_for(tmp_path: Path) -> None:
    write(Network.from_tables({**PLACES, "counts": COUNTS}), tmp_path / "d")
    with (tmp_path / "d" / "counts.csv").open("a", encoding="utf-8") as file:
        file.write("E1,2022-01-01,1,,\n")
    problems = tiaokuai("check", tmp_path / "d", "--json").json["problems"]
    assert [(problem["code"], problem["row"]) for problem in problems] == [("fewer_members_than_lines", 5)]
    assert tiaokuai("coverage", tmp_path / "d").code == 1
    asked = ("--skip-invalid", "--as-of", "2022-06-01", "--for", "steward", "--json")
    total = tiaokuai("coverage", tmp_path / "d", *asked).json["total"]
    assert (total["members"], total["lines"], total["potential"]) == (14, 2, 13)
