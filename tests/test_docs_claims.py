"""What the docs name is there, and the figures they tell of the code are the code's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer.main

from benchmarks.simulated import network as made_network
from tests.conftest import ROOT
from tiaokuai.cli.main import build
from tiaokuai.graph.privacy import RETENTION_YEARS
from tiaokuai.loaders.neo4j import TIMEOUT
from tiaokuai.loaders.neo4j_push import ONE_TRANSACTION
from tiaokuai.planning import plan_always, plan_lagrange, plan_solve
from tiaokuai.planning import simulate as simulated
from tiaokuai.viz import coverage_bars, network, template_heat
from tiaokuai.web import access, jobs, scenarios, sessions, trying

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *(ROOT / name / "README.md" for name in ("benchmarks", "examples")), *DOCS.rglob("*.md")]
FOLDERS = (
    *("app", "benchmarks", "deploy", "docs", "examples", "files", "graph"),
    *("loaders", "metrics", "planning", "scripts", "tests", "viz"),
)
ENDINGS = (".py", ".toml", ".conf", ".service", ".cypher", ".yaml", ".txt")
READERS_OWN = {"lines.yaml", "wishes.yaml", "plan.yaml", "rates.yaml"}  # a page has its reader write them
WORDS = {1: "an hour", 2: "two", 3: "three", 10: "ten"}

# Sentences that tell a number, with the number as the code has it.
LIMITS = {
    "planning.md": [
        f"| up to {plan_solve.BRANCH:,} block-periods |",
        f"HiGHS alone up to {plan_solve.SMALL} block-periods",
        f"| up to {plan_solve.LARGE:,} |",
        f"more than {plan_solve.APART:,} columns of lines",
        f"moves the prices for {plan_lagrange.STEPS} steps",
        f"within {100 * plan_always.NEAR:.0f} % of this one",
        f"go on to the best for {WORDS[int(plan_solve.PATIENCE)]} seconds",
    ],
    "model.md": [
        f"off by more than {100 * simulated.TOLERANCE:.0f} points of coverage",
        f"on a small network up to {simulated.MOST_CHECKS:,}, on a very large one fewer, {simulated.FEWEST} at least",
    ],
    "pictures.md": [
        f"above {coverage_bars.MOST} blocks the bars count",
        f"above {network.DOTS:,} enterprises the network",
        f"above {template_heat.ROWS} blocks the template's rows",
    ],
    "web.md": [
        f"({trying.RUNS} simulated futures)",
        f"longer than {scenarios.LINK:,} stays",
        f"({WORDS[int(sessions.IDLE / 3600)]} idle, {WORDS[int(sessions.LONGEST / 3600)]} hours at most)",
        f"their own, {WORDS[jobs.AT_ONCE]} at a time",
        f"Rotated at {access.BYTES // 1_000_000} MB, {WORDS[access.FILES]} files",
    ],
    "neo4j.md": [f"beyond {ONE_TRANSACTION:,} rows", f"given up after {TIMEOUT:.0f} s"],
    "protection.md": [f"more than {WORDS[RETENTION_YEARS]} years ago"],
}


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def lost(text: str) -> set[str]:
    """Files, folders and tests that a text names in code marks and that are not there."""
    named = set(re.findall(r"`([\w.*/-]+)`", text)) - READERS_OWN
    tests = {name for name in named if name.startswith("test_") and not list((ROOT / "tests").glob(f"{name}.py"))}
    paths = {name for name in named if "/" in name and name.split("/")[0] in FOLDERS}
    alone = {name for name in named if "/" not in name and name.endswith(ENDINGS)}
    return {
        *tests,
        *(name for name in paths if not list(ROOT.glob(name.rstrip("/")))),
        *(name for name in alone if not (ROOT / name).exists() and not any(found(name))),
    }


def found(name: str) -> Iterator[Path]:
    """Files of that name in any folder."""
    for folder in FOLDERS:
        yield from (ROOT / folder).rglob(name)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_and_test_that_a_page_names_is_there(page: Path) -> None:
    assert lost(prose(page)) == set()


def test_what_is_not_there_is_noticed() -> None:
    text = "`test_gone`, `graph/gone.py`, `gone.cypher`, `test_docs`, `test_metrics_*`, `metrics/`, `coverage.cypher`"
    assert lost(text) == {"test_gone", "graph/gone.py", "gone.cypher"}


def test_every_claim_of_what_is_validated_names_what_holds_it() -> None:
    trace = (DOCS / "trace.md").read_text(encoding="utf-8")
    claims = re.findall(r"^\| (?!claim|---)([^|]+) \| ([^|]+) \|$", trace, re.MULTILINE)
    assert len(claims) > 35
    assert [claim for claim, held in claims if not re.search(r"`test_\w|forecasting\.md", held)] == []


def options(command: Any) -> Iterator[str]:
    """Every long option of a command and of those below it."""
    for parameter in command.params:
        yield from (each for each in (*parameter.opts, *parameter.secondary_opts) if each.startswith("--"))
    for below in getattr(command, "commands", {}).values():
        yield from options(below)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_option_that_a_page_names_is_one_of_a_command(page: Path) -> None:
    codes = re.findall(r"`([^`\n]+)`", prose(page))
    named = {name for code in codes for name in re.findall(r"(?<![\w-])--[a-z][a-z-]*", code)}
    assert named - {*options(typer.main.get_command(build())), "--help"} == set()


def test_every_target_of_make_that_a_page_names_is_one() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"`make ([a-z]+)", page.read_text(encoding="utf-8"))}
    assert {"fuzz", "bench"} <= named <= targets


@pytest.mark.parametrize("page", LIMITS)
def test_a_limit_that_a_page_tells_is_the_code_s(page: str) -> None:
    text = " ".join((DOCS / page).read_text(encoding="utf-8").split())
    assert [sentence for sentence in LIMITS[page] if sentence not in text] == []


def mean_field_rows() -> Mapping[tuple[int, int, float], list[float]]:
    """Of the page on the model: enterprises, blocks, share with lines → points of coverage, line and founded share."""
    row = re.compile(
        r"^\| ([\d,]+) (?:enterprises )?in (\d+) blocks, (none|a third)[^|]*((?:\| [\d.]+ (?:points )?){3})\|", re.M
    )
    rows = row.findall((DOCS / "model.md").read_text(encoding="utf-8"))
    return {
        (int(many.replace(",", "")), int(blocks), 0.0 if lined == "none" else 0.33): [
            float(each) for each in re.findall(r"[\d.]+", errors)
        ]
        for many, blocks, lined, errors in rows
    }


@pytest.mark.parametrize(("size", "told"), mean_field_rows().items())
def test_the_mean_field_is_as_far_off_as_the_page_says(size: tuple[int, int, float], told: list[float]) -> None:
    enterprises, blocks, lined = size
    net = made_network(blocks, enterprises, lined)
    runs = simulated.simulate(net, months=36, runs=1000, start="2027-01").outcomes[0]
    means = simulated.simulate(net, months=36, start="2027-01", engine="mean-field", check=0).outcomes[0]
    off = [
        100 * np.abs(runs.runs_of(metric).mean(axis=0) - means.runs_of(metric)[0]).max()
        for metric in ("coverage", "line_share", "founded_share")
    ]
    assert off == pytest.approx(told, abs=0.0051)


def test_every_size_of_the_page_is_tried() -> None:
    assert len(mean_field_rows()) == 8
