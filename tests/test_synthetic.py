"""Made-up districts: the same for the same seed, sound in every reference and date, and looking like the real thing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.command import tiaokuai
from tiaokuai.graph import Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.records import RECORDS, columns
from tiaokuai.loaders.synthetic import generate
from tiaokuai.metrics.coverage import reached

END = date(2026, 6, 30)
# What a seed makes must not change with the platform; a wanted change of the generator changes this line.
FINGERPRINT = "53aab254a3330092"


def faults(network: Network) -> list[str]:
    """What the rules of the records say against the rows, computed here apart from any loader."""
    found = []
    for record in RECORDS:
        frame = network[record.table]
        if frame.select(record.key).is_duplicated().any():
            found.append(f"{record.table}: the same key twice")
        for column in columns(record.table):
            cells = frame[column.name]
            if column.required and cells.null_count():
                found.append(f"{record.table}.{column.name}: missing")
            if column.ref and not cells.drop_nulls().is_in(network[column.ref]["id"].to_list()).all():
                found.append(f"{record.table}.{column.name}: does not resolve")
        if "until" in frame.columns and (frame["until"] <= frame["since"]).any():
            found.append(f"{record.table}: until not after since")
    if (network["members"]["consent"] > network["members"]["since"]).any():
        found.append("consent after since")
    if not network["adoptions"]["component"].is_in(list(network.template.index)).all():
        found.append("unknown component")
    return found + _odd(network)


def _odd(network: Network) -> list[str]:
    """What ``check`` would warn of."""
    member = (
        network["members"]
        .join(network["associations"].select(association="id", founded="since"), on="association")
        .join(network["enterprises"].select(enterprise="id", opened="since", closed="until"), on="enterprise")
    )
    line = network["backbones"].join(network["members"].select(member="id", joined="since", left="until"), on="member")
    late = pl.col("closed").is_not_null() & (pl.col("until").is_null() | (pl.col("until") > pl.col("closed")))
    left = pl.col("left").is_not_null() & (pl.col("until").is_null() | (pl.col("until") > pl.col("left")))
    odd = {
        "a member before the association": member.filter(pl.col("since") < pl.col("founded")),
        "a member before the enterprise": member.filter(pl.col("since") < pl.col("opened")),
        "a member after the enterprise": member.filter(late),
        "a line before its member": line.filter(pl.col("since") < pl.col("joined")),
        "a line after its member": line.filter(left),
    }
    return [name for name, rows in odd.items() if rows.height]


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 20), st.integers(0, 200), st.integers(0, 2**40))
def test_any_size_is_sound(blocks: int, enterprises: int, seed: int) -> None:
    network = generate(blocks, enterprises, seed)
    assert faults(network) == []
    assert (network["blocks"].height, network["enterprises"].height) == (blocks, enterprises)
    day = network.as_of(END)
    assert (day.members <= day.staff).all()


def test_the_same_seed_gives_the_same_district_and_another_seed_another() -> None:
    first, again, other = (generate(12, 300, seed).fingerprint for seed in (1, 1, 2))
    assert first == again == FINGERPRINT
    assert first != other


def test_a_third_of_the_enterprises_have_a_line_and_blocks_stand_in_every_way() -> None:
    day = generate(50, 1500, 1).as_of(END)
    share = (day.lines > 0).mean()
    assert 0.27 < share < 0.37
    here = np.maximum(np.bincount(day.block, minlength=day.blocks), 1)
    line_share = day.block_sum(day.lines > 0) / here
    coverage = day.block_sum(reached(day.staff, day.capacity, day.members)) / np.maximum(day.block_sum(day.staff), 1)
    assert (day.founded & (line_share < 0.2)).any()  # hollow
    assert (day.founded & (coverage >= 0.8)).any()  # covered
    assert (day.eligible & ~day.founded).any()
    assert set(day.kind) == {"pilot", "mature", "emerging"}


def test_head_counts_are_heavy_tailed_about_ten_and_some_unknown() -> None:
    staff = generate(50, 20_000, 3)["enterprises"]["staff"]
    assert 0.02 < staff.null_count() / len(staff) < 0.06
    assert 8 < staff.mean() < 12
    assert staff.median() < 7
    assert staff.max() > 300


def test_blocks_found_along_links_and_never_in_a_circle() -> None:
    network = generate(60, 600, 5)
    linked = {frozenset(pair) for pair in network["links"].select("a", "b").iter_rows()}
    born = dict(network["associations"].filter(kind="association").select("block", "since").iter_rows())
    rows = network["replications"].rows()
    assert len(rows) > 5
    for source, target, since in rows:
        assert frozenset((source, target)) in linked
        assert born[source] < born[target] == since


@pytest.mark.parametrize(("blocks", "enterprises", "seed"), [(0, 10, 1), (3, -1, 1), (3, 3, -1), (10**9, 1, 1)])
def test_a_size_out_of_range_is_said_in_a_sentence(blocks: int, enterprises: int, seed: int) -> None:
    with pytest.raises(RequestError, match="must be between"):
        generate(blocks, enterprises, seed)


def test_the_command_writes_a_district_that_check_accepts(tmp_path: Path) -> None:
    made = tiaokuai("generate", tmp_path / "d", "--blocks", 6, "--enterprises", 80, "--seed", 3, "--json")
    assert made.code == 0, made.err
    assert made.json["rows"]["enterprises"] == 80
    checked = tiaokuai("check", tmp_path / "d", "--json")
    assert checked.json["ok"]
    assert [problem for problem in checked.json["problems"] if problem["severity"] == "error"] == []
    assert tiaokuai("coverage", tmp_path / "d", "--as-of", "2026-06-30", "--json").json["total"]["enterprises"] > 70


def test_what_is_there_is_replaced_only_on_asking(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me", encoding="utf-8")
    assert tiaokuai("generate", tmp_path, "--blocks", 2, "--enterprises", 5).code == 1
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "keep me"
