"""What the page What if asks, read from its controls, and the runs at hand that answer it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dash import ALL, State
from dash.exceptions import PreventUpdate

from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.program import METRICS
from tiaokuai.web.desk import Desk, the_viewer
from tiaokuai.web.frame import View, need, open_view
from tiaokuai.web.request import asked_address
from tiaokuai.web.scenarios import decode
from tiaokuai.web.trying import Question, default_start, question

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


@dataclass(frozen=True)
class Linked:
    """What a link says of the page, as far as it can be used, and sentences on what cannot."""

    start: str
    metric: str
    s: str
    at: str
    faults: tuple[str, ...]


def linked(view: View) -> Linked:
    """The address of the page, with what goes without saying in place of what cannot be read."""
    address, t, faults = view.address, view.say, list[str]()
    start, metric, s, at = (
        address.get(key, otherwise)
        for key, otherwise in (("start", default_start(view.day)), ("metric", METRICS[0]), ("s", ""), ("at", "0"))
    )
    try:
        question({"start": start}, view.day)
    except RequestError as error:
        faults.append(error.message(address.lang))
        start = default_start(view.day)
    if metric not in METRICS:
        faults.append(t(f"没有“{metric[:20]}”这项数字", f"there is no figure {metric[:20]!r}"))
        metric = METRICS[0]
    try:
        count = len(decode(s))
    except RequestError as error:
        faults.append(error.message(address.lang))
        s, count = "", 0
    at = at if at.isdecimal() and int(at) < count else "0"
    return Linked(start, metric, s, at, tuple(faults))


def asked_of(view: View, values: list[Any], ids: list[dict[str, str]]) -> Question:
    """What the page's controls ask."""
    by_key = {id["key"]: value for id, value in zip(ids, values, strict=True)}
    if "metric" not in by_key:
        raise PreventUpdate  # the controls of another page
    return question(by_key, view.day)


def runs_of(desk: Desk, view: View, result: Any, asked: Question) -> Mapping[str, Any] | None:
    """The runs, where those at hand answer this very question."""
    if not isinstance(result, dict) or result.get("key") != asked.key:
        return None
    job = desk.jobs.find(str(result.get("job")), owner())
    return None if job is None else job.result
