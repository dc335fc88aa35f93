"""Fields of What if beside the scenarios: the rates on sliders, and how the future is simulated."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from tiaokuai.planning.rates import TABLE, Rate
from tiaokuai.web.frame import View, card, control
from tiaokuai.web.trying import MOST_RUNS, RUNS, SEED, shown
from tiaokuai.web.words import cell

AT_ONCE = 10_000  # enterprises up to which the curve follows every move, not only its end
FIRST_RATES = ("imitation", "start", "replication", "backbone_turnover", "fill")  # the others fold away


def how(view: View) -> Any:
    """What else the command takes: how many runs, which draws, and whether history says the rates."""
    t, address = view.say, view.address
    number = dmc.NumberInput
    precision = address.number("precision", 0.0, 0.0, 50.0)
    fields = [
        number(
            id=control("runs"),
            label=t("模拟次数", "Runs"),
            value=address.number("runs", RUNS, 1, MOST_RUNS),
            min=1,
            max=MOST_RUNS,
            debounce=400,
        ),
        number(
            id=control("precision"),
            label=t("或：覆盖率均值的误差（± 百分点）", "Or until mean coverage is known to ± points"),
            value=precision or None,
            min=0.05,
            max=50,
            debounce=400,
        ),
        number(
            id=control("seed"),
            label=t("种子", "Seed"),
            value=address.number("seed", SEED, 0, 2**31 - 1),
            min=0,
            max=2**31 - 1,
            debounce=400,
        ),
        dmc.CheckboxGroup(
            dmc.Checkbox(
                label=t("速率取自历史（滑块不起作用）", "rates learned from history (the sliders do not count)"),
                value="1",
            ),
            id=control("learn"),
            value=["1"] if address.get("learn") == "1" else [],
        ),
    ]
    return html.Div(fields, className="fields")


def rates_card(view: View) -> Any:
    t = view.say
    # What the address holds goes along, and this.
    carried: dict[str, Any] = {"data-carry": "ask=number&asked=number"}
    along: dict[str, Any] = {"data-carry": ""}
    by_name = {rate.name: rate for rate in TABLE}
    first = [_rate(view, by_name[name]) for name in FIRST_RATES]
    rest = [_rate(view, rate) for rate in TABLE if rate.name not in FIRST_RATES]
    more = html.Details([html.Summary(t("其他速率", "the other rates")), *rest])
    return card(
        t("速率", "Rates"),
        *first,
        more,
        html.Div(
            dmc.Button(t("全部复原", "all as they were"), id="reset-rates", variant="default", size="compact-sm"),
            className="buttons",
        ),
        html.Div(
            [
                html.A(t("历史怎么说 →", "what history says →"), href=view.href("sure")),
                html.A(
                    t("哪个数字最要紧 →", "which number matters →"),
                    href=view.href("sure"),
                    id="to-sure",
                    **carried,
                ),
                html.A(t("连同情景做报告 →", "a report with these scenarios →"), href=view.href("data"), **along),
            ],
            className="row",
        ),
        note=t(
            "对所有情景都适用；每月的速率折成一年显示。",
            "They hold for every scenario; monthly rates are shown for a year.",
        ),
    )


def _rate(view: View, rate: Rate) -> Any:
    t, low, high = view.say, shown(rate.low, rate.unit), shown(rate.high, rate.unit)
    # History may say a rate beyond the range that the table explores.
    most = shown(rate.most, rate.unit)
    value = view.address.number(f"r.{rate.name}", shown(rate.default, rate.unit), 0.0, most)
    low, high = min(low, value), max(high, value)
    at_once = view.holding.network["enterprises"].height <= AT_ONCE
    unit = {"month": t("每年", "a year"), "year": t("每年", "a year"), "share": "", "factor": "×"}[rate.unit]
    return html.Div(
        [
            html.Div(
                [
                    html.Span(f"{t(rate.zh, rate.en)} {rate.symbol}"),
                    html.Span(
                        cell(value, digits=3) + f" {unit}", id={"type": "rate-shown", "key": rate.name}, title=unit
                    ),
                ],
                className="head",
            ),
            dmc.Slider(
                id=control(f"r.{rate.name}"),
                min=low,
                max=high,
                step=round((high - low) / 100, 4),
                value=value,
                updatemode="drag" if at_once else "mouseup",
                label=None,
                size="sm",
                thumbLabel=t(rate.zh, rate.en),
            ),
        ],
        className="rate",
    )
