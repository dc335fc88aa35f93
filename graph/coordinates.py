"""Longitudes and latitudes as maps, surveys and phones write them: with decimal commas, degrees, minutes, seconds."""

from __future__ import annotations

import re
import unicodedata

_NUMBER = r"(\d{1,3}(?:[.,]\d+)?)"
_DEGREES = re.compile(
    rf"([+-]?){_NUMBER}\s*(?:°|º|度|deg|d(?=\s|\d))\s*(?:{_NUMBER}\s*(?:['\u2019\u2032]|分|min|m(?=\s|\d))\s*)?"
    rf"(?:{_NUMBER}\s*(?:[\"\u201d\u2033]|''|\u2032\u2032|\u2019\u2019|秒|sec|s)?)?",
    re.IGNORECASE,
)
_PLAIN = re.compile(rf"([+-]?){_NUMBER}")
_SIDES = {
    "e": (1, "lon"),
    "w": (-1, "lon"),
    "n": (1, "lat"),
    "s": (-1, "lat"),
    "东经": (1, "lon"),
    "東經": (1, "lon"),
    "東経": (1, "lon"),
    "西经": (-1, "lon"),
    "西經": (-1, "lon"),
    "北纬": (1, "lat"),
    "北緯": (1, "lat"),
    "南纬": (-1, "lat"),
    "南緯": (-1, "lat"),
    "东": (1, "lon"),
    "西": (-1, "lon"),
    "北": (1, "lat"),
    "南": (-1, "lat"),
    "east": (1, "lon"),
    "west": (-1, "lon"),
    "north": (1, "lat"),
    "south": (-1, "lat"),
}
_BEFORE = re.compile(rf"({'|'.join(sorted(_SIDES, key=len, reverse=True))})\s*:?\s*", re.IGNORECASE)
_AFTER = re.compile(rf"\s*({'|'.join(sorted(_SIDES, key=len, reverse=True))})\Z", re.IGNORECASE)


def parse_degrees(text: str) -> tuple[float, str | None] | None:
    """Degrees, and ``lon`` or ``lat`` where the text says which; None where it is no such text.

    >>> parse_degrees("121°12'36\\"E"), parse_degrees("北纬30.9度"), parse_degrees("30,95")
    ((121.21, 'lon'), (30.9, 'lat'), (30.95, None))
    """
    plain = unicodedata.normalize("NFKC", text.replace("\u2033", '"').replace("\u2032", "'").replace("º", "°")).strip()
    sign, which = 1, None
    for side in (_BEFORE.match(plain), _AFTER.search(plain)):
        if side is not None and which is None:
            sign, which = _SIDES[side[1].casefold()]
            plain = (plain[: side.start()] + plain[side.end() :]).strip()
    found = _DEGREES.fullmatch(plain) or _PLAIN.fullmatch(plain)
    if found is None:
        return None
    parts = [float(part.replace(",", ".")) if part else 0.0 for part in found.groups()[1:]]
    minutes, seconds = (*parts[1:], 0.0, 0.0)[:2]
    if minutes >= 60 or seconds >= 60 or (found[1] == "-" and which is not None):
        return None
    value = sign * (parts[0] + minutes / 60 + seconds / 3600)
    return round(-value if found[1] == "-" else value, 9), which
