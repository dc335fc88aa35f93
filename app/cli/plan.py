"""``tiaokuai plan``: what next, with a proof (model.md §4)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tiaokuai.cli.frame import Answer, Ask, question
from tiaokuai.cli.language import say

if TYPE_CHECKING:
    pass

_Budget = Annotated[float, typer.Option("--budget", metavar="N", help=say("每期预算,余款结转", "money a period"))]
_Periods = Annotated[int, typer.Option("--periods", help=say("期数", "number of periods"))]
_Months = Annotated[int, typer.Option("--period-months", help=say("每期月数", "months of a period"))]
_Objective = Annotated[
    Literal["sum", "end"],
    typer.Option("--objective", help=say("sum:各期末之和;end:只看期末", "sum over the periods' ends, or the last one")),
]
_Constraints = Annotated[
    Path | None, typer.Option("--constraints", metavar="FILE", help=say("约束文件(YAML)", "wishes, a YAML file"))
]
_Scenario = Annotated[
    Path | None,
    typer.Option("--scenario", metavar="FILE", help=say("取其 costs 为价格", "its costs are the prices")),
]
_Start = Annotated[
    str | None, typer.Option("--start", metavar="MONTH", help=say("第一期的首月,如 2027-01", "first month, as 2027-01"))
]
_Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE.yaml", help=say("写成情景文件", "write it as a scenario file"))
]
_Gap = Annotated[float, typer.Option("--gap", help=say("证明到此差距即止", "a proven gap that is good enough"))]
_Seconds = Annotated[float, typer.Option("--seconds", help=say("最多计算几秒", "seconds of search, at most"))]


@question(
    zh="下一步做什么:在预算内逐期选择建块与开线,附可证明的上界",
    en="What next: foundings and lines period by period within the budget, with a bound no plan can beat",
)
def plan(
    ask: Ask,
    budget: _Budget,
    periods: _Periods = 8,
    period_months: _Months = 3,
    objective: _Objective = "sum",
    start: _Start = None,
    constraints: _Constraints = None,
    scenario: _Scenario = None,
    out: _Out = None,
    gap: _Gap = 0.01,
    seconds: _Seconds = 20.0,
) -> Answer:
    """Plans, and writes what was asked for."""
    from tiaokuai.cli.simulate import _first_month
    from tiaokuai.planning.plan import plan as make
    from tiaokuai.planning.scenario import Scenario

    prices = Scenario.read(scenario) if scenario is not None else None
    first = _first_month(ask, start)
    snapshot = ask.network.as_of(ask.released(first), ask.assumptions)
    with ask.progress(ask.say("做计划", "planning")) as bar:
        made = make(
            ask.network,
            budget=budget,
            periods=periods,
            period_months=period_months,
            objective=objective,
            start=first,
            constraints=constraints,
            scenario=prices,
            snapshot=snapshot,
            gap=gap,
            seconds=seconds,
            progress=bar,
        )
    document = made.document()
    if out is not None and made.feasible:
        made.scenario().write(out)
    return Answer("plan", document, show_plan, exit_code=0 if made.feasible or out is None else 1)


def show_plan(document: Any, ask: Ask) -> None:
    """The tables for people."""
    from tiaokuai.cli.plan_tables import show

    show(document, ask)


COMMANDS = [plan]
