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

import numpy as np
from scipy import sparse

from planner.solving.arrays import Compiled
from planner.solving.highs import Run
from planner.solving.month_problem import Answer, Basis, Layout, MonthFailed, MonthProblem

_ROUNDING = 1e-9
"""On-off decisions within this of a whole number are that number; what they switch is up to a thousand times larger."""
_UP_FROM = 1e-6
"""Traces of a unit that runs, below which it is left off when decisions are rounded up."""
BAND = 2e-7
"""Linking variables are met within this share of the value asked (at least of 1): twice the tolerance of HiGHS. Without
it a miss that is only rounding would be charged, and its cut steep for nothing."""
MOST_NODES = 200
"""Longest search for the on-off decisions of one month, in nodes, so that the plan does not depend on the machine."""
MET_BANDS = 10.0
"""Misses up to so many bands count as none: they stay a fifth of what the recheck allows."""


@dataclass(frozen=True, eq=False)
class Cut:
    """theta of the month >= constant + slope @ x, over the design's columns `index`."""

    constant: float
    slope: np.ndarray
    index: np.ndarray
    dual: np.ndarray | None = None
    """duals of the month's rows that it comes from, where they are kept"""

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
    """One month and its persistent problem. Not safe for use by two threads at once; different months are."""

    def __init__(self, compiled: Compiled, links: dict[int, int], *, keeps_duals: bool = False) -> None:
        arrays = compiled.arrays
        self.compiled, self._arrays, self._keeps_duals = compiled, arrays, keeps_duals
        self.columns = np.array(sorted(links))
        self.index = np.array([links[c] for c in self.columns])
        self._layout = Layout(arrays, self.columns)
        self._own = self._layout.own
        self._on_off = np.flatnonzero(arrays.is_integer & self._own)
        self.has_integers = bool(self._on_off.size)
        self._lower, self._upper = arrays.col_lower.copy(), arrays.col_upper.copy()
        self._price, self._soft = np.zeros(self.columns.size), self._layout.few()
        self._kept: MonthProblem | None = None
        self._basis: Basis | None = None
        """of the problem before it was let go"""

    @property
    def _problem(self) -> MonthProblem:
        if self._kept is None:
            self._kept = MonthProblem(self._layout, self._soft, self._price)
            self._kept.start(self._basis)
        return self._kept

    def _go_on_with(self, problem: MonthProblem) -> None:
        self._kept, self._soft, self._price = problem, problem.soft, problem.price

    def rest(self) -> None:
        """Let go of the problem, which is nearly all of a month's memory; the next one starts from its last basis."""
        if self._kept is not None:
            self._basis, self._kept = self._kept.basis(), None

    def in_place_of(self, other: Month) -> None:
        """Start where another month ended that has mostly the same rows and columns: from its basis, with its soft
        linking columns."""
        columns = self.compiled.column_steps.numbers_in(other.compiled.column_steps)
        self._go_on_with(other._problem.moved(self._layout, columns, self.rows_in(other)))

    def rows_in(self, other: Month) -> np.ndarray:
        """The number of each row of this month among those of another, -1 for none."""
        return self.compiled.row_steps.numbers_in(other.compiled.row_steps)

    def retold(self, cut: Cut, rows: np.ndarray) -> Cut:
        """The cut that the duals of another month's cut give here (any duals give a valid one). rows: see rows_in."""
        assert cut.dual is not None
        return self._cut(np.where(rows >= 0, cut.dual[rows], 0.0))

    def set_price(self, price: np.ndarray) -> None:
        """Price of missing each linking column [kcur per its unit], beyond the band."""
        self._price = price
        if self._kept is not None:
            self._kept.set_price(price)

    def free(self) -> Evaluation:
        """The month with x as it likes: its lowest cost, and the scale of x."""
        everywhere = MonthProblem(self._layout, np.ones(self.columns.size, dtype=bool), self._price)
        everywhere.place(np.zeros(self.columns.size), np.full(self.columns.size, np.inf), self._lower, self._upper)
        everywhere.optimise()
        return self._evaluation(everywhere.answer())

    def tilted(self, slope: np.ndarray, x: np.ndarray, reach: np.ndarray, *, only_warm: bool = False) -> Cut:
        """A valid cut of about this slope over the design's columns, as high as such a cut can be: the month within
        reach of x, where each unit of its linking columns costs what the slope says it saves. only_warm: not from
        scratch if the last basis leads nowhere. Raises MonthFailed."""
        tilted = self._problem.softened(~self._problem.soft)
        tilted.set_link_costs(self._arrays.cost[self.columns] - slope[self.index])
        tilted.place(x[self.index], np.maximum(reach[self.index], self.band(x)), self._lower, self._upper)
        tilted.optimise(only_warm=only_warm)
        return self._cut(tilted.answer().dual)

    def at(self, x: np.ndarray) -> Evaluation:
        """The month at the design's columns x, from the basis of the last time."""
        while True:
            self._problem.place(x[self.index], self.band(x), self._lower, self._upper)
            if self._problem.optimise():
                found = self._evaluation(self._problem.answer())
                more = self._problem.too_dear(found.cut.slope)
                if not more.any():
                    return found
            else:
                more = self._problem.needed()
            self._go_on_with(self._problem.softened(more))

    def band(self, x: np.ndarray) -> np.ndarray:
        """How far the month's linking columns may be from the design's columns x."""
        return BAND * np.maximum(np.abs(x[self.index]), 1.0)

    def _evaluation(self, found: Answer) -> Evaluation:
        cost = float(self._arrays.cost @ found.values) + self._arrays.offset
        missing = float(self._price @ np.abs(found.missed))
        return Evaluation(cost, found.missed, cost + missing, self._cut(found.dual), found.values)

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
        kept = y.astype(np.float32) if self._keeps_duals else None
        return Cut(constant + float(own[used] @ edge[used]), reduced[self.columns], self.index, kept)

    def box_cut(self) -> Cut:
        """The cut of zero duals: the month costs at least what its boxes allow."""
        return self._cut(np.zeros(self._layout.rows))

    def dispatch(self, x: np.ndarray, relaxed: Evaluation, allowed: float, time_limit: float | None) -> Evaluation:
        """Month at x, on-off decisions true. First rounded from the relaxed answer and all else solved again; where
        that misses x or costs more than `allowed` [kcur] beyond the relaxed answer, they are chosen by branching, to
        MOST_NODES and within `time_limit` [s]; where nothing meets x, rounded up as well. The best of them."""
        rounded = self._switched(x, self._rounded(self._on_off, relaxed.values))
        if self.meets(x, rounded) and rounded.cost - relaxed.cost <= allowed:
            return rounded
        found, chosen = [rounded], self._branched(x, allowed, time_limit)
        if chosen is not None:
            found.append(self._switched(x, chosen))
        elif not self.meets(x, rounded):
            up = np.ceil(relaxed.values[self._on_off] - _UP_FROM)
            found.append(self._switched(x, np.minimum(up, self._upper[self._on_off])))
        return min(found, key=lambda e: (not self.meets(x, e), e.elastic_cost))

    def decided(self, found: Evaluation) -> Compiled:
        """The month's problem with the on-off decisions of an answer."""
        lower, upper = self._arrays.col_lower.copy(), self._arrays.col_upper.copy()
        lower[self._on_off] = upper[self._on_off] = np.round(found.values[self._on_off])
        return replace(self.compiled, arrays=replace(self._arrays, col_lower=lower, col_upper=upper))

    def meets(self, x: np.ndarray, found: Evaluation) -> bool:
        """Whether the month misses none of its linking columns, but for the accuracy of HiGHS."""
        return bool(np.all(np.abs(found.missed) <= MET_BANDS * self.band(x)))

    def _switched(self, x: np.ndarray, chosen: np.ndarray) -> Evaluation:
        """The month at x for given on-off decisions."""
        self._lower[self._on_off] = self._upper[self._on_off] = chosen
        try:
            return self.at(x)
        finally:
            self._lower, self._upper = self._arrays.col_lower.copy(), self._arrays.col_upper.copy()

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
