"""A database filled with a release says so, and filled with the data again it does not."""

from __future__ import annotations

import pytest

from tests.release.made import KEY, TODAY, tiny
from tiaokuai.loaders import read
from tiaokuai.loaders.neo4j import connect
from tiaokuai.loaders.neo4j_pull import pull
from tiaokuai.loaders.neo4j_push import push

pytestmark = pytest.mark.neo4j


def test_a_release_in_a_database_is_known_as_one_until_something_else_is_pushed(server: str) -> None:
    network = tiny(3)
    release = network.release("planner", KEY, today=TODAY)
    push(network, server)
    assert pull(server).released is None
    push(release, server)
    assert pull(server).released == read(server).released == release.released
    push(release, server)
    with connect(server) as session:
        assert session.run("MATCH (r:Release) RETURN count(*) AS n").single(strict=True)["n"] == 1
    push(network, server)
    assert pull(server).released is None
