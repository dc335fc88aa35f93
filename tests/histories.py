"""Made histories with known rates: the month of model.md §3 played forward, every event a dated row of a data set.

Written from the specification alone; shares nothing with the engines but the names of the rates.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from tiaokuai.graph import Network
from tiaokuai.planning.rates import Rates

FIRST = date(2015, 1, 1)
K = 10


def day_in(month: int, rng: np.random.Generator) -> date:
    """A day after the month's first, up to the next month's first."""
    begin, end = boundary(month), boundary(month + 1)
    return begin + timedelta(days=int(rng.integers(1, (end - begin).days + 1)))


def boundary(month: int) -> date:
    return date(FIRST.year + month // 12, month % 12 + 1, 1)


def made_history(
    seed: int, rates: Rates, months: int = 60, blocks: int = 6, each: int = 40, components: bool = True
) -> Network:
    """A district of ``blocks`` × ``each`` enterprises; the first two blocks stand at the start, a line in each."""
    rng = np.random.default_rng(seed)
    staff = rng.integers(3, 45, (blocks, each))
    rows: dict[str, list[dict[str, Any]]] = {
        "districts": [{"id": "D"}],
        "blocks": [{"id": f"B{b}", "district": "D"} for b in range(blocks)],
        "enterprises": [
            {"id": f"B{b}E{e}", "block": f"B{b}", "staff": int(staff[b, e])} for b in range(blocks) for e in range(each)
        ],
        **{name: [] for name in ("associations", "members", "backbones", "adoptions")},
    }
    plain: dict[tuple[int, int], list[dict[str, Any]]] = {(b, e): [] for b in range(blocks) for e in range(each)}
    lines: dict[tuple[int, int], list[tuple[dict[str, Any], dict[str, Any]]]] = {at: [] for at in plain}
    template = Network.from_tables({}).template
    entered = [
        part.id for part in template.components if part.id not in ("association", "federation", "backbone_cohort")
    ]
    has: list[set[str]] = [set() for _ in range(blocks)]
    founded = np.zeros(blocks, dtype=bool)

    def join(at: tuple[int, int], day: date) -> dict[str, Any]:
        row = {
            "id": f"M{len(rows['members'])}",
            "enterprise": f"B{at[0]}E{at[1]}",
            "association": f"A{at[0]}",
            "since": day,
            "until": None,
            "consent": day,
        }
        rows["members"].append(row)
        return row

    def begin(at: tuple[int, int], day: date) -> None:
        member = plain[at].pop(0) if plain[at] else join(at, day)
        day = max(day, member["since"])
        role = {"member": member["id"], "since": day, "until": None, "capacity": K}
        rows["backbones"].append(role)
        lines[at].append((member, role))

    def adopt(block: int, part: str, day: date) -> None:
        has[block].add(part)
        rows["adoptions"].append({"block": f"B{block}", "component": part, "since": day})

    def found(block: int, day: date, share: float) -> None:
        founded[block] = True
        rows["associations"].append({"id": f"A{block}", "block": f"B{block}", "since": day})
        for part in entered if components else ():
            if rng.random() < share:
                adopt(block, part, day)

    def fidelity(block: int) -> float:
        if not components:
            return float(founded[block])
        parts = set(has[block])
        if founded[block]:
            parts.add("association")
        if any(lines[block, e] for e in range(each)):
            parts.add("backbone_cohort")
        placed = np.array([part.id in parts for part in template.components])
        return float(template.fidelity(placed))

    for block in range(2):
        found(block, FIRST, 0.5 - 0.3 * block)
        begin((block, 0), FIRST)
    for month in range(months):
        f = np.array([fidelity(block) for block in range(blocks)])
        was = founded.copy()
        for at in plain:
            for member, role in [pair for pair in lines[at] if rng.random() < -np.expm1(-rates.backbone_turnover / 12)]:
                member["until"] = role["until"] = day_in(month, rng)
                lines[at] = [pair for pair in lines[at] if pair[0] is not member]
            for member in [one for one in plain[at] if rng.random() < -np.expm1(-rates.member_turnover / 12)]:
                member["until"] = day_in(month, rng)
                plain[at] = [one for one in plain[at] if one is not member]
        share = [np.mean([len(lines[b, e]) > 0 for e in range(each)]) for b in range(blocks)]
        for b in range(blocks):
            pull = sum(f[j] for j in range(blocks) if j != b and was[j]) / (blocks - 1)
            if not was[b] and rng.random() < -np.expm1(-(rates.founding + rates.replication * pull)):
                found(b, day_in(month, rng), rates.initial_fidelity)
            elif was[b]:
                for part in entered if components else ():
                    if part not in has[b] and rng.random() < rates.adoption:
                        adopt(b, part, day_in(month, rng))
        for (b, e), here in lines.items():
            n = int(staff[b, e])
            if was[b] and not here and rng.random() < -np.expm1(-f[b] * (rates.start + rates.imitation * share[b])):
                begin((b, e), day_in(month, rng))
            if not here:
                continue
            places = min(n, K * len(here))
            free = max(0, places - len(here) - len(plain[b, e]))
            for _ in range(rng.binomial(free, -np.expm1(-rates.fill * (1 + rates.services * f[b])))):
                plain[b, e].append(join((b, e), day_in(month, rng)))
            full = len(here) + len(plain[b, e]) >= places and n > places
            if full and rng.random() < -np.expm1(-rates.development):
                begin((b, e), day_in(month, rng))
    return Network.from_tables(rows)
