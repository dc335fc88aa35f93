"""What is asked of a plan beside the money: the constraints of contracts.md, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tiaokuai.graph import Snapshot
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.fields import BLOCK_KINDS
from tiaokuai.planning.intervention import Place
from tiaokuai.planning.scenario_faults import Fault, nearest


@dataclass(frozen=True)
class Wishes:
    """Constraints of a plan. ``places`` says where each stood in its file, under names such as ``must[0]``."""

    max_foundings: int | None = None
    max_lines: int | None = None
    max_lines_per_block: int | None = None
    budgets: tuple[float, ...] | None = None
    must: tuple[tuple[str, int], ...] = ()  # (block, by_period)
    never: tuple[str, ...] = ()
    fix: tuple[tuple[int, str], ...] = ()  # (period, block)
    min_coverage: Mapping[str, float] = field(default_factory=dict)
    founding_costs: Mapping[str, float] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)
    path: str | None = field(default=None, compare=False)

    def within(self, periods: int) -> Wishes:
        """With "must" by the last period where no period was named."""
        return replace(self, must=tuple((block, period if period < 10_000 else periods) for block, period in self.must))


# What each is called in a Chinese sentence.
CALLED = {
    "budgets": "预算",
    "max_foundings": "每期建块上限",
    "max_lines": "每期开线上限",
    "max_lines_per_block": "每块每期开线上限",
    "must": "一定要建",
    "never": "一定不建",
    "fix": "定期建块",
    "min_coverage": "覆盖率下限",
    "founding_costs": "建块价格",
}


class BadPlan(RequestError):
    """A plan that cannot be asked for; ``faults`` holds every mistake, ``partial`` the wishes that could be read."""

    def __init__(self, faults: Sequence[Fault], partial: Wishes | None = None) -> None:
        self.faults, self.partial = list(faults), partial or Wishes()
        super().__init__(
            "bad_plan",
            "\n".join(["无法据此做计划：", *(f"  {fault.message('zh')}" for fault in self.faults)]),
            "\n".join(["no plan can be made of this:", *(f"  {fault.message('en')}" for fault in self.faults)]),
            problems=[fault.to_json() for fault in self.faults],
        )


def faults(wishes: Wishes, day: Snapshot, periods: int) -> list[Fault]:
    """Everything that is wrong with wishes about these blocks and so many periods, in the order of the file."""
    return _Checker(wishes, day, periods).run()


class _Checker:
    def __init__(self, wishes: Wishes, day: Snapshot, periods: int) -> None:
        self.wishes, self.periods = wishes, periods
        self.at = {name: place for place, name in enumerate(day.block_ids)}
        self.kinds, self.eligible, self.founded = day.kind, day.eligible, day.founded
        self.found: list[Fault] = []

    def fault(self, name: str, zh: str, en: str) -> None:
        place = self.wishes.places.get(name)
        if place is None:  # from a page or a program there is no line to point at
            key = name.partition("[")[0].partition(".")[0]
            zh, en = f"{CALLED[key]}：{zh}", f"{key}: {en}"
        self.found.append(Fault(zh, en, place, self.wishes.path))

    def run(self) -> list[Fault]:
        wishes = self.wishes
        if wishes.budgets is not None and len(wishes.budgets) != self.periods:
            had, want = len(wishes.budgets), self.periods
            self.fault("budgets", f"有 {had} 个预算，而期数是 {want}", f"{had} budgets for {want} periods")
        for number, (block, period) in enumerate(wishes.must):
            self.block(f"must[{number}]", block, to_found=True)
            self.period(f"must[{number}]", block, period)
        for number, block in enumerate(wishes.never):
            self.block(f"never[{number}]", block)
        for number, (period, block) in enumerate(wishes.fix):
            self.block(f"fix[{number}]", block, to_found=True, fresh=True)
            self.period(f"fix[{number}]", block, period)
        for name in ("min_coverage", "founding_costs"):
            for block in getattr(wishes, name):
                if name == "founding_costs" or block != "all":
                    self.block(f"{name}.{block}", block)
        self.contradictions()
        return sorted(self.found, key=lambda fault: (fault.place.line, fault.place.column) if fault.place else (0, 0))

    def block(self, name: str, block: str, to_found: bool = False, fresh: bool = False) -> None:
        if block not in self.at:
            zh, en = nearest(block, list(self.at))
            self.fault(name, f"没有区块 {block}{zh}", f"there is no block {block}{en}")
            return
        at = self.at[block]
        ready = bool(self.founded[at]) or self.kinds[at] == "pilot"
        if fresh and ready:
            self.fault(name, f"区块 {block} 已建立", f"block {block} is founded already")
        elif to_found and not ready and not self.eligible[at]:
            kind = self.kinds[at]
            zh = f"区块 {block} 的类型是{BLOCK_KINDS[kind][0]}（{kind}），不可建立"
            en = f"block {block} is {kind}: it cannot be founded"
            self.fault(name, zh, en)

    def period(self, name: str, block: str, period: int) -> None:
        if not 1 <= period <= self.periods:
            zh = f"区块 {block} 的期应为 1 至 {self.periods}"
            en = f"the period of block {block} must be from 1 to {self.periods}"
            self.fault(name, zh, en)

    def contradictions(self) -> None:
        never, fixed = set(self.wishes.never), dict[str, int]()
        for number, (period, block) in enumerate(self.wishes.fix):
            if block in never:
                zh, en = f"区块 {block} 又在“{CALLED['never']}”（never）之中", f"block {block} is under never as well"
                self.fault(f"fix[{number}]", zh, en)
            if fixed.setdefault(block, period) != period:
                zh = f"区块 {block} 已定在第 {fixed[block]} 期"
                self.fault(f"fix[{number}]", zh, f"block {block} is fixed in period {fixed[block]} already")
        for number, (block, period) in enumerate(self.wishes.must):
            if block in never:
                zh, en = f"区块 {block} 又在“{CALLED['never']}”（never）之中", f"block {block} is under never as well"
                self.fault(f"must[{number}]", zh, en)
            if fixed.get(block, period) > period:
                zh = f"区块 {block} 已定在第 {fixed[block]} 期，晚于 {period}"
                en = f"block {block} is fixed in period {fixed[block]}, after period {period}"
                self.fault(f"must[{number}]", zh, en)
