"""Plans by hand: rounding a fractional one, greedily from nothing, and better by exchanging foundings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_instance import Floats, Instance, Ints
from tiaokuai.planning.plan_lines import LineSolver, Valued, allowed

SHARES = (1.0, 0.95, 0.9, 1.05, 0.8)  # of the fractional number of foundings
TRIES = 80  # exchanges valued in vain before a plan counts as locally best
WHOLE = 0.5  # values are whole numbers: less than this is no gain


def rounded(it: Instance, y: Floats, share: float) -> Ints:
    """Foundings in the order of a fractional Y [c, T], in about ``share`` of its numbers; periods from 0, T: never."""
    own, periods = it.candidates, it.periods
    when = np.full(len(own), periods)
    since = np.where(it.start, -1, periods)
    spent, done = 0.0, 0
    total = y.sum(axis=0)
    for period in range(periods):
        wanted, now = int(share * total[period] + 0.5), 0
        late = it.latest[own] <= period + 1
        order = np.lexsort((np.arange(len(own)), -y[:, period], ~late))
        for place in order.tolist():
            if when[place] < periods or period + 1 < it.earliest[own[place]]:
                continue
            if not late[place] and (done >= wanted or y[place, period] <= 1e-9):
                break
            if it.max_foundings is not None and now >= it.max_foundings:
                break
            if not it.free[own[place]] and not (since[it.neighbours(int(own[place]))] < period).any():
                continue
            if spent + it.cost_found[own[place]] > it.money[period] + 1e-9:
                continue
            when[place] = period
            spent, done, now = spent + it.cost_found[own[place]], done + 1, now + 1
        since[own[when == period]] = period
    return when


def best_rounded(it: Instance, lines: LineSolver, y: Floats, clock: Clock) -> Valued | None:
    """The best of several roundings."""
    best: Valued | None = None
    for share in SHARES:
        if best is not None and not clock.left:
            break
        when = rounded(it, y, share)
        found = lines.solve(when) if allowed(it, when) else None
        if found is not None and (best is None or found.value > best.value):
            best = found
            clock.tell(best=found.value)
    nothing = np.full(len(it.candidates), it.periods)
    if best is None and allowed(it, nothing):
        best = lines.solve(nothing)
    return best


def improved(it: Instance, lines: LineSolver, start: Valued, clock: Clock, seconds: float) -> Valued:
    """Exchanges, shifts, adds and drops foundings while that helps."""
    best, end = start, clock.spent + seconds
    while clock.left and clock.spent < end and not clock.proven:
        lines.solve(best.when)
        better = _step(it, lines, best, clock, end)
        if better is None:
            break
        best = better
        clock.tell(best=best.value)
    return best


def _step(it: Instance, lines: LineSolver, best: Valued, clock: Clock, end: float) -> Valued | None:
    for tried, when in enumerate(_moves(it, lines.worth(), best.when)):
        if tried >= TRIES or clock.spent > end or not clock.left:
            return None
        found = lines.solve(when)
        if found is not None and found.value > best.value + WHOLE:
            return found
    return None


def _moves(it: Instance, worth: Floats, when: Ints) -> Iterator[Ints]:
    """Allowed neighbours of a choice, those that could add most first; none that could add nothing."""
    count, periods = len(when), it.periods
    if not count:
        return
    here = worth[np.arange(count), when]
    late = np.arange(1, periods + 2)[None, :] < it.earliest[it.candidates][:, None]
    late[:, periods] = False
    free = np.where(late, -np.inf, worth)
    single = free - here[:, None]  # a shift, an addition, a drop
    single[np.arange(count), when] = -np.inf
    done, idle = np.flatnonzero(when < periods), np.flatnonzero(when == periods)
    idle = idle[np.argsort(-free[idle, :periods].max(axis=1), kind="stable")[:400]]
    done = done[np.argsort(here[done], kind="stable")[:200]]
    swap = free[idle][None, :, :periods] - here[done][:, None, None]
    flat = np.concatenate([single.ravel(), swap.ravel()])
    good = np.flatnonzero(flat > WHOLE)
    good = good[np.argsort(-flat[good], kind="stable")[: 20 * TRIES]]
    for at in good.tolist():
        other = when.copy()
        if at < single.size:
            place, period = divmod(at, periods + 1)
            other[place] = period
        else:
            out, rest = divmod(at - single.size, len(idle) * periods)
            into, period = divmod(rest, periods)
            other[done[out]], other[idle[into]] = periods, period
        if allowed(it, other):
            yield other
