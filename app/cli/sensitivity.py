"""``tiaokuai sensitivity``: which assumption moves the answer most, and what to check first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from tiaokuai.cli.frame import Answer, Ask, question
from tiaokuai.cli.language import say


@question(
    zh="哪个数字最要紧：各速率在其范围内能把答案移动多少，以及先核实什么",
    en="Which number matters: how far each rate moves the answer over its range, and what to check first",
)
def sensitivity(
    ask: Ask,
    scenario: Annotated[
        Path | None, typer.Option("--scenario", metavar="FILE", help=say("情景文件", "a scenario file"))
    ] = None,
    metric: Annotated[str, typer.Option("--metric", help=say("看哪个指标", "which figure"))] = "coverage",
    months: Annotated[int, typer.Option("--months", help=say("多少个月之后", "after so many months"))] = 36,
    start: Annotated[
        str | None, typer.Option("--start", metavar="MONTH", help=say("模拟的第一个月", "first month simulated"))
    ] = None,
    rates: Annotated[
        Path | None,
        typer.Option(
            "--rates",
            metavar="FILE",
            help=say("calibrate 写出的速率及其区间", "rates and their intervals as calibrate writes them"),
        ),
    ] = None,
    engine: Annotated[
        Literal["mean-field", "monte-carlo"], typer.Option("--engine", help=say("引擎", "engine of every point"))
    ] = "mean-field",
    samples: Annotated[
        int, typer.Option("--samples", help=say("Sobol 指数的样本数，2 的幂", "of Sobol's indices, a power of two"))
    ] = 128,
    runs: Annotated[int, typer.Option("--runs", help=say("monte-carlo 每点运行次数", "of a monte-carlo point"))] = 20,
    seed: Annotated[int, typer.Option("--seed", min=0, help=say("随机种子", "seed of the draws"))] = 1,
) -> Answer:
    """Runs the analysis."""
    from tiaokuai.cli.simulate import against, first_month, read_scenarios
    from tiaokuai.planning.rates_file import read_ranges, read_rates
    from tiaokuai.planning.sensitivity import sensitivity as analyse

    first = first_month(ask, start)
    given = read_scenarios([scenario] if scenario is not None else [], lambda: against(ask, first, months, "auto"))
    snapshot = ask.on(first)
    with ask.progress(ask.say("敏感性", "sensitivity")) as bar:
        found = analyse(
            ask.network,
            given[0] if given else None,
            metric,
            months,
            start=first,
            rates=read_rates(rates) if rates is not None else None,
            ranges=read_ranges(rates) if rates is not None else None,
            engine=engine,
            samples=samples,
            runs=runs,
            seed=seed,
            snapshot=snapshot,
            progress=bar,
        )
    return Answer("sensitivity", found.document(ask.lang), _show)


def _show(document: Mapping[str, Any], ask: Ask) -> None:
    from tiaokuai.cli.sensitivity_tables import show

    show(document, ask)


COMMANDS = [sensitivity]
