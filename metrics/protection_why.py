"""How explain, influence and fragility are protected."""

from __future__ import annotations

from typing import Any

import numpy as np

from tiaokuai.metrics.explain import explanation
from tiaokuai.metrics.fragility import after_a_year
from tiaokuai.metrics.numbers import Floats
from tiaokuai.metrics.protection_cells import FEW, FEWEST, LINKED, STEWARD, UNPROVEN, Cells
from tiaokuai.metrics.protection_rows import (
    Document,
    Row,
    block_reasons,
    day_of,
    family_hidden,
    few_enterprises,
    order,
    public_row,
    rounded,
    status_of,
    withheld,
    without,
    without_fidelity,
)
from tiaokuai.metrics.protection_told import told_day


def explain(document: Document, audience: str) -> Document:
    """Why a block has its status; what would change it depends on who is where, and follows from what is told."""
    known, block = day_of(document), document["block"]
    if known is None or (audience == "public" and few_enterprises(known, block)):
        gone = dict(UNPROVEN if known is None else FEW)
        return {**document, **dict.fromkeys(("status", "rule", "figures", "changes"), gone)}
    reasons = block_reasons(known, known.block_row[block])
    status = status_of(known, block, document["status"])
    figures = without_fidelity(known, known.block_row[block], without(document["figures"], reasons))
    changes: Any = dict(reasons.get("base", LINKED))
    if "base" not in reasons and audience != "public":
        changes = explanation(told_day(known.day, audience), known.block_row[block])["changes"]
    return {
        **document,
        "status": status,
        "rule": dict(status) if withheld(status) else document["rule"],
        "figures": public_row(figures) if audience == "public" else figures,
        "changes": changes,
    }


def influence(document: Document, audience: str) -> Document:
    """Who carries how much; a single line is the steward's alone."""
    known = day_of(document)
    blocks = [row for row in (_influential(known, row, audience) for row in document["blocks"]) if row is not None]
    blocks.sort(key=lambda row: (withheld(row["descendant_reach"]), order(row["descendant_reach"]), row["id"]))
    parts: Any = document["components"]
    if known is None or known.hidden("base").blocks.any():
        names = ("line_share_with", "line_share_without", "difference", "difference_founded")
        parts = [{**row, **{name: dict(LINKED) for name in names}} for row in parts]
        parts.sort(key=lambda row: (row["group"], row["component"]))
    elif audience == "public":
        parts = [
            {name: round(value, 2) if isinstance(value, float) else value for name, value in row.items()}
            for row in parts
        ]
    return {**document, "blocks": blocks, "components": parts, "lines": dict(STEWARD)}


def _influential(known: Cells | None, row: Row, audience: str) -> Row | None:
    if audience == "public" and few_enterprises(known, row["id"]):
        return None
    if known is None:
        return {**row, "reached": dict(UNPROVEN), "descendant_reach": dict(UNPROVEN)}
    at = known.block_row[row["id"]]
    made = without(row, block_reasons(known, at))
    if family_hidden(known, at):
        made["descendant_reach"] = dict(LINKED)
    return public_row(made) if audience == "public" else made


def fragility(document: Document, audience: str) -> Document:
    """What hangs on few people; a loss of fewer than 5 lines is a figure of single ones.

    What is expected after a year hangs on who is where: it is told as it follows from what is told.
    """
    known = day_of(document)
    year = None if known is None else _a_year_on(known, audience)
    rows = [row for row in (_fragile(known, year, row, audience) for row in document["rows"]) if row is not None]
    rows.sort(key=lambda row: (withheld(row["on_one_backbone"]), order(row["on_one_backbone"]), row["id"]))
    base = known is None or known.hidden("base").total
    single = base or known is None or known.hidden("single").total
    made: Row = {**document, "rows": rows}
    for name in ("reached", "coverage"):
        made[name] = dict(LINKED) if base else document[name]
    for name in ("on_one_backbone", "share"):
        made[name] = dict(LINKED) if single else document[name]
    made["after_a_year"] = dict(LINKED)
    if year is not None and known is not None and not base:
        everybody, people = int(known.by_block["staff"].sum()), float(year.sum())
        told = {"reached": people, "coverage": people / everybody if everybody else None}
        made["after_a_year"] = {**document["after_a_year"], **told}
    losses = [_loss(row, document) for row in document["worst_losses"] if row["lines"] >= FEWEST]
    made["worst_losses"] = dict(LINKED) if single else losses
    if audience != "public":
        return made
    staff = None if known is None else int(known.by_block["staff"].sum())
    rounded_row = public_row({**made, "staff": staff})
    return {name: rounded_row[name] for name in made}


def _a_year_on(known: Cells, audience: str) -> Floats:
    """People in reach of every block after a year in which people only leave, from the day as it is told, [B]."""
    told = told_day(known.day, audience)
    return np.bincount(told.block, after_a_year(told), told.blocks).astype(np.float64)


def _loss(row: Row, document: Document) -> Row:
    """In fives; the share of what is left tells no more."""
    lost, reached, share = rounded(row["reach_lost"]), document["reached"], document["coverage"]
    left = None if share is None or not reached else share * (reached - min(lost, reached)) / reached
    return {**row, "reach_lost": lost, "coverage": left}


def _fragile(known: Cells | None, year: Floats | None, row: Row, audience: str) -> Row | None:
    if audience == "public" and few_enterprises(known, row["id"]):
        return None
    single = ("on_one_backbone", "share", "enterprises_on_one_backbone")
    if known is None:
        hidden = ("reached", "coverage", "expected_coverage", *single)
        return {**row, **{name: dict(UNPROVEN) for name in hidden}}
    at = known.block_row[row["id"]]
    reasons = block_reasons(known, at)
    made = {**without(row, reasons), "expected_coverage": dict(reasons.get("base", LINKED))}
    if year is not None and "base" not in reasons:
        staff = int(known.by_block["staff"][at])
        made["expected_coverage"] = float(year[at]) / staff if staff else None
    if known.hidden("single").blocks[at]:
        made |= {name: dict(reasons.get("base", LINKED)) for name in single}
    if audience != "public":
        return made
    told = public_row({**made, "staff": int(known.by_block["staff"][at])})
    return {name: told[name] for name in made}
