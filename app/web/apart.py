"""Files of a user are read in processes of their own, with limits on time, memory and how many are read at once.

What comes back are plain tables and worded problems, as Arrow and JSON files; nothing is unpickled.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tiaokuai.graph.release import Release

SECONDS, BYTES = 120, 6_000_000_000
AT_ONCE = 2  # uploads that are read
MOST_FILES = 12
LISTED = 2000
_TABLE = re.compile(r"[\w\u4e00-\u9fff-]{1,40}\.(csv|parquet)", re.IGNORECASE)


@dataclass(frozen=True)
class Parsed:
    """What was read: the tables where the files could be used, and every problem."""

    tables: dict[str, Any] | None
    report: dict[str, Any]
    released: Release | None = None  # what the files say of themselves where they are a release


class Unreadable(Exception):
    """Files that could not even be looked at: ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Readers:
    """The readers at work: few at a time, and one for each user, so that nobody fills the machine with uploads."""

    def __init__(self, at_once: int = AT_ONCE, seconds: float = SECONDS) -> None:
        self._at_once, self._seconds = at_once, seconds
        self._lock = threading.Lock()
        self._busy: set[str] = set()
        self._groups: set[int] = set()

    def parse(self, who: str, files: Sequence[tuple[str, bytes]], lang: str) -> Parsed:
        """Reads what ``who`` uploads: a single workbook, or tables named as in the dictionary.

        Raises Unreadable: ``bad_name``, ``too_many``, ``busy`` (others are being read, or an upload of the same user),
        ``too_long`` (time or memory ran out), ``failed``.
        """
        import polars as pl

        with self._place(who), tempfile.TemporaryDirectory(prefix="tiaokuai-") as folder:
            data, out = Path(folder, "data"), Path(folder, "out")
            data.mkdir()
            out.mkdir()
            status = self._run(reader(_lay_out(files, data), out, lang))
            result = out / "report.json"
            if status != 0 or not result.exists():
                # A signal: the limit on time or memory; else the reader itself gave up.
                raise Unreadable("too_long" if status < 0 else "failed")
            report = json.loads(result.read_text(encoding="utf-8"))
            # Read into memory, not mapped: the folder goes when this block ends.
            tables = {path.stem: pl.read_ipc(path.read_bytes()) for path in sorted(out.glob("*.arrow"))}
        note = report.pop("released", None)
        return Parsed(tables or None, report, None if note is None else Release.from_dict(note))

    def stop(self) -> None:
        """Ends all of them, at the stop of the desk."""
        for group in list(self._groups):
            _end(group)

    @contextmanager
    def _place(self, who: str) -> Iterator[None]:
        with self._lock:
            if who in self._busy or len(self._busy) >= self._at_once:
                raise Unreadable("busy")
            self._busy.add(who)
        try:
            yield
        finally:
            with self._lock:
                self._busy.discard(who)

    def _run(self, command: Sequence[str]) -> int:
        """The exit code; the whole group of processes has ended then, also those that the reader itself began."""
        environment = {**os.environ, "POLARS_MAX_THREADS": "1"}
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(  # noqa: S603 (our own module, paths of our own making)
            command, stdin=quiet, stdout=quiet, stderr=quiet, env=environment, start_new_session=True
        )
        self._groups.add(process.pid)
        try:
            return process.wait(self._seconds)
        except subprocess.TimeoutExpired:
            raise Unreadable("too_long") from None
        finally:
            _end(process.pid)
            process.wait()
            self._groups.discard(process.pid)


def reader(target: Path, out: Path, lang: str) -> list[str]:
    """The command that reads ``target``."""
    return [sys.executable, "-m", "tiaokuai.web.apart", str(target), str(out), lang]


def _end(group: int) -> None:
    with suppress(ProcessLookupError):  # nothing of it is left
        os.killpg(group, signal.SIGKILL)


def _lay_out(files: Sequence[tuple[str, bytes]], data: Path) -> Path:
    """Writes the files under names of ours: nothing of a user's path is opened."""
    if not 1 <= len(files) <= MOST_FILES:
        raise Unreadable("too_many")
    if len(files) == 1 and files[0][0].lower().endswith(".xlsx"):
        target = data / "upload.xlsx"
        target.write_bytes(files[0][1])
        return target
    for name, content in files:
        plain = re.split(r"[\\/]", name)[-1]
        if not _TABLE.fullmatch(plain):
            raise Unreadable("bad_name")
        (data / plain).write_bytes(content)
    return data


def examine(target: str, out: Path, lang: str) -> None:
    """Checks the files with the command ``check`` and, where they can be used, writes their tables to ``out``."""
    command = [sys.executable, "-m", "tiaokuai", "check", target, "--json", "--lang", lang]
    said = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 (a path of our own making)
    report = json.loads(said.stdout or b"{}")
    if "problems" not in report:
        raise SystemExit(f"check said {report}")
    if report["ok"]:
        from tiaokuai.loaders import read

        network = read(target)
        for name, frame in network.tables.items():
            frame.write_ipc(out / f"{name}.arrow")
        report["released"] = None if network.released is None else network.released.to_dict()
    report["found"], report["problems"] = len(report["problems"]), report["problems"][:LISTED]
    (out / "report.json").write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")


def _main(target: str, out: str, lang: str) -> None:
    """In the process apart."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    examine(target, Path(out), lang)


if __name__ == "__main__":
    _main(*sys.argv[1:4])
