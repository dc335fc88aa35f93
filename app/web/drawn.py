"""The pictures of :mod:`tiaokuai.viz` for a view, drawn from protected documents alone."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from tiaokuai.web.frame import View, card, picture

Document = Mapping[str, Any]


def painter(name: str) -> Callable[..., Any] | None:
    """The function that draws this picture from two documents; None where this version has none."""
    if importlib.util.find_spec(f"tiaokuai.viz.{name}") is None:
        return None
    found: Callable[..., Any] | None = getattr(importlib.import_module(f"tiaokuai.viz.{name}"), name, None)
    if found is None:
        return None
    try:
        inspect.signature(found).bind({}, {}, lang="en")
    except TypeError:  # drawn from something else
        return None
    return found


def pictures(view: View, covered: Document, replicated: Document) -> list[Any]:
    """Where each block stands, and what the whole network looks like: a card each."""
    made = []
    for name in ("coverage_bars", "network"):
        paint = painter(name)
        if paint is not None:
            drawn = _remembered(view, name, paint, covered, replicated, *_more(view, name))
            made.append(card(drawn.title, picture(drawn, view, f"{name}-figure".replace("_", "-"))))
    return made


def _remembered(view: View, name: str, paint: Callable[..., Any], *documents: Callable[[], Any] | Document) -> Any:
    key = ("picture", name, view.day, view.audience, view.address.lang)

    def make() -> Any:
        return paint(*(each() if callable(each) else each for each in documents), lang=view.address.lang)

    return view.holding.memory.get(key, make)


def _more(view: View, name: str) -> tuple[Callable[[], Any], ...]:
    """What the picture of the network takes beside: the enterprises, where they can be told apart, and the map."""
    if name != "network":
        return ()
    from tiaokuai.viz.network import DOTS
    from tiaokuai.viz.places import places

    few = view.audience != "public" and view.holding.network["enterprises"].height <= DOTS
    return (
        lambda: view.holding.coverage(view.day, "enterprise", view.audience) if few else None,
        lambda: places(view.holding.snapshot(view.day)),
    )
