"""An attacker: a linear program over everything that one audience reads of a data set, on one day or several.

Unknown of every enterprise are its lines, members and whom they reach; every figure that was told is a constraint.
A count is given away when the program can move it no further than one whole number. The attacker knows all that is not
about persons (who lies where, head-counts, assumptions, what an association has adopted), how the figures are defined
and why they are withheld; not the capacity of single lines, which no audience but the steward reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise
from math import ceil
from typing import Any

import highspy
import numpy as np

from tiaokuai.graph import Network, Snapshot
from tiaokuai.graph.errors import RequestError
from tiaokuai.metrics.documents import (
    compare_document,
    coverage_document,
    explain_document,
    fragility_document,
    gaps_document,
    history_document,
    influence_document,
    replication_document,
)
from tiaokuai.metrics.lateral import Blocks
from tiaokuai.metrics.protection import protect
from tiaokuai.planning.calibrate import calibrate

GROUPINGS = ("block", "district", "sector", "ownership")
# Unknown of each enterprise: lines, members, people its lines could reach, people reached, has a line, has exactly one,
# members on lines, missing lines.
LINES, MEMBERS, POTENTIAL, REACHED, WITH, SINGLE, FILLED, MISSING = range(8)
WIDTH = 8
SUMMED = {
    "lines": LINES, "members": MEMBERS, "potential": POTENTIAL, "reached": REACHED, "enterprises_with_line": WITH,
    "missing_lines": MISSING, "enterprises_on_one_backbone": SINGLE,
}  # fmt: skip
INFINITY = highspy.kHighsInf
Document = Mapping[str, Any]


def told(value: Any) -> bool:
    """Whether there is a figure."""
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass
class Readings:
    """The documents of one day as the audience reads them."""

    day: Snapshot
    audience: str
    rule: Any = protect
    documents: dict[str, Document] = field(default_factory=dict)

    def __post_init__(self) -> None:
        made = {f"coverage {by}": coverage_document(self.day, by) for by in (*GROUPINGS, "enterprise")}
        made |= {"replication": replication_document(self.day), "gaps": gaps_document(self.day)}
        made |= {"influence": influence_document(self.day), "fragility": fragility_document(self.day)}
        made |= {f"explain {block}": explain_document(self.day, block) for block in self.day.block_ids}
        made["history"] = history_document(self.day.network, "year", None, self.day.day)
        self.documents = {name: self.rule(name.split()[0], made[name], self.audience) for name in made}


class Attacker:
    """The program; ``slack`` is how far the rounded counts of the public may be off."""

    def __init__(self, readings: Readings, program: highspy.Highs | None = None) -> None:
        self.day, self.readings = readings.day, readings
        self.slack = 2 if readings.audience == "public" else 0
        self.size = len(self.day.enterprise)
        self.program = program or highspy.Highs()
        self.program.setOptionValue("output_flag", False)
        self.base = self.program.getNumCol()
        self._definitions()
        self._enterprises()
        self._sums()
        self._more()

    def at(self, enterprise: int, unknown: int) -> int:
        return self.base + enterprise * WIDTH + unknown

    def rule(self, terms: Iterable[tuple[int, float]], low: float, high: float) -> None:
        """low <= Σ factor · unknown <= high."""
        pairs = [(at, factor) for at, factor in terms if factor]
        if pairs:
            index, value = zip(*pairs, strict=True)
            self.program.addRow(low, high, len(pairs), np.array(index, np.int32), np.array(value, np.float64))

    def _definitions(self) -> None:
        for e, staff in enumerate(self.day.staff.tolist()):
            most = {WITH: 1, SINGLE: 1}
            for unknown in range(WIDTH):
                self.program.addVar(0.0, float(most.get(unknown, staff)))
            line, member, possible, reached, has, one, filled, missing = (self.at(e, u) for u in range(WIDTH))
            k = self.day.assumptions.line_capacity
            self.rule([(member, 1), (line, -1)], 0, INFINITY)
            self.rule([(line, 1), (has, -1)], 0, INFINITY)
            self.rule([(line, 1), (has, -staff)], -INFINITY, 0)
            self.rule([(possible, 1), (has, -staff)], -INFINITY, 0)
            self.rule([(reached, 1), (possible, -1)], 0, INFINITY)
            self.rule([(reached, 1), (member, -1)], 0, INFINITY)
            self.rule([(reached, 1), (possible, -1), (member, -1)], -INFINITY, 0)
            self.rule([(one, 1), (has, -1)], -INFINITY, 0)
            self.rule([(line, 1), (has, -2), (one, 1)], 0, INFINITY)
            self.rule([(filled, 1), (member, -1)], -INFINITY, 0)
            self.rule([(filled, 1), (possible, -1)], -INFINITY, 0)
            self.rule([(missing, k), (possible, 1)], staff, staff + k - 1)

    def _enterprises(self) -> None:
        place = {name: at for at, name in enumerate(self.day.enterprise_ids)}
        k = self.day.assumptions.line_capacity
        for row in self.readings.documents["coverage enterprise"]["rows"]:
            e, staff = place[row["id"]], row["staff"]
            self._row([e], row)
            if row.get("band") == "none":
                self._bound(e, REACHED, 0, 0)
            elif row.get("band") == "full":
                self._bound(e, REACHED, staff, staff)
            elif row.get("band") == "partly":
                self._bound(e, REACHED, 1, staff - 1)
            if told(row.get("missing_lines")) and row["missing_lines"] < -(-staff // k):
                self._bound(e, WITH, 1, 1)
        listed = {row["enterprise"] for row in self.readings.documents["gaps"]["rows"]}
        for name, e in place.items():
            if self.readings.audience == "planner" and name not in listed:  # its lines leave nobody out
                self._bound(e, POTENTIAL, self.day.staff[e], self.day.staff[e])
        for row in self.readings.documents["gaps"]["rows"]:
            e = place[row["enterprise"]]
            self._row([e], row)
            if told(row["gain"]) and row["gain"] < k:
                self._bound(e, POTENTIAL, row["staff"] - row["gain"], row["staff"] - row["gain"])

    def _bound(self, enterprise: int, unknown: int, low: float, high: float) -> None:
        self.rule([(self.at(enterprise, unknown), 1)], low, high)

    @cached_property
    def groups(self) -> dict[str, dict[Any, list[int]]]:
        """Enterprises of each group."""
        network = self.day.network
        names: dict[str, list[Any]] = {
            "block": [self.day.block_ids[at] for at in self.day.block],
            "enterprise": list(self.day.enterprise_ids),
            **{by: network["enterprises"][by].gather(self.day.enterprise).to_list() for by in ("sector", "ownership")},
        }
        district = dict(network["blocks"].select("id", "district").iter_rows())
        names["district"] = [district[block] for block in names["block"]]
        found: dict[str, dict[Any, list[int]]] = {}
        for by, values in names.items():
            for e, value in enumerate(values):
                found.setdefault(by, {}).setdefault(value, []).append(e)
        return found

    def _sums(self) -> None:
        for by in GROUPINGS:
            document = self.readings.documents[f"coverage {by}"]
            for row in document["rows"]:
                # Sectors and ownerships are told of in fives, if at all.
                slack = self.slack if by in ("block", "district") or self.readings.audience == "steward" else 2
                self._row(self.groups[by].get(row["id"], []), row, slack)
                if by == "block":
                    self._reason(self.groups[by].get(row["id"], []), row)
            self._row(range(self.size), document["total"])
        for row in self.readings.documents["history"]["rows"]:
            if row["date"] == self.day.day.isoformat():
                self._row(range(self.size), row)
        for block in self.day.block_ids:
            self._explained(self.groups["block"].get(block, []), self.readings.documents[f"explain {block}"])

    def _row(self, here: Iterable[int], row: Document, slack: int | None = None) -> None:
        """Counts are sums over the enterprises; shares are one sum as so much of another."""
        here, slack = list(here), self.slack if slack is None else slack
        for name, unknown in SUMMED.items():
            if told(row.get(name)):
                terms = [(self.at(e, unknown), 1.0) for e in here]
                self.rule(terms, row[name] - slack, row[name] + slack)
        if slack:
            return  # shares of rounded counts say nothing more
        for share, above, below in (("amplification", POTENTIAL, LINES), ("realisation", FILLED, POTENTIAL)):
            if told(row.get(share)):
                terms = [(self.at(e, above), 1.0) for e in here] + [(self.at(e, below), -row[share]) for e in here]
                self.rule(terms, -1e-6, 1e-6)
        for share, above, of in (("coverage", REACHED, "staff"), ("line_share", WITH, "enterprises")):
            if told(row.get(share)) and told(row.get(of)):
                terms = [(self.at(e, above), 1.0) for e in here]
                self.rule(terms, row[share] * row[of] - 1e-6, row[share] * row[of] + 1e-6)

    def _explained(self, here: list[int], document: Document) -> None:
        """A block's figures once more; what would change its status follows from what is told (test_told)."""
        if "suppressed" not in document["figures"]:
            self._row(here, document["figures"])

    def _reason(self, here: list[int], row: Document) -> None:
        """Withheld for its own smallness: somebody is a member, and there are no more than 4 lines."""
        if row.get("reached") == {"suppressed": "fewer_than_5"} and row["staff"] >= 5:
            self.rule([(self.at(e, MEMBERS), 1.0) for e in here], 1, INFINITY)
            self.rule([(self.at(e, LINES), 1.0) for e in here], 0, 4)

    def _more(self) -> None:
        documents, lineage = self.readings.documents, Blocks(self.day).lineage
        row_of = {name: at for at, name in enumerate(self.day.block_ids)}
        size = {name: len(self.groups["block"].get(name, [])) for name in row_of}
        staff = {name: sum(self.day.staff[e] for e in self.groups["block"].get(name, [])) for name in row_of}
        for row in (
            *documents["replication"]["rows"],
            *documents["influence"]["blocks"],
            *documents["fragility"]["rows"],
        ):
            here = self.groups["block"].get(row["id"], [])
            self._row(here, {**row, "staff": int(staff[row["id"]]), "enterprises": size[row["id"]]})
            if told(row.get("fidelity")):  # the template names a line as one of its components
                some = int(self.day.lines[here].any())
                self.rule([(self.at(e, WITH), 1.0) for e in here], some, some * len(here))
            if told(row.get("descendant_reach")):
                family = [row_of[row["id"]], *lineage.descendants(row_of[row["id"]])]
                terms = [(self.at(e, REACHED), 1.0) for e in range(self.size) if self.day.block[e] in family]
                self.rule(terms, row["descendant_reach"] - self.slack, row["descendant_reach"] + self.slack)
        for row in documents["replication"]["rows"]:
            self._status(self.groups["block"].get(row["id"], []), row["status"])
        out = documents["gaps"]["staff_out_of_reach"]
        if told(out) and not self.slack:
            everybody = int(self.day.staff.sum())
            self.rule([(self.at(e, REACHED), 1.0) for e in range(self.size)], everybody - out, everybody - out)
        for row in documents["influence"]["components"]:
            if row["component"] == "association" and told(row["line_share_with"]) and not self.slack:
                here = [e for e in range(self.size) if self.day.founded[self.day.block[e]]]
                count = row["line_share_with"] * len(here)
                self.rule([(self.at(e, WITH), 1.0) for e in here], count - 1e-6, count + 1e-6)

    def _status(self, here: list[int], status: Any) -> None:
        """What a status says of the line share and the coverage (model.md §2), in whole enterprises and people."""
        own, people = self.day.assumptions, int(self.day.staff[here].sum())
        lined, covered = (
            ceil(share * of - 1e-9) for share, of in ((own.hollow_below, len(here)), (own.covered_from, people))
        )
        with_line, reached = ([(self.at(e, unknown), 1.0) for e in here] for unknown in (WITH, REACHED))
        if status == "none":
            self.rule(with_line, 0, 0)
        elif status == "hollow":
            self.rule(with_line, 0, max(lined - 1, 0))
        elif status in ("ahead", "growing", "covered"):
            self.rule(with_line, 1 if status == "ahead" else max(lined, 1), INFINITY)
        if status == "growing":
            self.rule(reached, 0, covered - 1)
        elif status == "covered":
            self.rule(reached, covered, INFINITY)

    def pinned(self, terms: list[int], count: int) -> bool:
        """Whether a sum of unknowns, ``count`` in truth, can be no other whole number."""
        every = self.program.getNumCol()
        self.program.changeColsCost(every, np.arange(every, dtype=np.int32), np.zeros(every))
        for at in terms:
            self.program.changeColCost(at, 1.0)
        most = self._end(highspy.ObjSense.kMaximize)
        assert most >= count - 1e-5, (most, count)
        if most >= count + 1 - 1e-5:
            return False
        least = self._end(highspy.ObjSense.kMinimize)
        assert least <= count + 1e-5, (least, count)
        return least > count - 1 + 1e-5

    def _end(self, sense: highspy.ObjSense) -> float:
        self.program.changeObjectiveSense(sense)
        self.program.run()
        if self.program.getModelStatus() == highspy.HighsModelStatus.kUnknown:  # stuck on what it had: from anew
            self.program.clearSolver()
            self.program.run()
        status = self.program.getModelStatus()
        assert status == highspy.HighsModelStatus.kOptimal, status
        return float(self.program.getInfo().objective_function_value)

    def given_away(self) -> list[tuple[str, Any, str, int]]:
        """Every count of 1 to 4 persons, of an enterprise or a group, that can be no other number."""
        truth = {"members": (MEMBERS, self.day.members), "lines": (LINES, self.day.lines)}
        found = []
        for by, groups in self.groups.items():
            for name, here in groups.items():
                for what, (unknown, values) in truth.items():
                    count = int(values[here].sum())
                    if 1 <= count <= 4 and self.pinned([self.at(e, unknown) for e in here], count):
                        found.append((by, name, what, count))
        return found


def together(days: Sequence[Readings]) -> list[Attacker]:
    """Several days in one program: what was compared between them, and that counts only grow where nobody ever left."""
    program = highspy.Highs()
    attackers = [Attacker(each, program) for each in days]
    for one, next_ in pairwise(attackers):
        _compared(one, next_)
    if attackers and nobody_left(days[-1]):
        for one, next_ in pairwise(attackers):
            later = {name: e for e, name in enumerate(next_.day.enterprise_ids)}
            for e, name in enumerate(one.day.enterprise_ids):
                for unknown in (LINES, MEMBERS):
                    if name in later:
                        one.rule([(next_.at(later[name], unknown), 1), (one.at(e, unknown), -1)], 0, INFINITY)
    return attackers


def _compared(one: Attacker, next_: Attacker) -> None:
    """The document ``compare``: both sides of every row, and the difference where it is told."""
    compared = compare_document(one.day.network, one.day.day, next_.day.day)
    document = one.readings.rule("compare", compared, one.readings.audience)
    everybody = list(range(one.size)), list(range(next_.size))
    for row in document["rows"]:
        here = one.groups["block"].get(row["id"], []), next_.groups["block"].get(row["id"], [])
        _sides(one, next_, here, row)
    if "suppressed" not in document["total"]:
        _sides(one, next_, everybody, document["total"])


def _sides(one: Attacker, next_: Attacker, here: tuple[list[int], list[int]], row: Document) -> None:
    for attacker, at, side in ((one, here[0], row["before"]), (next_, here[1], row["after"])):
        attacker._row(at, side)
    for name, unknown in SUMMED.items():
        if told(row["change"].get(name)):
            terms = [(next_.at(e, unknown), 1.0) for e in here[1]] + [(one.at(e, unknown), -1.0) for e in here[0]]
            slack = 2 * one.slack
            one.rule(terms, row["change"][name] - slack, row["change"][name] + slack)


def nobody_left(last: Readings) -> bool:
    """Whether the document ``calibrate`` says that no member and no backbone ever left."""
    try:
        learned = calibrate(last.day.network, last.day.day).document()
    except RequestError:  # not a month of history
        return False
    rates = last.rule("calibrate", learned, last.audience)["rates"]
    return all(rates[name]["events"] == 0 for name in ("member_turnover", "backbone_turnover"))


def living_network(seed: int) -> Network:
    """A random network that some have left again, in most cases: in others nobody ever did."""
    net, rng = random_network(seed), np.random.default_rng([seed, 1])
    share = rng.choice([0.0, 0.1, 0.4])
    members = net["members"].to_dicts()
    for row in members:
        if rng.random() < share:
            row["until"] = date(2020 + int(rng.random() < 0.7), int(rng.integers(1, 7)), 28)
            if row["until"] <= row["since"]:
                row["until"] = None
    return Network.from_tables({**net.tables, "members": members}) if members else net


def random_network(seed: int) -> Network:
    """A small data set of any shape: few or many lines, only backbones as members, one person enterprises."""
    rng = np.random.default_rng(seed)
    blocks, districts = int(rng.integers(1, 8)), int(rng.integers(1, 4))
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("enterprises", "members", "backbones")}
    only_backbones, busy, large = rng.random() < 0.25, rng.choice([0.2, 0.5, 0.9, 1.0]), rng.choice([4, 25, 80])
    for block in range(blocks):
        for of in range(int(rng.integers(0, 7))):
            name, staff = f"B{block}E{of}", int(rng.integers(1, large))
            kinds = {"sector": f"S{rng.integers(3)}", "ownership": str(rng.choice(["foreign", "domestic"]))}
            rows["enterprises"].append({"id": name, "block": f"B{block}", "staff": staff, **kinds})
            lines = int(min(staff, rng.choice([1, 1, 1, 2, 3]))) if rng.random() < busy else 0
            more = 0 if only_backbones else int(rng.integers(0, max(1, min(staff - lines, 12) + 1)))
            _people(rows, name, block, lines, more if rng.random() < 0.7 else 0, rng)
    since = date(2019, 1, 1)
    founded = [block for block in range(blocks) if rng.random() < 0.8]
    pairs = [(source, target) for source, target in pairwise(founded) if rng.random() < 0.7]
    return Network.from_tables(
        {
            "districts": [{"id": f"D{d}"} for d in range(districts)],
            "blocks": [{"id": f"B{b}", "district": f"D{rng.integers(districts)}"} for b in range(blocks)],
            "associations": [{"id": f"A{b}", "block": f"B{b}", "since": since} for b in founded],
            "replications": [{"source": f"B{a}", "target": f"B{b}", "since": since} for a, b in pairs],
            **{name: found for name, found in rows.items() if found},
        }
    )


def _people(
    rows: dict[str, list[dict[str, Any]]], name: str, block: int, lines: int, more: int, rng: np.random.Generator
) -> None:
    for person in range(lines + more):
        since = date(2020, int(rng.integers(1, 13)), int(rng.integers(1, 28)))
        own = {"enterprise": name, "association": f"A{block}", "since": since, "consent": since}
        rows["members"].append({"id": f"{name}P{person}", **own})
        if person < lines:
            rows["backbones"].append({"member": f"{name}P{person}", "since": since})
