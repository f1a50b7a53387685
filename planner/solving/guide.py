"""Where to look first: the relaxed rounds on the year in steps of four hours, which cost a tenth.

Their optimum lies within some tenths of a percent of the true one. There each true month gives a cut whose slope is the
mean of those that hold the coarse optimum, as high as the true month allows near it (`Month.tilted`). These are cuts of
true months, so every bound stays proven; a guide that leads nowhere costs time, nothing else."""

from __future__ import annotations

import numpy as np

from models.portfolio import Portfolio
from planner.solving.coarse import coarse_blocks
from planner.solving.month import Cut, Month, MonthFailed
from planner.solving.question import step_h
from planner.solving.rounds import Rounds, Trial

COARSE_H = 4.0
"""Length of a step of the coarse year [h]: about that of the blocks of tariffs, a fraction of a battery's cycle."""
FROM_STEPS = 2000
"""Shorter horizons are solved before a guide pays off."""
SHARE = 1.0
"""Share of the gap wanted to which the coarse year is solved."""
REACH = 0.1
"""How far from the optimum found the cuts of its slopes are looked for, in sizes: farther takes more iterations."""


def guided(search: Rounds) -> Trial:
    """A first centre for a search whose months nobody has asked anything yet, with the cuts that hold it there.

    Raises NoPlan, Stalled or MonthFailed where the coarse year has no answer: that says nothing about the true one."""
    blocks = coarse_blocks(search.blocks, max(1, round(COARSE_H / step_h(search.case))))
    coarse = Rounds(search.case, blocks, search.gap, search.deadline, search.seed, search.log)
    coarse.it_cost = search.it_cost
    try:
        found = coarse.level(coarse.start(), None, SHARE)
        search.use_scale(coarse.scale, coarse.price)
        x = search.closest(found.x, None, found.x)
        centre = search.accommodate(search.evaluate(x), None)
        _hold(search, centre.x, coarse.master.mean_slopes())
        return centre
    finally:
        coarse.close()


def _hold(search: Rounds, x: np.ndarray, slopes: np.ndarray | None) -> None:
    """Give a search cuts of given slopes, of shape (months, columns of the design), near x."""
    if slopes is None:
        return
    reach = REACH * search.scale
    only_warm = isinstance(search.case, Portfolio)  # from scratch, months of closed sites may take minutes each

    def tilted(month: Month, slope: np.ndarray) -> Cut | None:
        try:
            return month.tilted(slope, x, reach, only_warm=only_warm)
        except MonthFailed:
            return None

    for number, cut in enumerate(search.pool.map(tilted, search.months, slopes)):
        if cut is not None:
            search.master.add(number, cut)
