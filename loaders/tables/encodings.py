"""How a text is encoded that is no UTF-8: what Chinese, Japanese and Korean offices save, told apart by likelihood.

Whole encodings are tried strictly; of those that fit, the one is taken in which the letters are likelier by far, as
common letters, kana and hangul are. Where none is likelier by far the file is refused: a text in one encoding is often
valid in another, and reads as nonsense.
"""

from __future__ import annotations

import math
import re
from collections import Counter

from tiaokuai.loaders.columns import plain, table_headings
from tiaokuai.loaders.sheet import Unreadable
from tiaokuai.loaders.tables.letters import JAPANESE_COMMON, SIMPLIFIED_COMMON, TRADITIONAL_COMMON

NAMES = {"gb18030": "GB18030", "big5hkscs": "Big5", "cp932": "Shift-JIS", "euc_jp": "EUC-JP", "cp949": "EUC-KR"}
SAMPLE = 1 << 16
BLOCK = 1 << 20
SURE, ENOUGH = 10.0, 4.0  # by how much likelier (natural logarithm) the best must be than the next
LEAST = -13.0  # what an average letter must have: below it the text is nonsense
_HEADING = 12.0  # what a known heading adds
_TWO_LETTERS = re.compile(rb"(?:[\xe3-\xed][\x80-\xbf]{2}){2}")  # of Chinese, Japanese or Korean in UTF-8
_ASCII = math.log(0.02)


def encoding_of(content: memoryview) -> tuple[str, bool]:
    """The encoding of a text that is no UTF-8, and whether that is sure.

    Raises Unreadable where none fits, where two do, or where parts of the text are in different ones.
    """
    sample = _sample(content)
    if (utf8 := _utf8_line(content)) is not None:
        raise _mixed(*utf8)
    scores: dict[str, float] = {}
    for name in NAMES:
        try:
            text = sample.decode(name)
        except UnicodeDecodeError:
            continue
        likely, letters = _likelihood(text, name)
        if letters and likely / letters >= LEAST:
            scores[name] = likely + _likelihood_of_ascii(text) + _HEADING * _headings(text)
    order = sorted(scores, key=lambda name: -scores[name])
    if not order:
        raise _none()
    first = order[0]
    margin = scores[first] - scores[order[1]] if len(order) > 1 else math.inf
    if margin < ENOUGH:
        either = f"{NAMES[first]} 或 {NAMES[order[1]]}", f"{NAMES[first]} or {NAMES[order[1]]}"
        raise Unreadable(
            f"编码可能是 {either[0]}，无法确定；请另存为 CSV UTF-8",
            f"its encoding may be {either[1]}, which cannot be told; save it as CSV UTF-8",
        )
    _refuse_nonsense(content, first)
    return first, margin >= SURE


def _none() -> Unreadable:
    return Unreadable(
        "编码既不是 UTF-8 也不是 GB18030（也不是 Big5、Shift-JIS、EUC-JP、EUC-KR）；请另存为 CSV UTF-8",
        "it is neither UTF-8 nor GB18030 (nor Big5, Shift-JIS, EUC-JP, EUC-KR); save it as CSV UTF-8",
    )


def _mixed(row: int, other: str) -> Unreadable:
    return Unreadable(
        f"文件里有两种编码：该行是 {other}，其余不是；请全部另存为 CSV UTF-8",
        f"it is in two encodings: this row is {other} and others are not; save all of it as CSV UTF-8",
        row,
    )


def _sample(content: memoryview) -> bytes:
    """Whole lines with letters beyond ASCII, the first line with them, as much as tells an encoding."""
    kept, size = [], 0
    for line in bytes(content[: 4 * BLOCK]).splitlines():
        if not line.isascii():
            kept.append(line)
            size += len(line)
            if size > SAMPLE:
                break
    return b"\n".join(kept) if kept else bytes(content)


def _utf8_line(content: memoryview) -> tuple[int, str] | None:
    """The first row that is UTF-8 with letters of East Asia in it: others of the file are not."""
    for found in _TWO_LETTERS.finditer(content):
        whole = content.obj if isinstance(content.obj, bytes) else bytes(content)
        start, end = whole.rfind(b"\n", 0, found.start()) + 1, whole.find(b"\n", found.end())
        line = whole[start : end if end >= 0 else len(whole)]
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if _likelihood(text, "")[0] > _best(line):
            return whole.count(b"\n", 0, start) + 1, "UTF-8"
    return None


def _best(line: bytes) -> float:
    """The likelihood of a line in the likeliest encoding."""
    found = -math.inf
    for name in NAMES:
        try:
            found = max(found, _likelihood(line.decode(name), name)[0])
        except UnicodeDecodeError:
            continue
    return found


def _refuse_nonsense(content: memoryview, name: str) -> None:
    """Raises Unreadable where some part of the whole is nonsense in this encoding, or not valid in it."""
    row, at = 1, 0
    while at < len(content):
        end = at + BLOCK
        part = bytes(content[at:end])
        if end < len(content) and (cut := part.rfind(b"\n")) > 0:
            part = part[: cut + 1]
        lines = part.splitlines(keepends=True) if len(content) <= BLOCK else [part]
        for line in lines:
            if not line.isascii():
                try:
                    likely, letters = _likelihood(line.decode(name), name)
                except UnicodeDecodeError:
                    raise (_none() if row == 1 else _mixed(row, "另一种 / another")) from None
                if letters > 3 and likely / letters < LEAST:
                    raise Unreadable(
                        f"该行按 {NAMES[name]} 读出的是乱码，可能是另一种编码；请另存为 CSV UTF-8",
                        f"this row is nonsense in {NAMES[name]}, and may be in another encoding; save all as CSV UTF-8",
                        row,
                    )
            row += line.count(b"\n")
        at += len(part)


def _headings(text: str) -> int:
    """How many cells of the first rows are headings of the dictionary in letters beyond ASCII."""
    cells = {plain(cell) for line in text.splitlines()[:3] for cell in re.split(r"[,;\t]", line.replace('"', ""))[:50]}
    return sum(1 for cell in cells if cell and not cell.isascii() and cell in table_headings())


def _likelihood_of_ascii(text: str) -> float:
    return _ASCII * sum(1 for letter in text if letter < "\x80")


def _likelihood(text: str, name: str) -> tuple[float, int]:
    """The log-likelihood of the letters beyond ASCII, and how many there are."""
    counts = {letter: count for letter, count in Counter(text).items() if letter > "\x7f"}
    return sum(count * _letter(letter, name) for letter, count in counts.items()), sum(counts.values())


def _letter(letter: str, name: str) -> float:
    code = ord(letter)
    if 0xE000 <= code < 0xF900 or code > 0xFFFF:
        return math.log(1e-9)  # for private use, or rarer than any encoding of offices has
    if 0x3000 <= code < 0x3040 or 0xFF01 <= code < 0xFF61 or 0x2010 <= code < 0x2040:
        return math.log(2e-4)  # punctuation and full-width forms
    return math.log(
        {"": _any, "gb18030": _chinese, "big5hkscs": _taiwanese, "cp949": _korean}.get(name, _japanese)(letter)
    )


def _any(letter: str) -> float:
    return (
        1e-3 if letter in SIMPLIFIED_COMMON or letter in TRADITIONAL_COMMON or "\u3040" <= letter <= "\u30ff" else 1e-4
    )


def _lead(letter: str, encoding: str) -> int:
    try:
        return letter.encode(encoding)[0]
    except UnicodeEncodeError:
        return 0


def _chinese(letter: str) -> float:
    if letter in SIMPLIFIED_COMMON:
        return 7e-4
    lead = _lead(letter, "gb2312")
    if 0xB0 <= lead <= 0xD7:
        return 1.3e-4
    return 6e-6 if lead >= 0xD8 or 0xA4 <= lead <= 0xA5 else 1e-4 if lead else 3.6e-7


def _taiwanese(letter: str) -> float:
    if letter in TRADITIONAL_COMMON:
        return 7e-4
    lead = _lead(letter, "big5")
    return 9e-5 if 0xA1 <= lead <= 0xC6 else 1.3e-6 if lead else 1e-8


def _japanese(letter: str) -> float:
    if "\u3040" <= letter <= "\u30ff":
        return 2.5e-3
    if "\uff61" <= letter <= "\uff9f":
        return 1.5e-6  # a byte each: any text of the West would be some
    if letter in JAPANESE_COMMON:
        return 6e-4
    lead = _lead(letter, "euc_jp")
    return 1.5e-4 if 0xB0 <= lead <= 0xCF else 3e-6 if lead >= 0xD0 else 1e-4 if lead >= 0xA1 else 1e-7


def _korean(letter: str) -> float:
    lead = _lead(letter, "euc_kr")
    if "\uac00" <= letter <= "\ud7a3":
        return 4e-4 if lead else 5e-7
    return 1e-4 if 0xA1 <= lead <= 0xA3 else 2e-6
