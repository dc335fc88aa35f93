"""How a desk is run: addresses, users, limits."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from tiaokuai.graph.errors import UsageError
from tiaokuai.web.sessions import IDLE, LONGEST


@dataclass(frozen=True)
class Settings:
    """Everything ``serve`` was told; ``token`` is one that was chosen for where there is no login."""

    host: str = "127.0.0.1"
    port: int = 8050
    users: Path | None = None
    prefix: str = "/"
    proxy: bool = False
    plain_http: bool = False
    token: str = field(default="", repr=False)
    lang: str = "en"
    log: Path | None = None
    upload_mb: int = 32
    threads: int = 16
    idle: float = IDLE
    longest: float = LONGEST

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the address."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def address(self) -> str:
        """Where the desk is, seen from this machine.

        >>> Settings(host="::1", prefix="/desk/").address
        'http://[::1]:8050/desk/'
        """
        host = f"[{self.host}]" if ":" in self.host.strip("[]") else self.host
        return f"http://{host}:{self.port}{self.prefix}"

    @property
    def cookies(self) -> tuple[str, str]:
        """Names of the session's cookie and of the token's: a browser keeps one jar for all ports of a machine."""
        return f"tiaokuai_session_{self.port}", f"tiaokuai_csrf_{self.port}"

    @property
    def secure_cookies(self) -> bool:
        """Cookies travel over TLS alone, but on this machine itself or where plain HTTP was asked for by name."""
        return not self.plain_http and (self.proxy or not self.loopback)

    def check(self) -> Settings:
        """The settings; UsageError where they would open the data to the network."""
        if self.users is None and (not self.loopback or self.proxy):
            zh = "对外提供服务须有登录：请用 --users FILE（以 tiaokuai user add FILE NAME 建立）"
            en = "serving others needs a login: give --users FILE (made by tiaokuai user add FILE NAME)"
            raise UsageError("users_needed", zh, en, host=self.host)
        if not self.prefix.startswith("/") or not self.prefix.endswith("/") or "//" in self.prefix:
            zh, en = "--prefix 应以 / 开头和结尾，如 /desk/", "--prefix begins and ends with /, as /desk/"
            raise UsageError("bad_prefix", zh, en, prefix=self.prefix)
        return self


def with_slashes(prefix: str) -> str:
    """A prefix with one slash at either end.

    >>> with_slashes("desk"), with_slashes("/")
    ('/desk/', '/')
    """
    plain = prefix.strip("/")
    return f"/{plain}/" if plain else "/"
