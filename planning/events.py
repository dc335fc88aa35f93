"""A network's history as the simulation's own events, month by month, with who was at risk of each (model.md §3).

One sweep over the dated rows. A month's boundaries are its first day and the next month's first day; what lies on one
and not on the other is what the rules of the month have done, so a row that begins on the first of March belongs to
February, as it does in a forecast that is graded against the data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph import Assumptions, Network
from tiaokuai.graph.codes import NO_SINCE, NO_UNTIL
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.snapshot import day_number, to_date
from tiaokuai.graph.template import ASSOCIATION, BACKBONE_COHORT, FEDERATION
from tiaokuai.planning.events_counted import Change, Counted
from tiaokuai.planning.months import first_day, month_number, month_text
from tiaokuai.planning.state import Links, link_weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class History:
    """Whole months ``first`` … ``first + months − 1``; every table is [months, B].

    ``share`` and ``fidelity`` are s and f as rules 3–5 read them, ``pull`` is Σ w F f of the linked blocks. Then pairs
    of events and of those at risk: ``starts`` of ``idle``, ``founded`` of ``unfounded``, ``joins`` of ``places``,
    ``grown`` of ``full``, ``line_ends`` of ``lines``, ``member_ends`` of ``plain``, ``adopted`` of ``missing``.
    ``first_fidelity`` holds f at the end of the month of each founding.
    """

    first: int
    months: int
    members_known: bool  # any member who is no backbone is on record
    adoptions_known: bool
    share: Floats
    fidelity: Floats
    pull: Floats
    idle: Ints
    starts: Ints
    unfounded: Ints
    founded: Ints
    places: Ints
    joins: Ints
    full: Ints
    grown: Ints
    lines: Ints
    line_ends: Ints
    plain: Ints
    member_ends: Ints
    missing: Ints
    adopted: Ints
    first_fidelity: Floats

    @property
    def span(self) -> tuple[str, str]:
        """First and last month as text."""
        return month_text(self.first), month_text(self.first + self.months - 1)


def history(network: Network, until: date, assumptions: Assumptions | None = None) -> History:
    """The events of the whole months before ``until``, beginning with the first day that is on record.

    What stands there on that first day is where the history starts from: it is nobody's event. RequestError where not
    even one whole month lies between.
    """
    taken = assumptions or Assumptions()
    sweep = _Sweep(network, *_months(network, until), taken)
    return sweep.run()


def last_record(network: Network) -> date:
    """The first day of the month by which everything on record has happened; RequestError where nothing is dated.

    A study ends with its last record: the decades of silence after it are no history.
    """
    codes = network.codes
    ended = (codes.association_until, codes.member_until, codes.line_until, codes.count_until, codes.adoption_until)
    dated = [*_begun(network), *(days[days != NO_UNTIL] for days in ended)]
    days = np.concatenate(dated)
    if not len(days):
        zh, en = "数据中没有任何日期可供学习", "nothing in the data has a date to learn from"
        raise RequestError("no_history", zh, en)
    last = to_date(int(days.max()))
    return first_day(month_number(last) + (last.day > 1))


def _begun(network: Network) -> list[NDArray[np.int32]]:
    """The days on which something on record began, by table."""
    codes = network.codes
    since = (codes.association_since, codes.member_since, codes.line_since, codes.count_since, codes.adoption_since)
    return [days[days != NO_SINCE] for days in since]


def _months(network: Network, until: date) -> tuple[int, int]:
    """Number of the first month and how many whole months there are."""
    days = np.concatenate(_begun(network))
    last = month_number(until)
    begun = to_date(int(days.min())) if len(days) else until
    first = month_number(begun) + (begun.day > 1)
    if first >= last:
        zh = f"{until} 之前不足一个整月的历史；数据若已完整到更晚的日子，请用 --as-of 说明"
        en = f"there is no whole month of history before {until} to learn from; say --as-of if the data go on"
        raise RequestError("no_history", zh, en, until=until.isoformat())
    return first, last - first


@dataclass(frozen=True)
class _Spans:
    """Rows as the boundaries they lie on: active on m exactly when on <= m < off; those on none are left out."""

    on: Ints
    off: Ints
    at: Ints  # enterprise, block, … of each

    @classmethod
    def of(cls, since: NDArray[np.int32], until: NDArray[np.int32], at: NDArray[np.int32], days: Ints) -> _Spans:
        on, off = np.searchsorted(days, since), np.searchsorted(days, until)
        seen = on < off
        return cls(on[seen], off[seen], at[seen].astype(np.int64))

    def count(self, size: int, boundary: int) -> Ints:
        """How many are active on a boundary, [size]."""
        return np.bincount(self.at[(self.on <= boundary) & (boundary < self.off)], minlength=size)


class _Groups:
    """Rows by the boundary of an event, sorted once, so that each month takes its own slice."""

    def __init__(self, boundary: Ints, months: int) -> None:
        self.order = np.argsort(boundary, kind="stable")
        self.bounds = np.searchsorted(boundary[self.order], np.arange(months + 2))

    def __getitem__(self, boundary: int) -> Ints:
        return self.order[self.bounds[boundary] : self.bounds[boundary + 1]]


class _Sweep:
    """Walks the months once, keeping lines, capacity and members of every enterprise."""

    def __init__(self, network: Network, first: int, months: int, assumptions: Assumptions) -> None:
        self.network, self.first, self.months = network, first, months
        codes = network.codes
        days = np.array([day_number(first_day(first + month)) for month in range(months + 1)])
        self.days, self.blocks, self.size = days, len(codes.block_district), len(codes.enterprise_block)
        self.block = codes.enterprise_block.astype(np.int64)
        known = codes.enterprise_staff >= 0
        self.staff = np.where(known, codes.enterprise_staff, assumptions.staff_per_enterprise)
        on = np.searchsorted(days, codes.enterprise_since)
        off = np.searchsorted(days, codes.enterprise_until)
        self.alive_on, self.alive_off = on, off
        self.lines = _Spans.of(codes.line_since, codes.line_until, codes.line_enterprise, days)
        seen = np.searchsorted(days, codes.line_since) < np.searchsorted(days, codes.line_until)
        capacity = np.where(codes.line_capacity < 0, assumptions.line_capacity, codes.line_capacity)
        self.capacity, self.line_member = capacity[seen], codes.line_member[seen].astype(np.int64)
        self.members = _Spans.of(codes.member_since, codes.member_until, codes.member_enterprise, days)
        shown = np.searchsorted(days, codes.member_since) < np.searchsorted(days, codes.member_until)
        rows = np.full(len(codes.member_since), -1, dtype=np.int64)
        rows[shown] = np.arange(int(shown.sum()))
        self.line_member = rows[self.line_member] if len(rows) else self.line_member
        self.carries = np.zeros(len(self.members.at), dtype=bool)
        self.carries[self.line_member[self.line_member >= 0]] = True
        self.counted = Counted(codes, days, assumptions.line_capacity)
        self.eligible = network["blocks"]["kind"].is_in(list(assumptions.eligible_kinds)).to_numpy().astype(bool)
        self.links = link_weights(network.as_of(first_day(first), assumptions))
        self.adoptions_known = len(network["adoptions"]) > 0

    def run(self) -> History:
        """Every month's figures together."""
        rows = list(self._rows())
        tables = {name: np.array([row[name] for row in rows]) for name in rows[0]}
        begun = tables["founded"].astype(bool)
        # f at the end of the month of a founding is f at the next month's start.
        after = np.concatenate([tables["fidelity"][1:], [self._fidelity(self.months, self._lined)]])
        return History(
            first=self.first,
            months=self.months,
            members_known=self.plain_known,
            adoptions_known=self.adoptions_known,
            first_fidelity=after[begun],
            **tables,
        )

    @property
    def plain_known(self) -> bool:
        """Whether any member is on record who never carries a line."""
        return self.counted.plain_known or not bool(self.carries.all())

    def _carrying(self, boundary: Ints) -> Bools:
        """Whether each member carries a line on the boundary named for each, [members]."""
        carrying = np.zeros(len(self.members.at), dtype=bool)
        own = self.line_member >= 0
        wanted = boundary[self.line_member[own]] if own.any() else np.empty(0, dtype=np.int64)
        now = (self.lines.on[own] <= wanted) & (wanted < self.lines.off[own])
        carrying[self.line_member[own][now]] = True
        return carrying

    def _rows(self) -> Iterator[dict[str, NDArray[np.generic]]]:
        """One month after the other."""
        size, blocks = self.size, self.blocks
        starting, ending = _Groups(self.lines.on, self.months), _Groups(self.lines.off, self.months)
        coming, leaving = _Groups(self.members.on, self.months), _Groups(self.members.off, self.months)
        comes_plain = ~self._carrying(self.members.on)
        leaves_plain = ~self._carrying(self.members.off - 1)
        here = self.lines.on == 0
        counted = self.counted.start()
        lines = np.bincount(self.lines.at[here], minlength=size) + counted.lines
        capacity = np.bincount(self.lines.at[here], self.capacity[here], size).astype(np.int64) + counted.capacity
        members = self.members.count(size, 0) + counted.members
        standing, ever = self._founded(0), self._founded(0)
        for month in range(self.months):
            new, gone = starting[month + 1], ending[month + 1]
            came, left = coming[month + 1], leaving[month + 1]
            change, counted = self.counted.change(month + 1, counted)

            def count(rows: Ints, of: _Spans) -> Ints:
                return np.bincount(of.at[rows], minlength=size)

            def total(values: NDArray[np.generic], among: Bools) -> Ints:
                return np.bincount(self.block, values * among, blocks).astype(np.int64)

            there = (self.alive_on <= month) & (month < self.alive_off)
            alive = there & (month + 1 < self.alive_off)  # whoever closes now is taken out, as by an intervention
            started, ended = count(new, self.lines) + change.started, count(gone, self.lines) + change.ended
            kept = lines - ended
            fidelity = self._fidelity(month, np.bincount(self.block, lines, blocks) > 0)
            joined_all = count(came, self.members) + change.came
            left_all = count(left, self.members) + change.left
            joined = count(came[comes_plain[came]], self.members) + change.came_plain
            left_plain = count(left[leaves_plain[left]], self.members) + change.left_plain
            # Rules 2 and 4: what is left, and a first line where there was none.
            idle = alive & (kept == 0) & (self.staff > 0) & standing[self.block]
            begins = idle & (started > 0)
            room = capacity - self._capacity(gone) - change.capacity_ended
            with_first = room + np.where(begins, self._first_capacity(new, change), 0)
            has_line = alive & ((kept > 0) | begins)
            connected = np.maximum(members - left_all, np.where(begins, 1, 0))
            places = np.where(has_line, np.maximum(0, np.minimum(self.staff, with_first) - connected), 0)
            # Rule 6: full after rule 5, staff left over; its own line is the one beyond the first.
            filled = members - left_all + joined_all if self.plain_known else self.staff
            full = has_line & (filled >= np.minimum(self.staff, with_first)) & (self.staff > with_first)
            grown = full & (started - begins > 0)
            lined = np.bincount(self.block[there], kept[there] > 0, blocks)
            of_all = np.bincount(self.block[there], minlength=blocks)
            next_founded = self._founded(month + 1)
            at_risk = ~ever & self.eligible
            missing, adopted = self._adoptions(month, standing)
            yield {
                "share": np.divide(lined, of_all, out=np.zeros(blocks), where=of_all > 0),
                "fidelity": fidelity,
                "pull": neighbours(self.links, np.where(standing, fidelity, 0.0)),
                "idle": total(idle, idle),
                "starts": total(begins, begins),
                "unfounded": at_risk.astype(np.int64),
                "founded": (at_risk & next_founded).astype(np.int64),
                "places": total(places, has_line),
                "joins": total(np.minimum(joined, places), has_line),
                "full": total(full, full),
                "grown": total(grown, grown),
                "lines": total(lines, alive),
                "line_ends": total(ended, alive),
                "plain": total(np.maximum(members - lines, 0), alive),
                "member_ends": total(np.minimum(left_plain, np.maximum(members - lines, 0)), alive),
                "missing": missing,
                "adopted": adopted,
            }
            lines = kept + started
            capacity = room + self._capacity(new) + change.capacity_started
            members = members - left_all + joined_all
            standing, ever = next_founded, ever | next_founded
        self._lined = np.bincount(self.block, lines, blocks) > 0

    def _capacity(self, rows: Ints) -> Ints:
        """Capacity of these lines together at each enterprise."""
        return np.bincount(self.lines.at[rows], self.capacity[rows], self.size).astype(np.int64)

    def _first_capacity(self, new: Ints, change: Change) -> Ints:
        """Capacity of one of the lines that begin now at each enterprise."""
        first = change.first_capacity.copy()
        first[self.lines.at[new]] = self.capacity[new]
        return first

    def _founded(self, boundary: int) -> Bools:
        """Blocks with an active association on a boundary, [B]."""
        return self._served(boundary, False)

    def _served(self, boundary: int, federation: bool) -> Bools:
        codes, day = self.network.codes, self.days[boundary]
        now = (codes.association_since <= day) & (day < codes.association_until)
        served = np.zeros(self.blocks, dtype=bool)
        served[codes.association_block[now & (codes.association_federation == federation)]] = True
        return served

    def _entered(self, boundary: int) -> Bools:
        """Components entered and in place on a boundary, [B, C]."""
        codes, day = self.network.codes, self.days[boundary]
        placed = np.zeros((self.blocks, len(self.network.template.components)), dtype=bool)
        now = (codes.adoption_since <= day) & (day < codes.adoption_until)
        placed[codes.adoption_block[now], codes.adoption_component[now]] = True
        return placed

    def _fidelity(self, boundary: int, lined: Bools) -> Floats:
        """f of every block, as the metrics of that day have it."""
        standing, template = self._founded(boundary), self.network.template
        if not self.adoptions_known:
            return standing.astype(float)
        placed = self._entered(boundary)
        placed[:, template.index[ASSOCIATION]] = standing
        placed[:, template.index[FEDERATION]] = self._served(boundary, True)
        placed[:, template.index[BACKBONE_COHORT]] = lined
        return template.fidelity(placed)

    def _adoptions(self, month: int, standing: Bools) -> tuple[Ints, Ints]:
        """Components that founded blocks did not have, and those of them that came this month."""
        if not self.adoptions_known:
            nothing = np.zeros(self.blocks, dtype=np.int64)
            return nothing, nothing
        index = self.network.template.index
        entered = np.ones(len(index), dtype=bool)
        entered[[index[name] for name in (ASSOCIATION, FEDERATION, BACKBONE_COHORT)]] = False
        lacking = ~self._entered(month) & entered & standing[:, None]
        return lacking.sum(axis=1), (lacking & self._entered(month + 1)).sum(axis=1)


def neighbours(links: Links, strength: Floats) -> Floats:
    """Σ_j w[b,j] F[j] f[j] of every block, [B]; ``strength`` is F·f."""
    if len(links.first):
        row = np.repeat(np.arange(len(strength)), np.diff(links.first))
        return np.bincount(row, links.weight * strength[links.neighbour], len(strength)).astype(float)
    # Without a links table: the mean over all others of the district.
    of_district = np.bincount(links.district, strength, len(links.size))[links.district] - strength
    return of_district / np.maximum(links.size[links.district] - 1, 1)
