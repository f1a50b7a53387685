"""The operation problem of a month at given linking variables, in HiGHS: elastic, and as small as that allows.

Every linking variable may be missed at a price. One that is missed moves, so rows in which it stands must be rows. As
long as it is not missed it stays where it is asked for, and rows with one other column are bounds of that column
(singletons.py). So linking variables start hard; one becomes soft when the month cannot do without missing it, or would
rather pay than meet it, and stays so. The answer is that of the problem with all of them soft."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from planner.solving.arrays import Arrays
from planner.solving.highs import problem, set_option
from planner.solving.singletons import NONE, Bounds, Singletons

_STATUS = highspy.HighsModelStatus
_BASIS = highspy.HighsBasisStatus
_STATUS_OF = {int(s): s for s in (_BASIS.kLower, _BASIS.kBasic, _BASIS.kUpper, _BASIS.kZero, _BASIS.kNonbasic)}
_LOWER, _IS_BASIC, _UPPER = int(_BASIS.kLower), int(_BASIS.kBasic), int(_BASIS.kUpper)
_NO_LIMIT = 2**31 - 1
_LEAST_ITERATIONS = 1000
"""A warm start is not given up earlier, however small the problem."""
_DEVEX = 1
"""Pricing of warm starts, whose iterations are few: a fifth faster than steepest edge."""
FEW_ROWS = 2
"""Linking columns in at most so many singleton rows are soft from the start: they cost nothing."""
_ACCURATE = 1e-6
"""Share of a row's value (at least of 1) by which HiGHS may be mistaken about it: a tenth of what the recheck allows.
Over hundreds of warm starts its factors lose accuracy, on long months most."""
_NOTHING = 1e-9
"""Share of the largest entry of a proof of infeasibility below which an entry is rounding."""


class MonthFailed(RuntimeError):
    """HiGHS could not solve a month to optimality."""


@dataclass(frozen=True, eq=False)
class Basis:
    """States of all columns and rows of the elastic problem, as HiGHS numbers them; every row a row."""

    columns: np.ndarray
    rows: np.ndarray
    scratch_per_row: float
    """iterations that a solve from scratch took for each row in HiGHS"""


@dataclass(frozen=True, eq=False)
class Answer:
    """A month at given linking variables."""

    values: np.ndarray
    """its columns"""
    missed: np.ndarray
    """how far each linking column is outside what was asked for"""
    dual: np.ndarray
    """duals of all its rows; of a folded one, what the column that it bounds saves"""


class Layout:
    """What the problems of one month share: its arrays, linking columns and singleton rows."""

    def __init__(self, arrays: Arrays, links: np.ndarray) -> None:
        self.arrays, self.links = arrays, links
        self.rows, self.columns = arrays.matrix.shape
        self.own = np.ones(arrays.matrix.shape[1], dtype=bool)
        self.own[links] = False
        self.singletons = Singletons(arrays, self.own)

    def few(self) -> np.ndarray:
        """Linking columns that may as well be soft."""
        return self.singletons.count() <= FEW_ROWS


class MonthProblem:
    """A persistent HiGHS problem of one month: its columns, then `short` and `over` of each linking column; its rows
    but for folded singletons, then x + short - over = x asked for."""

    def __init__(self, layout: Layout, soft: np.ndarray, price: np.ndarray) -> None:
        self._layout, self.soft = layout, soft
        self._folded = ~layout.singletons.touching(soft)
        is_row = np.ones(layout.rows, dtype=bool)
        is_row[layout.singletons.rows[self._folded]] = False
        self._rows = np.flatnonzero(is_row)
        self._bounds: Bounds
        self._limit = _NO_LIMIT
        """iterations of a warm start: those of the first solve, from scratch"""
        self._is_warm = False
        self._highs = highspy.Highs()
        for name, value in {"output_flag": False, "threads": 1, "parallel": "off", "random_seed": 0}.items():
            set_option(self._highs, name, value)
        self._highs.passModel(problem(self._elastic()))
        self.set_price(price)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns in HiGHS."""
        return self._highs.getNumRow(), self._highs.getNumCol()

    def _elastic(self) -> Arrays:
        a, k = self._layout.arrays, self._layout.links.size
        n, rows = a.matrix.shape[1], self._rows
        select = sparse.csc_array((np.ones(k), (np.arange(k), self._layout.links)), shape=(k, n))
        unit = sparse.eye_array(k, format="csc")
        top = sparse.hstack([sparse.csr_array(a.matrix)[rows], sparse.csc_array((rows.size, 2 * k))])
        free, most = np.full(k, np.inf), np.where(self.soft, np.inf, 0.0)
        return Arrays(
            cost=np.concatenate([a.cost, np.zeros(2 * k)]),
            offset=0.0,
            matrix=sparse.csc_array(sparse.vstack([top, sparse.hstack([select, unit, -unit])])),
            row_lower=np.concatenate([a.row_lower[rows], -free]),
            row_upper=np.concatenate([a.row_upper[rows], free]),
            col_lower=np.concatenate([a.col_lower, np.zeros(2 * k)]),
            col_upper=np.concatenate([a.col_upper, most, most]),
            is_integer=np.zeros(n + 2 * k, dtype=bool),
        )

    def set_price(self, price: np.ndarray) -> None:
        """Price of missing each linking column [kcur per its unit], beyond the band."""
        self.price = price
        n, k = self._layout.columns, price.size
        self._highs.changeColsCost(2 * k, np.arange(n, n + 2 * k, dtype=np.int32), np.concatenate([price, price]))

    def set_link_costs(self, cost: np.ndarray) -> None:
        """Cost of each linking column itself [kcur per its unit]."""
        links = self._layout.links.astype(np.int32)
        self._highs.changeColsCost(links.size, links, cost)

    # -- solving ----------------------------------------------------------------------------------------------------

    def place(self, x: np.ndarray, reach: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """Ask for linking columns within reach of x. lower, upper: the own bounds of all columns of the month."""
        k, rows, n = x.size, self._rows.size, lower.size
        self._highs.changeRowsBounds(k, np.arange(rows, rows + k, dtype=np.int32), x - reach, x + reach)
        self._bounds = b = self._layout.singletons.bounds(self._folded, x, reach, lower, upper)
        self._highs.changeColsBounds(n, np.arange(n, dtype=np.int32), b.lower, b.upper)

    def optimise(self, *, only_warm: bool = False) -> bool:
        """Solve from the last basis; once that takes more iterations than from scratch, from scratch. False if there
        is no answer while hard linking columns stay where they are. Raises MonthFailed."""
        highs = self._highs
        if self._bounds.crossed().size:
            return self._failed("bounds cross")
        set_option(highs, "simplex_iteration_limit", self._limit)
        highs.run()
        is_optimal = highs.getModelStatus() == _STATUS.kOptimal
        if not self._is_accurate() if is_optimal else not self._is_refused():
            set_option(highs, "simplex_iteration_limit", _NO_LIMIT)
            highs.clearSolver()
            if not only_warm:
                highs.run()
        if highs.getModelStatus() != _STATUS.kOptimal:
            return self._failed(highs.modelStatusToString(highs.getModelStatus()))
        if self._limit == _NO_LIMIT:
            self._limit = max(_LEAST_ITERATIONS, int(highs.getInfo().simplex_iteration_count))
        self._now_warm()
        return True

    def _is_accurate(self) -> bool:
        """Whether the rows have the values that HiGHS believes they have."""
        solution = self._highs.getSolution()
        believed = np.array(solution.row_value)[: self._rows.size]
        values = np.array(solution.col_value)[: self._layout.columns]
        wrong = (self._layout.arrays.matrix @ values)[self._rows] - believed
        return bool(np.all(np.abs(wrong) <= _ACCURATE * np.maximum(np.abs(believed), 1.0)))

    def _is_refused(self) -> bool:
        """Whether hard linking columns leave no answer; when none is hard there is one, and HiGHS is asked again."""
        return self._highs.getModelStatus() == _STATUS.kInfeasible and not self.soft.all()

    def _failed(self, status: str) -> bool:
        if self.soft.all():
            raise MonthFailed(status)
        return False

    def _now_warm(self) -> None:
        if not self._is_warm:
            self._is_warm = True
            set_option(self._highs, "simplex_dual_edge_weight_strategy", _DEVEX)

    def answer(self) -> Answer:
        """What HiGHS found."""
        solution, single = self._highs.getSolution(), self._layout.singletons
        values = np.array(solution.col_value)
        m, n, k = self._layout.rows, self._layout.columns, self._layout.links.size
        dual = np.zeros(m)
        dual[self._rows] = np.array(solution.row_dual)[: self._rows.size]
        reduced = np.array(solution.col_dual)[:n]
        number = np.where(reduced > 0, self._bounds.lower_row, self._bounds.upper_row)
        column = np.flatnonzero((reduced != 0) & (number != NONE))
        dual[single.rows[number[column]]] = reduced[column] / single.coefficient[number[column]]
        return Answer(values[:n], values[n : n + k] - values[n + k :], dual)

    # -- softening --------------------------------------------------------------------------------------------------

    def too_dear(self, slope: np.ndarray) -> np.ndarray:
        """Hard linking columns that the month would rather miss than meet. slope: what a unit more of each saves."""
        return ~self.soft & (np.abs(slope) > self.price * (1 + 1e-6))

    def needed(self) -> np.ndarray:
        """After no answer: the hard linking column whose missing mends most for its price; all of them if there is no
        proof that tells."""
        hard, weight = ~self.soft, self._weight_of_proof()
        weight = np.where(hard, weight / np.maximum(self.price, 1e-12), 0.0)
        chosen = np.zeros_like(hard)
        if not weight.any():
            return hard
        chosen[int(weight.argmax())] = True
        return chosen

    def _weight_of_proof(self) -> np.ndarray:
        """How much a unit of each linking column would mend. Shape (linking columns,)."""
        single, k = self._layout.singletons, self._layout.links.size
        weight = np.zeros(k)
        for column in self._bounds.crossed():
            for number in (self._bounds.lower_row[column], self._bounds.upper_row[column]):
                if number != NONE:
                    weight[single.links_of(number)] = 1.0
        if weight.any():
            return weight
        _, has_ray, ray = self._highs.getDualRay()
        if not has_ray:
            return weight
        y = self._proving(np.array(ray))
        on_columns = self._on_columns(y)
        number = np.where(on_columns > 0, self._bounds.upper_row, self._bounds.lower_row)
        column = np.flatnonzero((on_columns != 0) & (number != NONE))
        dual = np.zeros(single.rows.size)
        dual[number[column]] = on_columns[column] / single.coefficient[number[column]]
        return np.abs(y[self._rows.size :] - single.on_links(dual))

    def _proving(self, ray: np.ndarray) -> np.ndarray:
        """A ray with the sign with which it proves: what its rows ask for in sum is more than the columns can give."""
        ray = np.where(np.abs(ray) > _NOTHING * np.abs(ray).max(initial=0.0), ray, 0.0)
        on_columns = self._on_columns(ray)
        lower, upper = self._bounds.lower, self._bounds.upper

        def given(sign: float) -> float:
            d = sign * on_columns
            edge = np.where(d > 0, upper, lower)
            return float(d[d != 0] @ edge[d != 0])

        lp = self._highs.getLp()
        low, high = np.array(lp.row_lower_), np.array(lp.row_upper_)

        def asked(sign: float) -> float:
            y = sign * ray
            edge = np.where(y > 0, low, high)
            return float(y[y != 0] @ edge[y != 0])

        return ray if asked(1.0) - given(1.0) >= asked(-1.0) - given(-1.0) else -ray

    def _on_columns(self, y: np.ndarray) -> np.ndarray:
        """The combination of rows by y on the month's own columns; rounding is zero."""
        a, k = self._layout.arrays, self._layout.links.size
        full = np.zeros(self._layout.rows)
        full[self._rows] = y[: -k or None]
        found = np.where(self._layout.own, a.matrix.T @ full, 0.0)
        return np.where(np.abs(found) > _NOTHING * np.abs(found).max(initial=0.0), found, 0.0)

    def softened(self, more: np.ndarray) -> MonthProblem:
        """The problem with more soft linking columns, from the basis of this one."""
        wider = MonthProblem(self._layout, self.soft | more, self.price)
        wider.start(self.basis())
        return wider

    def moved(self, layout: Layout, columns: np.ndarray, rows: np.ndarray) -> MonthProblem:
        """The problem of another layout, with the same linking columns soft, from the basis of this one. columns, rows:
        the number here of each of its columns and rows, -1 for none: what is new is at its lower bound, or slack."""
        number = np.full(self._layout.columns, NONE)
        number[self._layout.links] = np.arange(self._layout.links.size)
        link = np.where(columns[layout.links] >= 0, number[columns[layout.links]], NONE)
        soft = np.where(link >= 0, self.soft[link], False) | layout.few()
        other = MonthProblem(layout, soft, np.where(link >= 0, self.price[link], 0.0))
        basis = self.basis()
        if basis is None:
            return other
        n, k = self._layout.columns, self._layout.links.size
        short, over = (np.where(link >= 0, first + link, NONE) for first in (n, n + k))
        asked = np.where(link >= 0, self._layout.rows + link, NONE)
        places, kept = np.concatenate([columns, short, over]), np.concatenate([rows, asked])
        states = np.where(places >= 0, basis.columns[places], _LOWER)
        other.start(Basis(states, np.where(kept >= 0, basis.rows[kept], _IS_BASIC), basis.scratch_per_row))
        return other

    def basis(self) -> Basis | None:
        """The last basis with every row a row: a column at a bound that a folded row gives is basic, that row not."""
        found, single = self._highs.getBasis(), self._layout.singletons
        if not found.valid or not self._is_warm:
            return None
        columns = np.array([int(s) for s in found.col_status])
        rows = np.full(self._layout.rows + self._layout.links.size, _IS_BASIC)
        status = np.array([int(s) for s in found.row_status])
        rows[self._rows], rows[self._layout.rows :] = np.split(status, [self._rows.size])
        n = self._layout.columns
        for state, number in ((_LOWER, self._bounds.lower_row), (_UPPER, self._bounds.upper_row)):
            column = np.flatnonzero((columns[:n] == state) & (number != NONE))
            folded = number[column]
            is_same = single.coefficient[folded] > 0
            rows[single.rows[folded]] = np.where(is_same, state, _LOWER + _UPPER - state)
            columns[column] = _IS_BASIC
        return Basis(columns, rows, self._limit / self.shape[0])

    def start(self, basis: Basis | None) -> None:
        """Start from a basis in which every row is a row, if there is one."""
        if basis is None:
            return
        single = self._layout.singletons
        columns, states = basis.columns.copy(), basis.rows[single.rows]
        folded = np.flatnonzero(self._folded & (states != _IS_BASIC))
        is_same = single.coefficient[folded] > 0
        columns[single.column[folded]] = np.where(is_same, states[folded], _LOWER + _UPPER - states[folded])
        given = highspy.HighsBasis()
        given.col_status = [_STATUS_OF[int(s)] for s in columns]
        rows = np.concatenate([basis.rows[self._rows], basis.rows[self._layout.rows :]])
        given.row_status = [_STATUS_OF[int(s)] for s in rows]
        given.valid = True
        self._highs.setBasis(given)
        self._limit = min(_NO_LIMIT, int(basis.scratch_per_row * self.shape[0]))
        self._now_warm()
