"""The rates of the simulation as a table that code, files and docs read (model.md §3)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph.errors import RequestError

ASSUMPTION = ("假设", "assumption")
BASS = (
    "Bass 模型系数的平均值（Sultan、Farley、Lehmann 1990）",
    "Bass coefficient, mean of Sultan, Farley, Lehmann 1990",
)


@dataclass(frozen=True)
class Rate:
    """One rate: ``low`` … ``high`` is the range that a sensitivity analysis explores, ``most`` what is accepted."""

    name: str
    symbol: str
    default: float
    unit: str  # "month", "year", "share" or "factor"
    zh: str
    en: str
    source: tuple[str, str]
    low: float
    high: float
    most: float = 1000.0


TABLE: tuple[Rate, ...] = (
    Rate("fill", "β", 0.15, "month", "线上的空位被补上", "an open place on a line is taken", ASSUMPTION, 0.05, 0.3),
    Rate(
        "services",
        "γ",
        1.0,
        "factor",
        "完整模式使补位加快多少：β(1 + γ f)",
        "how much a full template speeds filling: β(1 + γ f)",
        ASSUMPTION,
        0.0,
        2.0,
    ),
    Rate(
        "start",
        "p",
        0.03 / 12,
        "month",
        "联谊会自身努力使一家企业开出第一条线",
        "a line starts by the association's own effort; Bass external coefficient",
        BASS,
        0.003 / 12,
        0.06 / 12,
    ),
    Rate(
        "imitation",
        "q",
        0.38 / 12,
        "month",
        "因块内邻企已有线而开线",
        "a line starts because neighbours in the block have one; Bass internal coefficient",
        BASS,
        0.2 / 12,
        0.7 / 12,
    ),
    Rate(
        "founding",
        "ρ",
        0.03 / 12,
        "month",
        "区块自行建立",
        "a block founds on its own",
        BASS,
        0.003 / 12,
        0.06 / 12,
    ),
    Rate(
        "replication",
        "λ",
        0.38 / 12,
        "month",
        "因相连区块已建而建立",
        "a block founds because linked blocks are founded",
        BASS,
        0.2 / 12,
        0.7 / 12,
    ),
    Rate(
        "adoption",
        "a",
        0.05,
        "month",
        "已建区块的模式完整度：f ← f + a(1 − f)",
        "f ← f + a(1 − f) in a founded block",
        ASSUMPTION,
        0.01,
        0.1,
        1.0,
    ),
    Rate(
        "initial_fidelity",
        "f₀",
        0.3,
        "share",
        "模拟中新建而未指明要素的区块，其起始完整度",
        "f of a block that founds in the simulation with no components named",
        ASSUMPTION,
        0.1,
        0.6,
        1.0,
    ),
    Rate(
        "development",
        "δ",
        0.05,
        "month",
        "线已满而仍有员工时再长出一名骨干",
        "a full line with staff left over grows another backbone",
        ASSUMPTION,
        0.01,
        0.1,
    ),
    Rate(
        "backbone_turnover",
        "τb",
        0.15,
        "year",
        "骨干离开，线与一个已联系名额随之失去",
        "a backbone leaves; the line and one reached place go",
        ASSUMPTION,
        0.05,
        0.3,
    ),
    Rate(
        "member_turnover",
        "τm",
        0.15,
        "year",
        "已联系的人离开，未联系者可补上",
        "a reached person leaves; an unreached one may take the place",
        ASSUMPTION,
        0.05,
        0.3,
    ),
)
NAMES: tuple[str, ...] = tuple(rate.name for rate in TABLE)
BY_NAME: dict[str, Rate] = {rate.name: rate for rate in TABLE}


# What a picture or a sentence calls them.
SHORT: dict[str, tuple[str, str]] = {
    "fill": ("补位 β", "filling β"),
    "services": ("服务 γ", "services γ"),
    "start": ("自发开线 p", "lines started p"),
    "imitation": ("仿效开线 q", "imitation q"),
    "founding": ("自行建块 ρ", "founding ρ"),
    "replication": ("复制建块 λ", "replication λ"),
    "adoption": ("要素落地 a", "adoption a"),
    "initial_fidelity": ("起始完整度 f₀", "initial fidelity f₀"),
    "development": ("培养骨干 δ", "development δ"),
    "backbone_turnover": ("骨干流动 τb", "backbones lost τb"),
    "member_turnover": ("会员流动 τm", "members lost τm"),
}


class BadRates(RequestError):
    """Rates that do not exist or cannot have that value; ``problems`` are (name, zh, en)."""

    def __init__(self, problems: list[tuple[str, str, str]]) -> None:
        self.problems = problems
        super().__init__(
            "bad_rates",
            "；".join(zh for _, zh, _ in problems),
            "; ".join(en for _, _, en in problems),
            problems=[{"rate": name, "message": en} for name, _, en in problems],
        )


def faults(changes: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What is wrong with these rates: (name, zh, en), empty where nothing is.

    >>> [en for _, _, en in faults({"imitate": 1})]
    ['no rate is called imitate; did you mean imitation?']
    """
    found = []
    for name, value in changes.items():
        if name not in BY_NAME:
            near = get_close_matches(str(name), NAMES, 1, 0.5)
            hint_zh, hint_en = (
                (f"，是不是 {near[0]}？", f"; did you mean {near[0]}?")
                if near
                else ("", f"; there are {', '.join(NAMES)}")
            )
            found.append((str(name), f"没有名为 {name} 的速率{hint_zh}", f"no rate is called {name}{hint_en}"))
        elif isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
            found.append((name, f"{name} 必须是数字", f"{name} must be a number"))
        elif not 0 <= value <= BY_NAME[name].most:
            top = f"{BY_NAME[name].most:g}"
            found.append((name, f"{name} 必须在 0 与 {top} 之间", f"{name} must be from 0 to {top}"))
    return found


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of more than 308 digits
        return False


@dataclass(frozen=True)
class Rates:
    """The rates of one simulation; see :data:`TABLE` for units, meanings and sources.

    Raises :class:`BadRates` with every mistake at once.

    >>> Rates(imitation=0.04).imitation, round(Rates().imitation, 6)
    (0.04, 0.031667)
    """

    fill: float = BY_NAME["fill"].default
    services: float = BY_NAME["services"].default
    start: float = BY_NAME["start"].default
    imitation: float = BY_NAME["imitation"].default
    founding: float = BY_NAME["founding"].default
    replication: float = BY_NAME["replication"].default
    adoption: float = BY_NAME["adoption"].default
    initial_fidelity: float = BY_NAME["initial_fidelity"].default
    development: float = BY_NAME["development"].default
    backbone_turnover: float = BY_NAME["backbone_turnover"].default
    member_turnover: float = BY_NAME["member_turnover"].default

    def __post_init__(self) -> None:
        if found := faults({field.name: getattr(self, field.name) for field in fields(self)}):
            raise BadRates(found)

    @classmethod
    def from_mapping(cls, changes: Mapping[str, Any]) -> Rates:
        """The defaults with some changed, as a file says it: every mistake is told at once.

        A value may also be a mapping with ``value`` in it, as ``calibrate`` writes.

        >>> Rates.from_mapping({"start": {"value": 0.01, "low": 0.0, "high": 0.02}}).start
        0.01
        """
        return cls().with_(**{str(name): _plain(value) for name, value in changes.items()})

    def with_(self, /, **changes: float) -> Rates:
        """The same with some of them changed."""
        if found := faults(changes):
            raise BadRates(found)
        return replace(self, **changes)

    def to_json(self) -> dict[str, float]:
        """Name → value, in the order of the table."""
        return {name: float(getattr(self, name)) for name in NAMES}

    def array(self) -> NDArray[np.float64]:
        """The values in the order of the table, [11]."""
        return np.array([getattr(self, name) for name in NAMES], dtype=np.float64)


def _plain(value: Any) -> Any:
    return value.get("value") if isinstance(value, Mapping) else value
