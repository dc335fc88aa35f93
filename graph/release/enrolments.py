"""Corporate membership as it is told: of enterprises of at least five known staff, as of steps."""

from __future__ import annotations

from datetime import date

import polars as pl

from tiaokuai.graph.network import Network
from tiaokuai.graph.release.steps import MONTHS

SMALL = 5  # an enterprise with fewer known staff is a handful of people


def told_enrolments(network: Network, audience: str, last: date) -> pl.DataFrame:
    """The enrolments that hold at any step up to ``last``, from step to step."""
    staff = network.codes.enterprise_staff
    large = pl.Series(staff[network.codes.enrolment_enterprise] >= SMALL, dtype=pl.Boolean)
    key = ["enterprise", "association", "since"]
    told = (
        network["enrolments"]
        .filter(large)
        .with_columns(since=_step("since", audience), until=_step("until", audience))
        .filter(pl.col("since") <= last, pl.col("until").is_null() | (pl.col("since") < pl.col("until")))
        .with_columns(until=pl.when(pl.col("until") <= last).then("until"))
    )
    # Two spells that overlap and begin at the same step are one, as long as the longer.
    return told.sort(*key, "until", nulls_last=True).unique(key, keep="last", maintain_order=True)


def _step(name: str, audience: str) -> pl.Expr:
    every = f"{MONTHS[audience]}mo"
    day = pl.col(name)
    begin = day.dt.truncate(every)
    return pl.when(day == begin).then(day).otherwise(begin.dt.offset_by(every))
