"""Whoever reads a release, knows the rules and all that is not about persons, and has the time to compute.

What is told is read from the release alone. Unknown are the offsets and, of every enterprise at every step, its lines
and the members who carry none. For each pool the attacker asks: which numbers of people can it be? By whole-number
programs over the whole series, and on small networks by going through every case there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

import highspy
import numpy as np

from tiaokuai.graph import Network

OFFSETS = range(5)


@dataclass(frozen=True)
class Pool:
    """A pool of a measure: what is told of it at every step, and the staff that the rule counts there."""

    measure: str
    blocks: tuple[str, ...]
    told: tuple[int, ...]
    staff: tuple[int, ...]

    def window(self, step: int, offset: int) -> tuple[int, int | None]:
        """The least and the most people that an offset allows; None: as many as there are."""
        told, cap = self.told[step], 5 * ((self.staff[step] - 4) // 5)
        if cap <= 0:
            return 0, None
        least = max(0, told - offset)
        return (least, None) if told == cap else (least, told + 4 - offset)


@dataclass(frozen=True)
class Class:
    """Enterprises in the same two pools: at each step no more lines and members than ``staff`` (None: unknown).

    ``lines`` is None where lines are told exactly; ``staff`` is then what is left beside them.
    """

    lines: int | None
    members: int
    staff: tuple[int | None, ...]


@dataclass(frozen=True)
class Component:
    """Pools that share enterprises, with all that binds them: others know nothing of them."""

    pools: tuple[Pool, ...]
    classes: tuple[Class, ...]
    steps: int


def components(release: Network) -> list[Component]:
    """What a planner's release tells, in parts that can be attacked one by one."""
    note = release.released
    assert note is not None
    days = note.steps
    rows = list(release["enterprises"].iter_rows(named=True))
    figures = [_told(release, day) for day in days]
    pools: list[Pool] = []
    place: dict[tuple[str, str], int] = {}
    for measure in ("lines", "members"):
        for blocks in note.pools[measure]:
            inside = [row for row in rows if row["block"] in blocks and (measure == "members" or _pooled(row))]
            told, staff = [], []
            for day, figure in zip(days, figures, strict=True):
                present = [row for row in inside if _open(row, day)]
                of = [figure.get(row["id"], (0, 0)) for row in present]
                told.append(sum(lines if measure == "lines" else members - lines for members, lines in of))
                size = sum(1 if row["staff"] is None else row["staff"] for row in present)
                staff.append(size if measure == "lines" else size - sum(lines for _, lines in of))
            place |= {(measure, block): len(pools) for block in blocks}
            pools.append(Pool(measure, blocks, tuple(told), tuple(staff)))
    classes = _classes(rows, days, figures, place)
    return list(_apart(pools, classes, len(days)))


def _told(release: Network, day: date) -> dict[str, tuple[int, int]]:
    snapshot = release.as_of(day)
    told = zip(snapshot.enterprise_ids, snapshot.members.tolist(), snapshot.lines.tolist(), strict=True)
    return {id: (members, lines) for id, members, lines in told}


def _pooled(row: dict[str, object]) -> bool:
    return row["staff"] is None or int(str(row["staff"])) < 5


def _open(row: dict[str, object], day: date) -> bool:
    since, until = row["since"], row["until"]
    return (since is None or since <= day) and (until is None or until > day)  # type: ignore[operator]


def _classes(
    rows: Sequence[dict[str, object]],
    days: Sequence[date],
    figures: Sequence[dict[str, tuple[int, int]]],
    place: dict[tuple[str, str], int],
) -> list[Class]:
    staff: dict[tuple[int | None, int], list[int | None]] = {}
    for row in rows:
        block = str(row["block"])
        if ("members", block) not in place:
            continue
        key = place.get(("lines", block)) if _pooled(row) else None, place["members", block]
        have = staff.setdefault(key, [0] * len(days))
        for step, day in enumerate(days):
            if not _open(row, day):
                continue
            told = 0 if _pooled(row) else figures[step].get(str(row["id"]), (0, 0))[1]
            size = have[step]
            have[step] = None if size is None or row["staff"] is None else size + int(str(row["staff"])) - told
    return [Class(lines, members, tuple(size)) for (lines, members), size in staff.items()]


def _apart(pools: list[Pool], classes: list[Class], steps: int) -> Iterator[Component]:
    label = list(range(len(pools)))
    for each in classes:
        if each.lines is not None:
            old, new = label[each.lines], label[each.members]
            label = [new if one == old else one for one in label]
    for one in dict.fromkeys(label):
        inside = [at for at, found in enumerate(label) if found == one]
        again = {old: new for new, old in enumerate(inside)}
        mine = [c for c in classes if c.members in again]
        moved = [Class(None if c.lines is None else again[c.lines], again[c.members], c.staff) for c in mine]
        yield Component(tuple(pools[at] for at in inside), tuple(moved), steps)


class Program:
    """The whole-number program of a component: every line and every member of every step, and one offset a pool."""

    def __init__(self, component: Component) -> None:
        self.component = component
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("threads", 1)
        self.offsets = [self._integer(0, 4) for _ in component.pools]
        self.people = [[self._step_of(pool) for _ in range(component.steps)] for pool in range(len(component.pools))]
        for step in range(component.steps):
            self._persons(step)
            for at, pool in enumerate(component.pools):
                self._told(at, pool, step)

    def _integer(self, low: float, high: float) -> int:
        column = self.highs.getNumCol()
        self.highs.addCol(0.0, low, high, 0, [], [])
        self.highs.changeColIntegrality(column, highspy.HighsVarType.kInteger)
        return column

    def _step_of(self, pool: int) -> int:
        return self._integer(0, highspy.kHighsInf)

    def _persons(self, step: int) -> None:
        parts: list[list[int]] = [[] for _ in self.component.pools]
        for each in self.component.classes:
            size = each.staff[step]
            most = highspy.kHighsInf if size is None else float(size)
            members = self._integer(0, most)
            parts[each.members].append(members)
            if each.lines is not None:
                lines = self._integer(0, most)
                parts[each.lines].append(lines)
                self.highs.addRow(-highspy.kHighsInf, most, 2, [lines, members], [1.0, 1.0])
        for pool, columns in enumerate(parts):
            index = [self.people[pool][step], *columns]
            self.highs.addRow(0, 0, len(index), index, [-1.0] + [1.0] * len(columns))

    def _told(self, at: int, pool: Pool, step: int) -> None:
        cap = 5 * ((pool.staff[step] - 4) // 5)
        if cap <= 0:
            return
        least = pool.told[step] if pool.told[step] else -highspy.kHighsInf
        most = highspy.kHighsInf if pool.told[step] == cap else pool.told[step] + 4
        self.highs.addRow(least, most, 2, [self.people[at][step], self.offsets[at]], [1.0, 1.0])

    def range(self, pool: int, step: int, offset: int | None = None) -> tuple[float, float] | None:
        """The fewest and the most people that a pool can have at a step; None where the offset is impossible."""
        low, high = (0, 4) if offset is None else (offset, offset)
        self.highs.changeColBounds(self.offsets[pool], low, high)
        column = self.people[pool][step]
        ends = []
        for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
            self.highs.changeColCost(column, 1.0)
            self.highs.changeObjectiveSense(sense)
            self.highs.run()
            status = self.highs.getModelStatus()
            ends.append(round(self.highs.getInfo().objective_function_value) if status == OPTIMAL else np.inf)
            self.highs.changeColCost(column, 0.0)
            if status == highspy.HighsModelStatus.kInfeasible:
                return None
            assert status == OPTIMAL or sense == highspy.ObjSense.kMaximize, status
        self.highs.changeColBounds(self.offsets[pool], 0, 4)
        return ends[0], ends[1]


OPTIMAL = highspy.HighsModelStatus.kOptimal
FAR = 10  # people beyond those told, as far as every case is gone through where the staff is unknown


def candidates(component: Component) -> dict[tuple[int, int, int], set[int]]:
    """Every number of people that each pool (first) can have at each step under each of its offsets (third).

    Goes through all offsets of all pools of the component and all ways of placing lines, over the whole series.
    """
    found: dict[tuple[int, int, int], set[int]] = {}
    steps = [_Step.of(component, step) for step in range(component.steps)]
    for offsets in product(OFFSETS, repeat=len(component.pools)):
        ways = [step.possible(component, at, offsets) for at, step in enumerate(steps)]
        if any(not way.any() for way in ways):
            continue
        for at, (step, way) in enumerate(zip(steps, ways, strict=True)):
            for pool, offset in enumerate(offsets):
                found.setdefault((pool, at, offset), set()).update(step.people(component, at, pool, offset, way))
    return found


@dataclass(frozen=True)
class _Step:
    lines: dict[int, np.ndarray]  # of each pool of lines, in every way of placing them
    room: dict[int, np.ndarray]  # for members, of each pool of them

    @classmethod
    def of(cls, component: Component, step: int) -> _Step:
        most = [c.staff[step] for c in component.classes]
        pooled = [at for at, c in enumerate(component.classes) if c.lines is not None]
        far = FAR + max((pool.told[step] for pool in component.pools), default=0)
        ranges = [np.arange((far if most[at] is None else int(most[at] or 0)) + 1) for at in pooled]
        grid = np.meshgrid(*ranges, indexing="ij") if pooled else [np.zeros(1, dtype=int)]
        ways = {at: axis.ravel() for at, axis in zip(pooled, grid, strict=False)}
        size = grid[0].size
        lines = {p: np.zeros(size, int) for p, pool in enumerate(component.pools) if pool.measure == "lines"}
        room = {p: np.zeros(size, int) for p, pool in enumerate(component.pools) if pool.measure == "members"}
        for at, each in enumerate(component.classes):
            staff = most[at]
            room[each.members] += 10**6 if staff is None else staff
            if each.lines is not None:
                lines[each.lines] += ways[at]
                room[each.members] -= ways[at]
        return cls(lines, room)

    def possible(self, component: Component, step: int, offsets: Sequence[int]) -> np.ndarray:
        """Which ways of placing lines agree with what is told."""
        good = np.ones(next(iter((self.lines | self.room).values())).size, dtype=bool)
        for at, pool in enumerate(component.pools):
            least, most = pool.window(step, offsets[at])
            if pool.measure == "lines":
                good &= (self.lines[at] >= least) & (self.lines[at] <= (10**9 if most is None else most))
            else:
                good &= self.room[at] >= least
        return good

    def people(self, component: Component, step: int, at: int, offset: int, way: np.ndarray) -> set[int]:
        pool = component.pools[at]
        if pool.measure == "lines":
            return set(self.lines[at][way].tolist())
        least, most = pool.window(step, offset)
        high = int(self.room[at][way].max())
        return set(range(least, min(high, least + 20 if most is None else most) + 1))
