"""Data: what is loaded, reading it again, trying other files, every problem at its row, the example district."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update

from tiaokuai.graph import Network
from tiaokuai.graph.errors import TiaokuaiError
from tiaokuai.graph.naming import table_name
from tiaokuai.graph.records import TABLES
from tiaokuai.web.apart import Unreadable
from tiaokuai.web.data_problems import problems_card
from tiaokuai.web.data_set import DataSet
from tiaokuai.web.desk import Desk, the_desk, the_viewer
from tiaokuai.web.frame import View, alert, card, explained, need, open_view, provenance, release_note, small_table
from tiaokuai.web.log_card import log_card
from tiaokuai.web.request import asked_address
from tiaokuai.web.safekeeping import register as register_keeping
from tiaokuai.web.safekeeping import stewards
from tiaokuai.web.take import register as register_take
from tiaokuai.web.take import take_card
from tiaokuai.web.words import cell

AUDIENCE = "planner"
MOST_UPLOADS = 3  # of a session, in memory
FAULTS = {
    "bad_name": (
        "文件名应为表名，如 blocks.csv、members.parquet，或单个 .xlsx 工作簿",
        "files are named as the tables, such as blocks.csv or members.parquet; or give one .xlsx workbook",
    ),
    "too_many": ("至多 12 个文件", "at most 12 files"),
    "too_long": (
        "文件太大或无法在限定的时间与内存内读完",
        "the files could not be read within the limits of time and memory",
    ),
    "busy": (
        "正在读取别的上传，请稍后再试",
        "other uploads are being read; try again in a minute",
    ),
    "unreadable": ("上传内容不完整，请重试", "the upload is not whole; try again"),
    "failed": ("文件读不出来", "the files could not be read"),
    "too_large": ("文件太大", "the files are too large"),
}


def controls(view: View) -> tuple[Any, Any]:
    """Nothing above this page."""
    return None, {}


def content(view: View) -> Any:
    """What is loaded, other data, and for the steward who looked at what."""
    t = view.say
    parts = [
        html.H1(t("数据", "Data")),
        html.Div([_loaded(view), _others(view)], className="pair"),
        html.Div(id="problems"),
        html.Div([take_card(view), *stewards(view)], className="pair"),
    ]
    if view.audience == "steward" and the_desk().log.path is not None:
        parts.append(log_card(view))
    return [*parts, provenance(view)]


def _loaded(view: View) -> Any:
    t, network = view.say, view.holding.network
    rows = [[table_name(name, t.lang), cell(network[name].height)] for name in TABLES if network[name].height]
    return card(
        t("当前数据", "These data"),
        html.P(f"{view.data.name} · {network.fingerprint}"),
        small_table([(t("表", "table"), False), (t("行", "rows"), True)], rows),
        *([html.P(said, className="note") for said in release_note(view)]),
        *(_read_again(view) if view.audience == "steward" else ()),
    )


def _read_again(view: View) -> list[Any]:
    """For the steward: what is wrong with the files names rows and persons."""
    mine = view.data is the_desk().main and view.data.source
    again = dmc.Button(view.say("重新读取", "read again"), id="read-again", disabled=not mine, variant="default")
    return [html.Div([again, html.Span(id="read-again-said", role="status")], className="buttons")]


def _others(view: View) -> Any:
    t, settings = view.say, the_desk().settings
    upload = dcc.Upload(
        html.Div(
            [
                html.Strong(t("把文件拖到这里，或点击选择", "Drop files here, or click to choose")),
                html.P(
                    t(
                        "一个 .xlsx 工作簿，或按表命名的 .csv / .parquet",
                        "one .xlsx workbook, or .csv / .parquet named as the tables",
                    )
                ),
            ],
            className="drop",
        ),
        id="upload",
        multiple=True,
        max_size=settings.upload_mb * 1_000_000,
        accept=".xlsx,.csv,.parquet",
    )
    links = [
        html.A(
            t("虚构的示例片区", "the made-up example district"),
            href=view.address.with_(keep=(), data="example").href(view.prefix),
        )
    ]
    links.append(
        html.A(
            t("待填写的空工作簿", "an empty workbook to fill in"),
            href=f"{view.prefix}download/workbook.xlsx{view.address.with_(keep=()).search}",
        )
    )
    if view.address.get("data"):
        links.append(
            html.A(
                t("回到本来的数据", "back to the desk's own data"), href=view.address.with_(keep=()).href(view.prefix)
            )
        )
        if view.address.get("data") != "example":
            links.append(
                dmc.Button(t("忘掉这份上传", "forget this upload"), id="forget", size="compact-sm", variant="default")
            )
    return card(
        t("换一份数据试试", "Try other data"),
        upload,
        html.Div(id="upload-said", role="status"),
        html.Div(links, className="row"),
        note=t(
            f"至多 {settings.upload_mb} MB。上传的数据只在内存中，只有您看得到，会话结束即忘。",
            f"At most {settings.upload_mb} MB. Uploads stay in memory, for you alone, until your session ends.",
        ),
    )


def files_of(contents: Sequence[str], names: Sequence[str], limit: int) -> list[tuple[str, bytes]]:
    """The uploaded files; Unreadable where they are not whole or too large."""
    files, size = [], 0
    for name, text in zip(names, contents, strict=True):
        try:
            content = base64.b64decode(str(text).partition(",")[2], validate=True)
        except binascii.Error:
            raise Unreadable("unreadable") from None
        size += len(content)
        if size > limit:
            raise Unreadable("too_large")
        files.append((str(name), content))
    return files


def register(app: Dash, desk: Desk) -> None:
    """Uploading, forgetting, reading again, taking along, the database."""
    register_take(app, desk)
    register_keeping(app, desk)

    @app.callback(
        Output("problems", "children"),
        Output("upload-said", "children"),
        Output("url", "search", allow_duplicate=True),
        Input("upload", "contents"),
        State("upload", "filename"),
        State("url", "pathname"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def upload(contents: Any, names: Any, pathname: str, search: str) -> Any:
        need("planner")
        address = asked_address(desk, pathname, search)
        t, viewer = address.say, the_viewer()
        if not isinstance(contents, list) or not isinstance(names, list) or len(contents) != len(names):
            return no_update, no_update, no_update
        try:
            files = files_of(contents, names, desk.settings.upload_mb * 1_000_000)
            found = desk.readers.parse(viewer.user or viewer.session.token, files, address.lang)
        except Unreadable as fault:
            desk.log.write(viewer.user, "upload refused", viewer.role, None)
            return None, alert(t(*FAULTS[fault.code])), no_update
        shown = problems_card(found.report, t)
        if found.tables is None:
            desk.log.write(viewer.user, "upload refused", viewer.role, None)
            return (
                shown,
                alert(
                    t("有错误，未载入。改好后再传。", "There are errors; nothing was loaded. Mend them and try again.")
                ),
                no_update,
            )
        network = replace(Network.from_tables(found.tables), released=found.released)
        uploaded = DataSet.with_throwaway_key(t("上传的数据", "uploaded data"), network, desk.main.assumptions)
        _keep(viewer.session.kept, uploaded)
        desk.log.write(viewer.user, "upload", viewer.role, network.fingerprint)
        link = html.A(
            t("看现状", "see where it stands"),
            href=address.with_("where", keep=(), data=network.fingerprint).href(desk.settings.prefix),
        )
        return shown, alert([t("已载入。", "Loaded. "), link], colour="green"), no_update

    @app.callback(
        Output("url", "search", allow_duplicate=True),
        Input("forget", "n_clicks"),
        State("url", "pathname"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def forget(clicks: Any, pathname: str, search: str) -> Any:
        if not clicks:
            return no_update
        address = asked_address(desk, pathname, search)
        the_viewer().session.kept.get("uploads", {}).pop(address.get("data"), None)
        return address.with_(keep=()).search

    @app.callback(
        Output("problems", "children", allow_duplicate=True),
        Output("read-again-said", "children"),
        Input("read-again", "n_clicks"),
        State("url", "pathname"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def read_again(clicks: Any, pathname: str, search: str) -> Any:
        need("steward")
        if not clicks or ctx.triggered_id != "read-again":
            return no_update, no_update
        view = open_view(asked_address(desk, pathname, search))
        t = view.say
        before = desk.main.network.fingerprint
        try:
            desk.read_again()
        except TiaokuaiError as error:
            return None, explained(error, t)
        except ValueError as error:  # InvalidData: every problem of it
            return _refused(error, view)
        desk.log.write(the_viewer().user, "read again", view.audience, desk.main.network.fingerprint)
        same = desk.main.network.fingerprint == before
        return None, t("已重新读取，数据未变。", "Read again; nothing has changed.") if same else t(
            f"已重新读取：{desk.main.network.fingerprint}", f"Read again: {desk.main.network.fingerprint}"
        )


def _refused(error: ValueError, view: View) -> Any:
    from tiaokuai.graph.problems import InvalidData

    if not isinstance(error, InvalidData):
        raise error
    lang = view.address.lang
    listed = [problem.to_json(lang) for problem in error.problems]
    said = view.say("有错误，仍用先前的数据。", "There are errors; the data from before stay.")
    return problems_card({"problems": listed}, view.say), said


def _keep(kept: dict[str, Any], data: DataSet) -> None:
    uploads: dict[str, DataSet] = kept.setdefault("uploads", {})
    uploads[data.network.fingerprint] = data
    while len(uploads) > MOST_UPLOADS:
        uploads.pop(next(iter(uploads)))
