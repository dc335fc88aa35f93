"""What is answered before anybody asks, so that the first page, and a day that nobody has looked at, are quick."""

from __future__ import annotations

import threading
import time
from datetime import date

from tiaokuai.web.address import Address
from tiaokuai.web.data_set import DataSet
from tiaokuai.web.desk import Desk
from tiaokuai.web.frame import View
from tiaokuai.web.holding import Holding

LANGUAGES = ("zh", "en")
OF_A_DAY = (
    2 + 2 * len(LANGUAGES) + 2
)  # answers remembered of a day: documents, pictures, and room for what else is asked
MOST = 24  # days: the planner's six years


def warm(desk: Desk, stop: threading.Event) -> None:
    """The pages of today and What if's sliders, then the days before, the latest first, until ``stop``.

    It rests as long as it has worked, so that whoever asks meanwhile goes first, and takes no more than half of what
    is remembered.
    """
    data, audience = desk.main, "planner" if desk.settings.users else "steward"
    holding, today = data.for_audience(audience), data.today
    draw(data, today, audience)
    from tiaokuai.planning.simulate import simulate

    # Loads (the first time ever: compiles) what the sliders of What if need.
    simulate(holding.network, months=2, engine="mean-field", snapshot=holding.snapshot(today), check=0)
    for day in earlier(holding, today):
        begun = time.monotonic()
        if stop.is_set() or desk.main is not data:
            return
        draw(data, day, audience)
        stop.wait(time.monotonic() - begun)


def earlier(holding: Holding, today: date) -> list[date]:
    """The days before ``today`` on which something changed, the latest first, as many as can be remembered."""
    known = {str(row["date"]) for row in holding.history(today)["rows"] if isinstance(row["date"], str)}
    days = sorted((date.fromisoformat(day) for day in known if day < today.isoformat()), reverse=True)
    return days[: min(MOST, holding.memory.most // 2 // OF_A_DAY)]


def draw(data: DataSet, day: date, audience: str) -> None:
    """What Where we stand shows of a day, in both languages."""
    from tiaokuai.web.drawn import pictures

    holding = data.for_audience(audience)
    covered, replicated = holding.coverage(day, "block"), holding.replication(day)
    for lang in LANGUAGES:
        pictures(View(Address("where", lang), data, audience, day, "/"), covered, replicated)
