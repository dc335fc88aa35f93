"""The page How sure in a real Chromium: its figures are those of the commands on the same data and seed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import settled
from tests.command import tiaokuai
from tests.test_web_pages import context, page, pick, served
from tiaokuai.graph import Network
from tiaokuai.loaders.synthetic import generate
from tiaokuai.web.desk import Desk
from tiaokuai.web.plan_sure import candidate
from tiaokuai.web.plan_words import MARKS
from tiaokuai.web.sure_answers import digits
from tiaokuai.web.trying import RUNS, SEED
from tiaokuai.web.words import Words, cell

pytestmark = pytest.mark.browser
__all__ = ["context", "page"]
LANGS = pytest.mark.parametrize("lang", ["zh", "en"])


@pytest.fixture(scope="module")
def network() -> Network:
    return generate(blocks=4, enterprises=60, seed=1)


@pytest.fixture(scope="module")
def sure(network: Network) -> Iterator[tuple[str, Desk]]:
    with served(network=network, audience="steward") as both:
        yield both


@pytest.fixture
def typed(network: Network, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A command on the desk's own data, as the steward."""
    monkeypatch.setattr("tiaokuai.loaders.read", lambda *source, **options: network, raising=False)
    return lambda *words: tiaokuai(*words, "--for", "steward", "--json").json


@LANGS
def test_the_rates_are_those_that_calibrate_gives(page: Page, sure: tuple[str, Desk], typed: Any, lang: str) -> None:
    address, _ = sure
    document = typed("calibrate", "district", "--lang", lang)
    page.goto(f"{address}sure?lang={lang}")
    expect(page.locator("h1")).to_have_text("有多可靠" if lang == "zh" else "How sure are we")
    rows = page.locator("#sure-answer tbody tr")
    expect(rows).to_have_count(len(document["rates"]))
    for row, rate in zip(rows.all(), document["rates"].values(), strict=True):
        shown = row.locator("td").all_text_contents()[1:]
        span = "–" if rate["low"] is None else f"{digits(rate['low'])} – {digits(rate['high'])}"
        counts = [cell(rate["events"]), cell(rate["exposure"])]
        assert shown == [digits(rate["value"]), span, digits(rate["default"]), *counts]


def test_learned_rates_move_to_what_if_with_one_click(page: Page, sure: tuple[str, Desk], typed: Any) -> None:
    address, _ = sure
    learned = typed("calibrate", "district")["rates"]["imitation"]["value"]
    page.goto(f"{address}sure?lang=en")
    page.locator("#use-rates").click()
    expect(page.locator("h1")).to_contain_text("What if")
    expect(page).to_have_url(re.compile(r"r\.imitation="))
    asked = re.search(r"r\.imitation=([0-9.e-]+)", page.url)
    assert asked is not None
    assert float(asked[1]) == pytest.approx(12 * learned, rel=1e-9)
    slider = page.locator(".rate", has_text="neighbours").get_by_role("slider")
    assert float(slider.get_attribute("aria-valuenow") or 0) == pytest.approx(12 * learned, rel=1e-6)
    settled(page)
    assert asked[0] in page.url  # the slider has not rounded it away
    page.go_back()
    expect(page.locator("#sure-answer tbody tr")).to_have_count(11)  # at once: this session has it


@LANGS
def test_a_backtest_is_the_commands_and_says_if_it_loses(
    page: Page, sure: tuple[str, Desk], typed: Any, lang: str
) -> None:
    address, _ = sure
    options = ("--hide", "6", "--rolling", "--cutoffs", "2", "--runs", "40", "--seed", "3")
    document = typed("backtest", "district", *options, "--lang", lang)
    page.goto(f"{address}sure?lang={lang}&ask=forecasts&asked=forecasts&hide=6&rolling=1&cutoffs=2&tries=40&seed=3")
    expect(page.locator("#verdict")).to_contain_text(document["verdict"])
    answer = page.locator("#sure-answer")
    for metric in ("line_share", "coverage"):
        crps = document["scores"][metric]["model"]["crps"]
        expect(answer).to_contain_text(f"{100 * crps:.2f}")
        drawn = page.locator(f"#hindsight-{metric} .js-plotly-plot")
        assert drawn.evaluate("plot => plot.data.at(-1).y") == document["series"][metric]["actual"]
    rolled = page.locator("#rolling .js-plotly-plot").evaluate("plot => plot.data[0].y")
    assert rolled == pytest.approx(
        [100 * each["scores"]["line_share"]["model"]["crps"] for each in document["cutoffs"]]
    )


@LANGS
def test_which_number_matters_is_the_commands(page: Page, sure: tuple[str, Desk], typed: Any, lang: str) -> None:
    address, _ = sure
    options = ("--start", "2027-01", "--months", "12", "--metric", "line_share", "--samples", "8")
    document = typed("sensitivity", "district", *options, "--lang", lang)
    query = "ask=number&asked=number&start=2027-01&months=12&metric=line_share&samples=8"
    page.goto(f"{address}sure?lang={lang}&{query}")
    expect(page.locator("#sure-words")).to_have_text(document["words"])
    expect(page.locator("#sure-answer .headline")).to_contain_text(cell(document["answer"], share=True))
    expect(page.locator("#tornado .js-plotly-plot")).to_be_visible()
    first = page.locator("#check-first tbody tr").first
    expect(first).to_contain_text(cell(document["check_first"][0]["swing"], share=True))


def test_the_intervals_of_history_are_the_ranges(
    page: Page, sure: tuple[str, Desk], typed: Any, tmp_path: Path
) -> None:
    address, _ = sure
    rates = tmp_path / "rates.yaml"
    typed("calibrate", "district", "--out", rates)
    document = typed("sensitivity", "district", "--start", "2027-01", "--samples", "8", "--rates", rates)
    page.goto(f"{address}sure?lang=en&ask=number&asked=number&start=2027-01&samples=8&learned=1")
    expect(page.locator("#sure-words")).to_have_text(document["words"])


def test_the_download_says_what_it_is(page: Page, sure: tuple[str, Desk], tmp_path: Path, typed: Any) -> None:
    address, desk = sure
    page.goto(f"{address}sure?lang=en")
    with page.expect_download() as waiting:
        page.get_by_text("download the rates").click()
    assert desk.main.network.fingerprint in waiting.value.suggested_filename
    file = tmp_path / "rates.yaml"
    waiting.value.save_as(file)
    assert "for: steward" in file.read_text(encoding="utf-8").splitlines()[0]
    options = ("--months", "12", "--runs", "5", "--rates", file)
    assert (
        typed("simulate", "district", *options)["rates"]["fill"]
        == typed("calibrate", "district")["rates"]["fill"]["value"]
    )


def test_long_work_is_cancelled_and_begun_anew(page: Page, sure: tuple[str, Desk]) -> None:
    address, desk = sure
    page.goto(f"{address}sure?lang=en&ask=number&start=2027-01&engine=monte-carlo&samples=1024&runs=1000")
    page.locator("#sure-start").click()
    expect(page.locator("#sure-cancel")).to_be_enabled()
    page.locator("#sure-cancel").click()
    expect(page.locator("#sure-said")).to_have_text("cancelled")
    assert not [job for job in desk.jobs._all.values() if job.state in ("waiting", "running")]
    page.get_by_text("more", exact=True).locator("visible=true").click()
    pick(page, "Engine", "expectations (quick)")
    page.get_by_label("Samples (a power of two)").fill("8")
    page.locator("#sure-start").click()
    expect(page.locator("#sure-words")).to_be_visible()


def test_the_question_is_in_the_address_and_back_leads_back(page: Page, sure: tuple[str, Desk]) -> None:
    address, _ = sure
    page.goto(f"{address}sure?lang=en")
    expect(page.locator("#use-rates")).to_be_visible()
    pick(page, "Question", "How good have such forecasts been?")
    expect(page).to_have_url(re.compile("ask=forecasts"))
    expect(page.get_by_label("Months hidden at the end")).to_be_visible()
    expect(page.locator("#use-rates")).to_have_count(0)
    expect(page.locator("#sure-answer")).to_contain_text("see how it did in months that have passed")  # what will stand
    page.go_back()
    expect(page.locator("#use-rates")).to_be_visible()


def test_a_history_too_short_is_a_sentence(page: Page, sure: tuple[str, Desk]) -> None:
    address, _ = sure
    page.goto(f"{address}sure?lang=en&ask=forecasts&asked=forecasts&hide=600")
    expect(page.locator("#sure-said")).to_contain_text("must be left to learn from")


def test_planners_check_forecasts_against_what_they_may_know(page: Page, network: Network) -> None:
    with served(network=network, audience="planner") as (address, _):
        page.goto(f"{address}sure?lang=en&ask=forecasts&asked=forecasts&hide=6&tries=40")
        expect(page.locator(".js-plotly-plot").first).to_be_visible()
        expect(page.locator("body")).to_contain_text("Members are told in fives")


def test_samples_that_are_no_power_of_two_are_told(page: Page, sure: tuple[str, Desk]) -> None:
    address, _ = sure
    page.goto(f"{address}sure?lang=en&ask=number&asked=number&samples=100")
    expect(page.locator("#sure-said")).to_contain_text("power of two")


def test_a_forecast_is_kept_as_the_command_keeps_it_and_graded(
    page: Page, sure: tuple[str, Desk], typed: Any, tmp_path: Path
) -> None:
    address, _ = sure
    page.goto(f"{address}what-if?lang=en&start=2025-01&months=12&day=2025-01-01")
    expect(page.locator("#progress-text")).to_have_text(f"{RUNS} runs done")
    with page.expect_download() as waiting:
        page.locator("#keep-forecast").click()
    mine, theirs = tmp_path / "mine.json", tmp_path / "theirs.json"
    waiting.value.save_as(mine)
    options = ("--start", "2025-01", "--months", "12", "--runs", RUNS, "--seed", SEED)
    typed("simulate", "district", *options, "--keep", theirs)
    assert json.loads(mine.read_text(encoding="utf-8")) == json.loads(theirs.read_text(encoding="utf-8"))
    document = typed("grade", mine, "district")
    page.goto(f"{address}sure?lang=en&ask=grade")
    page.locator("#forecast-upload input").set_input_files(mine)
    expect(page.locator("#verdict")).to_contain_text(document["verdict"])
    answer = page.locator("#sure-answer")
    expect(answer).to_contain_text(f"{document['graded']} of 12 months since 2025-01")
    expect(answer).to_contain_text(f"{100 * document['scores']['coverage']['crps']:.2f}")
    expect(page.locator("#hindsight-coverage .js-plotly-plot")).to_be_visible()


BAD_FORECASTS = {
    "not json": "name: x",
    "another file": '{"rows": []}',
    "without a forecast": '{"format": "tiaokuai-forecast/1"}',
    "other shapes": '{"format": "tiaokuai-forecast/1", "forecast": {"scenarios": [{"name": "a"}]}}',
}


@pytest.mark.parametrize("text", list(BAD_FORECASTS.values()), ids=list(BAD_FORECASTS))
def test_a_file_that_is_no_forecast_is_told(page: Page, sure: tuple[str, Desk], text: str, tmp_path: Path) -> None:
    address, _ = sure
    file = tmp_path / "forecast.json"
    file.write_text(text, encoding="utf-8")
    page.goto(f"{address}sure?lang=en&ask=grade")
    page.locator("#forecast-upload input").set_input_files(file)
    said = page.locator("#forecast-said").or_(page.locator("#sure-said"))
    expect(said.filter(has_text="forecast").first).to_be_visible()


PLAN = ("--start", "2027-01", "--budget", "60", "--periods", "2")


@LANGS
def test_a_plan_is_as_sure_as_the_command_says(page: Page, sure: tuple[str, Desk], typed: Any, lang: str) -> None:
    address, _ = sure
    document = typed("plan", "district", *PLAN, "--robust", "--must-could-never")
    query = "start=2027-01&budget=60&periods=2&robust=1&always=1&expected=1&planned=1"
    page.goto(f"{address}what-next?lang={lang}&{query}")
    t = Words(lang)
    robust = page.locator("#robust tbody tr")
    expect(robust).to_have_count(len(document["robust"]["rows"]))
    for row, found in zip(robust.all(), document["robust"]["rows"], strict=True):
        chosen = "→ " if found["name"] == document["robust"]["chosen"] else ""
        numbers = [cell(round(found[key])) for key in ("planned", "mean", "worst_decile")]
        assert row.locator("td").all_text_contents()[:4] == [chosen + candidate(found["name"], t), *numbers]
    expect(page.locator("#robust")).to_contain_text(document["robust"]["why"][lang].partition(":")[2])
    survey = document["must_could_never"]["rows"]
    assert survey
    shown = [row.locator("td").all_text_contents()[2:] for row in page.locator("#always tbody tr").all()]
    assert shown == [[MARKS[word] for word in row["periods"]] for row in survey]
    first = document["expected"]["rows"][0]["reached"]
    band = f"{first['mean']:,.0f} ({first['p05']:,.0f}–{first['p95']:,.0f})"
    expect(page.locator("#expected tbody tr").first).to_contain_text(band)


def test_a_plan_is_weighed_with_the_rates_of_history(
    page: Page, sure: tuple[str, Desk], typed: Any, tmp_path: Path
) -> None:
    address, _ = sure
    rates = tmp_path / "rates.yaml"
    typed("calibrate", "district", "--out", rates)
    document = typed("plan", "district", *PLAN, "--rates", rates)
    page.goto(f"{address}sure?lang=en")
    link = page.locator("#plan-with")
    expect(link).to_be_visible()
    href = (link.get_attribute("href") or "").replace("robust=1", "start=2027-01&budget=60&periods=2&planned=1")
    page.goto(address.rstrip("/") + href)
    first = document["expected"]["rows"][0]["reached"]
    band = f"{first['mean']:,.0f} ({first['p05']:,.0f}–{first['p95']:,.0f})"
    expect(page.locator("#expected tbody tr").first).to_contain_text(band)
    expect(page.locator("#content")).to_contain_text("the 11 rates that this address brings")
