"""Two versions of the data: what was told stays told with `before`, and without it people are named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from tests.release.made import KEY, TODAY, generated, tiny
from tiaokuai import generate
from tiaokuai.graph import Network
from tiaokuai.graph.errors import RequestError

LATER = date(2026, 5, 2)  # two quarters on


def without(network: Network, enterprise: str) -> Network:
    """The data with an enterprise's row deleted, and those of its people."""
    gone = network["members"].filter(pl.col("enterprise") == enterprise)["id"].implode()
    tables = {
        **network.tables,
        "enterprises": network["enterprises"].filter(pl.col("id") != enterprise),
        "members": network["members"].filter(pl.col("enterprise") != enterprise),
        "enrolments": network["enrolments"].filter(pl.col("enterprise") != enterprise),
        "backbones": network["backbones"].filter(~pl.col("member").is_in(gone)),
    }
    return Network.from_tables(tables, network.template)


def moved(network: Network, enterprise: str) -> Network:
    """The data with an enterprise's row moved to another block."""
    other = network["blocks"]["id"][-1]
    block = pl.when(pl.col("id") == enterprise).then(pl.lit(other)).otherwise("block")
    return edited(network, block=block)


def grown(network: Network, enterprise: str) -> Network:
    """The data with an enterprise's staff put up to five."""
    return edited(network, staff=pl.when(pl.col("id") == enterprise).then(5).otherwise("staff"))


def edited(network: Network, **columns: pl.Expr) -> Network:
    tables = {**network.tables, "enterprises": network["enterprises"].with_columns(**columns)}
    return Network.from_tables(tables, network.template)


CHANGES: list[Callable[[Network, str], Network]] = [without, moved, grown]


def pool_sums(release: Network, skipped: str) -> dict[tuple[str, date, str], int]:
    """What is told of every pool's other enterprises, by the pools of the release."""
    assert release.released is not None
    found: dict[tuple[str, date, str], int] = {}
    for day in release.released.steps:
        snapshot = release.as_of(day)
        for block in range(snapshot.blocks):
            here = (snapshot.block == block) & (snapshot.enterprise_ids != skipped).to_numpy()
            id = snapshot.block_ids[block]
            found["lines", day, id] = int(snapshot.lines[here].sum())
            found["members", day, id] = int((snapshot.members - snapshot.lines)[here].sum())
    return found


def ones(network: Network) -> list[str]:
    """Enterprises of a single person who is a member without a line: the one who would be named."""
    alone = network["enterprises"].filter(pl.col("staff") == 1)["id"]
    plain = network["members"].filter(~pl.col("id").is_in(network["backbones"]["member"].implode()))
    return alone.filter(alone.is_in(plain["enterprise"].implode())).to_list()


def crowded(seed: int) -> Network:
    """A district of `generate` in which every fourth enterprise is one person, half of them members."""
    network = generate(blocks=6, enterprises=60, seed=seed)
    enterprise = pl.int_range(pl.len()) % 4 == 0
    network = edited(network, staff=pl.when(enterprise).then(1).otherwise("staff"))
    single = network["enterprises"].filter(pl.col("staff") == 1)["id"]
    association = network["associations"].select("block", association="id", begun="since").unique("block")
    home = network["enterprises"].select(enterprise="id", block="block").join(association, on="block")
    home = home.filter(pl.col("enterprise").is_in(single.implode())).sort("enterprise").gather_every(2)
    members = network["members"].filter(~pl.col("enterprise").is_in(single.implode()))
    new = home.select(
        id="one-" + pl.col("enterprise"),
        enterprise="enterprise",
        association="association",
        since="begun",
        until=pl.lit(None, dtype=pl.Date),
        consent="begun",
    )
    left = network["backbones"].filter(pl.col("member").is_in(members["id"].implode()))
    tables = {**network.tables, "members": pl.concat([members, new]), "backbones": left}
    return Network.from_tables(tables, network.template)


@pytest.mark.parametrize("change", [without, moved])
def test_without_before_a_row_that_goes_names_the_one_person_of_it(change: Callable[[Network, str], Network]) -> None:
    """Where the sum of a pool falls as one person's enterprise goes, that person was a member: rightly said."""
    network = crowded(1)
    named, single = 0, ones(network)
    first = network.release("planner", KEY, today=TODAY)
    for enterprise in single:
        second = change(network, enterprise).release("planner", KEY, today=TODAY)
        assert first.released is not None
        assert second.released is not None
        if first.released.pools != second.released.pools:
            continue
        old, new = told_by_pool(first), told_by_pool(second)
        named += any(new[at] < old[at] for at in old.keys() & new.keys() if at[0] == "members")
    assert named >= len(single) / 4
    assert len(single) >= 5


def told_by_pool(release: Network) -> dict[tuple[str, date, tuple[str, ...]], int]:
    sums = pool_sums(release, "")
    assert release.released is not None
    pools = release.released.pools["members"]
    days = release.released.steps
    return {("members", day, pool): sum(sums["members", day, b] for b in pool) for day in days for pool in pools}


@pytest.mark.parametrize("audience", ["planner", "public"])
@pytest.mark.parametrize("change", CHANGES)
def test_with_before_nothing_that_was_told_is_told_again_in_another_way(
    audience: str, change: Callable[[Network, str], Network]
) -> None:
    network = crowded(2)
    first = network.release(audience, KEY, today=TODAY)
    for enterprise in ones(network)[:4]:
        again = change(network, enterprise).release(audience, KEY, before=first, today=LATER)
        assert first.released is not None
        assert again.released is not None
        base = first.released.steps[-1]
        kept = set(again["enterprises"]["id"])
        old = first["counts"].filter(pl.col("enterprise").is_in(list(kept)))
        new = again["counts"].filter(pl.col("since") <= base)
        assert new.sort("enterprise", "since").equals(old.sort("enterprise", "since"))
        assert again.released.steps[: len(first.released.steps)] == first.released.steps


@pytest.mark.parametrize("seed", range(12))
def test_an_earlier_release_of_the_same_data_changes_nothing(seed: int) -> None:
    network = tiny(seed)
    for audience in ("planner", "public"):
        whole = network.release(audience, KEY, today=TODAY)
        first = network.release(audience, KEY, today=date(2025, 5, 20))
        both = network.release(audience, KEY, before=first, today=TODAY)
        assert both["counts"].sort("enterprise", "since").equals(whole["counts"].sort("enterprise", "since"))
        assert both.released is not None
        assert whole.released is not None
        assert both.released.base == whole.released.base


def test_of_an_enterprise_whose_staff_was_corrected_across_five_lines_are_told_from_the_next_step_on() -> None:
    rows = [{"id": f"E{at}", "block": "B", "staff": 4} for at in range(8)]
    members = [{"id": f"M{at}", "enterprise": "E0", "association": "A", "since": date(2024, 5, 1)} for at in range(2)]
    tables = {
        "districts": [{"id": "D"}],
        "blocks": [{"id": "B", "district": "D"}],
        "associations": [{"id": "A", "block": "B", "since": date(2024, 1, 1)}],
        "enterprises": rows,
        "members": [{**row, "consent": row["since"]} for row in members],
        "backbones": [{"member": "M0", "since": date(2024, 5, 1)}, {"member": "M1", "since": date(2024, 5, 1)}],
    }
    network = Network.from_tables(tables)
    first = network.release("planner", KEY, today=TODAY)
    again = grown(network, "E0").release("planner", KEY, before=first, today=LATER)
    before, after = again.as_of(TODAY), again.as_of(LATER)
    assert before.lines.tolist() == first.as_of(TODAY).lines.tolist()
    assert (after.enterprise_ids[0], int(after.lines[0])) == ("E0", 2)


def test_the_publics_release_can_go_on_with_an_earlier_planners() -> None:
    network = crowded(3)
    first = network.release("planner", KEY, today=TODAY)
    public = without(network, ones(network)[0]).release("public", KEY, before=first, today=LATER)
    planner = without(network, ones(network)[0]).release("planner", KEY, before=first, today=LATER)
    assert public.fingerprint == planner.release("public", KEY, today=LATER).fingerprint


def test_what_is_no_earlier_release_for_the_same_readers_is_refused() -> None:
    network = tiny(3)
    public = network.release("public", KEY, today=TODAY)
    with pytest.raises(RequestError, match="no release for the planner"):
        network.release("planner", KEY, before=network, today=TODAY)
    with pytest.raises(RequestError, match="no release for the planner"):
        network.release("planner", KEY, before=public, today=TODAY)
    with pytest.raises(RequestError, match="no enterprise in common"):
        network.release("public", b"other key" * 4, before=public, today=TODAY)
    with pytest.raises(RequestError, match="no enterprise in common"):
        generated(0).release("planner", KEY, before=renamed(network).release("planner", KEY, today=TODAY))


def renamed(network: Network) -> Network:
    new = {"id": "x" + pl.col("id")}
    tables = {
        **network.tables,
        "enterprises": network["enterprises"].with_columns(**new),
        "members": network["members"].with_columns(enterprise="x" + pl.col("enterprise")),
    }
    return replace(Network.from_tables(tables), released=None)
