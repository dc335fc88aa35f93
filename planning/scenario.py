"""Scenarios: interventions over time and their prices, as files say them (contracts.md, "Scenario file")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from tiaokuai.files.atomic import replacing
from tiaokuai.files.limits import small_text
from tiaokuai.planning.intervention import Costs, Intervention
from tiaokuai.planning.scenario_faults import BadScenario
from tiaokuai.planning.scenario_reading import dump, parse

BASELINE = "baseline"  # the scenario in which nothing is done


@dataclass(frozen=True)
class Scenario:
    """What is done: ``rates`` changed from the first month on, prices, and interventions in the order of the file.

    >>> scenario = Scenario("lines", interventions=(Intervention("add_backbones", "2027-01", enterprise="E1"),))
    >>> Scenario.parse(scenario.to_yaml()).to_plain() == scenario.to_plain()
    True
    """

    name: str
    rates: Mapping[str, float] = field(default_factory=dict)
    costs: Costs = field(default_factory=Costs)
    interventions: tuple[Intervention, ...] = ()
    path: str | None = field(default=None, compare=False)

    @classmethod
    def read(cls, path: str | Path) -> Scenario:
        """From a YAML or JSON file; raises :class:`~tiaokuai.planning.scenario_faults.BadScenario`, OSError."""
        file = Path(path)
        return cls.parse(small_text(file), file.stem, str(file))

    @classmethod
    def parse(cls, text: str, name: str = "scenario", path: str | None = None) -> Scenario:
        """From the text of a file; ``name`` is used where the text has none."""
        found, faults = parse(text, name, path)
        if found is None:
            raise BadScenario(faults)
        scenario = cls(found.name, found.rates, found.costs, found.interventions, path)
        if faults:
            raise BadScenario(faults, scenario)
        return scenario

    def to_plain(self) -> dict[str, Any]:
        """As the file says it: mappings, lists, texts and numbers alone."""
        plain: dict[str, Any] = {"name": self.name}
        if self.rates:
            plain["rates"] = dict(self.rates)
        plain["costs"] = {item.name: getattr(self.costs, item.name) for item in fields(self.costs)}
        plain["interventions"] = [item.to_plain() for item in self.interventions]
        return plain

    def to_yaml(self) -> str:
        """The text of a scenario file that reads back as this scenario."""
        return dump(self.to_plain())

    def write(self, path: str | Path) -> None:
        """Writes the file, whole or not at all."""
        with replacing(path) as temporary:
            temporary.write_text(self.to_yaml(), encoding="utf-8")

    def applications(self) -> Iterator[tuple[int, Intervention]]:
        """(month number, intervention) of every application, by month, within a month in the order of the file."""
        every = [(number, order, item) for order, item in enumerate(self.interventions) for number in item.numbers()]
        return ((number, item) for number, _, item in sorted(every, key=lambda one: one[:2]))
