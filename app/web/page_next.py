"""What next: budget and wishes in, the plan board out, with its gap, "why not this block?", and the way to What if."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from tiaokuai.planning.months import first_day, month_number
from tiaokuai.web import plan_files
from tiaokuai.web.board import block_names, board
from tiaokuai.web.desk import Desk, the_viewer
from tiaokuai.web.frame import View, alert, card, control, need, open_view, provenance
from tiaokuai.web.plan_answer import owner
from tiaokuai.web.plan_fields import earlier, options, standard, wishes
from tiaokuai.web.plan_sure import asked
from tiaokuai.web.plan_words import why_not
from tiaokuai.web.request import asked_address
from tiaokuai.web.tasks import Data, Planning, Why
from tiaokuai.web.trying import carried

AUDIENCE = "planner"
_CONTROL = {"type": "control", "key": ALL}


def controls(view: View) -> tuple[Any, Any]:
    """Nothing above the page; the rules say which values go without saying."""
    return None, {"defaults": standard(view), "quiet": True}


def content(view: View) -> Any:
    """Wishes at the left, the board at the right."""
    t = view.say
    return [
        html.H1(t("下一步做什么", "What next")),
        html.Div([wishes(view), html.Div([_progress(view), html.Div(id="board")])], className="desk-split plan"),
        dcc.Store(id="plan-job"),
        dcc.Store(id="plan-done"),
        dcc.Interval(id="plan-poll", interval=500, disabled=True),
        dcc.Download(id="plan-file"),
        # A link to a plan makes it again.
        dcc.Input(id=control("planned"), value=view.address.get("planned"), type="hidden"),
        dcc.Interval(id="plan-again", interval=100, max_intervals=1, disabled=view.address.get("planned") != "1"),
        provenance(view),
    ]


def _progress(view: View) -> Any:
    t = view.say
    why = dmc.Select(
        id="why-not",
        label=t("为什么没有这个块？（做完计划后选）", "Why not this block? (choose after planning)"),
        data=[
            {"value": row["id"], "label": f"{row['name'] or row['id']} ({row['id']})"}
            for row in view.holding.network["blocks"].select("id", "name").to_dicts()
        ],
        searchable=True,
        limit=200,
        clearable=True,
    )
    first = t(
        "填好预算与条件，点“做计划”：每期做什么、离最优至多差多少，都显示在这里。",
        "Set budget and wishes and press “plan”: what to do in each period, and how far from the best at most, "
        "appears here.",
    )
    said = html.Div(html.P(first, className="note"), id="plan-said", role="status")
    return card(t("计划", "Plan"), said, why, html.Div(id="why-not-said", role="status"))


def planning(view: View, values: Mapping[str, Any]) -> Planning:
    """The task of a plan, from the page's controls."""
    wanted = options(values)
    before, done = earlier(values)
    day = first_day(month_number(str(wanted["start"])))
    data = Data.of(view.holding.network, view.holding.assumptions, day)
    return Planning(data, wanted, asked(values), carried(view), before, done)


def _view(desk: Desk, pathname: str, search: str, screen: Mapping[str, bool] | None = None) -> View:
    need("planner")
    known = screen or {}
    return open_view(asked_address(desk, pathname, search), bool(known.get("dark")), bool(known.get("narrow")))


def register(app: Dash, desk: Desk) -> None:
    """Planning in the background, the board when it is done, and its files."""
    plan_files.register(app, desk)
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
            mine = desk.jobs.find(str(done), owner(None)) if block else None
            if mine is None or mine.result is None or not isinstance(mine.task, Planning):
                raise PreventUpdate
            job = desk.jobs.start(owner(block), Why(mine.task, mine.result["known"], str(block)), the_viewer().user)
            return {"job": job.id, "block": block}, False, no_update
        if not clicks and not again:
            raise PreventUpdate
        by_key = {id["key"]: value for id, value in zip(ids, values, strict=True)}
        job = desk.jobs.start(owner(None), planning(view, by_key), the_viewer().user)
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
        job = desk.jobs.find(str((mine or {}).get("job")), owner(block))
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
        document, scenario = job.result["plan"], job.result.get("scenario")
        if block:
            said = [html.P(why_not(each, t, block_names(view))) for each in document["why_not"]]
            return no_update, said, no_update, True, True, no_update
        return None, None, board(document, scenario, view), True, True, job.id

    @app.callback(
        Output("plan-cancel", "disabled", allow_duplicate=True),
        Input("plan-cancel", "n_clicks"),
        prevent_initial_call=True,
    )
    def cancel(clicks: Any) -> bool:
        need("planner")
        desk.jobs.cancel_of(owner(None))
        return True
