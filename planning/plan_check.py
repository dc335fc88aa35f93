"""The checker: cost, feasibility and objective of a plan once more, from the data and the document alone.

Nothing here is shared with the solver: it walks the plan line by line in plain Python, as a sceptical reader would.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tiaokuai.graph import Snapshot
from tiaokuai.planning.intervention import Costs
from tiaokuai.planning.plan_wishes import Wishes

TOLERANCE = Fraction(1, 10**6)


class WrongPlan(Exception):
    """A plan that breaks a rule or misstates a figure: a mistake of the solver, never of the user."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults[:10]))


def check(
    document: Mapping[str, Any],
    day: Snapshot,
    wishes: Wishes,
    costs: Costs,
    budgets: list[float],
    objective: str,
) -> list[str]:
    """Everything that is wrong with a plan; an empty list for a good one."""
    return _Ledger(day, wishes, costs, budgets, objective).audit(document)


class _Ledger:
    def __init__(self, day: Snapshot, wishes: Wishes, costs: Costs, budgets: list[float], objective: str) -> None:
        self.wishes, self.costs, self.budgets, self.objective = wishes, costs, budgets, objective
        table = day.network["blocks"]
        self.district = dict(zip(table["id"].to_list(), table["district"].to_list(), strict=True))
        kinds = dict(zip(table["id"].to_list(), table["kind"].to_list(), strict=True))
        self.eligible = {name for name, kind in kinds.items() if kind in day.assumptions.eligible_kinds}
        self.founded = {name for name, yes in zip(day.block_ids, day.founded.tolist(), strict=True) if yes}
        self.founded |= {name for name, kind in kinds.items() if kind == "pilot"}
        self.ready = set(self.founded)
        self.links: dict[str, set[str]] | None = None
        if len(day.network["links"]):
            self.links = defaultdict(set)
            for one, other in day.network["links"].select("a", "b").iter_rows():
                self.links[one].add(other)
                self.links[other].add(one)
        self.day = day
        self.line_capacity = day.assumptions.line_capacity
        self.faults: list[str] = []

    def say(self, fault: str) -> None:
        self.faults.append(fault)

    def audit(self, document: Mapping[str, Any]) -> list[str]:
        """Walks the periods."""
        periods = document["periods"]
        if [each["period"] for each in periods] != list(range(1, len(self.budgets) + 1)):
            self.say("periods are not numbered 1 to T")
        self.people(document)
        left, spent, gained, total = Fraction(0), Fraction(0), 0, 0
        when: dict[str, int] = {}
        for period, budget in zip(periods, self.budgets, strict=True):
            number = period["period"]
            self.same(period["budget"], Fraction(budget), f"budget of {number}")
            self.same(period["carried"], left, f"carried into {number}")
            cost = self.found(period, when) + self.lines(period)
            gained += self.gain(period)
            total += gained
            self.same(period["cost"], cost, f"cost of {number}")
            left += Fraction(budget) - cost
            spent += cost
            if left < -TOLERANCE * max(Fraction(1), spent):
                self.say(f"period {number} spends {float(-left):g} more than there is")
        self.same(document["cost"], spent, "cost")
        self.same(document["objective"], Fraction(total if self.objective == "sum" else gained), "objective")
        self.kept(when)
        if document["bound"] is not None and Fraction(document["bound"]) < (
            total if self.objective == "sum" else gained
        ):
            self.say("the bound lies below the plan")
        return self.faults

    def same(self, said: Any, is_: Fraction, what: str) -> None:
        if abs(Fraction(said) - is_) > TOLERANCE * max(Fraction(1), abs(is_)):
            self.say(f"{what} is said to be {said}, but is {float(is_):g}")

    def people(self, document: Mapping[str, Any]) -> None:
        """Head-counts of the enterprises that the plan or a floor speaks of."""
        named = {line["enterprise"] for period in document["periods"] for line in period["lines"]}
        whole = bool(self.wishes.min_coverage)
        ids, blocks = self.day.enterprise_ids.to_list(), self.day.block.tolist()
        columns = (self.day.staff, self.day.capacity, self.day.members)
        self.staff: dict[str, list[int]] = {}
        self.home: dict[str, str] = {}
        for at, name in enumerate(ids):
            if whole or name in named:
                self.staff[name] = [int(column[at]) for column in columns]
                self.home[name] = self.day.block_ids[blocks[at]]

    def found(self, period: Mapping[str, Any], when: dict[str, int]) -> Fraction:
        """Checks a period's foundings; what they cost."""
        number, cost, before = period["period"], Fraction(0), set(self.founded)
        for each in period["found"]:
            block, source = each["block"], each["source"]
            if block not in self.eligible:
                self.say(f"{block} is not eligible")
            if block in self.founded:
                self.say(f"{block} is founded twice")
            linked = self.links[block] if self.links is not None else self.mates(block)
            if not (linked & before) - {block}:
                self.say(f"no block linked to {block} is founded before period {number}")
            if source not in before or source not in linked:
                self.say(f"the source {source} of {block} is not linked to it and founded before")
            self.founded.add(block)
            when[block] = number
            cost += Fraction(self.wishes.founding_costs.get(block, self.costs.found))
        limit = self.wishes.max_foundings
        if limit is not None and len(period["found"]) > limit:
            self.say(f"{len(period['found'])} foundings in period {number}")
        return cost

    def mates(self, block: str) -> set[str]:
        """All of the district."""
        here = self.district[block]
        return {name for name, district in self.district.items() if district == here and name != block}

    def lines(self, period: Mapping[str, Any]) -> Fraction:
        """Checks a period's lines; what they cost."""
        number, by_block, total = period["period"], defaultdict[str, int](int), 0
        for line in period["lines"]:
            name, count = line["enterprise"], line["count"]
            if name not in self.staff:
                self.say(f"there is no enterprise {name}")
                continue
            if count < 1 or count != int(count):
                self.say(f"{count} lines at {name}")
            if self.home[name] not in self.founded:
                self.say(f"lines at {name} in period {number}, but {self.home[name]} is not founded")
            by_block[self.home[name]] += count
            total += count
        most, most_here = self.wishes.max_lines, self.wishes.max_lines_per_block
        if most is not None and total > most:
            self.say(f"{total} lines in period {number}")
        if most_here is not None:
            for block, count in by_block.items():
                if count > most_here:
                    self.say(f"{count} lines in {block} in period {number}")
        return total * Fraction(self.costs.line)

    def gain(self, period: Mapping[str, Any]) -> int:
        """Staff newly within reach of the period's lines; their capacity is added."""
        gained = 0
        for line in period["lines"]:
            if line["enterprise"] in self.staff:
                person = self.staff[line["enterprise"]]
                more = person[1] + self.line_capacity * line["count"]
                gained += min(person[0], more) - min(person[0], person[1])
                person[1] = more
        return gained

    def kept(self, when: Mapping[str, int]) -> None:
        """Must, never, fix and floors."""
        for block, by in self.wishes.must:
            if block not in self.ready and when.get(block, 10**9) > by:
                self.say(f"{block} is not founded by period {by}")
        for block in self.wishes.never:
            if block in when:
                self.say(f"{block} is founded, though never")
        for number, block in self.wishes.fix:
            if when.get(block) != number:
                self.say(f"{block} is not founded in period {number}")
        if not self.wishes.min_coverage:
            return
        staff, within = defaultdict[str, int](int), defaultdict[str, int](int)
        for name, (count, capacity, members) in self.staff.items():
            staff[self.home[name]] += count
            within[self.home[name]] += min(count, max(min(count, capacity), members))
        for block in self.district:
            share = self.wishes.min_coverage.get(block)
            if share is None and (block in self.eligible or block in self.ready):
                share = self.wishes.min_coverage.get("all")
            if share is not None and within[block] < share * staff[block] - 1e-9:
                self.say(f"coverage of {block} is below {share:g}")
