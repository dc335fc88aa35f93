"""Rates from a file, as ``calibrate`` writes them: ``rates: {name: value}`` or ``rates: {name: {value: …}}``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.rates import BadRates, Rates


def read_rates(path: str | Path) -> Rates:
    """The rates of a YAML or JSON file, defaults where it has none; RequestError with every mistake, OSError."""
    try:
        content: Any = YAML(typ="safe", pure=True).load(Path(path).read_text(encoding="utf-8-sig"))
    except (YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise bad(path, "不是 YAML 或 JSON", f"is not YAML or JSON ({_first_line(error)})") from None
    rates = content.get("rates") if isinstance(content, Mapping) else None
    if not isinstance(rates, Mapping):
        raise bad(path, "缺少 rates: {名称: 值}", "has no rates: {name: value}")
    try:
        return Rates.from_mapping(rates)
    except BadRates as error:
        raise bad(path, error.zh, error.en) from None


def bad(path: str | Path, zh: str, en: str) -> RequestError:
    """What is wrong with the file."""
    return RequestError("bad_rates", f"{path}:{zh}", f"{path}: {en}", path=str(path))


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
