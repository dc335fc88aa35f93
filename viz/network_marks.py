"""What a map is drawn with: circles, dots, discs, arrows, names that do not cover each other, and what hovers say."""

from __future__ import annotations

import math
from collections.abc import Mapping

from tiaokuai.viz.blocks import ORDER, Block
from tiaokuai.viz.ground import Ground
from tiaokuai.viz.packing import Point, outlines
from tiaokuai.viz.text import Text, safe, shorten, width
from tiaokuai.viz.theme import DASH, EDGE, INK, MARK, PAPER, REACH, STATUS, Screen, Spec

TINT = {"covered": "#f2f7fc", "growing": "#f5fafe", "hollow": "#fdf3ea", "ahead": "#fdf9e4", "none": "#fafbfc"}
FEW = 1000  # blocks whose hovers tell everything


def _filled(shapes: Spec, fill: str, **line: object) -> Spec:
    return {
        "type": "scatter",
        "mode": "lines",
        "fill": "toself",
        "fillcolor": fill,
        "line": {"width": 0, **line},
        "hoverinfo": "skip",
        **shapes,
    }


def circles(ground: Ground) -> list[Spec]:
    """A circle a block; how its outline is drawn says its status again."""
    traces = []
    many = len(ground.blocks) > 300  # small circles would show one dash or none
    for status in ORDER:
        here = [(ground.at[i], ground.radii[i]) for i, block in enumerate(ground.blocks) if block.status == status]
        if here:
            look = {"width": 0.8} if many else {"width": 2.0 if status != "none" else 1.2, "dash": DASH[status]}
            traces.append(_filled(outlines(here, 1.0), TINT[status], color=EDGE[status], **look))
    return traces


def dots(ground: Ground) -> list[Spec]:
    """A dot an enterprise, darker with more of its staff in reach."""
    traces = []
    for band, colour in REACH.items():
        here = [(dot.at, dot.radius) for row in ground.dots.values() for dot in row if dot.band == band]
        if here:
            edge = {"color": "#8b97a3", "width": 0.6} if band == "none" else {"color": colour, "width": 0.4}
            traces.append(_filled(outlines(here, 1.0), colour, **edge))
    return traces


def only_discs(ground: Ground) -> list[Spec]:
    """A disc in each circle, its area the share of staff in reach."""
    traces = []
    for status in ORDER:
        here = [
            (ground.at[i], ground.radii[i] * math.sqrt(block.coverage))
            for i, block in enumerate(ground.blocks)
            if block.status == status and block.coverage
        ]
        if here:
            traces.append(_filled(outlines(here, 1.0), STATUS[status]))
    return traces


def arrows(ground: Ground, sources: Mapping[str, str]) -> list[Spec]:
    """From each source to the block founded on its model: a line from rim to rim, with a head at the new block."""
    place = {block.id: i for i, block in enumerate(ground.blocks)}
    xs: list[float | None] = []
    ys: list[float | None] = []
    heads: list[list[Point]] = []
    for target, source in sources.items():
        a, b = place[source], place[target]
        (x0, y0), (x1, y1) = ground.at[a], ground.at[b]
        far = math.dist((x0, y0), (x1, y1))
        if far <= ground.radii[a] + ground.radii[b] + 1:
            continue
        ux, uy = (x1 - x0) / far, (y1 - y0) / far
        end = far - ground.radii[b] - 2
        tip, back = (x0 + ux * end, y0 + uy * end), (x0 + ux * (end - 8), y0 + uy * (end - 8))
        xs += [round(x0 + ux * (ground.radii[a] + 1), 1), round(back[0], 1), None]
        ys += [round(y0 + uy * (ground.radii[a] + 1), 1), round(back[1], 1), None]
        heads.append([tip, (back[0] - uy * 3.2, back[1] + ux * 3.2), (back[0] + uy * 3.2, back[1] - ux * 3.2), tip])
    if not heads:
        return []
    look = {"color": "#9aa7b3", "width": 1.2 if len(heads) < 60 else 0.7}
    drawn: Spec = {"type": "scatter", "mode": "lines", "x": xs, "y": ys, "line": look, "hoverinfo": "skip"}
    closed: Spec = {"x": [], "y": []}
    for head in heads:
        closed["x"] += [*(round(p[0], 1) for p in head), None]
        closed["y"] += [*(round(p[1], 1) for p in head), None]
    return [drawn, _filled(closed, "#7d8b98")]


def hovers(ground: Ground, dotted: bool, t: Text) -> list[Spec]:
    """What is said where the pointer is: an invisible mark over every circle and dot."""
    short = len(ground.blocks) > FEW
    names = {block.id: block.name for block in ground.blocks}
    said = [_short(block, t) if short else _whole(block, names, t) for block in ground.blocks]
    traces = [_unseen(ground.at, ground.radii, said)]
    if dotted:
        every = [(block, dot) for block in ground.blocks for dot in ground.dots.get(block.id, ())]
        words = {
            "none": t("未触达", "nobody in reach"),
            "partly": t("部分触达", "some in reach"),
            "full": t("全部触达", "all in reach"),
        }
        told = [
            f"{safe(dot.row.get('name') or dot.row.get('id'))}<br>"
            + t(
                f"{safe(block.name)}，{t.number(dot.row.get('staff'))} 人，{words[dot.band]}",
                f"{safe(block.name)}: {t.number(dot.row.get('staff'))} staff, {words[dot.band]}",
            )
            for block, dot in every
        ]
        traces.append(_unseen([dot.at for _, dot in every], [dot.radius for _, dot in every], told))
    return traces


def _short(block: Block, t: Text) -> str:
    return f"{safe(block.name)} {MARK[block.status]} {t.share(block.row.get('coverage'))}"


def _whole(block: Block, names: Mapping[str, str], t: Text) -> str:
    said, source = block.label(t), block.row.get("source")
    if isinstance(source, str):
        name = safe(names.get(source, source))
        said += t(f"<br>复制自 {name}", f"<br>founded on the model of {name}")
    if block.row.get("descendants"):
        count = t.number(block.row["descendants"])
        said += t(f"<br>后代块 {count} 个", f"<br>descendants: {count}")
    return said


def _unseen(at: tuple[Point, ...] | list[Point], radii: tuple[float, ...] | list[float], said: list[str]) -> Spec:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [round(x, 1) for x, _ in at],
        "y": [round(y, 1) for _, y in at],
        "marker": {"size": [round(2 * radius, 1) for radius in radii], "opacity": 0, "color": PAPER},
        "hovertext": said,
        "hoverinfo": "text",
    }


def labels(ground: Ground, t: Text, screen: Screen, share: bool = True) -> list[Spec]:
    """Names below the circles, the largest first, and only where they cover neither another name nor a circle."""
    size = 12 if not screen.narrow else 10.5
    boxes: list[tuple[float, float, float, float]] = []
    xs, ys, texts = [], [], []
    order = sorted(range(len(ground.blocks)), key=lambda i: (-ground.radii[i], i))
    for i in order[: 150 if len(order) <= 1000 else 30]:
        block, (x, y), radius = ground.blocks[i], ground.at[i], ground.radii[i]
        told = f" {t.share(block.coverage)}" if share and block.coverage is not None else ""
        name = shorten(block.name, 150 if not screen.narrow else 92, size) + told
        half, top = width(name, size) / 2 + 2, y - radius - 1
        box = (x - half, x + half, top - size * 1.25, top)
        if box[0] < 0 or box[1] > ground.width or any(_meet(box, other) for other in boxes):
            continue
        if any(_covers(box, ground.at[j], ground.radii[j]) for j in order if j != i):
            continue
        boxes.append(box)
        xs.append(round(x, 1))
        ys.append(round(top - size * 0.62, 1))
        texts.append(safe(name))
    if not texts:
        return []
    look = {"size": size, "color": INK}
    return [{"type": "scatter", "mode": "text", "x": xs, "y": ys, "text": texts, "textfont": look, "hoverinfo": "skip"}]


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]


def _covers(box: tuple[float, float, float, float], at: Point, radius: float) -> bool:
    x, y = min(max(at[0], box[0]), box[1]), min(max(at[1], box[2]), box[3])
    return math.dist((x, y), at) < radius
