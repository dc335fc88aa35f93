"""HiGHS: a model solved within its time, quietly, with what it found and what it proved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from tiaokuai.graph.errors import ServiceError
from tiaokuai.planning.plan_clock import Clock
from tiaokuai.planning.plan_instance import Floats, Ints
from tiaokuai.planning.plan_model import INFINITE, Linear


@dataclass(frozen=True)
class Solved:
    """What HiGHS found: ``status`` is optimal, feasible (stopped), infeasible or unknown; ``bound`` always holds."""

    status: str
    objective: float
    bound: float
    x: Floats


class _Quiet(highspy.Highs):
    """HiGHS without a word on stdout, which is for the answer alone."""

    def enableCallbacks(self) -> Any:
        # This is where the constructor first speaks.
        self.setOptionValue("output_flag", False)
        base: Any = super()
        return base.enableCallbacks()


def _done(status: Any) -> None:
    if status == highspy.HighsStatus.kError:
        raise _failed("HighsStatus.kError")


def _failed(reason: str) -> ServiceError:
    zh, en = "求解器 HiGHS 出错，没有得出计划", "the solver HiGHS failed; there is no plan"
    return ServiceError("solver_failed", f"{zh}({reason})", f"{en} ({reason})", reason=reason)


class Solver:
    """HiGHS with one model, solved again and again under other bounds."""

    def __init__(self, model: Linear) -> None:
        self.model = model
        kind: Any = _Quiet
        # Whoever used HiGHS before in this thread with another number of threads would make every run of ours fail.
        highspy.Highs.resetThreadScheduler(True)
        self.highs: Any = kind()
        self.highs.setOptionValue("threads", 1)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = model.rows.shape[1], model.rows.shape[0]
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = model.cost, model.low, model.high
        lp.row_lower_, lp.row_upper_ = model.lower, model.upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = model.rows.indptr, model.rows.indices
        lp.a_matrix_.value_ = model.rows.data
        lp.sense_ = highspy.ObjSense.kMaximize
        _done(self.highs.passModel(lp))

    def integral(self, columns: Ints) -> None:
        """Exactly these columns are whole numbers."""
        kinds = np.zeros(self.model.rows.shape[1], dtype=np.uint8)
        kinds[columns] = 1
        self.highs.changeColsIntegrality(len(kinds), np.arange(len(kinds), dtype=np.int32), kinds)

    def bounds(self, columns: Ints, low: Floats, high: Floats) -> None:
        """Other bounds for some columns."""
        self.highs.changeColsBounds(len(columns), columns.astype(np.int32), low.astype(float), high.astype(float))

    def start(self, x: Floats) -> None:
        """A solution to begin with."""
        solution = highspy.HighsSolution()
        solution.col_value = x
        self.highs.setSolution(solution)

    def solve(self, seconds: float, gap: float = 0.0, clock: Clock | None = None, patience: float = 0.0) -> Solved:
        """Solves within so many seconds; the clock hears of plans and bounds, stops it, and after so many seconds of
        ``patience`` a plan within the clock's gap is enough."""
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(seconds, 0.01))
        self.highs.setOptionValue("mip_rel_gap", gap)
        self.highs.setOptionValue("mip_abs_gap", 1e-6 if gap else 0.5)
        watch = _Watch(clock, patience) if clock is not None else None
        if watch is not None:
            self.highs.cbMipInterrupt += watch
            self.highs.cbSimplexInterrupt += watch
        try:
            self.run()
        finally:
            if watch is not None:
                self.highs.cbMipInterrupt -= watch
                self.highs.cbSimplexInterrupt -= watch
        return self._read()

    def run(self) -> None:
        """HiGHS once; ServiceError where it fails, which is never to be taken for "there is no plan"."""
        try:
            status = self.highs.run()
        except RuntimeError as error:
            raise _failed(str(error)) from None
        _done(status)

    def _read(self) -> Solved:
        status, info = self.highs.getModelStatus(), self.highs.getInfo()
        kinds = highspy.HighsModelStatus
        x = np.array(self.highs.getSolution().col_value)
        whole = info.mip_node_count >= 0
        bound = float(info.mip_dual_bound) if whole else float(info.objective_function_value)
        if status == kinds.kInfeasible:
            return Solved("infeasible", -np.inf, -np.inf, np.empty(0))
        if status == kinds.kOptimal:
            return Solved("optimal", float(info.objective_function_value), bound, x)
        feasible = info.primal_solution_status == 2
        return Solved(
            "feasible" if feasible else "unknown",
            float(info.objective_function_value) if feasible else -np.inf,
            bound if whole else np.inf,
            x if feasible else np.empty(0),
        )


class _Watch:
    """Called by HiGHS now and then: passes on what there is, and stops it when that is enough."""

    def __init__(self, clock: Clock, patience: float) -> None:
        self.clock, self.patience, self.told = clock, patience, 0.0

    def __call__(self, event: Any) -> None:
        clock = self.clock
        if event.callback_type == highspy.cb.HighsCallbackType.kCallbackMipInterrupt and clock.spent > self.told + 0.1:
            self.told = clock.spent
            best, bound = event.data_out.mip_primal_bound, event.data_out.mip_dual_bound
            clock.tell(best if abs(best) < INFINITE else None, bound if abs(bound) < INFINITE else None)
        if clock.stopped or clock.settled or (self.patience and clock.spent > self.patience and clock.proven):
            event.data_in.user_interrupt = True
