"""What next: budget and wishes in, the plan board out, with its gap, "why not this block?", and the way to What if."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from tiaokuai.graph.errors import RequestError
from tiaokuai.metrics.evidence import Evident
from tiaokuai.metrics.protection import protect
from tiaokuai.metrics.protection_forecasts import may_know
from tiaokuai.planning.months import first_day, month_number, month_text
from tiaokuai.web.board import block_names, board
from tiaokuai.web.desk import Desk, the_viewer
from tiaokuai.web.frame import View, alert, card, control, need, open_view, provenance
from tiaokuai.web.plan_sure import asked
from tiaokuai.web.plan_sure import fields as sure_fields
from tiaokuai.web.plan_words import why_not
from tiaokuai.web.request import asked_address
from tiaokuai.web.tasks import Data, Planning, Why
from tiaokuai.web.trying import carried, default_start

AUDIENCE = "planner"
BUDGET, PERIODS, PERIOD_MONTHS = 100, 8, 3
_CONTROL = {"type": "control", "key": ALL}
NUMBERS = (
    ("budget", "每期预算", "Budget a period", 0, 10**9, BUDGET),
    ("periods", "期数", "Periods", 1, 40, PERIODS),
    ("period_months", "每期月数", "Months a period", 1, 24, PERIOD_MONTHS),
)
LIMITS = (
    ("max_foundings", "每期至多新建几块", "Foundings a period, at most", 1, 10_000),
    ("max_lines", "每期至多几条线", "Lines a period, at most", 1, 10**6),
    ("max_lines_per_block", "每期每块至多几条线", "Lines a block and period, at most", 1, 10**6),
    ("min_coverage", "各块期末覆盖率至少(%)", "Coverage of every block at the end, at least (%)", 1, 100),
)


def controls(view: View) -> tuple[Any, Any]:
    """Nothing above the page; the rules say which values go without saying."""
    defaults: dict[str, Any] = {key: value for key, _, _, _, _, value in NUMBERS}
    defaults |= {"objective": "sum", "start": _start(view)}
    return None, {"defaults": defaults, "quiet": True}


def _start(view: View) -> str:
    from datetime import date

    day = view.address.get("day")
    return default_start(date.fromisoformat(day) if day else date.today())


def content(view: View) -> Any:
    """Wishes at the left, the board at the right."""
    t = view.say
    return [
        html.H1(t("下一步做什么", "What next")),
        html.Div([_wishes(view), html.Div([_progress(view), html.Div(id="board")])], className="desk-split plan"),
        dcc.Store(id="plan-job"),
        dcc.Store(id="plan-done"),
        dcc.Interval(id="plan-poll", interval=500, disabled=True),
        # A link to a plan makes it again.
        dcc.Input(id=control("planned"), value=view.address.get("planned"), type="hidden"),
        dcc.Interval(id="plan-again", interval=100, max_intervals=1, disabled=view.address.get("planned") != "1"),
        provenance(view),
    ]


def _wishes(view: View) -> Any:
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
                    "label": t("各期末触达之和最大(越早越好)", "most people, the sooner the better"),
                },
                {"value": "end", "label": t("期末触达最多", "most people at the end")},
            ],
            allowDeselect=False,
        )
    )
    fields.append(
        dmc.TextInput(id=control("start"), label=t("起始月", "First month"), value=address.get("start", _start(view)))
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


def _progress(view: View) -> Any:
    t = view.say
    why = dmc.Select(
        id="why-not",
        label=t("为什么没有这个块?(做完计划后选)", "Why not this block? (choose after planning)"),
        data=[
            {"value": row["id"], "label": f"{row['name'] or row['id']} ({row['id']})"}
            for row in view.holding.network["blocks"].select("id", "name").to_dicts()
        ],
        searchable=True,
        limit=200,
        clearable=True,
    )
    return card(
        t("计划", "Plan"), html.Div(id="plan-said", role="status"), why, html.Div(id="why-not-said", role="status")
    )


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
        if values.get("min_coverage"):
            wishes["min_coverage"] = {"all": float(values["min_coverage"]) / 100}
    except (ValueError, TypeError):
        raise RequestError("bad_plan", "请检查预算、期数与起始月", "check budget, periods and first month") from None
    if values.get("must"):
        wishes["must"] = [{"block": str(block), "by_period": made["periods"]} for block in values["must"]]
    if values.get("never"):
        wishes["never"] = [str(block) for block in values["never"]]
    return made | ({"constraints": wishes} if wishes else {})


def planning(view: View, wanted: Mapping[str, Any], sure: tuple[str, ...] = ()) -> Planning:
    """The task of a plan."""
    day = view.holding.released(first_day(month_number(str(wanted["start"]))), view.audience)
    return Planning(
        Data.of(view.holding.network, view.holding.assumptions, day, view.audience), wanted, sure, carried(view)
    )


def _view(desk: Desk, pathname: str, search: str, screen: Mapping[str, bool] | None = None) -> View:
    need("planner")
    known = screen or {}
    return open_view(asked_address(desk, pathname, search), bool(known.get("dark")), bool(known.get("narrow")))


def register(app: Dash, desk: Desk) -> None:
    """Planning in the background, and the board when it is done."""
    place = (State("screen", "data"), State("url", "pathname"), State("url", "search"))

    @app.callback(
        Output("plan-job", "data"),
        Output("plan-poll", "disabled"),
        Output(control("planned"), "value"),
        Input("plan-start", "n_clicks"),
        Input("plan-again", "n_intervals"),
        Input("why-not", "value"),
        State(_CONTROL, "value"),
        State(_CONTROL, "id"),
        State("plan-done", "data"),
        *place,
        prevent_initial_call=True,
    )
    def start(clicks: Any, again: Any, block: Any, values: list[Any], ids: list[Any], done: Any, *where: Any) -> Any:
        view = _view(desk, where[1], where[2])
        if ctx.triggered_id == "why-not":
            mine = desk.jobs.find(str(done), _owner(None)) if block else None
            if mine is None or mine.result is None or not isinstance(mine.task, Planning):
                raise PreventUpdate
            job = desk.jobs.start(_owner(block), Why(mine.task, mine.result["known"], str(block)))
            return {"job": job.id, "block": block}, False, no_update
        if not clicks and not again:
            raise PreventUpdate
        by_key = {id["key"]: value for id, value in zip(ids, values, strict=True)}
        job = desk.jobs.start(_owner(None), planning(view, options(by_key), asked(by_key)))
        return {"job": job.id, "block": None}, False, "1"

    @app.callback(
        Output("plan-said", "children"),
        Output("why-not-said", "children"),
        Output("board", "children"),
        Output("plan-poll", "disabled", allow_duplicate=True),
        Output("plan-cancel", "disabled"),
        Output("plan-done", "data"),
        Input("plan-poll", "n_intervals"),
        State("plan-job", "data"),
        *place,
        prevent_initial_call=True,
    )
    def poll(ticks: Any, mine: Any, *where: Any) -> Any:
        view = _view(desk, where[1], where[2], where[0])
        t, block = view.say, (mine or {}).get("block")
        owner = _owner(block)
        job = desk.jobs.find(str((mine or {}).get("job")), owner)
        if job is None:
            return no_update, no_update, no_update, True, True, no_update
        if job.state in ("waiting", "running"):
            words = t("正在计算……", "planning…")
            return (no_update, words, no_update, False, False, no_update) if block else (
                words, None, no_update, False, False, no_update
            )  # fmt: skip
        if job.result is None:
            words = (
                t("已取消", "cancelled") if job.state == "cancelled" else alert(t(*(job.fault or ("失败", "failed"))))
            )
            return (no_update, words, no_update, True, True, no_update) if block else (
                words, None, no_update, True, True, no_update
            )  # fmt: skip
        day = view.holding.begun(date.fromisoformat(job.result["day"]), view.audience)
        document = protect("plan", Evident(job.result["plan"], day), view.audience)
        if block:
            said = [html.P(why_not(each, t, block_names(view))) for each in document["why_not"]]
            return no_update, said, no_update, True, True, no_update
        scenario = may_know(job.result["scenario"], day, view.audience)
        return None, None, board(document, scenario, view), True, True, job.id

    @app.callback(
        Output("plan-cancel", "disabled", allow_duplicate=True),
        Input("plan-cancel", "n_clicks"),
        prevent_initial_call=True,
    )
    def cancel(clicks: Any) -> bool:
        need("planner")
        desk.jobs.cancel_of(_owner(None))
        return True


def _owner(block: Any) -> str:
    return the_viewer().session.token + (":why" if block else ":plan")
