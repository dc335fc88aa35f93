"""Commands in forks of a process that has imported everything: their subject is the disk, and no start is paid for.

As a program, ``python forked.py SHIM`` reads a request a line, {argv, env, out, err}, and answers with its exit code.
"""

from __future__ import annotations

import atexit
import ctypes
import importlib
import json
import os
import pkgutil
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

# What commands import when they need it, beside the product's own modules.
HEAVY = ("highspy", "networkx", "openpyxl", "fastexcel", "polars", "pyarrow.parquet", "ruamel.yaml", "scipy.optimize")


def run(shim: Path, argv: list[str], env: Mapping[str, str], folder: Path) -> tuple[int, str]:
    """The exit code (negative: the signal it was killed by) and messages of ``tiaokuai ARGV`` under the shim."""
    out, err = folder / "stdout", folder / "stderr"
    process = _started(shim)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"argv": argv, "env": dict(env), "out": str(out), "err": str(err)}) + "\n")
    process.stdin.flush()
    return int(process.stdout.readline()), err.read_text(encoding="utf-8", errors="replace")


@lru_cache(maxsize=1)
def _started(shim: Path) -> subprocess.Popen[str]:
    env = {**os.environ, "LD_PRELOAD": str(shim), "POLARS_MAX_THREADS": "1"}
    line = [sys.executable, str(Path(__file__)), str(shim)]
    process = subprocess.Popen(line, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(_end, process)
    return process


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    process.wait()


def serve() -> None:
    """Answers requests until there are no more; a child leaves through SystemExit, as the command does."""
    shim = ctypes.CDLL(sys.argv[1])
    import tiaokuai

    for _, name, _ in pkgutil.walk_packages(tiaokuai.__path__, "tiaokuai."):
        if not name.startswith("tiaokuai.web") or name == "tiaokuai.web.users":
            importlib.import_module(name)
    for name in HEAVY:
        importlib.import_module(name)
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            _become(shim, json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(shim: ctypes.CDLL, asked: dict[str, Any]) -> None:
    from tiaokuai import __main__ as command

    for at, (path, flags) in enumerate(((os.devnull, os.O_RDONLY), (asked["out"], WRITE), (asked["err"], WRITE))):
        file = os.open(path, flags, 0o600)
        os.dup2(file, at)
        os.close(file)
    os.environ.clear()
    os.environ.update(asked["env"])
    shim.begin()
    sys.argv = [command.__file__, *asked["argv"]]
    command.main()


WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC

if __name__ == "__main__":
    serve()
