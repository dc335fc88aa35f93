"""The history at the desk: days on which something changed, not the years in which nothing came."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tiaokuai.loaders import read
from tiaokuai.web.address import Address
from tiaokuai.web.closer import closer
from tiaokuai.web.closer_answers import changing
from tiaokuai.web.data_set import DataSet
from tiaokuai.web.frame import View
from tiaokuai.web.page_where import days

FARMERS = Path(__file__).resolve().parent.parent / "examples" / "brazil-farmers"


def test_days_without_a_change_are_left_out() -> None:
    rows = [
        {"date": "2020-03-31", "lines": 3, "reached": 5},
        {"date": "2020-06-30", "lines": 3, "reached": 5},
        {"date": "2020-09-30", "lines": 3, "reached": 6},
        {"date": "2020-12-31", "lines": 7, "reached": 6},
        {"date": "2021-03-31", "lines": 7, "reached": 6},
    ]
    assert [row["date"] for row in changing(rows)] == ["2020-03-31", "2020-09-30", "2020-12-31"]
    assert changing([]) == []


def farmers(**settings: str) -> View:
    return View(Address("where", "en", settings), DataSet("x", read(FARMERS)), "steward", date(2026, 9, 30), "/")


def test_the_slider_of_an_old_study_ends_with_its_last_change_and_the_last_day() -> None:
    stops = days(farmers())  # the study's last line began in 1964
    assert stops[-2:] == ["1964-12-01", stops[-1]]
    assert stops[-1] > "2026"
    assert len(stops) < 200  # of 969 months


def test_a_link_may_compare_with_a_day_on_which_nothing_changed() -> None:
    def chosen(since: str) -> str:
        view = farmers(look="compare", since=since)
        return str(closer(view, days(view)))

    assert "value='1980-06-30'" in chosen("1980-06-30")
    assert "value='soon'" not in chosen("soon")
