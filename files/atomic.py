"""Nothing is written half: everything that is written goes to a temporary neighbour first and is then renamed.

It lives at the bottom of the house because loaders, plans and reports alike write, and all must keep this promise.
A link is followed: what it points to is replaced, and the link stays. What is ``private`` (files with persons, keys)
is its owner's alone, mode 600 from the first byte on; a file that was there keeps the mode that its owner gave it.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tiaokuai.files.limits import regular

OWNER_FILE, OWNER_FOLDER = 0o600, 0o700
# What systems without modes (FAT, some network drives) say to a change of our own files' mode: there is none to keep.
_NO_MODES = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


@contextmanager
def replacing(path: str | Path, *, private: bool = False) -> Iterator[Path]:
    """A temporary path beside ``path`` to write to; it takes its place when the block ends, and goes if it fails.

    The temporary name keeps the suffix, because writers choose their format by it. A failure leaves what was there.

    Raises OSError where the folder is missing or must not be written to, RequestError for a pipe or a device.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     target = Path(folder, "a.txt")
    ...     with replacing(target, private=True) as temporary:
    ...         _ = temporary.write_text("whole")
    ...     target.read_text(), len(os.listdir(folder)), oct(target.stat().st_mode & 0o777)
    ('whole', 1, '0o600')
    """
    target = _followed(path)
    if not target.name:  # "." or "/" or nothing at all
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path) or ".")
    if not target.parent.is_dir():  # or the message would name a file that nobody asked for
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(target.parent))
    if target.exists():
        regular(target)
    temporary = target.with_name(f".{target.stem}.{secrets.token_hex(4)}{target.suffix}")
    try:
        if private:  # before there is a byte in it; whatever writes to it keeps the mode
            os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_FILE))
        yield temporary
        with temporary.open("rb+") as file:  # on disk before the name changes, or a power cut leaves an empty file
            os.fsync(file.fileno())
        if target.exists():
            _set_mode(temporary, target.stat().st_mode)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replacing_together(paths: Sequence[Path], *, private: bool = False) -> Iterator[list[Path]]:
    """The same for several files, which take their places in this order: if one cannot, all get back what they held.

    What they held waits in memory, not in a file: a copy of somebody who is being erased must not be left behind.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     one, other = Path(folder, "a.txt"), Path(folder, "b.txt")
    ...     with replacing_together([one, other]) as temporaries:
    ...         for temporary in temporaries:
    ...             _ = temporary.write_text("whole")
    ...     one.read_text(), other.read_text(), len(os.listdir(folder))
    ('whole', 'whole', 2)
    """
    before = {path: path.read_bytes() if path.exists() else None for path in paths}
    try:
        with ExitStack() as stack:  # which is left last in, first out
            yield [stack.enter_context(replacing(path, private=private)) for path in reversed(paths)][::-1]
    except BaseException:
        for path, content in before.items():
            with suppress(OSError):  # what went wrong first is what is told
                _put_back(path, content)
        raise


def _put_back(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    elif not path.exists() or path.read_bytes() != content:
        with replacing(path, private=True) as temporary:
            temporary.write_bytes(content)


@contextmanager
def replacing_folder(path: str | Path, *, private: bool = False) -> Iterator[Path]:
    """The same for a folder: a temporary, empty neighbour that takes the place of ``path`` as a whole.

    Two renames are needed where the folder exists; should the machine stop between them, the old folder is
    still whole, under its name with ``.old-`` before it.
    """
    target = _followed(path)
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(target))
    token = secrets.token_hex(4)
    temporary, aside = target.with_name(f".{target.name}.{token}"), target.with_name(f".old-{target.name}.{token}")
    temporary.mkdir(mode=OWNER_FOLDER if private else 0o777)
    try:
        yield temporary
        _set_modes(temporary, target, private)
        if target.exists():
            os.replace(target, aside)
        try:
            os.replace(temporary, target)
        except OSError:
            if aside.exists():
                os.replace(aside, target)
            raise
        shutil.rmtree(aside, ignore_errors=True)
        if aside.exists():  # once more, and if it stays, it is said where: nobody should keep a copy unknowingly
            shutil.rmtree(aside)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _followed(path: str | Path) -> Path:
    """Where a link leads, or the path itself; OSError where links lead in a circle."""
    target = Path(path)
    if not target.is_symlink():
        return target
    real = Path(os.path.realpath(target))
    if real.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return real


def _set_modes(made: Path, before: Path, private: bool) -> None:
    """What was there keeps its mode; what is new and private is its owner's alone."""
    for item in made.iterdir():
        old = before / item.name
        if old.is_file():
            _set_mode(item, old.stat().st_mode)
        elif private:
            _set_mode(item, OWNER_FILE)
    if before.exists():  # last: a folder that its owner may not write to is still to be filled
        _set_mode(made, before.stat().st_mode)


def _set_mode(path: Path, mode: int) -> None:
    try:
        path.chmod(stat.S_IMODE(mode))
    except OSError as error:
        if error.errno not in _NO_MODES:
            raise
