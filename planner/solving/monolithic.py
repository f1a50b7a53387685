"""The whole problem handed to HiGHS at once: the oracle, and right for small cases."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from models.design import Proof
from planner.solving.arrays import Arrays, Blocks, join
from planner.solving.gap import LiveProgress, reached
from planner.solving.highs import SECOND_LOOK_S, Outcome, Run, Stop
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

    outcome = Run(
        arrays, seed=seed, time_limit=time_limit, log_path=log_path, progress=progress, stop=good_enough
    ).solve()
    if outcome.solution is not None and good_enough(outcome.solution, outcome.bound):
        took = time.monotonic() - started
        left = SECOND_LOOK_S if time_limit is None else time_limit - took
        outcome = _confirmed(outcome, arrays, seed, min(left, SECOND_LOOK_S, max(1.0, 3 * took)), good_enough)
    seconds = time.monotonic() - started
    if outcome.solution is None:
        status = "infeasible" if outcome.infeasible else "limit"
        return None, Proof(status, float("inf"), outcome.bound, seconds, "monolithic", (outcome.status,))
    blocks.load_design(outcome.solution[: len(blocks.variables)])
    for month, index in columns.items():
        blocks.load_month(month, outcome.solution[index])
    design = read_plan(case, blocks)
    cost = objective(outcome.solution)
    status = "optimal" if good_enough(outcome.solution, outcome.bound) else "limit"
    return design, Proof(status, cost, min(outcome.bound, cost), seconds, "monolithic", (outcome.status,))


def _confirmed(outcome: Outcome, arrays: Arrays, seed: int, longest_s: float, good_enough: Stop) -> Outcome:
    """The outcome, unless a second look without presolve, which has told bounds above the least cost, finds less than
    its bound: then what that finds."""
    if longest_s <= 0 or not arrays.is_integer.any():
        return outcome
    second = Run(
        arrays, seed=seed, time_limit=longest_s, stop=good_enough, start=outcome.solution, options={"presolve": "off"}
    ).solve()
    slack = 1e-6 * max(1.0, abs(outcome.bound))
    return outcome if second.objective is None or second.objective >= outcome.bound - slack else second
