"""Small random networks that the loaders would accept without an error: every table, dates on and off, oddities too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tiaokuai.graph import Network
from tiaokuai.graph.network import schema

FIRST, LAST = date(2019, 1, 1), date(2026, 1, 1)
COMPONENTS = ("training", "legal_aid", "magazine", "hall", "ledger", "charity_rule", "suggestion_channel")
Rows = list[dict[str, Any]]

_DAYS = st.integers(0, (LAST - FIRST).days).map(lambda number: FIRST + timedelta(days=number))


@st.composite
def _span(draw: st.DrawFn, required: bool) -> dict[str, date | None]:
    """``since`` and ``until``; a day later at least, often open."""
    since = draw(_DAYS if required else st.none() | _DAYS)
    length = draw(st.none() | st.integers(1, 1500))
    start = since or FIRST
    return {"since": since, "until": length and start + timedelta(days=length)}


@st.composite
def _one_of(draw: st.DrawFn, rows: Sequence[dict[str, Any]]) -> str:
    return str(draw(st.sampled_from([row["id"] for row in rows])))


@st.composite
def _members(draw: st.DrawFn, enterprises: Rows, associations: Rows) -> tuple[Rows, Rows]:
    members: Rows = []
    backbones: Rows = []
    if not (enterprises and associations):
        return members, backbones
    for at in range(draw(st.integers(0, 14))):
        span = draw(_span(True))
        consent = (span["since"] or FIRST) - timedelta(days=draw(st.integers(0, 40)))
        where = {"enterprise": draw(_one_of(enterprises)), "association": draw(_one_of(associations))}
        members.append({"id": f"M{at:02}", **where, **span, "consent": consent})
        if draw(st.booleans()):
            capacity = draw(st.sampled_from((None, None, 1, 3, 10, 25)))
            # Inside the membership, around it, or beside it: only the days in common count.
            begin = draw(st.sampled_from((span["since"], FIRST))) or FIRST
            own = span if draw(st.booleans()) else {"since": begin, "until": None}
            backbones.append({"member": f"M{at:02}", **own, "capacity": capacity})
    return members, backbones


@st.composite
def networks(draw: st.DrawFn, max_blocks: int = 4, max_enterprises: int = 8) -> Network:
    """Any small valid network: nested districts, every kind of block, dated rows of all tables, each may be empty."""
    parents = [draw(st.none() | st.sampled_from(range(at))) if at else None for at in range(draw(st.integers(1, 3)))]
    districts: Rows = [{"id": f"D{at}", "parent": None if up is None else f"D{up}"} for at, up in enumerate(parents)]
    names = st.none() | st.sampled_from(("大港", "New Quay"))
    kinds = draw(st.lists(st.sampled_from(("pilot", "mature", "mature", "emerging")), max_size=max_blocks))
    blocks: Rows = [
        {
            "id": f"B{at}",
            "district": draw(_one_of(districts)),
            "name": draw(names),
            "kind": kind,
        }
        for at, kind in enumerate(kinds)
    ]
    enterprises: Rows = [
        {
            "id": f"E{at:02}",
            "block": draw(_one_of(blocks)),
            "staff": draw(st.none() | st.integers(0, 45)),
            "ownership": draw(st.none() | st.sampled_from(("foreign", "joint_venture", "hmt", "domestic", "other"))),
            "sector": draw(st.none() | st.sampled_from(("化工", "pharma", "logistics"))),
            **draw(_span(False)),
        }
        for at in range(draw(st.integers(0, max_enterprises)) if blocks else 0)
    ]
    associations: Rows = [
        {
            "id": f"A{at}",
            "block": draw(_one_of(blocks)),
            "kind": draw(st.sampled_from(("association", "association", "federation"))),
            **draw(_span(True)),
        }
        for at in range(draw(st.integers(0, 5)) if blocks else 0)
    ]
    members, backbones = draw(_members(enterprises, associations))
    tables: dict[str, Rows] = {
        "districts": districts,
        "blocks": blocks,
        "enterprises": enterprises,
        "associations": associations,
        "members": members,
        "backbones": backbones,
        "enrolments": draw(_enrolments(enterprises, associations)),
        "adoptions": draw(_adoptions(blocks)),
        "replications": draw(_replications(blocks)),
        "links": draw(_links(blocks)),
        "counts": draw(_counts(enterprises)),
    }
    return Network.from_tables(
        {name: [{column: row.get(column) for column in schema(name)} for row in rows] for name, rows in tables.items()}
    )


@st.composite
def _counts(draw: st.DrawFn, enterprises: Rows) -> Rows:
    """Up to three counts at some enterprises, beside whoever is listed there; empty cells wherever they may be."""
    rows: Rows = []
    for one in draw(st.lists(st.sampled_from(enterprises), unique_by=lambda row: row["id"])) if enterprises else ():
        known = {"members": 0, "lines": 0}
        for day in sorted(draw(st.sets(_DAYS, min_size=1, max_size=3))):
            lines = draw(st.none() | st.integers(0, 4))
            known["lines"] = known["lines"] if lines is None else lines
            fewer = known["members"] < known["lines"]
            members = known["lines"] + draw(st.integers(0, 12)) if fewer or draw(st.booleans()) else None
            known["members"] = known["members"] if members is None else members
            capacity = draw(st.sampled_from((None, None, 0, 7, 30)))
            rows.append(
                {"enterprise": one["id"], "since": day, "members": members, "lines": lines, "capacity": capacity}
            )
    return draw(st.permutations(rows))


@st.composite
def _enrolments(draw: st.DrawFn, enterprises: Rows, associations: Rows) -> Rows:
    if not (enterprises and associations):
        return []
    pairs = draw(st.sets(st.tuples(_one_of(enterprises), _one_of(associations)), max_size=4))
    return [{"enterprise": one, "association": other, **draw(_span(True))} for one, other in sorted(pairs)]


@st.composite
def _adoptions(draw: st.DrawFn, blocks: Rows) -> Rows:
    if not blocks:
        return []
    pairs = draw(st.sets(st.tuples(_one_of(blocks), st.sampled_from(COMPONENTS)), max_size=10))
    return [{"block": block, "component": part, **draw(_span(True))} for block, part in sorted(pairs)]


@st.composite
def _replications(draw: st.DrawFn, blocks: Rows) -> Rows:
    """Sources come before their targets in the table, so that there is no circle; a target may have two."""
    pairs = [(one["id"], other["id"]) for at, other in enumerate(blocks) for one in blocks[:at]]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=4)) if pairs else []
    return [{"source": one, "target": other, "since": draw(_DAYS)} for one, other in chosen]


@st.composite
def _links(draw: st.DrawFn, blocks: Rows) -> Rows:
    pairs = [(one["id"], other["id"]) for at, other in enumerate(blocks) for one in blocks[:at]]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=4)) if pairs else []
    return [{"a": one, "b": other, "weight": draw(st.sampled_from((0.0, 0.5, 1.0, 2.0)))} for one, other in chosen]
