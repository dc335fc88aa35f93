"""A forecast as tables for people: where it ends, how it gets there, when thresholds are met, where it differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape

from tiaokuai.cli.frame import Ask
from tiaokuai.cli.tables import footnote, percent, table, text, withheld

SHARES = ("coverage", "realised", "line_share", "founded_share", "full_coverage", "hollow_share")
NAMES = {
    "coverage": ("覆盖率", "coverage"),
    "realised": ("实际联系率", "realised"),
    "line_share": ("有线企业占比", "line share"),
    "founded_share": ("已建区块占比", "founded share"),
    "full_coverage": ("全覆盖区块占比", "full coverage"),
    "hollow_share": ("空心区块占比", "hollow share"),
    "reached": ("覆盖人数", "people reached"),
    "lines": ("线", "lines"),
    "enrolled": ("团体会员", "enrolled"),
    "cost": ("累计成本", "cost so far"),
}


def show(document: Mapping[str, Any], ask: Ask) -> None:
    """Prints the document."""
    scenarios = document["scenarios"]
    _head(document, ask)
    ask.console.print(_ends(document, ask))
    if document["months"] >= 12:
        ask.console.print(_path(document, ask))
    if rows := _times(scenarios, ask):
        heading = ask.say("多少个月后达到(90% 区间)", "months until (90% band)")
        columns = [(heading, "left"), *((_called(scenario["name"], ask), "right") for scenario in scenarios)]
        ask.console.print(table(ask.say("达标时间", "Time to thresholds"), columns, rows))
    for difference in document["differences"]:
        _difference(difference, document, ask)
    for warning in document.get("warnings", ()):
        ask.console.print(ask.say("注意:", "Note: ") + warning[ask.lang])
    if note := footnote(document, ask.lang):
        ask.console.print(note)


def _head(document: Mapping[str, Any], ask: Ask) -> None:
    start, months, runs, seed = (document[key] for key in ("start", "months", "runs", "seed"))
    if runs:
        how = ask.say(f"{text(runs)} 次运行,种子 {seed}", f"{text(runs)} runs, seed {seed}")
    else:
        how = ask.say("平均场引擎,只有期望", "mean-field engine, expectations alone")
    ask.console.print(ask.say(f"自 {start} 起 {months} 个月;{how}", f"{months} months from {start}; {how}"))
    if found := document.get("precision"):
        half, wanted = f"±{found['half_width']:.4f}", f"±{found['wanted']:g}"
        zh = f"精度 {half}(要求 {wanted}),需要 {text(found['runs'])} 次运行"
        ask.console.print(ask.say(zh, f"precision {half} (asked for {wanted}) took {text(found['runs'])} runs"))


def _figure(metric: str, value: Any) -> str:
    if metric in SHARES:
        return percent(value)
    return text(value) if withheld(value) or value is None else f"{value:,.0f}"


def _called(name: str, ask: Ask) -> str:
    """A scenario at the head of its column."""
    return ask.say("什么都不做", "baseline") if name == "baseline" else escape(name)


def _at(series: Any, band: str, index: int) -> Any:
    return series if withheld(series) else series[band] if withheld(series[band]) else series[band][index]


def _band(metric: str, series: Any, index: int) -> str:
    """``mean (p05–p95)``, the mean alone where they are the same."""
    mean, low, high = (_figure(metric, _at(series, band, index)) for band in ("mean", "p05", "p95"))
    return mean if low == high else f"{mean} ({low}–{high})"


def _ends(document: Mapping[str, Any], ask: Ask) -> Any:
    scenarios, last = document["scenarios"], document["months"]
    columns = [(ask.say("指标", "figure"), "left"), (ask.say("起始", "start"), "right")]
    columns += [(_called(scenario["name"], ask), "right") for scenario in scenarios]
    rows = []
    for metric, (zh, en) in NAMES.items():
        every = [scenario["series"].get(metric) for scenario in scenarios]
        if any(series is None for series in every):
            continue
        rows.append(
            [
                ask.say(zh, en),
                _figure(metric, _at(every[0], "mean", 0)),
                *(_band(metric, series, last) for series in every),
            ]
        )
    title = ask.say(f"{last} 个月后:均值(90% 区间)", f"After {last} months: mean (90% band)")
    return table(title, columns, rows)


def _path(document: Mapping[str, Any], ask: Ask) -> Any:
    """Coverage every half year, or every year on a long horizon."""
    months = document["months"]
    step = 6 if months <= 48 else 12 if months <= 120 else 60
    columns = [
        (ask.say("月", "month"), "right"),
        *((_called(each["name"], ask), "right") for each in document["scenarios"]),
    ]
    rows = [
        [str(index), *(_band("coverage", each["series"]["coverage"], index) for each in document["scenarios"])]
        for index in range(0, months + 1, step)
    ]
    return table(ask.say("覆盖率的走势", "Coverage on the way"), columns, rows)


def _times(scenarios: list[Any], ask: Ask) -> list[list[str]]:
    """Thresholds that anybody reaches, and those of coverage."""
    rows = []
    for at, first in enumerate(scenarios[0]["time_to"]):
        every = [scenario["time_to"][at] for scenario in scenarios]
        if first["metric"] != "coverage" and all(row["p50"] is None and row["never"] in (1, None) for row in every):
            continue
        zh, en = NAMES[first["metric"]]
        rows.append([f"{ask.say(zh, en)} ≥ {100 * first['at_least']:.0f}%", *(_time(row, ask) for row in every)])
    return rows


def _time(row: Mapping[str, Any], ask: Ask) -> str:
    if any(withheld(value) for value in row.values()):
        return text({"suppressed": "fewer_than_5"})
    never = row["never"]
    if never == 1 or (never is None and row["p50"] is None):
        return ask.say("期内未达", "not within the horizon")
    share = ask.say(f"{100 * never:.1f}% 未达", f"{100 * never:.1f}% never") if never else ""
    if row["p50"] is None:  # more than half of the runs never get there
        soonest = ask.say(f"(最快 5%:{row['p05']})", f" (soonest 5%: {row['p05']})")
        return share + (soonest if row["p05"] is not None else "")
    high = "…" if row["p95"] is None else str(row["p95"])
    spread = str(row["p50"]) if never is None or row["p05"] == row["p95"] else f"{row['p50']} ({row['p05']}–{high})"
    return spread + (ask.say(",", ", ") + share if share else "")


def _difference(difference: Mapping[str, Any], document: Mapping[str, Any], ask: Ask) -> None:
    """In words: how many people more, for what, and where they come from."""
    last = document["months"]
    people = _band("reached", difference["series"]["reached"], last)
    cost = _figure("cost", _at(difference["series"]["cost"], "mean", last))
    name, against = (_called(difference[key], ask) for key in ("scenario", "against"))
    zh = f"{name} 较 {against}:期末多覆盖 {people} 人,多花 {cost}"
    ask.console.print(ask.say(zh, f"{name} against {against}: {people} people more at the end, for {cost} more"))
    if words := where(difference, ask):
        ask.console.print("  " + words)


def where(difference: Mapping[str, Any], ask: Ask) -> str:
    """``82 % in B03 itself, 18 % through B07 and B11``, and the month when it first shows."""
    blocks = difference["blocks"]
    if not blocks or any(withheld(value) for block in blocks for value in block.values()):
        return ""
    known = [block for block in blocks if block["share"] is not None and not withheld(block["share"])]
    own = [block for block in known if block["direct"]]
    through = [block for block in known if not block["direct"]]
    parts = []
    if own:
        names = ask.say("、", ", ").join(block["block"] for block in own[:3]) + (" …" if len(own) > 3 else "")
        share = percent(sum(block["share"] for block in own))
        itself = "itself" if len(own) == 1 else "themselves"
        parts.append(ask.say(f"{share} 来自 {names} 本身", f"{share} in {names} {itself}"))
    if through:
        names = ask.say("、", ", ").join(block["block"] for block in through[:3]) + (" …" if len(through) > 3 else "")
        share = percent(sum(block["share"] for block in through))
        parts.append(ask.say(f"{share} 经由联系在 {names}", f"{share} through links in {names}"))
    first = min(block["first_month"] for block in blocks if block["first_month"])
    return ask.say(",", ", ").join(parts) + ask.say(f";最早见于 {first}", f"; it first shows in {first}")
