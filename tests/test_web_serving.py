"""The desk as a service: it starts, answers many at once, and stops when told."""

from __future__ import annotations

import multiprocessing
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.test_docs import blocks
from tests.web_desk import TOKEN, data_of
from tiaokuai.loaders import write
from tiaokuai.loaders.synthetic import generate
from tiaokuai.web.server import serve
from tiaokuai.web.settings import Settings


def _run(port: int) -> None:
    serve(Settings(port=port, lang="en", token=TOKEN), data_of())


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


def _come_in(port: int) -> int:
    """The first page, by the address with the token."""
    visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with visitor.open(f"http://127.0.0.1:{port}/?token={TOKEN}", timeout=60) as answer:
        return int(answer.status)


def _wait(port: int, path: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            assert _status(port, path) == 200
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    pytest.fail(f"nothing answers at {path}")


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_many_and_stops_cleanly(number: signal.Signals) -> None:
    port = _free_port()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(port,))
    process.start()
    try:
        _wait(port, "/readyz")
        with ThreadPoolExecutor(20) as people:
            answers = list(people.map(lambda _: _come_in(port), range(60)))
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


def _typed(command: str) -> tuple[list[str], dict[str, str]]:
    """The arguments of a line of a page, and the environment that stands before it."""
    words = shlex.split(command)
    set_before = [word for word in words[: words.index("tiaokuai")] if re.match(r"[A-Z_]+=", word)]
    variables = dict(word.split("=", 1) for word in set_before)
    return [sys.executable, "-m", *words[len(set_before) :]], {**os.environ, **variables}


def _serves(command: str, folder: Path) -> None:
    """Starts the desk as the page says but for the port, asks whether it lives, and stops it."""
    port, (arguments, environment) = _free_port(), _typed(command)
    prefix = re.search(r"--prefix (/\w+)/", command)
    desk = subprocess.Popen([*arguments, "--port", str(port), "--no-open"], cwd=folder, env=environment)
    try:
        _wait(port, f"{prefix[1] if prefix else ''}/healthz")
        desk.send_signal(signal.SIGTERM)
        assert desk.wait(20) == 0
    finally:
        desk.kill()
        desk.wait()


@pytest.mark.process
@pytest.mark.parametrize("page", ["web.md", "zh/web.md"])
def test_what_the_page_says_to_run_runs(page: str, tmp_path: Path) -> None:
    write(generate(blocks=3, enterprises=12, seed=1), tmp_path / "district")
    commands = [line for block in blocks(ROOT / "docs" / page) for line in block.commands if "tiaokuai" in line]
    users = [command for command in commands if "tiaokuai user" in command]
    removing = [command for command in users if " remove " in command]
    desks = [command for command in commands if "tiaokuai serve" in command]
    for command in [*(each for each in users if each not in removing), *desks, *removing]:  # with users there are
        if command in desks:
            _serves(command, tmp_path)
        else:
            arguments, environment = _typed(command)
            done = subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
            assert (done.returncode, bool(done.stdout)) == (0, True), command + done.stderr
    assert desks
    assert set(commands) == {*users, *desks}
