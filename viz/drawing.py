"""Every picture by name, drawn from the facts of one day: what each needs stands here once."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable

from tiaokuai.viz.picture import Picture
from tiaokuai.viz.report_facts import Facts

# picture: the facts that it is drawn from, in the order of its parameters
NEEDS: dict[str, tuple[str, ...]] = {
    "coverage_bars": ("coverage", "replication"),
    "coverage_mosaic": ("coverage", "replication"),
    "network": ("coverage", "replication"),
    "replication_tree": ("replication",),
    "template_heat": ("replication",),
    "influence": ("influence",),
    "gap_waterfall": ("gaps",),
    "line_block_plane": ("history", "forecast"),
    "forecast": ("forecast",),
    "difference": ("forecast",),
    "plan_board": ("plan",),
}


def picture(name: str, facts: Facts, lang: str) -> Picture | None:
    """The picture called ``name`` in :data:`NEEDS`; None where a fact that it needs is missing."""
    if importlib.util.find_spec(f"tiaokuai.viz.{name}") is None:
        return None
    documents = [getattr(facts, need) for need in NEEDS[name]]
    if not all(documents):
        return None
    paint: Callable[..., Picture] = getattr(importlib.import_module(f"tiaokuai.viz.{name}"), name)
    return paint(*documents, lang=lang)
