"""The users file: names, argon2 hashes and roles; a role is an audience (protection.md)."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tiaokuai.files.atomic import replacing
from tiaokuai.files.limits import small_text
from tiaokuai.graph.errors import RequestError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

AUDIENCE_OF = {"viewer": "public", "planner": "planner", "steward": "steward"}
SHORTEST = 10  # characters of a password
_NAME = re.compile(r"[\w.@-]{1,64}")
_FORMAT = "tiaokuai-users/1"


@dataclass(frozen=True)
class User:
    """One who may log in; ``hash`` is argon2id."""

    name: str
    role: str
    hash: str


def read_users(path: Path) -> dict[str, User]:
    """The users of a file by name; RequestError where it is none of ours, OSError where it cannot be read."""
    try:
        raw = json.loads(small_text(path))
        if raw["format"] != _FORMAT:
            raise KeyError("format")
        users = [User(str(name), str(row["role"]), str(row["hash"])) for name, row in raw["users"].items()]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RequestError(
            "bad_users_file",
            f"{path} 不是用户文件，请用 tiaokuai user add 建立",
            f"{path} is no users file; make one with tiaokuai user add",
            path=str(path),
        ) from None
    if unknown := sorted({user.role for user in users} - set(AUDIENCE_OF)):
        zh, en = f"{path} 中有未知角色 {'、'.join(unknown)}", f"{path} has unknown roles: {', '.join(unknown)}"
        raise RequestError("bad_users_file", zh, en, path=str(path))
    return {user.name: user for user in users}


def write_users(path: Path, users: dict[str, User]) -> None:
    """Writes the file whole, for its owner's eyes alone."""
    rows = {user.name: {"role": user.role, "hash": user.hash} for user in sorted(users.values(), key=lambda u: u.name)}
    text = json.dumps({"format": _FORMAT, "users": rows}, ensure_ascii=False, indent=1)
    with replacing(path, private=True) as temporary:
        temporary.write_text(text, encoding="utf-8")
    path.chmod(0o600)  # also one that was there


def make_user(name: str, role: str, password: str) -> User:
    """A user with a fresh hash; RequestError for a name or password that will not do.

    >>> make_user("li", "viewer", "a long password").hash.startswith("$argon2id$")
    True
    """
    if not _NAME.fullmatch(name):
        zh, en = "用户名只能含字母、数字与 . _ @ -，至多 64 个", "a name has letters, digits and . _ @ -, at most 64"
        raise RequestError("bad_name", zh, en, name=name)
    if not SHORTEST <= len(password) <= 1000:
        zh, en = f"密码至少 {SHORTEST} 个字符", f"a password has at least {SHORTEST} characters"
        raise RequestError("bad_password", zh, en)
    return User(name, role, _hasher().hash(password))


def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


_AT_ONCE = threading.BoundedSemaphore(2)  # a check takes 64 MB

# What is checked where there is no such user, so that the time taken does not tell names from guesses.
_NOBODY: list[str] = []


def check_password(users: dict[str, User], name: str, password: str) -> User | None:
    """The user, where name and password belong together; the same work is done for an unknown name."""
    from argon2.exceptions import InvalidHashError, VerificationError

    if not _NOBODY:
        _NOBODY.append(_hasher().hash("nobody has this password"))
    user = users.get(name)
    try:
        with _AT_ONCE:
            _hasher().verify(user.hash if user else _NOBODY[0], password[:1000])
    except (VerificationError, InvalidHashError):
        return None
    return user
