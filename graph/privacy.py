"""Forgetting people and replacing their ids (release.md: consent, retention, pseudonyms). Pure; no files.

A person is in a network only as a row of ``members`` and the ``backbones`` that refer to it. An enterprise's
head-count never changes when somebody is forgotten: the person still works there, as everybody else does.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from tiaokuai.graph.codes import active
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.network import Network
from tiaokuai.graph.records import TABLES
from tiaokuai.graph.snapshot import day_number

RETENTION_YEARS = 3  # settable
KEY_BYTES = 32
_NOBODY = "gone-"
_NOBODY_FORM = rf"^{_NOBODY}[0-9a-f]{{16}}$"


@dataclass(frozen=True)
class Erasure:
    """What was removed: the network without it, and how many rows of each table."""

    network: Network
    members: int
    backbones: int


def erase(network: Network, ids: Sequence[str]) -> Erasure:
    """The network without these members and their lines; every other row is as it was.

    Raises RequestError naming every id that is no member, before anything is removed.

    >>> from tiaokuai.graph.network import Network
    >>> erase(Network.from_tables({}), ["M1"])
    Traceback (most recent call last):
    tiaokuai.graph.errors.RequestError: there is no member M1; nothing was erased
    """
    known = set(network["members"]["id"])
    if unknown := sorted(set(ids) - known):
        names = ", ".join(unknown)
        zh, en = f"没有会员 {names}，未删除任何内容", f"there is no member {names}; nothing was erased"
        raise RequestError("unknown_member", zh, en, ids=unknown)
    gone = list(set(ids))
    members = network["members"].filter(~pl.col("id").is_in(gone))
    backbones = network["backbones"].filter(~pl.col("member").is_in(gone))
    return Erasure(
        _with(network, members, backbones),
        network["members"].height - members.height,
        network["backbones"].height - backbones.height,
    )


def expired(network: Network, today: date, years: int = RETENTION_YEARS) -> list[str]:
    """Ids of the members whose ``until`` lies more than ``years`` before ``today``, in table order."""
    return expired_among(network["members"], today, years)


def expired_among(members: pl.DataFrame, today: date, years: int = RETENTION_YEARS) -> list[str]:
    """The same of a members table that may still have faults."""
    before = _years_before(today, years)
    rows = members.filter((pl.col("until") < before) & ~pl.col("id").str.contains(_NOBODY_FORM))
    ids: list[str] = rows["id"].drop_nulls().to_list()
    return ids


def forget(network: Network, ids: Sequence[str]) -> Erasure:
    """The same counts on the first of every month, without these people.

    Each row stays as a count of one: under a random id that nothing leads back to, its dates moved to the next
    first of a month, consent on the day it begins. A spell that holds no first of a month goes altogether.
    """
    gone = {member: _NOBODY + secrets.token_hex(8) for member in dict.fromkeys(ids)}
    members, removed = _rounded(network["members"], "id", gone)
    left = set(members["id"])
    lines = network["backbones"].filter(~pl.col("member").is_in([old for old, new in gone.items() if new not in left]))
    backbones, _ = _rounded(lines, "member", gone)
    members = members.with_columns(
        consent=pl.when(pl.col("id").str.contains(_NOBODY_FORM)).then("since").otherwise("consent")
    )
    lost = network["backbones"].filter(pl.col("member").is_in(list(gone))).height
    return Erasure(_with(network, members, backbones), removed, lost)


def _rounded(frame: pl.DataFrame, key: str, new_ids: dict[str, str]) -> tuple[pl.DataFrame, int]:
    ours = pl.col(key).is_in(list(new_ids))
    monthly = {name: pl.when(ours).then(_next_first(name)).otherwise(pl.col(name)) for name in ("since", "until")}
    moved = frame.with_columns(_was=ours, **monthly).with_columns(pl.col(key).replace(new_ids))
    whole = moved.filter(~pl.col("_was") | pl.col("until").is_null() | (pl.col("since") < pl.col("until")))
    # The order of the rows would lead back to the person.
    return whole.sort(key).drop("_was"), int(frame.select(ours.sum()).item())


def _next_first(name: str) -> pl.Expr:
    day = pl.col(name)
    return pl.when(day.dt.day() == 1).then(day).otherwise(day.dt.month_start().dt.offset_by("1mo"))


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def pseudonymise(network: Network, key: bytes) -> Network:
    """Every member id replaced by a keyed hash (BLAKE2b, 20 hexadecimal digits); the same key gives the same ids.

    >>> frame = {"members": [{"id": "M1", "enterprise": "E", "association": "A"}]}
    >>> pseudonymise(Network.from_tables(frame), b"0" * 32)["members"]["id"].to_list()
    ['p-1f3ea34319ffd1019431']
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")

    def hidden(member: str) -> str:
        return "p-" + hashlib.blake2b(member.encode(), key=key, digest_size=10).hexdigest()

    new_ids = {member: hidden(member) for member in network["members"]["id"]}
    members = network["members"].with_columns(pl.col("id").replace(new_ids)).sort("id")
    backbones = network["backbones"].with_columns(pl.col("member").replace(new_ids)).sort("member", "since")
    return _with(network, members, backbones)


def facts(network: Network, today: date, years: int = RETENTION_YEARS) -> dict[str, Any]:
    """What a data-protection assessment asks of the data set: fields, people, consent, retention."""
    members, codes = network["members"], network.codes
    consents: dict[str, Any] = {
        "with_date": members["consent"].is_not_null().sum(),
        "first": members["consent"].min(),
        "last": members["consent"].max(),
    }
    return {
        "as_of": today,
        "fields": {name: list(TABLES[name].model_fields) for name in ("members", "backbones")},
        "people": {
            "members": members.height,
            # As in every answer their enterprise is open; whoever is only counted is no record of a person.
            "active_members": int(active(codes.member_since, codes.member_until, day_number(today)).sum()),
            "backbones": network["backbones"]["member"].n_unique(),
            "head_count_only": int(network["enterprises"]["staff"].sum() or 0),
        },
        "consent": consents,
        "retention": {"years": years, "expired": len(expired(network, today, years))},
        "data_hash": network.fingerprint,
    }


def _with(network: Network, members: pl.DataFrame, backbones: pl.DataFrame) -> Network:
    return Network.from_tables({**network.tables, "members": members, "backbones": backbones}, network.template)
