"""The plan that a session has at hand, as its audience may know it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tiaokuai.metrics.evidence import Evident
from tiaokuai.metrics.protection import protect
from tiaokuai.metrics.protection_forecasts import may_know
from tiaokuai.web.desk import the_viewer
from tiaokuai.web.frame import View


def owner(block: Any) -> str:
    """Whose job it is: this session's plan, or its question about a block."""
    return the_viewer().session.token + (":why" if block else ":plan")


def told(view: View, result: Mapping[str, Any]) -> tuple[Any, Any]:
    """The document ``plan`` and its scenario (None where there is none), both protected."""
    day = view.holding.begun(date.fromisoformat(result["day"]), view.audience)
    document = protect("plan", Evident(result["plan"], day), view.audience)
    return document, may_know(result["scenario"], day, view.audience) if "scenario" in result else None
