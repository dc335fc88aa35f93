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
    "network": ("coverage", "replication", "enterprises", "places"),
    "replication_tree": ("replication",),
    "template_heat": ("replication", "template"),
    "influence": ("influence", "fragility"),
    "gap_waterfall": ("gaps", "coverage", "replication"),
    "line_block_plane": ("history", "forecast"),
    "forecast": ("forecast",),
    "difference": ("forecast",),
    "history_map": ("days", "places", "forecast"),
    "sensitivity_tornado": ("sensitivity",),
    "plan_board": ("plan", "places", "planned_coverage"),
}

NAMED = ("difference", "plan_board")  # pictures of documents that call blocks by their ids: they are told the names
OF_BLOCK = ("network",)  # pictures that can show one block alone
GIVEN = ("forecast", "plan", "sensitivity")  # facts that there may be none of


def picture(name: str, facts: Facts, lang: str, block: str | None = None) -> Picture | None:
    """The picture called ``name`` in :data:`NEEDS`; None where a fact that it needs is missing.

    ``block`` is for :data:`OF_BLOCK` alone: the enterprises of one block.
    """
    if importlib.util.find_spec(f"tiaokuai.viz.{name}") is None:
        return None
    if any(getattr(facts, need) is None for need in NEEDS[name] if need in GIVEN):
        return None
    paint: Callable[..., Picture] = getattr(importlib.import_module(f"tiaokuai.viz.{name}"), name)
    more: dict[str, object] = {"names": facts.names} if name in NAMED else {}
    if block is not None and name in OF_BLOCK:
        more["block"] = block
    return paint(*(getattr(facts, need) for need in NEEDS[name]), **more, lang=lang)
