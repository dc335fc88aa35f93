"""Small files of a user, read with care: only what is a file, never more of it than such a file may be long.

It lives at the bottom of the house beside ``atomic``: scenarios, rates, wishes, templates, mappings and keys are all
read so. A file may be made to harm: a pipe that nobody writes to never ends, neither does ``/dev/zero``, and ten
lines of YAML can stand for a billion values.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiaokuai.graph.errors import RequestError

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

SMALL = 4_000_000  # bytes of a file that a person or plan --out writes; YAML of as much takes a quarter of a minute
SMALL_TOML = 256_000  # of a template, whose parser needs seconds for a megabyte that is made to harm
MOST_VALUES = 2_000_000  # that the aliases of a YAML file may stand for
MOST_WRITTEN = 500_000  # that stand in it themselves: half a minute of the parser's time, however short each is
DEEPEST = 64  # mappings and lists in each other; no file of ours has more than six
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
        zh, en = f"{path}：这是管道或设备，不是文件", f"{path}: it is a pipe or a device, not a file"
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
        zh, en = f"{path}：文件超过 {size}，不是这类文件", f"{path}: it is larger than {size}; no such file is"
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
    zh, en = f"{path}：不是 UTF-8 文本，请另存为 UTF-8", f"{path}: is not UTF-8 text; save it as UTF-8"
    raise RequestError("not_text", zh, en, path=str(path))


_LEADING_TABS = re.compile(r"^\t+", re.MULTILINE)  # JSON may be indented with them, YAML may not
_NO_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # YAML 1.2, 5.1
# What the parser says, the longest beginning first, as people may want to hear it: (zh, en).
_SAID = {
    "found character '\\t'": ("此处不能用制表符，请改用空格", "a tab stands where only spaces may; use spaces"),
    "expected ',' or '}'": ("花括号 { 没有闭合，或缺少逗号", "a { is not closed by }, or a comma is missing"),
    "expected ',' or ']'": ("方括号 [ 没有闭合，或缺少逗号", "a [ is not closed by ], or a comma is missing"),
    "mapping values are not allowed": (
        "此处不应有冒号：缩进不齐，或含冒号的文字没有加引号",
        "no colon may stand here: the indentation is uneven, or a text with a colon needs quotes",
    ),
    "could not find expected ':'": ("缺少冒号", "a colon is missing"),
    "expected <block end>": ("缩进与上面各行不齐", "the indentation does not match the lines above"),
    "found unexpected end of stream": ("引号没有闭合", "a quotation mark is not closed"),
    "but found another document": (
        "--- 之后还有一份内容，一个文件只能有一份",
        "after --- begins another document; a file holds one",
    ),
    "found undefined alias": ("* 所指的锚点不存在", "* names an anchor that there is not"),
    "found duplicate anchor": ("& 锚点重名", "two anchors have one name"),
}


class BadYaml(Exception):
    """Text that is no YAML; ``what`` and ``zh`` say why, ``line`` and ``column`` where, from 1, where that is known."""

    def __init__(self, what: str, line: int | None = None, column: int | None = None, zh: str | None = None) -> None:
        super().__init__(what if line is None else f"{what}, line {line}")
        self.what, self.zh, self.line, self.column = what, zh or what, line, column


def yaml_node(text: str) -> Node | None:
    """The root of YAML or JSON text, None where it holds nothing; raises BadYaml.

    >>> yaml_node("a: 1").tag
    'tag:yaml.org,2002:map'
    >>> yaml_node("a: &a [*a]")
    Traceback (most recent call last):
    tiaokuai.files.limits.BadYaml: an alias stands for itself
    """
    import io

    from ruamel.yaml import YAML

    spaced = _spaced(text)
    try:
        _refuse_brackets(spaced)
        yaml = YAML(typ="safe", pure=True)
        yaml.Composer = _bounded_composer()
        made: Node | None = _read(lambda: yaml.compose(io.StringIO(spaced)))
        if made is not None:
            _count(made)
    except BadYaml as bad:
        raise BadYaml(bad.what, bad.line, _column(text, bad.line, bad.column), bad.zh) from None
    if made is not None and spaced is not text:
        _unspace(made, text.split("\n"))
    return made


def yaml_value(text: str) -> Any:
    """What YAML or JSON text holds, as mappings, lists, texts and numbers; raises BadYaml.

    >>> yaml_value("a: [1, b]")
    {'a': [1, 'b']}
    """
    from ruamel.yaml import YAML

    yaml_node(text)
    return _read(lambda: YAML(typ="safe", pure=True).load(_spaced(text)))


def toml_value(text: str) -> dict[str, Any]:
    """What TOML text holds; ValueError where it is none, is longer than a template, or is nested too deeply.

    >>> toml_value("a.b = 1")
    {'a': {'b': 1}}
    >>> toml_value("a." * 1000 + "a = 1")
    Traceback (most recent call last):
    ValueError: it is nested more than 64 deep
    """
    import tomllib

    if len(text) > SMALL_TOML:
        raise ValueError(f"it is longer than {SMALL_TOML:,} characters")
    if any(line.count(".") > DEEPEST for line in text.splitlines()):  # the time of a key grows with the square of them
        raise ValueError(_too_deep().what)
    try:
        _refuse_brackets(text)
        return tomllib.loads(text)
    except (BadYaml, RecursionError):
        raise ValueError(_too_deep().what) from None


def _too_deep() -> BadYaml:
    return BadYaml(f"it is nested more than {DEEPEST} deep", zh=f"嵌套超过 {DEEPEST} 层")


def _refuse_brackets(text: str) -> None:
    """Brackets that open and do not close, before the parser sees them: every one costs it as long as all before it."""
    depth = 0
    for found in re.finditer(r"[\[\]{}]", text):
        depth = depth + 1 if found.group() in "[{" else max(depth - 1, 0)
        if depth > DEEPEST:
            raise _too_deep()


@cache
def _bounded_composer() -> type[Any]:
    """The parser's composer with an eye on depth and number; made when first used, for the library is slow to load."""
    from ruamel.yaml.composer import Composer

    class Bounded(Composer):
        nested = written = 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            self.nested, self.written = self.nested + 1, self.written + 1
            if self.nested > DEEPEST:
                raise _too_deep()
            if self.written > MOST_WRITTEN:
                raise BadYaml(f"it holds more than {MOST_WRITTEN:,} values", zh=f"超过 {MOST_WRITTEN:,} 个值")
            node = super().compose_node(parent, index)
            self.nested -= 1
            return node

    return Bounded


def _spaced(text: str) -> str:
    """With two spaces in place of every tab that a line begins with; BadYaml where a character is none of a text."""
    if found := _NO_TEXT.search(text):
        line, column = text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start())
        code = f"U+{ord(found.group()):04X}"
        raise BadYaml(f"a character that is no text, {code}", line, column, f"有不是文字的字符 {code}")
    return _LEADING_TABS.sub(lambda tabs: "  " * len(tabs.group()), text) if "\t" in text else text


def _column(text: str, line: int | None, column: int | None) -> int | None:
    """The column of the file, of one in the text with spaces in place of its tabs."""
    lines = text.split("\n")
    if line is None or column is None or line > len(lines):
        return column
    return column - min(len(lines[line - 1]) - len(lines[line - 1].lstrip("\t")), (column - 1) // 2)


def _unspace(root: Node, lines: Sequence[str]) -> None:
    """Sets where every node begins to its column in the file, tabs and all."""
    tabs = [len(line) - len(line.lstrip("\t")) for line in lines]
    waiting, moved = [root], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node.start_mark) in moved:
            continue
        moved.add(id(node.start_mark))
        if node.start_mark.line < len(tabs):
            node.start_mark.column -= min(tabs[node.start_mark.line], node.start_mark.column // 2)
        waiting += _inside(node)


def _read(read: Callable[[], Any]) -> Any:
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return read()
    except RecursionError:
        raise _too_deep() from None
    except (YAMLError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, AssertionError) as error:
        # The parser meets a few wrong texts with errors of Python's own.
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        what = str(getattr(error, "problem", None) or "not YAML").replace("\n", " ")
        zh, en = next((told for begin, told in _SAID.items() if what.startswith(begin)), (what, what))
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise BadYaml(en, line, column, zh) from None


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
                raise BadYaml(
                    f"its aliases stand for more than {MOST_VALUES:,} values", zh=f"别名展开后超过 {MOST_VALUES:,} 个值"
                )
        elif id(node) in open_:
            raise BadYaml("an alias stands for itself", zh="别名指向自己")
        else:
            open_.add(id(node))
            waiting.append((node, True))
            waiting += [(each, False) for each in inside if id(each) not in sizes]


def _inside(node: Node) -> list[Node]:
    if not isinstance(node.value, list):
        return []
    return [part for each in node.value for part in (each if isinstance(each, tuple) else (each,))]
