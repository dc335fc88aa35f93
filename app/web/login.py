"""Logging in and out, and the end points that a service manager asks."""

from __future__ import annotations

import math
import secrets
from html import escape
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, jsonify, make_response, redirect, request

from tiaokuai.web.address import local
from tiaokuai.web.gate import give_cookies, refuse, same_site, take_cookies
from tiaokuai.web.limits import Attempts
from tiaokuai.web.users import check_password
from tiaokuai.web.words import Words, preferred

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from tiaokuai.web.desk import Desk

_PAGE = """<!DOCTYPE html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title>
<link rel="stylesheet" href="{prefix}assets/login.css"></head>
<body><main><h1>{title}</h1><form method="post" action="{prefix}login" accept-charset="utf-8">
<input type="hidden" name="token" value="{token}"><input type="hidden" name="next" value="{next}">
<label for="name">{name}</label><input id="name" name="name" autocomplete="username" required autofocus maxlength="64">
<label for="password">{password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="1000">
{fault}<button type="submit">{go}</button></form>
<p class="other"><a href="{prefix}login?lang={other}&amp;next={quoted}">{other_name}</a></p></main></body></html>"""


def login_pages(desk: Desk) -> Blueprint:
    """Login, logout, ``/healthz`` (the process lives) and ``/readyz`` (it has data to answer from)."""
    pages = Blueprint("login", __name__, url_prefix=desk.settings.prefix.rstrip("/") or None)
    attempts = Attempts()

    @pages.get("/login")
    def form() -> AnyResponse:
        if desk.settings.users is None:
            return redirect(desk.settings.prefix)
        return _form(desk, 200, None)

    @pages.post("/login")
    def enter() -> AnyResponse:
        if not _from_our_form(desk):
            return refuse(403, "cross_site")
        name, address = _field("name")[:64], request.remote_addr or ""
        if (seconds := attempts.begin(name, address)) > 0:
            response = _form(desk, 429, math.ceil(seconds))
            response.headers["Retry-After"] = str(math.ceil(seconds))
            return response
        user = check_password(desk.users(), name, _field("password"))
        if user is None:
            desk.log.write(name if name in desk.users() else None, "login refused", None, None)
            return _form(desk, 401, 0)
        attempts.succeeded(name, address)
        session = desk.sessions.start(user.name)
        session.kept["user"] = user
        desk.log.write(user.name, "login", None, None)
        welcome = redirect(local(_field("next"), desk.settings.prefix), 303)
        give_cookies(welcome, desk, session)
        return welcome

    @pages.post("/logout")
    def leave() -> AnyResponse:
        desk.log.write(g.viewer.user, "logout", g.viewer.role, None)
        desk.sessions.end(g.viewer.session.token)
        response = make_response("", 204)
        take_cookies(response, desk)
        return response

    @pages.get("/healthz")
    def health() -> Response:
        return jsonify({"ok": True})

    @pages.get("/readyz")
    def ready() -> AnyResponse:
        return jsonify({"ok": True}) if desk.ready() else refuse(503, "not_ready")

    return pages


def _from_our_form(desk: Desk) -> bool:
    """Whether a login was typed into our own form.

    The origin must be named, as every browser does: who can set a cookie from a name beside ours knows the token.
    """
    shown = request.cookies.get(desk.settings.cookies[1]) or "-"
    return "Origin" in request.headers and same_site(shown, _field("token"))


def _field(name: str) -> str:
    return request.form.get(name, "")


def _form(desk: Desk, status: int, fault: int | None) -> AnyResponse:
    """The form; ``fault`` is 0 after a wrong password, else the seconds to wait."""
    lang = request.args.get("lang", "")
    lang = lang if lang in ("zh", "en") else preferred(request, desk.settings.lang)
    t, cookie = Words(lang), desk.settings.cookies[1]
    token = request.cookies.get(cookie) or secrets.token_urlsafe(24)
    after = local(request.values.get("next", ""), desk.settings.prefix)
    told = ""
    if fault is not None:
        wait = t(f"失败次数过多，请 {fault} 秒后再试", f"too many failures; try again in {fault} s")
        told = t("用户名或密码不对", "the name or the password is wrong") if fault == 0 else wait
        told = f'<p class="fault" role="alert">{told}</p>'
    page = _PAGE.format(
        lang="zh-CN" if lang == "zh" else "en",
        title=t("条块 · 登录", "tiaokuai · log in"),
        prefix=desk.settings.prefix,
        token=escape(token),
        next=escape(after),
        quoted=escape(after.replace("&", "%26").replace("?", "%3F")),
        name=t("用户名", "Name"),
        password=t("密码", "Password"),
        go=t("登录", "Log in"),
        fault=told,
        other="en" if lang == "zh" else "zh",
        other_name="English" if lang == "zh" else "中文",
    )
    response = make_response(page, status)
    response.set_cookie(cookie, token, path=desk.settings.prefix, secure=desk.settings.secure_cookies, samesite="Lax")
    return response
