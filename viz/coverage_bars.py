"""Where does each block stand?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tiaokuai.viz.blocks import ORDER, Block, Document, blocks, by_coverage, standing, status_key
from tiaokuai.viz.coverage_steps import bar, coverage_steps, heading
from tiaokuai.viz.picture import Picture, key, made, nothing, percent_axis, ticks
from tiaokuai.viz.text import Text, known, width
from tiaokuai.viz.theme import (
    EDGE,
    INK,
    MARK,
    MUTED,
    PAPER,
    SCREENS,
    STATUS,
    TRACK,
    Screen,
    Spec,
    axis,
    layout,
    line,
    note,
    pattern,
)

MOST = 60  # bars; above them blocks are counted in steps of ten percentage points


def coverage_bars(covered: Document, replicated: Document, *, lang: str = "en") -> Picture:
    """A bar a block, the most covered first: people in reach, members inside, people out of reach as numbers.

    ``covered`` is the document ``coverage`` by block, ``replicated`` the document ``replication``.
    Blocks that have not begun share one bar; of more than 60 that have, blocks are counted by tenths of coverage.

    >>> coverage_bars({"rows": []}, {"rows": []}).title
    'There is no block to show'
    """
    t, every = Text(lang), by_coverage(blocks(covered, replicated))
    title = standing(every, t)
    if not every:
        return nothing(title, t("数据中没有块。", "The data hold no block."), t)
    target = _target(covered)
    headers = [
        t("块", "block"),
        t("状态", "status"),
        t("覆盖率", "coverage"),
        t("应覆盖人数", "staff"),
        t("触达人数", "in reach"),
        t("尚未触达", "out of reach"),
        t("会员", "members"),
    ]
    rows = [
        (
            b.name,
            f"{MARK[b.status]} {t.status(b.status)}",
            t.share(b.row.get("coverage")),
            t.number(b.row.get("staff")),
            t.number(b.row.get("reached")),
            t.number(b.out),
            t.number(b.row.get("members")),
        )
        for b in every
    ]
    begun = [block for block in every if block.begun]
    many = len(begun) > MOST
    draw = coverage_steps if many else _bars
    subtitle = (
        t(
            f"{len(every):,} 个块按覆盖率每十个百分点归为一组；条长 = 块数，右侧 = 尚未触达的人数。",
            f"{len(every):,} blocks in steps of ten points of coverage; length = blocks; "
            "at the right: people out of reach.",
        )
        if many
        else t(
            "条 = 触达人数占应覆盖人数之比，内条 = 其中的会员；右侧 = 尚未触达的人数。",
            "Bar = share of staff in reach, thin bar inside = members among them; at the right: people out of reach.",
        )
    )
    count = Counter(block.status for block in every)
    told = t.listed([f"{t.number(count[s])} {t.status(s)}" for s in ORDER if count[s]])
    total = covered.get("total", {})
    alt = t(
        f"{title}。{len(every):,} 个块：{told}。全部覆盖率 {t.share(total.get('coverage'))}。",
        f"{title}. Of {t.blocks(len(every))}: {told}. Coverage in all is {t.share(total.get('coverage'))}.",
    )
    specs = [draw(every, target, t, screen) for screen in SCREENS]
    return made(title, subtitle, alt, specs, headers, rows, t)


def _target(covered: Document) -> float:
    return known((covered.get("assumptions") or {}).get("covered_from")) or 0.8


def _bars(every: Sequence[Block], target: float, t: Text, screen: Screen) -> Spec:
    begun = [block for block in every if block.begun]
    idle = [block for block in every if not block.begun]
    rows, size = len(begun) + bool(idle), screen.size
    room = 108 if screen.narrow else 190
    names = ticks([f"{MARK[b.status]} {b.name}" for b in begun], room, size) + (
        [f"{MARK['none']} {t('未建', 'not begun')}"] if idle else []
    )
    left = min(room, max(width(name, size) for name in names)) + 14
    step, right = (22 if rows > 12 else 28), 62 if screen.narrow else 96
    entries = status_key(begun, t)
    if any(block.members for block in begun):
        entries.append(("━", INK, t("其中会员", "members among them")))
    above, tall = key(entries, screen, left)
    texts = [above, *_numbers(begun, idle, t)]
    texts.append(heading(t, right))
    texts.append(
        note(
            t(f"覆盖线 {t.share(target)}", f"covered from {t.share(target)}"),
            target,
            1,
            yref="paper",
            yanchor="bottom",
            xanchor="right" if target > 0.5 else "left",
            yshift=1,
            size=11,
            color=MUTED,
        )
    )
    if idle:
        texts.append(note(_idle(idle, t, screen), 0.01, rows - 1, xanchor="left", size=size - 1))
    texts[0]["yshift"] += 16
    return {
        "data": _marks(begun, rows, t),
        "layout": layout(
            screen,
            rows * step + tall + 16 + 30,
            (left, right, tall + 16, 30),
            barmode="overlay",
            bargap=0.22,
            xaxis=percent_axis(),
            yaxis=axis(
                tickvals=list(range(rows)),
                ticktext=names,
                range=[rows - 0.5, -0.5],
                showgrid=False,
                tickfont={"color": INK},
            ),
            shapes=[line(target, 0, target, 1, yref="paper", layer="above", color=INK, dash="dash", width=1.2)],
            annotations=texts,
        ),
    }


def _marks(begun: Sequence[Block], rows: int, t: Text) -> list[Spec]:
    """The track, the bars of each status, and the members inside."""
    traces: list[Spec] = [
        {
            "type": "bar",
            "orientation": "h",
            "x": [1] * rows,
            "y": list(range(rows)),
            "marker": {"color": TRACK},
            "hoverinfo": "skip",
        }
    ]
    for status in ORDER:
        here = [(at, b) for at, b in enumerate(begun) if b.status == status and b.coverage is not None]
        if here:
            traces.append(
                bar(
                    [b.coverage for _, b in here],
                    [at for at, _ in here],
                    [b.label(t) for _, b in here],
                    {"color": STATUS[status], "pattern": pattern(status), "line": {"color": EDGE[status], "width": 1}},
                )
            )
    inner = [
        (at, min(b.members, b.reached) / b.staff)
        for at, b in enumerate(begun)
        if b.members and b.reached and b.staff and b.coverage is not None
    ]
    if inner:
        thin = bar(
            [x for _, x in inner], [at for at, _ in inner], [], {"color": INK, "line": {"color": PAPER, "width": 0.7}}
        )
        traces.append({**thin, "width": 0.16, "hoverinfo": "skip"})
    return traces


def _numbers(begun: Sequence[Block], idle: Sequence[Block], t: Text) -> list[Spec]:
    """People out of reach, at the right of each bar."""
    said = [t("无人", "no staff") if b.staff == 0 else t.number(b.out) for b in begun]
    if idle:
        said.append(t.number(sum(b.out or 0 for b in idle)))
    return [
        note(text, 1, at, xref="paper", xanchor="left", xshift=8, size=12, color=MUTED) for at, text in enumerate(said)
    ]


def _idle(idle: Sequence[Block], t: Text, screen: Screen) -> str:
    people = t.number(sum(b.staff or 0 for b in idle))
    if screen.narrow:
        return t(f"{len(idle):,} 个块未建", f"{t.blocks(len(idle))} not begun")
    return t(
        f"{len(idle):,} 个块尚未建立，共 {people} 人",
        f"{t.blocks(len(idle))} not begun, {people} people in all",
    )
