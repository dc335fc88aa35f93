"""What a forecast takes from history, for whoever may know it: ``simulate --learn``, at a terminal and at the desk."""

from __future__ import annotations

from datetime import date
from typing import Any

from tiaokuai.graph import Assumptions, Network


def learned(
    network: Network, day: date, assumptions: Assumptions, *, months: int, runs: int | str, seed: int, audience: str
) -> dict[str, Any]:
    """Keywords of :func:`~tiaokuai.planning.simulate.simulate`: rates, drift, …, from the events before ``day``.

    For others than the steward they are the rates alone that ``calibrate`` may tell them: a drift is fitted to single
    months.

    >>> from tiaokuai.loaders.synthetic import generate
    >>> net, day = generate(blocks=3, enterprises=30, seed=1), date(2026, 1, 1)
    >>> sorted(learned(net, day, Assumptions(), months=3, runs=4, seed=1, audience="planner"))
    ['rates']
    >>> sorted(learned(net, day, Assumptions(), months=3, runs=4, seed=1, audience="steward"))
    ['drift', 'frailty', 'keenness', 'rates']
    """
    from tiaokuai.planning.calibrate import calibrate
    from tiaokuai.planning.drift import VARIANTS, futures

    if audience != "steward":
        from tiaokuai.metrics.protection import protect
        from tiaokuai.planning.rates_file import rates_of

        return {"rates": rates_of(protect("calibrate", calibrate(network, day, assumptions).document(), audience))}
    variants = min(VARIANTS, runs) if isinstance(runs, int) else VARIANTS
    ahead = futures(calibrate(network, day, assumptions), months, variants, seed)
    return {"rates": ahead.rates, "drift": ahead.drift, "frailty": ahead.frailty, "keenness": ahead.keenness}
