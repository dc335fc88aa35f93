"""Plans as one would make them without a solver: greedy, lines first, blocks first. What a plan is measured against."""

from __future__ import annotations

import numpy as np

from tiaokuai.planning.plan_document import Steps, steps
from tiaokuai.planning.plan_instance import CENT, Bools, Ground, Instance, Ints
from tiaokuai.planning.plan_lines import Valued
from tiaokuai.planning.plan_model import Columns

KINDS = ("greedy", "lines_first", "blocks_first")


class _Purse:
    """Money, foundings and openings left while one goes from period to period; floors and must are not looked at."""

    def __init__(self, it: Instance) -> None:
        self.it = it
        self.left = it.counts.copy()
        self.money = 0.0
        self.since = np.where(it.start, 0, it.periods)
        self.opened = np.zeros((it.blocks, len(it.gains), it.periods), dtype=np.int64)

    def best_lines(self, extra: int | None, money: float, room: Ints) -> tuple[float, Ints]:
        """Gain and openings [B, G] of the best lines for this money; ``extra`` counts as founded as well."""
        it = self.it
        usable = self.since < it.periods
        if extra is not None:
            usable = usable.copy()
            usable[extra] = True
        number = int(money / it.cost_line + CENT * 1e3) if it.cost_line else int(self.left.sum())
        if it.max_lines is not None:
            number = min(number, self.lines_left)
        taken = np.zeros_like(self.left)
        here = room.copy()
        gain = 0.0
        for at in range(len(it.gains)):
            able = np.where(usable, np.minimum(self.left[:, at], here), 0)
            before = np.cumsum(able) - able
            now = np.clip(number - before, 0, able)
            taken[:, at] = now
            here -= now
            number -= int(now.sum())
            gain += float(it.gains[at]) * int(now.sum())
            if number <= 0:
                break
        return gain, taken

    def run(self, kind: str, when: Ints | None = None) -> Valued:
        """All periods; ``when`` [c] says who founds in which period, and nobody else does."""
        it = self.it
        for period in range(it.periods):
            self.money += float(it.budgets[period])
            self.lines_left = it.max_lines if it.max_lines is not None else 0
            cap = it.max_lines_per_block
            room = np.full(it.blocks, cap if cap is not None else np.iinfo(np.int64).max // 4)
            known, founded = self.since < it.periods, 0
            if when is not None:
                now = it.candidates[when == period]
                self.since[now] = period
                self.money -= float(it.cost_found[now].sum())
            while when is None and founded < (it.max_foundings if it.max_foundings is not None else it.blocks):
                block = self.choose(kind, period, known, room)
                if block is None:
                    break
                self.since[block] = period
                self.money -= float(it.cost_found[block])
                founded += 1
            _, taken = self.best_lines(None, self.money, room)
            self.left -= taken
            self.money -= it.cost_line * int(taken.sum())
            self.opened[:, :, period] = taken
        lines = np.cumsum(self.opened, axis=2).astype(float)
        value = float((lines.sum(axis=0) * it.gains[:, None]).sum(axis=0) @ it.weights)
        return Valued(np.minimum(self.since[it.candidates], it.periods), value, lines)

    def choose(self, kind: str, period: int, known: Bools, room: Ints) -> int | None:
        """The next block to found in this period, if any."""
        it = self.it
        able = [
            int(block)
            for block in it.candidates
            if self.since[block] == it.periods
            and period + 1 >= it.earliest[block]
            and it.cost_found[block] <= self.money + CENT
            and (it.free[block] or known[it.neighbours(int(block))].any())
        ]
        if not able:
            return None
        promise = {block: float((self.left[block] * it.gains).sum()) for block in able}
        first = max(able, key=lambda block: promise[block])
        if kind == "blocks_first":
            return first
        now, _ = self.best_lines(None, self.money, room)
        if kind == "lines_first":
            spent = min(int(self.money / it.cost_line + CENT) if it.cost_line else 0, int(self.left[known].sum()))
            rest = self.money - spent * it.cost_line
            return first if rest + CENT >= it.cost_found[first] else None
        best, gain = None, now
        for block in sorted(able, key=lambda block: -promise[block])[:30]:
            more, _ = self.best_lines(block, self.money - float(it.cost_found[block]), room)
            if more > gain:
                best, gain = block, more
        return best


def naive(base: Ground, it: Instance, kind: str) -> Steps:
    """One of :data:`KINDS` as steps."""
    return steps(base, it, apart(it), _Purse(it).run(kind))


def apart(it: Instance) -> Columns:
    """Every block for itself."""
    return Columns(it.candidates, it.periods, len(it.gains), it.blocks, np.arange(it.blocks))


def by_hand(it: Instance, when: Ints) -> Valued:
    """The best lines of each period for the money there is then, block by block: good, not proven the best."""
    return _Purse(it).run("", when)
