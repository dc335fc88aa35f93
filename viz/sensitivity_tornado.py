"""Which assumption matters?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tiaokuai.planning.rates import SHORT
from tiaokuai.viz.blocks import Document
from tiaokuai.viz.picture import Picture, key, made, nothing, ticks
from tiaokuai.viz.text import SHARES, Text, known, safe, width
from tiaokuai.viz.theme import INK, MUTED, PAPER, SCREENS, Screen, Spec, axis, layout, line, note

ROWS, ROW = 14, 30
LOW, HIGH = "#d9a066", "#08519c"


@dataclass(frozen=True)
class Swing:
    """One assumption: the answer at the low and the high end of its range, and its Sobol indices."""

    name: str
    low: float
    high: float
    ends: tuple[float | None, float | None]
    first: float | None
    total: float | None

    @property
    def size(self) -> float:
        """How far the answer moves."""
        return abs(self.high - self.low)


def sensitivity_tornado(sensitive: Document, *, lang: str = "en") -> Picture:
    """How far the answer moves when each assumption goes from one end of its range to the other, the furthest first.

    ``sensitive`` is the document ``sensitivity``; head-counts of blocks that had to be assumed stand among
    the rates.

    >>> sensitivity_tornado({"rows": []}).title
    'No assumption was varied'
    """
    t = Text(lang)
    notes = list[str]()
    metric = str(sensitive.get("metric") or "coverage")
    swings = sorted(_swings(sensitive, t), key=lambda each: (-each.size, -(each.total or 0), each.name))
    if not swings:
        why = t("没有可比的结果。", "There is no result to compare.")
        return nothing(t("没有变动任何假设", "No assumption was varied"), why, t, notes)
    if len(swings) > ROWS:
        notes.append(t(f"只画影响最大的 {ROWS} 个。", f"The {ROWS} that matter most are drawn."))
    title = _title(swings[0], metric, t)
    subtitle = t(
        f"条 = 假设从低端（斜纹）到高端时期末的{t.metric(metric)}，竖线 = 默认假设；右侧 = 总 Sobol 指数（连同交互）。",
        f"Bar = {t.metric(metric)} at the end as the assumption goes from its low (hatched) to its high end; "
        "line = at the defaults; at the right: total Sobol index, interactions included.",
    )
    headers = [
        t("假设", "assumption"),
        t("范围", "range"),
        t("低端时", "at the low end"),
        t("高端时", "at the high end"),
    ]
    headers += [t("一阶 Sobol", "first-order Sobol"), t("总 Sobol", "total Sobol")]
    rows = [
        (
            each.name,
            "–".join(t.number(end, 4) for end in each.ends),
            t.figure(metric, each.low),
            t.figure(metric, each.high),
            t.number(each.first, 2),
            t.number(each.total, 2),
        )
        for each in swings
    ]
    base = known(sensitive.get("answer"))
    specs = [_draw(swings[:ROWS], base, metric, t, screen) for screen in SCREENS]
    return made(title, subtitle, f"{title}{t('。', '.')}", specs, headers, rows, t, notes)


def _swings(sensitive: Document, t: Text) -> list[Swing]:
    """Rates, and the head-counts of blocks that had to be assumed."""
    found = []
    for row in sensitive.get("rows") or ():
        rate = str(row["rate"])
        found += _swing(t(*SHORT.get(rate, (rate, rate.replace("_", " ")))), row)
    others = sensitive.get("check_first")
    for row in others if isinstance(others, list | tuple) else ():
        if row.get("kind") == "block":
            name = t(f"{row['block']} 的推定人数", f"head-counts of {row['block']}")
            found += _swing(name, row)
    return found


def _swing(name: str, row: Document) -> list[Swing]:
    low, high = known(row.get("answer_low")), known(row.get("answer_high"))
    if low is None or high is None:
        return []
    ends = known(row.get("low")), known(row.get("high"))
    return [Swing(name, low, high, ends, known(row.get("first")), known(row.get("total")))]


def _title(top: Swing, metric: str, t: Text) -> str:
    low, high = sorted((top.low, top.high))
    between = t.figure(metric, low), t.figure(metric, high)
    if between[0] == between[1]:
        zh, en = "各项假设都几乎不影响", "No assumption moves"
        return t(f"{zh}{t.metric(metric)}：约 {between[0]}", f"{en} {t.metric(metric)}: about {between[0]}")
    return t(
        f"「{top.name}」影响最大：{t.metric(metric)}在 {between[0]} 到 {between[1]} 之间",
        f"Most depends on {top.name}: {t.metric(metric)} between {between[0]} and {between[1]}",
    )


def _draw(swings: Sequence[Swing], base: float | None, metric: str, t: Text, screen: Screen) -> Spec:
    size, room = screen.size, 118 if screen.narrow else 190
    labels = ticks([each.name for each in swings], room, size)
    left, right = max(width(label, size) for label in labels) + 14, 40 if screen.narrow else 64
    entries = [("▨", LOW, t("假设取低端", "assumption at its low end")), ("■", HIGH, t("取高端", "at its high end"))]
    above, tall = key(entries, screen, left)
    values = [v for each in swings for v in (each.low, each.high)] + ([base] if base is not None else [])
    low, high = min(values), max(values)
    pad = (high - low) * (0.32 if screen.narrow else 0.12) or max(abs(high) * 0.1, 0.01)
    middle = base if base is not None else (low + high) / 2
    ends: Spec = {"size": size - 1.5, "color": MUTED}
    texts = [above]
    for y, each in enumerate(swings):
        both = sorted({each.low, each.high})
        if len(both) == 2 and (both[0] - middle) * (both[1] - middle) > 0:
            both = [max(both, key=lambda value: abs(value - middle))]  # both on one side: the further one
        for value in both:
            side = "right" if value < middle or (value == middle and value == min(each.low, each.high)) else "left"
            shift = -5 if side == "right" else 5
            texts.append(note(t.figure(metric, value), value, y, xanchor=side, xshift=shift, **ends))
        if each.total is not None:
            told = f"{max(0.0, each.total):.2f}"
            texts.append(note(told, 1, y, xref="paper", xanchor="right", xshift=right - 6, size=size, color=INK))
    if any(each.total is not None for each in swings):
        head: Spec = {"xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "bottom", "xshift": right - 6}
        texts.append(note("Sobol", 1, 1, **head, size=11, color=MUTED))
    traces = [_bars(swings, middle, metric, low_end, t) for low_end in (True, False)]
    form = {"tickformat": _percent(high - low) if metric in SHARES else ".3~g"}
    shapes = [line(middle, 0, middle, 1, yref="paper", color=INK, width=1.4, layer="above")] if base is not None else []
    return {
        "data": traces,
        "layout": layout(
            screen,
            len(swings) * ROW + tall + 34,
            (left, right, tall, 34),
            barmode="overlay",
            xaxis=axis(range=[low - pad, high + pad], nticks=4 if screen.narrow else 8, **form),
            yaxis=axis(
                tickvals=list(range(len(swings))),
                ticktext=labels,
                range=[len(swings) - 0.5, -0.5],
                showgrid=False,
                tickfont={"color": INK},
            ),
            shapes=shapes,
            annotations=texts,
        ),
    }


def _percent(span: float) -> str:
    """How shares are written at an axis of this length: neighbours differ.

    >>> _percent(0.5), _percent(0.01), _percent(0.001)
    ('.0%', '.1%', '.2%')
    """
    return ".0%" if span > 0.03 else ".1%" if span > 0.003 else ".2%"


def _bars(swings: Sequence[Swing], middle: float, metric: str, low_end: bool, t: Text) -> Spec:
    """From the answer at the defaults to that at one end of each range."""
    values = [each.low if low_end else each.high for each in swings]
    where = t("低端", "low end") if low_end else t("高端", "high end")
    hatch: Spec = {"shape": "/", "bgcolor": LOW, "fgcolor": PAPER, "fillmode": "overlay", "size": 7, "solidity": 0.3}
    return {
        "type": "bar",
        "orientation": "h",
        "x": [value - middle for value in values],
        "base": [middle] * len(values),
        "y": list(range(len(values))),
        "width": 0.62 if low_end else 0.4,
        "marker": {"color": LOW, "pattern": hatch} if low_end else {"color": HIGH},
        "hovertext": [
            t(
                f"<b>{safe(each.name)}</b><br>取{where}时{t.metric(metric)}为 {t.figure(metric, value)}",
                f"<b>{safe(each.name)}</b><br>At its {where} {t.metric(metric)} is {t.figure(metric, value)}",
            )
            for each, value in zip(swings, values, strict=True)
        ],
        "hoverinfo": "text",
    }
