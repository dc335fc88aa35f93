"""Counter-based random numbers: a draw is a function of (seed, run, month, entity, event) and of nothing else.

So the order of computing never matters, any number of workers gives the same bytes, and two scenarios share every
draw that neither of them changes. The mixing function is the finaliser of splitmix64 (Steele, Lea, Flood 2014,
"Fast splittable pseudorandom number generators"), the constants those of Stafford's variant 13.
"""

from __future__ import annotations

import math

import numpy as np

from tiaokuai.planning.compiled import compiled, inlined

# Kinds of event; part of every key, so their order must never change.
FOUND, START, TURNOVER, TURNOVER_MORE, GROWTH, GROWTH_MORE, PICK, LOSE = range(8)
EVENTS = np.uint64(16)

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
S30, S27, S31, S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
UNIT = 2.0**-53
COARSE = 2.0**-32
S32, S43, S21 = np.uint64(32), np.uint64(43), np.uint64(21)
LOW32, LOW21 = np.uint64(2**32 - 1), np.uint64(2**21 - 1)
FROM_ZERO = 100.0  # expected successes up to which a binomial is inverted from 0: (1 − p)^n is then above 1e-61


@inlined
def mix(z: np.uint64) -> np.uint64:
    """64 bits into 64 well-mixed bits, one to one."""
    z = (z ^ (z >> S30)) * FIRST
    z = (z ^ (z >> S27)) * SECOND
    return z ^ (z >> S31)


@compiled
def run_key(seed: np.uint64, run: int) -> np.uint64:
    """Key of one run of one seed."""
    return mix(mix(seed + GOLDEN) ^ mix(np.uint64(run) * GOLDEN + SECOND))


@inlined
def event_key(run: np.uint64, month: int, event: int) -> np.uint64:
    """Key of one kind of event in one month of a run; with an entity's key it makes a draw."""
    return mix(run + (np.uint64(month) * EVENTS + np.uint64(event) + np.uint64(1)) * GOLDEN)


@inlined
def bits(event: np.uint64, entity: np.uint64) -> np.uint64:
    """The 64 random bits of (seed, run, month, event) × entity."""
    return mix(event ^ entity)


@inlined
def uniform(event: np.uint64, entity: np.uint64) -> float:
    """A number in [0, 1) of 53 bits."""
    return float(mix(event ^ entity) >> S11) * UNIT


# Two numbers from one hash: each takes 32 of its bits, and only where these leave the answer open 21 more of a second
# hash, so that both have 53 bits and nothing is lost.


@inlined
def surely_below(half: np.uint64, limit: float) -> bool:
    """Whether a number that begins with these 32 bits is below ``limit`` whatever the rest."""
    return float(np.int64(half) + 1) * COARSE <= limit


@inlined
def upper(bits: np.uint64, more: np.uint64) -> float:
    """The number in [0, 1) of the upper 32 bits and 21 bits of a second hash."""
    return float(np.int64(((bits >> S32) << S21) | (more >> S43))) * UNIT


@inlined
def lower(bits: np.uint64, more: np.uint64) -> float:
    """The number in [0, 1) of the lower 32 bits and 21 other bits of a second hash."""
    return float(np.int64(((bits & LOW32) << S21) | (more & LOW21))) * UNIT


@compiled
def patience(event: np.uint64, entity: np.uint64) -> float:
    """A standard exponential number, above 0: how much pull an enterprise withstands before its first line."""
    return -math.log((float(mix(event ^ entity) >> S11) + 0.5) * UNIT)


@compiled
def chance(hazard: float) -> float:
    """P(h) = 1 − exp(−h)."""
    return -math.expm1(-hazard)


@compiled
def _upward(u: float, n: int, p: float, log_q: float) -> int:
    # Inversion: the least k with P(X <= k) > u, summing the probabilities upwards. Far from 0 the sum begins ten
    # standard deviations and ten below the mean, where less than 1e-20 is left out.
    k = 0
    if n * p <= FROM_ZERO:
        part = math.exp(n * log_q)
    else:
        k = max(0, int(n * p - 10.0 * math.sqrt(n * p * (1.0 - p)) - 10.0))
        ways = math.lgamma(n + 1.0) - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0)
        part = math.exp(ways + k * math.log(p) + (n - k) * log_q)
    odds = p / (1.0 - p)
    total = part
    while u >= total and k < n:
        part *= (n - k) / (k + 1.0) * odds
        k += 1
        total += part
    return k


@inlined
def binomial(u: float, n: int, p: float, log_q: float) -> int:
    """The u-quantile of Bin(n, p), exact to the precision of ``u`` at any n; ``log_q`` = log(1 − p).

    Quantiles rise with u, n and p, so scenarios that share u differ no more than they must. Above one half the
    failures are counted instead, which keeps every probability within the range of floating point.
    """
    # (1 − p)^n is at least 1 − n p: most draws of rare events end here.
    if n <= 0 or p <= 0.0 or u < 1.0 - n * p:
        return 0
    if p >= 1.0 or n == 1:
        return n
    if p > 0.5:
        return n - _upward(min(1.0 - u, 1.0 - UNIT), n, 1.0 - p, math.log(p))
    return _upward(u, n, p, log_q)
