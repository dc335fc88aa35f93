"""Ids that look the same and are not: letters of other alphabets and other dashes in place of plain ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import polars as pl

# Cyrillic and Greek letters that are drawn as Latin ones (Unicode's confusables, those of everyday fonts).
_ALIKE = "АAВBЕEЅSІIЈJКKМMНHОOРPСCТTУYХXаaеeоoрpсcуyхxіiјjѕsԁdԛqԝwһhҮYԌGΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXοoνvιiαaρpϹCϲc"
_PLAIN = str.maketrans(
    {
        **dict(zip(_ALIKE[::2], _ALIKE[1::2], strict=True)),
        **dict.fromkeys(map(chr, (*range(0x2010, 0x2016), 0x2212)), "-"),
    }
)
_ODD = re.compile(f"[{_ALIKE[::2]}\u2010-\u2015\u2212]")


def skeleton(text: str) -> str:
    """A text with every letter that looks like a plain one as that plain one.

    >>> skeleton("Е1") == "E1"
    True
    """
    return text.translate(_PLAIN)


def odd_letters(*texts: str) -> str:
    """The letters of other alphabets in some texts, by name.

    >>> odd_letters("Е1", "E1")
    'U+0415 CYRILLIC CAPITAL LETTER IE'
    """
    letters = dict.fromkeys(letter for text in texts for letter in _ODD.findall(text))
    return ", ".join(f"U+{ord(letter):04X} {unicodedata.name(letter, '')}" for letter in letters)


class Lookalikes:
    """The ids of a table by how they look.

    >>> Lookalikes(["E1", "E2"]).of("Е1")
    'E1'
    """

    def __init__(self, ids: Iterable[str]) -> None:
        self.known = set(ids)
        self.odd = {skeleton(text): text for text in self.known if not text.isascii() and _ODD.search(text)}

    def of(self, text: str) -> str | None:
        """Another id that looks like this text, None where none does."""
        plain = skeleton(text)
        other = plain if plain != text and plain in self.known else self.odd.get(plain)
        return other if other != text else None


def pairs(ids: pl.Series) -> list[tuple[int, int]]:
    """Positions of ids that look like one further up: (where it is, where that one is).

    >>> pairs(pl.Series(["E1", "E2", "Е1"]))
    [(2, 0)]
    """
    there = ids.str.contains(r"[^\x00-\x7f]").fill_null(False).arg_true()
    odd = [int(at) for at in there if _ODD.search(ids[int(at)])]
    if not odd:
        return []
    looks = {at: skeleton(ids[at]) for at in odd}
    plain = ids.is_in(list(set(looks.values()))).fill_null(False).arg_true()
    first: dict[str, int] = {}
    found = []
    for at in sorted({*odd, *map(int, plain)}):
        other = first.setdefault(looks.get(at, ids[at]), at)
        if ids[other] != ids[at]:
            found.append((at, other))
    return found
