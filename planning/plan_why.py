"""Why not this block then? The loss of forcing it, the price at which it would be worth it, what it displaces."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.plan import Plan, answer
from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_instance import NEVER
from tiaokuai.planning.plan_question import Question
from tiaokuai.planning.plan_wishes import CALLED, BadPlan, Wishes, faults
from tiaokuai.planning.running import Progress

_ASKED = re.compile(r"(?P<block>.+?)(?:@(?P<period>\d{1,4}))?")
STEPS = 7  # halvings of a price
SHARE = 0.25  # of the seconds of a plan, for each plan with another price


def why_not(
    made: Plan, asked: str, seconds: float = 10.0, gap: float = 0.01, progress: Progress | None = None
) -> dict[str, Any]:
    """What ``B07@2`` (block, period) would change: a plan with it forced, beside the plan that was made.

    Without a period the block may found in any. Raises RequestError where the block cannot be asked for, and
    BadPlan where the wishes speak against it.
    """
    block, period = read(asked, made)
    q = made.question
    if made.steps is None:
        raise RequestError("no_plan", "没有可行的计划，无从比较", "there is no plan to compare with")
    had = {name: at + 1 for at, found in enumerate(made.steps.found) for name, _ in found}
    row: dict[str, Any] = {"block": block, "period": period, "planned": had.get(block)}
    if block in had and period in (None, had[block]):
        return row | {"loss": 0, "reason": "planned"}
    forced = _with(q, block, period)
    it = forced.instance()
    at = it_block(q, block)
    if it.start[at]:
        return row | {"loss": 0, "reason": "founded"}
    earliest = q.instance().earliest[at]
    if earliest == NEVER or (period is not None and earliest > period):
        return row | {"loss": None, "reason": "unreachable", "earliest": None if earliest == NEVER else int(earliest)}
    other = answer(forced, Clock(seconds, gap, progress))
    mine, its = made.document(), other.document()
    if other.steps is None:
        return row | {"loss": None, "reason": its["status"], "relax": its["relax"]}
    loss = mine["objective"] - its["objective"]
    least = None if its["bound"] is None else max(0, mine["objective"] - its["bound"])
    row |= {"objective": its["objective"], "bound": its["bound"], "loss": max(loss, 0), "loss_at_least": least}
    row |= {"reason": "better" if loss < 0 else "worse", **_displaced(made, other)}
    price = q.wishes.founding_costs.get(block, q.costs.found)
    return row | {"price": price, "worth_it_at": _price(made, forced, block, price, seconds * SHARE, gap)}


def read(asked: str, made: Plan) -> tuple[str, int | None]:
    """Block and period of ``B07@2``; a block whose id holds an @ may be asked for as it is."""
    names = made.question.base.snapshot.block_ids
    match = _ASKED.fullmatch(asked.strip())
    block, period = (match["block"], match["period"]) if match else (asked, None)
    if asked.strip() in names:
        block, period = asked.strip(), None
    wished = Wishes(must=((block, int(period or 1)),))
    if found := faults(wished, made.question.base.snapshot, len(made.question.budgets)):
        zh, en = f"{CALLED['must']}：", "must: "
        raise BadPlan([replace(each, zh=each.zh.removeprefix(zh), en=each.en.removeprefix(en)) for each in found])
    return block, int(period) if period else None


def it_block(q: Question, name: str) -> int:
    """Position of a block."""
    return q.base.snapshot.block_ids.index(name)


def _with(q: Question, block: str, period: int | None) -> Question:
    """The same question with the block asked for; other wishes about the same block make way."""
    wishes = q.wishes
    kept = replace(
        wishes,
        never=tuple(each for each in wishes.never if each != block),
        must=tuple(each for each in wishes.must if each[0] != block),
        fix=tuple(each for each in wishes.fix if each[1] != block),
    )
    if period is None:
        return replace(q, wishes=replace(kept, must=(*kept.must, (block, len(q.budgets)))))
    return replace(q, wishes=replace(kept, fix=(*kept.fix, (period, block))))


def _displaced(made: Plan, other: Plan) -> dict[str, Any]:
    """Foundings and lines that the forced plan has not, has elsewhere, or has besides."""
    was, now = (
        {name: at + 1 for at, found in enumerate(each.steps.found if each.steps else ()) for name, _ in found}
        for each in (made, other)
    )
    home = dict(made.question.base.snapshot.network["enterprises"].select("id", "block").iter_rows())
    before, after = (_lines(each, home) for each in (made, other))
    return {
        "displaced": [
            {"block": name, "was": was.get(name), "now": now.get(name)}
            for name in sorted(was | now)
            if was.get(name) != now.get(name)
        ],
        "lines": [
            {"block": name, "was": before[name], "now": after[name]}
            for name in sorted({*before, *after})
            if before[name] != after[name]
        ],
    }


def _lines(made: Plan, home: dict[str, str]) -> Counter[str]:
    total: Counter[str] = Counter()
    for lines in made.steps.lines if made.steps else ():
        for name, count in lines:
            total[home[name]] += count
    return total


def _price(made: Plan, forced: Question, block: str, price: float, seconds: float, gap: float) -> float | None:
    """The highest price at which the forced plan is as good as the one that was made; None: not even for free."""
    goal = made.document()["objective"]

    def good(at: float) -> bool:
        costs = {**forced.wishes.founding_costs, block: at}
        other = answer(replace(forced, wishes=replace(forced.wishes, founding_costs=costs)), Clock(seconds, gap))
        return other.steps is not None and other.document()["objective"] >= goal

    if good(price):
        return price
    if not good(0.0):
        return None
    low, high = 0.0, price
    step = forced.costs.line or price / 2**STEPS
    for _ in range(STEPS):
        middle = math.floor((low + high) / 2 / step) * step
        if not low < middle < high or not np.isfinite(middle):
            break
        low, high = (middle, high) if good(middle) else (low, middle)
    return low
