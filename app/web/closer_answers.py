"""The answers of a closer look, each from the document of its command."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from dash import html

from tiaokuai.graph.errors import RequestError
from tiaokuai.web.drawn import remembered
from tiaokuai.web.frame import View, picture, small_table
from tiaokuai.web.words import OWNERSHIPS, SHARES, Words, cell

Document = Mapping[str, Any]
ROWS = 12  # of a table beside a picture
_COMPARED = ("lines", "members", "reached", "coverage", "line_share", "fidelity")
_PATH = ("date", "lines", "reached", "coverage", "line_share", "founded_share", "full_coverage")
_FRAGILE = ("reached", "on_one_backbone", "share", "coverage", "expected_coverage")
_PARTS = ("blocks_with", "line_share_with", "line_share_without", "difference", "difference_founded")
HEADS = {
    "on_one_backbone": ("系于一人", "on one backbone"),
    "share": ("占比", "share of reach"),
    "expected_coverage": ("一年后覆盖率", "coverage in a year"),
    "date": ("日期", "date"),
    "blocks_with": ("有此要素的块", "blocks with it"),
    "line_share_with": ("这些块的有线占比", "line share with it"),
    "line_share_without": ("其余块的", "without"),
    "difference": ("相差", "difference"),
    "difference_founded": ("只比已建块", "among founded"),
}
_SHARES = SHARES | {
    "share", "expected_coverage", "line_share_with", "line_share_without", "difference", "difference_founded"
}  # fmt: skip


def looked(view: View, look: str, since: str | None) -> list[Any]:
    """The answer to one question."""
    return _ANSWERS[look](view) if look != "compare" else _compare(view, since)


def _gaps(view: View) -> list[Any]:
    from tiaokuai.viz.gap_waterfall import gap_waterfall

    t, where = view.say, view.holding
    found = where.gaps(view.day)
    made = [_picture(view, gap_waterfall, found, where.coverage(view.day, "block"), where.replication(view.day))]
    if rows := found["rows"][:ROWS]:
        names = dict(where.network["enterprises"].select("id", "name").iter_rows())
        blocks = _block_names(view)
        body = [
            [
                names.get(row["enterprise"]) or row["enterprise"],
                _block_link(view, row["block"], blocks),
                *(cell(row[name]) for name in ("staff", "missing_lines", "gain")),
            ]
            for row in rows
        ]
        heads = [(t("企业", "enterprise"), False), (t("块", "block"), False)]
        heads += [(t.figure(name), True) for name in ("staff", "missing_lines", "gain")]
        made.append(small_table(heads, body, t("下一条线增加最多之处", "Where the next line gains most")))
    return made


_GROUP = ("enterprises", "enterprises_with_line", "staff", "lines", "reached", "coverage", "line_share")
_GROUPINGS = {
    "district": ("片区", "district"),
    "sector": ("行业", "sector"),
    "ownership": ("所有制", "ownership"),
}


def _groups(view: View) -> list[Any]:
    t, made = view.say, []
    for by, words in _GROUPINGS.items():
        found = view.holding.coverage(view.day, by)
        unknown = t("（未填）", "(not given)")
        known = {row["id"]: t(*OWNERSHIPS[row["id"]]) for row in found["rows"] if row["id"] in OWNERSHIPS}
        names = [row.get("name") or known.get(row["id"], row["id"]) or unknown for row in found["rows"]]
        rows = [[name, *_cells(row, _GROUP)] for name, row in zip(names, found["rows"], strict=True)]
        made.append(small_table(_heads(t, t(*words), _GROUP), rows, t(f"按{words[0]}", f"By {words[1]}")))
    return made


def _lineage(view: View) -> list[Any]:
    from tiaokuai.viz.replication_tree import replication_tree

    return [_picture(view, replication_tree, view.holding.replication(view.day))]


def _template(view: View) -> list[Any]:
    from tiaokuai.viz.template_heat import template_heat

    return [_picture(view, template_heat, view.holding.replication(view.day))]


def _influence(view: View) -> list[Any]:
    from tiaokuai.viz.influence import influence

    t, found = view.say, view.holding.influence(view.day)
    made = [_picture(view, influence, found, view.holding.fragility(view.day))]
    parts = {part.id: part for part in view.holding.network.template.components}
    rows = [
        [t(parts[row["component"]].zh, parts[row["component"]].en), *_cells(row, _PARTS)]
        for row in found["components"]
        if row["component"] in parts
    ]
    if rows:
        caption = t(
            "模式要素：有与没有的块，有线企业占比之差（相关，不是因果）",
            "Components: line share of blocks with and without it (an association, not a cause)",
        )
        made.append(small_table(_heads(t, t("要素", "component"), _PARTS), rows[:ROWS], caption))
    return made


def _fragility(view: View) -> list[Any]:
    t, found = view.say, view.holding.fragility(view.day)
    people, reached = cell(found["on_one_backbone"]), cell(found["reached"])
    share, now, year = cell(found["share"], share=True), cell(found["coverage"], share=True), found["after_a_year"]
    made: list[Any] = [
        html.P(
            t(
                f"已覆盖的 {reached} 人中有 {people} 人（{share}）所在企业只靠一名骨干。",
                f"{people} of {reached} people in reach ({share}) hang on one backbone.",
            )
        )
    ]
    later, rate = cell(year["coverage"], share=True), cell(year["backbone_turnover"], share=True)
    said = t(
        f"覆盖率 {now}；一年后若只出不进（骨干与会员年流动率 {rate}），预计 {later}。",
        f"Coverage {now}; {later} expected after a year in which people only leave (turnover {rate}).",
    )
    made.append(html.P(said))
    worst = found["worst_losses"]
    if isinstance(worst, list) and worst:
        heads = [(t("失去的线", "lines lost"), True), (t("减少人数", "reach lost"), True)]
        heads.append((t.figure("coverage"), True))
        rows = [[cell(r["lines"]), cell(r["reach_lost"]), cell(r["coverage"], share=True)] for r in worst]
        made.append(small_table(heads, rows, t("失去最要紧的几条线", "The worst lines to lose")))
    return [*made, _blocks(view, found["rows"], _FRAGILE)]


def changing(rows: Sequence[Document]) -> list[Document]:
    """The rows of a history in which something differs from the day before: years in which nothing came say nothing.

    >>> [row["date"] for row in changing([{"date": 1, "lines": 2}, {"date": 2, "lines": 2}, {"date": 3, "lines": 4}])]
    [1, 3]
    """
    told = [{name: value for name, value in row.items() if name != "date"} for row in rows]
    return [row for at, row in enumerate(rows) if at == 0 or told[at] != told[at - 1]]


def _history(view: View) -> list[Any]:
    from tiaokuai.viz.line_block_plane import line_block_plane

    t = view.say
    found = view.holding.history(view.day)
    rows = [_cells(row, _PATH) for row in changing(found["rows"])[-ROWS:][::-1]]
    heads = [(_head(t, name), name != "date") for name in _PATH]
    table = small_table(heads, rows, t("最近的变化", "The latest changes"))
    return [_picture(view, line_block_plane, found), table]


def _compare(view: View, since: str | None) -> list[Any]:
    t = view.say
    known = [str(row["date"]) for row in changing(view.holding.history(view.day)["rows"])]
    first = _day(since or usual(view, known), view)
    found = view.holding.compare(first, view.day)
    changed = [row for row in found["rows"] if row["before"] != row["after"]]
    changed.sort(key=lambda row: _size(row["change"].get("reached")), reverse=True)
    names = _block_names(view)
    rows = [
        [_block_link(view, row["id"], names), _statuses(row, t), *(_both(row, name) for name in _COMPARED)]
        for row in changed[:ROWS]
    ]
    rows.append([t("合计", "all"), "", *(_both(found["total"], name) for name in _COMPARED)])
    same = len(found["rows"]) - len(changed)
    more = len(changed) - ROWS
    said = t(f"{found['from']} → {found['to']}，没有变化的块 {same} 个。", f"{found['from']} → {found['to']}; "
             f"{same} blocks did not change.")  # fmt: skip
    if more > 0:
        said += t(f"另有 {more} 个块有变化。", f" {more} more blocks changed.")
    heads = _heads(t, t("块", "block"), _COMPARED)
    heads.insert(1, (t.figure("status"), False))
    return [small_table(heads, rows, said)]


_ANSWERS: dict[str, Callable[[View], list[Any]]] = {
    "gaps": _gaps,
    "groups": _groups,
    "lineage": _lineage,
    "template": _template,
    "influence": _influence,
    "fragility": _fragility,
    "history": _history,
}


def _picture(view: View, paint: Callable[..., Any], *documents: Document) -> Any:
    drawn = remembered(view, paint, *documents)
    return html.Div([html.H3(drawn.title), picture(drawn, view, "closer-figure")])


def _block_names(view: View) -> dict[str, Any]:
    return dict(view.holding.network["blocks"].select("id", "name").iter_rows())


def _block_link(view: View, id: str, names: Mapping[str, Any]) -> Any:
    return html.A(names.get(id) or id, href=view.href("block", block=id))


def _blocks(view: View, rows: Sequence[Document], columns: Sequence[str]) -> Any:
    t, names = view.say, _block_names(view)
    body = [[_block_link(view, row["id"], names), *_cells(row, columns)] for row in rows[:ROWS]]
    more = len(rows) - ROWS
    caption = (
        t(f"前 {ROWS} 个块，另有 {more} 个", f"The first {ROWS} blocks; {more} more")
        if more > 0
        else t("各块", "Block by block")
    )
    return small_table(_heads(t, t("块", "block"), columns), body, caption)


def _heads(t: Words, first: str, columns: Sequence[str]) -> list[tuple[str, bool]]:
    return [(first, False), *((_head(t, name), True) for name in columns)]


def _head(t: Words, name: str) -> str:
    return t(*HEADS[name]) if name in HEADS else t.figure(name)


def _cells(row: Document, columns: Sequence[str]) -> list[str]:
    return [cell(row.get(name), name in _SHARES) for name in columns]


def _both(row: Document, name: str) -> str:
    before, after = (cell(row[end].get(name), name in _SHARES) for end in ("before", "after"))
    return after if before == after else f"{before} → {after}"


def _statuses(row: Document, t: Words) -> str:
    before, after = (t.status(row[end].get("status")) for end in ("before", "after"))
    return after if before == after else f"{before} → {after}"


def _size(change: Any) -> float:
    return abs(change) if isinstance(change, int | float) else -1.0


def _day(text: str, view: View) -> date:
    """The earlier day, no later than the view's own."""
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        raise RequestError("bad_date", "请选一个较早的日期", "choose an earlier day") from None
    return min(asked, view.day)


def usual(view: View, known: Sequence[str]) -> str:
    """The earlier of two days where none is asked for: the last known one a year before, else the first."""
    before = f"{view.day.year - 1}{view.day.isoformat()[4:]}"
    return max((day for day in known if day <= before), default=known[0] if known else view.day.isoformat())
