"""What next, block by block and period by period?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tiaokuai.viz.blocks import Document
from tiaokuai.viz.picture import Picture, made, nothing, ticks
from tiaokuai.viz.plan_rows import OTHERS, ROWS, Row, cell, rows_of, shown
from tiaokuai.viz.text import Text, known, safe, width
from tiaokuai.viz.theme import INK, MUTED, SCREENS, STEEL, Screen, Spec, axis, bare, ink_on, layout, note

COLUMNS = 24, 8  # periods shown, wide and narrow
ROW = 24
FOUND = "#d9680f"


def plan_board(
    planned: Document,
    places: Mapping[str, Mapping[str, str]] | None = None,
    coverage: Sequence[float | None] = (),
    *,
    names: Mapping[str, str] | None = None,
    lang: str = "en",
) -> Picture:
    """A row a block, a column a period: its founding, then its lines; above, the cost and coverage of each period.

    ``planned`` is the document ``plan``; ``places`` is :func:`tiaokuai.viz.places.places`, for the blocks
    that enterprises lie in (without it lines stand in one row); ``coverage`` is the share at the end of each period.

    >>> plan_board({"status": "infeasible", "periods": [], "relax": [{"wish": "never", "by": 1}]}).title
    'The wishes cannot all hold'
    """
    t = Text(lang)
    periods = list(planned.get("periods") or ())
    if planned.get("status") == "infeasible" or not periods:
        return _impossible(planned, t)
    rows = rows_of(periods, (places or {}).get("home") or {}, names or {}, t)
    foundings = sum(len(period.get("found") or ()) for period in periods)
    lines = sum(int(known(each.get("count")) or 0) for period in periods for each in period.get("lines") or ())
    if not rows:
        why = t("预算内没有可做的事，或已无缺口。", "The budget allows nothing, or nothing is left to do.")
        return nothing(t("计划里没有要做的事", "The plan has nothing to do"), why, t)
    founds = (f"建 {t.blocks(foundings)}、", f"founds {t.blocks(foundings)} and ") if foundings else ("", "")
    title = t(
        f"计划分 {len(periods)} 期{founds[0]}开 {t.lines(lines)}，费用 {t.number(planned.get('cost'))}",
        f"In {t.count(len(periods), '', 'period', 'periods')} the plan {founds[1]}adds "
        f"{t.lines(lines)}, for {t.number(planned.get('cost'))}",
    )
    subtitle = t(
        "★ = 建立联谊会，数字 = 当期新开的线，先建后开；右侧 = 合计，上方 = 各期费用。",
        "★ = founded, numbers = lines added, founding first; at the right: in all; above: the period's cost.",
    )
    notes = _notes(planned, rows, periods, t)
    specs = [_draw(rows, periods, coverage, t, screen) for screen in SCREENS]
    starts = [t.month(str(period.get("start"))) for period in periods]
    headers = [t("块", "block"), *starts, t("线合计", "lines in all")]
    body = [[row.name, *(cell(row, at) for at in range(len(periods))), t.number(row.total)] for row in rows]
    body.append([t("费用", "cost"), *(t.number(period.get("cost")) for period in periods), ""])
    return made(title, subtitle, f"{title}{t('。', '.')}", specs, headers, body, t, notes)


def _impossible(planned: Document, t: Text) -> Picture:
    relax = [f"{safe(each.get('wish'))} ({t.number(each.get('by'))})" for each in planned.get("relax") or ()]
    if relax:
        why = t(f"需要放宽：{'、'.join(relax)}", f"What must give: {', '.join(relax)}")
        return nothing(t("这些条件不能同时满足", "The wishes cannot all hold"), why, t)
    why = t("没有找到可行的计划。", "No plan was found.")
    return nothing(t("没有计划可画", "There is no plan to draw"), why, t)


def _notes(planned: Document, rows: Sequence[Row], periods: Sequence[Document], t: Text) -> list[str]:
    """How good the plan is, and what is not drawn."""
    said, gap = [], known(planned.get("gap"))
    if planned.get("status") == "optimal":
        said.append(t("已证明没有更好的计划。", "Proven: no plan is better."))
    elif gap is not None:
        said.append(t(f"已证明距最优至多 {t.share(gap)}。", f"Proven: at most {t.share(gap)} below the best there is."))
    if len(rows) > ROWS:
        said.append(
            t(f"{len(rows):,} 个块中只画动作最多的 {ROWS} 个，其余合为一行。",
              f"Of {t.blocks(len(rows))} the {ROWS} with most to do have a row; the others share one.")
        )  # fmt: skip
    if len(periods) > COLUMNS[0]:
        zh = f"只画前 {COLUMNS[0]} 期（窄屏 {COLUMNS[1]} 期），全部在表中。"
        en = f"The first {COLUMNS[0]} periods are drawn ({COLUMNS[1]} on a narrow screen); the table has all."
        said.append(t(zh, en))
    elif len(periods) > COLUMNS[1]:
        said.append(t(f"窄屏只画前 {COLUMNS[1]} 期。", f"A narrow screen shows the first {COLUMNS[1]} periods."))
    return said


def _draw(
    every: Sequence[Row], periods: Sequence[Document], coverage: Sequence[float | None], t: Text, screen: Screen
) -> Spec:
    rows, count = shown(every, t), min(len(periods), COLUMNS[screen.narrow])
    size, room = screen.size, 92 if screen.narrow else 180
    labels = ticks([row.name for row in rows], room, size)
    left = max(width(label, size) for label in [*labels, t("费用", "cost")]) + 16
    right = 44 if screen.narrow else 76
    head = 66
    plot = len(rows) * ROW
    top = plot / (plot + head)
    texts = _above(periods[:count], coverage, top, t, screen)
    traces: list[Spec] = [_costs(periods[:count], t)]
    most = max([n for row in rows if row.id != OTHERS for n in row.lines.values()] or [1]) or 1
    traces += [_cells(rows, count, kind, most, t) for kind in ("lines", "found")]
    for y, row in enumerate(rows):
        for at in range(count):
            said = cell(row, at)
            if said:
                texts.append(note(said, at, y, size=size - 1, color=ink_on(_ground(row, at, most))))
        if row.total:
            total = t.number(row.total) if screen.narrow else t.lines(row.total)
            texts.append(note(total, 1, y, xref="paper", xanchor="left", xshift=6, size=size - 1, color=MUTED))
    return {
        "data": traces,
        "layout": layout(
            screen,
            plot + head + 44,
            (left, right, 8, 36),
            barmode="overlay",
            xaxis=axis(
                tickvals=list(range(count)),
                ticktext=_starts(periods[:count], screen, t),
                range=[-0.5, count - 0.5],
                showgrid=False,
                anchor="y",
            ),
            yaxis=axis(
                tickvals=list(range(len(rows))),
                ticktext=labels,
                range=[len(rows) - 0.5, -0.5],
                showgrid=False,
                tickfont={"color": INK},
                domain=[0, top - 0.001],
            ),
            yaxis2=bare(
                range=[0, (max([known(p.get("cost")) or 0 for p in periods[:count]]) or 1) * 1.9], domain=[top, 1]
            ),
            annotations=texts,
        ),
    }


def _starts(periods: Sequence[Document], screen: Screen, t: Text) -> list[str]:
    """First months; every other one where there is no room for all."""
    texts = [str(period.get("start"))[:7] for period in periods]
    room = (screen.width - 200) / max(1, len(texts))
    every = max(1, -(-width("2027-01 ", screen.size) // max(room, 1)))
    short = [text[2:] for text in texts] if screen.narrow else texts
    return [text if at % int(every) == 0 else "" for at, text in enumerate(short)]


def _above(
    periods: Sequence[Document], coverage: Sequence[float | None], top: float, t: Text, screen: Screen
) -> list[Spec]:
    texts = [
        note(
            t("费用", "cost"),
            0,
            top,
            xref="paper",
            yref="paper",
            xanchor="right",
            yanchor="bottom",
            xshift=-8,
            size=11,
            color=MUTED,
        )
    ]
    for at, period in enumerate(periods):
        cost = known(period.get("cost"))
        if cost and len(periods) <= (16 if not screen.narrow else 6):
            said = t.number(cost)
            share = coverage[at] if at < len(coverage) else None
            if share is not None and not screen.narrow:
                said = f"<b>{t.share(share)}</b><br>{said}"
            texts.append(note(said, at, cost, yref="y2", yanchor="bottom", size=11, color=MUTED))
    return texts


def _costs(periods: Sequence[Document], t: Text) -> Spec:
    costs = [known(period.get("cost")) or 0 for period in periods]
    said = [
        t(
            f"{t.month(str(period.get('start')))}起：费用 {t.number(period.get('cost'))}，"
            f"预算 {t.number(period.get('budget'))}",
            f"Period from {t.month(str(period.get('start')))}: costs {t.number(period.get('cost'))} "
            f"of {t.number(period.get('budget'))}",
        )
        for period in periods
    ]
    return {
        "type": "bar",
        "x": list(range(len(periods))),
        "y": costs,
        "yaxis": "y2",
        "width": 0.5,
        "marker": {"color": STEEL},
        "hovertext": said,
        "hoverinfo": "text",
    }


def _ground(row: Row, at: int, most: int) -> str:
    """The colour of a box: orange where the block is founded, else bluer with more lines."""
    return FOUND if row.founded == at else _blue(min(1.0, (row.lines.get(at) or 0) / most))


def _cells(rows: Sequence[Row], count: int, kind: str, most: int, t: Text) -> Spec:
    """Boxes of the board: orange where a block is founded, blue and darker with more lines."""
    xs, bases, colours, said = [], [], [], []
    for y, row in enumerate(rows):
        for at in range(count):
            founding = row.founded == at
            if founding != (kind == "found") or not (founding or at in row.lines):
                continue
            xs.append(at)
            bases.append(y - 0.42)
            lines = row.lines.get(at)
            colours.append(_ground(row, at, most))
            words = [safe(row.name)]
            if founding:
                source = safe(row.source) if isinstance(row.source, str) else ""
                words.append(
                    t("建立联谊会", "founded") + (t(f"，学 {source}", f" on the model of {source}") if source else "")
                )
            if at in row.lines:
                words.append(t(f"开 {t.lines(lines)}", f"{t.lines(lines)} added"))
            said.append(f"<b>{words[0]}</b><br>" + t(",", ", ").join(words[1:]))
    return {
        "type": "bar",
        "x": xs,
        "y": [0.84] * len(xs),
        "base": bases,
        "width": 0.94,
        "marker": {"color": colours},
        "hovertext": said,
        "hoverinfo": "text",
    }


def _blue(share: float) -> str:
    low, high = (0xD6, 0xE6, 0xF4), (0x1F, 0x6F, 0xB0)
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"
