"""The frame around all pages, and the one callback that turns an address into a page."""

from __future__ import annotations

import json
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update

from tiaokuai.graph.errors import TiaokuaiError
from tiaokuai.web import page_block, page_data, page_next, page_sure, page_what_if, page_where
from tiaokuai.web.address import Address, language, read_address
from tiaokuai.web.desk import Desk, the_viewer
from tiaokuai.web.frame import DAY, View, audience_of, open_view, sorry
from tiaokuai.web.gate import RANK
from tiaokuai.web.words import Words

PAGES = {
    "where": page_where,
    "block": page_block,
    "what-if": page_what_if,
    "what-next": page_next,
    "sure": page_sure,
    "data": page_data,
}
NAVIGATION = (
    ("where", "现状", "Where we stand", "public"),
    ("what-if", "如果……", "What if", "planner"),
    ("what-next", "下一步", "What next", "planner"),
    ("sure", "有多可靠", "How sure", "planner"),
    ("data", "数据", "Data", "planner"),
)
_READERS = {"steward": ("管理者", "steward"), "planner": ("规划者", "planner"), "public": ("公众", "public")}
_NO_PAGE = ("没有这一页", "There is no such page")
_NAVBAR = {"width": 180, "breakpoint": "sm", "collapsed": {"mobile": True}}
_FONT = 'system-ui, "Segoe UI", Roboto, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'


def layout() -> Any:
    """What the browser gets first: the empty frame; nothing of the data is in it."""
    inks: dict[str, Any] = {"data-inks": json.dumps(DAY)}
    return dmc.MantineProvider(
        id="theme",
        forceColorScheme="light",
        theme={"fontFamily": _FONT, "primaryColor": "blue", "primaryShade": 8, "headings": {"fontFamily": _FONT}},
        children=[
            dcc.Location(id="url", refresh="callback-nav"),
            html.A("→", href="#content", id="skip", className="skip"),
            html.Div(id="inks", hidden=True, **inks),
            dcc.Store(id="pushed"),
            dcc.Store(id="rules"),
            dcc.Store(id="screen"),
            dcc.Store(id="title"),
            dcc.Store(id="scheme", storage_type="local"),
            dmc.NotificationContainer(id="notices", position="top-center"),
            dmc.AppShell(
                id="shell",
                header={"height": 54},
                navbar=_NAVBAR,
                padding="md",
                children=[
                    dmc.AppShellHeader(
                        html.Div(
                            [
                                dmc.Burger(
                                    id="burger", hiddenFrom="sm", size="sm", opened=False, **{"aria-label": "☰"}
                                ),
                                html.Div(id="brand", className="brand"),
                                html.Div(id="tools", className="tools"),
                                dmc.ActionIcon("◐", id="theme-switch", variant="default", **{"aria-label": "◐"}),
                            ],
                            className="top",
                        )
                    ),
                    dmc.AppShellNavbar(html.Div(id="navigation"), p="xs"),
                    dmc.AppShellMain([html.Div(id="view-as"), html.Div(id="controls"), _loading()]),
                ],
            ),
        ],
    )


def _loading() -> Any:
    """The page's place; the dots stand for a page that is being made, not for its parts."""
    place = html.Div(id="content", tabIndex=-1)
    parts: Any = {"content": "children"}
    return dcc.Loading(place, type="dot", delay_show=400, target_components=parts)


def register(app: Dash, desk: Desk) -> None:
    """The callbacks of the frame."""
    prefix = desk.settings.prefix
    _clientside(app)

    @app.callback(
        Output("brand", "children"),
        Output("tools", "children"),
        Output("navigation", "children"),
        Output("view-as", "children"),
        Output("controls", "children"),
        Output("content", "children"),
        Output("rules", "data"),
        Output("title", "data"),
        Output("pushed", "data", allow_duplicate=True),
        Input("url", "pathname"),
        Input("url", "search"),
        Input("screen", "data"),
        State("pushed", "data"),
        prevent_initial_call="initial_duplicate",
    )
    def route(pathname: str, search: str, screen: dict[str, bool] | None, pushed: Any) -> tuple[Any, ...]:
        if screen is None:
            return (no_update,) * 9
        from flask import request

        from tiaokuai.web.words import preferred

        lang = language(search, preferred(request, desk.settings.lang))
        address = read_address(pathname, search, prefix, lang)
        own = isinstance(pushed, dict) and pushed.get("search") == search and ctx.triggered_id == "url"
        if own and "day" not in pushed.get("keys", ()):
            return (no_update,) * 8 + (None,)  # all but the day is followed by callbacks of the page's own
        if address is None:
            shown = Address(lang=lang)
            return *_frame(desk, shown), [], sorry(*_NO_PAGE, shown, prefix), None, _title(shown), None
        content, controls, rules = _draw(desk, address, screen)
        if own:
            return (no_update,) * 5 + (content, no_update, no_update, None)
        # Never None, at which Dash would go on asking for the controls of the page before.
        return (*_frame(desk, address), controls or [], content, rules, _title(address), None)


def _draw(desk: Desk, address: Address, screen: dict[str, bool]) -> tuple[Any, Any, Any]:
    """(content, controls, rules) of an address; a page that cannot be is a sentence."""
    viewer, prefix = the_viewer(), desk.settings.prefix
    try:
        view = open_view(address, bool(screen.get("dark")), bool(screen.get("narrow")))
        module: Any = PAGES[address.page]
        if not viewer.may(module.AUDIENCE):
            return sorry("您的角色不能使用此页", "Your role cannot use this page", address, prefix), None, None
        if not view.may(module.AUDIENCE):
            return sorry("公众没有此页", "The public does not have this page", address, prefix), None, None
        desk.log.write(viewer.user, address.page, view.audience, view.holding.network.fingerprint)
        return module.content(view), *_controls(module, view)
    except TiaokuaiError as error:
        return sorry(error.message("zh"), error.message("en"), address, prefix), None, None


def _controls(module: Any, view: View) -> tuple[Any, Any]:
    controls, rules = module.controls(view)
    return controls, rules


def _frame(desk: Desk, address: Address) -> tuple[Any, Any, Any, Any]:
    viewer, t, prefix = the_viewer(), address.say, desk.settings.prefix
    data = desk.data_set(address, viewer) or desk.main
    reader = audience_of(address, viewer, data)
    readers = [each for each in data.audiences if viewer.may(each)] if viewer.role == "steward" else []
    name = {"": desk.main.name, "example": t("虚构示例", "made-up example")}.get(
        address.get("data"), t("上传的数据", "uploaded data")
    )
    brand = [html.Strong(t("条块", "tiaokuai")), html.Span(f" · {name}", className="dataset")]
    tools = [
        *_view_as(readers, reader, t, "top"),
        dmc.SegmentedControl(
            id={"type": "lang", "at": "top"},
            value=address.lang,
            size="xs",
            data=[{"value": "zh", "label": "中文"}, {"value": "en", "label": "English"}],
        ),
    ]
    if viewer.user is not None:
        tools += [
            html.Span(viewer.user, className="who"),
            dmc.Button(t("退出", "log out"), id="log-out", variant="subtle", size="compact-sm"),
        ]
    links = [
        dmc.NavLink(
            label=t(zh, en),
            href=address.with_(page, keep=("data", "day")).href(prefix),
            active=(page == address.page or (page == "where" and address.page == "block")) or False,
            id={"type": "nav", "page": page},
        )
        for page, zh, en, audience in NAVIGATION
        if RANK.index(reader) >= RANK.index(audience)
    ]
    return brand, tools, links, _view_as(readers, reader, t, "page")


def _view_as(readers: list[str], reader: str, t: Words, at: str) -> list[Any]:
    """The switch of whoever may know most: what others see; in the header, and on a phone above the page."""
    if len(readers) < 2:
        return []
    label = t("以何身份看", "View as")
    switch = dmc.SegmentedControl(
        id={"type": "as", "at": at},
        value=reader,
        size="xs",
        data=[{"value": each, "label": t(*_READERS[each])} for each in readers],
        **{"aria-label": label},
    )
    return [html.Div([html.Span(label), switch], className=f"view-as at-{at} no-print")]


def _title(address: Address) -> dict[str, Any]:
    t = address.say
    names = {page: t(zh, en) for page, zh, en, _ in NAVIGATION} | {"block": t("块", "Block")}
    return {
        "title": f"{names[address.page]} · {t('条块', 'tiaokuai')}",
        "lang": "zh-CN" if t.lang == "zh" else "en",
        "skip": t("跳到正文", "Skip to the text"),
        "named": {
            "theme-switch": t("深色或浅色", "dark or light"),
            "burger": t("菜单", "menu"),
            "navigation": t("页面", "pages"),
        },
    }


def _clientside(app: Dash) -> None:
    script: Any = app.clientside_callback

    def function(name: str) -> ClientsideFunction:
        return ClientsideFunction("desk", name)

    script(
        function("push"),
        Output("url", "search"),
        Output("pushed", "data"),
        Input({"type": "control", "key": ALL}, "value"),
        State({"type": "control", "key": ALL}, "id"),
        State("url", "search"),
        State("rules", "data"),
        prevent_initial_call=True,
    )
    script(
        function("lang"),
        Output("url", "search", allow_duplicate=True),
        Input({"type": "lang", "at": ALL}, "value"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    script(
        function("as"),
        Output("url", "search", allow_duplicate=True),
        Input({"type": "as", "at": ALL}, "value"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    script(
        function("screen"),
        Output("screen", "data"),
        Output("theme", "forceColorScheme"),
        Input("scheme", "data"),
    )
    script(
        function("theme"),
        Output("scheme", "data"),
        Input("theme-switch", "n_clicks"),
        State("theme", "forceColorScheme"),
        prevent_initial_call=True,
    )
    script(function("burger"), Output("shell", "navbar"), Input("burger", "opened"), State("shell", "navbar"))
    script(function("close"), Output("burger", "opened"), Input("url", "pathname"), prevent_initial_call=True)
    script(function("name"), Output("title", "id"), Input("title", "data"))
