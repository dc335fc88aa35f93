"""``pytest --quick``: pure code alone, within a minute; what is left out is counted, and nothing else slips in."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import pytest

# Marks in the order in which they are named as the reason.
REASONS = {
    "browser": "a browser",
    "neo4j": "a Neo4j server",
    "process": "processes or servers of their own",
    "slow": "more than a few seconds",
}
STARTS = frozenset(("subprocess.Popen", "os.fork", "os.posix_spawn", "os.exec", "os.system"))
_running: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds ``--quick``."""
    parser.addoption("--quick", action="store_true", help="leave out what needs more than this process and a moment")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what has one of the marks."""
    if not config.getoption("quick"):
        return
    reasons = {item: next((name for name in REASONS if item.get_closest_marker(name)), "") for item in items}
    left_out = [item for item in items if reasons[item]]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not reasons[item]]
    counted = Counter(reasons[item] for item in left_out)
    said = ", ".join(f"{counted[name]} need {what}" for name, what in REASONS.items() if counted[name])
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = said
    else:
        _left_out.append(said)


_left_out: list[str] = []


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """What a worker left out; all leave out the same."""
    _left_out.extend([said] if (said := getattr(node, "workeroutput", {}).get("left_out")) else [])


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says what was not tested."""
    if _left_out:
        terminalreporter.write_line(f"quick, so left out: {_left_out[0]}; make test runs everything", yellow=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Any:
    """While a quick test runs, a process that it starts is a fault of its marks."""
    if item.config.getoption("quick"):
        _running.append(item.nodeid)
    try:
        return (yield)
    finally:
        _running.clear()


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in STARTS and _running:
        raise PermissionError(f"a quick test starts no process; mark it with process: {_running[0]}")


sys.addaudithook(_refuse)
