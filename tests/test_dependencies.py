"""What the project stands on: all that it imports and nothing else, one version a package, no address of an index."""

from __future__ import annotations

import ast
import re
import sys
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


def imported() -> set[str]:
    """The packages of others that ours import, anywhere in their files."""
    names: set[str] = set()
    for folder in ("app", "files", "graph", "loaders", "metrics", "planning", "viz"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    names |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    names.add(str(node.module))
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"tiaokuai"}


def test_what_is_declared_is_what_is_imported() -> None:
    homes = metadata.packages_distributions()
    found = {canonicalize_name(homes[name][0]) for name in imported()}
    assert len(found) > 20
    assert {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]} == found
