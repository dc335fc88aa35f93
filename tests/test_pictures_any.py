"""Whatever the documents say, a picture is sound: no nan, a title, room for its texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.districts import districts
from tests.pictures import every_picture, sound
from tiaokuai.viz.coverage_bars import coverage_bars
from tiaokuai.viz.coverage_mosaic import coverage_mosaic
from tiaokuai.viz.difference import difference
from tiaokuai.viz.forecast import forecast
from tiaokuai.viz.gap_waterfall import gap_waterfall
from tiaokuai.viz.influence import influence
from tiaokuai.viz.line_block_plane import line_block_plane
from tiaokuai.viz.network import network
from tiaokuai.viz.plan_board import plan_board
from tiaokuai.viz.replication_tree import replication_tree
from tiaokuai.viz.sensitivity_tornado import sensitivity_tornado
from tiaokuai.viz.template_heat import template_heat
from tiaokuai.viz.text import shorten, width, wrap

STATUS = st.sampled_from(["covered", "growing", "hollow", "ahead", "none"])
LANG = st.sampled_from(["zh", "en"])
SHARE = st.floats(0, 1)
NAME = st.one_of(st.none(), st.text(max_size=40), st.sampled_from(["滨海高新技术产业开发区北片综合服务中心", "A" * 60]))
GROUPS = ("service", "organisation", "activity", "rules", "participation")
MONTHS = 3


def maybe(what: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The figure, or nothing."""
    return st.one_of(what, what, what, st.none())


@st.composite
def answers(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Documents ``coverage`` by block, ``replication`` and ``gaps`` that belong to each other."""
    ids = [f"B{i}" for i in range(draw(st.integers(0, 9)))]
    covered, replicated = [], []
    for at, id in enumerate(ids):
        staff = draw(st.integers(0, 10**6))
        reached = draw(st.integers(0, staff))
        row = {
            "id": id,
            "name": draw(NAME),
            "staff": staff,
            "reached": reached,
            "members": draw(st.integers(0, staff + 5)),
        }
        row |= {"coverage": reached / staff if staff else None, "lines": draw(st.integers(0, 99)), "missing_lines": 3}
        covered.append(row)
        founded = date(2000, 1, 1) + timedelta(days=draw(st.integers(0, 9000)))
        other: dict[str, Any] = {
            "id": id,
            "name": row["name"],
            "status": draw(STATUS),
        }
        other |= {
            "founded": draw(maybe(st.just(founded.isoformat()))),
            "kind": draw(st.sampled_from(["pilot", "emerging"])),
        }
        other |= {"source": draw(maybe(st.sampled_from(ids[:at]))) if at else None, "coverage": row["coverage"]}
        other |= {"descendants": draw(maybe(st.integers(0, 9))), "descendant_reach": draw(maybe(st.integers(0, 10**6)))}
        other |= {"fidelity": draw(maybe(SHARE)), "generation": draw(maybe(st.integers(0, 5)))}
        other |= {"fidelity_by_group": draw(maybe(st.fixed_dictionaries(dict.fromkeys(GROUPS, SHARE))))}
        replicated.append(other)
    total: dict[str, Any] = {
        "staff": sum(row["staff"] for row in covered),
        "reached": sum(row["reached"] for row in covered),
    }
    total["coverage"] = total["reached"] / total["staff"] if total["staff"] else None
    gaps = {
        "missing_lines": draw(maybe(st.integers(0, 999))),
        "blocks_to_found": draw(st.lists(st.sampled_from(ids))) if ids else [],
    }
    head = {"as_of": "2026-06-30"}
    return {**head, "rows": covered, "total": total}, {**head, "rows": replicated}, {**head, **gaps, "rows": []}


DRAWN: tuple[Callable[..., Any], ...] = (coverage_bars, coverage_mosaic, network)


@given(answers(), LANG)
@settings(max_examples=30)
def test_pictures_of_where_and_why_are_sound(made: tuple[Any, Any, Any], lang: str) -> None:
    covered, replicated, gaps = made
    for paint in DRAWN:
        sound(paint(covered, replicated, lang=lang))
    sound(replication_tree(replicated, lang=lang))
    sound(template_heat(replicated, lang=lang))
    sound(gap_waterfall(gaps, covered, replicated, lang=lang))


@st.composite
def series(draw: st.DrawFn, most: float) -> Any:
    """A metric's bands over the months, in order, or without runs."""
    ends = [sorted(draw(st.tuples(st.floats(0, most), st.floats(0, most)))) for _ in range(MONTHS + 1)]
    levels = {"p05": 0.0, "p25": 0.3, "p50": 0.5, "mean": 0.6, "p75": 0.7, "p95": 1.0}
    made = {name: [low + (high - low) * level for low, high in ends] for name, level in levels.items()}
    if draw(st.integers(0, 5)) == 0:
        return {name: values if name == "mean" else [None] * (MONTHS + 1) for name, values in made.items()}
    return made


@st.composite
def forecasts(draw: st.DrawFn) -> dict[str, Any]:
    """A document ``simulate`` of up to eight scenarios."""
    shares = ("coverage", "line_share", "founded_share")
    names = ["baseline", *draw(st.lists(st.text(min_size=1, max_size=30), unique=True, max_size=3))]
    scenarios = [
        {
            "name": name,
            "cost": draw(maybe(st.floats(0, 1e6))),
            "series": {metric: draw(series(1.0)) for metric in shares} | {"reached": draw(series(1e6))},
            "time_to": [
                {"metric": "coverage", "at_least": 0.8, "never": draw(maybe(SHARE))}
                | {p: draw(maybe(st.integers(0, MONTHS))) for p in ("p05", "p50", "p95")}
            ],
        }
        for name in names
    ]
    blocks = [
        {
            "block": f"B{i}",
            "reached": draw(maybe(st.floats(-50, 50))),
            "share": None,
            "first_month": None,
            "direct": True,
        }
        for i in range(3)
    ]
    differences = [
        {
            "scenario": name,
            "against": "baseline",
            "blocks": blocks,
            "series": {metric: draw(series(1.0)) for metric in ("coverage", "reached")},
        }
        for name in names[1:]
    ]
    head = {
        "start": draw(st.sampled_from(["2027-01", "1999-12"])),
        "months": MONTHS,
        "runs": draw(st.sampled_from([0, 40])),
        "seed": 1,
    }
    return {**head, "scenarios": scenarios, "differences": differences}


@given(forecasts(), LANG)
@settings(max_examples=25)
def test_pictures_of_what_if_are_sound(made: dict[str, Any], lang: str) -> None:
    sound(forecast(made, lang=lang))
    sound(difference(made, lang=lang))
    sound(line_block_plane({"rows": []}, made, lang=lang))


@given(st.data(), LANG)
@settings(max_examples=25)
def test_pictures_of_what_next_and_of_what_matters_are_sound(data: st.DataObject, lang: str) -> None:
    draw = data.draw
    periods = [
        {
            "period": at + 1,
            "start": f"{2027 + at // 12}-{at % 12 + 1:02d}",
            "budget": 10,
            "cost": draw(maybe(st.floats(0, 1e6))),
            "found": [{"block": draw(st.sampled_from("ABC")), "source": None}] if draw(st.booleans()) else [],
            "lines": [
                {"enterprise": draw(st.sampled_from("EFG")), "count": draw(maybe(st.integers(1, 99)))} for _ in range(3)
            ],
        }
        for at in range(draw(st.integers(0, 30)))
    ]
    sound(plan_board({"status": "feasible", "gap": draw(maybe(SHARE)), "cost": 5.0, "periods": periods}, lang=lang))
    rows = [
        {
            "rate": draw(st.sampled_from(["fill", "start", "x"])),
            "low": 0.0,
            "high": 1.0,
            "answer_low": draw(maybe(SHARE)),
            "answer_high": draw(SHARE),
            "first": None,
            "total": draw(maybe(SHARE)),
        }
        for _ in range(draw(st.integers(0, 16)))
    ]
    sound(sensitivity_tornado({"metric": "coverage", "answer": draw(maybe(SHARE)), "rows": rows}, lang=lang))
    blocks = [
        {
            "id": f"B{i}",
            "name": draw(NAME),
            "reached": draw(maybe(st.integers(0, 99))),
            "descendant_reach": draw(maybe(st.integers(0, 500))),
            "descendants": 1,
        }
        for i in range(4)
    ]
    lost = draw(maybe(st.integers(0, 9)))
    lines = draw(st.sampled_from([[], [{"member": "M", "enterprise": "E", "block": "B", "reach_lost": lost}]]))
    sound(influence({"blocks": blocks, "lines": lines}, {"share": draw(maybe(SHARE)), "rows": []}, lang=lang))


@given(districts(), st.sampled_from(["steward", "planner", "public"]))
@settings(max_examples=8, deadline=None)
def test_pictures_of_any_district_are_sound_for_every_reader(made: Any, audience: str) -> None:
    pictures = every_picture(made, date(2026, 6, 30), audience)
    for name in ("coverage_bars", "network", "template_heat", "gap_waterfall", "influence", "history_map"):
        sound(pictures[name]("zh"))


@given(st.text(max_size=60), st.floats(30, 300))
def test_a_text_is_wrapped_and_shortened_to_its_room(text: str, room: float) -> None:
    assert width(shorten(text, room, 12), 12) <= max(room, 24) + 3
    assert all(width(line, 12) <= max(room, 24) + 3 for line in wrap(text, room, 12))
    if width(" ".join(text.split()), 12) <= room:
        assert shorten(text, room, 12) == " ".join(text.split())
