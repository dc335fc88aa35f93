"""What a release tells is close to what there is, and nothing is withheld: rules 1, 3, 6, 7 and 8 by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

import tiaokuai as tk
from tests.conftest import EXAMPLES
from tests.release import rules
from tests.release.made import KEY, TODAY, generated, tiny
from tiaokuai.graph import Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.release.offsets import offset, secret_of
from tiaokuai.graph.release.pools import Unit, join
from tiaokuai.loaders import read

READERS = ("planner", "public")
SHARES = ("coverage", "line_share", "amplification", "realisation")


def association(enterprises: list[dict[str, Any]], **people: int) -> Network:
    """One block; ``people`` are members, or with an x lines, of each enterprise since 10 May 2024."""
    day = date(2024, 5, 10)
    members, backbones = [], []
    for name, count in people.items():
        for _ in range(count):
            member = f"M{len(members)}"
            where = {"enterprise": name.removesuffix("x"), "association": "A"}
            members.append({"id": member, **where, "since": day, "consent": day})
            if name.endswith("x"):
                backbones.append({"member": member, "since": day})
    return Network.from_tables(
        {
            "districts": [{"id": "D"}],
            "blocks": [{"id": "B", "district": "D"}],
            "associations": [{"id": "A", "block": "B", "since": date(2024, 1, 1)}],
            "enterprises": [{"block": "B", **row} for row in enterprises],
            "members": members,
            "backbones": backbones,
        }
    )


def counts(network: Network) -> list[tuple[Any, ...]]:
    return network["counts"].sort("enterprise", "since").rows()


def test_lines_are_told_from_five_staff_on_up_to_half_of_them_from_the_next_quarter_on() -> None:
    """9 staff: 4 of 5 lines, and 10 · 4 people; 30 staff: 3 lines, 30 people; all since 1 July."""
    network = association([{"id": "E", "staff": 9}, {"id": "F", "staff": 30}], Ex=5, Fx=3)
    told = network.release("planner", KEY, today=TODAY)
    lines = [(enterprise, since, lines, capacity) for enterprise, since, _, lines, capacity in counts(told)]
    assert lines == [("E", date(2024, 7, 1), 4, 40), ("F", date(2024, 7, 1), 3, 30)]


def test_capacity_is_told_to_the_nearest_five_but_at_least_five_and_as_it_is_where_every_line_has_the_same() -> None:
    network = association([{"id": "E", "staff": 30}, {"id": "F", "staff": 30}], Ex=2, Fx=1)

    def reach(*capacity: int | None) -> list[int]:
        lines = network["backbones"].with_columns(capacity=pl.Series(capacity, dtype=pl.Int64))
        tables = {**network.tables, "backbones": lines}
        return [row[4] for row in counts(Network.from_tables(tables).release("planner", KEY, today=TODAY))]

    assert reach(6, 6, 2) == [10, 5]
    assert reach(6, 7, 8) == [15, 10]
    assert reach(12, 12, 12) == [24, 12]
    assert reach(None, None, None) == [20, 10]
    assert reach(None, 3, 3) == [15, 5]


def test_unknown_staff_is_one_person_and_under_five() -> None:
    network = association([{"id": "E", "staff": None}, {"id": "F", "staff": 24}], Ex=2, F=9)
    told = network.release("planner", KEY, today=TODAY)
    assert told.released is not None
    assert told.released.without_staff == 1
    assert told.released.pools == {"lines": (), "members": (("B",),)}  # one person is no pool of lines
    assert [lines for _, _, _, lines, _ in counts(told)] == [0]


def test_a_data_set_too_small_for_a_pool_tells_its_lines_where_five_are_known_and_nobody_else() -> None:
    told = association([{"id": "E", "staff": 10}, {"id": "F", "staff": 4}], Ex=2, E=5, F=4, Fx=1).release(
        "planner", KEY, today=TODAY
    )
    assert counts(told) == [("E", date(2024, 7, 1), 2, 2, 20)]
    assert told.released is not None
    assert told.released.pools == {"lines": (), "members": ()}


def test_small_blocks_are_joined_in_order_and_the_rest_joins_the_last_pool() -> None:
    """Districts 0 0 0 0 | 1 | 2: 12 + 9 make one, 25 is one, 3 joins the last; 8 and 11 have none and join the last."""
    staff = [12, 9, 25, 3, 8, 11]
    blocks = [Unit((at,), size, 4) for at, size in enumerate(staff)]
    district = np.array([0, 0, 0, 0, 1, 2], dtype=np.int32)
    assert join(blocks, district, 1) == [(0, 1), (2, 3, 4, 5)]
    assert join([*blocks[:5], Unit((5,), 12, 4)], district, 1) == [(0, 1), (2, 3), (4, 5)]


def test_for_the_public_a_pool_also_has_three_enterprises() -> None:
    units = [Unit((0,), 60, 2), Unit((1,), 40, 1), Unit((2,), 30, 3)]
    assert join(units, np.zeros(3, dtype=np.int32), 1) == [(0,), (1,), (2,)]
    assert join(units, np.zeros(3, dtype=np.int32), 3) == [(0, 1), (2,)]


def test_an_offset_depends_on_the_measure_and_on_ids_and_names_of_blocks_and_districts() -> None:
    secret = secret_of(KEY)
    named = [["B1", "east", "D", "quay"]]
    others = [[["B2", "east", "D", "quay"]], [["B1", "west", "D", "quay"]], [["B1", "east", "D", None]]]
    asked = [("lines", named), ("members", named), *(("lines", other) for other in others)]
    over = [[offset(secret + bytes([at]), measure, names) for at in range(32)] for measure, names in asked]
    assert len({tuple(row) for row in over}) == len(asked)
    assert all(set(row) == set(range(5)) for row in over)
    assert offset(secret, "lines", [["B1", None, "D", "q"], ["B2", None, "D", "q"]]) == offset(
        secret, "lines", [["B2", None, "D", "q"], ["B1", None, "D", "q"]]
    )


def test_enrolments_are_told_of_five_known_staff_from_step_to_step() -> None:
    staff: list[int | None] = [5, 4, None, 9, 9, 9]
    network = association([{"id": f"E{at}", "staff": size} for at, size in enumerate(staff)])
    spans = [("2024-05-10", None), ("2024-05-10", None), ("2024-05-10", None)]
    spans += [("2024-04-01", "2024-08-02"), ("2024-05-10", "2024-06-30"), ("2025-12-31", "2026-01-02")]
    rows = [
        {
            "enterprise": f"E{at}",
            "association": "A",
            "since": date.fromisoformat(a),
            "until": b and date.fromisoformat(b),
        }
        for at, (a, b) in enumerate(spans)
    ]
    network = Network.from_tables({**network.tables, "enrolments": rows})
    planner = network.release("planner", KEY, today=TODAY)["enrolments"].rows()
    assert planner == [
        ("E0", "A", date(2024, 7, 1), None),
        ("E3", "A", date(2024, 4, 1), date(2024, 10, 1)),
        ("E5", "A", date(2026, 1, 1), None),
    ]
    public = network.release("public", KEY, today=TODAY)
    assert sorted(row[2:] for row in public["enrolments"].rows()) == [
        (date(2025, 1, 1), None),
        (date(2026, 1, 1), None),
    ]
    assert set(public["enrolments"]["enterprise"]) <= set(public["enterprises"]["id"])


def test_the_public_reads_other_ids_and_no_names_that_nothing_leads_back_from() -> None:
    network = generated(1)
    public = network.release("public", KEY, today=TODAY)
    own, told = network["enterprises"], public["enterprises"]
    assert told["name"].null_count() == told.height
    assert not set(told["id"]) & set(own["id"])
    assert told["id"].is_sorted()  # in an order of their own
    assert told["id"].to_list() != network.release("public", b"k" * 32, today=TODAY)["enterprises"]["id"].to_list()
    assert sorted(told["block"]) == sorted(own["block"])
    assert set(public["counts"]["enterprise"]) <= set(told["id"])


def test_what_is_not_about_persons_stays() -> None:
    network = generated(1)
    for reader in READERS:
        release = network.release(reader, KEY, today=TODAY)
        for table in ("districts", "blocks", "associations", "adoptions", "replications", "links"):
            assert release[table].equals(network[table])
    columns = ["block", "staff", "ownership", "sector", "since", "until"]
    told = network.release("public", KEY, today=TODAY)["enterprises"].select(columns).sort(columns)
    assert told.equals(network["enterprises"].select(columns).sort(columns))


@pytest.mark.parametrize("seed", range(30))
def test_a_pool_is_told_within_four_and_at_the_cap_within_eight(seed: int) -> None:
    network = tiny(seed, blocks=4) if seed % 3 else generated(seed)
    told = rules.planner(network, KEY, TODAY)
    known = dict(network["enterprises"].select("id", "staff").iter_rows())
    for pools in told.pools.values():
        for pool in pools:
            unknown = any(known[enterprise] is None for enterprise in pool.enterprises)
            for recorded, staff, figure in zip(pool.recorded, pool.staff, pool.told, strict=True):
                at_cap = figure == max(0, 5 * ((staff - 4) // 5))
                if not at_cap:
                    assert abs(figure - recorded) <= 4
                elif not unknown and recorded <= staff:
                    assert -4 <= recorded - figure <= 8


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", ["example", "medical-innovation", "brazil-farmers"])
def test_nothing_is_withheld_on_the_example_and_the_studies(reader: str, name: str) -> None:
    """No figure of a release is missing but for want of something to divide by."""
    network = generated(2) if name == "example" else read(EXAMPLES / name)
    release = network.release(reader, KEY)
    last = release.released.steps[-1] if release.released is not None else TODAY
    day = min(last, max((d for t in ("members", "backbones") for d in network[t]["since"]), default=last))
    rows = tk.coverage(release.as_of(day), by="block")
    assert rows.height == network["blocks"].height
    whole = [name for name in rows.columns if name not in (*SHARES, "name")]
    assert sum(rows.select(whole).null_count().row(0)) == 0
    for share, of in zip(SHARES, ("staff", "enterprises", "lines", "potential"), strict=True):
        assert rows.filter(pl.col(share).is_null())[of].sum() == 0
    total = rows["members"].sum()
    assert total > 0
    assert abs(total - tk.coverage(network.as_of(day), by="block")["members"].sum()) <= 0.2 * total + 20


def test_for_a_steward_a_network_is_itself_and_nobody_reads_more_than_there_is() -> None:
    network = tiny(3)
    planner, public = (network.release(reader, KEY, today=TODAY) for reader in READERS)
    assert network.release("steward") is network
    assert planner.release("steward") is planner
    assert planner.release("planner") is planner
    assert public.release("public") is public
    with pytest.raises(RequestError, match="a release for the public"):
        public.release("planner", KEY)
    with pytest.raises(RequestError, match="no audience everybody"):
        network.release("everybody", KEY)


def test_a_release_says_what_it_is() -> None:
    network = generated(0)
    planner, public = (network.release(reader, KEY, today=TODAY).released for reader in READERS)
    assert planner is not None
    assert public is not None
    document = planner.document(date(2025, 8, 30))
    assert document == {
        "audience": "planner",
        "step": "2025-07-01",
        "base": planner.base,
        "pooled": ["lines", "members"],
    }
    assert planner.document(date(1999, 1, 1))["step"] is None
    assert public.document(date(2025, 8, 30))["step"] == "2025-01-01"
    assert "first of a quarter" in planner.sentence("en")
    assert "每季度的第一天" in planner.sentence("zh")
    assert "first of a year" in public.sentence("en")
    assert planner.shared == frozenset(b for pool in planner.pools["members"] if len(pool) > 1 for b in pool)


def test_more_staff_than_there_are_people_on_earth_is_refused() -> None:
    enterprises = [{"id": f"E{at}", "staff": 100_000_000} for at in range(700)]
    with pytest.raises(RequestError, match="such data cannot be released"):
        association(enterprises, E1=1).release("planner", KEY)
    told = association(enterprises[:600], E1=40).release("planner", KEY, today=TODAY)
    assert 36 <= told.as_of(TODAY).members.sum() <= 44


def test_without_anybody_there_is_nothing_to_tell() -> None:
    for network in (Network.from_tables({}), association([]), association([{"id": "E", "staff": 40}])):
        for reader in READERS:
            release = network.release(reader, KEY, today=TODAY)
            assert release["counts"].is_empty()
            assert release.released is not None
            assert len(release.released.steps) == 1
