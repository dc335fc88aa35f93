"""Errors into plain words and exit codes (contracts.md): 1 data or request, 2 usage, 3 an outside service."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TextIO

from tiaokuai.graph.errors import TiaokuaiError
from tiaokuai.graph.naming import column_name, names_its_table, table_name

FIRST_FEW = 5  # problems shown on a terminal
AT_MOST = 100  # problems listed in an error's JSON; `check` has them all

# Faults of the machine, not of what was asked for.
_MACHINE = {errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EFBIG}

_SYSTEM = re.compile(r"\(os error (\d+)\)")

_REASONS = {
    errno.ENOENT: ("文件或文件夹不存在", "there is no such file or folder"),
    errno.EACCES: ("没有权限", "no permission"),
    errno.EPERM: ("没有权限", "no permission"),
    errno.EISDIR: ("这是文件夹，不是文件", "it is a folder, not a file"),
    errno.ENOTDIR: ("这不是文件夹", "it is not a folder"),
    errno.ENOSPC: ("磁盘已满", "the disk is full"),
    errno.EROFS: ("磁盘为只读", "the disk is read-only"),
    errno.ENAMETOOLONG: ("文件名太长", "the name is too long"),
}


@dataclass(frozen=True)
class Failure:
    """What a person or a program is told when a command fails."""

    exit_code: int
    code: str
    message: str
    details: dict[str, Any] = field(default_factory=dict)

    def tell(self, as_json: bool) -> None:
        """To stderr in words; under ``--json`` one document on stdout."""
        if as_json:
            error = {"code": self.code, "message": self.message, "details": self.details}
            try:
                print(
                    json.dumps({"error": error}, ensure_ascii=not _utf8(sys.stdout.encoding), default=str), flush=True
                )
            except OSError:  # what failed is standard output itself
                nowhere(sys.stdout)
                self.tell(as_json=False)
        else:
            said = "\n".join(map(printable, f"tiaokuai: {self.message}".split("\n")))
            with suppress(OSError):  # nobody is left to be told; the exit code says it
                print(said, file=sys.stderr, flush=True)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:  # or the process would meet it once more as it ends, and exit with 120
                nowhere(stream)


def nowhere(stream: TextIO) -> None:
    """From now on what is written there goes nowhere: a full disk would be met again when the process ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def printable(text: str) -> str:
    """A line of text without what would steer a terminal: names of files may hold anything.

    >>> printable("red \x1b[31m")
    'red ?[31m'
    """
    return text if text.isprintable() else "".join(letter if letter.isprintable() else "?" for letter in text)


def _utf8(encoding: str | None) -> bool:
    return (encoding or "").lower().replace("-", "") == "utf8"


def explain(error: BaseException, lang: str) -> Failure | None:
    """The failure behind an exception; None where it is a mistake of the program itself."""
    if isinstance(error, TiaokuaiError):
        return Failure(error.exit_code, error.code, error.message(lang), error.details)
    if isinstance(error, KeyboardInterrupt):
        return interrupted(lang)
    if isinstance(error, OSError) or (type(error).__module__.startswith("polars.") and _SYSTEM.search(str(error))):
        return _from_system(error, lang)
    if isinstance(error, MemoryError):
        zh, en = "内存不足，请减小数据或运行次数", "out of memory; use less data or fewer runs"
        return Failure(1, "out_of_memory", zh if lang == "zh" else en)
    return _from_graph(error, lang)


def interrupted(lang: str) -> Failure:
    """What Ctrl-C ends in."""
    return Failure(
        1, "interrupted", "已中止，没有留下写了一半的文件" if lang == "zh" else "stopped; nothing is left half written"
    )


def _from_system(error: BaseException, lang: str) -> Failure:
    if number := _SYSTEM.search(str(error)):  # polars keeps the system's number in its text alone
        error = OSError(int(number[1]), os.strerror(int(number[1])))
    if not isinstance(error, OSError):
        raise TypeError(f"{type(error).__name__} is no error of the system")
    name = os.fspath(error.filename) if error.filename is not None else None
    where = name.decode(errors="replace") if isinstance(name, bytes) else name
    zh, en = _REASONS.get(error.errno or 0, (error.strerror or str(error),) * 2)
    reason = zh if lang == "zh" else en
    exit_code = 3 if error.errno in _MACHINE else 1
    return Failure(
        exit_code, "file", f"{where}{'：' if lang == 'zh' else ': '}{reason}" if where else reason, {"path": where}
    )


def _from_graph(error: BaseException, lang: str) -> Failure | None:
    # Imported when something failed only: these modules bring polars and pydantic along.
    from tiaokuai.graph.assumptions import BadAssumption
    from tiaokuai.graph.problems import ERROR, InvalidData
    from tiaokuai.graph.template import BadTemplate

    if isinstance(error, BadAssumption):
        return Failure(2, "bad_assumption", f"--set{'：' if lang == 'zh' else ': '}{error.message(lang)}")
    if isinstance(error, BadTemplate):
        return Failure(1, "bad_template", f"--template: {error}")
    if not isinstance(error, InvalidData):
        return None
    faults = [problem for problem in error.problems if problem.severity == ERROR]
    zh = f"数据有 {len(faults)} 处错误，无法计算；用 tiaokuai check 查看全部，或加 --skip-invalid 略过出错的行"
    en = (
        f"the data have {len(faults):,} error{'' if len(faults) == 1 else 's'}; see all with tiaokuai check, "
        "or go on without the rows at fault with --skip-invalid"
    )
    lines = [zh if lang == "zh" else en, *(_line(problem, lang) for problem in faults[:FIRST_FEW])]
    if len(faults) > FIRST_FEW:
        lines.append("  …")
    listed = [problem.to_json(lang) for problem in faults[:AT_MOST]]
    return Failure(1, "invalid_data", "\n".join(lines), {"errors": len(faults), "problems": listed})


def place(file: str | None, table: str | None, lang: str = "en") -> str | None:
    """Where to look: the file of a table, the table too where one file holds several.

    >>> place("members.csv", "members"), place("mine.xlsx", "members"), place(None, "blocks")
    ('members.csv', 'mine.xlsx: members', 'blocks')
    """
    if file and table and not names_its_table(file):
        return f"{file}{'：' if lang == 'zh' else ': '}{table_name(table, lang)}"
    return file or (table and table_name(table, lang))


def _line(problem: Any, lang: str) -> str:
    row = f"{'第 ' if lang == 'zh' else 'row '}{problem.row}{' 行' if lang == 'zh' else ''}" if problem.row else None
    comma, colon = ("，", "：") if lang == "zh" else (", ", ": ")
    column = problem.column and column_name(problem.table, problem.column, lang)
    where = comma.join(part for part in (place(problem.file, problem.table, lang), row, column) if part)
    return f"  {where}{colon}{problem.message(lang)}"


def last_resort(as_json: bool, lang: str) -> None:
    """From now on even a mistake of the program itself reaches the user as a sentence, with exit code 1."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        zh = f"程序内部出错（{kind.__name__}: {error}）；请加 --debug 重试，并把输出报告给开发者"
        en = (
            f"a mistake in tiaokuai itself ({kind.__name__}: {error}); run again with --debug and report what it prints"
        )
        Failure(1, "internal", zh if lang == "zh" else en).tell(as_json)

    sys.excepthook = hook
