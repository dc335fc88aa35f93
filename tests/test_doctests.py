"""Every example in a docstring runs and gives what it says."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import tiaokuai

MODULES = sorted(
    name
    for _, name, package in pkgutil.walk_packages(tiaokuai.__path__, "tiaokuai.")
    if not package and not name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert failed == 0


@pytest.mark.parametrize("name", sorted(set(tiaokuai.__all__) - {"figures"}))
def test_every_public_name_says_what_it_is_with_an_example(name: str) -> None:
    public = getattr(tiaokuai, name)
    found = [each for each in doctest.DocTestFinder(recurse=True).find(public, name) if each.examples]
    assert public.__doc__
    assert found, f"tiaokuai.{name} has no example"


def test_there_are_examples_to_run() -> None:
    found = [test for name in MODULES for test in doctest.DocTestFinder().find(importlib.import_module(name))]
    assert sum(bool(test.examples) for test in found) > 50
