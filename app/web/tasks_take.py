"""What is taken away from the desk as one file: the report, and the data or a release of them."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tiaokuai.graph import Network
from tiaokuai.web.tasks import Data, Reporter

FORMATS = ("xlsx", "csv.zip", "graphml", "gexf", "json")


@dataclass(frozen=True)
class Reporting:
    """``report``: the whole story of the data's day in one page; scenarios are the texts of their files."""

    data: Data
    lang: str
    name: str
    scenarios: tuple[str, ...] = ()
    total: float = 1.0

    def run(self, reporter: Reporter) -> dict[str, Any]:
        """``{content: bytes, suffix}``."""
        from tiaokuai.planning.scenario import Scenario
        from tiaokuai.viz.report import tell
        from tiaokuai.viz.report_facts import Facts, baseline, first_month

        network = self.data.network()
        day, forecast = self.data.snapshot(network), None
        scenarios = [Scenario.parse(text) for text in self.scenarios]
        if len(day.enterprise):
            forecast = baseline(network, day, first_month(self.data.day), scenarios, progress=reporter)
        facts = Facts(network, self.data.day, self.data.assumptions, forecast)
        return {"content": tell(facts, self.lang, name=self.name).html.encode(), "suffix": "html"}


@dataclass(frozen=True)
class Exporting:
    """``export``: the data, or the release that they are; ``suffix`` is one of FORMATS."""

    data: Data
    suffix: str
    total: float = 1.0

    def run(self, reporter: Reporter) -> dict[str, Any]:
        """``{content: bytes, suffix}``."""
        network = self.data.network()
        with tempfile.TemporaryDirectory(prefix="tiaokuai-") as folder:
            out = Path(folder, "export" if self.suffix == "csv.zip" else f"export.{self.suffix}")
            _write(network, out)
            content = _zipped(out) if out.is_dir() else out.read_bytes()
        return {"content": content, "suffix": self.suffix}


def _write(network: Network, out: Path) -> None:
    from tiaokuai.loaders import write
    from tiaokuai.loaders.reading import SUFFIXES

    if out.suffix in SUFFIXES:
        from tiaokuai.loaders.formats import write_graph

        write_graph(network, out)
    else:
        write(network, out)


def _zipped(folder: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in sorted(folder.iterdir()):
            archive.write(each, each.name)
    return packed.getvalue()
