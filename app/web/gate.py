"""One gate before every page, layout and callback: host, session, role, same origin; and headers after them."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from flask import Flask, Response, g, jsonify, make_response, redirect, request

from tiaokuai.graph.release import AUDIENCES
from tiaokuai.web.address import local
from tiaokuai.web.entry import PAGE
from tiaokuai.web.sessions import Session
from tiaokuai.web.users import AUDIENCE_OF

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from tiaokuai.web.desk import Desk

CSRF_HEADER = "X-CSRFToken"
OPEN = ("login", "assets/login.css", "healthz", "readyz")  # what is answered without a session
RANK = AUDIENCES[::-1]


@dataclass(frozen=True)
class Viewer:
    """Who is asking; ``role`` is the audience that their role is."""

    session: Session
    user: str | None
    role: str

    def may(self, audience: str) -> bool:
        """Whether this viewer may know what ``audience`` may know."""
        return RANK.index(self.role) >= RANK.index(audience)


def guard(server: Flask, desk: Desk, script_hashes: list[str]) -> None:
    """Puts the gate before everything the server answers."""

    @server.before_request
    def gate() -> AnyResponse | None:
        return _host_fault(desk) or _admit(desk)

    @server.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _policy(script_hashes)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        if desk.settings.secure_cookies:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if not request.path.startswith(
            (desk.settings.prefix + "_dash-component-suites", desk.settings.prefix + "assets")
        ):
            response.headers["Cache-Control"] = "no-store"
        if getattr(g, "fresh", None) is not None:
            give_cookies(response, desk, g.fresh)
        return response


def _policy(script_hashes: list[str]) -> str:
    parts = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *script_hashes]),
        # Plotly, Mantine and the grid write style attributes; a style cannot run anything.
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _host_fault(desk: Desk) -> AnyResponse | None:
    """Without a login only this machine's own names are answered: a page elsewhere must not rebind its name to us."""
    if not desk.settings.loopback or desk.settings.proxy:
        return None
    name = urlsplit(f"//{request.host}").hostname or ""
    return None if name in ("localhost", "127.0.0.1", "::1", desk.settings.host) else refuse(421, "wrong_host")


def refuse(status: int, code: str) -> Response:
    """A refusal that says nothing but its code."""
    response = jsonify({"error": {"code": code, "message": code, "details": {}}})
    response.status_code = status
    return response


def _admit(desk: Desk) -> AnyResponse | None:
    inner = request.path.removeprefix(desk.settings.prefix)
    if request.path == desk.settings.prefix.rstrip("/") and desk.settings.prefix != "/":
        return redirect(desk.settings.prefix, 308)
    g.viewer = viewer = find_viewer(desk)
    if inner in OPEN and (desk.entry is None or inner != "login"):
        return None
    if desk.entry is not None and request.method == "GET" and "token" in request.args:
        return _enter(desk, viewer)
    if viewer is None:
        return _turn_away(desk, inner)
    if request.method not in ("GET", "HEAD") and not same_site(viewer.session.csrf):
        return refuse(403, "cross_site")
    return None


def _enter(desk: Desk, viewer: Viewer | None) -> AnyResponse:
    """Exchanges the token of an address for a cookie, and leads on to the address without it."""
    if desk.entry is not None and desk.entry.admits(request.args["token"]):
        g.fresh = desk.sessions.start(None)
    elif viewer is None:
        return _closed(desk)
    return redirect(_without_token(desk), 303)


def _turn_away(desk: Desk, inner: str) -> AnyResponse:
    """What is said to who has no session."""
    page = _is_page(inner)
    if desk.entry is not None:
        return _closed(desk) if page else refuse(403, "no_token")
    if page:
        return redirect(f"{desk.settings.prefix}login?next={quote(request.full_path.rstrip('?'), safe='')}", 303)
    return refuse(401, "log_in")


def _closed(desk: Desk) -> AnyResponse:
    page = PAGE.format(prefix=desk.settings.prefix, here=escape(_without_token(desk)))
    return make_response(page, 403)


def _without_token(desk: Desk) -> str:
    """The address that was asked for, where it is one of ours."""
    rest = urlencode([(key, value) for key, value in request.args.items(multi=True) if key != "token"])
    return local(request.path + (f"?{rest}" if rest else ""), desk.settings.prefix)


def _is_page(inner: str) -> bool:
    return request.method == "GET" and not inner.startswith(("_", "assets/", "download/"))


def find_viewer(desk: Desk) -> Viewer | None:
    """The viewer of this request; users are read anew: who is removed, or has another role or password, is out."""
    session = desk.sessions.find(request.cookies.get(desk.settings.cookies[0]))
    if session is None:
        return None
    if desk.settings.users is None:
        return Viewer(session, None, "steward")
    user = desk.users().get(session.user or "")
    # With the role everything goes that was made under it: what is under way, and files that wait to be taken.
    if user is None or user != session.kept.get("user"):
        desk.sessions.end(session.token)
        return None
    return Viewer(session, user.name, AUDIENCE_OF[user.role])


def same_site(token: str, given: str | None = None) -> bool:
    """Whether a request that changes something comes from a page of ours: its token, and its origin where named."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        return False
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    shown = given if given is not None else request.headers.get(CSRF_HEADER, "")
    return hmac.compare_digest(shown.encode(), token.encode())


def give_cookies(response: AnyResponse, desk: Desk, session: Session) -> None:
    """The session's cookie, out of reach of scripts, and the token that our scripts send back."""
    names, values = desk.settings.cookies, (session.token, session.csrf)
    for name, value, hidden in zip(names, values, (True, False), strict=True):
        response.set_cookie(
            name,
            value,
            path=desk.settings.prefix,
            secure=desk.settings.secure_cookies,
            httponly=hidden,
            # Links from elsewhere lead in where there is a login; a desk of one person is linked from nowhere.
            samesite="Lax" if desk.settings.users else "Strict",
        )


def take_cookies(response: AnyResponse, desk: Desk) -> None:
    """Removes both cookies."""
    for name in desk.settings.cookies:
        response.delete_cookie(name, path=desk.settings.prefix)
