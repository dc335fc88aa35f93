"""The living district of test_living in a database beside its files: pushed, pulled, asked, in any order."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import rule, run_state_machine_as_test

from tests.test_living import LivingDistrict, days
from tests.test_neo4j_cypher import by_python, by_server, in_order, same
from tiaokuai.graph import Assumptions
from tiaokuai.loaders import read
from tiaokuai.loaders.neo4j_pull import pull
from tiaokuai.loaders.neo4j_push import push

pytestmark = pytest.mark.neo4j


class LivingDatabase(LivingDistrict):
    """What a dictionary says, a database says after a push, whatever it held before."""

    address: ClassVar[str]
    pushed: str | None = None  # fingerprint of what the database was given last

    @rule()
    def push_it(self) -> None:
        self.pushed = self.network().fingerprint
        push(self.network(), self.address)
        assert read(self.address).fingerprint == self.network().fingerprint
        assert not push(self.network(), self.address).changed

    @rule()
    def pull_it(self) -> None:
        if self.pushed is not None:  # whatever has happened to the district since
            assert pull(self.address).fingerprint == self.pushed

    @rule(day=days)
    def ask_the_server(self, day: date) -> None:
        self.push_it()
        net = in_order(self.network())
        same(by_python(net, day, Assumptions(), None), by_server(self.address, net, day, Assumptions(), None))


def test_a_living_district_in_a_database(server: str) -> None:
    LivingDatabase.address = server
    few = settings(max_examples=6, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(LivingDatabase, settings=few)
