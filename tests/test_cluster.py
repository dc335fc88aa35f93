"""Runs on a Dask cluster: the same bytes as here, also when a worker dies in the middle (model.md §3)."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from threading import Thread
from typing import Any

import numpy as np
import pytest

from tests.command import tiaokuai
from tests.districts import START, district
from tiaokuai.graph.errors import ServiceError
from tiaokuai.planning.cluster import connect
from tiaokuai.planning.intervention import Intervention
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.simulate import simulate

WHAT = Scenario("x", interventions=(Intervention("found", "2027-02", block="B1", components="all"),))


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Two workers, each a process of its own."""
    from distributed import Client, LocalCluster

    cluster: Any = LocalCluster(  # type: ignore[no-untyped-call]  # distributed has no types
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    )
    connected: Any = Client(cluster)  # type: ignore[no-untyped-call]  # distributed has no types
    yield connected
    connected.close()
    cluster.close()


@pytest.mark.process
def test_a_cluster_gives_the_same_bytes_as_one_thread_and_loses_only_a_dead_workers_share(client: Any) -> None:
    network = district([[30] * 40, [12] * 40, [5, 90]], founded=[0])
    here = simulate(network, [WHAT], 36, 3000, start=START, workers=1)
    workers = sorted(info["name"] for info in client.scheduler_info()["workers"].values())
    pids = client.run(os.getpid)
    killed: list[int] = []

    class KillOnFirstNews:
        """A progress bar that kills a worker when the first chunk is done."""

        def update(self, done: float, text: str | None = None, total: float | None = None) -> None:
            if done and not killed:
                killed.append(next(iter(pids.values())))
                Thread(target=os.kill, args=(killed[0], signal.SIGKILL)).start()

    there = simulate(network, [WHAT], 36, 3000, start=START, client=client, progress=KillOnFirstNews())
    assert len(workers) == 2
    assert killed
    assert there.document() == here.document()
    for left, right in zip(here.outcomes, there.outcomes, strict=True):
        np.testing.assert_array_equal(left.values, right.values)
    deadline = time.monotonic() + 30
    while killed[0] in client.run(os.getpid).values() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert killed[0] not in client.run(os.getpid).values()


@pytest.mark.process
def test_the_command_runs_on_the_cluster_it_is_told_of(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    network = district([[30] * 4, [12] * 4], founded=[0])
    monkeypatch.setattr("tiaokuai.loaders.read", lambda *source, **options: network, raising=False)
    options = ("--start", START, "--months", 6, "--runs", 100, "--json")
    there = tiaokuai("simulate", "data", *options, "--cluster", client.scheduler.address)
    assert there.code == 0, there.err
    assert there.json == tiaokuai("simulate", "data", *options).json
    gone = tiaokuai("simulate", "data", *options, "--cluster", "nowhere")
    assert (gone.code, gone.json["error"]["code"]) == (3, "cluster")


def test_where_no_scheduler_answers_the_service_has_failed() -> None:
    with pytest.raises(ServiceError) as caught:
        connect("tcp://127.0.0.1:9", timeout=1)
    assert caught.value.exit_code == 3
