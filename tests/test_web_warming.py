"""Days are drawn before anybody asks: what a page then reads is there, and a stop ends it."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from tests.web_desk import open_desk
from tiaokuai.loaders.synthetic import generate
from tiaokuai.web import warming
from tiaokuai.web.data_set import DataSet
from tiaokuai.web.desk import Desk
from tiaokuai.web.memory import Memory

NETWORK = generate(blocks=6, enterprises=60, seed=3)


@pytest.fixture
def desk() -> Desk:
    return open_desk(NETWORK)[1]


def days(desk: Desk) -> list[date]:
    today = date.today()
    return [today, *warming.earlier(desk.main.for_audience("steward"), today)]


def is_drawn(desk: Desk, day: date) -> bool:
    keys = [("picture", name, day, lang) for name in ("coverage_bars", "network") for lang in ("zh", "en")]
    keys += [("coverage", (day, "block")), ("replication", day)]
    return all(key in desk.main.for_audience("steward").memory for key in keys)


def test_every_day_on_which_something_changed_is_drawn_the_latest_first(desk: Desk) -> None:
    warming.warm(desk, threading.Event())
    chosen = days(desk)
    assert len(chosen) > 5
    assert chosen == sorted(chosen, reverse=True)
    assert all(is_drawn(desk, day) for day in chosen)


def test_a_page_finds_what_was_drawn(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    warming.warm(desk, threading.Event())
    day = days(desk)[3]

    def never(*args: object) -> None:
        raise AssertionError("computed again")

    for kind in ("coverage", "influence"):
        monkeypatch.setattr(f"tiaokuai.metrics.documents.{kind}_document", never)
    warming.draw(desk.main, day, "steward")
    with pytest.raises(AssertionError, match="computed again"):
        desk.main.for_audience("steward").influence(day)


def test_a_stop_ends_it_after_the_first_page(desk: Desk) -> None:
    stop = threading.Event()
    stop.set()
    warming.warm(desk, stop)
    first, *others = days(desk)
    assert is_drawn(desk, first)
    assert not any(is_drawn(desk, day) for day in others)


def test_data_read_again_end_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    old, drawn = desk.main, warming.draw

    def and_then_read_again(data: DataSet, day: date, audience: str) -> None:
        drawn(data, day, audience)
        desk.main = open_desk(NETWORK)[1].main

    monkeypatch.setattr(warming, "draw", and_then_read_again)
    warming.warm(desk, threading.Event())
    assert desk.main is not old
    desk.main = old
    assert [day for day in days(desk) if is_drawn(desk, day)] == days(desk)[:1]


def test_it_takes_no_more_than_half_of_what_is_remembered(desk: Desk) -> None:
    desk.main.for_audience("steward").memory = Memory(3 * 2 * warming.OF_A_DAY)
    assert len(days(desk)) == 1 + 3
