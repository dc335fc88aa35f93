"""One way to compile: numba without the interpreter lock, kept on disk, and never a reason to fail."""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])

# Compiled together. numba looks at a function's own file alone to see whether what it kept still holds, so a change
# in one of these would leave the others' machine code behind it: the folder's name holds all their contents.
SOURCES = ("compiled", "draws", "program", "kernel", "kernel_state", "kernel_operations", "mean_field_kernel")


def compiled(function: Function) -> Function:
    """The function as machine code, kept between processes where anything can be written at all."""
    return _compile(function)


def inlined(function: Function) -> Function:
    """The same, always part of its caller: a call that hands over forty arrays costs more than a block's month."""
    return _compile(function, inline="always")


def uncounted(function: Function) -> Function:
    """The same for a function that makes no array of its own and keeps none.

    numba then counts no references: for tuples of forty arrays that are handed on, counting them took longer than
    the arithmetic, and most of the compiler's time.
    """
    return _compile(function, counted=False)


def _compile(function: Function, inline: Literal["never", "always"] = "never", counted: bool = True) -> Function:
    # error_model: division by zero gives nan, as NumPy does, and costs no check.
    config = cast(Any, numba.config)
    before, config.CACHE_DIR = config.CACHE_DIR, folder()
    try:
        options = {"cache": bool(folder()), "nogil": True, "error_model": "numpy", "inline": inline, "_nrt": counted}
        return cast(Function, cast(Any, numba.njit)(**options)(function))
    finally:
        config.CACHE_DIR = before


@lru_cache(maxsize=1)
def folder() -> str:
    """Where machine code is kept: NUMBA_CACHE_DIR, else beside the source, else the user's or a temporary folder.

    What others can write to must not be loaded as code: such a folder is passed over, and named in the log. Nothing
    where no folder is this user's own.
    """
    here = Path(__file__).resolve().parent
    name = f"tiaokuai-{_contents(here)}"
    for base in _bases(here):
        path = Path(os.path.realpath(base), name)
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(path, os.W_OK):
                continue
            reason = _distrust(path)
        except OSError:
            continue
        if reason is None:
            return str(path)
        logging.getLogger("tiaokuai").warning("%s: %s; 不用作代码缓存 · not used as a cache of code", path, reason)
    return ""


def _contents(here: Path) -> str:
    """A hash of all SOURCES; FileNotFoundError where one is missing: its machine code would outlive a change of it."""
    digest = hashlib.blake2b(digest_size=6)
    for name in SOURCES:
        digest.update((here / f"{name}.py").read_bytes())
    return digest.hexdigest()


def _distrust(path: Path) -> str | None:
    """Why somebody else may have a hand in a folder, in both languages; None where it is this user's alone."""
    if not hasattr(os, "getuid"):
        return None
    about = path.lstat()
    if stat.S_ISLNK(about.st_mode):
        return "它是链接 · it is a link"
    if about.st_uid != os.getuid():
        return "它属于别的用户 · it belongs to another user"
    if about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "别人可以写入 · others can write to it"
    for above in path.parents:  # whoever owns one of these could put another folder in its place
        about = above.stat()
        if about.st_uid not in (0, os.getuid()):
            return f"{above} 属于别的用户 · {above} belongs to another user"
        if about.st_mode & stat.S_IWOTH and not about.st_mode & stat.S_ISVTX:
            return f"别人可以写入 {above} · others can write to {above}"
    return None


def kept(name: str) -> bool:
    """Whether machine code of a function is there already; without it, its first call takes half a minute.

    >>> kept("no_such_function")
    False
    """
    return bool(folder()) and any(Path(folder()).rglob(f"*.{name}-*.nbi"))


def _bases(here: Path) -> Iterator[Path]:
    if named := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(named)
    yield here / "__pycache__"
    yield Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    yield Path(tempfile.gettempdir(), f"tiaokuai-{os.getuid() if hasattr(os, 'getuid') else 'user'}")
