"""``tiaokuai user``: who may log in to the desk. Passwords are typed, piped, or in the environment; never arguments."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from tiaokuai.cli.frame import Answer, Terminal, command
from tiaokuai.cli.language import say

GROUP = ("user", say("管理登录浏览器界面的用户", "users of the desk in the browser"))
VARIABLE = "TIAOKUAI_PASSWORD"

_File = Annotated[Path, typer.Argument(metavar="FILE", show_default=False, help=say("用户文件", "users file"))]
_Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False, help=say("用户名", "name"))]
_Role = Annotated[
    Literal["viewer", "planner", "steward"],
    typer.Option(
        "--role", help=say("角色即可见范围：公众、规划者、管理者", "role: what public, planner or steward may see")
    ),
]


@command("添加用户，或换密码、换角色", "add a user, or change password and role")
def add(ask: Terminal, file: _File, name: _Name, role: _Role = "planner") -> Answer:
    from tiaokuai.web.users import make_user, read_users, write_users

    users = read_users(file) if file.exists() else {}
    user = make_user(name, role, _password(ask))
    write_users(file, {**users, name: user})
    return Answer("user", {"name": name, "role": role, "file": str(file), "new": name not in users}, _added)


@command("列出用户与角色", "list users and roles", name="list")
def list_(ask: Terminal, file: _File) -> Answer:
    from tiaokuai.web.users import read_users

    users = [{"name": user.name, "role": user.role} for user in read_users(file).values()]
    return Answer("users", {"users": users}, _listed)


@command("删除用户；其会话随即失效", "remove a user; their session ends at once")
def remove(ask: Terminal, file: _File, name: _Name) -> Answer:
    from tiaokuai.graph.errors import RequestError
    from tiaokuai.web.users import read_users, write_users

    users = read_users(file)
    if users.pop(name, None) is None:
        raise RequestError("unknown_user", f"没有用户 {name}", f"there is no user {name}", name=name)
    write_users(file, users)
    return Answer("user", {"name": name, "removed": True}, _removed)


def _password(ask: Terminal) -> str:
    """From the environment, else typed twice on a terminal, else the first line of standard input."""
    if given := os.environ.get(VARIABLE):
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    prompt, again = ask.say("密码", "Password"), ask.say("再输一次", "Once more")
    found: str = typer.prompt(prompt, hide_input=True, confirmation_prompt=again, err=True)
    return found


def _added(document: Mapping[str, Any], ask: Terminal) -> None:
    new, name, role = document["new"], document["name"], document["role"]
    print(
        ask.say(f"{'已添加' if new else '已更改'} {name}（{role}）", f"{'added' if new else 'changed'} {name} ({role})")
    )


def _listed(document: Mapping[str, Any], ask: Terminal) -> None:
    for user in document["users"]:
        print(f"{user['name']}\t{user['role']}")


def _removed(document: Mapping[str, Any], ask: Terminal) -> None:
    print(ask.say(f"已删除 {document['name']}", f"removed {document['name']}"))


COMMANDS = [add, list_, remove]
