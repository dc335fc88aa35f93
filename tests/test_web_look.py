"""The desk as it is seen: by axe-core on every screen, on paper, in its labels' contrast, and from the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsers import PATIENCE, settled
from tests.districts import district
from tests.report_browser import axe, pages_of
from tests.test_web_pages import BAD, served
from tiaokuai.web.address import PAGES
from tiaokuai.web.scenarios import encode

pytestmark = pytest.mark.browser
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
SCENARIO = {"name": "two lines", "interventions": [{"at": "2027-02", "do": "add_backbones", "block": "B1", "count": 2}]}
ADDRESSES = {
    **{name: f"{name}?lang=zh&block=B0&start=2027-01&months=6&budget=30&periods=2" for name in PAGES},
    "nowhere": "nowhere?lang=zh",
    "bad day": "where?lang=zh&day=1066-01-01",
}


def _many() -> Any:
    """Seventy blocks: more rows than a grid shows at once, and more than are printed."""
    return district([[30, 12]] * 70, lines=[[at % 3, 0] for at in range(70)], founded=range(0, 70, 2))


@pytest.fixture(scope="module")
def desk() -> Iterator[str]:
    with served(audience="steward") as (address, _):
        yield address


@pytest.fixture(scope="module")
def crowded() -> Iterator[str]:
    with served(audience="steward", network=_many()) as (address, _):
        yield address


def shown(chromium: Browser, address: str, width: int = 1280, scheme: Any = "light") -> Page:
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    expect(page.locator("h1")).to_be_visible()
    if page.locator("#closer").count():
        expect(page.locator("#closer .js-plotly-plot, #closer table").first).to_be_visible()
    return settled(page)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
@pytest.mark.parametrize("name", list(ADDRESSES))
def test_axe_finds_no_fault_on_any_page(chromium: Browser, desk: str, name: str, width: int, scheme: str) -> None:
    page = shown(chromium, desk + ADDRESSES[name], width, scheme)
    page.evaluate(axe())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("look", ["gaps", "template", "influence"])
def test_every_label_of_a_picture_can_be_read_on_what_it_stands_on(
    chromium: Browser, crowded: str, look: str, scheme: str
) -> None:
    page = shown(chromium, f"{crowded}where?lang=zh&look={look}", scheme=scheme)
    expect(page.locator("#closer .js-plotly-plot")).to_be_visible()
    assert page.evaluate(CONTRAST) == []
    page.context.close()


def test_the_measure_of_contrast_can_fail(chromium: Browser, desk: str) -> None:
    page = shown(chromium, f"{desk}where?lang=zh")
    page.evaluate("document.querySelector('#closer .annotation-text').style.fill = 'rgb(240, 240, 240)'")
    assert len(page.evaluate(CONTRAST)) >= 1
    page.context.close()


@pytest.mark.parametrize("name", ["where", "block", "what-if", "what-next", "sure", "data"])
def test_every_sheet_of_paper_carries_date_audience_data_and_assumptions(
    chromium: Browser, desk: str, name: str
) -> None:
    page = shown(chromium, desk + ADDRESSES[name], scheme="dark")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    rules = page.evaluate("document.adoptedStyleSheets.flatMap((sheet) => [...sheet.cssRules].map((r) => r.cssText))")
    margin = " ".join(rules)
    fingerprint = page.locator(".provenance").inner_text().split("数据 ")[1].split(" ")[0]
    for said in ("截至 20", f"数据 {fingerprint}", "管理者", "一条线 10 人", "counter(page)"):
        assert said in margin
    for hidden in (".mantine-AppShell-header", ".mantine-AppShell-navbar", "#controls"):
        assert not page.locator(hidden).is_visible()
    # Dark on white, whatever the screen was.
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("html").get_attribute("data-mantine-color-scheme") == "light"
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("html").get_attribute("data-mantine-color-scheme") == "dark"
    assert page.evaluate("document.adoptedStyleSheets.length") == 0
    page.context.close()


def test_a_printed_table_has_its_rows_and_says_how_many_are_elsewhere(chromium: Browser, crowded: str) -> None:
    page = shown(chromium, f"{crowded}where?lang=en")
    page.emulate_media(media="print")
    printed = page.locator(".only-print table tbody tr")
    assert printed.count() == 60
    assert printed.last.is_visible()
    assert not page.locator("#blocks").is_visible()
    expect(page.locator(".only-print caption")).to_contain_text("10 more are in the download")
    page.context.close()


def test_what_if_is_printed_with_its_steps_and_without_its_form(chromium: Browser, desk: str) -> None:
    page = shown(chromium, f"{desk}what-if?lang=en&start=2027-01&months=6&s={encode([SCENARIO])}")
    expect(page.locator("#ends")).to_contain_text("two lines")
    assert 1 <= pages_of(page.pdf(format="A4")) <= 3
    page.emulate_media(media="print")
    expect(page.locator("#ends")).to_contain_text("2027-02 · backbones are added")
    expect(page.locator("#curves-said")).to_contain_text("6 months from 2027-01")
    assert not page.locator("#add-step").is_visible()
    page.context.close()


def test_tab_passes_a_table_in_two_steps_and_enter_opens_the_block(chromium: Browser, crowded: str) -> None:
    page = shown(chromium, f"{crowded}where?lang=en")
    expect(page.locator("#blocks a").first).to_be_visible()
    page.locator("#blocks .ag-header-cell").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#blocks .ag-cell-focus")).to_contain_text("B1")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "download the table (CSV)"
    page.locator("#blocks [row-index='1'] .ag-cell[col-id='name']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("B1")
    page.context.close()


def test_the_first_stop_leads_to_the_text(chromium: Browser, desk: str) -> None:
    page = shown(chromium, f"{desk}where?lang=zh")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.context.close()


def test_a_step_says_what_is_still_to_be_filled_in(chromium: Browser, desk: str) -> None:
    page = shown(chromium, f"{desk}what-if?lang=zh&start=2027-01&months=6")
    expect(page.locator("#curves .scatterlayer path").first).to_be_visible()
    page.locator("#add-step").click()
    expect(page.locator(".mantine-Notification-root").first).to_contain_text("请先填好\uff1a块或企业")
    page.context.close()


def test_on_a_phone_the_problems_of_an_upload_are_told_without_scrolling(
    chromium: Browser, desk: str, tmp_path: Path
) -> None:
    for name, text in BAD.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    page = shown(chromium, f"{desk}data?lang=en", 390)
    page.locator("#upload input").set_input_files([tmp_path / name for name in BAD])
    told = page.locator(".only-narrow tbody tr").first
    expect(told).to_contain_text("enterprises.csv · row 3 · staff")
    expect(told).to_be_visible()
    box = told.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 390
    assert not page.locator("#problem-rows").is_visible()
    page.context.close()
