"""What pictures say: the two languages, figures in the reader's format, and names that fit where they stand."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tiaokuai.viz.chinese import punctuated

STATUS = {
    "covered": ("已覆盖", "covered"),
    "growing": ("发展中", "growing"),
    "hollow": ("空心块", "hollow"),
    "ahead": ("先行（有条无块）", "ahead (lines, not founded)"),
    "none": ("未建", "not begun"),
}
METRICS = {
    "coverage": ("覆盖率", "coverage"),
    "realised": ("实际联系率", "realised"),
    "line_share": ("有线企业占比", "line share"),
    "founded_share": ("已建块占比", "founded share"),
    "full_coverage": ("全覆盖", "full coverage"),
    "hollow_share": ("空心占比", "hollow share"),
    "reached": ("触达人数", "people reached"),
    "lines": ("线", "lines"),
    "cost": ("成本", "cost"),
}
SHARES = frozenset(("coverage", "realised", "line_share", "founded_share", "full_coverage", "hollow_share"))
_EMS = dict.fromkeys("mwMW%@—…", 0.86) | dict.fromkeys("ilj.,:;' |()", 0.32)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def known(value: Any) -> float | None:
    """The figure as a number; None where there is none.

    >>> known(3), known("three"), known(None)
    (3.0, None, None)
    """
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value == value else None


def safe(text: Any) -> str:
    """A text of the data as Plotly shows it: on one line, and never as markup.

    >>> safe("a<b>\\n")
    'a&lt;b&gt;'
    """
    flat = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in str(text))
    return " ".join(flat.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def width(text: str, size: float = 1.0) -> float:
    """About how wide a text is, in the unit of ``size``: a Chinese character is as wide as the font is high.

    >>> width("大港", 13)
    26.0
    """
    ems = sum(
        1.0 if unicodedata.east_asian_width(c) in "WF" else _EMS.get(c, 0.66 if c.isupper() else 0.57) for c in text
    )
    return ems * size


def shorten(text: str, room: float, size: float = 1.0) -> str:
    """The text cut to a width, with an ellipsis; the whole belongs in the hover.

    >>> shorten("滨海高新技术产业园区", 6), shorten("Dagang", 6)
    ('滨海高新技…', 'Dagang')
    """
    flat = " ".join(str(text).split())
    if width(flat, size) <= room:
        return flat
    kept = ""
    for character in flat:
        if width(kept + character + "…", size) > room + 0.2 * size:
            break
        kept += character
    return kept.rstrip() + "…"


def wrap(text: str, room: float, size: float = 1.0, most: int = 99) -> list[str]:
    """Lines of at most ``room``, broken between words or Chinese characters; the last is shortened when there are more.

    >>> wrap("建新块", 2), wrap("lines before blocks", 8)
    (['建新', '块'], ['lines before', 'blocks'])
    """
    lines, now = list[str](), ""
    for piece in _pieces(text):
        if now and width(now + piece.rstrip(), size) > room:
            lines.append(now.rstrip())
            now = ""
        now += piece if now else piece.lstrip()
    lines = [*lines, now.rstrip()] if now.strip() or not lines else lines
    if len(lines) > most:
        joint = "" if any(unicodedata.east_asian_width(c) in "WF" for c in text) else " "
        lines = [*lines[: most - 1], joint.join(lines[most - 1 :])]
    return [shorten(part, room, size) for part in lines]


_CLOSING, _OPENING = "),.;:!?%、。》」”’\uff09\uff0c\uff1b\uff1a\uff01\uff1f", "(《「“‘\uff08"


def _pieces(text: str) -> list[str]:
    """Where a line may break: after a space, and between Chinese characters, but for brackets and punctuation."""
    pieces, now = list[str](), ""
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF" or (
            now and unicodedata.east_asian_width(now[-1]) in "WF"
        )
        if now and wide and character not in _CLOSING + " " and now[-1] not in _OPENING:
            pieces.append(now)
            now = ""
        now += character
        if character == " ":
            pieces.append(now)
            now = ""
    return [*pieces, now] if now else pieces


@dataclass(frozen=True)
class Text:
    """Chooses one of two texts and writes figures.

    >>> t = Text("en")
    >>> t("是", "yes"), t.number(31721.0), t.share(0.306), t.blocks(1)
    ('yes', '31,721', '31%', '1 block')
    """

    lang: str

    def __call__(self, zh: str, en: str) -> str:
        return punctuated(zh) if self.lang == "zh" else en

    def number(self, value: Any, digits: int = 1) -> str:
        """A figure, a dash where there is none."""
        number = known(value)
        if number is None:
            return "–" if value is None else safe(value)
        return f"{number:,.0f}" if abs(number - round(number)) < 1e-9 else f"{number:,.{digits}f}"

    def share(self, value: Any) -> str:
        """A share as percent; with a decimal where it is almost none or almost all, so that neither is claimed.

        >>> Text("en").share(0.996), Text("zh").share(1), Text("zh").share(0)
        ('99.6%', '100%', '0%')
        """
        number = known(value)
        if number is None:
            return self.number(value)
        percent = 100 * number
        if 0 < percent < 1 or 99 < percent < 100:
            return "<0.1%" if percent < 0.05 else ">99.9%" if percent > 99.95 else f"{percent:.1f}%"
        return f"{percent:.0f}%"

    def figure(self, metric: str, value: Any) -> str:
        """A metric's value as a share or a number."""
        return self.share(value) if metric in SHARES else self.number(value, 0)

    def metric(self, name: str) -> str:
        """What a metric is called."""
        return self(*METRICS.get(name, (name, name.replace("_", " "))))

    def status(self, status: str) -> str:
        """What a status is called."""
        return self(*STATUS[status])

    def count(self, value: Any, zh: str, one: str, many: str) -> str:
        """A number with what is counted."""
        return self(f"{self.number(value)} {zh}", f"{self.number(value)} {one if known(value) == 1 else many}")

    def blocks(self, value: Any) -> str:
        """So many blocks."""
        return self.count(value, "个块", "block", "blocks")

    def lines(self, value: Any) -> str:
        """So many lines."""
        return self.count(value, "条线", "line", "lines")

    def people(self, value: Any) -> str:
        """So many people."""
        return self.count(value, "人", "person", "people")

    def month(self, text: str) -> str:
        """A month or a day in the reader's format.

        >>> Text("zh").month("2027-01"), Text("en").month("2027-01"), Text("en").month("2026-06-30")
        ('2027年1月', 'Jan 2027', '30 Jun 2026')
        """
        parts = [int(part) for part in text.split("-") if part.isdigit()]
        if len(parts) < 2 or not 1 <= parts[1] <= 12:
            return safe(text)
        if self.lang == "zh":
            return f"{parts[0]}年{parts[1]}月" + (f"{parts[2]}日" if len(parts) > 2 else "")
        return (f"{parts[2]} " if len(parts) > 2 else "") + f"{_MONTHS[parts[1] - 1]} {parts[0]}"

    def listed(self, names: Iterable[str]) -> str:
        """Names one after the other."""
        every = list(names)
        if self.lang == "zh" or len(every) < 2:
            return "、".join(every) if self.lang == "zh" else "".join(every)
        return ", ".join(every[:-1]) + " and " + every[-1]

    def sentence(self, parts: Sequence[str]) -> str:
        """Parts of one sentence."""
        return self(",", ", ").join(part for part in parts if part)


def name_of(row: Mapping[str, Any]) -> str:
    """What a block or an enterprise is called: its name, else its id."""
    name = row.get("name")
    return str(name) if isinstance(name, str) and name.strip() else str(row.get("id"))
