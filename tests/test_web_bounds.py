"""What one visitor can take from the others: memory, the log, readers, work, places, connections; and names forged."""

from __future__ import annotations

import json
import logging
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.test_web_roles import enter, values
from tests.web_desk import PASSWORD, Browser, open_desk, users_file
from tiaokuai.graph.errors import RequestError
from tiaokuai.web import apart, listening, users
from tiaokuai.web.access import AGAIN, BYTES, LONGEST, AccessLog
from tiaokuai.web.apart import Readers, Unreadable
from tiaokuai.web.jobs import Job, Jobs
from tiaokuai.web.limits import BY_ADDRESS, BY_NAME, BY_PAIR, PAUSE_NAME, SLOW, Attempts
from tiaokuai.web.memory import Memory
from tiaokuai.web.sessions import APIECE, Sessions
from tiaokuai.web.users import write_users


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    users_file(tmp_path)
    return tmp_path


# The memory of answers


def test_what_fails_leaves_nothing_in_the_memory() -> None:
    memory = Memory(400)

    def fail() -> None:
        raise RequestError("unknown_block", "没有", "none")

    for at in range(1000):
        with pytest.raises(RequestError):
            memory.get(("explain", at), fail)
    assert len(memory) == 0


def test_questions_about_what_is_not_there_leave_nothing_behind(folder: Path) -> None:
    browser, desk = enter(folder, "ping")
    held = desk.main.for_audience("planner")
    browser.client.get("/download/explain.json?block=B0")
    browser.client.get("/download/coverage.json?by=block")
    before = [len(memory) for memory in (held.memory, held.large, held.snapshots)]
    for at in range(300):
        assert browser.client.get(f"/download/explain.json?block=NONE{at}").status_code == 400
        assert browser.client.get(f"/download/coverage.json?by=none{at}").status_code == 400
        assert browser.client.get(f"/download/blocks.csv?data=none{at}").status_code == 400
        assert browser.client.get(f"/download/blocks.csv?day=none{at}").status_code == 400
    assert [len(memory) for memory in (held.memory, held.large, held.snapshots)] == before


# The access log


def test_a_log_takes_one_line_an_event_however_it_is_named(tmp_path: Path) -> None:
    log = AccessLog(tmp_path / "log")
    forged = 'x\n{"user": "stew", "what": "login"}\r\x85\u2028\u202e' + "y" * 100_000
    log.write("ping", forged, "planner", None)
    log.write("ping\u2028stew", "data", forged, forged)
    events = log.last(9)
    assert len(events) == 2
    assert all(len(value or "") <= LONGEST for event in events for value in event.values())
    assert all((value or "").isprintable() for event in events for value in event.values())
    assert (tmp_path / "log").stat().st_size < 2000


def test_asking_in_a_loop_does_not_push_the_rest_out_of_the_log(tmp_path: Path) -> None:
    now = [0.0]
    log = AccessLog(tmp_path / "log", clock=lambda: now[0])
    log.write("stew", "login", None, None)
    for _ in range(5000):
        log.write("ping", "where", "planner", "cafe")
    now[0] = AGAIN
    log.write("ping", "where", "planner", "cafe")
    assert [event["user"] for event in log.last(99)] == ["ping", "ping", "stew"]
    assert (tmp_path / "log").stat().st_size < BYTES / 1000


def test_a_line_that_was_cut_off_is_shown_and_the_rest_with_it(tmp_path: Path) -> None:
    log = AccessLog(tmp_path / "log")
    log.write("stew", "login", None, None)
    with (tmp_path / "log").open("a", encoding="utf-8") as file:
        file.write('{"at": "2026-\n[]\n')
    assert [event["what"] for event in log.last(9)] == ["[]", '{"at": "2026-', "login"]


class Quick:
    """Work that is done at once, in whose place a test puts its result."""

    total = 1.0

    def run(self, reporter: Any) -> dict[str, Any]:
        """Nothing."""
        return {}


def add_finished(desk: Any, browser: Browser, name: str, user: str) -> Job:
    """A file that waits to be taken, in the session of a user."""
    token = next(each.token for each in desk.sessions._all.values() if each.user == user)
    job = Job("99", f"{token}:take", Quick(), user, name, "done", result={"content": b"all of it", "suffix": "xlsx"})
    desk.jobs._all[job.id] = job
    return job


def find_taking(browser: Browser) -> dict[str, Any]:
    """The callback that hands a file over."""
    return next(each for each in browser.dependencies() if each["output"].startswith("..take-file.data"))


def hand_over(browser: Browser, poll: dict[str, Any], asked_name: str) -> Any:
    asked = {"take-poll.n_intervals": 1, "take-job.data": {"job": "99", "name": asked_name}}
    return browser.ask(poll, asked | {"url.pathname": "/data", "url.search": "?lang=en"})


def test_a_download_is_called_what_the_desk_called_it(folder: Path) -> None:
    browser, desk = enter(folder, "ping")
    add_finished(desk, browser, "report-2026-06-30-planner-cafe", "ping")
    answer = hand_over(browser, find_taking(browser), "../../\nlogin " + "x" * 100_000)
    told = answer.get_json()["response"]["take-file"]["data"]
    assert told["filename"] == "report-2026-06-30-planner-cafe.xlsx"
    assert desk.log.last(1)[0]["what"] == "download report-2026-06-30-planner-cafe.xlsx"


# A role that was taken away


def test_nothing_made_under_a_role_is_handed_over_after_it_was_taken_away(folder: Path) -> None:
    browser, desk = enter(folder, "stew")
    poll = find_taking(browser)
    add_finished(desk, browser, "export-2026-06-30-steward-cafe", "stew")
    file = folder / "users.json"
    known = users.read_users(file)
    write_users(file, {**known, "stew": users.User("stew", "planner", known["stew"].hash)})
    assert hand_over(browser, poll, "x").status_code == 401
    assert not desk.jobs._all
    assert not desk.sessions._all


# Readers of uploads


def reading(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(apart, "reader", lambda target, out, lang: [sys.executable, "-c", code, str(out)])


def has_stopped(pid: int) -> bool:
    """Whether a process has ended, or waits for its parent to notice."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return True


def becomes(true: Any) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.02)
    return False


def test_what_a_reader_began_ends_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    reading(
        monkeypatch, f"import subprocess; open({str(note)!r}, 'w').write(str(subprocess.Popen(['sleep', '600']).pid))"
    )
    with pytest.raises(Unreadable, match="failed"):
        Readers().parse("li", [("blocks.csv", b"id\n")], "en")
    assert becomes(lambda: has_stopped(int(note.read_text(encoding="utf-8"))))


def test_a_reader_past_its_time_ends_with_all_that_it_began(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    reading(monkeypatch, f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(600)")
    readers = Readers(seconds=0.0)
    with pytest.raises(Unreadable, match="too_long"):
        readers.parse("li", [("blocks.csv", b"id\n")], "en")
    assert not readers._groups
    assert not note.exists() or becomes(lambda: has_stopped(int(note.read_text(encoding="utf-8"))))


def test_few_uploads_are_read_at_once_and_one_of_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    reading(monkeypatch, "import time; time.sleep(600)")
    readers, faults = Readers(at_once=2), list[str]()

    def read(who: str) -> None:
        try:
            readers.parse(who, [("blocks.csv", b"id\n")], "en")
        except Unreadable as fault:
            faults.append(fault.code)

    first = [threading.Thread(target=read, args=(who,)) for who in ("li", "wang")]
    first[0].start()
    assert becomes(lambda: len(readers._groups) == 1)
    read("li")
    assert faults == ["busy"]
    first[1].start()
    assert becomes(lambda: len(readers._groups) == 2)
    read("zhao")
    assert faults == ["busy", "busy"]
    groups = list(readers._groups)
    readers.stop()
    for each in first:
        each.join(60)
    assert faults == ["busy", "busy", "too_long", "too_long"]
    assert all(has_stopped(pid) for pid in groups)


# Passwords


def test_of_many_passwords_at_once_no_more_are_checked_than_one_after_another(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tiaokuai.web.login.Attempts", lambda: Attempts(clock=lambda: 0.0))
    server, _ = open_desk(users=folder / "users.json")
    checked, barrier = list[str](), threading.Barrier(24)

    def check(known: Any, name: str, password: str) -> None:
        checked.append(password)
        time.sleep(0.05)  # as long as a check takes, so that all are under way together

    monkeypatch.setattr("tiaokuai.web.login.check_password", check)
    answers: list[int] = []

    def guess(at: int) -> None:
        browser = Browser(server.test_client())
        barrier.wait()
        answers.append(browser.log_in("ping", f"guess {at}").status_code)

    threads = [threading.Thread(target=guess, args=(at,)) for at in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(checked) == BY_PAIR
    assert sorted(answers) == [401] * BY_PAIR + [429] * (24 - BY_PAIR)


def test_tries_wait_twice_as_long_each_time_and_never_for_good() -> None:
    now = [0.0]
    attempts = Attempts(clock=lambda: now[0])
    waits = []
    for _ in range(BY_PAIR + 9):
        wait = attempts.begin("li", "10.0.0.1")
        waits.append(wait)
        now[0] += wait
        assert wait == 0 or attempts.begin("li", "10.0.0.1") == 0
    assert waits[:BY_PAIR] == [0.0] * BY_PAIR
    assert waits[BY_PAIR : BY_PAIR + 4] == [1.0, 2.0, 4.0, 8.0]
    assert max(waits) == SLOW
    assert attempts.begin("li", "10.0.0.2") == 0  # nobody else waits


def test_a_name_cannot_be_locked_from_outside() -> None:
    now = [0.0]
    attempts = Attempts(clock=lambda: now[0])
    assert attempts.begin("li", "office") == 0
    attempts.succeeded("li", "office")
    for at in range(5 * BY_NAME):
        now[0] += 0.5
        attempts.begin("li", f"10.0.{at // 200}.{at % 200}")
    assert attempts.begin("li", "office") == 0
    assert 0 < attempts.begin("li", "somewhere new") <= PAUSE_NAME
    now[0] += PAUSE_NAME
    assert attempts.begin("li", "somewhere new") == 0


def test_one_address_that_tries_every_name_is_slowed() -> None:
    attempts = Attempts(clock=lambda: 0.0)
    waits = [attempts.begin(f"name {at}", "10.0.0.1") for at in range(BY_ADDRESS + 1)]
    assert waits[:-1] == [0.0] * BY_ADDRESS
    assert waits[-1] > 0


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://localhost.evil.example"])
def test_a_login_that_does_not_name_our_origin_is_refused(origin: str | None, folder: Path) -> None:
    server, _ = open_desk(users=folder / "users.json")
    browser = Browser(server.test_client())
    browser.client.get("/login")
    form = {"name": "ping", "password": PASSWORD, "token": browser.token}
    headers = {} if origin is None else {"Origin": origin}
    assert browser.client.post("/login", data=form, headers=headers).status_code == 403
    assert browser.client.post("/login", data=form, headers={"Origin": "http://localhost"}).status_code == 303


# Places for work, and sessions


class Held(Jobs):
    """Jobs that run until a test ends them."""

    def __init__(self, at_once: int, apiece: int | None = None) -> None:
        super().__init__(at_once, apiece)
        self.begun: list[str | None] = []
        self.ends: dict[str, threading.Event] = {}

    def _run(self, job: Job) -> None:
        self.begun.append(job.user)
        self.ends[job.id].wait(60)
        job.state = "done"

    def add(self, owner: str, user: str | None) -> Job:
        """Another job, which can be ended."""
        self.ends[str(self._count + 1)] = threading.Event()
        return self.start(owner, Quick(), user)

    def finish(self, job: Job) -> None:
        """Ends a job, and waits for what follows it."""
        self.ends[job.id].set()
        assert becomes(lambda: job not in self._running)


def wait_for_starts(jobs: Held, count: int) -> list[str | None]:
    assert becomes(lambda: len(jobs.begun) == count)
    return jobs.begun


def test_many_sessions_of_one_user_leave_a_place_for_the_others() -> None:
    jobs = Held(2, apiece=1)
    mine = [jobs.add(f"session {at}:plan", "ping") for at in range(12)]
    assert wait_for_starts(jobs, 1) == ["ping"]
    other = jobs.add("other:plan", "vera")
    assert wait_for_starts(jobs, 2) == ["ping", "vera"]
    jobs.finish(other)
    third = jobs.add("third:plan", "stew")
    assert wait_for_starts(jobs, 3)[2] == "stew"
    for job in [third, *mine]:
        jobs.finish(job)
    assert all(job.state == "done" for job in mine)


def test_users_take_turns_however_many_sessions_they_have() -> None:
    jobs = Held(1)
    every = [jobs.add(f"p{at}:plan", "ping") for at in range(6)]
    every += [jobs.add("v1:plan", "vera"), jobs.add("s1:plan", "stew"), jobs.add("v2:plan", "vera")]
    order = list[str | None]()
    for at in range(len(every)):
        order = list(wait_for_starts(jobs, at + 1))
        jobs.finish(jobs._running[0])
    assert order[:5] == ["ping", "vera", "stew", "ping", "vera"]
    assert order[5:] == ["ping"] * 4


def test_who_is_alone_may_use_every_place() -> None:
    jobs = Held(2)
    both = [jobs.add("one:plan", None), jobs.add("one:take", None)]
    assert len(wait_for_starts(jobs, 2)) == 2
    for job in both:
        jobs.finish(job)


def test_what_waits_can_be_cancelled_and_never_begins() -> None:
    jobs = Held(1)
    first, second = jobs.add("one:plan", "ping"), jobs.add("two:plan", "ping")
    assert len(wait_for_starts(jobs, 1)) == 1
    jobs.cancel(second)
    jobs.finish(first)
    assert (second.state, jobs.begun, jobs._waiting) == ("cancelled", ["ping"], [])


def test_sessions_of_one_user_do_not_end_those_of_others() -> None:
    now = [0.0]
    sessions = Sessions(clock=lambda: now[0])
    other = sessions.start("vera")
    mine = []
    for _ in range(APIECE + 5):
        now[0] += 1
        mine.append(sessions.start("ping"))
    assert sessions.find(other.token) is other
    assert [sessions.find(each.token) is None for each in mine] == [True] * 5 + [False] * APIECE


# Connections


@contextmanager
def serve_desk(**options: Any) -> Iterator[int]:
    """The port of a desk that is served as ``serve`` does it."""
    server, desk = open_desk()
    server_at: Any = listening.listen(server, host="127.0.0.1", port=0, threads=4, **options)

    def run() -> None:
        with suppress(OSError):  # its sockets are closed while it waits for them
            server_at.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield server_at.effective_port
    finally:
        desk.stop()
        server_at.close()
        thread.join(60)


def connect(port: int, sent: bytes) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=60)
    made.sendall(sent)
    return made


def has_ended(connection: socket.socket) -> bool:
    with suppress(ConnectionError):
        return connection.recv(1) == b""
    return True


def test_a_client_with_many_slow_connections_does_not_keep_others_out() -> None:
    with serve_desk(connection_limit=listening.CLIENT + 20) as port:
        slow = [connect(port, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ") for _ in range(3 * listening.CLIENT)]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60) as answer:
            assert answer.status == 200
        assert has_ended(slow[0])  # those that have waited longest give way
        for each in slow:
            each.close()


@pytest.mark.parametrize(
    "sent", [b"", b"GET /healthz HTTP/1.1\r\n", b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: y"]
)
def test_a_head_that_does_not_come_in_time_ends_its_connection(sent: bytes) -> None:
    with serve_desk(head_seconds=0.2) as port:
        slow = connect(port, sent)
        assert has_ended(slow)
        slow.close()


def test_a_connection_that_has_asked_may_rest_and_ask_again() -> None:
    with serve_desk(head_seconds=0.5) as port:
        kept = HTTPConnection("127.0.0.1", port, timeout=60)
        places = []
        for _ in range(2):
            kept.request("GET", "/healthz")
            answer = kept.getresponse()
            assert json.loads(answer.read()) == {"ok": True}
            places.append(kept.sock.getsockname())
            assert has_ended(connect(port, b"GET"))  # so that the time for a head has passed
        assert places[0] == places[1]
        kept.close()


# Queries


@pytest.mark.parametrize("count", [59, 60, 1000])
def test_a_flood_of_fields_is_no_page_and_no_fault(count: int, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    browser, _ = enter(folder, "ping")
    flood = "lang=en" + "".join(f"&k{at}=1" for at in range(count))
    route = next(each for each in browser.dependencies() if "navigation.children" in each["output"])
    with caplog.at_level(logging.WARNING):
        shown = browser.ask(route, {**values("where"), "url.search": f"?{flood}"})
        told = browser.client.get(f"/download/blocks.csv?{flood}").status_code
        body = {"search": f"?{flood}", "values": {"start": "2027-01"}}
        curve = browser.client.post("/curve", json=body, headers={"X-CSRFToken": browser.token}).status_code
        keep = next(each for each in browser.dependencies() if each["output"] == "neo4j-said.children")
        refused = browser.client.get("/where?" + flood)
        other = browser.ask(keep, {"neo4j-look.n_clicks": 1, "url.pathname": "/where", "url.search": f"?{flood}"})
    many = count >= 60
    assert ("There is no such page" in json.dumps(shown.get_json())) is many
    assert (told, curve, refused.status_code) == ((404, 400, 200) if many else (200, 200, 200))
    assert other.status_code == 200
    assert not caplog.records


FIELD = {"id": "blocks", "property": "getRowsRequest", "value": None}
PLACE = {"id": "blocks", "property": "getRowsResponse"}


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[" * 5000,
        "[]",
        "null",
        '"x"',
        "{}",
        {"output": "nothing.x", "outputs": PLACE},
        {"output": 5, "outputs": PLACE},
        {"output": "blocks.getRowsResponse"},
        {"output": "blocks.getRowsResponse", "outputs": PLACE, "inputs": []},
        {"output": "blocks.getRowsResponse", "outputs": PLACE, "inputs": [5]},
        {"output": "blocks.getRowsResponse", "outputs": PLACE, "inputs": {"id": "x"}},
        {"output": "blocks.getRowsResponse", "outputs": PLACE, "inputs": [FIELD], "changedPropIds": 5},
        {"output": "blocks.getRowsResponse", "outputs": PLACE, "inputs": [FIELD], "state": [FIELD] * 9},
    ],
)
def test_a_body_that_no_page_of_ours_posts_is_refused_without_a_fault(
    body: Any, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Browser(open_desk()[0].test_client())
    browser.come_in()
    text = body if isinstance(body, str) else json.dumps(body)
    with caplog.at_level(logging.WARNING):
        for path in ("/_dash-update-component", "/curve"):
            headers = {"X-CSRFToken": browser.token}
            answer = browser.client.post(path, data=text, content_type="application/json", headers=headers)
            assert answer.status_code == 400, path
    assert not caplog.records
