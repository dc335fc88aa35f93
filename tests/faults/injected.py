"""Runs a command with the n-th file call under its output folder failing, and says what was left behind."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults import forked

SHIM = Path(__file__).with_name("shim.c")


def build_shim(folder: Path) -> Path:
    """The library that fails calls, compiled once a session."""
    made = folder / "shim.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", made, SHIM, "-ldl"], check=True)
    return made


@dataclass(frozen=True)
class Left:
    """What a command left: exit code, messages, and the folder's files with a hash of each."""

    code: int
    err: str
    files: dict[str, str]


@dataclass(frozen=True)
class Workshop:
    """A folder to write in, its state before the command, and how to run the command in it."""

    shim: Path
    home: Path
    before: Path
    arguments: tuple[str, ...]

    @property
    def typed(self) -> list[str]:
        """The arguments as typed, in the folder ``work``."""
        folder = str(self.home / "work")
        return [part.replace("WORK", folder) for part in self.arguments]

    @property
    def command(self) -> list[str]:
        """The command in a process of its own."""
        return [sys.executable, "-m", "tiaokuai", *self.typed]

    def run(self, fail_at: int, kill: bool = False, vanish: bool = False) -> tuple[Left, int]:
        """The command on a fresh copy of the folder, with call ``fail_at`` failing; and the calls it made.

        With ``kill`` it is killed there; with ``vanish`` the folder moves away (what is left is looked for there).
        """
        folder, count = self.home / "work", self.home / "count"
        for old in (folder, folder.with_name("work.gone")):
            shutil.rmtree(old, ignore_errors=True)
        shutil.copytree(self.before, folder)
        count.unlink(missing_ok=True)
        environment = {
            **os.environ,
            "FAULT_UNDER": str(folder),
            "FAULT_AT": str(fail_at),
            "FAULT_COUNT": str(count),
            "FAULT_KILL": "1" if kill else "2" if vanish else "0",
            "TIAOKUAI_PASSWORD": "a long password",
        }
        code, err = forked.run(self.shim, self.typed, environment, self.home)
        calls = int(count.read_text()) if count.exists() else 0
        left = contents(folder.with_name("work.gone") if vanish else folder)
        return Left(code, err, left), calls

    def failures(self, calls: int, most: int) -> Iterator[tuple[int, Left]]:
        """Each of ``calls`` failed in turn; where there are more than ``most``, the first, the last and a sample."""
        chosen = range(1, calls + 1)
        if calls > most:
            third = most // 3
            middle = range(third, calls - third, max(1, (calls - 2 * third) // third))
            chosen = sorted({*chosen[:third], *chosen[-third:], *middle})  # type: ignore[assignment]
        for at in chosen:
            yield at, self.run(at)[0]


def contents(folder: Path) -> dict[str, str]:
    """Every file below the folder with a hash of what it holds."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
