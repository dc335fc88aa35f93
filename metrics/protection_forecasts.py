"""How forecasts and plans are protected: they begin with today, and what they change shows what there is.

What a planner or the public asks begins with a day as they know it (:mod:`tiaokuai.metrics.protection_told`), so that
all of it may be told. A forecast that the steward made of the data themselves and hands over is guarded here: whoever
asks any "what if" can ask about one enterprise: add a line and see how many are newly in reach, lose all of a block's
lines and see how many there were. A scenario about few is therefore not answered in persons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tiaokuai.graph import Snapshot
from tiaokuai.metrics.evidence import Asked
from tiaokuai.metrics.protection_cells import FEW, FEWEST, LINKED, STEWARD, UNPROVEN, Cells, cells
from tiaokuai.metrics.protection_learned import figures
from tiaokuai.metrics.protection_rows import (
    IMPUTED,
    Reasons,
    covered_would_tell,
    day_of,
    evidence,
    rounded,
    status_untold,
    total_reasons,
    two_digits,
    withheld,
)
from tiaokuai.metrics.protection_told import Told
from tiaokuai.metrics.protection_where import enterprise_rows, enterprise_told

Document = Mapping[str, Any]
# Of each series, the families of cells that its start is a sum of.
FAMILIES = {
    "reached": ("base",),
    "lines": ("base", "lines"),
    "coverage": ("base",),
    "realised": ("base", "members", "potential"),
    "line_share": ("base",),
}
PERSONS = tuple(FAMILIES)
SHARE_OF = {"coverage": "staff", "realised": "staff", "line_share": "enterprises"}


def simulate(document: Document, audience: str) -> Document:
    """The start is today's figure, and a scenario's difference from doing nothing shows what it is done to."""
    begun = begun_with(document, audience)
    if begun is not None:
        return _of_told(document, begun, audience)
    known, hidden = day_of(document), _hidden(document)
    asked = next((each.scenarios for each in evidence(document) if isinstance(each, Asked)), {})
    of_few = {name for name, steps in asked.items() if known is not None and about_few(known, steps)}
    told = {
        each["name"]: {**hidden, **(dict.fromkeys(PERSONS, LINKED) if each["name"] in of_few else {})}
        for each in document["scenarios"]
    }
    made = dict(document)
    made["scenarios"] = [_scenario(each, told[each["name"]], known, audience) for each in document["scenarios"]]
    made["differences"] = [
        _against(each, told.get(each["scenario"], {}) | told.get(each["against"], {}), known, audience)
        for each in document.get("differences") or ()
    ]
    return made


def begun_with(document: Document, audience: str) -> Told | None:
    """The day as this very audience knows it, where the document began with that and with nothing else."""
    days = [each for each in evidence(document) if isinstance(each, Snapshot)]
    if len(days) == 1 and isinstance(days[0], Told) and days[0].audience == audience:
        return days[0]
    return None


def _of_told(document: Document, begun: Told, audience: str) -> dict[str, Any]:
    """All of it, but for series of persons whose sum today is withheld: what they begin with is a guess."""
    known = cells(begun.real) if begun.real is not None else None
    hidden = _start_hidden(document, known)
    made: dict[str, Any] = {**document, IMPUTED: True}
    made["scenarios"] = [_scenario(each, hidden, known, audience) for each in document["scenarios"]]
    made["differences"] = [
        {
            **each,
            "series": _series(each["series"], hidden, known, audience),
            **({"blocks": [], "links": []} if audience == "public" or "reached" in hidden else {}),
        }
        for each in document.get("differences") or ()
    ]
    return made


def _hidden(document: Document) -> Reasons:
    """Which series are withheld, and why."""
    known = day_of(document)
    hidden = _start_hidden(document, known)
    if known is None:
        return hidden | dict.fromkeys(("hollow_share", "full_coverage"), UNPROVEN)
    if covered_would_tell(known):
        hidden["full_coverage"] = LINKED
    if status_untold(known):
        hidden["hollow_share"] = LINKED
    return hidden


def _start_hidden(document: Document, known: Cells | None) -> Reasons:
    if known is None:
        return dict.fromkeys(PERSONS, UNPROVEN)
    reasons = total_reasons(known)
    hidden = {name: reasons[of] for name, families in FAMILIES.items() for of in reversed(families) if of in reasons}
    if any(_few(each["series"].get(name)) for each in document["scenarios"][:1] for name in ("lines", "reached")):
        hidden |= dict.fromkeys(PERSONS, FEW)
    return hidden


def about_few(known: Cells, steps: Iterable[Any]) -> bool:
    """Whether a scenario would give a withheld figure back: it closes an enterprise, takes lines from or gives them to
    a block that is not told of, or to fewer than 5 of the enterprises whose gain is withheld."""
    hidden = known.telling | known.hidden("lines").blocks | known.hidden("missing").blocks
    few: set[Any] = set()
    for step in steps:
        if step.do == "close_enterprise":
            return True
        if step.do not in ("lose_backbones", "add_backbones"):
            continue
        if step.block is not None and step.block in known.block_row and hidden[known.block_row[step.block]]:
            return True
        if step.enterprise is not None and _gain_withheld(
            known, step.enterprise, len(step.numbers()) * (step.count or 1)
        ):
            few.add(step.enterprise)
    return 0 < len(few) < FEWEST


def _gain_withheld(known: Cells, enterprise: Any, lines: int) -> bool:
    """As in gaps: a gain below that of whole lines tells how many the enterprise's lines reach already."""
    at = enterprise_rows(known).get(enterprise)
    if at is None:
        return False
    day = known.day
    staff, capacity = int(day.staff[at]), int(day.capacity[at])
    if not enterprise_told(known, enterprise, staff):
        return True
    return 0 < capacity < staff < capacity + lines * day.assumptions.line_capacity


def _scenario(scenario: Document, hidden: Reasons, known: Cells | None, audience: str) -> dict[str, Any]:
    times = [row for row in scenario["time_to"] if row["metric"] not in hidden]
    return {**scenario, "series": _series(scenario["series"], hidden, known, audience), "time_to": times}


def _series(series: Document, hidden: Reasons, known: Cells | None, audience: str) -> dict[str, Any]:
    told = {name: dict(hidden[name]) if name in hidden else values for name, values in series.items()}
    if audience != "public" or known is None:
        return told
    return {name: values if withheld(values) else _rounded(name, values, known) for name, values in told.items()}


def _rounded(name: str, series: Document, known: Cells) -> dict[str, Any]:
    """As the public reads a day: counts in fives, and shares of counts in fives."""
    if name in ("reached", "lines"):
        return {band: [rounded(value) for value in values] for band, values in series.items()}
    if name not in SHARE_OF:
        return dict(series)
    of = int(known.by_block[SHARE_OF[name]].sum())

    def share(value: float | None) -> float | None:
        return None if value is None or not rounded(of) else min(1.0, _fives(value * of) / rounded(of))

    return {band: [share(value) for value in values] for band, values in series.items()}


def _fives(value: float) -> float:
    return float(np.copysign(rounded(abs(value)), value))  # a difference may be below nothing


def _few(series: Any) -> bool:
    if not isinstance(series, Mapping) or not series.get("mean"):
        return False
    first = series["mean"][0]
    return first is not None and 0 < first < FEWEST


def _against(difference: Document, hidden: Reasons, known: Cells | None, audience: str) -> dict[str, Any]:
    """The public reads what changes in all, not of a block; nobody but the steward of a block that is not told of."""
    made = {**difference, "series": _series(difference["series"], hidden, known, audience)}
    if audience == "public" or known is None or "reached" in hidden:
        return {**made, "blocks": [], "links": []}
    untold = _untold(known)
    made["blocks"] = [row for row in difference["blocks"] if row["block"] not in untold]
    made["links"] = [
        row for row in difference.get("links") or () if row["from"] not in untold and row["to"] not in untold
    ]
    return made


def _untold(known: Cells) -> set[Any]:
    """Blocks of which some figure of lines, members or people in reach is hidden."""
    hidden = np.any([known.hidden(family).blocks for family in ("base", "lines", "members", "potential")], axis=0)
    return {known.day.block_ids[at] for at in np.flatnonzero(hidden)}


def sensitivity(document: Document, audience: str) -> Document:
    """Indices of assumptions; the answers at the ends of a range may be today's figure, and a head-count's swing that
    of a single enterprise."""
    known, metric = day_of(document), document["metric"]
    begun = begun_with(document, audience)
    if begun is not None and begun.real is not None:
        known = cells(begun.real)
    reasons = total_reasons(known) if known is not None else dict.fromkeys(("base",), UNPROVEN)
    hidden = any(of in reasons for of in FAMILIES.get(metric, ("base",)))
    if begun is None:
        # As in a forecast of the data themselves: what a scenario does to few shows what there is.
        asked = [steps for each in evidence(document) if isinstance(each, Asked) for steps in each.scenarios.values()]
        of_few = known is not None and any(about_few(known, steps) for steps in asked)
        hidden = hidden or (of_few and metric in PERSONS)
    made = dict(document) if begun is None else {**document, IMPUTED: True}
    if hidden:
        made["answer"] = dict(LINKED)
        made["rows"] = [
            {**row, **{name: dict(LINKED) for name in ("answer_low", "answer_high", "mu_star")}}
            for row in document["rows"]
        ]
        made["check_first"] = dict(LINKED)
    elif audience == "public":
        made["answer"] = two_digits(document["answer"])
        made["rows"] = [_public_rate(row) for row in document["rows"]]
        made["check_first"] = dict(STEWARD)
    elif begun is None:
        made["check_first"] = [row for row in document.get("check_first") or () if _may_check(known, row)]
    return made


def _public_rate(row: Document) -> dict[str, Any]:
    """Answers and indices in two digits; a rate and its range as coarse as ``calibrate`` tells them, never as 0."""
    made = {name: two_digits(value) for name, value in row.items()}
    coarse = {"value": figures(row["value"], 2), "low": figures(row["low"], 1, -1), "high": figures(row["high"], 1, 1)}
    return {**made, **coarse}


def _may_check(known: Cells | None, row: Document) -> bool:
    if row["kind"] == "rate":
        return True
    if known is None:
        return False
    at = known.block_row.get(row["block"])
    if at is None or row["block"] in _untold(known):
        return False
    return row["kind"] == "block" or not known.telling[at]


def plan(document: Document, audience: str) -> Document:
    """A plan names blocks and enterprises, never a person.

    Lines at enterprises that are not told of stand together without their names; with money enough a plan would give
    every enterprise just what it misses. The public reads of it without enterprises.
    """
    if begun_with(document, audience) is not None:
        return {**_told_plan(document, audience), IMPUTED: True}
    known = day_of(document)
    periods = [_period(period, known, audience) for period in document.get("periods") or ()]
    made = {**document, "periods": periods}
    if "expected" in document and (known is None or audience == "public"):
        made["expected"] = dict(UNPROVEN if known is None else LINKED)
    return made


def _told_plan(document: Document, audience: str) -> Document:
    if audience == "planner":
        return document
    return {**document, "periods": [_period(period, None, audience) for period in document.get("periods") or ()]}


def _period(period: Document, known: Cells | None, audience: str) -> dict[str, Any]:
    lines = period.get("lines") or ()
    if audience == "public":
        return {**period, "lines": [], "lines_in_all": sum(line["count"] for line in lines)}
    told = [line for line in lines if known is not None and _line_told(known, line["enterprise"])]
    rest = sum(line["count"] for line in lines) - sum(line["count"] for line in told)
    return {**period, "lines": [*told, *([{"enterprise": dict(FEW), "count": rest}] if rest else [])]}


def _line_told(known: Cells, enterprise: Any) -> bool:
    at = enterprise_rows(known).get(enterprise)
    return at is not None and enterprise_told(known, enterprise, int(known.day.staff[at]))


def may_know(scenario: Any, day: Snapshot, audience: str) -> Any:
    """A plan's scenario file, as plain values, without the lines at enterprises that the audience is not told of."""
    if audience == "steward" or scenario is None or (audience == "planner" and isinstance(day, Told)):
        return scenario
    known = cells(day)

    def told(step: Document) -> bool:
        if step["do"] != "add_backbones" or "enterprise" not in step:
            return True
        return audience != "public" and _line_told(known, step["enterprise"])

    return {**scenario, "interventions": [step for step in scenario.get("interventions") or () if told(step)]}
