"""``tiaokuai calibrate``, ``backtest`` and ``grade``: what history says about the rates, and about the forecasts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tiaokuai.cli.frame import Answer, Ask, question
from tiaokuai.cli.language import say

_Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE.yaml", help=say("写出速率,供 simulate --rates", "write the rates for simulate --rates")
    ),
]


@question(
    zh="从历史学习速率:最大似然估计、区间,以及背后的事件数",
    en="What the data's own history says about the rates: maximum likelihood, intervals, the events behind them",
)
def calibrate(ask: Ask, out: _Out = None) -> Answer:
    """Fits the rates and writes them where asked."""
    from tiaokuai.planning.calibrate import calibrate as fit
    from tiaokuai.planning.rates_file import write_rates

    found = fit(ask.network, ask.day, ask.assumptions)
    document = found.document(ask.lang)
    if out is not None:
        write_rates(out, document, ask.network.fingerprint)
        ask.note(f"已写入 {out};用 simulate --rates {out}", f"wrote {out}; use it with simulate --rates {out}")
    return Answer("calibrate", document, show_calibrate)


def show_calibrate(document: Any, ask: Ask) -> None:
    """The table of rates."""
    from tiaokuai.cli.learn_tables import calibration

    calibration(document, ask)


COMMANDS = [calibrate]
