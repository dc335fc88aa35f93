"""Why a block has its status, and the least that would change it (model.md §2, status)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.nearest import Suggestions
from tiaokuai.graph.snapshot import Snapshot
from tiaokuai.metrics.coverage import counts, missing_lines, reached, with_shares
from tiaokuai.metrics.gaps import next_gain
from tiaokuai.metrics.lateral import AHEAD, COVERED, GROWING, HOLLOW, NONE, STATUSES, statuses
from tiaokuai.metrics.numbers import Int64, plain

RULES = {
    NONE: "not_founded_no_line",
    AHEAD: "not_founded_has_lines",
    HOLLOW: "line_share_below_hollow",
    GROWING: "founded_in_between",
    COVERED: "coverage_from_covered",
}
# What a status is made of.
NUMBERS = ("enterprises", "enterprises_with_line", "staff", "reached")
Change = dict[str, Any]
Numbers = dict[str, int]


def least(whole: int, wanted: float) -> int:
    """The fewest of ``whole`` whose share is at least ``wanted``, by the same division as the metrics.

    >>> least(10, 0.8), least(3, 0.2), least(30, 0.7)
    (8, 1, 21)
    """
    found = max(0, math.ceil(wanted * whole) - 1)
    while found < whole and found / whole < wanted:
        found += 1
    return found


def fewest_lines(staff: Int64, capacity: Int64, members: Int64, line_capacity: int, people: int) -> int:
    """The fewest lines, at any of these enterprises, that bring ``people`` more within reach; exact.

    A line reaches nobody new where members already are more than the lines could reach, so gains may rise before
    they fall and taking the largest next gain is not enough: f[l], the most that l lines reach, is built up
    enterprise by enterprise.

    >>> fewest_lines(np.array([25, 8]), np.array([0, 0]), np.array([12, 0]), 10, 13)
    3
    """
    if people <= 0:
        return 0
    out = reached(staff, capacity, members)
    most = int(missing_lines(staff, capacity, line_capacity).sum())
    bound = min(most, max(4, 2 * math.ceil(people / line_capacity)))
    while True:
        best = np.zeros(bound + 1, dtype=np.int64)
        for own, has, already in zip(staff.tolist(), capacity.tolist(), out.tolist(), strict=True):
            _extend(best, own, has, already, line_capacity)
        if best[-1] >= people or bound == most:
            return int(np.searchsorted(best, people))
        bound = min(most, 2 * bound)


def _extend(best: Int64, staff: int, capacity: int, already: int, line_capacity: int) -> None:
    """One more enterprise: ``best[l]`` becomes the most that l lines reach with this one among them."""
    before = best.copy()
    for lines in range(1, len(best)):
        gain = min(staff, capacity + lines * line_capacity) - already
        if gain > 0:
            np.maximum(best[lines:], before[:-lines] + gain, out=best[lines:])
        if capacity + lines * line_capacity >= staff:
            return


def figures_of(day: Snapshot, block: int) -> dict[str, Any]:
    """A block's figures with its fidelity."""
    here = np.flatnonzero(day.block == block)
    sums = {name: np.array([values[here].sum()]) for name, values in counts(day).items()}
    made = {name: plain(value[0]) for name, value in with_shares(sums).items()}
    return {**made, "fidelity": plain(day.network.template.fidelity(day.components[block]))}


def status_of(day: Snapshot, founded: bool, numbers: Numbers) -> int:
    """Index into STATUSES of one block from its numbers."""
    sums = {name: np.array([numbers[name]]) for name in NUMBERS}
    return int(statuses(np.array([founded]), sums, day.assumptions)[0])


def changes(day: Snapshot, block: int, figures: dict[str, Any], status: int) -> list[Change]:
    """What would give the block another status: ``to`` with one of ``found``, ``lines``, ``staff``; below 0: fewer."""
    numbers: Numbers = {name: figures[name] for name in NUMBERS}
    founded = {"to": STATUSES[status_of(day, True, numbers)], "found": True}
    if status == NONE:
        return [founded, *([{"to": "ahead", "lines": 1}] if numbers["enterprises"] else [])]
    if status == AHEAD:
        return [founded, {"to": "none", "lines": -figures["lines"]}]
    made = list(_upwards(day, block, numbers, status))
    if status != HOLLOW:
        made.append({"to": "hollow", "lines": -_lines_until_hollow(day, block, numbers)})
    return made


def _upwards(day: Snapshot, block: int, numbers: Numbers, status: int) -> Iterator[Change]:
    enough = least(numbers["staff"], day.assumptions.covered_from)
    if status == COVERED and enough > 0:
        yield {"to": "growing", "staff": -(numbers["reached"] - enough + 1)}
    if status == COVERED or not numbers["enterprises"]:
        return
    here = np.flatnonzero(day.block == block)
    staff, capacity, members = day.staff[here], day.capacity[here].copy(), day.members[here]
    k, first, people = day.assumptions.line_capacity, 0, numbers["reached"]
    if status == HOLLOW:
        first = _starts(day, numbers) - numbers["enterprises_with_line"]
        # First lines go where they reach most; which of equals is of no matter to the count.
        gain = np.where(day.lines[here] == 0, next_gain(staff, capacity, k), -1)
        capacity[np.argsort(-gain, kind="stable")[:first]] += k
        people = int(reached(staff, capacity, members).sum())
        with_line = numbers["enterprises_with_line"] + first
        after = status_of(day, True, {**numbers, "enterprises_with_line": with_line, "reached": people})
        yield {"to": STATUSES[after], "lines": first}
        if after == COVERED:
            return
    if numbers["staff"]:
        yield {"to": "covered", "lines": first + fewest_lines(staff, capacity, members, k, enough - people)}
        if status == GROWING:
            yield {"to": "covered", "staff": enough - people}


def _starts(day: Snapshot, numbers: Numbers) -> int:
    """Enterprises that must have a line so that a founded block is not hollow."""
    return max(1, least(numbers["enterprises"], day.assumptions.hollow_below))


def _lines_until_hollow(day: Snapshot, block: int, numbers: Numbers) -> int:
    """The fewest lines whose loss makes a founded block hollow."""
    lines = day.lines[day.block == block]
    gone = numbers["enterprises_with_line"] - _starts(day, numbers) + 1
    return int(np.sort(lines[lines > 0])[:gone].sum())


def find_block(day: Snapshot, block_id: str) -> int:
    """Row of a block; RequestError, with the nearest id there is, for one that does not exist."""
    ids = day.block_ids
    if block_id in ids:
        return ids.index(block_id)
    asked = block_id if len(block_id) <= 60 else block_id[:60] + "…"
    near = Suggestions(ids).of(block_id)
    zh, en = f"没有区块“{asked}”", f"there is no block {asked!r}"
    if near is not None:
        zh, en = f"{zh}；是不是“{near}”？", f"{en}; did you mean {near!r}?"
    raise RequestError("unknown_block", zh, en, block=asked, nearest=near)


def explanation(day: Snapshot, block: int) -> dict[str, Any]:
    """Status, the rule that gave it, the block's figures, and what would change it; ``block`` is its row."""
    figures = figures_of(day, block)
    status = status_of(day, bool(day.founded[block]), figures)
    return {
        "status": STATUSES[status],
        "rule": RULES[status],
        "figures": figures,
        "changes": changes(day, block, figures, status),
    }
