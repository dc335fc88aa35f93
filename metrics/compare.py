"""What changed between two days, block by block."""

from __future__ import annotations

from typing import Any

from tiaokuai.graph.snapshot import Snapshot
from tiaokuai.metrics.coverage import totals, with_shares
from tiaokuai.metrics.lateral import STATUSES, Blocks, summary
from tiaokuai.metrics.numbers import Floats, Int64, plain

_LATERAL = ("eligible", "founded", "founded_share", "replicas", "replication_share", "full_coverage")
Row = dict[str, Any]


def _block_rows(blocks: Blocks) -> list[Row]:
    day = blocks.day
    figures: dict[str, Int64 | Floats] = {**with_shares(blocks.counts)}
    fidelity = day.network.template.fidelity(day.components)
    return [
        {
            "status": STATUSES[blocks.status[at]],
            **{name: plain(values[at]) for name, values in figures.items()},
            "fidelity": plain(fidelity[at]),
        }
        for at in range(day.blocks)
    ]


def change(before: Row, after: Row) -> Row:
    """After less before for every number that both have; None where one of them is missing.

    >>> change({"lines": 2, "coverage": None}, {"lines": 5, "coverage": 0.5})
    {'lines': 3, 'coverage': None}
    """
    numbers = [name for name in before if not isinstance(before[name] or after[name], str)]
    return {name: None if None in (before[name], after[name]) else after[name] - before[name] for name in numbers}


def compared(first: Snapshot, last: Snapshot) -> tuple[list[Row], Row]:
    """A row a block, in table order, and the total: ``before``, ``after``, and the ``change`` of each number."""
    ends = Blocks(first), Blocks(last)
    before, after = (_block_rows(blocks) for blocks in ends)
    ids, names = first.block_ids, first.network["blocks"]["name"].to_list()
    rows = [
        {"id": id, "name": name, "before": one, "after": other, "change": change(one, other)}
        for id, name, one, other in zip(ids, names, before, after, strict=True)
    ]
    whole = [{**totals(each.day), **{name: summary(each)[name] for name in _LATERAL}} for each in ends]
    return rows, {"before": whole[0], "after": whole[1], "change": change(whole[0], whole[1])}


def changed(row: Row) -> bool:
    """Whether anything about a block is different.

    >>> changed({"before": {"status": "none"}, "after": {"status": "hollow"}})
    True
    """
    return bool(row["before"] != row["after"])
