"""The report in a real Chromium: on a desk and on a phone, in both languages, by keyboard and on paper."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.districts import district
from tests.report_browser import CUT, Opened, axe, clipped, opened, overlapping, pages_of
from tests.test_report import pictures
from tiaokuai.graph import Network
from tiaokuai.loaders import read
from tiaokuai.loaders.synthetic import generate
from tiaokuai.planning.intervention import Intervention
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.simulate import simulate
from tiaokuai.viz.report import Report, report

pytestmark = [pytest.mark.browser]
DAY = date(2026, 6, 30)
SCREENS = [(lang, width) for lang in ("zh", "en") for width in (1280, 390)]
names = pytest.mark.parametrize(("lang", "width"), SCREENS)


@pytest.fixture(scope="module")
def town() -> Network:
    return generate(blocks=12, enterprises=300, seed=1)


@pytest.fixture(scope="module")
def pages(town: Network, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Report]]:
    """The report with a scenario and a plan in it, in each language."""
    folder = tmp_path_factory.mktemp("report")
    block = town["associations"]["block"][0]
    more = Intervention("add_backbones", "2026-09", block=block, count=20)
    scenarios = [Scenario("more lines in one block", interventions=(more,))]
    forecast = simulate(town, scenarios, months=24, runs=50, start="2026-07")
    plan = plan_document(town)
    made = {}
    for lang in ("zh", "en"):
        told = report(town, forecast, plan, lang=lang, as_of=DAY, name="town")
        told.write_html(folder / f"{lang}.html")
        made[lang] = (folder / f"{lang}.html", told)
    return made


def plan_document(town: Network) -> dict[str, object]:
    """A plan as the contract has it: a founding, then lines."""
    founded = set(town["associations"]["block"])
    new = next(id for id in town["blocks"]["id"] if id not in founded)
    source = next(iter(sorted(founded)))
    there = town["enterprises"].filter(block=source)["id"][0]
    later = town["enterprises"].filter(block=new)["id"][0]
    periods = [
        {"period": 1, "start": "2026-07", "budget": 60.0, "carried": 0.0, "cost": 54.0,
         "found": [{"block": new, "source": source}], "lines": [{"enterprise": there, "count": 2}]},
        {"period": 2, "start": "2026-10", "budget": 60.0, "carried": 6.0, "cost": 6.0,
         "found": [], "lines": [{"enterprise": later, "count": 3}]},
    ]  # fmt: skip
    return {"status": "optimal", "objective": 70.0, "bound": 70.0, "gap": 0.0, "cost": 60.0, "seconds": 0.1,
            "periods": periods, "relax": []}  # fmt: skip


@pytest.fixture
def page(request: pytest.FixtureRequest, chromium: Browser, pages: dict[str, tuple[Path, Report]]) -> Iterator[Opened]:
    lang, width = request.getfixturevalue("lang"), request.getfixturevalue("width")
    with opened(chromium, pages[lang][0], width, lang) as seen:
        yield seen


@names
def test_it_opens_without_an_error_and_asks_nobody_for_anything(page: Opened, lang: str, width: int) -> None:
    assert page.errors == []
    assert [url for url in page.asked if not url.startswith(("file:", "data:", "blob:"))] == []
    expect(page.page.locator("#trouble")).to_be_hidden()


@names
def test_no_button_sends_anything_anywhere(page: Opened, lang: str, width: int) -> None:
    page.page.locator(".plot").first.hover()
    assert page.page.locator(".modebar-btn").count() == 0
    assert not re.search(r"chart-studio|plotly\.com|send.{0,9}cloud", page.page.locator("main").inner_html(), re.I)


@names
def test_every_picture_is_drawn_with_the_traces_it_is_made_of(
    page: Opened, lang: str, width: int, pages: dict[str, tuple[Path, Report]]
) -> None:
    drawn = page.page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.plot')].map(p => "
        "[p.dataset.picture, p._fullData.map(trace => trace.type)]))"
    )
    screen = "narrow" if width < 600 else "wide"
    packed = pictures(pages[lang][1])["pictures"]
    assert drawn == {
        name: [trace.get("type", "scatter") for trace in spec[screen]["data"]] for name, spec in packed.items()
    }


@names
def test_no_text_is_clipped_and_none_lies_on_another(page: Opened, lang: str, width: int) -> None:
    assert page.page.evaluate(CUT) == []
    found = {each["name"]: clipped(each) + overlapping(each) for each in page.texts()}
    assert {name: faults for name, faults in found.items() if faults} == {}


@names
def test_it_never_scrolls_sideways(page: Opened, lang: str, width: int) -> None:
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width


@names
def test_no_serious_fault_of_accessibility(page: Opened, lang: str, width: int) -> None:
    page.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.page.evaluate(axe())
    result = page.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        (each["id"], [node["html"][:200] for node in each["nodes"][:3]])
        for each in result["violations"]
        if each["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize(("lang", "width"), [("en", 1280), ("zh", 390)])
def test_fold_and_contents_work_by_keyboard(page: Opened, lang: str, width: int) -> None:
    tab = page.page
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    for _ in range(200):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.hash") == "#why":
            break
    tab.keyboard.press("Enter")
    tab.wait_for_function("Math.abs(document.getElementById('why').getBoundingClientRect().top) < 60")
    fold = tab.locator("#coverage-bars details")
    tab.locator("#coverage-bars summary").focus()
    expect(fold.locator("table")).to_be_hidden()
    tab.keyboard.press("Enter")
    expect(fold.locator("table")).to_be_visible()
    tab.keyboard.press("Tab")
    assert "scroll" in tab.evaluate("document.activeElement.className")


@pytest.mark.parametrize(("lang", "width"), [("en", 1280)])
def test_turning_the_phone_changes_to_the_other_drawing(page: Opened, lang: str, width: int) -> None:
    tab = page.page
    wide = tab.evaluate("document.querySelector('.plot')._fullLayout.width")
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.wait_for_function(f"document.querySelector('.plot')._fullLayout.width < {wide}")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(("lang", "width"), [("en", 1280), ("zh", 390)])
def test_it_prints_on_whole_pages(page: Opened, lang: str, width: int) -> None:
    shown = page.page.locator("figure").count()
    pdf = page.page.pdf(prefer_css_page_size=True, print_background=True)
    assert 4 <= pages_of(pdf) <= shown + 9
    assert page.errors == []


def test_on_paper_every_picture_is_the_wide_one_and_fits_the_page(
    chromium: Browser, pages: dict[str, tuple[Path, Report]]
) -> None:
    with opened(chromium, pages["zh"][0], 390, "zh") as seen:
        seen.page.emulate_media(media="print")
        seen.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        boxes = seen.page.evaluate(
            "[...document.querySelectorAll('.plot')].map(p => [p._fullLayout.width, "
            "p.getBoundingClientRect().width, p.getBoundingClientRect().height])"
        )
    for laid_out, width, height in boxes:
        assert laid_out >= 1080
        assert width <= 1033
        assert height <= 561


ONE = district([[30]], [[1]], founded=[0])


@pytest.mark.parametrize("data", ["one enterprise", "medical-innovation", "brazil-farmers", "5,000 blocks"])
@pytest.mark.parametrize(("lang", "width"), [("zh", 1280), ("en", 390)])
def test_it_reads_well_at_every_size(
    data: str, lang: str, width: int, chromium: Browser, tmp_path: Path, examples: Path
) -> None:
    path = tmp_path / "report.html"
    report(network_of(data, examples), lang=lang, as_of=DAY).write_html(path)
    with opened(chromium, path, width, lang) as seen:
        assert seen.errors == []
        assert seen.page.evaluate(CUT) == []
        found = {each["name"]: clipped(each) + overlapping(each) for each in seen.texts()}
    assert {name: faults for name, faults in found.items() if faults} == {}


_MADE: dict[str, Network] = {}


def network_of(data: str, examples: Path) -> Network:
    if data not in _MADE:
        if data == "one enterprise":
            _MADE[data] = ONE
        elif data == "5,000 blocks":
            _MADE[data] = generate(blocks=5000, enterprises=15_000, seed=3)
        else:
            _MADE[data] = read(examples / data)
    return _MADE[data]


@pytest.fixture(scope="module")
def examples() -> Path:
    from tests.conftest import EXAMPLES

    return EXAMPLES


def test_where_the_browser_is_too_old_the_page_says_so(
    chromium: Browser, pages: dict[str, tuple[Path, Report]]
) -> None:
    context = chromium.new_context()
    context.add_init_script("delete window.DecompressionStream")
    page = context.new_page()
    page.goto(pages["en"][0].as_uri())
    expect(page.locator("#trouble")).to_be_visible()
    expect(page.locator("#trouble")).to_contain_text("The pictures need a recent browser")
    context.close()


def test_the_packed_pictures_are_plain_json_without_a_number_that_is_none(
    pages: dict[str, tuple[Path, Report]],
) -> None:
    text = json.dumps(pictures(pages["en"][1]), allow_nan=False)
    assert "NaN" not in text


@pytest.mark.parametrize(("lang", "width"), [("en", 1280)])
def test_the_measure_of_texts_sees_what_is_wrong(page: Opened, lang: str, width: int) -> None:
    bars = next(each for each in page.texts() if each["name"] == "coverage-bars")
    assert len(bars["texts"]) > 20
    page.page.evaluate(
        """() => { const [one, two] = document.querySelectorAll('[data-picture=coverage-bars] .annotation-text');
        one.setAttribute('x', -3000); const away = two.getBoundingClientRect();
        const third = document.querySelectorAll('[data-picture=coverage-bars] .annotation-text')[2];
        const there = third.getBoundingClientRect();
        two.setAttribute('x', +two.getAttribute('x') + there.left - away.left);
        two.setAttribute('y', +two.getAttribute('y') + there.top - away.top); }"""
    )
    bars = next(each for each in page.texts() if each["name"] == "coverage-bars")
    assert len(clipped(bars)) == 1
    assert len(overlapping(bars)) >= 1
