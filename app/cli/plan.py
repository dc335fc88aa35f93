"""``tiaokuai plan``: what next, with a proof (model.md §4)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tiaokuai.cli.frame import Answer, Ask, question
from tiaokuai.cli.language import say

if TYPE_CHECKING:
    from datetime import date

    from tiaokuai.planning.plan import Plan
    from tiaokuai.planning.plan_clock import Clock
    from tiaokuai.planning.plan_question import Question
    from tiaokuai.planning.rates import Rates
    from tiaokuai.planning.scenario import Scenario

_Budget = Annotated[float, typer.Option("--budget", metavar="N", help=say("每期预算，余款结转", "money a period"))]
_Periods = Annotated[int, typer.Option("--periods", help=say("期数", "number of periods"))]
_Months = Annotated[int, typer.Option("--period-months", help=say("每期月数", "months of a period"))]
_Objective = Annotated[
    Literal["sum", "end"],
    typer.Option(
        "--objective", help=say("sum：各期末之和；end：只看期末", "sum over the periods' ends, or the last one")
    ),
]
_Constraints = Annotated[
    Path | None, typer.Option("--constraints", metavar="FILE", help=say("约束文件（YAML）", "wishes, a YAML file"))
]
_Scenario = Annotated[
    Path | None,
    typer.Option("--scenario", metavar="FILE", help=say("取其 costs 为价格", "its costs are the prices")),
]
_Start = Annotated[
    str | None,
    typer.Option("--start", metavar="MONTH", help=say("第一期的首月，如 2027-01", "first month, as 2027-01")),
]
_Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE.yaml", help=say("写成情景文件", "write it as a scenario file"))
]
_WhyNot = Annotated[
    list[str] | None,
    typer.Option(
        "--why-not", metavar="BLOCK[@PERIOD]", help=say("为什么不建它？如 B07@2，可重复", "as B07@2; repeatable")
    ),
]
_Always = Annotated[
    bool,
    typer.Option(
        "--must-could-never", help=say("各块各期：必建、可建、不建", "in every plan within 2% of the best, some, none")
    ),
]
_Robust = Annotated[
    bool, typer.Option("--robust", help=say("按模拟结果在候选计划中选择", "choose between candidates by simulation"))
]
_From = Annotated[
    Path | None, typer.Option("--from", metavar="PLAN.yaml", help=say("接着此前的计划", "go on from an earlier plan"))
]
_Done = Annotated[
    str | None,
    typer.Option("--done-until", metavar="MONTH", help=say("此月及以前已照做", "done up to this month, it included")),
]
_Simulate = Annotated[
    bool,
    typer.Option("--simulate/--no-simulate", help=say("说明模拟器的预期", "say what the simulator expects of it")),
]
_Runs = Annotated[
    int | None, typer.Option("--runs", min=1, max=100_000, help=say("模拟运行次数", "runs of the simulator"))
]
_Rates = Annotated[
    Path | None,
    typer.Option("--rates", metavar="FILE", help=say("calibrate 写出的速率", "rates as calibrate writes them")),
]
_Gap = Annotated[float, typer.Option("--gap", help=say("证明到此差距即止", "a proven gap that is good enough"))]
_Seconds = Annotated[float, typer.Option("--seconds", help=say("最多计算几秒", "seconds of search, at most"))]


@question(
    zh="下一步做什么：在预算内逐期选择建块与开线，附可证明的上界",
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
    why_not: _WhyNot = None,
    must_could_never: _Always = False,
    robust: _Robust = False,
    from_: _From = None,
    done_until: _Done = None,
    simulate: _Simulate = True,
    runs: _Runs = None,
    rates: _Rates = None,
    gap: _Gap = 0.01,
    seconds: _Seconds = 20.0,
) -> Answer:
    """Plans, answers what was asked about the plan, and writes it."""
    from tiaokuai.planning.intervention import Costs
    from tiaokuai.planning.plan_clock import Clock
    from tiaokuai.planning.plan_question import question as ask_for
    from tiaokuai.planning.rates_file import read_rates
    from tiaokuai.planning.scenario import Scenario

    before, until = _before(ask, from_, done_until)
    first = _first(ask, start, before)
    prices = Scenario.read(scenario).costs if scenario is not None else before.costs if before else Costs()
    learned = read_rates(rates) if rates is not None else None
    asked = ask_for(
        ask.on(first),
        budget,
        periods,
        period_months,
        objective,
        month_number_of(first),
        constraints,
        prices,
        gap,
        seconds,
    )
    with ask.progress(ask.say("做计划", "planning")) as bar:
        clock = Clock(seconds, gap, bar)
        made = _made(asked, before, until, clock)
        if robust and made.feasible:
            from tiaokuai.planning.plan_robust import robust as sturdy

            _compiling(ask)
            made = sturdy(made, seconds, gap, runs, rates=learned)
        document = made.document()
        if warnings := _warnings(ask, asked):
            document["warnings"] = warnings
        if why_not:
            from tiaokuai.planning.plan_why import why_not as explain

            document["why_not"] = [explain(made, each, seconds, gap, bar) for each in why_not]
        if must_could_never and made.feasible:
            from tiaokuai.planning.plan_always import always

            document["must_could_never"] = always(made, seconds)
    if out is not None and made.feasible:
        made.scenario().write(out)
    if simulate and made.feasible and not made.stopped:
        document["expected"] = _expected(ask, made, runs, learned)
    return Answer("plan", document, show_plan, exit_code=0 if made.feasible or out is None else 1)


def month_number_of(day: date) -> int:
    """Month number of a day."""
    from tiaokuai.planning.months import month_number

    return month_number(day)


def _first(ask: Ask, start: str | None, before: Scenario | None) -> date:
    """First day of the first period: ``--start``, else where the earlier plan began, else as for simulate."""
    from tiaokuai.cli.simulate import first_month
    from tiaokuai.planning.months import first_day

    if start is None and before is not None and before.interventions:
        return first_day(min(min(item.numbers()) for item in before.interventions))
    found: date = first_month(ask, start)
    return found


def _before(ask: Ask, path: Path | None, done_until: str | None) -> tuple[Scenario | None, int]:
    """The earlier plan and the month until which it was followed."""
    from tiaokuai.graph.errors import UsageError
    from tiaokuai.planning.months import month_number
    from tiaokuai.planning.scenario import Scenario

    if (path is None) != (done_until is None):
        zh, en = "--from 与 --done-until 须同用", "--from and --done-until go together"
        raise UsageError("bad_from", zh, en)
    if path is None:
        return None, 0
    return Scenario.read(path), month_number(ask.read_day("--done-until", done_until))


def _made(asked: Question, before: Scenario | None, until: int, clock: Clock) -> Plan:
    from tiaokuai.planning.plan import answer
    from tiaokuai.planning.plan_again import again

    return answer(asked, clock) if before is None else again(asked, before, until, clock)


def _warnings(ask: Ask, asked: Question) -> list[dict[str, str]]:
    from tiaokuai.graph.release.answers import plan_warnings
    from tiaokuai.graph.release.enrolments import SMALL
    from tiaokuai.metrics.gaps import missing_at_small

    return plan_warnings(ask.released, missing_at_small(asked.base.snapshot, SMALL))


def _compiling(ask: Ask) -> None:
    from tiaokuai.planning.compiled import kept

    if not kept("simulate_runs"):
        ask.note("首次模拟需编译，约半分钟，以后不再需要", "compiling for the first simulation: half a minute, once")


def _expected(ask: Ask, made: Plan, runs: int | None, rates: Rates | None) -> dict[str, Any]:
    """What the simulator expects, beside plans made without a solver."""
    from tiaokuai.planning.plan_expect import expectation

    _compiling(ask)
    with ask.progress(ask.say("模拟", "simulating")) as bar:
        return expectation(made, runs, rates=rates, progress=bar)


def show_plan(document: Any, ask: Ask) -> None:
    """The tables for people."""
    from tiaokuai.cli.plan_tables import show

    show(document, ask)


COMMANDS = [plan]
