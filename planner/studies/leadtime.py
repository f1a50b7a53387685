"""Up to which lead time an offer stays in the least-cost plan, or from which it would enter it.

Service starts in whole months, so what a lead time decides changes only where one more unit can serve at one more
start: at the month needed or some months of delay later, less site works, less what factory slots put between the first
unit and that one. The plan is made again with the offer's lead time (P50 and P90 alike) at such months, halving the
range. Interest on earlier payments is left as quoted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from models.case import Case
from models.tender import LeadBreakEven
from models.timetable import ALWAYS_MONTHS
from planner.solving.family import Member

MOST_UNITS = 40
"""Units of an offer, one after the other, whose dates are looked at."""


def with_lead(case: Case, name: str, months: float) -> Case:
    """The case with another lead time of one offer."""
    moved = tuple(
        replace(m, lead_months_p50=months, lead_months_p90=months) if m.name == name else m for m in case.offers
    )
    return replace(case, offers=moved)


def break_even_lead(case: Case, name: str, solve: Callable[[Case], Member]) -> LeadBreakEven:
    """Where the lead time of an offer decides whether it is in the plan."""
    limits, works = case.limits, case.limits.delay.works_months
    offer = next(m for m in case.offers if m.name == name)
    if limits.need_month >= ALWAYS_MONTHS:
        return LeadBreakEven(None, None, "no month is stated in which service must start")
    starts = [limits.need_month + k - works for k in range(limits.delay.most_months + 1)]
    waits = [n * offer.quotation.fully_delivered_after for n in range(MOST_UNITS)]
    months = sorted({0.0, *(start - wait for start in starts for wait in waits if start - wait > 0)})

    def wins(k: int) -> bool:
        return solve(with_lead(case, name, months[k])).orders.get(name, 0) > 0

    if not wins(0):
        return LeadBreakEven(None, None, "it would not be chosen however early it came")
    low, high = 0, len(months)  # it wins at low; at high it is too late, or loses
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if wins(middle) else (low, middle)
    return LeadBreakEven(months[low], None if low + 1 == len(months) else months[low + 1])
