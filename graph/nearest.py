"""The nearest right name to a wrong one: "did you mean" (contracts.md, ``check``)."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence

CUTOFF = 0.6
SEARCHED = 2000  # names compared letter by letter; beyond, slips of one letter and of writing are found all the same


def nearest(wrong: str, names: Sequence[str]) -> str | None:
    """The name most like ``wrong``, None where none is like it.

    >>> nearest("B1O", ["B10", "B20"]), nearest("Zebra", ["B10", "B20"])
    ('B10', None)
    """
    if not wrong or len(wrong) > 200:
        return None
    close = difflib.get_close_matches(wrong, names, n=3, cutoff=CUTOFF)
    if not close:
        return None
    best = difflib.SequenceMatcher(None, close[0], wrong).ratio()
    return min(name for name in close if difflib.SequenceMatcher(None, name, wrong).ratio() == best)


class Suggestions:
    """The nearest of many ids to each of many wrong ones, in time that does not grow with their product.

    >>> Suggestions(["E01", "E02", "E10"]).of("e 01")
    'E01'
    """

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids = list(ids)
        self.known = set(self.ids)
        self._alike: dict[str, str] | None = None
        self._near: dict[str, str | None] = {}
        self._letters = sorted({letter for name in self.ids[:SEARCHED] for letter in name})

    def of(self, wrong: str) -> str | None:
        """The nearest id, None where none is near."""
        if wrong not in self._near:
            self._near[wrong] = self._find(wrong)
        return self._near[wrong]

    def _find(self, wrong: str) -> str | None:
        if self._alike is None:
            self._alike = {}
            for name in self.ids:
                self._alike.setdefault(_bare(name), name)
        if found := self._alike.get(_bare(wrong)):
            return found
        if len(wrong) > 40 or len(self._near) > SEARCHED:
            return None
        if slips := self.known.intersection(_slips(wrong, self._letters)):
            return min(slips)
        return nearest(wrong, self.ids) if len(self.ids) <= SEARCHED and len(self._near) < 200 else None


def _bare(name: str) -> str:
    """A name without what people write differently: case, width, blanks, signs, zeros in front of a number."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    letters = "".join(letter if letter.isalnum() else " " for letter in plain)
    head = letters.replace(" ", "").rstrip("0123456789")
    digits = letters.replace(" ", "")[len(head) :]
    return head + (digits.lstrip("0") or digits[:1])


def _slips(word: str, letters: Sequence[str]) -> Iterable[str]:
    """Every word one slip away: a letter too few, too many, wrong, or two swapped."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    for head, tail in cuts:
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in letters:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
