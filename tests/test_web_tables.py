"""Tables paged by the server: order, filters, and what is withheld; scenarios in addresses; remembered answers."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web_desk import small
from tiaokuai.graph.errors import RequestError
from tiaokuai.web.address import Address, read_address
from tiaokuai.web.frame import View
from tiaokuai.web.holding import Holding, Memory
from tiaokuai.web.scenarios import decode, encode, step
from tiaokuai.web.tables import chosen, page
from tiaokuai.web.words import Words

HIDDEN = {"suppressed": "fewer_than_5"}
ROWS: list[dict[str, Any]] = [
    {"id": "B1", "name": "One", "coverage": 0.5, "status": "growing", "staff": 10},
    {"id": "B2", "name": None, "coverage": HIDDEN, "status": "hollow", "staff": 30},
    {"id": "B3", "name": "Three", "coverage": 0.9, "status": "covered", "staff": 20},
    {"id": "B4", "name": "Four", "coverage": None, "status": "none", "staff": 0},
]
COLUMNS = ("id", "name", "coverage", "status", "staff")


def ids(request: dict[str, Any], lang: str = "en") -> list[str]:
    return [str(row["id"]) for row in chosen(ROWS, request, COLUMNS, Words(lang))]


@pytest.mark.parametrize(("order", "first"), [("asc", ["B1", "B3"]), ("desc", ["B3", "B1"])])
def test_what_is_withheld_or_missing_comes_last_either_way(order: str, first: list[str]) -> None:
    assert ids({"sortModel": [{"colId": "coverage", "sort": order}]}) == [*first, "B2", "B4"]


def test_what_is_withheld_passes_no_filter() -> None:
    # Else halving the range again and again would find it out.
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
    view = View(Address("where", "en"), Holding("x", small()), "planner", date(2026, 1, 1), "/")
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
    assert code in ("read", "bad_link")


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
    memory, made, barrier = Memory(), list[int](), threading.Barrier(8)

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
