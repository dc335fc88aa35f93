"""What does a scenario bring, run by run, and where does it come from?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tiaokuai.viz.bands import MOST, apart, at_month, band, edges, line_of, look, middle, month_ticks, name_of, quoted
from tiaokuai.viz.blocks import Document
from tiaokuai.viz.picture import Picture, key, made, nothing, ticks
from tiaokuai.viz.text import SHARES, Text, known, safe, shorten, width
from tiaokuai.viz.theme import INK, MUTED, PAPER, SCREENS, Screen, Spec, axis, layout, line, note

BLOCKS = 10
TALL, ROW = 260, 22

HATCH: Spec = {"fillmode": "overlay", "size": 7, "solidity": 0.3}


def difference(
    simulated: Document, *, metric: str = "coverage", names: Mapping[str, str] | None = None, lang: str = "en"
) -> Picture:
    """Each scenario less the one in which nothing is done, with the band of nine runs in ten; below, by block.

    ``simulated`` is the document ``simulate``; ``names`` block → name. The blocks are those of the
    scenario that brings most.

    >>> difference({"scenarios": []}).title
    'There is no scenario to compare'
    """
    t = Text(lang)
    notes = list[str]()
    found = [each for each in simulated.get("differences") or () if middle(each["series"].get(metric))][: MOST - 1]
    if not found:
        why = t(
            "只模拟了什么都不做，没有可比的方案。",
            "Only doing nothing was simulated, so there is nothing to compare it with.",
        )
        return nothing(t("没有可比较的方案", "There is no scenario to compare"), why, t, notes)
    best = max(found, key=lambda each: (_end(each, "reached") or 0.0, str(each["scenario"])))
    title = _title(best, t)
    specs = [_draw(simulated, found, best, metric, names or {}, t, screen) for screen in SCREENS]
    headers = [t("方案", "scenario"), t("块", "block"), t("多触达的人", "more in reach"), t("占差额", "share")]
    headers += [t("始于", "from"), t("经由", "by")]
    rows = [
        (
            name_of(str(each["scenario"]), t),
            _name(row, names or {}),
            _signed(known(row.get("reached")), t),
            t.share(row.get("share")),
            t.month(row["first_month"]) if isinstance(row.get("first_month"), str) else "–",
            _how(row, t),
        )
        for each in found
        for row in _rows(each)
    ]
    unit = t("（百分点）", ", in points") if metric in SHARES else ""
    subtitle = t(
        f"逐次与什么都不做相比，{t.metric(metric)}之差{unit}：线 = 中位数，色带 = 九成模拟；下方 = 来自哪些块。",
        f"{t.metric(metric).capitalize()} against doing nothing, run by run{unit}: line = median, band = nine of ten "
        "runs; below: the blocks that the difference comes from.",
    )
    return made(title, subtitle, f"{title}{t('。', '.')}", specs, headers, rows, t, notes)


def _rows(each: Document) -> list[Document]:
    rows = each.get("blocks")
    return [row for row in rows if known(row.get("reached")) is not None] if isinstance(rows, list | tuple) else []


def _name(row: Document, names: Mapping[str, str]) -> str:
    return names.get(str(row["block"]), str(row.get("name") or row["block"]))


def _end(each: Document, metric: str) -> float | None:
    values = middle(each["series"].get(metric))
    return values[-1] if values else None


def _how(row: Document, t: Text) -> str:
    if "direct" not in row:
        return "–"
    return t("措施本身", "its own interventions") if row["direct"] else t("别块的带动", "other blocks' example")


def _signed(value: float | None, t: Text) -> str:
    """A number with its sign.

    >>> _signed(12.0, Text("en")), _signed(-3.2, Text("en"))
    ('+12', '−3.2')
    """
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 10 or abs(value - round(value)) < 0.05 else 1
    text = f"{abs(value):,.{digits}f}"
    return f"{'−' if value < 0 and float(text.replace(',', '')) else '+' if value > 0 else ''}{text}"


def _title(best: Document, t: Text) -> str:
    name, end = quoted(str(best["scenario"]), t), _end(best, "reached")
    whom = quoted(str(best["against"]), t)
    if end is None or abs(end) < 0.5:
        return t(f"{name}与{whom}相差不到一人", f"{name} brings nobody more into reach than {whom}")
    between = edges(best["series"].get("reached"))
    how = ""
    if between is not None and between[0][-1] is not None and between[1][-1] is not None:
        low, high = _signed(between[0][-1], t), _signed(between[1][-1], t)
        how = t(f"（九成模拟在 {low} 到 {high}）", f" ({low} to {high} in nine runs of ten)")
    people = t.number(round(abs(end)))
    if end < 0:
        fewer = f"{name} leaves {people} fewer people in reach than {whom}{how}"
        return t(f"{name}比{whom}少触达 {people} 人{how}", fewer)
    more = f"{name} brings {people} more people into reach than {whom}{how}"
    return t(f"{name}比{whom}多触达 {people} 人{how}", more)


def _draw(
    simulated: Document,
    found: Sequence[Document],
    best: Document,
    metric: str,
    names: Mapping[str, str],
    t: Text,
    screen: Screen,
) -> Spec:
    order = [str(each["name"]) for each in simulated["scenarios"]]
    rows = sorted(_rows(best), key=lambda row: -abs(known(row["reached"]) or 0))[:BLOCKS]
    size, factor = screen.size, 100.0 if metric in SHARES else 1.0
    plot, below = (TALL if not screen.narrow else 200), (len(rows) * ROW + 74 if rows else 0)
    room = 110 if screen.narrow else 170
    labels = ticks([_name(row, names) for row in rows], room, size)
    left = max([46, *(width(label, size) + 14 for label in labels)])
    right = 14 if screen.narrow else 200
    entries = [(look(order, str(e["scenario"]))[2], look(order, str(e["scenario"]))[0], _short(e, t)) for e in found]
    above, tall = key(entries, screen, left) if screen.narrow else (None, 18.0)
    traces = [trace for e in found for trace in band(e["series"][metric], look(order, str(e["scenario"]))[0], factor)]
    for each in found:
        colour, dash, _ = look(order, str(each["scenario"]))
        values = middle(each["series"][metric])
        said = [
            f"<b>{_short(each, t)}</b> {at_month(simulated, i, t)}<br>{_points(value, metric, t)}"
            for i, value in enumerate(values)
        ]
        traces.append(line_of(values, colour, dash, said, factor))
    drawn = [y for trace in traces for y in trace["y"] if y is not None]
    low, high = min([0.0, *drawn]), max([0.0, *drawn])
    pad = (high - low) * 0.08 or 0.9
    span = [low - pad, high + pad]
    texts = [above] if above else _ends(simulated, found, order, metric, span, plot, right, t, size)
    share = below / (plot + below) if below else 0.0
    frame: Spec = {
        "xaxis": axis(**month_ticks(simulated, screen, t), anchor="y"),
        "yaxis": axis(range=span, domain=[share, 1], nticks=6, tickformat=",.3~g"),
        "shapes": [line(0, 0, 1, 0, xref="x domain", color=INK, width=1, dash="dot")],
    }
    if rows:
        traces += _bars(rows, names, t)
        frame |= _below(rows, labels, best, (plot + below), below, t, texts, size)
    frame["annotations"] = texts
    return {"data": traces, "layout": layout(screen, plot + below + tall + 30, (left, right, tall, 30), **frame)}


def _points(value: float | None, metric: str, t: Text) -> str:
    if value is None:
        return "–"
    if metric not in SHARES:
        return f"{t.metric(metric)} {_signed(value, t)}"
    points = f"{100 * value:+.1f}".replace("-", "−")
    return t(f"{t.metric(metric)} {points} 个百分点", f"{t.metric(metric)} {points} points")


def _short(each: Document, t: Text) -> str:
    return safe(shorten(name_of(str(each["scenario"]), t), 150, 12))


def _ends(
    simulated: Document,
    found: Sequence[Document],
    order: Sequence[str],
    metric: str,
    span: Sequence[float],
    plot: float,
    right: float,
    t: Text,
    size: float,
) -> list[Spec]:
    """Names and last differences at the right of the lines."""
    factor = 100.0 if metric in SHARES else 1.0
    ends = [(_end(each, metric) or 0.0) * factor for each in found]
    scale = plot / (span[1] - span[0])
    places = apart([(end - span[0]) * scale for end in ends], size * 1.45, size * 0.7, plot - size * 0.7)
    texts = []
    for each, end, place in zip(found, ends, places, strict=True):
        value = f"{end:+.1f}".replace("-", "−") if metric in SHARES else _signed(end, t)
        name = safe(shorten(name_of(str(each["scenario"]), t), right - 24 - width(value, size), size))
        where: Spec = {"xanchor": "left", "xshift": 10, "size": size, "color": look(order, str(each["scenario"]))[0]}
        texts.append(note(f"<b>{name}</b> {value}", int(simulated["months"]), place / scale + span[0], **where))
    return texts


def _bars(rows: Sequence[Document], names: Mapping[str, str], t: Text) -> list[Spec]:
    """People more in reach by block: full where an intervention touches it, hatched where others' example does."""
    every = [(y, row, known(row["reached"]) or 0.0) for y, row in enumerate(rows)]
    touched = [each for each in every if each[1].get("direct") is not False]
    others = [each for each in every if each[1].get("direct") is False]
    looks: list[tuple[list[tuple[int, Document, float]], Spec]] = [
        (touched, {"color": "#08519c"}),
        (others, {"color": "#5aa9dd", "pattern": {"shape": "/", "bgcolor": "#5aa9dd", "fgcolor": PAPER, **HATCH}}),
    ]
    return [
        {
            "type": "bar",
            "orientation": "h",
            "x": [value for _, _, value in some],
            "y": [y for y, _, _ in some],
            "xaxis": "x2",
            "yaxis": "y2",
            "width": 0.66,
            "marker": marker,
            "hovertext": [
                f"<b>{safe(_name(row, names))}</b><br>"
                + t(
                    f"多触达 {_signed(value, t)} 人，{_how(row, t)}", f"{_signed(value, t)} in reach, by {_how(row, t)}"
                )
                for _, row, value in some
            ],
            "hoverinfo": "text",
        }
        for some, marker in looks
        if some
    ]


def _below(
    rows: Sequence[Document], labels: Sequence[str], best: Document, whole: float, below: float, t: Text,
    texts: list[Spec], size: float,
) -> Spec:  # fmt: skip
    """The axes of the bars by block, and what stands beside them (added to ``texts``)."""
    values = [known(row["reached"]) or 0.0 for row in rows]
    name = quoted(str(best["scenario"]), t)
    head = t(
        f"<b>{safe(name)}的差额来自哪里</b>（人；实 = 措施本身，斜纹 = 别块带动）",
        f"<b>Where it comes from</b>, people by block: {safe(name)}",
    )
    head = head if size > 12 else t("<b>差额来自哪里</b>（人）", "<b>Where it comes from</b> (people)")
    top = (below - 62) / whole
    texts.append(note(head, 0, top, xref="paper", yref="paper", xanchor="left", yanchor="bottom", yshift=5, size=size))
    texts += [
        note(
            _signed(value, t),
            max(value, 0),
            y,
            xref="x2",
            yref="y2",
            xanchor="left",
            xshift=5,
            size=size - 1,
            color=MUTED,
        )
        for y, value in enumerate(values)
    ]
    low, high = min([0.0, *values]), max([0.0, *values])
    wide = (high - low) or 1.0
    return {
        "xaxis2": {"visible": False, "fixedrange": True, "range": [low, high + wide * 0.2], "anchor": "y2"},
        "yaxis2": axis(
            domain=[0, top - 0.005],
            range=[len(rows) - 0.5, -0.5],
            tickvals=list(range(len(rows))),
            ticktext=list(labels),
            showgrid=False,
            tickfont={"color": INK},
            anchor="x2",
        ),
    }
