"""Least cost of a site while the date of its connection moves: what plans proven for a few dates say of every date.

Where service may start late, at a price per month, a later connection never makes the least cost lower, for every plan
for it is one for an earlier connection; nor higher by more than the price of the months, for a plan may be kept and
start so much later. All dates here are whole months after the one in which service is needed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from models import timetable
from models.case import Case
from models.design import Design
from models.siting import SAME


@dataclass(frozen=True)
class DatedPlan:
    """A plan proven for one date of the connection; amounts in one currency unit."""

    live: int
    """date of the connection; 0: when service is needed, or before"""
    cost: float
    bound: float
    """no plan for this date costs less"""
    late: int
    """start of service"""
    soonest: int
    """start that everything but the connection allows"""


@dataclass(frozen=True)
class DatedCost:
    """Least cost of a site by the date of its connection."""

    known: Sequence[DatedPlan]
    price: float
    """of each month of later start"""

    def most(self, live: int) -> float:
        """What one of the plans known costs if it starts as soon as it can."""
        return min(p.cost + self.price * (max(live, p.soonest) - p.late) for p in self.known)

    def least(self, live: int) -> float:
        """What no plan costs less than, but for the tolerances of a solver."""
        bound = max(p.bound - self.price * max(0, p.live - live) for p in self.known)
        return bound - SAME * abs(bound)


def turning_dates(moved: DatedCost, fixed: tuple[float, float], last: int) -> tuple[int | None, int | None]:
    """The last date of one site's connection at which it is proven cheaper than another whose connection stays, and the
    first at which it is proven dearer, among 0..last; None: there is none. Between them the two tie.

    fixed: the proven interval (at least, plan) of the other's least cost."""
    least = fixed[0] - SAME * abs(fixed[0])
    cheaper = [live for live in range(last + 1) if moved.most(live) < least]
    dearer = [live for live in range(last + 1) if fixed[1] < moved.least(live)]
    return max(cheaper, default=None), min(dearer, default=None)


def months_late(case: Case, month: float) -> int:
    """Whole months from the one needed to a month after award, 0 if that is earlier."""
    return max(0, math.ceil(month - case.limits.need_month - timetable.ROUNDING))


def soonest_start(case: Case, design: Design) -> int:
    """Whole months after the one needed in which a plan could start if its connection were live already."""
    grid = replace(case.grid, energised_month=0.0)
    month = timetable.soonest_month(replace(case, grid=grid), timetable.bought(case, design), design)
    return months_late(case, month)
