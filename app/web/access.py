"""The access log: who looked at what, as which audience, of which data, when. No person's data is in it."""

from __future__ import annotations

import json
import logging
import os
import secrets
import threading
import time
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

BYTES, FILES = 2_000_000, 10
AGAIN = 60.0  # seconds
_FIELDS = ("user", "what", "audience", "data")
_UNSEEN = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))  # what breaks, hides or turns text round
LONGEST = 120  # characters of a field: whoever could write more would push the rest out of the file


class _Private(RotatingFileHandler):
    """Log files for their owner's eyes alone."""

    def _open(self) -> object:  # type: ignore[override]  # the same stream, from a descriptor of mode 600
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, self.mode, encoding="utf-8")


class AccessLog:
    """A JSON line an event: at, user, what, audience, data; rotated at 2 MB, ten files.

    The same event within a minute is written once: whoever asks in a loop would push the rest out of the files.
    """

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.path, self._clock = path, clock
        self._recent: dict[tuple[str | None, ...], float] = {}
        self._lock = threading.Lock()
        self._logger = logging.Logger(f"tiaokuai.access.{secrets.token_hex(4)}", logging.INFO)
        self._handler = _Private(path, maxBytes=BYTES, backupCount=FILES) if path else None
        if self._handler:
            self._logger.addHandler(self._handler)

    def write(self, user: str | None, what: str, audience: str | None, data: str | None) -> None:
        """One event, each field on one line and of bounded length."""
        event = (_plain(user), _plain(what), _plain(audience), _plain(data))
        if self._handler is None or not self._is_new(event):
            return
        row = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **dict(zip(_FIELDS, event, strict=True))}
        self._logger.info(json.dumps(row, ensure_ascii=False))

    def _is_new(self, event: tuple[str | None, ...]) -> bool:
        now = self._clock()
        with self._lock:
            self._recent = {each: at for each, at in self._recent.items() if now - at < AGAIN}
            known = event in self._recent
            self._recent.setdefault(event, now)
        return not known

    def last(self, count: int) -> list[dict[str, str | None]]:
        """The last events, newest first; a line that is no event (a full disk cut it) is shown as it stands."""
        if self.path is None or not self.path.exists():
            return []
        # Not splitlines: that would also break at characters that JSON leaves within a text.
        lines = self.path.read_text(encoding="utf-8", errors="replace").strip("\n").split("\n")[-count:]
        return [_event(line) for line in reversed(lines) if line]

    def close(self) -> None:
        """Closes the file."""
        if self._handler:
            self._handler.close()


def _event(line: str) -> dict[str, str | None]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        row = {"what": _plain(line)}
    return {name: row.get(name) for name in ("at", *_FIELDS)}


def _plain(text: str | None) -> str | None:
    r"""Cut, and without what breaks, hides or turns text round.

    >>> _plain("a" + chr(0x2028) + "b\n" + chr(0x202E)), len(_plain("x" * 1000) or "")
    ('a·b··', 120)
    """
    if text is None:
        return None
    cut = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return "".join("·" if unicodedata.category(each) in _UNSEEN else each for each in cut)
