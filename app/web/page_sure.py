"""How sure are we: what history says of the rates, how good such forecasts have been, and which number matters."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from tiaokuai.graph.errors import RequestError, TiaokuaiError
from tiaokuai.web.desk import Desk, the_viewer
from tiaokuai.web.frame import View, alert, control, explained, need, open_view, provenance, provenance_text
from tiaokuai.web.request import asked_address
from tiaokuai.web.sure import (
    FORECAST,
    KIND,
    NUMBERS,
    Wanted,
    keep_answer,
    kept_answer,
    take_forecast,
    wanted,
)
from tiaokuai.web.sure_answers import answered
from tiaokuai.web.sure_fields import asked_of, question_card, start_month, to_come
from tiaokuai.web.trying import MONTHS

AUDIENCE = "planner"
_CONTROL = {"type": "control", "key": ALL}
_PLACE = (State("screen", "data"), State("url", "pathname"), State("url", "search"))


def controls(view: View) -> tuple[Any, Any]:
    """Nothing above the page; the rules say which values go without saying."""
    defaults: dict[str, Any] = {name: default for name, (default, _, _) in NUMBERS.items()}
    defaults |= {"ask": "rates", "metric": "coverage", "months": MONTHS, "start": start_month(view)}
    defaults |= {"engine": "mean-field", "of": "0" if view.address.get("s") else "none"}
    return None, {"defaults": defaults, "quiet": True}


def content(view: View) -> Any:
    """The question at the left, its answer at the right."""
    t, ask = view.say, asked_of(view)
    again = ask == "rates" or (ask != "grade" and view.address.get("asked") == ask)
    answer = html.Div(to_come(ask, t), id="sure-answer")
    return [
        html.H1(t("有多可靠", "How sure are we")),
        html.Div([question_card(view, ask), answer], className="desk-split plan"),
        dcc.Store(id="sure-job"),
        dcc.Interval(id="sure-poll", interval=500, disabled=True),
        dcc.Input(id=control("asked"), value=view.address.get("asked"), type="hidden"),
        # A link to an answer makes it again; one of this session is there at once.
        dcc.Interval(id="sure-again", interval=100, max_intervals=1, disabled=not again),
        dcc.Download(id="sure-download"),
        provenance(view),
    ]


def _values(view: View, values: list[Any], ids: list[Mapping[str, str]]) -> dict[str, Any]:
    """Those of the controls; rates and scenarios come with the address."""
    by_key = {id["key"]: value for id, value in zip(ids, values, strict=True)}
    if "ask" not in by_key:
        raise PreventUpdate  # the controls of another page
    carried: dict[str, Any] = {"s": view.address.get("s")}
    for key, text in view.address.params.items():
        if key.startswith("r."):
            try:
                carried[key] = float(text)
            except ValueError:
                continue
    return carried | by_key


def _view(desk: Desk, screen: Any, pathname: str, search: str) -> View:
    need("planner")
    known = screen if isinstance(screen, dict) else {}
    return open_view(asked_address(desk, pathname, search), bool(known.get("dark")), bool(known.get("narrow")))


def _owner() -> str:
    return the_viewer().session.token + ":sure"


def _shown(answer: Mapping[str, Any], view: View) -> list[Any]:
    return answered(answer["ask"], answer["documents"][view.address.lang], view)


def register(app: Dash, desk: Desk) -> None:
    """Computing in the background, the answer when it is there, uploads and downloads."""
    script: Any = app.clientside_callback
    script(
        ClientsideFunction("desk", "only"),
        Output({"type": "of", "ask": ALL}, "style"),
        Input(control("ask"), "value"),
        State({"type": "of", "ask": ALL}, "id"),
    )
    _computing(app, desk)
    _files(app, desk)


def _computing(app: Dash, desk: Desk) -> None:
    @app.callback(
        Output("sure-job", "data"),
        Output("sure-poll", "disabled"),
        Output(control("asked"), "value"),
        Output("sure-answer", "children"),
        Output("sure-said", "children"),
        Input("sure-start", "n_clicks"),
        Input("sure-again", "n_intervals"),
        Input(control("ask"), "value"),
        State(_CONTROL, "value"),
        State(_CONTROL, "id"),
        *_PLACE,
        prevent_initial_call=True,
    )
    def start(clicks: Any, again: Any, ask: Any, values: list[Any], ids: list[Any], *where: Any) -> Any:
        view = _view(desk, *where)
        turned = isinstance(ctx.triggered_id, dict)
        if not (clicks or again or turned):
            raise PreventUpdate
        try:
            asked = wanted(view, _values(view, values, ids))
        except TiaokuaiError as error:
            if turned:
                return None, True, "", to_come(str(ask), view.say), None
            return None, True, no_update, None, alert(explained(error, view.say))
        answer = kept_answer(asked.key)
        if answer is not None:
            return {"key": asked.key}, True, asked.ask, _shown(answer, view), None
        if turned and asked.ask != "rates":
            desk.jobs.cancel_of(_owner())
            return None, True, "", to_come(asked.ask, view.say), None
        data = view.holding.network.fingerprint
        desk.log.write(the_viewer().user, f"ask {KIND[asked.ask]}", view.audience, data)
        soon = to_come(asked.ask, view.say)
        return _begin(desk, asked), False, asked.ask, soon, view.say("正在计算……", "computing…")

    @app.callback(
        Output("sure-progress", "value"),
        Output("sure-said", "children", allow_duplicate=True),
        Output("sure-answer", "children", allow_duplicate=True),
        Output("sure-poll", "disabled", allow_duplicate=True),
        Output("sure-cancel", "disabled"),
        Input("sure-poll", "n_intervals"),
        State("sure-job", "data"),
        *_PLACE,
        prevent_initial_call=True,
    )
    def poll(ticks: Any, mine: Any, *where: Any) -> Any:
        view = _view(desk, *where)
        t = view.say
        job = desk.jobs.find(str((mine or {}).get("job")), _owner())
        if job is None:
            return 0, no_update, no_update, True, True
        if job.state in ("waiting", "running"):
            share = 100 * job.done / max(job.total, 1)
            done = f" {job.done:.0f}/{job.total:.0f}" if job.total > 1 else ""
            return share, t("正在计算……", "computing…") + done, no_update, False, False
        if job.result is None:
            said = (
                t("已取消", "cancelled") if job.state == "cancelled" else alert(t(*(job.fault or ("失败", "failed"))))
            )
            return 0, said, no_update, True, True
        asked = the_viewer().session.kept.get("sure wanted")
        if not isinstance(asked, Wanted) or asked.key != (mine or {}).get("key"):
            return 0, no_update, no_update, True, True
        return 100, None, _shown(keep_answer(asked, job), view), True, True

    @app.callback(
        Output("sure-cancel", "disabled", allow_duplicate=True),
        Input("sure-cancel", "n_clicks"),
        State("sure-job", "data"),
        prevent_initial_call=True,
    )
    def cancel(clicks: Any, mine: Any) -> bool:
        need("planner")
        job = desk.jobs.find(str((mine or {}).get("job")), _owner())
        if clicks and job is not None:
            desk.jobs.cancel(job)
        return True


def _begin(desk: Desk, asked: Wanted) -> dict[str, str]:
    """Begins the work; the same question under way goes on: another language or the dark does not begin it anew."""
    kept = the_viewer().session.kept
    before, now = kept.get("sure wanted"), desk.jobs.find(str(kept.get("sure job")), _owner())
    same = isinstance(before, Wanted) and before.key == asked.key
    if now is None or not same or now.state not in ("waiting", "running"):
        now = desk.jobs.start(_owner(), asked.task, the_viewer().user)
    kept |= {"sure wanted": asked, "sure job": now.id}
    return {"key": asked.key, "job": now.id}


def _files(app: Dash, desk: Desk) -> None:
    @app.callback(
        Output("forecast-said", "children"),
        Output(control("graded"), "data"),
        Output(control("graded"), "value"),
        Output("sure-start", "n_clicks"),
        Input("forecast-upload", "contents"),
        State("sure-start", "n_clicks"),
        State("url", "pathname"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def uploaded(contents: Any, clicks: Any, pathname: str, search: str) -> Any:
        need("planner")
        t = asked_address(desk, pathname, search).say
        try:
            content = base64.b64decode(str(contents).partition(",")[2], validate=True)
            if len(content) > min(FORECAST, desk.settings.upload_mb * 1_000_000):
                raise RequestError("too_large", "文件太大", "the file is too large")
            names = take_forecast(content.decode("utf-8"))
        except (binascii.Error, UnicodeDecodeError):
            return alert(t("文件不是 UTF-8 文本", "the file is no UTF-8 text")), [], None, no_update
        except TiaokuaiError as error:
            return alert(explained(error, t)), [], None, no_update
        said = t(f"已读入，{len(names)} 个情景。", f"Read; {len(names)} scenarios.")
        return alert(said, colour="green"), names, None, (clicks or 0) + 1  # and is graded at once

    @app.callback(
        Output("sure-download", "data"),
        Input({"type": "sure-file", "as": ALL}, "n_clicks"),
        State("sure-job", "data"),
        *_PLACE,
        prevent_initial_call=True,
    )
    def download(clicks: Any, mine: Any, *where: Any) -> Any:
        view = _view(desk, *where)
        answer = kept_answer(str((mine or {}).get("key")))
        if not any(clicks or ()) or answer is None or not isinstance(ctx.triggered_id, dict):
            raise PreventUpdate
        document, kind = answer["documents"][view.address.lang], KIND[answer["ask"]]
        network = view.holding.network
        desk.log.write(the_viewer().user, f"download {kind}", view.audience, network.fingerprint)
        stem = f"{kind}-{answer['day']}-{view.audience}-{network.fingerprint}"
        if ctx.triggered_id["as"] == "rates-file":
            from tiaokuai.planning.rates_file import rates_text

            text = f"# {provenance_text(view, for_file=True)}\n" + rates_text(document, network.fingerprint)
            return {"content": text, "filename": f"{stem}.yaml", "type": "text/yaml"}
        about = {
            "as_of": answer["day"].isoformat(),
            "audience": view.audience,
            "data": network.fingerprint,
            "assumptions": view.holding.assumptions.to_json(),
        }
        text = json.dumps({"about": about, kind: document}, ensure_ascii=False, allow_nan=False, default=str)
        return {"content": text, "filename": f"{stem}.json", "type": "application/json"}
