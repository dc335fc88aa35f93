"""The report as a file: complete, self-contained, the same bytes twice, nothing in it that its reader may not know."""

from __future__ import annotations

import base64
import gzip
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.command import tiaokuai
from tests.districts import district
from tiaokuai.graph import Network
from tiaokuai.loaders import write
from tiaokuai.loaders.synthetic import generate
from tiaokuai.planning.intervention import Intervention
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.simulate import simulate
from tiaokuai.viz.report import Report, report
from tiaokuai.viz.report_page import packed_pictures

DAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def town() -> Network:
    """A made-up district of 12 blocks."""
    return generate(blocks=12, enterprises=300, seed=1)


@pytest.fixture(scope="module")
def told(town: Network) -> Report:
    """Its report, in English."""
    return report(town, lang="en", as_of=DAY, name="town")


def pictures(made: Report) -> dict[str, Any]:
    """The figures packed in a page."""
    packed = re.search(r'<script type="application/gzip" id="pictures">([^<]+)</script>', made.html)
    assert packed
    found: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(packed[1])))
    return found


def order(made: Report, pattern: str) -> list[str]:
    return re.findall(pattern, made.html)


def test_the_story_is_told_in_order(told: Report) -> None:
    assert order(told, r'<section id="([^"]+)"') == [
        "where",
        "why",
        "what-if",
        "what-next",
        "quality",
        "assumptions",
    ]


def test_each_picture_has_an_alternative_text_and_its_table_behind_a_fold(told: Report) -> None:
    names = order(told, r'<figure id="([^"]+)"')
    assert names[0] == "coverage-bars"
    assert sorted(names) == sorted(pictures(told)["pictures"])
    # One with a slider in it is a group: what stands within an image cannot be reached by keyboard.
    assert len(order(told, r'role="(?:img|group)" aria-label="([^"]+)"')) == len(names)
    assert len(order(told, r'role="group" aria-label="([^"]+)"')) == names.count("history-map")
    assert len(order(told, r"<details><summary>[^<]+</summary><div[^>]*><table>.*?</details></figure>")) == len(names)


def test_the_contents_list_leads_to_every_chapter_and_picture(told: Report) -> None:
    inside = told.html.split("<nav", 1)[1].split("</nav>", 1)[0]
    links = re.findall(r'href="#([^"]+)"', inside)
    assert set(links) == set(order(told, r'<(?:section|figure) id="([^"]+)"'))


def test_day_readers_data_seed_and_version_are_printed_on_it(told: Report, town: Network) -> None:
    text = re.sub("<[^>]+>", "", told.html.split("</header>")[0].split("<body>")[1])
    for said in ("as of 30 Jun 2026", "for steward", f"data {town.fingerprint}", "seed 1", "version tiaokuai"):
        assert said in text


def test_the_headline_is_counted_by_hand() -> None:
    # 100 staff; one line of 10 at each of two enterprises of block 0; block 1 is founded without a line.
    made = report(district([[30, 20], [50]], [[1, 1], [0]], founded=[0, 1]), lang="en", as_of=DAY)
    assert (
        "<h1>20% within reach: 20 of 100 staff; 2 of 2 blocks that can be are founded, 1 is hollow.</h1>" in made.html
    )


def test_two_runs_on_the_same_data_give_the_same_bytes(told: Report, town: Network) -> None:
    assert report(town, lang="en", as_of=DAY, name="town").html == told.html


def test_packing_leaves_no_time_behind() -> None:
    assert packed_pictures([], "en")[4:8] == b"\0\0\0\0"


def test_nothing_is_fetched_and_nothing_is_offered_to_be_sent(told: Report) -> None:
    assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", told.html)
    assert "default-src &#x27;none&#x27;" in told.html
    config = pictures(told)["config"]
    assert config["showSendToCloud"] is False
    assert config["plotlyServerURL"] == ""


def test_fifty_blocks_fit_in_two_megabytes() -> None:
    made = report(generate(blocks=50, enterprises=1500, seed=2), lang="zh", as_of=DAY)
    assert len(made.html.encode()) <= 2_000_000


def test_names_are_shown_as_they_are_and_never_run() -> None:
    network = district([[30]], [[1]], founded=[0])
    blocks = network["blocks"].with_columns(name=pl.lit("</script><script>alert(1)</script>&"))
    made = report(Network.from_tables({**network.tables, "blocks": blocks}), as_of=DAY)
    assert "<script>alert" not in made.html
    assert "&lt;/script&gt;" in made.html


def test_without_a_scenario_the_baseline_is_told_and_with_one_the_difference() -> None:
    network = district([[30, 20], [50]], [[1, 1], [0]], founded=[0])
    alone = report(network, lang="en", as_of=DAY)
    assert "If nothing is done" in alone.html
    more = Scenario("two more lines", interventions=(Intervention("add_backbones", "2026-07", block="B0", count=2),))
    forecast = simulate(network, [more], months=12, runs=20, start="2026-07")
    both = report(network, forecast, lang="en", as_of=DAY)
    assert "&quot;two more lines&quot; leads to" in both.html


def test_a_network_without_anybody_is_told_of_in_words() -> None:
    empty = Network.from_tables({"districts": [{"id": "D"}], "blocks": [{"id": "B", "district": "D"}]})
    for lang, said in (("en", "The data hold nobody to be covered yet."), ("zh", "数据中还没有需要覆盖的人。")):
        assert f"<h1>{said}</h1>" in report(empty, lang=lang, as_of=DAY).html


def test_a_problem_that_occurs_once_is_told_with_its_values() -> None:
    problem = {
        "severity": "warning",
        "code": "more_members_than_staff",
        "table": "enterprises",
        "file": "enterprises.csv",
        "row": 7,
        "column": "staff",
        "value": "9",
        "message": "has 12 members at a time on a staff of 9",
    }
    network = district([[30]], [[1]], founded=[0])
    assert "on a staff of 9" in report(network, as_of=DAY, problems=[problem]).html
    twice = report(network, as_of=DAY, problems=[problem, problem]).html
    assert "has … members at a time on a staff of …" in twice


@pytest.mark.parametrize("audience", ["planner", "public"])
def test_the_report_of_a_release_names_nobody_and_says_how_figures_are_told(town: Network, audience: str) -> None:
    released = town.release(audience, key=b"k" * 32)
    assert released.released is not None
    made = report(released, lang="en", as_of=DAY)
    text = made.html.split('id="library"')[0] + json.dumps(pictures(made), ensure_ascii=False)
    assert not set(town["members"]["id"]) & set(re.findall(r"[\w-]+", text))
    assert f"<span>for</span> {audience}" in made.html
    assert made.html.split("<footer>")[1].count(released.released.sentence("en")) == 1


def test_the_command_writes_the_page_and_says_where(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    outcome = tiaokuai("report", study, "--out", out, "--lang", "en", "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.json["report"] == str(out)
    assert outcome.json["bytes"] == out.stat().st_size
    assert outcome.json["for"] == "planner"


def test_the_command_takes_scenarios_and_a_plan(town: Network, tmp_path: Path) -> None:
    write(town, tmp_path / "town")
    founded = set(town["associations"]["block"])
    block = next(id for id, kind in town["blocks"].select("id", "kind").iter_rows() if id in founded)
    enterprise = town["enterprises"].filter(block=block)["id"][0]
    lines = Intervention("add_backbones", "2026-09", enterprise=enterprise, count=2)
    Scenario("more lines", interventions=(lines,)).write(tmp_path / "lines.yaml")
    Scenario("the plan", interventions=(lines,)).write(tmp_path / "plan.yaml")
    out = tmp_path / "report.html"
    given = ("--scenario", tmp_path / "lines.yaml", "--plan", tmp_path / "plan.yaml", "--runs", 20, "--months", 12)
    outcome = tiaokuai("report", tmp_path / "town", "--out", out, "--as-of", "2026-06-30", "--lang", "en", *given)
    assert outcome.code == 0, outcome.err
    text = out.read_text(encoding="utf-8")
    assert "&quot;more lines&quot; leads to" in text
    assert "The plan adds 2 lines in 1 period, for 4." in text


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--out", "report.pdf"), 2, "--out must end in .html"),
        (("--out", "nowhere/report.html"), 1, "there is no folder nowhere"),
        (("--out", "report.html", "--scenario", "missing.yaml"), 1, "missing.yaml"),
        (("--out", "report.html", "--plan", "plan.json"), 1, "plan.json"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_written(
    arguments: tuple[str, ...], code: int, said: str, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plan.json").write_text('{"periods": [{"start": "2027-01"}]}')
    outcome = tiaokuai("report", study, *arguments, "--lang", "en")
    assert outcome.code == code
    assert said in outcome.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.json"]
