"""What is new is withheld until it says how it is protected: a kind, a key, a command, a callback, a picture.

Each of these tests names what is missing; each is shown to be able to fail.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.command import tiaokuai
from tests.conftest import ROOT
from tests.test_told import ONE, TWIN
from tests.test_web_roles import PAGES, values
from tests.web_desk import Browser, open_desk, users_file
from tiaokuai.loaders import write
from tiaokuai.loaders.synthetic import generate
from tiaokuai.metrics.evidence import Evident
from tiaokuai.metrics.protection import KINDS, protect
from tiaokuai.metrics.protection_keys import SHAPES, registered, unregistered
from tiaokuai.metrics.protection_told import told_day
from tiaokuai.web.documents import DOCUMENTS

DAY = date(2026, 6, 30)
DATA = generate(blocks=8, enterprises=100, seed=2)
FORECASTS = ("simulate", "sensitivity", "plan")
STEWARD = {
    "backtest", "grade", "erase", "pseudonymise", "privacy", "neo4j_push", "neo4j_pull", "neo4j_status", "neo4j_map",
}  # fmt: skip


@cache
def answers() -> dict[str, dict[str, Any]]:
    """Every kind of answer about people, with all that it can hold, as the steward reads it."""
    import tempfile

    folder = Path(tempfile.mkdtemp())
    net = DATA
    write(net, folder / "d")
    founded = next(row["block"] for row in net["associations"].to_dicts() if row["since"] < DAY)
    (folder / "s.yaml").write_text(
        f"name: s\ninterventions:\n  - {{at: 2026-07, do: add_backbones, block: {founded}, count: 2}}\n"
    )
    scenario, month = ("--scenario", folder / "s.yaml"), ("--start", "2026-07")
    plan = ("--budget", "120", "--periods", "2", *month, "--runs", "3")
    asked: dict[str, tuple[Any, ...]] = {
        **{f"coverage {by}": ("--by", by) for by in ("block", "district", "enterprise", "sector", "ownership")},
        "replication": (),
        "gaps": (),
        **{f"explain {block}": (block,) for block in net["blocks"]["id"]},
        "influence": (),
        "fragility": (),
        "history": (),
        "compare": ("--from", "2025-06-30"),
        "check": (),
        "simulate": (*scenario, *month, "--months", "2", "--runs", "auto", "--precision", "0.5"),
        "simulate quick": (*scenario, *month, "--months", "2", "--engine", "mean-field"),
        "sensitivity": (*scenario, *month, "--months", "2", "--samples", "2"),
        "calibrate": (),
        "plan": (*plan, "--why-not", founded, "--must-could-never"),
        "plan robust": (*plan, "--robust"),
    }
    day = ("--as-of", DAY.isoformat())
    return {
        name: tiaokuai(name.split()[0], folder / "d", *options, *(() if name == "check" else day), "--json").json
        for name, options in asked.items()
    }


def kind(name: str) -> str:
    return name.split()[0]


def test_every_kind_has_its_keys_or_is_the_steward_s() -> None:
    assert set(KINDS) - set(SHAPES) == STEWARD
    assert {kind(name) for name in answers()} | STEWARD | {
        "export", "report", "figure", "serve", "demo", "new", "generate", "user", "users",
    } == set(KINDS)  # fmt: skip


def test_every_key_of_every_answer_is_registered() -> None:
    missing = {name: set(unregistered(document, SHAPES[kind(name)])) for name, document in answers().items()}
    assert {name: paths for name, paths in missing.items() if paths} == {}


def places(value: Any, shape: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every mapping of an answer whose keys are registered one by one, the first of each list."""
    if shape is None or not isinstance(value, dict | list):
        return
    if isinstance(value, list):
        if value:
            yield from places(value[0], shape, (*path, 0))
        return
    if "*" not in shape:
        yield path
    for name, each in value.items():
        yield from places(each, shape.get(name, shape.get("*")), (*path, name))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def test_a_new_key_at_any_depth_is_withheld_and_named() -> None:
    tried = 0
    for name, document in answers().items():
        for path in places(document, SHAPES[kind(name)]):
            more = copy.deepcopy(document)
            at(more, path)["ages_of_members"] = [31, 44]
            assert [each for each in unregistered(more, SHAPES[kind(name)]) if each.endswith(".ages_of_members")]
            assert at(registered(more, SHAPES[kind(name)]), path)["ages_of_members"] == {"suppressed": "not_registered"}
            for audience in ("planner", "public"):
                evidence = [told_day(DATA.as_of(DAY), audience)] if kind(name) in FORECASTS else []
                assert "[31, 44]" not in repr(protect(kind(name), Evident(more, *evidence), audience))
            tried += 1
    assert tried > 60


def test_a_new_kind_is_withheld_as_a_whole() -> None:
    for audience in ("planner", "public"):
        assert protect("ages", {"rows": [31, 44]}, audience) == {"suppressed": "not_registered"}


# --- commands -------------------------------------------------------------------------------------------------------


def commands() -> set[str]:
    """Every command that there is."""
    from importlib import import_module

    from tiaokuai.cli.main import MODULES

    found: set[str] = set()
    for name in MODULES:
        module = import_module(f"tiaokuai.cli.{name}")
        found |= {getattr(each, "name", None) or each.name for each in module.COMMANDS}
    return found


def stated(document: str) -> set[str]:
    """Commands in the table of a page about protection: what is not there has not been thought about."""
    text = (ROOT / document).read_text(encoding="utf-8")
    table = text[text.index("<!-- commands -->") : text.index("<!-- /commands -->")]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([a-z0-9-]+)`", row)}


@pytest.mark.parametrize("document", ["docs/protection.md", "docs/zh/protection.md"])
def test_every_command_says_what_each_audience_may_read(document: str) -> None:
    assert commands() - stated(document) == set()
    assert stated(document) - commands() == set()


def calls(tree: ast.AST, name: str) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name]


def kinds_of(source: str) -> list[str | None]:
    """Kinds of the answers of a command's module; None where one is not written out."""
    first = [each.args[0] for each in calls(ast.parse(source), "Answer")]
    return [each.value if isinstance(each, ast.Constant) else None for each in first]


def test_every_command_answers_in_a_kind_that_is_registered() -> None:
    found = {path.name: kinds_of(path.read_text(encoding="utf-8")) for path in (ROOT / "app" / "cli").glob("*.py")}
    assert {name: kinds for name, kinds in found.items() if set(kinds) - set(KINDS)} == {}
    assert sum(map(len, found.values())) > 25
    assert set(kinds_of("Answer('ages', {}, show)\nAnswer(name, {}, show)")) - set(KINDS) == {"ages", None}


# --- the desk -------------------------------------------------------------------------------------------------------

# Every callback by the first thing that it writes, and why it tells nobody more than they may know. "protected": what
# it shows are documents out of Holding.answer or protect; "typed": what the user has entered; "steward": refused to
# others; "names": blocks and enterprises, which planners know.
CALLBACKS = {
    "brand.children": "protected", "closer.children": "protected", "blocks.getRowsResponse": "protected",
    "enterprises.getRowsResponse": "protected", "curves.figure": "protected", "ends.children": "protected",
    '{"key":"s","type":"control"}.value': "typed", '{"key":"at","type":"control"}.data': "typed",
    '{"key":["ALL"],"type":"field"}.style': "typed", '{"key":"enterprise","type":"step"}.data': "names",
    "scenario-file.data": "typed", "saved.data": "typed", "load-scenario.data": "typed",
    '{"key":["ALL"],"type":"control"}.value': "typed", "job.data": "typed", "progress.value": "typed",
    "cancel.disabled": "typed", "plan-job.data": "typed", "plan-said.children": "protected",
    "plan-cancel.disabled": "typed", "problems.children": "protected", "url.search": "typed",
    "sure-job.data": "protected", "sure-progress.value": "protected", "sure-cancel.disabled": "typed",
    "forecast-said.children": "typed", "sure-download.data": "protected", "kept-file.data": "protected",
    "plan-file.data": "protected", '{"key":"from","type":"control"}.value': "typed",
    "take-job.data": "typed", "take-file.data": "protected", "take-cancel.disabled": "typed",
    "neo4j-said.children": "steward",
}  # fmt: skip
PATHS = {
    "/login", "/logout", "/healthz", "/readyz", "/download/<name>", "/curve", "/assets/<path:filename>", "/",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>", "/_dash-layout", "/_reload-hash",
    "/_dash-dependencies", "/_dash-update-component", "/_favicon.ico", "/<path:path>",
}  # fmt: skip


def first_of(output: str) -> str:
    return output.strip(".").split("...")[0].split("@")[0]


def enter(folder: Path, net: Any, user: str) -> tuple[Browser, Any, Any]:
    server, desk = open_desk(net, users=folder / "users.json", lang="en")
    browser = Browser(server.test_client())
    assert browser.log_in(user).status_code == 303
    return browser, server, desk


def test_every_callback_and_address_of_the_desk_says_how_it_is_protected(tmp_path: Path) -> None:
    users_file(tmp_path)
    browser, server, _ = enter(tmp_path, ONE, "ping")
    found = {first_of(each["output"]) for each in browser.dependencies()}
    assert found - set(CALLBACKS) == set()
    assert set(CALLBACKS) - found == set()
    assert {str(each) for each in server.url_map.iter_rules()} == PATHS


DOWNLOADS = ("blocks.csv", "enterprises.csv?block=B1", "answers.json", "answers.json?block=B1&since=2025-06-30")


def said(folder: Path, net: Any, user: str) -> dict[tuple[str, str], str]:
    """What every callback answers on every page, without what names the data or the moment."""
    browser, _, desk = enter(folder, net, user)
    told = {}
    for callback in browser.dependencies():
        for page in PAGES:
            asked = values(page) | {"url.search": "?lang=en&block=B1&day=2026-06-30", "plan-start.n_clicks": None}
            asked |= {"run.n_clicks": None, "plan-again.n_intervals": None, "job.data": None, "plan-job.data": None}
            text = browser.ask(callback, asked).get_data(as_text=True)
            told[callback["output"], page] = text.replace(net.fingerprint, "HASH")
    for name in (*DOWNLOADS, *(f"{each}.json?block=B1&since=2025-06-30" for each in DOCUMENTS)):
        text = browser.client.get(f"/download/{name}").get_data(as_text=True)
        told["download", name] = text.replace(net.fingerprint, "HASH")
    desk.jobs.stop()
    return told


@pytest.mark.parametrize("user", ["ping", "vera"])
def test_no_callback_and_no_download_tells_apart_what_reads_alike(tmp_path: Path, user: str) -> None:
    """Two data sets that differ in who is where, and in nothing that the user may know."""
    users_file(tmp_path)
    one, twin = (said(tmp_path, net, user) for net in (ONE, TWIN))
    assert {name for name in one if one[name] != twin[name]} == set()
    if user == "ping":
        whole, other = (said(tmp_path, net, "stew") for net in (ONE, TWIN))
        assert len({name for name in whole if whole[name] != other[name]}) >= 5


# --- pictures -------------------------------------------------------------------------------------------------------

# Facts that pictures are drawn from: all protected documents, but for these two, which are not about people.
NOT_OF_PEOPLE = {"places", "template"}
DOORS = {"report_facts.py", "figures.py", "text.py"}  # modules of viz that may touch the metrics at all


def test_every_picture_is_drawn_from_protected_documents_alone() -> None:
    from tiaokuai.cli.figure import NAMES
    from tiaokuai.viz.drawing import NEEDS
    from tiaokuai.viz.report_facts import Facts

    assert set(NAMES) == set(NEEDS)
    protected = {"planned_coverage"}  # made of two protected documents
    tree = ast.parse((ROOT / "viz" / "report_facts.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and "_safe" in ast.unparse(node):
            protected.add(node.name)
    protected.add("days")  # of _on, which protects both
    needed = {need for needs in NEEDS.values() for need in needs}
    assert needed - protected - NOT_OF_PEOPLE == set()
    assert all(hasattr(Facts, need) for need in needed)


def imports_of_metrics(source: str) -> set[str]:
    return {
        node.module
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("tiaokuai.metrics")
    }


def test_no_picture_reaches_for_figures_itself() -> None:
    found = {
        path.name: imports_of_metrics(path.read_text(encoding="utf-8"))
        for path in (ROOT / "viz").glob("*.py")
        if path.name not in DOORS
    }
    assert {name: modules for name, modules in found.items() if modules} == {}
    assert imports_of_metrics("from tiaokuai.metrics.coverage import totals") == {"tiaokuai.metrics.coverage"}
