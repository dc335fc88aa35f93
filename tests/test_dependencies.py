"""What the project stands on is pinned: one version a package, no address of where it comes from."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pinned() -> dict[str, str]:
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in LINES)}


def needed(requirements: Iterable[str]) -> set[str]:
    """Every package that these need here, directly or through others."""
    found: set[str] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        extras = requirement.extras or {""}
        if name in found or not (
            requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in extras)
        ):
            continue
        found.add(name)
        for text in metadata.requires(name) or ():
            inner = Requirement(text)
            if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(Requirement(str(inner).partition(";")[0]))
    return found


def test_every_package_at_run_time_is_pinned_to_the_version_that_is_tested() -> None:
    versions = pinned()
    for name in needed(PROJECT["dependencies"]):
        assert versions.get(name) == metadata.version(name), name


def test_every_line_is_one_exact_version_without_an_address() -> None:
    assert [line for line in LINES if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []
    assert len(pinned()) == len(LINES)
