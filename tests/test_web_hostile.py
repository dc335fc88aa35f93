"""Files made to harm, sent to the desk: told on the page, read apart, and the desk answers the next as before."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.data_sets import PLAIN
from tests.test_hostile import PARQUETS, SHEETS, TEXTS, packed, pieces
from tests.test_hostile_files import WRITTEN
from tests.web_desk import Browser, open_desk

pytestmark = pytest.mark.slow

LIMIT_MB = 30
TABLES = ("a cell of 40 MB", "a quote that never closes", "lines without anything", "zeros", "a million columns")
BOOKS = ("a row in the billions", "entities", "another file", "a cell of 20 MB")


@pytest.fixture(scope="module")
def browser() -> Browser:
    """A visitor of one desk, that all files are sent to."""
    server, _ = open_desk(upload_mb=LIMIT_MB)
    visitor = Browser(server.test_client())
    visitor.come_in()
    return visitor


def encoded(content: bytes) -> str:
    return "data:application/octet-stream;base64," + base64.b64encode(content).decode()


def sent(browser: Browser, to: str, **values: Any) -> TestResponse:
    """The answer of the callback that an upload starts; the desk must still be there behind it."""
    asked = f"{to}.contents"
    callback = next(
        each
        for each in browser.dependencies()
        if any(f"{part['id']}.{part['property']}" == asked for part in each["inputs"])
    )
    page = {"url.pathname": "/data", "url.search": "?lang=en", **values}
    answer = browser.ask(callback, page, by=asked)
    said = answer.get_data(as_text=True)
    assert answer.status_code in (200, 204, 413), said[:1000]
    assert "Traceback" not in said
    assert "panicked" not in said
    assert len(said) < 100_000
    assert browser.client.get("/healthz").status_code == 200
    assert browser.client.get("/_dash-layout").status_code == 200
    return answer


def table(browser: Browser, name: str, content: bytes) -> TestResponse:
    others = {
        other: text.encode() for other, text in PLAIN.items() if other.partition(".")[0] != name.partition(".")[0]
    }
    files = {**others, name: content}
    contents = [encoded(each) for each in files.values()]
    return sent(browser, "upload", **{"upload.contents": contents, "upload.filename": list(files)})


@pytest.mark.parametrize("name", TABLES)
def test_tables_that_flood_are_told(name: str, browser: Browser) -> None:
    content = b"".join(pieces(*TEXTS[name][0]))
    answer = table(browser, "enterprises.csv", content)
    if 4 * len(content) / 3 > LIMIT_MB << 20:
        assert answer.status_code == 413
    else:
        assert "nothing was loaded" in answer.get_data(as_text=True)


@pytest.mark.parametrize("name", BOOKS)
def test_workbooks_that_flood_are_told(name: str, browser: Browser, tmp_path: Path) -> None:
    content = packed(tmp_path / "a.xlsx", SHEETS[name][0]()).read_bytes()
    answer = sent(browser, "upload", **{"upload.contents": [encoded(content)], "upload.filename": ["a.xlsx"]})
    said = answer.get_data(as_text=True)
    assert "root:" not in said
    assert ("nothing was loaded" in said) == ("no rows" not in SHEETS[name][1])


@pytest.mark.parametrize("name", ["a text of 20 MB in every row", "bytes that are no text"])
def test_parquet_files_that_flood_are_told(name: str, browser: Browser, tmp_path: Path) -> None:
    make: Callable[[Path], object] = PARQUETS[name][0]
    make(tmp_path / "enterprises.parquet")
    answer = table(browser, "enterprises.parquet", (tmp_path / "enterprises.parquet").read_bytes())
    assert "nothing was loaded" in answer.get_data(as_text=True)


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("to", ["scenario-upload", "forecast-upload"])
def test_files_of_a_scenario_or_a_forecast_that_harm_are_told(to: str, name: str, browser: Browser) -> None:
    page = "/what-if" if to == "scenario-upload" else "/sure"
    answer = sent(browser, to, **{f"{to}.contents": encoded(WRITTEN[name].encode()), "url.pathname": page})
    said = "the scenario cannot be used" if to == "scenario-upload" else "the file is not a kept forecast"
    assert said in answer.get_data(as_text=True)
