"""What is taken away from the desk as one file: the report, and the data as far as an audience may know them."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tiaokuai.graph import Network
from tiaokuai.web.tasks import Data, Reporter

FORMATS = ("xlsx", "csv.zip", "graphml", "gexf", "json")


@dataclass(frozen=True)
class Reporting:
    """``report``: the whole story in one page, for the audience of its data; scenarios are the texts of their files."""

    data: Data
    asked: date
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
        day, forecast = self.data.begun(network), None
        scenarios = [Scenario.parse(text) for text in self.scenarios]
        if len(day.enterprise):
            forecast = baseline(network, day, first_month(self.asked), scenarios, progress=reporter)
        facts = Facts(network, self.asked, self.data.audience, self.data.assumptions, forecast)
        return {"content": tell(facts, self.lang, name=self.name).html.encode(), "suffix": "html"}


@dataclass(frozen=True)
class Exporting:
    """``export``: the whole for the steward, figures for everybody else; ``suffix`` is one of FORMATS."""

    data: Data
    suffix: str
    total: float = 1.0

    def run(self, reporter: Reporter) -> dict[str, Any]:
        """``{content: bytes, suffix}``."""
        network = self.data.network()
        with tempfile.TemporaryDirectory(prefix="tiaokuai-") as folder:
            out = Path(folder, "export" if self.suffix == "csv.zip" else f"export.{self.suffix}")
            if self.data.audience == "steward":
                _whole(network, out)
            else:
                from tiaokuai.web.export_figures import tables, write_tables

                day = network.as_of(self.data.day, self.data.assumptions)
                write_tables(tables(network, day, self.data.audience), out)
            content = _zipped(out) if out.is_dir() else out.read_bytes()
        return {"content": content, "suffix": self.suffix}


def _whole(network: Network, out: Path) -> None:
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
