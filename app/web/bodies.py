"""What is posted is what our own pages post; any other body is refused, without a fault in the log."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from dash.exceptions import CallbackException
from flask import Flask, Response, request

from tiaokuai.web.gate import refuse

CALLBACK, QUICK = "_dash-update-component", "curve"


def guard_bodies(server: Flask, prefix: str, callbacks: Container[str]) -> None:
    """Behind the gate, before the callbacks, which trust that a body is theirs."""

    @server.before_request
    def check_body() -> Response | None:
        inner = request.path.removeprefix(prefix)
        if request.method != "POST" or inner not in (CALLBACK, QUICK):
            return None
        body = _body()
        good = isinstance(body, dict) and (inner == QUICK or _is_callback(body, callbacks))
        return None if good else refuse(400, "bad_request")

    @server.errorhandler(CallbackException)
    def refuse_mismatch(fault: CallbackException) -> Response:
        return refuse(400, "bad_request")  # inputs that are not the callback's


def _body() -> Any:
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _is_callback(body: dict[str, Any], callbacks: Container[str]) -> bool:
    output, outputs = body.get("output"), body.get("outputs")
    known = isinstance(output, str) and output in callbacks
    changed, fields = body.get("changedPropIds", []), (body.get("inputs", []), body.get("state", []))
    named = isinstance(changed, list) and all(isinstance(each, str) for each in changed)
    return known and named and isinstance(outputs, dict | list) and all(_are_fields(each) for each in fields)


def _are_fields(fields: Any) -> bool:
    """Whether these are values by id and property, or lists of them where a pattern stands for many."""
    if not isinstance(fields, list):
        return False
    every = [one for each in fields for one in (each if isinstance(each, list) else [each])]
    return all(isinstance(one, dict) and {"id", "property"} <= one.keys() for one in every)
