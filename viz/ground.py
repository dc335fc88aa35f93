"""The ground of a map: every block's circle, and every enterprise's dot inside it, in pixels of the screen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tiaokuai.viz.blocks import Block, Document
from tiaokuai.viz.packing import Point, enclosing, extent, pack
from tiaokuai.viz.places import Places, positions
from tiaokuai.viz.text import known
from tiaokuai.viz.theme import Screen

TALL = 760  # pixels, of a wide screen
LABEL = 15  # pixels kept below a circle for its name


@dataclass(frozen=True)
class Dot:
    """One enterprise."""

    at: Point
    radius: float
    band: str  # of theme.REACH
    row: Document


@dataclass(frozen=True)
class Ground:
    """Blocks and their circles, aligned; ``dots`` by block."""

    blocks: tuple[Block, ...]
    at: tuple[Point, ...]
    radii: tuple[float, ...]
    dots: Mapping[str, tuple[Dot, ...]]
    width: float
    height: float


def band(row: Document) -> str:
    """How much of an enterprise is in reach.

    >>> band({"staff": 4, "reached": 4}), band({"staff": 10, "reached": 4}), band({"staff": 10, "reached": 0})
    ('full', 'partly', 'none')
    """
    staff, reached = known(row.get("staff")), known(row.get("reached"))
    if not reached:
        return "none"
    return "full" if staff is not None and reached >= staff else "partly"


def size(staff: float | None) -> float:
    """Radius of somebody's circle before it is scaled: area by people; the unknown and the empty are small."""
    return math.sqrt(max(1.0, staff or 0.0))


def lay_out(every: Sequence[Block], inside: Mapping[str, Sequence[Document]], places: Places, screen: Screen) -> Ground:
    """Where all of it goes on a screen."""
    packed = {id: _packed(rows) for id, rows in inside.items()}
    # A block's own circle is as large as its enterprises need, and never smaller than its staff asks.
    radii = {b.id: packed[b.id][1] * 1.08 + 0.6 if b.id in packed else 1.25 * size(b.staff) for b in every}
    there = {b.id for b in every}
    sources = {
        b.id: b.row["source"] for b in every if isinstance(b.row.get("source"), str) and b.row["source"] in there
    }
    wide = 0.95 if screen.narrow else 1.6
    ids = [b.id for b in every]
    room = {id: radius * 1.05 + 0.3 for id, radius in radii.items()}
    scale, at = 1.0, dict[str, Point]()
    for _ in range(2 if len(ids) <= 200 else 1):
        at = positions(ids, room, sources, places, wide)
        x0, x1, y0, y1 = extent([at[id] for id in ids], [room[id] for id in ids])
        scale = _scale(x1 - x0, y1 - y0, len(ids), screen)
        # Names need as many pixels below large circles as below small ones.
        room = {id: radius * 1.05 + (LABEL * 0.6 / scale if len(ids) <= 200 else 0.3) for id, radius in radii.items()}
    left, low = x0 - (screen.width - 8 - (x1 - x0) * scale) / 2 / scale, y0 - LABEL / scale
    points = {id: ((x - left) * scale, (y - low) * scale) for id, (x, y) in at.items()}
    return Ground(
        tuple(every),
        tuple(points[id] for id in ids),
        tuple(radii[id] * scale for id in ids),
        {
            id: tuple(
                Dot((points[id][0] + x * scale, points[id][1] + y * scale), radius * scale, band(row), row)
                for (x, y), radius, row in packed[id][0]
            )
            for id in packed
        },
        screen.width - 8,
        (y1 - y0) * scale + LABEL + 2,
    )


def _scale(wide: float, tall: float, count: int, screen: Screen) -> float:
    most = min(TALL if not screen.narrow else 460, 120 + 60 * count)
    return min((screen.width - 8) / wide, most / tall)


def _packed(rows: Sequence[Document]) -> tuple[list[tuple[Point, float, Document]], float]:
    """An enterprise's centre from that of its block, its radius, itself; and the radius around all of them."""
    ordered = sorted(rows, key=lambda row: (-size(known(row.get("staff"))), str(row.get("id"))))
    radii = [size(known(row.get("staff"))) for row in ordered]
    centres = pack([radius * 1.06 for radius in radii])
    middle, around = enclosing(centres, radii)
    moved = [(x - middle[0], y - middle[1]) for x, y in centres]
    return list(zip(moved, radii, ordered, strict=True)), around
