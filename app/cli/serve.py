"""``tiaokuai serve``: the desk in the browser."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tiaokuai.cli.frame import Answer, Ask, question
from tiaokuai.cli.language import say

_Host = Annotated[
    str, typer.Option("--host", help=say("监听地址；对外须有 --users", "address; others than loopback need --users"))
]
_Port = Annotated[int, typer.Option("--port", min=1, max=65535, help=say("端口", "port"))]
_Users = Annotated[
    Path | None,
    typer.Option("--users", metavar="FILE", help=say("用户文件，见 tiaokuai user", "users file, see tiaokuai user")),
]
_Prefix = Annotated[
    str, typer.Option("--prefix", help=say("反向代理下的路径，如 /desk/", "path behind a proxy, as /desk/"))
]
_Proxy = Annotated[bool, typer.Option("--proxy", help=say("在 TLS 反向代理之后", "behind a proxy that does TLS"))]
_Plain = Annotated[
    bool,
    typer.Option("--plain-http", help=say("允许登录走明文 HTTP（不安全）", "allow logins over plain HTTP (unsafe)")),
]
_Log = Annotated[
    Path | None,
    typer.Option(
        "--log", metavar="FILE", help=say("访问日志，默认在用户文件旁", "access log; default: beside the users file")
    ),
]
_Open = Annotated[
    bool,
    typer.Option("--open/--no-open", help=say("是否自动打开浏览器", "whether the browser is opened")),
]
_Token = Annotated[
    Path | None,
    typer.Option(
        "--token",
        metavar="FILE",
        help=say(
            "固定令牌所在文件（或环境变量 TIAOKUAI_TOKEN）；默认每次一个新令牌",
            "file with a fixed token (or TIAOKUAI_TOKEN); by default every address has a new one",
        ),
    ),
]
_Upload = Annotated[
    int, typer.Option("--upload-mb", min=1, max=1024, help=say("上传上限（MB）", "largest upload in MB"))
]


@question(
    "在浏览器里使用：现状、如果、下一步、数据；默认只对本机开放",
    "the desk in the browser: where we stand, what if, what next, data; this machine only by default",
)
def serve(
    ask: Ask,
    host: _Host = "127.0.0.1",
    port: _Port = 8050,
    users: _Users = None,
    prefix: _Prefix = "/",
    proxy: _Proxy = False,
    plain_http: _Plain = False,
    log: _Log = None,
    upload_mb: _Upload = 32,
    open_: _Open = True,
    token: _Token = None,
) -> Answer:
    """Serves until it is stopped, to who has the token of its address; with ``--users`` to those who log in."""
    from tiaokuai.web.entry import chosen_token
    from tiaokuai.web.settings import Settings, with_slashes

    settings = Settings(
        host=host,
        port=port,
        users=users,
        prefix=with_slashes(prefix),
        proxy=proxy,
        plain_http=plain_http,
        token=chosen_token(token, os.environ) if users is None else "",
        lang=ask.lang,
        log=log or (users.with_name("access.log") if users else None),
        upload_mb=upload_mb,
    ).check()
    if users is not None:
        from tiaokuai.web.users import read_users

        read_users(users)
    from tiaokuai.web.data_set import DataSet
    from tiaokuai.web.server import serve as run

    if settings.secure_cookies and not proxy:
        zh = "登录 cookie 只走 TLS：请放在 TLS 代理之后并加 --proxy，或以 --plain-http 明知不安全而用"
        en = "login cookies travel over TLS alone: put a TLS proxy before it and give --proxy, or dare --plain-http"
        ask.note(zh, en)
    last = ask.day if ask.as_of is not None else None
    name = Path(ask.data).name or ask.data
    main = DataSet(name, ask.network, ask.assumptions, ask.data, ask.mapping, last, ask.secret)

    def announce(address: str) -> None:
        ask.note(f"在浏览器打开 {address}；Ctrl-C 停止", f"open {address} in a browser; Ctrl-C stops")
        if open_ and users is None and _has_screen():
            webbrowser.open(address)

    def renew(address: str) -> None:
        ask.note(f"另一个浏览器用：{address}", f"for another browser: {address}")

    run(settings, main, announce, renew)
    return Answer("serve", {"stopped": True, "address": settings.address}, _stopped)


def _has_screen() -> bool:
    """Whether a browser would open in a window of its own, not in the terminal."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _stopped(document: Mapping[str, Any], ask: Ask) -> None:
    ask.note("已停止", "stopped")


COMMANDS = [serve]
