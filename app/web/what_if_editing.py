"""Scenarios of What if, built by clicks."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, html
from dash.exceptions import PreventUpdate

from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.intervention import BY_DO
from tiaokuai.planning.scenario import Scenario
from tiaokuai.web.desk import Desk
from tiaokuai.web.frame import View, alert
from tiaokuai.web.outcomes import steps_of
from tiaokuai.web.scenarios import FILE, MOST, Plain, decode, encode, only_here, parsed, step
from tiaokuai.web.what_if_asked import AT, PLACE, S, opened
from tiaokuai.web.words import cell


def register(app: Dash, desk: Desk) -> None:
    """A scenario begun, named, added to, taken from, read from a file."""

    @app.callback(
        Output(S, "value"),
        Output(AT, "value"),
        Input("new-scenario", "n_clicks"),
        Input("delete-scenario", "n_clicks"),
        Input("scenario-name", "n_blur"),
        Input("scenario-name", "n_submit"),
        Input("add-step", "n_clicks"),
        Input({"type": "remove", "at": ALL}, "n_clicks"),
        Input("scenario-upload", "contents"),
        Input("load-scenario", "value"),
        State(S, "value"),
        State(AT, "value"),
        State("scenario-name", "value"),
        State({"type": "step", "key": ALL}, "value"),
        State({"type": "step", "key": ALL}, "id"),
        State("saved", "data"),
        *PLACE,
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
            now = _append(every, from_file(str(contents)), view)
        elif who == "load-scenario" and loaded in (saved or {}):
            now = _append(every, dict(saved[loaded]), view)
        else:
            raise PreventUpdate
        return encode(every), str(now)

    @app.callback(
        Output(AT, "data"),
        Output("scenario-name", "value"),
        Output("steps", "children"),
        Input(S, "value"),
        Input(AT, "value"),
        *PLACE,
    )
    def show(text: str, at: str, pathname: str, search: str) -> Any:
        view = opened(desk, pathname, search)
        every, now = decode(text or ""), int(at or 0)
        names = [{"value": str(i), "label": str(each.get("name"))} for i, each in enumerate(every)]
        if not every:
            return [{"value": "0", "label": view.say("（还没有情景）", "(none yet)")}], "", []
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
        Output({"type": "step", "key": "enterprise"}, "data"), Input({"type": "step", "key": "block"}, "value"), *PLACE
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
        "这个情景太长，放不进链接：此页地址只在您这次登录中有效。要保存或转交，请下载情景文件。",
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


def from_file(contents: str) -> Plain:
    """A scenario file that was dropped on the page, read as the command reads it: whole, or not at all."""
    try:
        raw = base64.b64decode(contents.partition(",")[2], validate=True)
        if len(raw) > FILE:
            zh, en = f"文件超过 {FILE:,} 字节，未读入", f"the file has more than {FILE:,} bytes and was not read"
            raise RequestError("too_long", zh, en)
        text = raw.decode("utf-8-sig")
    except (binascii.Error, UnicodeDecodeError):
        raise RequestError("unreadable", "文件不是 UTF-8 文本", "the file is no UTF-8 text") from None
    return Scenario.parse(text).to_plain()
