"""One command in a process of its own: how it ended, how long it took, and the most memory it held."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOM = 6 << 30  # of addresses, so that a runaway ends the process and not the machine


@dataclass(frozen=True)
class Ended:
    """What is left of a process; ``megabytes`` is the most it held at a time."""

    code: int
    out: str
    err: str
    seconds: float
    megabytes: float


def apart(
    *arguments: object,
    seconds: float = 60,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    program: Sequence[str] = (sys.executable, "-m", "tiaokuai"),
) -> Ended:
    """``tiaokuai ARGUMENTS`` in English; TimeoutError where it takes longer."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    command = [*program, *(a if isinstance(a, bytes) else str(a) for a in arguments)]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.monotonic()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            preexec_fn=limited,
            cwd=cwd,
            env={**os.environ, "LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8", **(env or {})},
        )
        held = 0.0
        while True:
            held = max(held, _most_held(process.pid))
            pid, status, _ = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() - begun > seconds:
                process.send_signal(signal.SIGKILL)
                os.wait4(process.pid, 0)
                process.returncode = -9
                raise TimeoutError(f"longer than {seconds} s: {arguments}")
            time.sleep(0.01)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        said = out.read().decode("utf-8", "replace"), err.read().decode("utf-8", "replace")
    return Ended(process.returncode, *said, time.monotonic() - begun, held)


def _most_held(pid: int) -> float:
    """Megabytes; what the system counts at the end has the memory of the test's own process in it."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)
