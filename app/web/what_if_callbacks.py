"""What moves on the page What if: the curves, what they end in, and the files."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, no_update

from tiaokuai.graph.errors import RequestError, TiaokuaiError
from tiaokuai.planning.rates import TABLE
from tiaokuai.web import what_if_editing, what_if_keep, what_if_runs
from tiaokuai.web.curves import curves
from tiaokuai.web.desk import Desk, the_viewer
from tiaokuai.web.frame import alert, explained, provenance_text
from tiaokuai.web.outcomes import outcomes, said_of
from tiaokuai.web.scenarios import decode, parsed
from tiaokuai.web.trying import Question, remembered, shown
from tiaokuai.web.what_if_asked import AT, CONTROL, PLACE, S, asked_of, opened, runs_of

_SHOWN = {"type": "rate-shown", "key": ALL}


def register(app: Dash, desk: Desk) -> None:
    """The callbacks of the page."""
    _drawing(app, desk)
    what_if_editing.register(app, desk)
    _files(app, desk)
    what_if_runs.register(app, desk)
    what_if_keep.register(app, desk)


def _drawing(app: Dash, desk: Desk) -> None:
    script: Any = app.clientside_callback
    script(
        ClientsideFunction("desk", "rates"),
        Output(_SHOWN, "children"),
        Input(CONTROL, "value"),
        State(CONTROL, "id"),
        State(_SHOWN, "id"),
        State(_SHOWN, "title"),
    )

    # A rate under the hand asks /curve, for the curve alone; all else waits here until the hand rests.
    script(
        ClientsideFunction("desk", "settle"),
        Output("settled", "data"),
        Input(CONTROL, "value"),
        State(CONTROL, "id"),
        State("settled", "data"),
    )

    @app.callback(
        Output("curves", "figure"),
        Output("faults", "children"),
        Output("asked", "data"),
        Output("curves-said", "children"),
        Input("settled", "data"),
        Input("result", "data"),
        State(CONTROL, "value"),
        State(CONTROL, "id"),
        State("screen", "data"),
        *PLACE,
    )
    def draw(
        settled: Any, result: Any, values: list[Any], ids: list[Any], screen: Any, pathname: str, search: str
    ) -> Any:
        view = opened(desk, pathname, search, screen)
        try:
            asked = asked_of(view, values, ids)
            expected = remembered(view, asked)
        except TiaokuaiError as error:
            lines = explained(error, view.say).splitlines()
            return no_update, alert([each for line in lines for each in (line, " ")]), None, no_update
        runs = runs_of(desk, view, result, asked)
        metric = str({id["key"]: value for id, value in zip(ids, values, strict=True)}["metric"])
        made = curves(expected, runs, metric, view.say, dark=view.dark, narrow=view.narrow)
        return made, None, asked.key, said_of(asked, metric, None if runs is None else int(runs["runs"]), view.say)

    @app.callback(
        Output("ends", "children"),
        Input("asked", "data"),
        Input("result", "data"),
        State(CONTROL, "value"),
        State(CONTROL, "id"),
        *PLACE,
        prevent_initial_call=True,
    )
    def ends(key: Any, result: Any, values: list[Any], ids: list[Any], pathname: str, search: str) -> Any:
        view = opened(desk, pathname, search)
        if not key:
            return no_update
        asked = asked_of(view, values, ids)
        found = runs_of(desk, view, result, asked)
        return outcomes(remembered(view, asked), found, view, asked.scenarios)


def _how(asked: Question) -> str:
    """The options of the command that makes the same runs."""
    runs = f"--runs auto --precision {asked.precision:g}" if asked.precision else f"--runs {asked.runs}"
    return f"{runs} --seed {asked.seed}" + (" --learn" if asked.learn else "")


def _files(app: Dash, desk: Desk) -> None:
    @app.callback(
        Output("scenario-file", "data"),
        Input("download-scenario", "n_clicks"),
        State(S, "value"),
        State(AT, "value"),
        State(CONTROL, "value"),
        State(CONTROL, "id"),
        *PLACE,
        prevent_initial_call=True,
    )
    def download(clicks: Any, text: str, at: str, values: list[Any], ids: list[Any], pathname: str, search: str) -> Any:
        view = opened(desk, pathname, search)
        every = decode(text or "")
        if not every:
            raise RequestError("no_scenario", "还没有情景", "there is no scenario yet")
        asked = asked_of(view, values, ids)
        plain = every[min(int(at or 0), len(every) - 1)]
        whole = {**plain, "rates": {**asked.rates, **(plain.get("rates") or {})}} if asked.rates else plain
        made = parsed(whole)
        command = f"tiaokuai simulate DATA --scenario FILE --start {asked.start} --months {asked.months} {_how(asked)}"
        head = f"# {provenance_text(view, for_file=True)}\n# {command}\n"
        desk.log.write(the_viewer().user, "download scenario", view.audience, view.holding.network.fingerprint)
        return {"content": head + made.to_yaml(), "filename": "scenario.yaml", "type": "text/yaml"}

    @app.callback(
        Output("saved", "data"),
        Input("save-scenario", "n_clicks"),
        State("saved", "data"),
        State(S, "value"),
        State(AT, "value"),
        prevent_initial_call=True,
    )
    def save(clicks: Any, saved: dict[str, Any] | None, text: str, at: str) -> Any:
        every = decode(text or "")
        if not every:
            raise RequestError("no_scenario", "还没有情景", "there is no scenario yet")
        plain = every[min(int(at or 0), len(every) - 1)]
        return {**(saved or {}), str(plain["name"]): plain}

    @app.callback(Output("load-scenario", "data"), Input("saved", "data"))
    def saved_names(saved: dict[str, Any] | None) -> list[str]:
        return sorted(saved or {})

    @app.callback(
        Output(CONTROL, "value", allow_duplicate=True),
        Input("reset-rates", "n_clicks"),
        State(CONTROL, "id"),
        prevent_initial_call=True,
    )
    def reset(clicks: Any, ids: list[Any]) -> list[Any]:
        standard = {f"r.{rate.name}": shown(rate.default, rate.unit) for rate in TABLE}
        return [standard.get(id["key"], no_update) for id in ids]
