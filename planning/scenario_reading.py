"""Scenario files: text → Scenario with every mistake at once, each with line, column and the nearest right name."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tiaokuai.files.limits import BadYaml, yaml_node
from tiaokuai.graph.values import MAX_COUNT, MAX_NAME, BadValue
from tiaokuai.planning.intervention import ALWAYS, BY_DO, FORMS, WHERE, Costs, Form, Intervention, Place
from tiaokuai.planning.months import month_number, month_text
from tiaokuai.planning.rates import faults
from tiaokuai.planning.scenario_faults import Fault, nearest
from tiaokuai.planning.scenario_hints import plainly, wide, written

MOST = 1_000_000  # lines, openings or losses at a time
MOST_FAULTS = 1000  # told of one file
AT_MOST = 1200  # repetitions: a hundred years of months


@dataclass(frozen=True)
class Contents:
    """What a scenario file says, as far as it can be read."""

    name: str
    rates: dict[str, float] = field(default_factory=dict)
    costs: Costs = field(default_factory=Costs)
    interventions: tuple[Intervention, ...] = ()


def parse(text: str, name: str, path: str | None) -> tuple[Contents | None, list[Fault]]:
    """What YAML or JSON text says and all that is wrong with it; None where it is no YAML at all."""
    try:
        root = yaml_node(text)
    except BadYaml as bad:
        return None, [not_yaml(bad, path, text)]
    reader = Reader(path)
    return reader.scenario(root, name), reader.faults


def not_yaml(bad: BadYaml, path: str | None, text: str) -> Fault:
    """What is wrong with a text that is no YAML at all."""
    place = Place(bad.line, bad.column) if bad.line and bad.column else None
    lines = text.split("\n")
    zh, en = wide(lines[bad.line - 1] if bad.line and bad.line <= len(lines) else "")
    return Fault(f"不是 YAML 或 JSON：{bad.zh}{zh}", f"is not YAML or JSON: {bad.what}{en}", place, path)


def dump(plain: dict[str, Any]) -> str:
    """YAML with one intervention a line; JSON within a line is YAML, and quotes everything that needs it."""
    lines = [
        f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in plain.items() if key != "interventions"
    ]
    items = [f"  - {json.dumps(item, ensure_ascii=False)}" for item in plain["interventions"]]
    lines += ["interventions:", *items] if items else ["interventions: []"]
    return "\n".join(lines) + "\n"


class Reader:
    """Walks the nodes of one file and gathers what is wrong."""

    def __init__(self, path: str | None) -> None:
        self.path = path
        self.word = ""  # the field that is being read, for what is said of its value
        self.faults: list[Fault] = []

    def fault(self, node: Node | None, zh: str, en: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(zh, en, place_of(node), self.path))

    def mapping(self, node: Node | None, zh: str, en: str) -> dict[str, Node]:
        """Key → node of its value; nothing where it is not a mapping."""
        if not isinstance(node, MappingNode):
            zh_kind, en_kind = ("列表", "a list") if isinstance(node, SequenceNode) else ("一个词", "a word")
            hint_zh, hint_en = wide(str(node.value)) if isinstance(node, ScalarNode) else ("", "")
            if node is None or is_null(node):
                zh_kind, en_kind = "空白", "nothing"
            zh = f"{zh}应写成“键: 值”，而不是{zh_kind}{hint_zh}"
            self.fault(node, zh, f"{en} must be written as key: value, not as {en_kind}{hint_en}")
            return {}
        found: dict[str, Node] = {}
        for key, value in node.value:
            word = str(key.value) if isinstance(key, ScalarNode) else ""
            if not word:
                self.fault(key, "键必须是文字", "a key must be a word")
            elif word in found:
                self.fault(key, f"{word} 出现了两次", f"{word} is there twice")
            elif not is_null(value):
                found[word] = value
        return found

    def known(self, node: Node, given: dict[str, Node], names: Sequence[str], zh: str, en: str) -> None:
        keys = {str(key.value): key for key, _ in node.value} if isinstance(node, MappingNode) else {}
        for word in given:
            if word == "<<":
                self.fault(keys.get(word), "不支持用 << 合并，请写全各项", "<< is not read here; write the fields out")
            elif word not in names:
                hint_zh, hint_en = nearest(word, names)
                self.fault(keys.get(word), f"{zh}没有 {word} 一项{hint_zh}", f"{en} has no {word}{hint_en}")

    def scenario(self, root: Node | None, name: str) -> Contents:
        if root is None or is_null(root):
            self.faults.append(Fault("文件是空的", "the file is empty", None, self.path))
            return Contents(name)
        given = self.mapping(root, "情景", "a scenario")
        self.known(root, given, ("name", "rates", "costs", "interventions"), "情景", "a scenario")
        self.word = "name"
        title = self.text(given["name"]) if "name" in given else name
        rates = self.rates(given["rates"]) if "rates" in given else {}
        costs = self.costs(given["costs"]) if "costs" in given else Costs()
        items = given.get("interventions")
        if items is not None and not isinstance(items, SequenceNode):
            self.fault(items, "interventions 应为列表，每项以 - 开头", "interventions must be a list, each after a -")
        nodes = items.value if isinstance(items, SequenceNode) else []
        made = [self.intervention(item) for item in nodes]
        return Contents(title or name, rates, costs, tuple(item for item in made if item is not None))

    def costs(self, node: Node) -> Costs:
        given = self.mapping(node, "costs ", "costs")
        names = [item.name for item in fields(Costs)]
        self.known(node, given, names, "costs ", "costs")
        found = {}
        for word, item in given.items():
            if word in names:
                self.word = word
                found[word] = self.number(item, 0, 1e12)
        return Costs(**found)

    def rates(self, node: Node) -> dict[str, float]:
        given = self.mapping(node, "rates ", "rates")
        keys = {str(key.value): key for key, _ in node.value} if isinstance(node, MappingNode) else {}
        values: dict[str, float] = {}
        for word, item in given.items():
            value = plain_number(item)
            wrong = faults({word: value})
            if wrong:
                unknown = "no rate is called" in wrong[0][2]
                self.fault(keys.get(word) if unknown else item, wrong[0][1], wrong[0][2])
            elif value is not None:
                values[word] = value
        return values

    def intervention(self, node: Node) -> Intervention | None:
        """What could be read of it; a field at fault is left out."""
        given = self.mapping(node, "干预", "an intervention")
        if not given:
            return None
        do = self.text(given["do"]) if "do" in given else ""
        if not do:
            self.fault(node, "缺少 do（做什么）", f"do is missing; there are {', '.join(BY_DO)}")
            self.known(node, given, ANY, "干预", "an intervention")
        elif do not in BY_DO:
            called = [form.do for form in FORMS if do in form.zh or form.zh in do]
            hint_zh, hint_en = nearest(called[0] if len(called) == 1 else do, list(BY_DO))
            self.fault(given["do"], f"没有名为 {do} 的干预{hint_zh}", f"nothing is called {do}{hint_en}")
            self.known(node, given, ANY, "干预", "an intervention")
        else:
            self.shape(node, given, BY_DO[do])
        values: dict[str, Any] = {"at": "", "do": do}
        for word, item in given.items():
            before, self.word = len(self.faults), word
            value = READERS[word](self, item) if word in READERS else None
            if word in READERS and len(self.faults) == before:
                values[word] = value
        return Intervention(**values, places=places_of(node))

    def shape(self, node: Node, given: dict[str, Node], form: Form) -> None:
        """Which fields are there, and which must be."""
        names = (*ALWAYS, *form.needs, *form.may, *form.one_of)
        self.known(node, given, names, form.do + " ", form.do)
        for word in ("at", *form.needs):
            if word not in given:
                self.fault(node, f"{form.do} 缺少 {word}", f"{form.do} needs {word}")
        chosen = [word for word in form.one_of if word in given]
        if form.one_of and len(chosen) != 1:
            words = ", ".join(form.one_of)
            self.fault(node, f"{form.do} 须在 {words} 中恰好给出一项", f"{form.do} needs exactly one of {words}")
        if "times" in given and "every" not in given:
            self.fault(given["times"], "times 须与 every 同用", "times goes with every")
        if "every" in given and "times" not in given:
            self.fault(given["every"], "every 须与 times 同用：共几次", "every goes with times: how often in all")
        if "where" in given and "enterprise" in given:
            self.fault(given["where"], "where 只用于区块", "where goes with a block, not with an enterprise")

    def text(self, node: Node) -> str:
        """A name or an id, as it is written: 007 stays 007."""
        if not isinstance(node, ScalarNode):
            self.fault(node, f"{self.named}应为文字", f"{self.named}must be a word, not a list")
            return ""
        value = str(node.value).strip()
        if not value or len(value) > MAX_NAME:
            self.fault(node, f"{self.named}为空或过长", f"{self.named}is empty or too long")
        return value

    def month(self, node: Node) -> str:
        value = self.text(node)
        try:
            return month_text(month_number(value))
        except BadValue:
            self.fault(node, f"“{value}”不是月份，请写成 2027-01", f"{value!r} is not a month; write it as 2027-01")
            return ""

    def number(self, node: Node, low: float, high: float) -> float:
        value = plain_number(node)
        if value is None or not low <= value <= high:
            least, most = plainly(low), plainly(high)
            zh, en = written(node)
            zh, en = (
                f"{self.named}应为 {least} 至 {most} 的数字{zh}",
                f"{self.named}must be a number from {least} to {most}{en}",
            )
            self.fault(node, zh, en)
            return low
        return value

    def count(self, node: Node, high: int = MOST, low: int = 1) -> int:
        value = plain_number(node)
        if value is None or not low <= value <= high or value != int(value):
            most, (zh, en) = plainly(high), written(node)
            zh, en = (
                f"{self.named}应为 {low} 至 {most} 的整数{zh}",
                f"{self.named}must be a whole number from {low} to {most}{en}",
            )
            self.fault(node, zh, en)
            return low
        return int(value)

    @property
    def named(self) -> str:
        return f"{self.word} " if self.word else ""

    def choice(self, node: Node) -> str:
        value = self.text(node)
        if value not in WHERE:
            hint_zh, hint_en = nearest(value, WHERE)
            self.fault(node, f"where 没有 {value}{hint_zh}", f"where cannot be {value}{hint_en}")
        return value

    def names(self, node: Node) -> tuple[str, ...]:
        if not isinstance(node, SequenceNode):
            return (self.text(node),)
        if not node.value:
            self.fault(node, "列表是空的", "the list is empty")
        return tuple(self.text(item) for item in node.value)

    def components(self, node: Node) -> tuple[str, ...] | str | None:
        if isinstance(node, ScalarNode) and str(node.value) in ("all", "none"):
            return "all" if node.value == "all" else None
        return self.names(node)


READERS: dict[str, Callable[[Reader, Node], Any]] = {
    "at": Reader.month,
    "every": lambda reader, node: reader.count(node, AT_MOST),
    "times": lambda reader, node: reader.count(node, AT_MOST),
    "cost": lambda reader, node: reader.number(node, 0, 1e12),
    "block": Reader.text,
    "source": Reader.text,
    "components": Reader.components,
    "enterprise": Reader.text,
    "enterprises": Reader.names,
    "count": Reader.count,
    "where": Reader.choice,
    "staff": lambda reader, node: reader.count(node, MAX_COUNT, 0),
    "share": lambda reader, node: reader.number(node, 0, 1),
    "number": Reader.count,
    "rates": Reader.rates,
}


ANY = tuple(dict.fromkeys([*ALWAYS, *READERS]))  # every field that some intervention has


def place_of(node: Node | None) -> Place | None:
    """Where a node begins."""
    return None if node is None else Place(node.start_mark.line + 1, node.start_mark.column + 1)


def places_of(node: Node) -> dict[str, Place]:
    """Where the value of each field of a mapping begins; under ``""`` the mapping itself."""
    found = {"": Place(node.start_mark.line + 1, node.start_mark.column + 1)}
    for key, value in node.value:
        found[str(key.value)] = Place(value.start_mark.line + 1, value.start_mark.column + 1)
    return found


def is_null(node: Node) -> bool:
    """An empty value."""
    return isinstance(node, ScalarNode) and str(node.tag).endswith(":null")


def plain_number(node: Node) -> float | None:
    """The finite number of an unquoted scalar; None where it is none."""
    if not isinstance(node, ScalarNode) or not str(node.tag).endswith((":int", ":float")):
        return None
    try:
        value = float(str(node.value).replace("_", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
