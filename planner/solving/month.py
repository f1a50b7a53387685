"""One month's operation problem as a function of the linking variables, with valid cuts.

Q(x) is the least cost of a month for given linking variables x. So that every x has an answer, x may be missed at a
price per unit: the elastic value is at most Q(x). Its duals y give a cut that holds for Q whatever the solver's
tolerances:

    theta >= sum_i y_i * (the row's bound on y_i's side) + sum_j min over [l_j, u_j] of (c_j - A_j'y) z_j + (c_x -
    A_x'y) x

for the rows A z + A_x x of the month, after y is projected to the signs that its rows allow. All z have finite
boxes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy import sparse

from planner.solving.arrays import Arrays, Compiled
from planner.solving.highs import Run, problem, set_option

_STATUS = highspy.HighsModelStatus
_NO_LIMIT = 2**31 - 1
_LEAST_ITERATIONS = 1000
"""A warm start is not given up earlier, however small the problem."""
_DEVEX = 1
"""Pricing of warm starts, whose iterations are few: a fifth faster than steepest edge."""
_ROUNDING = 1e-9
"""On-off decisions within this of a whole number are that number; what they switch is up to a thousand times larger."""
BAND = 2e-7
"""Linking variables are met within this share of the value asked (at least of 1): twice the tolerance of HiGHS. Without
it a miss that is only rounding would be charged, and its cut steep for nothing."""
MOST_NODES = 200
"""Longest search for the on-off decisions of one month, in nodes, so that the plan does not depend on the machine."""
MET_BANDS = 10.0
"""Misses up to so many bands count as none: they stay a fifth of what the recheck allows."""


class MonthFailed(RuntimeError):
    """HiGHS could not solve a month to optimality."""


@dataclass(frozen=True, eq=False)
class Cut:
    """theta of the month >= constant + slope @ x, over the design's columns `index`."""

    constant: float
    slope: np.ndarray
    index: np.ndarray

    def at(self, x: np.ndarray) -> float:
        """Value of the cut at the design's columns x."""
        return self.constant + float(self.slope @ x[self.index])


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The month at given linking variables."""

    cost: float
    """cost of operation, without the price of missing x [kcur]"""
    missed: np.ndarray
    """how far the month's x is outside the band around the one asked for, per linking column, in its own unit"""
    elastic_cost: float
    """cost with the price of missing x"""
    cut: Cut
    values: np.ndarray
    """the month's columns"""


class Month:
    """A persistent HiGHS problem of one month. Not safe for use by two threads at once; different months are."""

    def __init__(self, compiled: Compiled, links: dict[int, int]) -> None:
        arrays = compiled.arrays
        self._arrays = arrays
        self.columns = np.array(sorted(links))
        self.index = np.array([links[c] for c in self.columns])
        self._own = np.ones(arrays.matrix.shape[1], dtype=bool)
        self._own[self.columns] = False
        self._on_off = np.flatnonzero(arrays.is_integer & self._own).astype(np.int32)
        self.has_integers = bool(self._on_off.size)
        self._columns, self._rows = arrays.matrix.shape[1], arrays.matrix.shape[0]
        self._price = np.zeros(len(self.columns))
        self._is_warm = False
        self._iterations = _NO_LIMIT
        """simplex iterations that the first solve took, from scratch"""
        self._highs = highspy.Highs()
        for name, value in {"output_flag": False, "threads": 1, "parallel": "off", "random_seed": 0}.items():
            set_option(self._highs, name, value)
        self._highs.passModel(problem(self._elastic()))

    def _elastic(self) -> Arrays:
        """The month with x + short - over = x asked for, short and over priced."""
        a, k = self._arrays, len(self.columns)
        select = sparse.csc_array((np.ones(k), (np.arange(k), self.columns)), shape=(k, self._columns))
        unit = sparse.eye_array(k, format="csc")
        top = sparse.hstack([a.matrix, sparse.csc_array((self._rows, 2 * k))])
        matrix = sparse.csc_array(sparse.vstack([top, sparse.hstack([select, unit, -unit])]))
        free = np.full(k, np.inf)
        return Arrays(
            cost=np.concatenate([a.cost, np.zeros(2 * k)]),
            offset=0.0,
            matrix=matrix,
            row_lower=np.concatenate([a.row_lower, -free]),
            row_upper=np.concatenate([a.row_upper, free]),
            col_lower=np.concatenate([a.col_lower, np.zeros(2 * k)]),
            col_upper=np.concatenate([a.col_upper, free, free]),
            is_integer=np.zeros(self._columns + 2 * k, dtype=bool),
        )

    def set_price(self, price: np.ndarray) -> None:
        """Price of missing each linking column [kcur per its unit], beyond the band."""
        k = len(self.columns)
        self._price = price
        index = np.arange(self._columns, self._columns + 2 * k, dtype=np.int32)
        self._highs.changeColsCost(2 * k, index, np.concatenate([price, price]))

    def free(self) -> Evaluation:
        """The month with x as it likes: its lowest cost, and the scale of x."""
        k = len(self.columns)
        return self._solve(np.full(k, -np.inf), np.full(k, np.inf))

    def tilted(self, slope: np.ndarray, x: np.ndarray, reach: np.ndarray, *, only_warm: bool = False) -> Cut:
        """A valid cut of about this slope over the design's columns, as high as such a cut can be: the month within
        reach of x, where each unit of its linking columns costs what the slope says it saves. only_warm: not from
        scratch if the last basis leads nowhere. Raises MonthFailed."""
        index, own = self.columns.astype(np.int32), self._arrays.cost[self.columns]
        basis = self._highs.getBasis()
        self._highs.changeColsCost(index.size, index, own - slope[self.index])
        reach = np.maximum(reach[self.index], self.band(x))
        try:
            return self._solve(x[self.index] - reach, x[self.index] + reach, only_warm=only_warm).cut
        finally:
            self._highs.changeColsCost(index.size, index, own)
            self._highs.setBasis(basis)  # from where this ended, the next solve at a point took five times as long

    def at(self, x: np.ndarray) -> Evaluation:
        """The month at the design's columns x, from the basis of the last time."""
        asked, band = x[self.index], self.band(x)
        return self._solve(asked - band, asked + band)

    def band(self, x: np.ndarray) -> np.ndarray:
        """How far the month's linking columns may be from the design's columns x."""
        return BAND * np.maximum(np.abs(x[self.index]), 1.0)

    def _solve(self, lower: np.ndarray, upper: np.ndarray, *, only_warm: bool = False) -> Evaluation:
        k, highs = len(self.columns), self._highs
        highs.changeRowsBounds(k, np.arange(self._rows, self._rows + k, dtype=np.int32), lower, upper)
        self._optimise(only_warm)
        solution = highs.getSolution()
        values = np.array(solution.col_value)
        own = values[: self._columns]
        cost = float(self._arrays.cost @ own) + self._arrays.offset
        missed = values[self._columns : self._columns + k] - values[self._columns + k :]
        cut = self._cut(np.array(solution.row_dual)[: self._rows])
        return Evaluation(cost, missed, cost + float(self._price @ np.abs(missed)), cut, own)

    def _optimise(self, only_warm: bool) -> None:
        """From the last basis; once that takes more iterations than from scratch with presolve, from scratch."""
        highs = self._highs
        set_option(highs, "simplex_iteration_limit", self._iterations)
        highs.run()
        if highs.getModelStatus() != _STATUS.kOptimal:
            set_option(highs, "simplex_iteration_limit", _NO_LIMIT)
            highs.clearSolver()
            if not only_warm:
                highs.run()
        if highs.getModelStatus() != _STATUS.kOptimal:
            raise MonthFailed(highs.modelStatusToString(highs.getModelStatus()))
        if self._iterations == _NO_LIMIT:
            self._iterations = max(_LEAST_ITERATIONS, int(highs.getInfo().simplex_iteration_count))
        if not self._is_warm:
            self._is_warm = True
            set_option(highs, "simplex_dual_edge_weight_strategy", _DEVEX)

    def _cut(self, dual: np.ndarray) -> Cut:
        a = self._arrays
        y = np.where(np.isneginf(a.row_lower), np.minimum(dual, 0.0), dual)
        y = np.where(np.isposinf(a.row_upper), np.maximum(y, 0.0), y)
        bound = np.where(y > 0, a.row_lower, a.row_upper)
        constant = float(y[y != 0] @ bound[y != 0]) + a.offset
        reduced = a.cost - a.matrix.T @ y
        own = reduced[self._own]
        edge = np.where(own > 0, a.col_lower[self._own], a.col_upper[self._own])
        used = own != 0
        if not np.isfinite(edge[used]).all():
            raise MonthFailed("an operation variable has no finite bound")
        return Cut(constant + float(own[used] @ edge[used]), reduced[self.columns], self.index)

    def box_cut(self) -> Cut:
        """The cut of zero duals: the month costs at least what its boxes allow."""
        return self._cut(np.zeros(self._rows))

    def dispatch(self, x: np.ndarray, relaxed: Evaluation, allowed: float, time_limit: float | None) -> Evaluation:
        """Month at x, on-off decisions true. First rounded from the relaxed answer and all else solved again; where
        that misses x or costs more than `allowed` [kcur] beyond the relaxed answer, they are chosen by branching, to
        MOST_NODES and within `time_limit` [s]. The better of the two."""
        rounded = self._switched(x, self._rounded(self._on_off, relaxed.values))
        if self.meets(x, rounded) and rounded.cost - relaxed.cost <= allowed:
            return rounded
        chosen = self._branched(x, allowed, time_limit)
        if chosen is None:
            return rounded
        return min(rounded, self._switched(x, chosen), key=lambda e: (not self.meets(x, e), e.cost))

    def meets(self, x: np.ndarray, found: Evaluation) -> bool:
        """Whether the month misses none of its linking columns, but for the accuracy of HiGHS."""
        return bool(np.all(np.abs(found.missed) <= MET_BANDS * self.band(x)))

    def _switched(self, x: np.ndarray, chosen: np.ndarray) -> Evaluation:
        """The month at x for given on-off decisions."""
        integer = self._on_off
        self._bound(integer, chosen, chosen)
        try:
            return self.at(x)
        finally:
            self._bound(integer, self._arrays.col_lower[integer], self._arrays.col_upper[integer])

    def _branched(self, x: np.ndarray, allowed: float, time_limit: float | None) -> np.ndarray | None:
        """On-off decisions of least cost at x, within `allowed`; None if none is found in time."""
        a, band = self._arrays, self.band(x)
        lower, upper, whole = a.col_lower.copy(), a.col_upper.copy(), np.zeros_like(a.is_integer)
        lower[self.columns], upper[self.columns], whole[self._on_off] = x[self.index] - band, x[self.index] + band, True
        fixed = replace(a, col_lower=lower, col_upper=upper, is_integer=whole)
        options = {"mip_abs_gap": max(allowed, 1e-6), "mip_max_nodes": MOST_NODES}
        found = Run(fixed, time_limit=time_limit, options=options).solve().solution
        return None if found is None else np.round(found[self._on_off])

    def _rounded(self, integer: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Whole values of the on-off columns that all rows allow while the other columns stay; where there is none, the
        nearest to the middle of what they allow."""
        a = self._arrays
        part = sparse.coo_array(a.matrix[:, integer])
        others = (a.matrix @ values)[part.row] - part.data * values[integer][part.col]
        edges = np.array([a.row_lower[part.row] - others, a.row_upper[part.row] - others]) / part.data
        least, most = a.col_lower[integer].copy(), a.col_upper[integer].copy()
        np.maximum.at(least, part.col, edges.min(axis=0))
        np.minimum.at(most, part.col, edges.max(axis=0))
        up, down = np.ceil(least - _ROUNDING), np.floor(most + _ROUNDING)
        chosen = np.where(up <= down, up, np.round((least + most) / 2))
        return np.clip(chosen, a.col_lower[integer], a.col_upper[integer])

    def _bound(self, columns: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        self._highs.changeColsBounds(columns.size, columns, lower, upper)
