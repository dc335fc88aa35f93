"""What stands between today and full coverage?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tiaokuai.viz.blocks import Block, Document, blocks
from tiaokuai.viz.picture import Picture, made, nothing
from tiaokuai.viz.text import Text, known, width, wrap
from tiaokuai.viz.theme import (
    INK,
    MUTED,
    RULE,
    SCREENS,
    STATUS,
    STEEL,
    Screen,
    Spec,
    axis,
    ink_on,
    layout,
    line,
    note,
    pattern,
)

FOUND, LATER = "#8a5a9c", "#c3cad1"  # blocks still to found, and those that are not eligible yet


@dataclass(frozen=True)
class Step:
    """One step on the way: people it adds, lines and blocks it takes (None: the ends)."""

    name: tuple[str, str]
    people: float
    lines: float | None
    blocks: int
    colour: str
    hatch: str = ""


def gap_waterfall(gaps: Document, covered: Document, replicated: Document, *, lang: str = "en") -> Picture:
    """From the people in reach today to all of them, lines before blocks.

    The documents are ``gaps``, ``coverage`` by block and ``replication``.

    >>> gap_waterfall({"rows": []}, {"rows": []}, {"rows": []}).title
    'There is nobody to cover yet'
    """
    t, every = Text(lang), blocks(covered, replicated)
    total = covered.get("total") or {}
    staff, reached = known(total.get("staff")) or 0.0, known(total.get("reached")) or 0.0
    if not staff or not every:
        why = t("没有应覆盖的人，也就没有缺口。", "Without staff there is no gap.")
        return nothing(t("还没有应覆盖的人", "There is nobody to cover yet"), why, t)
    steps = _steps(every, covered, replicated)
    title = _title(gaps, steps, staff - reached, t)
    headers = [t("步骤", "step"), t("人数", "people"), t("占比", "share"), t("线", "lines"), t("块", "blocks")]
    rows = [
        (
            t(*step.name),
            t.number(step.people),
            t.share(step.people / staff),
            t.number(step.lines),
            t.number(step.blocks),
        )
        for step in steps
    ]
    subtitle = t(
        "从今天触达的人到全部的人：每一步增加的人数，以及要开的线。先条后块。",
        "From the people in reach today to all staff: what each step adds and takes, lines before blocks.",
    )
    alt = title + t("。", ". ") + t(";", "; ").join(f"{row[0]} {row[1]}" for row in rows)
    specs = [_draw(steps, staff, reached, t, screen) for screen in SCREENS]
    return made(title, subtitle, alt, specs, headers, rows, t)


def _steps(every: Sequence[Block], covered: Document, replicated: Document) -> list[Step]:
    """By what has to be done, in the method's order."""
    assumed = covered.get("assumptions") or replicated.get("assumptions") or {}
    kinds = assumed.get("eligible_kinds") or ["pilot", "mature"]
    groups: dict[str, list[Block]] = {name: [] for name in ("covered", "growing", "hollow", "found", "later")}
    for block in every:
        if block.status in groups:
            groups[block.status].append(block)
        elif block.status in ("ahead", "none"):
            groups["found" if block.kind in kinds or block.kind is None else "later"].append(block)
    looks = {
        "covered": (("已覆盖块补齐余下的线", "last lines in covered blocks"), STATUS["covered"], ""),
        "growing": (("发展中的块补线", "lines in growing blocks"), STATUS["growing"], ""),
        "hollow": (("空心块补线", "lines in hollow blocks"), STATUS["hollow"], "hollow"),
        "found": (("建新块并开线", "found blocks, then lines"), FOUND, ""),
        "later": (("尚不符合条件的块", "blocks not eligible yet"), LATER, ""),
    }
    steps = []
    for name, here in groups.items():
        people = sum(block.out or 0 for block in here)
        if people > 0:
            lines = sum(known(block.row.get("missing_lines")) or 0 for block in here if block.out)
            words, colour, hatch = looks[name]
            steps.append(Step(words, people, lines, len([b for b in here if b.out]), colour, hatch))
    return steps


def _title(gaps: Document, steps: Sequence[Step], out: float, t: Text) -> str:
    if out <= 0:
        return t("人人都已触达，没有缺口", "Everybody is in reach: there is no gap")
    lines, found = gaps.get("missing_lines"), gaps.get("blocks_to_found")
    count = len(found) if isinstance(found, list | tuple) else known(found) or 0
    head = t(
        f"离全覆盖还差 {t.number(out)} 人：要开 {t.number(lines)} 条线",
        f"{t.people(out)} to go: {t.lines(lines)} to add",
    )
    return head + (t(f"、建 {t.blocks(count)}", f" and {t.blocks(count)} to found") if count else "")


def _draw(steps: Sequence[Step], staff: float, reached: float, t: Text, screen: Screen) -> Spec:
    size, step_high = screen.size, 56 if screen.narrow else 44
    room = 112 if screen.narrow else 230
    first = Step(("今天已触达", "in reach today"), reached, None, 0, STATUS["covered"])
    last = Step(("全部应覆盖", "all staff"), staff, None, 0, STEEL)
    rows = [first, *steps, last]
    names = ["<br>".join(wrap(t(*row.name), room, size, 3)) for row in rows]
    left = min(room, max(width(part, size) for name in names for part in name.split("<br>"))) + 14
    bases, at = [0.0], reached
    for step in steps:
        bases.append(at)
        at += step.people
    bases.append(0.0)
    plot = screen.width - left - 12
    texts = []
    for y, (row, base) in enumerate(zip(rows, bases, strict=True)):
        said = _said(row, staff, 0 < y < len(rows) - 1, t, screen.narrow)
        lines = said.split("<br>")
        wide = max(width(part.replace("<b>", "").replace("</b>", ""), size) for part in lines) + 8
        end = base + row.people
        where, anchor, shift, colour = end, "left", 6, INK
        # No room to the right: before the bar, or in it.
        if (1 - end / staff) * plot < min(wide, max(base / staff * plot, row.people / staff * plot)):
            where, anchor, shift = base, "right", -6
            if base / staff * plot < wide and row.people / staff * plot > wide:
                where, anchor, shift, colour = end, "right", -6, ink_on(row.colour)
                said = _in_bar(lines, row.people / staff * plot, size)
        texts.append(note(said, where, y, xanchor=anchor, xshift=shift, align="left", size=size, color=colour))
    shapes = [
        line(bases[y] + rows[y].people, y + 0.32, bases[y] + rows[y].people, y + 0.68, dash="dot", color=MUTED)
        for y in range(len(rows) - 1)
    ]
    hovers = [f"<b>{t(*row.name)}</b><br>{_said(row, staff, 0 < y < len(rows) - 1, t)}" for y, row in enumerate(rows)]
    # A trace a bar: Plotly takes a list of colours under a hatch and then complains that it is none.
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "x": [row.people],
            "base": [base],
            "y": [y],
            "width": 0.64,
            "marker": {
                "color": row.colour,
                "pattern": {**pattern(row.hatch), "bgcolor": row.colour} if row.hatch else {"shape": ""},
            },
            "hovertext": [hover],
            "hoverinfo": "text",
        }
        for y, (row, base, hover) in enumerate(zip(rows, bases, hovers, strict=True))
    ]
    ticks = axis(range=[0, staff], nticks=4 if screen.narrow else 8, tickformat=",d", gridcolor=RULE)
    return {
        "data": traces,
        "layout": layout(
            screen,
            len(rows) * step_high + 40,
            (left, 12, 8, 32),
            barmode="overlay",
            xaxis=ticks,
            yaxis=axis(
                tickvals=list(range(len(rows))),
                ticktext=names,
                range=[len(rows) - 0.5, -0.5],
                showgrid=False,
                tickfont={"color": INK},
            ),
            shapes=shapes,
            annotations=texts,
        ),
    }


def _in_bar(lines: Sequence[str], room: float, size: float) -> str:
    """What stands in a bar, which is one line high; what has no room there is left to the hover and the table."""
    for count in range(len(lines), 1, -1):
        said = " · ".join(lines[:count])
        if width(said.replace("<b>", "").replace("</b>", ""), size) + 12 <= room:
            return said
    return lines[0]


def _said(step: Step, staff: float, added: bool, t: Text, narrow: bool = False) -> str:
    """People, their share, and for a step the lines and blocks it takes; one under the other where there is no room."""
    sign, share = "+" if added else "", t.share(step.people / staff)
    text = f"<b>{sign}{t.number(step.people)}</b>"
    if not added:
        return f"{text} ({share})"
    if narrow:
        return f"{text}<br>{share}<br>{t.lines(step.lines)}"
    return f"{text} ({share})<br>{t.lines(step.lines)}{t(',', ', ')}{t.blocks(step.blocks)}"
