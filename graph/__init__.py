"""The network and its data dictionary: records, template, one day's snapshot, problems. No figures, no metrics.

The names are imported when first used, so that commands that need no data start at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiaokuai.graph.assumptions import Assumptions, BadAssumption
    from tiaokuai.graph.network import Network
    from tiaokuai.graph.problems import InvalidData, Problem
    from tiaokuai.graph.snapshot import Snapshot
    from tiaokuai.graph.template import Template

__all__ = ["Assumptions", "BadAssumption", "InvalidData", "Network", "Problem", "Snapshot", "Template"]

_HOMES = {
    "Assumptions": "assumptions",
    "BadAssumption": "assumptions",
    "InvalidData": "problems",
    "Network": "network",
    "Problem": "problems",
    "Snapshot": "snapshot",
    "Template": "template",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
