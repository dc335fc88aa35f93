"""The pictures of :mod:`tiaokuai.viz` for a view, drawn from its documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tiaokuai.web.frame import View, card, picture

Document = Mapping[str, Any]


def pictures(view: View, covered: Document, replicated: Document) -> list[Any]:
    """Where each block stands, and what the whole network looks like: a card each."""
    from tiaokuai.viz.coverage_bars import coverage_bars
    from tiaokuai.viz.network import network

    bars = remembered(view, coverage_bars, covered, replicated)
    whole = remembered(view, network, covered, replicated, *_beside(view))
    drawn = (bars, "coverage-bars-figure"), (whole, "network-figure")
    return [card(made.title, picture(made, view, id)) for made, id in drawn]


def remembered(view: View, paint: Callable[..., Any], *documents: Callable[[], Any] | Document) -> Any:
    """The picture of a view, drawn once."""
    key = ("picture", paint.__name__, view.day, view.address.lang)

    def make() -> Any:
        return paint(*(each() if callable(each) else each for each in documents), lang=view.address.lang)

    return view.holding.memory.get(key, make)


def _beside(view: View) -> tuple[Callable[[], Any], ...]:
    """What the picture of the network takes beside: the enterprises, where they can be told apart, and the map."""
    from tiaokuai.viz.network import DOTS
    from tiaokuai.viz.places import places

    few = view.holding.network["enterprises"].height <= DOTS
    return (
        lambda: view.holding.coverage(view.day, "enterprise") if few else None,
        lambda: places(view.holding.snapshot(view.day)),
    )
