"""The cells of the template's picture: rows against components in their groups, or components as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tiaokuai.viz.picture import ticks
from tiaokuai.viz.text import Text, safe, shorten, width
from tiaokuai.viz.theme import INK, MUTED, STEEL, TRACK, Screen, Spec, axis, bare, ink_on, layout, note


@dataclass(frozen=True)
class Heat:
    """Rows (``names``, ``fidelity``) against columns (``ids``, ``labels``, ``groups``).

    ``shares`` is the share in place of each row and column, None where unknown;
    ``common`` is the share of blocks that have each column, ``means`` the mean share in place of each group.
    """

    names: Sequence[str]
    fidelity: Sequence[float | None]
    ids: Sequence[str]
    labels: Sequence[str]
    groups: Sequence[str]
    shares: Sequence[Sequence[float | None]]
    common: Sequence[float]
    group_names: Mapping[str, str]
    means: Mapping[str, float]


def cells(heat: Heat, t: Text, screen: Screen, numbers: bool = False) -> Spec:
    """A cell a row and column; groups stand apart. ``numbers`` writes each share into its cell."""
    at, x = [], 0.0
    for column, group in enumerate(heat.groups):
        x += 0 if column == 0 else 1 if heat.groups[column - 1] == group or numbers else 1.7
        at.append(x)
    rows, size = len(heat.names), screen.size
    room = 96 if screen.narrow else 170
    left = min(room, max(width(name, size) for name in heat.names)) + 14
    step = 22 if rows > 3 else 30
    below = 14 if numbers else 150
    plot, right, top = rows * step, 62 if screen.narrow else 120, 44
    height = plot + below + top + 6
    gap = 0 if numbers else 6
    low = (below - gap) / (plot + below) if not numbers else 0
    traces: list[Spec] = [_squares(heat, at, t)]
    texts = _group_heads(heat, at, t, numbers, screen)
    xs, ys = [], []
    for y, row in enumerate(heat.shares):
        for column, share in enumerate(row):
            if share is None:
                xs.append(at[column])
                ys.append(y)
            elif numbers:
                texts.append(note(t.share(share), at[column], y, size=11, color=ink_on(_colour(share))))
    if xs:
        mark = {"symbol": "x-thin", "size": 7, "line": {"color": "#9aa5b0", "width": 1}}
        traces.append({"type": "scatter", "mode": "markers", "x": xs, "y": ys, "marker": mark, "hoverinfo": "skip"})
    traces += _fidelity(heat, t)
    small: Spec = {"size": 11, "color": MUTED}
    for y, value in enumerate(heat.fidelity):
        said = "–" if value is None else t.share(value)
        texts.append(note(said, value or 0, y, xref="x2", xanchor="left", xshift=4, **small))
    head = t("完整度", "fidelity")
    texts.append(note(head, 0.85, 1, xref="x2", yref="paper", xanchor="center", yanchor="bottom", yshift=4, **small))
    share_right = right / (screen.width - left - 8)
    frame = {
        "xaxis": bare(range=[-0.6, at[-1] + 0.6], domain=[0, 1 - share_right]),
        "xaxis2": bare(range=[0, 1.6], domain=[1 - share_right + 0.01, 1], anchor="y"),
        "yaxis": axis(tickvals=list(range(rows)), ticktext=ticks(heat.names, room, size), range=[rows - 0.5, -0.5],
                      showgrid=False, domain=[low, 1], tickfont={"color": INK}),
    }  # fmt: skip
    if not numbers:
        traces.append(_prevalence(heat, at, t))
        for x, label in zip(at, heat.labels, strict=True):
            name = safe(shorten(label, 92, 10.5))
            texts.append(note(name, x, 0, yref="y2", textangle=90, yanchor="top", yshift=-2, size=10.5))
        bottom = 100 / (plot + below)
        frame["yaxis2"] = bare(range=[0, 1.05], domain=[bottom, max(bottom + 0.01, low)], anchor="x")
    return {"data": traces, "layout": layout(screen, height, (left, 8, top, 6), annotations=texts, **frame)}


def _squares(heat: Heat, at: Sequence[float], t: Text) -> Spec:
    """The cells, as bars hung between the rows, so that groups can stand apart."""
    xs, bases, colours, texts = [], [], [], []
    for y, (name, row) in enumerate(zip(heat.names, heat.shares, strict=True)):
        for x, label, share in zip(at, heat.labels, row, strict=True):
            xs.append(x)
            bases.append(y - 0.44)
            colours.append(_colour(share))
            texts.append(f"<b>{safe(name)}</b><br>{safe(label)}: {_cell(share, t)}")
    return {
        "type": "bar",
        "x": xs,
        "y": [0.88] * len(xs),
        "base": bases,
        "width": 0.88,
        "marker": {"color": colours},
        "hovertext": texts,
        "hoverinfo": "text",
    }


def _colour(share: float | None) -> str:
    if not share:
        return TRACK
    low, high = (0xD6, 0xE6, 0xF4), (0x08, 0x51, 0x9C)
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _cell(share: float | None, t: Text) -> str:
    if share is None:
        return "–"
    if share in (0.0, 1.0):
        return t("已到位", "in place") if share else t("尚无", "not in place")
    return t(f"到位 {t.share(share)}", f"{t.share(share)} in place")


def _group_heads(heat: Heat, at: Sequence[float], t: Text, numbers: bool, screen: Screen) -> list[Spec]:
    heads = []
    for group in dict.fromkeys(heat.groups):
        here = [x for x, own in zip(at, heat.groups, strict=True) if own == group]
        name = heat.group_names.get(group, group)
        if numbers and screen.narrow:
            name = shorten(name, 40, 11)
        elif not numbers and len(here) < 5:
            name = shorten(name, max(60, 17 * len(here) + 20), 12)
        heads.append(
            note(
                f"<b>{safe(name)}</b><br>{t.share(heat.means.get(group))}",
                (here[0] + here[-1]) / 2,
                1,
                yref="paper",
                yanchor="bottom",
                yshift=4,
                size=11 if screen.narrow else 12,
            )
        )
    return heads


def _fidelity(heat: Heat, t: Text) -> list[Spec]:
    said = [
        t(f"{safe(name)} 完整度 {t.share(value)}", f"{safe(name)}: fidelity {t.share(value)}")
        for name, value in zip(heat.names, heat.fidelity, strict=True)
    ]
    return [
        {
            "type": "bar",
            "orientation": "h",
            "x": [value or 0 for value in heat.fidelity],
            "y": list(range(len(heat.names))),
            "xaxis": "x2",
            "width": 0.6,
            "marker": {"color": STEEL},
            "hovertext": said,
            "hoverinfo": "text",
        }
    ]


def _prevalence(heat: Heat, at: Sequence[float], t: Text) -> Spec:
    return {
        "type": "bar",
        "x": list(at),
        "y": list(heat.common),
        "width": 0.88,
        "yaxis": "y2",
        "marker": {"color": STEEL},
        "hovertext": [
            t(
                f"{safe(label)}：{t.share(share)} 的已建块有",
                f"{safe(label)}: {t.share(share)} of founded blocks have it",
            )
            for label, share in zip(heat.labels, heat.common, strict=True)
        ],
        "hoverinfo": "text",
    }


def component_bars(heat: Heat, t: Text, screen: Screen) -> Spec:
    """For a narrow screen: every component as a bar, group by group."""
    names, values, heads, y = [], [], [], 0
    at: list[int] = []
    for column, group in enumerate(heat.groups):
        if column == 0 or heat.groups[column - 1] != group:
            y += 1 if column else 0
            heads.append((y, group))
            y += 1
        at.append(y)
        names.append(heat.labels[column])
        values.append(heat.common[column])
        y += 1
    size, room = 11, 120
    labels = ticks(names, room, size)
    left = max(width(label, size) for label in labels) + 14
    texts = []
    for row, group in heads:
        name = f"<b>{safe(heat.group_names.get(group, group))}</b> {t.share(heat.means.get(group))}"
        texts.append(note(name, 0, row, xanchor="left", size=12))
    for value, row in zip(values, at, strict=True):
        texts.append(note(t.share(value), value, row, xanchor="left", xshift=4, size=10.5, color=MUTED))
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": values,
        "y": at,
        "width": 0.72,
        "marker": {"color": [_colour(0.3 + 0.7 * value) for value in values]},
        "hovertext": [
            t(
                f"{safe(label)}：{t.share(value)} 的已建块有",
                f"{safe(label)}: {t.share(value)} of founded blocks have it",
            )
            for label, value in zip(names, values, strict=True)
        ],
        "hoverinfo": "text",
    }
    return {
        "data": [trace],
        "layout": layout(
            screen,
            y * 15 + 20,
            (left, 8, 6, 12),
            xaxis=bare(range=[0, 1.2]),
            yaxis=axis(
                tickvals=at,
                ticktext=labels,
                range=[y - 0.4, -0.6],
                showgrid=False,
                tickfont={"color": INK, "size": size},
            ),
            annotations=texts,
        ),
    }
