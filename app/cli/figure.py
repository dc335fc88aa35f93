"""``tiaokuai figure``: one picture as a file, for a slide or a paper."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tiaokuai.cli.frame import Answer, Ask, question
from tiaokuai.cli.language import say
from tiaokuai.cli.report import Months, Plan, RatesFile, Runs, Scenarios, Seed, facts

if TYPE_CHECKING:
    from tiaokuai.viz.picture import Picture
    from tiaokuai.viz.report_facts import Facts

NAMES = (
    "coverage_bars",
    "coverage_mosaic",
    "network",
    "replication_tree",
    "template_heat",
    "influence",
    "gap_waterfall",
    "line_block_plane",
    "forecast",
    "difference",
    "plan_board",
    "sensitivity_tornado",
    "history_map",
)
IMAGES = (".png", ".svg", ".pdf")
FORMATS = (*IMAGES, ".html", ".json")
SCALE = 2  # pixels of a PNG for each that the picture is laid out in


@question(
    "单独导出一幅图（PNG、SVG、PDF、HTML 或 Plotly JSON）",
    "one picture as a file: PNG, SVG, PDF, HTML or Plotly JSON",
    usual="planner",
    before=("name",),
)
def figure(
    ask: Ask,
    name: Annotated[str, typer.Argument(metavar="NAME", help=say("哪一幅：", "which one: ") + ", ".join(NAMES))],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help=say("写到哪个文件", "file to write"))],
    narrow: Annotated[
        bool, typer.Option("--narrow", help=say("手机上的样子", "as it looks on a narrow screen"))
    ] = False,
    block: Annotated[
        str | None, typer.Option("--block", metavar="ID", help=say("network：只画一块", "of network: one block alone"))
    ] = None,
    scenario: Scenarios = None,
    plan: Plan = None,
    months: Months = 36,
    runs: Runs = None,
    seed: Seed = 1,
    rates: RatesFile = None,
) -> Answer:
    """Draws and writes one picture, whole or not at all."""
    from tiaokuai.graph.errors import RequestError
    from tiaokuai.viz.drawing import NEEDS, picture

    wanted = name.strip().lower().replace("-", "_")
    _refuse(wanted, out)
    if block is not None:
        _one_block(wanted, block, ask)
    simulated = bool({"forecast", "sensitivity"} & set(NEEDS[wanted]))
    given = facts(ask, scenario, plan, months=months, runs=runs, seed=seed, rates=rates, simulated=simulated)
    drawn = picture(wanted, given, ask.lang, block)
    if drawn is None:
        raise RequestError("nothing_to_draw", *_missing(wanted), name=wanted)
    _write(drawn, out, narrow, ask.lang, _stamp(given, ask.lang))
    told = {"figure": wanted, "path": str(out), "title": drawn.title, "alt": drawn.alt}
    return Answer("figure", told, _tell)


def _refuse(name: str, out: Path) -> None:
    from tiaokuai.graph.errors import RequestError, UsageError

    if name not in NAMES:
        zh, en = (
            f"没有名为 {name} 的图；有 {', '.join(NAMES)}",
            f"no picture is called {name}; there are {', '.join(NAMES)}",
        )
        raise UsageError("unknown_figure", zh, en, name=name, names=list(NAMES))
    if out.suffix.lower() not in FORMATS:
        endings = ", ".join(FORMATS)
        zh, en = f"--out 应以下列之一结尾：{endings}", f"--out must end in one of {endings}"
        raise UsageError("bad_out", zh, en, path=str(out))
    if not out.absolute().parent.is_dir():
        zh, en = f"没有文件夹 {out.parent}", f"there is no folder {out.parent}"
        raise RequestError("no_folder", zh, en, path=str(out.parent))


def _one_block(name: str, block: str, ask: Ask) -> None:
    """UsageError for a picture that has no blocks to choose from, RequestError for a block that there is not."""
    from tiaokuai.graph.errors import UsageError
    from tiaokuai.metrics.explain import find_block
    from tiaokuai.viz.drawing import OF_BLOCK

    if name not in OF_BLOCK:
        names = ", ".join(OF_BLOCK)
        raise UsageError("no_block", f"--block 只用于 {names}", f"--block goes with {names} alone", name=name)
    find_block(ask.snapshot, block)


def _missing(name: str) -> tuple[str, str]:
    if name == "plan_board":
        return "plan_board 需要 --plan FILE", "plan_board needs --plan FILE"
    if name == "difference":
        return "difference 需要 --scenario FILE", "difference needs --scenario FILE"
    return "没有企业，无可绘制", "there is no enterprise: nothing to draw"


def _stamp(given: Facts, lang: str) -> str:
    """The line that every file carries."""
    from tiaokuai.viz.report import provenance
    from tiaokuai.viz.stamp import release_notes, stamp
    from tiaokuai.viz.text import Text

    notes = release_notes(given.network, lang)
    return stamp(provenance(given, Text(lang)), given.assumptions.to_json(), lang, notes)


def _write(drawn: Picture, out: Path, narrow: bool, lang: str, stamp: str) -> None:
    from tiaokuai.files.atomic import replacing

    spec, kind = drawn.titled(narrow, stamp), out.suffix.lower()
    if kind == ".json":
        content = json.dumps(spec, ensure_ascii=False, allow_nan=False).encode()
    elif kind == ".html":
        from tiaokuai.viz.report_page import lone

        content = lone(drawn, lang, stamp).encode()
    else:
        content = image(spec, kind[1:])
    with replacing(out) as temporary:
        temporary.write_bytes(content)


def image(spec: Mapping[str, Any], kind: str) -> bytes:
    """The picture as PNG, SVG or PDF, drawn by a Chromium; ServiceError where there is none that runs."""
    import logging

    import kaleido
    from choreographer.errors import BrowserClosedError, BrowserDepsError, BrowserFailedError, ChromeNotFoundError

    from tiaokuai.graph.errors import ServiceError

    # What it makes of the browser's own chatter is nothing to the user: its faults come as the errors below.
    logging.getLogger("choreographer").setLevel(logging.CRITICAL)
    layout = spec["layout"]
    size = {"width": layout["width"], "height": layout["height"], "scale": SCALE if kind == "png" else 1}
    try:
        # mathjax: nothing is fetched, and no picture has a formula.
        made: bytes = kaleido.calc_fig_sync(dict(spec), opts={"format": kind, **size}, kopts={"mathjax": False})
    except (ChromeNotFoundError, BrowserDepsError, BrowserFailedError, BrowserClosedError) as error:
        zh = f"画 {kind.upper()} 需要 Chromium 或 Chrome，此处没有能运行的；请安装，或用 --out 写 .html、.json"
        en = f"{kind.upper()} is drawn by Chromium or Chrome, and none runs here; install one, or write .html or .json"
        raise ServiceError("no_browser", zh, en, reason=type(error).__name__) from None
    return made


def _tell(document: Mapping[str, Any], ask: Ask) -> None:
    path = Path(document["path"]).resolve()
    print(ask.say(f"{document['title']}\n图在 {path}", f"{document['title']}\nThe picture is at {path}"))


COMMANDS = [figure]
