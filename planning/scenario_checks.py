"""Whether a scenario can apply to this network over this horizon: every reason why not, in one pass (model.md §3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tiaokuai.graph.values import BadValue
from tiaokuai.planning.intervention import BY_DO, Intervention, Place
from tiaokuai.planning.months import month_text
from tiaokuai.planning.rates import faults as rate_faults
from tiaokuai.planning.scenario import BASELINE, Scenario
from tiaokuai.planning.scenario_faults import BadScenario, Fault, nearest
from tiaokuai.planning.state import State

MOST = 1_000_000


def require(scenarios: Iterable[Scenario], state: State, start: int, months: int) -> None:
    """Raises :class:`BadScenario` with everything that is wrong with any of them."""
    found: list[Fault] = []
    names: set[str] = {BASELINE}
    for scenario in scenarios:
        if scenario.name in names:
            zh = f"已有名为 {scenario.name} 的情景，请换一个 name"
            en = f"a scenario is called {scenario.name!r} already; give it another name"
            found.append(Fault(zh, en, path=scenario.path))
        names.add(scenario.name)
        found += check(scenario, state, start, months)
    if found:
        raise BadScenario(found)


def check(scenario: Scenario, state: State, start: int, months: int) -> list[Fault]:
    """Everything that keeps the scenario from applying, in the order of the file."""
    checker = _Checker(scenario, state, start, months)
    for name, zh, en in rate_faults(scenario.rates):
        checker.faults.append(((-1, 0, 0, 0), Fault(zh, en, path=scenario.path)))
        del name
    good = [checker.shape(order, item) for order, item in enumerate(scenario.interventions)]
    for order, item in enumerate(scenario.interventions):
        if good[order]:
            checker.horizon(order, item)
            checker.ids(order, item)
    order_of = {id(item): order for order, item in enumerate(scenario.interventions)}
    if all(good) and not checker.too_many():
        for number, item in scenario.applications():
            checker.apply(order_of[id(item)], number, item)
    return [fault for _, fault in sorted(checker.faults, key=lambda each: each[0])]


def also(partial: Scenario, state: State, start: int, months: int) -> list[Fault]:
    """What is wrong, beside what its reading told, with a scenario that could be read in part.

    What an intervention at fault may have been meant to do cannot be missed: then nothing is said of blocks that are
    not founded by a month.
    """
    checker = _Checker(partial, state, start, months)
    order_of = {id(item): order for order, item in enumerate(partial.interventions)}
    dated = tuple(item for item in partial.interventions if item.at and item.do in BY_DO)
    checker.sure = len(dated) == len(order_of) and all(item.block for item in dated if item.do == "found")
    for item in partial.interventions:
        if item.at:
            checker.horizon(order_of[id(item)], item)
        checker.ids(order_of[id(item)], item)
    for number, item in replace(partial, interventions=dated).applications():
        checker.apply(order_of[id(item)], number, item)
    return [fault for _, fault in sorted(checker.faults, key=lambda each: each[0])]


class _Checker:
    """What is founded, closed and enrolled after each application, chance apart."""

    def __init__(self, scenario: Scenario, state: State, start: int, months: int) -> None:
        self.scenario, self.state, self.start, self.months = scenario, state, start, months
        snapshot = state.snapshot
        self.founded = {name for name, yes in zip(snapshot.block_ids, state.founded, strict=True) if yes}
        self.parts = snapshot.network.template.index
        self.closed: set[str] = set()
        self.sure = True  # of every founding
        self.faults: list[tuple[tuple[int, int, int, int], Fault]] = []  # by intervention, line, column, as found

    def fault(self, order: int, item: Intervention, field: str, zh: str, en: str) -> None:
        place: Place | None = item.places.get(field, item.places.get(""))
        label = "" if place else f"{item.do} {item.at}: "
        one = Fault(label + zh, label + en, place, self.scenario.path)
        if all(one != other for _, other in self.faults):
            where = (place.line, place.column) if place else (0, 0)
            self.faults.append(((order, *where, len(self.faults)), one))

    def shape(self, order: int, item: Intervention) -> bool:
        """Fields that a scenario made in Python might lack; files have been checked while reading."""
        before = len(self.faults)
        if item.do not in BY_DO:
            zh, en = nearest(item.do, list(BY_DO))
            self.fault(order, item, "do", f"没有名为 {item.do} 的干预{zh}", f"nothing is called {item.do}{en}")
            return False
        form = BY_DO[item.do]
        for name in form.needs:
            if getattr(item, name) is None:
                self.fault(order, item, "", f"缺少 {name}", f"{name} is missing")
        if form.one_of and sum(getattr(item, name) is not None for name in form.one_of) != 1:
            words = ", ".join(form.one_of)
            self.fault(order, item, "", f"须在 {words} 中恰好给出一项", f"needs exactly one of {words}")
        if (item.every is None) != (item.times is None):
            self.fault(order, item, "", "every 与 times 须同用", "every and times go together")
        try:
            item.numbers()
        except BadValue:
            self.fault(order, item, "at", f"{item.at} 不是月份", f"{item.at!r} is not a month; write it as 2027-01")
        for name in ("count", "number"):
            if not 1 <= (getattr(item, name) or 1) <= MOST:
                self.fault(order, item, name, f"{name} 应为 1 至 {MOST}", f"{name} must be from 1 to {MOST}")
        for _, zh, en in rate_faults(item.rates or {}):
            self.fault(order, item, "rates", zh, en)
        return len(self.faults) == before

    def too_many(self) -> bool:
        """Whether more enterprises open than can be simulated in the memory of a common machine."""
        opened = [item for item in self.scenario.interventions if item.do == "open_enterprises"]
        if sum((item.count or 1) * len(item.numbers()) for item in opened) <= MOST:
            return False
        item = opened[-1]
        self.fault(
            len(self.scenario.interventions),
            item,
            "count",
            f"共开办超过 {MOST} 家企业",
            f"more than {MOST} enterprises open",
        )
        return True

    def horizon(self, order: int, item: Intervention) -> None:
        """Every application within the months that are simulated."""
        outside = [number for number in item.numbers() if not self.start <= number < self.start + self.months]
        if outside:
            first, last = month_text(self.start), month_text(self.start + self.months - 1)
            which = month_text(outside[0])
            zh, en = (
                f"{which} 不在模拟的 {first} 至 {last} 之内",
                f"{which} is not within the horizon, {first} to {last}",
            )
            self.fault(order, item, "at", zh, en)

    def ids(self, order: int, item: Intervention) -> None:
        """Every id is one of the network's."""
        for field in ("block", "source"):
            name = getattr(item, field)
            if name is not None and name not in self.state.block_position:
                zh, en = nearest(name, list(self.state.block_position))
                self.fault(order, item, field, f"没有区块 {name}{zh}", f"there is no block {name}{en}")
        for name in self.enterprises(item):
            if name not in self.state.position:
                self.unknown_enterprise(order, item, name)
        if isinstance(item.components, tuple):
            for name in item.components:
                if name not in self.parts:
                    zh, en = nearest(name, [*self.parts, "all"])
                    self.fault(order, item, "components", f"没有要素 {name}{zh}", f"there is no component {name}{en}")
        elif item.components not in (None, "all"):
            self.fault(order, item, "components", "应为 all 或列表", "components is all or a list")
        known = self.state.adoptions_known
        if not known and (item.do == "adopt" or isinstance(item.components, tuple)):
            zh = "数据没有登记任何要素，无从知道模式的完整度，不能引入要素"
            en = (
                "the data record no adoption, so nothing is known about the template: components cannot be put in place"
            )
            self.fault(order, item, "components", zh, en)

    def enterprises(self, item: Intervention) -> list[str]:
        return [*([item.enterprise] if item.enterprise is not None else []), *(item.enterprises or ())]

    def unknown_enterprise(self, order: int, item: Intervention, name: str) -> None:
        field = "enterprise" if item.enterprise is not None else "enterprises"
        day = self.state.snapshot.day.isoformat()
        if name in set(self.state.snapshot.network["enterprises"]["id"].to_list()):
            self.fault(order, item, field, f"企业 {name} 在 {day} 不存续", f"enterprise {name} is not active on {day}")
            return
        zh, en = nearest(name, self.state.enterprise_ids)
        self.fault(order, item, field, f"没有企业 {name}{zh}", f"there is no enterprise {name}{en}")

    def apply(self, order: int, number: int, item: Intervention) -> None:
        """What this application needs of those before it."""
        month = month_text(number)
        for name in self.enterprises(item):
            if name in self.closed:
                self.fault(
                    order, item, "enterprise", f"企业 {name} 此前已关闭", f"enterprise {name} has closed before {month}"
                )
        if item.do == "found":
            self.found(order, month, item)
        elif item.do == "add_backbones":
            self.lines(order, month, item)
        elif item.do == "close_enterprise" and item.enterprise is not None:
            self.closed.add(item.enterprise)

    def found(self, order: int, month: str, item: Intervention) -> None:
        if item.block is None:
            return
        block, source = str(item.block), item.source
        if block in self.founded:
            self.fault(
                order,
                item,
                "block",
                f"区块 {block} 在 {month} 之前已建立",
                f"block {block} is founded already before {month}",
            )
        if source is not None and source == block:
            self.fault(order, item, "source", f"区块 {block} 不能复制自己", f"block {block} cannot be its own source")
        elif self.sure and source in self.state.block_position and source not in self.founded:
            zh, en = f"来源区块 {source} 在 {month} 尚未建立", f"the source {source} is not founded by {month}"
            self.fault(order, item, "source", zh, en)
        self.founded.add(block)

    def lines(self, order: int, month: str, item: Intervention) -> None:
        state, block = self.state, item.block
        if item.enterprise is not None:
            if item.enterprise not in state.position:
                return
            block = state.snapshot.block_ids[state.block[state.position[item.enterprise]]]
        if block not in state.block_position or not self.sure:
            return
        if block not in self.founded:
            zh = f"区块 {block} 起始时未建立，此前也没有 found，不能开线"
            en = (
                f"block {block} is neither founded at the start nor by an earlier intervention: no lines before {month}"
            )
            self.fault(order, item, "block", zh, en)
        at = state.block_position[str(block)]
        opens = any(each.do == "open_enterprises" and each.block == block for each in self.scenario.interventions)
        if state.first[at] == state.first[at + 1] and not opens:
            self.fault(order, item, "block", f"区块 {block} 没有企业", f"block {block} has no enterprises")
