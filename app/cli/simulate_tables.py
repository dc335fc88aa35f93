"""A forecast as tables for people: where it ends, how it gets there, when thresholds are met, where it differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape

from tiaokuai.cli.difference_words import called, print_difference
from tiaokuai.cli.frame import Ask
from tiaokuai.cli.tables import counted, percent, side_by_side, text

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
    _ends(document, ask)
    if document["months"] >= 12:
        _path(document, ask)
    if rows := _times(scenarios, ask):
        banded = document["runs"] > 0
        heading = ask.say("多少个月后达到", "months until") + (ask.say("（90% 区间）", " (90% band)") if banded else "")
        _side_by_side(ask.say("达标时间", "Time to thresholds"), [(heading, "left")], scenarios, rows, ask)
    for difference in document["differences"]:
        print_difference(difference, document["months"], ask)
    for warning in document.get("warnings", ()):
        ask.console.print(ask.say("注意：", "Note: ") + escape(warning[ask.lang]))


def _side_by_side(
    title: str, lead: list[tuple[str, str]], scenarios: list[Any], rows: list[list[str]], ask: Ask
) -> None:
    """Scenarios beside one another, in as many tables as the terminal's width asks for: none is cut off."""
    names = [called(scenario["name"], ask) for scenario in scenarios]
    for made in side_by_side(title, lead, names, rows, ask.console.width):
        ask.console.print(made)


def _head(document: Mapping[str, Any], ask: Ask) -> None:
    start, months, runs, seed = (document[key] for key in ("start", "months", "runs", "seed"))
    if runs:
        how = ask.say(f"{text(runs)} 次运行，种子 {seed}", f"{counted(runs, 'run')}, seed {seed}")
    else:
        how = ask.say("平均场引擎，只有期望", "mean-field engine, expectations alone")
    ask.console.print(ask.say(f"自 {start} 起 {months} 个月；{how}", f"{counted(months, 'month')} from {start}; {how}"))
    if found := document.get("precision"):
        half, wanted, took = f"±{found['half_width']:.2g}", f"±{found['wanted']:.2g}", found["runs"]
        zh = f"精度 {half}（要求 {wanted}），需要 {text(took)} 次运行"
        en = f"precision {half} (asked for {wanted}) took {counted(took, 'run')}"
        if found["half_width"] > found["wanted"]:
            zh = f"精度 {half}，未达要求的 {wanted}：至多运行 {text(took)} 次"
            en = f"precision {half}, not the {wanted} asked for: {counted(took, 'run')} are the most that auto does"
        ask.console.print(ask.say(zh, en))


def _figure(metric: str, value: Any) -> str:
    if metric in SHARES:
        return percent(value)
    return text(value) if value is None else f"{value:,.0f}"


def _band(metric: str, series: Any, index: int) -> str:
    """``mean (p05–p95)``, the mean alone where they are the same."""
    mean, low, high = (_figure(metric, series[band][index]) for band in ("mean", "p05", "p95"))
    return mean if low == high else f"{mean} ({low}–{high})"


def _ends(document: Mapping[str, Any], ask: Ask) -> None:
    scenarios, last = document["scenarios"], document["months"]
    columns = [(ask.say("指标", "figure"), "left"), (ask.say("起始", "start"), "right")]
    rows = []
    for metric, (zh, en) in NAMES.items():
        every = [scenario["series"].get(metric) for scenario in scenarios]
        if any(series is None for series in every):
            continue
        rows.append(
            [
                ask.say(zh, en),
                _figure(metric, every[0]["mean"][0]),
                *(_band(metric, series, last) for series in every),
            ]
        )
    what = ask.say("均值（90% 区间）", "mean (90% band)") if document["runs"] else ask.say("期望", "expectations")
    title = ask.say(f"{last} 个月后：{what}", f"After {counted(last, 'month')}: {what}")
    _side_by_side(title, columns, scenarios, rows, ask)


def _path(document: Mapping[str, Any], ask: Ask) -> None:
    """Coverage every half year, or every year on a long horizon."""
    months = document["months"]
    step = 6 if months <= 48 else 12 if months <= 120 else 60
    rows = [
        [str(index), *(_band("coverage", each["series"]["coverage"], index) for each in document["scenarios"])]
        for index in range(0, months + 1, step)
    ]
    title, heading = ask.say("覆盖率的走势", "Coverage on the way"), ask.say("月", "month")
    _side_by_side(title, [(heading, "right")], document["scenarios"], rows, ask)


def _times(scenarios: list[Any], ask: Ask) -> list[list[str]]:
    """Thresholds that anybody reaches, and those of coverage."""
    rows = []
    for at, first in enumerate(scenarios[0]["time_to"]):
        every = [scenario["time_to"][at] for scenario in scenarios]
        if first["metric"] != "coverage" and all(row["p50"] is None and row["never"] in (1, None) for row in every):
            continue
        zh, en = NAMES[first["metric"]]
        rows.append([f"{ask.say(zh, en)} ≥ {100 * first['at_least']:.0f}%", *(until(row, ask) for row in every)])
    return rows


def until(row: Mapping[str, Any], ask: Ask) -> str:
    """Months until a threshold: median and band, and the share of runs that never get there."""
    never = row["never"]
    if never == 1 or (never is None and row["p50"] is None):
        return ask.say("期内未达", "not within the horizon")
    most = "<0.1%" if 0 < (never or 0) < 5e-4 else ">99.9%" if (never or 0) >= 0.9995 else percent(never or 0.0)
    share = ask.say(f"{most} 未达", f"{most} never") if never else ""
    if row["p50"] is None:  # more than half of the runs never get there
        soonest = ask.say(f"（最快 5%：{row['p05']}）", f" (soonest 5%: {row['p05']})")
        return share + (soonest if row["p05"] is not None else "")
    high = "…" if row["p95"] is None else str(row["p95"])
    spread = str(row["p50"]) if never is None or row["p05"] == row["p95"] else f"{row['p50']} ({row['p05']}–{high})"
    return spread + (ask.say("，", ", ") + share if share else "")
