"""What every test shares: where the examples are, and which tests must not be spread over processes."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"

# One server and one browser a run: their tests share a process, all others are spread file by file.
TOGETHER = ("neo4j", "browser")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        shared = next((name for name in TOGETHER if item.get_closest_marker(name)), None)
        item.add_marker(pytest.mark.xdist_group(shared or item.nodeid.split("::")[0]))


@pytest.fixture(params=["medical-innovation", "brazil-farmers"])
def study(request: pytest.FixtureRequest) -> Path:
    """The folder of each field study in turn."""
    return EXAMPLES / str(request.param)
