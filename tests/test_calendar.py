"""Months of the year that differ, and records that know the year alone (planning/drift.py)."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import polars.selectors as cs
import pytest

from tests.conftest import EXAMPLES
from tests.histories import boundary, made_history
from tests.test_calibrate import TRUE
from tiaokuai.graph import Network
from tiaokuai.planning.backtest import backtest
from tiaokuai.planning.drift import Drift, learn
from tiaokuai.planning.drift_chain import Seen, first_season
from tiaokuai.planning.events import History, history
from tiaokuai.planning.months import month_number

JUNE = 5


def past_of(starts: Any, idle: Any) -> History:
    """A history from January 2015 with these tables [M, 6]; every block founded, f = 1."""
    made = history(made_history(7, TRUE, months=60, blocks=6, each=30, components=False), boundary(60))
    starts, idle = np.asarray(starts), np.asarray(idle)
    share = (np.cumsum(starts, axis=0) - starts) / (idle[0] + 5.0)
    seen = {"months": len(starts), "starts": starts, "idle": idle, "share": share, "fidelity": np.ones(starts.shape)}
    return type(made)(**{**made.__dict__, **seen})


def played(season: Any, months: int, rng: np.random.Generator, size: int = 60) -> History:
    """Rule 4 with a hazard of 0.01 + 0.03 s times that of the calendar's month."""
    idle, rows = np.full(6, size), []
    for month in range(months):
        hazard = (0.01 + 0.03 * (1 - idle / size)) * season[month % 12]
        now = rng.binomial(idle, -np.expm1(-hazard))
        rows.append((now, idle.copy()))
        idle = idle - now
    starts, idles = (np.array(column) for column in zip(*rows, strict=True))
    return past_of(starts, idles)


def test_a_chain_begins_with_the_calendar_months_shares_of_the_starts() -> None:
    # Three years; 6 starts each June and none else, of 600 idle in every month: 18 where 1.5 were expected of each.
    starts = np.zeros((36, 6), dtype=int)
    starts[JUNE::12] = 1
    swing, season = first_season(Seen(past_of(starts, np.full((36, 6), 100))))
    assert season[JUNE] == pytest.approx((1 / swing + 18) / (1 / swing + 1.5))
    assert season[0] == pytest.approx((1 / swing) / (1 / swing + 1.5))
    assert swing > 5
    # One start a month in every block: no month is more than another.
    swing, season = first_season(Seen(past_of(np.ones((36, 6), dtype=int), np.full((36, 6), 100))))
    assert season == pytest.approx(np.ones(12))
    assert swing < 0.01


def test_a_busy_month_of_the_year_is_told_from_months_alike() -> None:
    rng = np.random.default_rng(3)
    busy = np.where(np.arange(12) == JUNE, 6.0, 6 / 11)
    for name, season in (("alike", np.ones(12)), ("busy", busy)):
        found = learn(played(season, 48, rng), 200, rng)
        assert found is not None
        told = found.to_json()
        if name == "alike":
            assert told["calendar"]["value"] < 0.1
        else:
            assert told["calendar"]["low"] > 0.3
            rest = np.delete(found.season.mean(axis=0), JUNE).mean()
            assert found.season.mean(axis=0)[JUNE] / rest == pytest.approx(11, rel=0.35)
            assert told["size"]["value"] < 0.4  # what the month explains is no drift


def test_with_a_year_of_history_or_less_every_month_is_alike() -> None:
    rng = np.random.default_rng(3)
    short, longer = (learn(played(np.ones(12), months, rng), 20, rng) for months in (12, 13))
    assert short is not None
    assert longer is not None
    assert (short.season == 1).all()
    assert "calendar" not in short.to_json()
    assert not (longer.season == 1).all()


def test_the_months_ahead_take_the_factor_of_their_own_month() -> None:
    one = np.ones(2)
    season = np.tile(np.arange(1.0, 13.0), (2, 1))
    still = Drift(one, one, one, 0 * one, 0 * one, 0 * one, np.ones((2, 1)), one, season, one)
    assert still.paths(month_number("2027-11"), 4, np.random.default_rng(1)).tolist() == [[11, 12, 1, 2]] * 2


@pytest.fixture(scope="module")
def by_year() -> Network:
    """The farmers' study as records have it that know the year alone: all of a year on its first day."""
    tables = {
        file.stem: pl.read_csv(file, try_parse_dates=True).with_columns(cs.date().dt.truncate("1y"))
        for file in (EXAMPLES / "brazil-farmers").glob("*.csv")
    }
    return Network.from_tables(tables)


def test_records_of_years_alone_are_forecast_by_the_year(by_year: Network) -> None:
    # January's rows are what stands on 1 January and did not on 1 December: December's events (docs/forecasting.md).
    found = backtest(by_year, 24, as_of="1962-01-01", runs=200).document()
    median = np.array(found["series"]["line_share"]["p50"])
    actual = np.array(found["series"]["line_share"]["actual"])
    grown, truth = np.diff(median), np.diff(actual)
    assert np.flatnonzero(truth > 0).tolist() == [10, 22]
    assert grown[[10, 22]].sum() > 0.9 * grown.sum() > 0
    scores = found["scores"]["line_share"]
    assert scores["model"]["crps"] < min(scores["bass"]["crps"], scores["unchanged"]["crps"])
