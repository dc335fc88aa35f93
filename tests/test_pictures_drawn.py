"""Every picture in a real Chromium, in both languages and widths: no text is clipped, none covers another, no error."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.pictures import NAMES, every_picture
from tiaokuai.loaders.synthetic import generate
from tiaokuai.viz.theme import CONFIG, NARROW, WIDE

pytestmark = pytest.mark.browser
DAY = date(2026, 6, 30)
DRAW = """([spec, width, config]) => {
  document.body.innerHTML = `<div id="g" style="width:${width}px;height:${spec.layout.height}px"></div>`;
  return Plotly.newPlot('g', {data: spec.data, layout: spec.layout, frames: spec.frames, config}).then(() => 0);
}"""
# Texts that leave the figure, and pairs that cover each other by more than a hair.
LOOK = """() => {
  const whole = document.getElementById('g').getBoundingClientRect(), found = [];
  const texts = [...document.querySelectorAll('#g text')].filter(t => t.textContent.trim()).map(t => {
    const box = t.getBoundingClientRect();
    return {said: t.textContent, left: box.left, right: box.right, top: box.top, bottom: box.bottom};
  }).filter(t => t.right > t.left);
  texts.forEach((a, i) => {
    if (a.left < whole.left - 1 || a.right > whole.right + 1 || a.top < whole.top - 1 || a.bottom > whole.bottom + 1)
      found.push(`clipped: ${a.said}`);
    texts.slice(i + 1).forEach(b => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 2 && high > 4) found.push(`over each other: ${a.said} | ${b.said}`);
    });
  });
  return found;
}"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """A page with the plotly.js of the report."""
    script = gzip.decompress(files("tiaokuai.viz").joinpath("plotly-bundle.min.js.gz").read_bytes()).decode()
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_content("<!doctype html><body style='margin:0'></body>")
    page.add_script_tag(content=script)
    yield page
    page.close()


@pytest.fixture(scope="module")
def pictures() -> dict[str, Any]:
    """Those of a district of 14 blocks, as its planner sees them."""
    return every_picture(generate(blocks=14, enterprises=300, seed=7), DAY, "planner")


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_clipped_and_none_covers_another(page: Page, pictures: dict[str, Any], name: str) -> None:
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    for lang in ("zh", "en"):
        picture = pictures[name](lang)
        for narrow in (False, True):
            spec, width = picture.titled(narrow), (NARROW if narrow else WIDE).width
            page.evaluate(DRAW, [spec, width, CONFIG])
            assert page.evaluate(LOOK) == [], (lang, narrow)
            drawn = page.evaluate("() => document.getElementById('g')._fullData.map(trace => trace.type)")
            assert drawn == [trace["type"] for trace in spec["data"]]
            assert page.locator("a.modebar-btn").count() == 0
    assert wrong == []


def test_the_slider_of_the_history_changes_the_map(page: Page, pictures: dict[str, Any]) -> None:
    spec = pictures["history_map"]("en").wide
    page.evaluate(DRAW, [spec, WIDE.width, CONFIG])
    colours = "() => JSON.stringify(document.getElementById('g').data.map(trace => trace.marker && trace.marker.color))"
    last = page.evaluate(colours)
    page.locator(".slider-grip-rect").first.wait_for(state="attached")
    steps = spec["layout"]["sliders"][0]["steps"]
    page.evaluate("step => Plotly.animate('g', ...step.args)", steps[-1])
    assert page.evaluate(colours) != last


def test_a_hover_says_a_sentence(page: Page, pictures: dict[str, Any]) -> None:
    page.evaluate(DRAW, [pictures["coverage_bars"]("en").wide, WIDE.width, CONFIG])
    bar = page.locator("#g .trace.bars").nth(1).locator("path").first.bounding_box()
    assert bar is not None
    page.mouse.move(bar["x"] + 4, bar["y"] + bar["height"] / 2)
    page.locator(".hoverlayer .hovertext").wait_for()
    assert "in reach: coverage" in (page.locator(".hoverlayer .hovertext").text_content() or "")


def test_texts_that_cover_each_other_or_leave_the_figure_are_found(page: Page) -> None:
    said = [{"text": text, "x": x, "y": 0.5, "xref": "paper", "yref": "paper", "showarrow": False} for text, x in
            (("one", 0.5), ("two", 0.5), ("three", 1.0))]  # fmt: skip
    frame = {
        "annotations": said,
        "height": 200,
        "margin": {"r": 0},
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
    }
    frame["annotations"][2]["xanchor"] = "left"
    page.evaluate(DRAW, [{"data": [], "layout": frame}, WIDE.width, CONFIG])
    assert page.evaluate(LOOK) == ["over each other: one | two", "clipped: three"]
