"""What was forecast beside what came: bands and the months that followed; and a score from cut-off to cut-off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tiaokuai.planning.months import month_number, month_text
from tiaokuai.web.curves import BASELINE, LINES, NIGHT_LINES, room
from tiaokuai.web.words import Words

Document = Mapping[str, Any]
MODELS = {"model": ("预测", "forecast"), "bass": ("Bass 曲线", "Bass curve"), "unchanged": ("不变", "unchanged")}


def beside(series: Document, start: str, first: int, t: Words, *, dark: bool, narrow: bool) -> dict[str, Any]:
    """One figure: the band of nine in ten, its middle, and the actual months.

    ``start`` is the first month forecast; ``first`` is how many months before it the series begin.
    """
    begin = month_number(start) - first
    months = [month_text(begin + at) for at in range(len(series["p50"]))]
    colour, ink = (NIGHT_LINES[0], "#e8ebee") if dark else (LINES[0][0], "#1b2733")
    shared = {"type": "scatter", "x": months, "hovertemplate": "%{x}: %{y:.1%}"}
    middle = {"mode": "lines", "y": series["p50"], "line": {"color": colour, "dash": "dash", "width": 2.4}}
    actual = {"mode": "lines+markers", "y": series["actual"], "line": {"color": ink, "width": 2.2}}
    traces = room(months, series, colour)
    traces += [
        {**shared, **middle, "name": t("预测（中位，色带含九成）", "forecast (median; band: nine in ten)")},
        {**shared, **actual, "marker": {"size": 6, "color": ink}, "name": t("实际", "what came")},
    ]
    return {"data": traces, "layout": _layout(".0%", "", dark=dark, narrow=narrow)}


def rolling(cutoffs: Sequence[Document], metric: str, t: Words, *, dark: bool, narrow: bool) -> dict[str, Any]:
    """CRPS in points of the forecast and its two rivals, from cut-off to cut-off; lower is better."""
    colours = NIGHT_LINES if dark else [colour for colour, _ in LINES]
    looks = ((colours[0], "solid", "circle"), (colours[1], "dash", "square"), (BASELINE[0], "dot", "diamond"))
    traces = []
    for (model, words), (colour, dash, symbol) in zip(MODELS.items(), looks, strict=True):
        drawn = "#a9b4bf" if dark and colour == BASELINE[0] else colour
        scores = [each["scores"][metric][model]["crps"] for each in cutoffs]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": t(*words),
                "x": [each["start"] for each in cutoffs],
                "y": [None if score is None else 100 * score for score in scores],
                "line": {"color": drawn, "dash": dash, "width": 2.2},
                "marker": {"color": drawn, "symbol": symbol, "size": 8},
                "hovertemplate": "%{x}: %{y:.2f}",
            }
        )
    said = t("CRPS（百分点），越低越好", "CRPS (points), lower is better")
    return {"data": traces, "layout": _layout(".2~f", said, dark=dark, narrow=narrow)}


def _layout(ticks: str, title: str, *, dark: bool, narrow: bool) -> dict[str, Any]:
    ink, rule = ("#e8ebee", "#3b4249") if dark else ("#1b2733", "#dfe4e9")
    return {
        "height": 300 if narrow else 320,
        "margin": {"l": 56 if title else 48, "r": 16, "t": 10, "b": 40},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": ink, "size": 13},
        "xaxis": {
            "type": "category",
            "gridcolor": rule,
            "nticks": 4 if narrow else 9,
            "tickangle": 0,
            "fixedrange": True,
        },
        "yaxis": {
            "gridcolor": rule,
            "rangemode": "tozero",
            "zeroline": False,
            "fixedrange": True,
            "tickformat": ticks,
            "title": {"text": title, "font": {"size": 12}},
        },
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "showlegend": True,
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": "#25282c" if dark else "#ffffff", "font": {"color": ink}},
        "dragmode": False,
    }
