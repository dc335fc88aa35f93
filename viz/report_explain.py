"""A block's status in plain words: the rule that gave it, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tiaokuai.viz.text import Text, known

RULES = {
    "not_founded_no_line": (
        "尚未建立联谊会，也没有一条线",
        "no association is founded here, and there is no line",
    ),
    "not_founded_has_lines": ("尚未建立联谊会，但已有线", "there are lines, but no association is founded"),
    "line_share_below_hollow": (
        "已建立，但有线的企业太少，算空心",
        "founded, but too few enterprises have a line: hollow",
    ),
    "coverage_from_covered": ("已建立，覆盖率达到要求", "founded, and coverage is as high as asked"),
    "founded_in_between": (
        "已建立，线在延伸，覆盖率还未达到要求",
        "founded and with lines, but coverage is not yet as high as asked",
    ),
}


def rule(document: Mapping[str, Any], t: Text) -> str:
    """Which rule gave the block its status, with its numbers.

    >>> rule({"rule": "founded_in_between", "figures": {"staff": 30, "reached": 10, "enterprises": 1,
    ...     "enterprises_with_line": 1, "coverage": 1 / 3}}, Text("zh"))
    '已建立，线在延伸，覆盖率还未达到要求：1 家企业中 1 家有线，30 人中触达 10 人（33%）。'
    """
    said = t(*RULES.get(document["rule"], (str(document["rule"]), str(document["rule"]))))
    figures = document.get("figures")
    if not isinstance(figures, Mapping):
        return t(f"{said}。", f"{said[:1].upper()}{said[1:]}.")
    with_line, every = t.number(figures.get("enterprises_with_line")), figures.get("enterprises")
    numbers = t(
        f"{t.number(every)} 家企业中 {with_line} 家有线，"
        f"{t.number(figures.get('staff'))} 人中触达 {t.number(figures.get('reached'))} 人"
        f"({t.share(figures.get('coverage'))})",
        f"{with_line} of {t.count(every, '', 'enterprise', 'enterprises')} with a line, "
        f"{t.number(figures.get('reached'))} of {t.number(figures.get('staff'))} staff within reach "
        f"({t.share(figures.get('coverage'))})",
    )
    return t(f"{said}:{numbers}。", f"{said[:1].upper()}{said[1:]}: {numbers}.")


def change(document: Mapping[str, Any], t: Text) -> str:
    """One thing that would change a block's status.

    >>> change({"to": "growing", "lines": 3}, Text("en"))
    '3 more lines: growing'
    >>> change({"to": "hollow", "staff": -2}, Text("zh")), change({"to": "hollow", "lines": -1}, Text("en"))
    ('少触达 2 人：空心块', '1 line fewer: hollow')
    """
    to, lines, staff = t.status(document["to"]), document.get("lines"), document.get("staff")
    if document.get("found"):
        return t(f"建立联谊会：{to}", f"found an association: {to}")
    if lines is not None:
        return _more_or_fewer(
            lines, to, t, ("再开", "条线", "more line", "more lines"), ("少", "条线", "line", "lines")
        )
    within = ("多触达", "人", "more person", "more people"), ("少触达", "人", "person", "people")
    return _more_or_fewer(staff, to, t, *within, where=" within reach")


def _more_or_fewer(value: Any, to: str, t: Text, more: tuple[str, ...], fewer: tuple[str, ...], where: str = "") -> str:
    """So many more, or where the number is below zero so many fewer, lead to the status."""
    down = (known(value) or 0) < 0
    verb, zh, one, many = fewer if down else more
    count = t.count(-value if down else value, zh, one, many)
    return t(f"{verb} {count}:{to}", f"{count} {'fewer' if down else ''}".rstrip() + f"{where}: {to}")
