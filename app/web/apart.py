"""Files of a user are read in a process of their own, with a limit on time and memory.

What comes back are plain tables and worded problems, as Arrow and JSON files; nothing is unpickled.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS, BYTES = 120, 6_000_000_000
MOST_FILES = 12
LISTED = 2000
_TABLE = re.compile(r"[\w\u4e00-\u9fff-]{1,40}\.(csv|parquet)", re.IGNORECASE)


@dataclass(frozen=True)
class Parsed:
    """What was read: the tables where the files could be used, and every problem."""

    tables: dict[str, Any] | None
    report: dict[str, Any]


class Unreadable(Exception):
    """Files that could not even be looked at: ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse(files: Sequence[tuple[str, bytes]], lang: str) -> Parsed:
    """Reads uploaded files; a single workbook, or tables named as in the dictionary.

    Raises Unreadable: ``bad_name``, ``too_many``, ``too_long`` (time or memory ran out), ``failed``.
    """
    import polars as pl

    with tempfile.TemporaryDirectory(prefix="tiaokuai-") as folder:
        data, out = Path(folder, "data"), Path(folder, "out")
        data.mkdir()
        out.mkdir()
        target = _lay_out(files, data)
        try:
            finished = subprocess.run(  # noqa: S603 (our own module, paths of our own making)
                [sys.executable, "-m", "tiaokuai.web.apart", str(target), str(out), lang],
                timeout=SECONDS,
                capture_output=True,
                check=False,
                env={**os.environ, "POLARS_MAX_THREADS": "1"},
            )
        except subprocess.TimeoutExpired:
            raise Unreadable("too_long") from None
        result = out / "report.json"
        if finished.returncode != 0 or not result.exists():
            # A signal: the limit on time or memory; else the reader itself gave up.
            raise Unreadable("too_long" if finished.returncode < 0 else "failed")
        report = json.loads(result.read_text(encoding="utf-8"))
        # Read into memory, not mapped: the folder goes when this block ends.
        tables = {path.stem: pl.read_ipc(path.read_bytes()) for path in sorted(out.glob("*.arrow"))}
    return Parsed(tables or None, report)


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

        for name, frame in read(target).tables.items():
            frame.write_ipc(out / f"{name}.arrow")
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
