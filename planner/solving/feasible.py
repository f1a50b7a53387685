"""Whether a case has any plan: the year in months once more, with what the months miss in place of costs.

Missing linking variables, in shares of their sizes, is minimised by the same cuts (phase one). A month's least miss is
zero at every plan, so its cuts `constant + slope @ x` are at most zero there. The case has no plan once the design
problem proves a sum of misses above PROOF; otherwise the search ends at a design that misses nothing. Either way its
cuts hold for the case with its costs too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.solving.arrays import Arrays, Blocks, Compiled
from planner.solving.master import Empty, Point
from planner.solving.rounds import ALPHA, STUCK_ROUNDS, NoPlan, OutOfTime, Rounds, Stalled, Trial

PRICE = 1e3
"""Of missing a linking variable by its whole size: misses then lie far above the tolerances of HiGHS."""
PROOF = 1e-5 * PRICE
"""Sum of priced misses that proves that there is no plan."""
PROGRESS = 0.9
"""A round that leaves more than this share of the misses made no progress."""


def free_of_cost(part: Compiled) -> Compiled:
    """A block whose columns cost nothing."""
    a: Arrays = part.arrays
    return replace(part, arrays=replace(a, cost=np.zeros_like(a.cost), offset=0.0))


def _without_costs(blocks: Blocks) -> Blocks:
    months = {m: free_of_cost(part) for m, part in blocks.months.items()}
    return replace(blocks, design=free_of_cost(blocks.design), months=months)


class Feasibility:
    """Phase one of one search; keeps what it has found out for the next question."""

    def __init__(self, search: Rounds) -> None:
        self._told = 0
        self._misses = Rounds(
            search.case, _without_costs(search.blocks), search.gap, search.deadline, search.seed, search.log
        )
        self._misses.use_scale(search.scale, PRICE)

    def close(self) -> None:
        """Give the threads back."""
        self._misses.close()

    def relaxed(self, near: np.ndarray) -> np.ndarray:
        """A design that misses nothing (or next to nothing), integers relaxed, from a point near it. Raises NoPlan if
        there is none."""
        return self._settle(self._misses.evaluate(near), None)

    def whole(self, near: np.ndarray) -> np.ndarray:
        """A whole design that misses nothing (or next to nothing), first with the integers of a point. Raises NoPlan if
        there is none."""
        misses = self._misses
        fixed = np.round(near[misses.integer])
        while True:
            try:
                return self._settle(misses.evaluate(near), fixed)
            except NoPlan:
                point = self._whole_point()
            if point.bound > PROOF:
                raise NoPlan
            fixed = np.round(point.x[misses.integer])
            near = misses.closest(near, fixed, point.x)

    def _whole_point(self) -> Point:
        try:
            point = self._misses.master.whole(PROOF / 4, self._misses.seconds_left())
        except Empty:
            raise NoPlan from None
        if point is None:
            raise OutOfTime
        return point

    def _settle(self, best: Trial, fixed: np.ndarray | None) -> np.ndarray:
        """Level rounds until nothing is missed, proven that something is, or no progress: then the least missed."""
        misses, idle = self._misses, 0
        while not best.met and idle <= STUCK_ROUNDS:
            point = misses.master.relaxed(fixed)
            if point is None and not misses.master.is_empty:
                raise Stalled("no relaxed design")
            if point is None or point.bound > PROOF:
                raise NoPlan
            level = point.bound + ALPHA * (best.cost - point.bound)
            trial = misses.evaluate(misses.closest(best.x, fixed, point.x, level))
            idle = 0 if trial.met or trial.cost < PROGRESS * best.cost else idle + 1
            best = min(best, trial, key=lambda t: (not t.met, t.cost))
        return best.x

    def tell(self, search: Rounds) -> None:
        """Give the search with costs the cuts found since the last time. The months here then rest."""
        self._told = self._misses.master.share(search.master, self._told)
        self._misses.rest()
