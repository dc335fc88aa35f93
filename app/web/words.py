"""The two languages of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tiaokuai.viz.chinese import punctuated

if TYPE_CHECKING:
    from flask import Request

STATUS = {
    "covered": ("已覆盖", "covered"),
    "growing": ("发展中", "growing"),
    "hollow": ("空心块", "hollow"),
    "ahead": ("先行（有条无块）", "ahead"),
    "none": ("未建", "not begun"),
}
KIND = {"pilot": ("试点", "pilot"), "mature": ("成熟", "mature"), "emerging": ("新兴", "emerging")}
OWNERSHIPS = {
    "foreign": ("外资", "foreign"),
    "joint_venture": ("合资", "joint venture"),
    "hmt": ("港澳台", "Hong Kong, Macao, Taiwan"),
    "domestic": ("内资", "domestic"),
    "other": ("其他", "other"),
}
FIGURES = {
    "id": ("编号", "id"),
    "name": ("名称", "name"),
    "enterprises": ("企业", "enterprises"),
    "enterprises_with_line": ("有线企业", "with a line"),
    "staff": ("人数", "staff"),
    "imputed_staff": ("估算人数", "staff assumed"),
    "lines": ("线", "lines"),
    "members": ("会员", "members"),
    "potential": ("线可及", "potential"),
    "reached": ("已覆盖人数", "reached"),
    "coverage": ("覆盖率", "coverage"),
    "line_share": ("有线企业占比", "line share"),
    "amplification": ("每线人数", "people per line"),
    "realisation": ("实现率", "realisation"),
    "wasted_capacity": ("闲置容量", "wasted capacity"),
    "missing_lines": ("尚缺线", "missing lines"),
    "status": ("状态", "status"),
    "kind": ("类型", "kind"),
    "founded": ("建立日期", "founded"),
    "generation": ("代次", "generation"),
    "source": ("来源", "source"),
    "fidelity": ("模式完整度", "fidelity"),
    "copy_fidelity": ("复制完整度", "copy fidelity"),
    "descendants": ("后代块", "descendants"),
    "descendant_reach": ("后代覆盖人数", "reach of descendants"),
    "gain": ("下一条线可增", "gain of the next line"),
    "realised": ("实际联系率", "realised"),
    "founded_share": ("已建块占比", "founded share"),
    "full_coverage": ("全覆盖", "full coverage"),
    "hollow_share": ("空心占比", "hollow share"),
    "cost": ("成本", "cost"),
}
SHARES = frozenset(
    (
        "coverage",
        "line_share",
        "realisation",
        "fidelity",
        "copy_fidelity",
        "realised",
        "founded_share",
        "full_coverage",
        "hollow_share",
    )
)


@dataclass(frozen=True)
class Words:
    """Chooses one of two texts.

    >>> Words("zh")("是", "yes")
    '是'
    """

    lang: str

    def __call__(self, zh: str, en: str) -> str:
        return punctuated(zh) if self.lang == "zh" else en

    def figure(self, name: str) -> str:
        """What a figure is called."""
        return self(*FIGURES.get(name, (name, name.replace("_", " "))))

    def status(self, status: Any) -> str:
        """What a status is called."""
        return self(*STATUS[status]) if isinstance(status, str) and status in STATUS else cell(status)

    def kind(self, kind: Any) -> str:
        """What a kind of block is called."""
        return self(*KIND[kind]) if isinstance(kind, str) and kind in KIND else cell(kind)


def many(count: int, what: str) -> str:
    """So many of them in English.

    >>> many(1, "error"), many(3, "warning")
    ('1 error', '3 warnings')
    """
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def cell(value: Any, share: bool = False, digits: int = 1) -> str:
    """A figure as people read it.

    >>> cell(1234), cell(0.8042, share=True), cell(None)
    ('1,234', '80.4%', '–')
    """
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if share:
        return f"{100 * value:.{digits}f}%"
    return f"{value:,.{digits}f}" if isinstance(value, float) and not value.is_integer() else f"{value:,.0f}"


def preferred(request: Request, default: str) -> str:
    """The language the browser prefers, of the two."""
    best = request.accept_languages.best_match(["zh", "zh-CN", "zh-TW", "en", "en-US", "en-GB"])
    return default if best is None else "zh" if best.startswith("zh") else "en"
