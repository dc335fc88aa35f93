"""What each audience may know (protection.md): every answer passes through :func:`protect` on its way out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tiaokuai.graph import Network


def protect(kind: str, document: Mapping[str, Any], audience: str) -> Mapping[str, Any]:
    """The document as the audience may see it. The rules land with the metrics they protect."""
    return document


def release_day(network: Network, day: date, audience: str) -> date:
    """The last day up to ``day`` that the audience may know about."""
    return day
