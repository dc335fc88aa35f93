"""Tables paged by the server: order, filters, and what has no value; scenarios in addresses; remembered answers."""

from __future__ import annotations

import base64
import json
import lzma
import threading
from datetime import date
from random import Random
from typing import Any

import pytest
from flask import g
from hypothesis import given
from hypothesis import strategies as st

from tests.web_desk import data_of, open_desk, small
from tiaokuai.graph.errors import RequestError
from tiaokuai.web import packed as packed_form
from tiaokuai.web.address import Address, read_address
from tiaokuai.web.data_set import DataSet
from tiaokuai.web.frame import View, open_view
from tiaokuai.web.gate import Viewer
from tiaokuai.web.memory import Memory
from tiaokuai.web.packed import pack, unpack
from tiaokuai.web.page_where import days
from tiaokuai.web.plan_fields import start_of
from tiaokuai.web.scenarios import LINK, decode, encode, only_here, step
from tiaokuai.web.server import build
from tiaokuai.web.settings import Settings
from tiaokuai.web.tables import BLOCK_COLUMNS, chosen, grid, page
from tiaokuai.web.words import Words

ROWS: list[dict[str, Any]] = [
    {"id": "B1", "name": "One", "coverage": 0.5, "status": "growing", "staff": 10},
    {"id": "B2", "name": None, "coverage": None, "status": "hollow", "staff": 30},
    {"id": "B3", "name": "Three", "coverage": 0.9, "status": "covered", "staff": 20},
    {"id": "B4", "name": "Four", "coverage": None, "status": "none", "staff": 0},
]
COLUMNS = ("id", "name", "coverage", "status", "staff")


def ids(request: dict[str, Any], lang: str = "en") -> list[str]:
    return [str(row["id"]) for row in chosen(ROWS, request, COLUMNS, Words(lang))]


@pytest.mark.parametrize(("order", "first"), [("asc", ["B1", "B3"]), ("desc", ["B3", "B1"])])
def test_what_is_missing_comes_last_either_way(order: str, first: list[str]) -> None:
    assert ids({"sortModel": [{"colId": "coverage", "sort": order}]}) == [*first, "B2", "B4"]


def test_what_is_missing_passes_no_filter() -> None:
    every = {"filterType": "number", "type": "greaterThanOrEqual", "filter": -1}
    assert ids({"filterModel": {"coverage": every}}) == ["B1", "B3"]
    assert ids({"filterModel": {"coverage": {"filterType": "number", "type": "notEqual", "filter": 3}}}) == ["B1", "B3"]


def test_shares_are_filtered_in_percent_as_they_are_shown() -> None:
    over = {"filterType": "number", "type": "inRange", "filter": 45, "filterTo": 60}
    assert ids({"filterModel": {"coverage": over}}) == ["B1"]


def test_a_status_is_filtered_by_its_word() -> None:
    hollow = {"filterType": "text", "type": "contains", "filter": "空心"}
    assert ids({"filterModel": {"status": hollow}}, "zh") == ["B2"]


def test_two_conditions() -> None:
    parts = [{"type": "lessThan", "filter": 15}, {"type": "greaterThan", "filter": 25}]
    either = {"filterType": "number", "operator": "OR", "conditions": parts}
    assert ids({"filterModel": {"staff": either}}) == ["B1", "B2", "B4"]
    assert ids({"filterModel": {"staff": {**either, "operator": "AND"}}}) == []


def test_unknown_columns_are_no_way_in() -> None:
    assert ids({"sortModel": [{"colId": "secret", "sort": "asc"}], "filterModel": {"secret": {"type": "equals"}}}) == [
        "B1",
        "B2",
        "B3",
        "B4",
    ]


def test_a_page_is_at_most_a_hundred_rows_and_counts_all() -> None:
    view = View(Address("where", "en"), data_of(), "steward", date(2026, 1, 1), "/")
    many = [{"id": str(number), "staff": number} for number in range(250)]
    sent = page(many, {"startRow": 100, "endRow": 10_000}, ("id", "staff"), view)
    assert (sent["rowCount"], len(sent["rowData"]), sent["rowData"][0]["id"]) == (250, 100, "100")


_TEXT = st.text(max_size=20)
_PLAIN = st.lists(st.dictionaries(_TEXT, st.one_of(_TEXT, st.integers(), st.none()), max_size=4), max_size=5)


@given(_PLAIN)
def test_scenarios_survive_the_address(scenarios: list[dict[str, Any]]) -> None:
    assert decode(encode(scenarios)) == scenarios


@given(st.text(max_size=200))
def test_any_other_text_is_refused_or_read(text: str) -> None:
    code = "read"
    try:
        found = decode(text)
    except RequestError as error:
        code, found = error.code, []
    assert isinstance(found, list)
    assert code in ("read", "bad_link", "gone")


@given(_PLAIN, st.lists(st.dictionaries(_TEXT, st.one_of(_TEXT, st.integers(), st.none()), max_size=3), max_size=9))
def test_steps_survive_column_by_column(scenarios: list[dict[str, Any]], steps: list[dict[str, Any]]) -> None:
    every = [*scenarios, {"name": "a", "interventions": steps}]
    assert unpack(pack(every), 10**6) == every


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCXYZ0189-_~", max_size=80))
def test_letters_that_are_no_columns_are_refused(text: str) -> None:
    code = "bad_link"
    try:
        decode("~" + text)
    except RequestError as error:
        code = error.code
    assert code == "bad_link"


def a_plan(steps: int) -> list[dict[str, Any]]:
    """As ``plan`` makes them: lines at so many of 100,000 enterprises, by period, then by id."""
    random = Random(7)
    made = [
        {
            "at": f"{2027 + at // 4}-{1 + 3 * (at % 4):02d}",
            "do": "add_backbones",
            "enterprise": f"E{id:06d}",
            "count": random.choice((1, 1, 1, 2, 2, 3)),
        }
        for at in range(8)
        for id in sorted(random.sample(range(100_000), steps // 8))
    ]
    return [{"name": "plan", "interventions": made}]


def test_a_plan_of_five_thousand_steps_is_a_link() -> None:
    every = a_plan(5000)
    text = encode(every)
    assert len(text) <= LINK
    assert not only_here(text)
    assert decode(text) == every
    link = read_address("/what-if", "?s=" + text + "&start=2027-01", "/", "en")
    assert link is not None
    assert (link.get("s"), link.get("start")) == (text, "2027-01")


def test_what_is_too_long_for_a_link_stays_with_its_session() -> None:
    server, desk = open_desk(lang="en")
    every = a_plan(40_000)
    session, other = desk.sessions.start(None), desk.sessions.start(None)
    with server.test_request_context("/"):
        g.viewer = Viewer(session, None, "planner")
        text = encode(every)
        assert only_here(text)
        assert len(text) < 30
        assert decode(text) == every
        g.viewer = Viewer(other, None, "planner")
        with pytest.raises(RequestError, match="one session"):
            decode(text)


def test_few_letters_do_not_ask_for_millions_of_steps() -> None:
    bomb = json.dumps([{"interventions": {"steps": 10**9, "columns": [["at", [[10**9, "2027-01"]]]]}}])
    packed = lzma.compress(bomb.encode(), format=lzma.FORMAT_RAW, filters=packed_form._FILTERS)
    with pytest.raises(RequestError, match="cannot be read"):
        decode("~" + base64.urlsafe_b64encode(packed).decode())


def test_a_bomb_in_a_link_is_refused() -> None:
    with pytest.raises(RequestError):
        decode(encode([{"name": "x" * 50_000_000}]))


@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_.-]{0,10}", fullmatch=True), st.text(min_size=1, max_size=20), max_size=5
    )
)
def test_an_address_reads_back(params: dict[str, str]) -> None:
    params.pop("lang", None)
    address = Address("block", "zh", params)
    pathname, _, search = address.href("/desk/").partition("?")
    assert read_address(pathname, "?" + search, "/desk/", "en") == address


def test_steps_from_the_form_say_only_what_their_kind_takes() -> None:
    fields = {
        "block": "B1",
        "enterprise": "E1",
        "count": 3,
        "where": "random",
        "share": 30,
        "at": "2027-01",
        "every": 3,
        "times": 2,
    }
    lines = step({"do": "add_backbones", **fields})
    assert lines == {"at": "2027-01", "every": 3, "times": 2, "do": "add_backbones", "enterprise": "E1", "count": 3}
    assert step({"do": "lose_backbones", **fields})["share"] == 0.3


def test_two_who_ask_the_same_at_once_compute_it_once() -> None:
    memory, made, barrier = Memory(9), list[int](), threading.Barrier(8)

    def make() -> int:
        made.append(1)
        return 7

    def ask() -> None:
        barrier.wait()
        assert memory.get("key", make) == 7

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_only_the_last_answers_are_remembered() -> None:
    memory, made = Memory(2), list[str]()
    for key in ("a", "b", "c", "a", "c"):
        memory.get(key, lambda key=key: made.append(key))  # type: ignore[misc]
    assert made == ["a", "b", "c", "a"]


def test_a_grid_of_few_rows_leaves_no_empty_space_and_its_headings_are_whole() -> None:
    view = View(Address("where", "en"), data_of(), "steward", date(2026, 1, 1), "/")
    few, many = (grid("g", BLOCK_COLUMNS, view, rows) for rows in (6, 60))
    assert (few.style["height"], many.style["height"]) == (40 + 6 * 34 + 20, 420)
    wide = {each["field"]: each["width"] for each in few.columnDefs}
    assert wide["missing_lines"] > wide["staff"]


def test_the_day_that_the_desk_was_started_with_counts_as_its_today() -> None:
    server, desk = build(Settings(), DataSet("small", small(), last=date(2021, 3, 14)))
    with server.test_request_context("/"):
        g.viewer = Viewer(desk.sessions.start(None), None, "steward")
        view = open_view(Address("where"))
        assert (view.day, days(view)[-1], start_of(view)) == (date(2021, 3, 14), "2021-03-14", "2021-04")
        assert open_view(Address("where", params={"day": "2022-01-01"})).day == date(2022, 1, 1)
