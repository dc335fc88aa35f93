"""Backtests, their scores and rivals, and grades of kept forecasts (model.md §3, contracts.md)."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.command import tiaokuai
from tests.conftest import EXAMPLES
from tests.histories import boundary, made_history
from tests.test_calibrate import TRUE
from tiaokuai.graph import Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.backtest import MODELS, backtest, cut_offs
from tiaokuai.planning.bass import bass, fit_bass
from tiaokuai.planning.calibrate import calibrate
from tiaokuai.planning.drift import futures, learn
from tiaokuai.planning.drift_chain import GRID, START, Seen, keen_given, spread_height
from tiaokuai.planning.drift_kernel import change, drawn, filtered
from tiaokuai.planning.events import history, last_record
from tiaokuai.planning.months import month_number
from tiaokuai.planning.observed import METRICS, observed
from tiaokuai.planning.rates import NAMES
from tiaokuai.planning.scores import crps, crps_of_bands, scores


def read_study(folder: Path) -> Network:
    return Network.from_tables({file.stem: pl.read_csv(file, try_parse_dates=True) for file in folder.glob("*.csv")})


@pytest.fixture(scope="module")
def doctors() -> Network:
    return read_study(EXAMPLES / "medical-innovation")


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(float, st.integers(1, 30), elements=st.floats(-5, 5)), st.floats(-5, 5))
def test_crps_is_the_area_between_the_forecasts_distribution_and_the_truths_step(runs: np.ndarray, y: float) -> None:
    at = np.linspace(-6, 6, 24_001)
    below = (runs[:, None] <= at).mean(axis=0)
    area = float((((below - (y <= at)) ** 2)[:-1] * np.diff(at)).sum())
    assert crps(runs, y) == pytest.approx(area, abs=2e-3)


def test_crps_from_dense_quantiles_is_the_crps_of_the_runs() -> None:
    runs = np.random.default_rng(1).normal(0, 1, 20_000)
    levels = (np.arange(200) + 0.5) / 200
    for y in (-2.0, 0.1, 1.5):
        assert crps_of_bands(levels, np.quantile(runs, levels), y) == pytest.approx(crps(runs, y), abs=0.01)


def test_scores_are_means_over_months_with_the_truth_on_the_bands_edge_inside() -> None:
    found = scores(np.array([[0.2, 0.5], [0.2, 0.7]]), np.array([0.2, 0.9]))
    assert found["crps"] == pytest.approx((0 + (0.4 + 0.2) / 2 - 0.2 / 4) / 2)
    assert found["mae"] == pytest.approx((0 + 0.3) / 2)
    assert found["inside_90"] == 0.5


def test_the_bass_fit_finds_the_curve_it_was_given() -> None:
    curve = bass(np.arange(61.0), 0.8, 0.004, 0.09)
    found = fit_bass(curve[:41])
    assert (found.m, found.p, found.q) == pytest.approx((0.8, 0.004, 0.09), rel=0.02)
    ahead = found.forecast(20, 50, np.random.default_rng(1))
    assert ahead.mean(axis=0) == pytest.approx(curve[41:], abs=0.002)


def test_the_drift_likelihood_is_that_of_every_path_added_up() -> None:
    # Three months, one block, three levels: 27 paths by hand.
    level, table = np.array([-0.5, 0.0, 0.5]), np.array([[0.8, 0.2, 0.0], [0.1, 0.8, 0.1], [0.0, 0.2, 0.8]])
    first = np.array([0.25, 0.5, 0.25])
    k, n = np.array([[1.0], [0.0], [2.0]]), np.array([[10.0], [9.0], [9.0]])
    x = np.array([[[1.0, 0.1, -0.1]], [[1.0, 0.2, -0.2]], [[1.0, 0.2, -0.2]]])
    total = 0.0
    for path in np.ndindex(3, 3, 3):
        chance = first[path[0]] * table[path[0], path[1]] * table[path[1], path[2]]
        for month, at in enumerate(path):
            hazard = (0.02 * x[month, 0, 0] + 0.3 * x[month, 0, 1]) * math.exp(0.7 * x[month, 0, 2] + level[at])
            chance *= (1 - math.exp(-hazard)) ** k[month, 0] * math.exp(-hazard) ** (n[month, 0] - k[month, 0])
        total += chance
    belief = np.empty((3, 3))
    found = filtered(k, n, x, 0.02, 0.3, 0.7, level, table, first, belief)
    assert found == pytest.approx(math.log(total), rel=1e-12)
    assert belief.sum(axis=1) == pytest.approx(1)


def test_a_path_is_drawn_as_often_as_all_months_together_make_it_likely() -> None:
    # Two months, two levels: what the second month says counts for the first, too.
    belief, table = np.array([[0.6, 0.4], [0.3, 0.7]]), np.array([[0.9, 0.1], [0.2, 0.8]])
    rng, path, seen = np.random.default_rng(3), np.empty(2, dtype=np.int64), np.zeros((2, 2))
    for _ in range(20_000):
        drawn(belief, table, rng.random(2), path)
        seen[path[0], path[1]] += 1
    low = 0.6 * 0.9 / (0.6 * 0.9 + 0.4 * 0.2)  # of level 0 in month 1 where month 2 has level 0
    high = 0.6 * 0.1 / (0.6 * 0.1 + 0.4 * 0.8)
    expected = np.array([[0.3 * low, 0.7 * high], [0.3 * (1 - low), 0.7 * (1 - high)]])
    assert seen / 20_000 == pytest.approx(expected, abs=0.012)


def test_without_size_the_drift_likelihood_is_the_plain_one(doctors: Network) -> None:
    found = calibrate(doctors)
    k, n, x = Seen(found.history).grouped(np.ones(4), np.ones(12))
    start, imitation = found.rates.start, found.rates.imitation
    hazard = start * x[:, :, 0] + imitation * x[:, :, 1]
    seen = k > 0
    plain = (k[seen] * np.log(-np.expm1(-hazard[seen]))).sum() - ((n - k) * hazard).sum()
    belief, table = np.empty((len(k), len(GRID))), change(GRID, 0.5)
    steady = filtered(k, n, x, start, imitation, 0.0, 0 * GRID, table, START, belief)
    assert steady == pytest.approx(float(plain))


def test_many_blocks_are_grouped_without_losing_an_event() -> None:
    past = history(made_history(2, TRUE, months=12, blocks=40, each=4), boundary(12))
    seen = Seen(past)
    alike, all_year = np.ones(40), np.ones(12)
    k, n, x = seen.grouped(alike, all_year)
    assert k.shape[1] == 24
    keen = np.linspace(0.1, 3.0, 40)
    own = (past.idle * keen * past.fidelity * past.share).sum(axis=1)
    assert (n * seen.grouped(keen, all_year)[2][:, :, 1]).sum(axis=1) == pytest.approx(
        own
    )  # what a month's starts are expected by
    assert (k.sum(), n.sum()) == (past.starts.sum(), past.idle.sum())
    held = (past.idle * past.fidelity * past.share).sum()
    assert (n * x[:, :, 1]).sum() == pytest.approx(held)


def test_a_history_that_drifts_is_told_from_one_that_is_steady() -> None:
    rng = np.random.default_rng(4)
    sizes = {}
    for name, size in (("steady", 0.0), ("drifting", 1.0)):
        past = history(made_history(7, TRUE, months=60, blocks=6, each=30, components=False), boundary(60))
        level, path = 0.0, []
        for _ in range(past.months):
            level = 0.9 * level + size * math.sqrt(1 - 0.81) * rng.standard_normal()
            path.append(math.exp(level))
        idle = np.full_like(past.idle, 60)
        hazard = past.fidelity * (0.02 + 0.05 * past.share) * np.array(path)[:, None]
        starts = rng.binomial(idle, -np.expm1(-hazard))
        found = learn(type(past)(**{**past.__dict__, "idle": idle, "starts": starts}), 200, rng)
        assert found is not None
        sizes[name] = found.to_json()["size"]
    assert sizes["steady"]["value"] < 0.2
    assert sizes["drifting"]["low"] > 0.4


def test_a_history_whose_last_are_hard_to_win_is_told_from_one_of_equals() -> None:
    rng, found = np.random.default_rng(5), {}
    past = history(made_history(7, TRUE, months=60, blocks=6, each=30, components=False), boundary(60))
    for name, theta in (("equal", 0.0), ("unequal", 2.0)):
        # Enterprises with a readiness each, watched until nearly all have begun.
        readiness = rng.gamma(1 / theta, theta, (6, 80)) if theta else np.ones((6, 80))
        begun, rows = np.zeros((6, 80), dtype=bool), []
        for _ in range(past.months):
            share, idle = begun.mean(axis=1), ~begun
            now = idle & (rng.random((6, 80)) < -np.expm1(-readiness * (0.03 + 0.1 * share)[:, None]))
            rows.append((share, idle.sum(axis=1), now.sum(axis=1)))
            begun |= now
        share, idle, starts = (np.array(column) for column in zip(*rows, strict=True))
        seen = {"share": share, "idle": idle, "starts": starts, "fidelity": np.ones(share.shape)}
        learned = learn(type(past)(**{**past.__dict__, **seen}), 200, rng)
        assert learned is not None
        found[name] = learned.to_json()["frailty"]
    # Part of it is taken for drift, so θ comes out low rather than high.
    assert found["equal"]["high"] < 0.4
    assert found["unequal"]["low"] > found["equal"]["high"]


def test_the_keenness_of_a_block_is_its_starts_among_those_expected() -> None:
    # Gamma: with τ = 0.5, six starts where two were expected, v has mean (2 + 6) / (2 + 2) and variance 8 / 16.
    rng = np.random.default_rng(2)
    starts, expected = np.array([6.0, 0.0, 0.0]), np.array([2.0, 2.0, 0.0])
    draws = [keen_given(starts, expected, 0.5, rng) for _ in range(4000)]
    held = np.array([v for tau, v in draws if abs(math.log(tau / 0.5)) < 0.05])
    assert held.mean(axis=0) == pytest.approx([2.0, 0.5, 1.0], abs=0.25)
    # The likelihood of τ is that of the negative binomial: for one block, (1/(1+τE))^(1/τ) where nothing started.
    rise = spread_height(0.0, np.zeros(1), np.full(1, 3.0)) - spread_height(math.log(0.1), np.zeros(1), np.full(1, 3.0))
    prior = -0.5 * ((0.0 - math.log(0.1)) / 1.5) ** 2
    assert rise == pytest.approx(math.log(1 / 4) - 10 * math.log(1 / 1.3) + prior)


def test_blocks_that_differ_are_told_from_blocks_that_are_alike() -> None:
    rng, found = np.random.default_rng(6), {}
    past = history(made_history(7, TRUE, months=60, blocks=8, each=20, components=False), boundary(60))
    for name, keenness in (("alike", np.ones(8)), ("differing", np.array([0.1, 0.1, 0.2, 0.5, 0.5, 2.0, 2.0, 2.6]))):
        begun, rows = np.zeros((8, 60), dtype=bool), []
        for _ in range(past.months):
            share, idle = begun.mean(axis=1), ~begun
            now = idle & (rng.random((8, 60)) < -np.expm1(-keenness * (0.01 + 0.02 * share))[:, None])
            rows.append((share, idle.sum(axis=1), now.sum(axis=1)))
            begun |= now
        share, idle, starts = (np.array(column) for column in zip(*rows, strict=True))
        seen = {"share": share, "idle": idle, "starts": starts, "fidelity": np.ones(share.shape)}
        learned = learn(type(past)(**{**past.__dict__, **seen}), 200, rng)
        assert learned is not None
        found[name] = learned.to_json()["blocks"]
        # Every other draw has blocks that are alike.
        assert (learned.keenness[::2] == 1).all()
        assert (learned.tau[::2] == 0).all()
        if name == "differing":
            seen_as = learned.keenness[1::2].mean(axis=0)
            assert np.corrcoef(np.log(seen_as), np.log(keenness))[0, 1] > 0.9
    assert found["alike"]["value"] < 0.1
    assert found["differing"]["low"] > found["alike"]["high"]


def test_a_single_start_is_enough_for_a_drift_and_none_is_not() -> None:
    past = history(made_history(7, TRUE, months=12, blocks=2, each=30, components=False), boundary(12))
    starts = np.zeros_like(past.starts)
    rng = np.random.default_rng(1)
    assert learn(type(past)(**{**past.__dict__, "starts": starts}), 20, rng) is None
    starts[3, 0] = 1
    single = learn(type(past)(**{**past.__dict__, "starts": starts, "idle": np.full_like(past.idle, 30)}), 20, rng)
    assert single is not None
    assert single.to_json()["size"]["high"] > 0.5  # one start rules no drift out


def test_futures_are_rates_and_paths_for_every_variant_and_the_same_for_the_same_seed(doctors: Network) -> None:
    found = calibrate(doctors, "1954-11-01")
    ahead, again, other = (futures(found, 6, 50, seed) for seed in (1, 1, 2))
    assert ahead.drift.shape == (50, 6, len(NAMES))
    assert ahead.frailty.shape == (50,)
    assert ahead.keenness is not None
    assert ahead.keenness.shape == (50, 4)
    assert not np.array_equal(ahead.keenness, np.asarray(other.keenness))
    assert ahead.rates == again.rates
    assert (ahead.drift == again.drift).all()
    assert ahead.rates != other.rates
    still = [NAMES.index(name) for name in NAMES if name not in ("start", "imitation")]
    assert (ahead.drift[:, :, still] == 1).all()
    # Nobody ever left in this study: the default of 15 % a year has no place in its forecast.
    assert np.mean([each.backbone_turnover for each in ahead.rates]) < 0.03


def test_the_truth_is_the_data_on_the_first_day_of_each_month(doctors: Network) -> None:
    actual = observed(
        doctors, month_number("1953-11"), month_number("1955-03"), doctors.as_of("1954-01-01").assumptions
    )
    assert actual["line_share"][0] == 11 / 125
    assert actual["line_share"][-1] == 109 / 125
    assert actual["coverage"].tolist() == actual["line_share"].tolist()  # a staff of one


def test_history_ends_with_the_last_record(doctors: Network) -> None:
    assert last_record(doctors) == date(1955, 3, 1)


@pytest.mark.parametrize("hide", [4, 6, 8])
def test_on_the_doctors_the_forecast_beats_the_bass_curve_and_no_change(doctors: Network, hide: int) -> None:
    document = backtest(doctors, hide).document()
    found = document["scores"]["line_share"]
    assert found["model"]["crps"] < found["bass"]["crps"]
    assert found["model"]["crps"] < found["unchanged"]["crps"]
    assert found["model"]["inside_90"] >= 0.75
    assert "beats the Bass curve and beats unchanged" in document["verdict"]


def test_the_document_has_the_shape_of_the_contract(doctors: Network) -> None:
    document = backtest(doctors, 4, runs=50).document()
    assert {"hide", "start", "months", "runs", "seed", "rates", "series", "scores", "verdict"} <= set(document)
    assert (document["start"], document["months"], document["hide"]) == ("1954-11", 4, 4)
    assert list(document["rates"]) == list(NAMES)
    for metric in METRICS:
        assert {name: len(values) for name, values in document["series"][metric].items()} == {
            "actual": 4, "p05": 4, "p50": 4, "p95": 4,
        }  # fmt: skip
        assert list(document["scores"][metric]) == list(MODELS)
        low, truth, high = (np.array(document["series"][metric][name]) for name in ("p05", "actual", "p95"))
        inside = ((low <= truth + 1e-9) & (truth <= high + 1e-9)).mean()
        assert document["scores"][metric]["model"]["inside_90"] == pytest.approx(inside)
    json.dumps(document, allow_nan=False)


def test_nothing_of_the_hidden_months_is_known(doctors: Network) -> None:
    """Whoever comes after the cut-off may come or not: the forecast is the same, only the truth differs."""
    cut = date(1954, 9, 1)
    tables = dict(doctors.tables)
    tables["members"] = tables["members"].filter((pl.col("since") <= cut) | (pl.int_range(pl.len()) % 2 == 0))
    tables["backbones"] = tables["backbones"].filter(pl.col("member").is_in(tables["members"]["id"].implode()))
    other = Network.from_tables(tables)
    one, two = (backtest(each, 6, as_of="1955-03-01", runs=60).document() for each in (doctors, other))
    for name in ("p05", "p50", "p95"):
        assert one["series"]["line_share"][name] == two["series"]["line_share"][name]
    assert one["series"]["line_share"]["actual"] != two["series"]["line_share"]["actual"]


def test_rolling_repeats_it_from_many_cut_offs(doctors: Network) -> None:
    seen: list[float] = []

    class Bar:
        def update(self, done: float, text: str | None = None, total: float | None = None) -> None:
            seen.append(done)

    found = backtest(doctors, 4, rolling=True, most=3, runs=60, progress=Bar())
    document = found.document()
    assert [each["start"] for each in document["cutoffs"]] == ["1954-05", "1954-08", "1954-11"]
    assert seen == [0, 1, 2, 3]
    of_each = [each["scores"]["line_share"]["bass"]["crps"] for each in document["cutoffs"]]
    assert document["scores"]["line_share"]["bass"]["crps"] == pytest.approx(np.mean(of_each))
    assert cut_offs(np.array([0.0, 0.1]), 100, 120, 3) == [106, 113, 120]
    # Sentences of either language, with the count of cut-offs that were won.
    assert "the forecast beats the Bass curve (3/3) and beats unchanged (3/3)" in document["verdict"]
    assert "有线企业占比：预测胜过 Bass 曲线（3/3），胜过“不变”（3/3）；" in found.document("zh")["verdict"]


def test_a_forecast_that_loses_says_so() -> None:
    # Everything stops the month before the hidden ones.
    network = made_history(1, TRUE.with_(start=0.03, imitation=0.2), months=20, blocks=3, each=30, components=False)
    document = backtest(network, 10, as_of=boundary(30).isoformat(), runs=80).document()
    assert "LOSES to unchanged" in document["verdict"] or "beats unchanged" in document["verdict"]
    found = document["scores"]["line_share"]
    assert ("LOSES to unchanged" in document["verdict"].split(". ")[0]) == (
        found["model"]["crps"] > found["unchanged"]["crps"]
    )
    assert "输给" in backtest(network, 10, as_of=boundary(30).isoformat(), runs=80).document("zh")["verdict"]


def test_what_leaves_too_little_to_learn_from_is_refused(doctors: Network) -> None:
    with pytest.raises(RequestError, match="hide 1 to 10"):
        backtest(doctors, 11)
    with pytest.raises(RequestError, match="hide 1 to 10"):
        backtest(doctors, 0)


def test_the_commands_answer_in_tables_and_json(tmp_path: Path) -> None:
    study = EXAMPLES / "medical-innovation"
    outcome = tiaokuai("backtest", study, "--hide", 4, "--runs", 60, "--lang", "en")
    assert outcome.code == 0, outcome.err
    assert "Bass curve" in outcome.out
    assert "90% band held the truth" in " ".join(outcome.out.split())
    rolled = tiaokuai("backtest", study, "--hide", 4, "--runs", 60, "--rolling", "--cutoffs", 2, "--lang", "zh")
    assert "截止月" in rolled.out
    assert tiaokuai("backtest", study, "--hide", 40).code == 1
    assert tiaokuai("backtest", study).code == 2


def test_a_kept_forecast_is_graded_against_what_has_happened_since(tmp_path: Path) -> None:
    study, kept = EXAMPLES / "medical-innovation", tmp_path / "kept.json"
    asked = ("simulate", study, "--start", "1954-09", "--months", 12, "--runs", 100, "--keep", kept)
    assert tiaokuai(*asked).code == 0
    outcome = tiaokuai("grade", kept, study, "--json")
    assert outcome.code == 0, outcome.err
    document = outcome.json
    assert (document["start"], document["months"], document["graded"]) == ("1954-09", 12, 6)
    series = document["series"]["line_share"]
    assert series["actual"][0] == series["p50"][0] == 92 / 125
    assert len(series["actual"]) == 7
    truth, middle = np.array(series["actual"][1:]), np.array(series["p50"][1:])
    assert document["scores"]["line_share"]["mae"] == pytest.approx(np.abs(truth - middle).mean())
    assert document["same_start"]
    assert "90% band" in tiaokuai("grade", kept, study, "--lang", "en").out
    assert tiaokuai("grade", kept, study, "--as-of", "1954-09-10").code == 1
    assert tiaokuai("grade", kept, study, "--scenario", "other").code == 1
    (tmp_path / "none.json").write_text("{}", encoding="utf-8")
    assert tiaokuai("grade", tmp_path / "none.json", study).code == 1


@pytest.mark.parametrize("number", ["Infinity", "-1e999", "1e308", "1.5"])
def test_bands_that_are_no_shares_are_not_graded(tmp_path: Path, number: str) -> None:
    study, kept = EXAMPLES / "medical-innovation", tmp_path / "kept.json"
    assert tiaokuai("simulate", study, "--start", "1954-09", "--months", 2, "--runs", 5, "--keep", kept).code == 0
    whole = kept.read_text(encoding="utf-8")
    at = whole.index("0.736", whole.index('"p05"', whole.index('"coverage"')))
    kept.write_text(whole[:at] + number + whole[at + len("0.736") :], encoding="utf-8")
    outcome = tiaokuai("grade", kept, study, "--json")
    assert (outcome.code, outcome.json["error"]["code"]) == (1, "not_a_forecast")


def test_data_changed_after_the_forecast_was_kept_are_noticed(tmp_path: Path) -> None:
    from tiaokuai.planning.grade import grade
    from tiaokuai.planning.keeping import kept as read

    study, kept = EXAMPLES / "medical-innovation", tmp_path / "kept.json"
    asked = ("simulate", study, "--start", "1954-09", "--months", 4, "--runs", 20, "--keep", kept)
    assert tiaokuai(*asked).code == 0
    network = read_study(study)
    fewer = dict(network.tables)
    fewer["backbones"] = fewer["backbones"].sort("since").tail(-3)
    found = grade(read(kept), Network.from_tables(fewer))
    assert not found.same_start
    assert "have changed" in found.document()["verdict"]


def test_simulate_learns_the_rates_and_their_drift_as_the_backtest_tests_them(doctors: Network) -> None:
    study = EXAMPLES / "medical-innovation"
    asked = ("simulate", study, "--start", "1954-09", "--months", 6, "--runs", 100, "--learn", "--json")
    series = tiaokuai(*asked).json["scenarios"][0]["series"]["line_share"]
    tested = backtest(doctors, 6, runs=100).document()["series"]["line_share"]
    for band in ("p05", "p50", "p95"):
        assert series[band][1:] == pytest.approx(tested[band])
    assert tiaokuai(*asked, "--rates", "rates.yaml").code == 2
