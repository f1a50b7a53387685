"""The date of the first token as something to trade: what it costs to start sooner.

For this question service may start in any month in which anything on offer can be ready, a delay has no price (the date
stands beside the cost instead), and the month needed that the user states is left out. A plan starts as soon as
everything it buys can serve, in whole months; it is then accounted and rechecked as one that needs service there."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from models.case import Case, Delay, Offer
from models.design import Design
from models.timetable import ALWAYS_MONTHS, ROUNDING, start_month

FIRST_TOKEN = "first-token"
LONGEST_MONTHS = 60
"""Starts are looked at up to so many months after the first possible one."""


def applies(case: Case) -> bool:
    """Whether what can be bought is ready in different months, so that there is a date to trade."""
    return _months(case)[1] > 0


def opened(case: Case) -> Case:
    """The case in which service may start in any month, at no price."""
    first, months = _months(case)
    return _needed(case, first, months)


def latest(case: Case, month: float) -> int:
    """Months after the first possible start of an opened case that a start no later than `month` allows."""
    return math.floor(month - case.limits.need_month + ROUNDING)


def settled(case: Case, design: Design) -> tuple[Case, Design]:
    """A design of an opened case as one that is needed when it starts: as soon as everything in it can serve."""
    free = replace(case, limits=replace(case.limits, need_month=ALWAYS_MONTHS))
    need = case.limits.need_month
    late = max(0, math.ceil(start_month(free, design) - need - ROUNDING))
    return _needed(case, need + late, 0), replace(design, delay_months=0)


def _needed(case: Case, month: float, most_late: int) -> Case:
    delay = Delay(most_months=most_late, works_months=case.limits.delay.works_months)
    return replace(case, limits=replace(case.limits, need_month=month, delay=delay))


def _months(case: Case) -> tuple[float, int]:
    """The first whole month in which a plan could start, and how many months later the last thing on offer is ready."""
    goods: tuple[Any, ...] = (*case.offers, *case.batteries, *case.supplies, *case.generators)
    ready = [case.ready_months(item) for item in goods]
    last = [case.ready_months(m) + _spread(m) for m in case.offers]
    live = case.grid.energised_month
    first = min([live, *ready])
    if case.workloads and case.offers:  # every plan has a room for racks
        first = max(first, min(case.ready_months(m) for m in case.offers if m.kind in ("it", "integrated")))
    if not case.supplies and not case.generators:
        first = max(first, live)
    start = float(math.floor(first + ROUNDING))
    months = math.ceil(max([live, *ready, *last, start]) - start - ROUNDING)
    return start, min(months, LONGEST_MONTHS)


def _spread(offer: Offer) -> float:
    """Months between the first and the last unit that may be ordered."""
    each = offer.quotation.fully_delivered_after
    return min(LONGEST_MONTHS, each * ((offer.max_count or math.inf) - 1)) if each else 0.0
