"""The exact results of this version are what they were: a change of a number is a change of the model."""

from __future__ import annotations

import json
import runpy
from typing import Any

import pytest

from tests.conftest import ROOT
from tiaokuai import __version__

MADE = runpy.run_path(str(ROOT / "scripts" / "baseline.py"))


def differences(kept: Any, now: Any, where: str = "") -> list[str]:
    """Where the two differ by more than the last bits of a machine."""
    if isinstance(kept, dict) and isinstance(now, dict):
        keys = kept.keys() | now.keys()
        return [line for key in sorted(keys) for line in differences(kept.get(key), now.get(key), f"{where}.{key}")]
    if isinstance(kept, list) and isinstance(now, list) and len(kept) == len(now):
        pairs = enumerate(zip(kept, now, strict=True))
        return [line for at, (one, other) in pairs for line in differences(one, other, f"{where}[{at}]")]
    same = now == pytest.approx(kept, rel=1e-9) if isinstance(kept, float) else now == kept
    return [] if same else [f"{where}: {kept} is now {now}"]


def test_the_baseline_is_of_this_version() -> None:
    kept = {path.stem for path in (ROOT / "tests" / "baseline").glob("*.json")}
    assert __version__ in kept, f"no baseline of {__version__}, only of {sorted(kept)}: make baseline writes it"
    assert MADE["FILE"].stem == __version__


def test_this_version_answers_what_it_answered() -> None:
    kept = json.loads(MADE["FILE"].read_text(encoding="utf-8"))
    assert differences(kept, MADE["results"]()) == [], "if this is meant: make baseline, and a line in the CHANGELOG"
