"""One block: why it has its status and what would change it, its enterprises, its template, its lineage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Dash, Input, Output, State, html, no_update

from tiaokuai.graph.errors import RequestError
from tiaokuai.viz.explaining import changes, reason
from tiaokuai.web.desk import Desk
from tiaokuai.web.frame import View, card, headline, need, open_view, provenance
from tiaokuai.web.page_where import controls as controls_where
from tiaokuai.web.page_where import download
from tiaokuai.web.request import asked_address
from tiaokuai.web.tables import ENTERPRISE_COLUMNS, enterprise_rows, grid, on_paper, page
from tiaokuai.web.words import Words, cell

AUDIENCE = "public"


def controls(view: View) -> tuple[Any, Any]:
    """The same date slider as on the first page."""
    return controls_where(view)


def content(view: View) -> Any:
    """The page of the block named in the address."""
    t, id = view.say, view.address.get("block")
    rows = {row["id"]: row for row in view.holding.replication(view.day)["rows"]}
    if id not in rows:
        zh, en = f"没有可显示的区块 {id[:60]}", f"there is no block {id[:60]} to show"
        raise RequestError("unknown_block", zh, en)
    row = rows[id]
    known = view.holding.explain(view.day, id)
    name = cell(row.get("name") or id)
    parts = [
        html.P(html.A(t("← 现状", "← Where we stand"), href=view.href("where")), className="back"),
        html.H1([name, html.Small(f"{id} · {t.kind(row.get('kind'))} · {view.day}")]),
        html.Div(_figures(known, t), className="cards"),
        html.Div(
            [card(t("为什么", "Why"), *_why(known, t)), card(t("来龙去脉", "Lineage"), *_lineage(row, rows, view))],
            className="pair",
        ),
        card(t("模式", "Template"), _template(view, id, row)),
    ]
    if view.may("planner"):
        link = html.A(
            t("下载表格（CSV）", "download the table (CSV)"), href=download(view, "enterprises.csv"), className="link"
        )
        columns = ENTERPRISE_COLUMNS
        here = enterprise_rows(view, id)
        own = t("企业的数字是推算。", "Figures of single enterprises are estimates.")
        note = own if view.holding.network.released else ""
        table = grid("enterprises", columns, view, len(here), 360)
        paper, below = on_paper(here, columns, view), html.Div(link, className="row")
        parts.append(card(t("企业", "Enterprises"), table, paper, below, note=note))
    return [*parts, provenance(view)]


def _figures(known: Mapping[str, Any], t: Words) -> list[Any]:
    figures = known["figures"]
    shown = [headline(t("状态", "Status"), t.status(known["status"]), _since(known["founded"], t))]
    if not isinstance(figures, Mapping):
        return shown
    return [
        *shown,
        headline(
            t("覆盖率", "Coverage"),
            cell(figures.get("coverage"), share=True),
            t(
                f"{cell(figures.get('reached'))} / {cell(figures.get('staff'))} 人",
                f"{cell(figures.get('reached'))} of {cell(figures.get('staff'))} people",
            ),
        ),
        headline(
            t("有线企业", "Enterprises with a line"),
            f"{cell(figures.get('enterprises_with_line'))}/{cell(figures.get('enterprises'))}",
            t(f"{cell(figures.get('lines'))} 条线", f"{cell(figures.get('lines'))} lines"),
        ),
        headline(t("模式完整度", "Fidelity"), cell(figures.get("fidelity"), share=True)),
    ]


def _since(founded: Any, t: Words) -> str:
    return t(f"{cell(founded)} 建立", f"founded {cell(founded)}") if founded else ""


def _why(known: Mapping[str, Any], t: Words) -> list[Any]:
    """The rule with its numbers and what would change it, in the sentences of ``tiaokuai explain``."""
    said: list[Any] = [html.P(reason(known, t))]
    items = [html.Li(each) for each in changes(known, t)]
    return [*said, html.P(t("怎样会改变：", "What would change it:")), html.Ul(items)] if items else said


def _lineage(row: Mapping[str, Any], rows: Mapping[str, Any], view: View) -> list[Any]:
    t = view.say

    def link(id: str) -> Any:
        other = rows.get(id, {})
        return html.A(cell(other.get("name") or id), href=view.href("block", block=id))

    source, chain, seen = row.get("source"), [], {row["id"]}
    while isinstance(source, str) and source in rows and source not in seen:
        chain.append(link(source))
        seen.add(source)
        source = rows[source].get("source")
    children = [link(other["id"]) for other in rows.values() if other.get("source") == row["id"]]
    told: list[Any] = []
    if chain:
        told.append(html.P([t("来自：", "From: "), *_between(chain, " ← ")]))
    else:
        told.append(html.P(t("没有登记来源。", "No source is recorded.")))
    if children:
        told.append(html.P([t("仿照本块的：", "Copied by: "), *_between(children, t("、", ", "))]))
    reach, count = cell(row.get("descendant_reach")), cell(row.get("descendants"))
    told.append(
        html.P(
            t(
                f"后代块 {count} 个，连本块覆盖 {reach} 人。",
                f"{count} descendants; {reach} people in reach, this block's included.",
            )
        )
    )
    if row.get("copy_fidelity") is not None:
        share = cell(row["copy_fidelity"], share=True)
        told.append(
            html.P(t(f"来源块的要素在此已有 {share}。", f"{share} of the source's components are in place here."))
        )
    return told


def _between(items: list[Any], mark: str) -> list[Any]:
    made: list[Any] = []
    for item in items:
        made += [mark, item] if made else [item]
    return made


def _template(view: View, id: str, row: Mapping[str, Any]) -> Any:
    """Group by group: the share in place, and which components are."""
    t, template = view.say, view.holding.network.template
    groups = row.get("fidelity_by_group")
    if not isinstance(groups, Mapping):
        return html.P(cell(groups))
    snapshot = view.holding.snapshot(view.day)
    there = snapshot.components[snapshot.block_ids.index(id)]
    made: list[Any] = []
    for group in template.groups:
        parts = [
            html.Span(t(part.zh, part.en), className="part there" if there[at] else "part")
            for at, part in enumerate(template.components)
            if part.group == group.id
        ]
        share = html.Span(cell(groups.get(group.id), share=True), className="label")
        made += [html.H3([t(group.zh, group.en), " ", share]), html.Div(parts)]
    key = t("实底为已有的要素，虚框为还没有的。", "Solid: in place; dashed: not yet.")
    return html.Div([html.P(key, className="note"), *made])


def register(app: Dash, desk: Desk) -> None:
    """The enterprises, a page at a time."""

    @app.callback(
        Output("enterprises", "getRowsResponse"),
        Input("enterprises", "getRowsRequest"),
        State("url", "pathname"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def rows(request: dict[str, Any] | None, pathname: str, search: str) -> Any:
        need("planner")
        if request is None:
            return no_update
        view = open_view(asked_address(desk, pathname, search))
        found = enterprise_rows(view, view.address.get("block"))
        return page(found, request, ENTERPRISE_COLUMNS, view)
