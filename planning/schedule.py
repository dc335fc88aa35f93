"""A scenario on a start state → the arrays that the engines run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph.codes import active
from tiaokuai.graph.snapshot import day_number
from tiaokuai.graph.template import ASSOCIATION
from tiaokuai.planning import program as p
from tiaokuai.planning.intervention import Intervention
from tiaokuai.planning.layout import Layout
from tiaokuai.planning.rates import NAMES, Rates
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.state import State

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
WHERE = {"largest_without_line": p.WITHOUT_LINE, "largest_gap": p.GAP, "random": p.RANDOM}


@dataclass(frozen=True)
class Schedule:
    """A scenario ready to run: ``world`` and ``program`` for the engines, ``enrolled`` [M + 1] corporate members.

    ``direct`` [B]: blocks that an intervention changes itself, beside what they learn from others.
    """

    name: str
    world: p.World
    program: p.Program
    enrolled: Ints
    direct: Bools


def schedule(
    state: State,
    scenario: Scenario,
    start: int,
    rates: Sequence[Rates],
    months: int,
    drift: Floats | None = None,
    power: float = 1.0,
    frailty: Floats | None = None,
    keenness: Floats | None = None,
) -> Schedule:
    """``scenario`` from month number ``start`` on; it has been checked (scenario_checks).

    ``rates``: run r uses ``rates[r % len(rates)]``; ``drift`` [V, M, 11] multiplies them month by month; ``power`` is
    the exponent of the line share in imitation, ``frailty`` [V] θ of rule 4's (1 − s)^θ, ``keenness``
    [V, B] what rule 4's hazard is multiplied by in each block.
    """
    build = _Builder(state, scenario, start, months)
    for number, item in scenario.applications():
        _ADD[item.do](build, number - start, item)
    program = p.Program(
        rates=_rates(scenario, rates, months, build.rate_changes, drift),
        operations=np.array(build.operations, dtype=np.int64).reshape(-1, 7),
        values=np.array(build.values, dtype=np.float64).reshape(-1, 3),
        power=float(power),
        frailty=np.zeros(1) if frailty is None else np.ascontiguousarray(frailty, dtype=np.float64),
        keenness=np.ones((1, len(state.founded))) if keenness is None else np.ascontiguousarray(keenness, np.float64),
        ready_made=not state.adoptions_known,
    )
    direct = build.direct | bool(scenario.rates)
    return Schedule(
        scenario.name,
        build.layout.world(state, any(row[1] == p.LINES_IN for row in build.operations)),
        program,
        build.enrolled_by_month(),
        direct,
    )


def _rates(
    scenario: Scenario,
    rates: Sequence[Rates],
    months: int,
    changes: list[tuple[int, str, float]],
    drift: Floats | None,
) -> Floats:
    """Rates of every variant and month, [V, M, 11]."""
    base = np.stack([each.with_(**scenario.rates).array() for each in rates])
    table = np.repeat(base[:, None, :], months, axis=1)
    for month, name, value in changes:
        table[:, month:, NAMES.index(name)] = value
    if drift is not None:
        count = max(len(table), len(drift))
        table = table[np.arange(count) % len(table)] * drift[np.arange(count) % len(drift)]
        shares = [p.ADOPTION, p.INITIAL]
        table[:, :, shares] = np.minimum(table[:, :, shares], 1.0)
    return np.ascontiguousarray(table)


class _Builder:
    """Walks the applications in order and keeps what is certain in every run: components, openings, enrolments."""

    def __init__(self, state: State, scenario: Scenario, start: int, months: int) -> None:
        self.state, self.costs, self.months = state, scenario.costs, months
        openings = [
            (state.block_position[str(item.block)], int(item.count or 1))
            for _, item in scenario.applications()
            if item.do == "open_enterprises"
        ]
        self.layout = Layout.of(state, openings)
        self.opened = 0
        self.operations: list[tuple[int, ...]] = []
        self.values: list[tuple[float, float, float]] = []
        self.rate_changes: list[tuple[int, str, float]] = []
        self.placed = state.snapshot.components.copy()
        self.direct = np.zeros(len(state.founded), dtype=bool)
        self.repeats: dict[tuple[int, int, bool], int] = {}
        later = sum(count for _, count in openings)
        self.enrolled = np.concatenate([enrolled(state), np.zeros(later, dtype=bool)])
        self.enrolments: list[tuple[int, int]] = []  # (month, corporate members from its end on)
        self.first_enrolled = int(self.enrolled.sum())
        self.there = np.arange(len(state.block) + later) < len(state.block)
        self.staff = np.concatenate([state.staff, np.zeros(later, dtype=state.staff.dtype)])
        self.blocks = np.concatenate([state.block, np.repeat([at for at, _ in openings], [n for _, n in openings])])

    def enrolled_by_month(self) -> Ints:
        series = np.full(self.months + 1, self.first_enrolled, dtype=np.int64)
        for month, count in self.enrolments:
            series[month + 1 :] = count
        return series

    def block(self, item: Intervention) -> int:
        """Position of the block named, −1 for all of them."""
        at = -1 if item.block is None else self.state.block_position[item.block]
        self.direct[slice(None) if at < 0 else at] = True
        return at

    def enterprise(self, name: str | None) -> int:
        """Position of the enterprise in the state."""
        at = self.state.position[str(name)]
        self.direct[self.state.block[at]] = True
        return at

    def add(
        self, month: int, code: int, item: Intervention, *, unit: float = 0.0, fixed: float = 0.0, **row: float
    ) -> None:
        """One operation; a cost of the intervention's own takes the place of the price list."""
        if item.cost is not None:
            unit, fixed = 0.0, item.cost
        block = int(row.get("block", -1))
        # Repeated draws of one month are told apart by block, so that no block's depend on another's interventions.
        same = (month, block, code == p.LINES_IN)
        nth = self.repeats[same] = self.repeats.get(same, -1) + 1
        enterprise, count, where = (int(row.get(name, 0)) for name in ("enterprise", "count", "where"))
        self.operations.append((month, code, block, enterprise, count, where, 2 * nth + (block < 0)))
        self.values.append((float(row.get("value", 0.0)), unit, fixed))


def _found(build: _Builder, month: int, item: Intervention) -> None:
    block, template = build.block(item), build.state.snapshot.network.template
    value = -1.0  # the initial fidelity of the month's rates
    if item.components is not None:
        brought = np.full(build.placed.shape[1], item.components == "all")
        brought[[template.index[part] for part in (*_listed(item), ASSOCIATION)]] = True
        build.placed[block] |= brought
        value = float(template.fidelity(brought))
    if not build.state.adoptions_known:
        value = 1.0
    build.add(month, p.FOUND, item, block=block, value=value, fixed=build.costs.found)


def _listed(item: Intervention) -> tuple[str, ...]:
    return item.components if isinstance(item.components, tuple) else ()


def _adopt(build: _Builder, month: int, item: Intervention) -> None:
    block, template = build.block(item), build.state.snapshot.network.template
    wanted = np.zeros(build.placed.shape[1], dtype=bool)
    wanted[[template.index[part] for part in _listed(item)]] = True
    wanted |= item.components == "all"
    fresh = wanted & ~build.placed[block]
    build.placed[block] |= fresh
    cost = build.costs.component * int(fresh.sum())
    build.add(month, p.RAISE, item, block=block, value=float(template.weights[fresh].sum()), fixed=cost)


def _add_backbones(build: _Builder, month: int, item: Intervention) -> None:
    count, unit = item.count or 1, build.costs.line
    if item.enterprise is not None:
        at = build.enterprise(item.enterprise)
        block = int(build.state.block[at])
        build.add(month, p.LINES_AT, item, block=block, enterprise=int(build.layout.at[at]), count=count, unit=unit)
    else:
        where = WHERE[item.where or "largest_without_line"]
        build.add(month, p.LINES_IN, item, block=build.block(item), count=count, where=where, unit=unit)


def _enrol(build: _Builder, month: int, item: Intervention) -> None:
    if item.block is not None:
        free = np.flatnonzero((build.blocks == build.block(item)) & build.there & ~build.enrolled)
        # Opened ones come behind those of the data, in the order in which they opened, as in Layout.
        rank = np.concatenate([build.state.rank, np.arange(len(build.state.block), len(build.blocks))])
        chosen = free[np.lexsort((rank[free], -build.staff[free]))][: item.count or 1]
    else:
        names = item.enterprises if item.enterprises is not None else (str(item.enterprise),)
        chosen = np.unique([build.enterprise(name) for name in names])
        chosen = chosen[~build.enrolled[chosen]]
    build.enrolled[chosen] = True
    build.enrolments.append((month, int(build.enrolled.sum())))
    build.add(month, p.PAY, item, fixed=build.costs.enrol * len(chosen))


def _set_rates(build: _Builder, month: int, item: Intervention) -> None:
    build.direct[:] = True
    build.rate_changes += [(month, name, value) for name, value in (item.rates or {}).items()]
    build.add(month, p.PAY, item)


def _close_enterprise(build: _Builder, month: int, item: Intervention) -> None:
    at = build.enterprise(item.enterprise)
    build.enrolled[at] = build.there[at] = False
    build.enrolments.append((month, int(build.enrolled.sum())))
    build.add(month, p.CLOSE, item, block=int(build.state.block[at]), enterprise=int(build.layout.at[at]))


def _open_enterprises(build: _Builder, month: int, item: Intervention) -> None:
    default = build.state.snapshot.assumptions.staff_per_enterprise
    first = build.layout.first_opened(build.opened, build.state)
    begin = len(build.state.block) + sum(count for _, count in build.layout.openings[: build.opened])
    new = slice(begin, begin + (item.count or 1))
    build.opened += 1
    staff = default if item.staff is None else item.staff
    build.there[new], build.staff[new] = True, staff
    build.add(month, p.OPEN, item, block=build.block(item), enterprise=first, count=item.count or 1, value=staff)


def _lose_backbones(build: _Builder, month: int, item: Intervention) -> None:
    block = build.block(item)
    if item.share is not None:
        build.add(month, p.LOSE_SHARE, item, block=block, value=item.share)
    else:
        build.add(month, p.LOSE_NUMBER, item, block=block, count=item.number or 1)


_ADD = {
    "found": _found,
    "adopt": _adopt,
    "add_backbones": _add_backbones,
    "enrol": _enrol,
    "set_rates": _set_rates,
    "close_enterprise": _close_enterprise,
    "open_enterprises": _open_enterprises,
    "lose_backbones": _lose_backbones,
}


def enrolled(state: State) -> Bools:
    """Enterprises with an active corporate membership on the day, [E] in the state's order."""
    codes, on = state.snapshot.network.codes, day_number(state.snapshot.day)
    whole = np.zeros(len(codes.enterprise_block), dtype=bool)
    whole[codes.enrolment_enterprise[active(codes.enrolment_since, codes.enrolment_until, on)]] = True
    return whole[state.snapshot.enterprise[state.order]]
