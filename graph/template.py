"""The Dagang template (大港模式) as data: groups of components with weights (source.md)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiaokuai.files.limits import toml_value

ASSOCIATION, FEDERATION, BACKBONE_COHORT = "association", "federation", "backbone_cohort"
MOST_WEIGHT = 1e6
DERIVED = (ASSOCIATION, FEDERATION, BACKBONE_COHORT)


class BadTemplate(ValueError):
    """A template file that cannot be used; the message lists every problem."""


@dataclass(frozen=True)
class Component:
    """One thing that the pilot block has in place."""

    id: str
    group: str
    zh: str
    en: str
    weight: float = 1.0


@dataclass(frozen=True)
class Group:
    """Components of one of the source's methods."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True)
class Template:
    """Groups and components in the order of the file.

    >>> template = Template.default()
    >>> len(template.groups), template.components[0].id
    (5, 'advisory_group')
    """

    groups: tuple[Group, ...]
    components: tuple[Component, ...]

    @classmethod
    def default(cls) -> Template:
        """The template of source.md, weights 1."""
        return _default()

    @classmethod
    def parse(cls, text: str) -> Template:
        """From the text of a TOML file shaped like ``template.toml``; raises :class:`BadTemplate`."""
        try:
            raw = toml_value(text)
        except ValueError as error:
            raise BadTemplate(f"not TOML: {error}") from None
        return _build(raw)

    @cached_property
    def index(self) -> dict[str, int]:
        """Column of every component, by its id."""
        return {component.id: column for column, component in enumerate(self.components)}

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Component ids by every accepted spelling: the id, the Chinese and the English name."""
        names: dict[str, str] = {}
        for part in self.components:
            for name in (part.zh, part.en, part.en.lower()):
                names.setdefault(name, part.id)
        return names | {part.id: part.id for part in self.components}

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """Share of fidelity of each component, [C]: group share × weight within the group; sums to 1."""
        own = np.array([part.weight for part in self.components])
        group = self.group_of
        return own / np.bincount(group, own, len(self.groups))[group] / len(self.groups)

    @cached_property
    def group_of(self) -> NDArray[np.int64]:
        """Index of each component's group, [C]."""
        order = {group.id: at for at, group in enumerate(self.groups)}
        return np.array([order[part.group] for part in self.components], dtype=np.int64)

    def fidelity(self, in_place: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Fidelity in [0, 1]: the mean over groups of the weighted share in place; ``in_place`` [..., C].

        >>> template = Template.default()
        >>> float(template.fidelity(np.ones(len(template.components), dtype=bool)))
        1.0
        """
        return np.clip(np.round(in_place @ self.weights, 12), 0.0, 1.0)

    def fidelity_by_group(self, in_place: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Weighted share in place within each group, [..., G]."""
        member = np.zeros((len(self.components), len(self.groups)))
        member[np.arange(len(self.components)), self.group_of] = self.weights * len(self.groups)
        return np.clip(np.round(in_place @ member, 12), 0.0, 1.0)


@lru_cache(maxsize=1)
def _default() -> Template:
    return Template.parse(files("tiaokuai.graph").joinpath("template.toml").read_text(encoding="utf-8"))


def _build(raw: dict[str, Any]) -> Template:
    problems: list[str] = []
    groups: list[Group] = []
    parts: list[Component] = []
    for entry in _tables(raw, "group", "the file", problems):
        name = str(entry.get("id", "")).strip()
        if not name or name in {group.id for group in groups}:
            problems.append(f"a group needs an id of its own, not {name!r}")
        groups.append(Group(name, str(entry.get("zh", name)), str(entry.get("en", name))))
        if not entry.get("components"):
            problems.append(f"group {name!r} has no components")
        parts += [
            _component(name, part, problems) for part in _tables(entry, "components", f"group {name!r}", problems)
        ]
    ids = Counter(part.id for part in parts)
    problems += [f"component {name!r} stands there twice" for name, times in sorted(ids.items()) if times > 1]
    problems += [
        f"component {name!r} is missing (it is derived from the records)" for name in DERIVED if name not in ids
    ]
    if problems:
        raise BadTemplate("; ".join(problems))
    return Template(tuple(groups), tuple(parts))


def _tables(entry: dict[str, Any], key: str, where: str, problems: list[str]) -> list[dict[str, Any]]:
    """The list of tables under a key; whatever else stands there is a problem."""
    given = entry.get(key) or []
    if isinstance(given, list) and all(isinstance(each, dict) for each in given):
        return given
    problems.append(f"{key!r} of {where} must be a list of tables, such as [[{key}]]")
    return []


def _component(group: str, entry: dict[str, Any], problems: list[str]) -> Component:
    name = str(entry.get("id", "")).strip()
    weight = entry.get("weight", 1.0)
    if not name:
        problems.append(f"a component of group {group!r} has no id")
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < MOST_WEIGHT:
        problems.append(f"component {name!r}: weight must be a number above 0, at most {MOST_WEIGHT:g}")
        weight = 1.0
    return Component(name, group, str(entry.get("zh", name)), str(entry.get("en", name)), float(weight))
