"""What a cell may say: text → value, decided once for CSV, workbooks, Parquet and Neo4j alike.

Each parser takes the text of one cell (already trimmed, never empty) and returns the value or raises
:class:`BadValue` with a code of :mod:`tiaokuai.graph.problems`. Nothing here knows of files.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tiaokuai.graph.coordinates import parse_degrees

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

# What a reader of workbooks puts in place of a formula that has no result; the formula follows.
NO_RESULT = "#NO RESULT!"

_DASH = r"[-\u2010-\u2015\u2212]"
_ISO = re.compile(rf"(\d{{4}}){_DASH}(\d{{1,2}})(?:{_DASH}(\d{{1,2}}))?")
_SLASH = re.compile(r"(\d{4})/(\d{1,2})(?:/(\d{1,2}))?")
_DOT = re.compile(r"(\d{4})\.(\d{1,2})(?:\.(\d{1,2}))?\.?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CHINESE = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月(?:\s?(\d{1,2})\s?[日号])?")
_DATE_FORMS = (_ISO, _SLASH, _DOT, _COMPACT, _CHINESE)
# Midnight as programs write it behind a day, with seconds, fractions and the zone that the day is one of.
_MIDNIGHT = re.compile(
    r"(?:T|\s+|(?<=[日号]))(?:(?:(?:上午|午前|凌晨)\s*(?:00?|12)|00?)[:时時点](?:00?)?分?(?::00?(?:[.,]0+)?|00?秒)?(?:\s*AM)?"
    r"|12:00(?::00)?\s*AM)\s*(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?\Z",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"\s*[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?\s*")
_DAY_NUMBER = re.compile(r"\d{5}(?:\.0+)?")
_FIRST_DAY = date(1899, 12, 30)  # day 0 of spreadsheets, as they count from March 1900 on

# What keeps a spreadsheet from reading a number, and what it makes of ids where nothing does.
_FORMULA_TEXT = re.compile(r'="((?:[^"]|"")*)"', re.DOTALL)
_APOSTROPHE = re.compile(r"['\u2018\u2019][\s\d.,:/年月日+-]*\d[\s\d.,:/年月日+-]*")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_MONTHS = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
SPOILT_ID = (
    r"(?:\d{4}-\d\d-\d\d(?: 00:00:00)?|\d{4}/\d{1,2}/\d{1,2}|\d{1,2}月\d{1,2}日|\d{4}年\d{1,2}月(?:\d{1,2}日)?"
    rf"|\d{{1,2}}-{_MONTHS}(?:-\d{{2,4}})?|{_MONTHS}-\d{{2,4}}|\d(?:\.\d+)?E\+\d\d+)"
)
_SPOILT = re.compile(SPOILT_ID, re.IGNORECASE)

_INTEGER = re.compile(r"[+-]?\d+(\.0+)?")
# Thousands apart by commas (three and three, or as in India), by blanks, by apostrophes, or by dots more than once.
_GROUPED = re.compile(
    r"[+-]?(\d{1,3}(,\d{3})+|\d{1,2}(,\d{2})*,\d{3}|\d{1,3}([ '’]\d{3})+)(\.0+)?"
    r"|[+-]?\d{1,3}(\.\d{3}){2,}(,0+)?|[+-]?\d{1,3}\.\d{3},0+"
)
_EITHER = re.compile(r"([+-]?[1-9]\d{0,2})\.(\d{3})")
_GROUPS = str.maketrans("", "", ", '’")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d+)")

# ruff: noqa: SIM905  # words in a line are read more easily than in a list
# What people and programs write in cells that have nothing to say: nothing, not known, and still so; and what in an id
# or a count may as well mean something.
_EMPTY = frozenset(
    r"- -- --- – — —— ― / // \ \n null (null) nan nat n/a n.a. na <na> none nil ... (blank) "
    "空 (空) (空白) 无 無 暂无 暫無 没有 なし".split()
)
_UNKNOWN = frozenset("不详 不詳 未知 不明 不清 不清楚 待定 待补 待补充 待查 待填 unknown tbd tba tbc ? ??".split())
_STILL = frozenset(
    "至今 迄今 至现在 至現在 现在 現在 目前 今 在任 在职 在册 在冊 长期 永久 present now current ongoing still".split()
) | {"to date", "to present", "till now"}
_PERHAPS_NAMES = frozenset(r"na none nil n.a. ... ? ?? // --- \n 空".split())
_PERHAPS_ZERO = frozenset("- -- --- – — —— ― none nil 无 無 没有 暂无 暫無 なし".split())
# By what a column holds: words that leave its cell empty, and words that must be asked about.
NOTHING: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "id": ((_EMPTY | _UNKNOWN) - _PERHAPS_NAMES, frozenset()),
    "text": (_EMPTY | _UNKNOWN, frozenset()),
    "begin": (_EMPTY | _UNKNOWN, _STILL),
    "end": (_EMPTY | _STILL, _UNKNOWN),
    "count": ((_EMPTY | _UNKNOWN) - _PERHAPS_ZERO, _PERHAPS_ZERO),
    "number": (_EMPTY | _UNKNOWN, frozenset()),
    "choice": (_EMPTY | _UNKNOWN, frozenset()),
}
LONGEST_NOTHING = max(len(word.encode()) for words, asked in NOTHING.values() for word in words | asked) + 3


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


def says_nothing(text: str, kind: str) -> bool:
    """Whether a cell's text stands for an empty cell, in a column of a kind of ``NOTHING``.

    Raises BadValue where it may as well mean something: ``—`` for a count may be none or not known.

    >>> says_nothing("至今", "end"), says_nothing("NULL", "text"), says_nothing("None", "id")
    (True, True, False)
    """
    if len(text) > LONGEST_NOTHING:
        return False
    words, asked = NOTHING[kind]
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    if plain in asked:
        raise BadValue("says_nothing")
    return plain in words


def unguarded(text: str) -> str:
    """A text without what keeps a spreadsheet from reading a number in it: ``="007"``, and ``'007`` of a number.

    >>> unguarded('="007"'), unguarded("'007"), unguarded("'s-Gravenhage")
    ('007', '007', "'s-Gravenhage")
    """
    if found := _FORMULA_TEXT.fullmatch(text):
        return found[1].replace('""', '"')
    return text[1:] if _APOSTROPHE.fullmatch(text) else text


def is_day_number(text: str) -> bool:
    """Whether a text would be read as a spreadsheet's day number."""
    return _DAY_NUMBER.fullmatch(unicodedata.normalize("NFKC", unguarded(text))) is not None


def is_spoilt_id(text: str) -> bool:
    """Whether an id looks like what a spreadsheet makes of other ids: a day of ``3-1``, a rounded number of a long one.

    >>> is_spoilt_id("2024-03-01"), is_spoilt_id("1-Mar"), is_spoilt_id("1.23E+17"), is_spoilt_id("B-2024-03")
    (True, True, True, False)
    """
    return _SPOILT.fullmatch(text) is not None


def parse_day(text: str) -> date:
    """A calendar day; a month alone means its first day.

    Accepted: ``2024-03-01``, ``2024/3/1``, ``2024.3.1``, ``20240301``, ``2024年3月1日``, each also without the
    day, and the same with a midnight time behind it, as database exports write it; and the day numbers of spreadsheets.

    >>> parse_day("2024年3月1日"), parse_day("2024.3"), parse_day("2024/3/1 0:00:00")
    (datetime.date(2024, 3, 1), datetime.date(2024, 3, 1), datetime.date(2024, 3, 1))
    """
    plain = _WEEKDAY.sub(" ", unicodedata.normalize("NFKC", unguarded(text))).strip()
    if _DAY_NUMBER.fullmatch(plain):
        return _FIRST_DAY + timedelta(days=int(plain.split(".")[0]))
    plain = _MIDNIGHT.sub("", plain)
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
    plain = unicodedata.normalize("NFKC", unguarded(text))
    if either := _EITHER.fullmatch(plain):
        raise BadValue(
            "ambiguous_number", one=f"{either[1]}{either[2]}", other=f"{either[1]}.{either[2]}".rstrip("0").rstrip(".")
        )
    if not (_INTEGER.fullmatch(plain) or _GROUPED.fullmatch(plain)):
        raise BadValue("not_an_integer")
    digits = plain.translate(_GROUPS)
    german = digits.count(".") > 1 or re.search(r"\.\d{3},", plain)
    digits = plain.split(",")[0].replace(".", "") if german else digits.split(".")[0]
    # int() of a million digits takes minutes: refuse by length first.
    if len(digits) > 18 or not 0 <= int(digits) <= MAX_COUNT:
        raise BadValue("out_of_range", low=0, high=MAX_COUNT)
    return int(digits)


def parse_number(text: str, low: float, high: float) -> float:
    """A finite decimal number within ``low`` … ``high``.

    >>> parse_number("0.5", 0, 1)
    0.5
    """
    plain = unicodedata.normalize("NFKC", unguarded(text)).replace("\u2212", "-")
    if (decimal := _DECIMAL_COMMA.fullmatch(plain)) and len(plain) < 40:
        if len(decimal[2]) == 3 and decimal[1].lstrip("+-0"):
            raise BadValue("ambiguous_number", one=f"{decimal[1]}{decimal[2]}", other=f"{decimal[1]}.{decimal[2]}")
        plain = f"{decimal[1]}.{decimal[2]}"
    if len(plain) > 400 or not _NUMBER.fullmatch(plain):
        raise BadValue("not_a_number")
    value = float(plain)
    if not (math.isfinite(value) and low <= value <= high):
        raise BadValue("out_of_range", low=low, high=high)
    return value


def parse_longitude(text: str) -> float:
    """Degrees east, as a decimal number or with degrees, minutes and seconds.

    >>> parse_longitude("121.5"), parse_longitude("东经121°30′"), parse_longitude("121,5")
    (121.5, 121.5, 121.5)
    """
    return _parse_coordinate(text, "lon", 180)


def parse_latitude(text: str) -> float:
    """Degrees north; what can only be a longitude is refused as such.

    >>> parse_latitude("30°54'N"), parse_latitude("-33.9")
    (30.9, -33.9)
    """
    return _parse_coordinate(text, "lat", 90)


def _parse_coordinate(text: str, which: str, most: float) -> float:
    try:
        plain = unicodedata.normalize("NFKC", unguarded(text)).replace("\u2212", "-")
        if "," in plain:
            raise BadValue("not_a_number")  # no thousands here: a comma is a decimal one
        value, said = parse_number(plain, -math.inf, math.inf), None
    except BadValue:
        found = parse_degrees(unguarded(text))
        if found is None:
            raise BadValue("not_a_number") from None
        value, said = found
    if said not in (None, which) or (which == "lat" and 90 < abs(value) <= 180):
        raise BadValue("swapped_coordinates")
    if not -most <= value <= most:
        raise BadValue("out_of_range", low=-most, high=most)
    return value


def parse_text(text: str, longest: int) -> str:
    """Text of at most ``longest`` characters without control characters; every line break is read as one LF."""
    text = unguarded(text).replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > longest:
        raise BadValue("too_long", longest=longest, length=len(text))
    if _CONTROL.search(text):
        raise BadValue("bad_text")
    return text


def parse_id(text: str) -> str:
    """An identifier: text of one line. ``"007"`` stays ``"007"``; full-width forms are read as plain ones.

    >>> parse_id("007"), parse_id("Ｅ０１"), parse_id('="007"')
    ('007', 'E01', '007')
    """
    text = (
        unicodedata.normalize("NFC", _INVISIBLE.sub("", unguarded(text))).translate(_FULL_WIDTH).replace("\u00a0", " ")
    )
    if text.startswith("'") and len(text) > 1:  # the mark that keeps a spreadsheet from reading a number in it
        text = text[1:]
    if "\n" in text or "\r" in text:
        raise BadValue("bad_text")
    return parse_text(text, MAX_ID)


def parse_choice(text: str, choices: Mapping[str, str]) -> str:
    """One of a few words; ``choices`` maps every accepted spelling, lower case, to the word of the model.

    >>> parse_choice("试点", {"pilot": "pilot", "试点": "pilot"})
    'pilot'
    """
    found = choices.get(
        unicodedata.normalize("NFKC", unguarded(text)).strip().lower().replace(" ", "_").replace("-", "_")
    )
    if found is None:
        raise BadValue("unknown_value", allowed=sorted(set(choices.values())))
    return found
