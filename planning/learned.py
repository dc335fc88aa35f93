"""What a forecast takes from history: ``simulate --learn``, at a terminal and at the desk."""

from __future__ import annotations

from datetime import date
from typing import Any

from tiaokuai.graph import Assumptions, Network


def learned(
    network: Network, day: date, assumptions: Assumptions, *, months: int, runs: int | str, seed: int
) -> dict[str, Any]:
    """Keywords of :func:`~tiaokuai.planning.simulate.simulate`: rates, drift, …, from the events before ``day``.

    >>> from tiaokuai.loaders.synthetic import generate
    >>> net, day = generate(blocks=3, enterprises=30, seed=1), date(2026, 1, 1)
    >>> sorted(learned(net, day, Assumptions(), months=3, runs=4, seed=1))
    ['drift', 'frailty', 'keenness', 'rates']
    """
    from tiaokuai.planning.calibrate import calibrate
    from tiaokuai.planning.drift import VARIANTS, futures

    variants = min(VARIANTS, runs) if isinstance(runs, int) else VARIANTS
    ahead = futures(calibrate(network, day, assumptions), months, variants, seed)
    return {"rates": ahead.rates, "drift": ahead.drift, "frailty": ahead.frailty, "keenness": ahead.keenness}
