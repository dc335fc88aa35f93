"""A forecast as a file that can be graded later: the bands, and what they were made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tiaokuai.graph import Assumptions, Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.writing import replacing

FORMAT = "tiaokuai-forecast/1"


def keep(
    path: str | Path, document: Mapping[str, Any], network: Network, assumptions: Assumptions, version: str
) -> None:
    """Writes ``{format, version, data, assumptions, forecast}``; ``data`` is the fingerprint of the network."""
    whole = {
        "format": FORMAT,
        "version": version,
        "data": network.fingerprint,
        "assumptions": assumptions.to_json(),
        "forecast": document,
    }
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1), encoding="utf-8")


def kept(path: str | Path) -> dict[str, Any]:
    """The content of such a file; RequestError where it is none, OSError."""
    try:
        whole = json.loads(Path(path).read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        whole = None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        zh, en = f"{path} 不是保存的预测(simulate --keep)", f"{path} is not a kept forecast (simulate --keep)"
        raise RequestError("not_a_forecast", zh, en, path=str(path))
    return whole
