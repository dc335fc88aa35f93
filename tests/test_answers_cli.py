"""The commands of Where, Why and Over time as people and programs use them (contracts.md)."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.command import tiaokuai
from tiaokuai.graph import Network
from tiaokuai.loaders import write

FIGURES = [
    "enterprises", "enterprises_with_line", "staff", "imputed_staff", "lines", "members", "potential", "reached",
    "coverage", "line_share", "amplification", "realisation", "wasted_capacity", "missing_lines",
]  # fmt: skip
ANSWERS = {
    "coverage": [], "replication": [], "gaps": [], "explain": ["B1"], "influence": [], "fragility": [],
    "history": ["--from", "2023-01-01"], "compare": ["--from", "2023-01-01"],
}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A pilot with lines, a hollow replica with a name that looks like a mark-up, a block not begun."""
    members = [
        {
            "id": f"M{at}",
            "enterprise": where,
            "association": "A1",
            "since": date(2020, 1, 1),
            "consent": date(2020, 1, 1),
        }
        for at, where in enumerate(["E1", "E1", "E2"])
    ]
    network = Network.from_tables(
        {
            "districts": [{"id": "D"}],
            "blocks": [
                {"id": "B1", "district": "D", "name": "大港", "kind": "pilot"},
                {"id": "B2", "district": "D", "name": "[bold]新区", "kind": "mature"},
                {"id": "B3", "district": "D", "name": None, "kind": "mature"},
            ],
            "enterprises": [
                {"id": "E1", "block": "B1", "staff": 1025, "ownership": "foreign"},
                {"id": "E2", "block": "B2", "staff": 40, "ownership": None},
            ],
            "associations": [
                {"id": "A1", "block": "B1", "since": date(2019, 5, 1)},
                {"id": "A2", "block": "B2", "since": date(2022, 9, 1)},
            ],
            "members": members,
            "backbones": [{"member": "M0", "since": date(2020, 3, 1)}, {"member": "M1", "since": date(2023, 3, 1)}],
            "replications": [{"source": "B1", "target": "B2", "since": date(2022, 9, 1)}],
            "adoptions": [{"block": "B1", "component": "training", "since": date(2020, 1, 1)}],
        }
    )
    folder = tmp_path_factory.mktemp("answers") / "data"
    write(network, str(folder))
    return str(folder)


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal on which no line breaks."""
    monkeypatch.setenv("COLUMNS", "160")


def keys(document: dict[str, Any]) -> dict[str, list[str]]:
    """Names of a document's keys and of those of its first row."""
    return {"document": list(document), "row": list(document["rows"][0])}


def test_the_documents_have_exactly_the_keys_of_the_contract(data: str) -> None:
    assert keys(tiaokuai("coverage", data, "--json").json) == {
        "document": ["as_of", "by", "assumptions", "rows", "total"],
        "row": ["id", "name", *FIGURES],
    }
    assert keys(tiaokuai("replication", data, "--json").json) == {
        "document": [
            "as_of", "assumptions", "eligible", "founded", "founded_share", "replicas", "replication_share",
            "velocity_12m", "full_coverage", "hollow", "orphans", "rows",
        ],
        "row": [
            "id", "name", "kind", "status", "founded", "generation", "source", "fidelity", "fidelity_by_group",
            "copy_fidelity", "coverage", "line_share", "descendants", "descendant_reach",
        ],
    }  # fmt: skip
    assert keys(tiaokuai("gaps", data, "--json").json) == {
        "document": ["as_of", "staff_out_of_reach", "missing_lines", "blocks_to_found", "rows"],
        "row": ["enterprise", "block", "staff", "lines", "gain", "missing_lines"],
    }
    assert list(tiaokuai("coverage", data, "--json").json["total"]) == FIGURES


@pytest.mark.parametrize("command", ANSWERS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_answer_is_a_table_in_both_languages_and_one_document_for_programs(
    data: str, command: str, lang: str
) -> None:
    told = tiaokuai(command, data, *ANSWERS[command], "--lang", lang, "--as-of", "2024-01-01")
    assert (told.code, told.err) == (0, "")
    chinese = any("一" <= letter <= "鿿" for letter in told.out.replace("大港", "").replace("新区", ""))
    assert chinese == (lang == "zh")
    asked = tiaokuai(command, data, *ANSWERS[command], "--json", "--as-of", "2024-01-01")
    assert isinstance(asked.json, dict)
    assert asked.err == ""


@pytest.mark.parametrize("command", ANSWERS)
@pytest.mark.parametrize("audience", ["planner", "public"])
def test_every_answer_has_a_table_for_every_audience(data: str, command: str, audience: str) -> None:
    told = tiaokuai(command, data, *ANSWERS[command], "--for", audience, "--as-of", "2024-01-01")
    assert told.code in (0, 1), told.err
    assert "mistake in tiaokuai" not in told.err


def test_a_day_that_is_not_given_is_today(data: str) -> None:
    assert tiaokuai("coverage", data, "--json").json["as_of"] == date.today().isoformat()


def test_shares_are_percent_numbers_are_grouped_and_the_total_stands_below(data: str) -> None:
    lines = tiaokuai("coverage", data, "--as-of", "2024-01-01", "--lang", "en").out.splitlines()
    assert lines[0] == "As of 2024-01-01: 21 of 1,065 people within reach (2.0%); 1 of 2 enterprises have a line"
    total = next(line for line in lines if line.strip().startswith("total"))
    assert total.split()[:9] == ["total", "2", "1", "1,065", "2", "21", "2.0%", "50.0%", "3"]
    assert total.split()[-1] == "105"


def test_a_narrow_terminal_shows_fewer_figures_and_cuts_none(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = tiaokuai("coverage", data, "--as-of", "2024-01-01", "--lang", "en").out.splitlines()
    total = next(line for line in lines if line.strip().startswith("total"))
    assert total.split() == ["total", "2", "1", "1,065", "2", "21", "2.0%", "50.0%", "105"]


def test_what_is_hollow_is_marked_not_by_colour_alone(data: str) -> None:
    out = tiaokuai("coverage", data, "--as-of", "2024-01-01", "--lang", "en").out
    assert "◌ hollow 1" in out
    assert next(line for line in out.splitlines() if "B2" in line).strip().startswith("◌ [bold]新区 B2")


def test_a_name_that_looks_like_a_mark_up_is_shown_as_it_is(data: str) -> None:
    for command in ("coverage", "replication", "fragility", "influence"):
        assert "[bold]新区" in tiaokuai(command, data).out.replace("\n", "")


def test_top_bounds_the_rows_and_never_the_sums(data: str) -> None:
    some, every = (tiaokuai("gaps", data, *top, "--json").json for top in (("--top", "1"), ()))
    assert some["rows"] == every["rows"][:1]
    assert some["missing_lines"] == every["missing_lines"] == 105
    assert [len(tiaokuai("influence", data, "--top", "1", "--json").json[name]) for name in ("blocks", "lines")] == [
        1,
        1,
    ]
    assert len(tiaokuai("fragility", data, "--top", "1", "--json").json["rows"]) == 1


def test_explain_says_the_rule_with_its_numbers_and_what_would_change_it(data: str) -> None:
    told = tiaokuai("explain", data, "B1", "--as-of", "2024-01-01", "--lang", "en").out.replace("\n", " ")
    assert "大港 B1  ◐ growing  (2024-01-01)" in told
    assert "20 of 1,025 people are within reach (2.0%), not yet 80.0%." in told
    assert "· covered: 80 more lines, or 800 more staff reached" in told
    assert "· hollow: 2 lines lost" in told
    hollow = tiaokuai("explain", data, "B2", "--as-of", "2024-01-01", "--lang", "zh").out.replace("\n", "")
    assert "1 家企业中只有 0 家有线（0.0%），低于 20.0%：空心，不算覆盖。" in hollow
    assert "· 发展中：再补 1 条线" in hollow
    none = tiaokuai("explain", data, "B3", "--as-of", "2024-01-01", "--lang", "en").out
    assert "· hollow: found an association" in none


def test_an_unknown_block_is_one_plain_sentence_and_exit_code_1(data: str) -> None:
    told = tiaokuai("explain", data, "b 1", "--lang", "en")
    assert (told.code, told.out) == (1, "")
    assert told.err == "tiaokuai: there is no block 'b 1'; did you mean 'B1'?\n"
    error = tiaokuai("explain", data, "B9", "--json").json["error"]
    assert (error["code"], error["details"]["block"]) == ("unknown_block", "B9")


@pytest.mark.parametrize(
    "wrong",
    [
        ["coverage", "--by", "colour"], ["coverage", "--as-of", "yesterday"], ["gaps", "--top", "0"],
        ["history", "--step", "fortnight"], ["history", "--from", "2024-02-01", "--to", "2024-01-01"],
        ["compare", "--from", "2024-02-30"], ["compare", "--from", "2025-01-01", "--to", "2024-01-01"],
        ["history", "--from", "1800-01-01", "--step", "day"], ["coverage", "--set", "line_capacity=0"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_is_one_plain_sentence_and_exit_code_2(data: str, wrong: list[str]) -> None:
    command, *options = wrong
    told = tiaokuai(command, data, *options)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("tiaokuai: ")
    assert "Traceback" not in told.err


def test_compare_defaults_to_a_year_before_and_tells_only_blocks_that_changed(data: str) -> None:
    document = tiaokuai("compare", data, "--to", "2023-06-01", "--json").json
    assert (document["from"], document["to"]) == ("2022-06-01", "2023-06-01")
    told = tiaokuai("compare", data, "--to", "2023-06-01", "--lang", "en").out
    assert "·→◌ [bold]新区 B2" in told
    assert "10 → 20" in told
    assert "blocks that did not change: 1" in told
    assert "B3" not in told


def test_history_ends_on_the_day_of_as_of_unless_told(data: str) -> None:
    document = tiaokuai("history", data, "--as-of", "2020-04-15", "--json").json
    assert [document["from"], document["to"], document["rows"][-1]["date"]] == [
        "2019-05-01",
        "2020-04-15",
        "2020-04-01",
    ]
    assert document["rows"][-1]["lines"] == 1


def test_a_long_table_is_cut_for_people_and_says_so(tmp_path: Path) -> None:
    rows = [{"id": f"E{at}", "block": "B", "staff": 1} for at in range(250)]
    net = Network.from_tables(
        {"districts": [{"id": "D"}], "blocks": [{"id": "B", "district": "D"}], "enterprises": rows}
    )
    write(net, str(tmp_path / "data"))
    told = tiaokuai("gaps", tmp_path / "data", "--lang", "en").out
    assert "… 50 more rows, see --json" in told
    assert len(tiaokuai("gaps", tmp_path / "data", "--json").json["rows"]) == 250


def test_the_field_studies_have_an_answer_to_every_question(study: Path) -> None:
    for command, options in ANSWERS.items():
        more = {"explain": ["B01" if study.name == "medical-innovation" else "B10"], "history": [], "compare": []}
        told = tiaokuai(command, study, *more.get(command, options), "--as-of", "1955-06-30", "--json")
        assert told.code == 0, told.out


@pytest.mark.parametrize("command", [name for name in ANSWERS if name != "explain"])
def test_an_association_without_a_single_block_has_an_answer_too(command: str, tmp_path: Path) -> None:
    write(Network.from_tables({"districts": [{"id": "D"}]}), str(tmp_path / "data"))
    told = tiaokuai(command, tmp_path / "data", "--as-of", "2190-01-01")
    assert (told.code, told.err) == (0, "")
    assert "2190-01-01" in told.out


def test_coverage_says_how_many_staff_are_assumed(data: str, tmp_path: Path) -> None:
    told = tiaokuai("coverage", data, "--lang", "en").out
    assert "assumed" not in told
    without = tmp_path / "data"
    shutil.copytree(data, without)
    enterprises = without / "enterprises.csv"
    enterprises.write_text(enterprises.read_text(encoding="utf-8").replace("1025", ""), encoding="utf-8")
    assert (
        "10 of the staff are assumed: no head-count is given" in tiaokuai("coverage", str(without), "--lang", "en").out
    )
    assert "人数中有 10 人是估算的：企业没填人数" in tiaokuai("coverage", str(without), "--lang", "zh").out
