"""Which blocks' and lines' loss would cost most?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tiaokuai.viz.blocks import Document
from tiaokuai.viz.picture import Picture, key, made, nothing, ticks
from tiaokuai.viz.text import Text, known, name_of, safe, width
from tiaokuai.viz.theme import INK, MUTED, PAPER, SCREENS, Screen, Spec, axis, layout, note

BLOCKS, LINES = 12, 10
ROW, HEAD = 24, 30
OWN, DESCENDANTS, LINE = "#08519c", "#5aa9dd", "#6b3f8f"


@dataclass(frozen=True)
class Bar:
    """One bar: ``own`` people, and ``more`` that descend from it."""

    name: str
    own: float
    more: float
    said: str
    beside: str


def influence(influential: Document, fragile: Document | None = None, *, lang: str = "en") -> Picture:
    """Blocks by the people in reach that hang on them, with their descendants', and single lines.

    ``influential`` and ``fragile`` are the documents ``influence`` and ``fragility``.

    >>> influence({"blocks": []}).title
    'Nothing hangs on any block yet'
    """
    t = Text(lang)
    notes = list[str]()
    blocks = _blocks(influential, fragile or {}, t)
    lines = _lines(influential, t)
    if not blocks and not lines:
        why = t("没有触达的人。", "Nobody is in reach.")
        return nothing(t("尚无可言的影响", "Nothing hangs on any block yet"), why, t, notes)
    every = [row for row in influential.get("blocks") or () if known(row.get("descendant_reach"))]
    if len(every) > BLOCKS:
        notes.append(t(f"只画影响最大的 {BLOCKS} 个块。", f"The {BLOCKS} blocks with the largest influence are drawn."))
    notes += _fragile_notes(fragile or {}, t)
    title = _title(blocks, lines, t)
    specs = [_draw(blocks, lines, t, screen) for screen in SCREENS]
    headers = [t("块或线", "block or line"), t("自身触达", "own reach"), t("后代触达", "reach of descendants")]
    headers.append(t("合计", "in all"))
    rows = [(b.name, t.number(b.own), t.number(b.more), t.number(b.own + b.more)) for b in [*blocks, *lines]]
    subtitle = t(
        "条 = 挂在这一块上的触达人数：深 = 本块，斜纹 = 由它传出的后代块。",
        "Bar = people in reach that hang on the block: dark = its own, hatched = blocks that descend from it.",
    )
    if lines:
        subtitle += t("下方 = 失去一条线会少触达的人。", " Below: people lost with one line.")
    alt = title + t("。", ". ") + t(";", "; ").join(f"{row[0]} {row[3]}" for row in rows[:5]) + t("。", ".")
    return made(title, subtitle, alt, specs, headers, rows, t, notes)


def _blocks(influential: Document, fragile: Document, t: Text) -> list[Bar]:
    shares = {row["id"]: row.get("share") for row in fragile.get("rows") or () if "id" in row}
    bars = []
    for row in influential.get("blocks") or ():
        reach, own = known(row.get("descendant_reach")), known(row.get("reached"))
        if not reach or own is None:
            continue
        name, share = name_of(row), shares.get(row.get("id"))
        count = row.get("descendants")
        said = f"<b>{safe(name)}</b><br>" + t(
            f"本块触达 {t.number(own)} 人，{t.number(count)} 个后代块再触达 {t.number(reach - own)} 人",
            f"{t.people(own)} in reach here, {t.number(reach - own)} more in "
            f"{t.count(count, '', 'descendant', 'descendants')}",
        )
        beside = t.number(reach)
        if known(share) is not None:
            said += t(
                f"<br>其中 {t.share(share)} 只靠一名骨干",
                f"<br>{t.share(share)} of its own reach hangs on one backbone",
            )
        bars.append(Bar(name, own, max(0.0, reach - own), said, beside))
    bars.sort(key=lambda bar: (-(bar.own + bar.more), bar.name))
    return bars[:BLOCKS]


def _lines(influential: Document, t: Text) -> list[Bar]:
    """Lines by the enterprise they run to."""
    bars = []
    for row in influential.get("lines") or ():
        lost = known(row.get("reach_lost"))
        if not lost:
            continue
        name = f"{row.get('enterprise')} · {row.get('block')}"
        one = t("这条线", "this line"), safe(row.get("member"))
        if row.get("member") is None:
            one = t("其中一条线", "one of the lines"), t("只有线数", "counted, not listed")
        said = t(
            f"企业 {safe(row.get('enterprise'))} 的{one[0]}（{one[1]}）若断，少触达 {t.number(lost)} 人",
            f"Without {one[0]} ({one[1]}) at {safe(row.get('enterprise'))}, {t.people(lost)} fewer in reach",
        )
        bars.append(Bar(name, lost, 0.0, said, f"−{t.number(lost)}"))
    return sorted(bars, key=lambda bar: (-bar.own, bar.name))[:LINES]


def _title(blocks: Sequence[Bar], lines: Sequence[Bar], t: Text) -> str:
    if not blocks:
        most = t.people(lines[0].own)
        return t(f"断一条线至多少触达 {t.number(lines[0].own)} 人", f"No line's loss costs more than {most}")
    top = max(blocks, key=lambda bar: bar.own + bar.more)
    reach = t.number(top.own + top.more)
    if not any(bar.more for bar in blocks):
        most = f"{top.name} reaches most, {reach} people; no block has descendants"
        return t(f"「{top.name}」触达最多：{reach} 人；没有后代块", most)
    return t(f"「{top.name}」影响最大：{reach} 人挂在它上", f"Most hangs on {top.name}: {reach} people in reach")


def _fragile_notes(fragile: Document, t: Text) -> list[str]:
    share, after = known(fragile.get("share")), fragile.get("after_a_year")
    told = []
    if share is not None:
        told.append(
            t(
                f"触达的人中 {t.share(share)} 只靠一名骨干。",
                f"{t.share(share)} of the people in reach hang on one backbone.",
            )
        )
    if isinstance(after, Mapping) and known(after.get("coverage")) is not None:
        told.append(
            t(
                f"若无新人接替，一年流动后覆盖率约 {t.share(after['coverage'])}。",
                f"After a year of turnover with nobody taking over, coverage would be {t.share(after['coverage'])}.",
            )
        )
    return told


def _draw(blocks: Sequence[Bar], lines: Sequence[Bar], t: Text, screen: Screen) -> Spec:
    size, room = screen.size, 110 if screen.narrow else 190
    left = max(width(name, size) for name in ticks([b.name for b in [*blocks, *lines]], room, size)) + 14
    entries = [("■", OWN, t("本块", "its own"))] if blocks else []
    if any(bar.more for bar in blocks):
        entries.append(("▨", DESCENDANTS, t("后代块", "descendants")))
    above, tall = key(entries, screen, left) if entries else (None, 10.0)
    high, low = len(blocks) * ROW, (len(lines) * ROW + HEAD) if lines else 0
    plot = high + low
    texts = [above] if above else []
    traces: list[Spec] = []
    frame: Spec = {}
    if blocks:
        traces += _stacked(blocks)
        most = max(bar.own + bar.more for bar in blocks)
        frame["xaxis"] = {"visible": False, "fixedrange": True, "range": [0, most * 1.25], "anchor": "y"}
        frame["yaxis"] = _rows(blocks, room, size, [low / plot, 1])
        texts += _numbers(blocks, "x", "y", size)
    if lines:
        traces.append(_single(lines))
        most = max(bar.own for bar in lines)
        end = (low - (HEAD if blocks else 0)) / plot
        frame["xaxis2"] = {"visible": False, "fixedrange": True, "range": [0, most * 1.25], "anchor": "y2"}
        frame["yaxis2"] = _rows(lines, room, size, [0, end]) | {"anchor": "x2"}
        texts += _numbers(lines, "x2", "y2", size)
        head = t("<b>断一条线，少触达的人</b>", "<b>People lost with one line</b>")
        place: Spec = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom", "yshift": 3}
        texts.append(note(head, 0, end, **place, size=size))
    return {
        "data": traces,
        "layout": layout(screen, plot + tall + 12, (left, 8, tall, 12), barmode="stack", annotations=texts, **frame),
    }


def _rows(bars: Sequence[Bar], room: float, size: float, domain: Sequence[float]) -> Spec:
    return axis(
        tickvals=list(range(len(bars))),
        ticktext=ticks([bar.name for bar in bars], room, size),
        range=[len(bars) - 0.5, -0.5],
        domain=list(domain),
        showgrid=False,
        tickfont={"color": INK},
    )


def _numbers(bars: Sequence[Bar], xref: str, yref: str, size: float) -> list[Spec]:
    look: Spec = {"xref": xref, "yref": yref, "xanchor": "left", "xshift": 6, "size": size, "color": MUTED}
    return [note(bar.beside, bar.own + bar.more, y, **look) for y, bar in enumerate(bars)]


def _stacked(bars: Sequence[Bar]) -> list[Spec]:
    shared: Spec = {"type": "bar", "orientation": "h", "y": list(range(len(bars))), "width": 0.66, "hoverinfo": "text"}
    shared["hovertext"] = [bar.said for bar in bars]
    hatch: Spec = {"shape": "/", "bgcolor": DESCENDANTS, "fgcolor": PAPER, "size": 7, "solidity": 0.3}
    return [
        {**shared, "x": [bar.own for bar in bars], "marker": {"color": OWN}},
        {
            **shared,
            "x": [bar.more for bar in bars],
            "marker": {"color": DESCENDANTS, "pattern": {**hatch, "fillmode": "overlay"}},
        },
    ]


def _single(bars: Sequence[Bar]) -> Spec:
    return {
        "type": "bar",
        "orientation": "h",
        "x": [bar.own for bar in bars],
        "y": list(range(len(bars))),
        "xaxis": "x2",
        "yaxis": "y2",
        "width": 0.6,
        "marker": {"color": LINE},
        "hovertext": [bar.said for bar in bars],
        "hoverinfo": "text",
    }
