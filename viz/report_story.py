"""What a report tells, in order: where we stand, why, what if, what next, how good the data are, what is assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tiaokuai.viz.bands import quoted
from tiaokuai.viz.drawing import picture
from tiaokuai.viz.report_basis import assumptions, quality
from tiaokuai.viz.report_explain import change, rule
from tiaokuai.viz.report_facts import Document, Facts
from tiaokuai.viz.report_parts import Chapter, Part, Said, Shown
from tiaokuai.viz.text import Text, known


def chapters(facts: Facts, lang: str) -> tuple[Chapter, ...]:
    """The story of these facts."""
    t = Text(lang)
    return (
        _where(facts, t),
        _why(facts, t),
        _what_if(facts, t),
        _what_next(facts, t),
        quality(facts, t),
        assumptions(facts, t),
    )


def headline(facts: Facts, t: Text) -> str:
    """The whole report in a sentence."""
    total, lateral = facts.coverage["total"], facts.replication
    if not facts.network["enterprises"].height or known(total.get("staff")) == 0:
        return t("数据中还没有需要覆盖的人。", "The data hold nobody to be covered yet.")
    founded = t(
        f"{t.number(lateral['eligible'])} 个应建块已建 {t.number(lateral['founded'])} 个",
        f"{t.number(lateral['founded'])} of {t.blocks(lateral['eligible'])} that can be are founded",
    )
    hollow = _count(lateral["hollow"])
    empty = ""
    if hollow:
        is_are = "is" if hollow == 1 else "are"
        empty = t(f"，{t.number(hollow)} 个块空心", f", {t.number(hollow)} {is_are} hollow")
    share = t.share(total.get("coverage"))
    reached, staff = t.number(total.get("reached")), t.number(total.get("staff"))
    return t(
        f"覆盖率 {share}：{staff} 人中触达 {reached} 人；{founded}{empty}。",
        f"{share} within reach: {reached} of {staff} staff; {founded}{empty}.",
    )


def figures(facts: Facts, t: Text) -> list[tuple[str, str, str]]:
    """The figures that come first: what, how much, and beside what."""
    total, lateral = facts.coverage["total"], facts.replication
    missing = t.number(total.get("missing_lines"))
    return [
        (
            t("覆盖率", "coverage"),
            t.share(total.get("coverage")),
            t(
                f"{t.number(total.get('reached'))} / {t.number(total.get('staff'))} 人",
                f"{t.number(total.get('reached'))} of {t.number(total.get('staff'))} staff",
            ),
        ),
        (
            t("已建块", "blocks founded"),
            f"{t.number(lateral['founded'])}/{t.number(lateral['eligible'])}",
            t(
                f"近 12 个月新建 {t.number(lateral['velocity_12m'])} 个",
                f"{t.number(lateral['velocity_12m'])} in the last 12 months",
            ),
        ),
        (
            t("线", "lines"),
            t.number(total.get("lines")),
            t(f"尚缺 {missing} 条", f"{missing} still missing"),
        ),
        (
            t("空心块", "hollow blocks"),
            t.number(_count(lateral["hollow"])),
            t("有块无条，不算覆盖", "founded, but hardly any line"),
        ),
    ]


def _where(facts: Facts, t: Text) -> Chapter:
    gaps = facts.gaps
    to_found = _count(gaps["blocks_to_found"])
    out, lines = gaps["staff_out_of_reach"], gaps["missing_lines"]
    lead = t(
        f"离全覆盖还差：{t.number(out)} 人未触达，{t.number(lines)} 条线，{t.number(to_found)} 个块待建。",
        f"To full coverage there are {t.people(out)} out of reach, {t.lines(lines)} to add "
        f"and {t.blocks(to_found)} to found.",
    )
    parts = _shown(facts, t, "coverage_bars", "coverage_mosaic", "network", "history_map")
    return Chapter("where", t("现状如何", "Where do we stand?"), lead, parts)


def _why(facts: Facts, t: Text) -> Chapter:
    lateral = facts.replication
    orphans = _count(lateral["orphans"])
    lead = t(
        f"试点之外已建 {t.number(lateral['replicas'])} 个块，其中 {t.number(orphans)} 个没有登记来源。",
        f"Beyond the pilots {t.count(lateral['replicas'], '', 'block is', 'blocks are')} founded; "
        f"{t.number(orphans)} founded without a recorded source.",
    )
    parts = _shown(facts, t, "replication_tree", "template_heat", "influence")
    told = [_explained(document, facts, t) for document in facts.explained if document]
    return Chapter("why", t("为什么", "Why?"), lead, (*parts, *told))


def _explained(document: Document, facts: Facts, t: Text) -> Said:
    name = facts.names.get(document["block"], document["block"])
    points = tuple(change(each, t) for each in document["changes"])
    status = t.status(document["status"])
    return Said(
        t(f"{name}:{status}", f"{name}: {status}"),
        (rule(document, t), *((t("怎样会改变：", "What would change it:"),) if points else ())),
        points,
    )


def _what_if(facts: Facts, t: Text) -> Chapter:
    title = t("如果……会怎样", "What would happen if?")
    forecast = facts.forecast
    if forecast is None:
        lead = t("没有企业，无从模拟。", "There is no enterprise, so nothing to simulate.")
        return Chapter("what-if", title, lead, ())
    compared = ("difference",) if forecast.get("differences") else ()
    parts = _shown(facts, t, "forecast", *compared, "line_block_plane")
    return Chapter("what-if", title, _forecast_lead(forecast, t), parts)


def _forecast_lead(forecast: Document, t: Text) -> str:
    months = forecast["months"]
    ends = [(each["name"], _end(each["series"]["coverage"], t)) for each in forecast["scenarios"]]
    if not ends or not ends[0][1]:
        return t(f"模拟 {months} 个月。", f"{months} months simulated.")
    first = t(
        f"什么都不做，{months} 个月后覆盖率为 {ends[0][1]}",
        f"If nothing is done, coverage stands at {ends[0][1]} after {months} months",
    )
    others = [t(f"{quoted(name, t)}为 {end}", f"{quoted(name, t)} leads to {end}") for name, end in ends[1:]]
    return t("。", ". ").join([t(";", "; ").join([first, *others]), ""]).strip()


def _end(series: Mapping[str, Sequence[Any]], t: Text) -> str:
    """The last month: the median and the middle 90 % of runs, or the expectation; nothing without staff."""
    middle = series["p50"][-1] if known(series["p50"][-1]) is not None else series["mean"][-1]
    low, high = series["p05"][-1], series["p95"][-1]
    if known(middle) is None:
        return ""
    if known(low) is None or known(high) is None:
        return t.share(middle)
    return t(
        f"{t.share(middle)}（九成模拟在 {t.share(low)}–{t.share(high)}）",
        f"{t.share(middle)} ({t.share(low)}–{t.share(high)} in nine runs of ten)",
    )


def _what_next(facts: Facts, t: Text) -> Chapter:
    parts = _shown(facts, t, "gap_waterfall")
    lead = t("先补条，再建块：下面按顺序列出缺口。", "Lines before blocks: the gaps below are in that order.")
    if facts.plan is not None:
        parts += _shown(facts, t, "plan_board")
        lead = plan_lead(facts.plan, t) or lead
    return Chapter("what-next", t("下一步怎么办", "What next?"), lead, parts)


def plan_lead(plan: Document, t: Text) -> str:
    """The plan in a sentence."""
    periods = plan.get("periods") or []
    if not periods:
        return t("没有能满足全部条件的计划。", "No plan can meet all the wishes.")
    foundings = sum(len(period["found"]) for period in periods)
    counted = [each["count"] for period in periods for each in period["lines"]]
    lines = sum(int(known(count) or 0) for count in [*counted, *(p.get("lines_in_all", 0) for p in periods)])
    founds = (f"新建 {t.blocks(foundings)}、", f"founds {t.blocks(foundings)} and ") if foundings else ("", "")
    said = t(
        f"计划在 {len(periods)} 期内{founds[0]}开 {t.lines(lines)}，费用 {t.number(plan.get('cost'))}",
        f"The plan {founds[1]}adds {t.lines(lines)} "
        f"in {t.count(len(periods), '', 'period', 'periods')}, "
        f"for {t.number(plan.get('cost'))}",
    )
    gap = known(plan.get("gap"))
    proven = ""
    if gap is not None:
        below = t(f"，距最优至多 {t.share(gap)}", f", at most {t.share(gap)} below the best there is")
        proven = below if gap > 0 else t("，已证明最优", ", proven to be the best there is")
    return t(f"{said}{proven}。", f"{said}{proven}.")


def _count(value: Any) -> int:
    return len(value) if isinstance(value, list | tuple) else int(known(value) or 0)


def _shown(facts: Facts, t: Text, *names: str) -> tuple[Part, ...]:
    made = ((name, picture(name, facts, t.lang)) for name in names)
    return tuple(Shown(name.replace("_", "-"), found) for name, found in made if found is not None)
