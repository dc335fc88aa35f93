"""How the answers about the data themselves are protected: where, why, over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tiaokuai.graph import Snapshot
from tiaokuai.metrics.lateral import STATUSES, Blocks
from tiaokuai.metrics.protection_cells import ALSO, FAMILY, FEW, FEWEST, LINKED, SHOWN, UNPROVEN, Cells, cells, small

Document = Mapping[str, Any]
Row = dict[str, Any]

BASE = 5  # the public's counts are multiples of it
LISTED = 3  # enterprises of a block that the public may read about
# A sector or ownership is told of, rounded, when it is large enough to say nothing about a block.
LARGE = {"enterprises_with_line": 20, "members": 100, "blocks": 3}
COUNTS = (
    "enterprises", "enterprises_with_line", "staff", "imputed_staff", "lines", "members", "potential", "reached",
    "wasted_capacity", "missing_lines", "on_one_backbone", "enterprises_on_one_backbone", "descendant_reach",
)  # fmt: skip
SHARES = {
    "coverage": ("reached", "staff"),
    "line_share": ("enterprises_with_line", "enterprises"),
    "amplification": ("potential", "lines"),
    "share": ("on_one_backbone", "reached"),
}


def withheld(value: Any) -> bool:
    """Whether a figure is withheld."""
    return isinstance(value, Mapping) and "suppressed" in value


IMPUTED = "imputed_start"  # key of a forecast or plan that begins with the day as its audience knows it
SUPPOSED = (
    "起始状态依所示数字推定：未示明之处按人数分摊，企业内的分布为假定。",
    "Begins with the figures that are told: what is withheld is spread by head-count, and who is where is supposed.",
)


def imputed(document: Any) -> bool:
    """Whether a forecast or plan, or one among several, begins so."""
    if isinstance(document, Mapping):
        return document.get(IMPUTED) is True
    return isinstance(document, list | tuple) and any(imputed(each) for each in document)


def evidence(document: Document) -> tuple[Any, ...]:
    """What the document was computed from; nothing where it has been copied without it."""
    found: tuple[Any, ...] = getattr(document, "evidence", ())
    return found


def day_of(document: Document) -> Cells | None:
    """The cells of the day that a document tells of."""
    return next((cells(each) for each in evidence(document) if isinstance(each, Snapshot)), None)


def rounded(value: Any) -> Any:
    """A count as the public reads it: the nearest multiple of 5.

    >>> rounded(7), rounded(8), rounded(None)
    (5, 10, None)
    """
    return value if value is None or withheld(value) else BASE * int(value / BASE + 0.5)


def public_row(row: Row) -> Row:
    """Counts rounded, and shares of rounded counts, so that a share never tells the count."""
    made = {name: rounded(value) if name in COUNTS else value for name, value in row.items()}
    for share, (above, below) in SHARES.items():
        if share in made and made[share] is not None and not withheld(made[share]):
            made[share] = _ratio(made.get(above), made.get(below))
    for share in ("realisation", "expected_coverage", "copy_fidelity", "hollow_share"):
        if isinstance(made.get(share), float):
            made[share] = round(made[share] * 20) / 20
    return made


def _ratio(above: Any, below: Any) -> Any:
    if withheld(above) or withheld(below):
        return dict(LINKED)
    if above is None or not below:
        return None
    return min(1.0, above / below)


def without(row: Document, hidden: Mapping[str, Mapping[str, str]]) -> Row:
    """The row with every figure withheld whose family, or other family, is hidden for a reason."""
    made = dict(row)
    for name in FAMILY:
        if name in made:
            for family in (FAMILY[name], ALSO.get(name, "")):
                if family in hidden:
                    made[name] = dict(hidden[family])
                    break
    return made


Reasons = dict[str, dict[str, str]]


def block_reasons(known: Cells, at: int) -> Reasons:
    """Why which families of a block's figures are hidden."""
    own = bool(known.own[at])
    return {family: FEW if own else LINKED for family in SHOWN if known.hidden(family).blocks[at]}


def district_reasons(known: Cells, at: int) -> Reasons:
    """The same of a district."""
    return {family: LINKED for family in SHOWN if known.hidden(family).districts[at]}


def total_reasons(known: Cells) -> Reasons:
    """The same of all together."""
    reason = FEW if small(known.sums(np.ones(known.day.blocks, bool))) else LINKED
    return {family: reason for family in SHOWN if known.hidden(family).total}


ALL: Reasons = dict.fromkeys(SHOWN, UNPROVEN)


def few_enterprises(known: Cells | None, block: Any) -> bool:
    return known is None or known.by_block["enterprises"][known.block_row[block]] < LISTED


def status_of(known: Cells | None, block: Any, status: Any) -> Any:
    """A status where it sets the lines of a small block no lower bound that its smallness does not leave open."""
    if known is None:
        return dict(UNPROVEN)
    at = known.block_row[block]
    if not known.own[at]:
        return status
    if 0 < known.by_block["staff"][at] < FEWEST:
        return dict(FEW)
    bound = known.day.assumptions.hollow_below * int(known.by_block["enterprises"][at])
    return status if status in ("none", "ahead") or (status == "hollow" and bound <= FEWEST - 2) else dict(FEW)


FIDELITY = ("fidelity", "fidelity_by_group", "copy_fidelity")


def without_fidelity(known: Cells, at: int, row: Row) -> Row:
    """Of a block of a few people it tells that somebody there has a line."""
    if not 0 < known.by_block["staff"][at] < FEWEST:
        return row
    return {**row, **{name: dict(FEW) for name in FIDELITY if row.get(name) is not None}}


def status_untold(known: Cells) -> bool:
    """Whether some founded block's status is withheld: the number of hollow blocks would tell it."""
    status, ids = Blocks(known.day).status, known.day.block_ids
    founded = np.flatnonzero(known.day.founded & known.own)
    return any(withheld(status_of(known, ids[at], STATUSES[status[at]])) for at in founded)


def family_hidden(known: Cells, at: int) -> bool:
    """Whether the block or one that descends from it is hidden: their sum less those shown would return it."""
    if "_families_hidden" not in known.__dict__:  # once for all blocks
        lineage = Blocks(known.day).lineage
        known.__dict__["_families_hidden"] = lineage.family_sums(known.hidden("base").blocks.astype(np.int64)) > 0
    return bool(known.__dict__["_families_hidden"][at])


def covered_would_tell(known: Cells) -> bool:
    """Whether a hidden block, were it covered, would be known to have just as many lines as are still hidden."""
    own, hidden = known.day.assumptions, known.hidden("base").blocks
    needed = own.covered_from * known.by_block["staff"]
    tight = (needed > (FEWEST - 2) * own.line_capacity) & (needed <= (FEWEST - 1) * own.line_capacity)
    return bool((hidden & tight & known.day.eligible).any())


def two_digits(value: Any) -> Any:
    return round(value, 2) if isinstance(value, float) else value


def order(value: Any) -> float:
    return 0.0 if value is None or withheld(value) else -float(value)
