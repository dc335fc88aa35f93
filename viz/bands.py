"""Scenarios over the months, as every picture of a forecast draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tiaokuai.planning.months import month_number, month_text
from tiaokuai.viz.blocks import Document
from tiaokuai.viz.text import Text, known, safe
from tiaokuai.viz.theme import SCENARIOS, Screen, Spec

STROKES = ("┈", "━", "╍", "┅", "╌", "┉")
MOST = len(SCENARIOS)  # scenarios in one picture


def name_of(scenario: str, t: Text) -> str:
    """A scenario's name; the one in which nothing is done in the reader's words.

    >>> name_of("baseline", Text("en"))
    'nothing is done'
    """
    return t("什么都不做", "nothing is done") if scenario == "baseline" else scenario


def quoted(scenario: str, t: Text) -> str:
    """The name within a sentence."""
    return t("什么都不做", "doing nothing") if scenario == "baseline" else t(f"「{scenario}」", f'"{scenario}"')


def look(names: Sequence[str], name: str) -> tuple[str, str, str]:
    """Colour, dash and stroke of a scenario among those of the forecast; the first is the one of doing nothing."""
    at = names.index(name) if name in names else 0
    colour, dash = SCENARIOS[at % MOST]
    return colour, dash, STROKES[at % MOST]


def at_month(document: Document, index: int, t: Text) -> str:
    """The month at whose end an index of a series stands; 0 is the start."""
    start = month_number(str(document["start"]))
    return t("起点", "the start") if index <= 0 else t.month(month_text(start + index - 1))


def middle(series: Any) -> list[float | None]:
    """The median of each month, or the mean where there are no runs; empty where there is neither."""
    if not isinstance(series, Mapping):
        return []
    for name in ("p50", "mean"):
        values = series.get(name)
        if isinstance(values, list | tuple) and any(known(value) is not None for value in values):
            return [known(value) for value in values]
    return []


def edges(series: Any) -> tuple[list[float | None], list[float | None]] | None:
    """The 5th and 95th percentile of each month; None without runs."""
    if not isinstance(series, Mapping):
        return None
    low, high = series.get("p05"), series.get("p95")
    if not isinstance(low, list | tuple) or not isinstance(high, list | tuple):
        return None
    lows, highs = [known(value) for value in low], [known(value) for value in high]
    return (lows, highs) if any(value is not None for value in lows) else None


def band(series: Any, colour: str, factor: float = 1.0, yaxis: str = "y") -> list[Spec]:
    """The room in which nine of ten runs lie."""
    found = edges(series)
    if found is None:
        return []
    pairs = [(i, a, b) for i, (a, b) in enumerate(zip(*found, strict=True)) if a is not None and b is not None]
    xs = [i for i, _, _ in pairs]
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "fill": "toself",
            "x": xs + xs[::-1],
            "y": [a * factor for _, a, _ in pairs] + [b * factor for _, _, b in pairs][::-1],
            "fillcolor": f"rgba({red},{green},{blue},0.16)",
            "line": {"width": 0},
            "hoverinfo": "skip",
            "yaxis": yaxis,
        }
    ]


def line_of(
    values: Sequence[float | None], colour: str, dash: str, said: Sequence[str], factor: float = 1.0, yaxis: str = "y"
) -> Spec:
    """A line over the months, each with what its hover says."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(range(len(values))),
        "y": [None if value is None else value * factor for value in values],
        "line": {"color": colour, "dash": dash, "width": 2.6},
        "hovertext": list(said),
        "hoverinfo": "text",
        "yaxis": yaxis,
    }


def month_ticks(document: Document, screen: Screen, t: Text) -> Spec:
    """Where the axis of months has ticks: at the turn of years, or every few months of a short horizon."""
    start, months = month_number(str(document["start"])), int(document["months"])
    few = 4 if screen.narrow else 9
    if months > 18:
        years = max(1, -(-months // (12 * few)))
        at = [i for i in range(months + 1) if (start + i) % 12 == 0 and (start + i) // 12 % years == 0]
        texts = [month_text(start + i)[:4] for i in at]
    else:
        at = list(range(0, months + 1, max(1, -(-months // (few - 1)))))
        texts = [t.month(month_text(start + i)) for i in at]
    return {"tickvals": at, "ticktext": texts, "range": [-0.02 * months, months * 1.02 + 0.01]}


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places of labels near where they are wanted, at least ``gap`` from each other, within ``low`` and ``high``.

    >>> apart([10.0, 11.0], 4.0, 0.0, 20.0)
    [8.5, 12.5]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    groups: list[list[float]] = []  # (middle, count) of runs of labels that touch
    for i in order:
        groups.append([wanted[i], 1])
        while len(groups) > 1 and groups[-1][0] - groups[-2][0] < gap * (groups[-1][1] + groups[-2][1]) / 2:
            middle_b, count_b = groups.pop()
            middle_a, count_a = groups.pop()
            count = count_a + count_b
            groups.append([(middle_a * count_a + middle_b * count_b) / count, count])
    placed = [m + gap * (k - (c - 1) / 2) for m, c in groups for k in range(int(c))]
    shift = min(0.0, high - placed[-1]) if placed else 0.0
    placed = [place + shift for place in placed]
    lift = max(0.0, low - placed[0]) if placed else 0.0
    found = dict(zip(order, [place + lift for place in placed], strict=True))
    return [found[i] for i in range(len(wanted))]


def hovers(
    document: Document, name: str, series: Any, values: Sequence[float | None], metric: str, t: Text
) -> list[str]:
    """What is said of each month."""
    found = edges(series)
    said = []
    for i, value in enumerate(values):
        text = f"<b>{safe(name_of(name, t))}</b> {at_month(document, i, t)}<br>"
        text += f"{t.metric(metric)} {t.figure(metric, value)}"
        if found is not None and found[0][i] is not None:
            low, high = t.figure(metric, found[0][i]), t.figure(metric, found[1][i])
            text += t(f"，九成模拟在 {low}–{high}", f", {low}–{high} in nine runs of ten")
        said.append(text)
    return said
