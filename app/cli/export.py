"""``tiaokuai export``: a data set into another format, whole for the steward, as figures for everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from tiaokuai.cli.frame import Answer, Ask, question
from tiaokuai.cli.language import say
from tiaokuai.graph.errors import RequestError


@question(
    "把数据集写成另一种格式；--for steward 不丢任何内容，否则只写可公开的数字",
    "a data set in another format: whole with --for steward, else the figures that the audience may know",
    audience="planner",
)
def export(
    ask: Ask,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="FILE",
            help=say(
                ".graphml、.gexf、.json、.xlsx、.parquet/ 或 CSV 文件夹",
                ".graphml, .gexf, .json, .xlsx, .parquet/, or a folder of CSV",
            ),
        ),
    ],
    format_: Annotated[
        Literal["tables", "neo4j-admin"],
        typer.Option(
            "--format",
            help=say(
                "默认由 --out 的后缀决定；neo4j-admin 为 Neo4j 批量导入的文件夹",
                "default: by the suffix of --out; neo4j-admin: a folder for Neo4j's bulk import",
            ),
        ),
    ] = "tables",
) -> Answer:
    """Persons leave only for the steward; the planner's and the public's files hold the answers they may read.

    What was exported there before is replaced, as a report is; the data themselves and folders of others are not.
    """
    _refuse(out)
    _refuse_format(out)
    with ask.progress(ask.say("写出", "writing")):
        if format_ == "neo4j-admin":
            rows = _import_files(ask, out)
        else:
            rows = _whole(ask, out) if ask.audience == "steward" else _figures(ask, out)
    return Answer("export", {"out": str(out), "audience": ask.audience, "rows": rows}, _tell)


def _refuse(out: Path) -> None:
    if out.is_dir() and any(item.suffix not in (".csv", ".parquet") for item in out.iterdir()):
        zh, en = f"{out} 里还有别的文件，请换一个文件夹", f"{out} holds other files; name another folder"
        raise RequestError("folder_in_use", zh, en, path=str(out))


def _refuse_format(out: Path) -> None:
    """``x.docx`` would become a folder of CSV of that name: whoever names a file's type means a file."""
    from tiaokuai.graph.errors import UsageError
    from tiaokuai.loaders.reading import SUFFIXES

    suffix = out.suffix.lower().removeprefix(".")
    known = (*SUFFIXES, ".xlsx", ".parquet")
    if (
        not out.is_dir()
        and f".{suffix}" not in known
        and 2 <= len(suffix) <= 5
        and suffix.isascii()
        and suffix.isalpha()
    ):
        zh = f"不能写成 .{suffix}；可用 {'、'.join(known)}，或不带后缀的文件夹名（CSV）"
        en = f".{suffix} is not a format to write; there are {', '.join(known)}, or a folder's name without one (CSV)"
        raise UsageError("unknown_format", zh, en, path=str(out))


def _whole(ask: Ask, out: Path) -> dict[str, int]:
    from tiaokuai.loaders import write
    from tiaokuai.loaders.reading import SUFFIXES

    if out.suffix.lower() in SUFFIXES:
        from tiaokuai.loaders.formats import write_graph

        write_graph(ask.network, out)
    else:
        write(ask.network, out)
    return {name: frame.height for name, frame in ask.network.tables.items()}


def _import_files(ask: Ask, out: Path) -> dict[str, int]:
    from tiaokuai.graph.errors import UsageError
    from tiaokuai.loaders.neo4j_admin import without_people, write_admin

    if ask.audience == "public":
        raise UsageError(
            "not_for_public",
            "--format neo4j-admin 逐一列出企业，不能用 --for public",
            "--format neo4j-admin lists every enterprise; it is not --for public",
        )
    network = ask.network if ask.audience == "steward" else without_people(ask.network)
    write_admin(network, out)
    return {name: frame.height for name, frame in network.tables.items()}


def _figures(ask: Ask, out: Path) -> dict[str, int]:
    from tiaokuai.web.export_figures import tables, write_tables

    made = tables(ask.network, ask.snapshot, ask.audience)
    write_tables(made, out)
    return {name: len(rows) for name, rows in made.items()}


_FIGURES = {"sectors": "行业", "ownerships": "性质", "history": "历程"}  # tables of an export for others


def _tell(document: Mapping[str, Any], ask: Ask) -> None:
    out = document["out"]
    from tiaokuai.graph.naming import table_name

    called = {name: table_name(name, ask.lang) for name in document["rows"]}
    called |= {name: ask.say(f"{zh}（{name}）", name) for name, zh in _FIGURES.items()}
    rows = [f"{called[name]}{ask.say('', ' ')}{count}" for name, count in document["rows"].items() if count]
    count = ask.say("、", ", ").join(rows)
    print(ask.say(f"已写入 {out}：{count}", f"Written to {out}: {count}"))
    if document["audience"] == "steward" and Path(out).is_dir() and any(Path(out).glob("*.csv")):
        print(
            ask.say(
                "CSV 原样保存文字，包括以 = + - @ 开头的；表格软件会把它们当公式，要用表格软件打开请写成 .xlsx。",
                "CSV holds texts as they are, also those that begin with = + - @, which spreadsheets compute; "
                "write .xlsx to open it in one.",
            )
        )
    if document["audience"] != "steward":
        print(
            ask.say(
                "其中没有个人记录；不足 5 人的数字已隐去（空格）。要完整数据请用 --for steward。",
                "No person is in it; figures of fewer than 5 are left out. --for steward writes everything.",
            )
        )


COMMANDS = [export]
