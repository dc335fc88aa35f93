"""Every command and every Python block in the README and the docs runs, on a district made for it."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.conftest import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# A page that makes its own data: nothing is laid ready for it.
ALONE = re.compile(r"tiaokuai generate district|tiaokuai demo|make demo")
# These need a server or stay running: their own tests run them, as the pages have them (test_neo4j_commands,
# test_web_serving).
ELSEWHERE = re.compile(r"neo4j|bolt://|tiaokuai serve|tiaokuai user")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    title: str | None
    text: str

    @property
    def commands(self) -> list[str]:
        """The commands of a shell block, one a line; a backslash continues."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [line.split("  #")[0].strip() for line in lines if line.strip() and not line.startswith("#")]


def blocks(page: Path) -> list[Block]:
    """All fenced blocks of a page in order."""
    found = _BLOCK.findall(page.read_text(encoding="utf-8"))
    titles = [re.search(r'title="([^"]+)"', info) for _, info, _ in found]
    return [
        Block(lang, title[1] if title else None, text) for (lang, _, text), title in zip(found, titles, strict=True)
    ]


def runnable(page: Path) -> bool:
    return any(block.language in ("bash", "python") for block in blocks(page))


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The district that the pages speak of."""
    folder = tmp_path_factory.mktemp("docs") / "district"
    _run(["generate", str(folder), "--blocks", "12", "--enterprises", "300", "--seed", "1"], folder.parent)
    return folder


def _run(arguments: list[str], folder: Path, lang: str = "en") -> str:
    """What the command prints on a terminal of 80 columns, for a reader of the page's language."""
    command = [sys.executable, "-m", "tiaokuai", *arguments]
    reader = {**os.environ, "COLUMNS": "80", "TIAOKUAI_LANG": lang}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=280, env=reader)
    assert done.returncode == 0, f"tiaokuai {' '.join(arguments)}\n{done.stderr}"
    assert done.stdout or done.stderr, arguments
    return done.stdout


def untrue(shown: str, printed: str) -> str | None:
    """The part of an excerpt that was not printed there: its lines follow each other, but for what an … leaves out."""
    at, lines = 0, [line.rstrip() for line in printed.splitlines()]
    for part in re.split(r"^…\n", shown, flags=re.MULTILINE):
        wanted = [line.rstrip() for line in part.splitlines()]
        found = [n for n in range(at, len(lines) - len(wanted) + 1) if lines[n : n + len(wanted)] == wanted]
        if not found:
            return part
        at = found[0] + len(wanted)
    return None


def test_an_excerpt_that_was_not_printed_is_noticed() -> None:
    printed = "As of today\n block  lines  \n B01        2 \n B02        3 \n total      5 \n"
    assert untrue("As of today\n block  lines\n…\n total      5\n", printed) is None
    assert untrue(" B01        2\n B02        4\n", printed) == " B01        2\n B02        4\n"
    assert untrue(" block  lines\n total      5\n", printed) == " block  lines\n total      5\n"  # left out unsaid
    assert untrue(" total      5\n…\n B01        2\n", printed) == " B01        2\n"  # another order
    assert untrue("B01        2\n", printed) == "B01        2\n"  # a table that stands askew


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [page for page in PAGES if runnable(page)], ids=lambda page: str(page.relative_to(ROOT))
)
def test_what_the_page_says_to_run_runs(
    page: Path, tmp_path: Path, district: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, lang = page.read_text(encoding="utf-8"), "zh" if page.parent.name == "zh" else "en"
    if not ALONE.search(text):
        shutil.copytree(district, tmp_path / "district")
    if "make demo" in text:
        _run(["demo", "--no-open"], tmp_path)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    printed = ""
    for block in blocks(page):
        if block.title:
            (tmp_path / block.title).write_text(block.text, encoding="utf-8")
        elif block.language == "python" and not ELSEWHERE.search(block.text):
            exec(compile(block.text, page.name, "exec"), names)  # noqa: S102  # the docs' own code is under test
        elif block.language == "bash":
            here = [command for command in block.commands if not ELSEWHERE.search(command)]
            assert all(command.startswith("tiaokuai ") for command in here), f"{page.name}: {here}"
            printed = "".join(_run(command.split()[1:], tmp_path, lang) for command in here)
        elif block.language == "output":
            assert untrue(block.text, printed) is None, printed


def test_what_stands_as_text_is_for_the_reader_to_type_and_is_no_excerpt() -> None:
    """Nothing printed hides from its test in a block of another kind, and no command that could be run here."""
    typed = re.compile(r"(make|pip|dask|cd|export|neo4j|neo4j-admin|cypher-shell) |tiaokuai (serve|.* --cluster) ")
    texts = [
        (page.name, line)
        for page in PAGES
        for block in blocks(page)
        for line in block.text.splitlines()
        if block.language == "text"
    ]
    assert [(name, line) for name, line in texts if not typed.match(line)] == []


def test_a_figure_in_a_sentence_about_the_example_is_one_that_the_page_shows() -> None:
    told = {}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        shown = "".join(block.text for block in blocks(page) if block.language == "output")
        sentences = [line for line in re.split(r"[。;；]|\. |\n", text) if re.search("示例中|上例|the example", line)]
        figures = {each for line in sentences for each in re.findall(r"\d[\d,]*(?:\.\d+)?%?", line)}
        told[page.name] = {each for each in figures if each not in shown}
    assert {name: figures for name, figures in told.items() if figures} == {}


def test_every_shell_block_is_marked_for_running_or_as_text() -> None:
    odd = {
        (page.name, block.language) for page in PAGES for block in blocks(page) if block.language in ("sh", "console")
    }
    assert odd == set()


def test_every_link_between_pages_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)} -> {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def lost(page: str, names: str) -> set[str]:
    """Files that the page names and that are not there."""
    named = {name for name in re.findall(names, page) if not list(ROOT.glob(name)) and name != "tiaokuai.graph"}
    return {name for name in named if not list(ROOT.glob(f"tests/{name}.py"))}


def test_every_test_and_file_that_the_docs_rest_on_is_there() -> None:
    trace, tour = ((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("trace.md", "architecture.md"))
    assert lost(trace, r"`(test_[\w*]+)`") == set()
    assert lost(tour, r"`([\w/]+\.\w+)`") == set()
    assert lost("`test_gone` and `graph/gone.py`", r"`([\w/.]+)`") == {"test_gone", "graph/gone.py"}


def dead_links(site: Path) -> list[str]:
    """Links, anchors and images of the built pages that lead nowhere within the site."""
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html")) if path.name != "404.html"}
    anchors = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in pages.items()}
    dead = []
    for path, text in pages.items():
        for target in re.findall(r'\b(?:href|src)="([^":]+)"', text):
            name, _, anchor = target.partition("#")
            to = (path.parent / name.partition("?")[0]).resolve() if name else path
            if to.is_dir():
                to /= "index.html"
            if not to.exists() or (anchor and to in anchors and unquote(anchor) not in anchors[to]):
                dead.append(f"{path.relative_to(site)} -> {target}")
    return dead


def test_the_link_checker_finds_a_dead_page_anchor_and_image(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<i id="here"><a href="#here"><a href="#gone"><a href="b.html"><img src="c.png"><a href="a.html#here">'
    )
    assert dead_links(tmp_path) == ["a.html -> #gone", "a.html -> b.html", "a.html -> c.png"]


def test_the_data_dictionary_is_the_one_of_the_records() -> None:
    told = runpy.run_path(str(ROOT / "scripts" / "data_page.py"))["page"]()
    assert (ROOT / "docs" / "data.md").read_text(encoding="utf-8") == told, "run make docs"


@pytest.mark.process
def test_the_documentation_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "index.html").exists()
    assert dead_links(tmp_path.resolve()) == []
