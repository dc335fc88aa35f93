"""``tiaokuai simulate``: what if (model.md §3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tiaokuai.cli.frame import Answer, Ask, question
from tiaokuai.cli.language import say

if TYPE_CHECKING:
    from tiaokuai.planning.forecast import Forecast
    from tiaokuai.planning.scenario_faults import Fault
    from tiaokuai.planning.state import State

_Scenario = Annotated[
    list[Path] | None,
    typer.Option(
        "--scenario", metavar="FILE", help=say("情景文件（YAML 或 JSON），可重复", "a scenario file; repeatable")
    ),
]
_Start = Annotated[
    str | None,
    typer.Option(
        "--start", metavar="MONTH", help=say("模拟的第一个月，如 2027-01", "first month simulated, as 2027-01")
    ),
]
_Runs = Annotated[
    str,
    typer.Option(
        "--runs", metavar="N|auto", help=say("运行次数；auto 运行到精度达标", "runs; auto: until --precision")
    ),
]
_Engine = Annotated[
    Literal["monte-carlo", "mean-field"],
    typer.Option("--engine", help=say("mean-field 只算期望，立等可得", "mean-field: expectations alone, at once")),
]
_Rates = Annotated[
    Path | None,
    typer.Option("--rates", metavar="FILE", help=say("calibrate 写出的速率", "rates as calibrate writes them")),
]
_Learn = Annotated[
    bool,
    typer.Option(
        "--learn",
        help=say(
            "速率及其漂移取自数据自己在起始月之前的历史，如 backtest 所检验",
            "rates and their drift from the data's own history before the start, as backtest tests them",
        ),
    ),
]
_StartReach = Annotated[
    Literal["auto", "members", "reached"],
    typer.Option(
        "--start-reach", help=say("起始已联系人数取自会员还是覆盖", "connected people at the start: members or reached")
    ),
]
_Keep = Annotated[
    Path | None,
    typer.Option("--keep", metavar="FILE", help=say("保存预测，日后用 grade 评分", "keep the forecast for grade")),
]
_Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE.parquet", help=say("写出每一次运行", "write every run"))
]


@question(
    zh="如果……会怎样：逐月模拟基线与各情景，给出区间、达标时间、成本与差异来源",
    en="What if: baseline and scenarios month by month, with bands, time to thresholds, cost and where they differ",
)
def simulate(
    ask: Ask,
    scenario: _Scenario = None,
    start: _Start = None,
    months: Annotated[int, typer.Option("--months", help=say("模拟多少个月", "months simulated"))] = 36,
    runs: _Runs = "500",
    precision: Annotated[
        float, typer.Option("--precision", help=say("auto 的目标半宽", "half-width for --runs auto"))
    ] = 0.005,
    seed: Annotated[int, typer.Option("--seed", min=0, help=say("随机种子", "seed of the draws"))] = 1,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, help=say("线程数，默认全部处理器", "threads; default: all processors")),
    ] = None,
    engine: _Engine = "monte-carlo",
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", metavar="ADDRESS", help=say("Dask 调度器地址", "address of a Dask scheduler")),
    ] = None,
    start_reach: _StartReach = "auto",
    rates: _Rates = None,
    learn: _Learn = False,
    keep: _Keep = None,
    out: _Out = None,
) -> Answer:
    """Runs the forecast and writes what was asked for."""
    from tiaokuai.graph.errors import RequestError, UsageError
    from tiaokuai.planning.running import Interrupted

    _refuse(ask, out, precision, engine)
    if learn and rates is not None:
        zh, en = "--learn 与 --rates 只能用其一", "--learn and --rates exclude each other"
        raise UsageError("learn_or_rates", zh, en)
    options = {
        "months": months,
        "runs": _runs(runs),
        "seed": seed,
        "precision": precision,
        "workers": workers,
        "engine": engine,
        "start_reach": start_reach,
    }
    try:
        forecast = _forecast(ask, scenario or [], start, rates, learn, cluster, options)
    except Interrupted as stopped:
        if out is None or stopped.forecast is None:
            raise KeyboardInterrupt from None
        _write(ask, stopped.forecast, out, None)
        done = stopped.forecast.runs
        zh, en = f"已中止；完成的 {done} 次运行已写入 {out}", f"stopped; the {done} runs that were done are in {out}"
        raise RequestError("interrupted", zh, en, runs=done, path=str(out)) from None
    _write(ask, forecast, out, keep)
    return Answer("simulate", forecast.document(), show_simulate)


def _forecast(
    ask: Ask,
    scenario: list[Path],
    start: str | None,
    rates: Path | None,
    learn: bool,
    cluster: str | None,
    options: dict[str, Any],
) -> Forecast:
    from tiaokuai.planning.compiled import kept
    from tiaokuai.planning.rates_file import read_rates
    from tiaokuai.planning.simulate import simulate as run

    if not kept("simulate_runs"):
        ask.note("首次模拟需编译，约半分钟，以后不再需要", "compiling for the first simulation: half a minute, once")
    first = first_month(ask, start)
    scenarios = read_scenarios(scenario, lambda: against(ask, first, options["months"], options["start_reach"]))
    given: dict[str, Any] = {"rates": read_rates(rates) if rates is not None else None}
    if learn:
        from tiaokuai.planning.learned import learned

        asked = {key: options[key] for key in ("months", "runs", "seed")}
        with ask.progress(ask.say("从历史学习", "learning from history")):
            given = learned(ask.network, first, ask.assumptions, **asked)
    _silence(ask, first, learn)
    snapshot = ask.on(first)
    with _client(cluster) as client, ask.progress(ask.say("模拟", "simulating")) as bar:
        return run(
            ask.network, scenarios, start=first, client=client, progress=bar, snapshot=snapshot, **given, **options
        )


def _silence(ask: Ask, first: date, learn: bool) -> None:
    """Says where the data end more than a year before the start."""
    from tiaokuai.graph.errors import RequestError
    from tiaokuai.planning.events import last_record
    from tiaokuai.planning.months import month_number, month_text

    try:
        last = month_number(last_record(ask.network))
    except RequestError:  # nothing has a date, so nothing is silent
        return
    months = month_number(first) - last
    if months > 12:
        zh = "中间的沉默按无事发生的历史学习" if learn else "起始状态仍是最后一条记录时的样子"
        en = "the silence between is learned from" if learn else "the start is as it was then"
        end = month_text(last)
        ask.note(
            f"最后一条记录比起始月早 {months} 个月，{zh}；要从数据结束处开始，用 --start {end}",
            f"the last record is {months} months before the start: {en}; --start {end} begins where the data end",
        )


def first_month(ask: Ask, start: str | None) -> Any:
    """First day of ``--start``; without it the month that begins on the day asked for, or next."""
    from tiaokuai.graph.errors import UsageError
    from tiaokuai.graph.values import BadValue
    from tiaokuai.planning.months import first_day, month_number

    if start is not None:
        try:
            return first_day(month_number(start.strip()))
        except BadValue:
            zh, en = f"--start：“{start}”不是可用的月份", f"--start: {start!r} is not a month that can be used"
            raise UsageError("bad_date", f"{zh}，请写成 2027-01", f"{en}; write 2027-01", value=start) from None
    day = ask.day
    try:
        return first_day(month_number(day) + (day.day > 1))
    except BadValue:
        zh, en = f"--as-of {day} 之后没有可模拟的月份", f"no month can be simulated after --as-of {day}"
        raise UsageError("bad_date", zh, en, value=day.isoformat()) from None


def read_scenarios(paths: list[Path], ground: Callable[[], tuple[State, int, int]] | None = None) -> list[Any]:
    """Every scenario file; the mistakes of all of them at once.

    ``ground``, asked only where there are any, gives the state, first month and months that scenarios must apply to.
    """
    from tiaokuai.planning.scenario import Scenario
    from tiaokuai.planning.scenario_checks import also
    from tiaokuai.planning.scenario_faults import BadScenario

    found: list[Scenario | None] = []
    faults: list[list[Fault]] = []
    for path in paths:
        try:
            found.append(Scenario.read(path))
            faults.append([])
        except BadScenario as bad:
            found.append(bad.partial)
            faults.append(bad.faults)
    if any(faults):
        if ground is not None:
            state, start, months = ground()
            for scenario, told in zip(found, faults, strict=True):
                told += also(scenario, state, start, months) if scenario is not None else []
        raise BadScenario([fault for told in faults for fault in sorted(told, key=_place)])
    return found


def _place(fault: Fault) -> tuple[int, int]:
    return (fault.place.line, fault.place.column) if fault.place is not None else (0, 0)


def against(ask: Ask, first: date, months: int, start_reach: str) -> tuple[State, int, int]:
    """What scenarios are checked against."""
    from tiaokuai.planning.months import month_number
    from tiaokuai.planning.state import start_state

    return start_state(ask.on(first), start_reach), month_number(first), months


def _runs(text: str) -> int | str:
    from tiaokuai.graph.errors import UsageError

    if text == "auto" or (text.isascii() and text.isdigit()):
        return text if text == "auto" else int(text)
    zh, en = f"--runs 应为整数或 auto，不是 {text}", f"--runs is a whole number or auto, not {text}"
    raise UsageError("bad_runs", zh, en, value=text)


def _refuse(ask: Ask, out: Path | None, precision: float, engine: str) -> None:
    from tiaokuai.graph.errors import UsageError

    if not precision > 0:
        raise UsageError("bad_precision", "--precision 应大于 0", "--precision must be above 0", value=precision)
    if out is not None and engine == "mean-field":
        raise UsageError("no_runs", "平均场引擎没有可写的运行", "--out holds every run, and the mean field has none")
    if out is not None and out.suffix.lower() != ".parquet":
        raise UsageError("bad_out", "--out 应以 .parquet 结尾", "--out must end in .parquet", path=str(out))


@contextmanager
def _client(address: str | None) -> Iterator[Any]:
    if address is None:
        yield None
        return
    from tiaokuai.planning.cluster import connect

    client: Any = connect(address)
    try:
        yield client
    finally:
        client.close()


def _write(ask: Ask, forecast: Forecast, out: Path | None, kept: Path | None) -> None:
    """What was asked for: every run, the forecast to be graded, or both; both or neither."""
    from tiaokuai import __version__
    from tiaokuai.files.atomic import replacing_together
    from tiaokuai.planning.keeping import keep

    wanted = [path for path in (out, kept) if path is not None]
    with replacing_together(wanted) as temporaries:
        if out is not None:
            forecast.frame().write_parquet(temporaries[0])
        if kept is not None:
            keep(temporaries[-1], forecast.document(), ask.network, ask.assumptions, __version__)


def show_simulate(document: Any, ask: Ask) -> None:
    """The tables for people."""
    from tiaokuai.cli.simulate_tables import show

    show(document, ask)


COMMANDS = [simulate]
