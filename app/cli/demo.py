"""The first five minutes: a made-up district, its report, and where to go next."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tiaokuai.cli.frame import Answer, Terminal, command
from tiaokuai.cli.language import say

BLOCKS, ENTERPRISES, SEED = 12, 300, 1


@command("生成一个虚构的片区、它的报告，并说明下一步", "a made-up district, its report, and where to go next")
def demo(
    ask: Terminal,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=say("写到哪个文件夹", "folder to write to"))] = Path(
        "demo"
    ),
    no_open: Annotated[
        bool, typer.Option("--no-open", help=say("不打开浏览器", "do not open the report in a browser"))
    ] = False,
) -> Answer:
    """Writes district/ and report.html; running it again replaces both."""
    from tiaokuai.loaders import write
    from tiaokuai.loaders.synthetic import generate
    from tiaokuai.viz.report import report

    data, page = out / "district", out / "report.html"
    out.mkdir(parents=True, exist_ok=True)
    with ask.progress(ask.say("生成片区与报告", "making the district and its report"), 3) as bar:
        network = generate(blocks=BLOCKS, enterprises=ENTERPRISES, seed=SEED)
        write(network, data)
        bar.advance()
        made = report(network, lang=ask.lang)
        bar.advance()
        made.write_html(page)
        bar.advance()
    opened = not no_open and not ask.json and _show(page)
    return Answer("demo", {"data": str(data), "report": str(page), "opened": opened}, _tell)


def _show(page: Path) -> bool:
    """Opens the report where there is a screen and a person in front of it."""
    import webbrowser

    screen = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return bool(screen) and sys.stdout.isatty() and webbrowser.open(page.resolve().as_uri())


def _tell(document: Mapping[str, Any], ask: Terminal) -> None:
    data, page = document["data"], Path(document["report"]).resolve()
    print(ask.say(f"报告在 {page}", f"The report is at {page}"))
    if not document["opened"]:
        print(ask.say("用浏览器打开它。", "Open it in a browser."))
    print(ask.say("\n接着试试：", "\nThen try:"))
    steps = [
        (f"tiaokuai coverage {data}", "现状如何", "where it stands, block by block"),
        (f"tiaokuai explain {data} B03", "为什么", "why a block has its status"),
        (f"tiaokuai simulate {data} --months 24", "如果什么都不做", "what happens if nothing is done"),
        (f"tiaokuai plan {data} --budget 100", "下一步怎么办", "what to do next with 100 a period"),
        (f"tiaokuai serve {data}", "在浏览器里问", "ask in the browser"),
        ("tiaokuai new mine.xlsx", "填写自己的数据", "fill in your own"),
    ]
    for line, zh, en in steps:
        print(f"  {line:<44} {ask.say(zh, en)}")


COMMANDS = [demo]
