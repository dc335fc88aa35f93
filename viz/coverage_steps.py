"""Where thousands of blocks stand: counted in steps of ten points of coverage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tiaokuai.viz.blocks import ORDER, Block, status_key
from tiaokuai.viz.picture import key
from tiaokuai.viz.text import Text
from tiaokuai.viz.theme import EDGE, MUTED, STATUS, Screen, Spec, axis, layout, note, pattern


def bar(x: Sequence[Any], y: Sequence[Any], said: Sequence[str], marker: Spec) -> Spec:
    """A horizontal bar trace; without anything said it has no hover."""
    made_of: Spec = {"type": "bar", "orientation": "h", "x": list(x), "y": list(y), "marker": marker}
    return made_of | ({"hovertext": list(said), "hoverinfo": "text"} if said else {})


def heading(t: Text, right: float) -> Spec:
    """What the numbers at the right are."""
    said = t("尚未触达", "out of reach")
    return note(
        said,
        1,
        1,
        xref="paper",
        yref="paper",
        xanchor="right",
        xshift=right - 4,
        yanchor="bottom",
        size=11,
        color=MUTED,
    )


def coverage_steps(every: Sequence[Block], target: float, t: Text, screen: Screen) -> Spec:
    """Blocks counted by tenths of coverage, so that thousands can be read."""
    groups: dict[int, list[Block]] = {}
    for block in every:
        at = -1 if block.coverage is None else min(9, int(block.coverage * 10 + 1e-9))
        groups.setdefault(at, []).append(block)
    order = sorted(groups, reverse=True)
    labels = [t("无人", "no staff") if at < 0 else f"{at * 10}–{at * 10 + 10}%" for at in order]
    traces: list[Spec] = []
    for status in ORDER:
        counts = [sum(b.status == status for b in groups[at]) for at in order]
        if any(counts):
            said = [
                t(
                    f"覆盖率 {label}：{t.blocks(n)}{t.status(status)}",
                    f"Coverage {label}: {t.blocks(n)} {t.status(status)}",
                )
                for label, n in zip(labels, counts, strict=True)
            ]
            traces.append(
                bar(
                    counts,
                    list(range(len(order))),
                    said,
                    {"color": STATUS[status], "pattern": pattern(status), "line": {"color": EDGE[status], "width": 1}},
                )
            )
    right = 68 if screen.narrow else 96
    above, tall = key(status_key(every, t), screen, 76)
    above["yshift"] += 16
    texts = [above]
    texts.append(heading(t, right))
    texts += [
        note(
            t.number(sum(b.out or 0 for b in groups[at])),
            1,
            row,
            xref="paper",
            xanchor="left",
            xshift=8,
            size=12,
            color=MUTED,
        )
        for row, at in enumerate(order)
        if at >= 0
    ]
    texts += [
        note(t.number(len(groups[at])), len(groups[at]), row, xanchor="left", xshift=5, size=12)
        for row, at in enumerate(order)
    ]
    most = max(len(groups[at]) for at in order)
    grid = axis(range=[0, most * (1.22 if screen.narrow else 1.12)], tickformat=",d", nticks=4 if screen.narrow else 8)
    return {
        "data": traces,
        "layout": layout(
            screen,
            len(order) * 30 + tall + 16 + 34,
            (76, right, tall + 16, 34),
            barmode="stack",
            xaxis=grid,
            yaxis=axis(
                tickvals=list(range(len(order))), ticktext=labels, range=[len(order) - 0.5, -0.5], showgrid=False
            ),
            annotations=texts,
        ),
    }
