"""What is taken away from the desk: documents as the commands print them, the report and the data for an audience."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.command import tiaokuai
from tests.web_desk import KEY, Browser, open_desk, users_file
from tiaokuai.graph import Network
from tiaokuai.loaders.synthetic import generate
from tiaokuai.web.desk import Desk
from tiaokuai.web.documents import DOCUMENTS
from tiaokuai.web.safekeeping import state_of
from tiaokuai.web.tasks import Data
from tiaokuai.web.tasks_take import Exporting
from tiaokuai.web.words import Words

DAY = "2026-06-30"
NET = generate(blocks=4, enterprises=60, seed=1)
OPTIONS: dict[str, tuple[str, ...]] = {
    "compare": ("--from", "2025-06-30", "--to", DAY),
    "history": ("--to", DAY),
}


def enter(folder: Path, name: str, network: Network = NET) -> tuple[Browser, Desk]:
    users_file(folder)
    server, desk = open_desk(network, users=folder / "users.json", lang="en", log=folder / "access.log")
    browser = Browser(server.test_client())
    assert browser.log_in(name).status_code == 303
    return browser, desk


@pytest.mark.parametrize(("name", "audience"), [("stew", "steward"), ("ping", "planner"), ("vera", "public")])
def test_every_document_is_the_commands(
    tmp_path: Path, name: str, audience: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, desk = enter(tmp_path, name)
    (tmp_path / "key").write_bytes(KEY)
    told = desk.main.for_audience(audience).network.fingerprint
    monkeypatch.setattr("tiaokuai.loaders.read", lambda *source, **options: NET, raising=False)
    block = NET["blocks"]["id"][0]
    query = f"?day={DAY}&block={block}&since=2025-06-30"
    whole = json.loads(browser.client.get(f"/download/answers.json{query}").data)
    for kind in DOCUMENTS:
        words = (block,) if kind == "explain" else OPTIONS.get(kind, ())
        day = () if kind in ("history", "compare") else ("--as-of", DAY)
        typed = tiaokuai(kind, "district", *words, *day, "--for", audience, "--key", tmp_path / "key", "--json").json
        answer = browser.client.get(f"/download/{kind}.json{query}")
        assert answer.status_code == 200, kind
        assert json.loads(answer.data) == typed, kind
        assert whole[kind] == typed, kind
        assert f"{audience}-{told}" in answer.headers["Content-Disposition"]
    assert whole["coverage_by_district"]["by"] == "district"


def test_a_question_without_its_block_or_day_is_refused(tmp_path: Path) -> None:
    browser, _ = enter(tmp_path, "ping")
    for name in ("explain.json", "explain.json?block=NONE", "compare.json", "coverage.json?by=person"):
        assert browser.client.get(f"/download/{name}").status_code == 400
    assert browser.client.get("/download/privacy.json").status_code == 404


def test_an_empty_workbook_is_for_those_who_may_upload(tmp_path: Path) -> None:
    for name, status in (("ping", 200), ("vera", 403)):
        browser, _ = enter(tmp_path, name)
        assert browser.client.get("/download/workbook.xlsx?lang=zh").status_code == status
    browser, _ = enter(tmp_path, "ping")
    content = browser.client.get("/download/workbook.xlsx?lang=en").data
    assert list(pl.read_excel(io.BytesIO(content), sheet_id=0, engine="openpyxl"))[1:]


def taken(browser: Browser, desk: Desk, button: str, reader: str, suffix: str = "xlsx") -> Any:
    """What the page gets: the callback's answer when the work is done, else its first words."""
    calls = {each["output"].strip(".").split(".")[0]: each for each in browser.dependencies()}
    asked = {f"{button}.n_clicks": 1, "take-for.value": reader, "take-as.value": suffix}
    asked |= {"url.pathname": "/data", "url.search": f"?lang=en&day={DAY}"}
    start = {**calls["take-job"], "inputs": [{"id": button, "property": "n_clicks"}]}
    others = [each for each in calls["take-job"]["inputs"] if each["id"] != button]
    start["inputs"] = [*start["inputs"], *others]
    answer = browser.ask(start, asked).get_json()
    begun = answer["response"]
    if "take-job" not in begun:
        return answer
    until = time.monotonic() + 120
    while time.monotonic() < until:
        asked["take-job.data"] = begun["take-job"]["data"]
        found = browser.ask(calls["take-file"], {**asked, "take-poll.n_intervals": 1}).get_json()["response"]
        if "take-file" in found:
            return found["take-file"]["data"]
        time.sleep(0.3)
    raise AssertionError("not done in time")


def test_a_report_is_for_oneself_or_for_those_who_may_know_less(tmp_path: Path) -> None:
    import base64

    browser, desk = enter(tmp_path, "ping")
    refused = taken(browser, desk, "take-report", "steward")
    assert "your role cannot make a file for them" in str(refused)
    assert not desk.jobs._all
    made = taken(browser, desk, "take-report", "public")
    page = base64.b64decode(made["content"]).decode()
    assert page.startswith("<!doctype html>")
    told = desk.main.for_audience("public").network.fingerprint
    assert told in page
    assert made["filename"].startswith("report-")
    assert made["filename"].endswith(f"-public-{told}.html")
    assert not [id for id in NET["members"]["id"].to_list() if f">{id}<" in page]
    assert "download report-" in (tmp_path / "access.log").read_text(encoding="utf-8")


class Silent:
    def update(self, done: float, text: str | None = None, total: float | None = None) -> None:
        """Nobody looks."""


@pytest.mark.parametrize("suffix", ["xlsx", "csv.zip", "graphml", "gexf", "json"])
def test_an_export_for_planners_holds_no_person(suffix: str) -> None:
    from datetime import date

    from tiaokuai.graph import Assumptions

    day, ids = date.fromisoformat(DAY), set(NET["members"]["id"].to_list())
    planner = Exporting(Data.of(NET.release("planner", KEY), Assumptions(), day), suffix).run(Silent())["content"]
    steward = Exporting(Data.of(NET, Assumptions(), day), suffix).run(Silent())["content"]
    for content, told in ((planner, False), (steward, True)):
        text = content.decode("utf-8", "replace")
        if suffix in ("xlsx", "csv.zip"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                text = " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
        assert any(id in text for id in ids) is told, (suffix, told)


def test_a_workbook_for_planners_is_a_workbook() -> None:
    from datetime import date

    from tiaokuai.graph import Assumptions

    data = Data.of(NET.release("planner", KEY), Assumptions(), date.fromisoformat(DAY))
    content = Exporting(data, "xlsx").run(Silent())["content"]
    blocks = pl.read_excel(io.BytesIO(content), sheet_name="blocks", engine="openpyxl")
    assert blocks.height == NET["blocks"].height


def test_the_facts_about_people_are_on_the_stewards_page_alone(tmp_path: Path) -> None:
    from tests.test_web_roles import values

    for name, reads in (("ping", False), ("stew", True)):
        browser, _ = enter(tmp_path, name)
        route = next(each for each in browser.dependencies() if "navigation.children" in each["output"])
        shown = browser.ask(route, values("data")).get_data(as_text=True)
        assert ("Personal data" in shown) is reads
        assert ("past retention" in shown) is reads


def test_the_state_of_a_database_is_told_in_words() -> None:
    document = {
        "server": "5.26.0", "edition": "community", "counts": {"Block": 3}, "relationships": {"LINE": 7},
        "state": "whole", "pushed": "2026-11-01", "hash": "cafe", "missing_constraints": ["block_id"],
    }  # fmt: skip
    said = str(state_of(document, Words("en")))
    for part in ("Neo4j 5.26.0 community", "last pushed 2026-11-01", "LINE", "constraints missing: block_id"):
        assert part in said


def test_the_address_of_a_database_is_not_asked_without_one(tmp_path: Path) -> None:
    browser, _ = enter(tmp_path, "stew")
    look = next(each for each in browser.dependencies() if each["output"] == "neo4j-said.children")
    asked = {"neo4j-look.n_clicks": 1, "url.pathname": "/data", "url.search": ""}
    assert browser.ask(look, asked).status_code == 204
