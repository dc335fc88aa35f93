"""Rates from a file, as ``calibrate`` writes them: ``rates: {name: value}`` or ``rates: {name: {value: …}}``."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tiaokuai.files.atomic import replacing
from tiaokuai.files.limits import BadYaml, small_text, yaml_value
from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.rates import BY_NAME, BadRates, Rates

MOST = 1e6  # of an interval's end: far above every rate's own limit


def read_rates(path: str | Path) -> Rates:
    """The rates of a YAML or JSON file, defaults where it has none; RequestError with every mistake, OSError."""
    rates = _rates(path)
    try:
        return rates_of({"rates": rates})
    except BadRates as error:
        raise bad(path, error.zh, error.en) from None


def rates_of(document: Mapping[str, Any]) -> Rates:
    """The rates of a document ``calibrate``, defaults where it has none; raises BadRates."""
    return Rates.from_mapping(document["rates"])


def _rates(path: str | Path) -> Mapping[Any, Any]:
    try:
        content = yaml_value(small_text(path))
    except BadYaml as wrong:
        raise bad(path, f"不是 YAML 或 JSON（{wrong}）", f"is not YAML or JSON ({wrong})") from None
    rates = content.get("rates") if isinstance(content, Mapping) else None
    if not isinstance(rates, Mapping):
        raise bad(path, "缺少 rates: {名称: 值}", "has no rates: {name: value}")
    return rates


def bad(path: str | Path, zh: str, en: str) -> RequestError:
    """What is wrong with the file."""
    return RequestError("bad_rates", f"{path}：{zh}", f"{path}: {en}", path=str(path))


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
    return ranges_of({"rates": _rates(path)}, path)


def ranges_of(content: Any, path: str | Path) -> dict[str, tuple[float, float]]:
    """The same of such a file's content, or of the document ``calibrate``."""
    found = {}
    for name, value in content["rates"].items():
        if isinstance(value, Mapping) and isinstance(value.get("low"), int | float):
            if not isinstance(value.get("high"), int | float) or not 0 <= value["low"] <= value["high"] <= MOST:
                raise bad(path, f"{name} 的区间不成立", f"{name} has no proper interval")
            low, high = float(value["low"]), float(value["high"])
            rate = BY_NAME.get(str(name))
            if rate is not None and high >= rate.most > rate.high:
                known = value.get("value")
                high = max(rate.high, low, float(known) if isinstance(known, int | float) else 0.0)
            found[str(name)] = (low, high)
    return found
