"""What must not change when the data say the same in another way, and what must change with them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.networks import networks
from tiaokuai.graph import Network
from tiaokuai.graph.network import schema
from tiaokuai.metrics.documents import coverage_document, gaps_document, replication_document

DAY = date(2023, 6, 30)
REFERENCES = {
    "districts": {"id": "d", "parent": "d"},
    "blocks": {"id": "b", "district": "d"},
    "enterprises": {"id": "e", "block": "b"},
    "associations": {"id": "a", "block": "b"},
    "enrolments": {"enterprise": "e", "association": "a"},
    "members": {"id": "m", "enterprise": "e", "association": "a"},
    "backbones": {"member": "m"},
    "adoptions": {"block": "b"},
    "replications": {"source": "b", "target": "b"},
    "links": {"a": "b", "b": "b"},
    "counts": {"enterprise": "e"},
}


def changed(network: Network, **tables: pl.DataFrame) -> Network:
    return Network.from_tables({**network.tables, **tables}, network.template)


def relabelled(network: Network) -> Network:
    """Every id another one, in the same order."""
    tables = {
        name: frame.with_columns(
            (pl.lit(f"x{letter}-") + pl.col(key)).alias(key) for key, letter in REFERENCES[name].items()
        )
        for name, frame in network.tables.items()
    }
    return Network.from_tables(tables, network.template)


def shifted(network: Network, days: int) -> Network:
    """Every date so many days later."""
    tables = {
        name: frame.with_columns(
            pl.col(column) + timedelta(days=days) for column, kind in schema(name).items() if kind == pl.Date
        )
        for name, frame in network.tables.items()
    }
    return Network.from_tables(tables, network.template)


def figures(document: dict[str, Any], *dropped: str) -> list[Any]:
    """The rows and the total without what names them."""
    rows = [*document["rows"], document.get("total", {})]
    return [{key: value for key, value in row.items() if key not in ("id", "name", *dropped)} for row in rows]


@given(networks())
def test_other_ids_change_no_figure(network: Network) -> None:
    other = relabelled(network)
    for by in ("block", "district", "sector", "ownership"):
        one, two = (coverage_document(each.as_of(DAY), by) for each in (network, other))
        assert figures(one) == figures(two)
    one, two = (replication_document(each.as_of(DAY)) for each in (network, other))
    assert figures(one, "source") == figures(two, "source")
    assert one["full_coverage"] == two["full_coverage"]


@given(networks(), st.integers(-400, 400))
def test_the_same_history_on_other_dates_has_the_same_figures(network: Network, days: int) -> None:
    other = shifted(network, days)
    one = coverage_document(network.as_of(DAY), "block")
    two = coverage_document(other.as_of(DAY + timedelta(days=days)), "block")
    assert figures(one) == figures(two)


@given(networks())
def test_districts_merged_into_one_have_the_sum_of_their_counts(network: Network) -> None:
    if network["districts"].is_empty():
        return
    only = network["districts"]["id"][0]
    merged = changed(
        network,
        blocks=network["blocks"].with_columns(district=pl.lit(only)),
        districts=network["districts"].head(1).with_columns(parent=pl.lit(None, pl.String)),
    )
    one, two = (coverage_document(each.as_of(DAY), "district") for each in (network, merged))
    assert one["total"] == two["total"]
    for key in ("staff", "lines", "members", "reached", "potential", "missing_lines"):
        assert sum(row[key] for row in two["rows"]) == sum(row[key] for row in one["rows"])


@given(networks())
def test_a_block_split_in_two_keeps_the_districts_figures(network: Network) -> None:
    if network["blocks"].is_empty():
        return
    first = network["blocks"].head(1)
    split = changed(
        network,
        blocks=pl.concat([network["blocks"], first.with_columns(id=pl.lit("split"))]),
        enterprises=network["enterprises"]
        .with_row_index("_at")
        .with_columns(
            block=pl.when((pl.col("block") == first["id"][0]) & (pl.col("_at") % 2 == 0))
            .then(pl.lit("split"))
            .otherwise("block")
        )
        .drop("_at"),
    )
    one, two = (coverage_document(each.as_of(DAY), "district") for each in (network, split))
    assert figures(one) == figures(two)


@given(networks())
def test_the_order_of_the_rows_changes_no_block(network: Network) -> None:
    other = Network.from_tables({name: frame.reverse() for name, frame in network.tables.items()}, network.template)
    one, two = (coverage_document(each.as_of(DAY), "block") for each in (network, other))
    assert sorted(map(str, one["rows"])) == sorted(map(str, two["rows"]))
    assert gaps_document(network.as_of(DAY))["rows"] == gaps_document(other.as_of(DAY))["rows"]


@pytest.mark.parametrize("by", ["block", "district", "sector", "ownership", "enterprise"])
def test_every_grouping_adds_up_to_the_same_total(by: str, study: Any) -> None:
    from tiaokuai.loaders import read

    day = read(str(study)).as_of("2030-01-01")
    document = coverage_document(day, by)
    for key in ("enterprises", "staff", "lines", "members", "potential", "reached", "missing_lines"):
        assert sum(row[key] for row in document["rows"]) == document["total"][key]
