"""What can be taken from the desk as a file, and what the commands' other options are there: pictures, plans, runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.command import tiaokuai
from tests.test_web_pages import context, page, pick, served, steward
from tiaokuai.planning.scenario import Scenario
from tiaokuai.web.desk import Desk
from tiaokuai.web.words import cell

__all__ = ["context", "page", "steward"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def save(page: Page, button: str, to: Path) -> Path:
    """The file behind a button."""
    with page.expect_download() as waiting:
        page.locator(button).first.click()
    file = to / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def known(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    """The command reads what the desk shows."""
    monkeypatch.setattr("tiaokuai.loaders.read", lambda *source, **options: desk.main.network, raising=False)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_picture_is_a_file_with_its_stamp_in_the_inks_of_the_day(
    page: Page, steward: str, scheme: str, tmp_path: Path
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{steward}where?lang=en")
    expect(page.locator(".js-plotly-plot svg").first).to_be_visible()
    file = save(page, "button[data-picture=svg]", tmp_path)
    text, stamp = file.read_text(encoding="utf-8"), page.locator(".provenance").inner_text()
    assert re.fullmatch(r"coverage-bars-figure-\d{4}-\d\d-\d\d-steward-[0-9a-f]{16}\.svg", file.name)
    said = re.sub(r"\s+", "", re.sub("<[^>]*>", "", text))
    assert re.sub(r"\s+", "", stamp) in said
    assert "rgb(232, 235, 238)" not in text  # the ink of the night
    assert "fill: rgb(255, 255, 255)" in text  # the ground
    drawn = save(page, "button[data-picture=png]", tmp_path).read_bytes()
    assert drawn.startswith(b"\x89PNG")
    assert int.from_bytes(drawn[16:20], "big") == 2 * int(re.findall(r'width="(\d+)', text)[0])


def test_a_plan_is_saved_as_the_command_writes_it_and_gone_on_from(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(audience="steward") as (address, desk):
        known(monkeypatch, desk)
        page.goto(f"{address}what-next?lang=en&start=2027-01&budget=30&periods=3&planned=1")
        expect(page.locator("#board")).to_contain_text("as a table")
        file = save(page, "[id*=plan-file][id*=yaml]", tmp_path)
        assert desk.main.network.fingerprint in file.name
        typed, own = ("--start", "2027-01", "--budget", 30, "--periods", 3, "--no-simulate"), tmp_path / "own.yaml"
        document = tiaokuai("plan", "district", *typed, "--out", own, "--json").json
        head, whole = file.read_text(encoding="utf-8").split("\n", 1)
        assert head.startswith("# as of ")
        assert Scenario.parse(whole).to_yaml() == Scenario.read(own).to_yaml()
        answer = save(page, "[id*=plan-file][id*=json]", tmp_path).read_text(encoding="utf-8")
        assert f'"objective": {document["objective"]}' in answer

        # With twice the money from the second period on, what was done in the first stays.
        page.get_by_label("Budget a period").fill("60")
        page.get_by_text("go on from an earlier plan").click()
        page.locator("#earlier-upload input").set_input_files(file)
        expect(page.locator("#earlier-said")).to_contain_text("Read")
        page.get_by_label("Followed up to this month, it included").fill("2027-03")
        again = tiaokuai(
            *("plan", "district", "--start", "2027-01", "--budget", 60, "--periods", 3, "--no-simulate"),
            *("--from", own, "--done-until", "2027-03", "--json"),
        ).json
        assert again["objective"] != document["objective"]
        page.locator("#plan-start").click()
        expect(page.locator("#board .headline").first).to_contain_text(cell(again["objective"]))
        page.wait_for_url(re.compile(r"[?&]done=2027-03"))


def test_an_earlier_plan_that_is_none_is_told(page: Page, steward: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("name: x\ninterventions:\n  - {at: 2027-01, do: fund, block: B1}\n", encoding="utf-8")
    page.goto(f"{steward}what-next?lang=en&start=2027-01&budget=30&periods=2")
    page.get_by_text("go on from an earlier plan").click()
    page.locator("#earlier-upload input").set_input_files(file)
    expect(page.locator("#earlier-said")).to_contain_text("did you mean found?")


def test_a_plan_at_other_prices_is_the_commands(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prices = tmp_path / "prices.yaml"
    prices.write_text("name: prices\ncosts: {found: 20, line: 3}\ninterventions: []\n", encoding="utf-8")
    with served(audience="steward") as (address, desk):
        known(monkeypatch, desk)
        document = tiaokuai(
            *("plan", "district", "--start", "2027-01", "--budget", 30, "--periods", 2, "--no-simulate"),
            *("--scenario", prices, "--json"),
        ).json
        query = "start=2027-01&budget=30&periods=2&price_found=20&price_line=3&planned=1"
        page.goto(f"{address}what-next?lang=en&{query}")
        expect(page.locator("#board .headline").first).to_contain_text(cell(document["objective"]))
        expect(page.locator("#board .headline").nth(2)).to_contain_text(f"{document['cost']:g}")
        pick(page, "Why not this block? (choose after planning)", "B2")
        expect(page.locator("#why-not-said")).to_contain_text("Why not")


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("runs=40&seed=9", ("--runs", 40, "--seed", 9)),
        ("precision=2&seed=4", ("--runs", "auto", "--precision", 0.02, "--seed", 4)),
        ("runs=30&learn=1", ("--runs", 30, "--seed", 1, "--learn")),
    ],
)
def test_runs_seed_precision_and_history_are_those_of_the_command(
    page: Page, monkeypatch: pytest.MonkeyPatch, query: str, options: tuple[object, ...]
) -> None:
    with served(audience="steward") as (address, desk):
        known(monkeypatch, desk)
        typed = tiaokuai("simulate", "district", "--start", "2027-01", "--months", 6, *options, "--json").json
        page.goto(f"{address}what-if?lang=en&start=2027-01&months=6&{query}")
        expect(page.locator("#progress-text")).to_have_text(f"{typed['runs']} runs done")
        shown = [job.result for job in desk.jobs._all.values() if job.state == "done"][-1]
        assert shown is not None
        assert shown == typed
        expect(page.locator("#curves-said")).to_contain_text(f"{typed['runs']} runs, seed {typed['seed']}")
