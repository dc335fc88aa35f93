"""How answers about the future are protected: they begin with today, and learn from who came and went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tiaokuai.metrics.protection_cells import FEW, FEWEST, LINKED, STEWARD
from tiaokuai.metrics.protection_rows import rounded

Document = Mapping[str, Any]
PERSONS = ("reached", "lines", "coverage", "realised", "line_share")


def simulate(document: Document, audience: str) -> Document:
    """The first month is today's figure: withheld with all that grows from it where it is a count of a few."""
    made = dict(document)
    made["scenarios"] = [_scenario(each, audience) for each in document["scenarios"]]
    made["differences"] = [_against(each, audience) for each in document.get("differences") or ()]
    return made


def _scenario(scenario: Document, audience: str) -> dict[str, Any]:
    series = scenario["series"]
    if any(_few(series.get(name)) for name in ("lines", "reached")):
        hidden = {name: dict(FEW) for name in PERSONS if name in series}
        return {**scenario, "series": {**series, **hidden}, "time_to": []}
    if audience != "public":
        return dict(scenario)
    told = {name: _rounded(series[name]) if name in ("lines", "reached") else series[name] for name in series}
    return {**scenario, "series": told}


def _few(series: Any) -> bool:
    if not isinstance(series, Mapping) or not series.get("mean"):
        return False
    first = series["mean"][0]
    return first is not None and 0 < first < FEWEST


def _rounded(series: Document) -> dict[str, Any]:
    return {band: [rounded(value) for value in values] for band, values in series.items()}


def _against(difference: Document, audience: str) -> dict[str, Any]:
    """Expected changes are nobody's record; the public reads them of everything, not of a block."""
    return {**difference, "blocks": []} if audience == "public" else dict(difference)


def calibrate(document: Document, audience: str) -> Document:
    """Events are persons who came or went: a few are withheld with what would return their number."""
    rates = {name: _rate(rate) for name, rate in document["rates"].items()}
    made = {**document, "rates": rates}
    return {**made, "log_likelihood": dict(LINKED)} if "log_likelihood" in made else made


def _rate(rate: Document) -> dict[str, Any]:
    events = rate.get("events")
    if events is None or not 0 < events < FEWEST:
        return dict(rate)
    return {**rate, "events": dict(FEW), "exposure": dict(LINKED)}


def backtest(document: Document, audience: str) -> Document:
    """The actual months are finer than an audience may know; the scores are not."""
    return {name: _without_actual(value) if name != "actual" else dict(LINKED) for name, value in document.items()}


def _without_actual(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: dict(LINKED) if name == "actual" else _without_actual(part) for name, part in value.items()}
    return [_without_actual(part) for part in value] if isinstance(value, list) else value


def sensitivity(document: Document, audience: str) -> Document:
    """Indices of assumptions; head-counts to check name enterprises, which the public is not told of."""
    if audience != "public":
        return document
    return {name: dict(STEWARD) if _names_enterprises(value) else value for name, value in document.items()}


def _names_enterprises(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(row, Mapping) and "enterprise" in row for row in value)


def plan(document: Document, audience: str) -> Document:
    """A plan names blocks and enterprises, never a person; the public reads of it without enterprises."""
    if audience != "public":
        return document
    periods = [
        {**period, "lines": [], "lines_in_all": sum(line["count"] for line in period.get("lines", ()))}
        for period in document.get("periods") or ()
    ]
    return {**document, "periods": periods}
