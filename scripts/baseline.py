"""The baseline of exact results: what this version answers, in tests/baseline/VERSION.json; `make baseline` writes it.

A change of any of these numbers is a change of the model or its engine, and belongs in the CHANGELOG.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tiaokuai as tk
from tiaokuai.graph import Network
from tiaokuai.metrics.documents import coverage_document, gaps_document, history_document, replication_document

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "tests" / "baseline" / f"{tk.__version__}.json"
DAYS = {"example": "2026-06-30", "medical-innovation": "1955-06-01", "brazil-farmers": "1962-01-01"}


def results() -> dict[str, Any]:
    """Every answer, floats to 12 significant digits (the last bits are the machine's, not the model's)."""
    networks = {name: tk.read(ROOT / "examples" / name) for name in DAYS if name != "example"}
    networks["example"] = tk.generate(blocks=12, enterprises=300, seed=1)
    found: dict[str, Any] = {name: _answers(networks[name], day) for name, day in DAYS.items()}
    return _rounded(found)


def _answers(network: Network, day: str) -> dict[str, Any]:
    snapshot = network.as_of(day)
    forecast = tk.simulate(network, months=12, runs=50, seed=7, start=day[:7], snapshot=snapshot).document()
    plan = tk.plan(network, budget=100, periods=4, snapshot=snapshot).document()
    series = forecast["scenarios"][0]["series"]
    return {
        "fingerprint": network.fingerprint,
        "coverage": coverage_document(snapshot, "block")["total"],
        "replication": {key: value for key, value in replication_document(snapshot).items() if key != "rows"},
        "gaps": {key: value for key, value in gaps_document(snapshot).items() if key != "rows"},
        "history": history_document(network, "year", None, snapshot.day, snapshot.assumptions)["rows"][-3:],
        "simulate": {metric: series[metric]["mean"] for metric in ("coverage", "line_share", "founded_share", "lines")},
        "plan": {key: plan[key] for key in ("objective", "bound", "cost", "status")},
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    return float(f"{value:.12g}") if isinstance(value, float) else value


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(results(), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
