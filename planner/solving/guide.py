"""Where to look: the year in steps of four hours, which costs a tenth, solved before the true one is asked.

Its optimum, relaxed or for given integers, lies within some tenths of a percent of the true one, and its sizes nearer
still: they are the next trial. From there each true month gives a cut whose slope is the mean of those that hold the
coarse optimum, as high as the true month allows near it (`Month.tilted`). These are cuts of true months, so every bound
stays proven; a guide that leads nowhere costs time, nothing else."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from models.portfolio import Portfolio
from planner.solving.coarse import coarse_blocks
from planner.solving.master import Empty, Point
from planner.solving.month import Cut, Month
from planner.solving.month_problem import MonthFailed
from planner.solving.question import step_h
from planner.solving.rounds import OutOfTime, Rounds, Stalled, Trial

COARSE_H = 4.0
"""Length of a step of the coarse year [h]: about that of the blocks of tariffs, a fraction of a battery's cycle."""
FROM_STEPS = 2000
"""Shorter horizons are solved before a guide pays off."""
SHARE = 1.0
"""Share of the gap wanted to which the coarse year is solved relaxed, and its integers are chosen."""
SETTLED_SHARE = 0.6
"""Share of the gap wanted to which its sizes are settled for given integers."""
REACH = 0.1
"""How far from the optimum found the cuts of its slopes are looked for, in sizes: farther takes more iterations."""


class Guide:
    """The coarse year beside a search; it keeps its own cuts from question to question.

    Its methods raise NoPlan, Stalled or MonthFailed where the coarse year has no answer: that says nothing about the
    true one."""

    def __init__(self, search: Rounds) -> None:
        self._search = search
        blocks = coarse_blocks(search.blocks, max(1, round(COARSE_H / step_h(search.case))))
        self._coarse = Rounds(search.case, blocks, search.gap, search.deadline, search.seed, search.log)
        self._coarse.it_cost = search.it_cost
        self._ahead = ThreadPoolExecutor(max_workers=1)
        self._whole: Future[Point | None]
        """the coarse design problem with integers, solved on one core while the true months are first asked"""

    def close(self) -> None:
        """Give the threads back."""
        self._ahead.shutdown(wait=True)
        self._coarse.close()

    def relaxed(self) -> Trial:
        """A first centre for a search whose months nobody has asked anything yet, with the cuts that hold it there."""
        coarse, search = self._coarse, self._search
        found = coarse.level(coarse.start(), None, SHARE)
        if coarse.integer.size:
            money, seconds = SHARE * coarse.money(found), coarse.seconds_left()
            self._whole = coarse.master.whole_aside(self._ahead, money, seconds)
        search.use_scale(coarse.scale, coarse.price)
        return self._held(found.x, None)

    def whole(self) -> Trial | None:
        """The sizes for the integers that are best on the coarse year, as far as `relaxed` got to know it; None if the
        true year is already known to rule them out."""
        coarse = self._coarse
        try:
            point = self._whole.result()
        except Empty:
            raise Stalled("no design on the coarse year") from None
        if point is None:
            raise OutOfTime
        fixed = np.round(point.x[coarse.integer])
        if self._search.master.relaxed(fixed) is None:
            return None
        return self.settled(point.x, fixed, float("inf"))

    def settled(self, near: np.ndarray, fixed: np.ndarray, cutoff: float) -> Trial:
        """The sizes for given integers, from a point near them, with the cuts that hold them there. Integers that cost
        more than the cutoff on the coarse year are only looked at: a cut beside their best sizes will do."""
        coarse = self._coarse
        found = coarse.accommodate(coarse.evaluate(near), fixed)
        found = coarse.level(found, fixed, SETTLED_SHARE, cutoff)
        return self._held(found.x, fixed) if found.cost <= cutoff else self._true(found.x, fixed)

    def _true(self, x: np.ndarray, fixed: np.ndarray | None) -> Trial:
        """The true months at the design nearest to x, or at what they ask for there."""
        search = self._search
        return search.accommodate(search.evaluate(search.closest(x, fixed, x)), fixed)

    def _held(self, x: np.ndarray, fixed: np.ndarray | None) -> Trial:
        centre = self._true(x, fixed)
        slopes = self._coarse.master.mean_slopes(fixed)
        if slopes is not None:
            self._hold(centre.x, fixed, slopes)
        return centre

    def _hold(self, x: np.ndarray, fixed: np.ndarray | None, slopes: np.ndarray) -> None:
        """Give the search cuts of given slopes, of shape (months, columns of the design), near x."""
        search, reach = self._search, REACH * self._search.scale
        only_warm = isinstance(search.case, Portfolio)  # from scratch, months of closed sites may take minutes each
        if fixed is not None:
            reach[search.integer] = 0.0

        def tilted(month: Month, slope: np.ndarray) -> Cut | None:
            try:
                return month.tilted(slope, x, reach, only_warm=only_warm)
            except MonthFailed:
                return None

        for number, cut in enumerate(search.pool.map(tilted, search.months, slopes)):
            if cut is not None:
                search.master.add(number, cut)
