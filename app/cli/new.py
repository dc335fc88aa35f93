"""``tiaokuai new``: a workbook to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tiaokuai.cli.frame import Answer, Terminal, command
from tiaokuai.cli.generate import Force, refuse_existing
from tiaokuai.cli.language import say
from tiaokuai.graph.errors import UsageError


@command("新建一个待填写的工作簿", "a workbook to fill in")
def new(
    ask: Terminal,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.xlsx", help=say("写到哪个文件", "the file to write; it ends in .xlsx"))
    ],
    force: Force = False,
) -> Answer:
    """A sheet a table, columns explained, drop-downs, an example row; in the language of the command."""
    from tiaokuai.loaders.blank import write_blank

    if file.suffix.lower() != ".xlsx":
        raise UsageError(
            "not_xlsx", f"{file}：文件名须以 .xlsx 结尾", f"{file}: the name must end in .xlsx", file=str(file)
        )
    refuse_existing(file, force)
    write_blank(file, ask.lang)
    return Answer("new", {"file": str(file), "lang": ask.lang}, _tell)


def _tell(document: Mapping[str, Any], ask: Terminal) -> None:
    file = document["file"]
    print(
        ask.say(
            f"已写好 {file}：每页一张表，第 2 行是例子。", f"{file} is ready: a sheet a table, row 2 is an example."
        )
    )
    print(ask.say(f"填好后：tiaokuai check {file}", f"When it is filled in: tiaokuai check {file}"))


COMMANDS = [new]
