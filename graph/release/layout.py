"""In which order enterprises are gone through: part by part, so that what is worked on at a time is small."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiaokuai.graph.codes import Int32, Int64
from tiaokuai.graph.release.segments import Segments

PART = 1 << 14  # enterprises; their figures of one step then fit into a processor's own memory


@dataclass(frozen=True)
class Layout:
    """Enterprises part by part, in a part pool of members by pool, in a pool by id; no pool lies in two parts."""

    order: Int32  # row in the table of each place
    place: Int32  # the inverse
    bounds: Int64  # where each part begins, and the end


def lay_out(members: Int32, lines: Int32, rank: Int32) -> Layout:
    """The layout for the pools of members and of lines of every enterprise; -1 in ``lines`` for none.

    >>> lay_out(np.array([1, 0, 0], np.int32), np.full(3, -1, np.int32), np.array([0, 1, 2], np.int32)).order.tolist()
    [1, 2, 0]
    """
    pools = int(members.max(initial=-1)) + 1
    group = _together(members, lines, pools)
    sizes = np.bincount(members, minlength=pools)
    whole = np.bincount(group, sizes, pools).astype(np.int64)
    part = ((np.cumsum(whole) - whole) // PART)[group]
    by_part = np.argsort(part, kind="stable")
    at = np.empty(pools, dtype=np.int64)
    at[by_part] = np.arange(pools)
    order = np.argsort(at[members] << 32 | rank).astype(np.int32)
    place = np.empty_like(order)
    place[order] = np.arange(len(order), dtype=np.int32)
    inside = np.bincount(part, sizes).astype(np.int64)
    return Layout(order, place, np.concatenate([[0], np.cumsum(inside[inside > 0])]))


def _together(members: Int32, lines: Int32, pools: int) -> NDArray[np.int32]:
    """A number for each pool of members, the same for those that a pool of lines has enterprises of."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    pooled = np.flatnonzero(lines >= 0)
    size = pools + int(lines.max(initial=-1)) + 1
    ends = members[pooled], lines[pooled] + pools
    links = csr_array((np.ones(len(pooled), dtype=np.int8), ends), shape=(size, size))
    label: NDArray[np.int32] = connected_components(links, directed=False)[1][:pools]
    return label


def fixed_order(pool: Int32, staff: Int64, rank: Int32, pools: int) -> tuple[NDArray[np.intp], Int64]:
    """Rows pool by pool, spread evenly by staff and id from the first on (bit reversal), and how many each pool has.

    >>> fixed_order(np.array([0, 0, 0, -1]), np.array([4, 1, 2, 9]), np.arange(4), 1)[0].tolist()
    [1, 0, 2]
    """
    rows = np.flatnonzero(pool >= 0)
    rows = rows[np.lexsort((rank[rows], staff[rows], pool[rows]))]
    sizes = np.bincount(pool[rows], minlength=pools)
    groups = Segments(sizes)
    bits = np.frexp(groups.rows(np.maximum(sizes - 1, 1)).astype(np.float64))[1]
    spread = _reversed(groups.place.astype(np.uint32)) >> (32 - bits).astype(np.uint32)
    return rows[np.lexsort((spread, pool[rows]))], sizes


def _reversed(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The 32 bits of each number in reverse."""
    for shift, mask in ((1, 0x55555555), (2, 0x33333333), (4, 0x0F0F0F0F), (8, 0x00FF00FF)):
        values = ((values >> np.uint32(shift)) & np.uint32(mask)) | ((values & np.uint32(mask)) << np.uint32(shift))
    return (values >> np.uint32(16)) | (values << np.uint32(16))
