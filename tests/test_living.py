"""A living data set against a dictionary: found, join, extend, leave, close, erase, write, read, ask."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from tests.plain import coverage as plain_coverage
from tiaokuai.graph import Network
from tiaokuai.graph.privacy import erase
from tiaokuai.loaders import read, write
from tiaokuai.metrics.documents import coverage_document

BLOCKS = ["B1", "B2", "B3"]
FIRST = date(2020, 1, 1)
days = st.integers(0, 1500).map(lambda number: FIRST + timedelta(days=number))


class LivingDistrict(RuleBasedStateMachine):
    """The district's rows live in a dictionary and, written and read again, in files."""

    enterprises = Bundle("enterprises")
    members = Bundle("members")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.number = 0
        self.tables: dict[str, list[dict[str, Any]]] = {
            "districts": [{"id": "D"}],
            "blocks": [{"id": block, "district": "D", "kind": "mature"} for block in BLOCKS],
            "enterprises": [],
            "associations": [{"id": "A0", "block": "B1", "since": FIRST}],
            "members": [],
            "backbones": [],
        }

    def teardown(self) -> None:
        self.folder.cleanup()

    def fresh(self, letter: str) -> str:
        """An id that was never used."""
        self.number += 1
        return f"{letter}{self.number}"

    def network(self) -> Network:
        return Network.from_tables(self.tables)

    @rule(target=enterprises, block=st.sampled_from(BLOCKS), staff=st.none() | st.integers(0, 60), opened=days)
    def open_enterprise(self, block: str, staff: int | None, opened: date) -> str:
        self.tables["enterprises"].append(
            {"id": self.fresh("E"), "block": block, "staff": staff, "since": opened, "until": None}
        )
        return str(self.tables["enterprises"][-1]["id"])

    @rule(block=st.sampled_from(BLOCKS), day=days)
    def found(self, block: str, day: date) -> None:
        self.tables["associations"].append({"id": self.fresh("A"), "block": block, "since": day})

    @rule(target=members, enterprise=enterprises, day=days)
    def join(self, enterprise: str, day: date) -> str:
        row = {"enterprise": enterprise, "association": "A0", "since": day, "until": None, "consent": day}
        self.tables["members"].append({"id": self.fresh("M"), **row})
        return str(self.tables["members"][-1]["id"])

    @rule(member=members, later=st.integers(0, 400), capacity=st.none() | st.integers(0, 30))
    def extend(self, member: str, later: int, capacity: int | None) -> None:
        rows = [row for row in self.tables["members"] if row["id"] == member]
        since = rows[0]["since"] + timedelta(days=later) if rows else None
        taken = any(row["member"] == member and row["since"] == since for row in self.tables["backbones"])
        if since and not taken:
            self.tables["backbones"].append({"member": member, "since": since, "until": None, "capacity": capacity})

    @rule(member=members, after=st.integers(1, 900))
    def leave(self, member: str, after: int) -> None:
        for row in self.tables["members"]:
            if row["id"] == member and row["until"] is None:
                row["until"] = row["since"] + timedelta(days=after)

    @rule(enterprise=enterprises, after=st.integers(1, 900))
    def close(self, enterprise: str, after: int) -> None:
        for row in self.tables["enterprises"]:
            if row["id"] == enterprise and row["until"] is None:
                row["until"] = row["since"] + timedelta(days=after)

    @rule(member=members)
    def erase(self, member: str) -> None:
        if any(row["id"] == member for row in self.tables["members"]):
            gone = erase(self.network(), [member]).network
            for table, key in (("members", "id"), ("backbones", "member")):
                self.tables[table] = [row for row in self.tables[table] if row[key] != member]
                assert gone[table].height == len(self.tables[table])

    @rule()
    def write_and_read(self) -> None:
        if self.tables["enterprises"]:
            folder = Path(self.folder.name, "district")
            write(self.network(), folder)
            assert read(str(folder)).fingerprint == self.network().fingerprint

    @rule(day=days)
    def ask(self, day: date) -> None:
        document = coverage_document(self.network().as_of(day), "block")
        expected = plain_coverage(self.tables, day)
        found = {row["id"]: {key: row[key] for key in expected[row["id"]]} for row in document["rows"]}
        assert found == expected

    @invariant()
    def nobody_is_reached_twice(self) -> None:
        total = coverage_document(self.network().as_of(date(2022, 1, 1)), "block")["total"]
        assert 0 <= total["potential"] <= total["reached"] <= total["staff"]


LivingDistrict.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestLivingDistrict = LivingDistrict.TestCase
