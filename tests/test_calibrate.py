"""Learning the rates from dated rows (model.md §3, Calibration), by hand and from made histories."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.command import tiaokuai
from tests.histories import boundary, made_history
from tiaokuai.graph import Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.calibrate import calibrate
from tiaokuai.planning.events import history
from tiaokuai.planning.likelihood import HALF, Events, best, interval
from tiaokuai.planning.rates import NAMES, Rates
from tiaokuai.planning.rates_file import read_rates

TRUE = Rates(
    fill=0.12,
    services=1.5,
    start=0.006,
    imitation=0.08,
    founding=0.008,
    replication=0.08,
    adoption=0.03,
    initial_fidelity=0.3,
    development=0.08,
    backbone_turnover=0.2,
    member_turnover=0.25,
)


def small(**more: Any) -> Network:
    """B founded in January with four enterprises of 25; E0 has a line from the start, E1 from 10 March to 5 May."""
    members = [("M0", "E0", date(2026, 1, 1), None), ("M1", "E1", date(2026, 3, 10), date(2026, 5, 5))]
    tables: dict[str, Any] = {
        "districts": [{"id": "D"}],
        "blocks": [{"id": "B", "district": "D"}, {"id": "C", "district": "D"}],
        "enterprises": [{"id": f"E{i}", "block": "B", "staff": 25} for i in range(4)],
        "associations": [
            {"id": "A", "block": "B", "since": date(2026, 1, 1)},
            {"id": "AC", "block": "C", "since": date(2026, 4, 20)},
        ],
        "members": [
            {"id": m, "enterprise": e, "association": "A", "since": since, "until": until, "consent": since}
            for m, e, since, until in members
        ],
        "backbones": [{"member": m, "since": since} for m, _, since, _ in members],
    }
    return Network.from_tables(tables | more)


def test_events_and_those_at_risk_are_counted_by_month() -> None:
    past = history(small(), date(2026, 7, 1))
    assert past.span == ("2026-01", "2026-06")
    assert past.starts[:, 0].tolist() == [0, 0, 1, 0, 0, 0]
    # Three have no line, two after March; in May the line that ends leaves its enterprise idle before the draws.
    assert past.idle[:, 0].tolist() == [3, 3, 3, 2, 3, 3]
    assert past.share[:, 0].tolist() == [0.25, 0.25, 0.25, 0.5, 0.25, 0.25]
    assert past.lines[:, 0].tolist() == [1, 1, 1, 2, 2, 1]
    assert past.line_ends[:, 0].tolist() == [0, 0, 0, 0, 1, 0]
    assert past.founded[:, 1].tolist() == [0, 0, 0, 1, 0, 0]
    assert past.unfounded[:, 1].tolist() == [1, 1, 1, 1, 0, 0]
    assert past.pull[:, 1].tolist() == [1, 1, 1, 1, 1, 1]


def test_what_stands_on_the_first_day_is_where_history_starts_from_and_nobodys_event() -> None:
    past = history(small(), date(2026, 7, 1))
    assert past.starts.sum() == 1  # not E0's
    assert past.founded.sum() == 1  # not B


def test_a_row_dated_on_the_first_of_a_month_belongs_to_the_month_before() -> None:
    network = small()
    members = network["members"].with_columns(
        since=pl.when(pl.col("id") == "M1").then(date(2026, 4, 1)).otherwise(pl.col("since"))
    )
    backbones = network["backbones"].with_columns(
        since=pl.when(pl.col("member") == "M1").then(date(2026, 4, 1)).otherwise(pl.col("since"))
    )
    moved = Network.from_tables(dict(network.tables) | {"members": members, "backbones": backbones})
    assert history(moved, date(2026, 7, 1)).starts[:, 0].tolist() == [0, 0, 1, 0, 0, 0]


def test_an_enterprise_that_closes_takes_its_lines_out_and_is_no_turnover() -> None:
    network = small(
        enterprises=[
            {"id": f"E{i}", "block": "B", "staff": 25, "until": date(2026, 3, 15) if i == 0 else None} for i in range(4)
        ]
    )
    past = history(network, date(2026, 7, 1))
    assert past.line_ends.sum() == 1  # E1's in May alone
    assert past.lines[:, 0].tolist() == [1, 1, 0, 1, 1, 0]


def test_places_filled_full_lines_and_members_who_leave() -> None:
    day = date(2026, 1, 1)
    people = [
        ("M0", day, None),
        ("M1", day, date(2026, 2, 10)),  # leaves in February
        ("M2", date(2026, 2, 5), None),  # takes a place in February
        ("M3", date(2026, 3, 3), None),  # and one in March: full, a line of 3
        ("M4", date(2026, 4, 9), None),  # the second line, in April
    ]
    network = small(
        members=[
            {"id": m, "enterprise": "E0", "association": "A", "since": a, "until": b, "consent": a}
            for m, a, b in people
        ],
        backbones=[
            {"member": "M0", "since": day, "capacity": 3},
            {"member": "M4", "since": date(2026, 4, 9), "capacity": 3},
        ],
    )
    past = history(network, date(2026, 6, 1))
    assert past.plain[:, 0].tolist() == [1, 1, 1, 2, 2]
    assert past.member_ends[:, 0].tolist() == [0, 1, 0, 0, 0]
    # January: 3 − 2; February: one left first; March: 3 − 2; April: full; May: 6 − 4.
    assert past.places[:, 0].tolist() == [1, 2, 1, 0, 2]
    assert past.joins[:, 0].tolist() == [0, 1, 1, 0, 0]
    assert past.full[:, 0].tolist() == [0, 0, 1, 1, 0]
    assert past.grown[:, 0].tolist() == [0, 0, 0, 1, 0]


def test_components_that_come_and_fidelity_at_a_founding() -> None:
    network = small(
        adoptions=[
            {"block": "B", "component": "training", "since": date(2026, 1, 1)},
            {"block": "B", "component": "hall", "since": date(2026, 2, 14)},
            {"block": "C", "component": "ledger", "since": date(2026, 4, 22)},
        ]
    )
    past = history(network, date(2026, 7, 1))
    template = network.template
    entered = len(template.components) - 3
    assert past.missing[:, 0].tolist() == [entered - 1, entered - 1, *[entered - 2] * 4]
    assert past.adopted.sum(axis=0).tolist() == [1, 0]
    assert past.missing[4, 1] == entered - 1
    weight = template.weights[[template.index["association"], template.index["ledger"]]].sum()
    assert past.first_fidelity.tolist() == pytest.approx([weight])


def test_one_rate_alone_is_the_closed_form_with_its_profile_interval() -> None:
    # 3 of 100: h = −log(0.97), and the interval is where the log-likelihood has fallen by 1.92.
    events = Events.of(np.array([3]), np.array([100]), np.ones(1))
    found = best(events, (0,), np.zeros(1))
    assert found[0] == pytest.approx(-math.log(0.97), rel=1e-8)
    for end in interval(events, (0,), found, 0):
        p = -math.expm1(-end)
        fallen = 3 * math.log(0.03 / p) + 97 * math.log(0.97 / (1 - p))
        assert fallen == pytest.approx(HALF, rel=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_no_other_rates_are_likelier_than_those_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = rng.integers(1, 200, 40)
    share = rng.random(40)
    k = rng.binomial(n, -np.expm1(-(0.01 + 0.1 * share)))
    events = Events.of(k, n, np.ones(40), share)
    found = best(events, (0, 1), np.zeros(2))
    for other in found + rng.normal(0, 0.02, (30, 2)):
        assert events.log_likelihood(np.maximum(other, 0)) <= events.log_likelihood(found) + 1e-7


def test_rates_without_events_keep_their_default_and_say_so() -> None:
    document = calibrate(small(), "2026-07-01").document()
    for name in ("fill", "adoption", "development"):
        rate = document["rates"][name]
        assert (rate["value"], rate["learned"], rate["low"], rate["events"]) == (rate["default"], False, None, 0)
        assert rate["note"].startswith("kept at the default")
    # C founded in the fourth month beside B with f = 1 throughout: only the sum of both rates is known.
    assert document["rates"]["founding"]["learned"]
    assert not document["rates"]["replication"]["learned"]
    assert list(document["rates"]) == list(NAMES)


def test_made_histories_give_back_the_rates_they_were_made_with() -> None:
    held: dict[str, list[bool]] = {}
    values: dict[str, list[float]] = {}
    for seed in range(24):
        found = calibrate(made_history(seed, TRUE, months=48, blocks=6, each=30), boundary(48))
        for name, each in found.learned.items():
            if each.learned:
                low, high = each.low, each.high
                assert low is not None
                assert high is not None
                held.setdefault(name, []).append(low <= getattr(TRUE, name) <= high)
                values.setdefault(name, []).append(each.value)
    assert set(held) == set(NAMES)
    for name in set(NAMES) - {"initial_fidelity"}:  # the association itself is worth some fidelity beside the draw
        # 24 of intervals at 95 %: 20 or more but for a chance of 1 in 1,000.
        assert sum(held[name]) >= 20 * len(held[name]) / 24, (name, values[name])
    for name in ("fill", "start", "imitation", "adoption", "backbone_turnover", "member_turnover"):
        assert np.mean(values[name]) == pytest.approx(getattr(TRUE, name), rel=0.15), name


def test_without_the_template_fidelity_is_one_and_services_are_not_learned() -> None:
    network = made_history(3, TRUE.with_(services=1.0), months=36, blocks=4, each=30, components=False)
    found = calibrate(network, boundary(36)).learned
    assert not found["services"].learned
    assert not found["adoption"].learned
    low, high = found["fill"].low, found["fill"].high
    assert low is not None
    assert high is not None
    assert low <= TRUE.fill <= high


def test_what_happens_after_the_day_asked_for_changes_nothing() -> None:
    network = made_history(5, TRUE, months=48, blocks=4, each=20)
    day = boundary(30)
    cut = {
        name: frame.filter(pl.col("since").is_null() | (pl.col("since") <= day)) if "since" in frame.columns else frame
        for name, frame in network.tables.items()
    }
    known = set(cut["members"]["id"])
    cut["backbones"] = cut["backbones"].filter(pl.col("member").is_in(known))
    assert calibrate(Network.from_tables(cut), day).document() == calibrate(network, day).document()


def test_no_history_is_an_error_in_words() -> None:
    with pytest.raises(RequestError, match="no whole month"):
        calibrate(Network.from_tables({"districts": [{"id": "D"}]}), "2026-01-01")
    with pytest.raises(RequestError, match="no whole month"):
        calibrate(small(), "2026-01-20")


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> Network:
    network = made_history(1, TRUE, months=30, blocks=4, each=20)
    monkeypatch.setattr("tiaokuai.loaders.read", lambda source, **options: network, raising=False)
    return network


@pytest.mark.usefixtures("data")
def test_the_command_gives_the_document_and_a_file_that_simulate_reads(tmp_path: Path) -> None:
    out = tmp_path / "rates.yaml"
    asked = ("calibrate", "data", "--as-of", boundary(30), "--out", out)
    outcome = tiaokuai(*asked, "--json")
    assert outcome.code == 0, outcome.err
    document = json.loads(outcome.out)
    assert set(document) == {"as_of", "from", "to", "log_likelihood", "rates"}
    assert set(document["rates"]["start"]) == {
        "value", "low", "high", "default", "events", "exposure", "learned", "note",
    }  # fmt: skip
    assert read_rates(out).to_json() == {name: each["value"] for name, each in document["rates"].items()}
    assert "backbone_turn" in tiaokuai(*asked, "--lang", "en").out
    assert "学得的速率" in tiaokuai(*asked, "--lang", "zh").out
