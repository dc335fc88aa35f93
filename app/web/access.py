"""The access log: who looked at what, as which audience, of which data, when. No person's data is in it."""

from __future__ import annotations

import json
import logging
import os
import secrets
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

BYTES, FILES = 2_000_000, 10


class _Private(RotatingFileHandler):
    """Log files for their owner's eyes alone."""

    def _open(self) -> object:  # type: ignore[override]  # the same stream, from a descriptor of mode 600
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, self.mode, encoding="utf-8")


class AccessLog:
    """A JSON line an event: at, user, what, audience, data; rotated at 2 MB, ten files."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._logger = logging.Logger(f"tiaokuai.access.{secrets.token_hex(4)}", logging.INFO)
        self._handler = _Private(path, maxBytes=BYTES, backupCount=FILES) if path else None
        if self._handler:
            self._logger.addHandler(self._handler)

    def write(self, user: str | None, what: str, audience: str | None, data: str | None) -> None:
        """One event."""
        if self._handler is None:
            return
        row = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "user": user,
            "what": what,
            "audience": audience,
            "data": data,
        }
        self._logger.info(json.dumps(row, ensure_ascii=False))

    def last(self, count: int) -> list[dict[str, str | None]]:
        """The last events, newest first."""
        if self.path is None or not self.path.exists():
            return []
        lines = self.path.read_text(encoding="utf-8").splitlines()[-count:]
        return [json.loads(line) for line in reversed(lines)]

    def close(self) -> None:
        """Closes the file."""
        if self._handler:
            self._handler.close()
