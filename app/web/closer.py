"""A closer look at where we stand: one more question at a time, each the document of its command."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, html

from tiaokuai.web.closer_answers import looked, usual
from tiaokuai.web.desk import Desk
from tiaokuai.web.frame import View, card, open_view
from tiaokuai.web.request import asked_address

LOOKS = {
    "gaps": ("缺口", "What is missing"),
    "groups": ("按片区、行业、所有制", "By district, sector, ownership"),
    "lineage": ("谱系", "Who copied whom"),
    "template": ("模式", "The template"),
    "influence": ("影响力", "Influence"),
    "fragility": ("脆弱度", "Fragility"),
    "history": ("历程", "The way so far"),
    "compare": ("两日比较", "Two days"),
}
FIRST = "gaps"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def closer(view: View, stops: Sequence[str]) -> Any:
    """The card; what it shows comes after the page."""
    t, look = view.say, chosen(view)
    looks = dmc.Select(
        id={"type": "control", "key": "look"},
        value=look,
        data=[{"value": key, "label": t(*words)} for key, words in LOOKS.items()],
        allowDeselect=False,
        label=t("看什么", "Question"),
        w=220,
    )
    asked, day = view.address.get("since"), view.day.isoformat()
    known = [stop for stop in stops if stop <= day]
    if _DAY.fullmatch(asked) and asked <= day and asked not in known:
        known = sorted([*known, asked])  # one on which nothing changed can be asked for by a link
    since = dmc.Select(
        id={"type": "control", "key": "since"},
        value=asked if asked in known else None,
        data=known[::-1],
        placeholder=usual(view, [stop for stop in stops if stop <= day]),
        clearable=True,
        searchable=True,
        label=t("从哪一天起", "Since"),
        w=160,
    )
    return card(
        t("细看", "A closer look"),
        html.Div([looks, html.Div(since, id="since-field", style=_only_compare(look))], className="row choices"),
        html.Div(id="closer", className="closer"),
    )


def chosen(view: View) -> str:
    """The question of the address; the first where it names none."""
    asked = view.address.get("look")
    return asked if asked in LOOKS else FIRST


def _only_compare(look: str) -> dict[str, str]:
    return {} if look == "compare" else {"display": "none"}


def register(app: Dash, desk: Desk) -> None:
    """The answer, once the page is there and whenever another question is chosen."""

    @app.callback(
        Output("closer", "children"),
        Output("since-field", "style"),
        Input({"type": "control", "key": "look"}, "value"),
        Input({"type": "control", "key": "since"}, "value"),
        State("screen", "data"),
        State("url", "pathname"),
        State("url", "search"),
    )
    def answer(look: Any, since: Any, screen: Any, pathname: str, search: str) -> Any:
        known = screen if isinstance(screen, dict) else {}
        address = asked_address(desk, pathname, search)
        view = open_view(address, bool(known.get("dark")), bool(known.get("narrow")))
        asked = str(look) if look in LOOKS else chosen(view)
        return looked(view, asked, str(since) if since else None), _only_compare(asked)
