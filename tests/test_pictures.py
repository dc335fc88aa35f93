"""Every picture answers its question in a sentence made from the data, on every data set and for every reader."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.districts import district
from tests.pictures import NAMES, every_picture, planned, sound
from tests.web_desk import small
from tiaokuai.graph import Network
from tiaokuai.loaders import read
from tiaokuai.planning.sensitivity import sensitivity
from tiaokuai.planning.simulate import simulate
from tiaokuai.viz import figures
from tiaokuai.viz.chinese import punctuated
from tiaokuai.viz.picture import Picture
from tiaokuai.viz.plan_board import plan_board
from tiaokuai.viz.sensitivity_tornado import sensitivity_tornado
from tiaokuai.viz.theme import CONFIG, MARK, REACH, SCENARIOS, STATUS, pattern

DAY = date(2026, 6, 30)


def drawn(name: str, network: Network, lang: str = "en", audience: str = "steward") -> Picture:
    return every_picture(network, DAY, audience)[name](lang)


# By hand for the small district: B0 (pilot) has 30 + 40 + 12 staff, 2 + 1 lines of 10 and so 20 + 10 in reach;
# B1 is founded without a line (25 + 18 + 9 staff); B2 has not begun (50 + 7).
TITLES = {
    "coverage_bars": (
        "尚无块达到覆盖,1 个块有块无条(空心),1 个块在发展",
        "No block is covered yet, 1 founded but hollow, 1 growing",
    ),
    "coverage_mosaic": (
        "191 人中已触达 30 人;空白就是剩下的 161 人",
        "30 of 191 people in reach; the blank area is the 161 left",
    ),
    "network": (
        "3 个块中 2 个已建,没有登记复制关系",
        "2 of 3 blocks are founded; no replication is recorded",
    ),
    "gap_waterfall": (
        "离全覆盖还差 161 人:要开 18 条线、建 1 个块",
        "161 people to go: 18 lines to add and 1 block to found",
    ),
    "template_heat": ("没有登记模式要素", "No component of the template is recorded"),
    "influence": ("「B0」触达最多:30 人;没有后代块", "B0 reaches most, 30 people; no block has descendants"),
    "replication_tree": (
        "自2020年1月起建了 2 个块,没有登记复制",
        "2 blocks founded since Jan 2020; no replication is recorded",
    ),
    "plan_board": (
        "计划分 2 期建 1 个块、开 42 条线,费用 134",
        "In 2 periods the plan founds 1 block and adds 42 lines, for 134",
    ),
    "sensitivity_tornado": (
        "「复制建块 λ」影响最大:覆盖率在 31% 到 52% 之间",
        "Most depends on replication λ: coverage between 31% and 52%",
    ),
    "history_map": (
        "2023年6月1日有 2 个已建块,2026年6月30日有 2 个",
        "From 2 blocks founded on 1 Jun 2023 to 2 on 30 Jun 2026",
    ),
}


@pytest.mark.parametrize("name", TITLES)
def test_the_title_is_a_sentence_with_the_numbers_of_the_data(name: str) -> None:
    paint = every_picture(small(), DAY)[name]
    zh, en = TITLES[name]
    assert (paint("zh").title, paint("en").title) == (punctuated(zh), en)


def test_covered_and_hollow_blocks_are_counted_in_the_title() -> None:
    network = district([[10], [10], [30], [30]], lines=[[1], [1], [0], [0]], founded=[0, 1, 2, 3])
    assert drawn("coverage_bars", network).title == "2 blocks covered, 2 founded but hollow"
    assert drawn("coverage_bars", network, "zh").title == "2 个块已覆盖\uff0c2 个块有块无条\uff08空心\uff09"


def test_the_waterfall_goes_from_the_people_in_reach_to_all_of_them_lines_before_blocks() -> None:
    spec = drawn("gap_waterfall", small()).wide
    assert [trace["x"] for trace in spec["data"]] == [[30], [52], [52], [57], [191]]  # today, growing, hollow, to found
    assert [trace["base"] for trace in spec["data"]] == [[0], [30], [82], [134], [0]]


def test_a_bar_a_block_the_people_in_reach_as_a_share_of_its_staff() -> None:
    spec = drawn("coverage_bars", small()).wide
    growing = next(trace for trace in spec["data"] if trace["marker"]["color"] == STATUS["growing"])
    assert growing["x"] == [pytest.approx(30 / 82, abs=1e-6)]
    assert growing["y"] == [0]
    texts = [each["text"] for each in spec["layout"]["annotations"]]
    assert {"52", "57"} <= set(texts)  # people out of reach
    assert any("1 block not begun, 57 people in all" in text for text in texts)


def test_a_replication_is_an_arrow_and_a_branch() -> None:
    tables = dict(
        district([[10], [20], [30]], lines=[[1], [0], [0]], founded=[0, 1], kinds=("pilot", "mature", "mature")).tables
    )
    rows = [{"source": "B0", "target": "B1", "since": date(2020, 1, 1)}]
    network = Network.from_tables({**tables, "replications": rows})
    assert drawn("network", network).title == "1 block founded by copying; B0 has the most descendants, 1"
    assert drawn("replication_tree", network).title == "The template travelled 1 time, down to generation 1"
    assert drawn("influence", network).title == "B0 reaches most, 10 people; no block has descendants"


@pytest.mark.parametrize("audience", ["steward", "planner", "public"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_picture_of_both_field_studies_is_sound(study: Path, lang: str, audience: str) -> None:
    network = read(study)
    last = max(day for day in network["backbones"]["since"].to_list() if day)
    for name, paint in every_picture(network, last, audience).items():
        picture = paint(lang)
        sound(picture)
        assert picture.wide["data"] or name in ("template_heat", "difference", "influence"), name


NETWORKS: dict[str, Network] = {
    "one enterprise": district([[12]], lines=[[1]], founded=[0], kinds=("pilot",)),
    "one enterprise without a line": district([[12]]),
    "a block without enterprises": district([[]], founded=[0]),
    "enterprises without staff": district([[0, 0], [0]], founded=[0]),
    "nothing at all": Network.from_tables({}),
    "names that are markup": Network.from_tables(
        {
            "districts": [{"id": "D"}],
            "blocks": [{"id": "B<script>", "district": "D", "name": "<b>%{x}\n" + "很长的名字" * 20}],
            "enterprises": [{"id": "E&", "block": "B<script>", "staff": 5, "name": "&amp;<i>"}],
            "associations": [{"id": "A", "block": "B<script>", "since": date(2020, 1, 1)}],
        }
    ),
}


@pytest.mark.parametrize("which", NETWORKS)
@pytest.mark.parametrize("audience", ["steward", "planner", "public"])
def test_the_smallest_data_sets_have_every_picture_or_a_reason(which: str, audience: str) -> None:
    for paint in every_picture(NETWORKS[which], DAY, audience).values():
        for lang in ("zh", "en"):
            sound(paint(lang))


def test_names_are_never_markup() -> None:
    allowed = ("b", "/b", "br", "/span", 'span style="color:')
    for name, paint in every_picture(NETWORKS["names that are markup"], DAY).items():
        for text in _texts(paint("en").titled()):
            tags = [part.split(">")[0] for part in text.split("<")[1:]]
            assert all(tag in allowed or tag.startswith(allowed[-1]) for tag in tags), (name, text)


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in _texts(part)]
    return [value] if isinstance(value, str) else []


def test_a_long_name_is_shortened_in_the_picture_and_whole_in_the_hover() -> None:
    name = "滨海高新技术产业开发区北片综合服务中心第一期" * 2
    rows: dict[str, Any] = {"districts": [{"id": "D"}], "blocks": [{"id": "B", "district": "D", "name": name}]}
    rows["enterprises"] = [{"id": "E", "block": "B", "staff": 20}]
    rows["associations"] = [{"id": "A", "block": "B", "since": date(2020, 1, 1)}]
    spec = drawn("coverage_bars", Network.from_tables(rows)).narrow
    (label,) = spec["layout"]["yaxis"]["ticktext"]
    assert label.endswith("…")
    assert any(name in text for trace in spec["data"] for text in trace.get("hovertext", ()))


def test_a_status_has_a_mark_and_a_scenario_a_dash_of_its_own() -> None:
    assert len(set(MARK.values())) == len(STATUS) == len(MARK)
    assert len({dash for _, dash in SCENARIOS}) == len(SCENARIOS)
    assert {pattern(status)["shape"] for status in ("hollow", "ahead")} == {"/", "."}


def test_the_lightness_of_the_ramp_falls_so_that_grey_paper_reads_it() -> None:
    def lightness(colour: str) -> float:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    steps = [lightness(colour) for colour in REACH.values()]
    assert all(a - b > 40 for a, b in pairwise(steps))
    assert lightness(STATUS["growing"]) - lightness(STATUS["covered"]) > 60


def test_nothing_is_offered_to_be_sent_to_a_cloud() -> None:
    assert CONFIG["showSendToCloud"] is False
    assert CONFIG["plotlyServerURL"] == ""


def test_assumed_head_counts_stand_among_the_rates_by_how_far_they_move_the_answer() -> None:
    ends = {"answer_low": 0.3, "answer_high": 0.5}
    rows = [{"rate": "fill", "low": 0.05, "high": 0.3, "answer_low": 0.38, "answer_high": 0.42, "total": 0.9}]
    assumed = [{"kind": "block", "block": "B3", "low": 5, "high": 20, **ends}, {"kind": "rate", "rate": "fill", **ends}]
    picture = sensitivity_tornado({"metric": "coverage", "answer": 0.4, "rows": rows, "check_first": assumed})
    assert picture.title == "Most depends on head-counts of B3: coverage between 30% and 50%"
    assert [row[0] for row in picture.table[1]] == ["head-counts of B3", "filling β"]


def test_an_impossible_plan_says_what_must_give() -> None:
    picture = plan_board({"status": "infeasible", "periods": [], "relax": [{"wish": "min_coverage B1", "by": 0.25}]})
    assert picture.title == "The wishes cannot all hold"
    assert "min_coverage B1" in picture.wide["layout"]["annotations"][0]["text"]


def test_every_picture_is_a_public_function_that_returns_a_plotly_figure() -> None:
    from plotly.graph_objects import Figure

    network = small()
    day = network.as_of(DAY)
    made = {name: getattr(figures, name)(day) for name in NAMES[:7]}
    fc = simulate(network, months=4, runs=4, seed=1, start="2026-07")
    made |= {name: getattr(figures, name)(fc, narrow=True) for name in ("forecast", "difference")}
    made["line_block_plane"] = figures.line_block_plane(network, fc, day=DAY, lang="zh")
    made["plan_board"] = figures.plan_board(planned(network), network, lang="zh")
    made["sensitivity_tornado"] = figures.sensitivity_tornado(sensitivity(network, months=4, samples=8))
    made["history_map"] = figures.history_map(network, ["2021-01-01", DAY], fc)
    assert set(made) == set(NAMES)
    for name, figure in made.items():
        assert isinstance(figure, Figure), name
        assert "<b>" in json.dumps(figure.to_plotly_json()["layout"]), name
