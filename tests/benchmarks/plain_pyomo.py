"""The whole MILP as a plain user of Pyomo would write and solve it: one ConcreteModel, `SolverFactory("appsi_highs")`.

The mathematics is the planner's own (models/assembly.py); nothing of the planner's solving is used. HiGHS keeps its
defaults but for the gap and the time limit."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pyomo.environ as pyo

from models.assembly import join
from models.case import Case


@dataclass(frozen=True)
class Outcome:
    """What one run gave."""

    seconds: float
    """building, hand-over and solving, wall clock"""
    build_seconds: float
    capped: bool
    objective_kcur: float | None
    bound_kcur: float | None


def solve(case: Case, *, gap_kcur: float, cap_s: float) -> Outcome:
    """Solve to a gap in money, or until the cap [s] for everything."""
    begun = time.perf_counter()
    model = join(case)
    built = time.perf_counter() - begun
    solver = pyo.SolverFactory("appsi_highs")
    solver.config.load_solution = False
    solver.config.time_limit = max(cap_s - built, 1.0)
    solver.highs_options = {"mip_abs_gap": gap_kcur, "mip_rel_gap": 0.0}
    results = solver.solve(model)
    seconds = time.perf_counter() - begun
    done = results.termination_condition.name == "optimal"
    return Outcome(seconds, built, not done, results.best_feasible_objective, results.best_objective_bound)
