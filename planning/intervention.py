"""Interventions: what a scenario does, when, and what it costs (model.md §3, contracts.md "Scenario file")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from tiaokuai.planning.months import month_number, month_text

WHERE = ("largest_without_line", "largest_gap", "random")


@dataclass(frozen=True)
class Form:
    """The fields of one kind of intervention; ``one_of`` are fields of which exactly one is given."""

    do: str
    zh: str
    en: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()


FORMS: tuple[Form, ...] = (
    Form("found", "建立区块", "a block founds", ("block",), ("source", "components")),
    Form("add_backbones", "增加骨干", "backbones are added", (), ("count", "where"), ("block", "enterprise")),
    Form("adopt", "引入模式要素", "components are put in place", ("block", "components")),
    Form(
        "enrol",
        "企业入会",
        "enterprises join as corporate members",
        (),
        ("count",),
        ("block", "enterprise", "enterprises"),
    ),
    Form("set_rates", "从此月起改变速率", "rates change from this month on", ("rates",)),
    Form("close_enterprise", "企业关闭", "an enterprise closes", ("enterprise",)),
    Form("open_enterprises", "新企业开办", "enterprises open", ("block", "count"), ("staff",)),
    Form("lose_backbones", "骨干流失", "backbones are lost", (), ("block",), ("share", "number")),
)
BY_DO: dict[str, Form] = {form.do: form for form in FORMS}
ALWAYS = ("at", "do", "every", "times", "cost")


@dataclass(frozen=True)
class Costs:
    """What things cost, in units of the user's own; shocks cost nothing."""

    found: float = 50.0
    line: float = 2.0
    component: float = 5.0
    enrol: float = 0.0


@dataclass(frozen=True)
class Place:
    """Where a value stands in its file, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Intervention:
    """One line of a scenario: ``do`` at month ``at`` ("2027-01"), repeated ``times`` times ``every`` so many months.

    ``components`` is ``"all"`` or a tuple of ids; ``cost`` replaces the price list for one application.
    ``places`` says where each field stood in its file, for messages; it does not count in comparisons.

    >>> Intervention("add_backbones", "2027-03", block="B03", count=3, every=3, times=3).months()
    ['2027-03', '2027-06', '2027-09']
    """

    do: str
    at: str
    every: int | None = None
    times: int | None = None
    cost: float | None = None
    block: str | None = None
    source: str | None = None
    components: tuple[str, ...] | str | None = None
    enterprise: str | None = None
    enterprises: tuple[str, ...] | None = None
    count: int | None = None
    where: str | None = None
    staff: int | None = None
    share: float | None = None
    number: int | None = None
    rates: Mapping[str, float] | None = None
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)

    def numbers(self) -> range:
        """Month numbers of every application."""
        first = month_number(self.at)
        times = self.times if self.every is not None and self.times is not None else 1
        step = self.every or 1
        return range(first, first + step * times, step)

    def months(self) -> list[str]:
        """Months of every application."""
        return [month_text(number) for number in self.numbers()]

    def to_plain(self) -> dict[str, Any]:
        """As a scenario file says it, without the fields that are not given."""
        whole: dict[str, Any] = {"at": self.at}
        if self.every is not None:
            whole |= {"every": self.every, "times": self.times}
        whole["do"] = self.do
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name not in (*ALWAYS, "places") and value is not None:
                whole[item.name] = (
                    list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value
                )
        return whole | ({} if self.cost is None else {"cost": self.cost})
