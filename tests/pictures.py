"""What the tests of the pictures share: the documents of a network, every picture from them, and what none may hold."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from html import unescape
from typing import Any

from tiaokuai.graph import Network
from tiaokuai.metrics import documents
from tiaokuai.planning.intervention import Costs, Intervention
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.simulate import simulate
from tiaokuai.viz.coverage_bars import coverage_bars
from tiaokuai.viz.coverage_mosaic import coverage_mosaic
from tiaokuai.viz.difference import difference
from tiaokuai.viz.forecast import forecast
from tiaokuai.viz.gap_waterfall import gap_waterfall
from tiaokuai.viz.history_map import history_map
from tiaokuai.viz.influence import influence
from tiaokuai.viz.line_block_plane import line_block_plane
from tiaokuai.viz.network import network as network_picture
from tiaokuai.viz.picture import Picture
from tiaokuai.viz.places import places
from tiaokuai.viz.plan_board import plan_board
from tiaokuai.viz.replication_tree import replication_tree
from tiaokuai.viz.sensitivity_tornado import sensitivity_tornado
from tiaokuai.viz.template_heat import template_document, template_heat
from tiaokuai.viz.text import width
from tiaokuai.viz.theme import NARROW

Document = Mapping[str, Any]
Paint = Callable[[str], Picture]
NAMES = (
    "coverage_bars", "coverage_mosaic", "network", "replication_tree", "template_heat", "gap_waterfall", "influence",
    "forecast", "difference", "line_block_plane", "plan_board", "sensitivity_tornado", "history_map",
)  # fmt: skip
KEY = b"of the pictures, the same for all"  # of releases
TRACES = {"bar", "scatter"}  # what plotly.js in the report can draw


def every_picture(network: Network, day: date, audience: str = "steward") -> dict[str, Paint]:
    """Every picture of a network on a day, as ``audience`` may know it: name → language → picture."""
    network = network.release(audience, KEY)
    snapshot = network.as_of(day)

    @cache
    def told(kind: str) -> Any:
        make: dict[str, Callable[[], Document]] = {
            "coverage": lambda: documents.coverage_document(snapshot, "block"),
            "enterprises": lambda: documents.coverage_document(snapshot, "enterprise"),
            "replication": lambda: documents.replication_document(snapshot),
            "gaps": lambda: documents.gaps_document(snapshot),
            "influence": lambda: documents.influence_document(snapshot),
            "fragility": lambda: documents.fragility_document(snapshot),
            "history": lambda: documents.history_document(network, "year", None, day),
            "simulate": lambda: simulated(network, day),
            "plan": lambda: planned(network),
            "sensitivity": lambda: SENSITIVE,
        }
        return make[kind]()

    def then(at: date) -> tuple[Document, Document]:
        past = network.as_of(at)
        return documents.coverage_document(past, "block"), documents.replication_document(past)

    covered, replicated = lambda: told("coverage"), lambda: told("replication")
    here = places(snapshot)
    before = day.replace(year=day.year - 3, day=1)
    return {
        "coverage_bars": lambda lang: coverage_bars(covered(), replicated(), lang=lang),
        "coverage_mosaic": lambda lang: coverage_mosaic(covered(), replicated(), lang=lang),
        "network": lambda lang: network_picture(covered(), replicated(), told("enterprises"), here, lang=lang),
        "replication_tree": lambda lang: replication_tree(replicated(), lang=lang),
        "template_heat": lambda lang: template_heat(replicated(), template_document(snapshot), lang=lang),
        "gap_waterfall": lambda lang: gap_waterfall(told("gaps"), covered(), replicated(), lang=lang),
        "influence": lambda lang: influence(told("influence"), told("fragility"), lang=lang),
        "forecast": lambda lang: forecast(told("simulate"), lang=lang),
        "difference": lambda lang: difference(told("simulate"), lang=lang),
        "line_block_plane": lambda lang: line_block_plane(told("history"), told("simulate"), lang=lang),
        "plan_board": lambda lang: plan_board(told("plan"), here, lang=lang),
        "sensitivity_tornado": lambda lang: sensitivity_tornado(told("sensitivity"), lang=lang),
        "history_map": lambda lang: history_map([then(before), then(day)], here, lang=lang),
    }


def simulated(network: Network, day: date) -> Document:
    """Doing nothing, and lines in the first founded block."""
    lively = set(network["enterprises"]["block"].to_list())
    founded = [block for block in network["associations"]["block"].to_list() if block in lively][:1]
    start = f"{day.year + 1}-01"
    more = [Intervention("add_backbones", start, block=block, count=2, where="largest_gap") for block in founded]
    scenarios = [Scenario("more lines <b>", {}, Costs(), tuple(more))] if more else []
    return simulate(network, scenarios=scenarios, months=8, runs=6, seed=3, start=start).document()


def planned(network: Network) -> Document:
    """A plan of two periods for the first enterprises and the last block, made by hand."""
    enterprises, blocks = network["enterprises"]["id"].to_list()[:3], network["blocks"]["id"].to_list()
    periods = [
        {
            "period": at + 1,
            "start": f"2027-0{1 + 3 * at}",
            "budget": 60,
            "carried": 0,
            "found": [{"block": blocks[-1], "source": blocks[0]}] if at and len(blocks) > 1 else [],
            "lines": [{"enterprise": id, "count": 7} for id in enterprises],
            "cost": 14.0 * len(enterprises) + (50 if at and len(blocks) > 1 else 0),
        }
        for at in range(2)
    ]
    cost = sum(float(str(period["cost"])) for period in periods)
    head = {"status": "optimal", "objective": 100, "bound": 100, "gap": 0.0, "cost": cost, "seconds": 0.1}
    return {**head, "periods": periods, "relax": []}


SENSITIVE: Document = {
    "metric": "coverage",
    "answer": 0.4,
    "rows": [
        {
            "rate": "fill",
            "low": 0.05,
            "high": 0.3,
            "value": 0.15,
            "answer_low": 0.39,
            "answer_high": 0.41,
            "first": 0.1,
            "total": 0.12,
        },
        {
            "rate": "replication",
            "low": 0.01,
            "high": 0.06,
            "value": 0.38 / 12,
            "answer_low": 0.31,
            "answer_high": 0.52,
            "first": 0.7,
            "total": 0.8,
        },
    ],
}


def numbers(value: Any) -> Iterator[float]:
    """Every number anywhere in a figure."""
    if isinstance(value, Mapping):
        for part in value.values():
            yield from numbers(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from numbers(part)
    elif isinstance(value, float | int):
        yield float(value)


def sound(picture: Picture) -> None:
    """What must hold for every picture of every data set."""
    assert picture.title.strip()
    assert picture.alt.strip()
    assert picture.table[1] or picture.wide["data"]
    assert all(len(row) == len(picture.table[0]) for row in picture.table[1])
    for narrow in (False, True):
        for spec in (picture.narrow if narrow else picture.wide, picture.titled(narrow)):
            json.dumps(spec, allow_nan=False)
            assert all(math.isfinite(number) for number in numbers(spec))
            assert {trace["type"] for trace in spec["data"]} <= TRACES
            if not spec["data"]:
                # Nothing to draw: no axis is shown, and a sentence says why.
                assert not spec["layout"]["xaxis"]["visible"]
                assert len(spec["layout"]["annotations"][0]["text"]) >= 6
    fits(picture.narrow)


def fits(spec: Mapping[str, Any]) -> None:
    """On a narrow screen the labels of the upright axes have room in the margin, and there is room for the plot."""
    frame = spec["layout"]
    margin = frame["margin"]
    assert margin["l"] + margin["r"] < 0.72 * NARROW.width
    for name in ("yaxis", "yaxis2"):
        for text in frame.get(name, {}).get("ticktext") or ():
            lines = unescape(str(text)).split("<br>")
            assert max(width(line, NARROW.size) for line in lines) <= margin["l"] - 2, text
