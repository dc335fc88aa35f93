"""The pictures for users of the package: ``tk.figures.NAME(…)`` returns a Plotly figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tiaokuai.metrics.protection import protect
from tiaokuai.viz.picture import Picture

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from tiaokuai.graph import Snapshot
    from tiaokuai.planning.forecast import Forecast


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


def coverage_mosaic(day: Snapshot, *, lang: str = "en", audience: str = "planner", narrow: bool = False) -> Figure:
    """How much work is left in all?"""
    from tiaokuai.viz.coverage_mosaic import coverage_mosaic as draw

    return _figure(draw(_covered(day, audience), _replicated(day, audience), lang=lang), narrow)


def replication_tree(day: Snapshot, *, lang: str = "en", audience: str = "planner", narrow: bool = False) -> Figure:
    """How did the template travel?"""
    from tiaokuai.viz.replication_tree import replication_tree as draw

    return _figure(draw(_replicated(day, audience), lang=lang), narrow)


def template_heat(day: Snapshot, *, lang: str = "en", audience: str = "planner", narrow: bool = False) -> Figure:
    """What of the template is in place where, and what is hardest to copy?"""
    from tiaokuai.viz.template_heat import template_document
    from tiaokuai.viz.template_heat import template_heat as draw

    return _figure(draw(_replicated(day, audience), template_document(day), lang=lang), narrow)


def gap_waterfall(day: Snapshot, *, lang: str = "en", audience: str = "planner", narrow: bool = False) -> Figure:
    """What stands between today and full coverage?"""
    from tiaokuai.metrics.documents import gaps_document
    from tiaokuai.viz.gap_waterfall import gap_waterfall as draw

    gaps = protect("gaps", gaps_document(day), audience)
    return _figure(draw(gaps, _covered(day, audience), _replicated(day, audience), lang=lang), narrow)


def forecast(
    simulated: Forecast | Mapping[str, Any],
    *,
    metric: str = "coverage",
    at_least: float = 0.8,
    lang: str = "en",
    audience: str = "planner",
    narrow: bool = False,
) -> Figure:
    """What if? From what ``tk.simulate`` returns, or its document."""
    from tiaokuai.viz.forecast import forecast as draw

    return _figure(draw(_simulated(simulated, audience), metric=metric, at_least=at_least, lang=lang), narrow)


def difference(
    simulated: Forecast | Mapping[str, Any],
    *,
    metric: str = "coverage",
    names: Mapping[str, str] | None = None,
    lang: str = "en",
    audience: str = "planner",
    narrow: bool = False,
) -> Figure:
    """What does a scenario bring, and where does it come from? ``names`` are those of blocks, by id."""
    from tiaokuai.viz.difference import difference as draw

    return _figure(draw(_simulated(simulated, audience), metric=metric, names=names, lang=lang), narrow)


def _simulated(simulated: Forecast | Mapping[str, Any], audience: str) -> Mapping[str, Any]:
    document = simulated if isinstance(simulated, Mapping) else simulated.document()
    return protect("simulate", document, audience)
