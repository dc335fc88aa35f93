"""``tiaokuai neo4j``: a data set into a database, out of it again, and what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tiaokuai.cli.frame import Answer, Ask, Terminal, command, question
from tiaokuai.cli.language import say

GROUP = ("neo4j", say("把数据存入 Neo4j、取回、查看", "data into Neo4j, out of it again, and what it holds"))

_Uri = Annotated[str, typer.Argument(metavar="URI", show_default=False, help="neo4j://host:7687")]


@question("把数据集写入 Neo4j，只写不同之处", "write a data set to Neo4j: only what differs")
def push(ask: Ask, uri: _Uri) -> Answer:
    """The data with their members, or with ``--for`` the release without them."""
    from tiaokuai.loaders.neo4j_push import push as into

    network = ask.network
    total = sum(frame.height for frame in network.tables.values())
    with ask.progress(ask.say("写入 Neo4j", "writing to Neo4j"), total) as bar:
        done = into(network, uri, bar.update)
    document = {"changed": done.changed, "added": done.added, "removed": done.removed, "hash": network.fingerprint}
    return Answer("neo4j_push", document, _pushed)


@command("把 Neo4j 中的数据集取回文件夹", "read the data set in Neo4j back into a folder")
def pull(
    ask: Terminal,
    uri: _Uri,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False, help=say("文件夹", "folder"))],
) -> Answer:
    """A name ending in .parquet is a folder of Parquet tables, one in .xlsx a workbook."""
    from tiaokuai.loaders import write
    from tiaokuai.loaders.neo4j_pull import pull as out_of

    with ask.progress(ask.say("读取 Neo4j", "reading from Neo4j")) as bar:
        network = out_of(uri, bar.update)
    write(network, folder)
    rows = {table: frame.height for table, frame in network.tables.items()}
    return Answer("neo4j_pull", {"folder": str(folder), "rows": rows, "hash": network.fingerprint}, _pulled)


@command(
    "为别人写入的数据库草拟对照文件", "a first guess of the mapping file of a database that others filled", name="map"
)
def map_(
    ask: Terminal,
    uri: _Uri,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help=say("写到文件，默认显示", "write it here; default: show it")),
    ] = None,
) -> Answer:
    """Read it, put it right, and hand it over with --mapping FILE."""
    from tiaokuai.files.atomic import replacing
    from tiaokuai.loaders.neo4j_guess import guess, read_schema

    text = guess(read_schema(uri))
    if out is not None:
        with replacing(out) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return Answer("neo4j_map", {"mapping": text, "out": out and str(out)}, _mapped)


@command("Neo4j 中有什么、何时写入", "what Neo4j holds and when it was written")
def status(ask: Terminal, uri: _Uri) -> Answer:
    from tiaokuai.loaders.neo4j_status import status as found

    return Answer("neo4j_status", found(uri), _status)


def _pushed(document: Mapping[str, Any], ask: Terminal) -> None:
    if not document["changed"]:
        print(ask.say("没有变化", "nothing changed"))
        return
    added, removed = sum(document["added"].values()), sum(document["removed"].values())
    print(ask.say(f"写入 {added} 行，移除 {removed} 行", f"{added} rows written, {removed} taken out"))


def _pulled(document: Mapping[str, Any], ask: Terminal) -> None:
    rows = sum(document["rows"].values())
    print(ask.say(f"{rows} 行已写到 {document['folder']}", f"{rows} rows written to {document['folder']}"))


def _mapped(document: Mapping[str, Any], ask: Terminal) -> None:
    if document["out"] is None:
        print(document["mapping"], end="")
    else:
        print(ask.say(f"已写到 {document['out']}，请核对", f"written to {document['out']}; read it and put it right"))


def _status(document: Mapping[str, Any], ask: Terminal) -> None:
    from tiaokuai.cli.tables import table, text

    print(f"Neo4j {document['server']} {document['edition']}")
    if document["state"] is None:
        print(ask.say("没有数据集", "no data set here"))
    elif document["state"] == "loading":
        print(ask.say("首次写入未完成，请再次 push", "a first push is unfinished: push again"))
    else:
        print(ask.say("最近写入", "last pushed"), document["pushed"], document["hash"])
    kinds = [*document["counts"].items(), *document["relationships"].items()]
    headings = [(ask.say("标签、关系", "label, relationship"), "left"), (ask.say("数量", "count"), "right")]
    ask.console.print(table("", headings, [(name, text(count)) for name, count in kinds]))
    if document["erased_members"]:
        erased = document["erased_members"]
        print(ask.say(f"已删除会员 {erased} 名", f"{erased} members erased"))
    if missing := document["missing_constraints"]:
        print(
            ask.say("缺少约束、索引（再次 push 会补上）：", "constraints or indexes missing (a push adds them):"),
            ", ".join(missing),
        )


COMMANDS = [push, pull, status, map_]
