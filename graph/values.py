"""What a cell may say: text → value, decided once for CSV, workbooks, Parquet and Neo4j alike.

Each parser takes the text of one cell (already trimmed, never empty) and returns the value or raises
:class:`BadValue` with a code of :mod:`tiaokuai.graph.problems`. Nothing here knows of files.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

FIRST_YEAR, LAST_YEAR = 1800, 2200
MAX_COUNT = 100_000_000
MAX_ID, MAX_NAME = 200, 1000

# Every kind of blank a spreadsheet leaves at the ends of a cell; \u3000 is the full-width space.
BLANKS = (
    " \t\r\n\v\f\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200E))) + "\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
_EDGE = re.compile(f"^[{BLANKS}]+|[{BLANKS}]+\\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

# What a spreadsheet shows in place of a value that its formula could not give.
FORMULA_ERRORS = frozenset(
    ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA")
)
# Full-width letters, digits and signs, as a Chinese keyboard makes them, and the plain ones they mean.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_SLASH = re.compile(r"(\d{4})/(\d{1,2})(?:/(\d{1,2}))?")
_DOT = re.compile(r"(\d{4})\.(\d{1,2})(?:\.(\d{1,2}))?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(?:(\d{1,2})[日号])?")
_DATE_FORMS = (_ISO, _SLASH, _DOT, _COMPACT, _CHINESE)
_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?$")

_INTEGER = re.compile(r"[+-]?\d+(\.0+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.0+)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


class BadValue(ValueError):
    """A cell that cannot be read; ``code`` and ``about`` let the message be worded late, in any language."""

    def __init__(self, code: str, **about: Any) -> None:
        super().__init__(code)
        self.code = code
        self.about = about


def trim(text: str) -> str:
    """Text without the blanks, full-width ones included, at either end.

    >>> trim("\\u3000 E01 ")
    'E01'
    """
    return _EDGE.sub("", text)


def parse_day(text: str) -> date:
    """A calendar day; a month alone means its first day.

    Accepted: ``2024-03-01``, ``2024/3/1``, ``2024.3.1``, ``20240301``, ``2024年3月1日``, each also without the
    day, and the same with a midnight time behind it, as database exports write it.

    >>> parse_day("2024年3月1日"), parse_day("2024.3")
    (datetime.date(2024, 3, 1), datetime.date(2024, 3, 1))
    """
    plain = _MIDNIGHT.sub("", unicodedata.normalize("NFKC", text))
    for form in _DATE_FORMS:
        if found := form.fullmatch(plain):
            year, month, day = (int(part) if part else 1 for part in found.groups())
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise BadValue("out_of_range", low=f"{FIRST_YEAR}-01-01", high=f"{LAST_YEAR}-12-31")
            try:
                return date(year, month, day)
            except ValueError:
                raise BadValue("not_a_date") from None
    raise BadValue("not_a_date")


def parse_count(text: str) -> int:
    """A head-count: a whole number from 0, full-width digits and thousands separators allowed.

    >>> parse_count("１２"), parse_count("1,200"), parse_count("10.0")
    (12, 1200, 10)
    """
    plain = unicodedata.normalize("NFKC", text)
    if not (_INTEGER.fullmatch(plain) or _GROUPED.fullmatch(plain)):
        raise BadValue("not_an_integer")
    digits = plain.replace(",", "").split(".")[0]
    # int() of a million digits takes minutes: refuse by length first.
    if len(digits) > 18 or not 0 <= int(digits) <= MAX_COUNT:
        raise BadValue("out_of_range", low=0, high=MAX_COUNT)
    return int(digits)


def parse_number(text: str, low: float, high: float) -> float:
    """A finite decimal number within ``low`` … ``high``.

    >>> parse_number("0.5", 0, 1)
    0.5
    """
    plain = unicodedata.normalize("NFKC", text)
    if len(plain) > 400 or not _NUMBER.fullmatch(plain):
        raise BadValue("not_a_number")
    value = float(plain)
    if not (math.isfinite(value) and low <= value <= high):
        raise BadValue("out_of_range", low=low, high=high)
    return value


def parse_text(text: str, longest: int) -> str:
    """Text of at most ``longest`` characters without control characters; every line break is read as one LF."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > longest:
        raise BadValue("too_long", longest=longest, length=len(text))
    if _CONTROL.search(text):
        raise BadValue("bad_text")
    return text


def parse_id(text: str) -> str:
    """An identifier: text of one line. ``"007"`` stays ``"007"``; full-width forms are read as plain ones.

    >>> parse_id("007"), parse_id("Ｅ０１")
    ('007', 'E01')
    """
    text = text.translate(_FULL_WIDTH)
    if "\n" in text or "\r" in text:
        raise BadValue("bad_text")
    return parse_text(text, MAX_ID)


def parse_choice(text: str, choices: Mapping[str, str]) -> str:
    """One of a few words; ``choices`` maps every accepted spelling, lower case, to the word of the model.

    >>> parse_choice("试点", {"pilot": "pilot", "试点": "pilot"})
    'pilot'
    """
    found = choices.get(unicodedata.normalize("NFKC", text).strip().lower().replace(" ", "_").replace("-", "_"))
    if found is None:
        raise BadValue("unknown_value", allowed=sorted(set(choices.values())))
    return found
