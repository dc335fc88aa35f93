"""What every test shares: where the examples are, and which tests must not be spread over processes."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"

# One server and one browser a run: their tests share a process, all others are spread file by file.
TOGETHER = ("neo4j", "browser")
HERE = ("localhost", "::1", "::", socket.gethostname())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        shared = next((name for name in TOGETHER if item.get_closest_marker(name)), None)
        item.add_marker(pytest.mark.xdist_group(shared or item.nodeid.split("::")[0]))


@pytest.fixture(params=["medical-innovation", "brazil-farmers"])
def study(request: pytest.FixtureRequest) -> Path:
    """The folder of each field study in turn."""
    return EXAMPLES / str(request.param)


def _stay_at_home(event: str, arguments: tuple[Any, ...]) -> None:
    """Nothing of the tests or the code under test may speak to another machine (protection.md: no telemetry)."""
    if event == "socket.connect" and isinstance(address := arguments[1], tuple):
        _refuse_far(str(address[0]))
    elif event == "socket.getaddrinfo" and arguments[0]:
        host = arguments[0]
        _refuse_far(host.decode() if isinstance(host, bytes) else str(host))


def _refuse_far(host: str) -> None:
    if not (host.startswith(("127.", "0.")) or host in HERE or host.endswith(".invalid")):
        raise PermissionError(f"the tests may not speak to {host}")


sys.addaudithook(_stay_at_home)
