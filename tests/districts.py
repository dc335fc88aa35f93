"""Small made-up districts for the tests of the simulation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

from tiaokuai.graph import Network
from tiaokuai.planning.intervention import Costs, Intervention
from tiaokuai.planning.scenario import Scenario

BEFORE = date(2020, 1, 1)
START = "2027-01"
PARTS = ("training", "legal_aid", "magazine", "hall", "ledger", "suggestion_channel")


def district(
    staff: Sequence[Sequence[int]],
    lines: Sequence[Sequence[int]] = (),
    members: Sequence[Sequence[int]] = (),
    founded: Sequence[int] = (),
    *,
    kinds: Sequence[str] = (),
    links: Sequence[tuple[int, int, float]] | None = None,
    capacity: int | None = None,
    adoptions: Sequence[tuple[int, str]] = (),
) -> Network:
    """Block b has enterprises B{b}E{i} with ``staff[b][i]``, lines, and members beside the backbones."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("enterprises", "members", "backbones")}
    for block, people in enumerate(staff):
        for at, count in enumerate(people):
            name = f"B{block}E{at}"
            rows["enterprises"].append({"id": name, "block": f"B{block}", "staff": count})
            own = lines[block][at] if lines else 0
            for each in range(own + (members[block][at] if members else 0)):
                member = {
                    "id": f"{name}M{each}",
                    "enterprise": name,
                    "association": "A",
                    "since": BEFORE,
                    "consent": BEFORE,
                }
                rows["members"].append(member)
                if each < own:
                    rows["backbones"].append({"member": member["id"], "since": BEFORE, "capacity": capacity})
    return Network.from_tables(
        {
            "districts": [{"id": "D"}],
            "blocks": [
                {"id": f"B{b}", "district": "D", "kind": kinds[b] if kinds else "mature"} for b in range(len(staff))
            ],
            "associations": [{"id": f"A{b}", "block": f"B{b}", "since": BEFORE} for b in founded],
            "links": [{"a": f"B{a}", "b": f"B{b}", "weight": weight} for a, b, weight in links or ()],
            "adoptions": [{"block": f"B{b}", "component": part, "since": BEFORE} for b, part in adoptions],
            **rows,
        }
    )


@st.composite
def districts(draw: st.DrawFn) -> Network:
    """Any small district: unknown and empty enterprises, blocks of every kind, with and without links and adoptions."""
    blocks = draw(st.integers(1, 4))
    sizes = [draw(st.lists(st.integers(0, 40), min_size=0, max_size=5)) for _ in range(blocks)]
    few = st.sampled_from((0, 0, 1, 2, 5))
    lines = [[draw(few) for _ in people] for people in sizes]
    members = [[draw(few) for _ in people] for people in sizes] if draw(st.booleans()) else []
    pairs = [(a, b) for a in range(blocks) for b in range(a)]
    return district(
        sizes,
        lines,
        members,
        founded=sorted(draw(st.sets(st.integers(0, blocks - 1)))),
        kinds=[draw(st.sampled_from(("pilot", "mature", "emerging"))) for _ in range(blocks)],
        links=[(a, b, draw(st.floats(0, 3))) for a, b in pairs] if draw(st.booleans()) else None,
        capacity=draw(st.sampled_from((None, 1, 3, 7))),
        adoptions=[(b, part) for b in range(blocks) for part in draw(st.sets(st.sampled_from(PARTS)))]
        if draw(st.booleans())
        else [],
    )


@st.composite
def scenarios(draw: st.DrawFn, network: Network, months: int) -> Scenario:
    """Any scenario that can apply to the district."""
    blocks = network["blocks"]["id"].to_list()
    block_of = dict(network["enterprises"].select("id", "block").iter_rows())
    founded = {name[0].replace("A", "B") for name in network["associations"].select("id").iter_rows()}
    known, closed, items = len(network["adoptions"]) > 0, set[str](), []
    month = 1
    for _ in range(draw(st.integers(0, 8))):
        month = draw(st.integers(month, months))
        at, kind = (
            f"2027-{month:02d}",
            draw(st.sampled_from(("found", "lines", "line", "adopt", "rates", "close", "open", "lose"))),
        )
        block = draw(st.sampled_from(blocks))
        here = [name for name, home in block_of.items() if home == block and name not in closed]
        where = draw(st.sampled_from(("largest_without_line", "largest_gap", "random")))
        if kind == "found" and block not in founded:
            parts = draw(st.sampled_from((None, "all", ("training", "hall")) if known else (None, "all")))
            items.append(Intervention("found", at, block=block, components=parts))
            founded.add(block)
        elif kind == "lines" and block in founded and here:
            items.append(Intervention("add_backbones", at, block=block, count=draw(st.integers(1, 4)), where=where))
        elif kind == "line" and block in founded and here:
            items.append(Intervention("add_backbones", at, enterprise=draw(st.sampled_from(here)), count=2))
        elif kind == "adopt" and known:
            items.append(Intervention("adopt", at, block=block, components=("training", "ledger")))
        elif kind == "rates":
            items.append(Intervention("set_rates", at, rates={"imitation": 0.5, "backbone_turnover": 3.0}))
        elif kind == "close" and here:
            closed.add(gone := draw(st.sampled_from(here)))
            items.append(Intervention("close_enterprise", at, enterprise=gone))
        elif kind == "open":
            items.append(Intervention("open_enterprises", at, block=block, count=2, staff=draw(st.integers(0, 30))))
        elif kind == "lose":
            how: dict[str, Any] = {"share": 0.5} if draw(st.booleans()) else {"number": 2}
            items.append(Intervention("lose_backbones", at, block=draw(st.sampled_from((None, block))), **how))
    return Scenario("any", {}, Costs(enrol=1.0), tuple(items))
