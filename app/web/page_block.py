"""One block: why it has its status and what would change it, its enterprises, its template, its lineage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Dash, Input, Output, State, html, no_update

from tiaokuai.graph.errors import RequestError
from tiaokuai.web.desk import Desk
from tiaokuai.web.frame import View, card, headline, need, open_view, provenance
from tiaokuai.web.page_where import controls as controls_where
from tiaokuai.web.page_where import download
from tiaokuai.web.request import asked_address
from tiaokuai.web.tables import ENTERPRISE_COLUMNS, enterprise_rows, grid, page
from tiaokuai.web.words import Words, cell

AUDIENCE = "public"


def controls(view: View) -> tuple[Any, Any]:
    """The same date slider as on the first page."""
    return controls_where(view)


def content(view: View) -> Any:
    """The page of the block named in the address."""
    t, id = view.say, view.address.get("block")
    rows = {row["id"]: row for row in view.holding.replication(view.day, view.audience)["rows"]}
    if id not in rows:
        zh, en = f"没有可显示的区块 {id[:60]}", f"there is no block {id[:60]} to show"
        raise RequestError("unknown_block", zh, en)
    row = rows[id]
    known = view.holding.explain(view.day, id, view.audience)
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
    if view.audience != "public":
        link = html.A(
            t("下载表格(CSV)", "download the table (CSV)"), href=download(view, "enterprises.csv"), className="link"
        )
        parts.append(card(t("企业", "Enterprises"), grid("enterprises", ENTERPRISE_COLUMNS, view, 360), link))
    return [*parts, provenance(view, known, row)]


def _figures(known: Mapping[str, Any], t: Words) -> list[Any]:
    figures = known["figures"]
    shown = [
        headline(t("状态", "Status"), t.status(known["status"]), cell(known["founded"]) if known["founded"] else "")
    ]
    if not isinstance(figures, Mapping) or "suppressed" in figures:
        return shown
    return [
        *shown,
        headline(
            t("覆盖率", "Coverage"),
            cell(figures.get("coverage"), share=True),
            t(
                f"{cell(figures.get('reached'))} / {cell(figures.get('staff'))} 人",
                f"{cell(figures.get('reached'))} of {cell(figures.get('staff'))}",
            ),
        ),
        headline(
            t("有线企业", "Enterprises with a line"),
            f"{cell(figures.get('enterprises_with_line'))}/{cell(figures.get('enterprises'))}",
            t(f"{cell(figures.get('lines'))} 条线", f"{cell(figures.get('lines'))} lines"),
        ),
        headline(t("模式完整度", "Fidelity"), cell(figures.get("fidelity"), share=True)),
    ]


RULES = {
    "not_founded_no_line": (
        "尚未建立联谊会,也没有一条线。",
        "No association is founded here, and there is no line.",
    ),
    "not_founded_has_lines": (
        "尚未建立联谊会,但已有线:条先于块。",
        "There are lines, but no association is founded.",
    ),
    "line_share_below_hollow": (
        "已建立,但有线的企业太少:空心块,不算覆盖。",
        "Founded, but too few enterprises have a line: hollow, never counted as covered.",
    ),
    "coverage_from_covered": (
        "已建立,覆盖率达到要求。",
        "Founded, and coverage is as high as asked.",
    ),
    "founded_in_between": (
        "已建立,线在延伸,覆盖率还未达到要求。",
        "Founded, with lines, and coverage not yet as high as asked.",
    ),
}


def _why(known: Mapping[str, Any], t: Words) -> list[Any]:
    rule = known["rule"]
    said = t(*RULES[rule]) if isinstance(rule, str) and rule in RULES else cell(rule)
    changes = known["changes"]
    items = [html.Li(_change(change, t)) for change in changes] if isinstance(changes, list) else []
    return (
        [html.P(said), html.P(t("怎样会改变:", "What would change it:")), html.Ul(items)] if items else [html.P(said)]
    )


def _change(change: Mapping[str, Any], t: Words) -> str:
    to, lines, staff = t.status(change["to"]), change.get("lines"), change.get("staff")
    if change.get("found"):
        return t(f"建立联谊会 → {to}", f"found an association → {to}")
    if isinstance(lines, int) and lines < 0:
        return t(f"失去 {-lines} 条线 → {to}", f"{-lines} lines lost → {to}")
    if lines is not None:
        return t(f"再开 {cell(lines)} 条线 → {to}", f"{cell(lines)} more lines → {to}")
    if isinstance(staff, int) and staff < 0:
        return t(f"少覆盖 {-staff} 人 → {to}", f"{-staff} people fewer in reach → {to}")
    return t(f"多覆盖 {cell(staff)} 人 → {to}", f"{cell(staff)} more people in reach → {to}")


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
        told.append(html.P([t("来自:", "From: "), *_between(chain, " ← ")]))
    else:
        told.append(html.P(t("没有登记来源。", "No source is recorded.")))
    if children:
        told.append(html.P([t("由此复制:", "Copied by: "), *_between(children, t("、", ", "))]))
    reach, count = cell(row.get("descendant_reach")), cell(row.get("descendants"))
    told.append(
        html.P(
            t(
                f"后代块 {count} 个,连本块覆盖 {reach} 人。",
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
    if not isinstance(groups, Mapping) or "suppressed" in groups:
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
    return html.Div([html.P(t("实底为已有的要素。", "Solid: in place."), className="note"), *made])


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
