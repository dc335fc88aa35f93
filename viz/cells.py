"""Figures as texts for tables and sentences, where a picture is not meant: withheld and missing ones too."""

from __future__ import annotations

from typing import Any

from tiaokuai.viz.text import withheld


def text(value: Any) -> str:
    """A cell as people read it; a missing one is an en dash, a withheld one ``‹5``.

    >>> text(1234), text(None), text({"suppressed": "fewer_than_5"}), text(2.5)
    ('1,234', '–', '‹5', '2.5')
    """
    if withheld(value):
        return "‹5" if value["suppressed"] == "fewer_than_5" else "‹·›"
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
    return text(value) if value is None or withheld(value) else f"{100 * value:.1f}%"
