"""A network's references as integer codes and its dates as days: what every fast question reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tiaokuai.graph.counts import count_spans
from tiaokuai.graph.spans import NO_SINCE, NO_UNTIL, Int32, Int64, active, clip, day_numbers
from tiaokuai.graph.template import FEDERATION, Template

__all__ = [
    "NO_SINCE",
    "NO_UNTIL",
    "Codes",
    "Int32",
    "Int64",
    "active",
    "clip",
    "day_numbers",
    "encode",
    "row_numbers",
]


@dataclass(frozen=True)
class Codes:
    """Row numbers in place of ids (-1 for none), days in place of dates.

    A membership is clipped to its enterprise's life and a line to its membership, as model.md §1 says a member
    whose enterprise has closed and a backbone whose membership has ended do not count: a row is active on day d
    exactly when since <= d < until.
    """

    block_district: Int32
    enterprise_block: Int32
    enterprise_since: Int32
    enterprise_until: Int32
    enterprise_staff: Int64  # -1: unknown
    association_block: Int32
    association_federation: NDArray[np.bool_]
    association_since: Int32
    association_until: Int32
    enrolment_enterprise: Int32
    enrolment_since: Int32
    enrolment_until: Int32
    member_enterprise: Int32
    member_since: Int32
    member_until: Int32
    line_member: Int32
    line_enterprise: Int32
    line_since: Int32
    line_until: Int32
    line_capacity: Int64  # -1: the assumption line_capacity
    # Counts, by enterprise and day; each row holds until the next of its enterprise, empty cells filled as model.md §1.
    count_enterprise: Int32
    count_since: Int32
    count_until: Int32
    count_members: Int64
    count_lines: Int64
    count_capacity: Int64  # of all its lines; -1: lines times the assumption line_capacity
    adoption_block: Int32
    adoption_component: Int32
    adoption_since: Int32
    adoption_until: Int32
    replication_source: Int32
    replication_target: Int32
    replication_since: Int32
    link_a: Int32
    link_b: Int32
    link_weight: NDArray[np.float64]


def row_numbers(values: pl.Series, ids: pl.Series) -> Int32:
    """Where each value stands in ``ids`` (unique), -1 where it does not: int32[len(values)].

    >>> row_numbers(pl.Series(["b", None, "x"]), pl.Series(["a", "b"])).tolist()
    [1, -1, -1]
    """
    if not len(values):
        return np.empty(0, dtype=np.int32)
    known, asked = ids.cast(pl.String), values.cast(pl.String)
    # Joining hashes takes half the time of joining texts; the texts found are compared, so a collision cannot pass.
    found = _by_hash(asked, known)
    if found is not None:
        return found
    table = pl.DataFrame({"key": known, "at": _counting(known)})
    joined = pl.DataFrame({"key": asked}).join(table, on="key", how="left", maintain_order="left")
    return joined["at"].fill_null(-1).to_numpy()


def _by_hash(asked: pl.Series, known: pl.Series) -> Int32 | None:
    left = pl.DataFrame({"key": asked.hash(), "row": _counting(asked)})
    right = pl.DataFrame({"key": known.hash(), "at": _counting(known)})
    # The shorter side is the one to build a table of.
    if len(known) > len(asked):
        joined = left.join(right, on="key", how="inner").select("row", "at")
    else:
        joined = left.join(right, on="key", how="left", maintain_order="left").drop_nulls("at").select("row", "at")
    rows, at = joined["row"], joined["at"]
    if joined.height > len(asked) or not (known.gather(at) == asked.gather(rows)).fill_null(True).all():
        return None
    found = np.full(len(asked), -1, dtype=np.int32)
    found[rows.to_numpy()] = at.to_numpy()
    found[asked.is_null().to_numpy()] = -1
    return found


def _counting(values: pl.Series) -> pl.Series:
    return pl.int_range(len(values), dtype=pl.Int32, eager=True)


def encode(
    tables: Mapping[str, pl.DataFrame], template: Template, known: Mapping[tuple[str, str], Int32] | None = None
) -> Codes:
    """All codes of a network's tables; ``known`` are references that the check has followed already."""
    ids = {name: frame["id"] for name, frame in tables.items() if "id" in frame.columns}

    def refs(table: str, column: str, to: str) -> Int32:
        found = (known or {}).get((table, column))
        return row_numbers(tables[table][column], ids[to]) if found is None else found

    def span(table: str) -> tuple[Int32, Int32]:
        frame = tables[table]
        return day_numbers(frame["since"], NO_SINCE), day_numbers(frame["until"], NO_UNTIL)

    enterprise = span("enterprises")
    member_enterprise = refs("members", "enterprise", "enterprises")
    member = clip(span("members"), enterprise, member_enterprise)
    line_member = refs("backbones", "member", "members")
    line = clip(span("backbones"), member, line_member)
    counts = count_spans(tables["counts"], refs("counts", "enterprise", "enterprises"), enterprise)
    association, enrolment, adoption = span("associations"), span("enrolments"), span("adoptions")
    return Codes(
        block_district=refs("blocks", "district", "districts"),
        enterprise_block=refs("enterprises", "block", "blocks"),
        enterprise_since=enterprise[0],
        enterprise_until=enterprise[1],
        enterprise_staff=tables["enterprises"]["staff"].fill_null(-1).to_numpy(),
        association_block=refs("associations", "block", "blocks"),
        association_federation=(tables["associations"]["kind"] == FEDERATION).to_numpy(),
        association_since=association[0],
        association_until=association[1],
        enrolment_enterprise=refs("enrolments", "enterprise", "enterprises"),
        enrolment_since=enrolment[0],
        enrolment_until=enrolment[1],
        member_enterprise=member_enterprise,
        member_since=member[0],
        member_until=member[1],
        line_member=line_member,
        line_enterprise=_take(member_enterprise, line_member),
        line_since=line[0],
        line_until=line[1],
        line_capacity=tables["backbones"]["capacity"].fill_null(-1).to_numpy(),
        count_enterprise=counts.enterprise,
        count_since=counts.since,
        count_until=counts.until,
        count_members=counts.members,
        count_lines=counts.lines,
        count_capacity=counts.capacity,
        adoption_block=refs("adoptions", "block", "blocks"),
        adoption_component=row_numbers(
            tables["adoptions"]["component"], pl.Series([part.id for part in template.components])
        ),
        adoption_since=adoption[0],
        adoption_until=adoption[1],
        replication_source=refs("replications", "source", "blocks"),
        replication_target=refs("replications", "target", "blocks"),
        replication_since=day_numbers(tables["replications"]["since"], NO_SINCE),
        link_a=refs("links", "a", "blocks"),
        link_b=refs("links", "b", "blocks"),
        link_weight=tables["links"]["weight"].to_numpy(),
    )


def _take(values: Int32, rows: Int32) -> Int32:
    return values[rows] if len(values) else np.full(len(rows), -1, dtype=np.int32)
