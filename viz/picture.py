"""A picture: the figure for a wide and a narrow screen, and everything about it that is said in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tiaokuai.viz.text import Text, shorten, width, wrap
from tiaokuai.viz.theme import INK, MUTED, NARROW, SCREENS, WIDE, Screen, Spec, bare, layout, note, plain

Table = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]
TABLE_ROWS = 1000


@dataclass(frozen=True)
class Picture:
    """One answered question.

    ``title`` is a sentence made from the data, ``subtitle`` says how to read the picture, ``notes`` are its footnotes,
    ``alt`` tells it to those who do not see it; ``wide`` and ``narrow`` are Plotly figures (JSON-ready, without title);
    ``table`` is (headers, rows), every cell as the reader reads it.
    """

    title: str
    subtitle: str
    notes: tuple[str, ...]
    alt: str
    wide: Spec
    narrow: Spec
    table: Table

    def titled(self, narrow: bool = False, stamp: str = "") -> Spec:
        """The figure with title, how to read it and footnotes inside, as it stands alone: on paper, in a notebook.

        ``stamp`` is the last of the footnotes: the day, data and assumptions of a file that is passed on.
        """
        screen, spec = (NARROW, self.narrow) if narrow else (WIDE, self.wide)
        room = screen.width - 20
        big, small = (20, 14) if not narrow else (16, 12)
        title = wrap(self.title, room, big * 1.04)
        subtitle = wrap(self.subtitle, room, small) if self.subtitle else []
        notes = [*self.notes, *([stamp] if stamp else [])]
        foot = [text for each in notes for text in wrap(each, room, 11)]
        head = 14 + len(title) * big * 1.3 + len(subtitle) * small * 1.35 + 8
        tail = len(foot) * 15 + (10 if foot else 0)
        made, margin = dict(spec["layout"]), dict(spec["layout"]["margin"])
        margin["t"], margin["b"] = round(margin["t"] + head), round(margin["b"] + tail)
        made |= {"margin": margin, "height": round(made["height"] + head + tail), "width": screen.width}
        texts = [*made.get("annotations", ())]
        # Against the container's edges; the paper ends at the margins.
        for lines, size, colour, at in ((title, big, INK, 14), (subtitle, small, MUTED, 18 + len(title) * big * 1.3)):
            said = "<br>".join(lines)
            if said:
                texts.append(_edge(f"<b>{said}</b>" if size == big else said, margin, at, size, colour, "top"))
        if foot:
            texts.append(_edge("<br>".join(foot), margin, 6, 11, MUTED, "bottom"))
        return {**spec, "layout": {**made, "annotations": texts}}


def _edge(text: str, margin: Spec, away: float, size: float, colour: str, side: str) -> Spec:
    """A text at the left edge of the figure, ``away`` pixels from its top or bottom."""
    top = side == "top"
    shift = margin["t"] - away if top else away - margin["b"]
    return note(
        text,
        0,
        1 if top else 0,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="top" if top else "bottom",
        align="left",
        xshift=10 - margin["l"],
        yshift=round(shift),
        size=size,
        color=colour,
    )


def made(
    title: str,
    subtitle: str,
    alt: str,
    specs: Sequence[Spec],
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    t: Text,
    notes: Sequence[str] = (),
) -> Picture:
    """The picture from its parts; ``specs`` is the wide figure and the narrow one. A long table is cut, and says so."""
    body = [tuple(str(cell) for cell in row) for row in rows]
    footnotes = list(notes)
    if len(body) > TABLE_ROWS:
        footnotes.append(t(f"表格只列前 {TABLE_ROWS:,} 行。", f"The table lists the first {TABLE_ROWS:,} rows."))
    wide, narrow = (plain(spec) for spec in specs)
    return Picture(title, subtitle, tuple(footnotes), alt, wide, narrow, (tuple(headers), tuple(body[:TABLE_ROWS])))


def nothing(title: str, why: str, t: Text, notes: Sequence[str] = ()) -> Picture:
    """The picture where there is nothing to draw: it says why, and draws no axis."""
    specs = []
    for screen in SCREENS:
        said = "<br>".join(wrap(why, screen.width - 60, 14))
        texts = [note(said, 0.5, 0.5, xref="paper", yref="paper", size=14, color=MUTED)]
        frame = layout(screen, 150, (10, 10, 10, 10), annotations=texts, xaxis=bare(), yaxis=bare())
        specs.append({"data": [], "layout": frame})
    return made(title, "", f"{title}{t('。', '. ')}{why}", specs, (t("说明", "note"),), [(why,)], t, notes)


def key(entries: Iterable[tuple[str, str, str]], screen: Screen, left: float = 0) -> tuple[Spec, float]:
    """The key above a figure, and the pixels it takes: entries are (mark, colour, text), wrapped to the screen.

    ``left`` is the figure's left margin, to which the key reaches back.
    """
    lines: list[list[str]] = [[]]
    used, room = 0.0, screen.width - (60 if screen.narrow else 16)  # a phone's card may be narrower than the screen
    for mark, colour, text in entries:
        needed = width(f"{mark} {text}   ", screen.size)
        if used + needed > room and lines[-1]:
            lines.append([])
            used = 0.0
        used += needed
        lines[-1].append(f'<span style="color:{colour}">{mark}</span>\u00a0{text.replace(" ", chr(0xA0))}')
    said = "<br>".join("\u2003".join(line) for line in lines if line)
    text_note = note(
        said,
        0,
        1,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        align="left",
        xshift=8 - left,
        yshift=10,
        size=screen.size,
    )
    return text_note, 22 + len(lines) * screen.size * 1.35


def ticks(names: Sequence[str], room: float, size: float) -> list[str]:
    """Names as labels that fit."""
    from tiaokuai.viz.text import safe

    return [safe(shorten(name, room, size)) for name in names]


def percent_axis(**more: Any) -> Spec:
    """An axis of shares from 0 to 1."""
    from tiaokuai.viz.theme import axis

    at = [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    return axis(tickvals=at, ticktext=[f"{100 * value:.0f}%" for value in at], range=[0, 1], **more)
