"""Pyomo models to arrays, once: the standard form of a block, and blocks joined by their linking variables.

The compiler is Pyomo's own; handing the whole matrix over at once is some ten times faster than row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy import sparse

from models.assembly import build_design, build_operation, linked
from models.case import Case

INFINITY = float("inf")


@dataclass(frozen=True, eq=False)
class Arrays:
    """min cost @ x + offset subject to row_lower <= matrix @ x <= row_upper, col_lower <= x <= col_upper, x[is_integer] whole."""

    cost: np.ndarray
    offset: float
    matrix: sparse.csc_array
    row_lower: np.ndarray
    row_upper: np.ndarray
    col_lower: np.ndarray
    col_upper: np.ndarray
    is_integer: np.ndarray

    @property
    def size(self) -> dict[str, int]:
        """Rows, columns, nonzeros and integers."""
        rows, columns = self.matrix.shape
        return {
            "rows": rows,
            "columns": columns,
            "nonzeros": int(self.matrix.nnz),
            "integers": int(self.is_integer.sum()),
        }


@dataclass(frozen=True, eq=False)
class Compiled:
    """A Pyomo block as arrays, with the Pyomo variable of each column."""

    arrays: Arrays
    variables: list[Any]


def _bound(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)


def compile_block(model: pyo.ConcreteModel) -> Compiled:
    """The standard form of a model whose objective is minimised; fixed variables become constants."""
    form = LinearStandardFormCompiler().write(model, mixed_form=True)
    sense = np.array([row.bound_type for row in form.rows], dtype=int)
    rhs = np.asarray(form.rhs, dtype=float)
    arrays = Arrays(
        cost=np.asarray(form.c.todense(), dtype=float).ravel(),
        offset=float(np.ravel(form.c_offset)[0]),
        matrix=sparse.csc_array(form.A),
        # bound_type: 1 upper, -1 lower, 0 equality (reversed, it would silently solve another problem: tests/math)
        row_lower=np.where(sense <= 0, rhs, -INFINITY),
        row_upper=np.where(sense >= 0, rhs, INFINITY),
        col_lower=np.array([_bound(v.lb, -INFINITY) for v in form.columns]),
        col_upper=np.array([_bound(v.ub, INFINITY) for v in form.columns]),
        is_integer=np.array([not v.is_continuous() for v in form.columns], dtype=bool),
    )
    return Compiled(arrays, list(form.columns))


@dataclass(frozen=True, eq=False)
class Whole:
    """Design and operation problems of a case, compiled, and where each one's columns are in the joined problem."""

    design_model: pyo.ConcreteModel
    operation_models: dict[int, pyo.ConcreteModel]
    joined: Arrays
    variables: list[Any]
    """Pyomo variables of the joined columns; linking variables are those of the design problem"""
    copies: list[tuple[Any, Any]]
    """(design variable, operation variable) of every linking variable"""

    def load(self, values: np.ndarray) -> None:
        """Write a solution of the joined problem back into all Pyomo models; integers are rounded to whole numbers."""
        for variable, value, is_integer in zip(self.variables, values, self.joined.is_integer, strict=True):
            variable.set_value(float(round(value)) if is_integer else float(value), skip_validation=True)
        for mine, theirs in self.copies:
            if not theirs.fixed:
                theirs.set_value(mine.value if mine.value is not None else 0.0, skip_validation=True)


def join(case: Case) -> Whole:
    """Build and compile all blocks of a case and join them: linking variables of a month become the design's columns."""
    design_model = build_design(case)
    operations = {m: build_operation(case, m) for m in case.calendar.months}
    design = compile_block(design_model)
    variables = list(design.variables)
    place = {id(v): i for i, v in enumerate(variables)}
    parts, maps, copies = [design], [np.arange(len(variables))], []
    for m, model in operations.items():
        part = compile_block(model)
        pairs = linked(design_model, model, m)
        copies += pairs
        mine = {id(theirs): own for own, theirs in pairs}
        owners = [mine.get(id(v), v) for v in part.variables]
        for v in owners:
            if id(v) not in place:
                place[id(v)] = len(variables)
                variables.append(v)
        parts.append(part)
        maps.append(np.array([place[id(v)] for v in owners]))
    return Whole(design_model, operations, _stack(parts, maps, len(variables)), variables, copies)


def _stack(parts: list[Compiled], maps: list[np.ndarray], columns: int) -> Arrays:
    """Stack the rows of all parts over one set of columns; bounds of a shared column are intersected."""
    cost = np.zeros(columns)
    lower, upper = np.full(columns, -INFINITY), np.full(columns, INFINITY)
    whole = np.zeros(columns, dtype=bool)
    blocks = []
    for part, index in zip(parts, maps, strict=True):
        a = part.arrays
        np.add.at(cost, index, a.cost)
        lower[index] = np.maximum(lower[index], a.col_lower)
        upper[index] = np.minimum(upper[index], a.col_upper)
        whole[index] |= a.is_integer
        m = sparse.coo_array(a.matrix)
        blocks.append(sparse.coo_array((m.data, (m.row, index[m.col])), shape=(m.shape[0], columns)))
    return Arrays(
        cost=cost,
        offset=sum(p.arrays.offset for p in parts),
        matrix=sparse.csc_array(sparse.vstack(blocks)),
        row_lower=np.concatenate([p.arrays.row_lower for p in parts]),
        row_upper=np.concatenate([p.arrays.row_upper for p in parts]),
        col_lower=lower,
        col_upper=upper,
        is_integer=whole,
    )
