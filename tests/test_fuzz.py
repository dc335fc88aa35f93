"""Mutated inputs of every format: a sentence and an exit code, no traceback, no hang (`make fuzz` for many)."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import tiaokuai
from tiaokuai.loaders import write
from tiaokuai.loaders.synthetic import generate

ROUNDS = int(os.environ.get("TIAOKUAI_FUZZ", "300"))
PIECES = [
    *(b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b",", b"\n", b"\r", b"\t", b";", b"=1+1", b"#DIV/0!", b"NaN"),
    *("日期".encode(), "日期".encode("gb18030"), b"-1", b"1e309", b"99999999999999999999", b"0000-00-00", b"a" * 5000),
    *(b"&a [*a,*a]", b"- {", b"!!python/object:os.system", b"{" * 50, b"null", b"'", b"\\", b"%s", b"../../etc/passwd"),
]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A few cuts, insertions, repetitions and flipped bytes."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(made) + 1)
        to = min(len(made), at + chance.choice([1, 2, 8, 64, 1024]))
        match chance.randrange(5):
            case 0:
                made[at:to] = b""
            case 1:
                made[at:at] = chance.choice(PIECES)
            case 2:
                made[at:at] = made[at:to]
            case 3 if at < len(made):
                made[at] ^= 1 << chance.randrange(8)
            case _:
                del made[at:]
    return bytes(made)


SCENARIO = """name: a try
rates: {imitation: 0.04}
costs: {found: 50}
interventions:
  - {at: 2027-01, do: found, block: B03, source: B01, components: all}
  - {at: 2027-03, every: 3, times: 2, do: add_backbones, block: B01, count: 3, where: largest_gap}
  - {at: 2027-05, do: lose_backbones, share: 0.3}
"""
CONSTRAINTS = """max_foundings: 1
max_lines: 30
never: [B05]
must: [{block: B03, by_period: 2}]
min_coverage: {B02: 0.1}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz")
    network = generate(blocks=5, enterprises=20, seed=3)
    for name in ("csv", "parquet.parquet/", "book.xlsx"):
        write(network, f"{folder}/{name}")
    (folder / "scenario.yaml").write_text(SCENARIO)
    (folder / "constraints.yaml").write_text(CONSTRAINTS)
    shutil.copy(Path(__file__).parent.parent / "graph" / "template.toml", folder / "template.toml")
    return folder


def in_folder(kind: str) -> Callable[[Path, Path, random.Random], tuple[str, ...]]:
    def prepare(home: Path, work: Path, chance: random.Random) -> tuple[str, ...]:
        shutil.copytree(home / kind, work / kind)
        victim = chance.choice(sorted(path for path in (work / kind).iterdir() if path.suffix in (".csv", ".parquet")))
        victim.write_bytes(mutated(victim.read_bytes(), chance))
        return chance.choice([("check",), ("coverage",)])[0], str(work / kind)

    return prepare


def one_file(name: str, *command: str) -> Callable[[Path, Path, random.Random], tuple[str, ...]]:
    def prepare(home: Path, work: Path, chance: random.Random) -> tuple[str, ...]:
        (work / name).write_bytes(mutated((home / name).read_bytes(), chance))
        return tuple(part.replace("FILE", str(work / name)).replace("DATA", str(home / "csv")) for part in command)

    return prepare


TARGETS = {
    "csv": in_folder("csv"),
    "parquet": in_folder("parquet.parquet"),
    "xlsx": one_file("book.xlsx", "check", "FILE"),
    "scenario": one_file(
        *("scenario.yaml", "simulate", "DATA", "--scenario", "FILE"),
        *("--start", "2027-01", "--months", "6", "--runs", "2"),
    ),
    "constraints": one_file(
        "constraints.yaml", "plan", "DATA", "--budget", "20", "--periods", "2", "--constraints", "FILE"
    ),
    "template": one_file("template.toml", "coverage", "DATA", "--template", "FILE"),
}


@pytest.mark.slow
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("target", TARGETS)
def test_no_mutated_input_gets_a_traceback(target: str, home: Path, tmp_path: Path) -> None:
    codes = set()
    for number in range(max(1, ROUNDS // len(TARGETS))):
        chance = random.Random(f"{target}-{number}")
        work = tmp_path / str(number)
        work.mkdir()
        arguments = TARGETS[target](home, work, chance)
        try:
            outcome = tiaokuai(*arguments, "--json")
        except Exception as error:
            raise AssertionError(f"{target}, seed {number}: {arguments}") from error
        assert outcome.code in (0, 1, 2, 3), (number, outcome)
        assert outcome.json is not None
        codes.add(outcome.code)
        shutil.rmtree(work)
    assert codes & {1, 2}, "no mutation was noticed: the fuzzing is too tame to show anything"
