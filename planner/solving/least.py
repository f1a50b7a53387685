"""The least site energy that any design of a case can do with: how low a TokEnergy target may be."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models.case import Case
from models.catalogue import reference_mtok
from planner.solving.arrays import Blocks, compile_case, join
from planner.solving.decomposed import Search, run_search
from planner.solving.feasible import free_of_cost
from planner.solving.highs import Run, solve_confirmed
from planner.solving.month_problem import MonthFailed
from planner.solving.rounds import NoPlan, Stalled

GAP = 0.002
"""Relative gap to which the least is proven."""
_NEVER_BINDING = 1e3


@dataclass(frozen=True)
class LeastTokenergy:
    """The lowest TokEnergy that a case's designs reach, costs aside [Wh per 1,000 reference tokens]."""

    reached: float
    """of the best design found"""
    bound: float
    """no design is lower"""


def least_tokenergy(case: Case, *, seed: int = 0, time_limit: float | None = None) -> LeastTokenergy | None:
    """How low TokEnergy can be while all other requirements hold, within GAP; None if that is not found (in time).

    Raises NoPlan if the other requirements alone leave no design. The case must have a target; its value is ignored."""
    target = case.limits.tokenergy_wh_per_ktok
    if target is None:
        raise ValueError("the case has no TokEnergy target")
    deadline = None if time_limit is None else time.monotonic() + time_limit
    free = replace(case, limits=replace(case.limits, tokenergy_wh_per_ktok=_NEVER_BINDING * target))
    blocks = compile_case(free)
    per_mwh = 1e3 / reference_mtok(case)
    # Months that miss their sizes by a rounding can need a rounding less than the bound says: then once more with the
    # energy of each month as a link, which is slower and keeps them apart.
    for priced in (priced_by(blocks, "site_energy_mwh"), _priced_as_links(blocks, "site_energy_mwh")):
        search = Search(free, priced, GAP, deadline, seed, [])
        search.it_cost[:] = 0.0
        try:
            stopped = run_search(search)
        except (Stalled, MonthFailed):
            continue
        finally:
            search.close()
        if stopped or search.best is None:
            return None
        return LeastTokenergy(search.best.cost * per_mwh, search.bound * per_mwh)
    return None


def _priced_as_links(blocks: Blocks, column: str) -> Blocks:
    """The blocks with what months may use of something as the design problem's only cost."""
    return counted(blocks, [m.component(column) for m in blocks.design_model.month.values()])


def counted(blocks: Blocks, variables: Collection[Any]) -> Blocks:
    """The blocks with the sum of these variables of the design problem as their only cost."""
    design, meant = free_of_cost(blocks.design), {id(v) for v in variables}
    cost = np.array([float(id(v) in meant) for v in design.variables])
    months = {m: free_of_cost(part) for m, part in blocks.months.items()}
    return replace(blocks, design=replace(design, arrays=replace(design.arrays, cost=cost)), months=months)


def priced_by(blocks: Blocks, column: str) -> Blocks:
    """The blocks with what the months use of something as their only cost: `column` names a variable of the design
    problem's months, such as the site energy [MWh] that a month may use. Here each month says how little it needs, so
    that the variable is no link, and its cuts are about sizes alone."""
    months, links = {}, {}
    for m, part in blocks.months.items():
        budget = blocks.design_model.month[m].component(column)
        own = next(j for j, target in blocks.links[m].items() if blocks.variables[target] is budget)
        cost = np.zeros_like(part.arrays.cost)
        cost[own] = 1.0
        months[m] = replace(part, arrays=replace(part.arrays, cost=cost, offset=0.0))
        links[m] = {j: target for j, target in blocks.links[m].items() if j != own}
    return replace(blocks, design=free_of_cost(blocks.design), months=months, links=links)


def least_whole(blocks: Blocks, *, seed: int, time_limit: float | None) -> tuple[float, float] | None:
    """The least cost of blocks handed over whole, for short horizons: what was reached, and what nothing goes below.
    None if it is not found in time; raises NoPlan if the blocks have no plan."""
    arrays, _ = join(blocks)
    outcome = solve_confirmed(Run(arrays, seed=seed, time_limit=time_limit, options={"mip_rel_gap": GAP}))
    if outcome.interrupted:
        raise KeyboardInterrupt
    if outcome.infeasible:
        raise NoPlan
    if outcome.solution is None or outcome.objective is None:
        return None
    return outcome.objective, outcome.bound


__all__ = ["GAP", "LeastTokenergy", "NoPlan", "counted", "least_tokenergy", "least_whole", "priced_by"]
