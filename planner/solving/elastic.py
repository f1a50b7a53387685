"""Questions about requirements: with which of them is there a plan, and how far must one give way.

One elastic problem (models/requirements.py) without costs: a question frees some excesses and minimises them. The
months stay the same, and every cut found speaks of what they need, so each question starts with all that the ones
before it have learned."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from models.case import Case
from models.requirements import Requirement, elastic_design, lifted
from planner.solving.arrays import Blocks, compile_case, join, with_design_model
from planner.solving.feasible import free_of_cost
from planner.solving.highs import Run, solve_confirmed
from planner.solving.month_problem import MonthFailed
from planner.solving.rounds import NoPlan, Stalled
from planner.solving.sisters import Sisters

GAP = 0.01
"""Share of the limits to which the least excess is proven, unless asked otherwise."""


class Undecided(RuntimeError):
    """A question that was not answered in time, or on which the search made no progress."""


class Elastic:
    """One case whose requirements can be exceeded."""

    def __init__(
        self,
        case: Case,
        found: tuple[Requirement, ...],
        *,
        whole: bool,
        seed: int = 0,
        months: Collection[int] | None = None,
    ) -> None:
        """Raises models.blocks.Impossible if a rule fails that no requirement governs. whole: hand over whole.

        months: only these are looked at, as if the others needed nothing. What is then impossible is impossible in the
        whole year; what is possible may not be, and least excesses are bounds from below."""
        self.case, self._seed, self._whole = lifted(case, found), seed, whole
        self._gap = GAP
        self._now = {r.path: r.now for r in found}
        blocks = compile_case(self.case)
        blocks = with_design_model(blocks, elastic_design(case, found))
        kept = [m for m in blocks.months if months is None or m in months]
        free = {m: free_of_cost(blocks.months[m]) for m in kept}
        self._blocks = replace(blocks, months=free, links={m: blocks.links[m] for m in kept})
        model = blocks.design_model.requirements
        place = {id(v): i for i, v in enumerate(blocks.design.variables)}
        self._column = {p: place[id(v)] for p, v in model.excess.items() if id(v) in place}
        self._search: Sisters | None = None

    def close(self) -> None:
        """Give the threads back."""
        if self._search is not None:
            self._search.close()

    def least(
        self,
        free: Collection[str],
        weight: Mapping[str, float] | None = None,
        time_limit: float | None = None,
        gap: float = GAP,
    ) -> dict[str, float] | None:
        """How far these requirements give way, each in its own unit, when the others hold: with the least weighted sum
        of excesses (weight: 1 over the limit where none are given; an empty mapping: any will do). None if it is proven
        that there is no plan even so. Raises Undecided when time runs out. A search that stalls is handed over
        whole."""
        self._gap = gap
        blocks = self._asked(free, weight)
        try:
            x = self._solved_whole(blocks, time_limit) if self._whole else self._searched(blocks, time_limit)
        except NoPlan:
            return None
        except (Stalled, MonthFailed):
            try:
                x = self._solved_whole(blocks, time_limit)
            except NoPlan:
                return None
        return {p: max(float(x[self._column[p]]), 0.0) for p in free if p in self._column}

    def _asked(self, free: Collection[str], weight: Mapping[str, float] | None) -> Blocks:
        """The blocks with the bounds and costs of a question."""
        part = self._blocks.design
        a = part.arrays
        cost, upper = np.zeros_like(a.cost), a.col_upper.copy()
        for path, column in self._column.items():
            upper[column] = np.inf if path in free else 0.0
            if path in free:
                size = max(abs(self._now[path]), 1e-6)
                cost[column] = 1 / size if weight is None else weight.get(path, 0.0)
        # Counted from the limits themselves, so that the gap is a share of what is needed, not of what it exceeds.
        offset = 1.0 if cost.any() else 0.0
        design = replace(part, arrays=replace(a, cost=cost, offset=offset, col_upper=upper))
        return replace(self._blocks, design=design)

    def _solved_whole(self, blocks: Blocks, time_limit: float | None) -> np.ndarray:
        arrays, _ = join(blocks)
        run = Run(arrays, seed=self._seed, time_limit=time_limit, options={"mip_rel_gap": self._gap})
        outcome = solve_confirmed(run)
        if outcome.interrupted:
            raise KeyboardInterrupt
        if outcome.infeasible:
            raise NoPlan
        if outcome.solution is None:
            raise Undecided("time limit")
        return outcome.solution

    def _searched(self, blocks: Blocks, time_limit: float | None) -> np.ndarray:
        deadline = None if time_limit is None else time.monotonic() + time_limit
        if self._search is None:
            self._search = Sisters(self.case, blocks, self._gap, deadline, self._seed)
        else:
            self._search.turn(self.case, blocks, self._gap, deadline)
        self._search.it_cost[:] = 0.0
        stopped = self._search.run()
        if self._search.best is None:
            raise Undecided("time limit" if stopped else "no answer")
        return self._search.best.x
