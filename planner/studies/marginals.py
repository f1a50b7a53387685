"""What one more unit of each limit that binds would save.

Two ways, and each figure says by which it was found:

- `re-solved`: the case with the limit relaxed by a step is planned anew. Exact but for the proven gaps of the two
  plans, which are given as an uncertainty. The only way for limits on whole numbers (units of an offer, racks).
- `duals`: the racks, units and other whole numbers stay as chosen, and the rest of the plan (sizes and all hours) is
  one linear problem, whose duals give the saving of a first small step. Where several limits meet in one point, or
  prices change just there, the saving differs by direction: the dual then lies between that of relaxing and that of
  tightening. On-off decisions of single hours are relaxed.

The derivative needs no table of rows. With L the Lagrangian of the linear problem at its optimum (x, y), the cost
changes with a parameter p of the case as dL/dp; the problem compiled from a case with p a little larger holds dL as
differences of its costs, matrix, sides and bounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from models.case import Case
from models.design import MARGINALS_UP_TO_STEPS, Marginal, Proof, is_whole
from models.places import at, put
from models.stages import Growth
from planner.solving import is_cut_short, solve, solve_growth
from planner.solving.arrays import Arrays, compile_case, join
from planner.solving.fixed import VERTEX_UP_TO_STEPS
from planner.solving.linear import Linear, Optimum
from planner.solving.question import steps

Way = Literal["auto", "none", "duals", "exact", "each"]
RELATIVE_STEP = 0.01
"""A limit on a continuous quantity is relaxed by this share of itself, for a plan made anew."""
SMALL = 1e-4
"""Share by which a limit is relaxed to see which figures of the problem hold it."""


Question = Case | Growth
"""Of a plan of growth the paths are those of its stages: `stages[phase 2].case.grid.import_limit_mw`."""


def marginals(
    case: Question,
    proof: Proof,
    paths: Iterable[str],
    way: Way,
    chosen: np.ndarray | None,
    *,
    gap: float,
    method: Any = "auto",
) -> tuple[Marginal, ...]:
    """The saving of each limit named by its path, in their order. chosen: values of the design's columns, None if they
    are not known. auto: by duals, for a year of hours at most and if the time did not run out. each: by duals, and
    whole numbers, of which duals say nothing, by planning again."""
    wanted = [p for p in dict.fromkeys(paths) if isinstance(_value(case, p), (int, float))]
    if way == "auto":
        way = "none" if is_cut_short(proof) or steps(case) > MARGINALS_UP_TO_STEPS else "duals"
    if way == "none" or not wanted:
        return ()
    if way == "exact":
        return tuple(_solved_again(case, proof, path, gap, method) for path in wanted)
    whole = [path for path in wanted if way == "each" and is_whole(path)]
    smooth = [path for path in wanted if path not in whole]
    by_path = {m.path: m for m in (by_duals(case, smooth, chosen) if chosen is not None and smooth else ())}
    by_path |= {path: _solved_again(case, proof, path, gap, method) for path in whole}
    return tuple(by_path[path] for path in wanted if path in by_path)


def _value(case: Question, path: str) -> Any:
    try:
        return at(case, path)
    except (AttributeError, StopIteration):
        return None


def _saving(path: str, kcur: float) -> float:
    """More room never costs more, but for rounding and gaps; more contracted capacity may, because it has a fee."""
    return kcur if path.endswith("grid.contract_mw") else max(kcur, 0.0)


def _solved_again(case: Question, proof: Proof, path: str, gap: float, method: Any) -> Marginal:
    """Plan the case with one limit relaxed."""
    now = at(case, path)
    step = 1 if is_whole(path) else RELATIVE_STEP * float(now)
    relaxed = put(case, path, now + step)
    again = (solve_growth if isinstance(relaxed, Growth) else solve)(relaxed, gap=gap, method=method)[1]
    if not np.isfinite(again.objective_kcur):
        return Marginal(path, float(step), None, "re-solved")
    saving = _saving(path, (proof.objective_kcur - again.objective_kcur) / step)
    slack = max(proof.objective_kcur - proof.bound_kcur, again.objective_kcur - again.bound_kcur, 0.0) / step
    return Marginal(path, float(step), saving, "re-solved", slack)


def by_duals(case: Question, paths: list[str], chosen: np.ndarray) -> tuple[Marginal, ...]:
    """Savings of a first small step; chosen: values of the design's columns, whose whole numbers stay as they are."""
    blocks = compile_case(case)
    arrays, _ = join(blocks)
    whole = np.flatnonzero(arrays.is_integer[: chosen.size])
    asked = [path for path in paths if not is_whole(path)]
    optimum = _optimum(arrays, whole, np.round(chosen[whole]), steps(case)) if asked else None
    found = []
    for path in paths:
        now = float(at(case, path))
        step, saving = SMALL * max(abs(now), 1e-6), None
        if optimum is not None and not is_whole(path):
            other, _ = join(compile_case(put(case, path, now + step)))
            change = _lagrangian_change(arrays, other, optimum)
            saving = None if change is None else _saving(path, -change / step)
        found.append(Marginal(path, step, saving, "duals"))
    return tuple(found)


def _optimum(arrays: Arrays, whole: np.ndarray, values: np.ndarray, number: int) -> Optimum | None:
    """The joint problem with whole numbers fixed (their reduced costs zero: they do not move)."""
    lower, upper = arrays.col_lower.copy(), arrays.col_upper.copy()
    lower[whole] = upper[whole] = values
    relaxed = np.zeros(arrays.is_integer.size, dtype=bool)
    linear = Linear(interior=number > VERTEX_UP_TO_STEPS)
    found = linear.solve(replace(arrays, col_lower=lower, col_upper=upper, is_integer=relaxed))
    if found is not None:
        found.reduced[whole] = 0.0
    return found


def _lagrangian_change(a: Arrays, b: Arrays, optimum: Optimum) -> float | None:
    """Change of the optimal cost from problem a to its neighbour b, first order [kcur]; None if shapes differ."""
    if a.matrix.shape != b.matrix.shape:
        return None
    x, y = optimum.values, optimum.row_dual
    change = float((b.cost - a.cost) @ x) + b.offset - a.offset
    change -= float(y @ ((b.matrix - a.matrix) @ x))
    change += _moved(y, a.row_lower, b.row_lower, a.row_upper, b.row_upper)
    return change + _moved(optimum.reduced, a.col_lower, b.col_lower, a.col_upper, b.col_upper)


def _moved(dual: np.ndarray, lower: np.ndarray, lower2: np.ndarray, upper: np.ndarray, upper2: np.ndarray) -> float:
    """What moving sides costs: a positive dual belongs to the lower side, a negative one to the upper."""
    with np.errstate(invalid="ignore"):
        down, up = lower2 - lower, upper2 - upper
    down, up = np.where(np.isfinite(down), down, 0.0), np.where(np.isfinite(up), up, 0.0)
    return float(np.where(dual > 0, dual * down, dual * up).sum())
