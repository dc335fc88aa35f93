"""One gate before every page, layout and callback: host, session, role, same origin; and headers after them."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from flask import Flask, Response, g, jsonify, redirect, request

from tiaokuai.web.sessions import Session
from tiaokuai.web.users import AUDIENCE_OF

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from tiaokuai.web.desk import Desk

COOKIE, CSRF_COOKIE, CSRF_HEADER = "tiaokuai_session", "tiaokuai_csrf", "X-CSRFToken"
OPEN = ("login", "assets/login.css", "healthz", "readyz")  # what is answered without a session
RANK = ("public", "planner", "steward")


@dataclass(frozen=True)
class Viewer:
    """Who is asking, and as which audience."""

    session: Session
    user: str | None
    audience: str

    def may(self, audience: str) -> bool:
        """Whether this viewer may know what ``audience`` may know."""
        return RANK.index(self.audience) >= RANK.index(audience)


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
    viewer = find_viewer(desk)
    g.viewer = viewer
    if viewer is None and desk.settings.users is None and _is_page(inner):
        g.fresh = desk.sessions.start(None)
        g.viewer = viewer = Viewer(g.fresh, None, desk.settings.audience)
    if inner in OPEN:
        return None
    if viewer is None:
        if _is_page(inner):
            return redirect(f"{desk.settings.prefix}login?next={quote(request.full_path.rstrip('?'), safe='')}", 303)
        return refuse(401, "log_in")
    if request.method not in ("GET", "HEAD") and not same_site(viewer.session.csrf):
        return refuse(403, "cross_site")
    return None


def _is_page(inner: str) -> bool:
    return request.method == "GET" and not inner.startswith(("_", "assets/", "download/"))


def find_viewer(desk: Desk) -> Viewer | None:
    """The viewer of this request; the role is read anew, so that a removed user is out at once."""
    session = desk.sessions.find(request.cookies.get(COOKIE))
    if session is None:
        return None
    if desk.settings.users is None:
        return Viewer(session, None, desk.settings.audience)
    user = desk.users().get(session.user or "")
    if user is None or user.hash != session.kept.get("hash"):
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
    for name, value, hidden in ((COOKIE, session.token, True), (CSRF_COOKIE, session.csrf, False)):
        response.set_cookie(
            name,
            value,
            path=desk.settings.prefix,
            secure=desk.settings.secure_cookies,
            httponly=hidden,
            samesite="Lax",
        )


def take_cookies(response: AnyResponse, desk: Desk) -> None:
    """Removes both cookies."""
    for name in (COOKIE, CSRF_COOKIE):
        response.delete_cookie(name, path=desk.settings.prefix)
