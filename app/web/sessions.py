"""Sessions kept by the server: the browser holds a random token and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

IDLE, LONGEST = 3600.0, 10 * 3600.0  # seconds
MOST, APIECE = 2000, 20  # sessions kept at a time, and those of one user; the one idle longest goes first


@dataclass
class Session:
    """One browser: who logged in (None without a login) and what only this browser may see.

    ``kept`` holds uploads and background work by name; it goes with the session.
    """

    token: str
    user: str | None
    since: float
    seen: float
    csrf: str
    kept: dict[str, Any] = field(default_factory=dict)


class Sessions:
    """All sessions by token; expired ones are gone."""

    def __init__(
        self, *, idle: float = IDLE, longest: float = LONGEST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.idle, self.longest, self.clock = idle, longest, clock
        self._key = secrets.token_bytes(32)
        self._all: dict[str, Session] = {}
        self._lock = threading.Lock()
        self.on_end: Callable[[Session], None] = lambda session: None

    def start(self, user: str | None) -> Session:
        """A new session with a token nobody can guess."""
        token, now = secrets.token_urlsafe(32), self.clock()
        session = Session(token, user, now, now, self._csrf(token))
        with self._lock:
            self._all[token] = session
            by_age = sorted(self._all.values(), key=lambda each: each.seen)
            mine = [each for each in by_age if user is not None and each.user == user]
            spare = mine[: max(0, len(mine) - APIECE)] or by_age[: max(0, len(by_age) - MOST)]
        for old in spare:
            self.end(old.token)
        return session

    def find(self, token: str | None) -> Session | None:
        """The live session of a token; finding it keeps it alive."""
        if not token:
            return None
        with self._lock:
            session = self._all.get(token)
        if session is None:
            return None
        now = self.clock()
        if now - session.seen > self.idle or now - session.since > self.longest:
            self.end(token)
            return None
        session.seen = now
        return session

    def end(self, token: str) -> None:
        """Forgets a session and what it kept."""
        with self._lock:
            session = self._all.pop(token, None)
        if session is not None:
            self.on_end(session)

    def sweep(self) -> None:
        """Ends every session past its time, also those whose browser never came back."""
        now = self.clock()
        with self._lock:
            old = [s.token for s in self._all.values() if now - s.seen > self.idle or now - s.since > self.longest]
        for token in old:
            self.end(token)

    def end_all(self) -> None:
        """At the stop of the server."""
        with self._lock:
            tokens = list(self._all)
        for token in tokens:
            self.end(token)

    def _csrf(self, token: str) -> str:
        return hmac.new(self._key, token.encode(), hashlib.sha256).hexdigest()
