"""Check: every problem of a data set with file, row, column, value and reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tiaokuai.cli.errors import place, printable
from tiaokuai.cli.frame import Answer, Ask, question

SHOWN = 200  # on a terminal; --json has all


@question(
    "列出数据的所有问题：文件、行、列、值、原因",
    "every problem with file, row, column, value, reason",
    steward_only=True,
)
def check(ask: Ask) -> Answer:
    """Exit code 1 when there is an error."""
    from tiaokuai.loaders import check as examine

    with ask.progress(ask.say("检查数据", "checking")) as bar:
        report = examine(ask.data, template=ask.template, progress=bar, mapping=ask.mapping)
    return Answer("check", report.document(ask.lang), _show, 0 if report.ok else 1)


def _show(document: Mapping[str, Any], ask: Ask) -> None:
    from tiaokuai.cli.tables import table, text
    from tiaokuai.graph.naming import table_name
    from tiaokuai.web.words import many

    names = ask.say("表", "table"), ask.say("行数", "rows")
    rows = [(table_name(name, ask.lang), text(count)) for name, count in document["rows"].items() if count]
    ask.console.print(table("", [(names[0], "left"), (names[1], "right")], rows))
    problems = document["problems"]
    for severity in ("error", "warning"):
        some = [problem for problem in problems if problem["severity"] == severity]
        for problem in some[:SHOWN]:
            print(_line(problem, ask))
        if len(some) > SHOWN:
            more = len(some) - SHOWN
            print(ask.say(f"  …… 另有 {more} 处，见 --json", f"  … and {more} more; --json lists all"))
    errors = sum(problem["severity"] == "error" for problem in problems)
    warnings = len(problems) - errors
    if not problems:
        print(ask.say("没有问题。", "No problems."))
    else:
        print(
            ask.say(f"{errors} 处错误，{warnings} 处提醒。", f"{many(errors, 'error')}, {many(warnings, 'warning')}.")
        )


def _line(problem: Mapping[str, Any], ask: Ask) -> str:
    from tiaokuai.graph.naming import column_name

    mark = {"error": ask.say("错误", "error"), "warning": ask.say("提醒", "warning")}[problem["severity"]]
    row = ask.say(f"第 {problem['row']} 行", f"row {problem['row']}") if problem["row"] else None
    column = problem["column"] and column_name(problem["table"], problem["column"], ask.lang)
    where = ask.say("，", ", ").join(
        part for part in (place(problem["file"], problem["table"], ask.lang), row, column) if part
    )
    colon = ask.say("：", ": ")
    return printable(f"  {mark}  {where}{colon}{problem['message']}" if where else f"  {mark}  {problem['message']}")


COMMANDS = [check]
