"""Rates learned, backtests and grades as tables for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tiaokuai.cli.frame import Ask
from tiaokuai.cli.tables import counted, percent, table, text
from tiaokuai.planning.rates import BY_NAME, SHORT


def figure(value: Any) -> str:
    """A rate in three digits.

    >>> figure(0.0316667), figure(None), figure(1000.0)
    ('0.0317', '–', '1000')
    """
    return text(value) if value is None else f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def calibration(document: Mapping[str, Any], ask: Ask) -> None:
    """Each rate with its interval and what is behind it."""
    rows = []
    for name, each in document["rates"].items():
        rate = BY_NAME[name]
        span = "–" if each["low"] is None else f"{figure(each['low'])} … {figure(each['high'])}"
        rows.append(
            [
                f"{called(name, ask)} ¹" if rate.unit == "year" else called(name, ask),
                figure(each["value"]),
                span,
                figure(each["default"]),
                text(each["events"]),
                text(each["exposure"]),
            ]
        )
    columns = [
        (ask.say("速率", "rate"), "left"),
        (ask.say("取值", "value"), "right"),
        (ask.say("95% 区间", "95% interval"), "right"),
        (ask.say("默认", "default"), "right"),
        (ask.say("事件", "events"), "right"),
        (ask.say("在险月", "months at risk"), "right"),
    ]
    title = ask.say(
        f"由 {document['from']} 至 {document['to']} 的历史学得的速率",
        f"Rates learned from the history {document['from']} to {document['to']}",
    )
    ask.console.print(table(title, columns, rows))
    ask.console.print(ask.say("¹ 每年；其他速率按月", "¹ a year; the others a month"))
    for name, each in document["rates"].items():
        if each["note"]:
            ask.console.print(f"{called(name, ask)}{ask.say('：', ': ')}{each['note']}")


def called(rate: str, ask: Ask) -> str:
    """A rate's short name in Chinese, the name that options and files take in English."""
    return SHORT[rate][0] if ask.lang == "zh" else rate


METRICS = {"line_share": ("有线企业占比", "line share"), "coverage": ("覆盖率", "coverage")}
MODELS = {"model": ("预测", "forecast"), "bass": ("Bass 曲线", "Bass curve"), "unchanged": ("不变", "unchanged")}


def points(value: Any) -> str:
    """A share as points of a hundred.

    >>> points(0.0123), points(None)
    ('1.23', '–')
    """
    return text(value) if value is None else f"{100 * value:.2f}"


def backtested(document: Mapping[str, Any], ask: Ask) -> None:
    """How far off each forecaster was, then from which cut-off, then in words."""
    columns = [
        (ask.say("指标", "figure"), "left"),
        (ask.say("预测者", "forecaster"), "left"),
        (ask.say("CRPS（百分点）", "CRPS (points)"), "right"),
        (ask.say("平均偏差", "mean error"), "right"),
        (ask.say("在 90% 区间内", "inside 90%"), "right"),
    ]
    rows = [
        [
            ask.say(*METRICS[metric]) if model == "model" else "",
            ask.say(*MODELS[model]),
            points(found["crps"]),
            points(found["mae"]),
            percent(found["inside_90"]),
        ]
        for metric, every in document["scores"].items()
        for model, found in every.items()
    ]
    hide, runs, seed = document["hide"], document["runs"], document["seed"]
    cuts = document.get("cutoffs")
    many = ask.say(f"，{len(cuts)} 个截止月的平均", f", mean of {counted(len(cuts), 'cut-off')}") if cuts else ""
    title = ask.say(
        f"隐去 {hide} 个月的回测（至 {document['start']} 前为已知）{many}；{runs} 次运行，种子 {seed}",
        f"{counted(hide, 'month')} hidden, known until {document['start']}{many}; {counted(runs, 'run')}, seed {seed}",
    )
    ask.console.print(table(title, columns, rows))
    if cuts:
        ask.console.print(_cutoffs(cuts, ask))
    ask.console.print(text(document["verdict"]))


def _cutoffs(cuts: Any, ask: Ask) -> Any:
    """CRPS of the line share from every cut-off."""
    columns = [(ask.say("截止月", "cut-off"), "left")]
    columns += [(f"{ask.say(*names)}", "right") for names in MODELS.values()]
    columns.append((ask.say("在 90% 区间内", "inside 90%"), "right"))
    rows = [
        [
            cut["start"],
            *(points(cut["scores"]["line_share"][model]["crps"]) for model in MODELS),
            percent(cut["scores"]["line_share"]["model"]["inside_90"]),
        ]
        for cut in cuts
    ]
    return table(ask.say("有线企业占比的 CRPS（百分点）", "CRPS of the line share (points)"), columns, rows)


def graded(document: Mapping[str, Any], ask: Ask) -> None:
    """Each month's figure beside the band, then in words."""
    for metric, series in document["series"].items():
        columns = [
            (ask.say("月", "month"), "right"),
            (ask.say("实际", "actual"), "right"),
            (ask.say("预测中位", "median"), "right"),
            (ask.say("90% 区间", "90% band"), "right"),
        ]
        months = range(len(series["p50"]))
        shown = [at for at in months if at % max(1, len(months) // 12) == 0 or at == len(months) - 1]
        rows = [
            [
                str(at),
                percent(series["actual"][at]),
                percent(series["p50"][at]),
                f"{percent(series['p05'][at])}–{percent(series['p95'][at])}",
            ]
            for at in shown
        ]
        ask.console.print(table(ask.say(*METRICS[metric]), columns, rows))
    ask.console.print(text(document["verdict"]))
