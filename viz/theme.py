"""How every picture looks: colours that colour-blind readers and grey paper tell apart, and the frame around them.

Colours as measured for the pictures' design: any two statuses differ by ΔE 25 or more where *ahead* is one of them,
under all three simulated colour deficiencies; the ramp of reach falls evenly in lightness.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Spec = dict[str, Any]

INK, MUTED, RULE, TRACK, PAPER = "#1b2733", "#55616e", "#dfe4e9", "#eef2f5", "#ffffff"
ON_BAR = "#000000"  # dark labels on bars that keep their colour
WARN = "#b04f06"  # orange that can be read as text
STATUS = {
    "covered": "#08519c",
    "growing": "#5aa9dd",
    "hollow": "#d9680f",
    "ahead": "#f0d24a",
    "none": "#c3cad1",
}
EDGE = {**STATUS, "ahead": "#a98a00", "none": "#7d8893"}  # the same as outlines on white
DASH = {"covered": "solid", "growing": "solid", "hollow": "dash", "ahead": "dashdot", "none": "dot"}
MARK = {"covered": "●", "growing": "◐", "hollow": "◌", "ahead": "△", "none": "○"}
REACH = {"none": "#dbe1e7", "partly": "#6aaed6", "full": "#08519c"}
STEEL = "#8fa5bb"  # figures beside the main ones
# Scenarios: (colour, dash); the first is the one in which nothing is done.
SCENARIOS = (
    ("#55616e", "dot"),
    ("#08519c", "solid"),
    ("#c75b07", "dash"),
    ("#6b3f8f", "dashdot"),
    ("#1f7a5c", "longdash"),
    ("#9c1f4d", "longdashdot"),
)
FONT = '"Helvetica Neue",Arial,"Noto Sans CJK SC","Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif'

# For every place that shows a picture: nothing is offered to be sent anywhere.
CONFIG: Spec = {
    "displaylogo": False,
    "displayModeBar": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "responsive": True,
}


@dataclass(frozen=True)
class Screen:
    """Where a picture is read: ``width`` of the figure in pixels that texts are laid out for, ``size`` of its font."""

    width: int
    narrow: bool
    size: int


WIDE, NARROW = Screen(1080, False, 13), Screen(350, True, 12)
SCREENS = (WIDE, NARROW)


def pattern(status: str) -> Spec:
    """The hatch that says the status again where there is no colour.

    >>> pattern("hollow")["shape"], pattern("covered")["shape"]
    ('/', '')
    """
    shape, ink = {"hollow": ("/", PAPER), "ahead": (".", "#8a7000")}.get(status, ("", PAPER))
    return {
        "shape": shape,
        "fillmode": "overlay",
        "bgcolor": STATUS.get(status, PAPER),
        "fgcolor": ink,
        "size": 7,
        "solidity": 0.35 if shape != "." else 0.25,
    }


def contrast(one: str, other: str) -> float:
    """How far two colours are apart in luminance, from 1 to 21 (WCAG 2.2, relative luminance and contrast ratio).

    >>> round(contrast("#000000", "#ffffff")), round(contrast("#777777", "#ffffff"), 2)
    (21, 4.48)
    """

    def luminance(colour: str) -> float:
        parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(fill: str) -> str:
    """The colour of a label that stands on ``fill``, whichever can be read there.

    On the grounds of the page it is the page's ink, which turns pale where the page turns dark; a bar keeps its colour.

    >>> ink_on("#08519c"), ink_on(TRACK) == INK
    ('#ffffff', True)
    """
    if fill in (PAPER, TRACK):
        return INK
    return max((PAPER, ON_BAR), key=lambda ink: contrast(ink, fill))


def layout(screen: Screen, height: float, margin: Sequence[float], **more: Any) -> Spec:
    """The frame of a figure; ``margin`` is left, right, top, bottom in pixels."""
    left, right, top, bottom = (round(side) for side in margin)
    return {
        "height": round(height),
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 0},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "font": {"family": FONT, "size": screen.size, "color": INK},
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": MUTED, "align": "left", "font": {"color": INK, "size": 13}},
        "hovermode": "closest",
        "showlegend": False,
        "dragmode": False,
        "bargap": 0.2,
        **more,
    }


def axis(**more: Any) -> Spec:
    """A quiet axis that does not move under the finger."""
    return {
        "fixedrange": True,
        "zeroline": False,
        "showline": False,
        "gridcolor": RULE,
        "tickfont": {"color": MUTED},
        "ticks": "",
        "ticklabelstandoff": 4,
        "automargin": False,
        **more,
    }


def bare(**more: Any) -> Spec:
    """An axis that is not seen."""
    return {"visible": False, "fixedrange": True, **more}


def note(text: str, x: Any, y: Any, *, xref: str = "x", yref: str = "y", **more: Any) -> Spec:
    """A text in the figure, without an arrow; ``size`` and ``color`` go to its font."""
    font = {key: more.pop(key) for key in ("size", "color", "weight") if key in more}
    made: Spec = {"text": text, "x": x, "y": y, "xref": xref, "yref": yref, "showarrow": False, "borderpad": 0, **more}
    return made | ({"font": font} if font else {})


def line(x0: Any, y0: Any, x1: Any, y1: Any, *, xref: str = "x", yref: str = "y", **look: Any) -> Spec:
    """A straight line as a shape."""
    return {
        "type": "line",
        "x0": x0,
        "x1": x1,
        "y0": y0,
        "y1": y1,
        "xref": xref,
        "yref": yref,
        "layer": look.pop("layer", "below"),
        "line": {"color": MUTED, "width": 1, **look},
    }


_AS_THEY_ARE = {str, int, bool, type(None)}


def _seven_digits(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("a picture cannot hold a number that is none")
    return float(f"{value:.7g}")


def plain(value: Any) -> Any:
    """The same with NumPy's numbers as Python's and floats of seven digits; ValueError for nan and infinity.

    >>> plain({"x": (1 / 3, 2)})
    {'x': [0.3333333, 2]}
    """
    # Most values are these, hundreds of thousands in a large map.
    kind = type(value)
    if kind is float:
        return _seven_digits(value)
    if value is None or kind is str or kind is int:
        return value
    if kind is list and set(map(type, value)) <= _AS_THEY_ARE:
        return list(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return _seven_digits(value)
    return value
