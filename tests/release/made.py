"""Networks to release: tiny ones, growing ones, and those of `generate`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from tiaokuai import generate
from tiaokuai.graph import Network
from tiaokuai.graph.privacy import pseudonymise

KEY = b"release-" * 4
TODAY = date(2026, 1, 15)


def tiny(seed: int, blocks: int = 3, quarters: int = 6, growing: bool = False) -> Network:
    """A few blocks of one to eight enterprises, most with fewer than five staff, some closing, some without staff.

    In a growing one people only ever come.
    """
    rng = np.random.default_rng(seed)
    first, days = date(2024, 7, 1), quarters * 91
    enterprises: list[dict[str, Any]] = []
    members: list[dict[str, Any]] = []
    backbones: list[dict[str, Any]] = []
    for block in range(blocks):
        for _ in range(int(rng.integers(1, 9))):
            staff = int(rng.choice([0, 1, 2, 3, 4, 4, 5, 6, 8, 12, 25]))
            closing = None if growing or rng.random() < 0.85 else first + timedelta(int(rng.integers(30, days)))
            opening = first + timedelta(int(rng.integers(0, days))) if rng.random() < 0.1 and closing is None else None
            id = f"E{len(enterprises):03}"
            unknown = rng.random() < 0.1
            enterprises.append(
                {
                    "id": id,
                    "block": f"B{block}",
                    "staff": None if unknown else staff,
                    "since": opening,
                    "until": closing,
                }
            )
            share = rng.choice([0.1, 0.5, 0.9])
            for _ in range(staff):
                if rng.random() > share:
                    continue
                since = first + timedelta(int(rng.integers(0, days)))
                until = None if growing or rng.random() < 0.7 else since + timedelta(int(rng.integers(1, 300)))
                member = f"M{len(members):03}"
                where = {"enterprise": id, "association": f"A{block}"}
                members.append({"id": member, **where, "since": since, "until": until, "consent": since})
                if rng.random() < 0.4:
                    start = since + timedelta(int(rng.integers(0, 60)))
                    if until is None or start < until:
                        capacity = None if rng.random() < 0.5 else int(rng.integers(1, 20))
                        backbones.append({"member": member, "since": start, "until": until, "capacity": capacity})
    names = [{"id": f"B{block}", "district": f"D{block % 2}", "name": f"block {block}"} for block in range(blocks)]
    return Network.from_tables(
        {
            "districts": [{"id": "D0"}, {"id": "D1", "name": "east"}],
            "blocks": names,
            "enterprises": enterprises,
            "associations": [{"id": f"A{block}", "block": f"B{block}", "since": first} for block in range(blocks)],
            "members": members,
            "backbones": backbones,
        }
    )


SIZES = ((6, 40), (12, 100), (12, 300))


def generated(seed: int) -> Network:
    """6 blocks with 40 enterprises, 12 with 100, 12 with 300, in turn."""
    blocks, enterprises = SIZES[seed % 3]
    return generate(blocks=blocks, enterprises=enterprises, seed=seed)


def with_tables(network: Network, **tables: pl.DataFrame) -> Network:
    """The network with some of its tables replaced."""
    return Network.from_tables({**network.tables, **tables}, network.template)


def exchange(network: Network) -> Network:
    """Members without a line change places with those of another enterprise of their block, ids and order change."""
    block = network["enterprises"].select(enterprise="id", block="block", begun="since", closed="until")
    lines = network["backbones"]["member"].implode()
    lasting = set(block.filter(pl.col("begun").is_null(), pl.col("closed").is_null())["enterprise"])
    here = network["members"].join(block, on="enterprise", maintain_order="left")
    swap = ~pl.col("id").is_in(lines) & pl.col("enterprise").is_in(list(lasting))
    rotated = pl.col("enterprise").reverse().over("block")
    members = pl.concat(
        [here.filter(~swap), here.filter(swap).with_columns(enterprise=rotated)], how="vertical"
    ).select(network["members"].columns)
    return pseudonymise(with_tables(network, members=members.reverse()), b"0" * 32)
