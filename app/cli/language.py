"""Which language people are spoken to in: ``--lang``, else TIAOKUAI_LANG, else the locale."""

from __future__ import annotations

import os
import sys

LANGUAGES = ("zh", "en")


def from_arguments(arguments: list[str]) -> str | None:
    """The language asked for with ``--lang``; it is needed before the arguments are read, for the help.

    >>> from_arguments(["coverage", "data", "--lang", "zh"])
    'zh'
    >>> from_arguments(["coverage", "data"])
    """
    for before, argument in zip(["", *arguments], arguments, strict=False):
        value = argument.removeprefix("--lang=") if argument.startswith("--lang=") else argument
        if value in LANGUAGES and (before == "--lang" or value != argument):
            return value
    return None


def from_environment() -> str:
    """The language of the environment: Chinese where TIAOKUAI_LANG or the locale says so, else English."""
    for name in ("TIAOKUAI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


CURRENT = from_arguments(sys.argv[1:]) or from_environment()


def say(zh: str, en: str) -> str:
    """The text in the language of this process; for help texts, which are made at import.

    >>> say("是", "yes") in ("是", "yes")
    True
    """
    return zh if CURRENT == "zh" else en
