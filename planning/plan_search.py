"""Plans by hand: rounding a fractional one, greedily from nothing, and better by exchanging foundings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_instance import Floats, Instance, Ints
from tiaokuai.planning.plan_lines import LineSolver, Valued, allowed, soonest

SHARES = (1.0, 1.15, 1.25, 0.9, 1.4)  # of the fractional number of foundings
TRIES = 80  # exchanges valued in vain before a plan counts as locally best
WHOLE = 0.5  # values are whole numbers: less than this is no gain
ROUNDING = 0.15  # of the time for finding the numbers of foundings


def rounded(it: Instance, key: Floats, wanted: Ints) -> Ints:
    """Foundings in the order of ``key`` [c, T], ``wanted`` [T] of them by each period; from 0, T: never."""
    own, periods = it.candidates, it.periods
    when = np.full(len(own), periods)
    since = np.where(it.start, -1, periods)
    spent, done = 0.0, 0
    for period in range(periods):
        able = (when == periods) & (period + 1 >= it.earliest[own])
        able &= it.free[own] | (soonest(it, since)[own] < period)
        late = able & (it.latest[own] <= period + 1)
        number = max(int(wanted[period]) - done, int(late.sum()))
        if it.max_foundings is not None:
            number = min(number, it.max_foundings)
        at = np.flatnonzero(able & (late | (key[:, period] > 1e-9)))
        at = at[np.lexsort((at, -key[at, period], ~late[at]))][: max(number, 0)]
        at = at[spent + np.cumsum(it.cost_found[own[at]]) <= it.limits[period]]
        when[at] = period
        since[own[at]] = period
        spent, done = spent + float(it.cost_found[own[at]].sum()), done + len(at)
    return when


def lasting(y: Floats) -> Floats:
    """The mean of a fractional Y over this and all later periods: who is wanted for long comes first."""
    periods = y.shape[1]
    found: Floats = np.cumsum(y[:, ::-1], axis=1)[:, ::-1] / np.arange(periods, 0, -1)
    return found


def best_rounded(it: Instance, lines: LineSolver, y: Floats, clock: Clock) -> Valued | None:
    """The best rounding: first in several shares of the fractional numbers, then one founding more, less or later."""
    key, total, end = lasting(y), y.sum(axis=0), clock.spent + ROUNDING * clock.seconds
    best, numbers = None, np.zeros(it.periods, dtype=np.int64)
    tried: set[bytes] = set()

    def better(wanted: Ints) -> bool:
        nonlocal best, numbers
        when = rounded(it, key, wanted)
        if when.tobytes() in tried or not allowed(it, when):
            return False
        tried.add(when.tobytes())
        found = lines.solve(when)
        if found is None or (best is not None and found.value <= best.value + WHOLE):
            return False
        best, numbers = found, wanted
        clock.tell(best=found.value)
        return True

    for share in SHARES:
        if best is None or (clock.left and clock.spent < end):
            better(np.floor(share * total + 0.5).astype(np.int64))
    nothing = np.full(len(it.candidates), it.periods)
    if best is None and allowed(it, nothing):
        return lines.solve(nothing)
    step = max(1, int(total.max(initial=0.0) / 20))
    while best is not None and step and clock.left and clock.spent < end and not clock.proven:
        if not any(better(other) for other in _numbers(numbers, step) if clock.left and clock.spent < end):
            step //= 2
    return best


def _numbers(wanted: Ints, step: int) -> Iterator[Ints]:
    """Other numbers of foundings by each period: some sooner, some later, some more or fewer from a period on."""
    for period in range(len(wanted)):
        for sign in (step, -step):
            for last in (period + 1, len(wanted)):
                other = wanted.copy()
                other[period:last] += sign
                yield np.maximum.accumulate(np.maximum(other, 0))


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
