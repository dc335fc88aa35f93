"""Rates from a file, as ``calibrate`` writes them: ``rates: {name: value}`` or ``rates: {name: {value: …}}``."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.writing import replacing
from tiaokuai.planning.rates import BY_NAME, BadRates, Rates


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
        return rates_of({"rates": rates})
    except BadRates as error:
        raise bad(path, error.zh, error.en) from None


def rates_of(document: Mapping[str, Any]) -> Rates:
    """The rates of a document ``calibrate``, defaults where it has none or withholds them; raises BadRates."""
    return Rates.from_mapping({name: each for name, each in document["rates"].items() if not _withheld(each)})


def _withheld(rate: Any) -> bool:
    """Of fewer than 5 events, in a file for the planner: the default is taken."""
    value = rate.get("value") if isinstance(rate, Mapping) else None
    return isinstance(value, Mapping) and "suppressed" in value


def bad(path: str | Path, zh: str, en: str) -> RequestError:
    """What is wrong with the file."""
    return RequestError("bad_rates", f"{path}:{zh}", f"{path}: {en}", path=str(path))


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def write_rates(path: str | Path, document: Mapping[str, Any], fingerprint: str) -> None:
    """What ``calibrate`` found, for :func:`read_rates` and people: intervals, events and notes stand beside."""
    text = rates_text(document, fingerprint)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def rates_text(document: Mapping[str, Any], fingerprint: str) -> str:
    """The content of the file that :func:`write_rates` writes."""
    whole = {
        "data": fingerprint,
        "as_of": document["as_of"],
        "from": document["from"],
        "to": document["to"],
        "rates": {name: dict(each) for name, each in document["rates"].items()},
    }
    yaml = YAML()
    yaml.allow_unicode = True
    yaml.width = 200
    out = StringIO()
    yaml.dump(whole, out)
    return out.getvalue()


def read_ranges(path: str | Path) -> dict[str, tuple[float, float]]:
    """The intervals of such a file, of the rates that have one; the table's limit where history sets none."""
    return ranges_of(YAML(typ="safe", pure=True).load(Path(path).read_text(encoding="utf-8-sig")), path)


def ranges_of(content: Any, path: str | Path) -> dict[str, tuple[float, float]]:
    """The same of such a file's content, or of the document ``calibrate``."""
    found = {}
    for name, value in content["rates"].items():
        if isinstance(value, Mapping) and isinstance(value.get("low"), int | float):
            if not isinstance(value.get("high"), int | float) or not 0 <= value["low"] <= value["high"]:
                raise bad(path, f"{name} 的区间不成立", f"{name} has no proper interval")
            low, high = float(value["low"]), float(value["high"])
            rate = BY_NAME.get(str(name))
            if rate is not None and high >= rate.most > rate.high:
                high = max(rate.high, low, float(value.get("value") or 0.0))
            found[str(name)] = (low, high)
    return found
