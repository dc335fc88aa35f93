"""From 1 block to 5,000 and from 1 enterprise to many: above a few thousand marks a picture aggregates and says so."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Any

import pytest

from tests.pictures import every_picture, sound
from tiaokuai.loaders.synthetic import generate
from tiaokuai.viz.history_map import history_map

DAY = date(2026, 6, 30)
MARKS = 12_000  # of one picture at most: circles, bars, dots
LARGE = (
    "coverage_bars",
    "coverage_mosaic",
    "network",
    "replication_tree",
    "template_heat",
    "gap_waterfall",
    "influence",
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pictures-large")]  # one large district for all


@pytest.fixture(scope="module")
def large() -> Any:
    made = every_picture(generate(blocks=5000, enterprises=12_000, seed=4), DAY)
    return {name: cache(made[name]) for name in LARGE}


@pytest.mark.parametrize("name", LARGE)
def test_five_thousand_blocks_are_drawn_within_reason(large: Any, name: str) -> None:
    picture = large[name]("en")
    sound(picture)
    marks = sum(len(trace["x"]) for trace in picture.wide["data"] if trace.get("mode") != "lines")
    assert marks <= MARKS
    assert len(json.dumps(picture.wide)) < 2_500_000


def test_what_is_put_together_is_said(large: Any) -> None:
    assert "steps of ten points" in large["coverage_bars"]("en").subtitle
    assert any("tenths of coverage" in note for note in large["coverage_mosaic"]("en").notes)
    assert any("drawn as their blocks" in note for note in large["network"]("en").notes)
    assert any("largest reach of descendants" in note for note in large["replication_tree"]("en").notes)
    assert any("by status" in note for note in large["template_heat"]("en").notes)
    assert any("largest influence" in note for note in large["influence"]("en").notes)


def test_the_blocks_of_the_aggregated_bars_are_all_there(large: Any) -> None:
    spec = large["coverage_bars"]("en").wide
    assert sum(sum(trace["x"]) for trace in spec["data"]) == 5000


def test_one_block_of_many_shows_its_enterprises_on_asking() -> None:
    from tiaokuai.metrics.documents import coverage_document, replication_document
    from tiaokuai.viz.network import network
    from tiaokuai.viz.places import places

    day = generate(blocks=40, enterprises=4600, seed=2).as_of(DAY)
    documents = [coverage_document(day, "block"), replication_document(day), coverage_document(day, "enterprise")]
    block = day.block_ids[0]
    whole = network(*documents, places(day))
    alone = network(*documents, places(day), block=block)
    here = int((day.block == 0).sum())
    assert any("drawn as their blocks" in note for note in whole.notes)
    assert not alone.notes
    hovers = [trace for trace in alone.wide["data"] if trace.get("hoverinfo") == "text"]
    assert [len(trace["x"]) for trace in hovers] == [1, here]


def test_a_long_history_of_many_blocks_has_fewer_days() -> None:
    rows = [{"id": f"B{i}", "staff": 10, "reached": 0, "coverage": 0.0} for i in range(1500)]
    status = [{"id": f"B{i}", "status": "none"} for i in range(1500)]
    days = [({"as_of": f"20{10 + i}-01-01", "rows": rows}, {"rows": status}) for i in range(16)]
    picture = history_map(days)
    assert len(picture.wide["frames"]) == 12 + 1
    assert "12 of the days are shown." in picture.notes
