"""``tiaokuai export``: a data set into another format, whole for the steward, as its release for everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tiaokuai.cli.frame import Answer, Ask, question
from tiaokuai.cli.language import say
from tiaokuai.graph.errors import RequestError

if TYPE_CHECKING:
    from tiaokuai.graph import Network


@question(
    "把数据集写成另一种格式；--for steward 不丢任何内容，否则写为其公布的版本",
    "a data set in another format: whole with --for steward, else the release for planners or the public",
    usual="planner",
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
    before: Annotated[
        Path | None,
        typer.Option(
            "--before",
            metavar="EARLIER",
            help=say(
                "先前公布的版本：已公布的照旧；默认用 --out 处原有的",
                "an earlier release, whose steps are told again; default: the one at --out",
            ),
        ),
    ] = None,
) -> Answer:
    """Persons leave only for the steward; a release is what every command works on as on the data.

    What was exported there before is replaced, as a report is; the data themselves and folders of others are not.
    """
    _refuse(out)
    _refuse_format(out)
    earlier = _earlier(ask, before, out)
    if earlier is not None:
        ask.network = ask.release(earlier)
    network = ask.network
    with ask.progress(ask.say("写出", "writing")):
        if format_ == "neo4j-admin":
            from tiaokuai.loaders.neo4j_admin import write_admin

            write_admin(network, out)
        else:
            _whole(network, out)
    rows = {name: frame.height for name, frame in network.tables.items()}
    return Answer("export", {"out": str(out), "audience": ask.audience, "rows": rows}, _tell)


def _earlier(ask: Ask, before: Path | None, out: Path) -> Network | None:
    """The release that was told before: ``--before``, else what lies at ``--out`` where it is one for the same readers.

    RequestError where it cannot be read: without it what was told might change, and that would go unnoticed.
    """
    from tiaokuai.graph import InvalidData
    from tiaokuai.loaders import read

    if before is not None and ask.audience == "steward":
        zh, en = "--before 只用于 --for planner 或 public", "--before goes with --for planner or public alone"
        raise RequestError("before_for_steward", zh, en, path=str(before))
    if before is not None:
        return read(before)
    if ask.audience == "steward" or ask.source.released is not None or not _holds_data(out):
        return None
    try:
        earlier = read(out)
    except (InvalidData, RequestError):
        zh = f"{out} 处原有的内容无法读取，不知道是否公布过；请换一个 --out，或用 --before 指明先前公布的版本"
        en = f"what lies at {out} cannot be read, so what it told is unknown; name another --out, or --before EARLIER"
        raise RequestError("earlier_unreadable", zh, en, path=str(out)) from None
    told = earlier.released
    return earlier if told is not None and told.audience == ask.audience else None


def _holds_data(out: Path) -> bool:
    return any(out.iterdir()) if out.is_dir() else out.exists()


def _refuse(out: Path) -> None:
    from tiaokuai.loaders.release_note import FILE

    if out.is_dir() and any(item.suffix not in (".csv", ".parquet") and item.name != FILE for item in out.iterdir()):
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


def _whole(network: Network, out: Path) -> None:
    from tiaokuai.loaders import write
    from tiaokuai.loaders.reading import SUFFIXES

    if out.suffix.lower() in SUFFIXES:
        from tiaokuai.loaders.formats import write_graph

        write_graph(network, out)
    else:
        write(network, out)


def _tell(document: Mapping[str, Any], ask: Ask) -> None:
    out = document["out"]
    from tiaokuai.graph.naming import table_name

    called = {name: table_name(name, ask.lang) for name in document["rows"]}
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
                "其中没有个人记录；各条命令都可以直接读它。要完整数据请用 --for steward。",
                "No person is in it; every command works on it as on the data. --for steward writes everything.",
            )
        )


COMMANDS = [export]
