"""Taking it along, on the page Data: the report and the data as files, for oneself or for who may know less."""

from __future__ import annotations

import base64
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from tiaokuai.graph.errors import RequestError
from tiaokuai.web.desk import Desk, the_viewer
from tiaokuai.web.frame import View, alert, card, need, open_view
from tiaokuai.web.request import asked_address
from tiaokuai.web.scenarios import decode, parsed
from tiaokuai.web.tasks import Data, Task
from tiaokuai.web.tasks_take import FORMATS, Exporting, Reporting

WHO = {"steward": ("管理者", "the steward"), "planner": ("规划者", "planners"), "public": ("公众", "the public")}
MOST = 80_000_000  # bytes that go through the page; more are for the command
_PLACE = (State("url", "pathname"), State("url", "search"))


def take_card(view: View) -> Any:
    """For whom, as what, and the buttons."""
    t = view.say
    readers = [{"value": who, "label": t(*WHO[who])} for who in view.data.audiences if view.may(who)]
    scenarios = len(_scenarios(view))
    words = {"csv.zip": t("CSV 表（zip）", "tables as CSV (zip)"), "xlsx": t("工作簿 .xlsx", "workbook .xlsx")}
    formats = [{"value": each, "label": words.get(each, f".{each}")} for each in FORMATS]
    said = t("报告是一个可离线打开的网页。", "The report is one page that opens offline.")
    if scenarios:
        said += t(f"其中含“如果……”页的 {scenarios} 个情景。", f" It holds the {scenarios} scenarios of What if.")
    return card(
        t("带走", "Take it along"),
        html.Div(
            [
                dmc.Select(
                    id="take-for", label=t("给谁看", "For whom"), data=readers, value=view.audience, allowDeselect=False
                ),
                dmc.Select(
                    id="take-as", label=t("数据格式", "Data as"), data=formats, value="xlsx", allowDeselect=False
                ),
            ],
            className="row choices",
        ),
        html.Div(
            [
                dmc.Button(t("做报告", "make the report"), id="take-report", variant="default"),
                dmc.Button(t("导出数据", "export the data"), id="take-export", variant="default"),
                dmc.Button(t("取消", "cancel"), id="take-cancel", variant="default", disabled=True),
            ],
            className="buttons",
        ),
        html.Div(id="take-said", role="status"),
        dcc.Store(id="take-job"),
        dcc.Interval(id="take-poll", interval=500, disabled=True),
        dcc.Download(id="take-file"),
        note=said,
    )


def _scenarios(view: View) -> list[Any]:
    try:
        return decode(view.address.get("s"))
    except RequestError:
        return []


def _owner() -> str:
    return the_viewer().session.token + ":take"


def _view(desk: Desk, pathname: str, search: str) -> View:
    need("planner")
    return open_view(asked_address(desk, pathname, search))


def register(app: Dash, desk: Desk) -> None:
    """Making the file in the background, and handing it over."""

    @app.callback(
        Output("take-job", "data"),
        Output("take-poll", "disabled"),
        Output("take-said", "children"),
        Input("take-report", "n_clicks"),
        Input("take-export", "n_clicks"),
        State("take-for", "value"),
        State("take-as", "value"),
        *_PLACE,
        prevent_initial_call=True,
    )
    def start(report: Any, export: Any, reader: Any, suffix: Any, pathname: str, search: str) -> Any:
        view = _view(desk, pathname, search)
        if not (report or export):
            raise PreventUpdate
        if reader not in view.data.audiences or not the_viewer().may(reader):
            raise RequestError("not_for_you", "您的角色不能导出给他们", "your role cannot make a file for them")
        if suffix not in FORMATS:
            raise RequestError("unknown_format", "没有这种格式", "there is no such format")
        held, user = view.data.for_audience(reader), the_viewer().user
        data, kind = Data.of(held.network, held.assumptions, view.day), "report"
        if ctx.triggered_id == "take-export":
            task: Task = Exporting(data, suffix)
            kind = "export"
        else:
            texts = tuple(parsed(each).to_yaml() for each in _scenarios(view))
            task = Reporting(data, view.address.lang, view.data.name, texts)
        name = f"{kind}-{view.day}-{reader}-{held.network.fingerprint}"
        job = desk.jobs.start(_owner(), task, user, name)
        return {"job": job.id}, False, view.say("正在制作……", "working…")

    @app.callback(
        Output("take-file", "data"),
        Output("take-poll", "disabled", allow_duplicate=True),
        Output("take-cancel", "disabled"),
        Output("take-said", "children", allow_duplicate=True),
        Input("take-poll", "n_intervals"),
        State("take-job", "data"),
        *_PLACE,
        prevent_initial_call=True,
    )
    def poll(ticks: Any, mine: Any, pathname: str, search: str) -> Any:
        view = _view(desk, pathname, search)
        t, job = view.say, desk.jobs.find(str((mine or {}).get("job")), _owner())
        if job is None:
            return no_update, True, True, no_update
        if job.state in ("waiting", "running"):
            done = f" {job.done:.0f}/{job.total:.0f}" if job.total > 1 else ""
            return no_update, False, False, t("正在制作……", "working…") + done
        if job.result is None:
            said = (
                t("已取消", "cancelled") if job.state == "cancelled" else alert(t(*(job.fault or ("失败", "failed"))))
            )
            return no_update, True, True, said
        content = job.result["content"]
        if len(content) > MOST:
            said = alert(t("文件太大，请用命令行导出。", "The file is too large for the page; use the command."))
            return no_update, True, True, said
        name = f"{job.name}.{job.result['suffix']}"
        desk.log.write(the_viewer().user, f"download {name}", view.audience, view.holding.network.fingerprint)
        packed = {"content": base64.b64encode(content).decode(), "base64": True, "filename": name}
        desk.jobs.cancel_of(_owner())  # it is handed over once, and not kept
        return packed, True, True, t("已下载", "downloaded") + f": {name}"

    @app.callback(
        Output("take-cancel", "disabled", allow_duplicate=True),
        Input("take-cancel", "n_clicks"),
        State("take-job", "data"),
        prevent_initial_call=True,
    )
    def cancel(clicks: Any, mine: Any) -> bool:
        need("planner")
        job = desk.jobs.find(str((mine or {}).get("job")), _owner())
        if clicks and job is not None:
            desk.jobs.cancel(job)
        return True
