"""``tiaokuai calibrate``, ``backtest`` and ``grade``: what history says about the rates, and about the forecasts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from tiaokuai.cli.frame import Answer, Ask, question
from tiaokuai.cli.language import say

_Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE.yaml", help=say("写出速率，供 simulate --rates", "write the rates for simulate --rates")
    ),
]
_Hide = Annotated[int, typer.Option("--hide", metavar="N", help=say("隐去最后多少个月", "months hidden at the end"))]
_Rolling = Annotated[
    bool, typer.Option("--rolling", help=say("从多个截止月重复回测", "repeat the backtest from many cut-offs"))
]
_Forecast = Annotated[
    Path,
    typer.Argument(metavar="FORECAST", help=say("simulate --keep 保存的预测", "a forecast kept by simulate --keep")),
]


def _until(ask: Ask) -> date:
    """The day that history ends with: the one asked for, else that of the last record."""
    from tiaokuai.planning.events import last_record

    return ask.day if ask.as_of is not None else last_record(ask.network)


@question(
    zh="从历史学习速率：最大似然估计、区间，以及背后的事件数",
    en="What the data's own history says about the rates: maximum likelihood, intervals, the events behind them",
)
def calibrate(ask: Ask, out: _Out = None) -> Answer:
    """Fits the rates and writes them where asked."""
    from tiaokuai.planning.calibrate import calibrate as fit
    from tiaokuai.planning.rates_file import write_rates

    document = fit(ask.network, _until(ask), ask.assumptions).document(ask.lang)
    if out is not None:
        write_rates(out, document, ask.network.fingerprint)
        ask.note(f"已写入 {out}；用 simulate --rates {out}", f"wrote {out}; use it with simulate --rates {out}")
    return Answer("calibrate", document, show_calibrate)


@question(
    zh="回测：隐去最后几个月，用其余历史预测，看与实际相差多少，并与 Bass 曲线和“不变”比较",
    en="Hide the last months, forecast them from the rest, and say how that went beside a Bass curve and no change",
)
def backtest(
    ask: Ask,
    hide: _Hide,
    rolling: _Rolling = False,
    cutoffs: Annotated[
        int, typer.Option("--cutoffs", min=1, help=say("--rolling 至多多少个截止月", "cut-offs of --rolling at most"))
    ] = 12,
    runs: Annotated[int, typer.Option("--runs", min=2, max=100_000, help=say("运行次数", "runs"))] = 400,
    seed: Annotated[int, typer.Option("--seed", min=0, help=say("随机种子", "seed of the draws"))] = 1,
) -> Answer:
    """Runs the backtest from one cut-off or many."""
    from tiaokuai.planning.backtest import backtest as run
    from tiaokuai.planning.compiled import kept

    if not (kept("simulate_runs") and kept("filtered")):
        ask.note("首次需编译，约半分钟，以后不再需要", "compiling for the first time: half a minute, once")
    until = _until(ask)
    with ask.progress(ask.say("回测", "backtesting")) as bar:
        found = run(
            ask.network,
            hide,
            rolling,
            as_of=until,
            runs=runs,
            seed=seed,
            most=cutoffs,
            assumptions=ask.assumptions,
            progress=bar,
        )
    return Answer("backtest", found.document(ask.lang), show_backtest)


@question(
    zh="评分：保存的预测与后来的实际相比如何",
    en="How a forecast that was kept did against what has happened since",
    before=("forecast",),
)
def grade(
    ask: Ask,
    forecast: _Forecast,
    scenario: Annotated[
        str | None,
        typer.Option("--scenario", metavar="NAME", help=say("评哪个情景，默认基线", "default: the baseline")),
    ] = None,
) -> Answer:
    """Grades a kept forecast."""
    from tiaokuai import __version__
    from tiaokuai.planning.grade import grade as judge
    from tiaokuai.planning.keeping import kept

    found = judge(kept(forecast), ask.network, _until(ask), scenario, __version__)
    return Answer("grade", found.document(ask.lang), show_grade)


def show_calibrate(document: Any, ask: Ask) -> None:
    """The table of rates."""
    from tiaokuai.cli.learn_tables import calibration

    calibration(document, ask)


def show_backtest(document: Any, ask: Ask) -> None:
    """Scores, the months and the verdict."""
    from tiaokuai.cli.learn_tables import backtested

    backtested(document, ask)


def show_grade(document: Any, ask: Ask) -> None:
    """Scores, the months and the verdict."""
    from tiaokuai.cli.learn_tables import graded

    graded(document, ask)


COMMANDS = [calibrate, backtest, grade]
