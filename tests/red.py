"""What a red test leaves behind: the command that repeats just it, and a folder with what was seen and said."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.grouping import PLAIN
from tests.surroundings import FOLDER, ROOT

LOGS: dict[str, Path] = {}  # of the servers that run now: a name, and a file or folder
HEADING = "what to do"


def command(nodeid: str) -> str:
    """Runs one test as it ran here."""
    python = Path(sys.executable)
    shown = python.relative_to(ROOT) if python.is_relative_to(ROOT) else python
    chosen = [f"{name}={shlex.quote(value)}" for name, value in sorted(os.environ.items()) if _is_a_choice(name)]
    return " ".join([*chosen, str(shown), "-m pytest", shlex.quote(nodeid)])


def _is_a_choice(name: str) -> bool:
    return name in ("TIAOKUAI_TESTS_TZ", "TIAOKUAI_TESTS_LANG", "TIAOKUAI_TESTS_EXAMPLES")


@contextmanager
def kept_when_red(logs: dict[str, Path]) -> Iterator[None]:
    """What fails while a server runs leaves its logs too."""
    LOGS.update(logs)
    try:
        yield
    finally:
        for name in logs:
            LOGS.pop(name, None)


def pages(values: Iterator[Any]) -> list[Any]:
    """Every page that is open in what a test was given."""
    if "playwright.sync_api" not in sys.modules:
        return []
    from playwright.sync_api import Browser, BrowserContext, Page

    found: list[Page] = []
    for value in values:
        if isinstance(value, Page):
            found.append(value)
        elif isinstance(value, Browser | BrowserContext):
            contexts = value.contexts if isinstance(value, Browser) else [value]
            found += [page for context in contexts for page in context.pages]
        elif isinstance(page := getattr(value, "page", None), Page):
            found.append(page)
    return list(dict.fromkeys(found))


def keep(item: pytest.Item, report: pytest.TestReport) -> Path:
    """A folder with the report, a screenshot and the text of every page, and the logs of the servers."""
    name = re.sub(r"[^\w.-]+", "-", item.stash[PLAIN].removeprefix("tests/"))[:150].strip("-")
    folder = FOLDER / "artefacts" / f"{name}-{report.when}"
    folder.mkdir(parents=True, exist_ok=True)
    said = [report.longreprtext, *(f"--- {title}\n{text}" for title, text in report.sections)]
    (folder / "report.txt").write_text("\n".join(said), encoding="utf-8")
    for at, page in enumerate(pages(iter(getattr(item, "funcargs", {}).values()))):
        _photograph(page, folder / f"page-{at}")
    for server, log in LOGS.items():
        if log.is_dir():
            shutil.copytree(log, folder / server, dirs_exist_ok=True)
        elif log.exists():
            shutil.copy(log, folder / f"{server}.txt")
    return folder


def _photograph(page: Any, to: Path) -> None:
    from playwright.sync_api import Error

    try:
        to.with_suffix(".html").write_text(f"<!-- {page.url} -->\n{page.content()}", encoding="utf-8")
        page.screenshot(path=to.with_suffix(".png"), timeout=10_000)
    except Error as error:  # a browser that is gone shows nothing; that it is gone is worth knowing
        to.with_suffix(".txt").write_text(str(error), encoding="utf-8")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: pytest.TestReport = yield
    if report.failed:
        report.sections.append((HEADING, f"repeat: {command(item.stash[PLAIN])}\nlook at: {keep(item, report)}"))
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Once more at the end, where it is looked for."""
    failed = [report for kind in ("failed", "error") for report in terminalreporter.stats.get(kind, [])]
    told = [text for report in failed for title, text in report.sections if title == HEADING]
    if told:
        terminalreporter.section(HEADING)
        terminalreporter.write_line("\n".join(dict.fromkeys(told)))
