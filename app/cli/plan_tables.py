"""A plan as tables for people: how good it is, and what is done when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rich.markup import escape

from tiaokuai.cli.frame import Ask
from tiaokuai.cli.tables import percent, table, text
from tiaokuai.web.plan_words import MARKS, NAMES, money, why_not, wish
from tiaokuai.web.words import Words

MOST = 60  # rows of blocks on a terminal


def show(document: Mapping[str, Any], ask: Ask) -> None:
    """Prints the document."""
    if not document["periods"]:
        _impossible(document, ask)
        return
    _head(document, ask)
    ask.console.print(_board(document, ask))
    for each in document.get("why_not", ()):
        ask.console.print(escape(why_not(each, Words(ask.lang))))
    if survey := document.get("must_could_never"):
        ask.console.print(_always(survey, document, ask))
    if tried := document.get("robust"):
        ask.console.print(_robust(tried, ask))
    if expected := document.get("expected"):
        ask.console.print(_expected(expected, ask))
    for warning in document.get("warnings", ()):
        ask.console.print(ask.say("注意：", "Note: ") + warning[ask.lang])


def _head(document: Mapping[str, Any], ask: Ask) -> None:
    aim = {
        "sum": ask.say("各期末新触达人数之和", "Staff newly within reach, summed over the ends of the periods"),
        "end": ask.say("期末新触达人数", "Staff newly within reach at the end"),
    }[document["aim"]]
    ask.console.print(f"{aim}{ask.say('：', ': ')}[bold]{text(document['objective'])}[/]")
    gap = document["gap"]
    if document["status"] == "optimal":
        ask.console.print(ask.say("已证明没有更好的计划。", "Proven: no plan is better."))
    elif gap is None:
        ask.console.print(ask.say("尚无上界。", "No bound yet."))
    else:
        bound, least = text(document["bound"]), percent(gap)
        zh = f"任何计划都不超过 {bound}：离最优至多 {least}。"
        ask.console.print(ask.say(zh, f"No plan can beat {bound}: at most {least} is left to find."))
    if document.get("stopped"):
        ask.console.print(ask.say("（已按 Ctrl-C 提前停止）", "(stopped early by Ctrl-C)"))
    cost, seconds = money(document["cost"]), document["seconds"]
    ask.console.print(ask.say(f"总成本 {cost}；用时 {seconds:.1f} 秒", f"Cost {cost}; found in {seconds:.1f} s"))


def _board(document: Mapping[str, Any], ask: Ask) -> Any:
    """A row a block, a column a period: ★ founded, +n lines."""
    periods = document["periods"]
    home = dict(ask.network["enterprises"].select("id", "block").iter_rows())
    cells: dict[str, dict[int, str]] = {}
    for at, period in enumerate(periods):
        lines: Counter[str] = Counter()
        for line in period["lines"]:
            lines[home[line["enterprise"]]] += line["count"]
        founded = {each["block"]: each["source"] for each in period["found"]}
        for block in sorted({*founded, *lines}):
            words = [f"★←{founded[block]}"] if block in founded else []
            words += [f"+{lines[block]}"] if lines[block] else []
            cells.setdefault(block, {})[at] = " ".join(words)
    columns = [(ask.say("区块", "block"), "left"), *((each["start"], "right") for each in periods)]
    order = sorted(cells, key=lambda block: (min(cells[block]), block))
    rows = [[block, *(cells[block].get(at, "") for at in range(len(periods)))] for block in order[:MOST]]
    if len(order) > MOST:
        rows.append([ask.say(f"另有 {len(order) - MOST} 块", f"{len(order) - MOST} more"), *([""] * len(periods))])
    rows.append([ask.say("成本", "cost"), *(money(each["cost"]) for each in periods)])
    rows.append([ask.say("结转", "carried in"), *(money(each["carried"]) for each in periods)])
    return table(
        ask.say("计划（★←来源：建立；+n：新增线）", "The plan (★←source: founded; +n: new lines)"), columns, rows
    )


def _impossible(document: Mapping[str, Any], ask: Ask) -> None:
    if document["status"] != "infeasible":
        zh, en = "时间内没有找到计划；请增加 --seconds", "no plan was found in time; give it more --seconds"
        ask.console.print(ask.say(zh, en))
        return
    ask.console.print(ask.say("这些条件不能同时满足。需放宽：", "These wishes cannot all hold. What must give:"))
    for each in document["relax"]:
        ask.console.print("  - " + wish(each, Words(ask.lang)))
    for other in document.get("alternatives", []):
        joined = ask.say("，并且", ", and ").join(wish(each, Words(ask.lang)) for each in other)
        ask.console.print("  " + ask.say("或者 ", "or ") + joined)


def _always(survey: Mapping[str, Any], document: Mapping[str, Any], ask: Ask) -> Any:
    columns = [(ask.say("区块", "block"), "left"), *((each["start"], "right") for each in document["periods"])]
    rows = [[row["block"], *(MARKS[word] for word in row["periods"])] for row in survey["rows"]]
    near = percent(survey["near"])
    zh = f"离最优 {near} 以内的计划：● 都建 ○ 有的建 · 都不建 ? 未能判定"
    return table(ask.say(zh, f"Plans within {near}: ● in every, ○ in some, · in none, ? not settled"), columns, rows)


def _robust(tried: Mapping[str, Any], ask: Ask) -> Any:
    heads = (ask.say("计划内", "planned"), ask.say("均值", "mean"), ask.say("最差十分之一", "worst tenth"))
    columns = [(ask.say("候选", "candidate"), "left"), *((head, "right") for head in (*heads, ask.say("成本", "cost")))]
    rows = [
        [
            ("→ " if row["name"] == tried["chosen"] else "  ") + row["name"],
            *(text(round(row[key])) for key in ("planned", "mean", "worst_decile")),
            money(row["cost"]),
        ]
        for row in tried["rows"]
    ]
    why = tried["why"][ask.lang]
    runs = tried["runs"]
    return table(ask.say(f"稳健选择（{runs} 次模拟）：{why}", f"Robust choice ({runs} runs): {why}"), columns, rows)


def _expected(expected: Mapping[str, Any], ask: Ask) -> Any:
    heads = (
        ask.say("计划内", "planned"),
        ask.say("期末覆盖人数（90% 区间）", "people reached at the end (90% band)"),
        ask.say("覆盖率", "coverage"),
        ask.say("比不做多", "more than nothing"),
    )
    columns = [("", "left"), *((head, "right") for head in heads)]
    rows = []
    for row in expected["rows"]:
        reached = row["reached"]
        band = f"{reached['mean']:,.0f} ({reached['p05']:,.0f}–{reached['p95']:,.0f})"
        rows.append(
            [ask.say(*NAMES[row["name"]]), text(row["planned"]), band, percent(row["coverage"]), f"{row['more']:,.0f}"]
        )
    zh = f"模拟器的预期（含流动与自然增长，{expected['runs']} 次共用随机数的运行）"
    en = f"What the simulator expects, turnover and natural growth included ({expected['runs']} runs, shared draws)"
    return table(ask.say(zh, en), columns, rows)
