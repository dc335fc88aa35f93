"""Networks of any size for the benchmarks of the simulation, and the peers' versions of the month (model.md §3)."""

from __future__ import annotations

import math
import random
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from tiaokuai.graph import Network
from tiaokuai.planning.rates import Rates

DAY = "2027-01-01"


def network(blocks: int, enterprises: int, lined: float, founded: float = 0.5) -> Network:
    """``lined``: share of enterprises with a line at the start, all in the founded blocks; staff 5 to 79."""
    rng = np.random.default_rng(1)
    first = int(blocks * founded)
    home = np.arange(enterprises) % blocks
    names = np.array([f"B{i:05}" for i in range(blocks)])
    tables: dict[str, Any] = {
        "districts": pl.DataFrame({"id": ["D"]}),
        "blocks": pl.DataFrame({"id": names, "district": ["D"] * blocks}),
        "enterprises": pl.DataFrame(
            {
                "id": [f"E{i:07}" for i in range(enterprises)],
                "block": names[home],
                "staff": rng.integers(5, 80, enterprises),
            }
        ),
    }
    if first:
        ids = [f"A{i:05}" for i in range(first)]
        tables["associations"] = pl.DataFrame({"id": ids, "block": names[:first], "since": [date(2020, 1, 1)] * first})
    if lined:
        at = np.repeat(np.flatnonzero((home < first) & (rng.random(enterprises) < lined / founded)), 3)
        day, ids = [date(2021, 1, 1)] * len(at), [f"M{i}" for i in range(len(at))]
        where = {"enterprise": [f"E{i:07}" for i in at], "association": [f"A{home[i]:05}" for i in at]}
        tables["members"] = pl.DataFrame({"id": ids, **where, "since": day, "consent": day})
        tables["backbones"] = pl.DataFrame({"member": ids[::3], "since": day[::3]})
    return Network.from_tables(tables)


def mesa_run(net: Network, rates: Rates, months: int, seed: int) -> float:
    """One run of the same month as a Mesa 3 model: an agent an enterprise, an agent a block; final line share."""
    import mesa

    snapshot = net.as_of(DAY)
    chance = random.Random(seed)

    def p(hazard: float) -> bool:
        return chance.random() < 1 - math.exp(-hazard)

    def leave(count: int, hazard: float) -> int:
        return sum(p(hazard) for _ in range(count))

    class Enterprise(mesa.Agent):  # type: ignore[misc]
        def __init__(self, model: Any, block: Any, staff: int, lines: int, connected: int) -> None:
            super().__init__(model)
            self.block, self.staff, self.lines, self.connected = block, staff, lines, connected

        @property
        def reachable(self) -> int:
            return min(self.staff, 10 * self.lines)

        def turnover(self) -> None:
            x = leave(self.lines, rates.backbone_turnover / 12)
            y = leave(max(self.connected - self.lines, 0), rates.member_turnover / 12)
            self.lines, self.connected = self.lines - x, max(0, self.connected - x - y)

        def grow(self) -> None:
            founded, fidelity, share = self.block.before
            if founded and not self.lines and p(fidelity * (rates.start + rates.imitation * share)):
                self.lines, self.connected = 1, max(self.connected, 1)
            if self.lines:
                self.connected += leave(
                    max(0, self.reachable - self.connected), rates.fill * (1 + rates.services * fidelity)
                )
                if self.connected >= self.reachable < self.staff and p(rates.development):
                    self.lines += 1

    class Block(mesa.Agent):  # type: ignore[misc]
        def __init__(self, model: Any, founded: bool) -> None:
            super().__init__(model)
            self.founded, self.fidelity, self.here = founded, float(founded), []

        def look(self) -> None:
            share = sum(e.lines > 0 for e in self.here) / len(self.here) if self.here else 0.0
            self.before = (self.founded, self.fidelity, share)

        def found(self) -> None:
            others = [block.before for block in self.model.blocks if block is not self]
            pull = sum(fidelity for founded, fidelity, _ in others if founded) / max(1, len(others))
            if self.founded:
                self.fidelity += rates.adoption * (1 - self.fidelity)
            elif p(rates.founding + rates.replication * pull):
                self.founded, self.fidelity = True, 1.0

    class District(mesa.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.blocks = [Block(self, bool(founded)) for founded in snapshot.founded]
            for at in range(len(snapshot.staff)):
                block = self.blocks[snapshot.block[at]]
                row = int(snapshot.staff[at]), int(snapshot.lines[at]), int(snapshot.members[at])
                block.here.append(Enterprise(self, block, *row))

        def step(self) -> None:
            companies, blocks = self.agents_by_type[Enterprise], self.agents_by_type[Block]
            companies.do("turnover")
            blocks.do("look")
            blocks.do("found")
            companies.do("grow")

    model = District()
    for _ in range(months):
        model.step()
    companies = model.agents_by_type[Enterprise]
    return sum(e.lines > 0 for e in companies) / len(companies)


def ndlib_run(blocks: int, enterprises: int, chance: float, months: int, seed: int) -> float:
    """An independent cascade of NDlib among the enterprises of each block; share reached at the end."""
    import ndlib.models.epidemics as epidemics
    import ndlib.models.ModelConfig as mc
    import networkx as nx

    random.seed(seed)
    np.random.seed(seed)
    graph = nx.disjoint_union_all(nx.complete_graph(enterprises // blocks) for _ in range(blocks))
    config = mc.Configuration()
    config.add_model_parameter("fraction_infected", 0.1)
    for edge in graph.edges():
        config.add_edge_configuration("threshold", edge, chance)
    model = epidemics.IndependentCascadesModel(graph, seed=seed)
    model.set_initial_status(config)
    last: dict[int, int] = model.iteration_bunch(months)[-1]["node_count"]
    return 1 - last[0] / enterprises
