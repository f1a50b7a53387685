"""The whole problem handed to HiGHS at once: the oracle, and right for small cases."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pyomo.environ as pyo

from models.case import Case
from models.design import Design, Proof
from models.readout import read_design
from planner.solving.arrays import Whole, join
from planner.solving.gap import Gap, LiveProgress
from planner.solving.highs import Run


def _it_cost(whole: Whole, case: Case) -> np.ndarray:
    """Cost of IT hardware per unit of each joined column [kcur]: what the reported gap leaves out."""
    it = np.zeros(len(whole.variables))
    if not case.money.counts_it:
        return it
    place = {id(v): i for i, v in enumerate(whole.variables)}
    for option in whole.design_model.sizes.racks:
        v = whole.design_model.sizes.racks[option]
        if id(v) in place:
            it[place[id(v)]] = _rack_cost(case, option[0])
    return it


def _rack_cost(case: Case, name: str) -> float:
    from models import finance

    r = next(r for r in case.racks if r.name == name)
    return (r.cost_kcur + r.ancillary_cost_kcur) * finance.capital_factor(r.terms, case.money)


def solve_whole(
    case: Case,
    *,
    gap: float,
    time_limit: float | None,
    seed: int,
    progress: LiveProgress | None,
    log_path: Path | None,
) -> tuple[Design | None, Proof]:
    """Solve a case whole to `gap` (of the cost without IT hardware).

    Returns the design with its proof; the design is None if the case is proven infeasible or nothing was found in time."""
    started = time.monotonic()
    whole = join(case)
    built = time.monotonic() - started
    it_cost, cost = _it_cost(whole, case), whole.joined.cost
    measure = Gap(gap)

    def good_enough(solution: np.ndarray, bound: float) -> bool:
        objective = float(cost @ solution) + whole.joined.offset
        return measure.reached(objective, bound, objective - float(it_cost @ solution))

    run = Run(
        whole.joined,
        seed=seed,
        time_limit=None if time_limit is None else time_limit - built,
        log_path=log_path,
        progress=None if progress is None else lambda s, incumbent, bound: progress(built + s, incumbent, bound),
        stop=good_enough,
    )
    outcome = run.solve()
    seconds = {"build": built, "solve": time.monotonic() - started - built}
    if outcome.solution is None:
        status = "infeasible" if outcome.infeasible else "limit"
        return None, Proof(status, float("inf"), outcome.bound, sum(seconds.values()), "monolithic", (outcome.status,))
    whole.load(outcome.solution)
    design = read_design(case, whole.design_model, whole.operation_models)
    objective = pyo.value(whole.design_model.cost_kcur) + sum(
        pyo.value(model.cost_kcur) for model in whole.operation_models.values()
    )
    proven = good_enough(outcome.solution, outcome.bound)
    return design, Proof(
        "optimal" if proven else "limit",
        float(objective),
        min(outcome.bound, float(objective)),
        sum(seconds.values()),
        "monolithic",
        (outcome.status, f"build {seconds['build']:.2f} s", f"solve {seconds['solve']:.2f} s"),
    )
