"""Scenario files: what they mean, and every mistake at once with its place (contracts.md)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.districts import START, district, districts, scenarios
from tiaokuai.graph import Network
from tiaokuai.planning.intervention import BY_DO, Costs, Intervention
from tiaokuai.planning.months import month_number
from tiaokuai.planning.scenario import Scenario
from tiaokuai.planning.scenario_checks import also, check, require
from tiaokuai.planning.scenario_faults import BadScenario
from tiaokuai.planning.state import start_state

CONTRACT = """\
name: two blocks, then lines
rates: {imitation: 0.04}
costs: {found: 50, line: 2, component: 5}
interventions:
  - {at: 2027-01, do: found, block: B03, source: B00, components: all}
  - {at: 2027-03, every: 3, times: 4, do: add_backbones, block: B03, count: 3, where: largest_without_line}
  - {at: 2027-05, do: add_backbones, enterprise: E0007, count: 2}
  - {at: 2027-06, do: adopt, block: B03, components: [legal_aid, policy_advice]}
  - {at: 2028-01, do: lose_backbones, share: 0.3}
"""


def faults(text: str) -> list[str]:
    with pytest.raises(BadScenario) as caught:
        Scenario.parse(text)
    return [fault.message("en") for fault in caught.value.faults]


def problems(network: Network, *items: Intervention, months: int = 12) -> list[str]:
    state = start_state(network.as_of(f"{START}-01"))
    return [fault.en for fault in check(Scenario("x", interventions=items), state, month_number(START), months)]


def test_the_scenario_of_the_contract_reads_as_it_is_written() -> None:
    scenario = Scenario.parse(CONTRACT)
    assert (scenario.name, dict(scenario.rates), scenario.costs) == (
        "two blocks, then lines",
        {"imitation": 0.04},
        Costs(50, 2, 5),
    )
    assert scenario.interventions[1] == Intervention(
        "add_backbones", "2027-03", every=3, times=4, block="B03", count=3, where="largest_without_line"
    )
    assert scenario.interventions[1].months() == ["2027-03", "2027-06", "2027-09", "2027-12"]
    assert scenario.interventions[3].components == ("legal_aid", "policy_advice")


def test_json_is_read_like_yaml_tabs_and_all(tmp_path: Path) -> None:
    plain = Scenario.parse(CONTRACT).to_plain()
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(plain, indent="\t"), encoding="utf-8")
    assert Scenario.read(path) == Scenario.parse(CONTRACT)


def test_prices_default_to_those_of_the_contract() -> None:
    assert Scenario.parse("name: x").costs == Costs(found=50, line=2, component=5, enrol=0)


@pytest.mark.parametrize("half", ["every: 3", "times: 3"])
def test_a_repetition_says_how_often_and_at_what_distance(half: str) -> None:
    told = faults(f"interventions:\n  - {{at: 2027-01, do: lose_backbones, share: 0.1, {half}}}")
    assert len(told) == 1
    assert "goes with" in told[0]
    item = Intervention("lose_backbones", "2027-02", share=0.1, **{half[:5]: 3})  # type: ignore[arg-type]
    assert "every and times go together" in problems(DISTRICT, item)[0]


def test_an_id_stays_as_it_is_written() -> None:
    assert Scenario.parse("interventions:\n  - {at: 2027-01, do: found, block: 007}").interventions[0].block == "007"


def test_every_mistake_is_told_at_once_with_line_column_and_the_nearest_right_name() -> None:
    assert faults(
        "name: x\n"
        "rates: {imitat: 0.1, start: -1}\n"
        "cost: {found: 1}\n"
        "interventions:\n"
        "  - {at: 2027-13, do: found, block: B1}\n"
        "  - {at: 2027-01, do: fount, block: B1}\n"
        "  - {at: 2027-01, do: add_backbones, block: B1, enterprise: E1}\n"
        "  - {at: 2027-01, do: lose_backbones, share: 1.5}\n"
        "  - {at: 2027-01, do: add_backbones, block: B1, wher: random, count: 2.5}\n"
        "  - found B1\n"
    ) == [
        "line 3, column 1: a scenario has no cost; did you mean costs?",
        "line 2, column 9: no rate is called imitat; did you mean imitation?",
        "line 2, column 29: start must be from 0 to 1000",
        "line 5, column 10: '2027-13' is not a month; write it as 2027-01",
        "line 6, column 23: nothing is called fount; did you mean found?",
        "line 7, column 5: add_backbones needs exactly one of block, enterprise",
        "line 8, column 46: share must be a number from 0 to 1",
        "line 9, column 49: add_backbones has no wher; did you mean where?",
        "line 9, column 70: count must be a whole number from 1 to 1,000,000",
        "line 10, column 5: an intervention must be written as key: value, not as a word",
    ]


def test_lines_and_columns_are_those_of_the_file_where_tabs_indent_it() -> None:
    assert faults(
        '{\n\t"nam": 1,\n\t"interventions": [\n\t\t{"at": "2027-01", "do": "foun"},\n\t\t"found"\n\t]\n}'
    ) == [
        "line 2, column 2: a scenario has no nam; did you mean name?",
        "line 4, column 27: nothing is called foun; did you mean found?",
        "line 5, column 3: an intervention must be written as key: value, not as a word",
    ]
    assert faults('{\n\t"name": "a"\n\t"costs": {}}') == [
        "line 3, column 2: is not YAML or JSON: a { is not closed by }, or a comma is missing"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x\x07\n", "line 1, column 8: is not YAML or JSON: a character that is no text, U+0007"),
        ("name: x\n---\nname: y\n", "line 2, column 1: is not YAML or JSON: after --- begins another document"),
        ("name: x\ncosts:\t{}\n", "line 2, column 7: is not YAML or JSON: a tab stands where only spaces may"),
        ("name: a: b\n", "line 1, column 8: is not YAML or JSON: no colon may stand here"),
        ("- a\n", "line 1, column 1: a scenario must be written as key: value, not as a list"),
        (
            "costs: {line: '5'}\n",
            "line 1, column 15: line must be a number from 0 to 1,000,000,000,000, without quotes",
        ),
    ],
)
def test_what_is_no_scenario_is_said_plainly_in_both_languages(text: str, said: str) -> None:
    assert faults(text)[0].startswith(said)
    with pytest.raises(BadScenario) as caught:
        Scenario.parse(text)
    words = caught.value.faults[0].zh.replace("YAML 或 JSON", "")
    assert not any(word in words for word in ("found", "expected", "allowed", "must"))


def test_chinese_punctuation_names_and_percentages_are_answered_with_how_to_write_them() -> None:
    assert faults("name：甲\ninterventions：\n") == [
        "line 1, column 1: a scenario must be written as key: value, not as a word; "
        "： is full-width: write it as : (with a space)"
    ]
    assert faults("name: 甲\ninterventions:\n  - {at: 2027-01，do: found，block: B3}\n") == [
        "line 3, column 20: is not YAML or JSON: a { is not closed by }, or a comma is missing; "
        "， is full-width: write it as ,"
    ]
    head = "interventions:\n  - {at: 2027-01, "
    assert faults(head + "do: lose_backbones, share: 30%}")[0].endswith("from 0 to 1; 30% is written 0.3")
    assert faults(head + "do: 骨干流失, share: 0.3}")[0].endswith("did you mean lose_backbones?")
    assert faults("interventions:\n  -\n")[0].endswith("not as nothing")


def test_a_head_count_that_is_no_whole_number_is_not_cut_to_one() -> None:
    head = "interventions:\n  - {at: 2027-01, do: open_enterprises, block: B1, count: 1, staff: "
    assert faults(head + "3.7}") == ["line 2, column 69: staff must be a whole number from 0 to 100,000,000"]
    assert Scenario.parse(head + "0}").interventions[0].staff == 0


def test_an_intervention_without_do_has_its_other_fields_looked_at_too() -> None:
    assert faults("interventions:\n  - {at: 2027-01, blok: B1}\n  - {<<: {do: found}, at: 2027-02}\n") == [
        f"line 2, column 5: do is missing; there are {', '.join(BY_DO)}",
        "line 2, column 19: an intervention has no blok; did you mean block?",
        f"line 3, column 5: do is missing; there are {', '.join(BY_DO)}",
        "line 3, column 6: << is not read here; write the fields out",
    ]


@pytest.mark.parametrize(
    "text",
    ["", "- a\n- b", "a: [", "\x00", "name: {a: b}", "interventions: 3", "a: &a [*a]", "? {a: b}\n: c", "a: 1\na: 2"],
)
def test_no_text_is_more_than_a_list_of_mistakes(text: str) -> None:
    assert faults(text)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_written_reads_back_the_same(data: st.DataObject) -> None:
    network = data.draw(districts())
    scenario = data.draw(scenarios(network, 12))
    assert Scenario.parse(scenario.to_yaml()) == scenario
    assert problems(network, *scenario.interventions) == []


DISTRICT = district([[30, 20], [10], []], founded=[0], adoptions=[(0, "training")])


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (Intervention("found", "2027-02", block="B9"), "there is no block B9; did you mean B"),
        (Intervention("found", "2027-02", block="B0"), "block B0 is founded already before 2027-02"),
        (Intervention("found", "2027-02", block="B1", source="B1"), "block B1 cannot be its own source"),
        (Intervention("found", "2027-02", block="B1", source="B2"), "the source B2 is not founded by 2027-02"),
        (Intervention("found", "2028-02", block="B1"), "2028-02 is not within the horizon, 2027-01 to 2027-12"),
        (Intervention("found", "2026-12", block="B1"), "2026-12 is not within the horizon, 2027-01 to 2027-12"),
        (Intervention("found", "2027-02", block="B1", components=("hal",)), "no component hal; did you mean hall?"),
        (Intervention("found", "2027-02", block="B1", components=("al",)), "no component al; did you mean all?"),
        (
            Intervention("add_backbones", "2027-02", block="B1", count=1),
            "block B1 is neither founded at the start nor by an earlier intervention: no lines before 2027-02",
        ),
        (Intervention("add_backbones", "2027-02", enterprise="B0E7"), "no enterprise B0E7; did you mean B0E1?"),
        (
            Intervention("add_backbones", "2027-11", block="B0", every=1, times=3),
            "2028-01 is not within the horizon, 2027-01 to 2027-12",
        ),
        (Intervention("lose_backbones", "2027-02", block="C", share=0.5), "there is no block C"),
    ],
)  # fmt: skip
def test_what_cannot_apply_is_an_error_before_the_run(item: Intervention, said: str) -> None:
    told = problems(DISTRICT, item)
    assert len(told) == 1
    assert said in told[0]


def test_lines_may_follow_a_founding_of_the_same_month_if_it_stands_before_them() -> None:
    found = Intervention("found", "2027-02", block="B1")
    lines = Intervention("add_backbones", "2027-02", block="B1", count=1)
    assert problems(DISTRICT, found, lines) == []
    assert len(problems(DISTRICT, lines, found)) == 1


def test_a_closed_enterprise_cannot_be_given_a_line_or_close_again() -> None:
    close = Intervention("close_enterprise", "2027-02", enterprise="B0E0")
    told = problems(DISTRICT, close, Intervention("add_backbones", "2027-03", enterprise="B0E0"), close)
    assert len(told) == 2
    assert all("has closed" in each for each in told)


def test_where_no_adoption_is_recorded_components_are_an_error() -> None:
    bare = district([[30], [10]], founded=[0])
    assert problems(bare, Intervention("found", "2027-02", block="B1", components="all")) == []
    for item in (
        Intervention("adopt", "2027-02", block="B0", components=("training",)),
        Intervention("found", "2027-02", block="B1", components=("training",)),
    ):
        assert "the data record no adoption" in problems(bare, item)[0]


def test_more_enterprises_than_a_machine_holds_are_refused() -> None:
    told = problems(DISTRICT, Intervention("open_enterprises", "2027-01", block="B0", count=900_000, every=1, times=12))
    assert told == ["open_enterprises 2027-01: more than 1000000 enterprises open"]


def test_what_cannot_be_read_hides_nothing_of_what_cannot_apply() -> None:
    text = (
        "interventions:\n"
        "  - {at: 2027-13, do: found, block: B9}\n"  # no such month, no such block
        "  - {at: 2027-02, do: fount, block: B8}\n"  # nothing is called so
        "  - {at: 2027-02, do: add_backbones, block: B2, count: 0}\n"  # perhaps founded by what is at fault above
        "  - {at: 2028-02, do: found, block: B0, components: [hal]}\n"
        "  - {at: 2027-02, do: adopt, components: [hall]}\n"
    )
    with pytest.raises(BadScenario) as caught:
        Scenario.parse(text)
    assert len(caught.value.faults) == 4
    assert caught.value.partial is not None
    state = start_state(DISTRICT.as_of(f"{START}-01"))
    told = also(caught.value.partial, state, month_number(START), 12)
    assert [fault.message("en") for fault in told] == [
        "line 2, column 37: there is no block B9; did you mean B2?",
        "line 3, column 37: there is no block B8; did you mean B2?",
        "line 5, column 10: 2028-02 is not within the horizon, 2027-01 to 2027-12",
        "line 5, column 37: block B0 is founded already before 2028-02",
        "line 5, column 53: there is no component hal; did you mean hall?",
    ]
    sure = text.replace("2027-13", "2027-01").replace("fount, block: B8", "found, block: B1").replace("B9", "B1")
    with pytest.raises(BadScenario) as caught:
        Scenario.parse(sure)
    assert caught.value.partial is not None
    told = also(caught.value.partial, state, month_number(START), 12)
    assert any("block B2 is neither founded" in fault.en for fault in told)
    assert any("block B1 is founded already" in fault.en for fault in told)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_mistake_in_one_line_makes_none_of_another(data: st.DataObject) -> None:
    network = data.draw(districts())
    lines = data.draw(scenarios(network, 12)).to_yaml().splitlines()
    first = lines.index("interventions:") + 1 if "interventions:" in lines else len(lines)
    if first < len(lines):
        at = data.draw(st.integers(first, len(lines) - 1))
        lines[at] = data.draw(
            st.sampled_from((lines[at].replace('"at"', '"on"'), lines[at].replace('"do": "', '"do": "x')))
        )
        with pytest.raises(BadScenario) as caught:
            Scenario.parse("\n".join(lines))
        assert {fault.place.line for fault in caught.value.faults if fault.place} == {at + 1}
        assert caught.value.partial is not None
        state = start_state(network.as_of(f"{START}-01"))
        assert also(caught.value.partial, state, month_number(START), 12) == []


def test_all_scenarios_are_checked_before_any_runs() -> None:
    bad = Intervention("found", "2027-02", block="B9")
    state = start_state(DISTRICT.as_of(f"{START}-01"))
    with pytest.raises(BadScenario) as caught:
        require(
            [Scenario("one", interventions=(bad,)), Scenario("one", interventions=(bad,))],
            state,
            month_number(START),
            12,
        )
    assert len(caught.value.faults) == 3  # twice the block, once the name
