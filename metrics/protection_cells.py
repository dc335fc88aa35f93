"""Which figures of a day an audience may not know: small cells, what is linked to them, and what would return them.

The figures of blocks add up to those of districts and these to the total, so a reader subtracts what is shown from a
sum that is shown. What is left over, an *atom*, must be as safe as a cell. Sectors and ownerships cut across blocks and
are therefore told of only where they are large, and rounded (:mod:`tiaokuai.metrics.protection`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tiaokuai.graph import Snapshot
from tiaokuai.metrics.coverage import counts
from tiaokuai.metrics.numbers import Bools, Int64
from tiaokuai.metrics.protection_bounds import no_room, told_bounds

FEWEST = 5  # people in a cell that may be told of
SPARE = 2  # beyond one each: even who knows the rules cannot tell who has the second
FEW = {"suppressed": "fewer_than_5"}
LINKED = {"suppressed": "would_reveal"}
STEWARD = {"suppressed": "steward_only"}
UNKNOWN = {"suppressed": "not_registered"}
UNPROVEN = {"suppressed": "no_evidence"}

# Figures that a person is behind, each with the family whose hidden cells it falls with.
FAMILY = {
    "reached": "base",
    "coverage": "base",
    "enterprises_with_line": "base",
    "line_share": "base",
    "wasted_capacity": "base",
    "missing_lines": "missing",
    "lines": "lines",
    "amplification": "lines",
    "members": "members",
    "realisation": "members",
    "potential": "potential",
}
ALSO = {"amplification": "potential", "realisation": "potential", "wasted_capacity": "potential"}
FAMILIES = ("base", "lines", "members", "potential", "missing", "single")
SHOWN = FAMILIES[:-1]  # those of the figures of coverage

Sums = Mapping[str, Any]  # of one cell, int each, or of many at once, [N] each: what follows tells of each of them


def small(s: Sums) -> Any:
    """1 to 4 members, lines, or people in all."""
    few: Any = False
    for name in ("members", "lines", "staff"):
        few = few | ((s[name] > 0) & (s[name] < FEWEST))
    return few


def _everybody(s: Sums) -> Any:
    """(Nearly) everybody is reached, or every enterprise has a line: then each one is, and who works alone is named."""
    out = s["staff"] - s["reached"] < SPARE
    alone = out | (s["enterprises"] - s["enterprises_with_line"] < SPARE) | (s["few_out"] + s["partly"] == 0)
    return (s["reached"] > 0) & (((s["beyond"] > 0) & out) | ((s["alone"] > 0) & alone))


def _base(s: Sums) -> Any:
    return small(s) | _everybody(s)


def _lines(s: Sums) -> Any:
    """One line an enterprise that has any, or nearly; or as many lines as people at so many of the largest."""
    near = (s["lines"] - s["enterprises_with_line"] < SPARE) | (s["most"] - s["lines"] < SPARE)
    return (s["enterprises_with_line"] > 0) & near


def _members(s: Sums) -> Any:
    """One member an enterprise, or everybody a member, or nearly; without a line few are, if any."""
    everybody = (s["staff"] - s["members"] < SPARE) | ((s["beyond"] < SPARE) & (s["most"] - s["members"] < SPARE))
    return (s["members"] > 0) & ((s["members"] - s["active"] < SPARE) | everybody)


def _potential(s: Sums) -> Any:
    """Few people reached as members beyond what lines reach, or one at each enterprise that has any."""
    return (s["beyond"] > 0) & ((s["beyond"] < FEWEST) | (s["beyond"] - s["active_beyond"] < SPARE))


def _single(s: Sums) -> Any:
    """Few enterprises that hang on one line, or nearly all that have any, or two lines at all the others."""
    others = s["enterprises_with_line"] - s["single"]
    near = (others < SPARE) | (s["lines"] - s["single"] - 2 * others < SPARE)
    return (s["enterprises_with_line"] > 0) & (near | ((s["single"] > 0) & (s["single"] < FEWEST)))


def _missing(s: Sums) -> Any:
    """Of enterprises too small to be told of none misses a line, by the sum less those that are told of."""
    return (s["alone"] > 0) & (s["few_missing"] == 0)


BAD: dict[str, Callable[[Sums], Any]] = {
    "base": _base,
    "lines": lambda s: _base(s) | _lines(s),
    "members": lambda s: _base(s) | _members(s),
    "potential": lambda s: _base(s) | _potential(s),
    "missing": lambda s: _base(s) | _missing(s),
    "single": lambda s: _base(s) | _lines(s) | _single(s),
}


@dataclass
class Hidden:
    """Hidden cells of one family: blocks [B], districts [D] and whether the total is hidden."""

    blocks: Bools
    districts: Bools
    total: bool = False

    def copy(self) -> Hidden:
        """To be extended."""
        return Hidden(self.blocks.copy(), self.districts.copy(), self.total)


@dataclass(frozen=True)
class Cells:
    """The cells of one day and which of them are hidden, family by family."""

    day: Snapshot

    @cached_property
    def enterprise(self) -> dict[str, Int64]:
        """What the cells are made of, [E] each."""
        made = counts(self.day)
        beyond, out = made["reached"] - made["potential"], made["staff"] - made["reached"]
        few = made["staff"] < FEWEST
        return {
            **{name: made[name] for name in ("enterprises", "enterprises_with_line", "staff", "lines", "members")},
            **{name: made[name] for name in ("potential", "reached", "filled", "wasted_capacity", "missing_lines")},
            "imputed_staff": made["imputed_staff"],
            "beyond": beyond,
            "active": (made["members"] > 0).astype(np.int64),
            "active_beyond": (beyond > 0).astype(np.int64),
            "single": (made["lines"] == 1).astype(np.int64),
            "alone": (made["staff"] == 1).astype(np.int64),
            "few_out": np.where(few, out, 0),
            "few_missing": np.where(few, made["missing_lines"], 0),
            "partly": (~few & (out > 0) & (made["reached"] > 0)).astype(np.int64),
        }

    @cached_property
    def by_block(self) -> dict[str, Int64]:
        """Sums over each block, [B] each."""
        sums = {name: self.day.block_sum(values) for name, values in self.enterprise.items()}
        told = told_bounds(self.day, sums, small(sums), FEWEST)
        return {**sums, "most": self._most(sums["enterprises_with_line"]), **told}

    def _most(self, lined: Int64) -> Int64:
        """Staff of so many enterprises of each block, the largest: what the lines there can be at most, [B]."""
        staff, block = self.day.staff, self.day.block
        order = np.lexsort((-staff, block))
        place = np.arange(len(order)) - np.searchsorted(block[order], block[order], "left")
        chosen = order[place < lined[block[order]]]
        return np.bincount(block[chosen], staff[chosen], self.day.blocks).astype(np.int64)

    @cached_property
    def district(self) -> Int64:
        """District of each block, [B]."""
        return np.asarray(self.day.network.codes.block_district, dtype=np.int64)

    @cached_property
    def _in_district(self) -> list[Int64]:
        """Rows of the blocks of each district, in order."""
        order = np.argsort(self.district, kind="stable")
        ends = np.cumsum(np.bincount(self.district, minlength=self.day.network["districts"].height))
        return np.split(order, ends[:-1])

    @cached_property
    def block_row(self) -> dict[Any, int]:
        """Row of each block by its id."""
        return {name: at for at, name in enumerate(self.day.block_ids)}

    @cached_property
    def district_row(self) -> dict[Any, int]:
        """Row of each district by its id."""
        return {name: at for at, name in enumerate(self.day.network["districts"]["id"])}

    @cached_property
    def telling(self) -> Bools:
        """Blocks whose enterprises' bands and missing lines would tell, with the sums, of those left over, [B].

        Left over are enterprises too small to be told of and those only partly in reach, for the sum of people reached;
        and all that are not plainly with or without a line, for the number with one.
        """
        made, block_sum = self.enterprise, self.day.block_sum
        few, none = made["staff"] < FEWEST, made["reached"] == 0
        rest = (few & (made["staff"] > 0)) | (made["partly"] > 0)
        most = -(-made["staff"] // self.day.assumptions.line_capacity)
        lined = ~few & (made["missing_lines"] < most)
        unsure = ~lined & (few | ~none) & (made["staff"] > 0)
        spare = block_sum(unsure) - block_sum(unsure & (made["lines"] > 0))
        beyond, some = block_sum(np.where(rest, made["beyond"], 0)), self.by_block["reached"] > 0
        alone = (self.by_block["alone"] > 0) & (spare < 1)
        single = (self.by_block["beyond"] > 0) & (block_sum(rest) <= 1)
        few_beyond = (beyond > 0) & (beyond < FEWEST)
        also = _potential(self.by_block) | (some & (alone | single | few_beyond))
        telling: Bools = self.hidden("base").blocks | also
        return telling

    @cached_property
    def own(self) -> Bools:
        """Blocks whose own counts are too small, [B]."""
        few: Bools = small(self.by_block)
        return few

    @cached_property
    def _table(self) -> Int64:
        """:attr:`by_block` in one array, [B, K]: what a few blocks sum to is asked for very often."""
        return np.stack(list(self.by_block.values()), axis=1)

    def sums(self, chosen: Bools | Int64) -> dict[str, int]:
        """Sums over some blocks, [B] bools or their rows."""
        return dict(zip(self.by_block, self._table[chosen].sum(axis=0).tolist(), strict=True))

    def hidden(self, family: str) -> Hidden:
        """The hidden cells of a family; those of ``base`` are hidden in every one."""
        return self._families[family]

    @cached_property
    def _families(self) -> dict[str, Hidden]:
        nothing = Hidden(np.zeros(self.day.blocks, bool), np.zeros(self.day.network["districts"].height, bool))
        made = {"base": self._completed("base", nothing)}
        for family in FAMILIES[1:]:
            made[family] = self._completed(family, made["base"])
        return made

    def _completed(self, family: str, start: Hidden) -> Hidden:
        """Hides further cells until no atom is bad: the smallest first, then whole districts, at last the total."""
        hidden = start.copy()
        hidden.blocks |= BAD[family](self.by_block)
        for district in np.unique(self.district[hidden.blocks]):
            self._complete_district(family, hidden, int(district))
        while not hidden.total:
            atom = np.flatnonzero(hidden.blocks & hidden.districts[self.district])
            if not self._atom_bad(family, atom):
                break
            self._widen(family, hidden)
        return hidden

    def _complete_district(self, family: str, hidden: Hidden, district: int) -> None:
        here = self._in_district[district]
        while not hidden.districts[district] and self._atom_bad(family, here[hidden.blocks[here]]):
            more = self._smallest(here[~hidden.blocks[here]])
            if more is None:
                hidden.districts[district] = True
            else:
                hidden.blocks[more] = True

    def _widen(self, family: str, hidden: Hidden) -> None:
        """One more district, with at least its smallest block, joins what cannot be told apart."""
        open_ = ~hidden.districts[self.district]
        more = self._smallest(np.flatnonzero(open_ & ~hidden.blocks))
        if more is None:
            joined = self._smallest(np.flatnonzero(open_))
            if joined is None:
                hidden.total = True
            else:
                hidden.districts[self.district[joined]] = True
            return
        hidden.blocks[more] = True
        hidden.districts[self.district[more]] = True

    def _smallest(self, among: Int64) -> int | None:
        """The block of the fewest members, of those that have any; ``among`` in order, the first of equals."""
        members = self.by_block["members"][among]
        if not (members > 0).any():
            return None
        return int(among[np.argmin(np.where(members > 0, members, np.iinfo(np.int64).max))])

    def _atom_bad(self, family: str, atom: Int64) -> bool:
        if not len(atom):
            return False
        sums = self.sums(atom)
        own = bool(self.own[atom].any())
        return bool(BAD[family](sums)) or no_room(sums, own, SPARE) or (own and self._bounds_met(atom, sums))

    def _bounds_met(self, atom: Int64, sums: Sums) -> bool:
        """Whether small blocks among hidden ones can be no smaller or no larger than they are.

        A small block has 1 member or more and at most 4 lines; one hidden for others' sake has 5 members or more; at
        least as many lines as the atom has enterprises with one that lie nowhere else.
        """
        own, few = atom[self.own[atom]], FEWEST - 1
        count, mine = len(atom), len(own)
        most_lined, members = self.by_block["lined_most"], self.by_block["members"]
        lined = sums["enterprises_with_line"] - sums["lined_most"] + int(most_lined[own].max()) >= few
        if lined or sums["lines"] >= sums["lines_most"] or sums["members"] <= mine + FEWEST * (count - mine):
            return True
        if count > mine or (members[atom] > few).any():
            return False
        return bool(sums["members"] >= np.minimum(few, self.by_block["staff"][atom]).sum())


def cells(day: Snapshot) -> Cells:
    """The cells of a day, computed once."""
    found: Cells = day.__dict__.setdefault("_cells_of_protection", Cells(day))
    return found
