"""The one door to HiGHS: whole-matrix hand-over, checked options, live progress, interruption that keeps the
incumbent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import highspy
import numpy as np

from planner.solving.arrays import Arrays

Progress = Callable[[float, float | None, float | None], None]
"""progress(seconds, incumbent or None, bound or None)"""

Stop = Callable[[np.ndarray, float], bool]
"""stop(incumbent solution, bound): whether the proof is good enough"""

SECOND_LOOK_S = 60.0
"""Longest second look at a verdict of presolve [s]."""
_STATUS = highspy.HighsModelStatus


@dataclass(eq=False)
class Outcome:
    """What HiGHS found: a solution or None, a proven bound, whether infeasibility is proven, why it stopped."""

    solution: np.ndarray | None
    objective: float | None
    bound: float
    infeasible: bool
    interrupted: bool
    status: str
    proven: bool = False
    """whether the solution is as near to the bound as was asked"""


def set_option(highs: highspy.Highs, name: str, value: Any) -> None:
    """Set an option; raises ValueError where HiGHS would only log that it does not know it."""
    if highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
        raise ValueError(f"HiGHS does not accept option {name} = {value!r}")


def problem(arrays: Arrays) -> highspy.HighsLp:
    """Arrays as a HiGHS problem."""
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = arrays.matrix.shape
    lp.col_cost_, lp.offset_ = arrays.cost, arrays.offset
    lp.col_lower_, lp.col_upper_ = arrays.col_lower, arrays.col_upper
    lp.row_lower_, lp.row_upper_ = arrays.row_lower, arrays.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = arrays.matrix.indptr
    lp.a_matrix_.index_ = arrays.matrix.indices
    lp.a_matrix_.value_ = arrays.matrix.data
    if arrays.is_integer.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(i)] for i in arrays.is_integer]
    return lp


def is_doubtful(highs: highspy.Highs) -> bool:
    """Whether HiGHS says that nothing is possible. Presolve does not tell this from a problem without end, and has said
    it of problems that other solvers solve (tests/math/test_solver.py has one)."""
    return highs.getModelStatus() in (_STATUS.kInfeasible, _STATUS.kUnboundedOrInfeasible)


def look_again(highs: highspy.Highs, run: Callable[[], object]) -> bool:
    """Run once more without presolve, by `run`; whether nothing is possible. A plain "infeasible" stands if the second
    look is undecided after SECOND_LOOK_S."""
    told, limit = highs.getModelStatus(), float(highs.getOptionValue("time_limit")[1])
    if highs.getOptionValue("presolve")[1] != "off":
        set_option(highs, "presolve", "off")
        if told == _STATUS.kInfeasible:
            set_option(highs, "time_limit", min(limit, highs.getRunTime() + SECOND_LOOK_S))
        run()
    found = highs.getInfo().primal_solution_status == highspy.kSolutionStatusFeasible
    is_undecided = highs.getModelStatus() == _STATUS.kTimeLimit and not found
    return highs.getModelStatus() == _STATUS.kInfeasible or (told == _STATUS.kInfeasible and is_undecided)


def awaited(work: Callable[[], object], interrupt: Callable[[], None]) -> None:
    """Do the work on a thread of its own, so that Ctrl-C comes through: it calls `interrupt`, and the work is awaited.
    What the work raises is raised here."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # in a thread it would be printed and forgotten
            failed.append(error)

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    while worker.is_alive():
        try:
            worker.join(0.2)
        except KeyboardInterrupt:
            interrupt()
    if failed:
        raise failed[0]


def run_whole(highs: highspy.Highs, enough: float) -> None:
    """Run a problem with integers, which may take minutes, until its bound reaches `enough`. Ctrl-C ends it, and is
    passed on; on another thread than the first there is none."""
    stopped = threading.Event()

    def check(event: Any) -> None:
        if stopped.is_set() or event.data_out.mip_dual_bound > enough:
            event.interrupt()

    highs.cbMipInterrupt += check
    if threading.current_thread() is not threading.main_thread():
        highs.run()
        return
    awaited(highs.run, stopped.set)
    if stopped.is_set():
        raise KeyboardInterrupt


@dataclass(eq=False)
class Run:
    """One solve with live state; `interrupt()` may be called from any thread."""

    arrays: Arrays
    seed: int = 0
    time_limit: float | None = None
    log_path: Path | None = None
    progress: Progress | None = None
    stop: Stop | None = None
    start: np.ndarray | None = None
    """a solution to start from"""
    options: dict[str, Any] = field(default_factory=dict)
    _log: list[str] = field(default_factory=list)
    _incumbent: np.ndarray | None = None
    _bound: float = -float("inf")
    _interrupted: bool = False
    _good_enough: bool = False
    _nothing: bool = False
    """whether no solution exists"""
    _started: float = field(default_factory=time.monotonic)

    def interrupt(self) -> None:
        """Ask HiGHS to stop; the incumbent and bound are kept."""
        self._interrupted = True

    def solve(self) -> Outcome:
        """Solve; Ctrl-C in the calling thread interrupts and keeps the incumbent."""
        highs = highspy.Highs()
        self._configure(highs)
        if highs.passModel(problem(self.arrays)) == highspy.HighsStatus.kError:
            raise ValueError("HiGHS rejected the model")
        if self.start is not None:
            known = highspy.HighsSolution()
            known.col_value = list(self.start)
            highs.setSolution(known)
            self._incumbent = self.start
        self._started = time.monotonic()

        def run() -> None:
            highs.run()
            if is_doubtful(highs):
                self._bound = -float("inf")
                self._nothing = look_again(highs, highs.run)

        try:
            awaited(run, self.interrupt)
        finally:
            if self.log_path is not None:
                self.log_path.write_text("".join(self._log), encoding="utf-8")
        return self._outcome(highs)

    def _configure(self, highs: highspy.Highs) -> None:
        set_option(highs, "log_to_console", False)
        if self.log_path is not None:
            # Not by its option log_file: it cannot open every path that Python can (letters outside the code page).
            highs.cbLogging += lambda event: self._log.append(event.message)
        # Reproducible: one thread inside one problem. Tolerances stay at their defaults (tighter ones gave false
        # verdicts).
        defaults = {"threads": 1, "parallel": "off", "random_seed": self.seed, "mip_rel_gap": 0.0, "mip_abs_gap": 1e-6}
        for name, value in {**defaults, **self.options}.items():
            set_option(highs, name, value)
        set_option(highs, "mip_min_logging_interval", 0.5)
        if self.time_limit is not None:
            set_option(highs, "time_limit", max(self.time_limit, 0.0))
        highs.cbMipImprovingSolution += self._improved
        highs.cbMipLogging += self._logged
        for event in (highs.cbMipInterrupt, highs.cbSimplexInterrupt, highs.cbIpmInterrupt):
            event += self._checked

    def _improved(self, event: Any) -> None:
        self._incumbent = np.array(event.data_out.mip_solution)
        self._judge(event)

    def _logged(self, event: Any) -> None:
        self._judge(event)
        if self.progress is not None:
            seconds = time.monotonic() - self._started
            self.progress(seconds, self._finite(event.data_out.mip_primal_bound), self._finite(self._bound))

    def _checked(self, event: Any) -> None:
        if self._interrupted or self._good_enough:
            event.interrupt()

    def _judge(self, event: Any) -> None:
        self._bound = max(self._bound, float(event.data_out.mip_dual_bound))
        if self.stop is not None and self._incumbent is not None and np.isfinite(self._bound):
            self._good_enough = self._good_enough or self.stop(self._incumbent, self._bound)

    @staticmethod
    def _finite(value: float) -> float | None:
        return float(value) if abs(value) < 1e30 else None

    def _is_near(self, solution: np.ndarray | None, bound: float) -> bool:
        return solution is not None and self.stop is not None and self.stop(solution, bound)

    def _outcome(self, highs: highspy.Highs) -> Outcome:
        status, info = highs.getModelStatus(), highs.getInfo()
        is_mip = bool(self.arrays.is_integer.any())
        found = info.primal_solution_status == highspy.kSolutionStatusFeasible
        solution = np.array(highs.getSolution().col_value) if found else None
        objective = float(info.objective_function_value) if found else None
        if is_mip:
            bound = max(self._bound, float(info.mip_dual_bound))
        else:
            bound = objective if status == _STATUS.kOptimal and objective is not None else -float("inf")
        solution = solution if is_mip or status == _STATUS.kOptimal else None
        return Outcome(
            solution=solution,
            objective=objective,
            bound=bound,
            infeasible=self._nothing,
            interrupted=self._interrupted,
            status=highs.modelStatusToString(_STATUS.kInfeasible if self._nothing else status),
            proven=status == _STATUS.kOptimal or self._is_near(solution, bound),
        )


def solve_confirmed(run: Run) -> Outcome:
    """The outcome of a run; a proof of one with integers is looked at again without presolve, which has told bounds
    above the least cost: if that finds less than the bound, what it finds. It takes three times the first solve at
    most, and SECOND_LOOK_S; what is undecided then stands. Ctrl-C leaves the first solution, as not proven."""
    begun = time.monotonic()
    first = run.solve()
    took = time.monotonic() - begun
    longest = min(SECOND_LOOK_S, max(1.0, 3 * took))
    if run.time_limit is not None:
        longest = min(longest, run.time_limit - took)
    if first.interrupted or not first.proven or longest <= 0 or not run.arrays.is_integer.any():
        return first
    options = {**run.options, "presolve": "off"}
    again = Run(run.arrays, run.seed, longest, stop=run.stop, start=first.solution, options=options)
    second = again.solve()
    if second.interrupted:
        return replace(first, interrupted=True, proven=False, status=second.status)
    slack = 1e-6 * max(1.0, abs(first.bound))
    return first if second.objective is None or second.objective >= first.bound - slack else second
