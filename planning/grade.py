"""A kept forecast against what happened since: month by month, band by band (``simulate --keep``, ``grade``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph import Assumptions, Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.network import as_day
from tiaokuai.planning.events import last_record
from tiaokuai.planning.months import month_number, month_text
from tiaokuai.planning.observed import METRICS, observed
from tiaokuai.planning.outcome import BANDS, LEVELS
from tiaokuai.planning.scores import EVEN, crps_of_bands

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Grade:
    """How one scenario of a kept forecast did in the months that have passed since."""

    kept: Mapping[str, Any]
    scenario: str
    as_of: date
    months: int  # graded
    series: Mapping[str, Mapping[str, list[float | None]]]
    scores: Mapping[str, Mapping[str, float | None]]
    same_start: bool  # the data of the start month are still what the forecast began from
    version: str | None = None  # that grades

    def document(self, lang: str = "en") -> dict[str, Any]:
        """The JSON document: ``series`` by month (index 0 the start), ``scores`` means over the months graded."""
        forecast = self.kept["forecast"]
        return {
            "as_of": self.as_of.isoformat(),
            "version": self.kept["version"],
            "data": self.kept["data"],
            "scenario": self.scenario,
            "start": forecast["start"],
            "months": forecast["months"],
            "graded": self.months,
            "series": self.series,
            "scores": self.scores,
            "same_start": self.same_start,
            "verdict": self.verdict(lang),
        }

    def verdict(self, lang: str = "en") -> str:
        """In words: how often the bands held, and whether the forecast was better than expecting no change."""
        said = []
        for metric, (zh, en) in {
            "line_share": ("有线企业占比", "line share"),
            "coverage": ("覆盖率", "coverage"),
        }.items():
            found = self.scores.get(metric)
            if found is None or found["mae"] is None or found["unchanged_mae"] is None or found["inside_90"] is None:
                continue
            inside, mae, still = 100 * found["inside_90"], 100 * found["mae"], 100 * found["unchanged_mae"]
            better = ("优于", "better than") if mae < still else ("不优于", "not better than")
            if lang == "en":
                said.append(
                    f"{en[0].upper()}{en[1:]}: within the 90% band in {inside:.0f}% of months, {mae:.2f} points off on "
                    f"average, {better[1]} expecting no change ({still:.2f})"
                )
            else:
                said.append(
                    f"{zh}：{inside:.0f}% 的月份在 90% 区间内，平均偏差 {mae:.2f} 个百分点，"
                    f"{better[0]}“不变”（{still:.2f}）"
                )
        notes = self._notes()
        said += [en if lang == "en" else zh for zh, en in notes]
        return "".join(f"{each}. " for each in said).rstrip() if lang == "en" else "".join(f"{each}。" for each in said)

    def _notes(self) -> list[tuple[str, str]]:
        """What to know of the grade, (zh, en): months to come, data changed, another version."""
        made, whole = [], int(self.kept["forecast"]["months"])
        if self.months < whole:
            are = "is" if self.months == 1 else "are"
            zh = f"预测的 {whole} 个月中，数据至今只有 {self.months} 个月"
            made.append((zh, f"Of the forecast's {whole} months, {self.months} {are} on record so far"))
        if not self.same_start:
            en = "The data of the start have changed since the forecast was kept, so part of the error may be theirs"
            made.append(("起始月的数据在保存预测之后有改动，部分偏差可能由此而来", en))
        if self.version is not None and self.kept["version"] != self.version:
            old = self.kept["version"]
            made.append(
                (
                    f"预测由 {old} 版保存，现为 {self.version} 版",
                    f"Version {old} kept the forecast, {self.version} grades it",
                )
            )
        return made


def grade(
    kept: Mapping[str, Any],
    network: Network,
    as_of: str | date | None = None,
    scenario: str | None = None,
    version: str | None = None,
) -> Grade:
    """Grades the first scenario (the baseline) or the one named, up to ``as_of`` (default: the last record).

    ``version`` is that of the program, which is said where another one kept the forecast.
    RequestError where not a month of the forecast has passed, or the scenario was not run.
    """
    forecast = kept["forecast"]
    names = [each["name"] for each in forecast["scenarios"]]
    chosen = scenario or names[0]
    if chosen not in names:
        zh, en = (
            f"预测中没有情景“{chosen}”，只有 {'、'.join(names)}",
            f"no scenario {chosen!r}; there are {', '.join(names)}",
        )
        raise RequestError("no_scenario", zh, en, scenario=chosen)
    day = last_record(network) if as_of is None else as_day(as_of)
    start = month_number(forecast["start"])
    passed = min(month_number(day) - start, int(forecast["months"]))
    if passed < 1:
        end = month_text(month_number(day) - 1)
        zh = f"预测自 {forecast['start']} 起，数据到 {end}：还没有可评分的月份"
        en = f"the forecast begins {forecast['start']} and the data end {end}: no month to grade"
        raise RequestError("nothing_to_grade", zh, en, start=forecast["start"], data_end=end)
    given = dict(kept["assumptions"])
    assumptions = Assumptions(**{**given, "eligible_kinds": frozenset(given["eligible_kinds"])})
    actual = observed(network, start, start + passed, assumptions)
    bands = forecast["scenarios"][names.index(chosen)]["series"]
    series: dict[str, dict[str, list[float | None]]] = {}
    scored: dict[str, dict[str, float | None]] = {}
    same = True
    for metric in METRICS:
        table = _bands(metric, bands.get(metric), passed)
        if table is None:
            continue
        truth = actual[metric]
        same = same and bool(np.isclose(table["p50"][0], truth[0], atol=1e-9, equal_nan=True))
        series[metric] = {"actual": _plain(truth), **{name: _plain(values) for name, values in table.items()}}
        scored[metric] = _scores(table, truth)
    if not series:
        zh, en = (
            "保存的预测没有可评分的区间",
            "the kept forecast has no bands to grade (a mean-field forecast has none)",
        )
        raise RequestError("nothing_to_grade", zh, en)
    return Grade(kept, chosen, day, passed, series, scored, same, version)


def _bands(metric: str, series: Any, passed: int) -> dict[str, Floats] | None:
    """Bands of the months that have passed; None where the engine gave none.

    RequestError where they are no shares: numbers from elsewhere, up to infinity, would be graded all the same.
    """
    try:
        found = {name: np.array(series[name][: passed + 1], dtype=float) for name in BANDS}
    except (KeyError, TypeError, ValueError):
        return None
    whole = all(values.shape == (passed + 1,) for values in found.values())
    if whole and any(((values < -EVEN) | (values > 1 + EVEN)).any() for values in found.values()):
        zh, en = f"保存的预测中 {metric} 不在 0 与 1 之间", f"{metric} of the kept forecast is not between 0 and 1"
        raise RequestError("not_a_forecast", zh, en, metric=metric)
    return None if not whole or any(np.isnan(values).all() for values in found.values()) else found


def _plain(values: Floats) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]


def _scores(table: Mapping[str, Floats], truth: Floats) -> dict[str, float | None]:
    """Means over the months after the start; CRPS from the five quantiles that a kept forecast has."""
    known = [at for at in range(1, len(truth)) if not np.isnan(truth[at]) and not np.isnan(table["p50"][at])]
    if not known:
        return dict.fromkeys(("crps", "mae", "inside_90", "inside_50", "unchanged_mae"))

    def inside(low: str, high: str) -> float:
        held = [table[low][at] - EVEN <= truth[at] <= table[high][at] + EVEN for at in known]
        return float(np.mean(held))

    return {
        "crps": float(np.mean([crps_of_bands(LEVELS, [table[n][at] for n in BANDS], truth[at]) for at in known])),
        "mae": float(np.mean([abs(table["p50"][at] - truth[at]) for at in known])),
        "inside_90": inside("p05", "p95"),
        "inside_50": inside("p25", "p75"),
        "unchanged_mae": float(np.mean([abs(truth[0] - truth[at]) for at in known])),
    }
