"""Wishes that cannot all hold: the smallest change, by name and place, that makes room.

Every wish gets a slack of its own in the model, and the slacks are made as small as can be: all together for what
must give, then one wish at a time for other ways out. (HiGHS' irreducible subsystems know nothing of whole numbers.)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from tiaokuai.metrics.coverage import reached
from tiaokuai.planning.months import month_text
from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_instance import NEVER, Floats, Ground, Ints, floors, instance
from tiaokuai.planning.plan_model import INFINITE, Linear, Rows, linear
from tiaokuai.planning.plan_question import Question
from tiaokuai.planning.plan_solver import Solver
from tiaokuai.planning.plan_wishes import CALLED

MOST = 40  # wishes tried one by one
CLEAR = 1e-6


@dataclass(frozen=True)
class Slack:
    """One wish that can give: its columns among the slacks, and what one unit of them is worth beside others'."""

    kind: str
    name: str  # of its place in the file
    about: str  # block, or month
    columns: tuple[int, ...]
    weight: float


class _Elastic:
    """The model with slacks; entries are (row, slack column, coefficient)."""

    def __init__(self, asked: Question) -> None:
        self.asked = asked
        bare = replace(asked.wishes, must=(), fix=(), never=())
        if bare.max_lines_per_block is not None:  # blocks stand one by one; what limits them is in :meth:`per_block`
            bare = replace(bare, max_lines_per_block=int(asked.instance().counts.sum(axis=1).max(initial=1)))
        self.it = instance(asked.base, bare, asked.costs, np.array(asked.budgets), asked.objective)
        self.model = linear(self.it)
        self.place = {int(block): at for at, block in enumerate(self.it.candidates)}
        self.at = {name: at for at, name in enumerate(asked.base.snapshot.block_ids)}
        self.slacks: list[Slack] = []
        self.high: list[float] = []
        self.whole: list[bool] = []
        self.entries: list[tuple[int, int, float]] = []
        self.rows: list[tuple[dict[int, float], dict[int, float], float]] = []  # model columns, slacks, lower bound
        self.hopeless: list[Slack] = []
        self.build()

    def column(self, high: float, whole: bool = False) -> int:
        self.high.append(high)
        self.whole.append(whole)
        return len(self.high) - 1

    def build(self) -> None:
        """A slack for every wish."""
        named, it, wishes = self.model.named, self.it, self.asked.wishes
        total = max(float(it.money[-1]), 1.0)
        for period in range(it.periods):
            slack = self.column(INFINITE)
            self.entries += [(int(row), slack, -1.0) for row in named["money"][period:]]
            month = month_text(self.asked.start + period * self.asked.months)
            self.slacks.append(Slack("budget", f"budgets[{period}]", month, (slack,), 1 / total))
        for kind, limit in (("max_foundings", wishes.max_foundings), ("max_lines", wishes.max_lines)):
            if limit is not None:
                slack = self.column(INFINITE, whole=True)
                self.entries += [(int(row), slack, -1.0) for row in named[kind]]
                self.slacks.append(Slack(kind, kind, "", (slack,), 1 / max(limit, 1)))
        if wishes.max_lines_per_block is not None:
            self.per_block(wishes.max_lines_per_block)
        for row, block in zip(named["floors"].tolist(), np.flatnonzero(it.need > 0).tolist(), strict=True):
            slack = self.column(float(it.need[block]), whole=True)
            self.entries.append((row, slack, 1.0))
            about = self.asked.base.snapshot.block_ids[block]
            key = f"min_coverage.{about}" if about in wishes.min_coverage else "min_coverage.all"
            self.slacks.append(Slack("min_coverage", key, about, (slack,), 1 / float(it.need[block])))
        for number, (name, by) in enumerate(wishes.must):
            self.founded(Slack("must", f"must[{number}]", name, (), 1 / it.periods), by, it.periods + 1)
        for number, (by, name) in enumerate(wishes.fix):
            self.founded(Slack("fix", f"fix[{number}]", name, (), 1 / it.periods), by, by)
        for number, name in enumerate(wishes.never):
            if (place := self.place.get(self.at[name])) is not None:
                slack = self.column(1.0, whole=True)
                self.rows.append(({self.model.columns.y(place, it.periods - 1): -1.0}, {slack: 1.0}, 0.0))
                self.slacks.append(Slack("never", f"never[{number}]", name, (slack,), 1.0))

    def per_block(self, limit: int) -> None:
        """N[b, t] − N[b, t−1] ≤ limit + slack, one slack for all; without a founding there is no line at all."""
        it, columns = self.it, self.model.columns
        slack = self.column(INFINITE, whole=True)
        every = np.arange(len(it.gains))
        for block in range(it.blocks):
            for period in range(it.periods):
                lines = dict.fromkeys(columns.n(columns.group[block], every, period).tolist(), -1.0)
                if period:
                    lines |= dict.fromkeys(columns.n(columns.group[block], every, period - 1).tolist(), 1.0)
                self.rows.append((lines, {slack: 1.0}, -float(limit)))
        name = "max_lines_per_block"
        self.slacks.append(Slack(name, name, "", (slack,), 1 / max(limit, 1)))

    def founded(self, slack: Slack, by: int, since: int) -> None:
        """Y = 1 from ``by`` on, and 0 before ``since`` where that is within the horizon, but for slacks."""
        at, periods = self.at[slack.about], self.it.periods
        if self.it.start[at]:
            return
        place = self.place.get(at)
        if place is None:
            self.hopeless.append(slack)
            return
        made = []
        for period in range(periods):
            y = self.model.columns.y(place, period)
            if period + 1 >= by:
                made.append(self.column(1.0))
                self.rows.append(({y: 1.0}, {made[-1]: 1.0}, 1.0))
            elif since <= periods and period + 1 < since:
                made.append(self.column(1.0))
                self.rows.append(({y: -1.0}, {made[-1]: 1.0}, 0.0))
        self.slacks.append(replace(slack, columns=tuple(made)))

    def linear(self) -> Linear:
        """The whole model: the least weighted sum of slacks."""
        model, size, count = self.model, self.model.columns.size, len(self.high)
        side, below = Rows(), Rows()
        side.count, below.count = model.rows.shape[0], len(self.rows)
        entries = np.array(self.entries).reshape(-1, 3)
        side.put(entries[:, 0].astype(np.int64), entries[:, 1].astype(np.int64), entries[:, 2])
        below.put(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))
        for number, (columns, slacks, _) in enumerate(self.rows):
            both = columns | {size + at: value for at, value in slacks.items()}
            below.put(np.full(len(both), number), np.array(list(both)), np.array(list(both.values())))
        wide = sparse.hstack([model.rows, side.matrix(count)], format="csr")
        rows = sparse.csr_matrix(sparse.vstack([wide, below.matrix(size + count)], format="csr"))
        cost = np.zeros(size + count)
        for slack in self.slacks:
            cost[size + np.array(slack.columns, dtype=np.int64)] = -slack.weight
        return Linear(
            self.it,
            model.columns,
            cost,
            np.concatenate([model.low, np.zeros(count)]),
            np.concatenate([model.high, np.array(self.high)]),
            rows,
            np.concatenate([model.lower, [row[2] for row in self.rows]]),
            np.concatenate([model.upper, np.full(len(self.rows), INFINITE)]),
            model.named,
        )


def relaxations(asked: Question, clock: Clock) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]:
    """What must give, the smallest change first; and other single wishes that would make room if they gave alone."""
    elastic = _Elastic(asked)
    model = elastic.linear()
    size = model.columns.size
    solver = Solver(model)
    whole = [size + at for at, yes in enumerate(elastic.whole) if yes]
    solver.integral(np.concatenate([model.columns.founding, np.array(whole, dtype=np.int64)]))
    dropped = [_said(asked, slack, NEVER) for slack in elastic.hopeless]
    if not elastic.slacks:
        return dropped, []
    joint = _smallest(solver, elastic, clock, None)
    relax = dropped + ([_said(asked, slack, by) for slack, by in joint] if joint else [])
    if dropped:
        return relax, []
    alone: list[tuple[float, dict[str, Any]]] = []
    for slack in elastic.slacks[-MOST:] if len(elastic.slacks) > MOST else elastic.slacks:
        if clock.stopped:
            break
        for found, by in _smallest(solver, elastic, clock, slack) or []:
            alone.append((by * found.weight, _said(asked, found, by)))
    alone.sort(key=lambda each: each[0])
    ways = [[said] for _, said in alone]
    if ways and (len(relax) > 1 or not relax):
        relax = ways[0]  # one wish that gives is less than several
    return relax, [way for way in ways if way != relax]


def _smallest(solver: Solver, elastic: _Elastic, clock: Clock, only: Slack | None) -> list[tuple[Slack, float]] | None:
    """The least slack, of one wish alone or of all; None where that is not enough or time is over."""
    size = solver.model.columns.size
    high = np.array(elastic.high)
    if only is not None:
        mask = np.zeros(len(high), dtype=bool)
        mask[list(only.columns)] = True
        high = np.where(mask, high, 0.0)
    solver.bounds(np.arange(size, size + len(high)), np.zeros(len(high)), high)
    found = solver.solve(min(5.0, max(clock.seconds, 1.0)), gap=1e-6)
    if not len(found.x):
        return None
    given = found.x[size:]
    amounts = [(slack, float(given[list(slack.columns)].sum())) for slack in elastic.slacks if slack.columns]
    needed = [(slack, by) for slack, by in amounts if by > CLEAR]
    return [(slack, _money_short(elastic, slack, by, found.x)) for slack, by in needed] if len(needed) == 1 else needed


def _money_short(elastic: _Elastic, slack: Slack, by: float, x: Floats) -> float:
    """What a budget lacks, to the last coin: the model counts money in whole lines and leaves the change aside."""
    if slack.kind != "budget":
        return by
    money, period = elastic.model.named["money"], slack.columns[0]  # the budgets' slacks are the first, in order
    spent = elastic.model.rows[money] @ x[: elastic.model.columns.size]
    return min(by, float((spent - elastic.it.money)[period:].max()))


def _said(asked: Question, slack: Slack, by: float) -> dict[str, Any]:
    """A relaxation by name, with the place of the wish and what it would become."""
    place = asked.wishes.places.get(slack.name)
    row: dict[str, Any] = {"wish": f"{slack.kind} {slack.about}".strip(), "by": by}
    zh = en = ""
    if slack.kind == "budget":
        row["by"] = by = float(np.ceil(by * 100 - 1e-4) / 100)
        zh, en = f"{slack.about} 的预算须增加 {by:g}", f"the budget of {slack.about} must rise by {by:g}"
    elif slack.kind in ("max_foundings", "max_lines", "max_lines_per_block"):
        row["by"] = by = round(by)
        row["to"] = to = int(getattr(asked.wishes, slack.kind)) + by
        zh, en = f"{CALLED[slack.kind]}（{slack.kind}）须升至 {to}", f"{slack.kind} must rise to {to}"
    elif slack.kind == "min_coverage":
        share = _share(asked, slack.about, round(by))
        had = floors(asked.base.snapshot, asked.wishes, _start(asked))[_block(asked, slack.about)]
        row["by"], row["to"] = had - share, share
        shown = int(share * 100) / 100
        zh, en = f"{slack.about} 的下限须降至 {shown:g}", f"the floor of {slack.about} must fall to {shown:g}"
    elif slack.kind == "never":
        row["by"] = 1
        zh, en = f"须允许建立 {slack.about}", f"{slack.about} must be allowed to found"
    elif by >= NEVER:
        row["by"] = None
        zh = f"{slack.about} 无论何时都建不成（没有可达的联系），须放弃此条"
        en = f"{slack.about} cannot be founded at all (no way of links leads there): this wish must go"
    else:
        row["by"] = by = round(by)
        period = _period(asked, slack)
        to = int(period + by)
        row["to"] = to if to <= len(asked.budgets) else None
        if to > len(asked.budgets):
            zh = f"{slack.about} 在期内建不成，须放弃此条"
            en = f"{slack.about} cannot be founded within the horizon: this wish must go"
        else:
            zh, en = f"{slack.about} 须推迟到第 {to} 期", f"{slack.about} must wait until period {to}"
    return {
        **row,
        "file": asked.wishes.path,
        "line": place.line if place else None,
        "said_zh": zh,
        "said_en": en,
    }


def _period(asked: Question, slack: Slack) -> int:
    number = int(slack.name.split("[")[1].rstrip("]"))
    return asked.wishes.must[number][1] if slack.kind == "must" else asked.wishes.fix[number][0]


def _block(asked: Question, name: str) -> int:
    return asked.base.snapshot.block_ids.index(name)


def _start(asked: Question) -> Any:
    day = asked.base.snapshot
    return day.founded | np.array([kind == "pilot" for kind in day.kind], dtype=bool)


def _share(asked: Question, name: str, fewer: int) -> float:
    """The coverage that a block reaches with so many lines fewer than its floor takes."""
    block = _block(asked, name)
    it = asked.instance()
    return coverage_with(asked.base, block, int(it.need[block]) - fewer)


def coverage_with(base: Ground, block: int, lines: int) -> float:
    """Coverage of a block after so many highest-first lines."""
    day = base.snapshot
    at: Ints = base.order[base.first[block] : base.first[block + 1]]
    capacity = day.capacity[at].copy()
    own, _ = base.openings(block)
    np.add.at(capacity, own[:lines] - base.first[block], base.capacity)
    staff = day.staff[at]
    return float(reached(day.staff[at], capacity, day.members[at]).sum() / max(int(staff.sum()), 1))
