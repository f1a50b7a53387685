"""Pyomo models to arrays, once: the standard form of a block, and blocks joined by their linking variables.

The compiler is Pyomo's own; handing the whole matrix over at once is some ten times faster than row by row."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.core as pyo
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy import sparse

from models.assembly import build_design, build_operation, linked
from models.case import Case
from models.growth import build_growth
from models.scenario_tree import build_scenarios, places, spent_pair, weigh
from models.scenarios import Scenarios
from models.stages import Growth
from planner.solving.memory import give_back_large_blocks

INFINITY = float("inf")

Month = int | tuple[int, int] | tuple[int, int, int]
"""A month of a case; of a plan of growth, (stage, month); of scenarios, (scenario, stage, month)."""


@dataclass(frozen=True, eq=False)
class Arrays:
    """min cost @ x + offset subject to row_lower <= matrix @ x <= row_upper, col_lower <= x <= col_upper,
    x[is_integer] whole."""

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
class Steps:
    """Which entries (columns or rows) of a block are the same thing in different steps."""

    family: np.ndarray
    """number per entry: the Pyomo component and its index without a last whole number"""
    step: np.ndarray
    """that last whole number; -1 without one"""
    names: tuple[Any, ...] = ()
    """of each family: its component's name and the rest of its index"""

    def followed_by(self, count: int) -> Steps:
        """These entries, then `count` more that are alone of their kind."""
        first = len(self.names)
        family = np.concatenate([self.family, np.arange(first, first + count)])
        step = np.concatenate([self.step, np.full(count, -1)])
        return Steps(family, step, (*self.names, *(("", number) for number in range(first, first + count))))

    def numbers_in(self, other: Steps) -> np.ndarray:
        """For each entry its number among those of another block, where it is the same thing; -1 where it is not."""
        found = {name: number for number, name in enumerate(other.names)}
        if not found or not self.names:
            return np.full(self.step.size, -1)
        same = np.array([found.get(name, -1) for name in self.names], dtype=int)[self.family]
        width = int(max(self.step.max(), other.step.max())) + 2
        wanted, theirs = same * width + self.step + 1, other.family * width + other.step + 1
        order = np.argsort(theirs, kind="stable")
        number = order[np.minimum(np.searchsorted(theirs[order], wanted), theirs.size - 1)]
        return np.where((same >= 0) & (theirs[number] == wanted), number, -1)


@dataclass(frozen=True, eq=False)
class Compiled:
    """A Pyomo block as arrays, with the Pyomo variable of each column."""

    arrays: Arrays
    variables: list[Any]
    column_steps: Steps
    row_steps: Steps


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
    rows = [row.constraint for row in form.rows]
    return Compiled(arrays, list(form.columns), _steps(form.columns), _steps(rows))


def _steps(entries: list[Any]) -> Steps:
    numbers: dict[Any, int] = {}
    names: list[Any] = []
    family, step = [], []
    for entry in entries:
        index = entry.index()
        if isinstance(index, tuple):
            index, last = index[:-1], index[-1]
        else:
            index, last = (), index
        is_step = isinstance(last, int)
        component, rest = entry.parent_component(), (index, None if is_step else last)
        key = (id(component), *rest)
        if key not in numbers:
            numbers[key] = len(names)
            names.append((component.name, *rest))
        family.append(numbers[key])
        step.append(last if is_step else -1)
    return Steps(np.array(family, dtype=int), np.array(step, dtype=int), tuple(names))


@dataclass(frozen=True, eq=False)
class Blocks:
    """Design and operation problems of a case, or of all stages and scenarios, each compiled once, and how their
    linking variables correspond."""

    design_model: pyo.ConcreteModel
    operation_models: dict[Month, pyo.ConcreteModel]
    design: Compiled
    months: dict[Month, Compiled]
    variables: list[Any]
    """the design's columns, then linking variables that no row or cost of the design holds"""
    links: dict[Month, dict[int, int]]
    """month -> {column of its operation problem: column of the design}"""
    copies: list[tuple[Any, Any]]
    """(design variable, operation variable) of every linking variable"""

    def load_design(self, values: np.ndarray) -> None:
        """Write values of the design's columns, and so of all linking variables, into the Pyomo models."""
        for variable, value in zip(self.variables, values, strict=True):
            variable.set_value(_whole(variable, value), skip_validation=True)
        for mine, theirs in self.copies:
            if not theirs.fixed:
                theirs.set_value(mine.value if mine.value is not None else 0.0, skip_validation=True)

    def load_month(self, month: Month, values: np.ndarray) -> None:
        """Write values of a month's own columns into its Pyomo model; linking variables keep the design's values."""
        for column, (variable, value) in enumerate(zip(self.months[month].variables, values, strict=True)):
            if column not in self.links[month]:
                variable.set_value(_whole(variable, value), skip_validation=True)


def _whole(variable: Any, value: float) -> float:
    return float(value) if variable.is_continuous() else float(round(value))


def compile_case(question: Case | Growth | Scenarios, like: tuple[Case | Growth, Blocks] | None = None) -> Blocks:
    """Build and compile every block of a case, or of every stage and scenario. Raises models.blocks.Impossible if a
    rule without variables fails.

    like: another question and its blocks; operation problems of a case that it holds too (the same object) are taken
    over from there."""
    give_back_large_blocks()
    operations: dict[Month, pyo.ConcreteModel] = {}
    months: dict[Month, Compiled] = {}
    floors: dict[Any, float] = {}
    known = {} if like is None else dict(_cases(like[0]))
    with _no_collection(), _no_log():
        for place, case in _cases(question):
            if like is not None and known.get(place) is case:
                operations[place], months[place] = like[1].operation_models[place], like[1].months[place]
                continue
            model = build_operation(case, place if isinstance(place, int) else place[-1])
            if isinstance(question, Scenarios):
                floors[place] = weigh(question, place, model)
            operations[place], months[place] = model, compile_block(model)
            _drop_rows(model)
        if isinstance(question, Scenarios):
            design_model = build_scenarios(question, floors)
        else:
            design_model = build_growth(question) if isinstance(question, Growth) else build_design(question)
        design = compile_block(design_model)
    return _linked_blocks(design_model, design, operations, months)


def _cases(question: Case | Growth | Scenarios) -> Iterator[tuple[Any, Case]]:
    """Each operation problem of a question by its place, and the case that it belongs to."""
    if isinstance(question, Scenarios):
        yield from ((p, question.scenarios[p[0]].growth.stages[p[1]].case) for p in places(question))
    elif isinstance(question, Growth):
        for k, stage in enumerate(question.stages):
            if k >= question.settled:
                yield from (((k, m), stage.case) for m in stage.case.calendar.months)
    else:
        yield from ((m, question) for m in question.calendar.months)


def _drop_rows(model: pyo.ConcreteModel) -> None:
    """Let go of the expressions of rows that are arrays by now: half of what a model takes, and the next one's room."""
    for rows in model.component_objects(pyo.Constraint):
        rows.clear()


def with_design(blocks: Blocks, case: Case) -> Blocks:
    """The operation problems of `blocks` under the design problem of another case.

    The case may differ in whatever only the design problem holds: offers and rules for orders, first costs, budget,
    land. Raises models.blocks.Impossible if a rule without variables fails."""
    with _no_log():
        return with_design_model(blocks, build_design(case))


def with_design_model(blocks: Blocks, design_model: pyo.ConcreteModel) -> Blocks:
    """The operation problems of `blocks` under another design problem with the same linking variables."""
    return _linked_blocks(design_model, compile_block(design_model), blocks.operation_models, blocks.months)


def _pairs(design_model: pyo.ConcreteModel, operation: pyo.ConcreteModel, month: Month) -> list[tuple[Any, Any]]:
    """(design variable, operation variable) of one month's linking variables."""
    if isinstance(month, int):
        return linked(design_model, operation, month)
    if len(month) == 2:
        return linked(design_model.stage[month[0]], operation, month[1])
    stage = design_model.scenario[month[0]].stage[month[1]]
    return linked(stage, operation, month[2]) + spent_pair(design_model, month, operation)


def _linked_blocks(
    design_model: pyo.ConcreteModel,
    design: Compiled,
    operations: dict[Month, pyo.ConcreteModel],
    months: dict[Month, Compiled],
) -> Blocks:
    variables = list(design.variables)
    place = {id(v): i for i, v in enumerate(variables)}
    links: dict[Month, dict[int, int]] = {}
    copies = []
    for m, part in months.items():
        pairs = _pairs(design_model, operations[m], m)
        copies += pairs
        mine = {id(theirs): own for own, theirs in pairs}
        links[m] = {}
        for column, v in enumerate(part.variables):
            own = mine.get(id(v))
            if own is None:
                continue
            if id(own) not in place:
                place[id(own)] = len(variables)
                variables.append(own)
            links[m][column] = place[id(own)]
    return Blocks(design_model, operations, design, months, variables, links, copies)


@contextmanager
def _no_collection() -> Iterator[None]:
    """No garbage collection meanwhile: going through a million live expressions again and again took a third of the
    time, and found nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _no_log() -> Iterator[None]:
    """No words of Pyomo on standard output, where results go: it logs each error that it then raises."""
    logger = logging.getLogger("pyomo.core")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def design_arrays(blocks: Blocks) -> Arrays:
    """The design problem over all of `blocks.variables`."""
    a, extra = blocks.design.arrays, blocks.variables[len(blocks.design.variables) :]
    rows, n = a.matrix.shape[0], len(extra)
    return Arrays(
        cost=np.concatenate([a.cost, np.zeros(n)]),
        offset=a.offset,
        matrix=sparse.csc_array(sparse.hstack([a.matrix, sparse.csc_array((rows, n))])),
        row_lower=a.row_lower,
        row_upper=a.row_upper,
        col_lower=np.concatenate([a.col_lower, [_bound(v.lb, -INFINITY) for v in extra]]),
        col_upper=np.concatenate([a.col_upper, [_bound(v.ub, INFINITY) for v in extra]]),
        is_integer=np.concatenate([a.is_integer, np.zeros(n, dtype=bool)]),
    )


def join(blocks: Blocks) -> tuple[Arrays, dict[Month, np.ndarray]]:
    """The whole problem: linking columns of a month become the design's. Also each month's columns in the whole."""
    total = len(blocks.variables)
    parts, maps = [design_arrays(blocks)], [np.arange(total)]
    for m, part in blocks.months.items():
        own = [c for c in range(len(part.variables)) if c not in blocks.links[m]]
        index = np.empty(len(part.variables), dtype=int)
        index[own] = np.arange(total, total + len(own))
        for column, target in blocks.links[m].items():
            index[column] = target
        total += len(own)
        parts.append(part.arrays)
        maps.append(index)
    return stacked(parts, maps, total), dict(zip(blocks.months, maps[1:], strict=True))


def stacked(parts: list[Arrays], maps: list[np.ndarray], columns: int) -> Arrays:
    """The rows of all parts over one set of columns; bounds of a shared column are intersected.

    maps: for each part, the place of each of its columns."""
    cost = np.zeros(columns)
    lower, upper = np.full(columns, -INFINITY), np.full(columns, INFINITY)
    whole = np.zeros(columns, dtype=bool)
    rows = []
    for a, index in zip(parts, maps, strict=True):
        cost[index] += a.cost
        lower[index] = np.maximum(lower[index], a.col_lower)
        upper[index] = np.minimum(upper[index], a.col_upper)
        whole[index] |= a.is_integer
        m = sparse.coo_array(a.matrix)
        rows.append(sparse.coo_array((m.data, (m.row, index[m.col])), shape=(m.shape[0], columns)))
    return Arrays(
        cost=cost,
        offset=sum(a.offset for a in parts),
        matrix=sparse.csc_array(sparse.vstack(rows)),
        row_lower=np.concatenate([a.row_lower for a in parts]),
        row_upper=np.concatenate([a.row_upper for a in parts]),
        col_lower=lower,
        col_upper=upper,
        is_integer=whole,
    )
