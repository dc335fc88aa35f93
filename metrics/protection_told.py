"""A day as an audience knows it: what forecasts and plans for a planner or the public begin with.

Whoever may ask any "what if" asks about one enterprise: add a line and see how many are newly in reach; let one line
end and see how many are lost; choose a seed, and one run is a question about one person. No rule over answers closes
that. Therefore such a forecast knows no more than its reader: lines and members are placed anew so that they add up to
the figures that are told, block by block, and to nothing else of the data. Whatever is computed from it, with any
scenario, rates, seed or budget, tells nothing that was not told before.

Of every enterprise the planner is told of, the band and the missing lines hold too. Figures that are withheld are what
is left of the sum that they are part of, spread by head-count. Head-counts, places, associations and the template in
place are those of the data: they are not about persons. The recorded capacity of single lines is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np

from tiaokuai.graph import Network, Snapshot
from tiaokuai.metrics.numbers import Int64
from tiaokuai.metrics.protection_cells import FEWEST, Cells, cells
from tiaokuai.metrics.protection_placing import Block, Place
from tiaokuai.metrics.protection_rows import LISTED, rounded

# The figures in the order in which they are placed, each with the family whose hidden cells it is hidden with.
STEPS = {
    "enterprises_with_line": "base",
    "lines": "lines",
    "potential": "potential",
    "reached": "base",
    "members": "members",
}
PEOPLE = ("members", "backbones")
FIRST = 1_000_000  # weight of what is filled before all else


@dataclass(frozen=True)
class Told(Snapshot):
    """A day with the lines and members that one audience may suppose; ``real`` is the day of the data."""

    audience: str = "public"
    real: Snapshot | None = field(default=None, compare=False, repr=False)

    @cached_property
    def plain_members(self) -> bool:
        """Whether there are more members than lines anywhere."""
        return bool((self.members > self.lines).any())


def told_day(day: Snapshot, audience: str) -> Snapshot:
    """The day as the audience knows it, made once; the day itself for the steward.

    >>> from datetime import date
    >>> from tiaokuai.graph import Network
    >>> since = date(2020, 1, 1)
    >>> net = Network.from_tables({
    ...     "districts": [{"id": "D"}], "blocks": [{"id": "B", "district": "D"}],
    ...     "enterprises": [{"id": "E", "block": "B", "staff": 30}],
    ...     "associations": [{"id": "A", "block": "B", "since": since}],
    ...     "members": [{"id": f"M{n}", "enterprise": "E", "association": "A", "since": since, "consent": since}
    ...                 for n in range(3)]})
    >>> told_day(net.as_of("2026-01-01"), "planner").members.tolist()  # nobody but the steward knows of three
    [0]
    """
    if audience == "steward":
        return day
    made: dict[str, Told] = day.__dict__.setdefault("_as_told", {})
    if audience not in made:
        made[audience] = _told(day, audience)
    return made[audience]


def _told(day: Snapshot, audience: str) -> Told:
    known = cells(day)
    lines, capacity, members = _places(known, audience)
    whole: dict[str, Any] = {item.name: getattr(day, item.name) for item in fields(Snapshot)}
    whole |= {"network": _without_people(day.network), "lines": lines, "capacity": capacity, "members": members}
    return Told(**whole, audience=audience, real=day)


def _without_people(network: Network) -> Network:
    tables = {name: frame.clear() if name in PEOPLE else frame for name, frame in network.tables.items()}
    return Network(tables, network.template)


def _places(known: Cells, audience: str) -> tuple[Int64, Int64, Int64]:
    """Lines, their capacity and members of every enterprise, [E] each."""
    day = known.day
    low, high, band = (values.tolist() for values in _enterprise_bounds(known, audience))
    staff, k = day.staff.tolist(), day.assumptions.line_capacity
    order = np.argsort(day.block, kind="stable")
    first = np.searchsorted(day.block[order], np.arange(day.blocks + 1))
    places = [Place(staff[e], low[e], high[e], band[e]) for e in order.tolist()]
    blocks = [Block(places[first[b] : first[b + 1]], k) for b in range(day.blocks)]
    within = _reached_as_told(known, audience)
    for name in STEPS:
        bounds = [getattr(each, f"{name}_bounds")() for each in blocks]
        least, most = np.array(bounds, dtype=np.int64).reshape(-1, 2).T
        if name == "enterprises_with_line":
            least, most = _with_any(known, audience, least, most)
        if name in ("lines", "potential"):  # no more than are told to be in reach
            most = np.where(within < 0, most, np.clip(within - [each.forced for each in blocks], least, most))
        wanted = _block_figures(known, name, audience, least, most).tolist()
        for block, count in zip(blocks, wanted, strict=True):
            getattr(block, name)(count)
    lines, capacity, members = (np.zeros(len(staff), dtype=np.int64) for _ in range(3))
    lines[order] = [each.lines for each in places]
    capacity[order] = [each.capacity(k) for each in places]
    members[order] = [each.members for each in places]
    return lines, capacity, members


def _with_any(known: Cells, audience: str, least: Int64, most: Int64) -> tuple[Int64, Int64]:
    """Whether a block has a line at all is told by its status and its template, but for blocks of a few people."""
    told = known.by_block["staff"] >= FEWEST
    if audience == "public":
        told &= known.by_block["enterprises"] >= LISTED
    any_ = known.by_block["lines"] > 0
    return np.where(told & any_, np.clip(1, least, most), least), np.where(told & ~any_, least, most)


def _enterprise_bounds(known: Cells, audience: str) -> tuple[Int64, Int64, Int64]:
    """What the planner's missing lines and band leave open: the least and the most potential, and the band.

    The band is -1 where it is not told, else 0 none, 1 partly, 2 full.
    """
    made, k = known.enterprise, known.day.assumptions.line_capacity
    staff, missing, reached = made["staff"], made["missing_lines"], made["reached"]
    told = (staff >= FEWEST) & ~known.telling[known.day.block]
    if audience != "planner":
        told = np.zeros_like(told)
    low = np.where(told, np.clip(staff - missing * k, 0, staff), 0)
    high = np.where(told & (missing > 0), np.clip(staff - (missing - 1) * k - 1, 0, staff), staff)
    band = np.where(~told, -1, np.where(reached == 0, 0, np.where(reached >= staff, 2, 1)))
    return low, high, band


def _block_figures(known: Cells, name: str, audience: str, least: Int64, most: Int64) -> Int64:
    """A figure of every block as told, or the part of what is left that it is supposed to have, [B].

    ``least`` and ``most`` are what the block has room for, after all that was supposed before.
    """
    real, staff, hidden = known.by_block[name], known.by_block["staff"], known.hidden(STEPS[name])
    unknown, left = hidden.blocks.copy(), int(real.sum())
    if audience == "public":
        unknown |= known.by_block["enterprises"] < LISTED
        real, left = np.array([rounded(value) for value in real.tolist()], dtype=np.int64), rounded(left)
    if name == "potential":  # where it is told how many are in reach before all others
        within = _reached_as_told(known, audience)
        staff = np.where(within < 0, staff, within * FIRST)
    if hidden.total:
        return most if name == "potential" else least
    found = np.where(unknown, least, np.clip(real, least, most))
    pool, room = unknown, most - least
    if audience == "planner":
        for district in np.unique(known.district[unknown]).tolist():
            if not hidden.districts[district]:  # its own sum is told
                here = known.district == district
                mine = unknown & here
                found[mine] += spread(int(real[here].sum() - found[here].sum()), staff[mine], room[mine])
                pool = pool & ~mine
    found[pool] += spread(left - int(found.sum()), staff[pool], room[pool])
    if audience == "public":
        found += _made_good(left - int(found.sum()), found, least, most, ~unknown & (real > 0))
    return found


def _reached_as_told(known: Cells, audience: str) -> Int64:
    """People in reach of every block, -1 where it is not told, [B]."""
    reached, untold = known.by_block["reached"], known.hidden("base").blocks
    if audience == "public":
        reached = np.array([rounded(value) for value in reached.tolist()], dtype=np.int64)
        untold = untold | (known.by_block["enterprises"] < LISTED)
    return np.where(untold, -1, reached)


def _made_good(left: int, found: Int64, least: Int64, most: Int64, told: Any) -> Int64:
    """What the rounding of the blocks is off in all, made good within their own rounding, the largest first."""
    more = np.zeros_like(found)
    for at in np.flatnonzero(told)[np.argsort(-found[told], kind="stable")].tolist():
        room = min(2, int(most[at] - found[at]) if left > 0 else int(found[at] - least[at]))
        more[at] = int(np.sign(left)) * min(room, abs(left))
        left -= int(more[at])
        if not left:
            break
    return more


def spread(total: int, weights: Int64, caps: Int64) -> Int64:
    """Whole numbers that add up to ``total``, in proportion to the weights, none above its cap.

    >>> spread(10, np.array([3, 1, 1]), np.array([4, 9, 9])).tolist()
    [4, 3, 3]
    """
    found = np.zeros(len(weights), dtype=np.int64)
    total = int(min(max(total, 0), caps.sum()))
    while (left := total - int(found.sum())) > 0:
        room = np.where(found < caps, np.maximum(weights, 1), 0)
        share = left * room / room.sum()
        more = np.minimum(np.floor(share).astype(np.int64), caps - found)
        if not more.any():
            largest = np.argsort(-share, kind="stable")[:left]
            more[largest] = np.minimum(1, (caps - found)[largest])
        found += more
    return found
