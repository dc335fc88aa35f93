"""Forecasts, plans and reasons when the data say the same in another way: ids, dates, districts, blocks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from tests.test_metamorphic import changed, relabelled, shifted
from tiaokuai.graph import Network
from tiaokuai.loaders.synthetic import generate
from tiaokuai.metrics.documents import explain_document, gaps_document, influence_document
from tiaokuai.planning.plan import plan
from tiaokuai.planning.rates import Rates
from tiaokuai.planning.simulate import simulate

NETWORK = generate(blocks=6, enterprises=60, seed=3)
DAY = date(2024, 7, 1)
FOUR_YEARS = 1461  # days; the months and the leap day fall where they fell


def curve(network: Network, start: str = "2024-07", engine: Any = "mean-field", rates: Rates | None = None) -> Any:
    forecast = simulate(network, months=24, runs=20, seed=5, start=start, engine=engine, rates=rates)
    return {name: forecast.series(name)["mean"].to_list() for name in ("coverage", "lines", "founded_share")}


def planned(network: Network, start: str = "2024-07") -> tuple[float, float]:
    document = plan(network, budget=60, periods=3, start=start, gap=0.0).document()
    return document["objective"], document["bound"]


def founded_block(network: Network) -> str:
    day = network.as_of(DAY)
    sizes = day.network["enterprises"].group_by("block").len()
    big = {row["block"] for row in sizes.to_dicts() if row["len"] > 5}
    return next(id for id, yes in zip(day.block_ids, day.founded, strict=True) if yes and id in big)


def in_two(network: Network, block: str) -> Network:
    """The block's enterprises by turns in it and in another, founded on the same day with the same template."""

    def also(table: str, column: str, **new: str) -> pl.DataFrame:
        frame = network[table]
        mine = frame.filter(pl.col(column) == block).with_columns(pl.lit(f"{block}b").alias(column))
        return pl.concat([frame, mine.with_columns(**{key: pl.lit(value) for key, value in new.items()})])

    here = pl.col("block") == block
    turns = (
        network["enterprises"]
        .with_row_index("_at")
        .with_columns(block=pl.when(here & (pl.col("_at") % 2 == 0)).then(pl.lit(f"{block}b")).otherwise("block"))
    )
    return changed(
        network,
        blocks=also("blocks", "id"),
        associations=also("associations", "block", id="Ab"),
        adoptions=also("adoptions", "block"),
        enterprises=turns.drop("_at"),
    )


def test_other_ids_change_no_forecast_no_plan_and_no_reason() -> None:
    other = relabelled(NETWORK)
    assert curve(NETWORK) == curve(other)
    assert curve(NETWORK)["lines"][0] > 5
    assert planned(NETWORK) == planned(other)
    assert planned(NETWORK)[0] > 100
    one, two = (gaps_document(each.as_of(DAY)) for each in (NETWORK, other))
    assert [(row["staff"], row["gain"]) for row in one["rows"]] == [(row["staff"], row["gain"]) for row in two["rows"]]
    one, two = (influence_document(each.as_of(DAY)) for each in (NETWORK, other))
    assert [row["descendant_reach"] for row in one["blocks"]] == [row["descendant_reach"] for row in two["blocks"]]
    for block in NETWORK["blocks"]["id"]:
        one, two = (explain_document(net.as_of(DAY), id) for net, id in ((NETWORK, block), (other, f"xb-{block}")))
        assert (one["status"], one["rule"], one["figures"]) == (two["status"], two["rule"], two["figures"])


@pytest.mark.parametrize("engine", ["mean-field", "monte-carlo"])
def test_the_same_history_four_years_later_has_the_same_future(engine: str) -> None:
    later = shifted(NETWORK, FOUR_YEARS)
    assert curve(NETWORK, engine=engine) == curve(later, "2028-07", engine)
    # Ten months more, and the start is another day of the history.
    assert curve(NETWORK, engine=engine) != curve(shifted(NETWORK, FOUR_YEARS + 300), "2028-07", engine)


def test_the_same_history_four_years_later_has_the_same_plan_and_reasons() -> None:
    later = shifted(NETWORK, FOUR_YEARS)
    assert planned(NETWORK) == planned(later, "2028-07")
    for block in NETWORK["blocks"]["id"]:
        one, two = (
            explain_document(net.as_of(day), block)
            for net, day in ((NETWORK, DAY), (later, DAY + timedelta(days=FOUR_YEARS)))
        )
        assert (one["figures"], one["changes"]) == (two["figures"], two["changes"])


def test_merged_districts_have_the_same_plan_and_with_links_the_same_forecast() -> None:
    blocks = NETWORK["blocks"]
    assert len(NETWORK["links"]) > 0
    districts = pl.concat([NETWORK["districts"], NETWORK["districts"].head(1).with_columns(id=pl.lit("D-more"))])
    apart = changed(
        NETWORK,
        districts=districts,
        blocks=blocks.with_row_index("_at")
        .with_columns(district=pl.when(pl.col("_at") < 3).then("district").otherwise(pl.lit("D-more")))
        .drop("_at"),
    )
    assert planned(NETWORK) == planned(apart)
    assert curve(NETWORK) == curve(apart)
    none = {"links": NETWORK["links"].head(0)}  # every block is then linked to those of its district alone
    rates = Rates(replication=0.5)
    assert curve(changed(NETWORK, **none), rates=rates) != curve(changed(apart, **none), rates=rates)


def test_a_founded_block_split_in_two_has_the_same_forecast_without_imitation_and_the_same_plan() -> None:
    split = in_two(NETWORK, founded_block(NETWORK))
    assert len(split["blocks"]) == len(NETWORK["blocks"]) + 1
    alone = Rates(imitation=0, founding=0, replication=0)
    one, two = curve(NETWORK, rates=alone), curve(split, rates=alone)
    assert two["coverage"] == pytest.approx(one["coverage"], abs=1e-9)
    assert two["lines"] == pytest.approx(one["lines"], abs=1e-6)
    with_imitation = Rates(imitation=0.2, founding=0, replication=0)
    assert curve(split, rates=with_imitation)["lines"] != pytest.approx(
        curve(NETWORK, rates=with_imitation)["lines"], abs=1e-6
    )
    assert planned(split) == planned(NETWORK)
