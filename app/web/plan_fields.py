"""What is asked on What next: budget, prices, wishes, an earlier plan; and the options that these make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.intervention import Costs
from tiaokuai.planning.months import month_number, month_text
from tiaokuai.web.frame import View, card, control
from tiaokuai.web.plan_sure import fields as sure_fields
from tiaokuai.web.scenarios import FILE, decode, parsed
from tiaokuai.web.trying import default_start

BUDGET, PERIODS, PERIOD_MONTHS = 100, 8, 3
NUMBERS = (
    ("budget", "每期预算", "Budget a period", 0, 10**9, BUDGET),
    ("periods", "期数", "Periods", 1, 40, PERIODS),
    ("period_months", "每期月数", "Months a period", 1, 24, PERIOD_MONTHS),
)
LIMITS = (
    ("max_foundings", "每期至多新建几块", "Foundings a period, at most", 1, 10_000),
    ("max_lines", "每期至多几条线", "Lines a period, at most", 1, 10**6),
    ("max_lines_per_block", "每期每块至多几条线", "Lines a block and period, at most", 1, 10**6),
    ("min_coverage", "各块期末覆盖率至少（%）", "Coverage of every block at the end, at least (%)", 1, 100),
)
PRICES = (
    ("price_found", "新建一块的联谊会", "Founding a block's association", Costs().found),
    ("price_line", "新增一名骨干（一条线）", "A new backbone (a line)", Costs().line),
)


def standard(view: View) -> dict[str, Any]:
    """The values that go without saying in the address."""
    defaults: dict[str, Any] = {key: value for key, _, _, _, _, value in NUMBERS}
    defaults |= {key: value for key, _, _, value in PRICES}
    return defaults | {"objective": "sum", "start": start_of(view)}


def start_of(view: View) -> str:
    """The month that begins on the view's day, or next."""
    return default_start(view.day)


def wishes(view: View) -> Any:
    """The card of all that is asked."""
    t, address = view.say, view.address
    blocks = [
        {"value": row["id"], "label": f"{row['name'] or row['id']} ({row['id']})"}
        for row in view.holding.network["blocks"].select("id", "name").to_dicts()
    ]
    fields: list[Any] = [
        dmc.NumberInput(
            id=control(key), label=t(zh, en), min=low, max=most, value=address.number(key, value, low, most)
        )
        for key, zh, en, low, most, value in NUMBERS
    ]
    fields.append(
        dmc.Select(
            id=control("objective"),
            label=t("目标", "Aim"),
            value="end" if address.get("objective") == "end" else "sum",
            data=[
                {
                    "value": "sum",
                    "label": t("各期末触达之和最大（越早越好）", "most people, the sooner the better"),
                },
                {"value": "end", "label": t("期末触达最多", "most people at the end")},
            ],
            allowDeselect=False,
        )
    )
    fields.append(
        dmc.TextInput(id=control("start"), label=t("起始月", "First month"), value=address.get("start", start_of(view)))
    )
    limits = [
        dmc.NumberInput(id=control(key), label=t(zh, en), min=low, max=most, value=_given(address.get(key)))
        for key, zh, en, low, most in LIMITS
    ]
    for key, zh, en in (("must", "一定要建", "Must be founded"), ("never", "一定不建", "Must not be founded")):
        chosen = [each for each in address.get(key).split(",") if each]
        limits.append(
            dmc.MultiSelect(id=control(key), label=t(zh, en), data=blocks, value=chosen, searchable=True, limit=200)
        )
    return card(
        t("预算与条件", "Budget and wishes"),
        html.Div(
            [
                *fields,
                html.Details([html.Summary(t("更多条件", "more wishes")), html.Div(limits, className="fields")]),
                _prices(view),
                _earlier(view),
                sure_fields(view),
            ],
            className="fields",
        ),
        html.Div(
            [
                dmc.Button(t("做计划", "plan"), id="plan-start"),
                dmc.Button(t("取消", "cancel"), id="plan-cancel", variant="default", disabled=True),
            ],
            className="buttons",
        ),
    )


def _given(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _prices(view: View) -> Any:
    t, address = view.say, view.address
    fields = [
        dmc.NumberInput(id=control(key), label=t(zh, en), min=0, max=10**9, value=address.number(key, price, 0, 10**9))
        for key, zh, en, price in PRICES
    ]
    opened = any(address.get(key) for key, *_ in PRICES)
    return html.Details([html.Summary(t("价格", "prices")), html.Div(fields, className="fields")], open=opened)


def _earlier(view: View) -> Any:
    """An earlier plan's file, and until when it was followed: what was done stays, the rest is planned anew."""
    t, address = view.say, view.address
    upload = dcc.Upload(
        dmc.Button(t("读入此前的计划（YAML）", "open the earlier plan (YAML)"), variant="default", size="compact-sm"),
        id="earlier-upload",
        accept=".yaml,.yml,.json",
        max_size=FILE,
    )
    fields = [
        upload,
        html.Div(id="earlier-said", role="status"),
        dcc.Input(id=control("from"), value=address.get("from"), type="hidden"),
        dmc.TextInput(
            id=control("done"),
            label=t("此月及以前已照做", "Followed up to this month, it included"),
            placeholder="2027-06",
            value=address.get("done"),
        ),
        dmc.Button(t("不接着此前的计划", "forget it"), id="earlier-forget", variant="default", size="compact-sm"),
    ]
    summary = html.Summary(t("接着此前的计划", "go on from an earlier plan"))
    return html.Details([summary, html.Div(fields, className="fields")], open=bool(address.get("from")))


def options(values: Mapping[str, Any]) -> dict[str, Any]:
    """The options of ``tiaokuai.plan`` from the page's controls; RequestError where they are none."""
    try:
        made: dict[str, Any] = {
            "budget": float(values.get("budget") or 0),
            "periods": int(values.get("periods") or PERIODS),
            "period_months": int(values.get("period_months") or PERIOD_MONTHS),
            "objective": "end" if values.get("objective") == "end" else "sum",
            "start": month_text(month_number(str(values.get("start") or ""))),
        }
        wishes: dict[str, Any] = {
            key: int(float(values[key]))
            for key in ("max_foundings", "max_lines", "max_lines_per_block")
            if values.get(key)
        }
        prices = {key: values.get(key) for key, *_ in PRICES}
        if any(price not in (None, "") for price in prices.values()):
            found, line = (
                float(price if (price := prices[key]) not in (None, "") else usual) for key, _, _, usual in PRICES
            )
            if (found, line) != (Costs().found, Costs().line):
                made["costs"] = Costs(found=found, line=line)
        if values.get("min_coverage"):
            wishes["min_coverage"] = {"all": float(values["min_coverage"]) / 100}
    except (ValueError, TypeError):
        raise RequestError("bad_plan", "请检查预算、期数与起始月", "check budget, periods and first month") from None
    if values.get("must"):
        wishes["must"] = [{"block": str(block), "by_period": made["periods"]} for block in values["must"]]
    if values.get("never"):
        wishes["never"] = [str(block) for block in values["never"]]
    return made | ({"constraints": wishes} if wishes else {})


def earlier(values: Mapping[str, Any]) -> tuple[str, int]:
    """The text of the earlier plan's file and the month number until which it was followed; nothing without one."""
    plans = decode(str(values.get("from") or ""))
    if not plans:
        return "", 0
    try:
        return parsed(plans[0]).to_yaml(), month_number(str(values.get("done") or ""))
    except ValueError:
        zh, en = "请填写此前的计划照做到哪个月", "say up to which month the earlier plan was followed"
        raise RequestError("bad_from", zh, en) from None
