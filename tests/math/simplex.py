"""A small dense simplex method, written for the oracle so that it shares nothing with the solver under test.

Two phases on a full tableau, Dantzig's rule with Bland's rule once it stalls. Every verdict is certified against the
original data: an optimum by primal and dual feasibility of a freshly factorised basis, infeasibility by Farkas' vector.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_PIVOT = 1e-9
_CERTIFIED = 1e-6


@dataclass
class Program:
    """Minimise the sum of cost * x subject to rows and lower <= x <= upper, lower finite."""

    cost: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    rows: list[tuple[dict[int, float], str, float]] = field(default_factory=list)

    def variable(self, cost: float = 0.0, lower: float = 0.0, upper: float = np.inf) -> int:
        """Add a variable; its number is returned."""
        self.cost.append(cost)
        self.lower.append(lower)
        self.upper.append(upper)
        return len(self.cost) - 1

    def row(self, terms: dict[int, float], sense: str, rhs: float) -> None:
        """Add `terms (<=, >=, ==) rhs`."""
        self.rows.append((terms, sense, rhs))

    def _arrays(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], list[str]]:
        n = len(self.cost)
        low = np.array(self.lower)
        bounded = [j for j in range(n) if np.isfinite(self.upper[j])]
        matrix = np.zeros((len(self.rows) + len(bounded), n))
        rhs = np.zeros(matrix.shape[0])
        senses = [s for _, s, _ in self.rows] + ["<="] * len(bounded)
        for i, (terms, _, value) in enumerate(self.rows):
            for j, a in terms.items():
                matrix[i, j] += a
            rhs[i] = value
        for i, j in enumerate(bounded, start=len(self.rows)):
            matrix[i, j], rhs[i] = 1.0, self.upper[j]
        rhs -= matrix @ low
        scale = np.abs(matrix).max(axis=1, initial=0.0) if n else np.zeros(matrix.shape[0])
        scale[scale == 0] = 1.0
        return matrix / scale[:, None], rhs / scale, low, senses

    def solve(self) -> tuple[float, NDArray[np.float64]] | None:
        """Least cost and the values that reach it; None if no values are feasible."""
        matrix, rhs, low, senses = self._arrays()
        result = _two_phases(matrix, rhs, np.array(self.cost), senses)
        if result is None:
            return None
        return float(np.dot(self.cost, result + low)), result + low


def _standard_form(
    matrix: NDArray[np.float64], rhs: NDArray[np.float64], senses: list[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[int], int]:
    """Equality form with slacks, non-negative right-hand side and artificial columns at the end; starting basis."""
    m, n = matrix.shape
    slack_rows = [i for i, s in enumerate(senses) if s != "=="]
    slack = np.zeros((m, len(slack_rows)))
    for k, i in enumerate(slack_rows):
        slack[i, k] = 1.0 if senses[i] == "<=" else -1.0
    a, b = np.hstack([matrix, slack]), rhs.copy()
    a[b < 0] *= -1
    b[b < 0] *= -1
    basis = [-1] * m
    for k, i in enumerate(slack_rows):
        if a[i, n + k] > 0:
            basis[i] = n + k
    missing = [i for i in range(m) if basis[i] < 0]
    artificial = np.zeros((m, len(missing)))
    for k, i in enumerate(missing):
        artificial[i, k] = 1.0
        basis[i] = a.shape[1] + k
    return np.hstack([a, artificial]), b, basis, a.shape[1]


def _two_phases(
    matrix: NDArray[np.float64], rhs: NDArray[np.float64], cost: NDArray[np.float64], senses: list[str]
) -> NDArray[np.float64] | None:
    a, b, basis, real = _standard_form(matrix, rhs, senses)
    table = np.hstack([a, b[:, None]])
    phase_one = np.zeros(a.shape[1])
    phase_one[real:] = 1.0
    _iterate(table, basis, phase_one, a.shape[1])
    if phase_one[basis] @ table[:, -1] > 1e-7:
        _certify(a, b, phase_one, basis, a.shape[1])
        return None
    for i, column in enumerate(basis):  # artificials left at zero leave where they can; else their row is redundant
        if column >= real:
            entering = int(np.argmax(np.abs(table[i, :real])))
            if abs(table[i, entering]) > 1e-7:
                _pivot(table, basis, i, entering)
    full_cost = np.zeros(a.shape[1])
    full_cost[: cost.size] = cost
    _iterate(table, basis, full_cost, real)
    values = _certify(a, b, full_cost, basis, real)
    return values[: cost.size]


def _pivot(table: NDArray[np.float64], basis: list[int], row: int, column: int) -> None:
    table[row] /= table[row, column]
    factors = table[:, column].copy()
    factors[row] = 0.0
    table -= np.outer(factors, table[row])
    basis[row] = column


def _iterate(table: NDArray[np.float64], basis: list[int], cost: NDArray[np.float64], allowed: int) -> None:
    """Pivot until no column below `allowed` improves the cost."""
    for step in range(20000):
        reduced = cost[:allowed] - cost[basis] @ table[:, :allowed]
        tolerance = _PIVOT * max(1.0, float(np.abs(cost).max(initial=0.0)))
        improving = np.flatnonzero(reduced < -tolerance)
        if not improving.size:
            return
        bland = step > 300
        column = int(improving[0]) if bland else int(improving[np.argmin(reduced[improving])])
        positive = np.flatnonzero(table[:, column] > _PIVOT)
        if not positive.size:
            raise ArithmeticError("unbounded")
        ratios = table[positive, -1] / table[positive, column]
        ties = positive[ratios <= ratios.min() + 1e-12]
        row = min(ties, key=lambda i: basis[i]) if bland else max(ties, key=lambda i: table[i, column])
        _pivot(table, basis, int(row), column)
        np.maximum(table[:, -1], 0.0, out=table[:, -1], where=table[:, -1] > -1e-9)
    raise ArithmeticError("no end of pivots")


def _certify(
    a: NDArray[np.float64], b: NDArray[np.float64], cost: NDArray[np.float64], basis: list[int], allowed: int
) -> NDArray[np.float64]:
    """Values of the basis, recomputed; raises unless they are feasible and no allowed column can improve the cost."""
    square = a[:, basis]
    values = np.linalg.solve(square, b)
    duals = np.linalg.solve(square.T, cost[basis])
    scale = max(1.0, float(np.abs(cost).max(initial=0.0)))
    if values.min(initial=0.0) < -_CERTIFIED or (cost - duals @ a)[:allowed].min(initial=0.0) < -_CERTIFIED * scale:
        raise ArithmeticError("the simplex method's verdict does not hold against its own data")
    result = np.zeros(a.shape[1])
    result[basis] = np.maximum(values, 0.0)
    return result
