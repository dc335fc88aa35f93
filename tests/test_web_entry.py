"""Whoever started the desk comes in with the token of its address; nobody else is answered anything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.command import tiaokuai
from tests.test_web_security import GATED
from tests.web_desk import TOKEN, Browser, data_of, open_desk, users_file
from tiaokuai.graph.errors import UsageError
from tiaokuai.web.desk import Desk
from tiaokuai.web.entry import Entry, chosen_token
from tiaokuai.web.server import build
from tiaokuai.web.settings import Settings


def open_renewing() -> tuple[Browser, Desk]:
    """A desk whose tokens are good once."""
    server, desk = build(Settings(), data_of())
    return Browser(server.test_client()), desk


def find_address(desk: Desk) -> str:
    """The address that is announced, without the machine's name."""
    return desk.address.removeprefix("http://127.0.0.1:8050")


@pytest.mark.parametrize("path", [*GATED, "/login", "/curve"])
def test_without_the_token_nothing_is_answered(path: str) -> None:
    server, _ = open_desk()
    guess = f"{path}{'&' if '?' in path else '?'}token=guess"
    for answer in (server.test_client().get(path), server.test_client().get(guess)):
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers
        assert b"small" not in answer.data
    assert server.test_client().post(path).status_code in (403, 405)


def test_the_page_says_in_both_languages_where_the_address_is() -> None:
    server, _ = open_desk()
    page = server.test_client().get('/where?day=2026-01-01&x="><b>').get_data(as_text=True)
    assert "terminal" in page
    assert "终端" in page
    assert 'href="/where?day=2026-01-01&amp;x=' in page
    assert "<b>" not in page


def test_health_is_answered_to_a_service_manager() -> None:
    client = open_desk()[0].test_client()
    assert [client.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]


def test_the_token_is_exchanged_for_a_cookie_that_no_script_and_no_other_site_has() -> None:
    server, _ = open_desk()
    client = server.test_client()
    answer = client.get(f"/where?lang=zh&token={TOKEN}&day=2026-01-01")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/where?lang=zh&day=2026-01-01")
    session = next(each for each in answer.headers.getlist("Set-Cookie") if "session" in each)
    assert "HttpOnly" in session
    assert "SameSite=Strict" in session
    assert client.get("/_dash-layout").status_code == 200


def test_an_address_with_a_token_leads_nowhere_else() -> None:
    browser = Browser(open_desk()[0].test_client())
    browser.come_in()
    for path in ("//evil.example/", "/\\evil.example/"):
        answer = browser.client.get("/", environ_overrides={"PATH_INFO": path}, query_string={"token": "x"})
        assert answer.headers["Location"] in ("/", "/evil.example/")


def test_a_token_is_good_once_and_the_next_address_is_announced() -> None:
    browser, desk = open_renewing()
    announced: list[str] = []
    assert desk.entry is not None
    desk.entry.on_renewal = lambda: announced.append(desk.address)
    assert re.fullmatch(r"http://127\.0\.0\.1:8050/\?token=[\w-]{43}", desk.address)
    first = find_address(desk)
    assert browser.client.get(first).status_code == 303
    other = browser.client.application.test_client()
    assert other.get(first).status_code == 403
    assert announced == [desk.address]
    assert other.get(find_address(desk)).status_code == 303
    assert browser.client.get("/_dash-layout").status_code == 200  # and the first is still in


def test_an_old_address_goes_on_where_the_browser_is_in_already() -> None:
    browser, desk = open_renewing()
    first = find_address(desk)
    browser.client.get(first)
    now = find_address(desk)
    assert browser.client.get(first).headers["Location"] == "/"
    assert find_address(desk) == now != first


def test_a_token_that_was_chosen_stays() -> None:
    entry = Entry(TOKEN)
    assert [entry.admits(TOKEN), entry.admits(TOKEN), entry.admits("guess"), entry.admits("")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_chosen_token_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from-a-file-of-mine\n", encoding="utf-8")
    assert chosen_token(file, {"TIAOKUAI_TOKEN": "from-the-environment"}) == "from-a-file-of-mine"
    assert chosen_token(None, {"TIAOKUAI_TOKEN": "from-the-environment"}) == "from-the-environment"
    assert chosen_token(None, {}) == ""


@pytest.mark.parametrize("text", ["", "short", "sixteen letters and a space", "一二三四五六七八九十一二三四五六"])
def test_a_token_that_can_be_guessed_or_broken_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError):
        chosen_token(file, {})


def test_the_command_opens_the_browser_unless_told_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("tiaokuai.cli.serve._has_screen", lambda: True)
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("tiaokuai.loaders.read", lambda *source, **options: data_of().network, raising=False)
    monkeypatch.setattr("tiaokuai.web.server.serve", lambda settings, main, announce, renew: announce("http://here/"))
    shown = tiaokuai("serve", "district", "--no-open")
    assert (shown.code, opened) == (0, [])
    assert "http://here/" in shown.err
    tiaokuai("serve", "district")
    assert opened == ["http://here/"]


def test_with_users_there_is_no_token(tmp_path: Path) -> None:
    server, desk = open_desk(users=users_file(tmp_path))
    assert desk.address == "http://127.0.0.1:8050/"
    assert server.test_client().get(f"/?token={TOKEN}").headers["Location"].startswith("/login?next=")
