"""What is said of a plan, at the desk and on a terminal alike: why not a block, and which wish must give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tiaokuai.web.words import Words, cell

Document = Mapping[str, Any]
Names = Mapping[str, Any]
MARKS = {"every": "●", "some": "○", "none": "·", "open": "?"}
NAMES = {
    "plan": ("本计划", "this plan"),
    "greedy": ("贪心", "greedy"),
    "lines_first": ("先线后块", "lines first"),
    "blocks_first": ("先块后线", "blocks first"),
    "nothing": ("什么都不做", "nothing"),
}


def money(value: Any) -> str:
    """A cost as people read it.

    >>> money(1234.5), money(None)
    ('1,234.5', '–')
    """
    return cell(value) if value is None else f"{value:,.10g}"


def wish(each: Document, t: Words) -> str:
    """One relaxation in words, with its line in the file.

    >>> wish({"wish": "never B1", "by": 1, "said_en": "B1 must be allowed to found", "line": None}, Words("en"))
    'B1 must be allowed to found'
    """
    said = each.get(f"said_{t.lang}") or f"{each['wish']}: {each['by']}"
    place = f" ({each['file']}:{each['line']})" if each.get("line") and each.get("file") else ""
    return f"{said}{place}"


def why_not(each: Document, t: Words, names: Names | None = None) -> str:
    """The answer of :func:`tiaokuai.planning.plan_why.why_not` as a sentence.

    >>> why_not({"block": "B1", "period": None, "planned": 2, "loss": 0, "reason": "planned"}, Words("en"))
    'Why not B1? The plan has it.'
    """
    known = names or {}
    name, period = str(known.get(each["block"]) or each["block"]), each["period"]
    where = name if period is None else t(f"第 {period} 期的 {name}", f"{name} in period {period}")
    said = _reason(each, t, known)
    return t(f"为什么不是{where}？{said}。", f"Why not {where}? {said[:1].upper()}{said[1:]}.")


def _reason(each: Document, t: Words, names: Names) -> str:
    reason = each["reason"]
    if reason == "planned":
        return t("计划中已有", "the plan has it")
    if reason == "founded":
        return t("已建立", "it is founded already")
    if reason == "unknown":
        return t("时间内没有算出", "time was too short to tell")
    if reason == "unreachable":
        if each["earliest"] is None:
            return t("没有联系通到那里", "no way of links leads there")
        return t(f"最早第 {each['earliest']} 期可建", f"period {each['earliest']} is the earliest")
    if reason == "infeasible":
        return t("条件不允许：", "the wishes do not allow it: ") + "; ".join(wish(one, t) for one in each["relax"])
    return _costs(each, t, names)


def _costs(each: Document, t: Words, names: Names) -> str:
    loss = cell(each["loss"])
    said = t(f"强行建立会少 {loss} 人", f"forcing it costs {loss}")
    if each["reason"] == "better":
        said = t("强行建立并不更差（计划尚未证明最优）", "forcing it is no worse (the plan was not proven best)")
    price, worth = money(each["price"]), each["worth_it_at"]
    if worth is None:
        said += t(f"；即使不花钱建也不值（现价 {price}）", f"; not worth it even for free (it costs {price})")
    else:
        said += t(
            f"；建块价格降至 {money(worth)} 才值（现价 {price}）",
            f"; worth it at a price of {money(worth)} (now {price})",
        )
    moved = "; ".join(_moved(one, t, names) for one in each["displaced"] if one["block"] != each["block"])
    return said + (t("；会改变：", "; it would move ") + moved if moved else "")


def _moved(one: Document, t: Words, names: Names) -> str:
    name, was, now = names.get(one["block"]) or one["block"], one["was"], one["now"]
    if now is None:
        return t(f"{name} 不再建", f"{name} out")
    if was is None:
        return t(f"{name} 于第 {now} 期建", f"{name} in, period {now}")
    return t(f"{name} 由第 {was} 期改到第 {now} 期", f"{name} from period {was} to {now}")
