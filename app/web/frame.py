"""What every page shares: its parts, its figures, and the line that says where its numbers come from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from tiaokuai.graph.errors import RequestError, TiaokuaiError
from tiaokuai.viz.stamp import assumed
from tiaokuai.web.address import Address
from tiaokuai.web.data_set import DataSet
from tiaokuai.web.desk import the_desk, the_viewer
from tiaokuai.web.gate import RANK, Viewer
from tiaokuai.web.holding import Holding
from tiaokuai.web.words import Words, cell

GRAPH: Any = {
    "displaylogo": False,
    "displayModeBar": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "responsive": True,
}
LABEL = 60  # characters of a picture's words in the name of a button
# Colours of the pictures on paper, and the same in the dark.
NIGHT = {
    "#1b2733": "#e8ebee",
    "#55616e": "#a9b4bf",
    "#dfe4e9": "#3b4249",
    "#eef2f5": "#2b3036",
    "#f4f5f6": "#2b3036",
    "#08519c": "#2f78bf",
    "#b04f06": "#f0975a",
    "#f2f7fc": "#22303c",
    "#f5fafe": "#22303c",
    "#fafbfc": "#2b3036",
    "#fdf3ea": "#3a2a1e",
    "#fdf9e4": "#35311d",
    "#dbe1e7": "#3b4249",
    "#6b3f8f": "#b999e0",
    "#1f7a5c": "#62c9a3",
    "#9c1f4d": "#f08db0",
}
# And back, for paper: where several are one in the dark, the first of them.
DAY = {night: day for day, night in reversed(NIGHT.items())} | {"#6db3ea": "#08519c"}
_FONTS, _SPAN = ("font", "tickfont", "textfont"), re.compile(r"color:(#[0-9a-f]{6})")
_GROUNDS = ("paper_bgcolor", "plot_bgcolor")


@dataclass(frozen=True)
class View:
    """One view being drawn: its address, data, audience (as whom one looks), day and screen."""

    address: Address
    data: DataSet
    audience: str
    day: date
    prefix: str
    dark: bool = False
    narrow: bool = False

    @property
    def holding(self) -> Holding:
        """What the audience reads of the data set."""
        return self.data.for_audience(self.audience)

    def may(self, audience: str) -> bool:
        """Whether the audience of the view may know what ``audience`` may know."""
        return RANK.index(self.audience) >= RANK.index(audience)

    @property
    def say(self) -> Words:
        """Texts in the language of the view."""
        return self.address.say

    def href(self, page: str | None = None, **changes: str | None) -> str:
        """The address of another view of the same data, language and day."""
        return self.address.with_(page, keep=("data", "day"), **changes).href(self.prefix)


def open_view(address: Address, dark: bool = False, narrow: bool = False) -> View:
    """The view of an address for whoever asks; RequestError where its data are not here."""
    desk, viewer = the_desk(), the_viewer()
    data = desk.data_set(address, viewer)
    if data is None:
        zh, en = (
            "这份数据不在此处（上传的数据只在当次会话中保留）",
            "these data are not here (uploads last for one session)",
        )
        raise RequestError("no_such_data", zh, en)
    audience = audience_of(address, viewer, data)
    text = address.get("day")
    day = _day(text) if text else data.today
    return View(address, data, audience, day, desk.settings.prefix, dark, narrow)


def audience_of(address: Address, viewer: Viewer, data: DataSet) -> str:
    """As whom the view is read: as the address says, and never as more than the role or the data may know."""
    asked = address.get("as")
    wanted = (viewer.role, data.audiences[0], asked if asked in RANK else viewer.role)
    return min(wanted, key=RANK.index)


def _day(text: str) -> date:
    from tiaokuai.graph.values import BadValue, parse_day

    try:
        return parse_day(text)
    except BadValue as bad:
        zh, en = "请写成 2026-06-30 这样", "write it as 2026-06-30"
        if bad.code == "out_of_range":
            low, high = bad.about["low"], bad.about["high"]
            zh, en = f"可用的从 {low} 到 {high}", f"dates go from {low} to {high}"
        zh, en = f"“{text[:40]}”不是可用的日期；{zh}", f"{text[:40]!r} is not a date that can be used; {en}"
        raise RequestError("bad_date", zh, en) from None


def need(audience: str) -> None:
    """Refuses a viewer who may not know what ``audience`` may know."""
    if not the_viewer().may(audience):
        raise RequestError("not_for_you", "您的角色不能使用此页", "your role cannot use this page")


def control(key: str) -> dict[str, str]:
    """The id of a control whose value is in the address."""
    return {"type": "control", "key": key}


def card(title: str, *children: Any, id: str | None = None, note: str = "") -> Any:
    """A part of a page with a heading."""
    head = [html.H2(title)] + ([html.P(note, className="note")] if note else [])
    more: dict[str, Any] = {"id": id} if id else {}
    return html.Section([*head, *children], className="card", **more)


def headline(label: str, value: str, note: str = "", tone: str = "") -> Any:
    """One large figure."""
    return html.Div(
        [
            html.Div(label, className="label"),
            html.Div(value, className="value"),
            html.Div(note, className=f"more {tone}"),
        ],
        className="card headline",
    )


def figure(spec: Mapping[str, Any], view: View, id: Any, label: str) -> Any:
    """A Plotly figure, fit for the light or the dark page; ``label`` is the figure in words."""
    graph = dcc.Graph(id=id, figure=fit(spec, view.dark), config=GRAPH, className="graph")
    return html.Figure([graph, html.Figcaption(label, className="unseen"), to_take(view, label, id)])


def to_take(view: View, label: str, id: Any) -> Any:
    """Buttons that make a file of the picture beside them, stamped as a print is (assets/picture.js)."""
    name = id if isinstance(id, str) else "-".join(str(part) for part in id.values())
    file = f"{name}-{view.day}-{view.audience}-{view.holding.network.fingerprint}"
    whole = label if len(label) <= LABEL else label[:LABEL] + "…"

    def button(kind: str, zh: str, en: str) -> Any:
        data: dict[str, Any] = {
            "data-picture": kind,
            "data-file": file,
            "aria-label": f"{view.say(zh, en)}: {whole}",
        }
        return html.Button(kind.upper(), className="take", type="button", **data)

    return html.Div(
        [
            button("svg", "存为 SVG", "save as SVG"),
            button("png", "存为 PNG", "save as PNG"),
        ],
        className="takes no-print",
    )


def picture(made: Any, view: View, id: str) -> Any:
    """A picture of :mod:`tiaokuai.viz` with its title, how to read it, and its footnotes as text of the page."""
    spec = made.narrow if view.narrow else made.wide
    foot = [html.P(note, className="note") for note in made.notes]
    how = [html.P(made.subtitle, className="note")] if made.subtitle else []
    return html.Div([*how, figure(spec, view, id, made.alt), *foot])


def fit(spec: Any, dark: bool) -> Any:
    """The figure with the colours of the page: no ground of its own, and pale ink in the dark."""
    if isinstance(spec, Mapping):
        return {
            key: "rgba(0,0,0,0)" if key in _GROUNDS else _night_ground(key, item, dark) for key, item in spec.items()
        }
    if isinstance(spec, list | tuple):
        return [fit(item, dark) for item in spec]
    if dark and isinstance(spec, str):
        return NIGHT.get(spec) or _SPAN.sub(lambda found: f"color:{_text_by_night(found[1])}", spec)
    return spec


def _night_ground(key: str, item: Any, dark: bool) -> Any:
    if dark and key == "bgcolor" and item == "#ffffff":
        return "#25282c"
    if dark and key in _FONTS and isinstance(item, Mapping) and isinstance(item.get("color"), str):
        return fit(item, dark) | {"color": _text_by_night(item["color"])}
    return fit(item, dark)


def _text_by_night(colour: str) -> str:
    """What can be read as a text or a small mark, where a bar may be darker."""
    return "#6db3ea" if colour == "#08519c" else NIGHT.get(colour, colour)


def provenance_text(view: View, for_file: bool = False) -> str:
    """Date, assumptions, audience and hash of the data, in one line: on every page, print and download.

    Of a release it says in a sentence how it was made. A file has the assumptions as ``--set`` takes them, a page has
    them in words.
    """
    t, values = view.say, view.holding.assumptions.to_json()
    plain = ", ".join(f"{key}={'/'.join(value) if isinstance(value, list) else value}" for key, value in values.items())
    settings = plain if for_file else assumed(values, view.address.lang)
    who = {"steward": t("管理者", "steward"), "planner": t("规划者", "planner"), "public": t("公众", "public")}
    data, reader = view.holding.network.fingerprint, who[view.audience]
    said = t(
        f"截至 {view.day} · 数据 {data} · 对象：{reader} · 假设：{settings}",
        f"as of {view.day} · data {data} · for: {reader} · assumptions: {settings}",
    )
    return " · ".join([said, *release_note(view)])


def release_note(view: View) -> list[str]:
    """What a release says of itself, in a sentence; nothing of the data."""
    made = view.holding.network.released
    return [] if made is None else [made.sentence(view.address.lang)]


def provenance(view: View) -> Any:
    """The line of :func:`provenance_text`."""
    return html.Footer(html.P(provenance_text(view), className="provenance"))


def small_table(columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[Any]], caption: str = "") -> Any:
    """A table of a few rows; ``columns`` are (heading, whether it holds numbers)."""
    # An empty heading is no heading to those who hear the table.
    cells = [html.Th(text, className="number" if number else "") if text else html.Td() for text, number in columns]
    head = [html.Thead(html.Tr(cells))] if any(text for text, _ in columns) else []
    body = [
        html.Tr(
            [
                html.Td(
                    item if not isinstance(item, int | float) and item is not None else cell(item),
                    className="number" if columns[at][1] else "",
                )
                for at, item in enumerate(row)
            ]
        )
        for row in rows
    ]
    made = html.Table([*([html.Caption(caption)] if caption else []), *head, html.Tbody(body)])
    return html.Div(made, className="scroll", tabIndex=0)


def sorry(zh: str, en: str, address: Address, prefix: str) -> list[Any]:
    """What stands where a page cannot be shown: why, and the way back."""
    t = address.say
    back = address.with_("where", keep=()).href(prefix)
    return [
        html.H1(t("无法显示", "This cannot be shown")),
        alert(t(zh, en[:1].upper() + en[1:])),
        html.P(html.A(t("← 回到现状", "← back to where we stand"), href=back)),
    ]


def explained(error: TiaokuaiError, t: Words) -> str:
    """An error in the words of the page."""
    return t(error.message("zh"), error.message("en"))


def alert(text: Any, title: str = "", colour: str = "orange") -> Any:
    """Something to know."""
    return dmc.Alert(text, title=title or None, color=colour, variant="light")
