"""The options that commands have in common: how each is typed and said, and the field of the Ask that it fills."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from tiaokuai.cli.language import say

Lang = Annotated[
    Literal["zh", "en"] | None, typer.Option("--lang", help=say("语言，默认随系统", "language; default by locale"))
]
Json = Annotated[bool, typer.Option("--json", help=say("只输出一个 JSON 文档", "print exactly one JSON document"))]
Debug = Annotated[bool, typer.Option("--debug", help=say("出错时显示调用栈", "show the traceback of an error"))]
Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help=say(
            "数据：CSV 或 Parquet 文件夹、.xlsx 工作簿、neo4j:// 地址",
            "a folder of CSV or Parquet tables, an .xlsx workbook, or neo4j://…",
        ),
        show_default=False,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help=say("截至日期，默认今天", "as of this day; default today")),
]
Key = Annotated[
    Path | None,
    typer.Option(
        "--key",
        metavar="FILE",
        help=say(
            "公布密钥文件，至少 32 字节；默认用本机的",
            "key file of a release, 32 bytes or more; default: this machine's",
        ),
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help=say("改一项假设，可重复", "change an assumption, such as line_capacity=8; repeatable"),
    ),
]
TemplateFile = Annotated[
    Path | None,
    typer.Option("--template", metavar="FILE", help=say("自己的模式要素文件", "a template file of your own")),
]
Mapping = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        metavar="FILE",
        help=say("Neo4j 数据由别人写入时的对照文件", "mapping file of a Neo4j database that others filled"),
    ),
]
Skip = Annotated[bool, typer.Option("--skip-invalid", help=say("略过出错的行继续", "go on without the rows at fault"))]
Engine = Annotated[
    Literal["local", "server"],
    typer.Option("--engine", help=say("Neo4j 数据由谁计算", "on Neo4j: computed here or by the server")),
]
Option = tuple[Any, Any, str]  # annotation, default, field of Ask


def audience(usual: str) -> Option:
    """``--for``: whom the answer is for, ``usual`` where nothing is said and DATA are no release."""
    words = say(
        f"给谁看：管理者看数据，其余看为其公布的版本；默认 {usual}",
        f"whom it is for: the steward's data, or what others may know of them; default: {usual}",
    )
    return Annotated[Literal["steward", "planner", "public"] | None, typer.Option("--for", help=words)], None, "wanted"


TERMINAL: dict[str, Option] = {
    "lang": (Lang, None, "lang"),
    "json_": (Json, False, "json"),
    "debug": (Debug, False, "debug"),
}
QUESTION: dict[str, Option] = {
    "as_of": (AsOf, None, "as_of"),
    "set_": (Settings, None, "settings"),
    "template_file": (TemplateFile, None, "template_file"),
    "skip_invalid": (Skip, False, "skip_invalid"),
    "mapping": (Mapping, None, "mapping"),
    **TERMINAL,
}
