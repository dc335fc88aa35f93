"""The desk's gate, asked by raw requests as an attacker would (protection.md, and the desk's issue: "Safe")."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.command import tiaokuai
from tests.web_desk import PASSWORD, Browser, open_desk, small, users_file
from tiaokuai.graph.errors import UsageError
from tiaokuai.web.gate import CSRF_HEADER
from tiaokuai.web.limits import BY_PAIR, Attempts
from tiaokuai.web.sessions import Sessions
from tiaokuai.web.settings import Settings
from tiaokuai.web.users import check_password, read_users

COOKIE = "tiaokuai_session_8050"
GATED = (
    "/", "/where", "/data?x=1", "/_dash-layout", "/_dash-dependencies", "/assets/desk.js", "/download/blocks.csv",
    "/_dash-component-suites/dash/deps/react@18.v1m1.3.1.min.js", "/login/../where", "/nonsense", "/_reload-hash",
)  # fmt: skip


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "desk.example.org"])  # noqa: S104
def test_an_address_others_can_reach_needs_users(host: str) -> None:
    with pytest.raises(UsageError):
        Settings(host=host).check()
    assert Settings(host=host, users=Path("users.json")).check().secure_cookies


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_this_machine_needs_none(host: str) -> None:
    assert not Settings(host=host).check().secure_cookies


def test_behind_a_proxy_it_needs_users_too() -> None:
    with pytest.raises(UsageError):
        Settings(proxy=True).check()


def test_the_command_refuses_before_it_reads_the_data() -> None:
    refused = tiaokuai("serve", "no-such-folder", "--host", "0.0.0.0")  # noqa: S104
    assert refused.code == 2
    assert "--users" in refused.err


@pytest.mark.parametrize("path", GATED)
def test_nothing_is_answered_without_a_session(path: str, tmp_path: Path) -> None:
    server, _ = open_desk(users=users_file(tmp_path))
    answer = server.test_client().get(path)
    assert answer.status_code in (303, 401)
    assert answer.status_code == 401 or answer.headers["Location"].startswith("/login?next=")
    assert b"coverage" not in answer.data


def test_a_callback_without_a_session_is_401(tmp_path: Path) -> None:
    server, _ = open_desk(users=users_file(tmp_path))
    browser = Browser(server.test_client())
    assert browser.call("blocks.getRowsResponse", [("blocks", "getRowsRequest", {"startRow": 0})]).status_code == 401
    assert browser.client.post("/logout").status_code == 401


def test_health_tells_nothing_and_needs_nothing(tmp_path: Path) -> None:
    server, desk = open_desk(users=users_file(tmp_path))
    client = server.test_client()
    assert client.get("/healthz").get_json() == {"ok": True}
    assert client.get("/readyz").get_json() == {"ok": True}
    desk.stop()
    assert client.get("/readyz").status_code == 503


def test_logging_in_gives_a_hidden_cookie_and_leads_on(tmp_path: Path) -> None:
    server, _ = open_desk(users=users_file(tmp_path))
    browser = Browser(server.test_client())
    answer = browser.log_in("ping", after="/where?day=2026-01-01")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/where?day=2026-01-01")
    cookie = next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert browser.client.get("/_dash-layout").status_code == 200


def test_over_tls_cookies_are_secure(tmp_path: Path) -> None:
    server, _ = open_desk(users=users_file(tmp_path), proxy=True)
    cookies = server.test_client().get("/login").headers.getlist("Set-Cookie")
    assert cookies
    assert all("Secure" in cookie for cookie in cookies)


@pytest.mark.parametrize(
    "after", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_login_leads_nowhere_else(after: str, tmp_path: Path) -> None:
    server, _ = open_desk(users=users_file(tmp_path))
    assert Browser(server.test_client()).log_in("ping", after=after).headers["Location"] == "/"


def test_the_login_form_cannot_be_posted_from_elsewhere(tmp_path: Path) -> None:
    server, _ = open_desk(users=users_file(tmp_path))
    client = server.test_client()
    client.get("/login")
    form = {"name": "ping", "password": PASSWORD, "token": "guess"}
    assert client.post("/login", data=form).status_code == 403
    browser = Browser(client)
    form["token"] = browser.token
    assert client.post("/login", data=form, headers={"Origin": "https://evil.example"}).status_code == 403


def test_what_is_typed_is_never_markup(tmp_path: Path) -> None:
    server, _ = open_desk(users=users_file(tmp_path))
    page = server.test_client().get('/login?next=/"><script>alert(1)</script>&lang="><b>').get_data(as_text=True)
    assert "<script>alert" not in page
    assert "<b>" not in page


def test_wrong_passwords_are_slowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiaokuai.web.login.Attempts", lambda: Attempts(clock=lambda: 0.0))
    server, _ = open_desk(users=users_file(tmp_path))
    browser = Browser(server.test_client())
    assert [browser.log_in("ping", "wrong").status_code for _ in range(BY_PAIR)] == [401] * BY_PAIR
    refused = browser.log_in("ping")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {CSRF_HEADER: "0" * 64},
        {CSRF_HEADER: "TOKEN", "Origin": "https://evil.example"},
        {CSRF_HEADER: "TOKEN", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_callbacks_from_other_sites_are_refused(headers: dict[str, str]) -> None:
    server, _ = open_desk()
    browser = Browser(server.test_client())
    browser.come_in()
    sent = {name: browser.token if value == "TOKEN" else value for name, value in headers.items()}
    answer = browser.call("blocks.getRowsResponse", [("blocks", "getRowsRequest", None)], headers=sent)
    assert answer.status_code == 403


def test_another_sites_name_for_this_machine_is_refused() -> None:
    server, _ = open_desk()
    client = server.test_client()
    assert client.get("/", headers={"Host": "evil.example:8050"}).status_code == 421
    assert client.get("/", headers={"Host": "127.0.0.1:8050"}).status_code == 403


def test_a_policy_without_inline_scripts_is_on_every_answer(tmp_path: Path) -> None:
    server, _ = open_desk(users=users_file(tmp_path))
    for path in ("/login", "/", "/nonsense", "/healthz", "/_dash-layout"):
        headers = server.test_client().get(path).headers
        scripts = next(part for part in headers["Content-Security-Policy"].split("; ") if part.startswith("script-src"))
        assert "unsafe" not in scripts
        assert "http" not in scripts
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"


def test_sessions_end_by_idling_and_by_age() -> None:
    now = [0.0]
    sessions = Sessions(idle=10, longest=25, clock=lambda: now[0])
    one = sessions.start("li")
    for now[0] in (9.0, 18.0):
        assert sessions.find(one.token) is one
    now[0] = 26.0
    assert sessions.find(one.token) is None
    two = sessions.start("li")
    now[0] = 37.0
    assert sessions.find(two.token) is None


def test_logging_out_ends_the_session_for_good(tmp_path: Path) -> None:
    server, _ = open_desk(users=users_file(tmp_path))
    browser = Browser(server.test_client())
    browser.log_in("ping")
    cookie = browser.client.get_cookie(COOKIE)
    assert cookie is not None
    assert browser.client.post("/logout", headers={CSRF_HEADER: browser.token}).status_code == 204
    browser.client.set_cookie(COOKIE, cookie.value)
    assert browser.client.get("/_dash-layout").status_code == 401


def test_a_removed_user_is_out_at_once(tmp_path: Path) -> None:
    path = users_file(tmp_path)
    server, _ = open_desk(users=path)
    browser = Browser(server.test_client())
    browser.log_in("ping")
    assert browser.client.get("/_dash-layout").status_code == 200
    assert tiaokuai("user", "remove", path, "ping").code == 0
    assert browser.client.get("/_dash-layout").status_code == 401


def test_uploads_beyond_the_limit_are_not_even_read() -> None:
    server, _ = open_desk(upload_mb=1)
    browser = Browser(server.test_client())
    browser.come_in()
    answer = browser.call("parsed.data", [("upload", "contents", ["x" * 2_000_000])])
    assert answer.status_code == 413


def test_a_prefix_moves_everything(tmp_path: Path) -> None:
    server, _ = open_desk(users=users_file(tmp_path), prefix="/desk/")
    browser = Browser(server.test_client(), "/desk/")
    assert browser.client.get("/desk/").headers["Location"].startswith("/desk/login?next=")
    assert browser.log_in("ping", after="/desk/where").headers["Location"] == "/desk/where"
    assert browser.client.get("/desk/_dash-layout").status_code == 200
    assert browser.client.get("/desk/healthz").status_code == 200


def test_the_log_says_who_but_no_secret(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    server, desk = open_desk(users=users_file(tmp_path), log=log)
    browser = Browser(server.test_client())
    browser.log_in("nobody-here", "a secret typed as name")
    browser.log_in("ping")
    desk.stop()
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(event["user"], event["what"]) for event in events] == [(None, "login refused"), ("ping", "login")]
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_user_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "users.json"
    monkeypatch.setenv("TIAOKUAI_PASSWORD", PASSWORD)
    assert tiaokuai("user", "add", path, "li", "--role", "viewer").code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert PASSWORD not in path.read_text(encoding="utf-8")
    users = read_users(path)
    assert check_password(users, "li", PASSWORD) == users["li"]
    assert check_password(users, "li", "another password") is None
    assert check_password(users, "wang", PASSWORD) is None
    assert tiaokuai("user", "list", path, "--json").json == {"users": [{"name": "li", "role": "viewer"}]}
    monkeypatch.setenv("TIAOKUAI_PASSWORD", "short")
    assert tiaokuai("user", "add", path, "wang").code == 1
    assert tiaokuai("user", "remove", path, "wang").code == 1


def test_the_command_hands_its_options_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Settings] = []
    monkeypatch.setattr("tiaokuai.loaders.read", lambda *source, **options: small(), raising=False)
    monkeypatch.setattr("tiaokuai.web.server.serve", lambda settings, main, announce, renew: given.append(settings))
    users = users_file(tmp_path)
    done = tiaokuai(
        "serve", "district", "--users", users, "--prefix", "desk", "--proxy", "--port", 8123, "--lang", "zh"
    )
    assert done.code == 0, done.err
    (settings,) = given
    assert (settings.prefix, settings.port, settings.lang, settings.token) == ("/desk/", 8123, "zh", "")
    assert settings.log == tmp_path / "access.log"
    assert tiaokuai("serve", "district", "--users", tmp_path / "none.json").code == 1
    users.write_text("{}", encoding="utf-8")
    assert tiaokuai("serve", "district", "--users", users).code == 1


def test_a_users_file_that_breaks_lets_nobody_in(tmp_path: Path) -> None:
    path = users_file(tmp_path)
    server, _ = open_desk(users=path)
    browser = Browser(server.test_client())
    browser.log_in("ping")
    path.write_text("{", encoding="utf-8")
    assert browser.client.get("/_dash-layout").status_code == 401
    assert browser.log_in("ping").status_code == 401
