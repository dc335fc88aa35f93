"""A real Chromium, and when a page of the desk has nothing left to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
# Long enough for a machine that does other work beside; what comes sooner is not waited for.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)

# Dash has answered everything that was asked, every picture is drawn, and the browser has laid it all out.
SETTLED = """() => {
  if (!window.store || !document.querySelector('h1')) return false;
  const {stored, completed, ...open} = window.store.getState().callbacks;
  if (Object.values(open).some(calls => calls.length) || document.querySelector('.dash-graph--pending')) return false;
  if ([...document.querySelectorAll('.js-plotly-plot')].some(plot => !plot.querySelector('.main-svg'))) return false;
  return document.fonts.status === 'loaded' && !document.getAnimations().some(each => each.playState === 'running'
    && each.effect.getComputedTiming().iterations !== Infinity);
}"""
NEXT_PICTURE = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def settled(page: Page) -> Page:
    """The page once it rests: twice in a row, for an answer may ask the next question."""
    for _ in range(2):
        page.wait_for_function(SETTLED, timeout=PATIENCE)
        page.evaluate(NEXT_PICTURE)
    return page
