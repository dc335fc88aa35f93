"""Circles without overlap, each as near as can be to where it belongs: a grid of cells, no pair is compared twice."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from tiaokuai.viz.theme import Spec

Point = tuple[float, float]
_TURN = math.pi * (3 - math.sqrt(5))  # the golden angle: spirals of it leave no direction out
_SPIRAL = 0.55  # distance of the tried places, in radii of the circle that is placed


class Packing:
    """Circles placed one after the other. Deterministic; a circle that is placed stays.

    >>> packing = Packing(1.0)
    >>> first, second = packing.place(1.0, (0, 0)), packing.place(1.0, (0, 0))
    >>> math.dist(first, second) >= 2.0
    True
    """

    def __init__(self, typical: float, crowded: bool = False) -> None:
        """``typical`` is a radius; ``crowded`` where all belong to one spot and come the largest first."""
        self._crowded, self._searched, self._last = crowded, math.inf, 0.0
        self._cell = max(typical, 1e-9) * 2
        self._cells: dict[tuple[int, int], list[tuple[float, float, float]]] = {}
        self._crowd: dict[tuple[int, int], float] = {}  # how far out the places around a spot are taken

    def place(self, radius: float, wanted: Point) -> Point:
        """The centre of the next circle: the first free place on a spiral out from ``wanted``."""
        spot = (round(wanted[0] / self._cell), round(wanted[1] / self._cell))
        step = radius * _SPIRAL
        k = int((self._start(radius, spot) / step) ** 2)
        while True:
            away = step * math.sqrt(k)
            x, y = wanted[0] + away * math.cos(k * _TURN), wanted[1] + away * math.sin(k * _TURN)
            if self._free(x, y, radius):
                break
            # In a large crowd far from its edge, every place is taken: leave out some.
            k += 1 + k // 400
        self._crowd[spot] = max(self._crowd.get(spot, 0.0), away)
        self._last = away
        self._take(x, y, radius)
        return x, y

    def _start(self, radius: float, spot: tuple[int, int]) -> float:
        """How far from its spot the search begins: within, what is free is too small."""
        if not self._crowded:
            return max(0.0, self._crowd.get(spot, 0.0) - 2.5 * radius)
        if radius < 0.8 * self._searched:  # smaller than all before: it may fit where they did not
            self._searched = radius
            return 0.0
        return max(0.0, self._last - radius)

    def _span(self, x: float, y: float, radius: float) -> tuple[range, range]:
        low, high = (x - radius) // self._cell, (x + radius) // self._cell
        below, above = (y - radius) // self._cell, (y + radius) // self._cell
        return range(int(low), int(high) + 1), range(int(below), int(above) + 1)

    def _free(self, x: float, y: float, radius: float) -> bool:
        columns, rows = self._span(x, y, radius)
        cells = self._cells
        for column in columns:
            for row in rows:
                for other_x, other_y, other in cells.get((column, row), ()):
                    apart = radius + other
                    if (x - other_x) ** 2 + (y - other_y) ** 2 < apart * apart:
                        return False
        return True

    def _take(self, x: float, y: float, radius: float) -> None:
        columns, rows = self._span(x, y, radius)
        for column in columns:
            for row in rows:
                self._cells.setdefault((column, row), []).append((x, y, radius))


def pack(radii: Sequence[float], wanted: Sequence[Point] | None = None) -> list[Point]:
    """Centres of circles, the largest placed first; without ``wanted`` all crowd around the origin.

    >>> pack([1.0])
    [(0.0, 0.0)]
    """
    if not radii:
        return []
    ordered = sorted(range(len(radii)), key=lambda at: (-radii[at], at))
    packing = Packing(radii[ordered[len(ordered) // 2]], crowded=wanted is None)
    found: dict[int, Point] = {at: packing.place(radii[at], wanted[at] if wanted else (0.0, 0.0)) for at in ordered}
    return [found[at] for at in range(len(radii))]


def enclosing(centres: Sequence[Point], radii: Sequence[float]) -> tuple[Point, float]:
    """A circle around all of them: around the middle of their extent, not always the smallest.

    >>> enclosing([(0.0, 0.0), (2.0, 0.0)], [1.0, 1.0])
    ((1.0, 0.0), 2.0)
    """
    x0, x1, y0, y1 = extent(centres, radii)
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    return middle, max(math.dist(middle, centre) + radius for centre, radius in zip(centres, radii, strict=True))


def extent(centres: Sequence[Point], radii: Sequence[float]) -> tuple[float, float, float, float]:
    """Left, right, lower and upper end of circles."""
    both = list(zip(centres, radii, strict=True))
    return (
        min(c[0] - r for c, r in both),
        max(c[0] + r for c, r in both),
        min(c[1] - r for c, r in both),
        max(c[1] + r for c, r in both),
    )


@lru_cache(maxsize=64)
def _corners(count: int) -> tuple[Point, ...]:
    """Corners of a regular polygon of radius 1, closed."""
    angles = [2 * math.pi * (corner % count) / count for corner in range(count + 1)]
    return tuple((math.cos(angle), math.sin(angle)) for angle in angles)


def outlines(circles: Sequence[tuple[Point, float]], scale: float) -> Spec:
    """Circles as one closed path after the other, ``x`` and ``y`` of a trace; ``scale`` is pixels a unit.

    They are polygons in the data's units, so that they keep their size to each other on any screen and on paper.
    """
    xs: list[float | None] = []
    ys: list[float | None] = []
    for (x, y), radius in circles:
        for across, up in _corners(max(6, min(48, int(5 + radius * scale)))):
            xs.append(round(x + radius * across, 1))
            ys.append(round(y + radius * up, 1))
        xs.append(None)
        ys.append(None)
    return {"x": xs[:-1], "y": ys[:-1]}
