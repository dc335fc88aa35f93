"""The pictures of :mod:`tiaokuai.viz` for a view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tiaokuai.web.frame import View

Document = Mapping[str, Any]


def coverage(view: View, covered: Document, replicated: Document) -> Any:
    """Where each block stands."""
    from tiaokuai.viz.coverage_bars import coverage_bars

    return coverage_bars(covered, replicated, lang=view.address.lang)


def network(view: View, covered: Document, replicated: Document) -> Any:
    """What the whole network looks like."""
    from tiaokuai.viz.coverage_bars import coverage_bars

    return coverage_bars(covered, replicated, lang=view.address.lang)
