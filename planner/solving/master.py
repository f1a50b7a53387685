"""The design problem with the cuts found so far: a relaxation of the whole, so each of its bounds is a proven bound."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from planner.solving.arrays import Arrays
from planner.solving.highs import problem, set_option
from planner.solving.month import Cut

_STATUS = highspy.HighsModelStatus
FLOOR_KCUR = -1e12
"""Bound of a month's cost before its first cut: none of the cases has costs of this size."""


@dataclass(frozen=True, eq=False)
class Point:
    """A solution of the master problem: design columns, its objective, and the bound it proves."""

    x: np.ndarray
    objective: float
    bound: float


class Master:
    """Design columns x (first) and one theta per month; cuts are only ever added."""

    def __init__(self, design: Arrays, months: int, seed: int) -> None:
        self._design, self._months, self._seed = design, months, seed
        self.columns = design.matrix.shape[1]
        self.cost = np.concatenate([design.cost, np.ones(months)])
        self._rows: list[np.ndarray] = []
        self._lower: list[float] = []

    def add(self, month: int, cut: Cut) -> None:
        """theta of the month-th operation problem is at least the cut."""
        row = np.zeros(self.columns + self._months)
        row[cut.index] = -cut.slope
        row[self.columns + month] = 1.0
        self._rows.append(row)
        self._lower.append(cut.constant)

    def _arrays(self, fixed: np.ndarray | None, *, integers: bool) -> Arrays:
        d, n = self._design, self._months
        top = sparse.hstack([d.matrix, sparse.csc_array((d.matrix.shape[0], n))])
        cuts = sparse.csc_array(np.array(self._rows).reshape(-1, self.columns + n))
        lower = np.concatenate([d.col_lower, np.full(n, FLOOR_KCUR)])
        upper = np.concatenate([d.col_upper, np.full(n, np.inf)])
        whole = np.concatenate([d.is_integer, np.zeros(n, dtype=bool)])
        if fixed is not None:
            index = np.flatnonzero(d.is_integer)
            lower[index] = upper[index] = fixed
        return Arrays(
            cost=self.cost,
            offset=d.offset,
            matrix=sparse.csc_array(sparse.vstack([top, cuts])),
            row_lower=np.concatenate([d.row_lower, self._lower]),
            row_upper=np.concatenate([d.row_upper, np.full(len(self._lower), np.inf)]),
            col_lower=lower,
            col_upper=upper,
            is_integer=whole if integers else np.zeros_like(whole),
        )

    def _run(self, arrays: Arrays, **options: float | str) -> highspy.Highs:
        highs = highspy.Highs()
        defaults = {"output_flag": False, "threads": 1, "parallel": "off", "random_seed": self._seed}
        for name, value in {**defaults, **options}.items():
            set_option(highs, name, value)
        highs.passModel(problem(arrays))
        highs.run()
        return highs

    def relaxed(self, fixed: np.ndarray | None = None) -> Point | None:
        """Least cost with integers relaxed, or fixed to given values; None if there is no such point."""
        highs = self._run(self._arrays(fixed, integers=False))
        if highs.getModelStatus() != _STATUS.kOptimal:
            return None
        value = float(highs.getInfo().objective_function_value)
        return Point(np.array(highs.getSolution().col_value)[: self.columns], value, value)

    def whole(self, abs_gap: float, time_limit: float | None) -> Point | None:
        """Least cost with integers, within abs_gap [kcur]; None if there is none or none was found in time."""
        limit = {} if time_limit is None else {"time_limit": max(time_limit, 0.1)}
        highs = self._run(self._arrays(None, integers=True), mip_rel_gap=0.0, mip_abs_gap=abs_gap, **limit)
        info = highs.getInfo()
        if info.primal_solution_status != highspy.kSolutionStatusFeasible:
            return None
        x = np.array(highs.getSolution().col_value)[: self.columns]
        bound = info.mip_dual_bound if self._design.is_integer.any() else info.objective_function_value
        return Point(x, float(info.objective_function_value), float(bound))

    def nearest(
        self, target: np.ndarray, weight: np.ndarray, level: float, fixed: np.ndarray | None
    ) -> np.ndarray | None:
        """The point of least weighted distance sum_j weight_j |x_j - target_j| whose cost in this relaxation is at most
        `level`; None if there is none. Columns of weight zero move freely."""
        a = self._arrays(fixed, integers=False)
        index = np.flatnonzero(weight)
        k, (rows, columns) = index.size, a.matrix.shape
        select = sparse.csc_array((np.ones(k), (np.arange(k), index)), shape=(k, columns))
        unit = sparse.eye_array(k, format="csc")
        blocks = [
            sparse.hstack([a.matrix, sparse.csc_array((rows, 2 * k))]),
            sparse.hstack([select, unit, -unit]),
        ]
        bounds = [(a.row_lower, a.row_upper), (target[index], target[index])]
        if np.isfinite(level):
            cost = sparse.csc_array(np.concatenate([self.cost, np.zeros(2 * k)])[None, :])
            blocks.append(cost)
            bounds.append((np.array([-np.inf]), np.array([level - a.offset])))
        distance = Arrays(
            cost=np.concatenate([np.zeros(columns), weight[index], weight[index]]),
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
        return np.array(highs.getSolution().col_value)[: self.columns]
