"""Rates learned, backtests and grades as tables for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tiaokuai.cli.frame import Ask
from tiaokuai.cli.tables import footnote, table, text, withheld
from tiaokuai.planning.rates import BY_NAME


def figure(value: Any) -> str:
    """A rate in three digits.

    >>> figure(0.0316667), figure(None), figure(1000.0)
    ('0.0317', '–', '1000')
    """
    return text(value) if value is None or withheld(value) else f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def calibration(document: Mapping[str, Any], ask: Ask) -> None:
    """Each rate with its interval and what is behind it."""
    rows = []
    for name, each in document["rates"].items():
        rate = BY_NAME[name]
        span = "–" if each["low"] is None else f"{figure(each['low'])} … {figure(each['high'])}"
        rows.append(
            [
                f"{name} ¹" if rate.unit == "year" else name,
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
        (ask.say("95% 区间", "95 % interval"), "right"),
        (ask.say("默认", "default"), "right"),
        (ask.say("事件", "events"), "right"),
        (ask.say("在险月", "months at risk"), "right"),
    ]
    title = ask.say(
        f"由 {document['from']} 至 {document['to']} 的历史学得的速率",
        f"Rates learned from the history {document['from']} to {document['to']}",
    )
    ask.console.print(table(title, columns, rows))
    ask.console.print(ask.say("¹ 每年;其他速率按月", "¹ a year; the others a month"))
    for name, each in document["rates"].items():
        if each["note"]:
            ask.console.print(f"{name}: {each['note']}")
    if note := footnote(document, ask.lang):
        ask.console.print(note)
