"""What moves on the page What if: steps, curves, the runs in the background."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import date
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, html, no_update
from dash.exceptions import PreventUpdate

from tiaokuai.graph.errors import RequestError, TiaokuaiError
from tiaokuai.metrics.evidence import Evident
from tiaokuai.metrics.protection import protect
from tiaokuai.planning.rates import TABLE
from tiaokuai.planning.scenario import BY_DO, Scenario
from tiaokuai.web.curves import curves
from tiaokuai.web.desk import Desk, the_viewer
from tiaokuai.web.frame import View, alert, explained, need, open_view, provenance_text
from tiaokuai.web.outcomes import outcomes, said_of, steps_of
from tiaokuai.web.request import asked_address
from tiaokuai.web.scenarios import MOST, Plain, decode, encode, only_here, parsed, step
from tiaokuai.web.trying import RUNS, Question, evidence, question, remembered, shown, task
from tiaokuai.web.words import cell

BY_ITSELF = 1_500_000_000  # enterprise-months that are simulated without being asked: some seconds
_CONTROL = {"type": "control", "key": ALL}
_S, _AT = {"type": "control", "key": "s"}, {"type": "control", "key": "at"}
_PLACE = (State("url", "pathname"), State("url", "search"))


def _owner() -> str:
    return the_viewer().session.token + ":what-if"


def opened(desk: Desk, pathname: str, search: str, screen: Mapping[str, bool] | None = None) -> View:
    """The view of the page, for whoever may use it."""
    need("planner")
    known = screen or {}
    return open_view(asked_address(desk, pathname, search), bool(known.get("dark")), bool(known.get("narrow")))


def asked_of(view: View, values: list[Any], ids: list[dict[str, str]]) -> Question:
    """What the page's controls ask."""
    by_key = {id["key"]: value for id, value in zip(ids, values, strict=True)}
    if "metric" not in by_key:
        raise PreventUpdate  # the controls of another page
    day = view.address.get("day")
    return question(by_key, date.fromisoformat(day) if day else date.today())


def register(app: Dash, desk: Desk) -> None:
    """The callbacks of the page."""
    _drawing(app, desk)
    _editing(app, desk)
    _files(app, desk)
    _background(app, desk)


def _drawing(app: Dash, desk: Desk) -> None:
    script: Any = app.clientside_callback
    script(
        ClientsideFunction("desk", "rates"),
        Output({"type": "rate-shown", "key": ALL}, "children"),
        Input(_CONTROL, "value"),
        State(_CONTROL, "id"),
        State({"type": "rate-shown", "key": ALL}, "id"),
        State({"type": "rate-shown", "key": ALL}, "title"),
    )

    # A rate under the hand asks /curve, for the curve alone; all else waits here until the hand rests.
    script(
        ClientsideFunction("desk", "settle"),
        Output("settled", "data"),
        Input(_CONTROL, "value"),
        State(_CONTROL, "id"),
        State("settled", "data"),
    )

    @app.callback(
        Output("curves", "figure"),
        Output("faults", "children"),
        Output("asked", "data"),
        Output("curves-said", "children"),
        Input("settled", "data"),
        Input("result", "data"),
        State(_CONTROL, "value"),
        State(_CONTROL, "id"),
        State("screen", "data"),
        *_PLACE,
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
        return made, None, asked.key, said_of(asked, metric, runs is not None, view.say)

    @app.callback(
        Output("ends", "children"),
        Input("asked", "data"),
        Input("result", "data"),
        State(_CONTROL, "value"),
        State(_CONTROL, "id"),
        *_PLACE,
        prevent_initial_call=True,
    )
    def ends(key: Any, result: Any, values: list[Any], ids: list[Any], pathname: str, search: str) -> Any:
        view = opened(desk, pathname, search)
        if not key:
            return no_update
        asked = asked_of(view, values, ids)
        found = runs_of(desk, view, result, asked)
        return outcomes(remembered(view, asked), found, view, asked.scenarios)


def runs_of(desk: Desk, view: View, result: Any, asked: Question) -> Mapping[str, Any] | None:
    """The runs, where those at hand answer this very question."""
    if not isinstance(result, dict) or result.get("key") != asked.key:
        return None
    job = desk.jobs.find(str(result.get("job")), _owner())
    if job is None or job.result is None:
        return None
    return protect("simulate", Evident(job.result, *evidence(view, asked)), view.audience)


def _editing(app: Dash, desk: Desk) -> None:
    @app.callback(
        Output(_S, "value"),
        Output(_AT, "value"),
        Input("new-scenario", "n_clicks"),
        Input("delete-scenario", "n_clicks"),
        Input("scenario-name", "n_blur"),
        Input("scenario-name", "n_submit"),
        Input("add-step", "n_clicks"),
        Input({"type": "remove", "at": ALL}, "n_clicks"),
        Input("scenario-upload", "contents"),
        Input("load-scenario", "value"),
        State(_S, "value"),
        State(_AT, "value"),
        State("scenario-name", "value"),
        State({"type": "step", "key": ALL}, "value"),
        State({"type": "step", "key": ALL}, "id"),
        State("saved", "data"),
        *_PLACE,
        prevent_initial_call=True,
    )
    def edit(*given: Any) -> Any:
        contents, loaded = given[6:8]
        text, at, name, fields, field_ids, saved, pathname, search = given[8:]
        view = opened(desk, pathname, search)
        every, now, who = decode(text or ""), int(at or 0), ctx.triggered_id
        if not ctx.triggered[0]["value"]:
            raise PreventUpdate  # buttons that have just come up
        if who == "new-scenario":
            now = _append(every, {"name": _fresh(every, view), "interventions": []}, view)
        elif who == "delete-scenario" and every:
            del every[min(now, len(every) - 1)]
            now = max(0, now - 1)
        elif who == "scenario-name" and every and name:
            every[now]["name"] = str(name)[:80]
        elif who == "add-step":
            if not every:
                now = _append(every, {"name": _fresh(every, view), "interventions": []}, view)
            values = {id["key"]: value for id, value in zip(field_ids, fields, strict=True)}
            changed = {**every[now], "interventions": [*every[now]["interventions"], step(values)]}
            parsed(changed)  # its mistakes are told before it counts
            every[now] = changed
        elif isinstance(who, dict) and who.get("type") == "remove":
            every[now]["interventions"] = [s for i, s in enumerate(every[now]["interventions"]) if i != who["at"]]
        elif who == "scenario-upload" and contents:
            now = _append(every, _from_file(str(contents)), view)
        elif who == "load-scenario" and loaded in (saved or {}):
            now = _append(every, dict(saved[loaded]), view)
        else:
            raise PreventUpdate
        return encode(every), str(now)

    @app.callback(
        Output(_AT, "data"),
        Output("scenario-name", "value"),
        Output("steps", "children"),
        Input(_S, "value"),
        Input(_AT, "value"),
        *_PLACE,
    )
    def show(text: str, at: str, pathname: str, search: str) -> Any:
        view = opened(desk, pathname, search)
        every, now = decode(text or ""), int(at or 0)
        names = [{"value": str(i), "label": str(each.get("name"))} for i, each in enumerate(every)]
        if not every:
            return [{"value": "0", "label": view.say("(还没有情景)", "(none yet)")}], "", []
        current = every[min(now, len(every) - 1)]
        return names, current.get("name"), [*_not_a_link(text, view), *steps_of(current, view)]

    @app.callback(Output({"type": "field", "key": ALL}, "style"), Input({"type": "step", "key": "do"}, "value"),
                  State({"type": "field", "key": ALL}, "id"))  # fmt: skip
    def fields(do: str, ids: list[Any]) -> list[Any]:
        form = BY_DO.get(str(do)) or BY_DO["add_backbones"]
        takes = {"do", "at", "every", "times", *form.needs, *form.may, *form.one_of}
        if form.do == "found":
            takes = (takes | {"parts"}) - {"components"}
        return [{} if id["key"] in takes else {"display": "none"} for id in ids]

    @app.callback(
        Output({"type": "step", "key": "enterprise"}, "data"), Input({"type": "step", "key": "block"}, "value"), *_PLACE
    )
    def enterprises(block: str | None, pathname: str, search: str) -> list[Any]:
        view = opened(desk, pathname, search)
        table = view.holding.network["enterprises"]
        rows = (
            table.filter(table["block"] == (block or "")).select("id", "name", "staff").sort("staff", descending=True)
        )
        return [
            {"value": r["id"], "label": f"{r['name'] or r['id']} ({cell(r['staff'])})"}
            for r in rows.head(500).to_dicts()
        ]


def _not_a_link(text: str, view: View) -> list[Any]:
    """Said of scenarios that are too long for an address."""
    if not only_here(text or ""):
        return []
    said = view.say(
        "这个情景太长,放不进链接:此页地址只在您这次登录中有效。要保存或转交,请下载情景文件。",
        "This is too long for a link: the address of this page works only for you, until your session ends. "
        "To keep it or hand it on, download the scenario file.",
    )
    return [html.Li(alert(said))]


def _append(every: list[Plain], one: Plain, view: View) -> int:
    if len(every) >= MOST:
        raise RequestError("too_many", f"至多 {MOST} 个情景", f"at most {MOST} scenarios")
    names = {str(each.get("name")) for each in every}
    if str(one.get("name")) in names:
        one = {**one, "name": _fresh(every, view, str(one["name"]))}
    every.append(one)
    return len(every) - 1


def _fresh(every: list[Plain], view: View, base: str = "") -> str:
    names, base = {str(each.get("name")) for each in every}, base or view.say("情景", "scenario")
    return next(name for number in range(1, 1000) if (name := f"{base} {number}") not in names)


def _from_file(contents: str) -> Plain:
    """A scenario file that was dropped on the page, read as the command reads it."""
    try:
        text = base64.b64decode(contents.partition(",")[2], validate=True)[:200_000].decode("utf-8-sig")
    except (binascii.Error, UnicodeDecodeError):
        raise RequestError("unreadable", "文件不是 UTF-8 文本", "the file is no UTF-8 text") from None
    return Scenario.parse(text).to_plain()


def _files(app: Dash, desk: Desk) -> None:
    @app.callback(
        Output("scenario-file", "data"),
        Input("download-scenario", "n_clicks"),
        State(_S, "value"),
        State(_AT, "value"),
        State(_CONTROL, "value"),
        State(_CONTROL, "id"),
        *_PLACE,
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
        command = f"tiaokuai simulate DATA --scenario FILE --start {asked.start} --months {asked.months}"
        head = f"# {provenance_text(view, for_file=True)}\n# {command}\n"
        desk.log.write(the_viewer().user, "download scenario", view.audience, view.holding.network.fingerprint)
        return {"content": head + made.to_yaml(), "filename": "scenario.yaml", "type": "text/yaml"}

    @app.callback(
        Output("saved", "data"),
        Input("save-scenario", "n_clicks"),
        State("saved", "data"),
        State(_S, "value"),
        State(_AT, "value"),
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
        Output({"type": "control", "key": ALL}, "value", allow_duplicate=True),
        Input("reset-rates", "n_clicks"),
        State(_CONTROL, "id"),
        prevent_initial_call=True,
    )
    def reset(clicks: Any, ids: list[Any]) -> list[Any]:
        standard = {f"r.{rate.name}": shown(rate.default, rate.unit) for rate in TABLE}
        return [standard.get(id["key"], no_update) for id in ids]


def _background(app: Dash, desk: Desk) -> None:
    script: Any = app.clientside_callback
    script(ClientsideFunction("desk", "rest"), Output("follow", "id"), Input("asked", "data"))

    @app.callback(
        Output("job", "data"),
        Output("poll", "disabled"),
        Input("follow", "data"),
        Input("run", "n_clicks"),
        State(_CONTROL, "value"),
        State(_CONTROL, "id"),
        State("result", "data"),
        *_PLACE,
        prevent_initial_call=True,
    )
    def start(
        follow: Any, clicks: Any, values: list[Any], ids: list[Any], result: Any, pathname: str, search: str
    ) -> Any:
        view = opened(desk, pathname, search)
        asked = asked_of(view, values, ids)
        if ctx.triggered_id == "follow":
            size = view.holding.network["enterprises"].height * asked.months * (len(asked.scenarios) + 1) * RUNS
            done = isinstance(result, dict) and result.get("key") == asked.key
            if not follow or follow != asked.key or size > BY_ITSELF or done:
                raise PreventUpdate
        job = desk.jobs.start(_owner(), task(view, asked))
        return {"job": job.id, "key": asked.key}, False

    @app.callback(
        Output("progress", "value"),
        Output("progress-text", "children"),
        Output("cancel", "disabled"),
        Output("poll", "disabled", allow_duplicate=True),
        Output("result", "data"),
        Input("poll", "n_intervals"),
        State("job", "data"),
        *_PLACE,
        prevent_initial_call=True,
    )
    def poll(ticks: Any, mine: Any, pathname: str, search: str) -> Any:
        view = opened(desk, pathname, search)
        t = view.say
        job = desk.jobs.find(str((mine or {}).get("job")), _owner())
        if job is None:
            return 0, "", True, True, no_update
        share = 100 * job.done / max(job.total, 1)
        if job.state in ("waiting", "running"):
            words = t(f"模拟 {job.done:.0f}/{job.total:.0f} 次", f"{job.done:.0f} of {job.total:.0f} runs")
            return share, words, False, False, no_update
        if job.state == "done":
            return 100, t(f"{job.total:.0f} 次模拟完成", f"{job.total:.0f} runs done"), True, True, dict(mine)
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
        job = desk.jobs.find(str((mine or {}).get("job")), _owner())
        if job is not None:
            desk.jobs.cancel(job)
        return True
