"""What the page How sure asks: from its controls to a task, and from the task's result to what the viewer may read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.months import first_day, month_number
from tiaokuai.web.desk import the_viewer
from tiaokuai.web.frame import View
from tiaokuai.web.jobs import Job
from tiaokuai.web.scenarios import parsed
from tiaokuai.web.tasks import Data, Task
from tiaokuai.web.tasks_sure import Grading, Learning, Testing, Weighing
from tiaokuai.web.trying import question

KIND = {"rates": "calibrate", "forecasts": "backtest", "number": "sensitivity", "grade": "grade"}  # ask: its document
KEPT = 12  # answers that a session keeps, so that the way back is quick
FORECAST = 8_000_000  # characters of a kept forecast
# control: (default, least, most)
NUMBERS = {
    "hide": (6, 1, 600),
    "cutoffs": (12, 1, 60),
    "tries": (400, 2, 5000),
    "seed": (1, 0, 10**9),
    "samples": (128, 2, 4096),
    "runs": (20, 1, 1000),
}


@dataclass(frozen=True)
class Wanted:
    """One question: ``key`` tells it from every other, ``day`` is the one that it is about."""

    ask: str
    key: str
    task: Task
    day: date


def wanted(view: View, values: Mapping[str, Any]) -> Wanted:
    """What the controls ask; RequestError where they ask nothing that can be answered."""
    ask = str(values.get("ask") or "rates")
    if ask not in KIND:
        raise RequestError("no_such_question", "没有这个问题", "there is no such question")
    given = {name: _number(name, values.get(name)) for name in NUMBERS}
    if ask == "number":
        return _weighing(view, values, given)
    until = history_end(view)
    data = Data.of(view.holding.network, view.holding.assumptions, until)
    task: Task = Learning(data)
    key: tuple[Any, ...] = ()
    if ask == "forecasts":
        options = (given["hide"], bool(values.get("rolling")), given["cutoffs"], given["tries"], given["seed"])
        task, key = Testing(data, *options), options
    elif ask == "grade":
        text = the_viewer().session.kept.get("forecast")
        if text is None:
            raise RequestError("no_forecast", "请先选一个保存的预测", "choose a kept forecast first")
        chosen = str(values.get("graded") or "") or None
        task, key = Grading(data, text, chosen), (hash(text), chosen)
    return Wanted(ask, _key(view, ask, until, *key), task, until)


def _weighing(view: View, values: Mapping[str, Any], given: Mapping[str, int]) -> Wanted:
    asked = question(values, view.day)
    first = first_day(month_number(asked.start))
    every = asked.scenarios
    of = str(values.get("of") or "0")
    scenario = every[min(int(of), len(every) - 1)] if every and of.isascii() and of.isdigit() else None
    learned = history_end(view) if values.get("learned") else None
    metric, engine = str(values.get("metric") or "coverage"), str(values.get("engine") or "mean-field")
    text = parsed(scenario).to_yaml() if scenario is not None else None
    task = Weighing(
        Data.of(view.holding.network, view.holding.assumptions, first),
        start=first,
        scenario=text,
        metric=metric,
        months=asked.months,
        rates=dict(asked.rates),
        learned_until=learned,
        engine=engine,
        samples=given["samples"],
        runs=given["runs"],
        seed=given["seed"],
    )
    options = (first, text, metric, asked.months, sorted(asked.rates.items()), learned, engine, *given.values())
    return Wanted("number", _key(view, "number", *options), task, first)


def _key(view: View, *parts: Any) -> str:
    return repr((view.holding.network.fingerprint, view.audience, *parts))


def _number(name: str, value: Any) -> int:
    default, least, most = NUMBERS[name]
    try:
        given = default if value in (None, "") else int(float(value))
    except (TypeError, ValueError, OverflowError):
        raise RequestError("bad_number", "请检查所填的数字", "check the numbers") from None
    return min(most, max(least, given))


def history_end(view: View) -> date:
    """The day that history ends with, as the commands have it: the one asked for, else that of the last record."""
    from tiaokuai.planning.events import last_record

    if view.address.get("day"):
        return view.day
    last: date = view.holding.memory.get("last record", lambda: last_record(view.holding.network))
    return last


def kept_answer(key: str) -> Mapping[str, Any] | None:
    """What this session has answered before: ``{ask, documents, day}``, the documents by language."""
    found: Mapping[str, Any] | None = the_viewer().session.kept.get("sure", {}).get(key)
    return found


def keep_answer(asked: Wanted, job: Job) -> Mapping[str, Any]:
    """Remembers a finished answer for the session."""
    kept: dict[str, Any] = the_viewer().session.kept.setdefault("sure", {})
    kept[asked.key] = {"ask": asked.ask, "documents": job.result, "day": asked.day}
    for old in list(kept)[:-KEPT]:
        kept.pop(old, None)
    made: Mapping[str, Any] = kept[asked.key]
    return made


def take_forecast(text: str) -> list[str]:
    """Keeps an uploaded forecast for the session and names its scenarios; RequestError where it is none."""
    from tiaokuai.planning.keeping import kept_text

    kept = kept_text(text[:FORECAST], "")
    try:
        names = [str(each["name"]) for each in kept["forecast"]["scenarios"]]
    except (KeyError, TypeError):
        names = []
    if not names:
        raise RequestError("not_a_forecast", "文件里没有预测", "there is no forecast in the file")
    the_viewer().session.kept["forecast"] = json.dumps(kept)
    return names
