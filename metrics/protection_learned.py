"""How rates that were learned are protected: behind them stand persons who came and went, month by month.

Backtests and grades compare months, and a kept forecast may ask about any month and any share: they are the steward's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tiaokuai.metrics.protection_cells import FEW, FEWEST, LINKED
from tiaokuai.metrics.protection_rows import rounded

Document = Mapping[str, Any]
PEOPLE = ("fill", "services", "start", "imitation", "development", "backbone_turnover", "member_turnover")


def calibrate(document: Document, audience: str) -> Document:
    """Events are persons who came or went: told in fives, with rates just as coarse; of fewer than 5 nothing.

    An exact number would tell, from one release of the data to the next, how many came or went between them; and a
    rate, its interval, and the months at risk would each give it back. None is as little told as 4: that nobody ever
    left ties the counts of one day to those of the next.
    """
    rates = {name: _rate(name, rate) for name, rate in document["rates"].items()}
    made = {**document, "rates": rates}
    return {**made, "log_likelihood": dict(LINKED)} if "log_likelihood" in made else made


def _rate(name: str, rate: Document) -> dict[str, Any]:
    events = rate.get("events")
    if name not in PEOPLE or events is None:
        return dict(rate)
    if events < FEWEST:
        gone = dict.fromkeys(("value", "low", "high", "exposure", "learned"), LINKED)
        return {**rate, **gone, "events": dict(FEW), "note": None}
    told = {**rate, "exposure": dict(LINKED), "events": rounded(events)}
    return {
        **told,
        "value": figures(rate["value"], 2),
        "low": figures(rate["low"], 1, -1),
        "high": figures(rate["high"], 1, 1),
    }


def figures(value: Any, digits: int, towards: int = 0) -> Any:
    """So many significant figures: the nearest, or the next below (-1) or above (1).

    >>> figures(0.01234, 2), figures(0.01234, 1, 1), figures(0.98, 1, -1), figures(1.24e-05, 1), figures(None, 2)
    (0.012, 0.02, 0.9, 1e-05, None)
    """
    if not isinstance(value, float) or not value or not math.isfinite(value):
        return value
    place = digits - 1 - math.floor(math.log10(abs(value)))
    scaled = Decimal(repr(value)).scaleb(place)
    whole = round(scaled) if not towards else math.floor(scaled) if towards < 0 else math.ceil(scaled)
    return float(Decimal(whole).scaleb(-place))
