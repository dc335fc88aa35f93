"""What each role reads at the desk: the data or a release of them, and never more by any address."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.test_web_roles import enter, values
from tests.web_desk import KEY, Browser, data_of, open_desk, small
from tiaokuai.graph import Network
from tiaokuai.loaders import write
from tiaokuai.loaders.synthetic import generate
from tiaokuai.web.apart import Readers
from tiaokuai.web.data_set import DataSet

AUDIENCES = ("steward", "planner", "public")
ROLES = {"stew": "steward", "ping": "planner", "vera": "public"}
NET = generate(blocks=4, enterprises=60, seed=1)


def tables(network: Network) -> dict[str, Any]:
    return {name: frame.to_dicts() for name, frame in network.tables.items()}


def coverage(browser: Browser, query: str = "") -> Any:
    return json.loads(browser.client.get(f"/download/coverage.json?day=2026-06-30{query}").data)


def test_each_audience_reads_its_own_network_made_when_first_asked() -> None:
    data = data_of(NET)
    assert not data._holdings
    held = {audience: data.for_audience(audience) for audience in AUDIENCES}
    assert held["steward"].network is data.network
    for audience in ("planner", "public"):
        assert tables(held[audience].network) == tables(NET.release(audience, KEY))
        assert held[audience].network["members"].height == 0
        assert data.for_audience(audience) is held[audience]
    assert len(data._holdings) == 3
    assert len({id(each.memory) for each in held.values()}) == 3


def test_an_answer_of_one_audience_is_not_remembered_for_another() -> None:
    data, day = data_of(NET), date(2026, 6, 30)
    told = {audience: data.for_audience(audience).coverage(day, "block") for audience in AUDIENCES}
    for audience in AUDIENCES:
        assert data.for_audience(audience).coverage(day, "block") is told[audience]
    assert told["steward"]["total"]["members"] != told["planner"]["total"]["members"]


def test_who_is_given_a_release_reads_no_more_than_it_tells() -> None:
    planner = data_of(NET, "planner")
    assert planner.audiences == ("planner", "public")
    assert planner.for_audience("steward") is planner.for_audience("planner")
    assert data_of(NET, "public").audiences == ("public",)


def test_uploads_have_a_secret_to_throw_away() -> None:
    one, two = (DataSet.with_throwaway_key("upload", NET) for _ in range(2))
    assert one.key is not None
    assert two.key is not None
    assert (len(one.key), len(two.key)) == (32, 32)
    assert one.key != two.key
    assert tables(one.for_audience("planner").network) == tables(NET.release("planner", one.key))


def test_what_was_told_stays_told_when_the_data_are_read_again() -> None:
    before, after = NET, generate(blocks=4, enterprises=60, seed=2)
    data = data_of(before)
    old = {audience: data.for_audience(audience).network for audience in AUDIENCES}
    now = data.reread(after)
    assert now.for_audience("steward").network is after
    planner = now.for_audience("planner").network
    assert tables(planner) == tables(after.release("planner", KEY, old["planner"]))
    assert tables(planner) != tables(after.release("planner", KEY))  # or this shows nothing
    assert tables(now.for_audience("public").network) == tables(planner.release("public", KEY, old["public"]))


def test_a_desk_that_was_started_for_planners_stays_theirs_when_the_data_are_read_again() -> None:
    again = data_of(NET, "planner").reread(NET)
    assert again.audiences == ("planner", "public")
    assert again.network["members"].height == 0


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.parametrize("asked", [*AUDIENCES, "", "nobody"])
def test_the_address_shows_what_others_see_and_never_more_than_the_role(name: str, asked: str, tmp_path: Path) -> None:
    browser, desk = enter(tmp_path, name)
    role = ROLES[name]
    wanted = asked if asked in AUDIENCES else role
    reader = max(role, wanted, key=AUDIENCES.index)
    found = coverage(browser, f"&as={asked}")
    expected = desk.main.for_audience(reader).coverage(date(2026, 6, 30), "block")
    assert found == json.loads(json.dumps(expected))
    assert found.get("release", {"audience": "steward"})["audience"] == reader


@pytest.fixture
def tmp_path(tmp_path: Path) -> Path:
    from tests.web_desk import users_file

    users_file(tmp_path)
    return tmp_path


def frame(browser: Browser, search: str, page: str = "where") -> str:
    route = next(each for each in browser.dependencies() if "navigation.children" in each["output"])
    return json.dumps(browser.ask(route, {**values(page), "url.search": search}).get_json(), ensure_ascii=False)


def test_the_switch_is_the_stewards_and_links_keep_it(tmp_path: Path) -> None:
    for name in ROLES:
        browser, _ = enter(tmp_path, name)
        assert ("View as" in frame(browser, "?lang=en")) is (name == "stew")
    browser, _ = enter(tmp_path, "stew")
    shown = frame(browser, "?lang=en&as=planner")
    assert "/where?lang=en&as=planner" in shown
    assert "for: planner" in shown
    public = frame(browser, "?lang=en&as=public")
    assert "What next" not in public
    assert "The public does not have this page" in frame(browser, "?lang=en&as=public", "data")


def test_who_started_a_desk_without_a_login_has_the_switch() -> None:
    browser = Browser(open_desk(NET)[0].test_client())
    browser.come_in()
    shown = frame(browser, "?lang=zh&as=public")
    assert "以何身份看" in shown
    assert "对象：公众" in shown


def test_every_file_of_a_release_says_so(tmp_path: Path) -> None:
    sentence = "told in fives by block, as of the first of a quarter"
    for name in ("stew", "ping"):
        browser, _ = enter(tmp_path, name)
        table = browser.client.get("/download/blocks.csv?lang=en").get_data(as_text=True)
        assert (sentence in table) is (name == "ping")
        every = json.loads(browser.client.get("/download/answers.json").data)
        for kind in ("coverage", "replication", "gaps", "history", "influence", "fragility"):
            assert ("release" in every[kind]) is (name == "ping"), kind
        assert (sentence in frame(browser, "?lang=en")) is (name == "ping")


@pytest.mark.parametrize("name", ["stew", "ping"])
def test_what_rows_and_persons_there_are_is_the_stewards(name: str, tmp_path: Path) -> None:
    browser, desk = enter(tmp_path, name)
    page = frame(browser, "?lang=en", "data")
    for words in ("Personal data", "read again", "Access log"):
        assert (words in page) is (name == "stew"), words
    again = next(each for each in browser.dependencies() if "read-again-said" in each["output"])
    desk.main = DataSet("small", small(), source="no-such-folder-of-this-machine")
    answer = browser.ask(again, values("data"), by="read-again.n_clicks").get_data(as_text=True)
    assert ("no-such-folder-of-this-machine" in answer) is (name == "stew")


@pytest.mark.parametrize("ask", ["forecasts", "rates"])
def test_planners_are_answered_what_history_says(ask: str, tmp_path: Path) -> None:
    browser, desk = enter(tmp_path, "ping")
    start = next(each for each in browser.dependencies() if each["output"].startswith("..sure-job.data"))
    asked = values("sure")
    key = '{"key":["ALL"],"type":"control"}'
    asked[f"{key}.value"] = [({"type": "control", "key": "ask"}, ask)]
    asked[f"{key}.id"] = [({"type": "control", "key": "ask"}, {"type": "control", "key": "ask"})]
    assert browser.ask(start, asked).get_json()["response"]["sure-job"]["data"]["job"] == "1"
    (job,) = desk.jobs._all.values()
    network = job.task.data.network()  # type: ignore[union-attr]
    assert network.released is not None
    assert network.released.audience == "planner"
    assert network["members"].height == 0
    desk.jobs.stop()


def test_an_uploaded_release_is_read_as_the_release_that_it_is(tmp_path: Path) -> None:
    write(NET.release("planner", KEY), tmp_path / "file.xlsx")
    found = Readers().parse("ping", [("file.xlsx", (tmp_path / "file.xlsx").read_bytes())], "en")
    assert found.tables is not None
    assert found.released == NET.release("planner", KEY).released


def test_who_started_the_desk_stays_in_until_it_stops() -> None:
    _, desk = open_desk()
    session = desk.sessions.start(None)
    session.seen = session.since = -1e9
    desk.sessions.sweep()
    assert desk.sessions.find(session.token) is session
