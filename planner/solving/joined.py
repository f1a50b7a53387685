"""A portfolio as one question: the compiled cases of its candidates, each multiplied by whether its site is open.

A case is min c x + d with rows l <= A x <= u and boxes. With o = 1 if the site is open, its perspective is
min c x + d o with l o <= A x <= u o and boxes times o: the case itself for o = 1, nothing at all for o = 0, and in
between the tightest relaxation of "either, or". Boxes of hourly variables stay as they are (rows for all of them would
double a month); in a closed site they could only earn money, so a row keeps the cost of such a month above its least
possible cost times o."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from scipy import sparse

from models.portfolio import Portfolio, open_case
from models.portfolio_links import build_links
from planner.solving.arrays import (
    Arrays,
    Blocks,
    Compiled,
    Month,
    Steps,
    compile_block,
    compile_case,
    design_arrays,
    stacked,
)


def compile_portfolio(portfolio: Portfolio) -> Blocks:
    """Build and compile every block of every candidate and what joins them. Months are keyed (candidate, month).

    Raises models.blocks.Impossible if a rule without variables fails."""
    parts = [compile_case(open_case(c.case)) for c in portfolio.candidates]
    model = build_links(portfolio, [p.design_model for p in parts])
    model.candidates = {k: p.design_model for k, p in enumerate(parts)}
    links = compile_block(model)
    opened = [model.open[k] for k in range(len(parts))]
    columns: list[Any] = [v for p in parts for v in p.variables]
    place = {id(v): i for i, v in enumerate(columns)}
    for v in (*opened, *links.variables):
        if id(v) not in place:
            place[id(v)] = len(columns)
            columns.append(v)
    starts = np.cumsum([0, *(len(p.variables) for p in parts)])
    designs, maps = [], []
    for k, p in enumerate(parts):
        own = np.append(np.arange(starts[k], starts[k + 1]), place[id(opened[k])])
        arrays = design_arrays(p)
        bounds = [(v.lb, v.ub) for v in p.variables]  # parts that are not allowed were closed after compiling
        upper = np.array([np.inf if b is None else b for _, b in bounds])
        designs.append(switched(replace(arrays, col_upper=np.minimum(arrays.col_upper, upper)), boxes=True))
        maps.append(own)
    maps.append(np.array([place[id(v)] for v in links.variables]))
    designs.append(_as_rows(links.arrays, maps[-1] < starts[-1]))
    months: dict[Month, Compiled] = {}
    linked: dict[Month, dict[int, int]] = {}
    for k, p in enumerate(parts):
        for m, compiled in p.months.items():
            assert isinstance(m, int)
            own_links = p.links[m]
            arrays = switched(compiled.arrays, linking=np.array(sorted(own_links), dtype=int))
            more = arrays.matrix.shape[0] - compiled.arrays.matrix.shape[0]
            months[k, m] = Compiled(
                arrays,
                [*compiled.variables, opened[k]],
                compiled.column_steps.followed_by(1),
                compiled.row_steps.followed_by(more),
            )
            linked[k, m] = {c: int(starts[k]) + t for c, t in own_links.items()}
            linked[k, m][len(compiled.variables)] = place[id(opened[k])]
    operations: dict[Month, Any] = {
        (k, m): o for k, p in enumerate(parts) for m, o in p.operation_models.items() if isinstance(m, int)
    }
    copies = [pair for p in parts for pair in p.copies]
    design, none = stacked(designs, maps, len(columns)), Steps(np.zeros(0, dtype=int), np.zeros(0, dtype=int))
    rows, count = design.matrix.shape
    whole = Compiled(design, columns, none.followed_by(count), none.followed_by(rows))
    return Blocks(model, operations, whole, months, columns, linked, copies)


def switched(a: Arrays, *, boxes: bool = False, linking: np.ndarray | None = None) -> Arrays:
    """The perspective of a problem, its last column new: 1 if it takes place, 0 if nothing of it does.

    boxes: of all columns; otherwise only where a box leaves zero out, and `linking` columns lose theirs, which the
    design problem holds."""
    rows, n = a.matrix.shape
    fixed = a.row_lower == a.row_upper
    ranged = np.isfinite(a.row_lower) & np.isfinite(a.row_upper) & ~fixed
    assert not ranged.any(), "the compiler gives rows with one side"
    side = np.where(np.isfinite(a.row_lower), a.row_lower, a.row_upper)
    side = np.where(np.isfinite(side), side, 0.0)
    lower, upper = np.minimum(a.col_lower, 0.0), np.maximum(a.col_upper, 0.0)
    hold_low = a.col_lower > 0
    hold_high = np.isfinite(a.col_upper) & boxes | (a.col_upper < 0)
    if linking is not None:
        hold_low[linking] = hold_high[linking] = False
    extra = [
        _times_open(n, np.flatnonzero(hold_low), a.col_lower),
        _times_open(n, np.flatnonzero(hold_high), a.col_upper),
    ]
    least = [np.zeros(hold_low.sum()), np.full(hold_high.sum(), -np.inf)]
    most = [np.full(hold_low.sum(), np.inf), np.zeros(hold_high.sum())]
    if not boxes:
        floor = _least_cost(a, linking)
        if floor < 0:
            extra.append(sparse.csc_array(np.append(a.cost, a.offset - floor)[None, :]))
            least.append(np.zeros(1))
            most.append(np.full(1, np.inf))
    top = sparse.hstack([a.matrix, sparse.csc_array(-side[:, None])])
    zero = np.zeros(rows)
    return Arrays(
        cost=np.append(a.cost, a.offset),
        offset=0.0,
        matrix=sparse.csc_array(sparse.vstack([top, *extra])),
        row_lower=np.concatenate([np.where(np.isfinite(a.row_lower), zero, -np.inf), *least]),
        row_upper=np.concatenate([np.where(np.isfinite(a.row_upper), zero, np.inf), *most]),
        col_lower=np.append(lower, 0.0),
        col_upper=np.append(upper, 1.0),
        is_integer=np.append(a.is_integer, boxes),
    )


def _times_open(columns: int, index: np.ndarray, bound: np.ndarray) -> sparse.csc_array:
    """Rows x_j - bound_j * o for the columns `index`."""
    rows = np.arange(index.size)
    data = np.concatenate([np.ones(index.size), -bound[index]])
    where = (np.concatenate([rows, rows]), np.concatenate([index, np.full(index.size, columns)]))
    return sparse.csc_array(sparse.coo_array((data, where), shape=(index.size, columns + 1)))


def _least_cost(a: Arrays, linking: np.ndarray | None) -> float:
    """Least cost that the boxes of the own columns allow [kcur]; at most zero."""
    own = np.ones(a.cost.size, dtype=bool)
    if linking is not None:
        own[linking] = False
    edge = np.where(a.cost > 0, np.minimum(a.col_lower, 0.0), np.maximum(a.col_upper, 0.0))
    used = own & (a.cost != 0)
    return min(0.0, float(a.cost[used] @ edge[used]))


def _as_rows(a: Arrays, known: np.ndarray) -> Arrays:
    """The same problem without the bounds of `known` columns: those of the candidates, which hold only if open."""
    lower, upper = np.where(known, -np.inf, a.col_lower), np.where(known, np.inf, a.col_upper)
    return replace(a, col_lower=lower, col_upper=upper)
