"""How history, compare and check are protected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tiaokuai.graph import Problem, Snapshot
from tiaokuai.metrics.evidence import Period
from tiaokuai.metrics.protection_cells import FEW, FEWEST, LINKED, STEWARD, UNPROVEN, Cells, cells
from tiaokuai.metrics.protection_release import release_days
from tiaokuai.metrics.protection_rows import (
    ALL,
    Document,
    Reasons,
    Row,
    block_reasons,
    covered_would_tell,
    evidence,
    few_enterprises,
    public_row,
    rounded,
    status_of,
    status_untold,
    total_reasons,
    withheld,
    without,
    without_fidelity,
)


def history(document: Document, audience: str) -> Document:
    """Only the days that the audience may know of, computed anew for just these."""
    from tiaokuai.metrics.history import history_on

    period = next((each for each in evidence(document) if isinstance(each, Period)), None)
    step = {"planner": "quarter", "public": "year"}[audience]
    if period is None:
        return {**document, "step": step, "rows": []}
    days = release_days(period.network, period.last, audience)
    days = [day for day in days if period.first is None or day >= period.first] or days[-1:]
    rows = [
        _historic(row, cells(period.network.as_of(day, period.assumptions)), audience)
        for day, row in zip(days, history_on(period.network, days, period.assumptions), strict=True)
    ]
    return {**document, "from": rows[0]["date"], "to": rows[-1]["date"], "step": step, "rows": rows}


def _historic(row: Row, known: Cells, audience: str) -> Row:
    """Sums over everything: hidden where they are small themselves, or as the totals of that day are."""
    members, lines, with_line = row["members"], row["lines"], row["enterprises_with_line"]
    beyond = row["reached"] - row["potential"]
    reasons: Reasons = total_reasons(known)
    if 0 < members < FEWEST or 0 < lines < FEWEST or (beyond and row["staff"] - row["reached"] < 2):
        reasons = dict.fromkeys(ALL, FEW)
    if with_line and lines - with_line < 2:
        reasons.setdefault("lines", LINKED)
    if members and min(members - with_line, row["staff"] - members) < 2:
        reasons.setdefault("members", LINKED)
    if beyond and beyond < FEWEST:
        reasons.setdefault("potential", LINKED)
    made = without(row, reasons)
    if "full_coverage" in made and covered_would_tell(known):
        made["full_coverage"] = dict(LINKED)
    if status_untold(known):
        made |= {name: dict(LINKED) for name in ("hollow", "hollow_share") if name in made}
    return public_row(made) if audience == "public" else made


def compare(document: Document, audience: str) -> Document:
    """Two days, each side protected as on its own day."""
    days = [cells(each) for each in evidence(document) if isinstance(each, Snapshot)]
    if len(days) != 2:
        return {**document, "rows": [], "total": dict(UNPROVEN)}
    rows = [
        _compared(row, [(known, known.block_row[row["id"]]) for known in days], audience)
        for row in document["rows"]
        if audience != "public" or not any(few_enterprises(known, row["id"]) for known in days)
    ]
    return {
        **document,
        "rows": rows,
        "total": _compared(document["total"], [(known, None) for known in days], audience),
    }


def _compared(row: Document, ends: list[tuple[Cells, int | None]], audience: str) -> Row:
    made = dict(row)
    for side, (known, at) in zip(("before", "after"), ends, strict=True):
        reasons = total_reasons(known) if at is None else block_reasons(known, at)
        told = without(row[side], reasons)
        if "status" in told and at is not None:
            told["status"] = status_of(known, known.day.block_ids[at], told["status"])
        if at is not None:
            told = without_fidelity(known, at, told)
        if at is None and covered_would_tell(known):
            told["full_coverage"] = dict(LINKED)
        made[side] = public_row(told) if audience == "public" else told
    before, after = made["before"], made["after"]
    made["change"] = {name: _difference(before.get(name), after.get(name)) for name in row["change"]}
    return made


def _difference(before: Any, after: Any) -> Any:
    if withheld(before) or withheld(after):
        return dict(LINKED)
    return None if before is None or after is None else after - before


PEOPLE = ("members", "backbones")


def check(document: Document, audience: str) -> Document:
    """Rows of persons in fives, since one row more is one person more; problems without the values of persons' rows,
    those of persons once each, since how many there are is a number of persons; none for the public."""
    told: list[Row] = []
    for problem in document["problems"] if audience == "planner" else ():
        safe = _problem(problem)
        if safe is problem or safe not in told:
            told.append(safe)
    return {**document, "rows": told_rows(document["rows"], audience), "problems": told}


# Problems of enterprises that say how many members or lines there are.
CROWDS = ("more_members_than_staff", "more_lines_than_staff")


def told_problems(problems: Sequence[Problem], audience: str) -> list[Problem]:
    """The problems as an audience may know them: all of each to the steward; to others no row or value of a person,
    and each of these once, since how many there are is a number of persons."""
    if audience == "steward":
        return list(problems)
    told, seen = [], set()
    for problem in problems:
        if audience == "planner" and not _of_people(problem.table, problem.code):
            told.append(problem)
        elif (same := (problem.code, problem.table, problem.file, problem.column)) not in seen:
            seen.add(same)
            told.append(problem.concealed())
    return told


def told_rows(rows: Mapping[str, int], audience: str) -> Row:
    """Numbers of rows, those of persons in fives; the public reads all of them so."""
    return {
        name: dict(FEW)
        if audience != "steward" and name in PEOPLE and 0 < count < FEWEST
        else rounded(count)
        if audience == "public" or (audience != "steward" and name in PEOPLE)
        else count
        for name, count in rows.items()
    }


def _of_people(table: str | None, code: str) -> bool:
    return table in PEOPLE or code in CROWDS


def _problem(problem: Row) -> Row:
    if not _of_people(problem["table"], problem["code"]):
        return problem
    return {**problem, "row": None, "value": dict(STEWARD), "message": problem["code"]}
