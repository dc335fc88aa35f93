"""Blocks as the pictures read them from the documents ``coverage`` (by block) and ``replication``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tiaokuai.viz.text import Text, known, name_of, safe
from tiaokuai.viz.theme import MARK, STATUS

Document = Mapping[str, Any]
ORDER = ("covered", "growing", "hollow", "ahead", "none")


@dataclass(frozen=True)
class Block:
    """One block; a figure is None where there is none. ``row`` holds what the documents say."""

    id: str
    name: str
    status: str  # of ORDER
    kind: str | None
    staff: float | None
    reached: float | None
    members: float | None
    coverage: float | None
    row: Document

    @property
    def out(self) -> float | None:
        """People out of reach."""
        return None if self.staff is None or self.reached is None else max(0.0, self.staff - self.reached)

    @property
    def begun(self) -> bool:
        """Whether there is an association or a line."""
        return self.status != "none"

    def label(self, t: Text) -> str:
        """What a hover says of the block."""
        row = self.row
        if self.coverage is None and self.staff is None:  # of replication alone
            return f"<b>{safe(self.name)}</b> {MARK[self.status]} {t.status(self.status)}"
        said = [f"<b>{safe(self.name)}</b> ({safe(self.id)}) {MARK[self.status]} {t.status(self.status)}"]
        said.append(
            t(
                f"{t.number(row.get('staff'))} 人中触达 {t.number(row.get('reached'))} 人，"
                f"覆盖率 {t.share(row.get('coverage'))}",
                f"{t.number(row.get('reached'))} of {t.people(row.get('staff'))} in reach: coverage "
                f"{t.share(row.get('coverage'))}",
            )
        )
        said.append(
            t(
                f"会员 {t.number(row.get('members'))} 人，线 {t.number(row.get('lines'))} 条，尚缺 "
                f"{t.number(row.get('missing_lines'))} 条",
                f"{t.count(row.get('members'), '', 'member', 'members')}, {t.lines(row.get('lines'))}, "
                f"{t.number(row.get('missing_lines'))} still missing",
            )
        )
        return "<br>".join(said)


def blocks(covered: Document, replicated: Document) -> list[Block]:
    """Every block, in the documents' order."""
    known_of = {row["id"]: row for row in replicated.get("rows", ()) if isinstance(row, Mapping)}
    made = []
    for row in covered.get("rows", ()):
        if not isinstance(row, Mapping) or row.get("id") is None:
            continue
        whole = {**known_of.get(row["id"], {}), **row}
        status, kind = whole.get("status"), whole.get("kind")
        made.append(
            Block(
                str(row["id"]),
                name_of(whole),
                status if isinstance(status, str) and status in STATUS else "none",
                kind if isinstance(kind, str) else None,
                known(whole.get("staff")),
                known(whole.get("reached")),
                known(whole.get("members")),
                known(whole.get("coverage")),
                whole,
            )
        )
    return made


def standing(every: Sequence[Block], t: Text) -> str:
    """The sentence that says where the blocks stand.

    >>> standing([], Text("en"))
    'There is no block to show'
    """
    count = Counter(block.status for block in every)
    if not every:
        return t("没有可显示的块", "There is no block to show")
    if not count["covered"] + count["hollow"] + count["growing"]:
        if len(every) == 1:
            return t("唯一的块尚未建立", "The only block is not founded yet")
        return t(f"{t.blocks(len(every))}中尚无一个建立", f"None of {t.blocks(len(every))} is founded yet")
    done = t.blocks(count["covered"]) if count["covered"] else t("尚无一个块", "No block")
    parts = [
        t(f"{done}已覆盖", f"{done} covered") if count["covered"] else t("尚无块达到覆盖", "No block is covered yet")
    ]
    if count["hollow"]:
        parts.append(
            t(f"{t.blocks(count['hollow'])}有块无条（空心）", f"{t.number(count['hollow'])} founded but hollow")
        )
    if count["growing"] and (not count["hollow"] or not count["covered"]):
        parts.append(t(f"{t.blocks(count['growing'])}在发展", f"{t.number(count['growing'])} growing"))
    return t.sentence(parts)


def status_key(every: Sequence[Block], t: Text) -> list[tuple[str, str, str]]:
    """The key of the statuses that occur."""
    there = {block.status for block in every}
    from tiaokuai.viz.theme import EDGE

    return [(MARK[status], EDGE[status], t.status(status)) for status in ORDER if status in there]


def by_coverage(every: Sequence[Block]) -> list[Block]:
    """The most covered first, then the larger, then by id; blocks without staff last."""
    return sorted(
        every, key=lambda b: (b.coverage is None, -(b.coverage or 0), -(b.staff or 0), ORDER.index(b.status), b.id)
    )
