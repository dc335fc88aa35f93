"""``tiaokuai report``: the whole story of a data set in one page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tiaokuai.cli.frame import Answer, Ask, question
from tiaokuai.cli.language import say

if TYPE_CHECKING:
    from tiaokuai.planning.scenario import Scenario
    from tiaokuai.viz.report_facts import Facts

Scenarios = Annotated[
    list[Path] | None,
    typer.Option(
        "--scenario", metavar="FILE", help=say("情景文件（YAML 或 JSON），可重复", "a scenario file; repeatable")
    ),
]
Plan = Annotated[
    Path | None,
    typer.Option("--plan", metavar="FILE", help=say("plan --out 写出的计划", "a plan as plan --out writes it")),
]
Months = Annotated[int, typer.Option("--months", help=say("模拟多少个月", "months simulated"))]
Runs = Annotated[
    int | None, typer.Option("--runs", help=say("模拟运行次数，默认随数据大小", "runs; default by size of the data"))
]
Seed = Annotated[int, typer.Option("--seed", min=0, help=say("随机种子", "seed of the draws"))]
RatesFile = Annotated[
    Path | None,
    typer.Option("--rates", metavar="FILE", help=say("calibrate 写出的速率", "rates as calibrate writes them")),
]


@question(
    "一页讲完：现状、原因、如果……会怎样、下一步；单个 HTML 文件，可离线打开",
    "one page that tells it all: where it stands, why, what if, what next; a single HTML file that opens offline",
    usual="planner",
)
def report(
    ask: Ask,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.html", help=say("写到哪个文件", "file to write"))],
    scenario: Scenarios = None,
    plan: Plan = None,
    months: Months = 36,
    runs: Runs = None,
    seed: Seed = 1,
    rates: RatesFile = None,
) -> Answer:
    """Reads, simulates, draws, and writes the page whole or not at all."""
    from tiaokuai.viz.report import tell

    _refuse(out)
    given = facts(ask, scenario, plan, months=months, runs=runs, seed=seed, rates=rates)
    with ask.progress(ask.say("绘制报告", "drawing the report")):
        made = tell(given, ask.lang, name=Path(ask.data.rstrip("/")).name)
    made.write_html(out)
    told = {"report": str(out), "as_of": given.day.isoformat(), "for": ask.audience, "bytes": len(made.html.encode())}
    return Answer("report", told, _tell)


def facts(
    ask: Ask,
    scenario: list[Path] | None,
    plan: Path | None,
    *,
    months: int,
    runs: int | None,
    seed: int,
    rates: Path | None,
    simulated: bool = True,
) -> Facts:
    """What the pictures are drawn from: the scenario files and the plan are read before the data, which take longer."""
    from tiaokuai.cli.report_plan import read_plan
    from tiaokuai.cli.simulate import read_scenarios
    from tiaokuai.viz.report_facts import Facts

    scenarios = read_scenarios(scenario or [])
    board, planned = (None, None) if plan is None else read_plan(plan)
    forecast = None
    if simulated:
        options = {"months": months, "runs": runs, "seed": seed}
        forecast = _forecast(ask, scenarios, [] if planned is None else [planned], rates, options)
    network = ask.network
    problems = tuple(problem.to_json(ask.lang) for problem in ask.problems)
    return Facts(network, ask.day, ask.assumptions, forecast, board, planned, problems)


def _refuse(out: Path) -> None:
    from tiaokuai.graph.errors import RequestError, UsageError

    if out.suffix.lower() not in (".html", ".htm"):
        raise UsageError("bad_out", "--out 应以 .html 结尾", "--out must end in .html", path=str(out))
    if not out.absolute().parent.is_dir():
        zh, en = f"没有文件夹 {out.parent}", f"there is no folder {out.parent}"
        raise RequestError("no_folder", zh, en, path=str(out.parent))


def _forecast(
    ask: Ask, scenarios: list[Scenario], planned: list[Scenario], rates: Path | None, options: Mapping[str, Any]
) -> Any:
    """The scenarios beside the baseline; None where the network has no enterprise on the day."""
    from tiaokuai.graph.errors import RequestError
    from tiaokuai.planning.compiled import kept
    from tiaokuai.planning.rates_file import read_rates
    from tiaokuai.viz.report_facts import baseline, first_month

    known = None if rates is None else read_rates(rates)
    every = [*scenarios, *planned]
    day, snapshot = ask.day, ask.snapshot
    if not len(snapshot.enterprise):
        if every:
            zh, en = f"{day} 没有企业，情景无从模拟", f"there is no enterprise on {day}: nothing to simulate"
            raise RequestError("no_enterprise", zh, en, day=day.isoformat())
        return None
    if not kept("simulate_runs"):
        ask.note("首次模拟需编译，约半分钟，以后不再需要", "compiling for the first simulation: half a minute, once")
    start = first_month(ask.day, planned)
    with ask.progress(ask.say("模拟", "simulating")) as bar:
        return baseline(ask.network, snapshot, start, every, rates=known, progress=bar, **options)


def _tell(document: Mapping[str, Any], ask: Ask) -> None:
    path, size = Path(document["report"]).resolve(), document["bytes"] / 1e6
    print(ask.say(f"报告在 {path}（{size:.1f} MB）", f"The report is at {path} ({size:.1f} MB)"))
    print(ask.say("用浏览器打开它；不需要网络。", "Open it in a browser; it needs no network."))


COMMANDS = [report]
