"""Figures as texts for tables and sentences, where a picture is not meant: missing ones too."""

from __future__ import annotations

from typing import Any


def text(value: Any) -> str:
    """A cell as people read it; a missing one is an en dash.

    >>> text(1234), text(None), text(2.5)
    ('1,234', '–', '2.5')
    """
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.1f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def percent(value: Any) -> str:
    """A share as percent.

    >>> percent(0.8042), percent(None)
    ('80.4%', '–')
    """
    return text(value) if value is None else f"{100 * value:.1f}%"
