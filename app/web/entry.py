"""How whoever started the desk comes in: an address with a token, exchanged for a cookie (as Jupyter does)."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from tiaokuai.files.limits import small_text
from tiaokuai.graph.errors import UsageError

VARIABLE = "TIAOKUAI_TOKEN"
SHORTEST = 16  # characters of a token that somebody chose

PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>条块 tiaokuai</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="{prefix}assets/login.css"></head>
<body><main><h1>条块 tiaokuai</h1>
<p lang="zh-CN">这里只对启动它的人开放。请打开终端里 <code>tiaokuai serve</code> 给出的网址，其中含有令牌。</p>
<p lang="en">This desk is for whoever started it. Open the address that <code>tiaokuai serve</code> shows in its
terminal: it holds the token.</p>
<p class="other"><a href="{here}"><span lang="zh-CN">本浏览器已打开过：继续</span><br>
<span lang="en">opened in this browser before: go on</span></a></p></main></body></html>"""


class Entry:
    """The token of the moment: one that was chosen stays, any other is good once, and the next takes its place.

    >>> entry = Entry()
    >>> first = entry.token
    >>> entry.admits(first), entry.admits(first), entry.admits(entry.token)
    (True, False, True)
    """

    def __init__(self, chosen: str = "") -> None:
        self._chosen = chosen
        self._token = chosen or secrets.token_urlsafe(32)
        self._lock = threading.Lock()
        self.on_renewal: Callable[[], None] = lambda: None

    @property
    def token(self) -> str:
        """What the next address holds."""
        return self._token

    def admits(self, given: str) -> bool:
        """Whether this is the token; it is used up then."""
        with self._lock:
            if not hmac.compare_digest(given.encode(), self._token.encode()):
                return False
            if self._chosen:
                return True
            self._token = secrets.token_urlsafe(32)
        self.on_renewal()
        return True


def chosen_token(path: Path | None, environment: Mapping[str, str]) -> str:
    """The token of a file, else of ``TIAOKUAI_TOKEN``, else none; UsageError where it could be guessed.

    >>> chosen_token(None, {"TIAOKUAI_TOKEN": "a-token-that-is-long"})
    'a-token-that-is-long'
    """
    given = environment.get(VARIABLE, "") if path is None else small_text(path)
    token = given.strip()
    if path is None and not token:
        return ""
    if len(token) < SHORTEST or not token.isascii() or not token.isprintable() or " " in token:
        zh = f"令牌至少 {SHORTEST} 个字符，只用 ASCII 字母、数字和符号，不含空格"
        en = f"a token has at least {SHORTEST} characters: ASCII letters, digits and signs, no spaces"
        raise UsageError("bad_token", zh, en)
    return token
