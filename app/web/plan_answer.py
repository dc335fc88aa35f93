"""The plan that a session has at hand."""

from __future__ import annotations

from typing import Any

from tiaokuai.web.desk import the_viewer


def owner(block: Any) -> str:
    """Whose job it is: this session's plan, or its question about a block."""
    return the_viewer().session.token + (":why" if block else ":plan")
