"""Hide the last months, learn from the rest, forecast the hidden ones, and say how that went (model.md §3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph import Assumptions, Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.network import as_day
from tiaokuai.planning.bass import fit_bass
from tiaokuai.planning.calibrate import from_history
from tiaokuai.planning.drift import futures, steady
from tiaokuai.planning.events import history, last_record
from tiaokuai.planning.months import first_day, month_number, month_text
from tiaokuai.planning.observed import METRICS, observed
from tiaokuai.planning.rates import NAMES
from tiaokuai.planning.running import Progress
from tiaokuai.planning.scores import mean_scores, scores
from tiaokuai.planning.simulate import SEED, simulate

Floats = NDArray[np.float64]
MODELS = ("model", "bass", "unchanged")
FEWEST = 6  # months of history at least
Scores = Mapping[str, float | None]


@dataclass(frozen=True)
class Cutoff:
    """One backtest: everything before month number ``start`` was known."""

    start: int
    rates: Mapping[str, float]
    drift: Mapping[str, Any] | None
    series: Mapping[str, Mapping[str, list[float | None]]]
    scores: Mapping[str, Mapping[str, Scores]]

    def to_json(self) -> dict[str, Any]:
        """A row of the rolling table."""
        return {"start": month_text(self.start), "scores": self.scores, "drift": self.drift}


@dataclass(frozen=True)
class Backtest:
    """The last cut-off, and with ``rolling`` those before it."""

    hide: int
    runs: int
    seed: int
    rolling: bool
    cutoffs: tuple[Cutoff, ...]

    @property
    def scores(self) -> dict[str, dict[str, Scores]]:
        """Means over the cut-offs (one of them unless rolling)."""
        return {
            metric: {model: mean_scores([each.scores[metric][model] for each in self.cutoffs]) for model in MODELS}
            for metric in METRICS
        }

    def document(self, lang: str = "en") -> dict[str, Any]:
        """The JSON document of contracts.md (``backtest``); ``cutoffs`` beside it where it rolled."""
        last = self.cutoffs[-1]
        document: dict[str, Any] = {
            "hide": self.hide,
            "start": month_text(last.start),
            "months": self.hide,
            "runs": self.runs,
            "seed": self.seed,
            "rates": dict(last.rates),
            "drift": last.drift,
            "series": last.series,
            "scores": self.scores,
            "verdict": verdict(self.scores, self.cutoffs, lang),
        }
        if self.rolling:
            document["cutoffs"] = [each.to_json() for each in self.cutoffs]
        return document


def backtest(
    network: Network,
    hide: int,
    rolling: bool = False,
    *,
    as_of: str | date | None = None,
    runs: int = 400,
    seed: int = SEED,
    most: int = 12,
    assumptions: Assumptions | None = None,
    progress: Progress | None = None,
    drifting: bool = True,
) -> Backtest:
    """Hides the ``hide`` months before ``as_of`` (default: the last record), learns from the rest and forecasts them.

    ``rolling`` does it again from up to ``most`` earlier cut-offs, hiding as many months after each. ``series`` are
    of the hidden months alone, [hide] each. The rivals are a Bass curve fitted on the same months and "nothing
    changes"; without ``drifting`` the rates stay what they were fitted to be. RequestError where fewer than six
    months would be left to learn from.

    >>> import tiaokuai as tk
    >>> net = tk.generate(blocks=3, enterprises=12, seed=1)
    >>> sorted(backtest(net, hide=3, as_of="2026-06-30", runs=20).document()["scores"])
    ['coverage', 'line_share']
    """
    taken = assumptions or Assumptions()
    end = month_number(as_day(as_of)) if as_of is not None else month_number(last_record(network))
    first = history(network, first_day(end), taken).first
    if not 1 <= hide <= end - first - FEWEST:
        most_hidden = max(0, end - first - FEWEST)
        zh = f"历史有 {end - first} 个月，要留 {FEWEST} 个月学习：--hide 应为 1 至 {most_hidden}"
        en = f"of {end - first} months of history {FEWEST} must be left to learn from: hide 1 to {most_hidden}"
        raise RequestError("bad_hide", zh, en, hide=hide, history=end - first)
    actual = observed(network, first, end, taken)
    chosen = cut_offs(actual["line_share"], first, end - hide, most) if rolling else [end - hide]
    if progress is not None:
        progress.update(0, total=len(chosen))
    done = []
    for start in chosen:
        done.append(_one(network, start, hide, actual, first, runs, seed, taken, drifting))
        if progress is not None:
            progress.update(len(done))
    return Backtest(hide, runs, seed, rolling, tuple(done))


def cut_offs(lined: Floats, first: int, last: int, most: int) -> list[int]:
    """At most so many, evenly, from the first with six months and a line or two to learn from."""
    growing = np.flatnonzero(lined > lined[0])
    begin = min(last, first + max(FEWEST, int(growing[0]) + 1 if len(growing) else FEWEST))
    return sorted({round(float(at)) for at in np.linspace(begin, last, min(most, last - begin + 1))})


def _one(
    network: Network,
    start: int,
    hide: int,
    actual: Mapping[str, Floats],
    first: int,
    runs: int,
    seed: int,
    assumptions: Assumptions,
    drifting: bool,
) -> Cutoff:
    day = first_day(start)
    found = from_history(history(network, day, assumptions), day)
    ahead = futures(found, hide, runs, seed) if drifting else steady(found, hide)
    forecast = simulate(
        network,
        months=hide,
        runs=runs,
        seed=seed,
        start=day,
        rates=ahead.rates,
        drift=ahead.drift,
        frailty=ahead.frailty,
        keenness=ahead.keenness,
        assumptions=assumptions,
    )
    rng = np.random.default_rng([seed, start])
    series: dict[str, dict[str, list[float | None]]] = {}
    scored: dict[str, dict[str, Scores]] = {}
    for metric in METRICS:
        known, hidden = (
            actual[metric][: start - first + 1],
            actual[metric][start - first + 1 : start - first + hide + 1],
        )
        mine = forecast.outcomes[0].runs_of(metric)[:, 1:]
        series[metric] = _series(mine, hidden)
        usable = known[~np.isnan(known)]
        if not len(usable):
            scored[metric] = {model: mean_scores([]) for model in MODELS}
            continue
        rival = fit_bass(usable).forecast(hide, runs, rng) if len(usable) > 1 else np.full((1, hide), usable[-1])
        scored[metric] = {
            "model": scores(mine, hidden),
            "bass": scores(rival, hidden),
            "unchanged": scores(np.full((1, hide), usable[-1]), hidden),
        }
    rates = {name: float(np.mean([getattr(each, name) for each in ahead.rates])) for name in NAMES}
    return Cutoff(start, rates, ahead.learned.to_json() if ahead.learned else None, series, scored)


def _series(runs: Floats, actual: Floats) -> dict[str, list[float | None]]:
    bands = np.quantile(runs, (0.05, 0.5, 0.95), axis=0)

    def plain(values: Floats) -> list[float | None]:
        return [None if np.isnan(value) else float(value) for value in values]

    return {
        "actual": plain(actual),
        **{name: plain(row) for name, row in zip(("p05", "p50", "p95"), bands, strict=True)},
    }


def verdict(found: Mapping[str, Mapping[str, Scores]], cutoffs: Sequence[Cutoff], lang: str = "en") -> str:
    """In words, by CRPS: which rival the forecast beats or loses to, and whether its band is honest."""
    said = []
    for metric, (zh, en) in {"line_share": ("有线企业占比", "line share"), "coverage": ("覆盖率", "coverage")}.items():
        mine = found[metric]["model"]["crps"]
        if mine is None:
            continue
        parts = []
        for model, (rival_zh, rival_en) in {
            "bass": (" Bass 曲线", "the Bass curve"),
            "unchanged": ("“不变”", "unchanged"),
        }.items():
            rival = found[metric][model]["crps"]
            if rival is None:
                continue
            won = f"{sum(_wins(each, metric, model) for each in cutoffs)}/{len(cutoffs)}"
            word = ("胜过", "beats") if mine < rival else ("等同", "equals") if mine == rival else ("输给", "LOSES to")
            if lang == "en":
                parts.append(f"{word[1]} {rival_en}{f' ({won})' if len(cutoffs) > 1 else ''}")
            else:
                parts.append(f"{word[0]}{rival_zh}{f'（{won}）' if len(cutoffs) > 1 else ''}")
        inside = found[metric]["model"]["inside_90"]
        held = "" if inside is None else f"{100 * inside:.0f}%"
        if lang == "en":
            said.append(f"{en}: the forecast {' and '.join(parts)}; its 90% band held the truth in {held} of months")
        else:
            said.append(f"{zh}：预测{'，'.join(parts)}；90% 区间在 {held} 的月份含实际值")
    return ("。" if lang == "zh" else ". ").join(said)


def _wins(cutoff: Cutoff, metric: str, model: str) -> bool:
    mine, rival = cutoff.scores[metric]["model"]["crps"], cutoff.scores[metric][model]["crps"]
    return mine is not None and rival is not None and mine < rival
