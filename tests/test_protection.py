"""Who may see what (protection.md): small cells, what is linked to them, dates, enterprises; no unregistered kind."""

from __future__ import annotations

import ast
import json
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.command import tiaokuai
from tests.conftest import EXAMPLES, ROOT
from tiaokuai.graph import Network
from tiaokuai.loaders import read, write
from tiaokuai.metrics.documents import (
    compare_document,
    coverage_document,
    explain_document,
    fragility_document,
    gaps_document,
    history_document,
    influence_document,
    replication_document,
)
from tiaokuai.metrics.protection import KINDS, protect, release_day

DAY, FOUNDED = date(2026, 6, 30), date(2019, 1, 1)
LINKED = ("members", "potential", "realisation", "reached", "coverage", "lines")
FEW = {"suppressed": "fewer_than_5"}

# block: [(staff, lines, further members) of each enterprise]
LARGE = [(24, 1, 6), (30, 2, 8), (18, 1, 3), (40, 2, 12), (25, 1, 5)]
SMALL = [(20, 1, 2), (15, 0, 0), (12, 0, 0), (9, 0, 0)]


def network(*blocks: list[tuple[int, int, int]], since: date = date(2020, 2, 1)) -> Network:
    """Blocks B0, B1 … founded, each enterprise with its lines and with members who hold none."""
    rows: dict[str, list[dict[str, Any]]] = {"enterprises": [], "members": [], "backbones": []}
    for at, block in enumerate(blocks):
        for of, (staff, lines, more) in enumerate(block):
            name = f"B{at}E{of}"
            rows["enterprises"].append({"id": name, "block": f"B{at}", "staff": staff, "sector": f"S{of % 2}"})
            for person in range(lines + more):
                own = {"enterprise": name, "association": f"A{at}", "since": since, "consent": since}
                rows["members"].append({"id": f"P{at}.{of}.{person}", **own})
                if person < lines:
                    rows["backbones"].append({"member": f"P{at}.{of}.{person}", "since": since})
    return Network.from_tables(
        {
            "districts": [{"id": "D"}],
            "blocks": [{"id": f"B{at}", "district": "D"} for at in range(len(blocks))],
            "associations": [
                {"id": f"A{at}", "block": f"B{at}", "since": date(2019, 1, 1)} for at in range(len(blocks))
            ],
            "replications": [
                {"source": "B0", "target": f"B{at}", "since": date(2019, 1, 1)} for at in range(1, len(blocks))
            ],
            **{name: found for name, found in rows.items() if found},
        }
    )


def coverage(net: Network, by: str, audience: str) -> Any:
    return protect("coverage", coverage_document(net.as_of(DAY), by), audience)


def hidden(row: dict[str, Any]) -> set[str]:
    return {name for name, value in row.items() if isinstance(value, dict) and "suppressed" in value}


def test_every_kind_of_answer_says_how_it_is_protected() -> None:
    kinds = set()
    for file in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Answer", "protect") and node.args:
                first = node.args[0]
                assert isinstance(first, ast.Constant | ast.Name | ast.Attribute | ast.Subscript), file
                if isinstance(first, ast.Constant):
                    kinds.add(first.value)
    assert kinds - set(KINDS) == set()
    assert {"coverage", "erase", "plan"} <= set(KINDS)


@pytest.mark.parametrize("audience", ["planner", "public"])
def test_a_kind_that_is_not_registered_is_withheld_as_a_whole(audience: str) -> None:
    assert protect("brand new", {"members": 3}, audience) == {"suppressed": "not_registered"}
    assert protect("brand new", {"members": 3}, "steward") == {"members": 3}


def test_the_steward_sees_everything() -> None:
    document = coverage_document(network(LARGE, SMALL).as_of(DAY), "block")
    assert protect("coverage", document, "steward") is document


def test_in_a_small_block_all_linked_figures_fall_together_and_in_a_second_one_too() -> None:
    rows = {row["id"]: row for row in coverage(network(LARGE, SMALL, LARGE, LARGE), "block", "planner")["rows"]}
    assert hidden(rows["B1"]) >= set(LINKED)
    assert all(rows["B1"][name] == FEW for name in LINKED)
    assert (rows["B1"]["enterprises"], rows["B1"]["staff"]) == (4, 56)
    others = [name for name in ("B0", "B2", "B3") if "members" in hidden(rows[name])]
    assert len(others) == 1  # the total less the others would return B1
    assert hidden(rows[others[0]]) >= set(LINKED)


def test_the_total_stays_and_equals_what_the_steward_sees() -> None:
    net = network(LARGE, SMALL, LARGE)
    shown, whole = coverage(net, "block", "planner")["total"], coverage(net, "block", "steward")["total"]
    assert (shown["members"], shown["coverage"]) == (whole["members"], whole["coverage"])


def test_a_block_without_anybody_is_told_to_be_empty() -> None:
    rows = coverage(network(LARGE, LARGE, [(9, 0, 0)] * 3), "block", "planner")["rows"]
    assert (rows[2]["members"], rows[2]["coverage"]) == (0, 0)


def test_the_planner_reads_of_an_enterprise_its_staff_missing_lines_and_a_band() -> None:
    rows = {row["id"]: row for row in coverage(network(LARGE, SMALL, LARGE), "enterprise", "planner")["rows"]}
    assert set(rows["B0E0"]) == {"id", "name", "staff", "imputed_staff", "missing_lines", "band"}
    shown = next(name for name in ("B0E0", "B2E0") if not hidden(rows[name]))
    assert (rows[shown]["staff"], rows[shown]["missing_lines"], rows[shown]["band"]) == (24, 2, "partly")
    assert hidden(rows["B1E0"]) == {"missing_lines", "band"}


def test_the_public_reads_of_blocks_with_three_enterprises_in_fives() -> None:
    answer = coverage(network(LARGE, LARGE, [(60, 3, 9), (60, 3, 9)], LARGE), "block", "public")
    assert [row["id"] for row in answer["rows"]] == ["B0", "B1", "B3"]
    for row in [*answer["rows"], answer["total"]]:
        for name in ("enterprises", "staff", "lines", "members", "reached", "missing_lines"):
            assert name in hidden(row) or row[name] % 5 == 0
    assert coverage(network(LARGE), "enterprise", "public")["rows"] == []


def test_a_small_sector_is_not_told_of() -> None:
    rows = coverage(network(LARGE, SMALL, LARGE), "sector", "planner")["rows"]
    assert all(hidden(row) >= set(LINKED) for row in rows)
    assert [row["enterprises"] for row in rows] == [8, 6]


def test_a_copy_that_has_lost_its_evidence_keeps_no_person_s_figure() -> None:
    copied = {**coverage_document(network(LARGE, LARGE).as_of(DAY), "block")}
    assert all(hidden(row) >= set(LINKED) for row in protect("coverage", copied, "planner")["rows"])


def test_quarters_and_years_are_told_of_once_five_changes_have_gathered() -> None:
    first = network([(200, 0, 10)], since=date(2020, 2, 1))
    late = {"enterprise": "B0E0", "association": "A0", "consent": date(2020, 2, 1)}
    few = [{"id": f"L{n}", "since": date(2021, 5, 3), **late} for n in range(4)]
    more = [{"id": f"K{n}", "since": date(2021, 8, 3), **late} for n in range(4)]

    def told(day: date, audience: str, members: list[dict[str, Any]]) -> date:
        whole = first["members"].to_dicts() + members
        return release_day(Network.from_tables({**first.tables, "members": whole}), day, audience)

    assert told(date(2021, 5, 20), "planner", few) == date(2021, 3, 31)
    assert told(date(2021, 7, 20), "planner", few) == date(2021, 3, 31)  # four joined: not yet
    assert told(date(2021, 10, 2), "planner", few + more) == date(2021, 9, 30)  # eight
    assert told(date(2021, 10, 2), "public", few + more) == date(2020, 12, 31)
    assert told(date(2022, 2, 2), "public", few + more) == date(2021, 12, 31)
    assert told(date(2021, 5, 20), "steward", few) == date(2021, 5, 20)


def test_changes_are_people_not_dates() -> None:
    """Three who join and take on a line are three: a quarter that told of them would count them."""
    first = network([(200, 0, 10)], since=date(2020, 2, 1))
    began = {"since": date(2021, 5, 3)}

    def told(joined: int) -> date:
        late = {"enterprise": "B0E0", "association": "A0", "consent": date(2020, 2, 1), **began}
        members = first["members"].to_dicts() + [{"id": f"L{n}", **late} for n in range(joined)]
        lines = first["backbones"].to_dicts() + [{"member": f"L{n}", **began} for n in range(joined)]
        net = Network.from_tables({**first.tables, "members": members, "backbones": lines})
        return release_day(net, date(2021, 7, 20), "planner")

    assert [told(joined) for joined in (3, 4, 5)] == [date(2021, 3, 31), date(2021, 3, 31), date(2021, 6, 30)]


def test_no_step_of_the_real_studies_is_of_one_to_four_people() -> None:
    """There whoever joins holds a line, and nobody leaves: the sums themselves say how many came."""
    for name in ("brazil-farmers", "medical-innovation"):
        net = read(EXAMPLES / name)
        rows = protect("history", history_document(net, "month", None, date(1970, 1, 1)), "planner")["rows"]
        reached = [row["reached"] for row in rows if isinstance(row["reached"], int)]
        assert not {later - earlier for earlier, later in pairwise(reached)} & {1, 2, 3, 4}


def test_history_holds_only_the_days_of_release() -> None:
    net = network(LARGE, LARGE)
    rows = protect("history", history_document(net, "month", None, DAY), "planner")["rows"]
    days = [date.fromisoformat(row["date"]) for row in rows]
    assert days[:2] == [date(2019, 12, 31), date(2020, 3, 31)]
    assert all(release_day(net, day, "planner") == day for day in days)
    years = protect("history", history_document(net, "month", None, DAY), "public")["rows"]
    assert {row["date"][5:] for row in years} == {"12-31"}


def test_no_answer_names_a_person_to_planner_or_public() -> None:
    net = network(LARGE, SMALL, LARGE)
    day = net.as_of(DAY)
    answers = {
        "replication": replication_document(day),
        "gaps": gaps_document(day),
        "explain": explain_document(day, "B1"),
        "influence": influence_document(day),
        "fragility": fragility_document(day),
        "compare": compare_document(net, date(2020, 12, 31), DAY),
        **{f"coverage {by}": coverage_document(day, by) for by in ("block", "enterprise", "sector")},
    }
    persons = [f'"{person}"' for person in net["members"]["id"]]
    assert any(person in json.dumps(answers["influence"]) for person in persons)
    for audience in ("planner", "public"):
        for kind, document in answers.items():
            text = json.dumps(protect(kind.split()[0], document, audience))
            assert not [person for person in persons if person in text], (kind, audience)


def test_a_status_that_would_count_lines_is_withheld_and_a_hollow_one_is_told() -> None:
    rows = {row["id"]: row for row in _replicated(network(LARGE, SMALL, LARGE))["rows"]}
    assert rows["B1"]["status"] == FEW  # one of four has a line: not hollow
    many = [*SMALL, *[(9, 0, 0)] * 4]
    answer = _replicated(network(LARGE, many, LARGE))
    assert {row["id"]: row["status"] for row in answer["rows"]}["B1"] == "hollow"
    assert answer["hollow"] == ["B1"]


def _replicated(net: Network) -> Any:
    return protect("replication", replication_document(net.as_of(DAY)), "planner")


def test_reach_of_descendants_is_withheld_where_it_would_return_a_hidden_block() -> None:
    rows = {row["id"]: row for row in _replicated(network(LARGE, SMALL, LARGE, LARGE, LARGE))["rows"]}
    assert rows["B0"]["descendant_reach"] == {"suppressed": "would_reveal"}


def test_gaps_name_enterprises_and_no_number_of_lines() -> None:
    rows = protect("gaps", gaps_document(network(LARGE, SMALL, LARGE).as_of(DAY)), "planner")["rows"]
    assert {row["enterprise"] for row in rows} >= {"B0E0", "B1E1"}
    assert all("lines" in hidden(row) for row in rows)
    assert protect("gaps", gaps_document(network(LARGE).as_of(DAY)), "public")["rows"] == []


def test_a_single_line_is_the_steward_s() -> None:
    day = network(LARGE, LARGE).as_of(DAY)
    assert protect("influence", influence_document(day), "planner")["lines"] == {"suppressed": "steward_only"}
    losses = protect("fragility", fragility_document(day), "planner")["worst_losses"]
    assert "suppressed" in losses or all(row["lines"] >= 5 for row in losses)


@pytest.mark.parametrize("audience", ["planner", "public"])
def test_every_command_passes_its_audience_through(tmp_path: Path, audience: str) -> None:
    net = network(LARGE, SMALL, LARGE)
    write(net, tmp_path / "d")
    for command in (
        ["coverage"],
        ["replication"],
        ["gaps"],
        ["explain", "B1"],
        ["fragility"],
        ["history"],
        ["compare"],
    ):
        name, *more = command
        shown = tiaokuai(name, tmp_path / "d", *more, "--for", audience)
        told = tiaokuai(name, tmp_path / "d", *more, "--for", audience, "--json")
        assert (shown.code, told.code) == (0, 0), (command, shown.err)
        assert "P1.0." not in shown.out + told.out
    secret = tiaokuai("privacy", tmp_path / "d", "--for", audience)
    assert "steward" in secret.out
    assert "consent" not in secret.out


FAULTY = """id,enterprise,association,since,until,consent
SECRET1,E,A,2024-01-01,,
SECRET2,E,A,2024-01-01,,2024-01-01
SECRET2,NOWHERE,A,2024-01-01,,2024-01-01
"""


@pytest.mark.parametrize("audience", ["planner", "public"])
@pytest.mark.parametrize("as_json", [True, False])
def test_faults_of_the_data_name_no_member_to_others(tmp_path: Path, audience: str, as_json: bool) -> None:
    tables = {
        "districts": "id\nD\n",
        "blocks": "id,district\nB,D\n",
        "enterprises": "id,block,staff\nE,B,1\n",
        "associations": "id,block,since\nA,B,2020-01-01\n",
        "members": FAULTY,
        "backbones": "member,since\nSECRET3,2024-01-01\n",
    }
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    last = ["--json"] if as_json else []
    for command in ("coverage", "simulate", "check"):
        said = tiaokuai(command, tmp_path, "--for", audience, *last)
        assert said.code == 1
        assert "SECRET" not in said.out + said.err
        assert "2 members" not in said.out + said.err  # more members than staff: how many is a small cell
    assert "SECRET2" in tiaokuai("coverage", tmp_path, "--lang", "en").err
