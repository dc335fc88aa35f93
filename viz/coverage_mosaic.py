"""How much work is left in all?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tiaokuai.viz.blocks import ORDER, Block, Document, blocks, by_coverage, standing, status_key
from tiaokuai.viz.picture import Picture, key, made, nothing, percent_axis
from tiaokuai.viz.text import Text, known, safe, shorten, width
from tiaokuai.viz.theme import (
    INK,
    MARK,
    MUTED,
    PAPER,
    SCREENS,
    STATUS,
    TRACK,
    WARN,
    Screen,
    Spec,
    ink_on,
    layout,
    line,
    note,
    pattern,
)

COLUMNS = 200, 60  # wide and narrow; more blocks are put together by tenths of coverage
TALL = 380


@dataclass(frozen=True)
class Column:
    """One column: people it is wide, the share in reach it is high, and what is said of it."""

    staff: float
    share: float
    status: str
    name: str
    said: str


def coverage_mosaic(covered: Document, replicated: Document, *, lang: str = "en") -> Picture:
    """A column a block, as wide as it has staff and as high as its coverage: filled area is people in reach.

    The documents are ``coverage`` by block and ``replication``.

    >>> coverage_mosaic({"rows": []}, {"rows": []}).title
    'There is no block to show'
    """
    t, every = Text(lang), by_coverage(blocks(covered, replicated))
    notes, total = list[str](), covered.get("total") or {}
    if not every:
        why = t("数据中没有块。", "The data hold no block.")
        return nothing(standing(every, t), why, t, notes)
    people = sum(block.staff or 0 for block in every)
    if not people:
        why = t("各块都没有应覆盖的人，无从谈覆盖。", "No block has any staff, so there is nothing to cover.")
        return nothing(t("还没有应覆盖的人", "There is nobody to cover yet"), why, t, notes)
    if len(every) > COLUMNS[1]:
        notes.append(
            t(
                f"块多于 {COLUMNS[0]} 个（窄屏 {COLUMNS[1]} 个）时，按覆盖率每十个百分点合为一柱。",
                f"More than {COLUMNS[0]} blocks ({COLUMNS[1]} on a narrow screen) are joined by tenths of coverage.",
            )
        )
    title = _title(total, t)
    specs = [_draw(every, total, people, t, screen) for screen in SCREENS]
    headers = [t("块", "block"), t("应覆盖人数", "staff"), t("触达人数", "in reach"), t("尚未触达", "out of reach")]
    rows = [
        (b.name, t.number(b.row.get("staff")), t.number(b.row.get("reached")), t.number(b.out))
        for b in sorted(every, key=lambda b: (-(b.out or 0), b.id))
    ]
    subtitle = t(
        "每柱一块：宽 = 应覆盖人数，高 = 覆盖率，涂色面积 = 触达人数。",
        "A column a block: width = staff, height = coverage, so that the coloured area is people in reach.",
    )
    return made(title, subtitle, f"{title}{t('。', '. ')}{standing(every, t)}", specs, headers, rows, t, notes)


def _title(total: Document, t: Text) -> str:
    staff, reached = known(total.get("staff")), known(total.get("reached"))
    if staff is None or reached is None:
        return t("空白是剩下的工作", "The blank area is the work left")
    if reached >= staff:
        return t(f"{t.number(staff)} 人全部触达", f"All {t.people(staff)} are in reach")
    return t(
        f"{t.number(staff)} 人中已触达 {t.number(reached)} 人；空白就是剩下的 {t.number(staff - reached)} 人",
        f"{t.number(reached)} of {t.people(staff)} in reach; the blank area is the {t.number(staff - reached)} left",
    )


def _columns(every: Sequence[Block], t: Text, most: int) -> list[Column]:
    if len(every) <= most:
        return [Column(b.staff, b.coverage or 0, b.status, b.name, b.label(t)) for b in every if b.staff]
    groups: dict[tuple[int, int], list[Block]] = {}
    for b in every:
        step = min(9, int((b.coverage or 0) * 10 + 1e-9))
        groups.setdefault((-step, ORDER.index(b.status)), []).append(b)
    made_of = []
    for (_, status), here in sorted(groups.items()):
        staff = sum(b.staff or 0 for b in here)
        share = sum(b.reached or 0 for b in here) / staff if staff else 0.0
        said = t(
            f"{t.blocks(len(here))}{t.status(ORDER[status])}，共 {t.number(staff)} 人，覆盖率 {t.share(share)}",
            f"{t.blocks(len(here))} {t.status(ORDER[status])}: {t.people(staff)}, coverage {t.share(share)}",
        )
        if staff:
            made_of.append(Column(staff, share, ORDER[status], t.blocks(len(here)), said))
    return made_of


def _draw(every: Sequence[Block], total: Document, people: float, t: Text, screen: Screen) -> Spec:
    columns = _columns(every, t, COLUMNS[screen.narrow])
    left, right, tall_plot = 44, 14, TALL if not screen.narrow else 300
    average, entries = known(total.get("coverage")), status_key(every, t)
    if average is not None and len(columns) > 1:
        entries.append(("━", WARN, t(f"全部 {t.share(average)}", f"all: {t.share(average)}")))
    above, tall = key(entries, screen, left)
    room = screen.width - left - right
    edges, at = [], 0.0
    for column in columns:
        edges.append(at)
        at += column.staff / people
    traces = []
    for status in ORDER:
        here = [(x, c) for x, c in zip(edges, columns, strict=True) if c.status == status]
        if here:
            traces += _bars(here, status, people, room)
    texts, shapes = [above], []
    if average is not None and len(columns) > 1:
        shapes.append(line(0, average, 1, average, layer="above", color=WARN, width=1.6, dash="solid"))
    texts += _names(columns, edges, people, room, tall_plot, screen)
    below = percent_axis()
    below["ticktext"][0] = ""  # the 0% of the other axis stands there
    axis_name = t("占全部应覆盖人数的累计比例", "cumulative share of all staff")
    return {
        "data": traces,
        "layout": layout(
            screen,
            tall_plot + tall + 46,
            (left, right, tall, 46),
            barmode="overlay",
            bargap=0,
            xaxis={
                **below,
                "showgrid": False,
                "title": {"text": axis_name, "font": {"color": MUTED, "size": 11}},
            },
            yaxis=percent_axis(),
            shapes=shapes,
            annotations=texts,
        ),
    }


def _bars(here: Sequence[tuple[float, Column]], status: str, people: float, room: float) -> list[Spec]:
    """The blank column of each, and its filled part."""
    xs, widths = [x for x, _ in here], [c.staff / people for _, c in here]
    thick = 1.0 if min(widths) * room > 4 else 0.0
    shared: Spec = {"type": "bar", "x": xs, "width": widths, "offset": 0, "hoverinfo": "text"}
    shared["hovertext"] = [c.said for _, c in here]
    blank = {**shared, "y": [1] * len(here), "marker": {"color": TRACK, "line": {"color": PAPER, "width": thick}}}
    made_of = [blank]
    shown = [(x, c) for x, c in here if c.share]
    if shown:
        look = {"color": STATUS[status], "pattern": pattern(status), "line": {"color": PAPER, "width": thick}}
        made_of.append(
            {
                **shared,
                "x": [x for x, _ in shown],
                "width": [c.staff / people for _, c in shown],
                "y": [c.share for _, c in shown],
                "hovertext": [c.said for _, c in shown],
                "marker": look,
            }
        )
    return made_of


def _names(
    columns: Sequence[Column], edges: Sequence[float], people: float, room: float, tall: float, screen: Screen
) -> list[Spec]:
    """Names upright in the columns that are wide enough: above the filled part, or in it where it reaches high."""
    size, texts = (11 if screen.narrow else 12), []
    for x, column in zip(edges, columns, strict=True):
        if column.staff / people * room < size * 1.5:
            continue
        name = shorten(f"{MARK[column.status]} {column.name}", tall * 0.4, size)
        long, top = width(name, size) / tall * 1.08 + 0.03, column.share
        inside = top + long > 0.97
        colour = ink_on(STATUS[column.status]) if inside else INK
        if inside and top < long:
            continue
        place = top - 0.015 if inside else top + 0.015
        texts.append(
            note(
                safe(name),
                x + column.staff / people / 2,
                place,
                textangle=-90,
                xanchor="center",
                yanchor="top" if inside else "bottom",
                size=size,
                color=colour,
                **({} if inside else {"bgcolor": TRACK}),
            )
        )
    return texts
