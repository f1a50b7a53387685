"""The whole problem handed to HiGHS at once: the oracle, and right for small cases."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from models.design import Proof
from planner.solving.arrays import Blocks, join
from planner.solving.gap import LiveProgress, reached
from planner.solving.highs import Run, solve_confirmed
from planner.solving.question import Plan, Question, it_cost_kcur, read_plan


def solve_whole(
    case: Question,
    blocks: Blocks,
    *,
    gap: float,
    time_limit: float | None,
    seed: int,
    progress: LiveProgress | None,
    log_path: Path | None,
) -> tuple[Plan, Proof]:
    """Solve a compiled question whole to `gap` (of the cost without IT hardware).

    Returns the design with its proof; the design is None if the case is proven infeasible or nothing was found in
    time."""
    started = time.monotonic()
    arrays, columns = join(blocks)
    it_cost = it_cost_kcur(case, blocks)

    def objective(solution: np.ndarray) -> float:
        return float(arrays.cost @ solution) + arrays.offset

    def good_enough(solution: np.ndarray, bound: float) -> bool:
        cost = objective(solution)
        return reached(gap, cost, bound, cost - float(it_cost @ solution[: it_cost.size]))

    outcome = solve_confirmed(
        Run(arrays, seed=seed, time_limit=time_limit, log_path=log_path, progress=progress, stop=good_enough)
    )
    seconds = time.monotonic() - started
    if outcome.solution is None:
        status = "infeasible" if outcome.infeasible else "limit"
        return None, Proof(status, float("inf"), outcome.bound, seconds, "monolithic", (outcome.status,))
    blocks.load_design(outcome.solution[: len(blocks.variables)])
    for month, index in columns.items():
        blocks.load_month(month, outcome.solution[index])
    design = read_plan(case, blocks)
    cost = objective(outcome.solution)
    status = "optimal" if outcome.proven else "limit"
    return design, Proof(status, cost, min(outcome.bound, cost), seconds, "monolithic", (outcome.status,))
