"""A desk for tests: a small district, users of every role, and a browser's way of asking without a browser."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.districts import district
from tiaokuai.graph import Network
from tiaokuai.web.desk import Desk
from tiaokuai.web.gate import CSRF_COOKIE, CSRF_HEADER
from tiaokuai.web.holding import Holding
from tiaokuai.web.server import build
from tiaokuai.web.settings import Settings
from tiaokuai.web.users import make_user, write_users

PASSWORD = "correct horse battery"  # noqa: S105
USERS = {"vera": "viewer", "ping": "planner", "stew": "steward"}


def small() -> Network:
    """Three blocks: one with lines, one founded and hollow, one not begun; few people in the last enterprise."""
    return district(
        [[30, 40, 12], [25, 18, 9], [50, 7]],
        lines=[[2, 1, 0], [0, 0, 0], [0, 0]],
        members=[[3, 2, 0], [0, 0, 0], [0, 0]],
        founded=[0, 1],
        kinds=("pilot", "mature", "mature"),
    )


def users_file(folder: Path) -> Path:
    """A file with a user of every role."""
    path = folder / "users.json"
    write_users(path, {name: make_user(name, role, PASSWORD) for name, role in USERS.items()})
    return path


def open_desk(network: Network | None = None, **settings: Any) -> tuple[Flask, Desk]:
    """The application and its desk."""
    return build(Settings(**settings), Holding("small", network or small()))


@dataclass
class Browser:
    """Asks as the page's own scripts do: with the cookies and the token."""

    client: FlaskClient
    prefix: str = "/"

    @property
    def token(self) -> str:
        """The token that our scripts read from its cookie."""
        cookie = self.client.get_cookie(CSRF_COOKIE, path=self.prefix)
        return cookie.value if cookie else ""

    def log_in(self, name: str, password: str = PASSWORD, after: str = "/") -> TestResponse:
        """Through the form."""
        self.client.get(f"{self.prefix}login")
        form = {"name": name, "password": password, "token": self.token, "next": after}
        return self.client.post(f"{self.prefix}login", data=form)

    def call(
        self, output: str, inputs: list[Any], state: list[Any] | None = None, *, headers: dict[str, str] | None = None
    ) -> TestResponse:
        """A raw callback request; ``inputs`` and ``state`` are (id, property, value)."""

        def plain(values: list[Any]) -> list[Any]:
            return [{"id": id, "property": name, "value": value} for id, name, value in values]

        outputs = [
            {"id": each.rsplit(".", 1)[0], "property": each.rsplit(".", 1)[1].split("@")[0]} for each in parts(output)
        ]
        body = {
            "output": output,
            "outputs": outputs if len(outputs) > 1 else outputs[0],
            "inputs": plain(inputs),
            "state": plain(state or []),
            "changedPropIds": [f"{id}.{name}" for id, name, _ in inputs],
        }
        return self.client.post(
            f"{self.prefix}_dash-update-component",
            data=json.dumps(body),
            content_type="application/json",
            headers={CSRF_HEADER: self.token} if headers is None else headers,
        )


def parts(output: str) -> list[str]:
    """The single outputs of Dash's name for several."""
    return output.strip(".").split("...")
