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


@question("把数据集写入 Neo4j,只写不同之处", "write a data set to Neo4j: only what differs")
def push(ask: Ask, uri: _Uri) -> Answer:
    from tiaokuai.loaders.neo4j_push import push as into

    network = ask.network
    total = sum(frame.height for frame in network.tables.values())
    with ask.progress(ask.say("写入 Neo4j", "writing to Neo4j"), total) as bar:
        done = into(network, uri, bar.update)
    return Answer("neo4j_push", {"changed": done.changed, "added": done.added, "removed": done.removed}, _pushed)


@command("把 Neo4j 中的数据集取回文件夹", "read the data set in Neo4j back into a folder")
def pull(
    ask: Terminal,
    uri: _Uri,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False, help=say("文件夹", "folder"))],
) -> Answer:
    from tiaokuai.graph.errors import RequestError
    from tiaokuai.graph.records import TABLES
    from tiaokuai.graph.writing import replacing_folder
    from tiaokuai.loaders.neo4j_pull import pull as out_of

    if folder.is_dir() and any(item.suffix != ".csv" or item.stem not in TABLES for item in folder.iterdir()):
        raise RequestError(
            "folder_in_use",
            f"{folder} 里还有别的文件,不能整个替换;请换一个文件夹",
            f"{folder} holds other files and would be replaced as a whole; name another folder",
        )
    network = out_of(uri)
    with replacing_folder(folder) as temporary:
        for table, frame in network.tables.items():
            frame.write_csv(temporary / f"{table}.csv")
    rows = {table: frame.height for table, frame in network.tables.items()}
    return Answer("neo4j_pull", {"folder": str(folder), "rows": rows}, _pulled)


@command("Neo4j 中有什么、何时写入", "what Neo4j holds and when it was written")
def status(ask: Terminal, uri: _Uri) -> Answer:
    from tiaokuai.loaders.neo4j_status import status as found

    return Answer("neo4j_status", found(uri), _status)


def _pushed(document: Mapping[str, Any], ask: Terminal) -> None:
    if not document["changed"]:
        print(ask.say("没有变化", "nothing changed"))
        return
    added, removed = sum(document["added"].values()), sum(document["removed"].values())
    print(ask.say(f"写入 {added} 行,移除 {removed} 行", f"{added} rows written, {removed} taken out"))


def _pulled(document: Mapping[str, Any], ask: Terminal) -> None:
    rows = sum(document["rows"].values())
    print(ask.say(f"{rows} 行已写到 {document['folder']}", f"{rows} rows written to {document['folder']}"))


def _status(document: Mapping[str, Any], ask: Terminal) -> None:
    print(f"Neo4j {document['server']}")
    print(ask.say("最近写入", "last pushed"), document["pushed"] or "-", document["hash"] or "")
    for label, count in document["counts"].items():
        print(f"{label}\t{count}")
    if missing := document["missing_constraints"]:
        print(ask.say("缺少约束:", "constraints missing:"), ", ".join(missing))


COMMANDS = [push, pull, status]
