"""Mutated inputs of every format: a sentence and an exit code, no traceback, no hang (`make fuzz` for many)."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import tiaokuai
from tests.mutations import alarm, mutated, mutated_zip
from tiaokuai.loaders import write
from tiaokuai.loaders.formats import write_graph
from tiaokuai.loaders.synthetic import generate
from tiaokuai.web.users import make_user, write_users

ROUNDS = int(os.environ.get("TIAOKUAI_FUZZ", "320"))
FROM = int(os.environ.get("TIAOKUAI_FUZZ_FROM", "0"))  # another number, other inputs
SECONDS = 60  # for one input of some kilobytes; most take a hundredth of one

SCENARIO = """name: a try
rates: {imitation: 0.04}
costs: {found: 50}
interventions:
  - {at: 2021-08, do: found, block: B02, source: B01, components: all}
  - {at: 2021-10, every: 3, times: 2, do: add_backbones, block: B01, count: 3, where: largest_gap}
  - {at: 2021-11, do: enrol, block: B01, count: 2, cost: 3}
  - {at: 2021-11, do: open_enterprises, block: B01, count: 2, staff: 12}
  - {at: 2021-12, do: lose_backbones, share: 0.3}
  - {at: 2022-01, do: set_rates, rates: {fill: 0.1}}
"""
CONSTRAINTS = """max_foundings: 1
max_lines: 30
budgets: [40, 30]
never: [B05]
must: [{block: B02, by_period: 2}]
fix: [{period: 2, block: B02}]
min_coverage: {B03: 0.1}
founding_costs: {B02: 40}
"""
MAPPING = """enterprises:
  nodes: Company
  columns:
    id: code
    block: -[LOCATED_IN]-> Park.code
enrolments:
  relationships: Company -[JOINED]-> Club
  columns: {enterprise: start.code, association: end.code, since: since}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small district in every format, and one good file of every other kind that a command reads."""
    folder = tmp_path_factory.mktemp("fuzz")
    network = generate(blocks=5, enterprises=20, seed=3)
    for name in ("csv", "parquet.parquet/", "book.xlsx"):
        write(network, f"{folder}/{name}")
    for name in ("graph.graphml", "graph.gexf", "graph.json"):
        write_graph(network, folder / name)
    (folder / "scenario.yaml").write_text(SCENARIO)
    (folder / "constraints.yaml").write_text(CONSTRAINTS)
    (folder / "mapping.yaml").write_text(MAPPING)
    shutil.copy(Path(__file__).parent.parent / "graph" / "template.toml", folder / "template.toml")
    write_users(folder / "users.json", {"li": make_user("li", "viewer", "a long password")})
    data, plan = folder / "csv", ("plan", folder / "csv", "--budget", "60", "--periods", "2", "--start", "2021-08")
    for command in (
        ("calibrate", data, "--out", folder / "rates.yaml"),
        ("simulate", data, "--start", "2021-08", "--months", 6, "--runs", 5, "--keep", folder / "kept.json"),
        (*plan, "--out", folder / "plan.yaml"),
    ):
        assert tiaokuai(*command).code == 0
    (folder / "plan.json").write_text(tiaokuai(*plan, "--json").out)
    return folder


Prepare = Callable[[Path, Path, random.Random], tuple[str, ...]]


def in_folder(kind: str) -> Prepare:
    def prepare(home: Path, work: Path, chance: random.Random) -> tuple[str, ...]:
        shutil.copytree(home / kind, work / kind)
        victim = chance.choice(sorted(path for path in (work / kind).iterdir() if path.suffix in (".csv", ".parquet")))
        victim.write_bytes(mutated(victim.read_bytes(), chance))
        return chance.choice(["check", "coverage", "replication", "history"]), str(work / kind)

    return prepare


def one_file(name: str, *command: str) -> Prepare:
    def prepare(home: Path, work: Path, chance: random.Random) -> tuple[str, ...]:
        change = mutated_zip if name.endswith(".xlsx") else mutated
        (work / name).write_bytes(change((home / name).read_bytes(), chance))
        places = {"FILE": work / name, "DATA": home / "csv", "OUT": work / "out.html"}
        return tuple(str(places.get(part, part)) for part in command)

    return prepare


RUN = ("--start", "2021-08", "--months", "6", "--runs", "2")
SMALL = ("--runs", "2", "--months", "6", "--as-of", "2021-08-01", "--for", "steward")
CHEAP = ("--budget", "60", "--periods", "2", "--seconds", "5", "--no-simulate")
BUDGET = (*CHEAP, "--start", "2021-08")
TARGETS: dict[str, Prepare] = {
    "csv": in_folder("csv"),
    "parquet": in_folder("parquet.parquet"),
    "xlsx": one_file("book.xlsx", "check", "FILE"),
    "graphml": one_file("graph.graphml", "check", "FILE"),
    "gexf": one_file("graph.gexf", "check", "FILE"),
    "json": one_file("graph.json", "check", "FILE"),
    "scenario": one_file("scenario.yaml", "simulate", "DATA", "--scenario", "FILE", *RUN),
    "rates": one_file("rates.yaml", "simulate", "DATA", "--rates", "FILE", *RUN),
    "ranges": one_file("rates.yaml", "sensitivity", "DATA", "--rates", "FILE", "--samples", "2", "--months", "2"),
    "constraints": one_file("constraints.yaml", "plan", "DATA", *BUDGET, "--constraints", "FILE"),
    "plan-from": one_file("plan.yaml", "plan", "DATA", *CHEAP, "--from", "FILE", "--done-until", "2021-10"),
    "plan-shown": one_file("plan.json", "report", "DATA", "--plan", "FILE", "--out", "OUT", *SMALL),
    "template": one_file("template.toml", "coverage", "DATA", "--template", "FILE"),
    "kept": one_file("kept.json", "grade", "FILE", "DATA"),
    "users": one_file("users.json", "user", "list", "FILE"),
    "mapping": one_file("mapping.yaml", "check", "bolt://127.0.0.1:1", "--mapping", "FILE"),
}


@pytest.mark.parametrize("target", TARGETS)
def test_before_they_are_mutated_all_inputs_are_right(target: str, home: Path, tmp_path: Path) -> None:
    class Gentle(random.Random):
        def randint(self, low: int, high: int) -> int:
            return 0  # changes

    outcome = tiaokuai(*TARGETS[target](home, tmp_path, Gentle(1)), "--json")
    assert outcome.code == (3 if target == "mapping" else 0), outcome.out


@pytest.mark.slow
@pytest.mark.timeout(0)  # the clock below stops a single input; how long ten thousand take is no fault
@pytest.mark.parametrize("target", TARGETS)
def test_no_mutated_input_gets_a_traceback(target: str, home: Path, tmp_path: Path) -> None:
    codes, wrong = set(), []
    for number in range(FROM, FROM + max(1, ROUNDS // len(TARGETS))):
        chance = random.Random(f"{target}-{number}")
        work = tmp_path / str(number)
        work.mkdir()
        arguments = TARGETS[target](home, work, chance)
        try:
            with alarm(SECONDS):
                outcome = tiaokuai(*arguments, "--json")
            codes.add(outcome.code)
            if outcome.code not in (0, 1, 2, 3) or outcome.json is None:
                wrong.append(f"seed {number}: {outcome}")
        except BaseException as error:  # polars panics are no Exception
            if isinstance(error, KeyboardInterrupt):
                raise
            wrong.append(f"seed {number}: {type(error).__name__}: {str(error)[:200]}")
        shutil.rmtree(work)
    assert not wrong, "\n".join([f"{target}: {len(wrong)}", *wrong[:20]])
    assert codes & {1, 2}, "no mutation was noticed: the fuzzing is too tame to show anything"
