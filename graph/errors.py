"""What went wrong, as data: a code and details, worded late in Chinese or English (contracts.md, exit codes)."""

from __future__ import annotations

from typing import Any, ClassVar


class TiaokuaiError(Exception):
    """Base of the errors that a user is told of in plain words.

    ``code`` is stable and for programs, ``zh`` and ``en`` are one sentence each with where and what to do,
    ``details`` is JSON-ready.

    >>> RequestError("unknown_block", "没有区块 B9", "there is no block B9", block="B9").message("en")
    'there is no block B9'
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, zh: str, en: str, **details: Any) -> None:
        super().__init__(en)
        self.code, self.zh, self.en, self.details = code, zh, en, details

    def message(self, lang: str) -> str:
        """The sentence in ``lang``, ``zh`` or ``en``."""
        return self.zh if lang == "zh" else self.en


class RequestError(TiaokuaiError):
    """The data or the request is wrong."""


class UsageError(TiaokuaiError):
    """The command was typed in a way that cannot be understood."""

    exit_code = 2


class ServiceError(TiaokuaiError):
    """An outside service failed: a database is down, a right is missing."""

    exit_code = 3
