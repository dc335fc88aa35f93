"""The curves of What if: expectations as lines, and the band of many runs behind them once it is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tiaokuai.planning.months import month_number, month_text
from tiaokuai.web.words import SHARES, Words

BASELINE = ("#55616e", "dot")
LINES = (
    ("#08519c", "solid"),
    ("#c75b07", "dash"),
    ("#6b3f8f", "dashdot"),
    ("#1f7a5c", "longdash"),
    ("#9c1f4d", "longdashdot"),
)
NIGHT_LINES = ("#6db3ea", "#f0975a", "#b999e0", "#62c9a3", "#f08db0")


def name_of(scenario: Mapping[str, Any], t: Words) -> str:
    """A scenario's name; the baseline in the reader's words."""
    name = str(scenario["name"])
    return t("什么都不做", "nothing is done") if name == "baseline" else name


def curves(
    expected: Mapping[str, Any], runs: Mapping[str, Any] | None, metric: str, t: Words, *, dark: bool, narrow: bool
) -> dict[str, Any]:
    """The figure of one metric over the months."""
    first = month_number(expected["start"])
    months = [month_text(first + at - 1) for at in range(expected["months"] + 1)]
    traces: list[dict[str, Any]] = []
    for at, scenario in enumerate(expected["scenarios"]):
        colour, dash = BASELINE if at == 0 else LINES[(at - 1) % len(LINES)]
        if dark:
            colour = "#a9b4bf" if at == 0 else NIGHT_LINES[(at - 1) % len(NIGHT_LINES)]
        if runs is not None and at < len(runs["scenarios"]):
            traces += room(months, runs["scenarios"][at]["series"].get(metric), colour)
        # Once the runs are there their mean is the better line: it belongs to the band and to the table below.
        told = scenario if runs is None or at >= len(runs["scenarios"]) else runs["scenarios"][at]
        series = told["series"].get(metric)
        if series is None:
            continue
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name_of(scenario, t),
                "meta": "mean",
                "x": months,
                "y": series["mean"],
                "line": {"color": colour, "dash": dash, "width": 2.6},
                "hovertemplate": "%{x}: %{y:.1%}" if metric in SHARES else "%{x}: %{y:,.0f}",
            }
        )
    ink, rule = ("#e8ebee", "#3b4249") if dark else ("#1b2733", "#dfe4e9")
    ticks = {"tickformat": ".0%"} if metric in SHARES else {"tickformat": ",.0f"}
    layout = {
        "height": 330 if narrow else 420,
        "margin": {"l": 48, "r": 30, "t": 10, "b": 40},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": ink, "size": 13},
        "xaxis": {
            "type": "category",
            "gridcolor": rule,
            "nticks": 5 if narrow else 9,
            "tickangle": 0,
            "ticklabelstandoff": 6,
            "fixedrange": True,
        },
        "yaxis": {"gridcolor": rule, "rangemode": "tozero", "zeroline": False, "fixedrange": True, **ticks},
        "legend": {"traceorder": "normal", "orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "showlegend": True,
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": "#25282c" if dark else "#ffffff", "font": {"color": ink}},
        "dragmode": False,
        "uirevision": "curves",
    }
    return {"data": traces, "layout": layout}


def room(months: list[str], series: Any, colour: str) -> list[dict[str, Any]]:
    """The room in which nine of ten runs end."""
    if series is None or series["p05"][0] is None:
        return []
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    shared = {
        "type": "scatter",
        "mode": "lines",
        "x": months,
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return [
        {**shared, "y": series["p05"]},
        {**shared, "y": series["p95"], "fill": "tonexty", "fillcolor": f"rgba({red},{green},{blue},0.18)"},
    ]


def means(expected: Mapping[str, Any], metric: str) -> list[Any]:
    """The numbers of the lines that :func:`curves` draws, in its order."""
    every = [scenario["series"].get(metric) for scenario in expected["scenarios"]]
    return [each["mean"] for each in every if each is not None]
