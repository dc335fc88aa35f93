"""The network on one day, as aligned arrays: what every metric, the simulator and the plan start from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tiaokuai.graph.assumptions import Assumptions
from tiaokuai.graph.codes import NO_SINCE, Codes, Int32, Int64, active
from tiaokuai.graph.template import ASSOCIATION, BACKBONE_COHORT, FEDERATION

if TYPE_CHECKING:
    from tiaokuai.graph.network import Network

Bools = NDArray[np.bool_]
_EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Days since 1970-01-01.

    >>> day_number(date(1970, 1, 2))
    1
    """
    return day.toordinal() - _EPOCH


def to_date(number: int) -> date:
    """The inverse of :func:`day_number`."""
    return date.fromordinal(int(number) + _EPOCH)


@dataclass(frozen=True)
class Snapshot:
    """One day of a network.

    Enterprise arrays [E] are aligned over the enterprises active on the day, in table order; block arrays [B] over
    all blocks, in table order; ``components`` is [B, C] in the template's order.
    """

    network: Network
    day: date
    assumptions: Assumptions
    enterprise: Int64  # row of each in the enterprises table
    block: Int32  # row of its block
    staff: Int64  # unknown ones imputed
    imputed: Bools
    lines: Int64  # active backbones and counted lines
    capacity: Int64  # their capacities' sum, not capped by staff
    members: Int64  # listed and counted ones
    eligible: Bools
    founded: Bools
    founded_on: Int32  # day of the earliest active association; NO_SINCE where not founded
    federation: Bools

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return len(self.founded)

    @property
    def kind(self) -> list[str]:
        """Kind of each block."""
        return self.network["blocks"]["kind"].to_list()

    @cached_property
    def block_ids(self) -> list[str]:
        """Id of each block."""
        return self.network["blocks"]["id"].to_list()

    @cached_property
    def enterprise_ids(self) -> pl.Series:
        """Id of each active enterprise."""
        return self.network["enterprises"]["id"].gather(self.enterprise)

    @cached_property
    def adopted(self) -> Bools:
        """Components entered as adoptions and in place on the day, [B, C]; derived ones are not in it."""
        codes = self.network.codes
        placed = np.zeros((self.blocks, len(self.network.template.components)), dtype=bool)
        now = active(codes.adoption_since, codes.adoption_until, day_number(self.day))
        placed[codes.adoption_block[now], codes.adoption_component[now]] = True
        return placed

    @cached_property
    def components(self) -> Bools:
        """Components in place on the day, the derived ones (association, federation, backbone cohort) included."""
        index = self.network.template.index
        placed = self.adopted.copy()
        placed[:, index[ASSOCIATION]] = self.founded
        placed[:, index[FEDERATION]] = self.federation
        placed[:, index[BACKBONE_COHORT]] = self.block_sum(self.lines) > 0
        return placed

    @cached_property
    def plain_members(self) -> bool:
        """Whether any active member is not a backbone on the day."""
        codes, on = self.network.codes, day_number(self.day)
        counted = active(codes.count_since, codes.count_until, on)
        if (codes.count_members[counted] > codes.count_lines[counted]).any():
            return True
        carries = np.zeros(len(codes.member_since), dtype=bool)
        carries[codes.line_member[active(codes.line_since, codes.line_until, on)]] = True
        return bool((active(codes.member_since, codes.member_until, on) & ~carries).any())

    @cached_property
    def replications(self) -> tuple[Int32, Int32, Int32]:
        """Source, target and day of the replications that count on the day."""
        codes = self.network.codes
        now = codes.replication_since <= day_number(self.day)
        return codes.replication_source[now], codes.replication_target[now], codes.replication_since[now]

    def block_sum(self, values: NDArray[np.int64] | Bools) -> Int64:
        """Sums over each block's enterprises, [B]; exact for integers below 2**53."""
        return np.bincount(self.block, values, self.blocks).astype(np.int64)


def take(network: Network, day: date, assumptions: Assumptions) -> Snapshot:
    """The network on ``day``."""
    codes, on = network.codes, day_number(day)
    rows = np.flatnonzero(active(codes.enterprise_since, codes.enterprise_until, on))
    staff = codes.enterprise_staff[rows]
    lines, capacity, members = _people(codes, on, assumptions.line_capacity)
    founded_on, federation = associations_on(codes, on, len(codes.block_district))
    kinds = network["blocks"]["kind"].is_in(list(assumptions.eligible_kinds))
    return Snapshot(
        network=network,
        day=day,
        assumptions=assumptions,
        enterprise=rows,
        block=codes.enterprise_block[rows],
        staff=np.where(staff < 0, assumptions.staff_per_enterprise, staff),
        imputed=staff < 0,
        lines=lines[rows],
        capacity=capacity[rows],
        members=members[rows],
        eligible=kinds.to_numpy().astype(bool),
        founded=founded_on != NO_SINCE,
        founded_on=founded_on,
        federation=federation,
    )


def _people(codes: Codes, on: int, default: int) -> tuple[Int64, Int64, Int64]:
    """Lines, their capacity and members at every enterprise of the table, listed and counted, active ones only."""
    size = len(codes.enterprise_block)
    now = active(codes.line_since, codes.line_until, on)
    at, own = codes.line_enterprise[now], codes.line_capacity[now]
    lines = np.bincount(at, minlength=size)
    capacity = np.bincount(at, np.where(own < 0, default, own), size).astype(np.int64)
    members = np.bincount(codes.member_enterprise[active(codes.member_since, codes.member_until, on)], minlength=size)
    if len(codes.count_enterprise):
        counted = active(codes.count_since, codes.count_until, on)
        at, own = codes.count_enterprise[counted], codes.count_capacity[counted]  # one row an enterprise at most
        lines[at] += codes.count_lines[counted]
        capacity[at] += np.where(own < 0, codes.count_lines[counted] * default, own)
        members[at] += codes.count_members[counted]
    return lines, capacity, members


def associations_on(codes: Codes, on: int, blocks: int) -> tuple[Int32, Bools]:
    """Day each block was founded (NO_SINCE where it is not) and whether it has a federation."""
    now = active(codes.association_since, codes.association_until, on)
    founding = now & ~codes.association_federation
    first = np.full(blocks, np.iinfo(np.int32).max, dtype=np.int32)
    np.minimum.at(first, codes.association_block[founding], codes.association_since[founding])
    federation = np.zeros(blocks, dtype=bool)
    federation[codes.association_block[now & codes.association_federation]] = True
    return np.where(first == np.iinfo(np.int32).max, NO_SINCE, first).astype(np.int32), federation
