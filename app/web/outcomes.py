"""Where the scenarios end, side by side; their differences and where these come from; the steps in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from tiaokuai.planning.intervention import BY_DO
from tiaokuai.planning.rates import TABLE
from tiaokuai.web.curves import name_of
from tiaokuai.web.frame import View, card, small_table
from tiaokuai.web.scenarios import Plain
from tiaokuai.web.trying import Question, shown
from tiaokuai.web.words import SHARES, Words, cell

FIGURES = ("coverage", "realised", "line_share", "founded_share", "full_coverage", "reached", "lines", "cost")
MOST_BLOCKS, MOST_STEPS = 8, 200  # shown

Document = Mapping[str, Any]


def said_of(asked: Question, metric: str, known: int | None, t: Words) -> str:
    """What the curves show, for paper: the figure, the months, how it was computed, and the rates that were changed."""
    how = t("期望值", "expectations")
    if known is not None:
        how = t(f"{known:,} 次模拟，种子 {asked.seed}", f"{known:,} runs, seed {asked.seed}")
    changed = [
        f"{t(rate.zh, rate.en)} {rate.symbol} = {shown(asked.rates[rate.name], rate.unit):.10g}"
        for rate in TABLE
        if rate.name in asked.rates
    ]
    rates = t("、", ", ").join(changed) or t("默认", "as they are by default")
    if asked.learn:
        rates = t("由历史估计", "learned from history")
    return t(
        f"{t.figure(metric)}：{asked.start} 起 {asked.months} 个月，{how}；速率：{rates}。",
        f"{t.figure(metric).capitalize()}: {asked.months} months from {asked.start}, {how}; rates: {rates}.",
    )


def outcomes(expected: Document, runs: Document | None, view: View, scenarios: Sequence[Plain] = ()) -> list[Any]:
    """The cards below the curves: ends side by side, and each difference from doing nothing."""
    t, source = view.say, runs or expected
    columns = [(t("期末", "at the end"), False), *((name_of(each, t), True) for each in source["scenarios"])]
    rows = [
        [t.figure(name), *(_end(each["series"].get(name), name) for each in source["scenarios"])] for name in FIGURES
    ]
    rows.append([t("覆盖率达 80%（月）", "months to 80% coverage"), *(_when(each, t) for each in source["scenarios"])])
    how = t("均值（九成区间）", "mean (nine of ten)") if runs else t("期望", "expectations")
    made = [card(t("并排比较", "Side by side"), small_table(columns, rows, how))]
    steps = {str(each.get("name")): each for each in scenarios}
    known = runs is not None
    made += [_difference(each, view, known, steps.get(str(each["scenario"]), {})) for each in source["differences"]]
    return made


def _end(series: Any, name: str) -> str:
    if series is None:
        return cell(None)
    share = name in SHARES

    def at(band: str) -> str:
        value = series[band][-1]
        return (cell(value, share) if share or value is None else cell(round(value))).replace("-", "−")

    if series["p05"][-1] is None or at("p05") == at("p95"):
        return at("mean")
    # A dash between numbers of which one is negative would be read as a minus.
    between = " … " if series["p05"][-1] < 0 else "–"
    return f"{at('mean')} ({at('p05')}{between}{at('p95')})"


def _when(scenario: Document, t: Words) -> str:
    times = scenario["time_to"]
    if not isinstance(times, list):
        return cell(times)
    row = next((r for r in times if r["metric"] == "coverage" and r["at_least"] == 0.8), None)
    if row is None or row["p50"] is None:
        return t("期内未达", "not within")
    return cell(row["p50"])


def _difference(difference: Document, view: View, known: bool, scenario: Plain) -> Any:
    t = view.say
    series = difference["series"]
    names = dict(view.holding.network["blocks"].select("id", "name").iter_rows())
    steps = [html.Li(in_words(each, names, t)) for each in scenario.get("interventions") or []]
    parts: list[Any] = [html.Ul(steps, className="only-print"), html.P(_gained(series, t))]
    if not known:
        parts.append(
            html.P(
                t("来自哪里，待模拟完成后给出。", "Where it comes from is told when the runs are done."),
                className="note",
            )
        )
    elif isinstance(difference["blocks"], list) and difference["blocks"]:
        # Shares of a sum in which gains and losses cancel say nothing.
        numbers = [row["reached"] for row in difference["blocks"]]
        alike = min(numbers, default=0) >= 0 or max(numbers, default=0) <= 0
        rows = [_block(row, names, t, alike) for row in difference["blocks"][:MOST_BLOCKS]]
        columns = [(t("块", "block"), False), (t("多覆盖（人）", "people more"), True)]
        columns += [(t("占比", "share"), True)] if alike else []
        columns += [(t("由来", "how"), False), (t("始于", "from"), False)]
        parts.append(small_table(columns, rows, t("差异来自哪里", "Where the difference comes from")))
        if len(difference["blocks"]) > MOST_BLOCKS:
            rest = len(difference["blocks"]) - MOST_BLOCKS
            parts.append(html.P(t(f"另有 {rest} 个块。", f"and {rest} blocks more."), className="note"))
    return card(str(difference["scenario"]), *parts)


def _gained(series: Document, t: Words) -> str:
    """How many people more, or fewer, and what it costs."""
    reached, cost = series["reached"], _end(series["cost"], "cost")
    if round(reached["mean"][-1]) >= 0:
        people = _end(reached, "reached")
        return t(
            f"期末比什么都不做多覆盖 {people} 人，多花 {cost}。",
            f"{people} people more in reach at the end than if nothing is done, for {cost}.",
        )
    bands = {"mean": "mean", "p05": "p95", "p95": "p05"}
    turned = {band: [None if v is None else -v for v in reached[other][-1:]] for band, other in bands.items()}
    people = _end(turned, "reached")
    return t(
        f"期末比什么都不做少覆盖 {people} 人，还多花 {cost}。",
        f"{people} people fewer in reach at the end than if nothing is done, and it costs {cost}.",
    )


def _signed(value: float, digits: int) -> str:
    text = f"{value:+,.{digits}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text.lstrip("+-")


def _block(row: Document, names: Mapping[str, Any], t: Words, alike: bool) -> list[Any]:
    how = t("直接", "its own steps") if row["direct"] else t("经由联系", "through links")
    return [
        names.get(row["block"]) or row["block"],
        _signed(row["reached"], 1),
        *([cell(row["share"], share=True)] if alike else []),
        how,
        cell(row["first_month"]),
    ]


def steps_of(scenario: Plain, view: View) -> list[Any]:
    """The steps of a scenario in words, each with a button that takes it away."""
    t, names = view.say, dict(view.holding.network["blocks"].select("id", "name").iter_rows())
    made, steps = [], scenario.get("interventions") or []
    for at, each in enumerate(steps[:MOST_STEPS]):
        named: dict[str, Any] = {"aria-label": t(f"去掉第 {at + 1} 步", f"remove step {at + 1}")}
        remove = html.Button("×", id={"type": "remove", "at": at}, className="remove", **named)
        made.append(html.Li([html.Span(in_words(each, names, t)), remove]))
    if len(steps) > MOST_STEPS:
        rest = len(steps) - MOST_STEPS
        made.append(html.Li(html.Span(t(f"另有 {rest} 步。", f"and {rest} steps more."), className="note")))
    return made or [
        html.Li(html.Span(t("还没有步骤：什么都不做。", "No step yet: nothing is done."), className="note"))
    ]


def in_words(step: Plain, names: Mapping[str, Any], t: Words) -> str:
    """One step as a line: when, what, where, how many."""
    do = str(step.get("do"))
    form = BY_DO.get(do)
    words = [str(step.get("at")), t(form.zh, form.en) if form else do]
    if step.get("block"):
        words.append(str(names.get(step["block"]) or step["block"]))
    if step.get("enterprise"):
        words.append(str(step["enterprise"]))
    if step.get("source"):
        words.append(
            t(
                f"仿照 {names.get(step['source']) or step['source']}",
                f"on the model of {names.get(step['source']) or step['source']}",
            )
        )
    if step.get("count") is not None:
        words.append(f"× {step['count']}")
    if step.get("share") is not None:
        words.append(cell(float(step["share"]), share=True, digits=0))
    if step.get("components"):
        parts = step["components"]
        words.append(t("全部要素", "all components") if parts == "all" else ", ".join(map(str, parts)))
    if step.get("every"):
        every, times = step["every"], step.get("times") or 1
        words.append(t(f"每 {every} 个月，共 {times} 次", f"every {every} months, {times} times"))
    return " · ".join(words)
