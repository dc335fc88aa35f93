"""The plan against brute force, by its own checker, and by what must hold for every plan (contracts.md)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import highspy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.districts import START, district
from tiaokuai.graph import Network
from tiaokuai.planning.intervention import Costs
from tiaokuai.planning.plan import plan
from tiaokuai.planning.plan_check import check
from tiaokuai.planning.plan_wishes import BadPlan
from tiaokuai.planning.plan_wishes_reading import parse_wishes, wishes_of
from tiaokuai.planning.scenario_checks import check as scenario_faults
from tiaokuai.planning.simulate import simulate
from tiaokuai.planning.state import start_state

CHAIN = district(
    [[30, 20, 44], [40, 12], [18]],
    founded=[0],
    kinds=["pilot", "mature", "mature"],
    links=[(0, 1, 1.0), (1, 2, 1.0)],
)


def made(network: Network = CHAIN, **options: Any) -> dict[str, Any]:
    """The document of a plan from January 2027."""
    return plan(network, start=START, **{"budget": 40, "periods": 3, "gap": 0.0, **options}).document()


def test_gains_are_counted_from_the_capacity_there_is() -> None:
    net = district([[25, 8]], [[1, 0]], founded=[0])
    document = made(net, budget=100, periods=1)
    # 25 staff with one line of ten: 10 and 5 more; 8 staff: 8.
    assert document["objective"] == 23
    assert document["periods"][0]["lines"] == [{"enterprise": "B0E0", "count": 2}, {"enterprise": "B0E1", "count": 1}]
    assert document["cost"] == 6


def test_what_is_unspent_carries_over_until_a_founding_can_be_paid() -> None:
    document = made()
    first, second, third = document["periods"]
    # B0 takes 3 + 2 + 5 lines at once (94 people, 20); 40 + 20 pay for B1 (50) and five lines in period 2.
    assert (first["cost"], second["carried"], second["found"]) == (20, 20, [{"block": "B1", "source": "B0"}])
    assert (second["cost"], third["carried"], third["cost"]) == (60, 0, 2)
    assert document["objective"] == 94 * 3 + 50 * 2 + 2
    assert (document["status"], document["gap"], document["bound"]) == ("optimal", 0, 384)


def test_the_end_alone_counts_where_that_is_asked_for() -> None:
    assert made(objective="end")["objective"] == 94 + 52


def test_a_block_founds_one_period_after_the_block_it_learns_from() -> None:
    periods = made(budget=1000)["periods"]
    assert [each["found"] for each in periods] == [
        [{"block": "B1", "source": "B0"}],
        [{"block": "B2", "source": "B1"}],
        [],
    ]


def test_without_a_links_table_all_of_the_district_is_linked() -> None:
    net = district([[30], [20], [20]], founded=[0])
    assert len(made(net, budget=1000, periods=1)["periods"][0]["found"]) == 2


def test_districts_without_a_block_are_no_obstacle() -> None:
    net = Network.from_tables(
        {
            "districts": [{"id": name} for name in ("D0", "D1", "D2", "D3")],
            "blocks": [{"id": "B0", "district": "D0", "kind": "pilot"}, {"id": "B1", "district": "D3"}],
            "enterprises": [{"id": "E", "block": "B0", "staff": 20}],
        }
    )
    assert made(net, budget=54, periods=1)["objective"] == 20  # B1 lies elsewhere


def test_a_links_table_that_links_nobody_lets_nobody_found() -> None:
    net = district([[30], [20]], founded=[0], links=[(1, 1, 1.0)])
    document = made(net, budget=100, periods=2)
    assert [each["found"] for each in document["periods"]] == [[], []]
    assert document["objective"] == 60


def test_a_plan_is_a_scenario_that_runs_as_it_is_and_costs_the_same() -> None:
    planned = plan(CHAIN, budget=60, periods=3, start=START, constraints={"founding_costs": {"B1": 30}})
    forecast = simulate(CHAIN, [planned.scenario()], months=9, runs=4, start=START, rates=None)
    assert forecast.outcome("plan").values[:, -1, 8].max() <= planned.document()["cost"] + 1e-9


def test_a_pilot_without_an_association_founds_at_no_cost_in_the_scenario() -> None:
    net = district([[30], [20]], kinds=["pilot", "mature"])
    planned = plan(net, budget=60, periods=2, start=START)
    steps = planned.scenario().interventions
    assert [(item.do, item.block, item.cost) for item in steps[:1]] == [("found", "B0", 0.0)]
    assert not scenario_faults(planned.scenario(), start_state(net.as_of("2027-01-01")), 2027 * 12, 6)


# ---- brute force -----------------------------------------------------------------------------------------------


def brute(
    network: Network, budgets: list[float], wishes: Mapping[str, Any], objective: str, costs: Costs
) -> int | None:
    """The best value over every founding time and every number of lines by block and period; None: none is feasible."""
    day = network.as_of("2027-01-01")
    blocks, periods = day.block_ids, len(budgets)
    staff: dict[str, list[tuple[int, int]]] = {name: [] for name in blocks}
    for at, block in enumerate(day.block.tolist()):
        staff[blocks[block]].append((int(day.staff[at]), int(day.capacity[at])))
    ready = {name for at, name in enumerate(blocks) if day.founded[at] or day.kind[at] == "pilot"}
    links = {name: {other for other in blocks if other != name} for name in blocks}
    if len(network["links"]):
        pairs = network["links"].select("a", "b").rows()
        links = {name: {b for a, b in pairs if a == name} | {a for a, b in pairs if b == name} for name in blocks}
    gains = {name: _gains(staff[name], day.assumptions.line_capacity) for name in blocks}
    open_ = [name for at, name in enumerate(blocks) if name not in ready and day.eligible[at]]
    best: int | None = None
    for times in product(range(1, periods + 2), repeat=len(open_)):
        since = dict.fromkeys(ready, 0) | {n: t for n, t in zip(open_, times, strict=True) if t <= periods}
        if not _foundings_hold(since, links, wishes, periods, ready):
            continue
        value = _best_lines(since, gains, staff, budgets, wishes, objective, costs, ready)
        if value is not None and (best is None or value > best):
            best = value
    return best


def _gains(enterprises: list[tuple[int, int]], k: int) -> list[int]:
    found = []
    for count, capacity in enterprises:
        while capacity < count:
            found.append(min(count, capacity + k) - min(count, capacity))
            capacity += k
    return sorted(found, reverse=True)


def _foundings_hold(
    since: dict[str, int], links: dict[str, set[str]], wishes: Mapping[str, Any], periods: int, ready: set[str]
) -> bool:
    fresh = {name: time for name, time in since.items() if name not in ready}
    if any(not any(since.get(other, 99) < time for other in links[name]) for name, time in fresh.items()):
        return False
    most = wishes.get("max_foundings", 99)
    if any(sum(time == period for time in fresh.values()) > most for period in range(1, periods + 1)):
        return False
    return (
        all(since.get(each["block"], 99) <= each["by_period"] for each in wishes.get("must", []))
        and not set(wishes.get("never", [])) & set(fresh)
        and all(since.get(each["block"]) == each["period"] for each in wishes.get("fix", []))
    )


def _best_lines(
    since: dict[str, int],
    gains: dict[str, list[int]],
    staff: dict[str, list[tuple[int, int]]],
    budgets: list[float],
    wishes: Mapping[str, Any],
    objective: str,
    costs: Costs,
    ready: set[str],
) -> int | None:
    """Depth first over periods and blocks: how many of its best openings each block takes."""
    names = [name for name in since if gains[name]]
    prices = wishes.get("founding_costs", {})
    need = {}
    for name, enterprises in staff.items():
        share = wishes.get("min_coverage", {}).get(name)
        missing = (
            0 if share is None else share * sum(n for n, _ in enterprises) - sum(min(n, c) for n, c in enterprises)
        )
        need[name] = missing - 1e-9
    if any(missing > 0 and name not in since for name, missing in need.items()):
        return None
    seen: dict[tuple[int, tuple[int, ...], float], int | None] = {}

    def go(period: int, taken: tuple[int, ...], money: float) -> int | None:
        if period > len(budgets):
            reach = {name: sum(gains[name][:count]) for name, count in zip(names, taken, strict=True)}
            return None if any(reach.get(name, 0) < missing for name, missing in need.items()) else 0
        key = (period, taken, money)
        if key not in seen:
            cash = money + budgets[period - 1]
            cash -= sum(prices.get(n, costs.found) for n, t in since.items() if t == period and n not in ready)
            seen[key] = None if cash < -1e-9 else best(period, taken, cash)
        return seen[key]

    def best(period: int, taken: tuple[int, ...], cash: float) -> int | None:
        rooms = []
        for name, count in zip(names, taken, strict=True):
            room = min(len(gains[name]) - count, wishes.get("max_lines_per_block", 99)) if since[name] <= period else 0
            rooms.append(range(min(room, int(cash / costs.line + 1e-9)) + 1))
        found = None
        for more in product(*rooms):
            if sum(more) * costs.line > cash + 1e-9 or sum(more) > wishes.get("max_lines", 99):
                continue
            after = tuple(count + extra for count, extra in zip(taken, more, strict=True))
            rest = go(period + 1, after, round(cash - sum(more) * costs.line, 6))
            if rest is None:
                continue
            reach = sum(sum(gains[name][:count]) for name, count in zip(names, after, strict=True))
            value = rest + (reach if objective == "sum" or period == len(budgets) else 0)
            found = value if found is None else max(found, value)
        return found

    return go(1, (0,) * len(names), 0.0)


@st.composite
def problems(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A tiny district with a budget and any wishes that can be written down."""
    blocks, periods = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    sizes = [draw(st.lists(st.integers(0, 27), min_size=1, max_size=2)) for _ in range(blocks)]
    lines = [[draw(st.sampled_from((0, 0, 1))) for _ in people] for people in sizes]
    pairs = [(a, b) for a in range(blocks) for b in range(a)]
    links = [(a, b, 1.0) for a, b in pairs if draw(st.booleans())] if draw(st.booleans()) else None
    kinds = [draw(st.sampled_from(("pilot", "mature", "mature", "emerging"))) for _ in range(blocks)]
    founded = sorted(draw(st.sets(st.integers(0, blocks - 1), max_size=2)))
    shape = {"staff": sizes, "lines": lines, "founded": founded, "kinds": kinds, "links": links or None}
    free = [f"B{b}" for b in range(blocks) if kinds[b] == "mature" and b not in founded]
    wishes: dict[str, Any] = {}
    for name, most in (("max_foundings", 2), ("max_lines", 4), ("max_lines_per_block", 2)):
        if draw(st.integers(0, 3)) == 0:
            wishes[name] = draw(st.integers(0, most))
    wish = draw(st.sampled_from(("", "", "must", "fix", "never", "floor", "price")))
    if free and wish == "must":
        wishes["must"] = [{"block": draw(st.sampled_from(free)), "by_period": draw(st.integers(1, periods))}]
    if free and wish == "fix":
        wishes["fix"] = [{"block": draw(st.sampled_from(free)), "period": draw(st.integers(1, periods))}]
    if free and wish == "never":
        wishes["never"] = [draw(st.sampled_from(free))]
    if wish == "floor":
        wishes["min_coverage"] = {f"B{draw(st.integers(0, blocks - 1))}": draw(st.sampled_from((0.3, 0.6, 1.0)))}
    if free and wish == "price":
        wishes["founding_costs"] = {draw(st.sampled_from(free)): draw(st.sampled_from((0, 1, 9)))}
    money = [draw(st.integers(0, 9)) for _ in range(periods)]
    if len(set(money)) > 1:
        wishes["budgets"] = money
    options = {
        "budget": money[0],
        "periods": periods,
        "objective": draw(st.sampled_from(("sum", "end"))),
        "costs": Costs(found=draw(st.sampled_from((3.0, 5.0))), line=draw(st.sampled_from((1.0, 2.0)))),
        "constraints": wishes,
    }
    return shape, options


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(problems())
def test_a_small_plan_is_the_best_there_is(problem: tuple[dict[str, Any], dict[str, Any]]) -> None:
    network, options = district(**problem[0]), problem[1]
    document = made(network, **options)
    budgets = options["constraints"].get("budgets", [options["budget"]] * options["periods"])
    best = brute(network, budgets, options["constraints"], options["objective"], options["costs"])
    if best is None:
        assert document["status"] == "infeasible"
    else:
        assert (document["status"], document["objective"], document["bound"]) == ("optimal", best, best)


# ---- what must hold for every plan -----------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(problems(), st.integers(1, 5))
def test_more_budget_never_hurts(problem: tuple[dict[str, Any], dict[str, Any]], more: int) -> None:
    network, options = district(**problem[0]), problem[1]
    wishes = {key: value for key, value in options["constraints"].items() if key != "budgets"}
    before = made(network, **{**options, "constraints": wishes})
    after = made(network, **{**options, "constraints": wishes, "budget": options["budget"] + more})
    if before["objective"] is not None:
        assert after["objective"] >= before["objective"]


@settings(max_examples=25, deadline=None)
@given(problems())
def test_doubling_prices_and_budgets_changes_nothing(problem: tuple[dict[str, Any], dict[str, Any]]) -> None:
    network, options = district(**problem[0]), problem[1]
    wishes, costs = dict(options["constraints"]), options["costs"]
    twice = {**wishes}
    if "budgets" in wishes:
        twice["budgets"] = [2 * each for each in wishes["budgets"]]
    if "founding_costs" in wishes:
        twice["founding_costs"] = {name: 2 * each for name, each in wishes["founding_costs"].items()}
    double = {"budget": 2 * options["budget"], "constraints": twice, "costs": Costs(2 * costs.found, 2 * costs.line)}
    one, other = made(network, **options), made(network, **{**options, **double})
    assert one["objective"] == other["objective"]
    assert [each["found"] for each in one["periods"]] == [each["found"] for each in other["periods"]]


def test_relabelling_changes_nothing() -> None:
    sizes = [[30, 20, 44], [40, 12], [18, 25], [33]]
    links = [(0, 1), (1, 2), (0, 3), (3, 2)]
    straight = district(sizes, founded=[0], links=[(a, b, 1.0) for a, b in links])
    turned = district(sizes[::-1], founded=[3], links=[(3 - a, 3 - b, 1.0) for a, b in links])
    for objective in ("sum", "end"):
        one, other = (made(net, budget=45, periods=4, objective=objective) for net in (straight, turned))
        assert one["objective"] == other["objective"]


# ---- the checker and bad requests ------------------------------------------------------------------------------


def test_the_checker_sees_what_a_solver_might_get_wrong() -> None:
    day, document = CHAIN.as_of("2027-01-01"), made()
    sound = (day, wishes_of({}), Costs(), [40.0] * 3, "sum")
    assert check(document, *sound) == []

    def faults(**changes: Any) -> str:
        periods = [dict(each) for each in document["periods"]]
        periods[1].update(changes)
        return "; ".join(check({**document, "periods": periods}, *sound))

    assert "B2" in faults(found=[{"block": "B2", "source": "B1"}])
    assert "not linked" in faults(found=[{"block": "B1", "source": "B2"}])
    assert "B2 is not founded" in faults(lines=[{"enterprise": "B2E0", "count": 1}])
    assert "spends" in faults(lines=[{"enterprise": "B0E0", "count": 40}])
    assert "objective" in faults(lines=[])
    assert "cost of 2" in faults(cost=0)
    wished = wishes_of({"never": ["B1"], "max_lines": 4, "min_coverage": {"B2": 0.5}, "must": [{"block": "B2"}]})
    said = "; ".join(check(document, day, wished.within(3), Costs(), [40.0] * 3, "sum"))
    for words in ("though never", "10 lines in period 1", "coverage of B2", "B2 is not founded by period 3"):
        assert words in said


def test_everything_wrong_with_a_request_is_said_at_once() -> None:
    text = """\
max_line: 3
must: [{block: B7, by_period: 9}, {block: B1, by_period: 2}]
never: [B1]
budgets: [1, -2]
"""
    with pytest.raises(BadPlan) as bad:
        plan(CHAIN, budget=float("nan"), periods=3, start=START, constraints=_reading(text))
    said = bad.value.message("en")
    for words in (
        "the budget must be from 0",
        "there is no block B7",
        "period of block B7 must be from 1 to 3",
        "B1 is under never as well",
        "2 budgets for 3 periods",
    ):
        assert words in said, said
    for options, words in (
        ({"budget": -1}, "budget"),
        ({"periods": 5000}, "periods"),
        ({"periods": 100, "period_months": 100}, "months"),
        ({"costs": Costs(line=float("nan"))}, "cost line"),
    ):
        with pytest.raises(BadPlan, match=words):
            made(**options)
    with pytest.raises(BadPlan, match="no blocks"):
        made(Network.from_tables({}))
    with pytest.raises(BadPlan, match="nothing to plan"):
        made(district([[]]))


def _reading(text: str) -> Any:
    with pytest.raises(BadPlan) as bad:
        parse_wishes(text, "w.yaml")
    said = bad.value.message("en")
    assert "w.yaml, line 1, column 1: constraints has no max_line; did you mean max_lines?" in said
    assert "w.yaml, line 4, column 14: budgets must be a number" in said
    return bad.value.partial


def test_a_solver_used_before_by_others_does_not_stand_in_the_way() -> None:
    other = highspy.Highs()
    other.setOptionValue("output_flag", False)
    other.setOptionValue("threads", 2)
    other.maximize(other.addIntegral(0, 3))
    document = made(district([[25, 8]], founded=[0]), budget=4, periods=1)
    assert (document["status"], document["objective"]) == ("optimal", 20)  # two lines where 25 work, of ten each
