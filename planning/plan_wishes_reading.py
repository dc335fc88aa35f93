"""Constraints files: text → Wishes with every mistake at once, each with line, column and the nearest right name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml.nodes import Node, SequenceNode

from tiaokuai.files.limits import BadYaml, small_text, yaml_node
from tiaokuai.planning.intervention import Place
from tiaokuai.planning.plan_wishes import BadPlan, Wishes
from tiaokuai.planning.scenario_faults import Fault
from tiaokuai.planning.scenario_reading import MOST_FAULTS, Reader, is_null, not_yaml, place_of, plain_number

MOST_MONEY = 1e12
MANY_PERIODS = 10_000
LIMITS = ("max_foundings", "max_lines", "max_lines_per_block")
KEYS = (*LIMITS, "budgets", "must", "never", "fix", "min_coverage", "founding_costs")


def read_wishes(path: Path) -> Wishes:
    """Wishes from a YAML or JSON file; raises BadPlan with every mistake, OSError."""
    return parse_wishes(small_text(path), str(path))


def wishes_of(plain: Mapping[str, Any]) -> Wishes:
    """Wishes from plain values, as a program gives them; the same rules as for a file, without lines."""
    try:
        text = json.dumps(dict(plain), ensure_ascii=False, default=_plain)
    except (TypeError, ValueError):
        raise BadPlan([Fault("约束应为普通的键与值", "constraints must be plain keys and values")]) from None
    return _read(yaml_node(text), None, placed=False)


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        return value.item()
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    raise TypeError


def parse_wishes(text: str, path: str | None = None) -> Wishes:
    """Wishes from YAML or JSON text.

    >>> parse_wishes("never: [B05]\\nmust: [{block: B02, by_period: 3}]").must
    (('B02', 3),)
    """
    try:
        root = yaml_node(text)
    except BadYaml as bad:
        raise BadPlan([not_yaml(bad, path, text)]) from None
    return _read(root, path, placed=True)


def _read(root: Node | None, path: str | None, placed: bool) -> Wishes:
    reader = WishReader(path, placed)
    wishes = reader.wishes(root)
    if reader.faults:
        raise BadPlan(reader.faults, wishes)
    return wishes


class WishReader(Reader):
    """Walks the nodes of one file of constraints."""

    def __init__(self, path: str | None, placed: bool) -> None:
        super().__init__(path)
        self.placed = placed
        self.places: dict[str, Place] = {}

    def fault(self, node: Node | None, zh: str, en: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(zh, en, place_of(node) if self.placed else None, self.path))

    def put(self, name: str, node: Node) -> None:
        """Where a wish stands."""
        if self.placed and (place := place_of(node)) is not None:
            self.places[name] = place

    def wishes(self, root: Node | None) -> Wishes:
        if root is None or is_null(root):
            return Wishes(path=self.path)  # no wishes are wishes too
        given = self.mapping(root, "约束", "constraints")
        self.known(root, given, KEYS, "约束", "constraints")
        values: dict[str, Any] = {}
        for word, node in given.items():
            if word in READ:
                self.put(word, node)
                self.word = word
                values[word] = READ[word](self, node)
        return Wishes(**values, places=self.places, path=self.path)

    def whole(self, node: Node) -> int | None:
        value = plain_number(node)
        if value is None or not 0 <= value <= 1e9 or value != int(value):
            self.fault(node, f"{self.named}应为不小于 0 的整数", f"{self.named}must be a whole number from 0")
            return None
        return int(value)

    def period(self, node: Node) -> int:
        return self.count(node, MANY_PERIODS)

    def items(self, node: Node, word: str) -> list[Node]:
        if not isinstance(node, SequenceNode):
            self.fault(node, f"{word} 应为列表", f"{word} must be a list")
            return []
        return list(node.value)

    def budgets(self, node: Node) -> tuple[float, ...]:
        made = []
        for at, item in enumerate(self.items(node, "budgets")):
            self.put(f"budgets[{at}]", item)
            made.append(self.number(item, 0, MOST_MONEY))
        return tuple(made)

    def never(self, node: Node) -> tuple[str, ...]:
        made = []
        for at, item in enumerate(self.items(node, "never")):
            self.put(f"never[{at}]", item)
            made.append(self.text(item))
        return tuple(made)

    def pairs(self, node: Node, word: str, period: str, needed: bool) -> list[tuple[str, int]]:
        made = []
        for at, item in enumerate(self.items(node, word)):
            self.put(f"{word}[{at}]", item)
            given = self.mapping(item, f"{word} 的每项", f"each of {word}")
            self.known(item, given, ("block", period), word + " ", word)
            if given and "block" not in given:
                self.fault(item, f"{word} 缺少 block", f"{word} needs block")
            if given and needed and period not in given:
                self.fault(item, f"{word} 缺少 {period}", f"{word} needs {period}")
            block = self.text(given["block"]) if "block" in given else ""
            made.append((block, self.period(given[period]) if period in given else MANY_PERIODS))
        return made

    def must(self, node: Node) -> tuple[tuple[str, int], ...]:
        return tuple(self.pairs(node, "must", "by_period", needed=False))

    def fix(self, node: Node) -> tuple[tuple[int, str], ...]:
        return tuple((period, block) for block, period in self.pairs(node, "fix", "period", needed=True))

    def numbers(self, node: Node, word: str, most: float) -> dict[str, float]:
        made = {}
        for name, item in self.mapping(node, f"{word} ", word).items():
            self.put(f"{word}.{name}", item)
            self.word = f"{word} {name}"
            made[name] = self.number(item, 0, most)
        return made


READ: dict[str, Callable[[WishReader, Node], Any]] = {
    **dict.fromkeys(LIMITS, WishReader.whole),
    "budgets": WishReader.budgets,
    "must": WishReader.must,
    "never": WishReader.never,
    "fix": WishReader.fix,
    "min_coverage": lambda reader, node: reader.numbers(node, "min_coverage", 1),
    "founding_costs": lambda reader, node: reader.numbers(node, "founding_costs", MOST_MONEY),
}
