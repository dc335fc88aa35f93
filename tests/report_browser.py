"""A report opened in a real Chromium, and what can be measured of it there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browsers import PATIENCE
from tests.surroundings import ROOT

SIZES = {1280: 900, 390: 844}

# Every text of a picture with its box; the texts of one element are one text.
TEXTS = """() => [...document.querySelectorAll('.plot')].map(plot => {
  const frame = plot.parentElement.getBoundingClientRect();
  const seen = el => { for (let e = el; e && e !== plot; e = e.parentElement) {
    const style = getComputedStyle(e);
    if (style.display === 'none' || style.visibility === 'hidden' || style.opacity === '0') return false; }
    return true; };
  const texts = [...plot.querySelectorAll('.main-svg text')]
    .filter(el => el.textContent.trim() && !el.closest('.hoverlayer') && seen(el))
    .map(el => { const b = el.getBoundingClientRect();
      return {text: el.textContent, left: b.left - frame.left, right: b.right - frame.left,
              top: b.top - frame.top, bottom: b.bottom - frame.top}; })
    .filter(each => each.right - each.left > 0.5);
  return {name: plot.dataset.picture, width: frame.width, height: frame.height, texts};
})"""

# Texts of the page outside the pictures that are cut off or stick out of their element.
CUT = """() => [...document.querySelectorAll('h1,h2,h3,p,dt,dd,dd b,dd span,li,summary,figcaption,th,td')]
  .filter(el => el.getClientRects().length && !el.closest('.scroll') && el.scrollWidth > el.clientWidth + 1
          && getComputedStyle(el).display !== 'inline')
  .map(el => el.textContent.slice(0, 80))"""


@dataclass
class Opened:
    """A page and everything it did since it was opened."""

    page: Page
    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def texts(self) -> list[dict[str, Any]]:
        """Every picture with its texts and their boxes, relative to the picture."""
        found: list[dict[str, Any]] = self.page.evaluate(TEXTS)
        return found


@contextmanager
def opened(browser: Browser, path: Path, width: int, lang: str = "en") -> Iterator[Opened]:
    """The report with every picture drawn."""
    locale = "zh-CN" if lang == "zh" else "en-US"
    context = browser.new_context(viewport={"width": width, "height": SIZES[width]}, locale=locale)
    page = context.new_page()
    seen = Opened(page)
    page.on("console", lambda message: seen.errors.append(message.text) if message.type != "log" else None)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("request", lambda request: seen.asked.append(request.url))
    try:
        page.goto(path.as_uri())
        page.wait_for_function("document.documentElement.dataset.drawn", timeout=PATIENCE)
        yield seen
    finally:
        context.close()


def clipped(picture: dict[str, Any]) -> list[str]:
    """Texts that stick out of their picture."""
    return [
        each["text"]
        for each in picture["texts"]
        if each["left"] < -1 or each["top"] < -1 or each["right"] > picture["width"] + 1
        or each["bottom"] > picture["height"] + 1
    ]  # fmt: skip


def overlapping(picture: dict[str, Any]) -> list[tuple[str, str]]:
    """Pairs of texts that lie on each other by more than a hair; a line's box is higher than its letters."""
    found, texts = [], sorted(picture["texts"], key=lambda each: each["left"])
    for at, one in enumerate(texts):
        for other in texts[at + 1 :]:
            if other["left"] >= one["right"]:
                break
            across = min(one["right"], other["right"]) - other["left"]
            down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
            height = min(one["bottom"] - one["top"], other["bottom"] - other["top"])
            if across > 2 and down > 0.3 * height:
                found.append((one["text"], other["text"]))
    return found


def axe() -> str:
    """The source of axe-core in the version that scripts/browser names; scripts/system.sh puts it there."""
    named = json.loads((ROOT / "scripts" / "browser" / "package.json").read_text(encoding="utf-8"))
    version = named["devDependencies"]["axe-core"]
    folder = ROOT / ".cache" / "browser" / f"axe-core-{version}"
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def pages_of(pdf: bytes) -> int:
    """Pages of a PDF as Chromium writes it."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
