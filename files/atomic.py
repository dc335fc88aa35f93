"""Nothing is written half: everything that is written goes to a temporary neighbour first and is then renamed.

It lives at the bottom of the house because loaders, plans and reports alike write, and all must keep this promise.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A temporary path beside ``path`` to write to; it takes its place when the block ends, and goes if it fails.

    The temporary name keeps the suffix, because writers choose their format by it. A failure leaves what was there.

    Raises OSError where the folder is missing or must not be written to.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     target = Path(folder, "a.txt")
    ...     with replacing(target) as temporary:
    ...         _ = temporary.write_text("whole")
    ...     target.read_text(), len(os.listdir(folder))
    ('whole', 1)
    """
    target = Path(path)
    if not target.name:  # "." or "/" or nothing at all
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path) or ".")
    if not target.parent.is_dir():  # or the message would name a file that nobody asked for
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(target.parent))
    temporary = target.with_name(f".{target.stem}.{secrets.token_hex(4)}{target.suffix}")
    try:
        yield temporary
        with temporary.open("rb+") as file:  # on disk before the name changes, or a power cut leaves an empty file
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replacing_together(paths: Sequence[Path]) -> Iterator[list[Path]]:
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
            yield [stack.enter_context(replacing(path)) for path in reversed(paths)][::-1]
    except BaseException:
        for path, content in before.items():
            with suppress(OSError):  # what went wrong first is what is told
                _put_back(path, content)
        raise


def _put_back(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    elif not path.exists() or path.read_bytes() != content:
        with replacing(path) as temporary:
            temporary.write_bytes(content)


@contextmanager
def replacing_folder(path: str | Path) -> Iterator[Path]:
    """The same for a folder: a temporary, empty neighbour that takes the place of ``path`` as a whole.

    Two renames are needed where the folder exists; should the machine stop between them, the old folder is
    still whole, under its name with ``.old-`` before it.
    """
    target = Path(path)
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(20, os.strerror(20), str(target))
    token = secrets.token_hex(4)
    temporary, aside = target.with_name(f".{target.name}.{token}"), target.with_name(f".old-{target.name}.{token}")
    temporary.mkdir()
    try:
        yield temporary
        if target.exists():
            shutil.copymode(target, temporary)
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
