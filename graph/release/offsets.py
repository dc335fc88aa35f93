"""What depends on the secret: the offset of every pool, and the ids of enterprises that the public reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import polars as pl

STEP = 5
KEY_BYTES = 32


def secret_of(content: bytes) -> bytes:
    """The secret that a key file stands for: a hash of all of it, 32 bytes.

    >>> len(secret_of(b"k" * 32))
    32
    """
    return hashlib.blake2b(content, digest_size=KEY_BYTES).digest()


def offset(secret: bytes, measure: str, names: Sequence[Sequence[str | None]]) -> int:
    """The offset 0 … 4 of a pool, the same at every step.

    ``names`` are the id and the name of each block and of its district. Names count so that a data set made up with
    the ids of another one learns nothing of that one's offsets.

    >>> offset(b"0" * 32, "lines", [["B1", "East", "D", None]]) in range(5)
    True
    """
    text = json.dumps([measure, sorted([part or "" for part in block] for block in names)], ensure_ascii=False)
    return int.from_bytes(hashlib.blake2b(text.encode(), key=secret, digest_size=8).digest(), "big") % STEP


def keyed_ids(secret: bytes, ids: pl.Series) -> pl.Series:
    """Ids that nothing leads back from without the secret, the same every time: ``e-`` and 20 hexadecimal digits.

    >>> keyed_ids(b"0" * 32, pl.Series(["E1"])).to_list()
    ['e-f2a45c1ed75b79f07cfd']
    """
    base = hashlib.blake2b(b"enterprise\n", key=secret, digest_size=10)
    made = []
    for text in ids.to_list():
        one = base.copy()
        one.update(text.encode())
        made.append("e-" + one.hexdigest())
    return pl.Series(ids.name, made, dtype=pl.String)
