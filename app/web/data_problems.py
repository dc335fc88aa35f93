"""What is wrong with the files, problem by problem, on the page Data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_ag_grid as dag
from dash import html

from tiaokuai.graph.naming import column_name, names_its_table, table_name
from tiaokuai.web.frame import alert, card, small_table
from tiaokuai.web.tables import PRINTED
from tiaokuai.web.words import Words, many

# Room for the heading in either language, and for a usual cell; what is longer breaks into lines.
_WIDTHS = {"severity": 115, "file": 160, "table": 150, "row": 90, "column": 150, "value": 110, "message": 300}


def problems_card(report: Mapping[str, Any], t: Words) -> Any:
    """Every problem with file, row, column and what to do."""
    found = report["problems"]
    errors = sum(problem["severity"] == "error" for problem in found)
    if not found:
        return card(t("检查", "Check"), alert(t("没有问题。", "No problem was found."), colour="green"))
    names = {
        "severity": t("程度", "severity"),
        "file": t("文件", "file"),
        "table": t("表", "table"),
        "row": t("行", "row"),
        "column": t("列", "column"),
        "value": t("值", "value"),
        "message": t("问题", "what is wrong"),
    }
    if all(names_its_table(str(each["file"] or "")) for each in found):
        del names["table"]
    words = {"error": t("错误", "error"), "warning": t("提醒", "warning")}
    rows = [
        {
            **each,
            "severity": words[each["severity"]],
            "table": each["table"] and table_name(each["table"], t.lang),
            "column": each["column"] and column_name(each["table"], each["column"], t.lang),
            "message": t(each["message"], each["message"]),
        }
        for each in found
    ]
    grid = dag.AgGrid(
        id="problem-rows",
        rowData=rows,
        columnDefs=[
            {
                "field": key,
                "headerName": name,
                "filter": True,
                "flex": 4 if key == "message" else 1,
                "minWidth": _WIDTHS[key],
                "wrapText": key != "row",
                "autoHeight": key != "row",
            }
            for key, name in names.items()
        ],
        defaultColDef={"sortable": True, "resizable": True},
        className="grid",
        style={"height": min(520, 90 + 46 * len(rows)), "width": "100%"},
    )
    more = report.get("found", len(found)) - len(found)
    rest = [html.P(t(f"另有 {more} 处未列。", f"and {more} more."), className="note")] if more > 0 else []
    title = t(
        f"检查：{errors} 处错误，{len(found) - errors} 处提醒",
        f"Check: {many(errors, 'error')}, {many(len(found) - errors, 'warning')}",
    )
    return card(title, grid, _plainly(rows, t), *rest)


def _plainly(rows: Sequence[Mapping[str, Any]], t: Words) -> Any:
    """The problems where there is no room for the grid: on paper and on a phone."""

    def place(row: Mapping[str, Any]) -> str:
        line = t(f"第 {row['row']} 行", f"row {row['row']}") if row["row"] else ""
        return " · ".join(str(each) for each in (row["file"] or row["table"], line, row["column"]) if each)

    body = [[row["severity"], place(row), row["message"]] for row in rows[:PRINTED]]
    heads = [(t("程度", "severity"), False), (t("何处", "where"), False), (t("问题", "what is wrong"), False)]
    more = len(rows) - PRINTED
    note = t(f"前 {PRINTED} 处，另有 {more} 处。", f"The first {PRINTED}; {more} more.") if more > 0 else ""
    return html.Div(small_table(heads, body, note), className="only-narrow")
