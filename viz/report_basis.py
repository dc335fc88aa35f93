"""What a report's answers rest on: how good the data are, and what is assumed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from tiaokuai.planning.rates import TABLE
from tiaokuai.viz.drawing import picture
from tiaokuai.viz.report_facts import TRIED, Facts
from tiaokuai.viz.report_parts import Chapter, Listed, Part, Said, Shown
from tiaokuai.viz.text import Text, known

TABLES = {
    "districts": ("片区", "districts"),
    "blocks": ("块", "blocks"),
    "enterprises": ("企业", "enterprises"),
    "associations": ("联谊会与企业联合会", "associations and federations"),
    "enrolments": ("团体会员", "enrolments"),
    "members": ("个人会员", "members"),
    "backbones": ("骨干", "backbones"),
    "adoptions": ("模式要素", "adoptions"),
    "replications": ("复制关系", "replications"),
    "links": ("块间联系", "links"),
    "counts": ("人数统计", "counts"),
}
ASSUMED = {
    "staff_per_enterprise": ("人数不详的企业按多少人算", "staff of an enterprise where unknown"),
    "line_capacity": ("一条线的容量（人）", "people that a line can reach"),
    "hollow_below": ("有线企业占比低于多少为空心", "hollow below this share of enterprises with a line"),
    "covered_from": ("覆盖率从多少起算已覆盖", "covered from this coverage on"),
    "eligible_kinds": ("哪些块应当建立", "kinds of block that can be founded"),
}
KINDS = {"pilot": ("试点", "pilot"), "mature": ("成熟", "mature"), "emerging": ("新兴", "emerging")}
UNITS = {
    "month": ("每月", "monthly"),
    "year": ("每年", "yearly"),
    "share": ("占比", "share"),
    "factor": ("倍数", "factor"),
}
PROBLEMS = 20  # rows at most


def quality(facts: Facts, t: Text) -> Chapter:
    """How far the data can be trusted."""
    total = facts.coverage["total"]
    staff, imputed = known(total.get("staff")), known(total.get("imputed_staff"))
    errors = sum(problem["severity"] == "error" for problem in facts.problems)
    warnings = len(facts.problems) - errors
    said = [
        t(
            f"检查发现 {errors} 个错误、{warnings} 个提醒",
            f"Checking found {t.count(errors, '', 'error', 'errors')} "
            f"and {t.count(warnings, '', 'warning', 'warnings')}",
        )
    ]
    if imputed and staff:
        said.append(
            t(
                f"{t.number(staff)} 人中有 {t.number(imputed)} 人（{t.share(imputed / staff)}）是估算的",
                f"{t.number(imputed)} of {t.number(staff)} staff ({t.share(imputed / staff)}) are assumed, "
                "as their enterprise's head-count is unknown",
            )
        )
    elif staff:
        said.append(t("人数没有估算", "no head-count is assumed"))
    lead = t(";", "; ").join(said) + t("。", ".")
    parts: list[Part] = [*_problems(facts, t), _rows(facts, t)]
    return Chapter("quality", t("数据质量", "How good are the data?"), lead, tuple(parts))


def _rows(facts: Facts, t: Text) -> Listed:
    rows = tuple((t(*TABLES[name]), t.number(facts.checked["rows"][name])) for name in TABLES)
    return Listed(t("数据中的行数", "Rows in the data"), (t("表", "table"), t("行", "rows")), rows)


def _problems(facts: Facts, t: Text) -> list[Part]:
    """The problems by kind, each with the first row that has it."""
    problems = facts.checked["problems"]
    if not problems:
        return []
    kinds = Counter((p["severity"], p["code"], p["table"] or "") for p in problems)
    first = {(p["severity"], p["code"], p["table"] or ""): p for p in reversed(problems)}
    rows = []
    for key, count in sorted(kinds.items(), key=lambda item: (item[0][0], -item[1], item[0]))[:PROBLEMS]:
        severity, code, table = key
        problem = first[key]
        what = str(problem["message"]) if count == 1 else _general(code, t)
        rows.append(
            (
                t("错误", "error") if severity == "error" else t("提醒", "warning"),
                t(*TABLES.get(table, (table, table))),
                what,
                t.number(count),
                str(problem["row"] or "–"),
            )
        )
    headers = (
        t("程度", "severity"),
        t("表", "table"),
        t("问题", "problem"),
        t("次数", "times"),
        t("首见于行", "first row"),
    )
    more = len(kinds) - len(rows)
    note = t(f"另有 {more} 类。", f"{more} more kinds.") if more > 0 else ""
    return [
        Listed(
            t("检查发现的问题", "What checking found"),
            headers,
            tuple(rows),
            f"{note} {t('逐条见 tiaokuai check。', 'tiaokuai check lists each one.')}".strip(),
        )
    ]


def _general(code: str, t: Text) -> str:
    """What is wrong, without the values of single rows."""
    from tiaokuai.graph.problems import CODES

    _, en, zh = CODES.get(code, ("", code.replace("_", " "), code))
    return re.sub(r"[“(]?\{[^}]*\}[”)]?", "…", t(zh, en))


def assumptions(facts: Facts, t: Text) -> Chapter:
    """What was taken for granted, and where this report comes from."""
    lead = t(
        "换一项假设，答案就可能不同；每一项都可以用 --set 更改。",
        "Another assumption may give another answer; each can be changed with --set.",
    )
    rows = tuple((t(*ASSUMED[key]), _value(value, t)) for key, value in facts.assumptions.to_json().items())
    parts: list[Part] = [Listed(t("假设", "Assumptions"), (t("假设", "assumption"), t("取值", "value")), rows)]
    if facts.forecast is not None:
        parts.append(_rates(facts.forecast, t))
        drawn = picture("sensitivity_tornado", facts, t.lang) if len(facts.snapshot.enterprise) <= TRIED else None
        if drawn is not None:
            parts.append(Shown("sensitivity-tornado", drawn))
    parts.append(
        Said(
            t("这份报告不做什么", "What this report does not do"),
            (
                t(
                    "它规划组织的覆盖，不给个人画像：个人只以本人同意的会员身份出现，其余都只是人数。",
                    "It plans an organisation's coverage and never profiles people: a person is in the data only as a "
                    "consenting member, everybody else is a head-count.",
                ),
            ),
        )
    )
    return Chapter("assumptions", t("假设与出处", "What is assumed"), lead, tuple(parts))


def _value(value: Any, t: Text) -> str:
    if isinstance(value, list):
        return t.listed([t(*KINDS.get(kind, (kind, kind))) for kind in value])
    return t.share(value) if isinstance(value, float) else t.number(value)


def _rates(forecast: Mapping[str, Any], t: Text) -> Listed:
    known_rates = {rate.name: rate for rate in TABLE}
    rows = tuple(
        (t(rate.zh, rate.en), t(*UNITS[rate.unit]), f"{float(value):.4g}", t(*rate.source) if default else given)
        for name, value in forecast["rates"].items()
        if (rate := known_rates.get(name)) is not None
        for default in [abs(float(value) - rate.default) < 1e-12]
        for given in [t("来自数据或用户", "from data or the user")]
    )
    how = (
        t("平均场（只有期望）", "mean field: expectations alone")
        if forecast["engine"] == "mean-field"
        else t(f"{forecast['runs']} 次模拟", f"{t.count(forecast['runs'], '', 'run', 'runs')}")
    )
    note = t(
        f"从 {t.month(forecast['start'])} 起模拟 {forecast['months']} 个月，{how}，种子 {forecast['seed']}。",
        f"{forecast['months']} months from {t.month(forecast['start'])}, {how}, seed {forecast['seed']}.",
    )
    return Listed(
        t("模拟的速率", "Rates of the simulation"),
        (t("速率", "rate"), t("单位", "unit"), t("取值", "value"), t("出处", "source")),
        rows,
        note,
        folded=True,
    )
