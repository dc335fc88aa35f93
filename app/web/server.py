"""The application put together, and served by waitress until it is told to stop."""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, cast
from urllib.parse import urlsplit

from dash import Dash, set_props
from flask import Flask, request

from tiaokuai.graph.errors import RequestError, TiaokuaiError
from tiaokuai.web import page_block, page_data, page_next, page_sure, page_what_if, page_where, shell
from tiaokuai.web.address import language
from tiaokuai.web.bodies import guard_bodies
from tiaokuai.web.data_set import DataSet
from tiaokuai.web.desk import Desk
from tiaokuai.web.downloads import download_pages
from tiaokuai.web.gate import CSRF_HEADER, guard
from tiaokuai.web.jobs import AT_ONCE, Jobs
from tiaokuai.web.listening import listen
from tiaokuai.web.login import login_pages
from tiaokuai.web.quick import quick_pages
from tiaokuai.web.settings import Settings
from tiaokuai.web.warming import warm
from tiaokuai.web.words import Words, preferred

ASSETS = Path(__file__).resolve().parent / "assets"


def build(settings: Settings, main: DataSet) -> tuple[Flask, Desk]:
    """The WSGI application and its desk."""
    # One person alone may use every place for work; of several, none takes them all.
    desk = Desk(settings, main, Jobs(apiece=AT_ONCE - 1 if settings.users else AT_ONCE))
    server = Flask("tiaokuai.web", static_folder=None)
    server.config.update(desk=desk, MAX_CONTENT_LENGTH=settings.upload_mb * 1_400_000, MAX_FORM_MEMORY_SIZE=100_000)
    # Made first, so that its gate stands before whatever Dash puts up.
    hashes: list[str] = []
    guard(server, desk, hashes)
    server.register_blueprint(login_pages(desk))
    server.register_blueprint(download_pages(desk))
    server.register_blueprint(quick_pages(desk))
    app = Dash(
        "tiaokuai.web",
        server=cast(Any, server),  # a Flask application is taken, though not annotated
        url_base_pathname=settings.prefix,
        assets_folder=str(ASSETS),
        assets_ignore=r"login\.css",
        title="条块 tiaokuai",
        update_title="",
        serve_locally=True,
        compress=False,
        suppress_callback_exceptions=True,
        add_log_handler=False,
        csrf_token_name=settings.cookies[1],
        csrf_header_name=CSRF_HEADER,
        on_error=_tell,
        index_string=_INDEX,
    )
    app.layout = shell.layout
    for part in (shell, page_where, page_block, page_what_if, page_next, page_sure, page_data):
        part.register(app, desk)
    guard_bodies(server, settings.prefix, app.callback_map)
    hashes += app.csp_hashes()
    return server, desk


_INDEX = """<!DOCTYPE html>
<html>
<head>{%metas%}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{%title%}</title><link rel="icon" href="data:,">{%css%}</head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


def _tell(error: Exception) -> None:
    """A fault in a callback as a notice: ours in its own words, a mistake of the program without its insides."""
    words = Words(language(_search(), preferred(request, "en")))
    if not isinstance(error, TiaokuaiError):
        import logging

        logging.getLogger("tiaokuai.web").error("callback failed", exc_info=error)
        zh, en = (
            "程序内部出错，请重试；若再出现，请告诉管理员",
            "a mistake in tiaokuai; try again, and tell whoever runs it if it stays",
        )
        error = RequestError("internal", zh, en)
    set_props("notices", {"sendNotifications": [_notice(words(error.message("zh"), error.message("en")))]})


def _search() -> str:
    """The query of the page that a callback was asked from."""
    return urlsplit(request.referrer or "").query


def _notice(message: str) -> dict[str, Any]:
    return {"action": "show", "message": message, "color": "orange", "autoClose": 8000}


def serve(
    settings: Settings,
    main: DataSet,
    announce: Callable[[str], None] = lambda address: None,
    renew: Callable[[str], None] = lambda address: None,
) -> None:
    """Serves until SIGTERM or SIGINT; requests under way are finished, background work is ended.

    ``announce`` is told the address to open, ``renew`` the next one when a token has been used up.
    """
    server, desk = build(settings, main)
    if desk.entry is not None:
        desk.entry.on_renewal = lambda: renew(desk.address)
    listening = listen(
        server,
        by_client=not settings.proxy,  # which is the one client of the desk then
        host=settings.host,
        port=settings.port,
        threads=settings.threads,
        ident=None,
        max_request_body_size=settings.upload_mb * 1_400_000,
        channel_timeout=60,
        connection_limit=500,
        **_proxy(settings),
    )
    # Answers are many small objects that live long and hold no circles: to go through them all again and again costs a
    # third of an answer over 100,000 enterprises.
    gc.set_threshold(50_000, 20, 100)
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()
        raise SystemExit(0)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    threading.Thread(target=warm, args=(desk, stop), daemon=True).start()
    threading.Thread(target=_sweep, args=(desk, stop), daemon=True).start()
    announce(desk.address)
    try:
        listening.run()
    except SystemExit:
        pass
    finally:
        desk.stop()
        listening.close()
        for number, handler in before.items():
            signal.signal(number, handler)


def _proxy(settings: Settings) -> dict[str, Any]:
    """Only behind a proxy are its headers believed."""
    if not settings.proxy:
        return {}
    headers = "x-forwarded-for x-forwarded-proto x-forwarded-host"
    return {
        "trusted_proxy": "*",
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": headers,
        "clear_untrusted_proxy_headers": True,
    }


def _sweep(desk: Desk, stop: threading.Event) -> None:
    while not stop.wait(60):
        desk.sessions.sweep()
