"""Circles never overlap, the same input gives the same places, and thousands take no longer than they must."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from tiaokuai.viz.packing import enclosing, pack
from tiaokuai.viz.places import positions

RADII = st.lists(st.floats(0.5, 60), min_size=1, max_size=40)


def overlap(centres: list[tuple[float, float]], radii: list[float]) -> float:
    """The deepest overlap of any two circles; below 0 where none do."""
    points, sizes = np.array(centres), np.array(radii)
    if len(points) < 2:
        return -1.0
    pairs = cKDTree(points).query_pairs(2 * sizes.max() + 1, output_type="ndarray")
    if not len(pairs):
        return -1.0
    apart = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    return float((sizes[pairs].sum(axis=1) - apart).max())


@given(RADII)
def test_packed_circles_do_not_overlap_and_are_enclosed(radii: list[float]) -> None:
    centres = pack(radii)
    assert overlap(centres, radii) < 1e-6
    assert pack(radii) == centres
    (x, y), around = enclosing(centres, radii)
    assert all(np.hypot(a - x, b - y) + r <= around + 1e-6 for (a, b), r in zip(centres, radii, strict=True))


@given(RADII, st.data())
def test_blocks_on_a_map_do_not_overlap_wherever_they_lie(radii: list[float], data: st.DataObject) -> None:
    place = st.tuples(st.floats(-180, 180), st.floats(-89, 89))
    ids = [f"B{i}" for i in range(len(radii))]
    at = {id: list(data.draw(place)) for id in ids}
    sizes = dict(zip(ids, radii, strict=True))
    found = positions(ids, sizes, {}, {"at": at})
    assert overlap([found[id] for id in ids], radii) < 1e-6


@given(RADII, st.data())
def test_blocks_lie_beside_what_they_hang_on_and_do_not_overlap(radii: list[float], data: st.DataObject) -> None:
    ids = [f"B{i}" for i in range(len(radii))]
    sources = {id: data.draw(st.sampled_from(ids)) for id in ids[1:]}
    links = data.draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=10))
    found = positions(ids, dict(zip(ids, radii, strict=True)), sources, {"links": links})
    assert overlap([found[id] for id in ids], radii) < 1e-6
    assert set(found) == set(ids)


def test_five_thousand_circles_are_placed() -> None:
    rng = np.random.default_rng(1)
    radii = (1 + rng.pareto(1.5, 5000)).clip(1, 60).tolist()
    centres = pack(radii)
    assert overlap(centres, radii) < 1e-6
    _, around = enclosing(centres, radii)
    # Not spread thin: at least four tenths of the disc around them is filled.
    assert sum(r * r for r in radii) / around**2 > 0.4
