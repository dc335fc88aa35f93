"""Every command works on a release as on the data, and knows none: read, release, answer (release.md, Commands)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.command import tiaokuai
from tests.surroundings import ROOT
from tiaokuai.cli.frame import Ask
from tiaokuai.graph import Network
from tiaokuai.loaders import read, write
from tiaokuai.loaders.synthetic import generate

DAY = ("--as-of", "2026-06-30")
READERS = ["planner", "public"]
QUICK = {
    "coverage": ["coverage"],
    "by enterprise": ["coverage", "--by", "enterprise"],
    "by sector": ["coverage", "--by", "sector"],
    "replication": ["replication"],
    "gaps": ["gaps", "--top", "5"],
    "explain": ["explain", "B02"],
    "influence": ["influence"],
    "fragility": ["fragility"],
    "history": ["history", "--step", "quarter"],
    "compare": ["compare", "--from", "2025-01-01"],
    "calibrate": ["calibrate"],
    "simulate": ["simulate", "--start", "2026-07", "--months", "3", "--runs", "4"],
    "plan": ["plan", "--budget", "20", "--periods", "2", "--start", "2026-07", "--no-simulate"],
}


@pytest.fixture(scope="module")
def district() -> Network:
    return generate(blocks=8, enterprises=160, seed=4)


@pytest.fixture(scope="module")
def data(district: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("released") / "district"
    write(district, path)
    return path


@pytest.fixture(scope="module")
def files(data: Path) -> dict[str, Path]:
    """The release of each audience as it is handed on."""
    made = {audience: data.parent / audience for audience in READERS}
    for audience, out in made.items():
        assert tiaokuai("export", data, "--out", out, "--for", audience).code == 0
    return made


def asked(question: str, data: Path, *more: str) -> Any:
    """The document, without the time that it took."""
    command, *options = QUICK[question]
    day = () if "--start" in options else DAY
    outcome = tiaokuai(command, data, *options, *day, *more, "--json")
    assert outcome.code == 0, outcome.err + outcome.out
    return {name: value for name, value in outcome.json.items() if name != "seconds"}


@pytest.mark.parametrize("audience", READERS)
@pytest.mark.parametrize("question", QUICK)
def test_the_answer_for_an_audience_is_the_answer_of_the_file_it_is_given(
    data: Path, files: dict[str, Path], question: str, audience: str
) -> None:
    here = asked(question, data, "--for", audience)
    assert here == asked(question, files[audience])
    assert here["release"]["audience"] == audience
    assert here["release"].keys() == {"audience", "step", "base", "pooled"}
    quarter = "2026-07-01" if question in ("simulate", "plan") else "2026-04-01"
    assert here["release"]["step"] == (quarter if audience == "planner" else "2026-01-01")
    assert "suppressed" not in json.dumps(here)


@pytest.mark.parametrize("question", QUICK)
def test_the_steward_s_answer_says_nothing_of_a_release(data: Path, question: str) -> None:
    assert "release" not in asked(question, data)


def test_what_the_public_reads_is_made_from_what_the_planner_reads(data: Path, files: dict[str, Path]) -> None:
    assert asked("coverage", files["planner"], "--for", "public") == asked("coverage", files["public"])


@pytest.mark.parametrize(
    ("held", "wanted"), [("planner", "steward"), ("public", "steward"), ("public", "planner")], ids=str
)
def test_a_release_cannot_be_asked_for_more_than_is_in_it(files: dict[str, Path], held: str, wanted: str) -> None:
    refused = tiaokuai("coverage", files[held], "--for", wanted, "--json")
    assert refused.code == 1
    assert refused.json["error"]["code"] in ("wider_than_release", "already_public")


def test_every_assumption_is_free_for_everybody(data: Path) -> None:
    for audience in READERS:
        told = asked("coverage", data, "--for", audience, "--set", "line_capacity=5")
        assert told["assumptions"]["line_capacity"] == 5


@pytest.mark.slow
@pytest.mark.parametrize("audience", READERS)
def test_backtests_and_grades_are_for_everybody(data: Path, tmp_path: Path, audience: str) -> None:
    for_ = ("--for", audience, "--json")
    tested = tiaokuai("backtest", data, "--hide", "12", "--runs", "20", *DAY, *for_)
    assert tested.code == 0, tested.out
    assert tested.json["scores"]["coverage"]["model"]["crps"] >= 0
    kept = tmp_path / "kept.json"
    begun = ("--start", "2025-07", "--months", "6", "--runs", "20", "--keep", kept)
    assert tiaokuai("simulate", data, *begun, *for_).code == 0
    assert tiaokuai("grade", kept, data, *DAY, *for_).json["release"]["audience"] == audience


@pytest.mark.parametrize("audience", READERS)
def test_members_of_one_enterprise_are_nobody_s_figure(data: Path, audience: str) -> None:
    rows = asked("by enterprise", data, "--for", audience)["rows"]
    assert {(row["members"], row["realisation"]) for row in rows} == {(None, None)}
    assert sum(row["reached"] for row in rows) == asked("coverage", data, "--for", audience)["total"]["reached"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("question", ["coverage", "replication", "history", "plan"])
def test_one_sentence_stands_below_every_table(files: dict[str, Path], question: str, lang: str) -> None:
    released = read(files["planner"]).released
    assert released is not None
    command, *options = QUICK[question]
    day = () if "--start" in options else DAY
    shown = tiaokuai(command, files["planner"], *options, *day, "--lang", lang).out
    bare = re.sub(r"\s+", "", shown)
    assert bare.count(re.sub(r"\s+", "", released.sentence(lang))) == 1
    assert bare.endswith(re.sub(r"\s+", "", released.sentence(lang)))


def test_blocks_that_share_a_pool_are_marked_as_estimates(tmp_path: Path) -> None:
    # Two blocks of 12 staff each are one pool, since a pool has 20 staff or more; the 30 of the third are their own.
    network = Network.from_tables(
        {
            "districts": [{"id": "D"}],
            "blocks": [{"id": f"B{at}", "district": "D"} for at in range(3)],
            "enterprises": [
                {"id": f"E{at}", "block": f"B{at}", "staff": staff} for at, staff in enumerate((12, 12, 30))
            ],
        }
    )
    write(network, tmp_path / "d")
    shown = tiaokuai("coverage", tmp_path / "d", "--for", "planner", "--lang", "en").out
    marked = {
        line.split()[2] for line in shown.splitlines() if line.strip().startswith("≈ ") and "estimate" not in line
    }
    assert marked == {"B0", "B1"}
    assert "≈ an estimate: told together with others" in shown
    assert "≈" not in tiaokuai("coverage", tmp_path / "d", "--lang", "en").out


@pytest.mark.parametrize(("staff", "warned"), [(4, True), (50, False)])
def test_a_plan_says_where_its_enterprises_are_estimates(tmp_path: Path, staff: int, warned: bool) -> None:
    tables = {
        "districts": [{"id": "D"}],
        "blocks": [{"id": "B", "district": "D", "kind": "pilot"}],
        "enterprises": [{"id": f"E{at}", "block": "B", "staff": staff} for at in range(9)],
    }
    write(Network.from_tables(tables), tmp_path / "d")
    command = ("plan", tmp_path / "d", *QUICK["plan"][1:], "--lang", "en")
    told = " ".join(tiaokuai(*command, "--for", "planner").out.split())
    assert ("which enterprise is an estimate" in told) is warned
    assert "estimate" not in tiaokuai(*command).out


@pytest.mark.parametrize("command", ["check", "erase", "pseudonymise", "privacy"])
def test_rows_of_persons_are_the_steward_s_alone(data: Path, tmp_path: Path, command: str) -> None:
    more = {"erase": ["M00001"], "pseudonymise": ["--out", tmp_path / "o", "--key", tmp_path / "k" / "key"]}.get(
        command, []
    )
    refused = tiaokuai(command, data, *more, "--for", "planner", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (2, "steward_only")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["erase", "pseudonymise", "privacy"])
def test_a_release_has_no_rows_of_persons_to_work_on(files: dict[str, Path], tmp_path: Path, command: str) -> None:
    before = {path.name: path.read_bytes() for path in files["planner"].iterdir()}
    more = {"erase": ["M00001"], "pseudonymise": ["--out", tmp_path / "o", "--key", tmp_path / "k" / "key"]}.get(
        command, []
    )
    refused = tiaokuai(command, files["planner"], *more, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "wider_than_release")
    assert {path.name: path.read_bytes() for path in files["planner"].iterdir()} == before


def test_a_release_is_checked_like_any_data(files: dict[str, Path]) -> None:
    found = tiaokuai("check", files["planner"], "--json")
    assert (found.code, found.json["ok"], found.json["rows"]["members"]) == (0, True, 0)


def test_a_key_of_one_s_own_tells_alike_on_every_machine(data: Path, tmp_path: Path) -> None:
    key, other, short = (tmp_path / name for name in ("key", "other", "short"))
    key.write_bytes(b"k" * 32)
    other.write_bytes(b"o" * 40)
    short.write_bytes(b"s" * 31)
    answers = [asked("history", data, "--for", "planner", "--key", str(each)) for each in (key, key, other)]
    assert answers[0] == answers[1]
    assert answers[0] != answers[2]
    refused = tiaokuai("coverage", data, "--for", "planner", "--key", short, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "short_key")


def test_whom_a_command_is_usually_for() -> None:
    assert Ask(data="x", wanted="public").audience == "public"
    network = generate(blocks=3, enterprises=30, seed=1)
    for source, usual, audience in (
        (network, "steward", "steward"),
        (network, "planner", "planner"),
        (network.release("planner", key=b"k" * 32), "steward", "planner"),
        (network.release("public", key=b"k" * 32), "planner", "public"),
    ):
        ask = Ask(data="x", usual=usual)
        ask.source = source
        assert ask.audience == audience
        assert (ask.network is source) is (audience == "steward" or source.released is not None)


@pytest.mark.parametrize("room", ["metrics", "planning", "viz"])
def test_nothing_behind_the_release_knows_of_audiences(room: str) -> None:
    words = re.compile(r"\b(audience|steward|planner|public|suppress|withh[eo]ld|protect)", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted((ROOT / room).rglob("*"))
        if path.suffix in (".py", ".pyi", ".css", ".js", ".cypher")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if words.search(line)
    ]
    assert found == []


def test_a_report_of_a_release_lists_the_problems_that_the_release_has(district: Network, tmp_path: Path) -> None:
    # More members than staff is a warning that counts persons: it is found in the release again, or not at all.
    staff = pl.when(pl.col("id") == district["enterprises"]["id"][0]).then(1).otherwise(pl.col("staff"))
    crowded = Network.from_tables({**district.tables, "enterprises": district["enterprises"].with_columns(staff=staff)})
    write(crowded, tmp_path / "d")
    assert tiaokuai("export", tmp_path / "d", "--out", tmp_path / "r", "--for", "planner").code == 0
    pages = []
    for source in ("d", "r"):
        out = tmp_path / f"{source}.html"
        given = ("--for", "planner", *DAY, "--runs", 4, "--months", 2)
        assert tiaokuai("report", tmp_path / source, "--out", out, *given).code == 0
        pages.append(out.read_text(encoding="utf-8").replace(f" · {source}<", " · <").replace(f"{source} · ", " · "))
    assert pages[0] == pages[1]
