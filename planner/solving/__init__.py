"""Case -> proven Design: the one door to the solver.

`arrays` compiles Pyomo blocks and joins them, `highs` runs HiGHS on arrays, `monolithic` hands a case over whole."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, TypedDict, Unpack

import numpy as np

from models.case import Case
from models.design import Design, Proof
from models.portfolio import Portfolio, PortfolioPlan
from models.scenarios import ScenarioPlan, Scenarios
from models.stages import Growth, GrowthPlan
from planner.solving import loading  # noqa: F401  (before anything here asks for scipy)
from planner.solving.gap import LiveProgress

DECOMPOSED_FROM_STEPS = 600
"""Shorter horizons are handed over whole: the decomposition pays off from a few hundred hours."""

Method = Literal["auto", "decomposed", "monolithic"]


class Options(TypedDict, total=False):
    """How to solve, the same for every kind of question."""

    gap: float
    """proven gap wanted, share of the cost without IT hardware; 0.001 unless told"""
    time_limit: float | None
    """seconds [s]; None: until proven"""
    method: Method
    """auto unless told"""
    seed: int
    progress: LiveProgress | None
    """called with (seconds, incumbent kcur, bound kcur) while solving"""
    log_path: Path | None
    to_beat_kcur: float
    """cost of another plan: a year solved month by month ends once no plan can cost less (status "dearer")"""


def solve(
    case: Case,
    *,
    chosen: Callable[[np.ndarray], None] | None = None,
    counted: Callable[[dict[str, int]], None] | None = None,
    **options: Unpack[Options],
) -> tuple[Design | None, Proof]:
    """Least-cost design of a case, proven within `gap` of the cost without IT hardware.

    A time limit or Ctrl-C returns the best design so far with its proven bound (status "limit"), or None if there is
    none. Status "infeasible" is a proof. chosen(values) is told the plan's values of `Blocks.variables`;
    counted(numbers) its whole numbers by name."""
    design, proof = _solve(case, chosen, counted, **options)
    return (None, proof) if design is None else trimmed(case, design, proof)


def solve_growth(
    growth: Growth, *, chosen: Callable[[np.ndarray], None] | None = None, **options: Unpack[Options]
) -> tuple[GrowthPlan | None, Proof]:
    """Least-cost plan of all stages of a plan of growth together; otherwise as `solve`."""
    return _solve(growth, chosen, **options)


def solve_scenarios(question: Scenarios, **options: Unpack[Options]) -> tuple[ScenarioPlan | None, Proof]:
    """The plan of least expected cost, or of least largest regret, over all scenarios; otherwise as `solve`."""
    from planner.solving.question import cost_kcur

    plan, proof = _solve(question, **options)
    if plan is None or question.objective == "expected":
        return plan, proof
    own = cost_kcur(question, plan)  # months of other scenarios than the worst may cost less than they were allowed
    return plan, replace(proof, objective_kcur=own, bound_kcur=min(proof.bound_kcur, own))


def solve_portfolio(portfolio: Portfolio, **options: Unpack[Options]) -> tuple[PortfolioPlan | None, Proof]:
    """Least-cost choice of sites, parts of workloads and plans of all open sites together; otherwise as `solve`."""
    return _solve(portfolio, **options)


def _solve(
    question: Any,
    chosen: Callable[[np.ndarray], None] | None = None,
    counted: Callable[[dict[str, int]], None] | None = None,
    *,
    gap: float = 0.001,
    time_limit: float | None = None,
    method: Method = "auto",
    seed: int = 0,
    progress: LiveProgress | None = None,
    log_path: Path | None = None,
    to_beat_kcur: float = float("inf"),
) -> tuple[Any, Proof]:
    from models.blocks import Impossible
    from planner.solving.arrays import compile_case
    from planner.solving.fixed import whole_numbers
    from planner.solving.joined import compile_portfolio

    started = time.monotonic()
    try:
        compiled = compile_portfolio if isinstance(question, Portfolio) else compile_case
        blocks = compiled(question)
    except Impossible as rule:
        seconds, infinite = time.monotonic() - started, float("inf")
        return None, Proof("infeasible", infinite, infinite, seconds, method, rule=str(rule))
    built = time.monotonic() - started
    plan, proof = solve_blocks(
        question,
        blocks,
        gap=gap,
        time_limit=None if time_limit is None else time_limit - built,
        method=method,
        seed=seed,
        progress=progress,
        log_path=log_path,
        to_beat_kcur=to_beat_kcur,
    )
    if plan is not None:
        values = np.array([0.0 if v.value is None else float(v.value) for v in blocks.variables])
        if chosen is not None:
            chosen(values)
        if counted is not None:
            counted(whole_numbers(blocks, values))
    return plan, replace(proof, seconds=proof.seconds + built, build_seconds=built)


def solve_blocks(
    question: Any, blocks: Any, *, gap: float, time_limit: float | None, method: Method, seed: int,
    progress: LiveProgress | None, log_path: Path | None, to_beat_kcur: float = float("inf"),
) -> tuple[Any, Proof]:  # fmt: skip
    """Solve a compiled question whole or month by month, by its length unless the method says which."""
    from planner.solving.decomposed import solve_decomposed
    from planner.solving.monolithic import solve_whole
    from planner.solving.question import steps

    whole = method == "monolithic" or (method == "auto" and steps(question) < DECOMPOSED_FROM_STEPS)
    how = solve_whole if whole else functools.partial(solve_decomposed, to_beat_kcur=to_beat_kcur)
    return how(question, blocks, gap=gap, time_limit=time_limit, seed=seed, progress=progress, log_path=log_path)


def is_interrupted(proof: Proof) -> bool:
    """Whether Ctrl-C ended a search before its gap (HiGHS also says so of one that was good enough)."""
    return proof.status == "limit" and any(note.lower().startswith("interrupted") for note in proof.notes)


def is_cut_short(proof: Proof) -> bool:
    """Whether a search ran out of time or was interrupted."""
    timed_out = any(note.lower().startswith("time limit") for note in proof.notes)
    return proof.status == "limit" and (timed_out or is_interrupted(proof))


def trimmed(case: Case, design: Design, proof: Proof) -> tuple[Design, Proof]:
    """The design without sizes that nothing uses, and its cost. What the model said stays visible to the recheck: only
    the difference that trimming makes is taken off."""
    from models.accounts import account
    from models.readout import trim

    slim = trim(case, design)
    saved = account(case, design).objective_kcur - account(case, slim).objective_kcur
    objective = proof.objective_kcur - saved
    return slim, replace(proof, objective_kcur=objective, bound_kcur=min(proof.bound_kcur, objective))
