"""Releases for planners and, from those and nothing else, for the public (release.md, rules 0 to 8)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from tiaokuai.graph.codes import Int32, row_numbers
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.network import Network
from tiaokuai.graph.release.apportion import MOST_STAFF
from tiaokuai.graph.release.enrolments import SMALL, told_enrolments
from tiaokuai.graph.release.note import Release
from tiaokuai.graph.release.offsets import keyed_ids, offset
from tiaokuai.graph.release.pools import FEW, Unit, join, units
from tiaokuai.graph.release.recorded import Recorded, recorded
from tiaokuai.graph.release.series import Earlier, earlier, nothing_told
from tiaokuai.graph.release.steps import calendar
from tiaokuai.graph.release.telling import Enterprises, Pools, Rules, tell
from tiaokuai.graph.release.told import Rows
from tiaokuai.graph.snapshot import Bools, day_number, to_date


def for_planner(network: Network, secret: bytes, before: Network | None, today: date) -> Network:
    """What planners may know: lines where at least five staff are known, members and other lines by pool."""
    known = _known(network, exact=network.codes.enterprise_staff >= SMALL)
    blocks = [(block,) for block in _by_id(network["blocks"]["id"]).tolist()]
    everybody = np.ones(len(known.staff), dtype=bool)
    pools = {
        "lines": _join(network, known, blocks, ~known.exact, "planner"),
        "members": _join(network, known, blocks, everybody, "planner"),
    }
    past = _past(network, known, before)
    found = recorded(network.codes, "planner", today, past.after)
    rules = Rules(
        _pools(network, pools["lines"], _offsets(network, secret, "lines", pools["lines"]), ~known.exact),
        _pools(network, pools["members"], _offsets(network, secret, "members", pools["members"]), everybody),
        *found.line_capacity,
    )
    return _released(network, known, "planner", pools, rules, found, past)


def for_public(planner: Network, note: Release, secret: bytes, before: Network | None, today: date) -> Network:
    """What everybody may know, from a planner's release and its note: all by pool, enterprises under other ids."""
    network = _renamed(planner, secret)
    known = _known(network, exact=np.zeros(network["enterprises"].height, dtype=bool))
    together = _units_told(network, note.pools["members"])
    joined = _join(network, known, together, ~known.exact, "public")
    past = _past(network, known, before)
    rules = Rules(
        _pools(network, joined, _offsets(network, secret, "lines, public", joined), ~known.exact),
        _pools(network, joined, None, ~known.exact),
        note.line_capacity,
        uniform=True,
    )
    pools = {"lines": joined, "members": joined}
    found = recorded(network.codes, "public", today, past.after)
    return _released(network, known, "public", pools, rules, found, past)


def _past(network: Network, known: Enterprises, before: Network | None) -> Earlier:
    ids = network["enterprises"]["id"]
    if before is None or before.released is None:
        return nothing_told(len(ids))
    return earlier(before, before.released.steps, ids, known.rank)


def _known(network: Network, exact: Bools) -> Enterprises:
    staff = network.codes.enterprise_staff
    if staff.sum(where=staff > 0) >= MOST_STAFF:
        raise RequestError(
            "too_many_staff",
            f"各企业人数合计超过 {MOST_STAFF:,}，数据有误，无法公布",
            f"the enterprises have more than {MOST_STAFF:,} staff together; such data cannot be released",
        )
    rank = np.empty(len(staff), dtype=np.int32)
    rank[_by_id(network["enterprises"]["id"])] = np.arange(len(staff), dtype=np.int32)
    return Enterprises(np.where(staff < 0, 1, staff), exact, rank)


def _by_id(ids: pl.Series) -> Int32:
    """Rows in the order of their ids: the order in a file says nothing."""
    if ids.is_sorted():
        return np.arange(len(ids), dtype=np.int32)
    return ids.arg_sort().to_numpy().astype(np.int32)


def _join(
    network: Network, known: Enterprises, blocks: Iterable[Sequence[int]], pooled: Bools, audience: str
) -> list[tuple[int, ...]]:
    codes = network.codes
    found: list[Unit] = units(list(blocks), codes.enterprise_block[pooled], known.staff[pooled])
    return join(found, codes.block_district, FEW[audience])


def _units_told(network: Network, told: Sequence[Sequence[str]]) -> list[tuple[int, ...]]:
    """The planner's pools of members as rows of blocks; blocks in none are on their own."""
    ids = network["blocks"]["id"].to_list()
    row = {id: at for at, id in enumerate(ids)}
    pools = [tuple(row[id] for id in pool if id in row) for pool in told]
    inside = {block for pool in pools for block in pool}
    alone = [(block,) for block in _by_id(network["blocks"]["id"]).tolist() if block not in inside]
    return [pool for pool in (*pools, *alone) if pool]


def _offsets(network: Network, secret: bytes, measure: str, pools: list[tuple[int, ...]]) -> list[int]:
    codes = network.codes
    block = network["blocks"].select("id", "name").rows()
    district = network["districts"].select("id", "name").rows()
    names = [(*block[row], *district[codes.block_district[row]]) for row in range(len(block))]
    return [offset(secret, measure, [names[row] for row in pool]) for pool in pools]


def _pools(network: Network, pools: list[tuple[int, ...]], offsets: list[int] | None, inside: Bools) -> Pools:
    of = np.full(network["blocks"].height, -1, dtype=np.int32)
    for at, blocks in enumerate(pools):
        of[list(blocks)] = at
    of_enterprise = np.where(inside, of[network.codes.enterprise_block], np.int32(-1))
    return Pools(of_enterprise, None if offsets is None else np.array(offsets, dtype=np.int64), len(pools))


def _released(
    network: Network,
    known: Enterprises,
    audience: str,
    pools: Mapping[str, list[tuple[int, ...]]],
    rules: Rules,
    found: Recorded,
    past: Earlier,
) -> Network:
    rows = Rows.join([past.rows, tell(known, found, rules, past.told, past.after)])
    in_order = network["enterprises"]["id"].gather(np.argsort(known.rank))
    last = to_date(max(int(found.steps.days[-1]), past.after))
    note = Release(
        audience,
        _steps(audience, rows, past.steps, last),
        _base(audience, in_order, rows),
        {measure: _names(network, joined) for measure, joined in pools.items()},
        int((network.codes.enterprise_staff < 0).sum()),
        rules.capacity,
    )
    tables = {
        **network.tables,
        "members": network["members"].clear(),
        "backbones": network["backbones"].clear(),
        "enrolments": told_enrolments(network, audience, last),
        "counts": _counts(in_order, rows),
    }
    return replace(Network.from_tables(tables, network.template), released=note)


def _steps(audience: str, rows: Rows, told: tuple[date, ...], last: date) -> tuple[date, ...]:
    """From the first step at which anything is told: when the first person came is nobody's to know."""
    first = int(rows.day.min()) if len(rows.day) else day_number(last)
    days = calendar(audience, first, last).days
    return tuple(sorted({*told, *map(to_date, days)}))


def _base(audience: str, ids: pl.Series, rows: Rows) -> str:
    """A hash of what is told of persons, whatever the order of rows was: 16 hexadecimal digits."""
    names = hashlib.blake2b("\n".join(ids.to_list()).encode(), digest_size=16).hexdigest()
    return hashlib.blake2b(f"{audience}\n{names}\n{rows.digest()}".encode(), digest_size=8).hexdigest()


def _names(network: Network, pools: list[tuple[int, ...]]) -> tuple[tuple[str, ...], ...]:
    ids = network["blocks"]["id"].to_list()
    return tuple(tuple(ids[row] for row in pool) for pool in pools)


def _counts(ids: pl.Series, rows: Rows) -> pl.DataFrame:
    told = rows.told
    return pl.DataFrame(
        {
            "enterprise": ids.gather(rows.enterprise),
            "since": pl.Series(rows.day, dtype=pl.Int32).cast(pl.Date),
            "members": told.members,
            "lines": told.lines,
            "capacity": told.capacity,
        }
    )


def _renamed(network: Network, secret: bytes) -> Network:
    """Enterprises under keyed ids and without names, in the order of those."""
    old = network["enterprises"]["id"]
    new = keyed_ids(secret, old)
    tables = {
        **network.tables,
        "enterprises": network["enterprises"].with_columns(id=new, name=pl.lit(None, dtype=pl.String)).sort("id"),
    }
    for table in ("enrolments", "counts"):
        rows = row_numbers(network[table]["enterprise"], old)
        tables[table] = network[table].with_columns(enterprise=new.gather(rows))
    return Network.from_tables(tables, network.template)
