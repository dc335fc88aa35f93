"""In the making."""

from __future__ import annotations

from typing import Any

from dash import Dash

from tiaokuai.web.desk import Desk
from tiaokuai.web.frame import View

AUDIENCE = "planner"


def controls(view: View) -> tuple[Any, Any]:
    return None, None


def content(view: View) -> Any:
    return None


def register(app: Dash, desk: Desk) -> None:
    pass
