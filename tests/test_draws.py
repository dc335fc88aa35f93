"""Counter-based draws: exact binomials at every size, independent of what else is drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tiaokuai.planning import draws as d


def quantile(u: float, n: int, p: float) -> int:
    return d.binomial(u, n, p, math.log1p(-p))


@settings(max_examples=300, deadline=None)
@given(st.floats(1e-9, 1 - 1e-9), st.integers(1, 100_000), st.floats(1e-6, 1 - 1e-6))
def test_a_binomial_is_the_quantile_of_its_distribution_at_every_size(u: float, n: int, p: float) -> None:
    k = quantile(u, n, p)
    law = stats.binom(n, p)
    # The least k with P(X <= k) > u; 1e-9 is what the two ways of summing may differ by.
    assert law.cdf(k) >= u - 1e-9
    assert k == 0 or law.cdf(k - 1) <= u + 1e-9


@pytest.mark.parametrize(
    ("n", "p"), [(1, 0.3), (10, 0.0124), (9, 0.9), (40, 0.26), (1000, 0.2), (100_000, 0.0124), (100_000, 0.7)]
)
def test_drawn_binomials_have_the_right_frequencies(n: int, p: float) -> None:
    event = np.uint64(d.event_key(np.uint64(d.run_key(np.uint64(5), 0)), 3, d.GROWTH))
    entities = np.random.default_rng(0).integers(0, 2**63, 20_000).astype(np.uint64)
    drawn = np.array([quantile(d.uniform(event, entity), n, p) for entity in entities])
    law = stats.binom(n, p)
    assert abs(drawn.mean() - law.mean()) < 5 * law.std() / math.sqrt(len(drawn))
    edges = np.unique(law.ppf([0.05, 0.2, 0.4, 0.6, 0.8, 0.95]))
    below = [(drawn <= edge).mean() for edge in edges]
    for share, expected in zip(below, law.cdf(edges), strict=True):
        assert abs(share - expected) < 5 * math.sqrt(0.25 / len(drawn))


@given(st.floats(1e-12, 1 - 1e-12), st.integers(0, 60), st.floats(0, 1), st.integers(0, 5), st.floats(0, 0.2))
def test_quantiles_rise_with_size_and_chance(u: float, n: int, p: float, more: int, likelier: float) -> None:
    q = min(1.0, p + likelier)
    low = d.binomial(u, n, p, math.log1p(-p) if p < 1 else -math.inf)
    assert 0 <= low <= n
    assert low <= d.binomial(u, n + more, q, math.log1p(-q) if q < 1 else -math.inf)


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.floats(0, 1))
def test_what_32_bits_settle_no_further_bit_unsettles(bits: int, more: int, limit: float) -> None:
    both = np.uint64(bits), np.uint64(more)
    for half, whole in ((bits >> 32, d.upper(*both)), (bits & (2**32 - 1), d.lower(*both))):
        assert half / 2**32 <= whole < (half + 1) / 2**32
        if d.surely_below(np.uint64(half), limit):
            assert whole < limit


def test_draws_of_different_keys_are_uncorrelated() -> None:
    run = [np.uint64(d.run_key(np.uint64(1), number)) for number in (0, 1)]
    keys = [
        np.uint64(d.event_key(each, month, event)) for each in run for month in (0, 1) for event in (d.FOUND, d.GROWTH)
    ]
    entities = np.arange(1, 4001, dtype=np.uint64)
    table = np.array([[d.uniform(key, entity) for entity in entities] for key in keys])
    assert np.abs(table.mean(axis=1) - 0.5).max() < 5 * math.sqrt(1 / 12 / 4000)
    correlation = np.corrcoef(table) - np.eye(len(keys))
    assert np.abs(correlation).max() < 5 / math.sqrt(4000)
    assert len(np.unique(table)) == table.size
