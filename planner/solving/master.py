"""The design problem with the cuts found so far: a relaxation of the whole, so each of its bounds is a proven bound."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from planner.solving.arrays import Arrays
from planner.solving.highs import is_doubtful, look_again, problem, run_whole, set_option
from planner.solving.month import Cut

_STATUS = highspy.HighsModelStatus
LARGEST_COEFFICIENT = 1e3
"""Cuts are divided down to this: rows of far larger numbers made HiGHS prove wrong bounds on whole problems."""

EXACT = 1e-9
"""Accuracy of its points, far finer than that to which months meet them: a trace of a size where nothing is built asks
a month for what it cannot have, and no cut can take it away."""

COST_WEIGHT = 0.01
"""Distance, in sizes of columns, that is worth the whole cost when the nearest point is looked for: among points about
as near, the cheaper one. Without it columns that no distance counts would be left anywhere."""


class Empty(Exception):
    """HiGHS proves that the design problem has no whole answer."""


@dataclass(frozen=True, eq=False)
class Point:
    """A solution of the master problem: design columns (none where a bound was enough before any was found), its
    objective, and the bound it proves."""

    x: np.ndarray
    objective: float
    bound: float
    is_finished: bool = True
    """whether the search for it went to its end"""


class Master:
    """Design columns x (first) and one theta per month; cuts are only ever added.

    HiGHS gets it scaled: continuous columns by their typical size, money by the size of the whole cost, rows by their
    largest coefficient. Integer columns stay as they are."""

    def __init__(self, design: Arrays, floors: list[float], seed: int) -> None:
        self._design, self._seed = design, seed
        self._floors = np.array(floors)
        """least cost of each month by its boxes alone"""
        self._months = len(floors)
        self.columns = design.matrix.shape[1]
        self._cost = np.concatenate([design.cost, np.ones(self._months)])
        self._rows: list[np.ndarray] = []
        self._lower: list[float] = []
        self.is_empty = False
        """whether HiGHS proved that the last relaxation has no point"""
        self.trusts_presolve = True
        """presolve of HiGHS has called whole problems empty that are not, and told wrong bounds of others; where that
        is seen, the problem does without it from then on"""
        self._money = 1.0
        self._size = np.ones(self.columns + self._months)

    def set_scale(self, scale: np.ndarray, money_kcur: float) -> None:
        """Typical size of each design column, and of the whole cost."""
        self._money = max(money_kcur, 1e-3) / LARGEST_COEFFICIENT
        size = np.where(self._design.is_integer, 1.0, scale)
        self._size = np.concatenate([size, np.full(self._months, self._money)])

    def add(self, month: int, cut: Cut) -> None:
        """theta of the month-th operation problem is at least the cut."""
        row = np.zeros(self.columns + self._months)
        row[cut.index] = -cut.slope
        row[self.columns + month] = 1.0
        self._append(row, cut.constant)

    def _append(self, row: np.ndarray, least: float) -> None:
        self._rows.append(row)
        self._lower.append(least)

    def adopt(self, other: Master) -> None:
        """Start with the rows of the same problem whose months allow more."""
        self._rows, self._lower = list(other._rows), list(other._lower)

    def share(self, other: Master, first: int) -> int:
        """Give cuts on misses from number `first` on to the same problem with costs: there misses are zero, not a
        theta. Returns the number of cuts so far."""
        for row, least in zip(self._rows[first:], self._lower[first:], strict=True):
            without_theta = np.concatenate([row[: self.columns], np.zeros(self._months)])
            unit = other._money * LARGEST_COEFFICIENT
            other._append(unit * without_theta, unit * least)
        return len(self._rows)

    def _thetas(self, x: np.ndarray) -> np.ndarray:
        """The least thetas that all cuts allow at the design's columns x."""
        least = self._floors.copy()
        rows = np.array(self._rows).reshape(-1, self.columns + self._months)
        has_theta, month = rows[:, self.columns :].any(axis=1), rows[:, self.columns :].argmax(axis=1)
        asked = np.array(self._lower) - rows[:, : self.columns] @ x
        np.maximum.at(least, month[has_theta], asked[has_theta])
        return least

    def _arrays(self, fixed: np.ndarray | None, *, integers: bool) -> Arrays:
        d, n = self._design, self._months
        top = sparse.hstack([d.matrix, sparse.csc_array((d.matrix.shape[0], n))])
        cuts, constants = np.array(self._rows).reshape(-1, self.columns + n), np.array(self._lower)
        lower = np.concatenate([d.col_lower, self._floors])
        upper = np.concatenate([d.col_upper, np.full(n, np.inf)])
        whole = np.concatenate([d.is_integer, np.zeros(n, dtype=bool)])
        if fixed is not None:
            index = np.flatnonzero(d.is_integer)
            lower[index] = upper[index] = fixed
        size = sparse.diags_array(self._size)
        design_rows = sparse.csr_array(top @ size)
        cut_rows = cuts * self._size / self._money
        down = np.maximum(np.abs(cut_rows).max(axis=1, initial=1.0) / LARGEST_COEFFICIENT, 1.0)
        per_row = np.maximum(np.abs(design_rows).max(axis=1).toarray().ravel(), 1e-9)
        design_rows = sparse.diags_array(1 / per_row) @ design_rows
        return Arrays(
            cost=self._cost * self._size / self._money,
            offset=d.offset / self._money,
            matrix=sparse.csc_array(sparse.vstack([design_rows, sparse.csr_array(cut_rows / down[:, None])])),
            row_lower=np.concatenate([d.row_lower / per_row, constants / self._money / down]),
            row_upper=np.concatenate([d.row_upper / per_row, np.full(constants.size, np.inf)]),
            col_lower=lower / self._size,
            col_upper=upper / self._size,
            is_integer=whole if integers else np.zeros_like(whole),
        )

    def _unscaled(self, highs: highspy.Highs) -> np.ndarray:
        values = np.array(highs.getSolution().col_value)[: self.columns]
        return values * self._size[: self.columns]

    def _run(
        self, arrays: Arrays, start: np.ndarray | None = None, enough: float = float("inf"), **options: float | str
    ) -> highspy.Highs:
        highs = highspy.Highs()
        defaults = {"output_flag": False, "threads": 1, "parallel": "off", "random_seed": self._seed}
        defaults["primal_feasibility_tolerance"] = EXACT
        for name, value in {**defaults, **options}.items():
            set_option(highs, name, value)
        highs.passModel(problem(arrays))
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = list(start / self._size)
            highs.setSolution(solution)
        if arrays.is_integer.any():
            run_whole(highs, enough / self._money)
        else:
            highs.run()
            if highs.getModelStatus() == _STATUS.kUnknown:  # what presolve restores misses rows by more than EXACT
                highs.clearSolver()  # from its basis it would not know either
                set_option(highs, "presolve", "off")
                highs.run()
        return highs

    def relaxed(self, fixed: np.ndarray | None = None) -> Point | None:
        """Least cost with integers relaxed, or fixed to given values; None if there is no such point (`is_empty`), or
        HiGHS found none."""
        highs = self._run(self._arrays(fixed, integers=False))
        self.is_empty = is_doubtful(highs) and look_again(highs, highs.run)
        if highs.getModelStatus() != _STATUS.kOptimal:
            return None
        value = float(highs.getInfo().objective_function_value) * self._money
        return Point(self._unscaled(highs), value, value)

    def mean_slopes(self, fixed: np.ndarray | None = None) -> np.ndarray | None:
        """Mean slope of the cuts that hold each month's theta in the relaxed optimum, weighted by their duals; None if
        there is no optimum. Shape (months, columns)."""
        arrays = self._arrays(fixed, integers=False)
        highs = self._run(arrays)
        if highs.getModelStatus() != _STATUS.kOptimal:
            return None
        cuts = np.array(self._rows).reshape(-1, self.columns + self._months)
        first = arrays.matrix.shape[0] - len(cuts)
        thetas = sparse.csr_array(arrays.matrix[first:, self.columns :])
        weight = thetas.toarray() * np.array(highs.getSolution().row_dual)[first:, None]
        weight = weight / np.maximum(weight.sum(axis=0), 1e-12)
        return -(weight.T @ cuts[:, : self.columns])

    def whole(
        self,
        abs_gap: float,
        time_limit: float | None,
        start: np.ndarray | None = None,
        enough: float = float("inf"),
        most_nodes: int | None = None,
    ) -> Point | None:
        """Least cost with integers, within abs_gap [kcur], or until the bound reaches `enough` [kcur] or most_nodes are
        searched; None if none was found by then or in time. Raises Empty.

        `start`: design columns to start from."""
        limits = {} if most_nodes is None else {"mip_max_nodes": most_nodes}
        return self._whole(self._arrays(None, integers=True), abs_gap, time_limit, start, enough, **limits)

    def whole_aside(
        self,
        pool: Executor,
        abs_gap: float,
        time_limit: float | None,
        start: np.ndarray | None = None,
        **options: float | str,
    ) -> Future[Point | None]:
        """The same on another thread, with the cuts known now. options: of HiGHS."""
        arrays = self._arrays(None, integers=True)
        return pool.submit(self._whole, arrays, abs_gap, time_limit, start, float("inf"), **options)

    def _whole(
        self,
        arrays: Arrays,
        abs_gap: float,
        time_limit: float | None,
        start: np.ndarray | None,
        enough: float = float("inf"),
        **options: float | str,
    ) -> Point | None:
        options |= {} if time_limit is None else {"time_limit": max(time_limit, 0.1)}
        options |= {"mip_rel_gap": 0.0, "mip_abs_gap": abs_gap / self._money}
        first = None if start is None else np.concatenate([start, self._thetas(start)])
        if not self.trusts_presolve:
            options["presolve"] = "off"
        highs = self._run(arrays, first, enough, **options)
        if is_doubtful(highs):
            if look_again(highs, lambda: run_whole(highs, float("inf"))):
                raise Empty
            self.trusts_presolve = False
        info = highs.getInfo()
        bound = info.mip_dual_bound if self._design.is_integer.any() else info.objective_function_value
        bound_kcur = float(bound) * self._money
        if info.primal_solution_status != highspy.kSolutionStatusFeasible:
            if bound_kcur < enough or not np.isfinite(bound_kcur):
                return None
            return Point(np.zeros(0), float("inf"), bound_kcur, is_finished=False)
        objective = float(info.objective_function_value) * self._money
        is_finished = highs.getModelStatus() == _STATUS.kOptimal
        return Point(self._unscaled(highs), objective, bound_kcur, is_finished)

    def nearest(
        self, target: np.ndarray, weight: np.ndarray, level: float, fixed: np.ndarray | None
    ) -> np.ndarray | None:
        """The point of least weighted distance sum_j weight_j |x_j - target_j| whose cost in this relaxation is at most
        `level`; None if there is none. Columns of weight zero move freely."""
        a = self._arrays(fixed, integers=False)
        index = np.flatnonzero(weight)
        scaled_target = target[index] / self._size[index]
        scaled_weight = weight[index] * self._size[index]
        k, (rows, columns) = index.size, a.matrix.shape
        select = sparse.csc_array((np.ones(k), (np.arange(k), index)), shape=(k, columns))
        unit = sparse.eye_array(k, format="csc")
        blocks = [
            sparse.hstack([a.matrix, sparse.csc_array((rows, 2 * k))]),
            sparse.hstack([select, unit, -unit]),
        ]
        bounds = [(a.row_lower, a.row_upper), (scaled_target, scaled_target)]
        if np.isfinite(level):
            blocks.append(sparse.csc_array(np.concatenate([a.cost, np.zeros(2 * k)])[None, :]))
            bounds.append((np.array([-np.inf]), np.array([level / self._money - a.offset])))
        distance = Arrays(
            cost=np.concatenate([COST_WEIGHT / LARGEST_COEFFICIENT * a.cost, scaled_weight, scaled_weight]),
            offset=0.0,
            matrix=sparse.csc_array(sparse.vstack(blocks)),
            row_lower=np.concatenate([low for low, _ in bounds]),
            row_upper=np.concatenate([high for _, high in bounds]),
            col_lower=np.concatenate([a.col_lower, np.zeros(2 * k)]),
            col_upper=np.concatenate([a.col_upper, np.full(2 * k, np.inf)]),
            is_integer=np.zeros(columns + 2 * k, dtype=bool),
        )
        highs = self._run(distance)
        if highs.getModelStatus() != _STATUS.kOptimal:
            return None
        return self._unscaled(highs)
