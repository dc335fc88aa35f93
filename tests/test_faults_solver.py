"""The n-th call of the solver fails, for n = 1, 2, 3 …: exit 3 in a sentence, and nothing is written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import highspy
import pytest

from tests.command import tiaokuai
from tests.faults.injected import contents
from tiaokuai.loaders import write
from tiaokuai.loaders.synthetic import generate
from tiaokuai.planning import plan_solver

MOST = int(os.environ.get("TIAOKUAI_FAULTS", "8"))
QUESTIONS: dict[str, tuple[str, ...]] = {
    "plan": (),
    "why-not": ("--why-not", "B03"),
    "must-could-never": ("--must-could-never",),
    "relax": ("--constraints", "WISHES"),
    "two searches": ("--periods", "8"),
}


def raises() -> Any:
    raise RuntimeError("HiGHS ran into a wall")


def runs_out() -> Any:
    raise MemoryError


def errs() -> Any:
    return highspy.HighsStatus.kError


class Solver:
    """Counts what HiGHS is asked, and lets question ``at`` fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls, self.at, self.fault = 0, 0, errs
        run = plan_solver._Quiet.run

        def counted(highs: Any, *arguments: Any) -> Any:
            self.calls += 1
            return self.fault() if self.calls == self.at else run(highs, *arguments)

        monkeypatch.setattr(plan_solver._Quiet, "run", counted)

    def failing(self, at: int, fault: Callable[[], Any]) -> None:
        self.calls, self.at, self.fault = 0, at, fault


@pytest.mark.parametrize("fault", [errs, raises, runs_out])
@pytest.mark.parametrize("asked", QUESTIONS)
def test_a_solver_that_fails_is_told_of_and_nothing_is_written(
    asked: str, fault: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    blocks = 40 if asked == "two searches" else 6
    write(generate(blocks=blocks, enterprises=10 * blocks, seed=1), work / "data")
    (work / "wishes.yaml").write_text("min_coverage: {all: 1.0}\nmax_lines: 1\n")
    (work / "plan.yaml").write_text("an older plan\n")
    before = contents(work)
    more = [str(work / "wishes.yaml") if part == "WISHES" else part for part in QUESTIONS[asked]]
    periods = [] if "--periods" in more else ["--periods", "3"]
    command = ["plan", str(work / "data"), "--budget", "60", *periods, *more, "--no-simulate", "--seconds", "3"]
    solver = Solver(monkeypatch)
    whole = tiaokuai(*command, "--out", str(tmp_path / "plan.yaml"))
    assert whole.code == (1 if asked == "relax" else 0), whole.err
    calls = solver.calls
    assert calls > 1
    for at in sorted({1, 2, 3, calls, *range(1, calls + 1, max(1, calls // MOST))}):
        solver.failing(at, fault)
        left = tiaokuai(*command, "--out", str(work / "plan.yaml"))
        if solver.calls < at:  # searches beside each other do not always ask as often
            continue
        assert left.code == (1 if fault is runs_out else 3), (at, left)
        assert left.err.startswith("tiaokuai: "), (at, left.err)
        assert ("memory" in left.err) if fault is runs_out else ("HiGHS failed" in left.err), (at, left.err)
        assert contents(work) == before, at
