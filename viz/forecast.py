"""What if?"""

from __future__ import annotations

from collections.abc import Sequence

from tiaokuai.viz.bands import MOST, apart, at_month, band, hovers, line_of, look, middle, month_ticks, name_of, quoted
from tiaokuai.viz.blocks import Document
from tiaokuai.viz.picture import Picture, key, made, nothing, percent_axis
from tiaokuai.viz.text import SHARES, Text, known, safe, shorten, width
from tiaokuai.viz.theme import INK, MUTED, PAPER, RULE, SCREENS, Screen, Spec, axis, bare, layout, line, note

TALL = 340
ROW = 36


def forecast(simulated: Document, *, metric: str = "coverage", at_least: float = 0.8, lang: str = "en") -> Picture:
    """Every scenario's median and the band of nine runs in ten; below, when a threshold is reached.

    ``simulated`` is the document ``simulate``.

    >>> forecast({"scenarios": []}).title
    'There is no forecast to show'
    """
    t = Text(lang)
    notes = list[str]()
    scenarios = [each for each in simulated.get("scenarios", ()) if middle(each["series"].get(metric))][:MOST]
    if not scenarios:
        why = t("没有可显示的模拟结果：没有应覆盖的人。", "No run has a figure to show: nobody to cover.")
        return nothing(t("没有可显示的预测", "There is no forecast to show"), why, t, notes)
    if len(simulated["scenarios"]) > MOST:
        notes.append(t(f"只画前 {MOST} 个方案。", f"The first {MOST} scenarios are drawn."))
    notes += [str(warning.get(t.lang) or "") for warning in simulated.get("warnings") or ()]
    title = _title(simulated, scenarios, metric, at_least, t)
    runs = known(simulated.get("runs")) or 0
    subtitle = (
        t(
            f"{t.metric(metric)}：线 = 中位数，色带 = {t.number(runs)} 次的九成；下方 = 何时达 {t.share(at_least)}。",
            f"{t.metric(metric).capitalize()}: line = median, band = nine of ten runs (of {t.number(runs)}); "
            f"below: when {t.share(at_least)} is reached.",
        )
        if runs
        else t(f"{t.metric(metric)}的期望值。", f"The expected {t.metric(metric)}.")
    )
    headers = [t("方案", "scenario"), t("起点", "start"), t("期末", "end"), t("九成模拟", "nine runs of ten")]
    headers += [
        t(f"到达 {t.share(at_least)}", f"reaches {t.share(at_least)}"),
        t("到期未达", "never"),
        t("费用", "cost"),
    ]
    rows = [_row(simulated, each, metric, at_least, t) for each in scenarios]
    alt = title + t("。", ". ") + t(";", "; ").join(f"{row[0]}: {row[1]} → {row[2]}" for row in rows) + t("。", ".")
    specs = [_draw(simulated, scenarios, metric, at_least, t, screen) for screen in SCREENS]
    return made(title, subtitle, alt, specs, headers, rows, t, notes)


def reaching(scenario: Document, metric: str, at_least: float) -> Document | None:
    """When the scenario reaches a threshold; None where the forecast does not say."""
    for row in scenario.get("time_to") or ():
        if row.get("metric") == metric and abs(row.get("at_least", -1) - at_least) < 1e-9:
            found: Document = row
            return found
    return None


def _title(simulated: Document, scenarios: Sequence[Document], metric: str, at_least: float, t: Text) -> str:
    when = [
        (month, i)
        for i, each in enumerate(scenarios)
        if (row := reaching(each, metric, at_least)) and (month := known(row.get("p50"))) is not None
    ]
    if not when or min(when)[0] <= 0:
        return _furthest(simulated, scenarios, metric, t)
    name, share = t.metric(metric), t.share(at_least)
    month, i = min(when)
    told, who = at_month(simulated, int(month), t), quoted(str(scenarios[i]["name"]), t)
    if len(scenarios) == 1:
        return t(f"{told}{name}达到 {share}", f"{name.capitalize()} reaches {share} in {told}")
    return t(f"{who}最早到达{name} {share}：{told}", f"{name.capitalize()} reaches {share} soonest with {who}: {told}")


def _furthest(simulated: Document, scenarios: Sequence[Document], metric: str, t: Text) -> str:
    """Where no threshold tells the scenarios apart: how far each gets."""
    months, name = t.number(simulated["months"]), t.metric(metric)
    ends = [known(middle(each["series"][metric])[-1]) or 0.0 for each in scenarios]
    told = [t.figure(metric, end) for end in ends]
    if len(scenarios) == 1:
        first, who = t.figure(metric, middle(scenarios[0]["series"][metric])[0]), str(scenarios[0]["name"])
        if first == told[0]:
            stays = f"With {quoted(who, t)}, {name} stays at about {first} for {months} months"
            return t(f"{quoted(who, t)}，{months} 个月后{name}仍约为 {first}", stays)
        return t(
            f"{quoted(who, t)}，{months} 个月后{name}从 {first} 到 {told[0]}",
            f"With {quoted(who, t)}, {name} goes from {first} to {told[0]} in {months} months",
        )
    best = max(range(len(ends)), key=lambda i: (ends[i], -i))
    other = 0 if best else min(range(len(ends)), key=lambda i: (ends[i], -i))
    if told[best] == told[other]:
        return t(
            f"{months} 个月后各方案的{name}相差无几：{told[0]}",
            f"After {months} months all come to about {told[0]} {name}",
        )
    who, whom = quoted(str(scenarios[best]["name"]), t), quoted(str(scenarios[other]["name"]), t)
    return t(
        f"{months} 个月后{who}的{name}最高：{told[best]}，{whom}为 {told[other]}",
        f"After {months} months {name} is highest with {who}: {told[best]}; {told[other]} with {whom}",
    )


def _row(simulated: Document, scenario: Document, metric: str, at_least: float, t: Text) -> list[str]:
    series = scenario["series"][metric]
    values, row = middle(series), reaching(scenario, metric, at_least)
    low, high = (known((series.get(name) or [None])[-1]) for name in ("p05", "p95"))
    return [
        name_of(str(scenario["name"]), t),
        t.figure(metric, values[0]),
        t.figure(metric, values[-1]),
        "–" if low is None or high is None else f"{t.figure(metric, low)}–{t.figure(metric, high)}",
        _when(simulated, row, t),
        t.share(row.get("never")) if row else "–",
        t.number(scenario.get("cost")),
    ]


def _when(simulated: Document, row: Document | None, t: Text) -> str:
    if row is None:
        return "–"
    month = known(row.get("p50"))
    if month is None:
        return t("多半到不了", "not in most runs")
    return t("已达到", "already there") if month <= 0 else at_month(simulated, int(month), t)


def _draw(
    simulated: Document, scenarios: Sequence[Document], metric: str, at_least: float, t: Text, screen: Screen
) -> Spec:
    names = [str(each["name"]) for each in simulated["scenarios"]]
    size, plot = screen.size, TALL if not screen.narrow else 250
    told = [(each, row) for each in scenarios if (row := reaching(each, metric, at_least)) is not None]
    share = metric in SHARES
    below = (len(told) * ROW + 30) if told and share else 0
    left, right = 46, 14 if screen.narrow else 190
    entries = [
        (look(names, str(each["name"]))[2], look(names, str(each["name"]))[0], _short(each, t, 150))
        for each in scenarios
    ]
    above, tall = key(entries, screen, left) if screen.narrow else (None, 16.0)
    traces: list[Spec] = []
    for each in scenarios:
        traces += band(each["series"][metric], look(names, str(each["name"]))[0])
    for each in scenarios:
        colour, dash, _ = look(names, str(each["name"]))
        values = middle(each["series"][metric])
        said = hovers(simulated, str(each["name"]), each["series"][metric], values, metric, t)
        traces.append(line_of(values, colour, dash, said))
    top = 1.0 if share else max(v for trace in traces for v in trace["y"] if v is not None) * 1.08 or 1.0
    texts = [above] if above else _ends(simulated, scenarios, names, metric, top, plot, right, t, size)
    shapes = []
    if share:
        shapes.append(line(0, at_least, 1, at_least, xref="x domain", dash="dash", color=INK, layer="above"))
        texts.append(
            note(
                t.share(at_least),
                0,
                at_least,
                xref="x domain",
                xanchor="left",
                yanchor="bottom",
                size=11,
                color=MUTED,
                xshift=3,
            )
        )
    low = (below + 8) / (plot + below) if below else 0.0
    frame: Spec = {
        "xaxis": axis(**month_ticks(simulated, screen, t), anchor="free" if below else "y", position=0, showgrid=True),
        "yaxis": {**(percent_axis() if share else axis(range=[0, top], tickformat=",.0f")), "domain": [low, 1]},
    }
    if below:
        traces += _waits(simulated, told, names, t)
        texts += _waits_said(simulated, told, names, at_least, t, screen)
        frame["yaxis2"] = bare(range=[len(told) - 0.55, -1.4], domain=[0, below / (plot + below) - 0.01], anchor="x")
    return {
        "data": traces,
        "layout": layout(
            screen, plot + below + tall + 34, (left, right, tall, 34), shapes=shapes, annotations=texts, **frame
        ),
    }


def _short(scenario: Document, t: Text, room: float) -> str:
    return safe(shorten(name_of(str(scenario["name"]), t), room, 12))


def _ends(
    simulated: Document, scenarios: Sequence[Document], names: Sequence[str], metric: str, top: float, plot: float,
    right: float, t: Text, size: float,
) -> list[Spec]:  # fmt: skip
    """Names and last values at the right of the lines, moved apart where they would meet."""
    ends = [middle(each["series"][metric])[-1] or 0.0 for each in scenarios]
    places = apart([end / top * plot for end in ends], size * 1.45, size * 0.7, plot - size * 0.7)
    texts = []
    for each, end, place in zip(scenarios, ends, places, strict=True):
        value = t.figure(metric, end)
        name = safe(shorten(name_of(str(each["name"]), t), right - 24 - width(value, size), size))
        colour = look(names, str(each["name"]))[0]
        where: Spec = {"xanchor": "left", "xshift": 10, "size": size, "color": colour}
        texts.append(note(f"<b>{name}</b> {value}", int(simulated["months"]), place / plot * top, **where))
    return texts


def _waits(simulated: Document, told: Sequence[tuple[Document, Document]], names: Sequence[str], t: Text) -> list[Spec]:
    """From the 5th to the 95th percentile of the month a threshold is reached (or the end), a dot at the median."""
    traces: list[Spec] = []
    months = int(simulated["months"])
    shared: Spec = {"type": "scatter", "yaxis": "y2", "cliponaxis": False}
    for y, (each, row) in enumerate(told):
        colour = look(names, str(each["name"]))[0]
        low, high, half = (known(row.get(name)) for name in ("p05", "p95", "p50"))
        ends = [low if low is not None else months, months if high is None else high]
        rail: Spec = {"color": RULE, "width": 2}
        traces.append({**shared, "mode": "lines", "x": [0, months], "y": [y, y], "line": rail, "hoverinfo": "skip"})
        if low is not None:
            bar: Spec = {"line": {"color": colour, "width": 8}, "opacity": 0.4, "hoverinfo": "skip"}
            traces.append({**shared, "mode": "lines", "x": ends, "y": [y, y], **bar})
        if half is not None:
            said = f"<b>{safe(name_of(str(each['name']), t))}</b><br>{_when(simulated, row, t)}"
            dot: Spec = {"size": 11, "color": colour, "line": {"color": PAPER, "width": 1.5}}
            hover: Spec = {"hovertext": [said], "hoverinfo": "text"}
            traces.append({**shared, "mode": "markers", "x": [half], "y": [y], "marker": dot, **hover})
    return traces


def _waits_said(
    simulated: Document,
    told: Sequence[tuple[Document, Document]],
    names: Sequence[str],
    at_least: float,
    t: Text,
    screen: Screen,
) -> list[Spec]:
    """Above each bar: the scenario, when, and in how many runs never."""
    how = "" if screen.narrow else t("（点 = 中位数，条 = 九成模拟）", " (dot = median, bar = nine of ten runs)")
    head = t(f"<b>何时到达 {t.share(at_least)}</b>", f"<b>When {t.share(at_least)} is reached</b>") + how
    texts = [note(head, 0, -1.15, xref="x domain", yref="y2", xanchor="left", size=screen.size)]
    for y, (each, row) in enumerate(told):
        said, never = _when(simulated, row, t), known(row.get("never"))
        if never == 1:
            said = t("没有一次到达", "in no run")
        elif never:
            said += t(f"，{t.share(never)} 到期未达", f"; {t.share(never)} never")
        colour = look(names, str(each["name"]))[0]
        text = f"<b>{_short(each, t, 150 if screen.narrow else 300)}</b> {said}"
        texts.append(
            note(text, 0, y - 0.42, xref="x domain", yref="y2", xanchor="left", size=screen.size - 1, color=colour)
        )
    return texts
