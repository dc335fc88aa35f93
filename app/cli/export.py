"""``tiaokuai export``: a data set into another format, whole for the steward, as figures for everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from tiaokuai.cli.frame import Answer, Ask, question
from tiaokuai.cli.generate import Force, refuse_existing
from tiaokuai.cli.language import say


@question(
    "把数据集写成另一种格式;--for steward 不丢任何内容,否则只写可公开的数字",
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
        Literal["tables"],
        typer.Option("--format", help=say("默认由 --out 的后缀决定", "default: by the suffix of --out")),
    ] = "tables",
    force: Force = False,
) -> Answer:
    """Persons leave only for the steward; the planner's and the public's files hold the answers they may read."""
    refuse_existing(out, force)
    with ask.progress(ask.say("写出", "writing")):
        rows = _whole(ask, out) if ask.audience == "steward" else _figures(ask, out)
    return Answer("export", {"out": str(out), "audience": ask.audience, "rows": rows}, _tell)


def _whole(ask: Ask, out: Path) -> dict[str, int]:
    from tiaokuai.loaders import write
    from tiaokuai.loaders.reading import SUFFIXES

    if out.suffix.lower() in SUFFIXES:
        from tiaokuai.loaders.formats import write_graph

        write_graph(ask.network, out)
    else:
        write(ask.network, out)
    return {name: frame.height for name, frame in ask.network.tables.items()}


def _figures(ask: Ask, out: Path) -> dict[str, int]:
    from tiaokuai.cli.export_figures import tables, write_tables

    made = tables(ask.network, ask.snapshot, ask.audience)
    write_tables(made, out)
    return {name: len(rows) for name, rows in made.items()}


def _tell(document: Mapping[str, Any], ask: Ask) -> None:
    out = document["out"]
    count = ", ".join(f"{name} {rows}" for name, rows in document["rows"].items() if rows)
    print(ask.say(f"已写入 {out}:{count}", f"Written to {out}: {count}"))
    if document["audience"] != "steward":
        print(
            ask.say(
                "其中没有个人记录;不足 5 人的数字已隐去(空格)。要完整数据请用 --for steward。",
                "No person is in it; figures of fewer than 5 are left out. --for steward writes everything.",
            )
        )


COMMANDS = [export]
