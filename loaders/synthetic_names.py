"""Names for made-up districts: plausible, Chinese, and of no real place or company on purpose."""

from __future__ import annotations

import numpy as np
import polars as pl

SECTORS = (
    ("电子信息", "电子"),
    ("装备制造", "机械"),
    ("汽车零部件", "汽配"),
    ("化工材料", "材料"),
    ("生物医药", "生物"),
    ("现代物流", "物流"),
    ("软件服务", "软件"),
    ("食品加工", "食品"),
    ("商务金融", "咨询"),
    ("新能源", "能源"),
)
SECTOR_SHARES = (0.2, 0.18, 0.12, 0.1, 0.08, 0.1, 0.08, 0.06, 0.05, 0.03)
OWNERSHIPS = ("foreign", "joint_venture", "hmt", "domestic", "other")
OWNERSHIP_SHARES = (0.42, 0.2, 0.16, 0.2, 0.02)

_FIRST = tuple("东西南北新金银长永安平太兴龙凤清白云双柳竹松梅石")
_SECOND = tuple("湾湖浦山河塘泾渡岭洲溪坪川桥林原滩墩")
_ZONES = ("工业区", "科技园", "产业园", "开发区", "商务区", "物流园")
_BRAND = tuple("华瑞德科联盛恒信佳美安泰诺维尔康博润启嘉立丰")
_PARTS = ("街道", "镇", "片区")


def places(rng: np.random.Generator, count: int) -> list[str]:
    """Names of places, [count], each different while there are enough combinations.

    >>> len(set(places(np.random.default_rng(1), 40)))
    40
    """
    pairs = [first + second for first in _FIRST for second in _SECOND]
    order = rng.permutation(len(pairs))
    rounds = ("", "上", "下", "前", "后", "大", "小", "里", "外", "中")
    return [rounds[i // len(pairs) % len(rounds)] + pairs[order[i % len(pairs)]] for i in range(count)]


def blocks(rng: np.random.Generator, count: int) -> list[str]:
    """Names of blocks, [count]."""
    zones = rng.integers(len(_ZONES), size=count)
    return [place + _ZONES[zone] for place, zone in zip(places(rng, count), zones, strict=True)]


def districts(rng: np.random.Generator, count: int) -> list[str]:
    """Names of the parts of a district, [count]."""
    kinds = rng.integers(len(_PARTS), size=count)
    return [place + _PARTS[kind] for place, kind in zip(places(rng, count), kinds, strict=True)]


def enterprises(rng: np.random.Generator, sector: pl.Series) -> pl.Series:
    """Names of enterprises of these sectors: two syllables and the trade, repeats allowed as in life."""
    trades = sector.replace_strict(
        [name for name, _ in SECTORS], [trade for _, trade in SECTORS], return_dtype=pl.String
    )
    brand = pl.Series(_BRAND, dtype=pl.String)
    first, second = (brand.gather(rng.integers(len(_BRAND), size=len(sector))) for _ in range(2))
    return (first + second + trades).alias("name")
