"""The desk as a service: it starts, answers many at once, and stops when told."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.web_desk import small
from tiaokuai.web.holding import Holding
from tiaokuai.web.server import serve
from tiaokuai.web.settings import Settings


def _run(port: int) -> None:
    serve(Settings(port=port, lang="en"), Holding("small", small()))


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_many_and_stops_cleanly(number: signal.Signals) -> None:
    port = _free_port()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(port,))
    process.start()
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                assert _status(port, "/readyz") == 200
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        with ThreadPoolExecutor(20) as people:
            answers = list(people.map(lambda _: _status(port, "/"), range(60)))
        assert answers == [200] * 60
        assert process.pid is not None
        os.kill(process.pid, number)
        process.join(20)
        assert process.exitcode == 0
        with pytest.raises(urllib.error.URLError):
            _status(port, "/healthz")
    finally:
        if process.is_alive():
            process.kill()
