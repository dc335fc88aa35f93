"""The rules of a release once more, enterprise by enterprise and step by step, as the design says them.

Slow and plain on purpose: what the product computes for whole pools at once must come out of this as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tiaokuai.graph import Network
from tiaokuai.graph.release.offsets import offset, secret_of

Figures = dict[tuple[str, date], tuple[int, int, int]]  # members, lines, capacity by enterprise and step


@dataclass
class Pool:
    """Blocks together: what is recorded and what is told at every step."""

    blocks: list[str]
    enterprises: list[str]
    offset: int
    recorded: list[int] = field(default_factory=list)
    staff: list[int] = field(default_factory=list)
    told: list[int] = field(default_factory=list)


@dataclass
class Told:
    """A planner's release: its steps, figures and pools."""

    steps: list[date]
    figures: Figures
    pools: dict[str, list[Pool]]


def quarters(first: date, last: date) -> list[date]:
    days = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in (1, 4, 7, 10)]
    later = [day for day in days if day >= first and day <= last]
    return later or [max(day for day in days if day <= last)]


def holds(row: dict[str, Any], day: date) -> bool:
    return (row["since"] is None or row["since"] <= day) and (row["until"] is None or row["until"] > day)


def people(network: Network, day: date) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Members, lines and their capacity of every enterprise on a day."""
    is_open = {row["id"] for row in network["enterprises"].iter_rows(named=True) if holds(row, day)}
    members = {row["id"]: row for row in network["members"].iter_rows(named=True) if holds(row, day)}
    members = {id: row for id, row in members.items() if row["enterprise"] in is_open}
    count = dict.fromkeys(network["enterprises"]["id"], 0)
    lines, capacity = dict(count), dict(count)
    for row in members.values():
        count[row["enterprise"]] += 1
    for row in network["backbones"].iter_rows(named=True):
        if holds(row, day) and row["member"] in members:
            at = members[row["member"]]["enterprise"]
            lines[at] += 1
            capacity[at] += 10 if row["capacity"] is None else row["capacity"]
    return count, lines, capacity


def pools(network: Network, measure: str, pooled: list[str], secret: bytes, few: int = 1) -> list[Pool]:
    row = {r["id"]: r for r in network["enterprises"].iter_rows(named=True)}
    blocks = sorted(network["blocks"].iter_rows(named=True), key=lambda block: block["id"])
    names = dict(network["districts"].select("id", "name").iter_rows())
    of: dict[str, list[str]] = {b["id"]: sorted(e for e in pooled if row[e]["block"] == b["id"]) for b in blocks}

    def enough(joined: list[str]) -> bool:
        inside = [e for b in joined for e in of[b]]
        return sum(1 if row[e]["staff"] is None else row[e]["staff"] for e in inside) >= 20 and len(inside) >= few

    found: list[list[str]] = []
    rest: list[str] = []
    for district in dict.fromkeys(b["district"] for b in blocks if of[b["id"]]):
        mine: list[list[str]] = []
        waiting: list[str] = []
        for block in [b["id"] for b in blocks if b["district"] == district and of[b["id"]]]:
            if enough([block]):
                mine.append([block])
                continue
            waiting.append(block)
            if enough(waiting):
                mine.append(waiting)
                waiting = []
        if mine:
            mine[-1] = mine[-1] + waiting
        else:
            rest += waiting
        found += mine
    if rest and enough(rest):
        found.append(rest)
    elif rest and found:
        found[-1] = found[-1] + rest
    block_row = {b["id"]: b for b in blocks}

    def named(block: str) -> list[str | None]:
        b = block_row[block]
        return [b["id"], b["name"], b["district"], names[b["district"]]]

    keyed = {tuple(p): offset(secret, measure, [named(b) for b in p]) for p in found}
    return [Pool(p, sorted(e for b in p for e in of[b]), keyed[tuple(p)]) for p in found]


def apportion(wanted: int, room: list[int], staff: list[int]) -> list[int]:
    """Largest remainders, ties by place; beyond the room by the staff that is left."""
    got = [0] * len(room)
    for limits in (room, staff):
        left = [limit - g for limit, g in zip(limits, got, strict=True)]
        give = min(wanted - sum(got), sum(left))
        if give <= 0:
            continue
        shares = [divmod(give * free, sum(left)) for free in left]
        more = give - sum(whole for whole, _ in shares)
        order = sorted(range(len(room)), key=lambda e: (-shares[e][1], e))
        for e, (whole, _) in enumerate(shares):
            got[e] += whole + (e in order[:more])
    return got


def place(lines: dict[str, int], wanted: int, room: dict[str, int], order: list[str]) -> dict[str, int]:
    """Line by line: the next to the first of those with fewest, away from the last of those with most."""
    lines = {e: min(lines[e], room[e]) for e in order}
    wanted = min(wanted, sum(room.values()))
    while sum(lines.values()) > wanted:
        lines[max(order, key=lambda e: (lines[e], order.index(e)))] -= 1
    while sum(lines.values()) < wanted:
        lines[min((e for e in order if lines[e] < room[e]), key=lambda e: (lines[e], order.index(e)))] += 1
    return lines


def spread(enterprises: list[str], staff: dict[str, int]) -> list[str]:
    """By staff and id, then by the reversed bits of the place."""
    ordered = sorted(enterprises, key=lambda e: (staff[e], e))
    bits = max(1, (len(ordered) - 1).bit_length())
    return [ordered[e] for e in (int(f"{at:0{bits}b}"[::-1], 2) for at in range(1 << bits)) if e < len(ordered)]


def planner(network: Network, key: bytes, last: date) -> Told:
    """A planner's release of listed persons, by the rules."""
    secret = secret_of(key)
    row = {r["id"]: r for r in network["enterprises"].iter_rows(named=True)}
    staff = {id: 1 if r["staff"] is None else r["staff"] for id, r in row.items()}
    exact = [id for id, r in row.items() if r["staff"] is not None and r["staff"] >= 5]
    begun = [*network["members"]["since"], *network["backbones"]["since"]]
    steps = quarters(min(begun, default=last), last)
    joined = {
        "lines": pools(network, "lines", [id for id in row if id not in exact], secret),
        "members": pools(network, "members", list(row), secret),
    }
    orders = [spread(pool.enterprises, staff) for pool in joined["lines"]]
    placed = dict.fromkeys(row, 0)
    figures: Figures = {}
    k, uniform = _capacity(network, steps)
    for day in steps:
        members, lines, capacity = people(network, day)
        room = {e: staff[e] if holds(r, day) else 0 for e, r in row.items()}
        told = {e: min(lines[e], staff[e] // 2) if e in exact else 0 for e in row}
        for pool, order in zip(joined["lines"], orders, strict=True):
            _round(pool, sum(lines[e] for e in order), sum(room[e] for e in order))
            placed |= place({e: placed[e] for e in order}, pool.told[-1], {e: room[e] for e in order}, order)
            told |= {e: placed[e] for e in order}
        reach = {}
        for e in row:
            nearest = max(5, 5 * ((capacity[e] + 2) // 5))
            reach[e] = nearest if e in exact and told[e] == lines[e] > 0 and not uniform else told[e] * k
        plain = dict.fromkeys(row, 0)
        for pool in joined["members"]:
            inside = pool.enterprises
            _round(pool, sum(members[e] - lines[e] for e in inside), sum(room[e] - told[e] for e in inside))
            free = [max(0, min(room[e], reach[e]) - told[e]) for e in inside]
            got = apportion(pool.told[-1], free, [room[e] - told[e] for e in inside])
            plain |= dict(zip(inside, got, strict=True))
        figures |= {(e, day): (told[e] + plain[e], told[e], reach[e]) for e in row if holds(row[e], day)}
    return Told(steps, figures, joined)


def _round(pool: Pool, recorded: int, staff: int) -> None:
    pool.recorded.append(recorded)
    pool.staff.append(staff)
    pool.told.append(max(0, min(5 * ((recorded + pool.offset) // 5), 5 * ((staff - 4) // 5))))


def _capacity(network: Network, steps: list[date]) -> tuple[int, bool]:
    members = {row["id"]: row for row in network["members"].iter_rows(named=True)}
    row = {r["id"]: r for r in network["enterprises"].iter_rows(named=True)}
    own = {
        line["capacity"]
        for line in network["backbones"].iter_rows(named=True)
        for member in [members[line["member"]]]
        if any(holds(line, d) and holds(member, d) and holds(row[member["enterprise"]], d) for d in steps)
    }
    only = own.pop() if len(own) == 1 else None
    return (only, True) if only else (10, False)
