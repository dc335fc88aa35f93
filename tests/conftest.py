"""What every test shares: where the examples are, and which tests must not be spread over processes."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.surroundings import FOLDER, ROOT, leave

if TYPE_CHECKING:
    from playwright.sync_api import Browser

EXAMPLES = ROOT / "examples"
HERE = ("localhost", "::1", "::", socket.gethostname())


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Temporary folders are the run's: they go with it, or stay with what a red test left."""
    config.option.basetemp = config.option.basetemp or str(FOLDER / "tmp")


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last act of the run's first process."""
    if not hasattr(config, "workerinput"):
        leave(FOLDER)


@pytest.fixture(autouse=True)
def _ctrl_c_is_left_as_it_was() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    assert signal.getsignal(signal.SIGINT) is before


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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for the tests of a file; no longer, for Playwright's loop suffers no other in the process."""
    from tests.browsers import launched

    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def neo4j_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One real Neo4j for all tests: that of NEO4J_URI, else one of our own."""
    from tests.neo4j_server import need_java, running

    if given := os.environ.get("NEO4J_URI"):
        yield given
        return
    need_java()
    with running(tmp_path_factory.mktemp("neo4j")) as server:
        yield server.address


@pytest.fixture
def server(neo4j_address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a Neo4j that holds nothing of ours, and one of our own nothing at all; the password is set."""
    from tests.neo4j_server import PASSWORD
    from tiaokuai.loaders.neo4j import connect

    own = "NEO4J_URI" not in os.environ
    if own:
        monkeypatch.setenv("NEO4J_PASSWORD", PASSWORD)
    with connect(neo4j_address) as session:
        session.run(f"MATCH (n{'' if own else ':Tiaokuai'}) DETACH DELETE n").consume()
    return neo4j_address
