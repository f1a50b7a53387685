"""Case -> proven Design: the one door to the solver.

`arrays` compiles Pyomo blocks and joins them, `highs` runs HiGHS on arrays, `monolithic` hands a case over whole."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from models.case import Case
from models.design import Design, Proof
from planner.solving.gap import LiveProgress

Method = Literal["auto", "decomposed", "monolithic"]


def solve(
    case: Case,
    *,
    gap: float = 0.001,
    time_limit: float | None = None,
    method: Method = "auto",
    seed: int = 0,
    progress: LiveProgress | None = None,
    log_path: Path | None = None,
) -> tuple[Design | None, Proof]:
    """Least-cost design of a case, proven within `gap` of the cost without IT hardware.

    progress(seconds, incumbent kcur, bound kcur) is called while solving. A time limit [s] or Ctrl-C returns the best
    design so far with its proven bound (status "limit"), or None if there is none. Status "infeasible" is a proof."""
    from planner.solving.monolithic import solve_whole

    return solve_whole(case, gap=gap, time_limit=time_limit, seed=seed, progress=progress, log_path=log_path)
