"""Which number matters: closed forms, shared draws, head-counts to check first, and the command."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command import tiaokuai
from tests.conftest import EXAMPLES
from tests.districts import START, district
from tiaokuai.graph import Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.indices import sample, shares
from tiaokuai.planning.rates import BY_NAME, NAMES, Rates
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.sensitivity import sensitivity

IDLE = district([[1] * 30], founded=[0])  # no line anywhere, f = 1: in the first month p alone acts


def test_where_one_rate_alone_acts_it_explains_everything_in_closed_form() -> None:
    found = sensitivity(IDLE, metric="line_share", months=1, start=START, samples=32)
    rows = {row.rate: row for row in found.rows}
    start = rows["start"]
    assert found.rows[0] is start
    assert start.answer_low == pytest.approx(-math.expm1(-BY_NAME["start"].low))
    assert start.answer_high == pytest.approx(-math.expm1(-BY_NAME["start"].high))
    assert found.answer == pytest.approx(-math.expm1(-BY_NAME["start"].default))
    assert start.mu_star == pytest.approx(start.swing, rel=0.02)
    assert (start.first, start.total) == pytest.approx((1, 1), abs=0.05)
    assert all(row.swing == 0 and row.mu_star == 0 for name, row in rows.items() if name != "start")
    assert found.words().startswith("start rate explains")
    assert found.words("zh").startswith("答案的差异由自发开线 p")


def test_where_nothing_moves_the_answer_there_are_no_indices() -> None:
    found = sensitivity(IDLE, metric="founded_share", months=2, start=START, samples=4)
    assert {row.first for row in found.rows} == {None}
    assert found.document()["check_first"] == []
    assert "no rate moves" in found.words()


@pytest.mark.parametrize("engine", ["mean-field", "monte-carlo"])
def test_where_there_is_nothing_to_divide_by_there_is_no_answer(engine: Literal["mean-field", "monte-carlo"]) -> None:
    found = sensitivity(district([[]], founded=[0]), months=2, start=START, samples=2, engine=engine, runs=2)
    document = found.document()
    assert document["answer"] is None
    assert {row["answer_low"] for row in document["rows"]} == {None}
    assert (document["check_first"], found.words()) == ([], "no rate moves the answer")


def test_a_rate_that_the_scenario_sets_does_not_vary() -> None:
    scenario = Scenario("fixed", {"start": 0.5})
    found = sensitivity(IDLE, scenario, metric="line_share", months=1, start=START, samples=4)
    assert found.answer == pytest.approx(-math.expm1(-0.5))
    assert {row.swing for row in found.rows} == {0.0}


def test_with_monte_carlo_every_point_has_the_same_draws() -> None:
    network = district([[30, 20, 44], [40, 12, 25]], [[1, 0, 2], [0, 1, 0]], founded=[0, 1])
    one, two = (
        sensitivity(network, months=12, start=START, engine="monte-carlo", runs=8, samples=4, seed=3) for _ in range(2)
    )
    assert one.document() == two.document()
    rows = {row.rate: row for row in one.rows}
    assert rows["backbone_turnover"].answer_low >= rows["backbone_turnover"].answer_high  # run by run, so in the mean
    assert rows["start"].answer_high >= rows["start"].answer_low


def test_ranges_and_rates_of_ones_own_take_the_place_of_the_tables() -> None:
    found = sensitivity(
        IDLE,
        metric="line_share",
        months=1,
        start=START,
        samples=4,
        rates=Rates(start=0.2),
        ranges={"start": (0.1, 0.3)},
    )
    start = next(row for row in found.rows if row.rate == "start")
    assert (start.low, start.high, start.value) == (0.1, 0.3, 0.2)
    assert start.answer_high == pytest.approx(-math.expm1(-0.3))


def test_shares_of_few_samples_are_not_told_as_if_they_were_known() -> None:
    network = district([[30, 20, 44], [40, 12, 25]], [[1, 0, 2], [0, 1, 0]], founded=[0, 1])
    said = sensitivity(network, months=6, start=START, samples=4)
    assert max(row.first_error or 0 for row in said.rows) > 0.25
    assert "too few samples" in said.words()
    assert "样本太少" in said.words("zh")
    many = sensitivity(network, months=6, start=START, samples=128)
    assert max(row.first_error or 0 for row in many.rows) < 0.25
    assert "rate explains" in many.words()
    assert "give or take" in many.words()


LOW, HIGH = np.zeros(len(NAMES)), np.ones(len(NAMES))
THREE = [0, 1, 2]  # rates that vary


def test_what_adds_up_is_explained_by_the_squares_within_the_error_that_is_stated() -> None:
    # 3 u + 2 v + w: shares of the spread are 9/14, 4/14 and 1/14, alone and in all.
    truth = np.array([9, 4, 1]) / 14
    for samples in (16, 64, 256):
        _, points = sample(np.zeros(3), np.ones(3), samples, seed=1)
        found = list(shares(LOW, HIGH, THREE, points @ np.array([3.0, 2.0, 1.0])).values())
        for at, share in enumerate(found):
            assert abs(share.first - truth[at]) <= share.first_error
            assert abs(share.total - truth[at]) <= share.total_error
        assert [share.first for share in found] == pytest.approx(truth, abs=2 / samples**0.75)


@given(st.integers(0, 4), st.integers(0, 10_000))
def test_shares_are_what_shares_can_be_however_few_the_samples(power: int, seed: int) -> None:
    answers = np.random.default_rng(seed).standard_cauchy(2 ** (power + 1) * (len(THREE) + 2))
    found = list(shares(LOW, HIGH, THREE, answers).values())
    assert all(0 <= share.first <= share.total <= 1 for share in found)
    assert sum(share.first for share in found) <= 1 + 1e-9


def unknown_staff() -> Network:
    """Two blocks of two; what is unknown in B0 has a line, what is unknown in B1 has none and only adds to staff."""
    day = date(2020, 1, 1)
    staff = {"E0": None, "E1": 10, "E2": None, "E3": 10}
    return Network.from_tables(
        {
            "districts": [{"id": "D"}],
            "blocks": [{"id": "B0", "district": "D"}, {"id": "B1", "district": "D"}],
            "enterprises": [{"id": e, "block": "B0" if e < "E2" else "B1", "staff": n} for e, n in staff.items()],
            "associations": [{"id": "A", "block": "B0", "since": day}],
            "members": [{"id": "M", "enterprise": "E0", "association": "A", "since": day, "consent": day}],
            "backbones": [{"member": "M", "since": day}],
        }
    )


def test_imputed_head_counts_are_tried_block_by_block() -> None:
    still = Rates(**dict.fromkeys(NAMES, 0.0))
    ranges = dict.fromkeys(NAMES, (0.0, 0.0))
    found = sensitivity(unknown_staff(), months=1, start=START, rates=still, ranges=ranges, samples=2)
    by_id = {each.id: each for each in found.check}
    # Of 40 in all the line reaches 10. With 5 or 20 in B1 in place of 10: 10/35 and 10/50; in B0: 5/35 and 10/50.
    assert found.answer == pytest.approx(10 / 40)
    assert (by_id["B1"].answer_low, by_id["B1"].answer_high) == pytest.approx((10 / 35, 10 / 50))
    assert (by_id["B0"].answer_low, by_id["B0"].answer_high) == pytest.approx((5 / 35, 10 / 50))
    document = found.document()
    assert document["check_first"][0]["block"] == "B1"
    assert [row["kind"] for row in document["check_first"]] == ["block", "enterprise", "block"]
    assert document["check_first"][1]["enterprise"] == "E2"


@pytest.mark.parametrize("change", [{"metric": "joy"}, {"samples": 3}, {"months": 0}, {"runs": 0}])
def test_what_cannot_be_asked_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(RequestError):
        sensitivity(IDLE, start=START, **change)  # type: ignore[arg-type]  # that is the point


def test_the_command_answers_in_tables_and_json_and_takes_calibrated_intervals(tmp_path: Path) -> None:
    study, rates = EXAMPLES / "medical-innovation", tmp_path / "rates.yaml"
    asked = ("sensitivity", study, "--start", "1954-06", "--months", 6, "--samples", 4, "--metric", "line_share")
    document = tiaokuai(*asked, "--json").json
    assert {row["rate"] for row in document["rows"]} == set(NAMES)
    assert {"rate", "low", "high", "answer_low", "answer_high", "mu_star", "first", "total"} <= set(document["rows"][0])
    assert tiaokuai("calibrate", study, "--as-of", "1954-06-01", "--out", rates).code == 0
    learned = tiaokuai(*asked, "--json", "--rates", rates).json
    start = next(row for row in learned["rows"] if row["rate"] == "start")
    assert start["low"] <= start["value"] <= start["high"]
    assert start["value"] > BY_NAME["start"].high
    outcome = tiaokuai("sensitivity", study, "--start", "1954-06", "--months", 6, "--samples", 64, "--lang", "en")
    assert "What to check first" in outcome.out
    assert "rate explains" in outcome.out
    assert tiaokuai(*asked[:-1], "joy").code == 1


def test_points_of_a_share_are_no_percent_and_no_column_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(source: str, **options: object) -> Network:
        return unknown_staff()

    monkeypatch.setattr("tiaokuai.loaders.read", read)
    asked = ("sensitivity", "data", "--start", START, "--months", 6, "--samples", 16)
    document = tiaokuai(*asked, "--json").json
    out = tiaokuai(*asked, "--lang", "en").out
    assert max(len(line) for line in out.splitlines()) <= 80
    first = document["rows"][0]
    row = next(line for line in out.splitlines() if line.startswith(f" {first['rate']} ")).split()
    assert f"{100 * first['mu_star']:.1f}" in row
    assert f"{100 * first['answer_low']:.1f}%" in row
    assert row[-2] == f"{100 * first['total']:.0f}%"  # the last column, with its error behind it
    block = next(each for each in document["check_first"] if each["kind"] == "block")
    moves = f"{100 * block['swing']:.1f}"
    assert ["imputed,", "block", block["block"], moves] in [
        [*cells[:3], cells[-1]] for cells in map(str.split, out.splitlines()) if cells
    ]
    assert f"Of the head-counts, check first the one imputed in block {block['block']}" in " ".join(out.split())
