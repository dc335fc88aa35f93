"""The rates that a network's own history speaks for, each with its interval and what is behind it (model.md §3)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from tiaokuai.graph import Assumptions, Network
from tiaokuai.graph.network import as_day
from tiaokuai.planning.events import History, history, last_record
from tiaokuai.planning.likelihood import HALF, MOST, TINY, Events, best, interval, none_above, root
from tiaokuai.planning.months import month_text
from tiaokuai.planning.rates import BY_NAME, NAMES, Rates

Floats = NDArray[np.float64]
YEARLY = 12.0


@dataclass(frozen=True)
class Learned:
    """One rate: ``value``, its 95 % interval (None where not learned), the events and months at risk behind it."""

    name: str
    value: float
    low: float | None
    high: float | None
    events: int
    exposure: int
    learned: bool
    note: tuple[str, str] | None = None  # (zh, en)

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """As in contracts.md."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "default": BY_NAME[self.name].default,
            "events": self.events,
            "exposure": self.exposure,
            "learned": self.learned,
            "note": None if self.note is None else self.note[lang == "en"],
        }


@dataclass(frozen=True)
class Calibration:
    """Rates learned from the whole months ``first`` … ``last`` before ``as_of``."""

    as_of: date
    first: int
    last: int
    log_likelihood: float
    learned: Mapping[str, Learned]
    history: History

    @property
    def rates(self) -> Rates:
        """For the simulation: what was learned, defaults for the rest."""
        return Rates(**{name: min(each.value, BY_NAME[name].most) for name, each in self.learned.items()})

    def document(self, lang: str = "en") -> dict[str, Any]:
        """The JSON document of contracts.md (``calibrate``)."""
        return {
            "as_of": self.as_of.isoformat(),
            "from": month_text(self.first),
            "to": month_text(self.last),
            "log_likelihood": self.log_likelihood,
            "rates": {name: self.learned[name].to_json(lang) for name in NAMES},
        }


def calibrate(network: Network, as_of: str | date | None = None, assumptions: Assumptions | None = None) -> Calibration:
    """Maximum likelihood of each rate on the data's own events in the whole months before ``as_of``.

    Without a day the history ends with the last record.

    Raises RequestError where there is not a month of history. A rate without an event keeps its default.

    >>> from tiaokuai.graph import Network
    >>> day = "2026-0{}-01".format
    >>> net = Network.from_tables({
    ...     "districts": [{"id": "D"}], "blocks": [{"id": "B", "district": "D"}],
    ...     "enterprises": [{"id": f"E{i}", "block": "B"} for i in range(10)],
    ...     "associations": [{"id": "A", "block": "B", "since": date(2026, 1, 1)}],
    ...     "members": [{"id": "M", "enterprise": "E1", "association": "A", "since": date(2026, 3, 1),
    ...                  "consent": date(2026, 3, 1)}],
    ...     "backbones": [{"member": "M", "since": date(2026, 3, 1)}]})
    >>> found = calibrate(net, "2026-03-01").learned["start"]
    >>> found.events, found.exposure, round(found.value, 4)
    (1, 20, 0.0513)
    """
    day = last_record(network) if as_of is None else as_day(as_of)
    past = history(network, day, assumptions)
    return from_history(past, day)


def from_history(past: History, day: date) -> Calibration:
    """The calibration of a history."""
    found: dict[str, Learned] = {}
    likelihood = 0.0
    for learn in (_starts, _foundings, _fill, _adoption, _initial, _development, _backbones, _members):
        some, log_likelihood = learn(past)
        likelihood += log_likelihood
        found |= {each.name: each for each in some}
    return Calibration(day, past.first, past.first + past.months - 1, likelihood, found, past)


Some = tuple[list[Learned], float]


def _kept(name: str, events: int, exposure: int, why: tuple[str, str]) -> Learned:
    return Learned(
        name,
        BY_NAME[name].default,
        None,
        None,
        events,
        exposure,
        False,
        (f"沿用默认值：{why[0]}", f"kept at the default: {why[1]}"),
    )


def _nothing(exposure: float, scale: float = 1.0) -> tuple[str, str]:
    """No events; how large the rate could still be."""
    if not exposure:
        return "没有事件", "no events, and nobody was at risk of one"
    most = f"{none_above(exposure) * scale:.2g}"
    return f"没有事件（至多 {most} 才与之相符）", f"no events (a rate up to {most} would agree with that)"


def _one(name: str, events: Events, scale: float = 1.0) -> Some:
    """A rate of its own; ``scale`` 12 for those named by the year."""
    if not events.events:
        return [_kept(name, 0, events.exposure, _nothing(events.exposure, scale))], 0.0
    rates = best(events, (0,), np.zeros(1))
    low, high = interval(events, (0,), rates, 0)
    value, high = float(rates[0]) * scale, high * scale
    made = Learned(name, value, low * scale, high, events.events, events.exposure, True)
    return [_bounded(made)], events.log_likelihood(rates)


def _bounded(made: Learned) -> Learned:
    """Within what a rate may be; where nothing bounds it, the note says so."""
    most, note = BY_NAME[made.name].most, made.note
    high = made.high if made.high is not None else most
    if high > most:
        note = ("历史没有给出上限", "the history sets no upper limit")
    return Learned(
        made.name,
        min(made.value, most),
        made.low,
        min(high, most),
        made.events,
        made.exposure,
        made.learned,
        note,
    )


def _pair(own: str, drawn: str, events: Events, flat: tuple[str, str]) -> Some:
    """Two rates of one hazard: the block's own effort and what others draw along."""
    if not events.events:
        why = _nothing(events.exposure)
        return [_kept(name, 0, events.exposure, why) for name in (own, drawn)], 0.0
    rates = np.array([0.0, BY_NAME[drawn].default])
    count, exposure = events.events, events.exposure
    if not events.varies(1):
        rates = best(events, (0,), rates)
        low, high = interval(events, (0,), rates, 0)
        found = Learned(own, float(rates[0]), low, high, count, exposure, True)
        return [_bounded(found), _kept(drawn, count, exposure, flat)], events.log_likelihood(rates)
    rates = best(events, (0, 1), rates)
    made = []
    for column, name in enumerate((own, drawn)):
        low, high = interval(events, (0, 1), rates, column)
        made.append(_bounded(Learned(name, float(rates[column]), low, high, count, exposure, True)))
    return made, events.log_likelihood(rates)


def _starts(past: History) -> Some:
    events = Events.of(past.starts, past.idle, past.fidelity, past.fidelity * past.share)
    return _pair("start", "imitation", events, ("有线企业占比没有变化", "the line share never varied"))


def _foundings(past: History) -> Some:
    events = Events.of(past.founded, past.unfounded, np.ones(past.pull.shape), past.pull)
    return _pair("founding", "replication", events, ("邻块的影响没有变化", "the pull of linked blocks never varied"))


def _fill(past: History) -> Some:
    """β and γ: the hazard β + βγ f is linear in β and βγ."""
    if not past.members_known:
        why = ("未记录骨干以外的会员", "members who are not backbones are not on record")
        return [_kept(name, 0, 0, why) for name in ("fill", "services")], 0.0
    events = Events.of(past.joins, past.places, np.ones(past.fidelity.shape), past.fidelity)
    count, exposure = events.events, events.exposure
    default = BY_NAME["services"].default
    if not count:
        return [_kept(name, 0, exposure, _nothing(exposure)) for name in ("fill", "services")], 0.0
    both = best(events, (0, 1), np.zeros(2)) if past.adoptions_known and events.varies(1, 0.02) else np.zeros(2)
    if both[0] <= 1e-9:  # without a filling of its own, no multiple of it
        one = Events(events.k, events.n, (1 + default * events.x[:, 1])[:, None])
        made, log_likelihood = _one("fill", one)
        why = ("模式完整度差别不足以分辨", "fidelity varied too little to tell")
        return [*made, _kept("services", count, exposure, why)], log_likelihood
    low, high = interval(events, (0, 1), both, 0)
    fill = Learned("fill", float(both[0]), low, high, count, exposure, True)
    low, high = _ratio(events, both)
    services = Learned("services", float(both[1] / both[0]), low, high, count, exposure, True)
    return [_bounded(fill), _bounded(services)], events.log_likelihood(both)


def _ratio(events: Events, both: Floats) -> tuple[float, float]:
    """Interval of γ: for each γ the best β of the hazard β(1 + γ f)."""
    top = events.log_likelihood(both)

    def lacks(gamma: float) -> float:
        one = Events(events.k, events.n, (1 + gamma * events.x[:, 1])[:, None])
        return top - one.log_likelihood(best(one, (0,), np.zeros(1))) - HALF

    gamma = float(both[1] / both[0])
    low = 0.0 if gamma <= 0 or lacks(0.0) <= 0 else root(lacks, TINY, gamma)
    high = math.inf if lacks(MOST) <= 0 else root(lambda value: -lacks(value), max(gamma, TINY), MOST)
    return low, high


def _adoption(past: History) -> Some:
    """a is the share of what is missing that comes in a month: a chance, not a hazard."""
    made, log_likelihood = _one("adoption", Events.of(past.adopted, past.missing, np.ones(past.missing.shape)))
    if not past.adoptions_known:
        why = ("未记录任何模式要素", "no component of the template is on record")
        return [_kept("adoption", 0, 0, why)], 0.0
    each = made[0]
    if not each.learned:
        return made, 0.0
    value, low, high = (-math.expm1(-float(rate)) for rate in (each.value, each.low or 0.0, each.high or 0.0))
    return [Learned("adoption", value, low, high, each.events, each.exposure, True)], log_likelihood


def _initial(past: History) -> Some:
    """Mean f at the end of the month of founding."""
    found = past.first_fidelity
    if not past.adoptions_known or not len(found):
        why = (
            _nothing(0) if past.adoptions_known else ("未记录任何模式要素", "no component of the template is on record")
        )
        return [_kept("initial_fidelity", 0, 0, why)], 0.0
    mean = float(found.mean())
    # Student's interval of a mean: foundings are few. A single one says nothing about the spread.
    half = 1.0
    if len(found) > 1:
        half = float(stdtrit(len(found) - 1, 0.975)) * float(found.std(ddof=1)) / math.sqrt(len(found))
    note = None if len(found) > 1 else ("只有一次建立，没有区间", "a single founding: no interval")
    low, high = max(0.0, mean - half), min(1.0, mean + half)
    return [Learned("initial_fidelity", mean, low, high, len(found), len(found), True, note)], 0.0


def _development(past: History) -> Some:
    return _one("development", Events.of(past.grown, past.full, np.ones(past.full.shape)))


def _backbones(past: History) -> Some:
    return _one("backbone_turnover", Events.of(past.line_ends, past.lines, np.ones(past.lines.shape)), YEARLY)


def _members(past: History) -> Some:
    return _one("member_turnover", Events.of(past.member_ends, past.plain, np.ones(past.plain.shape)), YEARLY)
