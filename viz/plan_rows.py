"""The rows of the plan board: blocks, what is founded when, and the lines of each period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tiaokuai.viz.blocks import Document
from tiaokuai.viz.text import Text, known

ROWS = 40  # blocks with a row of their own
OTHERS = "\0others"


@dataclass(frozen=True)
class Row:
    """One block: the period it is founded in (None: not by the plan), lines by period, name."""

    id: str
    name: str
    founded: int | None
    lines: Mapping[int, int]
    source: str | None = None

    @property
    def total(self) -> int:
        """Lines in all periods."""
        return sum(self.lines.values())


def rows_of(periods: Sequence[Document], home: Mapping[str, str], names: Mapping[str, str], t: Text) -> list[Row]:
    """Blocks that have lines from the first, then those the plan founds, in the order of their first action."""
    founded: dict[str, tuple[int, str | None]] = {}
    lines: dict[str, dict[int, int]] = {}
    for at, period in enumerate(periods):
        for each in period.get("found") or ():
            founded[str(each["block"])] = (at, each.get("source"))
        counted: Counter[str] = Counter()
        for each in period.get("lines") or ():
            block = str(each.get("block") or home.get(str(each.get("enterprise"))) or OTHERS)
            counted[block] += int(known(each.get("count")) or 0)
        for block, count in counted.items():
            lines.setdefault(block, {})[at] = count
    named = any(id != OTHERS for id in lines)
    every = t("不列名的企业", "enterprises not named") if named else t("各块的线", "lines in all blocks")
    rows = []
    for id in {**founded, **lines}:
        when, source = founded.get(id, (None, None))
        rows.append(Row(id, every if id == OTHERS else names.get(id, id), when, lines.get(id, {}), source))
    return sorted(rows, key=lambda row: (row.founded is not None, row.founded or 0, -row.total, row.id))


def cell(row: Row, at: int) -> str:
    """What stands in a cell of the board: a star for a founding, the lines that are added."""
    mark = "★" if row.founded == at else ""
    if at not in row.lines:
        return mark
    return f"{mark} +{row.lines[at]:,}".strip()


def shown(rows: Sequence[Row], t: Text) -> list[Row]:
    """Rows that are drawn: those with most to do, and one for all others."""
    if len(rows) <= ROWS:
        return list(rows)
    kept = {row.id for row in sorted(rows, key=lambda row: (row.founded is None, -row.total, row.id))[:ROWS]}
    rest = [row for row in rows if row.id not in kept]
    counted: Counter[int] = Counter()
    for row in rest:
        for at, count in row.lines.items():
            counted[at] += count
    others = Row(OTHERS, t(f"其余 {t.blocks(len(rest))}", f"{t.blocks(len(rest))} more"), None, dict(counted))
    return [*(row for row in rows if row.id in kept), others]
