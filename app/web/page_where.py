"""Where we stand: headline figures, coverage, the network, the table of blocks, on any day of the history."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, html, no_update

from tiaokuai.web.closer import FIRST, closer
from tiaokuai.web.closer import register as register_closer
from tiaokuai.web.closer_answers import changing
from tiaokuai.web.desk import Desk
from tiaokuai.web.frame import View, card, headline, open_view, provenance
from tiaokuai.web.request import asked_address
from tiaokuai.web.tables import BLOCK_COLUMNS, block_rows, grid, on_paper, page, release_notes
from tiaokuai.web.words import cell

AUDIENCE = "public"


def days(view: View) -> list[str]:
    """The days that the slider stops at: those on which the history changes, and the last."""
    last = view.data.today
    rows = changing(view.holding.history(last)["rows"])
    known = sorted({str(row["date"]) for row in rows if isinstance(row["date"], str)} | {last.isoformat()})
    return known[-1200:]


def controls(view: View) -> tuple[Any, Any]:
    """The date slider over the whole history."""
    t, stops = view.say, days(view)
    at = max([i for i, day in enumerate(stops) if day <= view.day.isoformat()], default=0)
    every = -(-len(stops) // (3 if view.narrow else 8))
    marks = [{"value": i, "label": stops[i][:7]} for i in range(0, len(stops) - every // 2, every)]
    slider = dmc.Slider(
        id={"type": "control", "key": "day"},
        min=0,
        max=max(1, len(stops) - 1),
        step=1,
        value=at,
        marks=marks,
        updatemode="mouseup",
        label={"function": "listed", "options": {"list": stops}},
        disabled=len(stops) < 2,
        thumbLabel=t("日期", "date"),
    )
    rules = {"lists": {"day": stops}, "defaults": {"day": stops[-1], "look": FIRST}}
    return html.Div([html.Span(t("日期", "Date"), className="label"), slider], className="card time"), rules


def content(view: View) -> Any:
    """The page below the slider."""
    from tiaokuai.web import drawn

    t = view.say
    coverage = view.holding.coverage(view.day, "block")
    replication = view.holding.replication(view.day)
    return [
        html.H1([t("现状", "Where we stand"), html.Small(view.day.isoformat(), id="shown-day")]),
        html.Div(headlines(view, coverage, replication), className="cards"),
        html.Div(drawn.pictures(view, coverage, replication), className="pictures"),
        card(
            t("各块", "Blocks"),
            grid("blocks", BLOCK_COLUMNS, view, len(coverage["rows"])),
            on_paper(block_rows(view), BLOCK_COLUMNS, view),
            *release_notes(view),
            html.Div(
                [
                    html.A(
                        t("下载表格（CSV）", "download the table (CSV)"),
                        href=download(view, "blocks.csv"),
                        className="link",
                    ),
                    html.A(
                        t("下载全部答案（JSON）", "download the answers (JSON)"),
                        href=download(view, "answers.json"),
                        className="link",
                    ),
                ],
                className="row",
            ),
            note=t(
                "点列名排序或筛选，点块名看详情。", "Sort and filter by the headings; a block's name opens its page."
            ),
        ),
        closer(view, days(view)),
        provenance(view),
    ]


def download(view: View, name: str) -> str:
    """The address of a file of this view."""
    return f"{view.prefix}download/{name}{view.address.with_(keep=('data', 'day', 'block', 'since')).search}"


def headlines(view: View, coverage: Any, replication: Any) -> list[Any]:
    """The four figures that come first."""
    t, total = view.say, coverage["total"]
    missing = total.get("missing_lines")
    return [
        headline(
            t("覆盖率", "Coverage"),
            cell(total["coverage"], share=True),
            t(
                f"{cell(total['reached'])} / {cell(total['staff'])} 人",
                f"{cell(total['reached'])} of {cell(total['staff'])} people",
            ),
        ),
        headline(
            t("已建块", "Blocks founded"),
            f"{cell(replication['founded'])}/{cell(replication['eligible'])}",
            t(
                f"符合条件的块中；近 12 个月 {cell(replication['velocity_12m'])} 个",
                f"of the eligible; {cell(replication['velocity_12m'])} in 12 months",
            ),
        ),
        headline(
            t("线", "Lines"), cell(total["lines"]), t(f"尚缺 {cell(missing)} 条", f"{cell(missing)} still missing")
        ),
        headline(
            t("空心块", "Hollow blocks"),
            cell(len(replication["hollow"])),
            t("有块无条，需要补条", "founded, hardly any line") if replication["hollow"] else t("没有", "none"),
            "warn" if replication["hollow"] else "",
        ),
    ]


def register(app: Dash, desk: Desk) -> None:
    """The closer look, and the table's rows, a page at a time."""
    register_closer(app, desk)

    @app.callback(
        Output("blocks", "getRowsResponse"),
        Input("blocks", "getRowsRequest"),
        State("url", "pathname"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def rows(request: dict[str, Any] | None, pathname: str, search: str) -> Any:
        if request is None:
            return no_update
        view = open_view(asked_address(desk, pathname, search))
        return page(block_rows(view), request, BLOCK_COLUMNS, view)
