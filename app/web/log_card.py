"""The access log on the page Data, for the steward: its words in the language of the page."""

from __future__ import annotations

from typing import Any

from tiaokuai.web.desk import the_desk
from tiaokuai.web.frame import View, card, small_table
from tiaokuai.web.words import Words, cell

LOGGED = 200
# What the log says was done, in English as in its file, and in Chinese; the rest of a text is a name.
_DONE = {
    "login refused": "登录被拒",
    "login": "登录",
    "logout": "退出",
    "upload refused": "上传被拒",
    "upload": "上传",
    "read again": "重新读取",
    "keep forecast": "保存预测",
    "neo4j status": "查看数据库状态",
    "download": "下载",
    "export": "导出",
    "report": "报告",
    "ask": "询问",
    "where": "现状",
    "block": "块",
    "what-if": "如果……会怎样",
    "what-next": "下一步做什么",
    "sure": "有多可靠",
    "data": "数据",
    "plan": "计划",
    "scenario": "情景",
}


def done(what: str, t: Words) -> str:
    """What was done, in words.

    >>> done("download plan yaml", Words("zh")), done("login refused", Words("zh")), done("download x", Words("en"))
    ('下载 计划 yaml', '登录被拒', 'download x')
    """
    if t.lang != "zh":
        return what
    return _DONE.get(what) or " ".join(_DONE.get(word, word) for word in what.split(" "))


def log_card(view: View) -> Any:
    """The last events, the newest first."""
    t = view.say
    events = the_desk().log.last(LOGGED)
    columns = [
        (name, False)
        for name in (
            t("时间（UTC）", "when (UTC)"),
            t("谁", "who"),
            t("看了什么", "what"),
            t("对象", "as"),
            t("数据", "data"),
        )
    ]
    who = {"steward": t("管理者", "steward"), "planner": t("规划者", "planner"), "public": t("公众", "public")}
    rows = [
        [
            cell(event["at"])[:19].replace("T", " "),
            cell(event["user"]),
            done(str(event["what"]), t),
            who.get(str(event["audience"]), cell(event["audience"])),
            cell(event["data"]),
        ]
        for event in events
    ]
    return card(
        t("访问日志", "Access log"), small_table(columns, rows, t(f"最近 {len(rows)} 条", f"the last {len(rows)}"))
    )
