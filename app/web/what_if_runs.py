"""The runs of What if, in the background: begun when the hand rests, with progress and cancel."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from tiaokuai.web.desk import Desk, the_viewer
from tiaokuai.web.frame import need
from tiaokuai.web.trying import task
from tiaokuai.web.what_if_asked import CONTROL, PLACE, asked_of, opened, owner

BY_ITSELF = 1_500_000_000  # enterprise-months that are simulated without being asked: some seconds


def register(app: Dash, desk: Desk) -> None:
    """The callbacks of the runs."""
    script: Any = app.clientside_callback
    script(ClientsideFunction("desk", "rest"), Output("follow", "id"), Input("asked", "data"))

    @app.callback(
        Output("job", "data"),
        Output("poll", "disabled"),
        Input("follow", "data"),
        Input("run", "n_clicks"),
        State(CONTROL, "value"),
        State(CONTROL, "id"),
        State("result", "data"),
        *PLACE,
        prevent_initial_call=True,
    )
    def start(
        follow: Any, clicks: Any, values: list[Any], ids: list[Any], result: Any, pathname: str, search: str
    ) -> Any:
        if ctx.triggered_id == "follow" and not follow:
            raise PreventUpdate  # the page says why there is nothing to simulate
        view = opened(desk, pathname, search)
        asked = asked_of(view, values, ids)
        if ctx.triggered_id == "follow":
            size = view.holding.network["enterprises"].height * asked.months * (len(asked.scenarios) + 1) * asked.runs
            done = isinstance(result, dict) and result.get("key") == asked.key
            if follow != asked.key or size > BY_ITSELF or done:
                raise PreventUpdate
        job = desk.jobs.start(owner(), task(view, asked), the_viewer().user)
        return {"job": job.id, "key": asked.key}, False

    @app.callback(
        Output("progress", "value"),
        Output("progress-text", "children"),
        Output("cancel", "disabled"),
        Output("poll", "disabled", allow_duplicate=True),
        Output("result", "data"),
        Input("poll", "n_intervals"),
        State("job", "data"),
        *PLACE,
        prevent_initial_call=True,
    )
    def poll(ticks: Any, mine: Any, pathname: str, search: str) -> Any:
        view = opened(desk, pathname, search)
        t = view.say
        job = desk.jobs.find(str((mine or {}).get("job")), owner())
        if job is None:
            return 0, "", True, True, no_update
        share = 100 * job.done / max(job.total, 1)
        if job.state in ("waiting", "running"):
            words = t(f"模拟 {job.done:.0f}/{job.total:.0f} 次", f"{job.done:.0f} of {job.total:.0f} runs")
            return share, words, False, False, no_update
        if job.state == "done":
            made = job.result["runs"] if job.result else job.total  # auto ends before or after what was foreseen
            return 100, t(f"{made:.0f} 次模拟完成", f"{made:.0f} runs done"), True, True, dict(mine)
        if job.state == "cancelled":
            return 0, t("已取消", "cancelled"), True, True, no_update
        return 0, t(*(job.fault or ("失败", "failed"))), True, True, no_update

    @app.callback(
        Output("cancel", "disabled", allow_duplicate=True),
        Input("cancel", "n_clicks"),
        State("job", "data"),
        prevent_initial_call=True,
    )
    def cancel(clicks: Any, mine: Any) -> bool:
        need("planner")
        job = desk.jobs.find(str((mine or {}).get("job")), owner())
        if job is not None:
            desk.jobs.cancel(job)
        return True
