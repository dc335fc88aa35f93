"""What a viewer may not see is reached by no address and no callback: raw requests, all of them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.web_desk import Browser, open_desk, users_file
from tiaokuai.web.scenarios import encode

PAGES = ("where", "block", "what-if", "what-next", "sure", "data")
CONTROL = '{"key":["ALL"],"type":"control"}'
LINES = encode(
    [{"name": "a", "interventions": [{"at": "2027-02", "do": "add_backbones", "enterprise": "B0E0", "count": 1}]}]
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    users_file(tmp_path)
    return tmp_path


def enter(folder: Path, name: str) -> tuple[Browser, Any]:
    server, desk = open_desk(users=folder / "users.json", lang="en", log=folder / "access.log")
    browser = Browser(server.test_client())
    assert browser.log_in(name).status_code == 303
    return browser, desk


def values(page: str, scenario: str = LINES) -> dict[str, Any]:
    """What a browser on this page would send, and more: whatever might make a callback talk."""
    workbook = "data:;base64," + base64.b64encode(b"id,district\nB,D\n").decode()
    controls = {
        "s": scenario,
        "at": "0",
        "metric": "reached",
        "months": 12,
        "start": "2027-01",
        "budget": 100,
        "periods": 2,
        "ask": "forecasts",
        "hide": 2,
    }
    return {
        "url.pathname": f"/{page}",
        "url.search": "?lang=en&block=B0",
        "screen.data": {"dark": False, "narrow": False},
        "blocks.getRowsRequest": {"startRow": 0, "endRow": 100},
        "enterprises.getRowsRequest": {"startRow": 0, "endRow": 100},
        f"{CONTROL}.value": [({"type": "control", "key": key}, value) for key, value in controls.items()],
        f"{CONTROL}.id": [({"type": "control", "key": key}, {"type": "control", "key": key}) for key in controls],
        '{"key":"s","type":"control"}.value': scenario,
        '{"key":"at","type":"control"}.value': "0",
        '{"key":"block","type":"step"}.value': "B0",
        "upload.contents": [workbook],
        "upload.filename": ["blocks.csv"],
        "scenario-upload.contents": workbook,
        "read-again.n_clicks": 1,
        "download-scenario.n_clicks": 1,
        "run.n_clicks": 1,
        '{"key":"look","type":"control"}.value': "influence",
        '{"key":"since","type":"control"}.value': "2020-12-31",
        "why-not.value": "B1",
        "plan-again.n_intervals": 1,
        "plan-done.data": "1",
        "plan-start.n_clicks": 1,
        "poll.n_intervals": 1,
        "plan-poll.n_intervals": 1,
        "job.data": {"job": "1", "key": "x"},
        "plan-job.data": {"job": "1"},
        "take-report.n_clicks": 1,
        "take-export.n_clicks": 1,
        "take-for.value": "steward",
        "take-as.value": "xlsx",
        "take-poll.n_intervals": 1,
        "take-job.data": {"job": "1"},
        "neo4j-look.n_clicks": 1,
        "keep-forecast.n_clicks": 1,
        "result.data": {"job": "1", "key": "x"},
        "sure-start.n_clicks": 1,
        "sure-again.n_intervals": 1,
        "sure-poll.n_intervals": 1,
        "sure-job.data": {"job": "1", "key": "x"},
        "forecast-upload.contents": workbook,
        "earlier-upload.contents": workbook,
        '{"as":["ALL"],"type":"plan-file"}.n_clicks': [({"type": "plan-file", "as": "json"}, 1)],
        '{"as":["ALL"],"type":"sure-file"}.n_clicks': [({"type": "sure-file", "as": "answer"}, 1)],
    }


def test_no_callback_tells_a_viewer_of_an_enterprise_or_a_person(folder: Path) -> None:
    browser, desk = enter(folder, "vera")
    asked = 0
    for callback in browser.dependencies():
        for page in PAGES:
            answer = browser.ask(callback, values(page))
            text = answer.get_data(as_text=True)
            # B0E0 is in the question; the others could only come from the answer.
            assert "B0E1" not in text, (callback["output"], page)
            assert "B1E" not in text
            assert "M0" not in text
            asked += 1
    assert asked >= 5 * 15
    assert not desk.jobs._all  # and nothing was begun in their name


def test_the_same_questions_do_tell_a_planner(folder: Path) -> None:
    browser, _ = enter(folder, "ping")
    rows = next(each for each in browser.dependencies() if each["output"] == "enterprises.getRowsResponse")
    assert "B0E0" in browser.ask(rows, values("block")).get_data(as_text=True)


def test_the_same_question_under_way_is_not_begun_anew(folder: Path) -> None:
    browser, desk = enter(folder, "stew")
    start = next(each for each in browser.dependencies() if each["output"].startswith("..sure-job.data"))
    seen = []
    for lang, hide in (("en", 2), ("zh", 2), ("en", 3)):
        asked = values("sure") | {"url.search": f"?lang={lang}", f"{CONTROL}.value": [], f"{CONTROL}.id": []}
        for key, value in {"ask": "forecasts", "hide": hide, "tries": 500}.items():
            asked[f"{CONTROL}.value"].append(({"type": "control", "key": key}, value))
            asked[f"{CONTROL}.id"].append(({"type": "control", "key": key}, {"type": "control", "key": key}))
        seen.append(browser.ask(start, asked).get_json()["response"]["sure-job"]["data"]["job"])
    desk.jobs.stop()
    assert seen == ["1", "1", "2"]


@pytest.mark.parametrize("page", ["what-if", "what-next", "sure", "data"])
def test_a_viewer_is_told_that_a_page_is_not_theirs(folder: Path, page: str) -> None:
    browser, _ = enter(folder, "vera")
    route = next(each for each in browser.dependencies() if "navigation.children" in each["output"])
    shown = browser.ask(route, values(page)).get_data(as_text=True)
    assert "our role cannot use this page" in shown
    assert "upload" not in shown


def test_downloads_keep_to_the_role(folder: Path) -> None:
    browser, _ = enter(folder, "vera")
    assert browser.client.get("/download/enterprises.csv?block=B0").status_code == 403
    assert browser.client.get("/download/blocks.csv").status_code == 200
    assert "argon2" not in browser.client.get("/download/..%2Fusers.json").get_data(as_text=True)
    assert browser.client.get("/download/users.json").status_code == 404
    planner, _ = enter(folder, "ping")
    assert planner.client.get("/download/enterprises.csv?block=B0").status_code == 200


def test_downloads_say_what_they_are(folder: Path) -> None:
    browser, desk = enter(folder, "ping")
    answer = browser.client.get("/download/blocks.csv?lang=en")
    hash = desk.main.for_audience("planner").network.fingerprint
    assert hash in answer.headers["Content-Disposition"]
    last = answer.get_data(as_text=True).strip().splitlines()[-1]
    assert hash in last
    assert "planner" in last
    assert "line_capacity=10" in last
    assert "Members are told in fives by block, as of the first of a quarter" in last
    about = json.loads(browser.client.get("/download/answers.json").data)["about"]
    assert (about["audience"], about["data"]) == ("planner", hash)


def test_uploads_of_one_are_nothing_to_another(folder: Path) -> None:
    browser, desk = enter(folder, "ping")
    other = Browser(browser.client.application.test_client())
    other.log_in("stew")
    from tiaokuai.web.data_set import DataSet

    mine = next(each for each in desk.sessions._all.values() if each.user == "ping")
    mine.kept["uploads"] = {"cafe": DataSet.with_throwaway_key("upload", desk.main.network)}
    assert browser.client.get("/download/blocks.csv?data=cafe").status_code == 200
    assert other.client.get("/download/blocks.csv?data=cafe").status_code == 400


def test_another_sessions_job_is_not_found(folder: Path) -> None:
    _, desk = enter(folder, "ping")
    from tiaokuai.web.jobs import Job

    desk.jobs._all["7"] = Job("7", "somebody:what-if", state="done", result={})
    assert desk.jobs.find("7", "another:what-if") is None


def test_only_the_steward_reads_the_access_log(folder: Path) -> None:
    for name, reads in (("ping", False), ("stew", True)):
        browser, _ = enter(folder, name)
        route = next(each for each in browser.dependencies() if "navigation.children" in each["output"])
        shown = browser.ask(route, values("data")).get_data(as_text=True)
        assert ("Access log" in shown) is reads


@pytest.mark.parametrize("text", ["x" * 30_000, "eJw", "////", encode([{"name": "a"}] * 6)])
def test_a_link_that_was_tampered_with_is_a_sentence(folder: Path, text: str) -> None:
    browser, _ = enter(folder, "ping")
    draw = next(each for each in browser.dependencies() if "curves.figure" in each["output"])
    answer = browser.ask(draw, values("what-if", text))
    assert answer.status_code == 200
    assert "cannot be read" in answer.get_data(as_text=True)


def test_the_short_way_to_the_curve_is_for_planners(folder: Path) -> None:
    body = {"search": "?lang=en", "values": {"metric": "founded_share", "months": 12, "start": "2027-01"}}
    for name, status in (("vera", 403), ("ping", 200)):
        browser, _ = enter(folder, name)
        headers = {"X-CSRFToken": browser.token}
        assert browser.client.post("/curve", json=body, headers=headers).status_code == status
        assert browser.client.post("/curve", json=body).status_code == 403
    curve = browser.client.post("/curve", json=body, headers=headers).get_json()["curves"]
    assert [len(line) for line in curve] == [13]
    for bad in ({}, {"values": 1}, {"values": {"s": "x"}}, {"values": {"start": "soon"}}, {"values": {"r.fill": []}}):
        assert browser.client.post("/curve", json=bad, headers=headers).status_code == 400
