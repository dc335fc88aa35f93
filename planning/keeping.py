"""A forecast as a file that can be graded later: the bands, and what they were made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tiaokuai.files.atomic import replacing
from tiaokuai.files.limits import small_text
from tiaokuai.graph import Assumptions, Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.months import month_number

FORMAT = "tiaokuai-forecast/1"
MOST_BYTES = 200_000_000  # bands of every block of many scenarios


def keep(
    path: str | Path, document: Mapping[str, Any], network: Network, assumptions: Assumptions, version: str
) -> None:
    """Writes ``{format, version, data, assumptions, forecast}``; ``data`` is the fingerprint of the network."""
    text = keeping(document, network, assumptions, version)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def keeping(document: Mapping[str, Any], network: Network, assumptions: Assumptions, version: str) -> str:
    """The content of the file that :func:`keep` writes."""
    whole = {
        "format": FORMAT,
        "version": version,
        "data": network.fingerprint,
        "assumptions": assumptions.to_json(),
        "forecast": document,
    }
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1)


def kept(path: str | Path) -> dict[str, Any]:
    """The content of such a file; RequestError where it is none, OSError."""
    return kept_text(small_text(path, MOST_BYTES), str(path))


def kept_text(text: str, name: str) -> dict[str, Any]:
    """The same of a text; ``name`` is what the file is called in the error, where it has one."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        whole = None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT or not _whole(whole):
        zh = f"{name or '这个文件'} 不是保存的预测（simulate --keep）"
        en = f"{name or 'the file'} is not a kept forecast (simulate --keep)"
        raise RequestError("not_a_forecast", zh, en, path=name)
    return whole


def _whole(kept: dict[str, Any]) -> bool:
    """Whether all is there that grading reads; a mean field has no bands."""
    try:
        forecast, given = kept["forecast"], dict(kept["assumptions"])
        Assumptions(**{**given, "eligible_kinds": frozenset(given["eligible_kinds"])})
        month_number(str(forecast["start"]))
        scenarios = [(str(each["name"]), each["series"]) for each in forecast["scenarios"]]
        named = isinstance(kept["version"], str) and isinstance(kept["data"], str) and len(scenarios) > 0
        return named and int(forecast["months"]) > 0 and all(isinstance(series, dict) for _, series in scenarios)
    except (KeyError, TypeError, ValueError, OverflowError):
        return False
