"""The pictures for users of the package: ``tk.figures.NAME(…)`` returns a Plotly figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tiaokuai.viz.picture import Picture

if TYPE_CHECKING:
    from datetime import date

    from plotly.graph_objects import Figure

    from tiaokuai.graph import Network, Snapshot
    from tiaokuai.planning.forecast import Forecast
    from tiaokuai.planning.plan import Plan


def _figure(picture: Picture, narrow: bool, network: Network | None = None, lang: str = "en") -> Figure:
    """The figure with its texts, and of a release the sentence that says so."""
    from plotly.graph_objects import Figure

    from tiaokuai.viz.stamp import release_notes

    return Figure(picture.titled(narrow, *release_notes(network, lang)))


def _covered(day: Snapshot, by: str = "block") -> Any:
    from tiaokuai.metrics.documents import coverage_document

    return coverage_document(day, by)


def _replicated(day: Snapshot) -> Any:
    from tiaokuai.metrics.documents import replication_document

    return replication_document(day)


def coverage_bars(day: Snapshot, *, lang: str = "en", narrow: bool = False) -> Figure:
    """Where does each block stand?"""
    from tiaokuai.viz.coverage_bars import coverage_bars as draw

    return _figure(draw(_covered(day), _replicated(day), lang=lang), narrow, day.network, lang)


def network(day: Snapshot, *, block: str | None = None, lang: str = "en", narrow: bool = False) -> Figure:
    """Who hangs on whom? ``block`` shows the enterprises of one block alone."""
    from tiaokuai.viz.network import network as draw
    from tiaokuai.viz.places import places

    covered, replicated, enterprises = _covered(day), _replicated(day), _covered(day, "enterprise")
    return _figure(
        draw(covered, replicated, enterprises, places(day), block=block, lang=lang), narrow, day.network, lang
    )


def coverage_mosaic(day: Snapshot, *, lang: str = "en", narrow: bool = False) -> Figure:
    """How much work is left in all?"""
    from tiaokuai.viz.coverage_mosaic import coverage_mosaic as draw

    return _figure(draw(_covered(day), _replicated(day), lang=lang), narrow, day.network, lang)


def replication_tree(day: Snapshot, *, lang: str = "en", narrow: bool = False) -> Figure:
    """How did the template travel?"""
    from tiaokuai.viz.replication_tree import replication_tree as draw

    return _figure(draw(_replicated(day), lang=lang), narrow, day.network, lang)


def template_heat(day: Snapshot, *, lang: str = "en", narrow: bool = False) -> Figure:
    """What of the template is in place where, and what is hardest to copy?"""
    from tiaokuai.viz.template_heat import template_document
    from tiaokuai.viz.template_heat import template_heat as draw

    return _figure(draw(_replicated(day), template_document(day), lang=lang), narrow, day.network, lang)


def gap_waterfall(day: Snapshot, *, lang: str = "en", narrow: bool = False) -> Figure:
    """What stands between today and full coverage?"""
    from tiaokuai.metrics.documents import gaps_document
    from tiaokuai.viz.gap_waterfall import gap_waterfall as draw

    return _figure(draw(gaps_document(day), _covered(day), _replicated(day), lang=lang), narrow, day.network, lang)


def forecast(
    simulated: Forecast | Mapping[str, Any],
    *,
    metric: str = "coverage",
    at_least: float = 0.8,
    lang: str = "en",
    narrow: bool = False,
) -> Figure:
    """What if? From what ``tk.simulate`` returns, or its document."""
    from tiaokuai.viz.forecast import forecast as draw

    return _figure(draw(_simulated(simulated), metric=metric, at_least=at_least, lang=lang), narrow)


def difference(
    simulated: Forecast | Mapping[str, Any],
    *,
    metric: str = "coverage",
    names: Mapping[str, str] | None = None,
    lang: str = "en",
    narrow: bool = False,
) -> Figure:
    """What does a scenario bring, and where does it come from? ``names`` are those of blocks, by id."""
    from tiaokuai.viz.difference import difference as draw

    return _figure(draw(_simulated(simulated), metric=metric, names=names, lang=lang), narrow)


def _simulated(simulated: Forecast | Mapping[str, Any]) -> Mapping[str, Any]:
    return simulated if isinstance(simulated, Mapping) else simulated.document()


def influence(day: Snapshot, *, lang: str = "en", narrow: bool = False) -> Figure:
    """Which blocks' and lines' loss would cost most?"""
    from tiaokuai.metrics.documents import fragility_document, influence_document
    from tiaokuai.viz.influence import LINES
    from tiaokuai.viz.influence import influence as draw

    return _figure(draw(influence_document(day), fragility_document(day, LINES), lang=lang), narrow, day.network, lang)


def line_block_plane(
    network: Network,
    simulated: Forecast | Mapping[str, Any] | None = None,
    *,
    day: date | str | None = None,
    lang: str = "en",
    narrow: bool = False,
) -> Figure:
    """Where have we come from, and where does each scenario lead? The way so far ends on ``day``, today by default."""
    from tiaokuai.graph import Assumptions
    from tiaokuai.metrics.documents import history_document
    from tiaokuai.viz.line_block_plane import line_block_plane as draw

    history = history_document(network, "month", None, _day(day), Assumptions())
    ahead = None if simulated is None else _simulated(simulated)
    return _figure(draw(history, ahead, lang=lang), narrow, network, lang)


def plan_board(
    planned: Plan | Mapping[str, Any],
    network: Network | None = None,
    *,
    coverage: Sequence[float | None] = (),
    lang: str = "en",
    narrow: bool = False,
) -> Figure:
    """What next? From what ``tk.plan`` returns, or its document; ``network`` says which block an enterprise lies in."""
    from tiaokuai.viz.plan_board import plan_board as draw

    document = planned if isinstance(planned, Mapping) else planned.document()
    home = names = None
    if network is not None:
        home = {"home": dict(network["enterprises"].select("id", "block").iter_rows())}
        names = {id: name or id for id, name in network["blocks"].select("id", "name").iter_rows()}
    made = draw(document, home, coverage, names=names, lang=lang)
    return _figure(made, narrow, network, lang)


def sensitivity_tornado(sensitive: Any, *, lang: str = "en", narrow: bool = False) -> Figure:
    """Which assumption matters? From what ``tk.sensitivity`` returns, or its document."""
    from tiaokuai.viz.sensitivity_tornado import sensitivity_tornado as draw

    document = sensitive if isinstance(sensitive, Mapping) else sensitive.document()
    return _figure(draw(document, lang=lang), narrow)


def history_map(
    network: Network,
    days: Sequence[date | str],
    simulated: Forecast | Mapping[str, Any] | None = None,
    *,
    lang: str = "en",
    narrow: bool = False,
) -> Figure:
    """The network on each of ``days``, with a slider; what changed between the first and the last of them."""
    from tiaokuai.viz.history_map import history_map as draw
    from tiaokuai.viz.places import places

    snapshots = [network.as_of(day) for day in sorted({_day(day) for day in days})]
    ahead = None if simulated is None else _simulated(simulated)
    documents = [(_covered(day), _replicated(day)) for day in snapshots]
    return _figure(
        draw(documents, places(snapshots[-1]) if snapshots else None, ahead, lang=lang), narrow, network, lang
    )


def _day(day: date | str | None) -> date:
    from datetime import date as calendar

    from tiaokuai.graph.network import as_day

    return calendar.today() if day is None else as_day(day)
