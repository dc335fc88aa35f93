"""The network through time, and what differs between two days or two futures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from tiaokuai.viz.bands import quoted
from tiaokuai.viz.blocks import ORDER, Block, Document, blocks
from tiaokuai.viz.ground import Ground, lay_out
from tiaokuai.viz.network_marks import labels
from tiaokuai.viz.picture import Picture, key, made, nothing
from tiaokuai.viz.places import Places
from tiaokuai.viz.text import Text, known, safe, shorten
from tiaokuai.viz.theme import EDGE, MARK, MUTED, PAPER, SCREENS, STATUS, Screen, Spec, bare, layout

DAYS = 40  # steps of the slider
LARGE = 1000  # blocks; above, hovers say the name alone and there are fewer days
DAYS_OF_MANY = 12
FILL = 0.86  # of its circle that a mark takes: marks keep their pixels when the figure shrinks
SYMBOLS = {
    "covered": "circle",
    "growing": "circle",
    "hollow": "circle-open",
    "ahead": "diamond",
    "none": "circle-open-dot",
}
MORE, LESS, SAME = "#08519c", "#c75b07", "#c3cad1"


def history_map(
    days: Sequence[tuple[Document, Document]],
    places: Places | None = None,
    simulated: Document | None = None,
    *,
    lang: str = "en",
) -> Picture:
    """The blocks on one day after the other, with a slider; last the change from the first day to the last.

    ``days`` holds the documents ``coverage`` by block and ``replication`` of each day, the earliest first;
    ``simulated`` (``simulate``) adds a step for what each scenario brings; ``places`` as for the network.

    >>> history_map([]).title
    'There is no day to show'
    """
    t = Text(lang)
    told = [(str(covered.get("as_of")), blocks(covered, replicated)) for covered, replicated in days]
    told = [(day, every) for day, every in told if every]
    notes = list[str]()
    if not told:
        why = t("历史里没有一天有块。", "No block is there on any day of the history.")
        return nothing(t("没有可显示的日子", "There is no day to show"), why, t, notes)
    most = DAYS if len(told[-1][1]) <= LARGE else DAYS_OF_MANY
    if len(told) > most:
        step = (len(told) - 1) / (most - 1)
        told = [told[round(i * step)] for i in range(most)]
        notes.append(t(f"只取 {most} 个日子。", f"{most} of the days are shown."))
    title = _title(told, t)
    specs = [_draw(told, places or {}, simulated or {}, t, screen) for screen in SCREENS]
    subtitle = t(
        "拖动滑块看各个日子：圈 = 块，越大人越多，圈内实心 = 触达之比；最后一档 = 首尾之差（▲ 增，▼ 减）。",
        "Drag the slider through the days: circle = block, larger with more staff, disc inside = share in reach; "
        "last: the change from the first day (▲ more, ▼ less).",
    )
    headers = [
        t("日子", "day"),
        *(t.status(status) for status in ORDER if _any(told, status)),
        t("触达人数", "in reach"),
    ]
    rows = []
    for day, every in told:
        count = Counter(block.status for block in every)
        reached = sum(block.reached or 0 for block in every)
        here = [t.number(count[status]) for status in ORDER if _any(told, status)]
        rows.append([t.month(day), *here, t.number(reached)])
    return made(title, subtitle, f"{title}{t('。', '.')}", specs, headers, rows, t, notes)


def _any(told: Sequence[tuple[str, list[Block]]], status: str) -> bool:
    return any(block.status == status for _, every in told for block in every)


def _founded(every: Sequence[Block]) -> int:
    told = ("covered", "growing", "hollow")
    return sum(block.status in told or isinstance(block.row.get("founded"), str) for block in every)


def _title(told: Sequence[tuple[str, list[Block]]], t: Text) -> str:
    (first, before), (last, after) = told[0], told[-1]
    if first == last:
        return t(
            f"{t.month(last)}有 {_founded(after):,} 个已建块", f"{t.blocks(_founded(after))} founded on {t.month(last)}"
        )
    return t(
        f"{t.month(first)}有 {_founded(before):,} 个已建块，{t.month(last)}有 {_founded(after):,} 个",
        f"From {t.blocks(_founded(before))} founded on {t.month(first)} to {_founded(after):,} on {t.month(last)}",
    )


def _draw(
    told: Sequence[tuple[str, list[Block]]], places: Places, simulated: Document, t: Text, screen: Screen
) -> Spec:
    """One ground for all days: every block stands where it stands on the last day that lists it."""
    union: dict[str, Block] = {}
    for _, every in told:
        union |= {block.id: block for block in every}
    ground = lay_out(list(union.values()), {}, places, screen)
    steps = [
        (t.month(day[:7] if day.endswith("-01") else day), _day(ground, {block.id: block for block in every}, t))
        for day, every in told
    ]
    if len(told) > 1:
        before, after = ({b.id: b for b in every} for _, every in (told[0], told[-1]))
        steps.append((t("变化", "change"), _change(ground, _gains(before, after), t)))
    for each in list(simulated.get("differences") or ())[:3]:
        brings = {str(row["block"]): known(row.get("reached")) or 0.0 for row in each.get("blocks") or ()}
        steps.append((quoted(str(each["scenario"]), t), _change(ground, brings, t)))
    entries = [(MARK[s], EDGE[s], t.status(s)) for s in ORDER if _any(told, s)]
    if len(steps) > len(told):
        entries += [("▲", MORE, t("增加", "more")), ("▼", LESS, t("减少", "less"))]
    above, tall = key(entries, screen)
    shown = len(told) - 1
    names = labels(ground, t, screen, share=False)
    frames = [
        {"name": str(i), "data": [_changing(mark) for mark in marks], "traces": [0, 1]}
        for i, (_, marks) in enumerate(steps)
    ]
    bottom = 98 if len(steps) > 1 else 8
    frame = layout(
        screen,
        ground.height + tall + bottom,
        (4, 4, tall, bottom),
        xaxis=bare(range=[0, ground.width]),
        yaxis=bare(range=[0, ground.height]),
        annotations=[above],
    )
    if len(steps) > 1:
        frame["sliders"] = [_slider([label for label, _ in steps], shown, screen)]
    spec: Spec = {"data": [*steps[shown][1], *names], "layout": frame}
    return spec | ({"frames": frames} if len(steps) > 1 else {})


def _changing(mark: Spec) -> Spec:
    """What differs from one step to the next: never the places, and of many blocks not what is said."""
    kept = {"marker": mark["marker"]}
    return kept | ({"hovertext": mark["hovertext"]} if "hovertext" in mark and len(mark["x"]) <= LARGE else {})


def _slider(names: Sequence[str], shown: int, screen: Screen) -> Spec:
    how: Spec = {"mode": "immediate", "frame": {"duration": 0, "redraw": False}, "transition": {"duration": 0}}
    return {
        "active": shown,
        "x": 0.12 if screen.narrow else 0.04,
        "len": 0.76 if screen.narrow else 0.92,
        "y": 0,
        "yanchor": "top",
        "pad": {"t": 8, "b": 4},
        "currentvalue": {"visible": True, "xanchor": "left", "font": {"size": screen.size + 1}},
        "font": {"size": 10, "color": MUTED},
        "ticklen": 3,
        "steps": [
            {"label": safe(shorten(name, 100, 10)),
             "value": str(i), "method": "animate", "args": [[str(i)], how]}
            for i, name in enumerate(names)
        ],
    }  # fmt: skip


def _day(ground: Ground, here: Mapping[str, Block], t: Text) -> list[Spec]:
    """The circles and the discs of one day."""
    found = [here.get(block.id) for block in ground.blocks]
    status = [block.status if block else "none" for block in found]
    short = len(ground.blocks) > LARGE
    said = [
        safe(own.name) if block is None or short else block.label(t)
        for own, block in zip(ground.blocks, found, strict=True)
    ]
    inner = [
        2 * FILL * radius * math.sqrt(min(1.0, block.coverage)) if block and block.coverage else 0.0
        for block, radius in zip(found, ground.radii, strict=True)
    ]
    outer = [2 * FILL * radius for radius in ground.radii]
    shapes = [SYMBOLS[own] for own in status]
    pale = [PAPER if shape == "circle" else EDGE[s] for shape, s in zip(shapes, status, strict=True)]
    return [
        _marks(ground, outer, pale, shapes, [EDGE[s] for s in status], said),
        _marks(ground, inner, [STATUS[s] for s in status], ["circle"] * len(status), [STATUS[s] for s in status], []),
    ]


def _gains(before: Mapping[str, Block], after: Mapping[str, Block]) -> dict[str, float]:
    """People more in reach, by block."""
    reach = [{id: block.reached or 0.0 for id, block in day.items()} for day in (before, after)]
    return {id: reach[1].get(id, 0.0) - reach[0].get(id, 0.0) for id in {**before, **after}}


def _change(ground: Ground, gains: Mapping[str, float], t: Text) -> list[Spec]:
    """Triangles up and down, their area the people more or fewer in reach."""
    values = [gains.get(block.id, 0.0) for block in ground.blocks]
    most = max((abs(value) for value in values if value), default=1.0)
    largest = 2 * FILL * max(ground.radii)
    sizes = [0.0 if not value else max(5.0, largest * math.sqrt(abs(value) / most) * 0.5) for value in values]
    up = ["triangle-up" if value >= 0 else "triangle-down" for value in values]
    colours = [MORE if value > 0 else LESS for value in values]
    said = [
        f"<b>{safe(block.name)}</b><br>" + t(f"触达变化 {value:+,.0f} 人", f"{value:+,.0f} people in reach")
        for block, value in zip(ground.blocks, values, strict=True)
    ]
    outer = [2 * FILL * radius for radius in ground.radii]
    rim = ["circle-open"] * len(values)
    return [
        _marks(ground, outer, [SAME] * len(rim), rim, [SAME] * len(rim), said),
        _marks(ground, sizes, colours, up, colours, []),
    ]


def _marks(
    ground: Ground, sizes: Sequence[float], colours: Sequence[str], symbols: Sequence[str], lines: Sequence[str],
    said: Sequence[str],
) -> Spec:  # fmt: skip
    many = len(sizes) > 300
    trace: Spec = {
        "type": "scatter",
        "mode": "markers",
        "x": [round(x, 1) for x, _ in ground.at],
        "y": [round(y, 1) for _, y in ground.at],
        "marker": {
            "size": [round(size, 1) for size in sizes],
            "color": list(colours),
            "symbol": list(symbols),
            "opacity": 1,
            "line": {"color": list(lines), "width": 0.8 if many else 1.8},
        },
    }
    return trace | ({"hovertext": list(said), "hoverinfo": "text"} if said else {"hoverinfo": "skip"})
