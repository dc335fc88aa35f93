"""Runs the command line in this process, as a user would type it."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

from tiaokuai.cli.main import run


@dataclass(frozen=True)
class Outcome:
    """Exit code and what was printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)


def tiaokuai(*arguments: object) -> Outcome:
    """``tiaokuai ARGUMENTS``; an exception that escapes is a traceback a user would have seen."""
    out, err, hook = io.StringIO(), io.StringIO(), sys.excepthook
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = run([str(argument) for argument in arguments])
    finally:
        sys.excepthook = hook
    return Outcome(code, out.getvalue(), err.getvalue())
