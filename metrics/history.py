"""The metrics over time, in one sweep over the dated rows: only what changed since the step before is looked at."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph import Assumptions, Network
from tiaokuai.graph.codes import NO_SINCE, Codes, Int32, active
from tiaokuai.graph.errors import UsageError
from tiaokuai.graph.snapshot import associations_on, day_number, to_date
from tiaokuai.metrics.coverage import enterprise_counts, with_shares
from tiaokuai.metrics.lateral import HOLLOW, lateral_summary, statuses
from tiaokuai.metrics.numbers import Bools, Int64, plain, share

STEPS = ("day", "week", "month", "quarter", "year")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
MOST_STEPS = 20_000
# What the status of a block is made of; every other count is only summed over all.
BY_BLOCK = ("enterprises", "enterprises_with_line", "staff", "reached")


def step_days(first: date, last: date, step: str) -> list[date]:
    """``first`` and every step from it up to ``last``; a month from the 31st is the last day of a shorter one.

    >>> [day.isoformat() for day in step_days(date(2024, 1, 31), date(2024, 4, 1), "month")]
    ['2024-01-31', '2024-02-29', '2024-03-31']
    """
    if first > last:
        zh, en = f"起始日期 {first} 在结束日期 {last} 之后", f"the first day, {first}, is after the last, {last}"
        raise UsageError("bad_period", zh, en, first=first.isoformat(), last=last.isoformat())
    days: list[date] = []
    while (day := _later(first, step, len(days))) <= last:
        days.append(day)
        if len(days) > MOST_STEPS:
            zh, en = (
                f"步数超过 {MOST_STEPS}，请缩短时段或加大步长",
                f"more than {MOST_STEPS} steps; take fewer, longer ones",
            )
            raise UsageError("too_many_steps", zh, en, most=MOST_STEPS)
    return days


def _later(first: date, step: str, times: int) -> date:
    if step in ("day", "week"):
        return first + timedelta(days=times * (7 if step == "week" else 1))
    months = first.year * 12 + first.month - 1 + times * _MONTHS[step]
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def first_day(network: Network, last: date, step: str) -> date:
    """Beginning of the step in which the first founding, membership or line lies; ``last`` where there is none."""
    codes, latest = network.codes, day_number(last)
    counted = codes.count_since[codes.count_members > 0]
    begun = [
        since[(since != NO_SINCE) & (since <= latest)]
        for since in (codes.association_since, codes.member_since, codes.line_since, counted)
    ]
    earliest = min((int(since.min()) for since in begun if len(since)), default=latest)
    day = to_date(earliest)
    if step == "day":
        return day
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1, month=(day.month - 1) // _MONTHS[step] * _MONTHS[step] + 1)


@dataclass(frozen=True)
class Events:
    """Rows that begin or end at each step: ``rows[bounds[i]:bounds[i + 1]]`` at step i."""

    rows: Int64
    bounds: Int64

    def at(self, step: int) -> Int64:
        """Rows of one step."""
        return self.rows[self.bounds[step] : self.bounds[step + 1]]


def _events(when: Int32, alive: Bools, step_of: NDArray[np.int16], first: int, steps: int) -> Events:
    """Rows by the first step not before their day; those at or before step 0 and after the last are left out."""
    at = step_of[np.clip(when, first, first + len(step_of) - 1) - first]
    rows = np.flatnonzero((at > 0) & (at < steps) & alive)
    at = at[rows]
    rows = rows[np.argsort(at, kind="stable")]
    return Events(rows, np.concatenate([[0], np.cumsum(np.bincount(at, minlength=steps))]))


@dataclass(frozen=True)
class Rows:
    """Rows of a table at enterprises ``at``, for how long each holds, and what it adds to which state while it does."""

    at: NDArray[Any]
    since: Int32
    until: Int32
    adds: Mapping[str, Int64 | int]


def _rows(codes: Codes, k: int) -> tuple[Rows, ...]:
    line = np.where(codes.line_capacity < 0, k, codes.line_capacity)
    together = np.where(codes.count_capacity < 0, codes.count_lines * k, codes.count_capacity)
    counted = {"members": codes.count_members, "lines": codes.count_lines, "capacity": together}
    return (
        Rows(np.arange(len(codes.enterprise_block)), codes.enterprise_since, codes.enterprise_until, {"open": 1}),
        Rows(codes.member_enterprise, codes.member_since, codes.member_until, {"members": 1}),
        Rows(codes.line_enterprise, codes.line_since, codes.line_until, {"lines": 1, "capacity": line}),
        Rows(codes.count_enterprise, codes.count_since, codes.count_until, counted),
    )


class Sweep:
    """The enterprises' lines, capacity and members as they change from day to day."""

    def __init__(self, network: Network, days: Sequence[int], assumptions: Assumptions) -> None:
        codes, first, steps = network.codes, days[0], len(days)
        self.codes, self.assumptions, self.blocks = codes, assumptions, len(codes.block_district)
        # Day -> first step on or after it; the narrow type makes the sort a radix sort.
        step_of = np.searchsorted(np.array(days), np.arange(first, days[-1] + 2)).astype(np.int16)
        unknown = codes.enterprise_staff < 0
        self.imputed = unknown
        self.staff = np.where(unknown, assumptions.staff_per_enterprise, codes.enterprise_staff)
        size = len(codes.enterprise_block)
        self.rows = _rows(codes, assumptions.line_capacity)
        self.events: list[tuple[Events, Events]] = []
        self.state = {name: np.zeros(size, dtype=np.int64) for name in ("open", "lines", "capacity", "members")}
        for kind in self.rows:
            alive, now = kind.since < kind.until, active(kind.since, kind.until, first)
            begun, ended = (_events(when, alive, step_of, first, steps) for when in (kind.since, kind.until))
            self.events.append((begun, ended))
            for name, amount in kind.adds.items():
                weights = None if isinstance(amount, int) else amount[now]
                self.state[name] += np.bincount(kind.at[now], weights, size).astype(np.int64)
        self._touched = np.zeros(size, dtype=bool)

    def __iter__(self) -> Iterator[tuple[dict[str, Int64], dict[str, int]]]:
        """Each day's counts by block (:data:`BY_BLOCK`) and in all."""
        everywhere = np.flatnonzero(self.state["open"])
        by_block = {name: np.zeros(self.blocks, dtype=np.int64) for name in BY_BLOCK}
        total: dict[str, int] = {}
        self._add(everywhere, 1, by_block, total)
        steps = len(self.events[0][0].bounds) - 1
        for step in range(steps):
            if step:
                touched = self._touch(step)
                self._add(touched, -1, by_block, total)
                self._apply(step)
                self._add(touched, 1, by_block, total)
            yield by_block, total

    def _touch(self, step: int) -> Int64:
        for kind, both in zip(self.rows, self.events, strict=True):
            for events in both:
                self._touched[kind.at[events.at(step)]] = True
        found = np.flatnonzero(self._touched)
        self._touched[found] = False
        return found

    def _apply(self, step: int) -> None:
        for kind, (begun, ended) in zip(self.rows, self.events, strict=True):
            for events, sign in ((begun, 1), (ended, -1)):
                rows = events.at(step)
                for name, amount in kind.adds.items():
                    each = amount if isinstance(amount, int) else amount[rows]
                    np.add.at(self.state[name], kind.at[rows], sign * each)

    def _add(self, at: Int64, sign: int, by_block: dict[str, Int64], total: dict[str, int]) -> None:
        """Adds, or takes away, the counts of these enterprises; closed ones count for nothing."""
        at = at[self.state["open"][at] > 0]
        lines, capacity, members = (self.state[name][at] for name in ("lines", "capacity", "members"))
        known = self.assumptions.line_capacity
        counted = enterprise_counts(self.staff[at], self.imputed[at], lines, capacity, members, known)
        home = self.codes.enterprise_block[at]
        for name, values in counted.items():
            total[name] = total.get(name, 0) + sign * int(values.sum())
            if name in by_block:
                by_block[name] += sign * np.bincount(home, values, self.blocks).astype(np.int64)


def history_rows(
    network: Network, step: str, first: date | None, last: date, assumptions: Assumptions
) -> list[dict[str, Any]]:
    """:func:`history_on` every ``step`` from ``first`` (None: the first event) up to ``last``."""
    return history_on(network, step_days(first or first_day(network, last, step), last, step), assumptions)


def history_on(network: Network, days: Sequence[date], assumptions: Assumptions) -> list[dict[str, Any]]:
    """One row a day, the days in order: ``date``, the figures of coverage, and those of the blocks as in replication.

    ``hollow`` counts hollow blocks of any kind; ``hollow_share`` is their share among the founded eligible ones.
    """
    kinds = network["blocks"]["kind"]
    eligible = kinds.is_in(list(assumptions.eligible_kinds)).to_numpy().astype(bool)
    pilot = (kinds == "pilot").to_numpy().astype(bool)
    rows = []
    numbers = [day_number(day) for day in days]
    for day, number, (blocks, total) in zip(days, numbers, Sweep(network, numbers, assumptions), strict=True):
        founded_on, _ = associations_on(network.codes, number, len(eligible))
        founded = founded_on != NO_SINCE
        status = statuses(founded, blocks, assumptions)
        shares = with_shares({name: np.array([value]) for name, value in total.items()})
        inside = founded & eligible
        rows.append(
            {
                "date": day.isoformat(),
                **{name: plain(value[0]) for name, value in shares.items()},
                **lateral_summary(founded, founded_on, eligible, pilot, status, day),
                "hollow": int((status == HOLLOW).sum()),
                "hollow_share": share((inside & (status == HOLLOW)).sum(), inside.sum()),
            }
        )
    return rows
