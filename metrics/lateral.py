"""How blocks multiply (横向): status, founding, lineage and fidelity of every block (model.md §2, lateral)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tiaokuai.graph import Assumptions
from tiaokuai.graph.codes import Codes, active
from tiaokuai.graph.snapshot import Snapshot, day_number
from tiaokuai.graph.template import ASSOCIATION, BACKBONE_COHORT, FEDERATION, Template
from tiaokuai.metrics.coverage import counts, groups
from tiaokuai.metrics.numbers import Bools, Floats, Int32, Int64, ratio, share

STATUSES = ("none", "ahead", "hollow", "growing", "covered")
NONE, AHEAD, HOLLOW, GROWING, COVERED = range(5)


def statuses(founded: Bools, sums: Mapping[str, Int64], assumptions: Assumptions) -> Int64:
    """Index into :data:`STATUSES` of each block, [B], from its counts (:mod:`coverage`).

    A founded block with no line at all is hollow whatever ``hollow_below`` says, one without an enterprise too:
    it must never count as covered.

    >>> ones = np.array([1, 1])
    >>> sums = {"enterprises": 4 * ones, "staff": 10 * ones}
    >>> sums |= {"enterprises_with_line": np.array([0, 3]), "reached": np.array([9, 8])}
    >>> statuses(ones > 0, sums, Assumptions()).tolist()
    [2, 4]
    """
    with_line = sums["enterprises_with_line"]
    line_share, coverage = ratio(with_line, sums["enterprises"]), ratio(sums["reached"], sums["staff"])
    hollow = (with_line == 0) | (line_share < assumptions.hollow_below)
    covered = coverage >= assumptions.covered_from
    outside = np.where(with_line > 0, AHEAD, NONE)
    return np.where(~founded, outside, np.where(hollow, HOLLOW, np.where(covered, COVERED, GROWING)))


@dataclass(frozen=True)
class Blocks:
    """The blocks of one day: their counts, [B] each, and what follows from them."""

    day: Snapshot

    @cached_property
    def counts(self) -> dict[str, Int64]:
        """Counts of :mod:`coverage` by block."""
        return groups(self.day, "block").sums(counts(self.day))

    @cached_property
    def status(self) -> Int64:
        """Index into :data:`STATUSES`."""
        return statuses(self.day.founded, self.counts, self.day.assumptions)

    @cached_property
    def lineage(self) -> Lineage:
        """Who descends from whom."""
        day = self.day
        sources, targets, since = day.replications
        return Lineage(day.blocks, tuple(sorted(zip(since, sources, targets, strict=True))), day.block_ids)


@dataclass(frozen=True)
class Lineage:
    """The replications of a day as (day, source, target), earliest first."""

    blocks: int
    rows: tuple[tuple[int, int, int], ...]
    ids: Sequence[str]

    @cached_property
    def source(self) -> list[tuple[int, int] | None]:
        """Row of the source of each block and the day it counts from: the earliest one, ties by id."""
        found: list[tuple[int, int] | None] = [None] * self.blocks
        for since, source, target in sorted(self.rows, key=lambda row: (row[0], self.ids[row[1]])):
            if found[target] is None:
                found[target] = (source, since)
        return found

    @cached_property
    def targets(self) -> list[list[int]]:
        """Blocks founded on the model of each block."""
        found: list[list[int]] = [[] for _ in range(self.blocks)]
        for _, source, target in self.rows:
            found[source].append(target)
        return found

    def generations(self, pilots: Iterable[int]) -> list[int | None]:
        """Steps from the nearest pilot along the replications; None for a block that descends from none."""
        steps: list[int | None] = [None] * self.blocks
        waiting = deque(pilots)
        for pilot in waiting:
            steps[pilot] = 0
        while waiting:
            block = waiting.popleft()
            for target in self.targets[block]:
                if steps[target] is None:
                    steps[target] = (steps[block] or 0) + 1
                    waiting.append(target)
        return steps

    def descendants(self, block: int) -> set[int]:
        """All blocks that descend from a block, itself left out; ends in a circle too."""
        found: set[int] = set()
        waiting = list(self.targets[block])
        while waiting:
            target = waiting.pop()
            if target not in found:
                found.add(target)
                waiting += self.targets[target]
        found.discard(block)
        return found

    def family_sums(self, values: NDArray[Any]) -> Int64:
        """Sums over each block and all that descend from it, [B].

        >>> chain = Lineage(3, ((0, 0, 1), (0, 1, 2)), ["A", "B", "C"])
        >>> chain.family_sums(np.array([1, 10, 100])).tolist()
        [111, 110, 100]
        """
        if self._youngest_first is None:
            sums = [int(values[[block, *self.descendants(block)]].sum()) for block in range(self.blocks)]
            return np.array(sums, dtype=np.int64)
        added: list[int] = values.tolist()
        for source, target in self._youngest_first:
            added[source] += added[target]
        return np.array(added, dtype=np.int64)

    @cached_property
    def _youngest_first(self) -> list[tuple[int, int]] | None:
        """(source, target), later generations first; None where some block has two sources or descends from itself."""
        pairs = {(source, target) for _, source, target in self.rows}
        below = {target for _, target in pairs}
        if len(below) < len(pairs):
            return None
        found: list[tuple[int, int]] = []
        waiting = [block for block in range(self.blocks) if block not in below]
        for block in waiting:
            below_it = list(dict.fromkeys(self.targets[block]))  # a replication may be entered twice
            found += [(block, target) for target in below_it]
            waiting += below_it
        return found[::-1] if len(found) == len(pairs) else None


def copy_fidelity(day: Snapshot, lineage: Lineage) -> Floats:
    """Share of the source's components, as of the replication, that the target has on the day, [B]; nan without."""
    share = np.full(day.blocks, np.nan)
    known = [(target, *found) for target, found in enumerate(lineage.source) if found is not None]
    if not known:
        return share
    at, sources, since = (np.array(column) for column in zip(*known, strict=True))
    copied = components_at(day.network.codes, day.network.template, sources, since)
    share[at] = ratio((copied & day.components[at]).sum(axis=1), copied.sum(axis=1))
    return share


def components_at(codes: Codes, template: Template, blocks: Int64, days: Int64) -> Bools:
    """Components in place in each of some blocks, each on its own day, the derived ones included, [N, C]."""
    placed = np.zeros((len(blocks), len(template.components)), dtype=bool)
    index = template.index
    for row, at in _pairs(codes.adoption_block, codes.adoption_since, codes.adoption_until, blocks, days):
        placed[row, codes.adoption_component[at]] = True
    for row, at in _pairs(codes.association_block, codes.association_since, codes.association_until, blocks, days):
        federation = codes.association_federation[at]
        placed[row, index[FEDERATION]] = federation.any()
        placed[row, index[ASSOCIATION]] = (~federation).any()
    if len(codes.line_enterprise):
        home = codes.enterprise_block[codes.line_enterprise]
        for row, at in _pairs(home, codes.line_since, codes.line_until, blocks, days):
            placed[row, index[BACKBONE_COHORT]] = len(at) > 0
    if len(codes.count_enterprise):
        home = codes.enterprise_block[codes.count_enterprise]
        for row, at in _pairs(home, codes.count_since, codes.count_until, blocks, days):
            placed[row, index[BACKBONE_COHORT]] |= (codes.count_lines[at] > 0).any()
    return placed


def _pairs(home: Int32, since: Int32, until: Int32, blocks: Int64, days: Int64) -> Iterable[tuple[int, Int64]]:
    """For each (block, day), the rows of a table that lie in the block and are active on the day."""
    order = np.argsort(home, kind="stable")
    first = np.searchsorted(home[order], blocks, "left")
    last = np.searchsorted(home[order], blocks, "right")
    for row, (begin, end, day) in enumerate(zip(first, last, days, strict=True)):
        here = order[begin:end]
        yield row, here[active(since[here], until[here], int(day))]


def year_before(day: date) -> date:
    """The same day a year before; 28 February for a leap day.

    >>> year_before(date(2024, 2, 29)).isoformat()
    '2023-02-28'
    """
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def lateral_summary(
    founded: Bools, founded_on: Int32, eligible: Bools, pilot: Bools, status: Int64, day: date
) -> dict[str, Any]:
    """Founded and replicated shares, velocity and full coverage over the eligible blocks (model.md §2)."""
    inside = eligible & founded
    others = eligible & ~pilot
    count = int(eligible.sum())
    return {
        "eligible": count,
        "founded": int(inside.sum()),
        "founded_share": share(inside.sum(), count),
        "replicas": int((others & founded).sum()),
        "replication_share": share((others & founded).sum(), others.sum()),
        "velocity_12m": int((inside & (founded_on > day_number(year_before(day)))).sum()),
        "full_coverage": share((eligible & (status == COVERED)).sum(), count),
    }


def summary(blocks: Blocks) -> dict[str, Any]:
    """:func:`lateral_summary` of a day, with the hollow blocks and the orphans, of any kind, by id."""
    day = blocks.day
    pilot = np.array([kind == "pilot" for kind in day.kind], dtype=bool)
    made = lateral_summary(day.founded, day.founded_on, day.eligible, pilot, blocks.status, day.day)
    source = blocks.lineage.source
    made["hollow"] = [id for id, status in zip(day.block_ids, blocks.status, strict=True) if status == HOLLOW]
    made["orphans"] = [id for at, id in enumerate(day.block_ids) if day.founded[at] and source[at] is None]
    return made


def replication_frame(blocks: Blocks) -> pl.DataFrame:
    """One row a block, in table order; ``fidelity_by_group`` is a struct with a field a group."""
    day, sums, lineage = blocks.day, blocks.counts, blocks.lineage
    template = day.network.template
    pilots = [at for at, kind in enumerate(day.kind) if kind == "pilot"]
    people = sums["reached"]
    by_group = template.fidelity_by_group(day.components)
    groups_ = pl.DataFrame({group.id: by_group[:, at] for at, group in enumerate(template.groups)})
    ids = day.block_ids
    return pl.DataFrame(
        {
            "id": pl.Series(ids, dtype=pl.String),
            "name": day.network["blocks"]["name"],
            "kind": day.network["blocks"]["kind"],
            "status": pl.Series([STATUSES[status] for status in blocks.status], dtype=pl.String),
            "founded": pl.Series(np.where(day.founded, day.founded_on, 0), dtype=pl.Int32)
            .cast(pl.Date)
            .set(pl.Series(~day.founded), None),
            "generation": pl.Series(lineage.generations(pilots), dtype=pl.Int64),
            "source": pl.Series([found and ids[found[0]] for found in lineage.source], dtype=pl.String),
            "fidelity": template.fidelity(day.components),
            "fidelity_by_group": groups_.to_struct(),
            "copy_fidelity": copy_fidelity(day, lineage),
            "coverage": ratio(people, sums["staff"]),
            "line_share": ratio(sums["enterprises_with_line"], sums["enterprises"]),
            "descendants": lineage.family_sums(np.ones_like(people)) - 1,
            "descendant_reach": lineage.family_sums(people),
        },
        nan_to_null=True,
    )
