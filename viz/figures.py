"""The pictures for users of the package: ``tk.figures.NAME(…)`` returns a Plotly figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiaokuai.metrics.protection import protect
from tiaokuai.viz.picture import Picture

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from tiaokuai.graph import Snapshot


def _figure(picture: Picture, narrow: bool) -> Figure:
    from plotly.graph_objects import Figure

    return Figure(picture.titled(narrow))


def _covered(day: Snapshot, audience: str, by: str = "block") -> Any:
    from tiaokuai.metrics.documents import coverage_document

    return protect("coverage", coverage_document(day, by), audience)


def _replicated(day: Snapshot, audience: str) -> Any:
    from tiaokuai.metrics.documents import replication_document

    return protect("replication", replication_document(day), audience)


def coverage_bars(day: Snapshot, *, lang: str = "en", audience: str = "planner", narrow: bool = False) -> Figure:
    """Where does each block stand?"""
    from tiaokuai.viz.coverage_bars import coverage_bars as draw

    return _figure(draw(_covered(day, audience), _replicated(day, audience), lang=lang), narrow)


def network(
    day: Snapshot, *, block: str | None = None, lang: str = "en", audience: str = "planner", narrow: bool = False
) -> Figure:
    """Who hangs on whom? ``block`` shows the enterprises of one block alone."""
    from tiaokuai.viz.network import network as draw
    from tiaokuai.viz.places import places

    enterprises = None if audience == "public" else _covered(day, audience, "enterprise")
    covered, replicated = _covered(day, audience), _replicated(day, audience)
    return _figure(draw(covered, replicated, enterprises, places(day), block=block, lang=lang), narrow)
