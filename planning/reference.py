"""The month of model.md §3 in plain Python, draw for draw what kernel.py computes: the readable specification.

Where the kernel looks at a whole block's sums and visits only what moves, this engine follows the rules one by one
over every enterprise. Both read the same draws, so every run must come out the same, to the last bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiaokuai.planning import draws as d
from tiaokuai.planning import program as p
from tiaokuai.planning.rates import NAMES


@dataclass
class Enterprise:
    """n, B, R, κ; ``limit`` is the pull at which an idle enterprise starts its first line, None where it has one."""

    block: int
    key: np.uint64
    rank: int
    staff: int
    lines: int
    connected: int
    capacity: float
    present: bool
    limit: float | None = None

    @property
    def reachable(self) -> int:
        """min(n, ⌊κB⌋)."""
        return min(self.staff, math.floor(self.capacity * self.lines + 1e-8))

    def lose(self, count: int) -> None:
        """Lines end, each with one reached place."""
        self.lines -= count
        self.connected = max(0, self.connected - count)


@dataclass
class Block:
    """F, f, and the pull Σ f(p + q s) that its idle enterprises have felt so far."""

    key: np.uint64
    eligible: bool
    founded: bool
    fidelity: float
    pulled: float = 0.0


class Reference:
    """One run; :meth:`series` gives its table."""

    def __init__(self, world: p.World, program: p.Program, seed: int, run: int) -> None:
        self.world, self.program = world, program
        self.key = np.uint64(d.run_key(np.uint64(seed), run))
        self.rates = program.rates[run % len(program.rates)]
        self.frailty = float(program.frailty[run % len(program.frailty)])
        self.keenness = program.keenness[run % len(program.keenness)]
        self.cost = 0.0
        self.enterprises = [
            Enterprise(*row)
            for row in zip(
                world.block.tolist(),
                world.key,
                world.rank.tolist(),
                world.staff.tolist(),
                world.lines.tolist(),
                world.connected.tolist(),
                world.capacity.tolist(),
                world.present.tolist(),
                strict=True,
            )
        ]
        self.blocks = [
            Block(*row)
            for row in zip(
                world.block_key,
                world.eligible.tolist(),
                world.founded.tolist(),
                world.fidelity.tolist(),
                strict=True,
            )
        ]

    def series(self) -> NDArray[np.float64]:
        """[months + 1, metrics], the start first."""
        rows = [self.row()]
        for month in range(len(self.rates)):
            self.month(month)
            rows.append(self.row())
        return np.array(rows)

    def draw(self, month: int, event: int, entity: np.uint64) -> float:
        """The uniform number of (seed, run, month, event, entity)."""
        return d.uniform(np.uint64(d.event_key(self.key, month, event)), entity)

    def two(self, month: int, event: int, entity: np.uint64) -> tuple[float, float]:
        """Two independent uniform numbers, as kernel.py draws them."""
        keys = (np.uint64(d.event_key(self.key, month, each)) for each in (event, event + 1))
        bits, more = (np.uint64(d.bits(key, entity)) for key in keys)
        return d.upper(bits, more), d.lower(bits, more)

    def month(self, month: int) -> None:
        """Rules 1–6."""
        rate = dict(zip(NAMES, self.rates[month].tolist(), strict=True))
        for operation, value in zip(self.program.operations, self.program.values, strict=True):
            if operation[p.MONTH] == month:
                self.intervene(operation, value, rate)
        for e in self.enterprises:
            self.idle(e, month)
            self.turnover(e, month, rate)
            self.idle(e, month)
        # Rules 3–5 read F, f and s as they stand here.
        before = [(block.founded, block.fidelity) for block in self.blocks]
        share = [self.line_share(block) for block in range(len(self.blocks))]
        strength = [fidelity if founded else 0.0 for founded, fidelity in before]
        for at, block in enumerate(self.blocks):
            self.found(at, block, strength, month, rate)
        for e in self.enterprises:
            founded, fidelity = before[e.block]
            if founded:
                self.start(e, fidelity, share[e.block], rate)
            self.fill(e, fidelity, month, rate)
            self.develop(e, month, rate)
        for at, (founded, fidelity) in enumerate(before):
            if founded:
                self.blocks[at].pulled += self.pull(at, fidelity, share[at], rate)

    def turnover(self, e: Enterprise, month: int, rate: dict[str, float]) -> None:
        """Rule 2."""
        plain, backbone, member = e.connected - e.lines, rate["backbone_turnover"] / 12, rate["member_turnover"] / 12
        u, v = self.two(month, d.TURNOVER, e.key)
        x = d.binomial(u, e.lines, d.chance(backbone), -backbone)
        y = d.binomial(v, max(plain, 0), d.chance(member), -member)
        e.lines -= x
        e.connected = max(0, e.connected - x - y)

    def idle(self, e: Enterprise, month: int) -> None:
        """An enterprise whose last line goes begins to wait; how long it can is drawn once."""
        if e.lines > 0 or e.staff < 1:
            e.limit = None
        elif e.limit is None:
            patience = d.patience(np.uint64(d.event_key(self.key, month, d.START)), e.key)
            e.limit = self.blocks[e.block].pulled + patience

    def line_share(self, block: int) -> float:
        """s: the share of the block's enterprises with a line."""
        here = [e for e in self.enterprises if e.block == block and e.present]
        return sum(e.lines > 0 for e in here) / len(here) if here else 0.0

    def found(self, at: int, block: Block, strength: list[float], month: int, rate: dict[str, float]) -> None:
        """Rule 3."""
        if block.founded:
            block.fidelity += rate["adoption"] * (1.0 - block.fidelity)
        elif block.eligible:
            hazard = rate["founding"] + rate["replication"] * self.neighbours(at, strength)
            if self.draw(month, d.FOUND, block.key) < d.chance(hazard):
                block.founded = True
                block.fidelity = 1.0 if self.program.ready_made else rate["initial_fidelity"]

    def neighbours(self, at: int, strength: list[float]) -> float:
        """Σ_j w[b,j] F[j] f[j]."""
        world = self.world
        if len(world.link_first):
            row = range(world.link_first[at], world.link_first[at + 1])
            return float(sum(world.link_weight[i] * strength[world.link_neighbour[i]] for i in row))
        mine = [j for j in range(len(self.blocks)) if world.district[j] == world.district[at]]
        return sum(strength[j] for j in mine) / (len(mine) - 1) if len(mine) > 1 else 0.0

    def pull(self, at: int, fidelity: float, share: float, rate: dict[str, float]) -> float:
        """f (p + q s), more where a block is keen, less where those left are the slow ones."""
        pull = (
            float(self.keenness[at]) * fidelity * (rate["start"] + rate["imitation"] * float(share**self.program.power))
        )
        return pull if self.frailty == 0.0 else pull * float((1.0 - share) ** self.frailty)

    def start(self, e: Enterprise, fidelity: float, share: float, rate: dict[str, float]) -> None:
        """Rule 4: P(no start) = exp(−Σ f(p + q s)) over the idle months, one exponential draw for all of them."""
        if e.limit is not None and e.limit < self.blocks[e.block].pulled + self.pull(e.block, fidelity, share, rate):
            e.lines, e.connected, e.limit = 1, max(e.connected, 1), None

    def fill(self, e: Enterprise, fidelity: float, month: int, rate: dict[str, float]) -> None:
        """Rule 5."""
        if e.lines > 0:
            hazard = rate["fill"] * (1.0 + rate["services"] * fidelity)
            u, _ = self.two(month, d.GROWTH, e.key)
            e.connected += d.binomial(u, max(0, e.reachable - e.connected), d.chance(hazard), -hazard)

    def develop(self, e: Enterprise, month: int, rate: dict[str, float]) -> None:
        """Rule 6."""
        if e.lines > 0 and e.connected >= e.reachable and e.staff > e.reachable:
            _, v = self.two(month, d.GROWTH, e.key)
            e.lines += v >= 1.0 - d.chance(rate["development"])

    def intervene(self, row: NDArray[np.int64], value: NDArray[np.float64], rate: dict[str, float]) -> None:
        """Rule 1."""
        code, at = row[p.CODE], row[p.BLOCK]
        amount, unit, fixed = value.tolist()
        block = self.blocks[at]
        inside = [e for e in self.enterprises if at in (-1, e.block)]
        named = self.enterprises[row[p.ENTERPRISE] :]
        if code == p.FOUND:
            fidelity = amount if amount >= 0 else rate["initial_fidelity"]
            self.cost += 0.0 if block.founded else fixed
            block.fidelity = max(block.fidelity, fidelity) if block.founded else fidelity
            block.founded = True
            return
        self.cost += fixed
        if code == p.RAISE:
            block.fidelity = min(1.0, block.fidelity + amount)
        elif code == p.LINES_AT:
            self.add_lines(named[:1], int(row[p.COUNT]), unit)
        elif code == p.LINES_IN:
            self.add_lines(self.chosen(inside, row), 1, unit)
        elif code == p.LOSE_SHARE:
            for e in inside:
                u = float(self.nth(row, d.LOSE, e) >> d.S11) * d.UNIT
                e.lose(d.binomial(u, e.lines, amount, math.log1p(-amount) if amount < 1 else -math.inf))
        elif code == p.LOSE_NUMBER:
            lines = [(self.line_bits(row, e, line), e) for e in inside for line in range(e.lines)]
            for _, e in sorted(lines, key=lambda line: line[0])[: row[p.COUNT]]:
                e.lose(1)
        elif code == p.CLOSE:
            named[0].staff = named[0].lines = named[0].connected = 0
            named[0].present = False
        elif code == p.OPEN:
            for e in named[: row[p.COUNT]]:
                e.staff, e.present = int(amount), True

    def nth(self, row: NDArray[np.int64], event: int, e: Enterprise) -> np.uint64:
        """The bits of an enterprise for one of several interventions of a month."""
        bits = int(d.bits(np.uint64(d.event_key(self.key, int(row[p.MONTH]), event)), e.key))
        return np.uint64(d.mix(np.uint64((bits + int(row[p.NTH]) * int(d.GOLDEN)) % 2**64)))

    def line_bits(self, row: NDArray[np.int64], e: Enterprise, line: int) -> int:
        """The bits of one line of an enterprise."""
        return int(d.mix(self.nth(row, d.LOSE, e) ^ np.uint64(d.mix(np.uint64(line + 1)))))

    def add_lines(self, chosen: list[Enterprise], count: int, unit: float) -> None:
        """B += count, R = max(R, min(n, B))."""
        for e in chosen:
            e.lines += count
            e.connected = max(e.connected, min(e.staff, e.lines))
        self.cost += unit * count * len(chosen)

    def chosen(self, inside: list[Enterprise], row: NDArray[np.int64]) -> list[Enterprise]:
        """Whom ``where`` names first, ties by id."""
        where = row[p.WHERE]
        able = [e for e in inside if e.staff >= 1 and not (where == p.WITHOUT_LINE and e.lines)]
        if where == p.RANDOM:
            able.sort(key=lambda e: int(self.nth(row, d.PICK, e)))
        else:
            able.sort(key=lambda e: (-(e.staff - (e.reachable if where == p.GAP else 0)), e.rank))
        return able[: row[p.COUNT]]

    def row(self) -> list[float]:
        """The month's figures, in the order of program.METRICS."""
        there = [e for e in self.enterprises if e.present]
        staff = sum(e.staff for e in there)
        eligible = [at for at, block in enumerate(self.blocks) if block.eligible]
        founded = [at for at in eligible if self.blocks[at].founded]
        hollow = [at for at in founded if self.line_share(at) < self.world.hollow_below or not self.line_share(at)]
        covered = [at for at in founded if at not in hollow and self.covered(at)]
        reached = sum(max(e.reachable, e.connected) for e in there)
        return [
            _over(reached, staff),
            _over(sum(e.connected for e in there), staff),
            _over(sum(e.lines > 0 for e in there), len(there)),
            _over(len(founded), len(eligible)),
            _over(len(covered), len(eligible)),
            _over(len(hollow), len(founded)),
            reached,
            sum(e.lines for e in there),
            self.cost,
        ]

    def covered(self, at: int) -> bool:
        """Coverage of the block at least ``covered_from``."""
        here = [e for e in self.enterprises if e.block == at]
        coverage = _over(sum(max(e.reachable, e.connected) for e in here), sum(e.staff for e in here))
        return coverage >= self.world.covered_from


def _over(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def simulate_run(world: p.World, program: p.Program, seed: int, run: int) -> NDArray[np.float64]:
    """One run of the plain engine: [months + 1, metrics]."""
    return Reference(world, program, seed, run).series()
