"""Planning problems of one kind: blocks on a plane linked to their nearest, tight budgets, dear foundings."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from tiaokuai.graph import Network

NEAREST = 4  # blocks each is linked to
PILOTS = 40  # blocks to a pilot


def network(blocks: int, enterprises: int, seed: int) -> Network:
    """A district of so many blocks and enterprises with about twenty staff each, and no line yet."""
    draw = np.random.default_rng(seed)
    place = draw.random((blocks, 2))
    _, near = cKDTree(place).query(place, NEAREST + 1)
    pairs = sorted({(min(a, b), max(a, b)) for a in range(blocks) for b in near[a][1:].tolist()})
    share = draw.lognormal(0.0, 0.5, blocks)
    home = np.sort(draw.choice(blocks, enterprises, p=share / share.sum()))
    staff = np.maximum(1, draw.lognormal(2.7, 0.8, enterprises).astype(int))
    pilots = draw.choice(blocks, max(1, blocks // PILOTS), replace=False).tolist()
    names = np.array([f"B{at:05d}" for at in range(blocks)])
    return Network.from_tables(
        {
            "districts": [{"id": "D"}],
            "blocks": pl.DataFrame({"id": names, "district": ["D"] * blocks}),
            "enterprises": pl.DataFrame(
                {"id": [f"E{at:07d}" for at in range(enterprises)], "block": names[home], "staff": staff}
            ),
            "associations": [{"id": f"A{at}", "block": str(names[at]), "since": date(2020, 1, 1)} for at in pilots],
            "links": pl.DataFrame({"a": names[[a for a, _ in pairs]], "b": names[[b for _, b in pairs]]}),
        }
    )
