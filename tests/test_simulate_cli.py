"""``tiaokuai simulate`` as a user types it (contracts.md)."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.command import Outcome, tiaokuai
from tests.districts import START, district
from tiaokuai.cli.frame import Ask
from tiaokuai.cli.simulate_tables import until
from tiaokuai.graph import Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.events import last_record
from tiaokuai.planning.months import month_number, month_text
from tiaokuai.planning.simulate import simulate

NETWORK = district(
    [[30, 20, 44], [40, 12], [18]],
    [[1, 0, 2], [0, 0], [0]],
    [[3, 0, 1], [0, 0], [0]],
    founded=[0],
    kinds=["pilot", "mature", "mature"],
    adoptions=[(0, "training"), (0, "hall")],
)
SCENARIO = """\
name: two blocks
interventions:
  - {at: 2027-02, do: found, block: B1, source: B0, components: all}
  - {at: 2027-03, every: 2, times: 2, do: add_backbones, block: B1, count: 1, where: largest_gap}
"""


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(source: str, **options: Any) -> Network:
        return NETWORK

    monkeypatch.setattr("tiaokuai.loaders.read", read, raising=False)


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "two.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def run(*arguments: object) -> Outcome:
    return tiaokuai("simulate", "data", "--start", START, "--months", 12, "--runs", 40, "--lang", "en", *arguments)


def test_the_mistakes_of_every_file_and_those_against_the_data_are_told_at_once(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text("interventions:\n  - {at: 2027-02, do: found, block: B9, sourc: B0}\n", encoding="utf-8")
    two.write_text("interventions:\n  - {at: 2031-02, do: lose_backbones, share: 0.1}\n", encoding="utf-8")
    outcome = run("--scenario", one, "--scenario", two, "--json")
    assert outcome.code == 1
    problems = outcome.json["error"]["details"]["problems"]
    assert [(Path(each["file"]).name, each["line"], each["column"], each["message"]) for each in problems] == [
        ("one.yaml", 2, 37, "there is no block B9; did you mean B2?"),
        ("one.yaml", 2, 41, "found has no sourc; did you mean source?"),
        ("two.yaml", 2, 10, "2031-02 is not within the horizon, 2027-01 to 2027-12"),
    ]


def test_the_mean_field_has_no_runs_to_write(tmp_path: Path) -> None:
    outcome = run("--engine", "mean-field", "--out", tmp_path / "runs.parquet")
    assert (outcome.code, list(tmp_path.iterdir())) == (2, [])
    assert "the mean field has none" in outcome.err
    with pytest.raises(RequestError):
        simulate(NETWORK, months=2, start=START, engine="mean-field").frame()


def test_without_a_scenario_the_baseline_is_run_and_the_seed_is_said() -> None:
    document = run("--json").json
    assert [each["name"] for each in document["scenarios"]] == ["baseline"]
    assert (document["start"], document["months"], document["runs"], document["seed"]) == (START, 12, 40, 1)
    assert document["differences"] == []


def test_the_same_command_gives_the_same_document(scenario: Path) -> None:
    one, two, other = (
        run("--json", "--scenario", scenario, *more).json for more in ((), ("--workers", 2), ("--seed", 2))
    )
    assert one == two
    assert one["scenarios"][1]["series"] != other["scenarios"][1]["series"]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("two blocks against baseline", "it first shows in 2027-03", "seed 1")),
        ("zh", ("two blocks 较 什么都不做", "最早见于 2027-03", "种子 1")),
    ],
)
def test_people_get_tables_in_their_language(scenario: Path, lang: str, words: tuple[str, ...]) -> None:
    outcome = run("--scenario", scenario, "--lang", lang)
    assert outcome.code == 0, outcome.err
    for word in words:
        assert word.replace(" ", "") in "".join(outcome.out.split())  # lines are wrapped


def test_no_scenario_is_cut_off_however_many_there_are(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.yaml" for name in "abcde"]
    for at, path in enumerate(paths):
        path.write_text(
            f"name: '[b]plan {at}'\ninterventions:\n  - {{at: 2027-0{at + 1}, do: found, block: B1, cost: {at}1.5}}\n",
            encoding="utf-8",
        )
    options = [part for path in paths for part in ("--scenario", path)]
    outcome = run(*options)
    assert outcome.code == 0, outcome.err
    assert max(len(line) for line in outcome.out.splitlines()) <= 80
    document = run(*options, "--json").json
    last = [each["series"]["coverage"] for each in document["scenarios"]]
    told = [f"{100 * each['mean'][-1]:.1f}% ({100 * each['p05'][-1]:.1f}%–" for each in last]
    for at, band in enumerate(told):
        assert outcome.out.count(band) >= 2, at  # at the end, and on the way
        assert at == 0 or f"[b]plan {at - 1}" in outcome.out


def test_less_is_called_fewer_and_nothing_of_it_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "name: shock\ninterventions:\n  - {at: 2027-01, do: lose_backbones, share: 1}\n"
        "  - {at: 2027-01, do: add_backbones, enterprise: B0E1}\n",
        encoding="utf-8",
    )
    quiet = ("--rates", tmp_path / "none.yaml")
    names = ["start", "imitation", "founding", "replication", "fill", "development", "member_turnover"]
    (tmp_path / "none.yaml").write_text(
        "rates: {" + ", ".join(f"{name}: 0" for name in [*names, "backbone_turnover"]) + "}\n", encoding="utf-8"
    )
    # 10 + 20 people are within reach of three lines; then of one of 10, and 4 members are no backbones.
    said = " ".join(run("--scenario", path, *quiet).out.split())
    assert "shock against baseline: 16 people fewer at the end, for 2 more" in said
    assert "100.0% in B0 itself; it first shows in 2027-01" in said
    assert "期末少覆盖 16 人，多花 2" in run("--scenario", path, *quiet, "--lang", "zh").out


def test_a_share_of_runs_that_is_hardly_any_is_not_told_as_none() -> None:
    row = {"metric": "coverage", "at_least": 0.5, "p05": 3, "p50": 4, "p95": 6}
    assert until({**row, "never": 1 / 5000}, Ask(lang="en")) == "4 (3–6), <0.1% never"
    assert until({**row, "never": 1 / 1000}, Ask(lang="en")) == "4 (3–6), 0.1% never"
    assert until({**row, "p50": None, "p95": None, "never": 4999 / 5000}, Ask(lang="zh")) == ">99.9% 未达（最快 5%：3）"
    assert until({**row, "never": 0.0}, Ask(lang="en")) == "4 (3–6)"


def test_one_month_and_one_run_are_singular() -> None:
    said = tiaokuai("simulate", "data", "--start", START, "--months", 1, "--runs", 1, "--lang", "en").out
    assert "1 month from 2027-01; 1 run, seed 1" in said
    assert "After 1 month: mean" in said


def test_every_mistake_in_every_scenario_is_told_with_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("interventions:\n  - {at: 2027-02, do: found, block: B9}\n", encoding="utf-8")
    outcome = run("--scenario", tmp_path / "a.yaml")
    assert outcome.code == 1
    assert "line 2, column 37: there is no block B9" in outcome.err
    (tmp_path / "b.yaml").write_text("rates: {fil: 1}\n", encoding="utf-8")
    (tmp_path / "c.yaml").write_text("rates: {fill: x}\n", encoding="utf-8")
    problems = run("--scenario", tmp_path / "b.yaml", "--scenario", tmp_path / "c.yaml", "--json").json["error"][
        "details"
    ]["problems"]
    assert [(Path(each["file"]).name, each["line"], each["column"]) for each in problems] == [
        ("b.yaml", 1, 9),
        ("c.yaml", 1, 15),
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--runs", "many"), 2),
        (("--start", "soon"), 2),
        (("--precision", 0), 2),
        (("--start", "2201-01"), 2),
        (("--workers", 0), 2),
        (("--out", "runs.csv"), 2),
        (("--months", 0), 1),
        (("--scenario", "missing.yaml"), 1),
        (("--rates", "missing.yaml"), 1),
    ],
)
def test_what_cannot_be_asked_has_its_exit_code_and_no_traceback(arguments: tuple[object, ...], code: int) -> None:
    outcome = run(*arguments)
    assert outcome.code == code
    assert outcome.err
    assert "Traceback" not in outcome.err


def test_rates_are_read_as_calibrate_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "rates.yaml"
    path.write_text("rates:\n  imitation: {value: 0.5, low: 0.1, high: 0.9}\n  fill: 0.2\n", encoding="utf-8")
    rates = run("--json", "--rates", path).json["rates"]
    assert (rates["imitation"], rates["fill"], rates["services"]) == (0.5, 0.2, 1.0)
    path.write_text("rates: {imitate: 0.5}\n", encoding="utf-8")
    assert "no rate is called imitate; did you mean imitation?" in run("--rates", path).err


def test_every_run_is_written_as_parquet(tmp_path: Path, scenario: Path) -> None:
    assert run("--scenario", scenario, "--out", tmp_path / "runs.parquet").code == 0
    frame = pl.read_parquet(tmp_path / "runs.parquet")
    assert frame.height == 2 * 40 * 13
    assert frame["run"].n_unique() == 40
    assert {"scenario", "run", "index", "month", "coverage", "cost"} <= set(frame.columns)


def test_a_kept_forecast_says_what_it_was_made_from(tmp_path: Path) -> None:
    document = run("--json", "--keep", tmp_path / "kept.json").json
    kept = json.loads((tmp_path / "kept.json").read_text(encoding="utf-8"))
    assert kept["data"] == NETWORK.fingerprint
    assert kept["forecast"] == document
    assert kept["version"]


def test_auto_says_how_many_runs_it_took() -> None:
    outcome = run("--runs", "auto", "--precision", "0.02")
    assert "asked for ±0.02) took" in outcome.out


def test_auto_says_where_the_precision_was_not_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiaokuai.planning.simulate.MOST_AUTO", 150)
    said = " ".join(run("--runs", "auto", "--precision", "0.00001").out.split())
    assert "not the ±1e-05 asked for: 150 runs are the most that auto does" in said


def test_a_difference_is_told_block_by_block_with_the_links_along_which_it_spread(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("name: plan\ninterventions:\n  - {at: 2027-01, do: found, block: B1}\n", encoding="utf-8")
    (tmp_path / "rates.yaml").write_text("rates: {replication: 5, founding: 0, start: 0.3}\n", encoding="utf-8")
    options = ("--scenario", path, "--rates", tmp_path / "rates.yaml", "--runs", 200)
    said, document = run(*options).out, run(*options, "--json").json["differences"][0]
    blocks, links = document["blocks"], document["links"]
    assert [block["block"] for block in blocks] == ["B1", "B2"]
    assert sum(block["reached"] for block in blocks) == pytest.approx(document["series"]["reached"]["mean"][-1])
    assert sum(link["reached"] for link in links) == pytest.approx(blocks[1]["reached"])
    share = 100 * blocks[0]["share"]
    assert f"{share:.1f}% in B1 itself, {100 - share:.1f}% through links in B2;" in " ".join(said.split())
    rows = {line.split()[0]: line.split() for line in said.splitlines() if line.startswith((" B1 ", " B2 "))}
    assert rows["B1"][1:] == [f"+{blocks[0]['reached']:.1f}", f"{share:.1f}%", "2027-01", "directly"]
    assert rows["B2"][-2:] == ["through", "B1"]


def test_the_mean_field_engine_answers_in_the_same_shape(scenario: Path) -> None:
    document = run("--json", "--engine", "mean-field", "--scenario", scenario).json
    assert document["engine"] == "mean-field"
    assert len(document["scenarios"][1]["series"]["coverage"]["mean"]) == 13
    assert run("--engine", "mean-field", "--scenario", scenario).code == 0


def test_ctrl_c_stops_cleanly_and_keeps_the_runs_that_were_done(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tiaokuai.cli.progress import Bar

    def update(self: Bar, done: float, text: str | None = None, total: float | None = None) -> None:
        if done:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Bar, "update", update)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # where the tests run behind, it is ignored
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    assert threading.current_thread() is threading.main_thread()
    outcome = tiaokuai(
        "simulate",
        "data",
        "--start",
        START,
        "--months",
        60,
        "--runs",
        20000,
        "--lang",
        "en",
        "--out",
        tmp_path / "runs.parquet",
    )
    assert outcome.code == 1
    assert "stopped; the" in outcome.err
    done = pl.read_parquet(tmp_path / "runs.parquet")["run"].n_unique()
    assert 0 < done < 20000
    assert os.listdir(tmp_path) == ["runs.parquet"]
    assert (
        "nothing is left half written"
        in tiaokuai("simulate", "data", "--start", START, "--months", 60, "--runs", 20000, "--lang", "en").err
    )


def test_the_first_month_is_the_one_that_begins_on_the_day_or_next() -> None:
    for day, first in (("2027-03-01", "2027-03"), ("2027-03-02", "2027-04"), ("2027-12-31", "2028-01")):
        document = tiaokuai("simulate", "data", "--as-of", day, "--months", 1, "--runs", 1, "--json").json
        assert document["start"] == first
    assert tiaokuai("simulate", "data", "--as-of", "2200-12-15", "--months", 1, "--runs", 1).code == 2


def test_it_is_said_where_the_data_end_long_before_the_start() -> None:
    # The districts of these tests stand from BEFORE on, and nothing is on record after it.
    last = month_text(month_number(last_record(NETWORK)))
    begun = ["simulate", "data", "--months", 2, "--runs", 4, "--start", "2031-02"]
    away = month_number("2031-02") - month_number(last)
    told = tiaokuai(*begun, "--lang", "en")
    assert f"the last record is {away} months before the start: the start is as it was then" in told.err
    assert f"--start {last} begins where the data end" in told.err
    assert f"最后一条记录比起始月早 {away} 个月" in tiaokuai(*begun, "--lang", "zh").err
    assert "last record" not in tiaokuai(*begun, "--lang", "en", "--start", last).err
