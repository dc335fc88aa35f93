"""The network and its data dictionary: records, template, one day's snapshot, problems. No files, no figures."""

from tiaokuai.graph.assumptions import Assumptions, BadAssumption
from tiaokuai.graph.network import Network
from tiaokuai.graph.problems import InvalidData, Problem
from tiaokuai.graph.snapshot import Snapshot
from tiaokuai.graph.template import Template

__all__ = ["Assumptions", "BadAssumption", "InvalidData", "Network", "Problem", "Snapshot", "Template"]
