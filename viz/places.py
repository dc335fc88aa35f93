"""Where blocks lie to each other: by longitude and latitude, or by what hangs on what."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tiaokuai.viz.packing import Packing, Point

if TYPE_CHECKING:
    from tiaokuai.graph import Snapshot

Places = Mapping[str, Any]
FILL = 0.45, 0.65  # of the ground that blocks cover, where they have coordinates: wide and narrow


def places(day: Snapshot) -> dict[str, Any]:
    """What a map needs beside the documents, nothing of it about people.

    ``at`` block → [lon, lat] where both are known; ``links`` [a, b]; ``home`` enterprise → block.
    """
    network = day.network
    rows = network["blocks"].select("id", "lon", "lat").iter_rows()
    return {
        "at": {id: [lon, lat] for id, lon, lat in rows if lon is not None and lat is not None},
        "links": [list(pair) for pair in network["links"].select("a", "b").iter_rows()],
        "home": dict(network["enterprises"].select("id", "block").iter_rows()),
    }


def positions(
    ids: Sequence[str],
    radii: Mapping[str, float],
    sources: Mapping[str, str],
    known: Places,
    wide: float = 1.0,
) -> dict[str, Point]:
    """A place for every block, none overlapping; ``wide`` stretches the ground.

    Blocks lie where their coordinates say when every one has some, else beside the block they were founded from or
    linked to.

    >>> positions(["A"], {"A": 1.0}, {}, {})
    {'A': (0.0, 0.0)}
    """
    at = known.get("at") or {}
    if ids and all(id in at for id in ids):
        return _on_the_map(ids, radii, at, wide)
    links = tuple((a, b) for a, b in known.get("links") or ())
    found = _by_descent(tuple(ids), tuple(radii[id] for id in ids), tuple(sources.items()), links)
    return dict(found)


def _packing(radii: Mapping[str, float]) -> Packing:
    ordered = sorted(radii.values())
    return Packing(ordered[len(ordered) // 2] if ordered else 1.0)


def _on_the_map(
    ids: Sequence[str], radii: Mapping[str, float], at: Mapping[str, Sequence[float]], wide: float
) -> dict[str, Point]:
    middle = sum(at[id][1] for id in ids) / len(ids)
    ground = {id: (at[id][0] * math.cos(math.radians(middle)), at[id][1]) for id in ids}
    xs, ys = [p[0] for p in ground.values()], [p[1] for p in ground.values()]
    size = max(max(xs) - min(xs), 1e-9) * max(max(ys) - min(ys), 1e-9)
    area = sum(math.pi * radii[id] ** 2 for id in ids)
    scale = math.sqrt(area / FILL[wide < 1] / size)
    # Half way from the map's own form to that of the screen: neighbours stay neighbours.
    own = max(max(xs) - min(xs), 1e-9) / max(max(ys) - min(ys), 1e-9)
    stretch = (wide / own) ** 0.25 if 0.1 < own < 10 else 1.0
    packing, found = _packing(radii), {}
    for id in sorted(ids, key=lambda id: (-radii[id], id)):
        x, y = (ground[id][0] - min(xs)) * scale * stretch, (ground[id][1] - min(ys)) * scale / stretch
        found[id] = packing.place(radii[id], (x, y))
    return {id: found[id] for id in ids}


@lru_cache(maxsize=16)  # the same on both screens, and on every day that has the same blocks and replications
def _by_descent(
    ids: tuple[str, ...],
    sizes: tuple[float, ...],
    copies: tuple[tuple[str, str], ...],
    links: tuple[tuple[str, str], ...],
) -> Mapping[str, Point]:
    """Roots first, then block after block beside its source, else beside the first linked block that has a place."""
    radii, sources = dict(zip(ids, sizes, strict=True)), dict(copies)
    near: dict[str, list[str]] = {id: [] for id in ids}
    for target, source in copies:
        if target in near and source in near:
            near[source].append(target)
    for a, b in links:
        if a in near and b in near:
            near[a].append(b)
            near[b].append(a)
    packing, found = _packing(radii), dict[str, Point]()
    for root in sorted(ids, key=lambda id: (id in sources and sources[id] in near, -radii[id], id)):
        queue = [(root, (0.0, 0.0))] if root not in found else []
        while queue:
            later = []
            for id, wanted in queue:
                if id in found:
                    continue
                found[id] = packing.place(radii[id], wanted)
                later += [(other, found[id]) for other in near[id] if other not in found]
            queue = later
    return {id: found[id] for id in ids}
