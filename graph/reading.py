"""Small files of a user, read with care: only what is a file, never more of it than such a file may be long.

It lives at the bottom of the house beside ``writing``: scenarios, rates, wishes, templates, mappings and keys are all
read so. A file may be made to harm: a pipe that nobody writes to never ends, neither does ``/dev/zero``, and ten
lines of YAML can stand for a billion values.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiaokuai.graph.errors import RequestError

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

SMALL = 4_000_000  # bytes of a file that a person or plan --out writes; YAML of as much takes a quarter of a minute
MOST_VALUES = 2_000_000  # that the aliases of a YAML file may stand for
# What a shell opens before the command begins: `--scenario <(…)` and `--scenario /dev/stdin` are there to be read.
_OPEN_ALREADY = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")


def regular(path: str | Path) -> Path:
    """The path, where a file is there; RequestError where it is a pipe or a device, OSError where nothing is.

    >>> regular("/dev/zero")
    Traceback (most recent call last):
    tiaokuai.graph.errors.RequestError: /dev/zero: it is a pipe or a device, not a file
    """
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        zh, en = f"{path}:这是管道或设备,不是文件", f"{path}: it is a pipe or a device, not a file"
        raise RequestError("not_a_file", zh, en, path=str(path))
    return Path(path)


def small_bytes(path: str | Path, most: int = SMALL) -> bytes:
    """The content of a file of at most ``most`` bytes.

    Raises RequestError where it is longer or no file, OSError where it cannot be read.
    """
    given = str(path)
    if not (given.startswith(_OPEN_ALREADY) and stat.S_ISFIFO(os.stat(path).st_mode)):
        regular(path)
    with open(path, "rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        size = f"{most / 1e6:g} MB"
        zh, en = f"{path}:文件超过 {size},不是这类文件", f"{path}: it is larger than {size}; no such file is"
        raise RequestError("file_too_large", zh, en, path=given, most=most)
    return content


def small_text(path: str | Path, most: int = SMALL) -> str:
    """The same as text: UTF-8, with its mark or without, or GB18030; RequestError where it is neither."""
    content = small_bytes(path, most)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    zh, en = f"{path}:不是 UTF-8 文本", f"{path}: is not UTF-8 text"
    raise RequestError("not_text", zh, en, path=str(path))


class BadYaml(Exception):
    """Text that is no YAML; ``what`` says why, ``line`` and ``column`` where, counted from 1, where that is known."""

    def __init__(self, what: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(what if line is None else f"{what}, line {line}")
        self.what, self.line, self.column = what, line, column


def yaml_node(text: str) -> Node | None:
    """The root of YAML or JSON text, None where it holds nothing; raises BadYaml.

    >>> yaml_node("a: 1").tag
    'tag:yaml.org,2002:map'
    >>> yaml_node("a: &a [*a]")
    Traceback (most recent call last):
    tiaokuai.graph.reading.BadYaml: an alias stands for itself
    """
    import io

    from ruamel.yaml import YAML

    made: Node | None = _read(lambda: YAML(typ="safe", pure=True).compose(io.StringIO(text)))
    if made is not None:
        _count(made)
    return made


def yaml_value(text: str) -> Any:
    """What YAML or JSON text holds, as mappings, lists, texts and numbers; raises BadYaml.

    >>> yaml_value("a: [1, b]")
    {'a': [1, 'b']}
    """
    from ruamel.yaml import YAML

    yaml_node(text)
    return _read(lambda: YAML(typ="safe", pure=True).load(text))


def _read(read: Callable[[], Any]) -> Any:
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return read()
    except RecursionError:
        raise BadYaml("it is nested too deeply") from None
    except (YAMLError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, AssertionError) as error:
        # The parser meets a few wrong texts with errors of Python's own.
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        what = str(getattr(error, "problem", None) or "not YAML").replace("\n", " ")
        raise BadYaml(what, *((mark.line + 1, mark.column + 1) if mark else ())) from None


def _count(root: Node) -> None:
    """Refuses aliases that stand for themselves, or for more values than a reader would live to see."""
    sizes: dict[int, int] = {}
    open_: set[int] = set()
    waiting = [(root, False)]
    while waiting:
        node, left = waiting.pop()
        if id(node) in sizes:
            continue
        inside = _inside(node)
        if left:
            open_.discard(id(node))
            sizes[id(node)] = 1 + sum(sizes[id(each)] for each in inside)
            if sizes[id(node)] > MOST_VALUES:
                raise BadYaml(f"its aliases stand for more than {MOST_VALUES:,} values")
        elif id(node) in open_:
            raise BadYaml("an alias stands for itself")
        else:
            open_.add(id(node))
            waiting.append((node, True))
            waiting += [(each, False) for each in inside if id(each) not in sizes]


def _inside(node: Node) -> list[Node]:
    if not isinstance(node.value, list):
        return []
    return [part for each in node.value for part in (each if isinstance(each, tuple) else (each,))]
