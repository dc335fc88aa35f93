"""Keeping a forecast of What if, to be graded when its months have passed (``simulate --keep``, ``grade``)."""

from __future__ import annotations

from typing import Any

from dash import ALL, Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from tiaokuai.graph.errors import RequestError
from tiaokuai.web.desk import Desk, the_viewer
from tiaokuai.web.what_if_asked import asked_of, opened, runs_of


def register(app: Dash, desk: Desk) -> None:
    """The file of the runs that the page shows."""

    @app.callback(
        Output("kept-file", "data"),
        Input("keep-forecast", "n_clicks"),
        State("result", "data"),
        State({"type": "control", "key": ALL}, "value"),
        State({"type": "control", "key": ALL}, "id"),
        State("url", "pathname"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def keep(clicks: Any, result: Any, values: list[Any], ids: list[Any], pathname: str, search: str) -> Any:
        view = opened(desk, pathname, search)
        if not clicks:
            raise PreventUpdate
        from tiaokuai import __version__
        from tiaokuai.planning.keeping import keeping

        runs = runs_of(desk, view, result, asked_of(view, values, ids))
        if runs is None:
            zh, en = "先等模拟完成（“再算区间”）", "wait until the runs are done (“compute the bands”)"
            raise RequestError("no_runs", zh, en)
        network = view.holding.network
        desk.log.write(the_viewer().user, "keep forecast", view.audience, network.fingerprint)
        text = keeping(runs, network, view.holding.assumptions, __version__)
        name = f"forecast-{runs['start']}-{view.audience}-{network.fingerprint}.json"
        return {"content": text, "filename": name, "type": "application/json"}
