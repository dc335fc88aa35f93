"""Learning must answer, or refuse in words, for any district: no nan in a document, no traceback."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.districts import START, districts
from tests.histories import boundary, made_history
from tiaokuai.graph import Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.backtest import backtest
from tiaokuai.planning.calibrate import calibrate
from tiaokuai.planning.rates import BY_NAME, NAMES, Rates
from tiaokuai.planning.sensitivity import sensitivity

QUIET = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def whole(document: object) -> None:
    """Exactly JSON: no nan, no infinity."""
    json.dumps(document, allow_nan=False)


@QUIET
@given(districts())
def test_any_district_is_calibrated_backtested_and_analysed_or_refused_in_words(network: Network) -> None:
    code = None
    try:
        whole(calibrate(network, "2021-01-01").document())
        whole(backtest(network, 3, as_of="2021-01-01", runs=5).document())
        whole(backtest(network, 2, rolling=True, as_of="2021-01-01", runs=5, most=3).document("zh"))
    except RequestError as refused:
        code = refused.code
    assert code in (None, "no_history")
    whole(sensitivity(network, months=2, start=START, samples=2).document())


@settings(max_examples=10, deadline=None)
@given(
    st.integers(0, 1000),
    st.fixed_dictionaries({name: st.sampled_from((0.0, 0.02, 0.3)) for name in NAMES}),
    st.booleans(),
)
def test_intervals_hold_their_value_and_rates_can_always_run(seed: int, rates: dict[str, float], parts: bool) -> None:
    network = made_history(seed, Rates(**rates), months=15, blocks=3, each=6, components=parts)
    found = calibrate(network, boundary(15))
    whole(found.document())
    for name, each in found.learned.items():
        assert 0 <= each.value <= BY_NAME[name].most
        if each.learned and each.low is not None and each.high is not None:
            assert each.low <= each.value * (1 + 1e-9) + 1e-12
            assert each.value <= each.high * (1 + 1e-9) + 1e-12
        else:
            assert each.value == BY_NAME[name].default
    whole(backtest(network, 4, as_of=boundary(15), runs=5).document())
