"""The answers of the page How sure, each from its document alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html

from tiaokuai.planning.rates import BY_NAME, SHORT, TABLE
from tiaokuai.web.frame import View, alert, card, figure, headline, picture, small_table
from tiaokuai.web.hindsight import MODELS, beside, rolling
from tiaokuai.web.words import SHARES, Words, cell

Document = Mapping[str, Any]
METRICS = ("line_share", "coverage")
MOST_CHECKED = 10
KINDS = {
    "block": ("区块的推定人数", "head-counts assumed in block"),
    "enterprise": ("企业的推定人数", "head-count assumed at enterprise"),
}


def answered(ask: str, document: Document, view: View) -> list[Any]:
    """The cards of one question."""
    return {"rates": _rates, "forecasts": _forecasts, "number": _number, "grade": _grade}[ask](document, view)


def digits(value: Any) -> str:
    """A rate in three digits.

    >>> digits(0.0316667), digits(None), digits(1000.0)
    ('0.0317', '–', '1000')
    """
    return cell(value) if value is None else f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def rate_name(name: str, t: Words) -> str:
    """A rate in a word or two, as the pictures call it."""
    return t(*SHORT.get(name, (name, name)))


def in_use(document: Document) -> dict[str, str]:
    """The settings of What if that take these rates: ``{r.start: a year's}``."""
    found = {}
    for rate in TABLE:
        each = document["rates"][rate.name]
        if each["learned"]:
            value = min(float(each["value"]), rate.most) * (12 if rate.unit == "month" else 1)
            found[f"r.{rate.name}"] = f"{value:.16g}"
    return found


def _rates(document: Document, view: View) -> list[Any]:
    t, rates = view.say, document["rates"]
    units = {"month": t("每月", "a month"), "year": t("每年", "a year"), "share": "", "factor": "×"}
    rows = []
    for name, each in rates.items():
        span = "–" if each["low"] is None else f"{digits(each['low'])} – {digits(each['high'])}"
        names = [html.Span(rate_name(name, t)), html.Small(f" {units[BY_NAME[name].unit]}", className="note")]
        numbers = [digits(each["value"]), span, digits(each["default"]), cell(each["events"]), cell(each["exposure"])]
        rows.append([html.Div(names, title=f"{name}: {t(BY_NAME[name].zh, BY_NAME[name].en)}"), *numbers])
    columns = [
        (t("速率", "rate"), False),
        (t("历史所示", "history says"), True),
        (t("95% 区间", "95% interval"), True),
        (t("表中默认", "in the table"), True),
        (t("事件数", "events"), True),
        (t("在险月数", "months at risk"), True),
    ]
    notes = [html.Li(f"{rate_name(name, t)}: {each['note']}") for name, each in rates.items() if each["note"]]
    learned = sum(bool(each["learned"]) for each in rates.values())
    said = t(
        f"{document['from']} 至 {document['to']} 的历史说得出 {len(rates)} 项速率中的 {learned} 项。",
        f"The history from {document['from']} to {document['to']} speaks for {learned} of {len(rates)} rates.",
    )
    if learned < len(rates):
        said += t("其余用表中默认。", " The others keep the table's.")
    use = view.address.with_("what-if", keep=("data", "day", "s", "at"), **in_use(document)).href(view.prefix)
    plan = view.address.with_("what-next", keep=("data", "day"), expected="1", robust="1", **in_use(document))
    weigh = view.address.with_("sure", keep=("data", "day", "s", "at"), ask="number", learned="1", asked="number")
    links = [
        html.A(
            t("在“如果”里用这些速率 →", "use these rates in What if →"), href=use, id="use-rates", className="strong"
        ),
        html.A(t("用这些速率做计划 →", "plan with these rates →"), href=plan.href(view.prefix), id="plan-with"),
        html.A(
            t("在这些区间内，哪个数字要紧 →", "which matters, over these intervals →"), href=weigh.href(view.prefix)
        ),
    ]
    return [
        card(
            t("历史怎么说", "What history says"),
            html.P(said),
            small_table(columns, rows),
            html.Ul(notes, className="note") if notes else None,
            html.Div(links, className="row"),
            html.Div(_download(t("下载速率文件", "download the rates"), "rates-file", t), className="buttons"),
        )
    ]


def _download(words: str, id: str, t: Words) -> Any:
    import dash_mantine_components as dmc

    return dmc.Button(words, id={"type": "sure-file", "as": id}, variant="default", size="compact-sm")


def _answers_file(t: Words) -> Any:
    return html.Div(
        _download(t("下载这项答案（JSON）", "download this answer (JSON)"), "answer", t), className="buttons"
    )


def _forecasts(document: Document, view: View) -> list[Any]:
    t = view.say
    cuts = document.get("cutoffs")
    many = len(cuts or ())
    title = t(
        f"隐去 {document['hide']} 个月，{document['start']} 之前为已知",
        f"{document['hide']} months hidden; all before {document['start']} is known",
    )
    title += t(f"；{many} 个截止月", f"; {many} cut-offs") if many else ""
    parts = [card(title, _verdict(document), _scores(document["scores"], t, MODELS), _answers_file(t))]
    parts += _pictures(document, 0, view)
    if many:
        parts.append(_rolled(cuts, view))
    return parts


def _verdict(document: Document) -> Any:
    """The sentence; orange where the forecast loses to a rival."""
    lost = any(_loses(each) for each in document["scores"].values())
    return html.Div(alert(str(document["verdict"]), colour="orange" if lost else "green"), id="verdict")


def _loses(models: Document) -> bool:
    if "model" not in models:  # a grade: against no change
        mine, still = models.get("mae"), models.get("unchanged_mae")
        return mine is not None and still is not None and mine >= still
    mine = models["model"]["crps"]
    rivals = [models[name]["crps"] for name in ("bass", "unchanged")]
    return mine is not None and any(rival is not None and mine > rival for rival in rivals)


def _points(value: Any) -> str:
    return cell(value) if value is None else f"{100 * value:.2f}"


def _scores(scores: Document, t: Words, models: Mapping[str, tuple[str, str]]) -> Any:
    columns = [
        (t("指标", "figure"), False),
        (t("预测者", "forecaster"), False),
        (t("CRPS（百分点）", "CRPS (points)"), True),
        (t("平均偏差", "mean error"), True),
        (t("90% 区间守住", "inside its 90% band"), True),
    ]
    rows = [
        [
            t.figure(metric) if model == "model" else "",
            t(*words),
            _points(scores[metric][model]["crps"]),
            _points(scores[metric][model]["mae"]),
            cell(scores[metric][model]["inside_90"], share=True, digits=0),
        ]
        for metric in METRICS
        if metric in scores
        for model, words in models.items()
    ]
    return small_table(columns, rows)


def _pictures(document: Document, before: int, view: View) -> list[Any]:
    t, made, series = view.say, [], document["series"]
    for metric in METRICS:
        if metric in series:
            spec = beside(series[metric], document["start"], before, t, dark=view.dark, narrow=view.narrow)
            name = t.figure(metric)
            label = t(f"{name}：预测与实际", f"{name}: forecast and what came")
            made.append(card(label, figure(spec, view, f"hindsight-{metric}", label)))
    return [html.Div(made, className="pair")] if made else []


def _rolled(cuts: Any, view: View) -> Any:
    t = view.say
    title = t("从各截止月看：有线企业占比", "From each cut-off: line share")
    spec = rolling(cuts, "line_share", t, dark=view.dark, narrow=view.narrow)
    columns = [(t("截止月", "cut-off"), False), *((t(*words), True) for words in MODELS.values())]
    columns.append((t("90% 区间守住", "inside 90%"), True))
    rows = []
    for each in cuts:
        found = each["scores"]["line_share"]
        held = cell(found["model"]["inside_90"], share=True, digits=0)
        rows.append([each["start"], *(_points(found[model]["crps"]) for model in MODELS), held])
    table = html.Details([html.Summary(t("写成表格", "as a table")), small_table(columns, rows)])
    return card(title, figure(spec, view, "rolling", title), table)


def _grade(document: Document, view: View) -> list[Any]:
    t, scores = view.say, document["scores"]
    columns = [
        (t("指标", "figure"), False),
        (t("CRPS（百分点）", "CRPS (points)"), True),
        (t("平均偏差", "mean error"), True),
        (t("“不变”的偏差", "error of no change"), True),
        (t("90% 区间守住", "inside 90%"), True),
        (t("50% 区间守住", "inside 50%"), True),
    ]
    rows = [
        [
            t.figure(metric),
            *(_points(each[name]) for name in ("crps", "mae", "unchanged_mae")),
            *(cell(each[name], share=True, digits=0) for name in ("inside_90", "inside_50")),
        ]
        for metric, each in scores.items()
    ]
    scenario = document["scenario"]
    name = t("什么都不做", "nothing is done") if scenario == "baseline" else scenario
    title = t(
        f"{name}：自 {document['start']} 起 {document['graded']}/{document['months']} 个月",
        f"{name}: {document['graded']} of {document['months']} months since {document['start']}",
    )
    made = [card(title, _verdict(document), small_table(columns, rows), _answers_file(t))]
    return made + _pictures(document, 1, view)


def _number(document: Document, view: View) -> list[Any]:
    from tiaokuai.viz.sensitivity_tornado import sensitivity_tornado

    t, metric = view.say, str(document["metric"])
    after = t(f"{document['months']} 个月后", f"after {document['months']} months")
    scenario = document["scenario"]
    name = t("什么都不做", "nothing is done") if scenario == "baseline" else str(scenario)
    head = headline(f"{t.figure(metric)} · {after}", _figure(document["answer"], metric), name)
    drawn = sensitivity_tornado(document, lang=t.lang)
    heads, cells = drawn.table
    table = small_table([(text, at > 0) for at, text in enumerate(heads)], [list(row) for row in cells])
    warned = [alert(each[t.lang]) for each in document.get("warnings") or ()]
    return [
        html.Div(head, className="cards"),
        *warned,
        card(
            drawn.title,
            html.P(document["words"], id="sure-words"),
            picture(drawn, view, "tornado"),
            html.Details([html.Summary(t("写成表格", "as a table")), table]),
            _answers_file(t),
        ),
        _check_first(document, view),
    ]


def _figure(value: Any, metric: str) -> str:
    return cell(value, share=metric in SHARES)


def _check_first(document: Document, view: View) -> Any:
    t, rows = view.say, document["check_first"]
    title = t("先核实什么", "What to check first")
    columns = [
        (t("哪一个", "which"), False),
        (t("答案移动", "moves the answer by"), True),
        (t("试用的范围", "tried from – to"), True),
    ]
    body = [
        [
            rate_name(row["rate"], t) if row["kind"] == "rate" else f"{t(*KINDS[row['kind']])} {row[row['kind']]}",
            _figure(row["swing"], str(document["metric"])),
            f"{row['low']:.3g} – {row['high']:.3g}",
        ]
        for row in rows[:MOST_CHECKED]
    ]
    return card(title, small_table(columns, body), id="check-first")
