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
from tiaokuai.web.data_set import DataSet
from tiaokuai.web.desk import Desk
from tiaokuai.web.gate import CSRF_HEADER
from tiaokuai.web.server import build
from tiaokuai.web.settings import Settings
from tiaokuai.web.users import make_user, write_users

PASSWORD = "correct horse battery"  # noqa: S105
TOKEN = "a-token-for-the-tests"  # noqa: S105
KEY = b"the secret of the tests, 32 bytes and more"
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


def data_of(network: Network | None = None, audience: str = "steward") -> DataSet:
    """A data set, or the release of it that an audience was given."""
    return DataSet("small", (network or small()).release(audience, KEY), key=KEY)


def open_desk(network: Network | None = None, audience: str = "steward", **settings: Any) -> tuple[Flask, Desk]:
    """The application and its desk; without users, who has TOKEN comes in."""
    return build(Settings(**{"token": TOKEN, **settings}), data_of(network, audience))


@dataclass
class Browser:
    """Asks as the page's own scripts do: with the cookies and the token."""

    client: FlaskClient
    prefix: str = "/"

    @property
    def token(self) -> str:
        """The token that our scripts read from its cookie."""
        cookie = self.client.get_cookie("tiaokuai_csrf_8050", path=self.prefix)
        return cookie.value if cookie else ""

    def come_in(self) -> TestResponse:
        """With the token of the address, where nobody logs in."""
        return self.client.get(f"{self.prefix}?token={TOKEN}")

    def log_in(self, name: str, password: str = PASSWORD, after: str = "/") -> TestResponse:
        """Through the form."""
        self.client.get(f"{self.prefix}login")
        form = {"name": name, "password": password, "token": self.token, "next": after}
        return self.client.post(f"{self.prefix}login", data=form, headers={"Origin": "http://localhost"})

    def dependencies(self) -> list[dict[str, Any]]:
        """Every callback that the server has, as any browser is told."""
        found: list[dict[str, Any]] = self.client.get(f"{self.prefix}_dash-dependencies").get_json()
        return [each for each in found if each["clientside_function"] is None]

    def call(self, output: str, inputs: list[Any], *, headers: dict[str, str] | None = None) -> TestResponse:
        """A raw callback request; ``inputs`` are (id, property, value)."""
        plain = [{"id": id, "property": name, "value": value} for id, name, value in inputs]
        body = {"output": output, "outputs": _outputs(output), "inputs": plain, "state": []}
        return self._post(body, plain[0], headers)

    def ask(self, callback: dict[str, Any], values: dict[str, Any], by: str | None = None) -> TestResponse:
        """A callback with these values by ``id.property``; lists of (id, value) for patterns; set off by ``by``."""

        def fill(spec: dict[str, str]) -> Any:
            key = f"{spec['id']}.{spec['property']}"
            if not spec["id"].startswith("{") or '["ALL"]' not in spec["id"]:
                id = json.loads(spec["id"]) if spec["id"].startswith("{") else spec["id"]
                return {"id": id, "property": spec["property"], "value": values.get(key)}
            return [{"id": id, "property": spec["property"], "value": value} for id, value in values.get(key, [])]

        inputs, state = [fill(each) for each in callback["inputs"]], [fill(each) for each in callback["state"]]
        body = {"output": callback["output"], "outputs": _outputs(callback["output"]), "inputs": inputs, "state": state}
        plain = [each for each in inputs if isinstance(each, dict)] or [{"id": "none", "property": "value"}]
        first = next((each for each in plain if by == f"{each['id']}.{each['property']}"), plain[0])
        return self._post(body, first, None)

    def _post(self, body: dict[str, Any], first: dict[str, Any], headers: dict[str, str] | None) -> TestResponse:
        id = first["id"] if isinstance(first["id"], str) else json.dumps(first["id"], separators=(",", ":"))
        return self.client.post(
            f"{self.prefix}_dash-update-component",
            data=json.dumps({**body, "changedPropIds": [f"{id}.{first['property']}"]}),
            content_type="application/json",
            headers={CSRF_HEADER: self.token} if headers is None else headers,
        )


def _outputs(output: str) -> Any:
    """The outputs one by one, from Dash's name for all of them; a pattern stands for nothing on the page."""
    made: list[Any] = []
    for part in output.strip(".").split("..."):
        id, name = part.rsplit(".", 1)
        many = id.startswith("{") and '["ALL"]' in id
        one = {"id": json.loads(id) if id.startswith("{") else id, "property": name}
        made.append([] if many else one)
    return made if output.startswith("..") else made[0]
