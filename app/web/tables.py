"""Tables that the server sorts, filters and pages: rows of documents, written for the reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dash_ag_grid as dag
from dash import html

from tiaokuai.graph.release.answers import is_estimate
from tiaokuai.web.frame import View, release_note, small_table
from tiaokuai.web.words import SHARES, Words, cell

Row = Mapping[str, Any]
BLOCK_COLUMNS = (
    "name", "id", "status", "coverage", "staff", "reached", "members", "lines", "line_share", "missing_lines",
    "fidelity", "generation", "founded", "kind", "source", "enterprises",
)  # fmt: skip
ENTERPRISE_COLUMNS = ("name", "id", "staff", "lines", "members", "reached", "coverage", "missing_lines")
TEXTS = frozenset(("name", "id", "status", "founded", "kind", "source"))
PAGE = 100  # rows sent at a time
PRINTED = 60  # rows on paper; the download has all
PAPER = frozenset(
    (
        "name",
        "status",
        "coverage",
        "staff",
        "reached",
        "members",
        "lines",
        "missing_lines",
        "fidelity",
        "founded",
    )
)


def block_rows(view: View) -> list[dict[str, Any]]:
    """Every block, with its figures of ``coverage`` and ``replication``."""
    covered = view.holding.coverage(view.day, "block")["rows"]
    by_id = {row["id"]: row for row in view.holding.replication(view.day)["rows"]}
    released = view.holding.network.released
    rows = [{**by_id.get(row["id"], {}), **row} for row in covered]
    return rows if released is None else [{**row, "estimate": is_estimate(row, released)} for row in rows]


def enterprise_rows(view: View, block: str) -> list[dict[str, Any]]:
    """The enterprises of a block."""
    table = view.holding.network["enterprises"]
    here = set(table.filter(table["block"] == block)["id"].to_list())
    rows = view.holding.coverage(view.day, "enterprise")["rows"]
    return [dict(row) for row in rows if row["id"] in here]


def release_notes(view: View) -> list[Any]:
    """How a release tells of blocks, and what the mark before a name says; nothing of the data."""
    released, said = view.holding.network.released, release_note(view)
    if released is not None and released.shared:
        said.append(view.say("≈ 推算：与别的块合并公布。", "≈ an estimate: told together with other blocks."))
    return [html.P(each, className="note") for each in said]


def written(row: Row, columns: Sequence[str], t: Words) -> dict[str, Any]:
    """A row as the grid shows it; a share also as a number, for its bar."""
    made: dict[str, Any] = {}
    for name in columns:
        value = row.get(name)
        if name == "status":
            made[name] = t.status(value)
        elif name == "kind":
            made[name] = t.kind(value)
        elif name == "name":
            mark = "≈ " if row.get("estimate") else ""
            made[name] = mark + cell(value if value is not None else row.get("id"))
        else:
            made[name] = cell(value, name in SHARES)
        if name in SHARES and isinstance(value, int | float):
            made[f"_{name}"] = value
    return made


def chosen(rows: Sequence[Row], request: Mapping[str, Any], columns: Sequence[str], t: Words) -> list[Row]:
    """The rows that pass the grid's filter, in its order; what has no value comes last and passes no filter."""
    kept = list(rows)
    for name, test in (request.get("filterModel") or {}).items():
        if name in columns:
            kept = [row for row in kept if _passes(row.get(name), test, name, t)]
    for order in reversed(request.get("sortModel") or []):
        name = order.get("colId")
        if name in columns:
            known = [row for row in kept if _key(row, name) is not None]
            rest = [row for row in kept if _key(row, name) is None]
            known.sort(key=lambda row: _key(row, name), reverse=order.get("sort") == "desc")
            kept = known + rest
    return kept


def _key(row: Row, name: str) -> Any:
    value = row.get(name)
    if name == "name" and value is None:
        value = row.get("id")
    if value is None:
        return None
    number = name not in TEXTS and isinstance(value, int | float)
    return (0, float(value), "") if number else (1, 0.0, str(value))


def _passes(value: Any, test: Mapping[str, Any], name: str, t: Words) -> bool:
    if "conditions" in test:
        every = [_passes(value, one, name, t) for one in test["conditions"]]
        return all(every) if test.get("operator") == "AND" else any(every)
    if value is None:
        return test.get("type") == "blank"
    kind = str(test.get("type"))
    if name in TEXTS or not isinstance(value, int | float):
        say = {"status": t.status, "kind": t.kind}.get(name, str)
        words = say(value)
        found = _TEXT_TESTS.get(kind)
        return found is None or found(words.lower(), str(test.get("filter") or "").lower())
    return _number_passes(float(value) * (100 if name in SHARES else 1), test, kind)


def _number_passes(value: float, test: Mapping[str, Any], kind: str) -> bool:
    try:
        low = float(test.get("filter") or 0)
        high = float(test.get("filterTo") or low)
    except (TypeError, ValueError):
        return True
    tests: dict[str, bool] = {
        "equals": abs(value - low) < 0.05,
        "notEqual": abs(value - low) >= 0.05,
        "lessThan": value < low,
        "lessThanOrEqual": value <= low,
        "greaterThan": value > low,
        "greaterThanOrEqual": value >= low,
        "inRange": low <= value <= high,
        "blank": False,
    }
    return tests.get(kind, True)


_TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda value, wanted: wanted in value,
    "notContains": lambda value, wanted: wanted not in value,
    "equals": lambda value, wanted: value == wanted,
    "notEqual": lambda value, wanted: value != wanted,
    "startsWith": lambda value, wanted: value.startswith(wanted),
    "endsWith": lambda value, wanted: value.endswith(wanted),
    "blank": lambda value, wanted: False,
}


def page(rows: Sequence[Row], request: Mapping[str, Any], columns: Sequence[str], view: View) -> dict[str, Any]:
    """The answer to a grid's request for some rows."""
    t = view.say
    kept = chosen(rows, request, columns, t)
    first = max(0, int(request.get("startRow") or 0))
    last = min(first + PAGE, int(request.get("endRow") or first + PAGE))
    sent = []
    for row in kept[first:last]:
        made = written(row, columns, t)
        if columns is BLOCK_COLUMNS:
            made["_href"] = view.href("block", block=str(row["id"]))
        sent.append(made)
    return {"rowData": sent, "rowCount": len(kept)}


def on_paper(rows: Sequence[Row], columns: Sequence[str], view: View) -> Any:
    """The table as it is printed: the grid's own rows are only those on the screen."""
    t = view.say
    wanted = [name for name in columns if name in PAPER]
    body = [[made.get(name, "") for name in wanted] for row in rows[:PRINTED] for made in [written(row, wanted, t)]]
    heads = [(t.figure(name), name not in TEXTS) for name in wanted]
    more = len(rows) - PRINTED
    note = t(
        f"印出前 {PRINTED} 行，另有 {more:,} 行见下载的表格（CSV）。",
        f"The first {PRINTED} rows; {more:,} more are in the download (CSV).",
    )
    return html.Div(small_table(heads, body, note if more > 0 else ""), className="only-print")


ROW, HEAD, LOWEST = 34, 40, 250  # pixels; a filter's little window needs the lowest


def grid(id: Any, columns: Sequence[str], view: View, rows: int, height: int = 420) -> Any:
    """The grid; it asks the server for its rows, a page at a time. Of few ``rows`` it is no higher than they are."""
    t = view.say
    definitions = []
    for name in columns:
        if view.narrow and name == "id":
            continue  # so that a phone shows the status and the coverage beside the name
        one: dict[str, Any] = {
            "field": name,
            "headerName": t.figure(name),
            "filter": "agTextColumnFilter" if name in TEXTS else "agNumberColumnFilter",
            "minWidth": 90,
            "width": _least(name, view),
        }
        if name == "name":
            one |= {"pinned": None if view.narrow else "left"}
            one |= {"cellRenderer": "Linked"} if columns is BLOCK_COLUMNS else {}
        if name not in TEXTS:
            one["type"] = "rightAligned"
        if name in ("coverage", "line_share", "fidelity"):
            one["cellRenderer"] = "Share"
        definitions.append(one)
    return dag.AgGrid(
        id=id,
        columnDefs=definitions,
        defaultColDef={"sortable": True, "resizable": True, "filterParams": {"debounceMs": 400, "maxNumConditions": 2}},
        rowModelType="infinite",
        dashGridOptions={
            "cacheBlockSize": PAGE,
            "maxBlocksInCache": 20,
            "rowHeight": ROW,
            "headerHeight": HEAD,
            "suppressCellFocus": False,
            "enableCellTextSelection": True,
            "localeText": _LOCALE if view.address.lang == "zh" else {},
        },
        className="grid",
        style={"height": min(height, max(LOWEST, HEAD + ROW * rows + 20)), "width": "100%"},
    )


def _least(name: str, view: View) -> int:
    """Pixels in which a column's heading is whole, beside the signs for its filter and its edge."""
    if name == "name":
        return 130 if view.narrow else 160
    heading = view.say.figure(name)
    return max(90 if view.narrow else 112, 58 + sum(14 if letter > "\u2e80" else 8 for letter in heading))


_LOCALE = {
    "contains": "包含", "notContains": "不包含", "equals": "等于", "notEqual": "不等于", "startsWith": "开头是",
    "endsWith": "结尾是", "blank": "为空", "notBlank": "不为空", "lessThan": "小于", "lessThanOrEqual": "小于等于",
    "greaterThan": "大于", "greaterThanOrEqual": "大于等于", "inRange": "介于", "filterOoo": "筛选……",
    "andCondition": "并且", "orCondition": "或者", "noRowsToShow": "没有数据", "loadingOoo": "加载中……",
    "inRangeStart": "从", "inRangeEnd": "到",
}  # fmt: skip
