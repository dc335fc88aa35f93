"""The desk in a real Chromium: every page in both languages, and what people do on them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Response, redirect, request
from playwright.sync_api import Browser, BrowserContext, Page, expect
from waitress.server import create_server

from tests.browsers import PATIENCE, settled
from tests.command import tiaokuai
from tests.web_desk import PASSWORD, TOKEN, open_desk, users_file
from tiaokuai.planning.scenario import Scenario
from tiaokuai.web.closer import LOOKS
from tiaokuai.web.desk import Desk
from tiaokuai.web.plan_words import why_not
from tiaokuai.web.scenarios import decode
from tiaokuai.web.trying import RUNS, SEED
from tiaokuai.web.words import Words, cell

pytestmark = pytest.mark.browser
BAD = {
    "districts.csv": "id,name\nD,District\n",
    "blocks.csv": "id,district,name\nB1,D,One\n",
    "enterprises.csv": "id,block,name,staff\nE1,B1,One,20\nE2,B1,Two,many\n",
}
TITLES = {
    "where": ("现状", "Where we stand"),
    "block": ("B0", "B0"),
    "what-if": ("如果……会怎样", "What if"),
    "what-next": ("下一步做什么", "What next"),
    "sure": ("有多可靠", "How sure are we"),
    "data": ("数据", "Data"),
}


@contextmanager
def served(**settings: Any) -> Iterator[tuple[str, Desk]]:
    """A desk on a port of its own, whose visitors have the token: (address, desk)."""
    server, desk = open_desk(lang="en", **settings)
    server.after_request(_with_token)
    listening: Any = create_server(server, host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=listening.run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.effective_port}{desk.settings.prefix}", desk
    finally:
        desk.stop()
        listening.close()


def _with_token(answer: Response) -> Any:
    if answer.status_code != 403 or answer.mimetype != "text/html":
        return answer
    return redirect(f"{request.full_path}&token={TOKEN}", 303)


@pytest.fixture(scope="module")
def desk() -> Iterator[str]:
    with served(audience="planner") as (address, _):
        yield address


@pytest.fixture(scope="module")
def steward() -> Iterator[str]:
    with served(audience="steward") as (address, _):
        yield address


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-US", accept_downloads=True)
    made.set_default_timeout(PATIENCE)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that lets nothing out and on which nothing goes wrong."""
    page, wrong = context.new_page(), list[str]()
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url) if not _ours(request.url) else None)
    yield page
    assert not [text for text in wrong if "401" not in text]


def _ours(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:", "blob:"))


def pick(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).first.click()
    page.get_by_role("option", name=option).first.click()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", list(TITLES))
def test_every_page_in_both_languages(page: Page, desk: str, name: str, lang: str) -> None:
    page.goto(f"{desk}{name}?lang={lang}&block=B0")
    expect(page.locator("h1")).to_contain_text(TITLES[name][lang == "en"])
    expect(page.locator(".provenance")).to_contain_text("规划者" if lang == "zh" else "planner")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if lang == "zh" else "en")


@pytest.mark.parametrize("name", list(TITLES))
def test_a_phone_never_scrolls_sideways(chromium: Browser, desk: str, name: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{desk}{name}?block=B0")
    expect(page.locator("h1")).to_be_visible()
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_the_figures_are_those_of_the_documents(page: Page, steward: str) -> None:
    page.goto(f"{steward}where?lang=en")
    # Reached: 30 of 30? no: two lines reach 20 of 30, one line 10 of 40; of 191 people in all.
    expect(page.locator(".headline").first).to_contain_text("15.7%")
    expect(page.locator(".headline").first).to_contain_text("30 of 191 people")
    expect(page.locator("#blocks .ag-center-cols-container [row-index='0']")).to_contain_text("growing")


def test_a_planner_reads_figures_without_holes_and_how_they_are_told(page: Page, desk: str) -> None:
    # Three lines in all, at enterprises of five and more: told as they are. Five members: told in fives.
    page.goto(f"{desk}where?lang=en")
    expect(page.locator(".headline").first).to_contain_text("30 of 191 people")
    expect(page.locator(".provenance")).to_contain_text(
        "Members are told in fives by block, as of the first of a quarter"
    )
    expect(page.locator("#content")).not_to_contain_text("‹")


def test_a_block_is_opened_from_the_table_and_back_leads_back(page: Page, desk: str) -> None:
    page.goto(f"{desk}where?lang=en")
    page.locator("#blocks a", has_text="B1").click()
    expect(page.locator("h1")).to_contain_text("B1")
    expect(page.locator("#content")).to_contain_text("hollow, never counted as covered")
    expect(page.locator("#enterprises .ag-center-cols-container [row-index='0']")).to_be_visible()
    page.go_back()
    expect(page.locator("h1")).to_contain_text("Where we stand")
    expect(page.locator("#blocks a").first).to_be_visible()


def test_the_address_is_the_state(page: Page, steward: str, context: BrowserContext) -> None:
    page.goto(f"{steward}where?lang=en")
    thumb = page.get_by_role("slider").first
    thumb.focus()
    page.keyboard.press("Home")
    expect(page.locator("#shown-day")).to_have_text("2020-01-01")
    expect(page).to_have_url(re.compile("day=2020-01-01"))
    other = context.new_page()
    other.goto(page.url)
    expect(other.locator("#shown-day")).to_have_text("2020-01-01")
    page.go_back()
    expect(page.locator("#shown-day")).not_to_have_text("2020-01-01")


def test_the_language_switch_keeps_the_view(page: Page, desk: str) -> None:
    page.goto(f"{desk}block?lang=en&block=B1")
    page.get_by_text("中文", exact=True).click()
    expect(page.locator("h1")).to_contain_text("B1")
    expect(page.locator("#content")).to_contain_text("为什么")


def test_dark_and_light(page: Page, desk: str) -> None:
    page.goto(f"{desk}where?lang=en")
    expect(page.locator("h1")).to_be_visible()
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("#theme-switch").click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")


def build_scenario(page: Page, desk: str) -> None:
    page.goto(f"{desk}what-if?lang=en&start=2027-01&months=12")
    expect(page.locator("#curves .scatterlayer path").first).to_be_visible()
    pick(page, "Block", "B1")
    page.get_by_label("How many").fill("2")
    page.get_by_label("Month", exact=True).fill("2027-02")
    page.locator("#add-step").click()
    expect(page.locator("#steps li button")).to_have_count(1)
    pick(page, "What", "backbones are lost")
    page.get_by_label("Share (%)").fill("30")
    page.get_by_label("Month", exact=True).fill("2027-06")
    page.get_by_label("Block", exact=True).first.clear()
    page.keyboard.press("Escape")
    page.locator("#add-step").click()
    expect(page.locator("#steps li button")).to_have_count(2)


def test_a_scenario_built_by_clicks_is_the_same_file_and_the_same_answer(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(audience="steward") as (address, desk):
        build_scenario(page, address)
        expect(page.locator("#progress-text")).to_have_text(f"{RUNS} runs done")
        with page.expect_download() as waiting:
            page.locator("#download-scenario").click()
        file = tmp_path / "scenario.yaml"
        waiting.value.save_as(file)
        assert file.read_text(encoding="utf-8").startswith("# as of ")
        assert [step.do for step in Scenario.read(file).interventions] == ["add_backbones", "lose_backbones"]
        monkeypatch.setattr("tiaokuai.loaders.read", lambda *source, **options: desk.main.network, raising=False)
        options = ("--start", "2027-01", "--months", 12, "--runs", RUNS, "--seed", SEED, "--for", "steward")
        typed = tiaokuai("simulate", "district", "--scenario", file, *options, "--json").json
        shown = [job.result for job in desk.jobs._all.values() if job.state == "done"][-1]
        assert shown is not None
        assert shown == typed
        mean = typed["scenarios"][1]["series"]["coverage"]["mean"][-1]
        expect(page.locator("#ends")).to_contain_text(cell(mean, share=True))
        expect(page.locator("#ends")).to_contain_text("Where the difference comes from")


def steps_of(url: str) -> int:
    """Steps of the first scenario in an address."""
    given = parse_qs(urlsplit(url).query).get("s", [""])[0]
    return sum(len(scenario["interventions"]) for scenario in decode(given)[:1])


def test_a_scenario_is_in_its_link_and_in_this_browser(page: Page, steward: str, context: BrowserContext) -> None:
    build_scenario(page, steward)
    page.wait_for_url(lambda url: steps_of(url) == 2, timeout=PATIENCE)  # the address follows when the hand rests
    other = context.new_page()
    other.goto(page.url)
    expect(other.locator("#steps li button")).to_have_count(2)
    page.locator("#save-scenario").click()
    other.goto(f"{steward}what-if?lang=en&start=2027-01")
    other.get_by_label("load a saved scenario").first.click()
    other.get_by_role("option", name="scenario 1").click()
    expect(other.locator("#steps li button")).to_have_count(2)


def test_what_is_too_long_for_a_link_says_so_and_opens_only_here(
    page: Page, steward: str, chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tiaokuai.web.scenarios.LINK", 20)
    monkeypatch.setattr("tiaokuai.web.scenarios.SHORT", 10)
    file = tmp_path / "long.yaml"
    step = "  - {at: 2027-02, do: add_backbones, block: B1, count: 2}\n"
    file.write_text(f"name: long\ninterventions:\n{step}", encoding="utf-8")
    page.goto(f"{steward}what-if?lang=en&start=2027-01&months=12")
    page.locator("#scenario-upload input").set_input_files(file)
    expect(page.locator("#steps li button")).to_have_count(1)
    expect(page.locator("#steps")).to_contain_text("too long for a link")
    expect(page).to_have_url(re.compile(r"[?&]s=:\w+"))
    page.reload()
    expect(page.locator("#steps li button")).to_have_count(1)
    other = chromium.new_context().new_page()
    other.goto(page.url)
    expect(other.locator("#unread")).to_contain_text("lasted for one session")
    other.context.close()


def test_a_link_that_cannot_be_read_is_said_once_and_drawn_with_the_usual_in_its_place(
    page: Page, steward: str
) -> None:
    page.goto(f"{steward}what-if?lang=en&start=soon&metric=joy&s=@@@&at=x&months=12")
    expect(page.locator("#curves .scatterlayer path").first).to_be_visible()
    said = page.locator("#unread")
    for what in ("'soon' is no month", "no figure 'joy'", "scenario in this link cannot be read"):
        expect(said).to_contain_text(what)
    expect(page.locator("#faults")).to_be_empty()
    expect(page.get_by_text("is no month")).to_have_count(1)  # and not in a notice too
    expect(page.get_by_label("First month")).to_have_value(re.compile(r"\d{4}-\d\d"))


def test_a_step_that_cannot_be_is_told(page: Page, steward: str) -> None:
    page.goto(f"{steward}what-if?lang=en&start=2027-01&months=12")
    expect(page.locator("#curves .scatterlayer path").first).to_be_visible()
    pick(page, "Block", "B2")
    page.get_by_label("How many").fill("2")
    page.get_by_label("Month", exact=True).fill("2027-02")
    page.locator("#add-step").click()
    expect(page.locator("#faults")).to_contain_text("B2")


def test_sliders_move_the_curve_and_the_address(page: Page, steward: str) -> None:
    page.goto(f"{steward}what-if?lang=en&start=2027-01")
    expect(page.locator("#curves .scatterlayer path").first).to_be_visible()
    last = "document.querySelector('#curves .js-plotly-plot').data.at(-1).y.at(-1)"
    before = page.evaluate(last)
    page.get_by_role("slider").first.focus()
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(r"r\.imitation="))
    page.wait_for_function(f"{last} > {before}")
    page.locator("#reset-rates").click()
    expect(page).not_to_have_url(re.compile(r"r\.imitation="))


def test_nothing_is_sent_to_a_cloud(page: Page, steward: str) -> None:
    page.goto(f"{steward}what-if?lang=en")
    expect(page.locator("#curves .scatterlayer path").first).to_be_visible()
    context = "document.querySelector('#curves .js-plotly-plot')._context"
    assert page.evaluate(f"[{context}.showSendToCloud, {context}.plotlyServerURL]") == [False, ""]


def test_an_expired_session_leads_to_the_login_and_back(context: BrowserContext, tmp_path: Path) -> None:
    with served(users=users_file(tmp_path)) as (address, desk):
        page = context.new_page()
        page.goto(f"{address}where?lang=en")
        expect(page).to_have_url(re.compile("/login.next="))
        log_in(page, "ping")
        expect(page.locator("#blocks a").first).to_be_visible()
        desk.sessions.end_all()
        page.get_by_text("What if").first.click()
        expect(page).to_have_url(re.compile("/login.next=%2Fwhat-if"))
        log_in(page, "ping")
        expect(page.locator("h1")).to_contain_text("What if")


def log_in(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_logging_out(context: BrowserContext, tmp_path: Path) -> None:
    with served(users=users_file(tmp_path)) as (address, _):
        page = context.new_page()
        page.goto(address)
        log_in(page, "vera")
        expect(page.locator("h1")).to_contain_text("Where we stand")
        expect(page.locator("#navigation a")).to_have_count(1)
        page.locator("#log-out").click()
        expect(page).to_have_url(re.compile("/login"))
        page.goto(address)
        expect(page).to_have_url(re.compile("/login"))


def test_uploaded_data_with_mistakes_are_told_at_their_rows_and_not_kept(page: Page, tmp_path: Path) -> None:
    for name, text in BAD.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with served(audience="planner") as (address, desk):
        page.goto(f"{address}data?lang=en")
        page.locator("#upload input").set_input_files([tmp_path / name for name in BAD])
        rows = page.locator("#problem-rows .ag-center-cols-container")
        expect(rows).to_contain_text("enterprises.csv")
        expect(rows).to_contain_text("'many' is not a whole number")
        expect(rows).to_contain_text("3")
        expect(page.locator("#upload-said")).to_contain_text("nothing was loaded")
        assert not any(session.kept.get("uploads") for session in desk.sessions._all.values())


def test_uploaded_data_are_there_for_their_session_alone(page: Page, tmp_path: Path, chromium: Browser) -> None:
    for name, text in {**BAD, "enterprises.csv": "id,block,name,staff\nE1,B1,One,20\n"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with served(audience="planner") as (address, _):
        page.goto(f"{address}data?lang=en")
        page.locator("#upload input").set_input_files([tmp_path / name for name in BAD])
        page.get_by_text("see where it stands").click()
        expect(page.locator("#content")).to_contain_text("0 of 20 people")
        other = chromium.new_context().new_page()
        other.goto(page.url)
        expect(other.locator("#content")).to_contain_text("hese data are not here")
        other.context.close()


PLAN = ("--start", "2027-01", "--budget", 30, "--periods", 2, "--no-simulate", "--for", "steward")


def test_a_plan_is_the_commands_plan_asked_why_and_sent_to_what_if(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(audience="steward") as (address, desk):
        page.goto(f"{address}what-next?lang=en&start=2027-01&budget=30&periods=2")
        page.locator("#plan-start").click()
        board = page.locator("#board")
        expect(board).to_contain_text("as a table")
        monkeypatch.setattr("tiaokuai.loaders.read", lambda *source, **options: desk.main.network, raising=False)
        typed = tiaokuai("plan", "district", *PLAN, "--why-not", "B2", "--json").json
        expect(board.locator(".headline").first).to_contain_text(cell(typed["objective"]))
        lines = sum(line["count"] for line in typed["periods"][0]["lines"])
        assert lines
        shown = [text for text in board.locator("td").all_text_contents() if text.startswith("+")]
        assert sum(map(int, shown)) == sum(line["count"] for period in typed["periods"] for line in period["lines"])
        pick(page, "Why not this block? (choose after planning)", "B2")
        expect(page.locator("#why-not-said")).to_have_text(why_not(typed["why_not"][0], Words("en")))
        expect(page).to_have_url(re.compile("planned=1"))
        page.reload()  # a link to a plan makes it again
        expect(board).to_contain_text("as a table")
        page.locator("#to-what-if").click()
        steps = sum(len(period["found"]) + len(period["lines"]) for period in typed["periods"])
        expect(page.locator("#steps li button")).to_have_count(steps)
        expect(page.locator("#ends")).to_contain_text("plan")


def test_wishes_that_cannot_hold_are_told_with_what_must_give(page: Page) -> None:
    with served(audience="planner") as (address, _):
        page.goto(f"{address}what-next?lang=en&start=2027-01&budget=0&periods=2&min_coverage=90&planned=1")
        expect(page.locator("#board")).to_contain_text("what must give")
        expect(page.locator("#board li").first).to_contain_text("must")


@pytest.mark.parametrize("look", list(LOOKS))
def test_a_closer_look_is_in_the_address(page: Page, steward: str, look: str) -> None:
    page.goto(f"{steward}where?lang=en")
    closer = page.locator("#closer")
    expect(closer).to_contain_text("people")
    if look == "gaps":
        return
    pick(page, "Question", LOOKS[look][1])
    expect(page).to_have_url(re.compile(f"look={look}"))
    expect(closer).to_contain_text(ANSWERS[look])
    page.reload()
    expect(closer).to_contain_text(ANSWERS[look])
    page.go_back()
    expect(closer).to_contain_text("people")


# What each question's answer says of the small district.
ANSWERS = {
    "groups": "By sector",
    "lineage": "Left to right",
    "template": "nothing is known of the template",
    "influence": "Bar = people in reach",
    "fragility": "hang on one backbone",
    "history": "blocks are ahead of lines",
    "compare": "did not change",
}


def test_a_steward_sees_what_others_see_and_links_keep_it(page: Page, steward: str) -> None:
    page.goto(f"{steward}where?lang=en")
    expect(page.locator(".provenance")).to_contain_text("for: steward")
    page.locator(".at-top").get_by_text("planner").click()
    expect(page).to_have_url(re.compile("as=planner"))
    expect(page.locator(".provenance")).to_contain_text("for: planner")
    expect(page.locator(".provenance")).to_contain_text("Members are told in fives by block")
    page.locator("#navigation").get_by_text("What if").click()
    expect(page).to_have_url(re.compile(r"what-if\?.*as=planner"))
    expect(page.locator("#curves .scatterlayer path").first).to_be_visible()
    expect(page.locator("#progress-text")).to_contain_text("runs done")
    expect(page.locator(".provenance")).to_contain_text("for: planner")
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.locator(".at-top")).to_be_hidden()
    page.locator(".at-page").get_by_text("steward").click()
    expect(page.locator(".provenance")).to_contain_text("for: steward")
    assert "as=" not in page.url
