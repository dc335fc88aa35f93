"""Chinese as it is set: full-width punctuation beside Chinese characters, half-width between figures and codes."""

from __future__ import annotations

import re

_HALF = ",:;?!"
_FULL = dict(zip(_HALF, "\uff0c\uff1a\uff1b\uff1f\uff01", strict=True))
_HAN = "\u3001\u3002\u300a\u300b\u4e00-\u9fff\uff01-\uff1f"  # characters, and the marks that go with them
_BESIDE = f"[{_HAN}\u201c\u201d%]"
_ENTITY = r"(?<!&lt)(?<!&gt)(?<!&amp)(?<!&quot)"
# A mark with a Chinese character (or its quote) on one side; a mark alone joins parts of a Chinese sentence.
_MARK = re.compile(f"(?:(?<={_BESIDE}){_ENTITY}[{_HALF}]|{_ENTITY}[{_HALF}](?=[{_HAN}\u201c])|^[{_HALF}]$) ?")
_BRACKETS = re.compile(r"\(([^()<>]*)\)")
_IS_HAN = re.compile("[\u4e00-\u9fff]")


def punctuated(text: str) -> str:
    """The text with the punctuation of Chinese print (GB/T 15834-2011); numbers, codes and markup stay as they are.

    >>> punctuated("1,171 人,占 38%:尚缺(162 条线)") == "1,171 人\uff0c占 38%\uff1a尚缺\uff08162 条线\uff09"
    True
    >>> punctuated("B01: 20 (15-25), a &lt; b") == "B01: 20 (15-25), a &lt; b"
    True
    """
    if not _IS_HAN.search(text) and len(text) != 1:
        return text
    made = text.replace("\u300c", "\u201c").replace("\u300d", "\u201d")
    made = _BRACKETS.sub(lambda found: _bracket(made, found), made)
    return _MARK.sub(lambda found: _FULL[found[0][0]], made)


def _bracket(text: str, found: re.Match[str]) -> str:
    before = text[found.start() - 1 : found.start()]
    if _IS_HAN.search(found[1]) or _IS_HAN.match(before):
        return f"\uff08{found[1]}\uff09"
    return found[0]
