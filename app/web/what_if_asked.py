"""What the page What if asks, read from its controls, and the runs at hand that answer it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ALL, State
from dash.exceptions import PreventUpdate

from tiaokuai.metrics.evidence import Evident
from tiaokuai.metrics.protection import protect
from tiaokuai.web.desk import Desk, the_viewer
from tiaokuai.web.frame import View, need, open_view
from tiaokuai.web.request import asked_address
from tiaokuai.web.trying import Question, evidence, question

CONTROL = {"type": "control", "key": ALL}
S, AT = {"type": "control", "key": "s"}, {"type": "control", "key": "at"}
PLACE = (State("url", "pathname"), State("url", "search"))


def owner() -> str:
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
    return question(by_key, view.asked)


def runs_of(desk: Desk, view: View, result: Any, asked: Question) -> Mapping[str, Any] | None:
    """The runs, where those at hand answer this very question."""
    if not isinstance(result, dict) or result.get("key") != asked.key:
        return None
    job = desk.jobs.find(str(result.get("job")), owner())
    if job is None or job.result is None:
        return None
    return protect("simulate", Evident(job.result, *evidence(view, asked)), view.audience)
