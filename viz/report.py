"""The report: one self-contained page that tells where the association stands, why, what if, and what next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tiaokuai.files.atomic import replacing
from tiaokuai.graph import Assumptions, Network
from tiaokuai.graph.network import as_day
from tiaokuai.graph.release.answers import readers
from tiaokuai.viz.report_facts import Facts
from tiaokuai.viz.report_page import page
from tiaokuai.viz.report_story import chapters, figures, headline
from tiaokuai.viz.stamp import release_notes
from tiaokuai.viz.text import Text


@dataclass(frozen=True)
class Report:
    """A finished page; ``html`` is all of it, and fetches nothing."""

    html: str

    def write_html(self, path: str | Path) -> None:
        """Writes the page whole or not at all; OSError where it cannot be written.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Report("<!doctype html>").write_html(Path(folder, "report.html"))
        ...     Path(folder, "report.html").read_text()
        '<!doctype html>'
        """
        with replacing(path) as temporary:
            temporary.write_bytes(self.html.encode())


def report(
    network: Network,
    forecast: Any = None,
    plan: Any = None,
    *,
    lang: str = "en",
    as_of: date | str | None = None,
    assumptions: Assumptions | None = None,
    problems: Sequence[Mapping[str, Any]] = (),
    name: str = "",
) -> Report:
    """The report of a network on a day (default today); the same data and day give the same bytes.

    ``forecast`` is what :func:`tiaokuai.planning.simulate.simulate` returns, or its document; without one the report
    simulates that nothing is done, and the plan. ``plan`` is what :func:`tiaokuai.planning.plan.plan` returns, or its
    document. ``problems`` are those of the document ``check``; ``name`` is what the data are called.

    >>> import tiaokuai as tk
    >>> net = tk.generate(blocks=3, enterprises=12, seed=1)
    >>> report(net, as_of="2026-06-30").html[:15]
    '<!doctype html>'
    """
    day = date.today() if as_of is None else as_day(as_of)
    planned = plan.scenario() if hasattr(plan, "scenario") and plan.document()["periods"] else None
    facts = Facts(network, day, assumptions or Assumptions(), forecast, plan, planned, tuple(problems))
    return tell(facts, lang, name)


def tell(facts: Facts, lang: str, name: str = "") -> Report:
    """The page that tells these facts; ``name`` is what the data are called."""
    t = Text(lang)
    kicker = t("条块延伸：覆盖与影响报告", "Lines and blocks: a report on coverage and influence")
    return Report(
        page(
            title=f"{name or t('覆盖报告', 'Coverage report')} · {facts.day}",
            kicker=f"{kicker} · {name}" if name else kicker,
            headline=headline(facts, t),
            figures=figures(facts, t),
            chapters=chapters(facts, lang),
            provenance=provenance(facts, t),
            notes=release_notes(facts.network, lang),
            lang=lang,
        )
    )


def provenance(facts: Facts, t: Text) -> list[tuple[str, str]]:
    """What is printed on every report: day, for whom, data, seed, version."""
    from tiaokuai import __version__

    said = [
        (t("截至", "as of"), t.month(facts.day.isoformat())),
        (t("对象", "for"), t(*readers(facts.network.released))),
        (t("数据", "data"), facts.network.fingerprint),
    ]
    if facts.forecast is not None:
        said.append((t("种子", "seed"), str(facts.forecast["seed"])))
    return [*said, (t("版本", "version"), f"tiaokuai {__version__}")]


__all__ = ["Report", "report", "tell"]
