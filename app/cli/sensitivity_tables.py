"""A sensitivity analysis as tables for people: the rates by what they explain, and what to check first."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from tiaokuai.cli.frame import Ask
from tiaokuai.cli.showing import ROOMY
from tiaokuai.cli.simulate_tables import NAMES as FIGURES
from tiaokuai.cli.simulate_tables import SHARES
from tiaokuai.cli.tables import percent, table, text
from tiaokuai.planning.rates import SHORT


def show(document: Mapping[str, Any], ask: Ask) -> None:
    """The rates by what they explain, what to check first, and both in words."""

    def figure(value: Any) -> str:
        if value is None:
            return text(value)
        return percent(value) if document["metric"] in SHARES else f"{value:,.1f}"

    def share(value: float | None, error: float | None) -> str:
        return "–" if value is None else f"{100 * value:.0f}%" + (f" ±{math.ceil(100 * error)}" if error else "")

    def moved(value: Any) -> str:
        """So far apart: points of a share are no percent of it."""
        if value is None:
            return text(value)
        return f"{100 * value:.1f}" if points else f"{value:,.1f}"

    points = document["metric"] in SHARES
    unit = ask.say("（百分点）", " (points)") if points else ""
    name = ask.say(*FIGURES.get(document["metric"], (document["metric"],) * 2))
    columns = [
        (ask.say("速率", "rate"), "left"),
        (ask.say("范围", "range"), "right"),
        (ask.say("取低时", "at low"), "right"),
        (ask.say("取高时", "at high"), "right"),
        ("μ*", "right"),
        (ask.say("单独", "first"), "right"),
        (ask.say("合计", "total"), "right"),
    ]
    rows = [
        [
            SHORT[row["rate"]][0] if ask.lang == "zh" else row["rate"],
            f"{row['low']:.3g} … {row['high']:.3g}",
            figure(row["answer_low"]),
            figure(row["answer_high"]),
            moved(row["mu_star"]),
            share(row["first"], row["first_error"]),
            share(row["total"], row["total_error"]),
        ]
        for row in document["rows"]
    ]
    at = ask.say(f"{document['months']} 个月后的{name}", f"{name} after {document['months']} months")
    made = table(f"{at}{ask.say('：', ': ')}{figure(document['answer'])}", columns, rows)
    if ask.console.width < ROOMY:
        made.padding = (0, 0)
    ask.console.print(made)
    zh = f"μ*：平均变动{unit}（Morris）；单独、合计：占答案差异的份额（Sobol），单独的与连同相互作用的"
    en = (
        f"μ*: mean size of the move{unit}, Morris; first, total: shares of the spread, alone and with the others, Sobol"
    )
    ask.console.print(ask.say(zh, en))
    _check(document, ask, moved, unit)
    ask.console.print(document["words"])
    for warning in document.get("warnings", ()):
        ask.console.print(ask.say("注意：", "Note: ") + warning[ask.lang])


def _check(document: Mapping[str, Any], ask: Ask, moved: Callable[[Any], str], unit: str) -> None:
    kinds = {
        "rate": ("速率", "rate"),
        "block": ("区块的推定人数", "imputed, block"),
        "enterprise": ("企业的推定人数", "imputed, enterprise"),
    }
    columns = [
        (ask.say("先核实", "check first"), "left"),
        (ask.say("哪一个", "which"), "left"),
        (ask.say("试用", "tried"), "right"),
        (ask.say("答案移动", "moves it by") + unit, "right"),
    ]
    rows = [
        [
            ask.say(*kinds[row["kind"]]),
            SHORT[row["rate"]][0] if row["kind"] == "rate" and ask.lang == "zh" else row[row["kind"]],
            f"{row['low']:.3g} … {row['high']:.3g}",
            moved(row["swing"]),
        ]
        for row in document["check_first"][:10]
    ]
    if rows:
        ask.console.print(table(ask.say("先核实什么", "What to check first"), columns, rows))
