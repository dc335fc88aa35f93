"""The part of a plan that is done: its steps, and whether they fit the data and the wishes of the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from tiaokuai.graph import Snapshot
from tiaokuai.planning.intervention import Intervention
from tiaokuai.planning.months import month_text
from tiaokuai.planning.plan_document import Steps
from tiaokuai.planning.plan_question import Question
from tiaokuai.planning.plan_wishes import BadPlan
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.scenario_checks import check as scenario_faults
from tiaokuai.planning.scenario_faults import Fault
from tiaokuai.planning.state import start_state

Founding = tuple[str, str]  # block, source


def done_steps(asked: Question, before: Scenario, until: int) -> Steps:
    """The steps of ``before`` up to month number ``until`` included; BadPlan with everything that does not fit."""
    periods = len(asked.budgets)
    count = min(periods, max(0, (until - asked.start) // asked.months + 1))
    found: list[list[Intervention]] = [[] for _ in range(count)]
    lines: list[Counter[str]] = [Counter() for _ in range(count)]
    day = asked.base.snapshot
    faults = scenario_faults(before, start_state(day), asked.start, periods * asked.months)
    ready = _ready(day)
    for number, item in before.applications():
        period, late = divmod(number - asked.start, asked.months)
        if not 0 <= period < count:
            continue
        if late or not _fits(item):
            faults.append(_misfit(asked, item, before.path))
        elif item.do == "found" and item.block not in ready:
            found[period].append(item)
        elif item.do == "add_backbones":
            lines[period][str(item.enterprise)] += item.count or 1
    if faults:  # the rest asks about blocks and enterprises that there are
        raise BadPlan(faults)
    foundings = _foundings(day, found, before.path, faults)
    steps = Steps(tuple(foundings), tuple(tuple(sorted(each.items())) for each in lines))
    faults += _against_wishes(asked, steps)
    if faults:
        raise BadPlan(faults)
    return steps


def _ready(day: Snapshot) -> set[str]:
    """Blocks that need no founding."""
    columns = (day.block_ids, day.founded.tolist(), day.kind)
    return {name for name, yes, kind in zip(*columns, strict=True) if yes or kind == "pilot"}


def _fits(item: Intervention) -> bool:
    return item.do == "found" or (item.do == "add_backbones" and item.enterprise is not None)


def _misfit(asked: Question, item: Intervention, path: str | None) -> Fault:
    first = month_text(asked.start)
    zh = f"{item.at} 的 {item.do} 不是计划的一步：计划只在每期首月建块或在企业加线"
    en = f"{item.do} of {item.at} is no step of a plan: foundings, or lines at an enterprise, at a period's first month"
    zh, en = f"{zh}（自 {first} 起每期 {asked.months} 个月）", f"{en} ({asked.months} months each from {first})"
    return Fault(zh, en, item.places.get(""), path)


def _foundings(
    day: Snapshot, found: list[list[Intervention]], path: str | None, faults: list[Fault]
) -> list[tuple[Founding, ...]]:
    """Foundings by period, each with a source that is linked and stood before; the first such where none is named."""
    linked, ready, made = _links(day), _ready(day), []
    for items in found:
        here: list[Founding] = []
        for item in items:
            block = str(item.block)
            may = sorted(linked(block) & ready - {block})
            if not may or item.source not in (None, *may):
                faults.append(_no_source(item, may, path))
            else:
                here.append((block, item.source or may[0]))
        ready |= {block for block, _ in here}
        made.append(tuple(sorted(here)))
    return made


def _no_source(item: Intervention, may: list[str], path: str | None) -> Fault:
    zh, en = (
        f"{item.block} 的来源须是此前已建且相邻的块",
        f"the source of {item.block} must be linked and founded before",
    )
    if may:
        zh, en = f"{zh}，可用 {'、'.join(may[:10])}", f"{en}; there are {', '.join(may[:10])}"
    return Fault(zh, en, item.places.get("source") or item.places.get(""), path)


def _links(day: Snapshot) -> Callable[[str], set[str]]:
    """Who is linked to a block: by the links table, or all of its district where there is none."""
    links, blocks = day.network["links"], day.network["blocks"]
    found: dict[str, set[str]] = {}
    if len(links):
        for one, other in links.select("a", "b").iter_rows():
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
        return lambda block: found.get(block, set())
    home = dict(blocks.select("id", "district").iter_rows())
    for name, district in home.items():
        found.setdefault(district, set()).add(name)
    return lambda block: found[home[block]]


def _against_wishes(asked: Question, steps: Steps) -> Iterator[Fault]:
    """Wishes that what is done has broken for good: nothing that is planned now can keep them."""
    wishes, day = asked.wishes, asked.base.snapshot
    home = dict(zip(day.enterprise_ids.to_list(), (day.block_ids[at] for at in day.block.tolist()), strict=True))
    when = {block: at + 1 for at, found in enumerate(steps.found) for block, _ in found}
    for at, (found, lines) in enumerate(zip(steps.found, steps.lines, strict=True)):
        by_block: Counter[str] = Counter()
        for name, number in lines:
            by_block[home[name]] += number
        for most, number, zh, en in (
            (wishes.max_foundings, len(found), "建块", "foundings"),
            (wishes.max_lines, by_block.total(), "加线", "lines"),
            (wishes.max_lines_per_block, max(by_block.values(), default=0), "一块内加线", "lines in one block"),
        ):
            if most is not None and number > most:
                yield Fault(
                    f"已做的第 {at + 1} 期{zh} {number}，超过上限 {most}",
                    f"period {at + 1}, which is done, has {number} {en}; the limit is {most}",
                )
    for block in wishes.never:
        if block in when:
            yield Fault(f"{block} 不应建块，却已在第 {when[block]} 期建成", f"{block} is never to be founded, but is")
    ready, count = _ready(day), len(steps.found)
    late = [(block, by) for block, by in wishes.must if by <= count and when.get(block, count + 1) > by]
    late += [(block, by) for by, block in wishes.fix if when.get(block, by if by > count else 0) != by]
    for block, by in late:
        if block not in ready:
            yield Fault(
                f"{block} 应在第 {by} 期建块，已做的部分却没有",
                f"{block} was to be founded in period {by}, and what is done has it otherwise",
            )
