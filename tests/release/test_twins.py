"""Data that agree in what a release tells give the same release, byte by byte; one person more moves one figure."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.release.made import KEY, TODAY, exchange, generated, tiny, with_tables
from tests.release.rules import people
from tiaokuai.graph import Network
from tiaokuai.graph.privacy import forget
from tiaokuai.graph.snapshot import to_date
from tiaokuai.loaders import read, write

AUDIENCES = ("planner", "public")


def same_bytes(one: Network, other: Network, folder: Path) -> bool:
    """Whether two releases are the same files."""
    for audience in AUDIENCES:
        kept = []
        for name, network in (("one", one), ("other", other)):
            write(network.release(audience, KEY, today=TODAY), folder / name)
            kept.append({file.name: file.read_bytes() for file in (folder / name).iterdir()})
        if kept[0] != kept[1]:
            return False
    return True


@pytest.mark.parametrize("seed", range(6))
def test_days_between_two_steps_leave_no_trace(seed: int, tmp_path: Path) -> None:
    """Everybody who joined or left in a quarter did so on its second day instead."""
    network = tiny(seed)

    def second(name: str) -> pl.Expr:
        day = pl.col(name)
        begin = day.dt.truncate("3mo")
        return pl.when(day == begin).then(day).otherwise(begin + timedelta(days=1)).alias(name)

    members = network["members"].with_columns(second("since"), second("until"))
    backbones = network["backbones"].with_columns(second("since"), second("until"))
    # Who came and went in one quarter was never seen; a spell that ends before it begins would be no data.
    lost = members.filter(pl.col("until") <= pl.col("since"))["id"].implode()
    members = members.filter(~pl.col("id").is_in(lost)).with_columns(consent="since")
    backbones = backbones.filter(~pl.col("member").is_in(lost))
    backbones = backbones.filter(pl.col("until").is_null() | (pl.col("until") > pl.col("since")))
    assert same_bytes(network, with_tables(network, members=members, backbones=backbones), tmp_path)


@pytest.mark.parametrize("seed", range(6))
def test_who_the_people_of_a_pool_are_leaves_no_trace(seed: int, tmp_path: Path) -> None:
    network = generated(seed)
    twin = exchange(network)
    assert not twin["members"].equals(network["members"])
    assert same_bytes(network, twin, tmp_path)


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_rows_leaves_no_trace_in_figures(seed: int) -> None:
    network = tiny(seed)
    turned = Network.from_tables({name: frame.reverse() for name, frame in network.tables.items()}, network.template)
    for audience in AUDIENCES:
        one, other = (each.release(audience, KEY, today=TODAY) for each in (network, turned))
        assert one.fingerprint == other.fingerprint
        assert one.released == other.released


@pytest.mark.parametrize("seed", range(8))
def test_whoever_is_erased_leaves_every_byte_as_it_was(seed: int, tmp_path: Path) -> None:
    network = tiny(seed) if seed % 2 else generated(seed)
    chance = np.random.default_rng(seed)
    ids = network["members"]["id"].to_list()
    for share in (1, len(ids) // 3, len(ids)):
        gone = chance.choice(ids, share, replace=False).tolist()
        assert same_bytes(network, forget(network, gone).network, tmp_path)


@pytest.mark.parametrize("seed", range(6))
def test_people_counted_are_told_as_people_listed(seed: int, tmp_path: Path) -> None:
    """The same network with head-counts at every other enterprise in place of its list."""
    network = tiny(seed)
    assert same_bytes(network, counted(network), tmp_path)


def counted(network: Network) -> Network:
    some = set(network["enterprises"]["id"].to_list()[::2])
    columns = ("members", "backbones")
    days = sorted({day for t in columns for c in ("since", "until") for day in network[t][c] if day is not None})
    rows: list[dict[str, object]] = []
    was = dict.fromkeys(some, (0, 0, 0))
    begins = dict(network["enterprises"].select("id", "since").iter_rows())
    for day in days:
        members, lines, capacity = people(network, day)
        for enterprise in sorted(some):
            now = members[enterprise], lines[enterprise], capacity[enterprise]
            if now != was[enterprise] and (begins[enterprise] is None or begins[enterprise] <= day):
                told = dict(zip(("members", "lines", "capacity"), now, strict=True))
                rows.append(told | {"enterprise": enterprise, "since": day})
                was[enterprise] = now
    kept = network["members"].filter(~pl.col("enterprise").is_in(list(some)))
    lines_kept = network["backbones"].filter(pl.col("member").is_in(kept["id"].implode()))
    counts = Network.from_tables({"counts": rows})["counts"]
    return with_tables(network, members=kept, backbones=lines_kept, counts=counts)


def figures(network: Network) -> tuple[list[date], list[dict[str, int]], list[dict[str, int]]]:
    """Steps; lines told of each enterprise; members who carry none told of each pool, at every step."""
    release = network.release("planner", KEY, today=TODAY)
    assert release.released is not None
    days = [date(year, month, 1) for year in (2024, 2025, 2026) for month in (1, 4, 7, 10)]
    pools = release.released.pools["members"]
    lines, members = [], []
    for day in days:
        snapshot = release.as_of(day)
        lines.append(dict(zip(snapshot.enterprise_ids, snapshot.lines.tolist(), strict=True)))
        by_block = dict(zip(snapshot.block_ids, snapshot.block_sum(snapshot.members - snapshot.lines), strict=True))
        members.append({pool[0]: sum(int(by_block[block]) for block in pool) for pool in pools})
    return days, lines, members


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("carries", [False, True])
def test_one_person_more_moves_one_pool_by_five_or_one_enterprises_lines_by_one(seed: int, carries: bool) -> None:
    network = tiny(seed, blocks=4)
    exact = set(network["enterprises"].filter(pl.col("staff") >= 5)["id"])
    block = dict(network["enterprises"].select("id", "block").iter_rows())
    days, lines, members = figures(network)
    chance = np.random.default_rng(seed)
    for enterprise in chance.choice(sorted(block), 4, replace=False):
        since = to_date(int(chance.integers(19_900, 20_400)))
        new = {
            "id": "new",
            "enterprise": enterprise,
            "association": "A0",
            "since": since,
            "until": None,
            "consent": since,
        }
        tables = {"members": Network.from_tables({"members": [new]})["members"]}
        if carries:
            line = {"member": "new", "since": since}
            tables["backbones"] = Network.from_tables({"backbones": [line]})["backbones"]
        more = with_tables(network, **{name: pl.concat([network[name], rows]) for name, rows in tables.items()})
        _, lines_more, members_more = figures(more)
        for at in range(len(days)):
            moved = {e: lines_more[at].get(e, 0) - told for e, told in lines[at].items()}
            exactly = {e: by for e, by in moved.items() if by and e in exact}
            pooled = sum(by for e, by in moved.items() if e not in exact)
            assert exactly in ({}, {enterprise: 1})
            assert pooled in (0, 5)
            assert not (exactly and pooled)
            if not carries:
                assert not any(moved.values())
            by_pool = [members_more[at][pool] - told for pool, told in members[at].items()]
            if not carries:
                assert sum(map(abs, by_pool)) in (0, 5)


def test_a_release_read_again_gives_the_same_release_for_the_public(tmp_path: Path) -> None:
    """The public's is made from the planner's and nothing else: whoever has that file and the key can make it."""
    for seed in range(6):
        network = tiny(seed) if seed % 2 else generated(seed)
        write(network.release("planner", KEY, today=TODAY), tmp_path / "planner")
        public = read(tmp_path / "planner").release("public", KEY, today=TODAY)
        direct = network.release("public", KEY, today=TODAY)
        assert public.fingerprint == direct.fingerprint
        assert public.released == direct.released
