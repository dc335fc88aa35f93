"""Files of What next: the plan as ``plan --out`` writes it or as its JSON, and an earlier plan to go on from."""

from __future__ import annotations

import json
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from tiaokuai.graph.errors import TiaokuaiError
from tiaokuai.planning.months import month_text
from tiaokuai.web.desk import Desk, the_viewer
from tiaokuai.web.frame import View, alert, control, explained, need, open_view, provenance_text
from tiaokuai.web.plan_answer import owner
from tiaokuai.web.request import asked_address
from tiaokuai.web.scenarios import encode, parsed
from tiaokuai.web.what_if_editing import from_file

_PLACE = (State("url", "pathname"), State("url", "search"))


def register(app: Dash, desk: Desk) -> None:
    """Saving and opening."""

    @app.callback(
        Output("plan-file", "data"),
        Input({"type": "plan-file", "as": ALL}, "n_clicks"),
        State("plan-done", "data"),
        *_PLACE,
        prevent_initial_call=True,
    )
    def save(clicks: Any, done: Any, pathname: str, search: str) -> Any:
        need("planner")
        view = open_view(asked_address(desk, pathname, search))
        job = desk.jobs.find(str(done), owner(None))
        if not any(clicks or ()) or job is None or job.result is None or not isinstance(ctx.triggered_id, dict):
            raise PreventUpdate
        return _file(desk, view, job.result, str(ctx.triggered_id["as"]))

    @app.callback(
        Output(control("from"), "value"),
        Output(control("start"), "value"),
        Output(control("price_found"), "value"),
        Output(control("price_line"), "value"),
        Output("earlier-said", "children"),
        Input("earlier-upload", "contents"),
        Input("earlier-forget", "n_clicks"),
        *_PLACE,
        prevent_initial_call=True,
    )
    def earlier(contents: Any, forgotten: Any, pathname: str, search: str) -> Any:
        need("planner")
        t = asked_address(desk, pathname, search).say
        if ctx.triggered_id == "earlier-forget":
            return "", no_update, no_update, no_update, None
        try:
            plain = from_file(str(contents))
            plan = parsed(plain)
        except TiaokuaiError as error:
            return no_update, no_update, no_update, no_update, alert(explained(error, t))
        months = [min(step.numbers()) for step in plan.interventions]
        start = month_text(min(months)) if months else no_update
        said = t(f"已读入“{plan.name}”，{len(months)} 步。", f"Read “{plan.name}”: {len(months)} steps.")
        return encode([plain]), start, plan.costs.found, plan.costs.line, alert(said, colour="green")


def _file(desk: Desk, view: View, result: Any, kind: str) -> dict[str, Any] | Any:
    document, scenario = result["plan"], result["scenario"]
    network = view.holding.network
    start = document["periods"][0]["start"] if document["periods"] else "none"
    stem = f"plan-{start}-{view.audience}-{network.fingerprint}"
    desk.log.write(the_viewer().user, f"download plan {kind}", view.audience, network.fingerprint)
    if kind == "yaml":
        if scenario is None:
            raise PreventUpdate
        text = f"# {provenance_text(view, for_file=True)}\n" + parsed(scenario).to_yaml()
        return {"content": text, "filename": f"{stem}.yaml", "type": "text/yaml"}
    about = {
        "as_of": result["day"],
        "audience": view.audience,
        "data": network.fingerprint,
        "assumptions": view.holding.assumptions.to_json(),
    }
    text = json.dumps({"about": about, "plan": document}, ensure_ascii=False, allow_nan=False, default=str)
    return {"content": text, "filename": f"{stem}.json", "type": "application/json"}
