"""Where have we come from, and where does each scenario lead, in lines and blocks?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tiaokuai.viz.bands import MOST, at_month, look, middle, name_of, quoted
from tiaokuai.viz.blocks import Document
from tiaokuai.viz.picture import Picture, key, made, nothing, percent_axis
from tiaokuai.viz.text import Text, known, safe, shorten, width
from tiaokuai.viz.theme import INK, MUTED, PAPER, RULE, SCREENS, WARN, Screen, Spec, layout, line, note

POINTS = 120  # of the way that was gone
TALL = 620, 330


@dataclass(frozen=True)
class Way:
    """One way through the plane: founded share, line share and the day or month of each point."""

    name: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    when: tuple[str, ...]
    spread: tuple[float, float, float, float] | None = None  # p05 and p95 of the last point: x, x, y, y


def line_block_plane(history: Document, simulated: Document | None = None, *, lang: str = "en") -> Picture:
    """The method's own plane: blocks (founded share) to the right, lines (line share) upwards.

    ``history`` and ``simulated`` are the documents ``history`` and ``simulate``.

    >>> line_block_plane({"rows": []}).title
    'There is no way to show yet'
    """
    t = Text(lang)
    past, ways = _past(history, t), _ways(simulated or {}, t)
    if not past.xs and not ways:
        why = t(
            "没有可建的块或没有企业，线与块都无从计算。",
            "Without an eligible block and an enterprise there are no shares.",
        )
        return nothing(t("还没有路可画", "There is no way to show yet"), why, t)
    title = _title(past, ways, t)
    names = [str(each["name"]) for each in (simulated or {}).get("scenarios") or ()]
    specs = [_draw(past, ways, names, t, screen) for screen in SCREENS]
    subtitle = t(
        "横 = 已建块占可建块之比（块），纵 = 有线企业之比（条）；黑线 = 走过的路，"
        "其余 = 各方案（中位数，十字 = 九成模拟）。",
        "Right = founded share of eligible blocks, up = share of enterprises with a line; black = the way so far, "
        "others = scenarios (median; cross = nine of ten runs).",
    )
    headers = [t("路", "way"), t("时间", "when"), t("已建块占比", "founded share"), t("有线企业占比", "line share")]
    rows = [
        (name_of(way.name, t), way.when[i], t.share(way.xs[i]), t.share(way.ys[i]))
        for way in [*([past] if past.xs else []), *ways]
        for i in (range(len(way.xs)) if way is past else (0, len(way.xs) - 1))
    ]
    return made(title, subtitle, f"{title}{t('。', '.')}", specs, headers, rows, t)


def _past(history: Document, t: Text) -> Way:
    found = [
        (x, y, t.month(str(row["date"])[:7]))
        for row in history.get("rows") or ()
        if isinstance(row.get("date"), str)
        and (x := known(row.get("founded_share"))) is not None
        and (y := known(row.get("line_share"))) is not None
    ]
    step = max(1, -(-len(found) // POINTS))
    kept = found[::step] + (found[-1:] if found and (len(found) - 1) % step else [])
    name = t("走过的路", "the way so far")
    return Way(name, tuple(x for x, _, _ in kept), tuple(y for _, y, _ in kept), tuple(when for _, _, when in kept))


def _ways(simulated: Document, t: Text) -> list[Way]:
    ways = []
    for each in list(simulated.get("scenarios") or ())[:MOST]:
        series = each["series"]
        xs, ys = middle(series.get("founded_share")), middle(series.get("line_share"))
        both = [(x, y, i) for i, (x, y) in enumerate(zip(xs, ys, strict=False)) if x is not None and y is not None]
        if not both:
            continue
        ends = [
            known((series[metric].get(p) or [None])[-1])
            for metric in ("founded_share", "line_share")
            for p in ("p05", "p95")
        ]
        told = [end for end in ends if end is not None]
        spread = (told[0], told[1], told[2], told[3]) if len(told) == 4 else None
        ways.append(
            Way(
                str(each["name"]),
                tuple(x for x, _, _ in both),
                tuple(y for _, y, _ in both),
                tuple(at_month(simulated, i, t) for _, _, i in both),
                spread,
            )
        )
    return ways


def _title(past: Way, ways: Sequence[Way], t: Text) -> str:
    if not ways:
        x, y, when = past.xs[-1], past.ys[-1], past.when[-1]
        told = f"In {when} {t.share(x)} of blocks are founded and {t.share(y)} of enterprises have a line"
        return t(f"{when}建了 {t.share(x)} 的块，{t.share(y)} 的企业有线", told) + _lean(x, y, t)
    best = max(ways, key=lambda way: (min(way.xs[-1], way.ys[-1]), way.ys[-1]))
    wide, high = t.share(best.xs[-1]), t.share(best.ys[-1])
    who = quoted(best.name, t)
    if len(ways) == 1:
        told = f"With {who} {wide} of blocks are founded and {high} of enterprises have a line"
        return t(f"{who}，走到块 {wide}、条 {high}", told)
    told = f"In lines and blocks together {who} gets furthest: {wide} of blocks, {high} of enterprises"
    return t(f"{who}在条与块上走得最远：块 {wide}、条 {high}", told)


def _lean(x: float, y: float, t: Text) -> str:
    if x - y > 0.2:
        return t("：块多条少", ": blocks are ahead of lines")
    if y - x > 0.2:
        return t("：条多块少", ": lines are ahead of blocks")
    return t("：条与块并进", ": lines and blocks keep pace")


def _draw(past: Way, ways: Sequence[Way], names: Sequence[str], t: Text, screen: Screen) -> Spec:
    size, plot = screen.size, TALL[screen.narrow]
    entries = [("━", INK, past.name)] if past.xs else []
    entries += [
        (look(names, w.name)[2], look(names, w.name)[0], safe(shorten(name_of(w.name, t), 160, size))) for w in ways
    ]
    above, tall = key(entries, screen, 50)
    traces: list[Spec] = []
    if past.xs:
        traces.append(_trace(past, INK, "solid", 4, t))
    for way in ways:
        colour, dash, _ = look(names, way.name)
        traces.append(_trace(way, colour, dash, 0, t))
        if way.spread:
            x0, x1, y0, y1 = way.spread
            x, y = way.xs[-1], way.ys[-1]
            cross: Spec = {"color": colour, "width": 1.5}
            xs, ys = [x0, x1, None, x, x], [y, y, None, y0, y1]
            traces.append({"type": "scatter", "mode": "lines", "x": xs, "y": ys, "line": cross, "hoverinfo": "skip"})
    corner: Spec = {"size": size, "color": WARN}
    texts = [
        above,
        note(
            t("条深块少 → 孤岛", "lines without blocks: islands"),
            0.02,
            0.97,
            xanchor="left",
            **{**corner, "color": MUTED},
        ),
        note(t("块多条少 → 空心", "blocks without lines: hollow"), 0.98, 0.04, xanchor="right", **corner),
        note(t("全区覆盖 ★", "full coverage ★"), 0.985, 0.965, xanchor="right", size=size, color="#08519c"),
    ]
    if not screen.narrow:
        texts.append(
            note(
                t("条块并进", "in step"),
                0.5,
                0.5,
                textangle=0,
                xanchor="left",
                yanchor="top",
                size=11,
                color=MUTED,
                xshift=6,
            )
        )
    texts += _labels(past, ways, names, t, screen, plot)
    title_font: Spec = {"color": MUTED, "size": 11}
    across, up = percent_axis(), percent_axis()
    across["ticktext"][0] = ""
    across |= {
        "range": [-0.01, 1.01],
        "title": {"text": t("块：已建块占可建块之比", "blocks: share founded"), "font": title_font},
    }
    up |= {
        "range": [-0.01, 1.01],
        "title": {"text": t("条：有线企业之比", "lines: enterprises with a line"), "font": title_font, "standoff": 4},
    }
    return {
        "data": traces,
        "layout": layout(
            screen,
            plot + tall + 52,
            (62 if not screen.narrow else 56, 14, tall, 52),
            xaxis=across,
            yaxis=up,
            shapes=[line(0, 0, 1, 1, color=RULE, width=2, dash="dot")],
            annotations=texts,
        ),
    }


def _trace(way: Way, colour: str, dash: str, mark: float, t: Text) -> Spec:
    many = len(way.xs)
    sizes = [mark if many <= 40 else 0] * many
    sizes[-1] = 11
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(way.xs),
        "y": list(way.ys),
        "cliponaxis": False,
        "line": {"color": colour, "dash": dash, "width": 2.6},
        "marker": {"color": colour, "size": sizes, "opacity": 1, "line": {"color": PAPER, "width": 1}},
        "hovertext": [
            f"<b>{safe(name_of(way.name, t))}</b> {when}<br>"
            + t(
                f"块 {t.share(x)}，条 {t.share(y)}",
                f"{t.share(x)} of blocks founded, {t.share(y)} of enterprises with a line",
            )
            for x, y, when in zip(way.xs, way.ys, way.when, strict=True)
        ],
        "hoverinfo": "text",
    }


def _labels(past: Way, ways: Sequence[Way], names: Sequence[str], t: Text, screen: Screen, plot: float) -> list[Spec]:
    """The ends of the ways by name, and years along the past, each where nothing is written yet."""
    size, wide = screen.size, screen.width - 78
    taken: list[tuple[float, float, float, float]] = [
        (0, 0.34 * wide, 0.92 * plot, plot),
        (0.66 * wide, wide, 0, 0.09 * plot),
        (0.72 * wide, wide, 0.92 * plot, plot),
    ]
    for way in [past, *ways]:
        taken += _strokes(way, wide, plot)
    wanted: list[tuple[str, float, float, str]] = []
    if past.xs:
        wanted.append((f"<b>{t('今天', 'today') if ways else past.when[-1]}</b>", past.xs[-1], past.ys[-1], INK))
    for way in ways:
        text = f"<b>{safe(shorten(name_of(way.name, t), 110 if screen.narrow else 200, size))}</b>"
        wanted.append((text, way.xs[-1], way.ys[-1], look(names, way.name)[0]))
    if past.xs and not screen.narrow:
        step = max(1, len(past.xs) // 6)
        wanted += [(past.when[i], past.xs[i], past.ys[i], MUTED) for i in range(0, len(past.xs) - 1, step)]
    texts = []
    for text, x, y, colour in wanted:
        long = width(text.replace("<b>", "").replace("</b>", ""), size) + 4
        for dx, dy, anchor in (
            (-10, 12, "right"),
            (12, -12, "left"),
            (12, 12, "left"),
            (-10, -12, "right"),
            (0, 22, "center"),
            (0, -22, "center"),
        ):
            left = x * wide + dx - {"right": long, "left": 0, "center": long / 2}[anchor]
            box = (left, left + long, y * plot + dy - size * 0.7, y * plot + dy + size * 0.7)
            outside = box[0] < 0 or box[1] > wide or box[2] < 0 or box[3] > plot
            if outside or any(box[0] < b[1] and b[0] < box[1] and box[2] < b[3] and b[2] < box[3] for b in taken):
                continue
            taken.append(box)
            texts.append(note(text, x, y, xanchor=anchor, xshift=dx, yshift=dy, size=size, color=colour))
            break
    return texts


def _strokes(way: Way, wide: float, plot: float) -> list[tuple[float, float, float, float]]:
    """Small boxes along a way, and along its cross, that no name should cover."""
    ends = list(zip(way.xs, way.ys, strict=True))
    segments = list(pairwise(ends))
    if way.spread:
        x0, x1, y0, y1 = way.spread
        segments += [((x0, way.ys[-1]), (x1, way.ys[-1])), ((way.xs[-1], y0), (way.xs[-1], y1))]
    boxes = []
    for (ax, ay), (bx, by) in segments:
        steps = max(1, int(max(abs(bx - ax) * wide, abs(by - ay) * plot) / 8))
        for k in range(steps + 1):
            x, y = (ax + (bx - ax) * k / steps) * wide, (ay + (by - ay) * k / steps) * plot
            boxes.append((x - 2, x + 2, y - 2, y + 2))
    return boxes
