"""Which tests share a process: what shares a server or data stays together, the rest is spread."""

from __future__ import annotations

from collections import Counter

import pytest

PLAIN = pytest.StashKey[str]()  # a test's id before pytest-xdist adds the group to it
BROWSER_RUN = 16  # tests of a file that share one browser; another browser costs two seconds
# What takes longest begins first, or the others would wait for it at the end.
FIRST = ("neo4j", "neo4j-own", "tests/test_faults_disk.py", "tests/test_faults.py", "tests/test_doctests.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Gives every test its group, in an order that is the same in every process."""
    seen: Counter[str] = Counter()
    groups: dict[str, str] = {}
    for item in items:
        item.stash[PLAIN] = item.nodeid
        file = item.nodeid.split("::")[0]
        groups[item.nodeid] = group = _group(item, file, seen[file])
        seen[file] += 1
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(group))
    if config.getoption("loadgroup", False):
        items.sort(key=lambda item: _place(groups[item.nodeid]))


def _group(item: pytest.Item, file: str, number: int) -> str:
    if (named := item.get_closest_marker("xdist_group")) is not None:
        return str(named.args[0])
    if item.get_closest_marker("neo4j"):
        return "neo4j"  # all write to the one database that a Community server has
    if item.get_closest_marker("browser"):
        return f"{file}-{number // BROWSER_RUN}"
    return item.nodeid if item.get_closest_marker("slow") else file


def _place(group: str) -> int:
    return next((at for at, name in enumerate(FIRST) if group == name or group.startswith(f"{name}::")), len(FIRST))


def pytest_collection_finish(session: pytest.Session) -> None:
    """In a worker, says at once where pytest and pytest-xdist no longer agree on groups (as 9.2.0 and 3.8.0 do not)."""
    if session.config.getoption("loadgroup", False) and any("@" not in item.nodeid for item in session.items):
        raise pytest.UsageError("pytest-xdist cannot mark groups with this version of pytest")
