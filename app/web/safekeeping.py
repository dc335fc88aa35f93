"""What the steward alone reads on the page Data: facts of a data-protection assessment, and the database's state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, html
from dash.exceptions import PreventUpdate

from tiaokuai.graph.errors import TiaokuaiError
from tiaokuai.web.desk import Desk, the_desk, the_viewer
from tiaokuai.web.frame import View, alert, card, need, open_view, small_table
from tiaokuai.web.request import asked_address
from tiaokuai.web.words import Words, cell

YEARS = 3  # kept after leaving, as ``tiaokuai privacy`` has it


def stewards(view: View) -> list[Any]:
    """The cards; nothing for others."""
    if view.audience != "steward":
        return []
    made = [_privacy(view)]
    if _database(view):
        made.append(_state(view))
    return made


def _database(view: View) -> str | None:
    """Where the data came from, where that is a database."""
    source = view.data.source
    return source if source and "://" in source and view.data is the_desk().main else None


def _privacy(view: View) -> Any:
    from tiaokuai.graph.privacy import facts

    t = view.say
    document = facts(view.holding.network, date.today(), YEARS)
    people, consent, kept = document["people"], document["consent"], document["retention"]
    rows = [
        [t("会员记录", "member records"), cell(people["members"])],
        [t("在册会员", "active members"), cell(people["active_members"])],
        [t("骨干", "backbones"), cell(people["backbones"])],
        [t("仅作人数统计", "only a head-count"), cell(people["head_count_only"])],
        [t("有同意日期", "with a date of consent"), cell(int(consent["with_date"]))],
        [t("最早与最晚的同意", "first and last consent"), f"{cell(consent['first'])} – {cell(consent['last'])}"],
        [t(f"超过保留期（{kept['years']} 年）", f"past retention ({kept['years']} years)"), cell(kept["expired"])],
    ]
    fields = [html.Li(f"{table}: {', '.join(names)}") for table, names in document["fields"].items()]
    more = html.Details([html.Summary(t("关于人的字段", "fields about people")), html.Ul(fields)])
    return card(
        t("个人信息", "Personal data"),
        small_table([("", False), ("", True)], rows),
        more,
        id="privacy",
        note=t(
            "同 tiaokuai privacy；删除用 tiaokuai erase。", "As tiaokuai privacy; tiaokuai erase takes members out."
        ),
    )


def _state(view: View) -> Any:
    t = view.say
    return card(
        t("Neo4j 数据库", "The Neo4j database"),
        html.Div(
            dmc.Button(t("查看状态", "look at its state"), id="neo4j-look", variant="default"), className="buttons"
        ),
        html.Div(id="neo4j-said", role="status"),
    )


def state_of(document: Mapping[str, Any], t: Words) -> list[Any]:
    """The document ``neo4j_status`` as people read it."""
    head = f"Neo4j {document['server']} {document['edition']}"
    pushed = {
        None: t("没有数据集", "no data set here"),
        "loading": t("首次写入未完成", "a first push is unfinished"),
    }.get(document["state"], f"{t('最近写入', 'last pushed')} {document['pushed']} · {document['hash']}")
    rows = [[name, cell(count)] for name, count in {**document["counts"], **document["relationships"]}.items()]
    made: list[Any] = [html.P(head), html.P(pushed)]
    made.append(small_table([(t("标签、关系", "label, relationship"), False), (t("数量", "count"), True)], rows))
    if missing := document["missing_constraints"]:
        made.append(alert(t("缺少约束：", "constraints missing: ") + ", ".join(missing)))
    return made


def register(app: Dash, desk: Desk) -> None:
    """The state of the database, when it is asked for."""

    @app.callback(
        Output("neo4j-said", "children"),
        Input("neo4j-look", "n_clicks"),
        State("url", "pathname"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def look(clicks: Any, pathname: str, search: str) -> Any:
        need("steward")
        view = open_view(asked_address(desk, pathname, search))
        source = _database(view)
        if not clicks or source is None:
            raise PreventUpdate
        from tiaokuai.loaders.neo4j_status import status

        desk.log.write(the_viewer().user, "neo4j status", view.audience, view.holding.network.fingerprint)
        try:
            return state_of(status(source), view.say)
        except TiaokuaiError as error:
            return alert(error.message(view.address.lang))
