"""A plan as tables for people: how good it is, and what is done when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from tiaokuai.cli.frame import Ask
from tiaokuai.cli.tables import footnote, percent, table, text, withheld

MOST = 60  # rows of blocks on a terminal


def show(document: Mapping[str, Any], ask: Ask) -> None:
    """Prints the document."""
    if not document["periods"]:
        _impossible(document, ask)
        return
    _head(document, ask)
    ask.console.print(_board(document, ask))
    if note := footnote(document, ask.lang):
        ask.console.print(note)


def _head(document: Mapping[str, Any], ask: Ask) -> None:
    aim = {
        "sum": ask.say("各期末新触达人数之和", "staff newly within reach, summed over the ends of the periods"),
        "end": ask.say("期末新触达人数", "staff newly within reach at the end"),
    }[document["aim"]]
    ask.console.print(f"{aim}: [bold]{text(document['objective'])}[/]")
    gap = document["gap"]
    if document["status"] == "optimal":
        ask.console.print(ask.say("已证明没有更好的计划。", "Proven: no plan is better."))
    elif gap is None:
        ask.console.print(ask.say("尚无上界。", "No bound yet."))
    else:
        bound, least = text(document["bound"]), percent(gap)
        zh = f"任何计划都不超过 {bound}:离最优至多 {least}。"
        ask.console.print(ask.say(zh, f"No plan can beat {bound}: at most {least} is left to find."))
    if document.get("stopped"):
        ask.console.print(ask.say("(已按 Ctrl-C 提前停止)", "(stopped early by Ctrl-C)"))
    cost, seconds = _money(document["cost"]), document["seconds"]
    ask.console.print(ask.say(f"总成本 {cost};用时 {seconds:.1f} 秒", f"Cost {cost}; found in {seconds:.1f} s"))


def _money(value: Any) -> str:
    return text(value) if withheld(value) or value is None else f"{value:,.10g}"


def _board(document: Mapping[str, Any], ask: Ask) -> Any:
    """A row a block, a column a period: ★ founded, +n lines."""
    periods = document["periods"]
    home = dict(ask.network["enterprises"].select("id", "block").iter_rows())
    cells: dict[str, dict[int, str]] = {}
    for at, period in enumerate(periods):
        lines: Counter[str] = Counter()
        for line in period["lines"]:
            if not withheld(line["count"]):
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
    rows.append([ask.say("成本", "cost"), *(_money(each["cost"]) for each in periods)])
    rows.append([ask.say("结转", "carried in"), *(_money(each["carried"]) for each in periods)])
    return table(ask.say("计划(★←来源:建立;+n:新增线)", "The plan (★←source: founded; +n: new lines)"), columns, rows)


def _impossible(document: Mapping[str, Any], ask: Ask) -> None:
    if document["status"] != "infeasible":
        zh, en = "时间内没有找到计划;请增加 --seconds", "no plan was found in time; give it more --seconds"
        ask.console.print(ask.say(zh, en))
        return
    ask.console.print(ask.say("这些条件不能同时满足。需放宽:", "These wishes cannot all hold. What must give:"))
    for each in document["relax"]:
        ask.console.print("  - " + wish(each, ask))
    for other in document.get("alternatives", []):
        joined = ask.say(",并且", ", and ").join(wish(each, ask) for each in other)
        ask.console.print("  " + ask.say("或者 ", "or ") + joined)


def wish(each: Mapping[str, Any], ask: Ask) -> str:
    """One relaxation in words, with its line in the file."""
    said = each.get(f"said_{ask.lang}") or f"{each['wish']}: {each['by']}"
    place = f" ({each['file']}:{each['line']})" if each.get("line") else ""
    return f"{said}{place}"
