"""The document ``explain`` in sentences: which rule gave the status, with its numbers, and what would change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tiaokuai.viz.cells import percent, text
from tiaokuai.viz.text import STATUS

Say = Callable[[str, str], str]
Document = Mapping[str, Any]


def reason(document: Document, say: Say) -> str:
    """The rule with its numbers.

    >>> figures = {"lines": 3, "enterprises_with_line": 2}
    >>> assumed = {"hollow_below": 0.2, "covered_from": 0.8}
    >>> document = {"rule": "not_founded_has_lines", "founded": None, "figures": figures, "assumptions": assumed}
    >>> reason(document, lambda zh, en: en)
    'No association is founded here, but 2 enterprises have 3 lines: lines before blocks.'
    """
    return _REASONS[document["rule"]](_Numbers(document, document["figures"]), say)


class _Numbers:
    """The numbers of a block as texts."""

    def __init__(self, document: Document, figures: Document) -> None:
        self.founded = text(document["founded"])
        self.enterprises, self.with_line, self.lines, self.reached, self.staff = (
            text(figures.get(name)) for name in ("enterprises", "enterprises_with_line", "lines", "reached", "staff")
        )
        self.line_share, self.coverage = percent(figures.get("line_share")), percent(figures.get("coverage"))
        assumed = document["assumptions"]
        self.hollow_below, self.covered_from = percent(assumed["hollow_below"]), percent(assumed["covered_from"])


def _none(n: _Numbers, say: Say) -> str:
    return say("尚未建立联谊会，也没有一条线。", "No association is founded here, and there is no line.")


def _ahead(n: _Numbers, say: Say) -> str:
    return say(
        f"尚未建立联谊会，但 {n.with_line} 家企业已有 {n.lines} 条线：条先于块。",
        f"No association is founded here, but {n.with_line} enterprises have {n.lines} lines: lines before blocks.",
    )


def _hollow(n: _Numbers, say: Say) -> str:
    if n.enterprises == "0":
        return say(
            f"{n.founded} 建立，但没有一家在册企业：空心，不算覆盖。",
            f"Founded on {n.founded}, but no enterprise is active here: hollow, never counted as covered.",
        )
    return say(
        f"{n.founded} 建立，但 {n.enterprises} 家企业中只有 {n.with_line} 家有线（{n.line_share}），"
        f"低于 {n.hollow_below}：空心，不算覆盖。",
        f"Founded on {n.founded}, but {n.with_line} of {n.enterprises} enterprises have a line ({n.line_share}), "
        f"below {n.hollow_below}: hollow, never counted as covered.",
    )


def _growing(n: _Numbers, say: Say) -> str:
    return say(
        f"{n.founded} 建立，{n.enterprises} 家企业中 {n.with_line} 家有线（{n.line_share}）；"
        f"{n.staff} 人中覆盖 {n.reached} 人（{n.coverage}），未到 {n.covered_from}。",
        f"Founded on {n.founded}, {n.with_line} of {n.enterprises} enterprises have a line ({n.line_share}); "
        f"{n.reached} of {n.staff} people are within reach ({n.coverage}), not yet {n.covered_from}.",
    )


def _covered(n: _Numbers, say: Say) -> str:
    return say(
        f"{n.founded} 建立，{n.staff} 人中覆盖 {n.reached} 人（{n.coverage}），达到 {n.covered_from}。",
        f"Founded on {n.founded}; {n.reached} of {n.staff} people are within reach ({n.coverage}), "
        f"at least {n.covered_from}.",
    )


_REASONS: dict[str, Callable[[_Numbers, Say], str]] = {
    "not_founded_no_line": _none,
    "not_founded_has_lines": _ahead,
    "line_share_below_hollow": _hollow,
    "founded_in_between": _growing,
    "coverage_from_covered": _covered,
}


def changes(document: Document, say: Say) -> list[str]:
    """One line for each status that could be reached: the ways to it, the least of each.

    >>> document = {"changes": [{"to": "covered", "lines": 3}, {"to": "covered", "staff": 24}]}
    >>> changes(document, lambda zh, en: en)
    ['covered: 3 more lines, or 24 more staff reached']
    """
    ways: dict[str, list[str]] = {}
    for change in document["changes"]:
        ways.setdefault(change["to"], []).append(_way(change, say))
    return [
        say(f"{STATUS[to][0]}：{'，或'.join(each)}", f"{STATUS[to][1]}: {', or '.join(each)}")
        for to, each in ways.items()
    ]


def _way(change: Document, say: Say) -> str:
    if change.get("found"):
        return say("建立联谊会", "found an association")
    lines, staff = change.get("lines"), change.get("staff")
    number: Any = staff if lines is None else lines
    size, many = text(abs(number)), "s" if abs(number) != 1 else ""
    if lines is not None:
        return say(
            f"再补 {size} 条线" if number >= 0 else f"失去 {size} 条线",
            f"{size} more line{many}" if number >= 0 else f"{size} line{many} lost",
        )
    return say(
        f"再覆盖 {size} 人" if number >= 0 else f"少覆盖 {size} 人",
        f"{size} more staff reached" if number >= 0 else f"{size} fewer staff reached",
    )
