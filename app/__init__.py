"""tiaokuai: coverage, influence, what-if simulation and provable plans for lines and blocks (条块延伸法).

The public names, each imported from its home when first used, so that a command starts at once.
"""

# Nothing is imported here at run time: until the command line stands, Ctrl-C would be answered with a traceback.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Assumptions": "graph.assumptions",
    "Network": "graph.network",
    "Template": "graph.template",
    "InvalidData": "graph.problems",
    "read": "loaders",
    "write": "loaders",
    "check": "loaders",
    "generate": "loaders.synthetic",
    "coverage": "metrics.frames",
    "replication": "metrics.frames",
    "gaps": "metrics.frames",
    "influence": "metrics.frames",
    "fragility": "metrics.frames",
    "history": "metrics.frames",
    "compare": "metrics.frames",
    "explain": "metrics.frames",
    "Rates": "planning.rates",
    "Scenario": "planning.scenario",
    "simulate": "planning.simulate",
    "calibrate": "planning.calibrate",
    "backtest": "planning.backtest",
    "sensitivity": "planning.sensitivity",
    "plan": "planning.plan",
    "report": "viz.report",
}
__all__ = ["figures", *_HOMES]


def __getattr__(name: str) -> "Any":
    from importlib import import_module

    if name == "figures":
        return import_module("tiaokuai.viz.figures")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
