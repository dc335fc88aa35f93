"""``tiaokuai generate``: a made-up district of any size."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tiaokuai.cli.frame import Answer, Terminal, command
from tiaokuai.cli.language import say
from tiaokuai.graph.errors import RequestError

Force = Annotated[bool, typer.Option("--force", help=say("覆盖已有的文件", "replace what is there"))]


@command("生成一个任意大小的虚构片区", "a made-up district of any size")
def generate(
    ask: Terminal,
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", help=say("写到何处；.xlsx 为工作簿", "where to write; .xlsx makes a workbook")
        ),
    ],
    blocks: Annotated[int, typer.Option("--blocks", help=say("区块数", "number of blocks"))] = 12,
    enterprises: Annotated[int, typer.Option("--enterprises", help=say("企业数", "number of enterprises"))] = 300,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help=say("随机种子", "seed; the same gives the same district"))
    ] = 1,
    counts: Annotated[
        bool,
        typer.Option("--counts", help=say("只记人数，不列会员", "head-counts in place of listed members")),
    ] = False,
    force: Force = False,
) -> Answer:
    """Writes the tables of a district that grew by the model's own rules until mid-2026."""
    from tiaokuai.loaders import write
    from tiaokuai.loaders.synthetic import generate as make

    refuse_existing(folder, force)
    with ask.progress(ask.say("生成片区", "making the district")):
        network = make(blocks=blocks, enterprises=enterprises, seed=seed, counts=counts)
        write(network, folder)
    rows = {name: frame.height for name, frame in network.tables.items()}
    return Answer("generate", {"folder": str(folder), "seed": seed, "rows": rows}, _tell)


def refuse_existing(path: Path, force: bool) -> None:
    """RequestError where something is at ``path`` already; an empty folder is nothing."""
    there = any(path.iterdir()) if path.is_dir() else path.exists()
    if there and not force:
        zh, en = f"{path} 已存在；要覆盖请加 --force", f"{path} exists; say --force to replace it"
        raise RequestError("exists", zh, en, path=str(path))


def _tell(document: Mapping[str, Any], ask: Terminal) -> None:
    folder = document["folder"]
    blocks, enterprises, members, counts = (
        document["rows"][name] for name in ("blocks", "enterprises", "members", "counts")
    )
    people = ask.say(f"{members} 名会员", f"{members} members")
    if counts:
        people = ask.say(f"{counts} 次人数统计", f"{counts} head-counts")
    print(
        ask.say(
            f"{folder}：{blocks} 个区块、{enterprises} 家企业、{people}（虚构）。",
            f"{folder}: {blocks} blocks, {enterprises} enterprises, {people}, all made up.",
        )
    )
    print(ask.say(f"接着：tiaokuai coverage {folder}", f"Next: tiaokuai coverage {folder}"))


COMMANDS = [generate]
