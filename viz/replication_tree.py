"""How did the template travel?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from tiaokuai.viz.blocks import Block, Document, blocks, status_key
from tiaokuai.viz.picture import Picture, key, made, nothing
from tiaokuai.viz.text import Text, known, safe, shorten, width
from tiaokuai.viz.theme import (
    EDGE,
    INK,
    MARK,
    MUTED,
    PAPER,
    RULE,
    SCREENS,
    STATUS,
    STEEL,
    WARN,
    Screen,
    Spec,
    axis,
    bare,
    layout,
    note,
)

ROWS = 45, 30  # blocks with a row of their own, wide and narrow
BELOW = 62  # pixels of the bars by year


def replication_tree(replicated: Document, *, lang: str = "en") -> Picture:
    """Time runs right; each founding hangs on the block whose model it followed; foundings by year below.

    ``replicated`` is the document ``replication``. Of more than 45 founded blocks those with the largest
    reach of descendants have a row, with the blocks they came from.

    >>> replication_tree({"rows": []}).title
    'No block is founded yet'
    """
    t = Text(lang)
    every = [b for b in blocks(replicated, replicated) if _day(b) is not None]
    notes = list[str]()
    if not every:
        why = t("没有已建的块，模式还没有传播。", "Without a founded block the template has not travelled.")
        return nothing(t("尚无已建的块", "No block is founded yet"), why, t)
    there = {block.id for block in every}
    sources = {
        b.id: b.row["source"] for b in every if isinstance(b.row.get("source"), str) and b.row["source"] in there
    }
    title = _title(every, sources, t)
    if len(every) > ROWS[1]:
        notes.append(
            t(
                f"{len(every):,} 个已建块，只画后代触达多的（宽屏 {ROWS[0]} 个，窄屏 {ROWS[1]} 个）；下方按年计全部。",
                f"Of {len(every):,} founded blocks the {ROWS[0]} with the largest reach of descendants have a row "
                f"({ROWS[1]} on a narrow screen); the bars below count all.",
            )
        )
    specs = [_draw(every, sources, str(replicated.get("as_of") or ""), t, screen) for screen in SCREENS]
    headers = [
        t("块", "block"),
        t("建立", "founded"),
        t("来源", "source"),
        t("代次", "generation"),
        t("后代块", "descendants"),
    ]
    headers += [t("后代触达人数", "reach of descendants"), t("状态", "status")]
    names = {b.id: b.name for b in every}
    rows = [
        (
            b.name,
            t.month(str(b.row["founded"])),
            names.get(sources.get(b.id, ""), "–"),
            t.number(b.row.get("generation")),
            t.number(b.row.get("descendants")),
            t.number(b.row.get("descendant_reach")),
            f"{MARK[b.status]} {t.status(b.status)}",
        )
        for b in sorted(every, key=lambda b: (str(b.row["founded"]), b.id))
    ]
    subtitle = t(
        "横轴 = 建立时间，折线连到它所学的块；右侧 = 覆盖率与连同后代触达的人数；下方 = 每年新建块数。",
        "Left to right: when each block was founded, hung on the block it learned from; at the right: coverage and "
        "people in reach with its descendants; below: foundings a year.",
    )
    return made(title, subtitle, f"{title}{t('。', '.')}", specs, headers, rows, t, notes)


def _day(block: Block) -> str | None:
    founded = block.row.get("founded")
    return founded if isinstance(founded, str) and len(founded) >= 10 else None


def _title(every: Sequence[Block], sources: Mapping[str, str], t: Text) -> str:
    if not sources:
        first = min(str(b.row["founded"]) for b in every)[:7]
        return t(
            f"自{t.month(first)}起建了 {t.blocks(len(every))}，没有登记复制",
            f"{t.blocks(len(every))} founded since {t.month(first)}; no replication is recorded",
        )
    deepest = int(max((known(b.row.get("generation")) or 0 for b in every), default=0))
    deep = t(f"，最深到第 {deepest} 代", f", down to generation {deepest}") if deepest else ""
    count = len(sources)
    return t(f"模式传播了 {count:,} 次{deep}", f"The template travelled {t.count(count, '', 'time', 'times')}{deep}")


def _order(every: Sequence[Block], sources: Mapping[str, str], most: int) -> list[Block]:
    """Rows from top to bottom: each block below the one it came from, earlier foundings first."""
    by_id = {block.id: block for block in every}
    kept: set[str] = set()
    for block in sorted(
        every, key=lambda b: (-(known(b.row.get("descendant_reach")) or 0), str(b.row["founded"]), b.id)
    ):
        chain, at = list[str](), block.id
        while at in by_id and at not in kept and at not in chain:
            chain.append(at)
            at = sources.get(at, "")
        if len(kept) + len(chain) <= most:
            kept.update(chain)
    children: dict[str, list[Block]] = {}
    for id in kept:
        children.setdefault(sources.get(id, ""), []).append(by_id[id])
    ordered: list[Block] = []
    stack = sorted(children.get("", ()), key=lambda b: (str(b.row["founded"]), b.id), reverse=True)
    while stack:
        block = stack.pop()
        ordered.append(block)
        stack += sorted(children.get(block.id, ()), key=lambda b: (str(b.row["founded"]), b.id), reverse=True)
    return ordered


def _draw(every: Sequence[Block], sources: Mapping[str, str], as_of: str, t: Text, screen: Screen) -> Spec:
    rows = _order(every, sources, ROWS[screen.narrow])
    at, size = {block.id: y for y, block in enumerate(rows)}, screen.size - 1
    first, last = min(str(b.row["founded"]) for b in every), max([as_of, *(str(b.row["founded"]) for b in every)])
    texts_right = [_beside(block, t, screen, size) for block in rows]
    right = max(width(text.replace("<b>", "").replace("</b>", ""), size) for text in texts_right) + 18
    step = 24 if len(rows) <= 12 else 20
    above, tall = key(status_key(rows, t), screen, 14)
    low, high = date.fromisoformat(first[:10]).toordinal(), date.fromisoformat(last[:10]).toordinal()
    pad = max(20, (high - low) * 0.02)
    span = [_iso(low - pad), _iso(high + pad)]
    plot = len(rows) * step
    height = plot + BELOW + tall + 34
    share = (BELOW + 14) / (plot + BELOW + 14)
    texts = [above]
    texts += [
        note(
            text,
            1,
            y,
            xref="paper",
            xanchor="left",
            xshift=8,
            size=size,
            color=WARN if block.status == "hollow" else INK,
        )
        for y, (block, text) in enumerate(zip(rows, texts_right, strict=True))
    ]
    years = Counter(str(b.row["founded"])[:4] for b in every)
    bars, labels = _years(years, span, t, screen, screen.width - 14 - right)
    return {
        "data": [*_branches(rows, sources, at, span[1]), *_nodes(rows, at, t), bars],
        "layout": layout(
            screen,
            height + 14,
            (14, right, tall, 34),
            xaxis=axis(
                type="date",
                range=span,
                gridcolor=RULE,
                anchor="y2",
                nticks=4 if screen.narrow else 10,
                tickformat="%Y" if high - low > 900 else "%Y-%m",
            ),
            yaxis=bare(range=[len(rows) - 0.4, -0.6], domain=[share, 1]),
            yaxis2=bare(range=[0, max(years.values()) * 1.35], domain=[0, BELOW / (plot + BELOW + 14)]),
            annotations=[*texts, *labels],
        ),
    }


def _iso(ordinal: float) -> str:
    return date.fromordinal(max(1, min(3652059, round(ordinal)))).isoformat()


def _branches(rows: Sequence[Block], sources: Mapping[str, str], at: Mapping[str, int], end: str) -> list[Spec]:
    """A pale band from each founding to today, and the bent line from its source."""
    band: dict[str, list[object]] = {"x": [], "y": []}
    bent: dict[str, list[object]] = {"x": [], "y": []}
    for y, block in enumerate(rows):
        when = str(block.row["founded"])[:10]
        band["x"] += [when, end, None]
        band["y"] += [y, y, None]
        above = at.get(sources.get(block.id, ""))
        if above is not None:
            start = max(str(rows[above].row["founded"])[:10], "0001-01-01")
            bent["x"] += [start, start, when, None]
            bent["y"] += [above, y, y, None]
    look = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    return [
        {**look, **band, "line": {"color": "#eef2f5", "width": 6}},
        {**look, **bent, "line": {"color": "#9aa7b3", "width": 1.5}},
    ]


def _nodes(rows: Sequence[Block], at: Mapping[str, int], t: Text) -> list[Spec]:
    """A mark a founding: filled, half or empty by status, larger with more people in reach."""
    most = max((known(b.row.get("descendant_reach")) or 0 for b in rows), default=0)
    marks = []
    for status in dict.fromkeys(b.status for b in rows):
        here = [b for b in rows if b.status == status]
        sizes = [9 + 9 * ((known(b.row.get("descendant_reach")) or 0) / most) ** 0.5 if most else 10 for b in here]
        hollow = status in ("hollow", "none")
        marks.append(
            {
                "type": "scatter",
                "mode": "markers",
                "cliponaxis": False,
                "x": [str(b.row["founded"])[:10] for b in here],
                "y": [at[b.id] for b in here],
                "marker": {
                    "size": sizes,
                    "opacity": 1,
                    "symbol": "square" if status == "growing" else "circle",
                    "color": PAPER if hollow else STATUS[status],
                    "line": {"color": EDGE[status] if hollow else PAPER, "width": 2.5 if hollow else 1.2},
                },
                "hovertext": [_said(b, t) for b in here],
                "hoverinfo": "text",
            }
        )
    return marks


def _said(block: Block, t: Text) -> str:
    row = block.row
    when, share = t.month(str(row["founded"])), t.share(row.get("coverage"))
    count, reach = row.get("descendants"), row.get("descendant_reach")
    return f"<b>{safe(block.name)}</b> {MARK[block.status]} {t.status(block.status)}<br>" + t(
        f"{when}建立，覆盖率 {share}<br>后代 {t.number(count)} 个块，连同后代触达 {t.number(reach)} 人",
        f"Founded {when}, coverage {share}<br>{t.count(count, '', 'descendant', 'descendants')}, with them "
        f"{t.people(reach)} in reach",
    )


def _beside(block: Block, t: Text, screen: Screen, size: float) -> str:
    """The name, coverage, and where there are descendants the people in reach with them."""
    name = safe(shorten(f"{MARK[block.status]} {block.name}", 86 if screen.narrow else 170, size))
    text = f"{name} {t.share(block.row.get('coverage'))}"
    if screen.narrow or not known(block.row.get("descendants")):
        return text
    reach = t.number(block.row.get("descendant_reach"))
    return text + t(f" （连同后代 {reach} 人）", f" ({reach} with descendants)")


def _years(years: Counter[str], span: Sequence[str], t: Text, screen: Screen, room: float) -> tuple[Spec, list[Spec]]:
    """Foundings a year as bars with their number, where there is room for numbers."""
    ordered = [str(year) for year in range(int(min(years)), int(max(years)) + 1)]
    wide = 0.8 * 365.25 * 86_400_000
    bar: Spec = {
        "type": "bar",
        "x": [f"{year}-07-01" for year in ordered if years[year]],
        "y": [years[year] for year in ordered if years[year]],
        "width": wide,
        "yaxis": "y2",
        "marker": {"color": STEEL},
        "hovertext": [
            t(f"{year} 年新建 {t.blocks(years[year])}", f"{t.blocks(years[year])} founded in {year}")
            for year in ordered
            if years[year]
        ],
        "hoverinfo": "text",
    }
    first, last = (date.fromisoformat(day).toordinal() for day in span)
    if room * 365 / max(last - first, 1) < 14:
        return bar, []
    texts = []
    for year in (year for year in ordered if years[year]):
        middle = date(int(year), 7, 1).toordinal()
        left, right = max(first, middle - 146), min(last, middle + 146)  # what is seen of the bar
        if room * (right - left) / max(last - first, 1) >= 10:
            at = date.fromordinal((left + right) // 2).isoformat()
            texts.append(
                note(t.number(years[year]), at, years[year], yref="y2", yanchor="bottom", size=11, color=MUTED)
            )
    return bar, texts
