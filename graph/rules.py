"""What tables say of one another: circles, lives and roles in order, heads counted twice (contracts.md, ``check``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tiaokuai.graph.counts import count_spans
from tiaokuai.graph.spans import NO_SINCE, NO_UNTIL, Int32, Int64, clip, day_numbers

if TYPE_CHECKING:
    from tiaokuai.graph.integrity import Checked

Span = tuple[Int32, Int32]
FAR, NEAR = 20.0, 5.0  # degrees from the middle of all blocks
OPEN = "…"  # a span without an end, in messages of both languages


def check_rules(checked: Checked) -> None:
    """All rules over several rows or tables."""
    _district_circles(checked)
    _replications(checked)
    _links(checked)
    _without_source(checked)
    _coordinates(checked)
    _before(checked, "enrolments", "enrolment")
    _before(checked, "members", "member")
    _before(checked, "counts", "count")
    _counts(checked)
    _people(checked)


def day_text(day: int) -> str:
    """A day as text; the ends of time as an ellipsis.

    >>> day_text(0), day_text(int(NO_UNTIL))
    ('1970-01-01', '…')
    """
    return OPEN if day in (NO_SINCE, NO_UNTIL) else (date(1970, 1, 1) + timedelta(days=int(day))).isoformat()


def _span(checked: Checked, table: str) -> Span:
    frame = checked.tables[table]
    since = day_numbers(frame["since"], NO_SINCE)
    if "until" not in frame.columns:
        return since, np.full(len(since), NO_UNTIL, dtype=np.int32)
    until = day_numbers(frame["until"], NO_UNTIL)
    return since, np.where(until <= since, NO_UNTIL, until)  # an end before the beginning is told of already


def _at(checked: Checked, table: str, column: str) -> Int32:
    """Rows referred to, -1 where none."""
    found = checked.references.get((table, column))
    return np.full(checked.tables[table].height, -1, dtype=np.int32) if found is None else found


def _coordinates(checked: Checked) -> None:
    """A pair far from all other blocks that lies among them when longitude and latitude are swapped."""
    frame = checked.tables["blocks"]
    lon, lat = (frame[name].to_numpy().astype(float) for name in ("lon", "lat"))
    there = np.isfinite(lon) & np.isfinite(lat)
    if there.sum() < 3:
        return
    middle = np.median(lon[there]), np.median(lat[there])
    away = np.abs(lon - middle[0]) + np.abs(lat - middle[1])
    swapped = np.abs(lat - middle[0]) + np.abs(lon - middle[1])
    for at in np.flatnonzero(there & (away > FAR) & (swapped < NEAR)):
        checked.add("far_from_others", "blocks", at, "lon", frame["lon"][int(at)], other=frame["lat"][int(at)])


def _district_circles(checked: Checked) -> None:
    parents = _at(checked, "districts", "parent")
    edges = [(child, int(parent)) for child, parent in enumerate(parents) if parent >= 0]
    names = checked.tables["districts"]["id"]
    for edge, circle in circles(edges):
        said = " → ".join(names[node] for node in circle)
        checked.add("district_cycle", "districts", edges[edge][0], "parent", names[edges[edge][1]], cycle=said)


def circles(edges: list[tuple[int, int]]) -> Iterator[tuple[int, list[int]]]:
    """Each edge that closes a circle with the edges before it, and the circle's nodes, its first one again at the end.

    >>> list(circles([(0, 1), (1, 2), (2, 0), (2, 3)]))
    [(2, [2, 0, 1, 2])]
    """
    onward: dict[int, list[int]] = {}
    suspects = _in_circles(edges)
    for at, (tail, head) in enumerate(edges):
        path = _path(onward, head, tail) if tail in suspects and head in suspects else None
        if path is not None:
            yield at, [tail, *path]
        else:
            onward.setdefault(tail, []).append(head)


def _in_circles(edges: list[tuple[int, int]]) -> set[int]:
    """Nodes that are left when those without an edge to them are taken away again and again."""
    coming: dict[int, int] = {}
    onward: dict[int, list[int]] = {}
    for tail, head in edges:
        coming[head] = coming.get(head, 0) + 1
        coming.setdefault(tail, 0)
        onward.setdefault(tail, []).append(head)
    free = [node for node, count in coming.items() if not count]
    while free:
        node = free.pop()
        del coming[node]
        for head in onward.get(node, ()):
            coming[head] -= 1
            if not coming[head]:
                free.append(head)
    return set(coming)


def _path(onward: dict[int, list[int]], start: int, goal: int) -> list[int] | None:
    if start == goal:
        return [start]
    came: dict[int, int] = {start: start}
    stack = [start]
    while stack:
        node = stack.pop()
        for head in onward.get(node, ()):
            if head in came:
                continue
            came[head] = node
            if head == goal:
                return _back(came, start, goal)
            stack.append(head)
    return None


def _back(came: dict[int, int], start: int, goal: int) -> list[int]:
    path = [goal]
    while path[-1] != start:
        path.append(came[path[-1]])
    return path[::-1]


def _replications(checked: Checked) -> None:
    source, target = _at(checked, "replications", "source"), _at(checked, "replications", "target")
    names = checked.tables["blocks"]["id"]
    for position in np.flatnonzero((source >= 0) & (source == target)):
        checked.add("replicates_itself", "replications", position, "target", names[int(target[position])])
    rows = np.flatnonzero((source >= 0) & (target >= 0) & (source != target))
    edges = [(int(source[row]), int(target[row])) for row in rows]
    for edge, circle in circles(edges):
        said = " → ".join(names[node] for node in circle)
        checked.add("replication_cycle", "replications", rows[edge], "target", names[edges[edge][1]], cycle=said)
    since = day_numbers(checked.tables["replications"]["since"], NO_SINCE)
    founded = _founded(checked)
    for row in np.flatnonzero((source >= 0) & (source != target) & (since != NO_SINCE)):
        first = founded[source[row]]
        if since[row] < first:
            about = {"other": day_text(first)}
            checked.add("replication_before_source", "replications", row, "since", day_text(since[row]), **about)


def _founded(checked: Checked) -> Int32:
    """Day each block was first founded, NO_UNTIL where it never was: int32[B]."""
    associations = checked.tables["associations"]
    block, (since, _) = _at(checked, "associations", "block"), _span(checked, "associations")
    counts = (block >= 0) & (since != NO_SINCE) & (associations["kind"] == "association").fill_null(False).to_numpy()
    first = np.full(checked.tables["blocks"].height, NO_UNTIL, dtype=np.int32)
    np.minimum.at(first, block[counts], since[counts])
    return first


def _without_source(checked: Checked) -> None:
    pilot = (checked.tables["blocks"]["kind"] == "pilot").fill_null(False).to_numpy()
    target = _at(checked, "replications", "target")
    sourced = np.zeros(len(pilot), dtype=bool)
    sourced[target[target >= 0]] = True
    names = checked.tables["blocks"]["id"]
    for position in np.flatnonzero((_founded(checked) != NO_UNTIL) & ~pilot & ~sourced):
        checked.add("founded_without_source", "blocks", position, None, names[int(position)])


def _links(checked: Checked) -> None:
    a, b = _at(checked, "links", "a"), _at(checked, "links", "b")
    names = checked.tables["blocks"]["id"]
    for position in np.flatnonzero((a >= 0) & (a == b)):
        checked.add("link_to_itself", "links", position, "b", names[int(b[position])])
    rows = np.flatnonzero((a >= 0) & (b >= 0) & (a != b))
    low, high = np.minimum(a, b)[rows], np.maximum(a, b)[rows]
    pairs = pl.DataFrame({"low": low, "high": high, "row": rows, "a": a[rows]})
    first = (
        pl.col("row").first().over("low", "high").alias("first"),
        pl.col("a").first().over("low", "high").alias("way"),
    )
    # The same way round it is a duplicate, which is told of as one.
    for row in (
        pairs.with_columns(first)
        .filter((pl.col("row") != pl.col("first")) & (pl.col("a") != pl.col("way")))
        .iter_rows(named=True)
    ):
        there = checked.row("links", row["first"])
        checked.add("link_repeated", "links", row["row"], "b", names[int(b[row["row"]])], first=there)


def _before(checked: Checked, table: str, word: str) -> None:
    """Memberships that begin before the association or the enterprise did."""
    since, _ = _span(checked, table)
    for column, target in (("association", "associations"), ("enterprise", "enterprises")):
        at, (began, _) = _at(checked, table, column), _span(checked, target)
        if not len(began):
            continue
        early = (at >= 0) & (since != NO_SINCE) & (began[at] != NO_SINCE) & (since < began[at])
        for row in np.flatnonzero(early):
            code, other = f"{word}_before_{column}", day_text(began[at[row]])
            checked.add(code, table, row, "since", day_text(since[row]), other=other)


def _counts(checked: Checked) -> None:
    """Counts that cannot be, and what is assumed where a cell is empty."""
    if not checked.tables["counts"].height:
        return
    spans = count_spans(checked.tables["counts"], _at(checked, "counts", "enterprise"))
    known = spans.enterprise >= 0
    for at in np.flatnonzero(known & (spans.members < spans.lines)):
        about = {"lines": int(spans.lines[at])}
        checked.add("fewer_members_than_lines", "counts", spans.row[at], "members", int(spans.members[at]), **about)
    empty = checked.tables["counts"]["capacity"].is_null().to_numpy()[spans.row]
    same = np.append(False, spans.enterprise[1:] == spans.enterprise[:-1])
    moved = same & np.append(False, spans.lines[1:] != spans.lines[:-1])
    for at in np.flatnonzero(known & empty & moved & (spans.capacity > 0)):
        checked.add("capacity_as_before", "counts", spans.row[at], "capacity", capacity=int(spans.capacity[at]))


@dataclass(frozen=True)
class _Crowd:
    """People or lines at enterprises: row of the enterprise (-1: unknown), how many, and for how long."""

    at: Int32
    many: Int64
    since: Int32
    until: Int32


def _people(checked: Checked) -> None:
    """Enterprises with more people or lines at a time than staff, listed and counted together; roles in order."""
    life = _span(checked, "enterprises")
    enterprise_of = _at(checked, "members", "enterprise")
    own = _span(checked, "members")
    membership = clip(own, life, enterprise_of)  # -1 takes the last one and is left out later
    counted = _counted(checked, life)
    _crowds(checked, "more_members_than_staff", "members", [_listed(enterprise_of, membership), counted["members"]])
    member, role = _at(checked, "backbones", "member"), _span(checked, "backbones")
    lines = [counted["lines"]]
    if len(member) and len(enterprise_of):
        _roles(checked, member, role, own)
        at = np.where(member >= 0, enterprise_of[member], -1).astype(np.int32)
        lines.append(_listed(at, clip(role, membership, member)))
    _crowds(checked, "more_lines_than_staff", "lines", lines)


def _listed(at: Int32, span: Span) -> _Crowd:
    return _Crowd(at, np.ones(len(at), dtype=np.int64), *span)


def _counted(checked: Checked, life: Span) -> dict[str, _Crowd]:
    spans = count_spans(checked.tables["counts"], _at(checked, "counts", "enterprise"), life)
    return {
        "members": _Crowd(spans.enterprise, spans.members, spans.since, spans.until),
        "lines": _Crowd(spans.enterprise, spans.lines, spans.since, spans.until),
    }


def _crowds(checked: Checked, code: str, key: str, crowds: list[_Crowd]) -> None:
    """Enterprises with more people or lines at a time than their staff."""
    staff = checked.tables["enterprises"]["staff"].fill_null(-1).to_numpy()
    at, many, since, until = (
        np.concatenate([getattr(crowd, name) for crowd in crowds]) for name in ("at", "many", "since", "until")
    )
    live = (at >= 0) & (since < until)
    total = np.bincount(at[live], many[live], minlength=len(staff))
    # Only where all of them together are too many can there be too many at a time.
    suspects = (staff >= 0) & (total > staff)
    live[live] = suspects[at[live]]
    rows = np.flatnonzero(live)
    most = peaks(at[rows], since[rows], until[rows], len(staff), many[rows])
    for position in np.flatnonzero(suspects & (most > staff)):
        checked.add(code, "enterprises", position, "staff", int(staff[position]), **{key: int(most[position])})


def peaks(
    group: Int32, since: Int32, until: Int32, groups: int, many: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """The most spans of each group that hold at a time, each counting as ``many`` (1): int64[groups].

    >>> peaks(np.array([0, 0, 0], np.int32), np.array([1, 3, 5], np.int32), np.array([3, 9, 7], np.int32), 2).tolist()
    [2, 0]
    """
    each = np.ones(len(group), dtype=np.int64) if many is None else many
    who, when = np.concatenate([group, group]), np.concatenate([since, until])
    step = np.concatenate([each, -each])
    order = np.lexsort((step, when, who))  # on one day, who leaves goes first
    running = np.cumsum(step[order])  # each group ends at 0, so the next begins there
    most = np.zeros(groups, dtype=np.int64)
    np.maximum.at(most, who[order], running)
    return most


def _roles(checked: Checked, member: Int32, role: Span, membership: Span) -> None:
    since, end = membership[0][member], membership[1][member]
    outside = (member >= 0) & (role[0] != NO_SINCE) & (since != NO_SINCE) & ((role[0] < since) | (role[1] > end))
    for row in np.flatnonzero(outside):
        about = {"until": day_text(role[1][row]), "since": day_text(since[row]), "end": day_text(end[row])}
        checked.add("backbone_outside_membership", "backbones", row, "since", day_text(role[0][row]), **about)
    known = (member >= 0) & (role[0] != NO_SINCE)
    twice = np.flatnonzero(
        known & (np.bincount(member[known], minlength=len(membership[0]))[np.maximum(member, 0)] > 1)
    )
    for one, other in _overlaps(member[twice], role[0][twice], role[1][twice]):
        later, first = int(max(twice[one], twice[other])), int(min(twice[one], twice[other]))
        value = checked.tables["backbones"]["member"][later]
        checked.add("overlapping_lines", "backbones", later, "since", value, first=checked.row("backbones", first))


def _overlaps(group: Int32, since: Int32, until: Int32) -> Iterator[tuple[int, int]]:
    """Pairs of spans of a group that share a day: each span with the longest one before it."""
    longest: dict[int, int] = {}
    for row in np.lexsort((since, group)):
        before = longest.get(int(group[row]))
        if before is not None and since[row] < until[before] and since[row] != since[before]:
            yield int(row), before
        if before is None or until[row] > until[before]:
            longest[int(group[row])] = int(row)
